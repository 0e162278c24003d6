"""What a printed figure is right for in place of its claim: another model or name, another value, a symbol mistaken.

Each is the claim itself, with that one thing changed and decided again by the reference evaluation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from weighbridge.engines.evaluate import evaluate_at
from weighbridge.explain.chance import Odds
from weighbridge.explain.pieces import Piece, tensors_of, value_of
from weighbridge.explain.residual import alternatives
from weighbridge.formula.exact import EvaluationError, number_of
from weighbridge.formula.printer import thousands
from weighbridge.formula.tree import Expression, Name, Number, Product, free_names, number
from weighbridge.spec.ask import Asked, claim_question
from weighbridge.spec.claim_model import Claim, PrintedFigure
from weighbridge.spec.expand import Expansions
from weighbridge.spec.model import Spec, Tensor
from weighbridge.spec.question import AtPoint

#: Other models that are tried.
MAX_MODELS = 200
#: What a size is padded to multiples of, as long as that adds no more than an eighth.
PADDING = tuple(2**power for power in range(3, 11))


class Slot(Struct, frozen=True):
    """One factor of a tensor's shape, or of how many copies there are, and what may stand in its place."""

    tensor: str
    old: Expression
    new: Expression
    changed: Tensor

    @property
    def alike(self) -> bool:
        """Whether the names begin alike, as `d_head` and `d_model` do: those are mistaken for each other first."""
        match self.old, self.new:
            case Name(old), Name(new):
                return old.split("_")[0] == new.split("_")[0]
            case _:
                return False

    @property
    def words(self) -> str:
        """The change without the tensor."""
        return f"{shown(self.new)} in place of {shown(self.old)}"


