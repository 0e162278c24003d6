"""The compiled counter where values pass 64 bits: the same counts, in two limbs a number.

A number is two words, its low 64 bits and its high ones, in two's complement; sums and products are right modulo 2^128
and everything compared is shown beforehand to be smaller than 2^100. Along the lane a straight line is followed in
limbs of 40 bits that are not carried: both limbs are straight lines of their own, one addition a point each.
"""

from __future__ import annotations

import numpy as np

from weighbridge.engines.counter import (
    ADD,
    MUL,
    SEGMENT,
    Bytes,
    Integers,
    advance,
    compute_head,
    enter,
    entry,
    inner,
    number_of_head,
    set_axis,
)
from weighbridge.engines.counter_masks import combine, first_in_mask, sum_mask
from weighbridge.engines.straight import IS_POSITIVE, IS_ZERO, PUSH

#: Bits of the lower limb of a line. A segment's points times 2^40 stay far inside 63 bits.
LIMB = 40
WORD = 2**64


@inner
def widen(s: Integers, high: Integers, at: int) -> None:
    """Extend the sign of a register's low word into its high one."""
    high[at] = -1 if s[at] < 0 else 0


@inner
def add_wide(a_low: int, a_high: int, b_low: int, b_high: int) -> tuple[int, int]:
    """Return the sum of two numbers of two words."""
    low = np.uint64(a_low) + np.uint64(b_low)
    carry = np.uint64(1) if low < np.uint64(a_low) else np.uint64(0)
    return int(np.int64(low)), int(np.int64(np.uint64(a_high) + np.uint64(b_high) + carry))


@inner
def mul_wide(a_low: int, a_high: int, b_low: int, b_high: int) -> tuple[int, int]:
    """Return the product of two numbers of two words, modulo 2^128."""
    half, mask = np.uint64(32), np.uint64(0xFFFFFFFF)
    a, b = np.uint64(a_low), np.uint64(b_low)
    a0, a1, b0, b1 = a & mask, a >> half, b & mask, b >> half
    low, one, other, high = a0 * b0, a0 * b1, a1 * b0, a1 * b1
    middle = (low >> half) + (one & mask) + (other & mask)
    carry = high + (one >> half) + (other >> half) + (middle >> half)
    return int(np.int64(a * b)), int(np.int64(carry + a * np.uint64(b_high) + np.uint64(a_high) * b))


@inner
def compute_head_wide(code: Integers, start: int, stop: int, s: Integers, high: Integers) -> None:
    """Run head instructions as `compute_head` does; sums and products in two words, the rest in one."""
    for p in range(start, stop):
        op, d, a, b = code[p, 0], code[p, 1], code[p, 2], code[p, 3]
        if op == ADD:
            s[d], high[d] = add_wide(s[a], high[a], s[b], high[b])
        elif op == MUL:
            s[d], high[d] = mul_wide(s[a], high[a], s[b], high[b])
        else:
            compute_head(code, p, p + 1, s)
            widen(s, high, d)


@inner
def quadratic(s: Integers, high: Integers, y: int, registers: Integers, at: int) -> tuple[int, int]:
    """Return the value at y of the quadratic whose coefficients are in three registers from `at` on."""
    y_high = -1 if y < 0 else 0
    r = registers[at + 2]
    low, top = mul_wide(s[r], high[r], y, y_high)
    r = registers[at + 1]
    low, top = add_wide(low, top, s[r], high[r])
    low, top = mul_wide(low, top, y, y_high)
    r = registers[at]
    return add_wide(low, top, s[r], high[r])


@inner
def mark_wide(  # noqa: PLR0913, PLR0917 - a line in two words, and where to mark
    how: int, low: int, top: int, step_low: int, step_top: int, masks: Bytes, row: int, n: int
) -> None:
    """Write 1 into a row of the masks where a straight line compares with 0 as asked, else 0."""
    mask = np.int64((1 << LIMB) - 1)
    spare = 64 - LIMB
    under, step_under = low & mask, step_low & mask
    # What is above the limb fits one word, since numbers are smaller than 2^100.
    over = (top << spare) | np.int64(np.uint64(low) >> np.uint64(LIMB))
    step_over = (step_top << spare) | np.int64(np.uint64(step_low) >> np.uint64(LIMB))
    if how == IS_POSITIVE:
        for j in range(n):
            carried = over + (under >> LIMB)
            masks[row, j] = (carried > 0) | ((carried == 0) & ((under & mask) != 0))
            under += step_under
            over += step_over
        return
    zero = how == IS_ZERO
    for j in range(n):
        masks[row, j] = (((under & mask) | (over + (under >> LIMB))) == 0) == zero
        under += step_under
        over += step_over


