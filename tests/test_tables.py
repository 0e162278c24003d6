"""Tables: where their cells stand, which models their rows are, and what is decided of every cell."""

from __future__ import annotations

import csv
import datetime
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.documents.cells import figure_in, is_empty, scale_of
from weighbridge.documents.expand import expand_tables
from weighbridge.documents.read import read_document
from weighbridge.documents.source import Span
from weighbridge.documents.tables import find_table, tables_in
from weighbridge.errors import Location, SpecError, SpecErrors
from weighbridge.gate import exit_code
from weighbridge.judge import Options, judge
from weighbridge.project import listed, open_project, weigh
from weighbridge.report.model import Report, Weighed
from weighbridge.report.wording import diagnose, label
from weighbridge.spec.read import read_spec
from weighbridge.spec.table_claims import slug_of
from weighbridge.verdict import Refuted, word

DOCUMENTS = Path(__file__).parent / "examples" / "documents"
PUBLISHED = Path(__file__).parents[2] / "shared" / "published"
TODAY = datetime.date(2026, 11, 24)
QUOTE = '"'

HEAD = """[document]
id = "d"
title = "T"
{document}
[symbols]
n = "layers"
w = "width"
[conventions]
tied = true
[tensors]
body = {{ shape = ["w", "w"], per = ["n"] }}
head = {{ shape = ["w"], when = "not tied" }}
[quantities]
size = {{ equals = "2 * inventory", unit = "bytes" }}
"""
LOCAL = HEAD.format(document='path = "doc.md"')
CITED = HEAD.format(document='cite = "a paper"')


def weighed(root: Path, spec: str, document: str = "") -> Report:
    """Return what comes of a spec and its document."""
    (root / "pyproject.toml").touch()
    (root / "s.toml").write_text(spec, encoding="utf-8")
    if document:
        (root / "doc.md").write_text(document, encoding="utf-8")
    return weigh(open_project(["s.toml"], cwd=root), Options(engine="algebra"), today=TODAY)


def mistakes(root: Path, spec: str, document: str = "") -> list[str]:
    """Return the errors that a spec and its document are refused with."""
    with pytest.raises(SpecErrors) as caught:
        weighed(root, spec, document)
    return str(caught.value).splitlines()


def verdicts(report: Report) -> dict[str, str]:
    """Return each result's verdict by its id within the document."""
    return {each.result.id.partition("/")[2]: word(each.result.verdict) for each in report.results}


def result_of(report: Report, name: str) -> Weighed:
    """Return one result by its id within the document."""
    (found,) = [each for each in report.results if each.result.id.partition("/")[2] == name]
    return found


def line_of(text: str, words: str) -> int:
    """Return the number of the only line that has these words."""
    (number,) = [number for number, line in enumerate(text.splitlines(), start=1) if words in line]
    return number


# Where tables stand

PAGE = """# A

| Model | **P** (M) | a \\| b |
|:------|----------:|--------|
| `s`   |        12 |        |
| s     |    **12** | 4      |

| Model | L |
|-------|---|

## B
> - | x | y |
>   |---|---|
>   | 1 | 2 |
"""


def test_a_cell_is_what_a_reader_sees_and_has_its_own_line_and_column() -> None:
    source = read_document("doc.md", PAGE.encode())
    first, second, third = tables_in(source, source.whole)
    assert [cell.text for cell in first.columns] == ["Model", "P (M)", "a | b"]
    assert [[cell.text for cell in row] for row in first.rows] == [["s", "12", ""], ["s", "12", "4"]]
    places = [[(cell.location.line, cell.location.column) for cell in row] for row in first.rows]
    assert [row[:2] for row in places] == [[(5, 3), (5, 18)], [(6, 3), (6, 14)]]
    assert (second.columns[1].text, second.rows) == ("L", ())
    assert [cell.location for cell in third.rows[0]] == [Location("doc.md", 14, 7), Location("doc.md", 14, 11)]


