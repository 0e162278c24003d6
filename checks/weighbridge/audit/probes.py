"""At which points a question is tried before algebra is asked: nearly every mutant fails at the first."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeAlias

from weighbridge.formula.exact import EvaluationError, number_of
from weighbridge.formula.tree import Expression
from weighbridge.spec.assumptions import assumed
from weighbridge.spec.model import Grid
from weighbridge.spec.question import Anywhere, AtPoint, GridPoint, OnGrid, Question, meets

Points: TypeAlias = list[Mapping[str, int]]

#: Points of a grid that are tried.
MANY = 8
#: Points that are looked at for some that meet the assumptions.
TRIALS = 500


@dataclass(slots=True)
class Probes:
    """Chooses points, the same ones for all questions on one grid under the same assumptions."""

    on_grid: dict[tuple[str, tuple[Expression, ...]], Points] = field(default_factory=dict)
    anywhere: dict[tuple[tuple[tuple[str, int], ...], tuple[Expression, ...]], Points] = field(default_factory=dict)

    def of(self, question: Question) -> Points:
        """Return the points at which a question is tried: its model, or some that meet its assumptions if any do."""
        match question.domain:
            case AtPoint(_, values):
                return [values]
            case OnGrid(grid):
                key = (grid.name, question.assuming)
                if key not in self.on_grid:
                    self.on_grid[key] = list(itertools.islice(of_grid(question, grid), MANY))
                return self.on_grid[key]
            case Anywhere():
                everywhere = (tuple(question.minimums.items()), question.assuming)
                if everywhere not in self.anywhere:
                    self.anywhere[everywhere] = list(somewhere(question))
                return self.anywhere[everywhere]


def of_grid(question: Question, grid: Grid) -> Iterator[Mapping[str, int]]:
    """Yield points of a question's grid that meet its assumptions, the same ones every time."""
    chosen = random.Random(0)  # noqa: S311 - any points will do, as long as they are the same in every run
    axes = {axis.symbol: axis.values for axis in grid.axes}
    equal = assumed(question.assuming).replaced
    for _ in range(TRIALS):
        point = {symbol: chosen.choice(values) for symbol, values in axes.items()}
        with suppress(EvaluationError):
            # An equality is met by chance too seldom: its symbol is set to what it equals, where the axis has that.
            for name, tree in equal.items():
                value = number_of(tree, GridPoint(grid, point))
                if name in axes and value in axes[name]:
                    point[name] = int(value)
            if meets(question, GridPoint(grid, point)):
                yield GridPoint(grid, point)


def somewhere(question: Question) -> Iterator[Mapping[str, int]]:
    """Yield points that meet the equalities among a question's assumptions; each other symbol has its own value."""
    equal = assumed(question.assuming).replaced
    free = [(name, least) for name, least in question.minimums.items() if name not in equal]
    for step in (1, 7):
        point = {name: least + place * step for place, (name, least) in enumerate(free, 1)}
        with suppress(EvaluationError):
            follows = {name: number_of(tree, point) for name, tree in equal.items()}
            if all(each.denominator == 1 and each >= question.minimums[name] for name, each in follows.items()):
                yield {**point, **{name: int(each) for name, each in follows.items()}}
