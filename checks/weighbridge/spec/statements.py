"""What a claim says, as a value: a figure, a formula or an assertion, and what it is held against."""

from __future__ import annotations

from typing import Literal, TypeAlias, cast

from msgspec import Struct

from weighbridge.formula.figures import ROUNDINGS, FigureError, Rounding, read_figure, read_number, read_share
from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import Expression
from weighbridge.spec.claim_model import Assertion, Formula, PrintedFigure, Qualitative, Statement
from weighbridge.spec.fields import Fields, type_name
from weighbridge.spec.locate import Path
from weighbridge.spec.names import Namespace, Sort
from weighbridge.spec.units import UnitError, clash, unit_of

StatementKind: TypeAlias = Literal["printed", "formula", "asserts"]

#: Keys that replace the precision with which a figure is printed; each needs a `because`.
OVERRIDES = ("precision", "rounding", "about")

#: Keys that answer one question together: a claim that has one of them takes none of them from [defaults].
TOGETHER = (("at", "over"), ("times", "nth"), (*OVERRIDES, "because"))


class Source(Struct, frozen=True):
    """A claim's own table, and the [defaults] for what it does not say."""

    own: Fields
    defaults: Fields | None = None

    def of(self, key: str) -> Fields:
        """Return the table that answers for a key: the claim's own where it has the key, or one of its group."""
        group = next((group for group in TOGETHER if key in group), (key,))
        return self.own if self.defaults is None or any(each in self.own for each in group) else self.defaults


class Measure(Struct, frozen=True, kw_only=True):
    """What a statement is held against, and how closely; a correction is held against the same."""

    equals: tuple[Expression, ...] = ()
    precision: str = ""
    rounding: Rounding | None = None
    about: str = ""


def read_measure(source: Source, kind: StatementKind, space: Namespace) -> Measure:
    """Read equals, precision, rounding, about and because, as far as they go with this kind of statement.

    What has a mistake is noted and left out.
    """
    own = source.own
    if kind == "asserts":
        return Measure()
    allowed = OVERRIDES if kind == "printed" else ("about",)
    if "oracle" not in own:
        own.require("equals")
    given = {key: source.of(key).text(key) for key in allowed if key in source.of(key)}
    if given and "because" not in source.of("because"):
        key = next(iter(given))
        source.of(key).complain(key, f"'{key}' needs a 'because'", "say why the figure is read in another way")
    if not given and "because" in own:
        own.complain("because", f"'because' has none of {listed(allowed)} to explain", "a remark goes into 'note'")
    if "about" in given and len(given) > 1:
        where = source.of("about")
        where.complain("about", "'about' stands alone: it replaces 'precision' and 'rounding'", "leave out the others")
        given = {}
    for key, reader in (("precision", read_precision), ("about", read_share)):
        try:
            if given.get(key, "").strip():
                reader(given[key])
        except FigureError as error:
            source.of(key).complain(key, str(error))
            del given[key]
    rounding = source.of("rounding").choice("rounding", ROUNDINGS) if "rounding" in given else ""
    return Measure(
        equals=expressions(own, "equals", space),
        precision=given.get("precision", "").strip(),
        rounding=cast("Rounding", rounding) if rounding else None,
        about=given.get("about", "").strip(),
    )


def read_precision(text: str) -> None:
    """Refuse what is no precision."""
    if read_number(text).value <= 0:
        raise FigureError(f"a precision is positive, '{text}' is not")


def listed(keys: tuple[str, ...]) -> str:
    """Return keys as they stand in a message."""
    return ", ".join(f"'{key}'" for key in keys)


def read_statement(
    fields: Fields, key: str, *, kind: StatementKind, measure: Measure, space: Namespace
) -> Statement | None:
    """Read the text at `key` as this kind of statement, None where that fails."""
    match kind:
        case "printed":
            return read_printed(fields, key, measure, space)
        case "formula":
            trees = expressions(fields, key, space)
            if len(trees) != 1:
                return None
            check_same_unit(fields, key, (trees[0], *measure.equals), space)
            share = read_share(measure.about) if measure.about else None
            return Formula(trees[0], measure.equals, share)
        case "asserts":
            conditions = expressions(fields, key, space, sort="condition")
            return Assertion(conditions[0]) if conditions else None


