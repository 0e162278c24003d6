"""What a table claims, as claims of its models: each claim of the table on each of its rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from weighbridge.documents.bind import Binding
from weighbridge.documents.cells import figure_in, in_scale, is_empty, scale_of
from weighbridge.documents.rows import Laid, Models, Row, lay_out
from weighbridge.documents.source import Source, Span
from weighbridge.documents.tables import Cell, copied_table, find_table
from weighbridge.errors import Collector, SpecError, did_you_mean
from weighbridge.formula.figures import FigureError
from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import Expression, free_names
from weighbridge.spec.expand import expand
from weighbridge.spec.model import (
    Assertion,
    At,
    Claim,
    ColumnFigures,
    Erratum,
    Formula,
    PrintedFigure,
    Qualitative,
    Spec,
    Statement,
    TableClaim,
    Waiver,
)
from weighbridge.spec.names import MAX_TOTAL
from weighbridge.spec.statements import expressions_of
from weighbridge.spec.units import clash
from weighbridge.verdict import Anchor

#: Rows of all tables of a spec together, as many as it may have models.
MAX_ROWS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Expanded:
    """A spec whose tables have become models and claims, and what those hold on to in the document.

    `anchors` and `spans` are by claim id; `values` are the cells that name rows or give their values, `exempt` those
    that are no claims, with the reason.
    """

    spec: Spec
    anchors: Mapping[str, Anchor] = field(default_factory=dict)
    spans: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    values: tuple[Span, ...] = ()
    exempt: tuple[tuple[Span, str], ...] = ()
    errors: tuple[SpecError, ...] = ()

    def onto(self, binding: Binding) -> Binding:
        """Return the binding of the spec's own quotes with that of its tables."""
        return replace(
            binding,
            anchors={**binding.anchors, **self.anchors},
            spans={**binding.spans, **self.spans},
            values=self.values,
            exempt_cells=self.exempt,
            errors=tuple(sorted({*binding.errors, *self.errors})),
        )


def expand_tables(spec: Spec, source: Source | None) -> Expanded:
    """Return a spec with its tables as models and claims; `source` is its document, None where it is not here."""
    if not spec.tables and not spec.of_rows:
        return Expanded(spec=spec)
    errors = Collector()
    tables = list(lay_out_all(spec, source, errors))
    models = Models(spec, errors)
    for laid in tables:
        models.add(laid)
    making = Making(spec, models, errors, local=source is not None)
    for laid in tables:
        making.claims_of(laid)
        making.cells_of(laid)
    claims = [*making.own_claims(complete=len(tables) == len(spec.tables)), *making.claims]
    return Expanded(
        spec=replace(spec, models=MappingProxyType(models.found), claims=tuple(claims), of_rows=()),
        anchors=making.anchors,
        spans=making.spans,
        values=tuple(making.values),
        exempt=tuple(making.exempt),
        errors=tuple(errors.errors),
    )


def lay_out_all(spec: Spec, source: Source | None, errors: Collector) -> Iterator[Laid]:
    """Yield every table that is found, with its columns and rows known."""
    rows = terms = 0
    for table in spec.tables:
        say = f"table '{table.id}'"
        if table.rows is not None:
            found = copied_table(table.rows) or SpecError(
                table.rows.places[0], "'rows' is no table", "expected as many dashes as names"
            )
        elif source is not None:
            found = find_table(source, table.under, nth=table.nth, said_at=table.location)
        else:
            continue
        if isinstance(found, SpecError):
            errors.add(found.location, f"{say}: {found.message}", found.hint)
            continue
        laid = lay_out(table, found.transposed() if table.transposed else found, errors)
        rows += len(laid.rows)
        terms += len(laid.rows) * table.weight
        if rows > MAX_ROWS or terms > MAX_TOTAL:
            many = f"{MAX_ROWS:,} rows" if rows > MAX_ROWS else f"{MAX_TOTAL:,} terms"
            errors.add(table.location, f"{say}: from here on the spec's tables have more than {many}", "split the spec")
            return
        yield laid