class Instead(Struct, frozen=True):
    """An exact figure that is claimed of one model, and what is computed for it."""

    spec: Spec
    claim: Claim
    statement: PrintedFigure
    asked: Asked
    values: Mapping[str, int]
    computed: int | Fraction

    @classmethod
    def of(cls, spec: Spec, claim: Claim, asked: Asked, computed: int | Fraction) -> Instead | None:
        """Return where to try; None where nothing depends on the model.

        What the document works out in numbers alone is of its model as it is, and says nothing of another one.
        """
        said, domain = claim.statement, asked.question.domain
        if not isinstance(said, PrintedFigure) or not isinstance(domain, AtPoint) or claim.oracle is not None:
            return None
        open_ones = tuple(tree for tree in said.equals if free_names(tree))
        if not open_ones:
            return None
        statement = replace(said, equals=open_ones)
        again = claim_question(
            Expansions(spec), spec, claim, statement, domain=domain, conventions=asked.conventions, model=asked.model
        )
        return cls(spec, claim, statement, again, domain.values, computed)

    def told(self, odds: Odds, found: Sequence[Piece]) -> str:
        """Return the first explanation of this kind, "" where there is none that chance would not give as well."""
        return self.other_model(odds) or self.other_name(odds, found) or self.other_value(odds) or self.mistaken(odds)

    def off(self, value: int | Fraction) -> int | Fraction:
        """Return how much more a value is than what is computed, an integer where it is one."""
        gap = Fraction(value) - self.computed
        return gap.numerator if gap.denominator == 1 else gap

    def other_model(self, odds: Odds) -> str:
        """Return the other models, of the same conventions, of which the claim is true."""
        own = self.asked.model
        if own is None:
            return ""
        others = [each for each in self.spec.models.values() if each.conventions == own.conventions and each != own]
        tried = (
            (self.off(value), model)
            for model in others[:MAX_MODELS]
            if (value := self.value_at(model.values)) is not None
        )
        met = [model.name for model in odds.met(tried, plain=True) if self.holds_at(model.values)]
        return f"true of the model {alternatives(met)}, false of {own.name}" if met else ""

    def other_name(self, odds: Odds, found: Sequence[Piece]) -> str:
        """Return the symbols, tensors and quantities whose value is printed."""
        named = [*self.values.items(), *((piece.name, value_of(piece, self.values)) for piece in found)]
        met = odds.met(((self.off(value), name) for name, value in named if value), plain=True)
        return f"printed is what {alternatives(list(dict.fromkeys(met)))} is" if met else ""

    def other_value(self, odds: Odds) -> str:
        """Return the value of one symbol, one more or less or padded, with which the claim is true."""
        tried = (
            (self.off(value), (name, other))
            for name in self.asked.question.minimums
            for other in self.others(name)
            if (value := self.value_at({**self.values, name: other})) is not None
        )
        for name, other in odds.met(tried):
            if self.holds_at({**self.values, name: other}):
                old, multiple = self.values[name], max((step for step in PADDING if other % step == 0), default=1)
                padded = f", padded to a multiple of {multiple:,}" if other > old + 1 else ""
                return f"true with {name} = {thousands(other)} in place of {thousands(old)}{padded}"
        return ""

    def others(self, name: str) -> Sequence[int]:
        """Return the other values of a symbol that are tried."""
        value = self.values[name]
        padded = (-(-value // step) * step for step in PADDING if step * 8 <= value)
        tried = dict.fromkeys((value - 1, value + 1, *padded))
        return [other for other in tried if other != value and other >= self.spec.symbols[name].minimum]

    def mistaken(self, odds: Odds) -> str:
        """Return the tensors that have one symbol, or number, in place of another where the claim is true."""
        met = [slot for slot in odds.met(self.slots()) if self.holds_with(slot.changed)]
        if not met:
            return ""
        words = min(met, key=lambda slot: not slot.alike).words
        tensors = list(dict.fromkeys(slot.tensor for slot in met if slot.words == words))
        others = len({slot.words for slot in met}) - 1
        more = f" (one of {others + 1} such changes)" if others else ""
        return f"true with {words} in {alternatives(tensors)}{more}"

    def slots(self) -> Iterator[tuple[int | Fraction, Slot]]:
        """Yield each change of one factor of a tensor that is counted, with what it adds."""
        put_in = Expansions(self.spec).under(self.asked.conventions)
        counted = tensors_of(self.spec, *self.statement.equals)
        for name, tensor in self.spec.tensors.items():
            if name not in counted:
                continue
            size = value_of(Piece(name, put_in.count(tensor), counted=True), self.values)
            for place, factor in enumerate((*tensor.shape, *tensor.per)) if size else ():
                for old, new, tree in replacements(factor, self.values):
                    before, after = self.factor_of(old), self.factor_of(new)
                    if before and after and before != after:
                        gap = Fraction(size) * after / before - size
                        settled = gap.numerator if gap.denominator == 1 else gap
                        yield settled, Slot(name, old, new, with_factor(tensor, place, tree))

    def factor_of(self, tree: Expression) -> int | Fraction:
        """Return the value of a symbol or number."""
        return number_of(tree, self.values)

    def value_at(self, values: Mapping[str, int]) -> int | Fraction | None:
        """Return what is computed for other values, None where there is none."""
        tree = self.asked.computed
        if tree is None or not free_names(tree) <= values.keys():
            return None
        try:
            return number_of(tree, values)
        except EvaluationError:
            return None

    def holds_at(self, values: Mapping[str, int]) -> bool:
        """Tell whether the claim is true of other values."""
        if not self.asked.question.minimums.keys() <= values.keys():
            return False
        return is_so(self.asked, values)

    def holds_with(self, tensor: Tensor) -> bool:
        """Tell whether the claim is true with another tensor of the same name."""
        spec = replace(self.spec, tensors={**self.spec.tensors, tensor.name: tensor})
        domain, conventions = self.asked.question.domain, self.asked.conventions
        again = claim_question(
            Expansions(spec), spec, self.claim, self.statement, domain=domain, conventions=conventions
        )
        return is_so(again, self.values)


def is_so(asked: Asked, values: Mapping[str, int]) -> bool:
    """Tell whether a question's assumptions are met and its condition is true."""
    found = evaluate_at(asked.question, values)
    return found.inside and found.true and not found.error


def replacements(factor: Expression, values: Mapping[str, int]) -> Iterator[tuple[Expression, Expression, Expression]]:
    """Yield what may be mistaken in a factor, for what, and the factor with that: a symbol, a number off by one."""
    match factor:
        case Name(name) if name in values:
            for other, value in values.items():
                if other != name and value > 1:
                    yield factor, Name(other), Name(other)
        case Number(value):
            for beside in (value - 1, value + 1):
                yield factor, number(beside), number(beside)
        case Product(factors):
            for place, each in enumerate(factors):
                for old, new, tree in replacements(each, values):
                    yield old, new, Product((*factors[:place], tree, *factors[place + 1 :]))
        case _:
            return


def with_factor(tensor: Tensor, place: int, tree: Expression) -> Tensor:
    """Return a tensor with another factor at a place of its shape, or behind that of its copies."""
    factors = [*tensor.shape, *tensor.per]
    factors[place] = tree
    rank = len(tensor.shape)
    return replace(tensor, shape=tuple(factors[:rank]), per=tuple(factors[rank:]))


def shown(tree: Expression) -> str:
    """Return a symbol or number as text."""
    return tree.name if isinstance(tree, Name) else thousands(number_of(tree, {}))
