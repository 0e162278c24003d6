"""What the card of a result shows: everything that `explain` tells, its expressions set as mathematics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from markupsafe import Markup
from msgspec import Struct

from weighbridge.formula.printer import thousands
from weighbridge.report.explanation import explain, point_of, spaced
from weighbridge.report.html.mathml import expression, relation
from weighbridge.report.model import Mark, Weighed
from weighbridge.report.wording import describe_result, finding, place, refutation
from weighbridge.verdict import Refuted, Residual, Result, VerdictWord, word

#: What a line of the explanation is called on a card, in the order in which cards show them.
NAMES: Mapping[str, str] = {
    "quote": "Quote",
    "anchor": "In the document",
    "printed": "Printed",
    "computed": "Computed",
    "formula": "Formula",
    "compared": "Compared",
    "put in": "With the values put in",
    "where": "Where it is asked",
    "values": "Values",
    "there": "There",
    "assumed": "Assumed",
    "assuming": "Assuming",
    "conventions": "Conventions",
    "read with": "Read with",
    "because": "Because",
    "at worst": "At worst",
    "note": "Note",
    "proved by": "Proved by",
    "normal form": "Normal form",
    "decided by": "Decided by",
    "explained": "Explanation",
    "asked for": "Evidence asked for",
    "standing": "Standing",
    "waiver": "Waiver",
    "erratum": "Erratum",
    "pinned to": "Pinned to",
    "correction": "It should say",
    "": "The correction",
    "spec": "In the spec",
    "again": "Decide it again",
    "by hand": "By hand",
}
#: Lines that the head of a card says, or that are shown as mathematics in their place.
ELSEWHERE = frozenset(("says", "verdict", "formula", "compared", "put in", "printed", "computed"))
CODE = frozenset(("quote", "again", "by hand", "values", "assuming", "conventions", "there", "spec"))
FORMULAS = frozenset(("normal form",))


class Row(Struct, frozen=True):
    """A thing that is known, by its name; several where a name has several."""

    name: str
    shown: tuple[Markup, ...]


class Card(Struct, frozen=True, kw_only=True):
    """A result as its card shows it; `key` is the number by which the page refers to it.

    `told` is how it is known; `matter` and `place` are what is the matter where it does not pass, and where to look.
    """

    key: int
    title: str
    kind: str
    says: Markup
    verdict: VerdictWord
    standing: str
    told: str
    matter: str
    place: str
    printed: str = ""
    computed: str = ""
    difference: str = ""
    rows: tuple[Row, ...] = ()


def card_of(key: int, weighed: Weighed) -> Card:
    """Return the card of a result."""
    result = weighed.result
    verdict = result.verdict
    difference = ""
    match verdict:
        case Refuted(Residual(_, size)) if size:
            difference = f"{'+' if size > 0 else '−'}{thousands(max(size, -size))}"
        case _:
            pass
    return Card(
        key=key,
        title=result.id,
        kind=result.kind,
        says=Markup("<code>{}</code>").format(result.says),
        verdict=word(verdict),
        standing=weighed.standing,
        told=describe_result(result).removeprefix(f"{word(verdict)} "),
        matter=refutation(result) if weighed.standing == "waived" else finding(weighed),
        place=str(place(weighed)),
        printed=result.printed,
        computed=spaced(result.computed),
        difference=difference,
        rows=tuple(rows_of(weighed)),
    )


def rows_of(weighed: Weighed) -> Iterator[Row]:
    """Yield what a card tells, in its order."""
    told: dict[str, list[Markup]] = {}
    for name, text in explain(weighed):
        if text and name not in ELSEWHERE:
            told.setdefault(name, []).append(shown(name, text))
    told |= mathematics(weighed.result)
    for name, heading in NAMES.items():
        if name in told:
            yield Row(heading, tuple(told.pop(name)))
    for name, rest in told.items():  # whatever explanations learn to tell besides
        yield Row(name.capitalize(), tuple(rest))


def shown(name: str, text: str) -> Markup:
    """Return a line of an explanation as its kind asks."""
    if name in CODE:
        return Markup("<code>{}</code>").format(text)
    return expression(text) if name in FORMULAS else Markup("{}").format(text)


def mathematics(result: Result) -> dict[str, list[Markup]]:
    """Return the formula and both sides of each comparison, in symbols and with the numbers put in."""
    told: dict[str, list[Markup]] = {}
    if result.formula:
        told["formula"] = [expression(result.formula)]
    values = point_of(result)
    for side in result.sides:
        compared = expression(side.left) + relation(side.relation) + right_side(side.relation, side.right, {})
        told.setdefault("compared", []).append(compared)
        if values:
            put = expression(side.left, values) + relation(side.relation)
            told.setdefault("put in", []).append(put + right_side(side.relation, side.right, values))
    return told


def right_side(sign: str, text: str, values: Mapping[str, int]) -> Markup:
    """Return the right side of a comparison: an expression, or the interval that a figure stands for."""
    return Markup("<code>{}</code>").format(spaced(text)) if sign == "in" else expression(text, values)


class Loose(Struct, frozen=True, kw_only=True):
    """The card of a mark that no claim accounts for."""

    key: int
    text: str
    kind: str
    status: str
    place: str
    reasons: tuple[str, ...] = ()


def loose_of(key: int, mark: Mark, text: str, place: str) -> Loose:
    """Return the card of a mark that is exempt, unaccounted, or claimed by what this run did not decide."""
    return Loose(key=key, text=text, kind=mark.kind, status=mark.status, place=place, reasons=mark.reasons)
