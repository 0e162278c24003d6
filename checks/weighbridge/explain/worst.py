"""Where a formula that need only be about right is furthest off, and by which share of what it should equal.

The point is looked for by climbing from the corners of the grid, and is told only where counting over the whole grid
has shown that none is worse.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from weighbridge.engines.prove import derived_have_values
from weighbridge.engines.reduce import Reduction, reduce
from weighbridge.engines.sweep import walk
from weighbridge.engines.threshold import count_by_threshold
from weighbridge.formula.exact import EvaluationError, number_of
from weighbridge.formula.tree import Call, Comparison, Expression, Logic, Product, conjunction, number
from weighbridge.spec.model import Grid
from weighbridge.spec.question import AtPoint, GridPoint, OnGrid, Question, meets
from weighbridge.verdict import Worst

#: Corners from which a climb begins.
MAX_CORNERS = 64
#: Values of an axis that are tried in a step of a climb.
MAX_TRIED = 33
#: Counts over the grid, each of which finds a worse point or shows that there is none.
MAX_COUNTS = 12
#: Points of a grid that are sooner visited one by one.
MAX_WALK = 3_000

#: A distance, and what it is a share of.
Pair = tuple[Expression, Expression]


def worst_of(question: Question) -> Worst | None:
    """Return how far off a formula is at worst; None where that is not asked, has no value, or could not be shown."""
    pairs = list(pairs_of(question.condition))
    match question.domain:
        case AtPoint(_, values):
            off = off_at(pairs, question, values) if pairs else None
            return None if off is None else Worst({name: values[name] for name in question.minimums}, off)
        case OnGrid(grid) if pairs and derived_have_values(question, grid):
            return worst_on(question, grid, pairs)
        case _:
            return None


def pairs_of(condition: Expression) -> Iterator[Pair]:
    """Yield what a condition holds against each other, where it asks that a formula be about right."""
    match condition:
        case Logic("and", operands):
            for operand in operands:
                yield from pairs_of(operand)
        case Comparison((Call("abs") as distance, Product((_, Call("abs") as whole))), ("<=",)):
            yield distance, whole
        case _:
            pass


def worst_on(question: Question, grid: Grid, pairs: Sequence[Pair]) -> Worst | None:
    """Return the worst point of a grid, the lexicographically smallest of several."""
    start = corners(question, grid, pairs)
    if start is None:
        return None
    point, off = climbed(question, grid, pairs, start)
    for _ in range(MAX_COUNTS):
        found, worse = first_failing(question, grid, within(pairs, off))
        if not found:
            return None
        if worse is None:
            _, smallest = first_failing(question, grid, within(pairs, off, strictly=True))
            return Worst(dict(smallest or point), off)
        point, off = climbed(question, grid, pairs, worse)
    return None


def within(pairs: Sequence[Pair], off: Fraction, *, strictly: bool = False) -> Expression:
    """Return that every distance is within a share of its whole."""
    return conjunction(
        tuple(
            Comparison((distance, Product((number(off), whole))), ("<" if strictly else "<=",))
            for distance, whole in pairs
        )
    )


def first_failing(question: Question, grid: Grid, condition: Expression) -> tuple[bool, GridPoint | None]:
    """Return whether it can be told where a condition fails, and the lexicographically smallest point where it does."""
    asked = Question(
        condition=condition, domain=question.domain, minimums=question.minimums, assuming=question.assuming
    )
    reduction = reduce(asked, grid)
    counted = count_by_threshold(reduction)
    if counted is not None:
        return True, counted.first
    if reduction.grid.points > MAX_WALK:
        return False, None
    return walked(reduction)


def walked(reduction: Reduction) -> tuple[bool, GridPoint | None]:
    """Return what visiting every point of a reduced grid tells."""
    small = Question(
        condition=reduction.tree(reduction.asked),
        domain=OnGrid(reduction.grid),
        minimums=reduction.ring.minimums,
        assuming=(reduction.tree(reduction.assumed),),
    )
    tally = walk(small, reduction.grid)
    if tally.unknown is not None:
        return False, None
    return True, None if tally.first is None else reduction.full_point(tally.first.axes)


def corners(question: Question, grid: Grid, pairs: Sequence[Pair]) -> GridPoint | None:
    """Return the worst of a grid's corners that meet the assumptions, or the first point that does."""
    ends = [dict.fromkeys((axis.values[0], axis.values[-1])) for axis in grid.axes]
    names = [axis.symbol for axis in grid.axes]
    points = [
        GridPoint(grid, dict(zip(names, values, strict=True)))
        for values in itertools.islice(itertools.product(*ends), MAX_CORNERS)
    ]
    found = [(off, point) for point in points if (off := off_at(pairs, question, point)) is not None]
    if found:
        return max(found, key=lambda each: each[0])[1]
    # No corner meets the assumptions: a point that does fails what nothing meets.
    _, point = first_failing(question, grid, Comparison((number(1), number(0)), ("<=",)))
    return point


def climbed(question: Question, grid: Grid, pairs: Sequence[Pair], start: GridPoint) -> tuple[GridPoint, Fraction]:
    """Return the point that is reached by moving along one axis at a time, as long as that makes it worse."""
    point, off = start, off_at(pairs, question, start) or Fraction(0)
    better = True
    while better:
        better = False
        for axis in grid.axes:
            for value in tried(axis.values, point[axis.symbol]):
                there = GridPoint(grid, {**point.axes, axis.symbol: value})
                found = off_at(pairs, question, there)
                if found is not None and found > off:
                    point, off, better = there, found, True
    return point, off


def tried(values: Sequence[int], here: int) -> Iterator[int]:
    """Yield values of an axis from end to end, and those beside a value."""
    step = max(1, -(-len(values) // MAX_TRIED))
    yield from values[::step]
    yield values[-1]
    place = values.index(here)
    yield from values[max(0, place - 1) : place + 2]


def off_at(pairs: Sequence[Pair], question: Question, point: Mapping[str, int]) -> Fraction | None:
    """Return the largest share by which a formula is off at a point; None where it has no value or is not asked."""
    try:
        if not meets(question, point):
            return None
        shares = [Fraction(number_of(distance, point)) / number_of(whole, point) for distance, whole in pairs]
    except (EvaluationError, ZeroDivisionError):
        return None
    return max(shares)
