"""How many points of a grid fail: by algebra where it can tell, by visiting them where it can not, or by both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from weighbridge.engines.prove import derived_have_values
from weighbridge.engines.reduce import Reduction, reduce, symbols_in
from weighbridge.engines.sweep import Tally, raises, walk
from weighbridge.engines.threshold import count_by_threshold
from weighbridge.formula.tree import size
from weighbridge.spec.model import Grid
from weighbridge.spec.question import OnGrid, Question
from weighbridge.verdict import OverBudget
from weighbridge.visiting import Found, Here, Visit, Visitor

Engine: TypeAlias = Literal["auto", "sweep", "algebra"]
ENGINES: tuple[Engine, ...] = ("auto", "sweep", "algebra")
Progress: TypeAlias = Callable[[str, int, int], None]

#: Points of a grid that may be visited where nothing else decides: about an hour of the counter on two cores.
MAX_POINTS = 10**13
#: Comparisons that the counter makes in a run besides what algebra has decided: about a second's worth.
SECOND_OPINION = 2 * 10**10
#: Combinations beside a lane that the compiled counter finds thresholds for: about a minute's worth.
MAX_COMPILED_HEADS = 10**10
#: Points of a reduced grid that are sooner visited one by one than a compiled counter is loaded, and their number times
#: that of an expression's nodes.
MAX_WALK, MAX_WALK_WORK = 3_000, 500_000


class Limits(Struct, frozen=True, kw_only=True):
    """How grids may be counted: `threads` 0 means one for each core."""

    engine: Engine
    max_points: int
    threads: int


@dataclass(slots=True)
class Grids:
    """What was found for each question on a grid, by its place in `questions`: by algebra, and by visiting.

    `begun` are visits of whole grids with the places of their questions, and `opened` what algebra left to be visited.
    """

    questions: Sequence[Question]
    limits: Limits
    visitor: Visitor
    progress: Progress | None
    algebra: dict[int, Tally] = field(default_factory=dict)
    visited: dict[int, Tally] = field(default_factory=dict)
    over: dict[int, OverBudget] = field(default_factory=dict)
    begun: list[tuple[list[int], Callable[[], Found]]] = field(default_factory=list)
    opened: dict[int, Reduction | None] = field(default_factory=dict)

    def finish(self) -> None:
        """Wait for the visits that were begun, then visit what they did not, on the smaller grid where there is one."""
        for places, found in self.begun:
            for place, tally in zip(places, found(), strict=True):
                self.note(place, tally)
        for place, reduction in self.opened.items():
            if place not in self.visited:
                self.visit_reduced(place, reduction)

    def note(self, place: int, found: Tally | OverBudget) -> None:
        """Note what a visit found."""
        if isinstance(found, Tally):
            self.visited[place] = found
        else:
            self.over[place] = found

    def begin_visits(self, by_grid: Mapping[str, list[int]]) -> None:
        """Begin to visit whole grids, each once for all that is asked on it, as far as the budget goes."""
        budget = SECOND_OPINION
        for places in by_grid.values():
            grid = grid_of(self.questions[places[0]])
            if self.limits.engine == "auto":
                budget -= grid.points * len(places)
                if budget < 0:
                    continue
            self.begun.append((places, self.begin([self.questions[place] for place in places], grid)))

    def visit_reduced(self, place: int, reduction: Reduction | None) -> None:
        """Visit what algebra left open, on the smaller grid where there is one."""
        question = self.questions[place] if reduction is None else question_of(reduction)
        grid = grid_of(question)
        if self.limits.engine == "algebra":
            self.over[place] = OverBudget(grid.points, MAX_WALK, visiting(grid.points, self.limits.max_points))
            return
        (tally,) = self.begin([question], grid)()
        if isinstance(tally, Tally) and reduction is not None:
            tally = scaled(tally, reduction, f"{tally.how}{over(reduction)}")
        self.note(place, tally)

    def begin(self, questions: Sequence[Question], grid: Grid) -> Callable[[], Found]:
        """Begin a visit, and return what waits for what it finds."""
        # Views of mappings can not be sent to another process.
        sendable = tuple(replace(question, minimums=dict(question.minimums)) for question in questions)
        visit = Visit(questions=sendable, grid=grid, max_points=self.limits.max_points, threads=self.limits.threads)
        return self.visitor.begin(visit, told(self.progress, grid.name))


def begin_counts(
    questions: Sequence[Question], limits: Limits, *, visitor: Visitor, progress: Progress | None
) -> Grids:
    """Count what algebra can of all questions that are on grids, and begin to visit those; `finish` has the rest."""
    found = Grids(questions, limits, visitor, progress)
    by_grid: dict[str, list[int]] = {}
    for place, question in enumerate(questions):
        if isinstance(question.domain, OnGrid):
            by_grid.setdefault(question.domain.grid.name, []).append(place)
    if by_grid and limits.engine != "algebra":
        visitor.prepare()
    for place in (place for places in by_grid.values() for place in places):
        if limits.engine == "sweep":
            continue
        question = questions[place]
        grid = grid_of(question)
        reduction = reduce(question, grid) if derived_have_values(question, grid) else None
        tally = None if reduction is None else by_algebra(reduction, limits)
        if tally is None:
            found.opened[place] = reduction
        else:
            found.algebra[place] = tally
    if limits.engine != "algebra":
        found.begin_visits(by_grid)
    return found


def count_grids(questions: Sequence[Question], limits: Limits) -> Grids:
    """Count all questions that are on grids, here and now."""
    found = begin_counts(questions, limits, visitor=Here(), progress=None)
    found.finish()
    return found


def by_algebra(reduction: Reduction, limits: Limits) -> Tally | None:
    """Return what thresholds, or a small enough reduced grid, tell."""
    counted = count_by_threshold(reduction)
    if counted is None and reduction.grid.points <= MAX_WALK and walk_work(reduction) <= MAX_WALK_WORK:
        return scaled(
            walk(question_of(reduction), reduction.grid),
            reduction,
            f"counted by the reference evaluation{over(reduction)}",
        )
    if counted is None and limits.engine == "auto":
        most = min(limits.max_points, MAX_COMPILED_HEADS)
        counted = count_by_threshold(reduction, max_heads=most, threads=limits.threads)
    if counted is None:
        return None
    return Tally(counted.points, counted.violations, counted.first, None, f"counted by thresholds{over(reduction)}")


def walk_work(reduction: Reduction) -> int:
    """Return how many nodes of expressions there are to evaluate where each point of a reduced grid is visited."""
    return reduction.grid.points * sum(size(reduction.tree(fact)) for fact in (reduction.asked, reduction.assumed))


def visiting(points: int, max_points: int) -> str:
    """Return the flags with which so many points are visited, "" where none are enough."""
    if points <= max_points:
        return "--engine auto"
    return f"--engine auto --max-points {points}" if raises(points) else ""


def over(reduction: Reduction) -> str:
    """Return over which symbols a count went."""
    needed = symbols_in(reduction.asked, reduction.ring) | symbols_in(reduction.assumed, reduction.ring)
    left = [axis.symbol for axis in reduction.grid.axes if axis.symbol in needed]
    return f" over {', '.join(left)}, which alone matter" if left else ""


def question_of(reduction: Reduction) -> Question:
    """Return a reduced question as one for the engines that visit points."""
    return Question(
        condition=reduction.tree(reduction.asked),
        domain=OnGrid(reduction.grid),
        minimums=reduction.ring.minimums,
        assuming=(reduction.tree(reduction.assumed),),
    )


def scaled(tally: Tally, reduction: Reduction, how: str) -> Tally:
    """Return what was found on a reduced grid as what there is on the whole one."""
    first, unknown = (
        None if each is None else reduction.full_point(each.axes) for each in (tally.first, tally.unknown)
    )
    return Tally(tally.points * reduction.copies, tally.violations * reduction.copies, first, unknown, how)


def grid_of(question: Question) -> Grid:
    """Return the grid of a question that is on one."""
    assert isinstance(question.domain, OnGrid), "unreachable because only such are counted"  # noqa: S101
    return question.domain.grid


def told(progress: Progress | None, name: str) -> Callable[[int, int], None] | None:
    """Return the progress of one grid."""
    return None if progress is None else lambda done, total: progress(name, done, total)