def test_the_span_of_a_cell_is_what_stands_in_the_source() -> None:
    source = read_document("doc.md", PAGE.encode())
    cell = next(tables_in(source, source.whole)).rows[1][1]
    assert cell.span == Span(PAGE.index("**12**"), PAGE.index("**12**") + 6)


def test_the_table_that_under_names_is_the_only_one_there() -> None:
    source, here = read_document("doc.md", PAGE.encode()), Location("s.toml", 7)
    found = find_table(source, ["B"], nth=0, said_at=here)
    assert not isinstance(found, SpecError)
    assert found.columns[0].text == "x"
    assert str(find_table(source, ["A"], nth=0, said_at=here)) == (
        "s.toml:7:1: error: there are 3 tables under 'A' in doc.md (3:3, 8:3, 12:7), expected one; "
        "give a narrower `under`, or `nth` for one of them"
    )
    chosen = find_table(source, ["A"], nth=2, said_at=here)
    assert not isinstance(chosen, SpecError)
    assert chosen.columns[1].text == "L"
    assert str(find_table(source, ["B"], nth=2, said_at=here)) == (
        "s.toml:7:1: error: there is no table number 2 under 'B' in doc.md, only 1 (12:7)"
    )
    plain = read_document("doc.md", b"# A\ntext\n")
    assert str(find_table(plain, ["A"], nth=0, said_at=here)) == (
        "s.toml:7:1: error: there is no table under 'A' in doc.md; name the heading above it, or copy it into `rows`"
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.text("ab1|*`\\ -", max_size=4), min_size=3, max_size=3), min_size=1, max_size=4))
def test_rows_are_as_long_as_the_names_whatever_cells_hold(rows: list[list[str]]) -> None:
    lines = ["| a | b | c |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)]
    source = read_document("doc.md", "\n".join(lines).encode())
    for table in tables_in(source, source.whole):
        for row in table.rows:
            assert len(row) == len(table.columns)
            assert all(cell.location.line == row[0].location.line for cell in row)


# What cells say


@pytest.mark.parametrize(
    ("column", "cell", "interval"),
    [
        ("Parameters (M)", "124.4", "[124,350,000, 124,450,000]"),
        ("n_params (B)", "7", "[6,500,000,000, 7,500,000,000)"),
        ("Size (GB)", "13.5", "[13,450,000,000, 13,550,000,000)"),
        ("Size [GiB]", "1", "[536,870,912, 1,610,612,736)"),
        ("Parameters (in billions)", "1.3", "[1,250,000,000, 1,350,000,000)"),
        ("Parameters in millions", "12", "[11,500,000, 12,500,000]"),
        ("Params (10^9)", "7", "[6,500,000,000, 7,500,000,000)"),
        ("Share (%)", "33.1", "[0.3305, 0.3315)"),
        ("Parameters (M)", "1.3B", "[1,250,000,000, 1,350,000,000)"),
        ("Parameters (total)", "12,288", "[12,288, 12,288]"),
        ("Parameters", "125M", "[124,500,000, 125,500,000)"),
    ],
)
def test_a_scale_or_unit_in_a_columns_name_is_that_of_its_cells(column: str, cell: str, interval: str) -> None:
    assert figure_in(cell, scale_of(column)).interval == interval


def test_units_come_from_a_columns_name() -> None:
    assert figure_in("13.5", scale_of("Size (GB)")).unit == "bytes"
    assert figure_in("13.5", scale_of("Compute (EFLOPs)")).unit == "FLOPs"


def test_dashes_and_na_say_nothing_and_zero_does() -> None:
    assert all(map(is_empty, ("", "-", "–", "—", "---", "N/A", "n/a")))
    assert not any(map(is_empty, ("0", "none", "?", "-1")))


@pytest.mark.parametrize(
    ("printed", "slug"),
    [("GPT-3 2.7B", "gpt-3-2.7b"), ("Mistral 7B (v0.1)", "mistral-7b-v0.1"), ("Größe_2 ", "grosse_2"), ("—", "")],
)
def test_a_printed_name_becomes_an_id(printed: str, slug: str) -> None:
    assert slug_of(printed) == slug


# What is decided

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


TWICE = """[[table]]
id = "one"
symbols = ["n", "w"]
names = { "A or B" = "x" }
rows = '''
| Name   | n | w |
|--------|---|---|
| A or B | 2 | 3 |
'''
[[table]]
id = "two"
symbols = ["w"]
rows = '''
| Name | w | All |
|------|---|-----|
| x    | 3 | 18  |
'''
[[table.claims]]
column = "All"
equals = "inventory"
[[claim]]
id = "own"
asserts = "w == 3"
at = "x"
"""


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


SIMPLE = """[[table]]
id = "t"
symbols = ["n", "w"]
rows = '''
| Name  | n | w  | All (K) | Odd |
|-------|---|----|---------|-----|
| Good  | 1 | 20 | 0.4     | 1   |
| Bad   | 2 | 20 | unknown | 2   |
| Total | 3 |    |         | 3   |
'''
exempt = { Odd = "no claim", Total = "no model", "All (K)" = { at = ["Bad"], reason = "not published" } }
[[table.claims]]
column = "All (K)"
equals = "inventory"
"""


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


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.lists(
            st.sampled_from(
                ["1", "12", "3.5", "2K", "-", "", "x", "**7**", "1e9", "a|b", "\\", "0", "yes", "`4`", "N/A"]
            ),
            min_size=4,
            max_size=4,
        ),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_cells_hold_a_table_is_decided_or_told_what_is_wrong(rows: list[list[str]]) -> None:
    """Never a traceback; every error has a place in the spec or the document."""
    lines = ["# A", "", "| Name | n | w | Tied | All |", "|---|---|---|---|---|"]
    lines += [f"| r{number} | {' | '.join(row)} |" for number, row in enumerate(rows)]
    table = """[[table]]
id = "t"
under = "A"
symbols = ["n", "w"]
conventions = { tied = "Tied" }
[[table.claims]]
column = "All"
equals = "inventory"
[[table.claims]]
id = "wide"
asserts = "w > n"
"""
    spec = read_spec("s.toml", (LOCAL + table).encode())
    expanded = expand_tables(spec, read_document("doc.md", "\n".join(lines).encode()))
    for error in expanded.errors:
        assert re.match(r"doc\.md:\d+:\d+: error: table 't'", str(error))
    if not expanded.errors:
        assert len(expanded.spec.claims) == 2 * len(rows)
        judge(expanded.spec, expanded.anchors, Options(engine="algebra"))


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


# Mistakes


def test_what_a_table_gets_wrong_is_told_at_its_cell(tmp_path: Path) -> None:
    document = """# Sizes

| Name  | Layers | Width | All   | Odd | Size (GB) |
|-------|--------|-------|-------|-----|-----------|
| A     | two    | 3     | ~18   | 1   | 1         |
| A     | 2      | 3     | 18    | 1   | 1         |
| ?     | 2      | 3     | 18    | 1   | 1         |
| B     | 2.5    | 3K    | 18 GB | 1   | 1         |
"""
    table = """[[table]]
id = "t"
under = "Sizes"
symbols = { n = "Layers", w = "Widht" }
names = { C = "c" }
exempt = { "Od" = "no", "All" = { at = ["D"], reason = "r" } }
[[table.claims]]
column = "All"
equals = "size"
[[table.claims.erratum]]
at = ["Z"]
reason = "r"
[[table.claims]]
column = "Size (GB)"
equals = "inventory"
"""
    spec = LOCAL + table

    def at(path: str, line: str, words: str) -> str:
        text = spec if path == "s.toml" else document
        number = line_of(text, line)
        return f"{path}:{number}:{text.splitlines()[number - 1].index(words) + 1}"

    known = "such as '617,558,016', '175B', '1.3 billion', '33.1%', '3.14e23' or '350 GB'"
    figure = f"is not a figure; expected digits with a scale or unit, {known}"
    unclaimed = (
        "is no symbol, claim or exemption; name it in `symbols`, in a [[table.claims]], or in `exempt` with the reason"
    )
    bytes_ = "is in bytes, 'inventory' counts parameters; compare it with a quantity of the same unit"
    rows = "known here: '?', 'A', 'B'"
    expected = [
        f"{at('doc.md', '| Name', 'Odd')}: error: table 't': the column 'Odd' {unclaimed}",
        f"{at('doc.md', '| Name', 'Width')}: error: table 't': the column 'Width' {unclaimed}",
        f"{at('doc.md', '~18', 'two')}: error: table 't': the value of 'n': 'two' {figure}; '-' says nothing",
        (
            f"{at('doc.md', '~18', '~18')}: error: table 't', column 'All': '~18' {figure}; "
            "'-' says nothing; `exempt` spares a cell or column"
        ),
        "doc.md:6:3: error: table 't': a second row 'a', the first is at doc.md:5:3; give each its own id in `names`",
        (
            f"{at('doc.md', '| ?', '?')}: error: table 't': the row's name '?' makes no id; "
            "give it one in `names`, or exempt the row"
        ),
        (
            f"{at('doc.md', '| B', '2.5')}: error: table 't': '2.5' is rounded, and 'n' needs one value; "
            "claim the column, and give the symbol in `set` or a model"
        ),
        f"{at('doc.md', '~18', '1         |')}: error: table 't', column 'Size (GB)': '1 GB' {bytes_}",
        f"{at('doc.md', '| B', '1         |')}: error: table 't', column 'Size (GB)': '1 GB' {bytes_}",
        f"{at('s.toml', 'Widht', QUOTE + 'W')}: error: table 't': there is no column 'Widht'; did you mean 'Width'?",
        f"{at('s.toml', 'names =', 'C =')}: error: table 't', names: there is no row 'C'; {rows}",
        (
            f"{at('s.toml', 'exempt =', QUOTE + 'Od')}: error: table 't', exempt: there is no column or row 'Od'; "
            "did you mean 'Odd'?"
        ),
        f"{at('s.toml', 'exempt =', QUOTE + 'D')}: error: table 't', exempt: there is no row 'D'; {rows}",
        (
            f"{at('s.toml', 'claims.erratum', '[[')}: error: table 't', claim 'all': there is no row 'Z'; "
            "known here: 'A', 'B'"
        ),
    ]
    assert sorted(mistakes(tmp_path, spec, document)) == sorted(expected)


def test_every_symbol_needs_a_value_and_a_table_needs_rows(tmp_path: Path) -> None:
    table = '[[table]]\nid = "t"\nunder = "A"\nsymbols = ["n"]\n'
    spec = LOCAL + table
    assert mistakes(tmp_path, spec, "# A\n\n| m | n |\n|---|---|\n| a | 1 |\n") == [
        (
            f"s.toml:{line_of(spec, '[[table]]')}:1: error: table 't': nothing gives 'w' a value; "
            "give it a column in `symbols`, or a value in `set`"
        )
    ]
    assert mistakes(tmp_path, spec, "# A\n\n| m | n |\n|---|---|\n") == [
        "doc.md:3:3: error: table 't': there are no rows"
    ]


def test_values_that_can_not_be_are_told_at_what_gives_them(tmp_path: Path) -> None:
    table = '[[table]]\nid = "t"\nunder = "A"\nsymbols = ["n"]\nset = { w = "n / 2" }\n'
    spec = LOCAL + table
    line = line_of(spec, "set =")
    assert mistakes(tmp_path, spec, "# A\n\n| m | n |\n|---|---|\n| a | 4 |\n| b | 3 |\n") == [
        f"s.toml:{line}:9: error: table 't', row 'b': 'w' is n / 2 = 3/2, expected an integer of at least 1"
    ]


def test_each_table_counts_what_its_own_conventions_say(tmp_path: Path) -> None:
    """The same model, with and without its head of 3 parameters."""
    spec = TWICE.replace('id = "two"', 'id = "two"\nconventions = { tied = false }').replace("| 18  |", "| 21  |")
    spec = spec.replace('id = "one"', 'id = "one"\nconventions = { tied = true }')
    assert verdicts(weighed(tmp_path, CITED + spec)) == {"own": "holds", "two.all@x": "holds"}


def test_a_claim_about_a_row_needs_the_values_of_that_row(tmp_path: Path) -> None:
    rows = "| Name | n | w |\n|---|---|---|\n| x | 2 | - |\n| y | 2 | 5 |"
    spec = f"{CITED}[[table]]\nid = 't'\nsymbols = ['n', 'w']\nrows = '''\n{rows}\n'''\n"
    claim = '[[claim]]\nid = "c"\nasserts = "w > n"\nat = "*"\n'
    line = line_of(spec + claim, "[[claim]]")
    assert mistakes(tmp_path, spec + claim) == [
        (
            f"s.toml:{line}:1: error: claim 'c': the row 'x' has no value for 'w'; "
            "leave the row out of `at`, or give the symbol in `set`"
        )
    ]
    assert verdicts(weighed(tmp_path, spec + claim.replace('"*"', '["y"]'))) == {"c@y": "holds"}


GPT = """architecture = "gpt"
[document]
title = "T"
cite = "x"
[models.small]
n_vocab = 50_257
[[claim]]
id = "embedding"
printed = "38,597,376"
equals = "token_embedding"
at = "small"
"""
GPT_TABLE = """[[table]]
id = "t"
symbols = { n_layers = "Layers", d_model = "Width" }
rows = '''
| Model | Layers | Width |
|-------|--------|-------|
| small | 12     | 768   |
| large | 24     | 1,024 |
'''
"""


def test_a_table_completes_a_model_for_the_claims_of_the_spec(tmp_path: Path) -> None:
    """50,257 tokens from the model and a width of 768 from its row make 38,597,376 weights."""
    assert verdicts(weighed(tmp_path, GPT + GPT_TABLE)) == {"embedding": "holds"}
    line = line_of(GPT, "[[claim]]")
    assert mistakes(tmp_path, GPT + GPT_TABLE.replace("| small |", "| tiny  |")) == [
        (
            f"s.toml:{line}:1: error: claim 'embedding': the model 'small' has no value for 'd_model'; "
            "add it to [models.small], or to a table that has a row of it"
        )
    ]
    assert mistakes(tmp_path, GPT) == [
        (
            f"s.toml:{line}:1: error: claim 'embedding': needs 'd_model', which the model 'small' does not give; "
            "add it to [models.small]"
        )
    ]


def test_what_is_set_is_never_dropped(tmp_path: Path) -> None:
    """Also of symbols that may be left without a value, as those of an architecture may."""
    wanted = "give that a column in `symbols`, or a value in `set`"
    spec = f"{GPT}{GPT_TABLE}set = {{ n_heads = 'd_model // d_head', d_head = 'n_heads', n_ctx = '2 * n_vocab' }}\n"
    line = line_of(spec, "set =")
    circle = [
        f"s.toml:{line}:{column}: error: table 't', row '{row}': the value of '{name}' needs '{other}'"
        for row in ("small", "large")
        for name, other, column in (("n_heads", "d_head", 9), ("d_head", "n_heads", 40))
    ]
    missing = f"s.toml:{line}:60: error: table 't', row 'large': the value of 'n_ctx' needs 'n_vocab'; {wanted}"
    assert sorted(mistakes(tmp_path, spec)) == sorted([*circle, missing])
    broken = spec.replace("| 768 ", "| x   ").replace("d_head = 'n_heads', ", "")
    told = mistakes(tmp_path, broken)
    assert [each for each in told if "row 'small'" in each] == []  # that its width is no number is told alone
    assert sum("the value of 'd_model': 'x' is not a figure" in each for each in told) == 1


def test_a_claim_of_the_spec_can_not_be_called_like_one_of_a_table(tmp_path: Path) -> None:
    spec = CITED + SIMPLE + '[[claim]]\nid = "t.all-k"\nasserts = "n > 0"\nat = ["good"]\n'
    assert mistakes(tmp_path, spec) == [
        (
            f"s.toml:{line_of(spec, '[[claim]]')}:1: error: claim 't.all-k': a table claims 't.all-k@good' too; "
            "give it another id"
        )
    ]


def test_tables_are_of_a_size_that_is_decided_in_a_reasonable_time(tmp_path: Path) -> None:
    rows = "\n".join(f"| r{number} | 1 | 2 |" for number in range(2_001))
    table = "# A\n\n| Name | n | w |\n|---|---|---|\n"
    spec = LOCAL + '[[table]]\nid = "t"\nunder = "A"\nsymbols = ["n", "w"]\n'
    line = line_of(spec, "[[table]]")
    assert mistakes(tmp_path, spec, table + rows) == [
        f"s.toml:{line}:1: error: table 't': from here on the spec's tables have more than 2,000 rows; split the spec"
    ]
    long, fitting = " + ".join(["n * w"] * 300), table + rows.rpartition("\n")[0]
    claim = f'[[claim]]\nid = "c"\nasserts = "{long} > 0"\nat = "*"\n'
    assert mistakes(tmp_path, spec + claim, fitting) == [
        (
            f"s.toml:{line_of(spec + claim, '[[claim]]')}:1: error: claim 'c': from here on, with its tables, "
            "the spec grows past 1,000,000 terms; split the spec"
        )
    ]
    claim = f'[[table.claims]]\nid = "c"\nasserts = "{long} > 0"\n'
    assert mistakes(tmp_path, spec + claim, fitting) == [
        (
            f"s.toml:{line}:1: error: table 't': from here on the spec's tables have more than 1,000,000 terms; "
            "split the spec"
        )
    ]


def test_escapes_in_a_copied_table_leave_its_lines_where_they_are(tmp_path: Path) -> None:
    rows = 'rows = """\n  | Name | n | w |\n  |---|---|---|\n  | a \\\\| b | x | 1 |\n"""\n'
    spec = f"{CITED}[[table]]\nid = 't'\nsymbols = ['n', 'w']\n{rows}"
    (told,) = mistakes(tmp_path, spec)
    assert told.startswith(f"s.toml:{line_of(spec, '| x | 1')}:3: error: table 't': the value of 'n': 'x' is not a")


# Whole documents


def document_of(name: str) -> Report:
    """Return what comes of an example."""
    return weigh(open_project([str(DOCUMENTS / f"{name}.toml")]), Options(engine="algebra"), today=TODAY)


@pytest.mark.parametrize("name", ["model_zoo", "gpt3_sizes", "course_note"])
def test_an_example_document_passes_the_gate(name: str) -> None:
    report = document_of(name)
    assert exit_code(report.results) == 0
    assert all(each.result.anchor is None or each.result.anchor.state in ("found", "absent") for each in report.results)


def test_twenty_models_are_one_entry_and_every_count_is_the_published_one() -> None:
    report = document_of("model_zoo")
    counts = {
        each.result.id.partition("@")[2]: each.result.computed
        for each in report.results
        if "shapes.parameters@" in each.result.id
    }
    assert len(counts) == 20
    assert counts["gpt-2"] == "124439808"
    assert counts["gpt-2-xl"] == "1557611200"
    assert counts["llama-7b"] == "6738415616"
    assert counts["mistral-7b"] == "7241732096"
    waived = [each.result.id.partition("@")[2] for each in report.results if each.standing == "waived"]
    assert waived == ["gpt-2", "gpt-2-medium", "gpt-2-large", "gpt-2-xl", "llama-3.1-70b"]


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published counts are not here")
def test_the_counts_in_the_example_are_those_that_publishers_print() -> None:
    printed: set[str] = set()
    for path in PUBLISHED.glob("*.tsv"):
        with path.open(encoding="utf-8", newline="") as file:
            printed.update(row["stated_verbatim"] for row in csv.DictReader(file, delimiter="\t"))
    document = (DOCUMENTS / "model_zoo.md").read_text(encoding="utf-8")
    counts = re.findall(r"([0-9,]{11,})(?:\*\*)? +\|$", document, re.MULTILINE)
    assert len(counts) == 20
    assert len(set(counts) & printed) >= 15


def test_the_heads_of_two_models_of_gpt_3_do_not_fill_their_width() -> None:
    """24 heads of 128 are 3,072 wide, not 2,048; 40 heads of 128 are 5,120 wide, not 5,140."""
    widths = [each for each in document_of("gpt3_sizes").results if ".width@" in each.result.id]
    refuted = {each.result.id.partition("@")[2]: each for each in widths if isinstance(each.result.verdict, Refuted)}
    assert len(widths) == 8
    assert refuted.keys() == {"gpt-3-xl", "gpt-3-13b"}
    assert {each.standing for each in refuted.values()} == {"waived"}
    for name, left, right in (("gpt-3-xl", 3072, 2048), ("gpt-3-13b", 5120, 5140)):
        verdict = refuted[name].result.verdict
        assert isinstance(verdict, Refuted)
        witness = verdict.witness
        assert (getattr(witness, "left", None), getattr(witness, "right", None)) == (left, right)


def test_a_changed_digit_in_the_large_table_fails_at_the_row_that_it_stands_in(tmp_path: Path) -> None:
    """One cell at a time, symbols as well as counts; a context of rotary positions counts nothing."""
    (tmp_path / "pyproject.toml").touch()
    shutil.copy(DOCUMENTS / "model_zoo.toml", tmp_path)
    text = (DOCUMENTS / "model_zoo.md").read_text(encoding="utf-8")
    start, end = text.index("| GPT-2             | GPT-2"), text.index("## Names")
    cells = [
        match
        for match in re.finditer(r"(?<=[| *])[0-9][0-9,]*(?=(?:\*\*)? *\|)", text)
        if start < match.start() < end and match[0] not in ("2,048", "131,072", "32,768")
    ]
    assert len(cells) == 20 * 8 - 18, "sixteen contexts and two widths are left out"
    for match in cells[::19]:
        digit = "1" if match[0][-1] != "1" else "2"
        changed = text[: match.end() - 1] + digit + text[match.end() :]
        (tmp_path / "model_zoo.md").write_text(changed, encoding="utf-8")
        report = weigh(open_project(["model_zoo.toml"], cwd=tmp_path), Options(engine="algebra"), today=TODAY)
        anchors = [each.result.anchor for each in report.results if each.standing == "fail"]
        assert text.count("\n", 0, match.start()) + 1 in {
            anchor.location.line for anchor in anchors if anchor and anchor.location
        }, match[0]


# The page about the language

PAGE_OF_THE_LANGUAGE = (Path(__file__).parents[1] / "spec" / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```toml\n(.*?)^```$", PAGE_OF_THE_LANGUAGE, re.MULTILINE | re.DOTALL)
COPIED, LOCATED = (block for block in BLOCKS if "[[table]]" in block)


def test_the_table_on_the_page_is_decided_as_the_page_says(tmp_path: Path) -> None:
    report = weighed(tmp_path, f"{BLOCKS[0]}\n{COPIED}".replace("[document]", '[document]\nid = "small"'))
    assert {"small/sizes.parameters-m@small", "small/sizes.heads@the-large-one"} <= {
        each.result.id for each in report.results
    }
    assert exit_code(report.results) == 0
    assert result_of(report, "sizes.parameters-m@the-medium-one").standing == "waived"
    assert [each.result.id for each in report.results if each.standing == "waived"] == [
        "small/sizes.parameters-m@the-medium-one"
    ]


def test_the_table_on_the_page_that_stands_in_a_document_is_read_from_it(tmp_path: Path) -> None:
    document = """# Model sizes

| A | B |
|---|---|

|       | The odd one | The large one |
|-------|-------------|---------------|
| width | 100         | 128           |
| Cost  | 300         | unknown       |
"""
    report = weighed(tmp_path, LOCATED.replace("documents/small.md", "doc.md"), document)
    assert [(each.result.id, each.standing) for each in report.results] == [
        ("s/widths.heads@the-odd-one", "waived"),
        ("s/widths.heads@the-large-one", "pass"),
        ("s/widths.cost@the-odd-one", "pass"),
    ]
