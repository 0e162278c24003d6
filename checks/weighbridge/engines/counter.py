"""The compiled counter: how many points of a piece of a grid are counted on each track, and which comes first.

The only module that imports numba. A point's number is its place in lexicographic order, so that the smallest number
found is the lexicographically smallest point, whatever the order of visits. Integers are of 64 bits and wrap silently:
a program that comes from `lowering` has been shown never to need more. The kernels are plain functions of arrays, so
one compilation, kept on disk, serves all specs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from weighbridge.engines.lines import BOTH, IS_POSITIVE, IS_ZERO, PUSH, Program
from weighbridge.engines.nodes import Op
from weighbridge.engines.rows import FILL, RowProgram

Function = TypeVar("Function", bound=Callable[..., Any])
Integers = NDArray[np.int64]
Bytes = NDArray[np.uint8]

#: Points of a lane that are computed at a time where masks or rows are needed: small enough for the first cache.
SEGMENT = 512
NOWHERE = np.iinfo(np.int64).max

ADD, MUL, FLOOR, MOD, MIN, MAX, SELECT, ZERO = (
    int(op) for op in (Op.ADD, Op.MUL, Op.FLOOR, Op.MOD, Op.MIN, Op.MAX, Op.SELECT, Op.ZERO)
)


def entry(function: Function) -> Function:
    """Return the function compiled at its first call, kept on disk, releasing the interpreter while it runs."""
    decorate = numba.njit(cache=True, nogil=True, error_model="numpy")
    return cast("Function", decorate(function))


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


@inner
def count_line(how: int, start: int, step: int, n: int) -> int:
    """Return how many of `n` values of a straight line compare with 0 as asked."""
    found = 0
    value = start
    if how == IS_POSITIVE:
        for _ in range(n):
            found += value > 0
            value += step
        return found
    for _ in range(n):
        found += value == 0
        value += step
    return found if how == IS_ZERO else n - found


@inner
def compares(how: int, value: int) -> bool:
    """Tell whether a value compares with 0 as asked."""
    return value > 0 if how == IS_POSITIVE else (value == 0) == (how == IS_ZERO)


@inner
def mark_line(how: int, start: int, step: int, masks: Bytes, row: int, n: int) -> None:  # noqa: PLR0913, PLR0917
    """Write 1 into a row of the masks where a straight line compares with 0 as asked, else 0."""
    value = start
    if how == IS_POSITIVE:
        for j in range(n):
            masks[row, j] = value > 0
            value += step
        return
    zero = how == IS_ZERO
    for j in range(n):
        masks[row, j] = (value == 0) == zero
        value += step


@inner
def mark_curve(  # noqa: PLR0913, PLR0917 - the program, as arrays
    how: int, constant: int, slope: int, table: Integers, left: int, masks: Bytes, row: int, n: int
) -> None:
    """Do as `mark_line` does over values of the lane that are listed in the table, from `left` on."""
    for j in range(n):
        masks[row, j] = compares(how, constant + slope * table[left + j])


@inner
def line_values(lines: Integers, s: Integers, y: int, anew: bool, values: Integers) -> None:  # noqa: FBT001
    """Work out constant and slope of each line at a value of the row axis; `anew` also those that do not change."""
    for i in range(len(lines)):
        if lines[i, 7] == 2:
            values[i, 0] = s[lines[i, 1]] + y * (s[lines[i, 2]] + y * s[lines[i, 3]])
            values[i, 1] = s[lines[i, 4]] + y * (s[lines[i, 5]] + y * s[lines[i, 6]])
        elif lines[i, 7] == 1 or anew:
            values[i, 0] = s[lines[i, 1]] + y * s[lines[i, 2]]
            values[i, 1] = s[lines[i, 4]] + y * s[lines[i, 5]]


@inner
def combine(what: int, masks: Bytes, row: int, n: int) -> None:
    """Combine a row of the masks with the one behind it."""
    if what == BOTH:
        for j in range(n):
            masks[row, j] &= masks[row + 1, j]
    else:
        for j in range(n):
            masks[row, j] |= masks[row + 1, j]


@inner
def mark_track(  # noqa: PLR0913, PLR0917 - the program, as arrays
    steps: Integers,
    begin: int,
    end: int,
    lines: Integers,
    values: Integers,
    axes: Integers,
    lane: int,
    table: Integers,
    left: int,
    masks: Bytes,
    n: int,
) -> None:
    """Write into the first mask where a track counts, over `n` points of the lane from its point `left` on.

    `values` holds the constant and the slope of each line; the masks are a stack.
    """
    first, step, offset = axes[lane, 0], axes[lane, 1], axes[lane, 3]
    top = -1
    for p in range(begin, end):
        if steps[p, 0] != PUSH:
            top -= 1
            combine(steps[p, 0], masks, top, n)
            continue
        top += 1
        line = steps[p, 1]
        how, constant, slope = lines[line, 0], values[line, 0], values[line, 1]
        if offset < 0:
            mark_line(how, constant + slope * (first + step * left), slope * step, masks, top, n)
        else:
            mark_curve(how, constant, slope, table, offset + left, masks, top, n)


@inner
def sum_mask(masks: Bytes, n: int) -> int:
    """Return how many of the first mask's bytes are 1."""
    found = np.uint32(0)  # half as wide as the default, so that twice as many are added at a time
    for j in range(n):
        found += masks[0, j]
    return int(found)