def read_printed(fields: Fields, key: str, measure: Measure, space: Namespace) -> Statement | None:
    """Read a figure, and see that its unit can be that of everything it is compared with."""
    text = figure_text(fields, key)
    if not text.strip():
        return None
    try:
        figure = read_figure(text, precision=measure.precision, rounding=measure.rounding, about=measure.about)
    except FigureError as error:
        fields.complain(key, str(error))
        return None
    if measure.precision and clash(figure.unit, read_number(measure.precision).unit):
        fields.complain(key, f"'{text}' is in {figure.unit}, its precision '{measure.precision}' is not")
    check_same_unit(fields, key, measure.equals, space)
    for tree in measure.equals:
        unit = unit_or_nothing(tree, space)
        if clash(figure.unit, unit):
            fields.complain(
                key,
                f"'{text}' is in {figure.unit}, '{to_text(tree)}' counts {unit}",
                "compare it with a quantity of the same unit",
            )
    return PrintedFigure(figure, measure.equals)


def figure_text(fields: Fields, key: str) -> str:
    """Return a printed figure, which is always a string."""
    value = fields.values.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool):
        fields.errors.add(
            fields.locator.of_value((*fields.path, key)),
            f"{fields.label}: '{key}' is {type_name(value)}, expected a string",
            "write the figure in quotes, as it is printed: trailing zeros and units carry precision",
        )
        return ""
    return fields.text(key)


def expressions(fields: Fields, key: str, space: Namespace, *, sort: Sort = "number") -> tuple[Expression, ...]:
    """Return the expressions at a key, all of them checked; empty where any is not sound.

    `equals`, `parts` and `assuming` may be lists, anything else is one string.
    """
    written: list[tuple[str, Path]]
    if key in ("equals", "parts", "assuming"):
        written = fields.texts_at(key)
    else:
        text = fields.text(key)
        written = [(text, (*fields.path, key))] if text.strip() else []
    found: list[Expression] = []
    for text, path in written:
        tree = fields.parsed(text, path)
        if tree is not None and space.sound(tree, fields, path, sort=sort):
            check_units(fields, path, tree, space)
            found.append(tree)
    return tuple(found) if len(found) == len(written) else ()


def check_units(fields: Fields, path: Path, tree: Expression, space: Namespace) -> None:
    """Note an expression that puts different units together."""
    try:
        unit_of(tree, space.tensors, space.quantities, known=space.units)
    except UnitError as error:
        fields.errors.add(fields.locator.within(path, 0), f"{fields.label}: {error}")


def check_same_unit(fields: Fields, key: str, trees: tuple[Expression, ...], space: Namespace) -> None:
    """Note things that are to be equal and can not be of one unit."""
    known = [(tree, unit) for tree in trees if (unit := unit_or_nothing(tree, space))]
    for tree, unit in known[1:]:
        first, first_unit = known[0]
        if clash(unit, first_unit):
            fields.complain(key, f"'{to_text(first)}' counts {first_unit}, '{to_text(tree)}' counts {unit}")


def unit_or_nothing(tree: Expression, space: Namespace) -> str:
    """Return the unit of an expression, "" where it is open or was complained of already."""
    try:
        return unit_of(tree, space.tensors, space.quantities, known=space.units)
    except UnitError:
        return ""


def expressions_of(statement: Statement) -> tuple[Expression, ...]:
    """Return every expression that a statement compares."""
    match statement:
        case PrintedFigure(_, equals):
            return equals
        case Formula(formula, equals):
            return (formula, *equals)
        case Assertion(condition):
            return (condition,)
        case Qualitative():
            return ()
