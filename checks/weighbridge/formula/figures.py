"""What a printed figure says: the set of values that would be printed like this.

The rule. A plain integer ("12,288") is exact. A figure with a decimal point, a scale or a percent sign is
rounded to its last printed digit, and stands for every value that rounding to the nearest gives it for: half a
unit of that digit to either side. Where a value lies halfway between two figures, rounding half up prints the
larger and rounding half to even prints the even one, so the lower end is always included and the upper end only
where the last printed digit is even. "175B" is [174.5e9, 175.5e9); "174B" is [173.5e9, 174.5e9].
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from weighbridge.errors import WeighbridgeError, did_you_mean
from weighbridge.formula.printer import thousands

Rounding: TypeAlias = Literal["nearest", "down", "up"]
ROUNDINGS: tuple[Rounding, ...] = ("nearest", "down", "up")

THOUSAND, KIBI = 1_000, 1_024

#: Scales that are letters behind the digits, and scales that are words.
SCALES: Mapping[str, int] = {
    **{
        letter: THOUSAND**n for n, letters in enumerate(("", "kK", "M", "GB", "T", "P", "E", "Z")) for letter in letters
    },
    **{f"{letter}i": KIBI**n for n, letter in enumerate("KMGTPE", start=1)},
    "ki": KIBI,
    "bn": THOUSAND**3,
    "thousand": THOUSAND,
    "million": THOUSAND**2,
    "billion": THOUSAND**3,
    "trillion": THOUSAND**4,
}

#: What is counted. In "350 GB" the G is a scale and the B is bytes; in "175B" the B is a scale.
UNITS: Mapping[str, str] = {
    **dict.fromkeys(("byte", "bytes"), "bytes"),
    **dict.fromkeys(("FLOP", "FLOPs", "FLOPS", "flop", "flops"), "FLOPs"),
}
BYTE_SCALES: Mapping[str, int] = {
    f"{scale}B": SCALES[scale] for scale in ("k", "K", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
}
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")

#: Past this a figure is no count of anything.
MAX_LENGTH = 100
MAX_EXPONENT = 60

FIGURE = re.compile(
    r"""(?P<sign>-?)
        (?P<whole>\d{1,3}(?:,\d{3})+|\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3})+|\d{1,3}(?:_\d{3})+|\d+)
        (?:\.(?P<decimals>\d+))?
        (?:[eE](?P<exponent>[+-]?\d{1,3})|\s?(?:×|x|·|\*|\\times|\\cdot)\s?10(?:\^|\*\*)?\{?(?P<power>[-+]?\d{1,3})\}?)?
        \s?(?P<rest>%|\\%|percent|[A-Za-z]*(?:[ \u00a0][A-Za-z]+)?)""",
    re.VERBOSE,
)


class FigureError(WeighbridgeError):
    """A text is not a figure, or an override of its precision does not fit it."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as printed, and the interval of values that it stands for.

    `value` is the number read literally; `low` and `high` bound what it stands for, each end included or not;
    `unit` is "bytes", "FLOPs" or "" (a plain number or count).
    """

    text: str
    value: Fraction
    low: Fraction
    high: Fraction
    includes_low: bool = True
    includes_high: bool = True
    unit: str = ""

    @property
    def exact(self) -> bool:
        """Whether one value alone is meant."""
        return self.low == self.high

    def __contains__(self, value: Fraction | int) -> bool:
        above = value > self.low or (self.includes_low and value == self.low)
        below = value < self.high or (self.includes_high and value == self.high)
        return above and below

    @property
    def interval(self) -> str:
        """The interval as text: [174,500,000,000, 175,500,000,000)."""
        ends = f"{thousands(self.low)}, {thousands(self.high)}"
        return f"{'[' if self.includes_low else '('}{ends}{']' if self.includes_high else ')'}"


@dataclass(frozen=True, slots=True)
class Printed:
    """A figure's parts before its precision is decided: a number and the unit of its last printed digit."""

    value: Fraction
    last_digit: Fraction
    even: bool
    rounded: bool
    unit: str


