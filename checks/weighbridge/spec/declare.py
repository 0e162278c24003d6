"""What a spec declares besides its claims: symbols, models, tensors, conventions, quantities and grids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from weighbridge.errors import did_you_mean
from weighbridge.formula.exact import EvaluationError, evaluate
from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import Expression, Number, free_names
from weighbridge.spec.fields import Fields, type_name
from weighbridge.spec.grids import AxisError, is_axis, read_list, read_range
from weighbridge.spec.locate import Path
from weighbridge.spec.model import Axis, Grid, Model, Quantity, Symbol, Tensor
from weighbridge.spec.names import Namespace, mismatches
from weighbridge.spec.units import ANY, UNITS, UnitError, unit_of

#: Keys of a model that are not symbols.
MODEL_KEYS = ("like", "assumed", "conventions")
#: Models that may be like one another in a row; every model reads all those that it is like.
MAX_LINEAGE = 20
#: Models and grids that a spec may have.
MAX_TABLES = 2_000
#: What `over` says instead of a grid's name.
EVERYWHERE = "everywhere"


@dataclass(slots=True)
class Declarations:
    """What is declared so far, with the place of every declaration."""

    namespace: Namespace = field(default_factory=Namespace)
    models: dict[str, Model] = field(default_factory=dict)
    grids: dict[str, Grid] = field(default_factory=dict)
    declared: dict[str, Fields] = field(default_factory=dict)


def read_symbols(root: Fields, into: Declarations) -> None:
    """Read [symbols]: name = "meaning", or a table with text, latex and min."""
    table = root.table("symbols")
    for name, value in table.values.items() if table else ():
        assert table is not None, "unreachable because there is a symbol in it"  # noqa: S101
        if name in MODEL_KEYS:
            table.complain(name, f"'{name}' is a key of every model and can not be a symbol")
            continue
        if not into.namespace.admit(name, "symbol", table):
            continue
        symbol = Symbol(name=name)
        if isinstance(value, str):
            symbol = Symbol(name=name, text=value)
        elif isinstance(value, dict):
            symbol = read_symbol(name, table.inner(name, value, f"symbol '{name}'"))
        else:
            table.complain(name, f"symbol '{name}' is {type_name(value)}, expected a string or a table")
        into.namespace.symbols[name] = symbol


def read_symbol(name: str, fields: Fields) -> Symbol:
    """Read { text, latex, min }."""
    fields.only(("text", "latex", "min"))
    minimum = fields.integer("min")
    if minimum is not None and minimum not in (0, 1):
        fields.complain(
            "min", f"'min' is {minimum}, expected 0 or 1", "a symbol counts something: it is never negative"
        )
    text = fields.text("text") if "text" in fields else ""
    latex = fields.text("latex") if "latex" in fields else ""
    return Symbol(name=name, text=text, latex=latex, minimum=0 if minimum == 0 else 1)


def read_conventions(root: Fields, into: Declarations) -> None:
    """Read [conventions]: name = true or false."""
    table = root.table("conventions")
    for name in table.values if table else ():
        assert table is not None, "unreachable because there is a convention in it"  # noqa: S101
        if into.namespace.admit(name, "convention", table):
            into.namespace.conventions[name] = table.boolean(name, default=False)


def read_tensors(root: Fields, into: Declarations) -> None:
    """Read [tensors.NAME] or NAME = { shape, per, when }; NAME = false removes an architecture's tensor."""
    table = root.table("tensors")
    for name, value in table.values.items() if table else ():
        assert table is not None, "unreachable because there is a tensor in it"  # noqa: S101
        space = into.namespace
        if value is False:
            if space.tensors.pop(name, None) is None:
                table.complain(name, f"there is no tensor '{name}' to remove", did_you_mean(name, space.tensors))
            continue
        if not isinstance(value, dict):
            table.complain(name, f"tensor '{name}' is {type_name(value)}, expected a table with 'shape'")
            continue
        if not space.admit(name, "tensor", table, replaces=name not in into.declared):
            continue
        fields = table.inner(name, value, f"tensor '{name}'")
        fields.only(("shape", "per", "when"))
        fields.require("shape")
        shape, per = (read_dimensions(fields, key, into) for key in ("shape", "per"))
        when = fields.expression("when") if "when" in fields else None
        space.later(when, fields, "when", allowed=("convention",), sort="condition")
        space.tensors[name] = Tensor(name=name, shape=shape, per=per, when=when)
        into.declared[name] = fields