@inner
def compares_wide(how: int, low: int, top: int) -> bool:
    """Tell whether one number of two words compares with 0 as asked."""
    zero = (low | top) == 0
    return (top >= 0 and not zero) if how == IS_POSITIVE else zero == (how == IS_ZERO)


@inner
def guarded_wide(steps: Integers, start: int, stop: int, lines: Integers, values: Integers) -> bool:
    """Tell whether all lines that guard a track hold; they are flat along the lane."""
    for p in range(start, stop):
        line = steps[p, 1]
        if not compares_wide(lines[line, 0], values[line, 0], values[line, 1]):
            return False
    return True


@entry
def count_wide(  # noqa: PLR0913, PLR0917 - the program, as arrays
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
    high: Integers,
    index: Integers,
    values: Integers,
    masks: Bytes,
    piece: Integers,
    counts: Integers,
    firsts: Integers,
) -> None:
    """Count as `count_lines` does; a line's `values` are constant and slope, two words each."""
    depth = len(heads)
    lane_first, lane_step, lane_offset, lane_weight = axes[lane, 0], axes[lane, 1], axes[lane, 3], axes[lane, 4]
    rows, row_weight = (axes[row, 2], axes[row, 4]) if row >= 0 else (1, 0)
    low, end = piece[2], piece[3]
    enter(axes, table, heads, piece[0], index, s)
    moved = -1
    for head in range(piece[0], piece[1]):
        if head > piece[0]:
            moved = advance(axes, table, heads, index, s)
        base = number_of_head(axes, heads, index) + low * lane_weight
        compute_head_wide(code, ends[moved] if moved >= 0 else 0, ends[depth], s, high)
        for place in range(rows):
            y = 0
            if row >= 0:
                set_axis(axes, table, row, place, s)
                y = s[row]
            for i in range(len(lines)):
                values[i, 0], values[i, 1] = quadratic(s, high, y, lines[i], 1)
                values[i, 2], values[i, 3] = quadratic(s, high, y, lines[i], 4)
            number = base + place * row_weight
            for left in range(low, end, SEGMENT):
                n = min(SEGMENT, end - left)
                for t in range(len(tracks)):
                    first = number + (left - low) * lane_weight
                    if not guarded_wide(steps, tracks[t, 0], tracks[t, 1], lines, values):
                        continue
                    if tracks[t, 2] == tracks[t, 3]:
                        counts[t] += n
                        firsts[t] = min(firsts[t], first)
                        continue
                    top = -1
                    for p in range(tracks[t, 2], tracks[t, 3]):
                        if steps[p, 0] != PUSH:
                            top -= 1
                            combine(steps[p, 0], masks, top, n)
                            continue
                        top += 1
                        i = steps[p, 1]
                        how = lines[i, 0]
                        if lane_offset < 0:
                            x = lane_first + lane_step * left
                            one, two = mul_wide(values[i, 2], values[i, 3], x, 0)
                            one, two = add_wide(one, two, values[i, 0], values[i, 1])
                            step, step_top = mul_wide(values[i, 2], values[i, 3], lane_step, 0)
                            mark_wide(how, one, two, step, step_top, masks, top, n)
                        else:
                            for j in range(n):
                                x = table[lane_offset + left + j]
                                one, two = mul_wide(values[i, 2], values[i, 3], x, 0)
                                one, two = add_wide(one, two, values[i, 0], values[i, 1])
                                masks[top, j] = compares_wide(how, one, two)
                    found = sum_mask(masks, n)
                    counts[t] += found
                    if found > 0 and first < firsts[t]:
                        firsts[t] = min(firsts[t], first + first_in_mask(masks, n) * lane_weight)


def words(values: list[int]) -> tuple[Integers, Integers]:
    """Return integers as their low and their high words."""
    low = np.array([value % WORD for value in values], np.uint64).view(np.int64)
    return low, np.array([value >> 64 for value in values], np.int64)
