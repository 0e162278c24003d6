"""What a table claims of each of its rows, and where in the document it does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from weighbridge.documents.cells import figure_in, in_scale, is_empty, scale_of
from weighbridge.documents.rows import Laid, Models, Row
from weighbridge.documents.source import Span
from weighbridge.documents.tables import Cell
from weighbridge.errors import Collector, Location, did_you_mean
from weighbridge.formula.figures import FigureError
from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import Expression, free_names
from weighbridge.spec.claim_model import (
    Assertion,
    At,
    Claim,
    Erratum,
    Formula,
    PrintedFigure,
    Qualitative,
    Statement,
    Waiver,
)
from weighbridge.spec.expand import Expansions
from weighbridge.spec.model import Model, Spec
from weighbridge.spec.statements import expressions_of
from weighbridge.spec.table_model import ColumnFigures, TableClaim
from weighbridge.spec.units import clash
from weighbridge.verdict import Anchor


class RowClaims:
    """Makes claims of tables, and gathers what they hold on to in the document."""

    def __init__(self, spec: Spec, models: Models, errors: Collector, *, local: bool) -> None:
        self.spec = spec
        self.expansions = Expansions(spec)
        self.models = models
        self.errors = errors
        self.local = local
        self.claims: list[Claim] = []
        self.anchors: dict[str, Anchor] = {}
        self.spans: dict[str, tuple[Span, ...]] = {}
        self.cells: list[tuple[Span, str]] = []
        self.exempt: list[tuple[Span, str]] = []

    def claims_of(self, laid: Laid) -> None:
        """Add the claims of a table: claim by claim, and row by row."""
        self.check_excuses(laid)
        spared = spared_cells(laid)
        before = len(self.claims)
        for claim in laid.table.claims:
            column = column_of(claim)
            if column and column not in laid.columns:
                continue
            first = len(self.claims)
            for row in laid.rows:
                cell = row.cells[laid.columns[column]] if column else row.name
                if (row.name.text, column) in spared or row.model not in self.models.found:
                    continue
                made = self.of_row(laid, claim, row, cell)
                if made is not None:
                    self.claims.append(made)
                    self.anchor(made.id, cell, figure=bool(column))
            self.hold_to_times(laid, claim, self.claims[first:])
        self.hold_to_height(laid, self.claims[before:])

    def hold_to_times(self, laid: Laid, claim: TableClaim, made: Sequence[Claim]) -> None:
        """Note that a column claims more or less than it should: at a cell that claims nothing, if any does."""
        empty = [each for each in made if isinstance(each.statement, Qualitative)]
        claiming = len(made) - len(empty)
        if claim.times and claiming != claim.times:
            message = f"the column '{column_of(claim)}' claims something in {rows(claiming)}, expected {claim.times}"
            self.refuse(laid, empty or made, message)

    def hold_to_height(self, laid: Laid, made: Sequence[Claim]) -> None:
        """Note that a table has more or fewer rows than it should."""
        found, height = len(laid.cells.rows), laid.table.height
        if height and found != height:
            message = f"the table '{laid.table.id}' has {rows(found)}, expected {height}"
            self.refuse(laid, made, message, at=laid.cells.at)

    def refuse(self, laid: Laid, made: Sequence[Claim], message: str, *, at: Location | None = None) -> None:
        """Note that a table is not what it was: by the first of these claims of it, or as a mistake without any."""
        if not made:
            self.errors.add(at or laid.cells.at, message, "mend the document, or the number in the spec")
            return
        anchor = self.anchors.get(made[0].id)
        self.anchors[made[0].id] = Anchor("changed", at or (anchor.location if anchor else None), message)

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
        model = self.models.found[row.model]
        missing = lacking(self.expansions, self.spec, model, [*trees, *claim.assuming], conventions)
        for symbol in missing:
            if (row.model, symbol) not in self.models.empty:
                if (row.model, symbol) in self.models.broken:
                    return None
                message = f"table '{laid.table.id}', claim '{claim.id}': row '{row.name.text}' has no '{symbol}'"
                self.errors.add(claim.location, message, "give it a column in `symbols`, or a value in `set`")
                return None
        if missing:
            names = ", ".join(f"'{name}'" for name in missing)
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

    def anchor(self, claim: str, cell: Cell, *, figure: bool) -> None:
        """Note where a claim stands in the document; a copied table stands in the spec alone."""
        if cell.span is not None:
            self.anchors[claim] = Anchor("found", cell.location)
            if figure:
                self.spans[claim] = (cell.span,)
                self.cells.append((cell.span, claim))
        elif not self.local:
            self.anchors[claim] = Anchor("absent")

    def cells_of(self, laid: Laid) -> None:
        """Note the cells that are no claims: names, values of symbols and conventions, and exempt ones."""
        table = laid.table
        given = [each.name for each in table.symbols.values()]
        given += [each.column.name for each in table.convention_columns.values()]
        indices = sorted({laid.columns[name] for name in given if name in laid.columns})
        self.exempt += [(cell.span, "names a column") for cell in laid.cells.columns if cell.span]
        for row in laid.cells.rows:
            self.exempt += [(row[0].span, "names a row")] if row[0].span else []
            self.cells += [(span, table.id) for index in indices if (span := row[index].span)]
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


def rows(count: int) -> str:
    """Return a number of rows in words."""
    return f"{count:,} row{'s' * (count != 1)}"


def column_of(claim: TableClaim) -> str:
    """Return the column whose figures a claim is about, "" where it is about none."""
    return claim.statement.column.name if isinstance(claim.statement, ColumnFigures) else ""


def lacking(
    expansions: Expansions, spec: Spec, model: Model, trees: Iterable[Expression], conventions: Mapping[str, bool]
) -> list[str]:
    """Return the symbols that expressions need and a model has no value for."""
    if model.values.keys() == spec.symbols.keys():
        return []
    expansion = expansions.under({**spec.conventions, **model.conventions, **conventions})
    needed = {name for tree in trees for name in free_names(expansion.of(tree))}
    return [name for name in spec.symbols if name in needed and name not in model.values]


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