def read_dimensions(fields: Fields, key: str, into: Declarations) -> tuple[Expression, ...]:
    """Read a list of integers and expressions."""
    found: list[Expression] = []
    items: list[Any] = fields.typed(key, list, "an array of integers and expressions") or []
    if key in fields and key == "shape" and fields.values[key] == []:
        fields.complain(key, "'shape' is empty", "a tensor has at least one dimension")
    for index, item in enumerate(items):
        path: Path = (*fields.path, key, index)
        if type(item) is not int and not isinstance(item, str):
            fields.errors.add(
                fields.locator.of_value(path),
                f"{fields.label}: '{key}' has an item that is {type_name(item)}, expected an integer or an expression",
            )
            continue
        tree = fields.parsed(str(item), path)
        if isinstance(tree, Number) and tree.value <= 0:
            fields.errors.add(fields.locator.of_value(path), f"{fields.label}: a dimension is at least 1, found {item}")
        if tree is not None:
            into.namespace.later(tree, fields, key, index, allowed=("symbol", "quantity", "convention"))
            found.append(tree)
    return tuple(found)


def read_quantities(root: Fields, into: Declarations) -> None:
    """Read [quantities]: name = "expression", or a table with equals and unit."""
    table = root.table("quantities")
    for name, value in table.values.items() if table else ():
        assert table is not None, "unreachable because there is a quantity in it"  # noqa: S101
        space = into.namespace
        if not space.admit(name, "quantity", table, replaces=name not in into.declared):
            continue
        unit = ""
        if isinstance(value, dict):
            fields = table.inner(name, value, f"quantity '{name}'")
            fields.only(("equals", "unit"))
            fields.require("equals")
            unit = fields.choice("unit", UNITS) if "unit" in fields else ""
            key = "equals"
        else:
            fields = Fields(table.values, table.path, f"quantity '{name}'", table.locator, table.errors)
            key = name
        tree = fields.amount(key)
        if tree is not None:
            space.later(tree, fields, key)
            space.quantities[name] = Quantity(name=name, expression=tree, unit=unit)
            into.declared[name] = Fields(
                table.values, (*table.path, name), f"quantity '{name}'", table.locator, table.errors
            )


def check_units(into: Declarations) -> None:
    """Note quantities whose definition mixes units, or counts something else than they declare."""
    space = into.namespace
    for name, quantity in space.quantities.items():
        if not space.usable(quantity.expression):
            continue
        try:
            found = unit_of(quantity.expression, space.tensors, space.quantities, known=space.units)
        except UnitError as error:
            into.declared[name].complain(None, str(error))
            space.units[name] = ANY
            continue
        if quantity.unit and found in UNITS and found != quantity.unit:
            into.declared[name].complain(
                None, f"declared in {quantity.unit}, but '{to_text(quantity.expression)}' is in {found}"
            )


def read_models(root: Fields, into: Declarations) -> None:
    """Read [models.NAME]: symbol = integer or expression, like, assumed, conventions."""
    written: dict[str, Fields] = dict(few(root, "models", "model"))
    for name, fields in written.items():
        fields.check_slug(name)
        for key in fields.values:
            if key not in MODEL_KEYS and key not in into.namespace.symbols:
                hint = did_you_mean(key, [*into.namespace.symbols, *MODEL_KEYS])
                fields.complain(key, f"unknown symbol '{key}'", hint)
        lineage = line_of_descent(name, written, into)
        if lineage is None:
            continue
        # Nearest last, so that a model's own words replace those of the model that it is like.
        values: dict[str, tuple[Fields, str]] = {}
        inherited: Model | None = into.models.get(lineage[-1].text("like")) if "like" in lineage[-1] else None
        assumed: dict[str, str] = dict(inherited.assumed) if inherited else {}
        conventions: dict[str, bool] = dict(inherited.conventions) if inherited else {}
        for each in reversed(lineage):
            own = [key for key in each.values if key not in MODEL_KEYS]
            values.update({key: (each, key) for key in own})
            assumed = {key: text for key, text in assumed.items() if key not in own}
            assumed.update(read_assumed(each, own, into, report=each is fields))
            conventions.update(read_settings(each, into, report=each is fields))
        fixed = dict(inherited.values) if inherited else {}
        resolved = resolve(fields, values, fixed, into)
        into.models[name] = Model(
            name=name,
            values=MappingProxyType(resolved),
            assumed=MappingProxyType({key: text for key, text in assumed.items() if key in resolved}),
            conventions=MappingProxyType(conventions),
        )


