"""Whether the value of one symbol alone decides where a claim fails on a grid, whatever the others are.

Each value of its axis is put in, and algebra must tell the rest: what is told holds at all points, none was left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from msgspec import Struct

from weighbridge.engines.reduce import fact_of
from weighbridge.formula.exact import EvaluationError, evaluate
from weighbridge.formula.normal import Ring
from weighbridge.formula.tree import (
    Comparison,
    ComparisonOperator,
    Expression,
    Name,
    Number,
    Truth,
    free_names,
    number,
    rewrite,
    substitute,
)
from weighbridge.spec.model import Axis, Grid

#: Values of an axis that are put in one by one, each in a fraction of a millisecond.
MAX_VALUES = 512


class Alone(Struct, frozen=True):
    """A comparison of a symbol with a number, and at which share of its axis's values it is true."""

    tree: Comparison
    share: Fraction


def by_one_symbol(condition: Expression, grid: Grid) -> Alone | None:
    """Return a comparison of a symbol with a number that is true just where a condition over the axes fails.

    None where there is none, or where it is not shown.
    """
    ring = Ring({axis.symbol: axis.values[0] for axis in grid.axes})
    free = free_names(condition)
    for axis in grid.axes:
        if axis.symbol in free and len(axis.values) <= MAX_VALUES:
            failing = failing_values(condition, axis, ring)
            told = None if failing is None else told_by(failing, axis.values)
            if failing is not None and told is not None:
                operator, value = told
                tree = Comparison((Name(axis.symbol), number(value)), (operator,))
                return Alone(tree, Fraction(len(failing), len(axis.values)))
    return None


def failing_values(condition: Expression, axis: Axis, ring: Ring) -> list[int] | None:
    """Return the values of an axis at which a condition fails; None unless the others never matter."""
    failing: list[int] = []
    for value in axis.values:
        fact = fact_of(rewrite(substitute(condition, {axis.symbol: number(value)}), settled), ring, wanted=True)
        if not isinstance(fact, bool):
            return None
        if not fact:
            failing.append(value)
    return failing


def told_by(failing: Sequence[int], values: Sequence[int]) -> tuple[ComparisonOperator, int] | None:
    """Return the comparison that is true for some of an axis's values and for no other, the plainest first.

    >>> told_by([1], range(1, 97)), told_by([64, 128], [16, 32, 64, 128]), told_by([1, 3], [1, 2, 3])
    (('==', 1), ('>=', 64), ('!=', 2))
    """
    if len(failing) == 1:
        return "==", failing[0]
    if len(failing) == len(values) - 1:
        return "!=", next(value for value in values if value not in failing)
    if not 0 < len(failing) < len(values):
        return None
    if list(failing) == list(values[-len(failing) :]):
        return ">=", failing[0]
    return ("<=", failing[-1]) if list(failing) == list(values[: len(failing)]) else None


def settled(node: Expression) -> Expression | None:
    """Return what a part of an expression without symbols comes to; None for any other."""
    if isinstance(node, Name | Number | Truth) or free_names(node):
        return None
    try:
        value = evaluate(node, {})
    except EvaluationError:
        return None
    return Truth(value) if isinstance(value, bool) else number(value)
