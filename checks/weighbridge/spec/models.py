"""What value every symbol has in a model: its own words, those of the model that it is like, and defaults."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from types import MappingProxyType

from weighbridge.errors import did_you_mean
from weighbridge.formula.digits import digits_of
from weighbridge.formula.exact import EvaluationError, evaluate
from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import Expression, free_names
from weighbridge.spec.declare import MODEL_KEYS, Declarations, Given, Recipe, few, read_settings
from weighbridge.spec.fields import Fields
from weighbridge.spec.model import Model
from weighbridge.spec.names import mismatches

#: Models that may be like one another in a row; every model reads all those that it is like.
MAX_LINEAGE = 20


def read_models(root: Fields, into: Declarations) -> None:
    """Read [models.NAME]: symbol = integer or expression, like, assumed, conventions."""
    written: dict[str, Fields] = dict(few(root, "models", "model"))
    brought = {name: recipe for name, recipe in into.recipes.items() if name not in written}
    for name, fields in written.items():
        fields.check_slug(name)
        for key in fields.values:
            if key not in MODEL_KEYS and key not in into.namespace.symbols:
                hint = did_you_mean(key, [*into.namespace.symbols, *MODEL_KEYS])
                fields.complain(key, f"unknown symbol '{key}'", hint)
        lineage = line_of_descent(name, written, brought)
        if lineage is None:
            continue
        recipe = recipe_of(lineage, brought, into)
        into.recipes[name] = recipe
        into.models[name] = worked_out(name, Resolving(recipe, into, optional=into.optional))
    for name, recipe in brought.items():
        # What the spec declares besides is not for the architecture's models to give.
        into.brought[name] = worked_out(name, Resolving(recipe, into, optional=set(into.namespace.symbols)))


def line_of_descent(name: str, written: Mapping[str, Fields], brought: Mapping[str, Recipe]) -> list[Fields] | None:
    """Return a model's table and those that it is like, in that order; None where the line is broken.

    The line ends at a model that is like none, or like one that the architecture brings.
    """
    fields = written[name]
    lineage = [fields]
    seen = {name}
    while "like" in lineage[-1]:
        other = lineage[-1].text("like")
        if other in seen:
            # A circle that does not lead back here is told of those that it leads through.
            if other == name:
                through = "" if lineage[-1] is fields else f", through '{lineage[-1].path[-1]}'"
                fields.complain("like", f"'{name}' is like itself{through}")
            return None
        if other in brought:
            return lineage
        if other not in written:
            if lineage[-1] is fields:
                fields.complain("like", f"there is no model '{other}'", did_you_mean(other, [*written, *brought]))
            return None
        if len(lineage) == MAX_LINEAGE:
            fields.complain("like", f"is like a model that is like another, more than {MAX_LINEAGE} times over")
            return None
        seen.add(other)
        lineage.append(written[other])
    return lineage


def recipe_of(lineage: list[Fields], brought: Mapping[str, Recipe], into: Declarations) -> Recipe:
    """Return what a model and those that it is like say, the nearest last: its words replace those of the others."""
    fields = lineage[0]
    start = brought.get(lineage[-1].text("like")) if "like" in lineage[-1] else None
    values = dict(start.values) if start else {}
    assumed = dict(start.assumed) if start else {}
    conventions = dict(start.conventions) if start else {}
    for each in reversed(lineage):
        own = [key for key in each.values if key not in MODEL_KEYS]
        values.update({key: Given(each.amount(key), each, key) for key in own if key in into.namespace.symbols})
        assumed = {key: text for key, text in assumed.items() if key not in own}
        assumed.update(read_assumed(each, own, into, report=each is fields))
        conventions.update(read_settings(each, into, report=each is fields))
    return Recipe(fields=fields, values=values, assumed=assumed, conventions=conventions)


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


def by_default(tree: Expression) -> str:
    """Return how a value that a default gives is shown as assumed: with what it follows from, if it does."""
    return f"by default, {to_text(tree)}" if free_names(tree) else "by default"


def worked_out(name: str, resolving: Resolving) -> Model:
    """Return a model with its values, defaults put in and shown as assumptions."""
    recipe, values = resolving.recipe, resolving.resolve()
    assumed = {key: by_default(tree) for key, tree in resolving.defaults.items()} | dict(recipe.assumed)
    return Model(
        name=name,
        values=MappingProxyType(values),
        assumed=MappingProxyType({key: assumed[key] for key in values if key in assumed}),
        conventions=MappingProxyType(recipe.conventions),
    )


class Resolving:
    """Works out the values of one model, expressions over the other symbols included, and notes what has none."""

    def __init__(self, recipe: Recipe, into: Declarations, *, optional: Container[str]) -> None:
        self.recipe = recipe
        self.model = recipe.fields
        self.given = recipe.values
        self.symbols = into.namespace.symbols
        self.optional = optional
        self.namespace = into.namespace
        self.defaults = {
            name: symbol.default
            for name, symbol in self.symbols.items()
            if symbol.default is not None and name not in self.given
        }
        self.fixed: dict[str, int] = {}
        self.broken: set[str] = set()

    def resolve(self) -> dict[str, int]:
        """Return each symbol's value, in the order of the symbols; those that may be left out can be missing."""
        waiting = {**self.written(), **self.defaults}
        waiting = {key: tree for key, tree in waiting.items() if key not in self.broken}
        absent = [name for name in self.symbols if name not in self.given and name not in self.defaults]
        for name in absent:
            if name not in self.optional:
                self.model.complain(None, f"gives no value for the symbol '{name}'", "a model assigns all symbols")
                self.broken.add(name)
        while ready := [key for key, tree in waiting.items() if free_names(tree) <= self.fixed.keys()]:
            for key in ready:
                value = self.evaluated(key, waiting.pop(key))
                if value is None:
                    self.broken.add(key)
                else:
                    self.fixed[key] = value
        self.explain(waiting, absent)
        return {name: self.fixed[name] for name in self.symbols if name in self.fixed}

    def written(self) -> dict[str, Expression]:
        """Return what the model itself says, as far as it can be worked out; what can not is `broken`."""
        found: dict[str, Expression] = {}
        for key, given in self.given.items():
            if given.tree is None:
                self.broken.add(key)
                continue
            if given.fields is self.model or free_names(given.tree) <= self.symbols.keys():
                self.namespace.later(given.tree, given.fields, given.key, allowed=("symbol",))
            if self.sound(given.tree):
                found[key] = given.tree
            else:
                self.broken.add(key)
        self.broken.update(key for key, tree in self.defaults.items() if not self.sound(tree))
        return found

    def sound(self, tree: Expression) -> bool:
        """Tell whether an expression is a number over symbols; where it is not, that is complained of elsewhere."""
        return free_names(tree) <= self.symbols.keys() and not any(mismatches(tree, "number", {}))

    def evaluated(self, key: str, tree: Expression) -> int | None:
        """Return the value of one symbol if it is an integer that a hyperparameter can be."""
        minimum = self.symbols[key].minimum
        try:
            value = evaluate(tree, self.fixed)
        except EvaluationError as error:
            self.complain(key, f"the value of '{key}' can not be worked out: {error}")
            return None
        if isinstance(value, bool) or value.denominator != 1 or value < minimum:
            wanted = "a positive integer" if minimum == 1 else f"an integer of at least {minimum}"
            shown = "true or false" if isinstance(value, bool) else digits_of(value)
            by = f" by default ({to_text(tree)})" if key in self.defaults else ""
            self.complain(key, f"'{key}' is {shown}{by}, expected {wanted}")
            return None
        return int(value)

    def explain(self, waiting: Mapping[str, Expression], absent: Iterable[str]) -> None:
        """Note why symbols are still without a value, but for defaults of symbols that may be left out."""
        broken = above(self.broken, waiting)
        lacking = above((name for name in absent if name not in self.broken), waiting)
        for key, tree in waiting.items():
            if key in broken:
                continue
            missing = sorted(free_names(tree) & lacking)
            if key in self.defaults:
                if key not in self.optional:
                    self.model.complain(None, f"gives no value for the symbol '{key}'", "a model assigns all symbols")
            elif missing:
                self.complain(key, f"the value of '{key}' needs '{missing[0]}', which this model does not give")
            else:
                needs = ", ".join(f"'{name}'" for name in sorted(free_names(tree) - self.fixed.keys()))
                self.complain(key, f"the value of '{key}' goes in a circle: it needs {needs}")

    def complain(self, key: str, message: str) -> None:
        """Note a mistake at a symbol, or at the model where it has the symbol from elsewhere."""
        self.model.complain(key if key in self.model else None, message)


def above(names: Iterable[str], definitions: Mapping[str, Expression]) -> set[str]:
    """Return these names and all whose definitions lead to one of them."""
    found = set(names)
    while more := {key for key, tree in definitions.items() if key not in found and free_names(tree) & found}:
        found |= more
    return found
