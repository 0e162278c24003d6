"""Which values an axis of a grid has, from the ways to write it; and what was meant where it is none."""

from __future__ import annotations

import re
from itertools import pairwise

from weighbridge.errors import WeighbridgeError
from weighbridge.formula.exact import EvaluationError, number_of
from weighbridge.formula.printer import thousands
from weighbridge.formula.tree import Expression

#: No hyperparameter is larger; the counter's row numbers stay far inside 64 bits.
MAX_VALUE = 10**15
#: Lists and geometric progressions are kept in memory; arithmetic progressions are not, whatever their length.
MAX_LISTED = 100_000

RANGE = re.compile(r"\s*(-?[\d_]+)\s*\.\.\s*(-?[\d_]+)\s*(?:(step|times)\s+(-?[\d_]+)\s*)?")

#: What a grid may say of a symbol.
FORMS = "a list, '1..96', '64..16384 step 64', '1..4096 times 2' or an expression of the other symbols"
#: Two integers, with what some write between them for a range; and integers as in a list, without its brackets.
TWO_INTEGERS = re.compile(r"\s*([0-9][0-9_]*)\s*(?:[-–—:…]|\.\.+|to)\s*([0-9][0-9_]*)\s*")
INTEGERS = re.compile(r"\s*([0-9][0-9_]*(?:\s*,\s*[0-9][0-9_]*)+)\s*")


class AxisError(WeighbridgeError):
    """The text or list gives no ascending, distinct values within the limits; `hint` says what to do next."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def is_axis(text: str) -> bool:
    """Tell an axis from an expression of the other symbols: only an axis has two dots."""
    return ".." in text


def instead(text: str) -> str:
    """Return what to write in place of what is meant for a range or list and is none; "" for anything else.

    >>> instead("1-96"), instead("1, 2, 96"), instead("d - 96")
    ("the integers from 1 to 96 are '1..96'", 'a list is [1, 2, 96], without quotes', '')
    """
    if match := TWO_INTEGERS.fullmatch(text):
        return f"the integers from {match[1]} to {match[2]} are '{match[1]}..{match[2]}'"
    match = INTEGERS.fullmatch(text)
    return f"a list is [{match[1]}], without quotes" if match else ""


def check_constant(text: str, tree: Expression, *, minimum: int) -> None:
    """Refuse an expression without symbols that is no value of a symbol: "1-96" is -95, and was meant for a range."""
    try:
        value = number_of(tree, {})
    except EvaluationError as error:
        raise AxisError(f"'{text}' has no value: {error}; expected {FORMS}") from error
    if value.denominator != 1 or value < minimum:
        what = "a positive integer" if minimum == 1 else f"an integer of at least {minimum}"
        raise AxisError(f"'{text}' is {thousands(value)}, not {what}; expected {FORMS}", instead(text))


def read_range(text: str, *, minimum: int) -> range | tuple[int, ...]:
    """Read "1..96", "64..16384 step 64" or "1..4096 times 2"; both ends belong to it where a step reaches them.

    >>> read_range("64..200 step 64", minimum=1)
    range(64, 193, 64)
    >>> read_range("1..20 times 3", minimum=1)
    (1, 3, 9)
    """
    match = RANGE.fullmatch(text)
    if match is None or any(part and not part.strip("-").replace("_", "").isdigit() for part in match.group(1, 2, 4)):
        raise AxisError(
            f"'{text}' is no axis; expected '1..96', '64..16384 step 64' or '1..4096 times 2'", instead(text)
        )
    low, high = (read_integer(match[part]) for part in (1, 2))
    if low > high:
        raise AxisError(f"'{text}' is empty: {low:,} is past {high:,}")
    check_value(low, minimum)
    check_value(high, minimum)
    by = read_integer(match[4] or "1")
    if match[3] == "times":
        return geometric(text, low, high, by)
    if by < 1:
        raise AxisError(f"'{text}': a step is at least 1")
    return range(low, low + (high - low) // by * by + 1, by)


def read_integer(text: str) -> int:
    """Read digits with underscores between them, no more of them than any hyperparameter has."""
    if len(text) > 40:
        raise AxisError(f"a value of an axis is at most {MAX_VALUE:,}")
    return int(text.strip("_").replace("_", ""))


def geometric(text: str, low: int, high: int, factor: int) -> tuple[int, ...]:
    """Return low, low * factor, ... up to high."""
    if factor < 2 or low < 1:
        raise AxisError(f"'{text}': 'times' needs a factor of at least 2 and a start of at least 1")
    values = [low]
    while values[-1] * factor <= high:
        values.append(values[-1] * factor)
    return tuple(values)


def read_list(values: list[object], *, minimum: int) -> tuple[int, ...]:
    """Read a list of distinct integers; they are sorted."""
    if not values:
        raise AxisError("the axis is empty; a grid needs at least one value for each of its symbols")
    if len(values) > MAX_LISTED:
        raise AxisError(f"a list has at most {MAX_LISTED:,} values, this one has {len(values):,}")
    integers = [value for value in values if type(value) is int]
    if len(integers) != len(values):
        odd = next(value for value in values if type(value) is not int)
        raise AxisError(f"an axis lists integers, found {odd!r}")
    integers.sort()
    for left, right in pairwise(integers):
        if left == right:
            raise AxisError(f"the value {left:,} stands twice in the axis")
    check_value(integers[0], minimum)
    check_value(integers[-1], minimum)
    return tuple(integers)


def check_value(value: int, minimum: int) -> None:
    """Refuse what a hyperparameter can not be."""
    if value < minimum:
        what = "a positive integer" if minimum == 1 else f"an integer of at least {minimum}"
        raise AxisError(f"{value:,} is not {what}")
    if value > MAX_VALUE:
        raise AxisError(f"{value:,} is past {MAX_VALUE:,}, the largest value of an axis")
