"""Which models the rows of a table are, what is decided of every cell, and what excuses it."""

from __future__ import annotations

from pathlib import Path

import pytest

from weighbridge.errors import Location
from weighbridge.gate import exit_code
from weighbridge.project import listed, open_project
from weighbridge.report.wording import diagnose, label
from weighed_tables import CITED, LOCAL, SIMPLE, TWICE, line_of, mistakes, result_of, verdicts, weighed

TABLE = """[[table]]
id = "t"
under = "Sizes"
symbols = { n = "Layers", w = "Width" }
exempt = { Year = "a date" }
[[table.claims]]
column = "Params (K)"
equals = "inventory"
[[table.claims]]
id = "wide"
asserts = "w >= 8 * n"
"""
DOC = """# Sizes

| Name    | Layers | Width | Params (K) | Year |
|---------|-------:|------:|-----------:|------|
| Small   |      2 | 1,000 |      2,000 | 2019 |
| Big One |      3 |    20 |      **2** | 2020 |
| Unsaid  |      – |    20 |          - | 2021 |
"""


def test_every_cell_of_a_claimed_column_and_every_assertion_is_decided_row_by_row(tmp_path: Path) -> None:
    report = weighed(tmp_path, LOCAL + TABLE, DOC)
    assert verdicts(report) == {
        "t.params-k@small": "holds",
        "t.params-k@big-one": "refuted",
        "t.params-k@unsaid": "undecided",
        "t.wide@small": "holds",
        "t.wide@big-one": "refuted",
        "t.wide@unsaid": "undecided",
    }
    assert exit_code(report.results) == 1
    assert report.specs[0].models == {"small": {"n": 2, "w": 1000}, "big-one": {"n": 3, "w": 20}, "unsaid": {"w": 20}}


def test_a_claim_stands_in_the_spec_where_it_is_made_and_in_the_document_at_its_cell(tmp_path: Path) -> None:
    found = result_of(weighed(tmp_path, LOCAL + TABLE, DOC), "t.params-k@big-one").result
    assert found.location == Location("s.toml", line_of(LOCAL + TABLE, "Params (K)") - 1)
    assert found.anchor is not None
    assert (found.anchor.state, found.anchor.location) == ("found", Location("doc.md", 6, 35))
    assert (found.printed, found.computed) == ("2K", "1200")


def test_an_empty_cell_claims_nothing_and_says_so(tmp_path: Path) -> None:
    project = weighed(tmp_path, LOCAL + TABLE, DOC)
    shown = {name: str(result_of(project, name).result.verdict) for name in ("t.params-k@unsaid", "t.wide@unsaid")}
    assert "the cell says '-': nothing is claimed" in shown["t.params-k@unsaid"]
    assert "the table gives no value for 'n': the cell is empty" in shown["t.wide@unsaid"]
    assert result_of(project, "t.params-k@unsaid").standing == "pass"


HELD = TABLE.replace('under = "Sizes"', 'under = "Sizes"\nrows = 3').replace(
    'column = "Params (K)"', 'column = "Params (K)"\ntimes = 2'
)


def lines(root: Path, document: str, spec: str = HELD) -> list[str]:
    """Return what is told of results whose place in the document has changed."""
    return [diagnose(each) for each in weighed(root, LOCAL + spec, document).results if label(each) == "changed"]


def test_a_table_that_is_as_high_and_as_full_as_it_was_is_as_it_was(tmp_path: Path) -> None:
    assert lines(tmp_path, DOC) == []
    assert verdicts(weighed(tmp_path, LOCAL + HELD, DOC)) == verdicts(weighed(tmp_path, LOCAL + TABLE, DOC))


def test_a_row_that_is_gone_or_new_has_changed_the_table(tmp_path: Path) -> None:
    """One line tells it, at the table; that all others hold is no reason to pass."""
    (gone,) = lines(tmp_path, DOC.replace("| Unsaid  |      – |    20 |          - | 2021 |\n", ""))
    assert gone.startswith(
        "doc.md:3:3: changed[d/t.params-k@small] the table 't' has 2 rows, expected 3, computed 2,000"
    )
    (new,) = lines(tmp_path, DOC + "| More | - | - | - | 2022 |\n")
    assert new.startswith("doc.md:3:3: changed[d/t.params-k@small] the table 't' has 4 rows, expected 3")


