"""Whether a change leaves a question what it was, and which expressions a claim over a grid fixes: by normal forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from msgspec.structs import replace

from weighbridge.engines.prove import equalities
from weighbridge.formula.normal import NotPolynomial, Ring
from weighbridge.formula.tree import Comparison, Expression, Logic, Name, Not
from weighbridge.spec.expand import expand
from weighbridge.spec.model import Spec
from weighbridge.spec.question import AtPoint, Question, reduced

#: A normal form where there is one, else the expression itself.
Form: TypeAlias = str | Expression
#: A condition with the normal form of each difference in place of its sides.
Shape: TypeAlias = "tuple[str | Form | Shape, ...]"


@dataclass(slots=True)
class Forms:
    """Brings what a spec's symbols say to normal form."""

    spec: Spec
    ring: Ring = field(init=False)

    def __post_init__(self) -> None:
        self.ring = Ring({name: symbol.minimum for name, symbol in self.spec.symbols.items()})

    def of(self, tree: Expression) -> Form:
        """Return the form of a number."""
        try:
            return str(self.ring.polynomial(tree))
        except NotPolynomial:
            return tree

    def shape(self, tree: Expression) -> Shape:
        """Return the shape of a condition: two that have one shape are the same for all values."""
        match tree:
            case Logic(operator, operands):
                return (operator, *map(self.shape, operands))
            case Not(operand):
                return ("not", self.shape(operand))
            case Comparison(operands, operators):
                links = zip(operators, operands[:-1], operands[1:], strict=True)
                return ("chain", *(self.link(*link) for link in links))
            case _:
                return (tree,)

    def link(self, operator: str, left: Expression, right: Expression) -> Shape:
        """Return the shape of one comparison."""
        try:
            return (operator, str(self.ring.polynomial(left) - self.ring.polynomial(right)))
        except NotPolynomial:
            return (operator, self.of(left), self.of(right))

    def same(self, before: Question, after: Question) -> bool:
        """Tell whether two questions on one domain are the same one: under the same assumptions they say the same."""
        if [*map(self.shape, before.assuming)] != [*map(self.shape, after.assuming)]:
            return False
        return self.shape(reduced(before).condition) == self.shape(reduced(after).condition)

    def same_name(self, changed: Spec, name: str, settings: Iterable[Mapping[str, bool]]) -> bool:
        """Tell whether a tensor or quantity is the same in a changed spec under these settings of its conventions.

        It must be so with all tensors in force as well: what is switched off would be 0 whatever it is.
        """
        one, other = self.spec, changed
        everything = (unconditional(one), unconditional(other))
        return all(
            self.of(definition(first, name, each)) == self.of(definition(second, name, each))
            for first, second in ((one, other), everything)
            for each in settings
        )


def definition(spec: Spec, name: str, conventions: Mapping[str, bool]) -> Expression:
    """Return what a tensor or quantity counts, over symbols alone."""
    return expand(Name(name), spec, conventions)


def unconditional(spec: Spec) -> Spec:
    """Return the spec with all of its tensors in force."""
    tensors = {name: replace(tensor, when=None) for name, tensor in spec.tensors.items()}
    return replace(spec, tensors=MappingProxyType(tensors))


def moved(before: Question, after: Question) -> list[tuple[Expression, Expression]] | None:
    """Return the sides of equalities that differ, as they were and as they are; None where more than sides differ."""
    one, other = ([each.operands for each in equalities(asked.condition)] for asked in (before, after))
    if not isinstance(before.domain, AtPoint) or len(one) != len(other) or before.assuming != after.assuming:
        return None
    sides = [pair for links in zip(one, other, strict=True) for pair in zip(*links, strict=True)]
    return list(dict.fromkeys(pair for pair in sides if pair[0] != pair[1])) or None
