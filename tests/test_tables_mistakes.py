"""What a table gets wrong is told at its cell, or at the line of the spec that says it."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.documents.expand import expand_tables
from weighbridge.documents.read import read_document
from weighbridge.judge import Options, judge
from weighbridge.spec.read import read_spec
from weighed_tables import CITED, LOCAL, SIMPLE, line_of, mistakes, verdicts, weighed

QUOTE = '"'


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
