"""What a text can hold that coverage counts, and by which rules something is set aside instead."""

from __future__ import annotations

import unicodedata
from fractions import Fraction
from typing import Literal, TypeAlias

from msgspec import Struct

from weighbridge.formula.figures import FigureError, read_figure

Kind: TypeAlias = Literal["figure", "formula"]

Rule: TypeAlias = Literal[
    "code",
    "comment",
    "date",
    "heading number",
    "link",
    "list marker",
    "markup",
    "metadata",
    "name",
    "ordinal",
    "pronoun",
    "reference",
    "standard",
    "struck out",
    "version",
]

#: Why what a rule sets aside is no statement about a model, in the order in which rules are listed.
RULES: dict[Rule, str] = {
    "code": "a program, not a sentence",
    "comment": "no reader sees it",
    "date": "days, times of day, and years where only a year can stand",
    "heading number": "the number of a section",
    "link": "where a link or an image leads",
    "list marker": "the number of a list's item",
    "markup": "how the text is set",
    "metadata": "the head of the file",
    "name": "a name with digits, such as GPT-3, A100 or d_1",
    "ordinal": "a place in an order, such as 1st",
    "pronoun": "'one' where it counts nothing",
    "reference": "a section, figure, table, page, note or citation",
    "standard": "the number of a standard, a paper or the like",
    "struck out": "the document says it no more",
    "version": "the version of a program",
}

#: A power past this is no count of anything, and would take long to work out.
MAX_EXPONENT = 400

_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
#: Numbers below a hundred that are one word.
WORDS: dict[str, int] = {
    **{word: value for value, word in enumerate(_SMALL)},
    **{word: 10 * value for value, word in enumerate(_TENS, start=2)},
}
SCALES: dict[str, int] = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
#: What a part is called, one and several.
PARTS: dict[str, int] = {
    "half": 2,
    "halves": 2,
    "quarter": 4,
    **{word: value for value, word in enumerate(("third", "fourth", "fifth", "sixth", "seventh", "eighth"), start=3)},
    "tenth": 10,
    "hundredth": 100,
    "thousandth": 1000,
}
TIMES: dict[str, int] = {"once": 1, "twice": 2, "thrice": 3}


class Token(Struct, frozen=True, kw_only=True):
    """A figure or formula in a piece of text, from `start` up to `end`; with a `rule`, what that rule sets aside.

    `values` are those of a figure (empty where it can not be read) or of a formula's literals, `symbols` the formula's
    names, by their keys in an alphabet.
    """

    start: int
    end: int
    kind: Kind = "figure"
    rule: Rule | None = None
    values: frozenset[Fraction] = frozenset()
    symbols: frozenset[str] = frozenset()


def values_of(text: str) -> frozenset[Fraction]:
    """Return what a figure in digits stands for, read literally; empty where that can not be said.

    >>> values_of("33.1%"), values_of("6ND")
    (frozenset({Fraction(331, 1000)}), frozenset({Fraction(6, 1)}))
    """
    plain = unicodedata.normalize("NFKC", text).replace("-", " ").replace("per cent", "percent").strip()
    for reading in (text, plain, leading_number(plain)):
        try:
            return frozenset({read_figure(reading).value})
        except FigureError:
            continue
    return frozenset()


def leading_number(text: str) -> str:
    """Return the digits with which a text begins, grouped and with decimals as they are."""
    end = 0
    while end < len(text) and (text[end].isdecimal() or (text[end] in ",._" and text[end + 1 : end + 2].isdecimal())):
        end += 1
    return text[:end]


def spelled_value(text: str) -> Fraction | None:
    """Return the value of a number in words; None for words that are none.

    >>> spelled_value("ninety-six"), spelled_value("three-quarters"), spelled_value("two hundred and five thousand")
    (Fraction(96, 1), Fraction(3, 4), Fraction(205000, 1))
    """
    words = text.lower().replace("-", " ").replace("per cent", "percent").split()
    if words and words[-1] == "percent":
        share = spelled_value(" ".join(words[:-1]))
        return None if share is None else share / 100
    if words and (part := PARTS.get(words[-1]) or PARTS.get(words[-1].removesuffix("s"))):
        count = spelled_value(" ".join(words[:-1]) or "one")
        return None if count is None else count / part
    total, group = 0, 0
    for word in words:
        if word in WORDS or word in TIMES:
            group += WORDS.get(word, TIMES.get(word, 0))
        elif word == "a":
            group += 1
        elif word == "hundred":
            group *= 100
        elif word in SCALES:
            # "two hundred thousand million" multiplies; "two million three thousand" adds up.
            total, group = (total + group) * SCALES[word] if not group else total + group * SCALES[word], 0
        elif word != "and":
            return None
    return Fraction(total + group) if words else None


def power_value(base: str, exponent: str) -> frozenset[Fraction]:
    """Return the value of digits with a power, empty where that is past any count."""
    plain = unicodedata.normalize("NFKC", exponent).replace("−", "-").strip("{} ")
    try:
        number, power = Fraction(base.replace(",", "").replace("{}", "")), int(plain)
    except ValueError:
        return frozenset()
    if abs(power) > MAX_EXPONENT or len(base) > MAX_EXPONENT or not number:
        return frozenset()
    return frozenset({number**power})
