"""Which tables of a document list models, and what their columns are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import msgspec
from msgspec import Struct

from weighbridge.documents.cells import figure_in, is_empty, scale_of
from weighbridge.documents.scopes import scope_of
from weighbridge.documents.source import Source, Span
from weighbridge.documents.tables import Cell, TableCells, tables_in
from weighbridge.draft.ground import Ground, Trial
from weighbridge.draft.labels import are_sizes
from weighbridge.draft.symbols import Symbols
from weighbridge.draft.words import mentions
from weighbridge.errors import Location, SpecError
from weighbridge.formula.figures import Figure, FigureError, Rounding
from weighbridge.spec.table_claims import slug_of

#: A table of models has at least so many of its columns understood as symbols.
LEAST_SYMBOLS = 2
#: A column is a quantity where at least this share of its cells is.
LEAST_SHARE = Fraction(3, 5)
#: How cells may be rounded: to the nearest first.
ROUNDINGS: tuple[Rounding | None, ...] = (None, "down", "up")


@dataclass(slots=True)
class Listing:
    """A table whose rows are models: where it stands, its columns that are symbols, and what its rows are called."""

    cells: TableCells
    under: tuple[str, ...]
    nth: int
    transposed: bool
    symbols: Mapping[str, str]
    rows: Mapping[str, str]
    constants: dict[str, int] = field(default_factory=dict)

    @property
    def span(self) -> Span:
        """Where the table stands, from its first to its last cell."""
        spans = [cell.span for row in (self.cells.columns, *self.cells.rows) for cell in row if cell.span]
        return Span(min(span.start for span in spans), max(span.end for span in spans))

    def values(self) -> Iterator[Trial]:
        """Yield each row as a model, with the values that its cells and the constants give."""
        for row in self.cells.rows:
            given = dict(self.constants)
            for symbol, column in self.symbols.items():
                cell = row[self.index(column)]
                figure = read_cell(cell, column)
                if figure is not None and figure.exact and figure.value.denominator == 1 and figure.value >= 1:
                    given[symbol] = int(figure.value)
            yield Trial(name=self.rows[row[0].text], values=given)

    def index(self, column: str) -> int:
        """Return where a column stands."""
        return next(index for index, cell in enumerate(self.cells.columns) if index and cell.text == column)


class Column(Struct, frozen=True, kw_only=True):
    """What a column claims (`equals`), or why it claims nothing yet (`todo`); `odd` are the rows that do not fit."""

    name: str
    equals: str = ""
    todo: str = ""
    odd: tuple[str, ...] = ()
    rounding: Rounding | None = None
    conventions: Mapping[str, bool] = msgspec.field(default_factory=dict)


def listings(source: Source, symbols: Symbols) -> Iterator[Listing]:
    """Yield the tables of a document that list models."""
    for table in tables_in(source, source.whole):
        for transposed in (False, True):
            cells = table.transposed() if transposed else table
            found = read_listing(source, table, cells, symbols, transposed=transposed)
            if found is not None:
                yield found
                break


def read_listing(
    source: Source, table: TableCells, cells: TableCells, symbols: Symbols, *, transposed: bool
) -> Listing | None:
    """Return a table that lists models, None for another one, or one that no heading stands over."""
    columns: dict[str, str] = {}
    names = [cell.text for cell in cells.columns[1:]]
    for index, name in enumerate(names, start=1):
        symbol = symbols.named(name)
        numbers = [read_cell(row[index], name) for row in cells.rows if not is_empty(row[index].text)]
        whole = all(
            each is not None and each.exact and each.value.denominator == 1 and each.value >= 1 for each in numbers
        )
        if symbol and symbol not in columns and numbers and whole and names.count(name) == 1:
            columns[symbol] = name
    rows = {row[0].text: slug_of(row[0].text) for row in cells.rows}
    if len(columns) < LEAST_SYMBOLS or len(cells.rows) < (2 if transposed else 1):
        return None
    if len(rows) < len(cells.rows) or not all(rows.values()) or len(set(rows.values())) < len(rows):
        return None
    named = not are_sizes(rows) and any(mentions_symbol(name, symbols) for name in rows)
    if named or any(re.fullmatch(r"[\d.,]+", name) for name in rows):
        return None
    place = place_of(source, table)
    return None if place is None else Listing(cells, *place, transposed=transposed, symbols=columns, rows=rows)


def mentions_symbol(name: str, symbols: Symbols) -> bool:
    """Tell whether a row's name is that of a symbol, so that the row is no model."""
    return bool(symbols.named(name))


