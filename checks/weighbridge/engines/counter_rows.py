"""The compiled counter of rows: conditions are computed an operation at a time over a part of the lane."""

from __future__ import annotations

from weighbridge.engines.counter import (
    ADD,
    FLOOR,
    MAX,
    MIN,
    MOD,
    MUL,
    SEGMENT,
    SELECT,
    ZERO,
    Integers,
    advance,
    compute_head,
    enter,
    entry,
    inner,
    number_of_head,
)
from weighbridge.engines.rows import FILL


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
    code: Integers,
    ends: Integers,
    rows_code: Integers,
    tracks: Integers,
    lane: int,
    s: Integers,
    index: Integers,
    rows: Integers,
    rows_fixed: int,
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
