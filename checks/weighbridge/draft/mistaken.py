"""Which formulas of a model card are false of its model: by what words say they are, or by a figure beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from msgspec import Struct

from weighbridge.draft.card import SCALE_BEHIND, Card
from weighbridge.draft.ground import value_at
from weighbridge.draft.guess import Guess
from weighbridge.draft.phrasing import ENDS_THERE
from weighbridge.draft.printed import DISTINCTIVE, ESTIMATE, ROUGHLY
from weighbridge.draft.surroundings import Place
from weighbridge.formula.latex import Side
from weighbridge.formula.printer import thousands, to_text
from weighbridge.formula.tree import Expression, Name, Number, free_names
from weighbridge.spec.expand import expand

#: What words can say of a formula that counts weights.
WEIGHED = frozenset(
    {
        *("total", "active", "non-embedding", "embedding", "positions", "attention", "feedforward", "lm-head", "norms"),
        *("cross-attention", "encoder-attention", "encoder-feedforward", "experts-total"),
    }
)
#: A figure that is not rounded.
DIGITS = re.compile(r"\d+|\d{1,3}(?:(?:,|\{,\}|\\,)\d{3})+")
#: Formulas often leave out biases and norms, and count the matrices alone.
MATRICES = {"attention": "attention_matrices", "feedforward": "feedforward_matrices"}


class Mistaken(Struct, frozen=True):
    """Tells formulas of one card that are false at its model, under the name that the spec gives that."""

    card: Card
    model: str

    def guess(self, place: Place, side: Side, chain: Sequence[tuple[Side, Fraction | None]]) -> Guess | None:
        """Return the claim that a formula makes though it is false, None where words leave a doubt."""
        value = self.value(side)
        if value is None or not isinstance(side.says, Expression) or ROUGHLY.search(self.before(place)):
            return None
        text = to_text(side.says)
        figure = self.beside(place, side, chain)
        if figure is not None:
            return None if figure == value else self.refuted(text, value, to_text(Number(figure)), "formula")
        spoken = self.card.beside.spoken(place)
        if spoken is None or not spoken.sure or spoken.subject not in WEIGHED or self.card.owner.whose(place) != "own":
            return None
        expressions = (*spoken.expressions, *(MATRICES[each] for each in spoken.expressions if each in MATRICES))
        worth = {each: found for each in expressions if (found := self.card.worth.of(each)) is not None}
        # What is off by little leaves out norms or biases, and one layer's weights are no whole model's.
        # So is what "N = 12 L d^2" leaves out: the embeddings.
        rough = [*worth.values(), self.card.worth.of("non_embedding") or Fraction(0)]
        near = any(abs(found - value) <= found * ESTIMATE for found in rough)
        layers = self.card.worth.put("n_layers")
        whole = layers in free_names(side.says) or not any(self.depends(each, layers) for each in worth)
        if not worth or near or not whole or not self.ends(place):
            return None
        return self.refuted(text, value, self.card.worth.put(next(iter(worth))), spoken.subject)

    def value(self, side: Side) -> Fraction | None:
        """Return what a formula comes to, None where it computes nothing or words do not say what its letters are."""
        if not isinstance(side.says, Expression) or isinstance(side.says, Name | Number):
            return None
        names = sorted(free_names(side.says))
        letters = [self.card.letters.get(name) for name in names]
        if not names or not all(letter is not None and letter.sure for letter in letters):
            return None
        # A document may have several letters for one symbol.
        aliases = {
            name: self.card.worth.values[letter.expressions[0]]
            for name, letter in zip(names, letters, strict=True)
            if letter is not None and letter.expressions[0] in self.card.worth.values
        }
        return value_at(self.expanded(side.says), self.values | aliases)

    @property
    def values(self) -> dict[str, int]:
        """The values of the model's symbols by the document's names."""
        return {self.card.worth.put(name): value for name, value in self.card.worth.values.items()}

    def expanded(self, tree: Expression) -> Expression:
        """Return an expression of the document with its quantities put in."""
        return expand(tree, self.card.worth.ground.space, self.card.worth.conventions)

    def depends(self, expression: str, symbol: str) -> bool:
        """Tell whether a quantity changes with a symbol."""
        return symbol in free_names(self.expanded(Name(self.card.worth.put(expression))))

    def before(self, place: Place) -> str:
        """Return the sentence up to a formula."""
        return self.card.around.text[place.sentence.start : place.seen.start]

    def ends(self, place: Place) -> bool:
        """Tell whether the noun behind a formula is all that is said of it: "$4 d^2$ weights for keys" says more."""
        return ENDS_THERE.match(self.card.around.text, place.seen.end, place.sentence.end) is not None

    def beside(self, place: Place, side: Side, chain: Sequence[tuple[Side, Fraction | None]]) -> Fraction | None:
        """Return the figure that the card sets a formula exactly equal to, None where it sets it equal to none."""
        at = next((at for at, (other, _) in enumerate(chain) if other is side), 0)
        for other, figure in chain[at + 1 :]:
            if other.relation != "=":
                break
            start, end = (place.seen.end + edge - side.end for edge in (other.start, other.end))
            exact = DIGITS.fullmatch(self.card.around.text, start, end) is not None
            if figure is not None and exact and figure >= DISTINCTIVE:
                return figure if SCALE_BEHIND.match(self.card.around.text, end) is None else None
        return None

    def refuted(self, text: str, value: Fraction, equals: str, subject: str) -> Guess:
        """Return a claim that is false, with what is the case."""
        found = thousands(value) if value.denominator == 1 else str(value)
        told = [f"does not hold: the formula is {found}"]
        if not equals[:1].isdigit():
            is_now = self.card.worth.of(self.card.worth.ground.subject(equals)) or Fraction(0)
            told = [f"{told[0]}, and {equals} is {thousands(is_now) if is_now.denominator == 1 else is_now}"]
        return Guess(formula=text, equals=(equals,), at=self.model, subject=subject, remarks=tuple(told), refuted=True)
