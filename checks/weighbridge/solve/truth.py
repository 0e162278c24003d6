"""Whether a condition is the same at all points of a box, shown by bounds alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from weighbridge.engines.reduce import Relation
from weighbridge.formula.bounds import Interval, bounds
from weighbridge.formula.exact import EvaluationError, truth_of
from weighbridge.formula.tree import Choice, Comparison, ComparisonOperator, Expression, Logic, Not, Truth
from weighbridge.solve.values import Box


def sign(relation: Relation, low: int, high: int) -> bool | None:
    """Return what a relation of all values from `low` to `high` with 0 is, where it is the same for all."""
    match relation:
        case Relation.ZERO:
            return True if low == high == 0 else False if low > 0 or high < 0 else None
        case Relation.NONZERO:
            return False if low == high == 0 else True if low > 0 or high < 0 else None
        case Relation.POSITIVE:
            return True if low > 0 else False if high <= 0 else None
        case Relation.NONNEGATIVE:
            return True if low >= 0 else False if high < 0 else None


def written(tree: Expression, box: Box) -> bool | None:
    """Return whether a condition is true at all points of a box, or at none."""
    if all(len(values) == 1 for values in box.values()):
        try:
            return truth_of(tree, {name: values[0] for name, values in box.items()})
        except EvaluationError:
            return False
    return truth(tree, {name: Interval(values[0], values[-1]) for name, values in box.items()})


def truth(tree: Expression, intervals: Mapping[str, Interval]) -> bool | None:
    """Return a condition's value where bounds show that it has one, the same at all points; else None."""
    match tree:
        case Truth(known):
            return known
        case Not(operand):
            inner = truth(operand, intervals)
            return None if inner is None else not inner
        case Logic(operator, operands):
            return chain((truth(operand, intervals) for operand in operands), until=operator == "or")
        case Comparison(operands, operators):
            known_bounds = [bounds(operand, intervals) for operand in operands]
            links = zip(operators, known_bounds, known_bounds[1:], strict=False)
            return chain((ordered(*link) for link in links), until=False)
        case Choice(condition, then, otherwise):
            taken = truth(condition, intervals)
            return None if taken is None else truth(then if taken else otherwise, intervals)
        case _:
            raise AssertionError("unreachable because the spec's reader has told numbers from conditions")


def chain(facts: Iterator[bool | None], *, until: bool) -> bool | None:
    """Return what a lazy reading gives that stops at the first fact that is `until`."""
    for fact in facts:
        if fact is None:
            return None  # what stands behind may never be reached
        if fact is until:
            return until
    return not until


def ordered(operator: ComparisonOperator, left: Interval | None, right: Interval | None) -> bool | None:
    """Return a comparison's value where it is the same for all values within these bounds."""
    if left is None or right is None:
        return None
    low, high = left.low - right.high, left.high - right.low
    match operator:
        case "==":
            return sign(Relation.ZERO, low, high)
        case "!=":
            return sign(Relation.NONZERO, low, high)
        case ">":
            return sign(Relation.POSITIVE, low, high)
        case ">=":
            return sign(Relation.NONNEGATIVE, low, high)
        case "<":
            return sign(Relation.POSITIVE, -high, -low)
        case "<=":
            return sign(Relation.NONNEGATIVE, -high, -low)
