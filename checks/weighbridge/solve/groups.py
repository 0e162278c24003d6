"""How many solutions a group of symbols has: by search, or by the compiled counter where a search takes too long."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from itertools import product
from math import prod

from msgspec import Struct

from weighbridge.counting import Limits as CountLimits
from weighbridge.counting import count_grids
from weighbridge.engines.reduce import to_condition
from weighbridge.engines.sweep import Tally
from weighbridge.errors import InternalError
from weighbridge.formula.exact import number_of
from weighbridge.formula.normal import Ring
from weighbridge.formula.tree import Expression, Not, conjunction
from weighbridge.solve.eliminate import eliminated
from weighbridge.solve.prepare import Group
from weighbridge.solve.search import Steps, TooManySteps, solutions
from weighbridge.solve.values import Box, Remaining, Row, first_rows, remaining, row_of, size
from weighbridge.spec.model import Axis, Grid
from weighbridge.spec.question import OnGrid, Question
from weighbridge.verdict import OverBudget

#: What a search or sweep may take unless a flag says otherwise: some ten seconds on two cores.
MAX_POINTS = 2 * 10**10
#: A step of the search takes as long as so many points of a sweep.
POINTS_PER_STEP = 100_000
#: Steps after which it is tried whether an equation spares a symbol.
FIRST_STEPS = 20_000
#: Points that are written out where symbols are looked at together.
MAX_WRITTEN = 200_000


class Limits(Struct, frozen=True, kw_only=True):
    """How far to go: points of the largest sweep, threads (0: one for each core), and solutions to show."""

    max_points: int = MAX_POINTS
    threads: int = 0
    show: int = 10

    @property
    def steps(self) -> Steps:
        """How many steps a search may take."""
        return Steps(max(1, self.max_points // POINTS_PER_STEP))


class Solved(Struct, frozen=True):
    """All solutions of one group: their number, the smallest few, and what is left of each symbol, where that is known.

    `boxes` hold all of them where a search has found them; `determined` are symbols that have one value.
    """

    symbols: tuple[str, ...]
    count: int
    first: tuple[Row, ...]
    determined: Mapping[str, int]
    left: Mapping[str, Remaining]
    boxes: tuple[Box, ...] | None = None

    def together(self, names: frozenset[str]) -> int | None:
        """Return how many values some of the symbols have together, None where that is not known."""
        if names >= set(self.symbols) - self.determined.keys():
            return self.count
        if self.boxes is None:
            return None
        sides = {tuple(box[name] for name in sorted(names)) for box in self.boxes}
        if sum(prod(map(len, each)) for each in sides) > MAX_WRITTEN:
            return None
        return len({row for each in sides for row in product(*each)})

    def always_equal(self, one: str, other: str) -> bool:
        """Tell whether two symbols are known to be equal in every solution."""
        pairs = [(box[one], box[other]) for box in self.boxes or ()]
        return bool(pairs) and all(len(left) == len(right) == 1 and left[0] == right[0] for left, right in pairs)


def solve_group(group: Group, ring: Ring, ranges: Box, limits: Limits) -> Solved | OverBudget:
    """Return all solutions of a group. Raises `KeyboardInterrupt` when interrupted."""
    with contextlib.suppress(TooManySteps):
        return searched(group, ranges, limits, Steps(min(FIRST_STEPS, limits.steps.left)))
    with contextlib.suppress(TooManySteps):
        found = solved_in_fewer(group, ring, ranges, limits)
        return searched(group, ranges, limits, limits.steps) if found is None else found
    return counted(group, ring, limits)


def searched(group: Group, ranges: Box, limits: Limits, steps: Steps) -> Solved:
    """Return what a search finds. Raises `TooManySteps`."""
    boxes = tuple(solutions(group.constraints, group.box, steps))
    if not boxes:
        return Solved(group.symbols, 0, (), {}, {}, ())
    left = {name: remaining((box[name] for box in boxes), ranges[name]) for name in group.symbols}
    return Solved(
        symbols=group.symbols,
        count=sum(map(size, boxes)),
        first=first_rows(boxes, group.symbols, max(limits.show, 2)),
        determined={name: each.low for name, each in left.items() if each.count == 1},
        left=left,
        boxes=boxes,
    )


def solved_in_fewer(group: Group, ring: Ring, ranges: Box, limits: Limits) -> Solved | None:
    """Return what a search finds among fewer symbols, None where no equation gives one by the others.

    Raises `TooManySteps`.
    """
    fewer = eliminated(group, ring)
    if fewer is None:
        return None
    smaller, definition = fewer
    found = solved_in_fewer(smaller, ring, ranges, limits) or searched(smaller, ranges, limits, limits.steps)
    if found.count <= 1 or len(found.first) < 2:
        raise TooManySteps  # too little to go by: whether the symbol has several values would not be seen
    first: list[Row] = []
    for row in found.first:
        point = dict(zip(smaller.symbols, row, strict=True))
        value = int(number_of(definition.tree, point))
        first.append(row_of(group.symbols, {**point, definition.name: value}))
    place = group.symbols.index(definition.name)
    if len({row[place] for row in first}) == 1:
        raise TooManySteps
    return Solved(group.symbols, found.count, tuple(first), found.determined, found.left)


def counted(group: Group, ring: Ring, limits: Limits) -> Solved | OverBudget:
    """Return what counting the points of a group's box finds: their number, the smallest, and what they share."""
    # What is counted is where a condition fails, and the smallest such point is kept: so the opposite is asked. A point
    # without a value fails neither the condition nor its opposite, and is no solution.
    opposite = Not(conjunction(tuple(to_condition(each.fact, tuple(ring.minimums)) for each in group.demands)))
    found = tally(opposite, group.box, limits)
    if isinstance(found, OverBudget):
        return found
    if found.first is None:
        return Solved(group.symbols, 0, (), {}, {})
    first = {name: found.first[name] for name in group.symbols}
    determined: dict[str, int] = {}
    for name, value in first.items():
        same = tally(opposite, {**group.box, name: (value,)}, limits)
        if isinstance(same, OverBudget):
            return same
        if same.violations == found.violations:
            determined[name] = value
    left = {name: Remaining(1, value, value) for name, value in determined.items()}
    return Solved(group.symbols, found.violations, (row_of(group.symbols, first),), determined, left)


def tally(condition: Expression, box: Box, limits: Limits) -> Tally | OverBudget:
    """Return how many points of a box fail a condition: by algebra where that can tell, else point by point."""
    grid = Grid(name="open", axes=tuple(Axis(name, values) for name, values in box.items()))
    minimums = {name: values[0] for name, values in box.items()}
    asked = Question(condition=condition, domain=OnGrid(grid), minimums=minimums)
    how = CountLimits(engine="auto", max_points=limits.max_points, threads=limits.threads)
    found = count_grids([asked], how)
    algebra, visited = found.algebra.get(0), found.visited.get(0)
    if algebra and visited and algebra.violations != visited.violations:
        raise InternalError(f"{algebra.violations} solutions by algebra, {visited.violations} by the counter")
    return algebra or visited or found.over[0]
