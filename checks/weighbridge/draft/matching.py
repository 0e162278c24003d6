"""Which candidate a figure of a document is: what fits exactly, and is spoken of where the figure stands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msgspec import Struct

from weighbridge.draft.ground import Candidate, Ground, Trial
from weighbridge.draft.printed import distinctive
from weighbridge.draft.surroundings import Place, Surroundings
from weighbridge.formula.figures import Figure
from weighbridge.spec.units import UnitError, clash, unit_of


class Found(Struct, frozen=True):
    """The candidates that fit best, at which model and under which conventions."""

    equals: tuple[str, ...]
    trial: Trial
    subject: str
    score: float
    conventions: Mapping[str, bool]


@dataclass(slots=True)
class Matcher:
    """Tries the candidates of one ground, at some models."""

    around: Surroundings
    ground: Ground
    trials: Sequence[Trial]

    def best(
        self,
        figure: Figure,
        place: Place,
        support: Mapping[str, float],
        *,
        conventions: Mapping[str, bool],
        names_alone: bool = False,
    ) -> Found | None:
        """Return the candidate that fits a figure best."""
        matches: list[tuple[float, Candidate, Trial]] = []
        for trial in self.trials:
            values = self.ground.values_at(trial, conventions)
            candidates = [
                each for each in self.ground.candidates if each.text in values and values[each.text] in figure
            ]
            if not candidates:
                continue
            bonus = self.speaks_of(trial, place)
            for candidate in candidates:
                if (names_alone and candidate.level) or not self.fits(candidate, figure):
                    continue
                strength = candidate.strength(support)
                if self.plausible(figure, candidate, strength, place):
                    matches.append((strength - candidate.level + bonus, candidate, trial))
        if not matches:
            return None
        score, first, trial = max(matches, key=lambda match: match[0])
        # Where the document's own model will do, it is the one that is meant; and a name says more than its sum.
        own = [match for match in matches if match[2] is self.trials[0] and match[1] is first]
        if own and set(trial.values.items()) <= set(self.trials[0].values.items()):
            score, first, trial = own[0]
        here = [(other, candidate) for other, candidate, at in matches if at is trial]
        first = self.plainest(first, conventions)
        return Found(self.together(first, here), trial, first.subjects[0], score, conventions)

    def plainest(self, first: Candidate, conventions: Mapping[str, bool]) -> Candidate:
        """Return a quantity for what a sum or product says, if there is one."""
        if not first.level:
            return first
        wanted = self.ground.form(first.tree, first.text, conventions, ())
        quantities = (each for each in self.ground.candidates if each.text in self.ground.space.quantities)
        alike = (each for each in quantities if self.ground.form(each.tree, each.text, conventions, ()) == wanted)
        return next(alike, first)

    def together(self, first: Candidate, scored: Sequence[tuple[float, Candidate]]) -> tuple[str, ...]:
        """Return a candidate, and the other tensors that are spoken of just as much."""
        tensors = self.ground.space.tensors
        score = next((other for other, candidate in scored if candidate is first), 0.0)
        if first.text not in tensors or score <= 0.3:
            return (first.text,)
        return tuple(each.text for other, each in scored if each.text in tensors and abs(other - score) < 0.01)

    def speaks_of(self, trial: Trial, place: Place) -> float:
        """Return how much a figure's surroundings speak of a model: the first one where they speak of none."""
        words = re.sub(r"[\W_]+", " ", trial.name.casefold()).strip()
        around = [self.around.text[place.sentence.start : place.sentence.end], place.row, place.column]
        around += [section.name for section in place.sections]
        said = re.sub(r"[\W_]+", " ", " ".join(around).casefold())
        longer = any(
            words in other and words != other and re.search(rf"\b{re.escape(other)}\b", said)
            for other in (re.sub(r"[\W_]+", " ", each.name.casefold()).strip() for each in self.trials)
        )
        mentioned = bool(words) and re.search(rf"\b{re.escape(words)}\b", said) is not None and not longer
        return 1.0 * mentioned + 0.4 * (trial is self.trials[0])

    def plausible(self, figure: Figure, candidate: Candidate, strength: float, place: Place) -> bool:
        """Tell whether a match can be more than an accident."""
        share = "/" in candidate.text and candidate.level == 1 and figure.value < 1
        if share:
            return strength >= 1.0
        if figure.value < 1:
            return False
        if not distinctive(figure):
            near = self.around.nearest(place)[:2]
            named = bool(place.row or place.column) or any(set(candidate.subjects) & set(each.names) for each in near)
            return candidate.level == 0 and strength >= 3.0 and named
        if candidate.level >= 1.3:
            return strength >= 2.0
        return figure.exact or strength > 0.1 or candidate.subjects[0] == "total"

    def fits(self, candidate: Candidate, figure: Figure) -> bool:
        """Tell whether a candidate counts what a figure counts; money and memory are not parameters."""
        space = self.ground.space
        try:
            unit = unit_of(candidate.tree, space.tensors, space.quantities)
        except UnitError:
            return False
        if clash(figure.unit, unit):
            return False
        if not figure.unit:
            return unit not in ("bytes", "FLOPs") or not distinctive(figure) or figure.value > 10**15
        # What only may be bytes, such as `2 * total`, is taken as such where it is said to be.
        return unit == figure.unit or candidate.subjects[0] in (
            "checkpoint",
            "kv_cache",
            "flops_forward",
            "flops_train",
        )
