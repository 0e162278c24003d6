"""Which programs of lines need no masks: each track is one straight line along the lane, or two that compare alike.

A comparison with 0 asks that a value lies in an interval modulo 2^64. Moved by a `shift`, every interval begins at the
smallest integer of 64 bits, so that one comparison, `value + shift < bound`, stands for all of them; and two lines with
one bound are both below it where the larger is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from msgspec import Struct

from weighbridge.engines.heads import Row
from weighbridge.engines.nodes import Op

# How a line compares with 0, and what a track does with its lines and masks.
NONZERO, IS_ZERO, IS_POSITIVE = range(3)
PUSH, BOTH, EITHER = range(3)

WORD, SIGN = 2**64, 2**63
#: The first value of each interval, and how many there are.
INTERVALS = {NONZERO: (1, WORD - 1), IS_ZERO: (0, 1), IS_POSITIVE: (1, SIGN - 1)}

Step: TypeAlias = tuple[int, int]
TrackRow: TypeAlias = tuple[int, int, int, int]


class Straight(Struct, frozen=True):
    """What the counter runs where no track needs a mask.

    `lines` has a row for each: the registers of its shift, its bound and its six coefficients. `tracks` has
    (begin, line, end, moves, other) for each: lines from `begin` guard it, which are flat along the lane; those from
    `line` to `end`, one or two, are looked at along the lane, or once where they do not move; and `other` asks for the
    points where they do not hold together.
    """

    scalars: list[int]
    lines: list[tuple[int, ...]]
    tracks: list[tuple[int, int, int, int, int]]


def straight(
    lines: Sequence[tuple[int, ...]],
    steps: Sequence[Step],
    tracks: Iterable[TrackRow],
    *,
    scalars: Sequence[int],
    code: Iterable[Row],
) -> Straight | None:
    """Return what the counter runs on lines as they are in `Program`; None where a track needs masks.

    The counter that is meant knows sums and products alone.
    """
    if any(row[0] not in {Op.ADD, Op.MUL} for row in code):
        return None
    registers = list(scalars)
    rows: list[tuple[int, ...]] = []
    found: list[tuple[int, int, int, int, int]] = []
    for start, stop, begin, end in tracks:
        held = lines_of(steps[begin:end])
        if held is None:
            return None
        places, other = held
        guards = [place for _, place in steps[start:stop]]
        bounds = [shifted(lines[place][0], other=False) for place in guards]
        bounds += [shifted(lines[place][0], other=other) for place in places]
        if len({bound for _, bound in bounds[len(guards) :]}) > 1:
            return None
        first = len(rows)
        for place, pair in zip([*guards, *places], bounds, strict=True):
            rows.append((len(registers), len(registers) + 1, *lines[place][1:7]))
            registers += pair
        # Where nothing moves along the lane, the last guard is looked at in its stead.
        line = first + len(guards) - (not places)
        found.append((first, line, len(rows), int(bool(places)), int(other)))
    return Straight(registers, rows, found)


def lines_of(steps: Sequence[Step]) -> tuple[list[int], bool] | None:
    """Return the lines of a track's other steps, and whether it counts where their opposites do not hold together."""
    places = [place for what, place in steps if what == PUSH]
    joined = [what for what, _ in steps[len(places) :]]
    if len(places) > 2 or PUSH in joined:
        return None
    return places, joined == [EITHER]


def shifted(how: int, *, other: bool) -> tuple[int, int]:
    """Return the shift and the bound of a comparison, or of its opposite, as integers of 64 bits with a sign."""
    first, size = INTERVALS[how]
    if other:
        first, size = first + size, WORD - size
    return signed(-first - SIGN), signed(size - SIGN)


def signed(value: int) -> int:
    """Return the integer of 64 bits with a sign that is the same modulo 2^64.

    >>> signed(2**64 - 1), signed(2**63 - 1), signed(2**63)
    (-1, 9223372036854775807, -9223372036854775808)
    """
    return (value + SIGN) % WORD - SIGN
