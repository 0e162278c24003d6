"""Counts by an architecture's inventory: the value of every symbol, the tree that `total` is, and other quantities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from math import prod
from typing import Any

from weighbridge.architectures import shipped, source_of
from weighbridge.artifacts.described import Described
from weighbridge.count.tree import Alternative, Component, Count, Measure
from weighbridge.errors import Collector, InternalError, UsageError, did_you_mean
from weighbridge.formula.exact import EvaluationError, Value, evaluate, number_of
from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import Expression, Name, Number, Sum, free_names, number
from weighbridge.spec.architectures import MAX_BYTES, TOP, Library, read_declarations
from weighbridge.spec.declare import Declarations
from weighbridge.spec.expand import Expansion
from weighbridge.spec.model import Tensor
from weighbridge.spec.names import Namespace
from weighbridge.spec.text import Text, root_of

#: The quantity that an architecture is counted by; it sums all tensors.
TOTAL = "total"
#: Conventions of what is counted, in the order in which their alternatives are shown.
COUNTED = ("tied", "head", "biases", "norms", "learned_positions")
LIBRARY = Library(shipped(), source_of)


@cache
def read_architecture(name: str) -> Declarations:
    """Return what a shipped architecture declares. Raises `UsageError` for one that is not shipped."""
    if name not in LIBRARY.names:
        raise UsageError(f"there is no architecture '{name}'; {did_you_mean(name, LIBRARY.names)}")
    errors = Collector()
    text = Text(path=f"architectures/{name}.toml", noun="architecture", max_bytes=MAX_BYTES, begins="[symbols]")
    fields = root_of(text, source_of(name), errors)
    fields.only(TOP)
    fields.text("title")
    declared = read_declarations(fields, LIBRARY, above=(name,))
    errors.raise_if_any()
    return declared


class NoValue(UsageError):  # noqa: N818 - it says what a symbol lacks
    """A symbol that is needed has no value."""


@dataclass(slots=True)
class Point(Mapping[str, Any]):
    """The value of every symbol, convention, tensor and quantity of an architecture, each worked out once.

    A tensor's is its number of parameters. Raises `NoValue` for what needs a symbol without a value, `UsageError` for
    what can not be worked out.
    """

    declared: Declarations
    symbols: Mapping[str, int]
    conventions: Mapping[str, bool]
    known: dict[str, Value] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Value:
        if name in self.symbols:
            return self.symbols[name]
        if name in self.conventions:
            return self.conventions[name]
        if name not in self.known:
            self.known[name] = self.worked_out(name)
        return self.known[name]

    def __iter__(self) -> Iterator[str]:
        yield from (
            *self.symbols,
            *self.conventions,
            *self.declared.namespace.tensors,
            *self.declared.namespace.quantities,
        )

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def worked_out(self, name: str) -> Value:
        """Return what a tensor or quantity comes to."""
        space = self.declared.namespace
        if name in space.tensors:
            tensor = space.tensors[name]
            if not self.in_force(tensor):
                return 0
            return prod(self.integer(each) for each in (*tensor.shape, *tensor.per))
        if name in space.quantities:
            return self.value(space.quantities[name].expression)
        raise NoValue(no_value(name, space))

    def in_force(self, tensor: Tensor) -> bool:
        """Tell whether the conventions count a tensor."""
        return tensor.when is None or bool(evaluate(tensor.when, self))

    def value(self, tree: Expression) -> int | Fraction:
        """Return an expression's value."""
        try:
            return number_of(tree, self)
        except EvaluationError as error:
            raise UsageError(f"it can not be counted: {error}") from None

    def integer(self, tree: Expression) -> int:
        """Return a dimension, or a number of parameters."""
        value = self.value(tree)
        if value.denominator != 1 or value < 0:
            raise UsageError(f"it can not be counted: {to_text(tree)} is {value}")
        return int(value)

    @property
    def inventory(self) -> int:
        """The sum of all tensors in force."""
        return sum(self.integer(Name(name)) for name in self.declared.namespace.tensors)

    def components(self, tree: Expression) -> tuple[Component, ...]:
        """Return the parts of a sum of tensors and quantities, without those that are not there."""
        terms = tree.terms if isinstance(tree, Sum) else (tree,)
        found = [self.component(term.name) for term in terms if isinstance(term, Name)]
        if any(not isinstance(term, Name | Number) for term in terms):
            raise InternalError("an architecture's total is no plain sum")
        return tuple(each for each in found if each.count)

    def component(self, name: str) -> Component:
        """Return a tensor with its copies, or a quantity with its parts."""
        space = self.declared.namespace
        if name in space.tensors:
            tensor = space.tensors[name]
            copies = prod(map(self.integer, tensor.per)) if self.in_force(tensor) else 0
            return Component(name=name, count=self.integer(Name(name)), tensors=copies)
        parts = self.components(space.quantities[name].expression)
        return Component(
            name=name, count=sum(each.count for each in parts), tensors=sum(each.tensors for each in parts), parts=parts
        )


