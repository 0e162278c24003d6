"""Which models the rows of a table are: an id for each, and the values and conventions that its cells give it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from msgspec import Struct

from weighbridge.documents.cells import figure_in, is_empty, scale_of, truth
from weighbridge.documents.tables import Cell, TableCells
from weighbridge.errors import Collector, Location, did_you_mean, quoted
from weighbridge.formula.exact import EvaluationError, evaluate
from weighbridge.formula.figures import FigureError
from weighbridge.formula.printer import thousands, to_text
from weighbridge.formula.tree import Expression, free_names
from weighbridge.spec.model import Model, Spec
from weighbridge.spec.models import by_default
from weighbridge.spec.table_claims import slug_of
from weighbridge.spec.table_model import ColumnFigures, Constant, Table


class Row(Struct, frozen=True):
    """A row of a table: the model that it names, its cells, and what is counted in it."""

    model: str
    cells: tuple[Cell, ...]
    conventions: Mapping[str, bool]

    @property
    def name(self) -> Cell:
        """The cell that names the row."""
        return self.cells[0]


class Laid(Struct, frozen=True):
    """A table that was found, whose columns and rows are known."""

    table: Table
    cells: TableCells
    columns: Mapping[str, int]
    rows: tuple[Row, ...] = ()


@dataclass(slots=True)
class Models:
    """The models of a spec, those of its tables added row by row.

    `places` says which cell or constant of a table gave a model a value; `empty` which symbols have an empty cell,
    `broken` which have none for a mistake that was noted.
    """

    spec: Spec
    errors: Collector
    found: dict[str, Model] = field(default_factory=dict)
    places: dict[tuple[str, str], Location] = field(default_factory=dict)
    empty: dict[tuple[str, str], Cell] = field(default_factory=dict)
    broken: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.found.update(self.spec.models)

    def add(self, laid: Laid) -> None:
        """Work out the values of a table's rows; what can not be is noted."""
        for row in laid.rows:
            given = dict(self.read_cells(laid, row))
            self.merge(laid.table, row, given)

    def read_cells(self, laid: Laid, row: Row) -> Iterator[tuple[str, tuple[int, Location]]]:
        """Yield each symbol that a row's cells give, with its value and place."""
        for symbol, column in laid.table.symbols.items():
            index = laid.columns.get(column.name)
            if index is None:
                continue
            cell = row.cells[index]
            if is_empty(cell.text):
                self.empty[row.model, symbol] = cell
                continue
            value = self.integer(laid, symbol, cell, laid.cells.columns[index].text)
            if value is not None:
                yield symbol, (value, cell.location)

    def integer(self, laid: Laid, symbol: str, cell: Cell, column: str) -> int | None:
        """Return the integer that a symbol's cell prints, None where it prints none."""
        say = f"table '{laid.table.id}'"
        try:
            figure = figure_in(cell.text, scale_of(column))
        except FigureError as error:
            self.errors.add(cell.location, f"{say}: the value of '{symbol}': {error}", "'-' says nothing")
            return None
        least = self.spec.symbols[symbol].minimum
        if not figure.exact:
            hint = "claim the column, and give the symbol in `set` or a model"
            message = f"{say}: '{figure.text}' is rounded, and '{symbol}' needs one value"
        elif figure.value.denominator != 1 or figure.value < least or figure.unit:
            hint, message = "", f"{say}: '{symbol}' is '{figure.text}', expected an integer of at least {least}"
        else:
            return int(figure.value)
        self.errors.add(cell.location, message, hint)
        return None

    def merge(self, table: Table, row: Row, given: Mapping[str, tuple[int, Location]]) -> None:
        """Add a row's model, or see that its values are those that the model has already."""
        earlier = self.found.get(row.model)
        values = dict(earlier.values) if earlier else {}
        new: dict[str, tuple[int, Location]] = dict(given)
        trees = {name: Constant(tree, table.location) for name, tree in table.inherited.items()} | dict(table.constants)
        defaults = self.defaults(table, {*values, *new, *trees})
        trees |= {name: Constant(tree, table.location) for name, tree in defaults.items()}
        known = {**values, **{name: value for name, (value, _) in new.items()}}
        for name in trees:
            known.pop(name, None)
        say = f"table '{table.id}', row '{row.name.text}'"
        while ready := [name for name, each in trees.items() if free_names(each.value) <= known.keys()]:
            for name in ready:
                constant = trees.pop(name)
                value = self.worked_out(name, constant, known, say=say)
                if value is not None:
                    new[name], known[name] = (value, constant.location), value
        self.explain(table, row, trees, known)
        for name, (value, place) in new.items():
            self.agree(table, row, name, value, place)
        assumed = {name: by_default(tree) for name, tree in defaults.items()} | dict(table.assumed)
        stated = {name for name in given if name not in table.assumed}
        self.found[row.model] = Model(
            name=row.model,
            values=MappingProxyType({name: known[name] for name in self.spec.symbols if name in known}),
            assumed=MappingProxyType(
                {
                    name: why
                    for name, why in {**assumed, **(earlier.assumed if earlier else {})}.items()
                    if name in known and name not in stated
                }
            ),
            conventions=MappingProxyType({**row.conventions, **(earlier.conventions if earlier else {})}),
        )

    def defaults(self, table: Table, given: set[str]) -> dict[str, Expression]:
        """Return the defaults of symbols that nothing gives, empty cells included."""
        return {
            name: symbol.default
            for name, symbol in self.spec.symbols.items()
            if symbol.default is not None and name not in given and name not in table.symbols
        }

    def worked_out(self, name: str, constant: Constant, known: Mapping[str, int], *, say: str) -> int | None:
        """Return the value of a symbol that follows from others, None where it is no integer that it may be."""
        tree, place = constant.value, constant.location
        least = self.spec.symbols[name].minimum
        try:
            value = evaluate(tree, known)
        except EvaluationError as error:
            self.errors.add(place, f"{say}: the value of '{name}' can not be worked out: {error}")
            return None
        if isinstance(value, bool) or value.denominator != 1 or value < least:
            shown = f"{to_text(tree)} = {value}"
            self.errors.add(place, f"{say}: '{name}' is {shown}, expected an integer of at least {least}")
            return None
        return int(value)

    def explain(self, table: Table, row: Row, trees: Mapping[str, Constant], known: Mapping[str, int]) -> None:
        """Note symbols that are left without a value, but for those that an empty cell or an error leaves open."""
        lacking = [name for name in self.spec.symbols if name not in known]
        while more := {
            name: cell
            for name in lacking
            if (row.model, name) not in self.empty and name in trees
            for needed in free_names(trees[name].value)
            if (cell := self.empty.get((row.model, needed)))
        }:
            self.empty.update({(row.model, name): cell for name, cell in more.items()})
        given = {*table.symbols, *table.constants, *table.inherited}
        lacking = [name for name in lacking if (row.model, name) not in self.empty]
        failed = {name for name in lacking if name in given and name not in trees}
        # What may be left out may still not be said in vain.
        lacking = [name for name in lacking if name not in table.optional or name in table.constants]
        self.broken |= {(row.model, name) for name in (*lacking, *failed)}
        missing = [name for name in lacking if name not in given and name not in trees]
        if missing:
            message = f"table '{table.id}': nothing gives {', '.join(map(repr, missing))} a value"
            self.errors.add(table.location, message, "give it a column in `symbols`, or a value in `set`")
            return
        for name, constant in trees.items():
            if name in lacking and not free_names(constant.value) & failed:
                needed = sorted(free_names(constant.value) - known.keys())
                message = f"table '{table.id}', row '{row.name.text}': the value of '{name}' needs {quoted(needed)}"
                hint = "give that a column in `symbols`, or a value in `set`" if needed[0] not in trees else ""
                self.errors.add(constant.location, message, hint)

    def agree(self, table: Table, row: Row, symbol: str, value: int, place: Location) -> None:
        """Note a value that is not the one that the same model has elsewhere."""
        earlier = self.found.get(row.model)
        old = earlier.values.get(symbol) if earlier else None
        if old is not None and old != value:
            there = self.places.get((row.model, symbol))
            before = str(there) if there else f"[models.{row.model}]"
            self.errors.add(
                place,
                f"table '{table.id}': '{symbol}' of '{row.model}' is {thousands(value)} here "
                f"and {thousands(old)} at {before}",
                "give the row another id in `names`, or mend one of them",
            )
            return
        self.places.setdefault((row.model, symbol), place)