def test_a_cell_that_claims_no_more_has_changed_its_column(tmp_path: Path) -> None:
    """Whether its own figure is gone or a symbol's, without which it can not be decided."""
    said = "the column 'Params (K)' claims something in 1 row, expected 2"
    for document in (DOC.replace("**2**", "-"), DOC.replace("|      3 |    20 |", "|        |    20 |")):
        (line,) = lines(tmp_path, document)
        assert line.startswith(f"doc.md:6:35: changed[d/t.params-k@big-one] {said}")
    (line,) = lines(tmp_path, DOC.replace("|          - |", "|          5 |").replace("–", "7"))
    assert "changed[d/t.params-k@small] the column 'Params (K)' claims something in 3 rows, expected 2" in line


def test_a_number_of_rows_is_for_a_table_that_the_document_has(tmp_path: Path) -> None:
    line = line_of(CITED + HELD, "[[table]]")
    assert mistakes(tmp_path, CITED + HELD) == [
        f"s.toml:{line}:1: error: table 't': 'rows' is a number; the document is a citation: copy its table here"
    ]
    assert mistakes(tmp_path, LOCAL + HELD.replace("rows = 3", "rows = 0"), DOC) == [
        f"s.toml:{line_of(LOCAL + HELD, 'rows = 3')}:1: error: table 't': 'rows' is 0, expected at least 1"
    ]
    line = line_of(LOCAL + TABLE, "wide") + 1
    assert mistakes(tmp_path, LOCAL + TABLE.replace('id = "wide"', 'id = "wide"\ntimes = 2'), DOC) == [
        f"s.toml:{line}:1: error: table 't', claim 'wide': 'times' does not go with 'asserts'"
    ]


def test_a_table_without_claims_that_is_not_as_high_as_it_was_is_a_mistake(tmp_path: Path) -> None:
    spec = HELD[: HELD.index("[[table.claims]]")].replace(
        'exempt = { Year = "a date" }', 'exempt = { Year = "a date", "Params (K)" = "no claim" }'
    )
    own = '[[claim]]\nid = "own"\nasserts = "w > 1"\nat = "*"\n'
    assert mistakes(tmp_path, LOCAL + spec + own, DOC + "| More | 2 | 2 | - | 2022 |\n") == [
        "doc.md:3:3: error: the table 't' has 4 rows, expected 3; mend the document, or the number in the spec"
    ]


def test_results_of_tables_are_listed_with_their_places(tmp_path: Path) -> None:
    weighed(tmp_path, LOCAL + TABLE, DOC)
    rows = listed(open_project(["s.toml"], cwd=tmp_path), ["t.wide"])
    line = line_of(LOCAL + TABLE, 'id = "wide"') - 1
    assert rows == [(f"d/t.wide@{row}", Location("s.toml", line)) for row in ("small", "big-one", "unsaid")]


def test_a_copied_table_is_decided_like_one_in_the_document(tmp_path: Path) -> None:
    rows = "\n".join(f"    {line}" for line in DOC.splitlines()[2:])
    spec = CITED + TABLE.replace('under = "Sizes"', f'rows = """\n{rows}\n"""')
    report = weighed(tmp_path, spec)
    assert verdicts(report) == verdicts(weighed(tmp_path, LOCAL + TABLE, DOC))
    result = result_of(report, "t.params-k@big-one").result
    assert result.location == Location("s.toml", line_of(spec, "Big One"), 39)
    assert result.anchor is not None
    assert result.anchor.state == "absent"


def test_a_table_copied_beside_a_local_document_has_no_anchor(tmp_path: Path) -> None:
    spec = LOCAL + TABLE.replace('under = "Sizes"', f'rows = """\n{DOC[9:]}"""')
    assert result_of(weighed(tmp_path, spec, "# Nothing\n"), "t.wide@small").result.anchor is None


def test_in_a_transposed_table_models_are_columns(tmp_path: Path) -> None:
    document = (
        "# Sizes\n\n|        | A | B |\n|---|---|---|\n| Layers | 2 | 3 |\n| Width | 10 | 10 |\n| All | 200 | 301 |\n"
    )
    table = '[[table]]\nid = "t"\nunder = "Sizes"\nsymbols = { n = "Layers", w = "Width" }\ntransposed = true\n'
    claims = '[[table.claims]]\ncolumn = "All"\nequals = "inventory"\n'
    report = weighed(tmp_path, LOCAL + table + claims, document)
    assert verdicts(report) == {"t.all@a": "holds", "t.all@b": "refuted"}
    anchor = result_of(report, "t.all@b").result.anchor
    assert anchor is not None
    assert anchor.location == Location("doc.md", 7, 15)


