"""Which cells a table has, and where each stands: one that a document shows, or one that a spec copies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from weighbridge.documents.read import read_document
from weighbridge.documents.scopes import SHOWN, path_of, place_of, scope_of
from weighbridge.documents.source import Source, Span
from weighbridge.errors import Location, SpecError
from weighbridge.spec.table_model import Rows


class Cell(Struct, frozen=True):
    """What a reader sees in a cell, in single spaces, and where it stands; `span` is None where a spec copies it."""

    text: str
    location: Location
    span: Span | None = None


class TableCells(Struct, frozen=True):
    """A table's column names and its rows, all equally long; the first cell of a row names it."""

    columns: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def transposed(self) -> TableCells:
        """Return the table with its rows as columns."""
        turned = tuple(zip(self.columns, *self.rows, strict=True))
        return TableCells(turned[0], turned[1:])

    @property
    def at(self) -> Location:
        """Where the table begins."""
        return self.columns[0].location


def tables_in(source: Source, scope: Span) -> Iterator[TableCells]:
    """Yield the tables in a part of a document, in its order.

    The cells of a table follow each other in the document's blocks, line by line; the line below the names has the
    dashes, and no other line is left out.
    """
    lines: list[list[Cell]] = []
    last = 0
    for block in source.blocks:
        if block.kind != "cell" or block.span not in scope:
            continue
        cell = Cell(seen_in(source, block.span), source.location(block.span.start), block.span)
        line = cell.location.line
        if lines and line == last:
            lines[-1].append(cell)
        elif lines and line == last + (2 if len(lines) == 1 else 1):
            lines.append([cell])
        else:
            if lines:
                yield of_lines(lines)
            lines = [[cell]]
        last = line
    if lines:
        yield of_lines(lines)


def seen_in(source: Source, span: Span) -> str:
    """Return what a reader sees of a cell."""
    if span.start == span.end:
        return ""
    seen = source.rendered.within(span)
    return " ".join(source.rendered.text[seen.start : seen.end].replace("\0", " ").split())


def of_lines(lines: Sequence[Sequence[Cell]]) -> TableCells:
    """Return a table of its names and its rows."""
    return TableCells(tuple(lines[0]), tuple(map(tuple, lines[1:])))


def find_table(source: Source, under: Sequence[str], *, nth: int, said_at: Location) -> TableCells | SpecError:
    """Return the table that stands under a heading or bold lead: the only one there, or the `nth` (from 1)."""
    scope = scope_of(source, under, said_at=said_at)
    if isinstance(scope, SpecError):
        return scope
    found = list(tables_in(source, scope))
    where = f"under {path_of(under)} in {source.path}"
    if not found:
        return SpecError(said_at, f"there is no table {where}", "name the heading above it, or copy it into `rows`")
    if nth > len(found):
        places = ", ".join(place(source, each) for each in found[:SHOWN])
        return SpecError(said_at, f"there is no table number {nth} {where}, only {len(found)} ({places})")
    if not nth and len(found) > 1:
        places = ", ".join(place(source, each) for each in found[:SHOWN])
        message = f"there are {len(found)} tables {where} ({places}), expected one"
        return SpecError(said_at, message, "give a narrower `under`, or `nth` for one of them")
    return found[max(nth, 1) - 1]


def place(source: Source, table: TableCells) -> str:
    """Return line and column of a table, for a message that names the document already."""
    span = table.columns[0].span
    return place_of(source, span.start if span else 0)


@lru_cache(maxsize=64)  # an audit reads a spec hundreds of times, changed in one table or in none
def copied_table(rows: Rows) -> TableCells | None:
    """Return the table that a spec copies, located in the spec; None where Markdown sees no table in it."""
    source = read_document("rows.md", "\n".join(rows.lines).encode())
    found = list(tables_in(source, source.whole))
    if len(found) != 1:
        return None
    return TableCells(
        tuple(in_spec(cell, rows) for cell in found[0].columns),
        tuple(tuple(in_spec(cell, rows) for cell in row) for row in found[0].rows),
    )


def in_spec(cell: Cell, rows: Rows) -> Cell:
    """Return a cell with its place in the spec."""
    start = rows.places[cell.location.line - 1]
    column = start.column + (cell.location.column - 1 if rows.exact else 0)
    return Cell(cell.text, replace(start, column=column))