def read_rows(laid: Laid, errors: Collector) -> tuple[Row, ...]:
    """Return the rows of a table but for exempt ones, each with the model that it names."""
    table = laid.table
    exempt = {each.what.name for each in table.exempt if not each.at}
    names = {row[0].text for row in laid.cells.rows}
    for printed, named in table.names.items():
        if printed not in names:
            message = f"table '{table.id}', names: there is no row '{printed}'"
            errors.add(named.location, message, did_you_mean(printed, names))
    rows: list[Row] = []
    seen: dict[str, Cell] = {}
    for cells in laid.cells.rows:
        name = cells[0]
        if name.text in exempt and name.text not in laid.columns:
            continue
        model = table.names[name.text].name if name.text in table.names else slug_of(name.text)
        if not model:
            message = f"table '{table.id}': the row's name '{name.text}' makes no id"
            errors.add(name.location, message, "give it one in `names`, or exempt the row")
        elif model in seen:
            message = f"table '{table.id}': a second row '{model}', the first is at {seen[model].location}"
            errors.add(name.location, message, "give each its own id in `names`")
        else:
            seen[model] = name
            rows.append(Row(model, cells, settings_of(laid, cells, errors)))
    return tuple(rows)


def settings_of(laid: Laid, cells: tuple[Cell, ...], errors: Collector) -> dict[str, bool]:
    """Return what is counted in a row; an empty cell leaves a convention to the spec."""
    settings = dict(laid.table.conventions)
    for name, source in laid.table.convention_columns.items():
        index = laid.columns.get(source.column.name)
        if index is None or is_empty(cells[index].text):
            continue
        text = cells[index].text
        setting = text in source.when if source.when else truth(text)
        if setting is None:
            message = f"table '{laid.table.id}': '{text}' is neither yes nor no for the convention '{name}'"
            errors.add(cells[index].location, message, 'say which words mean yes: { column = "...", when = ["..."] }')
        else:
            settings[name] = setting
    return settings