def test_values_follow_from_set_from_like_and_from_conventions_in_columns(tmp_path: Path) -> None:
    spec = """[models.base]
n = 2
w = "5 * n"
assumed = { w = "nobody says" }
[[table]]
id = "t"
like = "base"
symbols = { n = "L" }
conventions = { tied = "Tied" }
rows = '''
| Name | L | Tied | All  |
|------|---|------|------|
| a    | 2 | yes  | 200  |
| b    | 4 | ✗    | 1620 |
| c    | 4 |      | 1600 |
'''
[[table.claims]]
column = "All"
equals = "inventory"
"""
    report = weighed(tmp_path, CITED + spec)
    assert set(verdicts(report).values()) == {"holds"}
    assert report.specs[0].models["b"] == {"n": 4, "w": 20}
    assert result_of(report, "t.all@b").result.assumed == {"w": "nobody says"}
    changed = spec.replace(
        'conventions = { tied = "Tied" }', 'conventions = { tied = { column = "Tied", when = "✗" } }'
    )
    assert verdicts(weighed(tmp_path, CITED + changed)) == {
        "t.all@a": "refuted",
        "t.all@b": "refuted",
        "t.all@c": "holds",
    }


def test_a_later_table_names_the_same_model_and_needs_only_its_own_columns(tmp_path: Path) -> None:
    assert verdicts(weighed(tmp_path, CITED + TWICE)) == {"own": "holds", "two.all@x": "holds"}


def test_tables_that_disagree_about_a_model_are_an_error_that_names_both_places(tmp_path: Path) -> None:
    spec = CITED + TWICE.replace("| x    | 3 |", "| x    | 4 |")
    assert mistakes(tmp_path, spec) == [
        (
            f"s.toml:{line_of(spec, '| x ')}:10: error: table 'two': 'w' of 'x' is 4 here and 3 at "
            f"s.toml:{line_of(spec, '| A or B')}:16; give the row another id in `names`, or mend one of them"
        )
    ]
    spec = CITED + "[models.x]\nn = 2\nw = 4\n" + TWICE
    assert mistakes(tmp_path, spec)[0] == (
        f"s.toml:{line_of(spec, '| A or B')}:16: error: table 'one': 'w' of 'x' is 3 here and 4 at [models.x]; "
        "give the row another id in `names`, or mend one of them"
    )


def test_claims_of_the_spec_itself_speak_of_rows(tmp_path: Path) -> None:
    spec = CITED + TWICE.replace('at = "x"', 'at = "*"') + '[models.y]\nlike = "z"\n[models.z]\nn = 1\nw = 3\n'
    assert verdicts(weighed(tmp_path, spec))["own@x"] == "holds"
    assert set(verdicts(weighed(tmp_path, spec))) == {"own@x", "own@y", "own@z", "two.all@x"}
    wrong = CITED + TWICE.replace('at = "x"', 'at = "xx"')
    assert mistakes(tmp_path, wrong) == [
        (
            f"s.toml:{line_of(wrong, '[[claim]]')}:1: error: claim 'own': there is no model 'xx', "
            "nor a row of a table; did you mean 'x'?"
        )
    ]


def test_a_spec_whose_claims_stand_in_tables_alone_decides_something(tmp_path: Path) -> None:
    report = weighed(tmp_path, CITED + SIMPLE)
    assert exit_code(report.results) == 0
    assert verdicts(report) == {"t.all-k@good": "holds"}


def test_columns_rows_and_single_cells_are_exempt(tmp_path: Path) -> None:
    assert weighed(tmp_path, CITED + SIMPLE).specs[0].models.keys() == {"good", "bad"}
    spec = LOCAL + SIMPLE.replace("rows = '''\n", 'under = "A"\n#').replace("\n|", "\n#|").replace("'''", "")
    document = "# A\n\n" + SIMPLE[SIMPLE.index("| Name") : SIMPLE.rindex("'''")]
    weighed(tmp_path, spec, document)
    (loaded,) = open_project(["s.toml"], cwd=tmp_path).loaded
    exempt = {(document[span.start : span.end], reason) for span, reason in loaded.binding.exempt_cells}
    assert {("1", "no claim"), ("2", "no claim"), ("3", "no model"), ("unknown", "not published")} <= exempt
    assert {("Good", "names a row"), ("All (K)", "names a column")} <= exempt
    cells = [(document[span.start : span.end], name) for span, name in loaded.binding.cells]
    assert ("0.4", "t.all-k@good") in cells
    assert cells.count(("20", "t")) == 2


