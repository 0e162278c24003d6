"""The compiled counter: how many points of a piece of a grid are counted on each track, and which comes first.

The only module that imports numba. A point's number is its place in lexicographic order, so that the smallest number
found is the lexicographically smallest point, whatever the order of visits. The kernels are plain functions of arrays,
each in a module of its own, so one compilation, kept on disk, serves all specs.

Integers are of 64 bits. Compiled code takes for granted that those with a sign never pass that, and a program that
comes from `lowering` has been shown not to; what is only right modulo 2^64 is computed without a sign.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from weighbridge.engines.lines import Program
from weighbridge.engines.nodes import Op
from weighbridge.engines.rows import RowProgram
from weighbridge.engines.straight import Straight

Function = TypeVar("Function", bound=Callable[..., Any])
Integers = NDArray[np.int64]
Words = NDArray[np.uint64]
Bytes = NDArray[np.uint8]

#: Points of a lane that are computed at a time where masks or rows are needed: small enough for the first cache.
SEGMENT = 512
NOWHERE = np.iinfo(np.int64).max

ADD, MUL, FLOOR, MOD, MIN, MAX, SELECT, ZERO = (
    int(op) for op in (Op.ADD, Op.MUL, Op.FLOOR, Op.MOD, Op.MIN, Op.MAX, Op.SELECT, Op.ZERO)
)


def entry(function: Function) -> Function:
    """Return the function compiled at its first call, kept on disk, releasing the interpreter while it runs.

    What is kept is found by the function's name and by when its own file changed; so the name says of which sources it
    is, for it is compiled of functions in other files as well.
    """
    options: Any = {"no_cfunc_wrapper": True}
    function.__qualname__ = f"{function.__name__}_{sources()}"
    return cast("Function", numba.njit(cache=True, nogil=True, error_model="numpy", **options)(function))


@cache
def sources() -> str:
    """Return a digest of the modules that kernels and their programs are made of."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:8]


