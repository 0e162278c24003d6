"""What a spec declares besides its claims: symbols, models, tensors, conventions, quantities and grids."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from weighbridge.errors import did_you_mean
from weighbridge.formula.alphabet import key as symbol_key
from weighbridge.formula.parser import parse
from weighbridge.formula.printer import to_text
from weighbridge.formula.tokens import FormulaError
from weighbridge.formula.tree import Expression, Number, free_names, number, substitute
from weighbridge.spec.fields import Fields, type_name
from weighbridge.spec.grids import FORMS, AxisError, check_constant, instead, is_axis, read_list, read_range
from weighbridge.spec.locate import Path
from weighbridge.spec.model import Axis, Grid, Model, Quantity, Symbol, Tensor
from weighbridge.spec.names import Namespace, mismatches
from weighbridge.spec.units import ANY, UNITS, UnitError, unit_of

#: Keys of a model that are not symbols.
MODEL_KEYS = ("like", "assumed", "conventions")
#: Models and grids that a spec may have.
MAX_TABLES = 2_000
#: What `over` says instead of a grid's name.
EVERYWHERE = "everywhere"


class Given(Struct, frozen=True):
    """What a model gives to a symbol, and where; None where that can not be read."""

    tree: Expression | None
    fields: Fields
    key: str


class Recipe(Struct, frozen=True, kw_only=True):
    """A model as it is written, before its values are worked out: others can be like it."""

    fields: Fields
    values: Mapping[str, Given]
    assumed: Mapping[str, str]
    conventions: Mapping[str, bool]


@dataclass(slots=True)
class Declarations:
    """What is declared so far, with the place of every declaration that is not the architecture's."""

    namespace: Namespace = field(default_factory=Namespace)
    models: dict[str, Model] = field(default_factory=dict)
    grids: dict[str, Grid] = field(default_factory=dict)
    #: Symbols that each grid says something of, whether or not that can be read.
    spoken: dict[str, set[str]] = field(default_factory=dict)
    declared: dict[str, Fields] = field(default_factory=dict)
    recipes: dict[str, Recipe] = field(default_factory=dict)
    #: Models of the architecture: a spec's models can be like them, and claims can name them.
    brought: dict[str, Model] = field(default_factory=dict)
    #: Symbols that a model may leave without a value: the architecture's, of which a document may need a few.
    optional: set[str] = field(default_factory=set)
    #: What the architecture is made of, itself first: names of shipped ones and paths from the root.
    sources: tuple[str, ...] = ()
    #: Whether there are tables, whose rows are models too.
    tabled: bool = False


def read_symbols(root: Fields, into: Declarations) -> None:
    """Read [symbols]: name = "meaning", or a table with text, latex, min and default.

    A symbol of the architecture keeps its place, and all that is not said anew.
    """
    table = root.table("symbols")
    for name, value in table.values.items() if table else ():
        assert table is not None, "unreachable because there is a symbol in it"
        if name in MODEL_KEYS:
            table.complain(name, f"'{name}' is a key of every model and can not be a symbol")
            continue
        if not into.namespace.admit(name, "symbol", table, replaces=True):
            continue
        symbol = into.namespace.symbols.get(name, Symbol(name=name))
        if isinstance(value, str):
            symbol = replace(symbol, text=value)
        elif isinstance(value, dict):
            symbol = read_symbol(symbol, table.inner(name, value, f"symbol '{name}'"), into)
        else:
            table.complain(name, f"symbol '{name}' is {type_name(value)}, expected a string or a table")
        into.namespace.symbols[name] = symbol
    if table:
        refuse_alike(table, into.namespace.symbols)


def refuse_alike(table: Fields, symbols: Mapping[str, Symbol]) -> None:
    """Note symbols that a document would print alike, so that nobody could tell which one it means."""
    printed: dict[str, str] = {}
    for name, symbol in symbols.items():
        twin = printed.setdefault(symbol_key(symbol.latex or name), name)
        if twin != name:
            said = next(each for each in (name, twin) if each in table)
            message = f"symbols '{twin}' and '{name}' are both printed '{symbol.latex or name}'"
            table.complain(said, message, "give one of them another 'latex'")


def read_symbol(symbol: Symbol, fields: Fields, into: Declarations) -> Symbol:
    """Read { text, latex, min, default } and return the symbol with them."""
    fields.only(("text", "latex", "min", "default"))
    minimum = fields.integer("min")
    if minimum is not None and minimum not in (0, 1):
        fields.complain(
            "min", f"'min' is {minimum}, expected 0 or 1", "a symbol counts something: it is never negative"
        )
    if "text" in fields:
        symbol = replace(symbol, text=fields.text("text"))
    if "latex" in fields:
        symbol = replace(symbol, latex=fields.text("latex"))
    if minimum in (0, 1):
        symbol = replace(symbol, minimum=minimum)
    default = fields.amount("default")
    into.namespace.later(default, fields, "default", allowed=("symbol",))
    return symbol if default is None else replace(symbol, default=default)


def read_conventions(root: Fields, into: Declarations) -> None:
    """Read [conventions]: name = true or false."""
    table = root.table("conventions")
    for name in table.values if table else ():
        assert table is not None, "unreachable because there is a convention in it"
        if into.namespace.admit(name, "convention", table, replaces=True):
            into.namespace.conventions[name] = table.boolean(name, default=False)