def test_formulas_defaults_and_overrides_speak_of_every_row(tmp_path: Path) -> None:
    claims = """[[table.claims]]
id = "estimate"
formula = "n * w ** 2 + 1"
equals = "inventory"
about = "1%"
because = "it is rough"
[[table.claims]]
id = "untied"
column = "All (K)"
equals = "inventory"
conventions = { tied = false }
precision = "100"
because = "it is cut off"
rounding = "down"
note = "a note"
assuming = "n == 1"
"""
    defaults = '[defaults]\nnote = "of all"\n'
    report = weighed(tmp_path, CITED + defaults + SIMPLE + claims)
    assert verdicts(report) == {
        "t.all-k@good": "holds",
        "t.estimate@good": "holds",
        "t.estimate@bad": "holds",
        "t.untied@good": "holds",
    }
    estimate, untied = (result_of(report, f"t.{name}@good").result for name in ("estimate", "untied"))
    assert (estimate.note, estimate.because) == ("of all", "it is rough")
    assert (untied.computed, untied.note, untied.assuming) == ("420", "a note", ("n == 1",))


# Errata and waivers

EXCUSED = """[[table]]
id = "t"
symbols = ["n", "w"]
rows = '''
| Name  | n | w  | All (K) |
|-------|---|----|---------|
| Good  | 1 | 20 | 0.4     |
| Bad   | 2 | 20 | 0.9     |
'''
[[table.claims]]
column = "All (K)"
equals = "inventory"
"""


@pytest.mark.parametrize(
    ("excuse", "standing"),
    [
        ('[[table.claims.erratum]]\nat = ["Bad"]\nreason = "r"\n', "waived"),
        ('[[table.claims.erratum]]\nat = ["bad"]\nreason = "r"\ncorrect = "0.8"\n', "waived"),
        ('[[table.claims.erratum]]\nat = ["Bad"]\nreason = "r"\ncorrect = "0.7"\n', "unexpected"),
        ('[[table.claims.erratum]]\nat = ["Bad"]\nreason = "r"\nprinted = "0.9"\n', "waived"),
        ('[[table.claims.erratum]]\nat = ["Bad"]\nreason = "r"\nprinted = "0.95"\n', "unexpected"),
        ('[[table.claims.waive]]\nat = ["Bad"]\nreason = "r"\nexpires = 2026-11-24\n', "waived"),
        ('[[table.claims.waive]]\nat = ["Bad"]\nreason = "r"\nexpires = 2026-11-23\n', "unexpected"),
        ('[[table.erratum]]\ncolumn = "All (K)"\nat = ["Bad"]\nreason = "r"\ncorrect = "0.8"\n', "waived"),
        ('[[table.erratum]]\ncolumn = "all-k"\nat = ["Bad"]\nreason = "r"\n', "waived"),
        ('[[table.waive]]\ncolumn = "All (K)"\nat = ["Bad"]\nreason = "r"\nexpires = 2026-12-31\n', "waived"),
        ("", "fail"),
    ],
)
def test_an_excuse_speaks_of_rows_by_their_printed_names(tmp_path: Path, excuse: str, standing: str) -> None:
    report = weighed(tmp_path, CITED + EXCUSED + excuse)
    assert result_of(report, "t.all-k@bad").standing == standing
    assert result_of(report, "t.all-k@good").standing == "pass"


def test_an_erratum_for_the_whole_column_is_unexpected_where_a_cell_holds(tmp_path: Path) -> None:
    report = weighed(tmp_path, CITED + EXCUSED + '[[table.claims.erratum]]\nreason = "r"\n')
    assert [each.standing for each in report.results] == ["unexpected", "waived"]


def test_each_table_counts_what_its_own_conventions_say(tmp_path: Path) -> None:
    """The same model, with and without its head of 3 parameters."""
    spec = TWICE.replace('id = "two"', 'id = "two"\nconventions = { tied = false }').replace("| 18  |", "| 21  |")
    spec = spec.replace('id = "one"', 'id = "one"\nconventions = { tied = true }')
    assert verdicts(weighed(tmp_path, CITED + spec)) == {"own": "holds", "two.all@x": "holds"}
