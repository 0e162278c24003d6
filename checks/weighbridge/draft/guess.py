"""What a figure of a document is equal to, as far as its surroundings and exact trials can tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from msgspec import Struct, field
from msgspec.structs import replace

from weighbridge.documents.inventory import Item
from weighbridge.draft.matching import Matcher
from weighbridge.draft.printed import DISTINCTIVE, before, bound, distinctive, text_of, unit_of
from weighbridge.draft.settings import changed
from weighbridge.draft.surroundings import Place
from weighbridge.formula.figures import Figure, FigureError, read_figure
from weighbridge.formula.printer import thousands, to_text
from weighbridge.formula.tree import Number


class Guess(Struct, frozen=True, kw_only=True):
    """A claim that may be made of an item: one of `printed`, `formula` and `asserts` says what, `equals` against what.

    `at` is a model, or "" for everywhere. `remarks` are for whoever reads it; what is `refuted` is claimed though it is
    false, since the document says it.
    """

    equals: tuple[str, ...] = ()
    printed: str = ""
    formula: str = ""
    asserts: str = ""
    at: str = ""
    subject: str = ""
    assuming: tuple[str, ...] = ()
    conventions: Mapping[str, bool] = field(default_factory=dict)
    extra: tuple[tuple[str, str], ...] = ()
    score: float = 0.0
    remarks: tuple[str, ...] = ()
    refuted: bool = False


@dataclass(slots=True)
class Guesser:
    """Guesses at the figures of one document, under some conventions."""

    matcher: Matcher
    conventions: Mapping[str, bool]

    def figure(self, item: Item, place: Place) -> Guess | None:
        """Return what a figure is equal to, None where nothing fits well enough."""
        text, unit = text_of(self.matcher.around, item), unit_of(self.matcher.around, place)
        try:
            figure = read_figure(text)
        except FigureError:
            return self.asserted(item, place)
        figure = replace(figure, unit=figure.unit or unit)
        support = self.matcher.around.support(place)
        # A cell of one size among several says nothing of the document's own model.
        if place.sized or bound(before(self.matcher.around, place)):
            return None
        found = self.matcher.best(figure, place, support, conventions=self.conventions)
        if found is None and distinctive(figure):
            for settings in self.matcher.ground.settings()[1:]:
                found = self.matcher.best(figure, place, support, conventions=settings, names_alone=True)
                if found is not None:
                    break
        if found is None:
            return self.rounded(text, place, support)
        return Guess(
            equals=found.equals,
            printed=text,
            at=found.trial.name,
            subject=found.subject,
            conventions=changed(found.conventions, self.conventions),
            score=found.score,
        )

    def rounded(self, text: str, place: Place, support: Mapping[str, float]) -> Guess | None:
        """Return what a figure is equal to if it was rounded down or up, as documents do with sizes."""
        for rounding in ("down", "up"):
            try:
                figure = read_figure(text, rounding=rounding)
            except FigureError:
                return None
            if figure.exact or not distinctive(figure):
                return None
            found = self.matcher.best(figure, place, support, conventions=self.conventions, names_alone=True)
            if found is not None and found.score >= 0.5:
                extra = (("rounding", rounding), ("because", f"TODO: the document seems to round {rounding}"))
                return Guess(
                    equals=found.equals, printed=text, at=found.trial.name, subject=found.subject, extra=extra,
                    score=found.score,
                )  # fmt: skip
        return None

    def asserted(self, item: Item, place: Place) -> Guess | None:
        """Return what a figure is equal to that can be understood but not be printed in a spec."""
        value = next(iter(item.values), None)
        if value is None or value.denominator != 1 or value < DISTINCTIVE:
            return None
        figure = Figure(item.text, value, value, value, unit=unit_of(self.matcher.around, place))
        found = self.matcher.best(figure, place, self.matcher.around.support(place), conventions=self.conventions)
        if found is None:
            return None
        number = to_text(Number(value, thousands(value).replace(",", "_")))
        return Guess(
            asserts=" == ".join([*found.equals, number]), at=found.trial.name, subject=found.subject, score=found.score
        )