def read_figure(text: str, *, precision: str = "", rounding: Rounding | None = None, about: str = "") -> Figure:
    """Read a printed figure and what it stands for.

    >>> read_figure("175B").interval
    '[174,500,000,000, 175,500,000,000)'
    >>> read_figure("617,558,016").exact
    True

    `precision` is a figure that replaces the unit of the last printed digit ("10M"), `rounding` says that the
    printer rounded down or up rather than to the nearest, `about` is a percentage of the printed value ("5%").
    Raises `FigureError`.
    """
    printed = read_number(text)
    if about:
        if precision or rounding:
            raise FigureError("'about' stands alone: it replaces 'precision' and 'rounding'")
        share = read_share(about)
        margin = abs(printed.value) * share
        return Figure(text, printed.value, printed.value - margin, printed.value + margin, unit=printed.unit)
    step, even, rounded = printed.last_digit, printed.even, printed.rounded
    if precision:
        given = read_number(precision)
        if given.value <= 0:
            raise FigureError(f"a precision is positive, '{precision}' is not")
        step, rounded = given.value, True
        even = (printed.value / step) % 2 == 0
    if not rounded and rounding in (None, "nearest"):
        return Figure(text, printed.value, printed.value, printed.value, unit=printed.unit)
    return around(text, printed, step, even=even, rounding=rounding or "nearest")


def around(text: str, printed: Printed, step: Fraction, *, even: bool, rounding: Rounding) -> Figure:
    """Return the values that are printed like this when rounded to multiples of `step`; signs mirror."""
    size, half = abs(printed.value), step / 2
    match rounding:
        case "nearest":
            low, high, with_low, with_high = size - half, size + half, True, even
        case "down":
            low, high, with_low, with_high = size, size + step, True, False
        case "up":
            low, high, with_low, with_high = size - step, size, False, True
    if printed.value < 0:
        low, high, with_low, with_high = -high, -low, with_high, with_low
    return Figure(text, printed.value, low, high, with_low, with_high, printed.unit)


def read_share(text: str) -> Fraction:
    """Read a percentage such as "5%" as a ratio."""
    if "%" not in text:
        raise FigureError(f"expected a percentage such as '5%', found '{text}'")
    share = read_number(text).value
    if not 0 < share < 1:
        raise FigureError(f"expected a percentage between 0% and 100%, found '{text}'")
    return share


def read_number(text: str) -> Printed:
    """Read digits, scale and unit."""
    if len(text) > MAX_LENGTH:
        raise FigureError(f"a figure has at most {MAX_LENGTH} characters")
    plain = re.sub(r"(?<=10)([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)", lambda match: "^" + match[1].translate(SUPERSCRIPTS), text.strip())
    plain = plain.replace("{,}", ",").replace("−", "-")
    match = FIGURE.fullmatch(plain)
    if match is None:
        raise FigureError(
            f"'{text}' is not a figure; expected digits with a scale or unit, such as '617,558,016', '175B', "
            "'1.3 billion', '33.1%', '3.14e23' or '350 GB'"
        )
    decimals = match["decimals"] or ""
    digits = re.sub(r"\D", "", match["whole"]) + decimals
    exponent = int(match["exponent"] or match["power"] or 0)
    if abs(exponent) > MAX_EXPONENT:
        raise FigureError(f"'{text}' is past 10^{MAX_EXPONENT}")
    scale, unit, scaled = read_scale(match["rest"], text)
    last_digit = Fraction(10) ** (exponent - len(decimals)) * scale
    value = int(match["sign"] + digits) * last_digit
    has_power = match["exponent"] is not None or match["power"] is not None
    return Printed(value, last_digit, int(digits[-1]) % 2 == 0, bool(decimals) or has_power or scaled, unit)


def read_scale(rest: str, text: str) -> tuple[Fraction, str, bool]:
    """Return the factor and the unit of what stands behind the digits, and whether there is a scale at all."""
    if rest in ("%", "\\%", "percent"):
        return Fraction(1, 100), "", True
    words = rest.split()
    if not words:
        return Fraction(1), "", False
    unit = ""
    if words[-1] in UNITS:
        unit = UNITS[words.pop()]
    elif words[-1] in BYTE_SCALES:
        return scale_with_nothing_else(words, text, BYTE_SCALES[words[-1]])
    else:
        for name, meaning in UNITS.items():
            if words[-1].endswith(name) and words[-1][: -len(name)] in SCALES:
                unit, words[-1] = meaning, words[-1][: -len(name)]
                break
    if not words:
        return Fraction(1), unit, False
    word = words[0] if words[0] in SCALES else words[0].lower()
    if len(words) > 1 or word not in SCALES:
        known = [*SCALES, *BYTE_SCALES, *UNITS]
        raise FigureError(f"unknown scale or unit '{rest}' in '{text}'; {did_you_mean(words[-1], known)}")
    return Fraction(SCALES[word]), unit, True


def scale_with_nothing_else(words: list[str], text: str, scale: int) -> tuple[Fraction, str, bool]:
    """Return bytes at this scale, where no other scale stands before it."""
    if len(words) > 1:
        raise FigureError(f"two scales in '{text}': '{words[0]}' and '{words[-1]}'")
    return Fraction(scale), "bytes", True
