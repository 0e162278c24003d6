"""What a printed figure says: the set of values that would be printed like this.

The rule. A plain integer ("12,288") is exact. A figure with a decimal point, a scale or a percent sign is
rounded to its last printed digit, and stands for every value that rounding to the nearest gives it for: half a
unit of that digit to either side. Where a value lies halfway between two figures, rounding half up prints the
larger and rounding half to even prints the even one, so the lower end is always included and the upper end only
where the last printed digit is even. "175B" is [174.5e9, 175.5e9); "174B" is [173.5e9, 174.5e9]. What is negative is
rounded as if it were not, and mirrored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Literal, TypeAlias

from msgspec import Struct

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
PERCENT = ("%", "\\%", "percent")
#: Other ways to write the same: a comma, thin space and tie of LaTeX, a minus sign.
WRITTEN: Mapping[str, str] = {"{,}": ",", "\\,": "\u2009", "~": "\u00a0", "−": "-"}
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")

#: Past this a figure is no count of anything.
MAX_LENGTH = 100
MAX_EXPONENT = 60

#: A space, no-break space, thin space, or narrow no-break space.
SPACE = "[ \u00a0\u2009\u202f]"
FIGURE = re.compile(
    rf"""(?P<sign>-?)
        (?P<whole>[0-9]{{1,3}}(?:(?:,[0-9]{{3}})+|(?:{SPACE}[0-9]{{3}})+|(?:_[0-9]{{3}})+)|[0-9]+)
        (?:\.(?P<decimals>[0-9]+))?
        (?:[eE](?P<exponent>[+-]?[0-9]{{1,3}})
          |{SPACE}?(?:×|x|·|\*|\\times|\\cdot){SPACE}?10(?:\^|\*\*)(?P<power>[+-]?[0-9]{{1,3}}|\{{[+-]?[0-9]{{1,3}}\}})
        )?
        {SPACE}?(?P<rest>%|\\%|percent|[A-Za-z]*(?:{SPACE}[A-Za-z]+)?)""",
    re.VERBOSE,
)


class FigureError(WeighbridgeError):
    """A text is not a figure, or an override of its precision does not fit it."""


class Figure(Struct, frozen=True):
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


class Printed(Struct, frozen=True):
    """A figure's parts before its precision is decided: a number and the unit of its last printed digit."""

    value: Fraction
    last_digit: Fraction
    even: bool
    rounded: bool
    unit: str
    percent: bool


def read_figure(text: str, *, precision: str = "", rounding: Rounding | None = None, about: str = "") -> Figure:
    """Read a printed figure and what it stands for.

    >>> read_figure("175B").interval
    '[174,500,000,000, 175,500,000,000)'
    >>> read_figure("617,558,016").exact
    True

    `precision` is a figure that replaces the unit of the last printed digit ("10M"), `rounding` says that the
    printer rounded, a plain integer as well, and whether down, up or to the nearest; `about` is a percentage of the
    printed value ("5%"). Raises `FigureError`.
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
        step, rounded = read_precision(precision, printed), True
        even = (printed.value / step) % 2 == 0
    if not rounded and rounding is None:
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


def read_precision(text: str, printed: Printed) -> Fraction:
    """Read the unit of the last digit that counts, such as "10M"."""
    given = read_number(text)
    if given.value <= 0:
        raise FigureError(f"a precision is positive, '{text}' is not")
    if 0 < abs(printed.value) < given.value:
        raise FigureError(f"a precision of '{text}' is more than the figure itself, and says nothing of it")
    if given.unit not in ("", printed.unit):
        raise FigureError(f"a precision in {given.unit} does not fit a figure in {printed.unit or 'plain numbers'}")
    if given.percent and not printed.percent:
        raise FigureError(f"'{text}' as a precision is {thousands(given.value)}; a share of the value is an 'about'")
    return given.value


def read_share(text: str) -> Fraction:
    """Read a percentage such as "5%" as a ratio."""
    share = read_number(text)
    if not share.percent or not 0 < share.value < 1:
        raise FigureError(f"expected a percentage between 0% and 100%, such as '5%', found '{text}'")
    return share.value


def read_number(text: str) -> Printed:
    """Read digits, scale and unit."""
    if len(text) > MAX_LENGTH:
        raise FigureError(f"a figure has at most {MAX_LENGTH} characters")
    plain = re.sub(r"(?<=10)([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)", lambda match: "^" + match[1].translate(SUPERSCRIPTS), text.strip())
    for written, meant in WRITTEN.items():
        plain = plain.replace(written, meant)
    match = FIGURE.fullmatch(plain)
    if match is None:
        raise not_a_figure(text)
    decimals = match["decimals"] or ""
    digits = re.sub(r"\D", "", match["whole"]) + decimals
    exponent = int(match["exponent"] or (match["power"] or "0").strip("{}"))
    if abs(exponent) > MAX_EXPONENT:
        raise FigureError(f"'{text}' is past 10^{MAX_EXPONENT}")
    scale, unit, scaled = read_scale(match["rest"], text)
    last_digit = Fraction(10) ** (exponent - len(decimals)) * scale
    value = int(match["sign"] + digits) * last_digit
    has_power = match["exponent"] is not None or match["power"] is not None
    rounded = bool(decimals) or has_power or scaled
    return Printed(value, last_digit, int(digits[-1]) % 2 == 0, rounded, unit, percent=match["rest"] in PERCENT)


def not_a_figure(text: str) -> FigureError:
    """Return the error for a text that does not read as a number, with the likely slip."""
    expected = (
        "digits with a scale or unit, such as '617,558,016', '175B', '1.3 billion', '33.1%', '3.14e23' or '350 GB'"
    )
    if re.search("[0-9],[0-9]", text):
        expected = "commas between groups of three digits, and decimals behind a point"
    elif re.search("10[0-9]", text) and re.search(r"[×x·*]|\\times|\\cdot", text):
        expected = "a power of ten as 10^23"
    return FigureError(f"'{text}' is not a figure; expected {expected}")


def read_scale(rest: str, text: str) -> tuple[Fraction, str, bool]:
    """Return the factor and the unit of what stands behind the digits, and whether there is a scale at all."""
    if rest in PERCENT:
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
