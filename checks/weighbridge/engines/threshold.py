"""How many points of a reduced grid fail, from where comparisons change along one axis, which is never visited.

Where every comparison is straight along an axis (the lane), it holds there on one side of a threshold, at one value,
or everywhere but there. A conjunction then holds on an interval of the lane, less some values, for each combination
of the other symbols. Comparisons that share no symbol but the lane are counted apart, value by value of the lane, and
multiplied. All of it is in unbounded integers.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from weighbridge.engines.lanes import Group
from weighbridge.engines.reduce import Atom, Fact, Reduction, atoms_of, negation, symbols_in
from weighbridge.engines.spans import SpanProgram, lower_spans
from weighbridge.engines.sweep import MAX_POINTS, count, point_of
from weighbridge.engines.terms import Refusal
from weighbridge.spec.model import Axis, Grid
from weighbridge.spec.question import GridPoint

if TYPE_CHECKING:
    from weighbridge.engines.counter_spans import SpanCounter

#: Combinations of the symbols beside the lane that may be looked at here, each in a few microseconds; and how many
#: terms of polynomials may be worked out for them, each in a tenth of one.
MAX_HEADS, MAX_WORK = 20_000, 2_000_000
#: Values of a lane whose counts are kept one by one.
MAX_LANE = 200_000


class Counted(Struct, frozen=True):
    """How many points of the whole grid meet the assumptions, how many of those fail, and the smallest that does."""

    points: int
    violations: int
    first: GridPoint | None


def count_by_threshold(reduction: Reduction, *, max_heads: int = 0, threads: int = 0) -> Counted | None:
    """Return what is counted; None where the question has another form, or too many combinations beside any lane.

    A few combinations are looked at here; more, up to `max_heads`, by the compiled counter in `threads` threads.
    """
    if reduction.assumed is False:
        return Counted(0, 0, None)
    assumed = atoms_of(reduction.assumed, "and")
    parts = failures(reduction.asked)
    if assumed is None or parts is None:
        return None
    held = None if len(parts) == 1 else atoms_of(reduction.asked, "and")
    if len(parts) != 1 and held is None:
        return None
    inside = plan(reduction, assumed)
    holding = None if held is None else plan(reduction, (*assumed, *held))
    failing = [plan(reduction, (*assumed, *part)) for part in parts]
    plans = [each for each in (inside, holding, *failing) if each is not None]
    if len(plans) < 1 + (held is not None) + len(parts):
        return None
    if not all(each.is_small for each in plans) and sum(each.heads for each in plans) > max_heads:
        return None
    try:
        found = [each.count(threads) for each in plans]
        firsts = [
            smallest(reduction, (*assumed, *part), threads) if each.first is None else each.first
            for part, each in zip(parts, found[len(plans) - len(parts) :], strict=True)
            if each.points
        ]
    except Refusal:
        return None
    points = found[0].points
    violations = found[-1].points if held is None else points - found[1].points
    first = None
    if violations:
        symbols = [axis.symbol for axis in reduction.grid.axes]
        first = reduction.full_point(dict(zip(symbols, min(firsts), strict=True)))
    return Counted(points * reduction.copies, violations * reduction.copies, first)


def smallest(reduction: Reduction, atoms: tuple[Atom, ...], threads: int) -> tuple[int, ...]:
    """Return the smallest point of the reduced grid at which a conjunction that holds somewhere does.

    Halves the grid, its most significant axis first, and keeps the lower half if there is a point in it.
    """
    while True:
        found = counted(reduction, atoms, threads)
        if found.first is not None:
            return found.first
        axes = reduction.grid.axes
        place = next((place for place, axis in enumerate(axes) if len(axis.values) > 1), None)
        if place is None:
            return tuple(axis.values[0] for axis in axes)
        half = len(axes[place].values) // 2
        lower, upper = (
            replace(reduction, grid=replace(reduction.grid, axes=(*axes[:place], part, *axes[place + 1 :])))
            for part in (
                replace(axes[place], values=axes[place].values[side]) for side in (slice(half), slice(half, None))
            )
        )
        reduction = lower if counted(lower, atoms, threads).points else upper


def counted(reduction: Reduction, atoms: tuple[Atom, ...], threads: int) -> Found:
    """Return what is counted of a conjunction that is straight along some axis. Raises `Refusal`."""
    cheapest = plan(reduction, atoms)
    assert cheapest is not None, "unreachable because a part of a grid has the lanes of the whole"  # noqa: S101
    return cheapest.count(threads)


def failures(asked: Fact) -> list[tuple[Atom, ...]] | None:
    """Return conjunctions of which one or another holds just where a fact does not; None for another form."""
    whole = atoms_of(negation(asked), "and")
    if whole is not None:
        return [whole]
    parts = atoms_of(negation(asked), "or")
    return None if parts is None else [(part,) for part in parts]


class Found(Struct, frozen=True):
    """How many points of the reduced grid a conjunction holds at, and the smallest, a value for each axis.

    The smallest is not known where the compiled counter counted several groups.
    """

    points: int
    first: tuple[int, ...] | None


@dataclass(slots=True)
class Plan:
    """A conjunction, with the lane that makes it cheapest; `free` is how often each of its points is repeated."""

    reduction: Reduction
    lane: Axis
    groups: list[Group]
    free: int

    @property
    def heads(self) -> int:
        """How many combinations will be looked at."""
        return sum(group.heads for group in self.groups)

    @property
    def is_small(self) -> bool:
        """Whether all combinations can be looked at here."""
        return self.heads <= MAX_HEADS and sum(group.work for group in self.groups) <= MAX_WORK

    def count(self, threads: int) -> Found:
        """Count the points where all comparisons hold. Raises `Refusal` where the compiled counter can not."""
        if not self.is_small and self.reduction.grid.axes:
            return self.count_compiled(threads)
        if len(self.groups) == 1:
            return self.count_one(self.groups[0])
        n = len(self.lane.values)
        together = [1] * n
        smallest: list[list[tuple[int, ...] | None]] = []
        for group in self.groups:
            changes = [0] * (n + 1)
            first: list[tuple[int, ...] | None] = [None] * n
            unseen = list(range(n + 1))  # the next place that no head has reached yet
            for head, (low, high, holes) in group.spans():
                changes[low] += 1
                changes[high] -= 1
                for hole in holes:
                    changes[hole] -= 1
                    changes[hole + 1] += 1
                place = seek(unseen, low)
                while place < high:
                    if place not in holes:
                        first[place] = head
                        unseen[place] = place + 1
                    place = seek(unseen, place + 1)
            counts = list(itertools.accumulate(changes))[:n]
            together = [a * b for a, b in zip(together, counts, strict=True)]
            smallest.append(first)
        points = [
            self.point(
                place, *((group, first[place] or ()) for group, first in zip(self.groups, smallest, strict=True))
            )
            for place, count in enumerate(together)
            if count
        ]
        return Found(sum(together) * self.free, min(points, default=None))

    def count_one(self, group: Group) -> Found:
        """Count without keeping counts along the lane, which may then be of any length."""
        points, best = 0, len(self.lane.values)
        first: tuple[int, ...] | None = None
        for head, (low, high, holes) in group.spans():
            points += high - low - len(holes)
            # Heads ascend: a later one is smaller only where its span begins earlier.
            if low < best:
                best = next(place for place in range(low, high) if place not in holes)
                here = self.point(best, (group, head))
                first = here if first is None else min(first, here)
        return Found(points * self.free, first)

    def count_compiled(self, threads: int) -> Found:
        """Count by the compiled counter, each group by itself. Raises `Refusal` where numbers of points could wrap."""
        if self.reduction.grid.points > MAX_POINTS:
            raise Refusal("points pass 62 bits")
        weight, weights = 1, {}
        for axis in reversed(self.reduction.grid.axes):
            weights[axis.symbol] = weight
            weight *= len(axis.values)
        several = len(self.groups) > 1
        together = [1] * (len(self.lane.values) if several else 0)
        for group in self.groups:
            grid = Grid(name=self.reduction.grid.name, axes=group.axes)
            program = lower_spans(grid, group.parts, group.names, self.lane, weights=weights, places=several)
            counts, firsts = count(span_counter(program), threads=threads)
            if not several:
                first = point_of(self.reduction.grid, firsts[0])
                return Found(counts[0] * self.free, None if first is None else tuple(first.axes.values()))
            together = [a * b for a, b in zip(together, counts, strict=True)]
        return Found(sum(together) * self.free, None)

    def point(self, place: int, *heads: tuple[Group, tuple[int, ...]]) -> tuple[int, ...]:
        """Return a point of the reduced grid; symbols that nothing is said of have their smallest values."""
        known = {self.lane.symbol: self.lane.values[place]}
        for group, values in heads:
            known.update(zip((axis.symbol for axis in group.axes), values, strict=True))
        return tuple(known.get(axis.symbol, axis.values[0]) for axis in self.reduction.grid.axes)


def span_counter(program: SpanProgram) -> SpanCounter:
    """Return the counter of a program."""
    from weighbridge.engines.counter_spans import SpanCounter  # noqa: PLC0415 - numba is imported when needed

    return SpanCounter(program)


def seek(unseen: list[int], place: int) -> int:
    """Return the first place from here on that is unseen, shortening the way for the next time."""
    while unseen[place] != place:
        unseen[place] = unseen[unseen[place]]
        place = unseen[place]
    return place


def plan(reduction: Reduction, atoms: tuple[Atom, ...]) -> Plan | None:
    """Return the cheapest way to count a conjunction; None where no axis makes all comparisons straight."""
    axes = reduction.grid.axes
    if not axes:
        nothing = Axis(next(iter(reduction.ring.minimums)), (1,))
        return Plan(reduction, nothing, [Group([], (), tuple(reduction.ring.minimums), nothing)], 1)
    best: Plan | None = None
    for lane in axes:
        candidate = plan_along(reduction, atoms, lane)
        if candidate is not None and (best is None or candidate.heads < best.heads):
            best = candidate
    return best


def plan_along(reduction: Reduction, atoms: tuple[Atom, ...], lane: Axis) -> Plan | None:
    """Return the way to count a conjunction along this lane, where all comparisons are straight."""
    names = tuple(reduction.ring.minimums)
    place = names.index(lane.symbol)
    if any(each.polynomial.degrees()[place] > 1 for each in atoms):
        return None
    buckets: list[tuple[set[str], list[Atom]]] = []
    for each in atoms:
        symbols = set(symbols_in(each, reduction.ring)) - {lane.symbol}
        joined = [bucket for bucket in buckets if bucket[0] & symbols]
        buckets = [bucket for bucket in buckets if not bucket[0] & symbols]
        buckets.append((symbols.union(*(b[0] for b in joined)), [a for b in joined for a in b[1]] + [each]))
    if len(buckets) > 1 and len(lane.values) > MAX_LANE:
        buckets = [(set().union(*(b[0] for b in buckets)), [a for b in buckets for a in b[1]])]
    if not buckets:
        buckets = [(set(), [])]
    groups = [
        Group(members, tuple(axis for axis in reduction.grid.axes if axis.symbol in symbols), names, lane)
        for symbols, members in buckets
    ]
    used = {lane.symbol}.union(*(bucket[0] for bucket in buckets))
    free = prod(len(axis.values) for axis in reduction.grid.axes if axis.symbol not in used)
    return Plan(reduction, lane, groups, free)
