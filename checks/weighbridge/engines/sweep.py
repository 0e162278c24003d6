"""Whether a condition is true at every point of a grid, by visiting the points.

The compiled counter does the visiting, in threads, in pieces that take a fraction of a second. Where values could pass
64 bits the reference evaluation visits the points instead, slowly, and the evidence says so.
"""

from __future__ import annotations

import itertools
import os
import queue
import threading
from collections.abc import Callable, Iterator, Sequence, Sized
from typing import Protocol, TypeAlias

from msgspec import Struct

from weighbridge.engines.lines import Program
from weighbridge.engines.lowering import lower, nodes_of
from weighbridge.engines.nodes import Node, Op
from weighbridge.engines.rows import RowProgram
from weighbridge.engines.terms import Refusal, Terms, Tracks
from weighbridge.errors import InternalError
from weighbridge.formula.exact import EvaluationError, truth_of
from weighbridge.spec.model import Grid
from weighbridge.spec.question import GridPoint, Question
from weighbridge.verdict import OverBudget

#: Seconds that one piece of work should take: an interrupt waits no longer than this.
PIECE_SECONDS = 0.04
#: The reference evaluation is slower than the counter by about this much, so it gets so much less of the budget.
EXACT_SLOWER = 10**6
#: Numbers of points stay far inside 64 bits.
MAX_POINTS = 2**62

Progress: TypeAlias = Callable[[int, int], None]


class Tally(Struct, frozen=True):
    """What a sweep found: how many points met the assumptions, how many of them fail, and the smallest that does.

    `unknown` is the smallest point that can not be evaluated, although the assumptions do not exclude it.
    """

    points: int
    violations: int
    first: GridPoint | None
    unknown: GridPoint | None
    how: str


def sweep(
    questions: Sequence[Question],
    grid: Grid,
    *,
    max_points: int,
    threads: int = 0,
    progress: Progress | None = None,
) -> list[Tally | OverBudget]:
    """Return what is found for each question on this grid, all that fit counted in one go.

    `threads` 0 means one for each core. `progress` is called with points done and points in all.
    """
    if grid.points > min(max_points, MAX_POINTS):
        over = OverBudget(grid.points, min(max_points, MAX_POINTS), raises(grid.points))
        return [over] * len(questions)
    terms = Terms(grid)
    found: dict[int, Tally | OverBudget] = {}
    counted: dict[int, Tracks] = {}
    for number, question in enumerate(questions):
        try:
            tracks = terms.tracks(question)
            lower(terms, unsettled(terms, [tracks]))
        except Refusal as refusal:
            found[number] = slowly(question, grid, refusal, max_points=max_points, progress=progress)
        else:
            counted[number] = tracks
    of: dict[Node, tuple[int, int | None]] = {terms.constant(0): (0, None), terms.constant(1): (grid.points, 0)}
    programs = lower(terms, unsettled(terms, list(counted.values())))
    for turn, (program, nodes) in enumerate(programs):
        report = None if progress is None else in_turn(progress, turn, len(programs))
        counts, firsts = count(compiled(program), threads=threads, progress=report)
        of.update(zip(nodes, zip(counts, firsts, strict=True), strict=True))
    for number, each in counted.items():
        violations, first = of[each.violated]
        points = grid.points - of[each.outside][0]
        settled = not unsettled(terms, [each])
        how = "settled by exact bounds on both sides" if settled else "each visited by the compiled counter"
        found[number] = Tally(points, violations, point_of(grid, first), point_of(grid, of[each.unknown][1]), how)
    return [found[number] for number in range(len(questions))]


def raises(points: int) -> str:
    """Return the flag that lets so many points be visited, "" where the counter can not number them."""
    return "--max-points" if points <= MAX_POINTS else ""


def unsettled(terms: Terms, tracks: Sequence[Tracks]) -> list[Node]:
    """Return the nodes to count, each once: those that are not the same at all points."""
    return [node for node in nodes_of(tracks) if terms.ops[node][0] != Op.CONST]


def in_turn(progress: Progress, turn: int, turns: int) -> Progress:
    """Return the progress of one of several programs as that of all."""
    return lambda done, total: progress(done + turn * total, turns * total)