def place_of(source: Source, table: TableCells) -> tuple[tuple[str, ...], int] | None:
    """Return `under` and `nth` for a table, None where it stands under no name."""
    span = table.columns[0].span
    if span is None:
        return None
    for under in names_of(source, span):
        scope = scope_of(source, under, said_at=Location(source.path))
        assert not isinstance(scope, SpecError), "unreachable because such names are left out"
        inside = [each.columns[0].span for each in tables_in(source, scope)]
        if span in inside:
            return under, 0 if len(inside) == 1 else inside.index(span) + 1
    return None


def names_of(source: Source, span: Span) -> Iterator[tuple[str, ...]]:
    """Yield the ways to name a scope around a part of the document, the innermost first."""
    around = [section for section in source.sections if span in section.scope]
    around.sort(key=lambda section: (section.scope.start, -section.scope.end), reverse=True)
    for index, section in enumerate(around):
        outer = [each.name for each in reversed(around[index + 1 :])]
        for under in ((section.name,), *((name, section.name) for name in reversed(outer)), (*outer, section.name)):
            scope = scope_of(source, under, said_at=Location(source.path))
            if not isinstance(scope, SpecError) and span in scope:
                yield under
                break


def read_cell(cell: Cell, column: str, rounding: Rounding | None = None) -> Figure | None:
    """Return the figure that a cell prints in its column's scale, None where it prints none."""
    try:
        return figure_in(cell.text, scale_of(column), rounding=rounding)
    except FigureError:
        return None


class Trying(Struct, frozen=True):
    """Tries what the columns of a table may be, on its rows as models."""

    listing: Listing
    ground: Ground
    trials: Mapping[str, Trial]
    conventions: Mapping[str, bool]

    def columns(self) -> Iterator[Column]:
        """Yield what each column claims that is no symbol."""
        given = set(self.listing.symbols.values())
        for index, cell in enumerate(self.listing.cells.columns[1:], start=1):
            if cell.text not in given:
                rows = self.listing.cells.rows
                printed = [(row[0].text, row[index]) for row in rows if not is_empty(row[index].text)]
                yield self.column(cell.text, printed)

    def column(self, name: str, printed: Sequence[tuple[str, Cell]]) -> Column:
        """Return what a column claims: the expression that most of its cells are."""
        if not printed or any(read_cell(cell, name) is None for _, cell in printed):
            return Column(name=name, todo="no figures that can be read")
        ranked: list[tuple[float, int, Column]] = []
        for settings in (self.conventions, *self.ground.settings()):
            for rounding in ROUNDINGS:
                ranked += self.fitting(name, printed, settings, rounding)
            if any(score > 3 for score, _, _ in ranked):
                break
        if not ranked:
            return Column(name=name, todo="equal to nothing that was tried")
        return max(ranked, key=lambda each: each[:2])[2]

    def fitting(
        self, name: str, printed: Sequence[tuple[str, Cell]], settings: Mapping[str, bool], rounding: Rounding | None
    ) -> Iterator[tuple[float, int, Column]]:
        """Yield each expression that enough of a column's cells are, with how well it fits."""
        said = {subject: 1.0 - 0.1 * index for each in mentions(name) for index, subject in enumerate(each.names)}
        figures = [
            (row, read_cell(cell, name, rounding), self.ground.values_at(self.trials[self.listing.rows[row]], settings))
            for row, cell in printed
        ]
        changed = {each: on for each, on in settings.items() if on != self.conventions[each]}
        for candidate in self.ground.candidates:
            odd = tuple(
                row
                for row, figure, values in figures
                if figure is None or candidate.text not in values or values[candidate.text] not in figure
            )
            share = 1 - Fraction(len(odd), len(printed))
            if share >= LEAST_SHARE:
                spoken = max((said.get(subject, 0.0) for subject in candidate.subjects), default=0.0)
                score = 3 * float(share) + spoken - candidate.level - 0.6 * len(changed) - 0.8 * (rounding is not None)
                column = Column(name=name, equals=candidate.text, odd=odd, rounding=rounding, conventions=changed)
                yield score, -len(candidate.text), column
