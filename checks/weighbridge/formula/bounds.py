"""How large a value can get: exact interval arithmetic, so that overflow is known before it happens."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """All integers from `low` to `high`, both included."""

    low: int
    high: int

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

    def __mul__(self, other: Interval) -> Interval:
        return hull(self.low * other.low, self.low * other.high, self.high * other.low, self.high * other.high)

    def __floordiv__(self, other: Interval) -> Interval:
        """Return the floor quotients; the divisor must not contain 0."""
        # For a divisor of one sign, a // b is monotone in a, and in b on either side of a == 0: the corners bound it.
        return hull(self.low // other.low, self.low // other.high, self.high // other.low, self.high // other.high)

    def __mod__(self, other: Interval) -> Interval:
        """Return the remainders, whose sign is the divisor's; the divisor must not contain 0."""
        if other.low > 0:
            return self if self.low >= 0 and self.high < other.low else Interval(0, other.high - 1)
        return Interval(other.low + 1, 0)

    def __abs__(self) -> Interval:
        if self.low >= 0:
            return self
        return -self if self.high <= 0 else Interval(0, self.magnitude)

    def minimum(self, other: Interval) -> Interval:
        """Return the intervals of the smaller of two values."""
        return Interval(min(self.low, other.low), min(self.high, other.high))

    def maximum(self, other: Interval) -> Interval:
        """Return the intervals of the larger of two values."""
        return Interval(max(self.low, other.low), max(self.high, other.high))

    def union(self, other: Interval) -> Interval:
        """Return the smallest interval that contains both."""
        return Interval(min(self.low, other.low), max(self.high, other.high))


def hull(*values: int) -> Interval:
    """Return the smallest interval that contains all values."""
    return Interval(min(values), max(values))
