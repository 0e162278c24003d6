"""What an expression of a spec says in symbols alone: tensors, quantities and conventions put in.

The result holds nothing but symbols and numbers, so that every engine, and any other checker, can decide it without
knowing the spec. The reader bounds its size before anything is expanded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from weighbridge.formula.tree import (
    TRUE,
    Choice,
    Expression,
    Logic,
    Name,
    Not,
    Product,
    Sum,
    Truth,
    number,
    rewrite,
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


def expand(tree: Expression, names: Names, conventions: Mapping[str, bool]) -> Expression:
    """Return the expression over symbols alone, under these settings of all conventions."""

    def put_in(node: Expression) -> Expression | None:
        if isinstance(node, Name):
            return definition(node.name, names, conventions)
        if isinstance(node, Choice):
            condition = expand(node.condition, names, conventions)
            if isinstance(condition, Truth):
                return expand(node.then if condition.value else node.otherwise, names, conventions)
            return Choice(condition, expand(node.then, names, conventions), expand(node.otherwise, names, conventions))
        return None

    return fold(rewrite(tree, put_in))


def definition(name: str, names: Names, conventions: Mapping[str, bool]) -> Expression | None:
    """Return what a name stands for, over symbols alone; None for a symbol, which stands for itself."""
    if name in conventions:
        return Truth(conventions[name])
    if name in names.quantities:
        return expand(names.quantities[name].expression, names, conventions)
    if name in names.tensors:
        return count(names.tensors[name], names, conventions)
    if name == INVENTORY:
        return inventory(names, conventions)
    return None


def in_force(tensor: Tensor, names: Names, conventions: Mapping[str, bool]) -> bool:
    """Tell whether the conventions count this tensor at all."""
    condition = TRUE if tensor.when is None else expand(tensor.when, names, conventions)
    assert isinstance(condition, Truth), "unreachable because `when` tests conventions alone"  # noqa: S101
    return condition.value


def count(tensor: Tensor, names: Names, conventions: Mapping[str, bool]) -> Expression:
    """Return a tensor's number of parameters: the product of its shape and of how many copies there are."""
    if not in_force(tensor, names, conventions):
        return number(0)
    factors = tuple(expand(factor, names, conventions) for factor in (*tensor.shape, *tensor.per))
    return factors[0] if len(factors) == 1 else Product(factors)


def inventory(names: Names, conventions: Mapping[str, bool]) -> Expression:
    """Return the sum of all tensors in force."""
    terms = tuple(
        count(tensor, names, conventions) for tensor in names.tensors.values() if in_force(tensor, names, conventions)
    )
    match len(terms):
        case 0:
            return number(0)
        case 1:
            return terms[0]
        case _:
            return Sum(terms)


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