def lay_out(table: Table, cells: TableCells, errors: Collector) -> Laid:
    """Return a table with its columns known: each must be a symbol, a convention, a claim's, or exempt."""
    columns: dict[str, int] = {}
    twice: set[str] = set()
    for index, cell in enumerate(cells.columns[1:], start=1):
        if columns.setdefault(cell.text, index) != index:
            twice.add(cell.text)
    spoken = dict(columns_of(table))
    for name, place in spoken.items():
        if name not in columns:
            errors.add(place, f"table '{table.id}': there is no column '{name}'", did_you_mean(name, columns))
        elif name in twice:
            errors.add(place, f"table '{table.id}': there are two columns '{name}'", "exempt or rename one of them")
    rows = {row[0].text for row in cells.rows}
    exempt = {each.what.name for each in table.exempt}
    for each in table.exempt:
        for row in each.at:
            if row.name not in rows:
                message = f"table '{table.id}', exempt: there is no row '{row.name}'"
                errors.add(row.location, message, did_you_mean(row.name, rows))
        if each.what.name not in columns and (each.at or each.what.name not in rows):
            message = f"table '{table.id}', exempt: there is no column or row '{each.what.name}'"
            errors.add(each.what.location, message, did_you_mean(each.what.name, {*columns, *rows}))
    for name, index in columns.items():
        if name not in spoken and name not in exempt:
            errors.add(
                cells.columns[index].location,
                f"table '{table.id}': the column '{name}' is no symbol, claim or exemption",
                "name it in `symbols`, in a [[table.claims]], or in `exempt` with the reason",
            )
    if not cells.rows:
        errors.add(cells.at, f"table '{table.id}': there are no rows")
    laid = Laid(table, cells, columns)
    return Laid(table, cells, columns, read_rows(laid, errors))


def columns_of(table: Table) -> Iterable[tuple[str, Location]]:
    """Yield the columns that a table speaks of, and where."""
    for symbol in table.symbols.values():
        yield symbol.name, symbol.location
    for convention in table.convention_columns.values():
        yield convention.column.name, convention.column.location
    for claim in table.claims:
        if isinstance(claim.statement, ColumnFigures):
            yield claim.statement.column.name, claim.statement.column.location
