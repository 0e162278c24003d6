"""How numbers of any size are written in decimal digits, and read; Python alone stops at some 4,300 of them."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

#: Digits that are converted at a time: a multiple of three, below Python's limit.
CHUNK = 3_000
#: The integers that have more digits.
WHOLE_CHUNK = 10**CHUNK


def decimal(value: int, *, separator: Literal["", ","] = "") -> str:
    """Return an integer in decimal digits."""
    width = CHUNK + (CHUNK // 3 - 1 if separator else 0)
    size, parts = abs(value), []
    while size >= WHOLE_CHUNK:
        size, rest = divmod(size, WHOLE_CHUNK)
        parts.append(f"{rest:0{width}{separator}}")
    parts.append(f"{size:{separator}}")
    return ("-" if value < 0 else "") + separator.join(reversed(parts))


def digits_of(value: int | Fraction) -> str:
    """Return an exact value as machines exchange it: 617558016, -1/3."""
    whole = decimal(value.numerator)
    return whole if value.denominator == 1 else f"{whole}/{decimal(value.denominator)}"


def read_integer(text: str) -> int:
    """Return the integer that digits spell, behind a minus or not. Raises `ValueError` for any other text."""
    digits, size = text.removeprefix("-"), 0
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"expected an integer, found '{text}'")
    for start in range(0, len(digits), CHUNK):
        part = digits[start : start + CHUNK]
        size = size * 10 ** len(part) + int(part)
    return size if digits == text else -size


def read_number(text: str) -> int | Fraction:
    """Return the value that `digits_of` wrote."""
    above, _, below = text.partition("/")
    value = Fraction(read_integer(above), read_integer(below or "1"))
    return value.numerator if value.denominator == 1 else value