def values_of(declared: Declarations, given: Mapping[str, int]) -> dict[str, int]:
    """Return the value of every symbol that is given or follows by default, in the order of the symbols."""
    symbols = declared.namespace.symbols
    for name, value in given.items():
        if name not in symbols:
            raise UsageError(f"there is no symbol '{name}'; {did_you_mean(name, symbols)}")
        if value < symbols[name].minimum:
            raise UsageError(f"'{name}' is {value}, expected at least {symbols[name].minimum}")
    found = dict(given)
    waiting = {name: each.default for name, each in symbols.items() if each.default is not None and name not in found}
    while ready := [name for name, tree in waiting.items() if free_names(tree) <= found.keys()]:
        for name in ready:
            tree = waiting.pop(name)
            try:
                worked_out = number_of(tree, found)
            except EvaluationError as error:
                raise UsageError(f"'{name}' can not be worked out: {error}") from None
            if worked_out.denominator != 1 or worked_out < symbols[name].minimum:
                raise UsageError(
                    f"'{name}' is {worked_out} by default, expected at least {symbols[name].minimum}; give it a value"
                )
            found[name] = int(worked_out)
    return {name: found[name] for name in symbols if name in found}


def count_described(described: Described, *, source: str, kind: str) -> Count:
    """Return the count of a model under the names of a shipped architecture.

    Raises `UsageError` where a symbol that is needed has no value, `InternalError` where the tree and the inventory
    do not agree.
    """
    declared = read_architecture(described.architecture)
    space = declared.namespace
    for name in described.conventions:
        if name not in space.conventions:
            raise UsageError(f"there is no convention '{name}'; {did_you_mean(name, space.conventions)}")
    conventions = {**space.conventions, **described.conventions}
    values = values_of(declared, described.symbols)
    point = Point(declared, values, conventions)
    try:
        components = point.components(space.quantities[TOTAL].expression)
        total = point.inventory
    except NoValue as lacks:
        raise NoValue(all_lacking(point) or str(lacks)) from None
    if sum(each.count for each in components) != total or point[TOTAL] != total:
        raise InternalError(f"the total of architecture '{described.architecture}' is not the sum of its tensors")
    parts = parts_of(TOTAL, space)
    quantities: dict[str, Measure] = {}
    for name, quantity in space.quantities.items():
        if name not in parts:
            try:
                quantities[name] = Measure(value=point.value(Name(name)), unit=quantity.unit)
            except UsageError:
                continue  # what has no value here is not told
    return Count(
        source=source,
        kind=kind,
        total=total,
        components=components,
        architecture=described.architecture,
        described_as=described.described_as,
        symbols=values,
        conventions=conventions,
        quantities=quantities,
        alternatives=alternatives(point, total),
        buffers=described.buffers,
        notes=described.notes,
    )


def no_value(name: str, space: Namespace) -> str:
    """Return what to say of a symbol that nothing gives."""
    return f"'{name}' has no value: {space.symbols[name].text}; write {name}=VALUE"


def all_lacking(point: Point) -> str:
    """Return what to say of all symbols that tensors in force need and that nothing gives, in their order.

    Of one that follows from others by default, those are told; "" where there is none.
    """
    space = point.declared.namespace
    expansion = Expansion(space, point.conventions)
    waiting = [name for tensor in space.tensors.values() for name in free_names(expansion.count(tensor))]
    lacking: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in point.symbols and name not in lacking:
            lacking.add(name)
            waiting += free_names(space.symbols[name].default or number(0))
    told = [name for name in space.symbols if name in lacking and space.symbols[name].default is None]
    if len(told) < 2:
        return "".join(no_value(name, space) for name in told)
    meant = ", ".join(f"'{name}' ({space.symbols[name].text})" for name in told)
    return f"these have no value: {meant}; write {' '.join(f'{name}=VALUE' for name in told)}"


def alternatives(point: Point, total: int) -> tuple[Alternative, ...]:
    """Return what the total is where each convention of what is counted is turned round, as far as that matters."""
    found: list[Alternative] = []
    for name in COUNTED:
        # A model without learned positions has no table of them to count.
        if name in point.conventions and (point.conventions[name] or name != "learned_positions"):
            setting = not point.conventions[name]
            try:
                other = Point(point.declared, point.symbols, {**point.conventions, name: setting}).inventory
            except NoValue:
                continue
            if other != total:
                found.append(Alternative(convention=name, setting=setting, total=other))
    return tuple(found)


def parts_of(name: str, space: Namespace) -> set[str]:
    """Return a quantity with all that its sum is made of."""
    found = {name}
    if name in space.quantities:
        for each in free_names(space.quantities[name].expression):
            found |= parts_of(each, space)
    return found
