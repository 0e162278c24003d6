"""How a mark of the document looks and where it leads: by the verdicts on the claims that account for it."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from weighbridge.documents.source import starts_of_lines
from weighbridge.report.html.cards import Loose, loose_of
from weighbridge.report.model import DocumentText, Mark, Weighed
from weighbridge.verdict import VerdictWord, word

#: The verdict that a mark with several is coloured by comes first.
WORST: tuple[VerdictWord, ...] = ("errored", "refuted", "undecided", "holds")

LINK = Markup(
    '<a class="mark {look}" id="mark-{name}" href="#card-{first}" data-cards="{cards}" data-mark="{name}" '
    'aria-expanded="false" aria-controls="cards">{inner}<span class="said">, {told}</span></a>'
)
MORE = Markup('<span class="mark {look} more" data-mark="{name}">{inner}</span>')


@dataclass(slots=True, kw_only=True)
class Marking:
    """Decorates the marks of one document, which is the page's document `number`.

    `keys` are the results by their ids, `loose` gathers the cards of marks that have no result, from `next_loose` on.
    """

    results: Sequence[Weighed]
    keys: Mapping[str, Sequence[int]]
    document: DocumentText
    path: str
    number: int
    next_loose: int
    loose: list[Loose] = field(default_factory=list)
    starts: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.starts = starts_of_lines(self.document.text)

    def __call__(self, inner: Markup, index: int, first: bool) -> Markup:  # noqa: FBT001 - a callback's signature
        """Return a piece of a mark; its beginning is a link to the cards, the rest can be clicked alone."""
        mark = self.document.marks[index]
        name = f"{self.number}-{index}"
        own = self.found(mark.claims)
        others = [key for key in self.found(mark.around) if key not in own]
        # A claim that only quotes a figure among other words says nothing of it: it has its card, not its colour.
        look, told = self.look(mark, own or (others if mark.status != "unaccounted" else []))
        if not first:
            return MORE.format(look=look, name=name, inner=inner)
        cards = [*own, *others] or [self.card_without_result(mark)]
        return LINK.format(
            look=look, name=name, first=cards[0], cards=" ".join(map(str, cards)), inner=inner, told=told
        )

    def found(self, claims: Sequence[str]) -> list[int]:
        """Return the results of claims, the worst first."""
        keys = dict.fromkeys(key for claim in claims for key in self.keys.get(claim, ()))
        return sorted(keys, key=lambda key: WORST.index(self.verdict(key)))

    def verdict(self, key: int) -> VerdictWord:
        """Return the verdict of a result."""
        return word(self.results[key].result.verdict)

    def look(self, mark: Mark, keys: Sequence[int]) -> tuple[str, str]:
        """Return the classes of a mark, and what is said of it to those who do not see them."""
        if not keys:
            told = {"claimed": "claimed, not decided in this run"}.get(mark.status, mark.status)
            return f"{mark.status} {mark.kind}", told
        counts = Counter(map(self.verdict, keys))
        standings = {self.results[key].standing for key in keys}
        told = ", ".join(f"{counts[each]} {each}" if len(keys) > 1 else each for each in WORST if counts[each])
        excused = [each for each in ("fail", "unexpected", "waived") if each in standings]
        look = next(each for each in WORST if counts[each])
        classes = [look, mark.kind, *(["waived"] if excused == ["waived"] else ["bad"] if excused else [])]
        return " ".join(classes), f"{told} ({excused[0]})" if excused else told

    def card_without_result(self, mark: Mark) -> int:
        """Return the number of a new card for a mark that no result speaks of."""
        line = bisect_right(self.starts, mark.start)
        text = " ".join(self.document.text[mark.start : mark.end].split())
        key = self.next_loose + len(self.loose)
        self.loose.append(loose_of(key, mark, text, f"{self.path}:{line}"))
        return key