def inner(function: Function) -> Function:
    """Return the function compiled into the entries that call it; nothing else does, so it needs no wrappers."""
    options: Any = {"forceinline": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return cast("Function", numba.njit(error_model="numpy", **options)(function))


@inner
def compute_head(code: Integers, start: int, stop: int, s: Integers) -> None:
    """Run the head instructions from `start` to `stop` on the registers `s`."""
    for p in range(start, stop):
        op, d, a, b, c = code[p, 0], code[p, 1], code[p, 2], code[p, 3], code[p, 4]
        if op == ADD:
            s[d] = s[a] + s[b]
        elif op == MUL:
            s[d] = s[a] * s[b]
        elif op == FLOOR:
            s[d] = s[a] // s[b]
        elif op == MOD:
            s[d] = s[a] % s[b]
        elif op == MIN:
            s[d] = min(s[a], s[b])
        elif op == MAX:
            s[d] = max(s[a], s[b])
        elif op == SELECT:
            s[d] = s[b] if s[a] != 0 else s[c]
        elif op == ZERO:
            s[d] = s[a] == 0
        else:
            s[d] = s[a] > 0


@inner
def set_axis(axes: Integers, table: Integers, axis: int, place: int, s: Integers) -> None:
    """Put the value at this place of an axis into its register."""
    offset = axes[axis, 3]
    s[axis] = axes[axis, 0] + axes[axis, 1] * place if offset < 0 else table[offset + place]


@inner
def enter(  # noqa: PLR0913, PLR0917 - the program, as arrays
    axes: Integers, table: Integers, heads: Integers, head: int, index: Integers, s: Integers
) -> int:
    """Stand at a head: set its places and registers, and return the number of its first point."""
    base = 0
    rest = head
    for k in range(len(heads) - 1, -1, -1):
        axis = heads[k]
        index[k] = rest % axes[axis, 2]
        rest //= axes[axis, 2]
        base += index[k] * axes[axis, 4]
        set_axis(axes, table, axis, index[k], s)
    return base


@inner
def advance(axes: Integers, table: Integers, heads: Integers, index: Integers, s: Integers) -> int:
    """Go to the next head and return the place of the first axis that moved."""
    k = len(heads) - 1
    while True:
        axis = heads[k]
        index[k] += 1
        if index[k] < axes[axis, 2]:
            set_axis(axes, table, axis, index[k], s)
            return k
        index[k] = 0
        set_axis(axes, table, axis, 0, s)
        k -= 1


@inner
def number_of_head(axes: Integers, heads: Integers, index: Integers) -> int:
    """Return the number of a head's first point."""
    base = 0
    for k in range(len(heads)):
        base += index[k] * axes[heads[k], 4]
    return base


class Counter:
    """A program as arrays; `count` may run in several threads at once, each with its own registers.

    Of the kernels, each a module, only the one that the program needs is imported, and then compiled or loaded.
    """

    def __init__(self, program: Program | RowProgram) -> None:
        self.program = program
        self.axes = integers(program.axes, 5), integers(program.table), integers(program.heads)
        self.code = integers(program.code, 5), integers(program.ends)

    def count(self, heads: range, lane: range) -> tuple[list[int], list[int | None]]:
        """Return, for each track, how many points of a piece are counted and the smallest number of one."""
        piece = integers([heads.start, heads.stop, lane.start, lane.stop])
        counts, firsts = np.zeros(len(self.program.tracks), np.int64), np.full(len(self.program.tracks), NOWHERE)
        if isinstance(self.program, RowProgram):
            self.count_rows(self.program, piece, counts, firsts)
        elif self.program.straight is not None:
            self.count_straight(self.program, self.program.straight, piece, counts, firsts)
        elif self.program.wide:
            self.count_wide(self.program, piece, counts, firsts)
        else:
            self.count_masks(self.program, piece, counts, firsts)
        return results(counts, firsts)

    def index(self) -> Integers:
        """Return room for a place on each axis of the heads; at least one, so that it has a type."""
        return np.zeros(len(self.program.heads) + 1, np.int64)

    def count_straight(
        self, program: Program, straight: Straight, piece: Integers, counts: Integers, firsts: Integers
    ) -> None:
        """Count along straight lines."""
        from weighbridge.engines.counter_straight import count_straight  # noqa: PLC0415 - compiled when needed

        lines, tracks, s = integers(straight.lines, 8), integers(straight.tracks, 5), integers(straight.scalars)
        count_straight(
            *self.axes, *self.code, lines, tracks, program.row, program.lane, s, self.index(),
            np.zeros(lines.shape, np.uint64), piece, counts, firsts,
        )  # fmt: skip

    def count_masks(self, program: Program, piece: Integers, counts: Integers, firsts: Integers) -> None:
        """Count by masks."""
        from weighbridge.engines.counter_masks import count_masks  # noqa: PLC0415 - compiled when needed

        count_masks(
            *self.axes, *self.code, *steps_of(program), program.row, program.lane, integers(program.scalars),
            self.index(), np.zeros((len(program.lines), 2), np.uint64), masks_of(program), piece, counts, firsts,
        )  # fmt: skip

    def count_wide(self, program: Program, piece: Integers, counts: Integers, firsts: Integers) -> None:
        """Count by masks, in two limbs."""
        from weighbridge.engines.counter_wide import count_wide, words  # noqa: PLC0415 - compiled when needed

        count_wide(
            *self.axes, *self.code, *steps_of(program), program.row, program.lane, *words(program.scalars),
            self.index(), np.zeros((len(program.lines), 4), np.int64), masks_of(program), piece, counts, firsts,
        )  # fmt: skip

    def count_rows(self, program: RowProgram, piece: Integers, counts: Integers, firsts: Integers) -> None:
        """Count row by row."""
        from weighbridge.engines.counter_rows import count_rows  # noqa: PLC0415 - compiled when needed

        rows_code, tracks, s = integers(program.rows_code, 5), integers(program.tracks), integers(program.scalars)
        count_rows(
            *self.axes, *self.code, rows_code, tracks, program.lane, s, self.index(),
            np.zeros((program.rows, SEGMENT), np.int64), program.rows_fixed, piece, counts, firsts,
        )  # fmt: skip


def steps_of(program: Program) -> tuple[Integers, Integers, Integers]:
    """Return the lines, steps and tracks of a program."""
    return integers(program.lines, 8), integers(program.steps, 2), integers(program.tracks, 4)


def masks_of(program: Program) -> Bytes:
    """Return room for the masks of a program."""
    return np.zeros((len(program.steps) + 1, SEGMENT), np.uint8)


def results(counts: Integers, firsts: Integers) -> tuple[list[int], list[int | None]]:
    """Return counts and smallest numbers as integers; None where nothing was counted."""
    return counts.tolist(), [None if first == NOWHERE else first for first in firsts.tolist()]


def integers(values: Sequence[Any], width: int = 0) -> Integers:
    """Return integers as an array, in rows of this width (0: a plain list)."""
    flat = np.array(values, np.int64)
    return flat.reshape(len(values), width) if width else flat