def few(root: Fields, key: str, noun: str) -> Iterator[tuple[str, Fields]]:
    """Yield the tables of [key.NAME], as many as a spec may have."""
    for count, named in enumerate(root.named_tables(key, noun)):
        if count == MAX_TABLES:
            root.complain(None, f"a spec has at most {MAX_TABLES:,} {key}", "split the spec")
            return
        yield named


def line_of_descent(name: str, written: Mapping[str, Fields], into: Declarations) -> list[Fields] | None:
    """Return a model's table and those that it is like, in that order; None where the line is broken."""
    fields = written[name]
    lineage = [fields]
    seen = {name}
    while "like" in lineage[-1]:
        other = lineage[-1].text("like")
        if other in seen:
            fields.complain("like", f"'{name}' is like itself, through '{other}'")
            return None
        if other in into.models and other not in written:
            return lineage
        if other not in written:
            if lineage[-1] is fields:
                fields.complain("like", f"there is no model '{other}'", did_you_mean(other, [*written, *into.models]))
            return None
        if len(lineage) == MAX_LINEAGE:
            fields.complain("like", f"is like a model that is like another, more than {MAX_LINEAGE} times over")
            return None
        seen.add(other)
        lineage.append(written[other])
    return lineage


def read_assumed(fields: Fields, own: list[str], into: Declarations, *, report: bool) -> dict[str, str]:
    """Read `assumed`: one text for all of a model's values, or a text for some."""
    value = fields.values.get("assumed")
    if value is None:
        return {}
    if isinstance(value, str):
        return dict.fromkeys(own, value)
    if not report:
        return {key: text for key, text in value.items() if isinstance(text, str)} if isinstance(value, dict) else {}
    table = fields.table("assumed")
    if table is None:
        return {}
    table.only(into.namespace.symbols)
    return {key: table.text(key) for key in table.values}


def read_settings(fields: Fields, into: Declarations, *, report: bool = True) -> dict[str, bool]:
    """Read `conventions = { name = true }` of a model or claim."""
    value = fields.values.get("conventions")
    if value is None:
        return {}
    if not report:
        return {key: each for key, each in value.items() if type(each) is bool} if isinstance(value, dict) else {}
    table = fields.table("conventions")
    if table is None:
        return {}
    known = into.namespace.conventions
    for key in table.values:
        if key not in known:
            table.complain(key, f"unknown convention '{key}'", did_you_mean(key, known))
    return {key: table.boolean(key, default=False) for key in table.values if key in known}


def resolve(
    model: Fields, values: Mapping[str, tuple[Fields, str]], fixed: dict[str, int], into: Declarations
) -> dict[str, int]:
    """Return each symbol's value, expressions over the other symbols worked out; note what has none."""
    symbols = into.namespace.symbols
    waiting: dict[str, Expression] = {}
    broken: set[str] = set()
    for key, (fields, _) in values.items():
        fixed.pop(key, None)
        if key not in symbols:
            continue
        tree = fields.amount(key)
        if tree is None:
            broken.add(key)
            continue
        unknown = [name for name in sorted(free_names(tree)) if name not in symbols]
        if fields is model or not unknown:
            into.namespace.later(tree, fields, key, allowed=("symbol",))
        if unknown or any(mismatches(tree, "number", {})):
            broken.add(key)
        else:
            waiting[key] = tree
    for name in symbols:
        if name not in values and name not in fixed:
            model.complain(None, f"gives no value for the symbol '{name}'", "a model assigns all symbols")
            broken.add(name)
    while ready := [key for key, tree in waiting.items() if free_names(tree) <= fixed.keys()]:
        for key in ready:
            value = worked_out(model, key, waiting.pop(key), fixed, symbols[key].minimum)
            if value is None:
                broken.add(key)
            else:
                fixed[key] = value
    circular = [key for key, tree in waiting.items() if not free_names(tree) & broken]
    for key in circular:
        needs = ", ".join(f"'{name}'" for name in sorted(free_names(waiting[key]) - fixed.keys()))
        model.complain(key if key in model else None, f"the value of '{key}' goes in a circle: it needs {needs}")
    return {name: fixed[name] for name in symbols if name in fixed}


