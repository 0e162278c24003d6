"""Which cells of a model card's tables are the card's own model's: by names of rows or columns, or by what they say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping

from msgspec import Struct, field

from weighbridge.documents.source import Span
from weighbridge.documents.tables import TableCells, tables_in
from weighbridge.draft.labels import Spoken, are_sizes
from weighbridge.draft.owner import Owner, Whose

#: The least number of cells that tell a model's row from others by what they say.
LEAST = 2


class Cells(Struct, frozen=True):
    """The models of one table: each with its name, and whose cells say something of it, its name among them.

    `rows` are the rows that speak of one model alone.
    """

    models: Mapping[int, str]
    cells: Mapping[Span, int]
    names: frozenset[Span]
    rows: Mapping[int, Span] = {}


class Rows(Struct):
    """Tells, for every cell of a document's tables, whose it is.

    `holds` tells of a cell whether it says what is true of the card's own model, None where it says nothing of that;
    `speaks` returns what the name of a row or column speaks of.
    `names` are cells with no more than a model's name; `others` are the rows that are all about another model.
    """

    owner: Owner
    holds: Callable[[Span], bool | None]
    speaks: Callable[[str], Spoken | None]
    found: dict[Span, Whose] = field(default_factory=dict)
    names: set[Span] = field(default_factory=set)
    others: list[Span] = field(default_factory=list)

    def __post_init__(self) -> None:
        source = self.owner.around.source
        for table in tables_in(source, source.whole):
            listed = models_of(table, self.speaks)
            if listed is not None:
                whose = self.whose(listed)
                self.found |= {span: whose[model] for span, model in listed.cells.items()}
                self.names |= listed.names
                self.others += [span for model, span in listed.rows.items() if whose[model] == "other"]

    def of(self, span: Span) -> Whose | None:
        """Tell whose the cell is in which a part of the document stands, None where a table says nothing of that."""
        cell = self.owner.around.cell_of(span)
        if cell is not None:
            return self.found.get(cell)
        return next((whose for cell, whose in self.found.items() if span in cell), None)

    def is_name(self, span: Span) -> bool:
        """Tell whether a part of the document is in a cell that only names the card's own model."""
        cell = self.owner.around.cell_of(span)
        named = any(span in name for name in self.names) if cell is None else cell in self.names
        return named and self.of(span) == "own"

    def whose(self, listed: Cells) -> dict[int, Whose]:
        """Return whose each model of a table is: one is the card's own, by its name or by most of its cells."""
        named = {model: self.owner.of_label(name) for model, name in listed.models.items()}
        own = [model for model, whose in named.items() if whose == "own"]
        # Where no name says it, or several say the same, what the cells say decides.
        open_ = own or [model for model, whose in named.items() if whose != "other"]
        if len(open_) > 1:
            open_ = self.likeliest(open_, listed)
        if len(open_) == 1:
            return {model: "own" if model in open_ else "other" for model in listed.models}
        return {model: "other" if named[model] == "other" else "unclear" for model in listed.models}

    def likeliest(self, among: list[int], listed: Cells) -> list[int]:
        """Return the model of which most cells are true of the card's own, all of them where none stands out."""
        said: dict[int, list[bool]] = defaultdict(list)
        for span, model in listed.cells.items():
            if model in among and (true := self.holds(span)) is not None:
                said[model].append(true)
        ranked = sorted(among, key=lambda model: -sum(said[model]))
        first, second = (sum(said[model]) for model in ranked[:2])
        enough = first >= LEAST and 2 * first >= len(said[ranked[0]])
        return ranked[:1] if first > second and enough else among


def models_of(table: TableCells, speaks: Callable[[str], Spoken | None]) -> Cells | None:
    """Return the models that a table lists in its rows, or in its columns where its rows have labels instead."""
    sized = are_sizes(row[0].text for row in table.rows)
    labels = [not sized and speaks(row[0].text) is not None for row in table.rows]
    heads = [speaks(cell.text) is not None for cell in table.columns[1:]]
    if not any(labels) and not any(heads):
        return None
    if sum(labels) * max(len(heads), 1) > sum(heads) * max(len(labels), 1):
        models = {index: cell.text for index, cell in enumerate(table.columns) if index}
        # A column of values, and perhaps one of remarks, is no model's among others.
        if len(models) < LEAST or any(map(is_value, models.values())):
            return None
        lines = (table.columns, *table.rows)
        cells = {cell.span: index for row in lines for index, cell in enumerate(row) if index and cell.span}
        return Cells(models, cells, frozenset(cell.span for cell in table.columns[1:] if cell.span))
    models = {index: row[0].text for index, row in enumerate(table.rows)}
    spans = {index: [cell.span for cell in row if cell.span] for index, row in enumerate(table.rows)}
    return Cells(
        models,
        {span: index for index, row in spans.items() for span in row},
        frozenset(row[0] for row in spans.values() if row and speaks(table.columns[0].text) is None),
        {index: Span(row[0].start, row[-1].end) for index, row in spans.items() if row},
    )


def is_value(name: str) -> bool:
    """Tell whether a column is called after what its cells are, and not after a model."""
    return name.strip().casefold() in ("value", "values", "setting", "size", "default", "count", "number")
