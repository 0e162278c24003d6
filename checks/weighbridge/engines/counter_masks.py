"""The compiled counter of lines: where they compare with 0 is marked byte by byte, and masks are combined."""

from __future__ import annotations

import numpy as np

from weighbridge.engines.counter import (
    SEGMENT,
    Bytes,
    Integers,
    Words,
    advance,
    compute_head,
    enter,
    entry,
    inner,
    number_of_head,
    set_axis,
)
from weighbridge.engines.straight import BOTH, IS_POSITIVE, IS_ZERO, PUSH


@inner
def count_line(how: int, start: np.uint64, step: np.uint64, n: int) -> int:
    """Return how many of `n` values of a straight line compare with 0 as asked."""
    found = 0
    value = start
    if how == IS_POSITIVE:
        for _ in range(n):
            found += 1 if np.int64(value) > 0 else 0
            value += step
        return found
    for _ in range(n):
        found += 1 if value == 0 else 0
        value += step
    return found if how == IS_ZERO else n - found


@inner
def compares(how: int, value: np.uint64) -> np.bool_:
    """Tell whether a value, that of the same integer with a sign, compares with 0 as asked."""
    return np.int64(value) > 0 if how == IS_POSITIVE else (value == 0) == (how == IS_ZERO)


@inner
def mark_line(  # noqa: PLR0913, PLR0917 - a line, and where to mark
    how: int, start: np.uint64, step: np.uint64, masks: Bytes, row: int, n: int
) -> None:
    """Write 1 into a row of the masks where a straight line compares with 0 as asked, else 0."""
    value = start
    if how == IS_POSITIVE:
        for j in range(n):
            masks[row, j] = np.int64(value) > 0
            value += step
        return
    zero = how == IS_ZERO
    for j in range(n):
        masks[row, j] = (value == 0) == zero
        value += step


@inner
def mark_curve(  # noqa: PLR0913, PLR0917 - the program, as arrays
    how: int, constant: np.uint64, slope: np.uint64, table: Integers, left: int, masks: Bytes, row: int, n: int
) -> None:
    """Do as `mark_line` does over values of the lane that are listed in the table, from `left` on."""
    for j in range(n):
        masks[row, j] = compares(how, constant + slope * np.uint64(table[left + j]))


@inner
def line_values(lines: Integers, s: Words, y: np.uint64, anew: bool, values: Words) -> None:  # noqa: FBT001
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
    values: Words,
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
    first, step, offset = np.uint64(axes[lane, 0] + axes[lane, 1] * left), np.uint64(axes[lane, 1]), axes[lane, 3]
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
            mark_line(how, constant + slope * first, slope * step, masks, top, n)
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
def guarded(steps: Integers, start: int, stop: int, lines: Integers, values: Words) -> bool:
    """Tell whether all lines that guard a track hold; they are flat along the lane."""
    for p in range(start, stop):
        line = steps[p, 1]
        if not compares(lines[line, 0], values[line, 0]):
            return False
    return True


@entry
def count_masks(  # noqa: PLR0913, PLR0917 - the program, as arrays
    axes: Integers,
    table: Integers,
    heads: Integers,
    code: Integers,
    ends: Integers,
    lines: Integers,
    steps: Integers,
    tracks: Integers,
    row: int,
    lane: int,
    s: Integers,
    index: Integers,
    values: Words,
    masks: Bytes,
    piece: Integers,
    counts: Integers,
    firsts: Integers,
) -> None:
    """Count the heads piece[0] .. piece[1], each row axis whole, over the lane's piece[2] .. piece[3].

    Adds to `counts`, and lowers `firsts` to the smallest number of a point counted on each track.
    """
    depth = len(heads)
    low, high = piece[2], piece[3]
    lane_first, lane_step = np.uint64(axes[lane, 0] + axes[lane, 1] * low), np.uint64(axes[lane, 1])
    lane_offset, lane_weight = axes[lane, 3], axes[lane, 4]
    rows, row_weight = (axes[row, 2], axes[row, 4]) if row >= 0 else (1, 0)
    words = s.view(np.uint64)
    base = enter(axes, table, heads, piece[0], index, s) + low * lane_weight
    moved = -1
    for head in range(piece[0], piece[1]):
        if head > piece[0]:
            moved = advance(axes, table, heads, index, s)
            base = number_of_head(axes, heads, index) + low * lane_weight
        compute_head(code, ends[moved] if moved >= 0 else 0, ends[depth], s)
        for place in range(rows):
            if row >= 0:
                set_axis(axes, table, row, place, s)
            y = words[row] if row >= 0 else np.uint64(0)
            line_values(lines, words, y, place == 0, values)
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
                    start = values[line, 0] + values[line, 1] * lane_first
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
