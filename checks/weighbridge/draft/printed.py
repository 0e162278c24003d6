"""How a document prints a figure: with which unit, as a bound or an estimate, and whether an accident is likely."""

from __future__ import annotations

import re
from fractions import Fraction

from weighbridge.documents.inventory import Item
from weighbridge.draft.surroundings import Place, Surroundings
from weighbridge.formula.figures import Figure

#: Below this a whole number is equal to too much by accident: it needs a word beside it.
DISTINCTIVE = 1_000
#: How far an estimate may be off that a document calls one.
ESTIMATE = Fraction(1, 20)
#: "Split over 16 heads" bounds nothing.
SPREAD = "".join(
    rf"(?<!\b{verb} )"
    for verb in (
        *("split", "spread", "divided", "distributed", "shared", "averaged", "summed", "sum", "computed", "attends"),
        *("trained", "taken"),
    )
)
#: Words before a figure that make it a bound, and the comparison that they mean.
BOUNDS = (
    (re.compile(r"\b(?:less|fewer|smaller) than\W*$|\b(?:under|below)\W*$", re.IGNORECASE), "<"),
    (
        re.compile(rf"\b(?:more|greater|larger) than\W*$|{SPREAD}\b(?:over|above|exceeding)\W*$", re.IGNORECASE),
        ">",
    ),
    (re.compile(r"\bat least\W*$", re.IGNORECASE), ">="),
    (re.compile(r"\b(?:at most|up to)\W*$", re.IGNORECASE), "<="),
)
ROUGHLY = re.compile(
    r"(?:\b(?:about|around|roughly|approximately|nearly|almost|some|circa|estimate[ds]?)\b|≈|~|∼|\\approx|\\sim)[^.\0]*$"
)
#: What a bytes' figure may mean where its text does not say so: "36,864 bytes" has its unit behind it.
COUNTED = re.compile(r"\s*(bytes|FLOPs|FLOPS|flops)\b(?!\s+per\s+(?:param|value|weight))")


def before(around: Surroundings, place: Place) -> str:
    """Return the sentence up to a figure."""
    return around.text[place.sentence.start : place.seen.start]


def bound(before: str) -> str:
    """Return the comparison that the words before a figure make it, "" where they make it none.

    >>> bound("it has more than "), bound("it has "), bound("is split over ")
    ('>', '', '')
    """
    return next((relation for pattern, relation in BOUNDS if pattern.search(before)), "")


def unit_of(around: Surroundings, place: Place) -> str:
    """Return the unit that stands behind a figure, "" where none does."""
    match = COUNTED.match(around.text, place.seen.end)
    return "" if match is None else "bytes" if match[1] == "bytes" else "FLOPs"


def text_of(around: Surroundings, item: Item) -> str:
    """Return a figure as it is printed, with the unit that stands right behind it."""
    match = COUNTED.match(around.source.text, item.span.end)
    return f"{item.text} {match[1]}" if match else item.text


def distinctive(figure: Figure) -> bool:
    """Tell whether a figure is seldom met by accident: large and exact, or with two digits and more of a large one."""
    if figure.exact:
        return figure.value >= DISTINCTIVE
    return figure.value >= DISTINCTIVE and figure.high - figure.low <= figure.value / 8
