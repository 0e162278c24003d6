"""Which slip of the pen makes a printed figure of a computed value: a digit changed, lost or too many, two swapped."""

from __future__ import annotations

from weighbridge.formula.digits import decimal

#: Among numbers of fewer digits one in a hundred or more is a slip away: such a figure may be anything.
MIN_DIGITS = 4


def slip(printed: int, computed: int) -> str:
    """Return the one slip by which a figure of at least four digits misses a computed value; "" where it takes more.

    >>> slip(175_181_921_520, 175_181_291_520)
    'two digits are swapped: 92 in place of 29'
    >>> slip(124_439_818, 124_439_808)
    'one digit differs: 1 in place of 0'
    >>> slip(12_439_808, 124_439_808)
    'one digit is missing: 4'
    """
    wrong, right = decimal(printed), decimal(computed)
    if printed < 0 or computed < 0 or min(len(wrong), len(right)) < MIN_DIGITS:
        return ""
    match len(wrong) - len(right):
        case 0:
            return exchanged(wrong, right)
        case -1:
            digit = one_more(right, wrong)
            return f"one digit is missing: {digit}" if digit else ""
        case 1:
            digit = one_more(wrong, right)
            return f"one digit is too many: {digit}" if digit else ""
        case _:
            return ""


def exchanged(wrong: str, right: str) -> str:
    """Return the one digit that differs, or the two that are swapped, in numbers of one length."""
    places = [place for place, (one, other) in enumerate(zip(wrong, right, strict=True)) if one != other]
    if len(places) == 1:
        (place,) = places
        return f"one digit differs: {wrong[place]} in place of {right[place]}"
    if len(places) == 2 and wrong[places[0]] == right[places[1]] and wrong[places[1]] == right[places[0]]:
        first, last = places
        if last == first + 1:
            return f"two digits are swapped: {wrong[first : last + 1]} in place of {right[first : last + 1]}"
        return f"two digits are swapped: {right[first]} and {right[last]}"
    return ""


def one_more(longer: str, shorter: str) -> str:
    """Return the digit without which the longer number is the shorter one; "" where no one digit is."""
    place = next((at for at, (one, other) in enumerate(zip(longer, shorter, strict=False)) if one != other), -1)
    return longer[place] if longer[:place] + longer[place:][1:] == shorter else ""
