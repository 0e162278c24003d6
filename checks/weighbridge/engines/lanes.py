"""Where along a lane comparisons hold that are straight along it: from a place up to another, less some places.

All of it is in unbounded integers: a threshold is the quotient of a constant and a slope, rounded as the relation asks.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from operator import add, mul
from typing import TypeAlias

from flint import fmpq

from weighbridge.engines.reduce import Atom, Relation
from weighbridge.formula.normal import Polynomial
from weighbridge.spec.model import Axis

#: Places of the lane from the first up to the second, less some.
Span: TypeAlias = tuple[int, int, tuple[int, ...]]


@dataclass(slots=True)
class Group:
    """Comparisons that share symbols besides the lane, and the axes of those symbols."""

    atoms: list[Atom]
    axes: tuple[Axis, ...]
    names: tuple[str, ...]
    lane: Axis
    parts: list[tuple[Relation, Polynomial, Polynomial]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for each in self.atoms:
            constant, slope = along(each.polynomial, self.names.index(self.lane.symbol))
            self.parts.append((each.relation, constant, slope))

    @property
    def heads(self) -> int:
        """How many combinations of the symbols beside the lane there are."""
        return prod(len(axis.values) for axis in self.axes)

    @property
    def work(self) -> int:
        """How many terms of polynomials that is to work out."""
        return self.heads * sum(len(constant) + len(slope) for _, constant, slope in self.parts)

    def spans(self) -> Iterator[tuple[tuple[int, ...], Span]]:
        """Yield each combination of the symbols beside the lane, and where along it all comparisons hold."""
        values = self.lane.values
        heads = list(itertools.product(*(axis.values for axis in self.axes)))
        places = [self.names.index(axis.symbol) for axis in self.axes]
        columns = dict(zip(places, zip(*heads, strict=True), strict=True))
        lines = [
            (relation, values_at(constant, columns, len(heads)), values_at(slope, columns, len(heads)))
            for relation, constant, slope in self.parts
        ]
        for place, head in enumerate(heads):
            low, high = 0, len(values)
            holes: tuple[int, ...] = ()
            for relation, constants, slopes in lines:
                bottom, top, hole = where(relation, constants[place], slopes[place], values)
                low, high, holes = max(low, bottom), min(high, top), holes + hole
                if low >= high:
                    break
            else:
                inside = tuple({hole for hole in holes if low <= hole < high})
                if high - low > len(inside):
                    yield head, (low, high, inside)


def values_at(polynomial: Polynomial, columns: Mapping[int, Sequence[int]], count: int) -> list[int]:
    """Return what a polynomial with integer coefficients is at `count` points at once.

    `columns` has what its symbols are at all of them, by their places in the ring.
    """
    values = [0] * count
    for exponents, coefficient in polynomial.terms():
        term: Iterable[int] = itertools.repeat(int(coefficient.p), count)
        for place, times in enumerate(exponents):
            for _ in range(int(times)):
                term = map(mul, term, columns[place])
        values = list(map(add, values, term))
    return values


def along(polynomial: Polynomial, lane: int) -> tuple[Polynomial, Polynomial]:
    """Return the constant and the slope of a polynomial that is straight along a symbol."""
    context = polynomial.context()
    parts: tuple[dict[tuple[int, ...], fmpq], dict[tuple[int, ...], fmpq]] = ({}, {})
    for exponents, coefficient in polynomial.terms():
        powers = list(map(int, exponents))
        degree, powers[lane] = powers[lane], 0
        parts[degree][tuple(powers)] = coefficient
    return context.from_dict(parts[0]), context.from_dict(parts[1])


def where(relation: Relation, constant: int, slope: int, values: Sequence[int]) -> Span:
    """Return the places of ascending values x at which `constant + slope * x` compares with 0 as asked."""
    n = len(values)
    if slope == 0:
        return 0, n if HOLDS[relation](constant) else 0, ()
    if relation in (Relation.ZERO, Relation.NONZERO):
        root, rest = divmod(-constant, slope)
        place = bisect_left(values, root)
        hit = rest == 0 and place < n and values[place] == root
        if relation is Relation.ZERO:
            return (place, place + 1, ()) if hit else (0, 0, ())
        return 0, n, (place,) if hit else ()
    # Integers are positive just where they are at least 1.
    least = 1 if relation is Relation.POSITIVE else 0
    if slope > 0:
        return bisect_left(values, -((constant - least) // slope)), n, ()
    return 0, bisect_left(values, (constant - least) // -slope + 1), ()


HOLDS: Mapping[Relation, Callable[[int], bool]] = {
    Relation.ZERO: lambda value: value == 0,
    Relation.NONZERO: lambda value: value != 0,
    Relation.POSITIVE: lambda value: value > 0,
    Relation.NONNEGATIVE: lambda value: value >= 0,
}