def worked_out(model: Fields, key: str, tree: Expression, values: Mapping[str, int], minimum: int) -> int | None:
    """Return the value of one symbol if it is an integer that a hyperparameter can be."""
    at = key if key in model else None
    try:
        value = evaluate(tree, values)
    except EvaluationError as error:
        model.complain(at, f"the value of '{key}' can not be worked out: {error}")
        return None
    if isinstance(value, bool) or value.denominator != 1 or value < minimum:
        wanted = "a positive integer" if minimum == 1 else f"an integer of at least {minimum}"
        shown = "true or false" if isinstance(value, bool) else value
        model.complain(at, f"'{key}' is {shown}, expected {wanted}")
        return None
    return int(value)


def read_grids(root: Fields, into: Declarations) -> None:
    """Read [grids.NAME]: symbol = list, range text, integer, or an expression of the other symbols."""
    symbols = into.namespace.symbols
    for name, fields in few(root, "grids", "grid"):
        if name == EVERYWHERE:
            fields.complain(None, f"'{EVERYWHERE}' is a word of the language and can not name a grid")
        fields.check_slug(name)
        axes: dict[str, Axis] = {}
        derived: dict[str, Expression] = {}
        for key, value in fields.values.items():
            if key not in symbols:
                fields.complain(key, f"unknown symbol '{key}'", did_you_mean(key, symbols))
                continue
            try:
                if isinstance(value, list):
                    axes[key] = Axis(key, read_list(value, minimum=symbols[key].minimum))
                elif type(value) is int:
                    axes[key] = Axis(key, read_list([value], minimum=symbols[key].minimum))
                elif isinstance(value, str) and is_axis(value):
                    axes[key] = Axis(key, read_range(value, minimum=symbols[key].minimum))
                elif isinstance(value, str):
                    tree = fields.expression(key)
                    if tree is not None:
                        derived[key] = tree
                        into.namespace.later(tree, fields, key, allowed=("symbol",))
                else:
                    fields.complain(
                        key, f"'{key}' is {type_name(value)}, expected a list, '1..96', '64..16384 step 64', "
                        "'1..4096 times 2' or an expression"
                    )  # fmt: skip
            except AxisError as error:
                fields.errors.add(fields.locator.of_value((*fields.path, key)), f"{fields.label}: {error}")
        if not fields.values:
            fields.complain(None, "is empty", "a grid has an axis for each symbol that its claims need")
        derived = in_order(fields, axes, derived, into)
        into.grids[name] = Grid(
            name=name,
            axes=tuple(axes[symbol] for symbol in symbols if symbol in axes),
            derived=derived,
            minimums={symbol: symbols[symbol].minimum for symbol in derived},
        )


def in_order(
    fields: Fields, axes: Mapping[str, Axis], derived: dict[str, Expression], into: Declarations
) -> dict[str, Expression]:
    """Return derived symbols so that each follows from axes and earlier ones; note those that can not."""
    symbols = into.namespace.symbols
    known = {*axes}
    ordered: dict[str, Expression] = {}
    waiting = {key: tree for key, tree in derived.items() if free_names(tree) <= symbols.keys()}
    while ready := [key for key, tree in waiting.items() if free_names(tree) <= known]:
        for key in ready:
            ordered[key] = waiting.pop(key)
            known.add(key)
    for key, tree in waiting.items():
        missing = sorted(free_names(tree) - known)
        if any(name not in fields for name in missing):
            absent = next(name for name in missing if name not in fields)
            fields.complain(key, f"'{key}' needs '{absent}', which has no axis in this grid")
        else:
            fields.complain(key, f"'{key}' goes in a circle: it needs {', '.join(missing)}")
    return ordered
