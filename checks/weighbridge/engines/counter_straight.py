"""The compiled counter of straight lines, the one that most grids need.

One function, and none of numba's own where a line does as well, such as `max`: so it compiles in a third of the time.
"""

from __future__ import annotations

import numpy as np

from weighbridge.engines.counter import ADD, Integers, Words, entry


@entry
def count_straight(  # noqa: PLR0913, PLR0915, PLR0917 - see above
    axes: Integers,
    table: Integers,
    heads: Integers,
    code: Integers,
    ends: Integers,
    lines: Integers,
    tracks: Integers,
    row: int,
    lane: int,
    s: Integers,
    index: Integers,
    values: Words,
    piece: Integers,
    counts: Integers,
    firsts: Integers,
) -> None:
    """Count the heads piece[0] .. piece[1], each row axis whole, over the lane's piece[2] .. piece[3].

    Adds to `counts`, and lowers `firsts` to the smallest number of a point counted on each track.
    """
    depth, low, high = len(heads), piece[2], piece[3]
    lane_step = np.uint64(axes[lane, 1])
    lane_first = np.uint64(axes[lane, 0] + axes[lane, 1] * low)
    lane_weight = axes[lane, 4]
    rows = axes[row, 2]
    row_weight = axes[row, 4]
    base = low * lane_weight
    for head in range(piece[0], piece[1]):
        # Go to the head: from the last axis on to one that is not back at its first place.
        rest = head
        k = depth
        while k > 0:
            k -= 1
            axis = heads[k]
            place = rest % axes[axis, 2]
            rest //= axes[axis, 2]
            offset = axes[axis, 3]
            s[axis] = axes[axis, 0] + axes[axis, 1] * place if offset < 0 else table[offset + place]
            base += place * axes[axis, 4] - index[k]
            index[k] = place * axes[axis, 4]
            if place != 0 and head > piece[0]:
                break
        p = ends[k] if head > piece[0] else 0
        while p < ends[depth]:
            a = s[code[p, 2]]
            b = s[code[p, 3]]
            s[code[p, 1]] = a + b if code[p, 0] == ADD else a * b
            p += 1
        for i in range(len(lines)):
            for k in range(8):
                values[i, k] = s[lines[i, k]]
        for t in range(len(tracks)):
            line = tracks[t, 1]
            second = tracks[t, 2] - 1
            visits = high - low if tracks[t, 3] != 0 else 1
            # A division, so that the compiler does not know that it is mostly 1: it adds it faster than a comparison.
            times = (high - low) // visits
            other = tracks[t, 4] != 0
            bound = np.int64(values[line, 1])
            c0 = values[line, 2] + values[line, 0]
            c1 = values[line, 3]
            c2 = values[line, 4]
            d0 = values[line, 5]
            d1 = values[line, 6]
            d2 = values[line, 7]
            for place in range(rows):
                offset = axes[row, 3]
                y = np.uint64(axes[row, 0] + axes[row, 1] * place if offset < 0 else table[offset + place])
                p = tracks[t, 0]
                while p < line:
                    x = values[p, 2] + y * (values[p, 3] + y * values[p, 4]) + values[p, 0]
                    if np.int64(x) >= np.int64(values[p, 1]):
                        break
                    p += 1
                if p < line:
                    continue
                slope = d0 + y * (d1 + y * d2)
                start = c0 + y * (c1 + y * c2) + slope * lane_first
                step = slope * lane_step
                x = start
                counted = 0
                beside = start
                beside_step = step
                if line == second:
                    for _ in range(visits):
                        counted += times if np.int64(x) < bound else 0
                        x += step
                else:
                    slope = values[second, 5] + y * (values[second, 6] + y * values[second, 7])
                    beside = values[second, 2] + y * (values[second, 3] + y * values[second, 4]) + values[second, 0]
                    beside += slope * lane_first
                    beside_step = slope * lane_step
                    z = beside
                    for _ in range(visits):
                        larger = np.int64(x) if np.int64(x) > np.int64(z) else np.int64(z)  # noqa: FURB136
                        counted += times if larger < bound else 0
                        x += step
                        z += beside_step
                if other:
                    counted = high - low - counted
                counts[t] += counted
                number = base + place * row_weight
                if counted > 0 and number < firsts[t]:
                    first = visits
                    for j in range(visits):
                        a = np.int64(start)
                        b = np.int64(beside)
                        larger = a if a > b else b  # noqa: FURB136
                        here = visits if (larger < bound) == other else j
                        first = here if here < first else first  # noqa: FURB136
                        start += step
                        beside += beside_step
                    number += first * lane_weight
                    if number < firsts[t]:  # noqa: PLR1730
                        firsts[t] = number
