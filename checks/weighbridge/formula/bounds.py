"""How large a value can get: exact interval arithmetic, so that overflow is known before it happens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from weighbridge.formula.limits import too_large
from weighbridge.formula.tree import (
    Arithmetic,
    Call,
    Choice,
    Comparison,
    Expression,
    Logic,
    Name,
    Negative,
    Not,
    Number,
    Product,
    Sum,
    Truth,
    children,
)


class Interval(Struct, frozen=True):
    """All integers from `low` to `high`, both included. Raises `ValueError` where there are none."""

    low: int
    high: int

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError(f"no integer lies from {self.low} to {self.high}")

    @property
    def magnitude(self) -> int:
        """The largest absolute value."""
        return max(-self.low, self.high)

    def __contains__(self, value: int) -> bool:
        return self.low <= value <= self.high

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.high - other.low)

    def __mul__(self, other: Interval) -> Interval:
        return hull(self.low * other.low, self.low * other.high, self.high * other.low, self.high * other.high)

    def __floordiv__(self, other: Interval) -> Interval:
        """Return the floor quotients; the divisor must not contain 0."""
        # For a divisor of one sign, a // b is monotone in a, and in b on either side of a == 0: the corners bound it.
        return hull(self.low // other.low, self.low // other.high, self.high // other.low, self.high // other.high)

    def __mod__(self, other: Interval) -> Interval:
        """Return the remainders, whose sign is the divisor's; the divisor must not contain 0."""
        if other.high < 0:
            return -(-self % -other)
        if self.low >= 0:
            return self if self.high < other.low else Interval(0, min(self.high, other.high - 1))
        return Interval(0, other.high - 1)

    def __abs__(self) -> Interval:
        if self.low >= 0:
            return self
        return -self if self.high <= 0 else Interval(0, self.magnitude)

    def power(self, exponent: int) -> Interval:
        """Return the powers to an exponent that is not negative."""
        ends = hull(self.low**exponent, self.high**exponent)
        crosses = self.low < 0 < self.high
        return ends.union(Interval(0, 0)) if crosses and exponent > 0 and exponent % 2 == 0 else ends

    def ceil_div(self, other: Interval) -> Interval:
        """Return the quotients, rounded up; the divisor must not contain 0."""
        return -(-self // other)

    def round_up(self, other: Interval) -> Interval:
        """Return ceil_div(a, b) * b, less than one b away from a; the divisor must not contain 0."""
        if other.low == other.high:
            return self.ceil_div(other) * other
        if other.low > 0:
            return Interval(self.low, self.high + other.high - 1)
        return Interval(self.low + other.low + 1, self.high)

    def minimum(self, other: Interval) -> Interval:
        """Return the interval of the smaller of two values."""
        return Interval(min(self.low, other.low), min(self.high, other.high))

    def maximum(self, other: Interval) -> Interval:
        """Return the interval of the larger of two values."""
        return Interval(max(self.low, other.low), max(self.high, other.high))

    def union(self, other: Interval) -> Interval:
        """Return the smallest interval that contains both."""
        return Interval(min(self.low, other.low), max(self.high, other.high))


def hull(*values: int) -> Interval:
    """Return the smallest interval that contains all values."""
    return Interval(min(values), max(values))


def bounds(tree: Expression, intervals: Mapping[str, Interval]) -> Interval | None:
    """Return an interval that holds every value of an expression while its symbols stay within theirs.

    >>> from weighbridge.formula.parser import parse
    >>> bounds(parse("d ** 2 - n"), {"d": Interval(-3, 2), "n": Interval(1, 5)})
    Interval(low=-5, high=8)

    None where nothing is known: for conditions, and wherever a part can be a fraction (`/`, literals, negative
    exponents), be divided by zero, or get past the limit of exact evaluation. Raises `KeyError` for a symbol without an
    interval.
    """
    if isinstance(tree, Name):
        return intervals[tree.name]
    operands = (tree.then, tree.otherwise) if isinstance(tree, Choice) else children(tree)
    known = [each for operand in operands if (each := bounds(operand, intervals)) is not None]
    return combine(tree, known) if len(known) == len(operands) else None


def combine(tree: Expression, parts: Sequence[Interval]) -> Interval | None:
    """Return the interval of a node other than a name, given those of its operands."""
    match tree:
        case Number(value):
            return Interval(value.numerator, value.numerator) if value.denominator == 1 else None
        case Negative():
            return -parts[0]
        case Sum() | Call("sum"):
            return fold(Interval.__add__, parts)
        case Product():
            return fold(Interval.__mul__, parts)
        case Arithmetic("**"):
            return raised(*parts)
        case Choice():
            return fold(Interval.union, parts)
        case Call("min"):
            return fold(Interval.minimum, parts)
        case Call("max"):
            return fold(Interval.maximum, parts)
        case Call("abs"):
            return abs(parts[0])
        case Arithmetic("/") | Name() | Truth() | Comparison() | Not() | Logic():
            return None
        case Arithmetic(operation) | Call(operation):
            return None if 0 in parts[1] else fold(DIVISIONS[operation], parts)


#: What divides by its second operand.
DIVISIONS: Mapping[str, Callable[[Interval, Interval], Interval]] = {
    "//": Interval.__floordiv__,
    "%": Interval.__mod__,
    "ceil_div": Interval.ceil_div,
    "round_up": Interval.round_up,
}


def fold(operation: Callable[[Interval, Interval], Interval], parts: Sequence[Interval]) -> Interval | None:
    """Return the intervals joined from the left, None once they get past the limit."""
    result = parts[0]
    for part in parts[1:]:
        result = operation(result, part)
        if too_large(result.magnitude.bit_length()):
            return None
    return result


def raised(base: Interval, exponent: Interval) -> Interval | None:
    """Return the powers of one interval to another, None where they can be fractions or get past the limit."""
    if exponent.low < 0 or too_large((base.magnitude.bit_length() - 1) * exponent.high + 1):
        return None
    if exponent.low == exponent.high:
        result = base.power(exponent.low)
    elif base.low > 0:
        result = Interval(base.low**exponent.low, base.high**exponent.high)
    else:
        largest: int = max(base.magnitude, 1) ** exponent.high
        result = Interval(-largest if base.low < 0 else 0, largest)
    return None if too_large(result.magnitude.bit_length()) else result
