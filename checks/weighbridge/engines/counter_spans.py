"""The compiled counter of spans: for each head, where along the lane all comparisons hold, without visiting it."""

from __future__ import annotations

import numpy as np

from weighbridge.engines.counter import (
    NOWHERE,
    Integers,
    advance,
    compute_head,
    enter,
    entry,
    inner,
    integers,
    number_of_head,
    results,
)
from weighbridge.engines.reduce import Relation
from weighbridge.engines.spans import RELATIONS, SpanProgram

IS_ZERO, IS_POSITIVE = RELATIONS[Relation.ZERO], RELATIONS[Relation.POSITIVE]


@inner
def place_of(lane: Integers, listed: bool, value: int) -> int:  # noqa: FBT001 - an argument of a kernel
    """Return how many values of the lane are smaller than `value`; `lane` is a list, or (first, step, length)."""
    if not listed:
        first, step, n = lane[0], lane[1], lane[2]
        if value <= first:
            return 0
        # The value may be near the end of 64 bits; the last place is compared before anything is added to it.
        return int(n if value > first + step * (n - 1) else (value - first + step - 1) // step)
    low, high = 0, len(lane)
    while low < high:
        middle = (low + high) // 2
        if lane[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@entry
def count_spans(  # noqa: PLR0913, PLR0917 - the program, as arrays
    axes: Integers,
    table: Integers,
    heads: Integers,
    s: Integers,
    code: Integers,
    ends: Integers,
    parts: Integers,
    lane: Integers,
    listed: bool,  # noqa: FBT001 - an argument of a kernel
    n: int,
    lane_weight: int,
    index: Integers,
    first_head: int,
    last_head: int,
    changes: Integers,
    found: Integers,
) -> None:
    """Count the heads from the first to the last: `changes` along the lane if it has room for them, else `found`."""
    depth = len(heads)
    enter(axes, table, heads, first_head, index, s)
    moved = -1
    for head in range(first_head, last_head):
        if head > first_head:
            moved = advance(axes, table, heads, index, s)
        compute_head(code, ends[moved] if moved >= 0 else 0, ends[depth], s)
        low, high = 0, n
        for p in range(len(parts)):
            relation, constant, slope = parts[p, 0], s[parts[p, 1]], s[parts[p, 2]]
            if slope == 0:
                true = constant >= 0
                if relation == IS_ZERO:
                    true = constant == 0
                elif relation == IS_POSITIVE:
                    true = constant > 0
                if not true:
                    high = low
            elif relation == IS_ZERO:
                root = -constant // slope
                place = place_of(lane, listed, root)
                if root * slope == -constant and place_of(lane, listed, root + 1) == place + 1:
                    low, high = max(low, place), min(high, place + 1)
                else:
                    high = low
            else:
                least = 1 if relation == IS_POSITIVE else 0
                if slope > 0:
                    low = max(low, place_of(lane, listed, -((constant - least) // slope)))
                else:
                    high = min(high, place_of(lane, listed, (constant - least) // -slope + 1))
            if low >= high:
                break
        if low >= high:
            continue
        if len(changes) > 0:
            changes[low] += 1
            changes[high] -= 1
        else:
            found[0] += high - low
            found[1] = min(found[1], number_of_head(axes, heads, index) + low * lane_weight)


class SpanCounter:
    """A span program as arrays; `count` may run in several threads at once, each with its own registers."""

    def __init__(self, program: SpanProgram) -> None:
        self.program = program
        self.axes = integers(program.axes, 5), integers(program.table), integers(program.heads)
        self.code = integers(program.code, 5), integers(program.ends)
        self.parts = integers(program.parts, 3)
        values = program.lane
        self.listed = not isinstance(values, range)
        self.lane = integers([values[0], values.step, len(values)] if isinstance(values, range) else list(values))

    def count(self, heads: range, _: range) -> tuple[list[int], list[int | None]]:
        """Return how many points of some heads are counted, for each place or in all, and the smallest of them."""
        n = len(self.program.lane)
        changes = np.zeros(n + 1 if self.program.places else 0, np.int64)
        found = integers([0, NOWHERE])
        count_spans(
            *self.axes, integers(self.program.scalars), *self.code, self.parts, self.lane, self.listed, n,
            self.program.lane_weight, np.zeros(len(self.program.heads) + 1, np.int64), heads.start, heads.stop, changes,
            found,
        )  # fmt: skip
        if self.program.places:
            counts: list[int] = np.cumsum(changes)[:n].tolist()
            return counts, [None] * n
        return results(found[:1], found[1:])
