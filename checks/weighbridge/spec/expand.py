"""What an expression of a spec says in symbols alone: tensors, quantities and conventions put in.

The result holds nothing but symbols and numbers, so that every engine, and any other checker, can decide it without
knowing the spec. The reader bounds its size before anything is expanded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from weighbridge.formula.tree import (
    TRUE,
    Choice,
    Expression,
    Logic,
    Name,
    Not,
    Truth,
    number,
    product_of,
    rewrite,
    sum_of,
)
from weighbridge.spec.model import Quantity, Tensor

#: The quantity that every spec has: the sum of all tensors in force.
INVENTORY = "inventory"


class Names(Protocol):
    """Where the names of an expression are declared; a `Spec` is one."""

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """Tensors by name."""

    @property
    def quantities(self) -> Mapping[str, Quantity]:
        """Quantities by name."""


@dataclass(slots=True)
class Expansion:
    """Expressions of a spec over symbols alone, under these settings of all conventions; each name is put in once."""

    names: Names
    conventions: Mapping[str, bool]
    known: dict[str, Expression | None] = field(default_factory=dict)

    def of(self, tree: Expression) -> Expression:
        """Return an expression over symbols alone."""
        return fold(rewrite(tree, self.put_in))

    def put_in(self, node: Expression) -> Expression | None:
        """Return what a node is replaced by, None where its operands decide."""
        if isinstance(node, Name):
            return self.definition(node.name)
        if isinstance(node, Choice):
            condition = self.of(node.condition)
            if isinstance(condition, Truth):
                return self.of(node.then if condition.value else node.otherwise)
            return Choice(condition, self.of(node.then), self.of(node.otherwise))
        return None

    def definition(self, name: str) -> Expression | None:
        """Return what a name stands for, over symbols alone; None for a symbol, which stands for itself."""
        if name not in self.known:
            self.known[name] = self.new_definition(name)
        return self.known[name]

    def new_definition(self, name: str) -> Expression | None:
        """Return what a name stands for that was not met before."""
        if name in self.conventions:
            return Truth(self.conventions[name])
        if name in self.names.quantities:
            return self.of(self.names.quantities[name].expression)
        if name in self.names.tensors:
            return self.count(self.names.tensors[name])
        return self.inventory() if name == INVENTORY else None

    def in_force(self, tensor: Tensor) -> bool:
        """Tell whether the conventions count this tensor at all."""
        condition = TRUE if tensor.when is None else self.of(tensor.when)
        assert isinstance(condition, Truth), "unreachable because `when` tests conventions alone"
        return condition.value

    def count(self, tensor: Tensor) -> Expression:
        """Return a tensor's number of parameters: the product of its shape and of how many copies there are."""
        if not self.in_force(tensor):
            return number(0)
        return product_of(tuple(map(self.of, (*tensor.shape, *tensor.per))))

    def inventory(self) -> Expression:
        """Return the sum of all tensors in force."""
        return sum_of(tuple(map(self.count, filter(self.in_force, self.names.tensors.values()))))


@dataclass(slots=True)
class Expansions:
    """The expansions of one spec, for all settings of its conventions that are asked for."""

    names: Names
    known: dict[frozenset[tuple[str, bool]], Expansion] = field(default_factory=dict)

    def under(self, conventions: Mapping[str, bool]) -> Expansion:
        """Return the expansion under these settings of all conventions."""
        settings = frozenset(conventions.items())
        if settings not in self.known:
            self.known[settings] = Expansion(self.names, conventions)
        return self.known[settings]


def expand(tree: Expression, names: Names, conventions: Mapping[str, bool]) -> Expression:
    """Return an expression over symbols alone, under these settings of all conventions."""
    return Expansion(names, conventions).of(tree)


def fold(tree: Expression) -> Expression:
    """Return a condition with known conventions taken out of it; numbers are left as they are."""
    match tree:
        case Not(operand):
            inner = fold(operand)
            return Truth(not inner.value) if isinstance(inner, Truth) else Not(inner)
        case Logic(operator, operands):
            # Read from the left, and lazily: a known operand that decides ends the reading there.
            decides = operator == "or"
            rest: list[Expression] = []
            for operand in map(fold, operands):
                if not isinstance(operand, Truth):
                    rest.append(operand)
                elif operand.value == decides:
                    rest.append(operand)
                    break
            if not rest:
                return Truth(not decides)
            return rest[0] if len(rest) == 1 else Logic(operator, tuple(rest))
        case _:
            return tree