@inner
def first_in_mask(masks: Bytes, n: int) -> int:
    """Return the place of the first mask's first 1; `n` where there is none."""
    for j in range(n):
        if masks[0, j] != 0:
            return j
    return n


@inner
def guarded(steps: Integers, start: int, stop: int, lines: Integers, values: Integers) -> bool:
    """Tell whether all lines that guard a track hold; they are flat along the lane."""
    for p in range(start, stop):
        line = steps[p, 1]
        if not compares(lines[line, 0], values[line, 0]):
            return False
    return True


@entry
def count_lines(  # noqa: PLR0913, PLR0917 - the program, as arrays
    axes: Integers,
    table: Integers,
    heads: Integers,
    row: int,
    lane: int,
    s: Integers,
    code: Integers,
    ends: Integers,
    lines: Integers,
    steps: Integers,
    tracks: Integers,
    index: Integers,
    values: Integers,
    masks: Bytes,
    piece: Integers,
    counts: Integers,
    firsts: Integers,
) -> None:
    """Count the heads piece[0] .. piece[1], each row axis whole, over the lane's piece[2] .. piece[3].

    Adds to `counts`, and lowers `firsts` to the smallest number of a point counted on each track.
    """
    depth = len(heads)
    lane_first, lane_step, _, lane_offset, lane_weight = axes[lane]
    rows, row_weight = (axes[row, 2], axes[row, 4]) if row >= 0 else (1, 0)
    low, high = piece[2], piece[3]
    base = enter(axes, table, heads, piece[0], index, s) + low * lane_weight
    moved = -1
    for head in range(piece[0], piece[1]):
        if head > piece[0]:
            moved = advance(axes, table, heads, index, s)
            base = number_of_head(axes, heads, index) + low * lane_weight
        compute_head(code, ends[moved] if moved >= 0 else 0, ends[depth], s)
        for place in range(rows):
            y = 0
            if row >= 0:
                set_axis(axes, table, row, place, s)
                y = s[row]
            line_values(lines, s, y, place == 0, values)
            number = base + place * row_weight
            for t in range(len(tracks)):
                begin, end = tracks[t, 2], tracks[t, 3]
                if not guarded(steps, tracks[t, 0], tracks[t, 1], lines, values):
                    continue
                if begin == end:
                    counts[t] += high - low
                    firsts[t] = min(firsts[t], number)
                    continue
                single = end - begin == 1 and lane_offset < 0
                found = 0
                if single:
                    line = steps[begin, 1]
                    step = values[line, 1] * lane_step
                    start = values[line, 0] + values[line, 1] * (lane_first + lane_step * low)
                    found = count_line(lines[line, 0], start, step, high - low)
                    counts[t] += found
                    if found == 0 or number >= firsts[t]:
                        continue
                for left in range(low, high, SEGMENT):
                    n = min(SEGMENT, high - left)
                    mark_track(steps, begin, end, lines, values, axes, lane, table, left, masks, n)
                    if not single:
                        found = sum_mask(masks, n)
                        counts[t] += found
                    first = number + (left - low) * lane_weight
                    if found > 0 and first < firsts[t]:
                        j = first_in_mask(masks, n)
                        if j < n:
                            firsts[t] = min(firsts[t], first + j * lane_weight)
                            if single:
                                break


@inner
def compute_rows(  # noqa: PLR0913, PLR0917 - the program, as arrays
    code: Integers, start: int, stop: int, s: Integers, rows: Integers, n: int
) -> None:
    """Run the row instructions from `start` to `stop` on the first `n` values of the rows."""
    for p in range(start, stop):
        op, d, a, b, c = code[p, 0], code[p, 1], code[p, 2], code[p, 3], code[p, 4]
        to = rows[d]
        if op == FILL:
            to[:n] = s[a]
            continue
        x, y, z = rows[a], rows[b], rows[c]
        if op == ADD:
            for j in range(n):
                to[j] = x[j] + y[j]
        elif op == MUL:
            for j in range(n):
                to[j] = x[j] * y[j]
        elif op == FLOOR:
            for j in range(n):
                to[j] = x[j] // y[j]
        elif op == MOD:
            for j in range(n):
                to[j] = x[j] % y[j]
        elif op == MIN:
            for j in range(n):
                to[j] = min(x[j], y[j])
        elif op == MAX:
            for j in range(n):
                to[j] = max(x[j], y[j])
        elif op == SELECT:
            for j in range(n):
                to[j] = y[j] if x[j] != 0 else z[j]
        elif op == ZERO:
            for j in range(n):
                to[j] = x[j] == 0
        else:
            for j in range(n):
                to[j] = x[j] > 0


