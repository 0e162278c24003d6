"""Where the cells of a document's tables stand, and what they say."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.documents.cells import figure_in, is_empty, scale_of
from weighbridge.documents.read import read_document
from weighbridge.documents.source import Span
from weighbridge.documents.tables import find_table, tables_in
from weighbridge.errors import Location, SpecError
from weighbridge.spec.table_claims import slug_of

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
