"""Which values a symbol may still have, and which points a box of such values is."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import prod
from typing import TypeAlias

from msgspec import Struct

#: Ascending and distinct; slices of a progression stay progressions.
Values: TypeAlias = range | tuple[int, ...]
#: All points whose symbols each have one of these values.
Box: TypeAlias = Mapping[str, Values]
#: The values of some symbols, in the order of the spec.
Row: TypeAlias = tuple[int, ...]


class Remaining(Struct, frozen=True):
    """How many values a symbol still has, and the ends of them."""

    count: int
    low: int
    high: int


def size(box: Box) -> int:
    """Return how many points a box has."""
    return prod(map(len, box.values()))


def remaining(sides: Iterable[Values], base: Values) -> Remaining:
    """Return the union of some values of one symbol; `base` is the progression or list that they are taken from."""
    start, step = (base.start, base.step) if isinstance(base, range) else (0, 1)
    sides = [side if not isinstance(side, range) or side.step == step else tuple(side) for side in sides]
    spans = sorted(span for side in sides for span in spans_of(side, start, step))
    count, reached = 0, spans[0][0] - 1
    for low, high in spans:
        count += max(0, high - max(low - 1, reached))
        reached = max(reached, high)
    return Remaining(count, start + spans[0][0] * step, start + reached * step)


def spans_of(side: Values, start: int, step: int) -> Iterator[tuple[int, int]]:
    """Yield a side as runs of places in the progression that it is taken from."""
    if isinstance(side, range):
        yield (side[0] - start) // step, (side[-1] - start) // step
    else:
        yield from (((value - start) // step,) * 2 for value in side)


def first_rows(boxes: Iterable[Box], symbols: Sequence[str], wanted: int) -> tuple[Row, ...]:
    """Return the lexicographically smallest points of disjoint boxes."""
    # The smallest n points of a product take no more than the smallest n values of each side.
    rows = (
        row
        for box in boxes
        for row in itertools.islice(itertools.product(*(box[name][:wanted] for name in symbols)), wanted)
    )
    return tuple(heapq.nsmallest(wanted, rows))


def joined_rows(
    left: tuple[Sequence[str], Sequence[Row]],
    right: tuple[Sequence[str], Sequence[Row]],
    order: Sequence[str],
    wanted: int,
) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """Return the smallest points of a product of two sets of points that share no symbol, each given by its smallest.

    `order` is that of all symbols. What has i smaller points on one side and j on the other has (i + 1) * (j + 1) - 1
    smaller ones in the product, whichever way their symbols are interleaved.
    """
    symbols = tuple(name for name in order if name in left[0] or name in right[0])
    rows = (
        row_of(symbols, dict(zip(left[0], one, strict=True)) | dict(zip(right[0], other, strict=True)))
        for i, one in enumerate(left[1][:wanted])
        for other in right[1][: wanted // (i + 1)]
    )
    return symbols, tuple(heapq.nsmallest(wanted, rows))


def row_of(symbols: Sequence[str], point: Mapping[str, int]) -> Row:
    """Return a point's values in order."""
    return tuple(point[name] for name in symbols)
