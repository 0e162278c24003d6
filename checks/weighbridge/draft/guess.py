"""What a figure or formula of a document is equal to, as far as its surroundings and exact trials can tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace
from fractions import Fraction

from weighbridge.documents.inventory import Item
from weighbridge.draft.ground import Candidate, Ground, Trial, value_at
from weighbridge.draft.surroundings import Place, Surroundings
from weighbridge.formula.figures import Figure, FigureError, read_figure
from weighbridge.formula.latex import Side
from weighbridge.formula.printer import thousands, to_text
from weighbridge.formula.tree import Expression, Name, Number, free_names
from weighbridge.spec.expand import expand
from weighbridge.spec.units import UnitError, clash, unit_of

#: Below this a whole number is equal to too much by accident: it needs a word beside it.
DISTINCTIVE = 1_000
#: How far an estimate may be off that a document calls one.
ESTIMATE = Fraction(1, 20)
#: Words before a figure that make it a bound, and the comparison that they mean.
BOUNDS = (
    (re.compile(r"\b(?:less|fewer|smaller) than\W*$|\b(?:under|below)\W*$", re.IGNORECASE), "<"),
    (re.compile(r"\b(?:more|greater|larger) than\W*$|\b(?:over|above|exceeding)\W*$", re.IGNORECASE), ">"),
    (re.compile(r"\bat least\W*$", re.IGNORECASE), ">="),
    (re.compile(r"\b(?:at most|up to)\W*$", re.IGNORECASE), "<="),
)
ROUGHLY = re.compile(
    r"(?:\b(?:about|around|roughly|approximately|nearly|almost|some|circa|estimate[ds]?)\b|≈|~|∼|\\approx|\\sim)[^.\0]*$"
)
#: What a bytes' figure may mean where its text does not say so: "36,864 bytes" has its unit behind it.
COUNTED = re.compile(r"\s*(bytes|FLOPs|FLOPS|flops)\b(?!\s+per\s+(?:param|value|weight))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A claim that may be made of an item: one of `printed`, `formula` and `asserts` says what, `equals` against what.

    `at` is a model, or "" for everywhere. A guess that is only half sure says so in `todo`.
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


@dataclass(slots=True)
class Guesser:
    """Guesses at the items of one document, on one ground, at some models, under some conventions."""

    around: Surroundings
    ground: Ground
    trials: Sequence[Trial]
    conventions: Mapping[str, bool]

    def figure(self, item: Item, place: Place) -> Guess | None:
        """Return what a figure is equal to, None where nothing fits well enough."""
        text, unit = self.text_of(item), self.unit_of(place)
        try:
            figure = read_figure(text)
        except FigureError:
            return self.asserted(item, place)
        figure = replace(figure, unit=figure.unit or unit)
        support = self.around.support(place)
        before = self.around.text[place.sentence.start : place.seen.start]
        if any(pattern.search(before) for pattern, _ in BOUNDS):
            return None
        found = self.best(figure, place, support, conventions=self.conventions)
        if found is None and distinctive(figure):
            for settings in self.ground.settings()[1:]:
                found = self.best(figure, place, support, conventions=settings, names_alone=True)
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
            found = self.best(figure, place, support, conventions=self.conventions, names_alone=True)
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
        figure = Figure(item.text, value, value, value, unit=self.unit_of(place))
        found = self.best(figure, place, self.around.support(place), conventions=self.conventions)
        if found is None:
            return None
        number = to_text(Number(value, thousands(value).replace(",", "_")))
        return Guess(
            asserts=" == ".join([*found.equals, number]), at=found.trial.name, subject=found.subject, score=found.score
        )

    def unit_of(self, place: Place) -> str:
        """Return the unit that stands behind a figure, "" where none does."""
        match = COUNTED.match(self.around.text, place.seen.end)
        return "" if match is None else "bytes" if match[1] == "bytes" else "FLOPs"

    def text_of(self, item: Item) -> str:
        """Return a figure as it is printed, with the unit that stands right behind it."""
        match = COUNTED.match(self.around.source.text, item.span.end)
        return f"{item.text} {match[1]}" if match and not re.search(r"[A-Za-z]$", item.text) else item.text

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

    def formula(self, place: Place, side: Side, chain: Sequence[tuple[Side, Fraction | None]]) -> Guess | None:
        """Return what a formula is equal to; `chain` are the sides around it with the figures among them."""
        if not isinstance(side.says, Expression):
            return None
        tree, text = side.says, to_text(side.says)
        if not free_names(tree) <= {
            *self.ground.space.symbols,
            *self.ground.space.tensors,
            *self.ground.space.quantities,
        }:
            return None
        support = self.around.support(place)
        if free_names(tree):
            found = self.of_symbol(tree, text, side, chain) or self.identical(tree, text, support)
            if found is not None:
                return found
        return self.equal_at_model(tree, text, support, place, side) or self.to_neighbour(tree, text, side, chain)

    def of_symbol(
        self, tree: Expression, text: str, side: Side, chain: Sequence[tuple[Side, Fraction | None]]
    ) -> Guess | None:
        """Return that a formula is the symbol that the document sets equal to it: "d_ff = 4 d"."""
        for other, _ in chain:
            symbol = getattr(other.says, "name", "")
            if other is side or symbol not in self.ground.space.symbols:
                continue
            for trial in self.trials:
                value = value_at(expand(tree, self.ground.space, self.conventions), trial.values)
                if value is not None and value == trial.values.get(symbol):
                    subject = self.ground.subject(symbol)
                    return Guess(equals=(symbol,), formula=text, at=trial.name, subject=subject, score=3)
        return None

    def identical(self, tree: Expression, text: str, support: Mapping[str, float]) -> Guess | None:
        """Return what a formula is equal to for all values, under as few assumptions as will do."""
        best: tuple[float, Guess] | None = None
        # An assumption says nothing of itself: what is a symbol by another name is equal to what it is assumed to be.
        plain = {self.ground.form(Name(name), name, self.conventions, ()) for name in self.ground.space.symbols}
        for assuming in self.assumptions(tree):
            wanted = self.ground.form(tree, text, self.conventions, assuming)
            matches = [
                (each.strength(support) - each.level, each)
                for each in self.ground.candidates
                # A product of symbols says nothing of a product of symbols.
                if not each.joint and each.text != text
                if not assuming or self.ground.form(each.tree, each.text, self.conventions, ()) not in plain
                if self.ground.form(each.tree, each.text, self.conventions, assuming) == wanted
            ]
            if not matches:
                continue
            score, first = max(matches, key=lambda match: match[0])
            first = self.plainest(first, self.conventions)
            guess = Guess(
                equals=self.together(first, matches),
                formula=text,
                subject=first.subjects[0],
                assuming=assuming,
                score=score,
            )
            weighed = score - 0.3 * len(assuming)
            if best is None or weighed > best[0]:
                best = weighed, guess
        return best[1] if best else None

    def assumptions(self, tree: Expression) -> Iterator[tuple[str, ...]]:
        """Yield the equalities that may be taken for granted, the fewest first."""
        called = self.ground.called
        aliases = tuple(
            f"{name} == {self.ground.aliases[name]}" for name in sorted(free_names(tree) & self.ground.aliases.keys())
        )
        usual = [
            f"{called[left]} == {' '.join(called.get(word, word) for word in right.split())}"
            for left, right in (("d_ff", "4 * d_model"), ("d_model", "n_heads * d_head"))
            if left in called
        ]
        yield from dict.fromkeys([(), aliases, *((*aliases, each) for each in usual), (*aliases, *usual)])

    def equal_at_model(
        self, tree: Expression, text: str, support: Mapping[str, float], place: Place, side: Side
    ) -> Guess | None:
        """Return what a formula is equal to at a model, exactly or as the estimate that the document calls it."""
        before = self.around.text[place.sentence.start : place.seen.start]
        rough = side.relation == "≈" or ROUGHLY.search(before) is not None
        for trial in self.trials:
            value = value_at(expand(tree, self.ground.space, self.conventions), trial.values)
            if value is None:
                continue
            figure = Figure(text, value, value, value)
            found = self.best(figure, place, support, conventions=self.conventions)
            if found is not None and found.trial is trial and found.equals != (text,):
                return Guess(equals=found.equals, formula=text, at=trial.name, subject=found.subject, score=found.score)
            if rough and free_names(tree):
                near = Figure(text, value, value * (1 - ESTIMATE / 2), value * (1 + ESTIMATE / 2))
                found = self.best(near, place, support, conventions=self.conventions, names_alone=True)
                if found is not None and found.score >= 0.5:
                    extra = (("about", "5%"), ("because", "TODO: the document calls it an estimate"))
                    return Guess(
                        equals=found.equals, formula=text, at=trial.name, subject=found.subject, extra=extra,
                        score=found.score,
                    )  # fmt: skip
        return None

    def to_neighbour(
        self, tree: Expression, text: str, side: Side, chain: Sequence[tuple[Side, Fraction | None]]
    ) -> Guess | None:
        """Return that a formula is equal to the figure or formula that the document sets it equal to."""
        for trial in self.trials:
            value = value_at(expand(tree, self.ground.space, self.conventions), trial.values)
            for other, figure in chain:
                if other is side or value is None:
                    continue
                if figure is not None and figure == value:
                    return Guess(equals=(to_text(Number(figure)),), formula=text, at=trial.name, subject="formula")
                computed = isinstance(other.says, Expression) and not isinstance(other.says, Number | Name)
                if not computed or not isinstance(other.says, Expression) or other.says == tree:
                    continue
                if value_at(expand(other.says, self.ground.space, self.conventions), trial.values) == value:
                    return Guess(equals=(to_text(other.says),), formula=text, at=trial.name, subject="formula")
        return None


@dataclass(frozen=True, slots=True)
class Found:
    """The candidates that fit best, at which model and under which conventions."""

    equals: tuple[str, ...]
    trial: Trial
    subject: str
    score: float
    conventions: Mapping[str, bool]


def distinctive(figure: Figure) -> bool:
    """Tell whether a figure is seldom met by accident: large and exact, or with two digits and more of a large one."""
    if figure.exact:
        return figure.value >= DISTINCTIVE
    return figure.value >= DISTINCTIVE and figure.high - figure.low <= figure.value / 8


def changed(settings: Mapping[str, bool], usual: Mapping[str, bool]) -> dict[str, bool]:
    """Return the settings that are not the usual ones."""
    return {name: on for name, on in settings.items() if on != usual[name]}


def settings_that_fit(ground: Ground, trials: Sequence[Trial], figures: Iterable[Figure]) -> dict[str, bool]:
    """Return the conventions under which most of these figures are something, the architecture's own if any will do."""
    wanted = [figure for figure in figures if distinctive(figure)]
    tried = [each for each in ground.candidates if each.level <= 1 and each.text not in ground.space.symbols]

    def fit(settings: Mapping[str, bool]) -> float:
        levels: dict[Fraction, float] = {}
        for trial in trials:
            values = ground.values_at(trial, settings)
            for candidate in tried:
                if value := values.get(candidate.text):
                    levels[value] = min(levels.get(value, 1.0), candidate.level)
        score = 0.0
        for figure in wanted:
            if figure.exact:
                found = levels.get(figure.value)
            else:
                found = min((level for value, level in levels.items() if value in figure), default=None)
            if found is not None:
                score += (1.0 if figure.exact else 0.4) * (1.0 - 0.4 * found)
        return score

    ranked = [(fit(settings), -index, settings) for index, settings in enumerate(ground.settings())]
    return max(ranked, key=lambda each: each[:2])[2]