def slowly(
    question: Question, grid: Grid, refusal: Refusal, *, max_points: int, progress: Progress | None
) -> Tally | OverBudget:
    """Return what the reference evaluation finds, if that is within what the budget allows it."""
    if grid.points * EXACT_SLOWER > max_points:
        return OverBudget(grid.points, max_points // EXACT_SLOWER, "--max-points")
    return walk(question, grid, how=f"each evaluated in unbounded integers, since {refusal}", progress=progress)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def point_of(grid: Grid, number: int | None) -> GridPoint | None:
    """Return the point with this number, counting from 0 in lexicographic order."""
    if number is None:
        return None
    values: dict[str, int] = {}
    for axis in reversed(grid.axes):
        number, place = divmod(number, len(axis.values))
        values[axis.symbol] = axis.values[place]
    return GridPoint(grid, dict(reversed(values.items())))


def walk(question: Question, grid: Grid, *, how: str = "", progress: Progress | None = None) -> Tally:
    """Return what the reference evaluation finds, point by point in lexicographic order."""
    points = violations = 0
    first: GridPoint | None = None
    unknown: GridPoint | None = None
    symbols = [axis.symbol for axis in grid.axes]
    for done, values in enumerate(itertools.product(*(axis.values for axis in grid.axes))):
        if progress is not None and done % 4096 == 0:
            progress(done, grid.points)
        point = GridPoint(grid, dict(zip(symbols, values, strict=True)))
        try:
            if not all(truth_of(assumption, point) for assumption in question.assuming):
                continue
            points += 1
            if not truth_of(question.condition, point):
                violations += 1
                first = first or point
        except EvaluationError:
            # Whether it counts among the points is of no account: a point without a value settles the verdict.
            unknown = unknown or point
    return Tally(points, violations, first, unknown, how)


def compiled(program: Program | RowProgram) -> Counting:
    """Return the counter of a program."""
    from weighbridge.engines.counter import Counter  # noqa: PLC0415 - numba is imported when something is counted

    return Counter(program)


class Work(Protocol):
    """How much there is to count: heads, each with a lane that may be cut and `plane` points to each of its own."""

    @property
    def head_count(self) -> int:
        """How many heads there are."""

    @property
    def lane_length(self) -> int:
        """How many points the lane has."""

    @property
    def plane(self) -> int:
        """How many points a head has for each point of the lane."""

    @property
    def cost(self) -> float:
        """About how many nanoseconds a point takes."""

    @property
    def tracks(self) -> Sized:
        """What is counted."""


class Counting(Protocol):
    """A counter of a program."""

    @property
    def program(self) -> Work:
        """How much there is to count."""

    def count(self, heads: range, lane: range) -> tuple[list[int], list[int | None]]:
        """Return, for each track, how many points of a piece are counted and the smallest number of one."""


def pieces(program: Work) -> Iterator[tuple[range, range]]:
    """Yield ranges of heads and of the lane that together are the whole grid."""
    target = max(1, int(PIECE_SECONDS * 1e9 / (program.cost * program.plane)))
    lane = min(program.lane_length, target)
    heads = min(program.head_count, max(1, target // lane))
    for low in range(0, program.lane_length, lane):
        for head in range(0, program.head_count, heads):
            yield (
                range(head, min(head + heads, program.head_count)),
                range(low, min(low + lane, program.lane_length)),
            )


def count(
    counter: Counting, *, threads: int = 0, progress: Progress | None = None
) -> tuple[list[int], list[int | None]]:
    """Return how many points each track counts on the whole grid, and the smallest number of one."""
    program = counter.program
    total = program.head_count * program.plane * program.lane_length
    counts = [0] * len(program.tracks)
    firsts: list[int | None] = [None] * len(program.tracks)
    done = 0
    for size, (more, earliest) in counted_pieces(counter, threads or cores()):
        done += size
        counts = [a + b for a, b in zip(counts, more, strict=True)]
        firsts = [min((x for x in pair if x is not None), default=None) for pair in zip(firsts, earliest, strict=True)]
        if progress is not None:
            progress(done, total)
    if done != total:
        raise InternalError(f"{done} of {total} points were visited")
    return counts, firsts


Piece: TypeAlias = tuple[int, tuple[list[int], list[int | None]]]


def counted_pieces(counter: Counting, threads: int) -> Iterator[Piece]:
    """Yield the size and the counts of every piece, in the order in which the threads finish them."""
    todo = pieces(counter.program)
    lock = threading.Lock()
    done: queue.Queue[Piece | BaseException | None] = queue.Queue()
    stop = threading.Event()

    def work() -> None:
        try:
            while not stop.is_set():
                with lock:
                    piece = next(todo, None)
                if piece is None:
                    break
                heads, lane = piece
                done.put((len(heads) * len(lane) * counter.program.plane, counter.count(heads, lane)))
            done.put(None)
        except BaseException as error:  # noqa: BLE001 - carried to the thread that waits
            done.put(error)

    workers = [threading.Thread(target=work, daemon=True) for _ in range(threads)]
    for worker in workers:
        worker.start()
    try:
        running = len(workers)
        while running:
            item = done.get()
            if isinstance(item, BaseException):
                raise item
            if item is None:
                running -= 1
            else:
                yield item
    finally:
        stop.set()