class Making:
    """Makes claims of tables, and gathers what they hold on to in the document."""

    def __init__(self, spec: Spec, models: Models, errors: Collector, *, local: bool) -> None:
        self.spec = spec
        self.models = models
        self.errors = errors
        self.local = local
        self.claims: list[Claim] = []
        self.anchors: dict[str, Anchor] = {}
        self.spans: dict[str, tuple[Span, ...]] = {}
        self.values: list[Span] = []
        self.exempt: list[tuple[Span, str]] = []

    def claims_of(self, laid: Laid) -> None:
        """Add the claims of a table: claim by claim, and row by row."""
        self.check_excuses(laid)
        spared = spared_cells(laid)
        for claim in laid.table.claims:
            column = claim.statement.column.name if isinstance(claim.statement, ColumnFigures) else ""
            if column and column not in laid.columns:
                continue
            for row in laid.rows:
                cell = row.cells[laid.columns[column]] if column else row.name
                if (row.name.text, column) in spared or row.model not in self.models.found:
                    continue
                made = self.of_row(laid, claim, row, cell)
                if made is not None:
                    self.claims.append(made)
                    self.anchor(made.id, cell, figure=bool(column))

    def of_row(self, laid: Laid, claim: TableClaim, row: Row, cell: Cell) -> Claim | None:
        """Return what a claim of a table says of one row, None where the cell is mistaken."""
        conventions = {**row.conventions, **claim.conventions}
        said = self.statement(laid, claim, cell)
        if said is None:
            return None
        waiver, erratum = excuse_of(claim, row)
        statement, text = said
        scale = self.scale(laid, claim)
        correct = corrected(erratum, claim, scale) if erratum else None
        trees = [tree for each in (statement, correct) if each is not None for tree in expressions_of(each)]
        lacking = self.lacking(row, [*trees, *claim.assuming], conventions)
        for symbol in lacking:
            if (row.model, symbol) not in self.models.empty:
                if (row.model, symbol) in self.models.broken:
                    return None
                message = f"table '{laid.table.id}', claim '{claim.id}': row '{row.name.text}' has no '{symbol}'"
                self.errors.add(claim.location, message, "give it a column in `symbols`, or a value in `set`")
                return None
        if lacking:
            names = ", ".join(f"'{name}'" for name in lacking)
            statement = Qualitative(f"the table gives no value for {names}: the cell is empty")
        decided = not isinstance(statement, Qualitative)
        return Claim(
            id=f"{laid.table.id}.{claim.id}@{row.model}",
            location=claim.location if laid.table.rows is None else cell.location,
            statement=statement,
            where=At((row.model,) if decided else ()),
            text=text,
            assuming=claim.assuming if decided else (),
            conventions=conventions,
            because=claim.because if decided else "",
            note=claim.note,
            waiver=replace(waiver, at=(), pin=pin_of(waiver.pin, cell, text)) if waiver and decided else None,
            errata=(replace(erratum, at=(), pin=pin_of(erratum.pin, cell, text), correct=correct),)
            if erratum and decided
            else (),
        )

    def statement(self, laid: Laid, claim: TableClaim, cell: Cell) -> tuple[Statement, str] | None:
        """Return what is said of a row and how it reads; None, with the mistake noted, where a cell is no figure."""
        match claim.statement:
            case Formula() | Assertion() as statement:
                return statement, claim.text
            case ColumnFigures(equals=equals, units=units) as figures:
                if is_empty(cell.text):
                    why = f"the cell says '{cell.text}'" if cell.text else "the cell is empty"
                    return Qualitative(f"{why}: nothing is claimed"), cell.text
                say = f"table '{laid.table.id}', column '{figures.column.name}'"
                try:
                    figure = figure_in(
                        cell.text,
                        self.scale(laid, claim),
                        precision=figures.precision,
                        rounding=figures.rounding,
                        about=figures.about,
                    )
                except FigureError as error:
                    self.errors.add(
                        cell.location, f"{say}: {error}", "'-' says nothing; `exempt` spares a cell or column"
                    )
                    return None
                for tree, unit in zip(equals, units, strict=True):
                    if clash(figure.unit, unit):
                        message = f"{say}: '{figure.text}' is in {figure.unit}, '{to_text(tree)}' counts {unit}"
                        self.errors.add(cell.location, message, "compare it with a quantity of the same unit")
                        return None
                return PrintedFigure(figure, equals), figure.text

    def scale(self, laid: Laid, claim: TableClaim) -> str:
        """Return the scale that a claim's column gives to its cells."""
        if not isinstance(claim.statement, ColumnFigures):
            return ""
        return scale_of(laid.cells.columns[laid.columns[claim.statement.column.name]].text)

    def lacking(self, row: Row, trees: Iterable[Expression], conventions: Mapping[str, bool]) -> list[str]:
        """Return the symbols that expressions need and the row's model has no value for."""
        model = self.models.found[row.model]
        settings = {**self.spec.conventions, **model.conventions, **conventions}
        needed = {name for tree in trees for name in free_names(expand(tree, self.spec, settings))}
        return [name for name in self.spec.symbols if name in needed and name not in model.values]

    def anchor(self, claim: str, cell: Cell, *, figure: bool) -> None:
        """Note where a claim stands in the document; a copied table stands in the spec alone."""
        if cell.span is not None:
            self.anchors[claim] = Anchor("found", cell.location)
            if figure:
                self.spans[claim] = (cell.span,)
        elif not self.local:
            self.anchors[claim] = Anchor("absent")

    def cells_of(self, laid: Laid) -> None:
        """Note the cells that are no claims: names, values of symbols and conventions, and exempt ones."""
        table = laid.table
        given = [each.name for each in table.symbols.values()]
        given += [each.column.name for each in table.convention_columns.values()]
        indices = {0, *(laid.columns[name] for name in given if name in laid.columns)}
        self.values += [each.span for each in laid.cells.columns if each.span]
        for row in laid.cells.rows:
            self.values += [span for index in sorted(indices) if (span := row[index].span)]
        for exemption in table.exempt:
            index = laid.columns.get(exemption.what.name)
            rows = {each.name for each in exemption.at}
            for row in laid.cells.rows:
                spared = row if index is None and row[0].text == exemption.what.name else ()
                if index is not None and (not rows or row[0].text in rows):
                    spared = (row[index],)
                self.exempt += [(cell.span, exemption.reason) for cell in spared if cell.span]

    def check_excuses(self, laid: Laid) -> None:
        """Note each waiver or erratum that speaks of a row that the table does not have."""
        known = {name for row in laid.rows for name in (row.name.text, row.model)}
        for claim in laid.table.claims:
            excuses: tuple[Waiver | Erratum, ...] = (*claim.waivers, *claim.errata)
            for excuse in excuses:
                for name in excuse.at:
                    if name not in known:
                        message = f"table '{laid.table.id}', claim '{claim.id}': there is no row '{name}'"
                        printed = [row.name.text for row in laid.rows]
                        self.errors.add(excuse.location, message, did_you_mean(name, printed))

    def own_claims(self, *, complete: bool) -> Iterator[Claim]:
        """Yield the spec's own claims, rows of tables among the models that they speak of, in their order."""
        names = tuple(self.models.found)
        for claim in sorted((*self.spec.claims, *self.spec.of_rows), key=lambda each: each.location):
            where = claim.where
            if not isinstance(where, At):
                yield claim
                continue
            unknown = [name for name in where.models if name not in self.models.found]
            if unknown:
                if complete:
                    message = f"claim '{claim.id}': there is no model '{unknown[0]}', nor a row of a table"
                    self.errors.add(claim.location, message, did_you_mean(unknown[0], names))
                continue
            models = names if where.every else where.models
            if self.has_values(claim, models):
                yield replace(claim, where=replace(where, models=models))

    def has_values(self, claim: Claim, models: Iterable[str]) -> bool:
        """Tell whether rows have the values that a claim needs, noting those that have not."""
        corrections = [each.correct for each in claim.errata if each.correct is not None]
        trees = [tree for each in (claim.statement, *corrections) for tree in expressions_of(each)]
        for name in models:
            if name in self.spec.models:
                continue
            row = Row(name, (), {})
            lacking = self.lacking(row, [*trees, *claim.assuming], claim.conventions)
            if lacking:
                message = f"claim '{claim.id}': the row '{name}' has no value for '{lacking[0]}'"
                self.errors.add(claim.location, message, "leave the row out of `at`, or give the symbol in `set`")
                return False
        return True