def read_tensors(root: Fields, into: Declarations) -> None:
    """Read [tensors.NAME] or NAME = { shape, per, when }; NAME = false removes an architecture's tensor.

    What is removed counts 0 in the architecture's quantities.
    """
    table = root.table("tensors")
    removed: dict[str, Expression] = {}
    for name, value in table.values.items() if table else ():
        assert table is not None, "unreachable because there is a tensor in it"
        space = into.namespace
        if value is False:
            if space.tensors.pop(name, None) is None:
                table.complain(name, f"there is no tensor '{name}' to remove", did_you_mean(name, space.tensors))
            removed[name] = number(0)
            continue
        if not isinstance(value, dict):
            table.complain(name, f"tensor '{name}' is {type_name(value)}, expected a table with 'shape'")
            continue
        if not space.admit(name, "tensor", table, replaces=True):
            continue
        fields = table.inner(name, value, f"tensor '{name}'")
        fields.only(("shape", "per", "when"))
        fields.require("shape")
        shape, per = (read_dimensions(fields, key, into) for key in ("shape", "per"))
        when = fields.expression("when") if "when" in fields else None
        space.later(when, fields, "when", allowed=("convention",), sort="condition")
        space.tensors[name] = Tensor(name=name, shape=shape, per=per, when=when)
        into.declared[name] = fields
    for name, quantity in into.namespace.quantities.items() if removed else ():
        into.namespace.quantities[name] = replace(quantity, expression=substitute(quantity.expression, removed))


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
        assert table is not None, "unreachable because there is a quantity in it"
        space = into.namespace
        if not space.admit(name, "quantity", table, replaces=True):
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


def check_units(root: Fields, into: Declarations) -> None:
    """Note quantities whose definition mixes units, or counts something else than they declare.

    What is amiss in a quantity of the architecture is so through what the spec declares anew.
    """
    space = into.namespace
    for name, quantity in space.quantities.items():
        if not space.usable(quantity.expression):
            continue
        try:
            found = unit_of(quantity.expression, space.tensors, space.quantities, known=space.units)
        except UnitError as error:
            complain(root, name, str(error), into)
            space.units[name] = ANY
            continue
        if quantity.unit and found in UNITS and found != quantity.unit:
            message = f"declared in {quantity.unit}, but '{to_text(quantity.expression)}' is in {found}"
            complain(root, name, message, into)


def complain(root: Fields, name: str, message: str, into: Declarations) -> None:
    """Note a mistake in a quantity where it is declared, or where the architecture is named that declares it."""
    if name in into.declared:
        into.declared[name].complain(None, message)
    else:
        root.complain("architecture", f"with what is declared here, its quantity '{name}': {message}")


def few(root: Fields, key: str, noun: str) -> Iterator[tuple[str, Fields]]:
    """Yield the tables of [key.NAME], as many as a spec may have."""
    for count, named in enumerate(root.named_tables(key, noun)):
        if count == MAX_TABLES:
            root.complain(None, f"a spec has at most {MAX_TABLES:,} {key}", "split the spec")
            return
        yield named


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
                    tree = read_following(fields, key, value, symbols)
                    if tree is not None:
                        derived[key] = tree
                        into.namespace.later(tree, fields, key, allowed=("symbol",))
                else:
                    fields.complain(key, f"'{key}' is {type_name(value)}, expected {FORMS}")
            except AxisError as error:
                where = fields.locator.of_value((*fields.path, key))
                fields.errors.add(where, f"{fields.label}: {error}", error.hint)
        if not fields.values:
            fields.complain(None, "is empty", "a grid has an axis for each symbol that its claims need")
        into.spoken[name] = fields.values.keys() & symbols.keys()
        derived = in_order(fields, derived, into)
        into.grids[name] = Grid(
            name=name,
            axes=tuple(axes[symbol] for symbol in symbols if symbol in axes),
            derived=derived,
            minimums={symbol: symbols[symbol].minimum for symbol in derived},
        )


def read_following(fields: Fields, key: str, text: str, symbols: Mapping[str, Symbol]) -> Expression | None:
    """Read what follows from the other symbols of a grid; a constant is a value of `key`, or raises `AxisError`."""
    if not text.strip():
        return fields.expression(key)
    try:
        tree = parse(text)
    except FormulaError as error:
        # Where no symbol is spoken of, an axis was meant rather than an expression.
        speaks = any(word in symbols for word in re.findall(r"\w+", text))
        hint = error.hint if speaks else instead(text) or f"expected {FORMS}"
        fields.errors.add(
            fields.locator.within((*fields.path, key), error.column), f"{fields.label}: {error.message}", hint
        )
        return None
    if not free_names(tree) and not any(mismatches(tree, "number", {})):
        check_constant(text, tree, minimum=symbols[key].minimum)
    return tree


def in_order(fields: Fields, derived: dict[str, Expression], into: Declarations) -> dict[str, Expression]:
    """Return derived symbols so that each follows from axes and earlier ones; note those that can not."""
    symbols = into.namespace.symbols
    ordered: dict[str, Expression] = {}
    waiting = {key: tree for key, tree in derived.items() if free_names(tree) <= symbols.keys()}
    # What a broken axis is needed for is no further mistake.
    known = (fields.values.keys() & symbols.keys()) - waiting.keys()
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