@entry
def count_rows(  # noqa: PLR0913, PLR0917 - the program, as arrays
    axes: Integers,
    table: Integers,
    heads: Integers,
    lane: int,
    s: Integers,
    code: Integers,
    ends: Integers,
    rows_code: Integers,
    rows_fixed: int,
    rows: Integers,
    tracks: Integers,
    index: Integers,
    piece: Integers,
    counts: Integers,
    firsts: Integers,
) -> None:
    """Count as `count_lines` does, where conditions are computed row by row."""
    depth = len(heads)
    lane_first, lane_step, _, lane_offset, lane_weight = axes[lane]
    for low in range(piece[2], piece[3], SEGMENT):
        n = min(SEGMENT, piece[3] - low)
        for j in range(n):
            k = low + j
            rows[0, j] = lane_first + lane_step * k if lane_offset < 0 else table[lane_offset + k]
        enter(axes, table, heads, piece[0], index, s)
        moved = -1
        for head in range(piece[0], piece[1]):
            if head > piece[0]:
                moved = advance(axes, table, heads, index, s)
            compute_head(code, ends[moved] if moved >= 0 else 0, ends[depth], s)
            compute_rows(rows_code, 0 if head == piece[0] else rows_fixed, len(rows_code), s, rows, n)
            number = number_of_head(axes, heads, index) + low * lane_weight
            for t in range(len(tracks)):
                row = rows[tracks[t]]
                found = 0
                for j in range(n):
                    found += row[j]
                counts[t] += found
                if found > 0 and number < firsts[t]:
                    j = 0
                    while row[j] == 0:
                        j += 1
                    firsts[t] = min(firsts[t], number + j * lane_weight)


class Counter:
    """A program as arrays; `count` may run in several threads at once, each with its own registers."""

    def __init__(self, program: Program | RowProgram) -> None:
        self.program = program
        self.axes = integers(program.axes, 5), integers(program.table), integers(program.heads)
        self.code = integers(program.code, 5), integers(program.ends)
        if isinstance(program, Program):
            self.parts = integers(program.lines, 8), integers(program.steps, 2), integers(program.tracks, 4)
        else:
            self.parts = integers(program.rows_code, 5), integers([]), integers(program.tracks)

    def count(self, heads: range, lane: range) -> tuple[list[int], list[int | None]]:
        """Return, for each track, how many points of a piece are counted and the smallest number of one."""
        program, size = self.program, len(self.program.tracks)
        counts, firsts = np.zeros(size, np.int64), np.full(size, NOWHERE)
        piece = integers([heads.start, heads.stop, lane.start, lane.stop])
        index = np.zeros(len(program.heads) + 1, np.int64)
        if isinstance(program, RowProgram):
            code, _, tracks = self.parts
            rows = np.zeros((program.rows, SEGMENT), np.int64)
            count_rows(
                *self.axes, program.lane, integers(program.scalars), *self.code, code, program.rows_fixed, rows, tracks,
                index, piece, counts, firsts,
            )  # fmt: skip
            return results(counts, firsts)
        masks = np.zeros((len(program.steps) + 1, SEGMENT), np.uint8)
        if program.wide:
            from weighbridge.engines.counter_wide import count_wide_lines, words  # noqa: PLC0415 - compiled when needed

            values = np.zeros((len(program.lines), 4), np.int64)
            count_wide_lines(
                *self.axes, program.row, program.lane, *words(program.scalars), *self.code, *self.parts, index, values,
                masks, piece, counts, firsts,
            )  # fmt: skip
            return results(counts, firsts)
        values = np.zeros((len(program.lines), 2), np.int64)
        count_lines(
            *self.axes, program.row, program.lane, integers(program.scalars), *self.code, *self.parts, index, values,
            masks, piece, counts, firsts,
        )  # fmt: skip
        return results(counts, firsts)


def results(counts: Integers, firsts: Integers) -> tuple[list[int], list[int | None]]:
    """Return counts and smallest numbers as integers; None where nothing was counted."""
    return counts.tolist(), [None if first == NOWHERE else first for first in firsts.tolist()]


def integers(values: Sequence[Any], width: int = 0) -> Integers:
    """Return integers as an array, in rows of this width (0: a plain list)."""
    flat = np.array(values, np.int64)
    return flat.reshape(len(values), width) if width else flat