def excuse_of(claim: TableClaim, row: Row) -> tuple[Waiver | None, Erratum | None]:
    """Return the waiver or erratum that speaks of a row, the more special one first."""
    names = {row.name.text, row.model}
    special_waiver = next((each for each in claim.waivers if names & set(each.at)), None)
    special_erratum = next((each for each in claim.errata if names & set(each.at)), None)
    if special_waiver or special_erratum:
        return special_waiver, None if special_waiver else special_erratum
    general = next((each for each in claim.waivers if not each.at), None)
    return general, None if general else next((each for each in claim.errata if not each.at), None)


def corrected(erratum: Erratum, claim: TableClaim, scale: str) -> Statement | None:
    """Return what the document should say of a row; a figure is in its column's scale, as the cell is."""
    figures = claim.statement
    if not isinstance(erratum.correct, PrintedFigure) or not isinstance(figures, ColumnFigures) or not scale:
        return erratum.correct
    text = in_scale(erratum.correct.figure.text, scale)
    figure = figure_in(text, precision=figures.precision, rounding=figures.rounding, about=figures.about)
    return PrintedFigure(figure, figures.equals)


def pin_of(pin: str, cell: Cell, text: str) -> str:
    """Return a pin as it is compared with the claim: the cell is the pin where there is none."""
    return text if not pin or pin.split() == cell.text.split() else pin


def spared_cells(laid: Laid) -> set[tuple[str, str]]:
    """Return the cells of claimed columns that are exempt all the same, by the names of row and column."""
    return {(row.name, each.what.name) for each in laid.table.exempt for row in each.at}
