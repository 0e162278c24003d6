"""What a formula of a document is equal to: for all values, at a model, or what the document sets it equal to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from weighbridge.draft.ground import Ground, value_at
from weighbridge.draft.guess import Guess
from weighbridge.draft.matching import Matcher
from weighbridge.draft.printed import ESTIMATE, ROUGHLY, before
from weighbridge.draft.surroundings import Place
from weighbridge.formula.figures import Figure
from weighbridge.formula.latex import Side
from weighbridge.formula.parser import parse
from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import Expression, Name, Number, free_names
from weighbridge.spec.expand import expand

#: How strongly words must speak of what a formula of a known model is equal to.
SPOKEN = 1.0
#: Equalities that documents take for granted.
USUAL = (("d_ff", "4 * d_model"), ("d_model", "n_heads * d_head"), ("n_kv_heads", "n_heads"))


@dataclass(slots=True)
class FormulaGuesser:
    """Guesses at the formulas of one document, under some conventions.

    Where a config says what the model is (`known`), nothing is assumed that is false of it, and words must say what a
    formula is equal to: a product is equal to too much else.
    """

    matcher: Matcher
    conventions: Mapping[str, bool]
    known: bool = False

    @property
    def ground(self) -> Ground:
        """What the formulas are about."""
        return self.matcher.ground

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
        support = self.matcher.around.support(place)
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
            for trial in self.matcher.trials:
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
        spoken = [each for each in self.ground.candidates if not self.known or each.strength(support) >= SPOKEN]
        for assuming in self.assumptions(tree):
            wanted = self.ground.form(tree, text, self.conventions, assuming)
            matches = [
                (each.strength(support) - each.level, each)
                for each in spoken
                # A product of symbols says nothing of a product of symbols.
                if not each.joint and each.text != text
                if not assuming or self.ground.form(each.tree, each.text, self.conventions, ()) not in plain
                if self.ground.form(each.tree, each.text, self.conventions, assuming) == wanted
            ]
            if not matches:
                continue
            score, first = max(matches, key=lambda match: match[0])
            first = self.matcher.plainest(first, self.conventions)
            guess = Guess(
                equals=self.matcher.together(first, matches),
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
            for left, right in USUAL
            if left in called
        ]
        if self.known:
            usual = [each for each in usual if self.is_true(each)]
        yield from dict.fromkeys([(), aliases, *((*aliases, each) for each in usual), (*aliases, *usual)])

    def is_true(self, assumption: str) -> bool:
        """Tell whether an equality is true of the document's own model."""
        values = self.matcher.trials[0].values if self.matcher.trials else {}
        left, _, right = assumption.partition(" == ")
        found = value_at(parse(left), values)
        return found is not None and found == value_at(parse(right), values)

    def equal_at_model(
        self, tree: Expression, text: str, support: Mapping[str, float], place: Place, side: Side
    ) -> Guess | None:
        """Return what a formula is equal to at a model, exactly or as the estimate that the document calls it."""
        rough = side.relation == "≈" or ROUGHLY.search(before(self.matcher.around, place)) is not None
        for trial in self.matcher.trials:
            value = value_at(expand(tree, self.ground.space, self.conventions), trial.values)
            if value is None:
                continue
            figure = Figure(text, value, value, value)
            found = self.matcher.best(figure, place, support, conventions=self.conventions)
            weak = found is None or (self.known and found.score < SPOKEN)
            if found is not None and not weak and found.trial is trial and found.equals != (text,):
                return Guess(equals=found.equals, formula=text, at=trial.name, subject=found.subject, score=found.score)
            if rough and free_names(tree):
                near = Figure(text, value, value * (1 - ESTIMATE / 2), value * (1 + ESTIMATE / 2))
                found = self.matcher.best(near, place, support, conventions=self.conventions, names_alone=True)
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
        for trial in self.matcher.trials:
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
