"""How large the degrees of a numerator and a denominator can be, read from a quotient as it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import add

from weighbridge.errors import WeighbridgeError
from weighbridge.formula.tree import Arithmetic, Call, Expression, Name, Negative, Number, Product, Sum
from weighbridge.formula.written import MAX_REPEATED


class NoRatio(WeighbridgeError):  # noqa: N818 - no mistake, a reason to decide in another way
    """An expression is not written as a quotient of polynomials."""


def most_degrees(left: Expression, right: Expression) -> Mapping[str, int]:
    """Return the most that each symbol's degree can be in the numerator of left - right. Raises `NoRatio`."""
    (above, below), (more, under) = ratio_degrees(left), ratio_degrees(right)
    return joined((joined((above, under), add), joined((more, below), add)), max)


def ratio_degrees(tree: Expression) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Return the most that each symbol's degrees in a numerator and a denominator can be, for quotients as well.

    Raises `NoRatio` for anything but sums, products, quotients and constant powers.
    """
    match tree:
        case Negative(operand):
            return ratio_degrees(operand)
        case Sum(operands) | Call("sum", operands):
            parts = [ratio_degrees(each) for each in operands]
            # Brought to one denominator a term has its own numerator times the denominators of the others.
            under = joined((below for _, below in parts), add)
            return joined((joined((above, under), add) for above, _ in parts), max), under
        case Product(operands):
            parts = [ratio_degrees(each) for each in operands]
            return joined((above for above, _ in parts), add), joined((below for _, below in parts), add)
        case Arithmetic("/", left, right):
            dividend, divisor = ratio_degrees(left), ratio_degrees(right)
            return joined((dividend[0], divisor[1]), add), joined((dividend[1], divisor[0]), add)
        case Arithmetic("**", base, Number(value)) if value.denominator == 1 and 0 <= value <= MAX_REPEATED:
            parts = [ratio_degrees(base)] * int(value)
            return joined((above for above, _ in parts), add), joined((below for _, below in parts), add)
        case Number():
            return {}, {}
        case Name(name):
            return {name: 1}, {}
        case _:
            raise NoRatio


def joined(parts: Iterable[Mapping[str, int]], how: Callable[[int, int], int]) -> Mapping[str, int]:
    """Return the degrees of several parts put together by the larger or by the sum."""
    total: dict[str, int] = {}
    for part in parts:
        for name, degree in part.items():
            total[name] = how(total.get(name, 0), degree)
    return total
