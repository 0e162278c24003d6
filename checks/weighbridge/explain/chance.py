"""Whether an equality is too unlikely to be chance: how many values were tried, against how many numbers there are.

The rule. A difference is explained by a candidate of that value only where no more than one in a hundred of the
numbers of its size is the value of any candidate that was tried until then. Numbers of its size are those of its sign
from half to twice as large; a difference that ends in zeros is held against numbers that end in as many, since that is
what a slip of one digit looks like. What an artifact counts is no slip of the pen: there any one tensor that fits is
told. A rounded figure has room for many values: the candidates of the size of the gap may fill one twentieth of it.
All is counted in integers, and is the same in every run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeVar

#: One number in so many may be met by chance where the difference is exact, and where a figure is rounded.
EXACT = 100
ROUNDED = 20

T = TypeVar("T")


@dataclass(slots=True)
class Odds:
    """The values that were tried for a difference, which is not 0; `met` tells what explains it.

    `one_in` is in how many numbers one may be met by chance.
    """

    gap: int | Fraction
    one_in: int = EXACT
    tried: set[int] = field(default_factory=set)

    def met(self, candidates: Iterable[tuple[int | Fraction, T]], *, plain: bool = False) -> list[T]:
        """Try candidates and return those that have the value, none where that may be chance.

        `plain` holds a difference that ends in zeros against all numbers: for the few candidates that come first.
        """
        scale = Fraction(self.gap).denominator
        sign = 1 if self.gap > 0 else -1
        size = abs(Fraction(self.gap).numerator)
        found: list[T] = []
        for value, what in candidates:
            scaled = Fraction(value) * scale * sign if scale != 1 or isinstance(value, Fraction) else value * sign
            if size <= 2 * scaled <= 4 * size and scaled == int(scaled):
                self.tried.add(int(scaled))
                if scaled == size:
                    found.append(what)
        return found if found and self.unlikely(size, 1 if plain else roundness(size)) else []

    def unlikely(self, size: int, step: int) -> bool:
        """Tell whether few enough of the numbers of this size, multiples of `step`, were tried."""
        numbers = 2 * size // step - (size - 1) // 2 // step
        tried = sum(value % step == 0 for value in self.tried)
        return tried * self.one_in <= numbers


def roundness(size: int) -> int:
    """Return the largest power of ten that divides a positive number.

    >>> roundness(175_181_291_520), roundness(2_000), roundness(768)
    (10, 1000, 1)
    """
    step = 1
    while size % (10 * step) == 0:
        step *= 10
    return step


def unlikely_within(gap: int | Fraction, width: int | Fraction, tried: Iterable[int | Fraction]) -> bool:
    """Tell whether few enough values of a gap's size were tried for one to fall by chance into a room so wide.

    >>> unlikely_within(38_600_000, 1_000_000, [38_597_376, 786_432])
    True
    >>> unlikely_within(7_400_000, 1_000_000, [7_077_888])
    False
    """
    size = abs(Fraction(gap))
    near = sum(size <= 2 * value <= 4 * size for value in {abs(Fraction(each)) for each in tried})
    return near * width * ROUNDED * 2 <= 3 * size
