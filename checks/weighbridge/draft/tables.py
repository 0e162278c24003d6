"""Which tables of a document list models, and what their columns are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from weighbridge.documents.cells import figure_in, is_empty, scale_of
from weighbridge.documents.scopes import scope_of
from weighbridge.documents.source import Source, Span
from weighbridge.documents.tables import Cell, TableCells, tables_in
from weighbridge.draft.ground import Candidate, Ground, Trial
from weighbridge.draft.symbols import Symbols
from weighbridge.draft.words import mentions
from weighbridge.errors import Location, SpecError
from weighbridge.formula.figures import Figure, FigureError, Rounding
from weighbridge.spec.table_claims import slug_of

#: A table of models has at least so many of its columns understood as symbols.
LEAST_SYMBOLS = 2
#: A column is a quantity where at least this share of its cells is.
LEAST_SHARE = Fraction(3, 5)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What a column claims (`equals`), or why it claims nothing yet (`todo`); `odd` are the rows that do not fit."""

    name: str
    equals: str = ""
    todo: str = ""
    odd: tuple[str, ...] = ()
    rounding: Rounding | None = None
    conventions: Mapping[str, bool] = field(default_factory=dict)


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
        whole = all(each is not None and each.exact and each.value.denominator == 1 and each.value >= 1 for each in numbers)
        if symbol and symbol not in columns and numbers and whole and names.count(name) == 1:
            columns[symbol] = name
    rows = {row[0].text: slug_of(row[0].text) for row in cells.rows}
    if len(columns) < LEAST_SYMBOLS or len(cells.rows) < (2 if transposed else 1):
        return None
    if len(rows) < len(cells.rows) or not all(rows.values()) or len(set(rows.values())) < len(rows):
        return None
    if any(mentions_symbol(name, symbols) or re.fullmatch(r"[\d.,]+", name) for name in rows):
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
        assert not isinstance(scope, SpecError), "unreachable because such names are left out"  # noqa: S101
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


def columns_of(
    listing: Listing, ground: Ground, trials: Mapping[str, Trial], conventions: Mapping[str, bool]
) -> Iterator[Column]:
    """Yield what each column of a table claims that is no symbol."""
    given = set(listing.symbols.values())
    for index, cell in enumerate(listing.cells.columns[1:], start=1):
        if cell.text in given:
            continue
        printed = [(row[0].text, row[index]) for row in listing.cells.rows if not is_empty(row[index].text)]
        yield column_of(listing, cell.text, printed, ground, trials, conventions)


def column_of(  # noqa: PLR0913 - what one column is and what it is tried with
    listing: Listing,
    name: str,
    printed: Sequence[tuple[str, Cell]],
    ground: Ground,
    trials: Mapping[str, Trial],
    conventions: Mapping[str, bool],
) -> Column:
    """Return what a column claims: the expression that most of its cells are."""
    if not printed or any(read_cell(cell, name) is None for _, cell in printed):
        return Column(name=name, todo="no figures that can be read")
    said = {subject: 1.0 - 0.1 * index for each in mentions(name) for index, subject in enumerate(each.names)}
    ranked: list[tuple[Fraction, float, Column]] = []
    for settings in (conventions, *ground.settings()):
        for rounding in (None, "down", "up"):
            for candidate in ground.candidates:
                odd = tuple(odd_rows(candidate, printed, name, ground, trials, settings, rounding, listing))  # type: ignore[arg-type]
                share = Fraction(len(printed) - len(odd), len(printed))
                if share < LEAST_SHARE:
                    continue
                speaks = max((said.get(subject, 0.0) for subject in candidate.subjects), default=0.0)
                flips = sum(on != conventions[each] for each, on in settings.items())
                score = speaks - candidate.level - 0.6 * flips - 0.8 * (rounding is not None)
                column = Column(
                    name=name,
                    equals=candidate.text,
                    odd=odd,
                    rounding=rounding,  # type: ignore[arg-type]
                    conventions={each: on for each, on in settings.items() if on != conventions[each]},
                )
                ranked.append((share, score, column))
        if any(share == 1 and score > -1 for share, score, _ in ranked):
            break
    if not ranked:
        return Column(name=name, todo="equal to nothing that was tried")
    return max(ranked, key=lambda each: (each[1] + 3 * float(each[0]), -len(each[2].equals)))[2]


def odd_rows(  # noqa: PLR0913 - as above
    candidate: Candidate,
    printed: Iterable[tuple[str, Cell]],
    column: str,
    ground: Ground,
    trials: Mapping[str, Trial],
    settings: Mapping[str, bool],
    rounding: Rounding | None,
    listing: Listing,
) -> Iterator[str]:
    """Yield the rows whose cells do not print a candidate's value."""
    for row, cell in printed:
        figure = read_cell(cell, column, rounding)
        value = ground.value(candidate, trials[listing.rows[row]], settings)
        if figure is None or value is None or value not in figure:
            yield row
