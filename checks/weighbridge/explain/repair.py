"""The nearest true statement: a formula with one symbol, factor or literal changed that is proved for all values."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction

from msgspec import Struct

from weighbridge.engines.evaluate import evaluate_at
from weighbridge.engines.prove import Proof, prove
from weighbridge.explain.pieces import formula_of, is_nothing, pieces
from weighbridge.explain.residual import alternatives
from weighbridge.formula.digits import digits_of
from weighbridge.formula.normal import NotPolynomial, Polynomial, Ring, to_tree
from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import (
    Comparison,
    ComparisonOperator,
    Expression,
    Name,
    Negative,
    Number,
    Product,
    Sum,
    children,
    conjunction,
    number,
    substitute,
    walk,
    with_children,
)
from weighbridge.spec.ask import Asked, state
from weighbridge.spec.claim_model import Assertion, Claim, Formula
from weighbridge.spec.expand import expand
from weighbridge.spec.model import Spec
from weighbridge.spec.question import Anywhere, AtPoint, OnGrid, Question, reduced

#: Changed formulas that are compared with what is true, and the nodes that they all may have, once expanded.
MAX_CHANGES = 1_500
MAX_NODES = 80_000
#: Literals that may stand in place of another one, or before a formula.
LITERALS = range(1, 17)
FACTORS = (2, 3, 4)
#: Terms of a difference that is told although no tensor has that many parameters.
MAX_TERMS = 2

WEAKER: Mapping[ComparisonOperator, ComparisonOperator] = {">": ">=", "<": "<="}

Change = Callable[[Expression], Iterator[tuple[str, Expression]]]


class Equality(Struct, frozen=True):
    """A formula in the spec's own names, and what it must be equal to; `asserted` where the document says both."""

    formula: Expression
    equals: tuple[Expression, ...]
    asserted: bool = False

    def condition(self, formula: Expression) -> Expression:
        """Return that another formula in its place has the same value."""
        return conjunction(tuple(Comparison((formula, each), ("==",)) for each in self.equals))


def nearest_true(spec: Spec, claim: Claim, asked: Asked) -> str:
    """Return a claim's nearest true statement, or what a formula lacks; "" where none was found.

    What is said of a formula is proved for all values that its symbols may have under the claim's assumptions.
    """
    for equality in equalities(claim):
        workshop = Workshop.of(spec, asked, equality)
        if workshop is None:
            continue
        text = workshop.repaired() or workshop.missing()
        if text:
            return text
    return weakened(spec, claim, asked)


def equalities(claim: Claim) -> Iterator[Equality]:
    """Yield a claim's formula, or each side of an equality that it asserts."""
    match claim.statement:
        case Formula(formula, equals, None) if equals:
            yield Equality(formula, equals)
        case Assertion(Comparison((left, right), ("==",))):
            yield from (Equality(one, (other,), asserted=True) for one, other in ((left, right), (right, left)))
        case _:
            return


class Workshop(Struct, frozen=True):
    """Tries changes of a formula: `targets` are the polynomials that it should be, all of them the same one."""

    spec: Spec
    asked: Asked
    equality: Equality
    ring: Ring
    definitions: Mapping[str, Expression]
    target: Polynomial
    symbols: tuple[str, ...]

    @classmethod
    def of(cls, spec: Spec, asked: Asked, equality: Equality) -> Workshop | None:
        """Return where to try; None where what the formula should be is no polynomial, or not one."""
        question = asked.question
        symbols = tuple(spec.symbols)
        if isinstance(question.domain, OnGrid):
            symbols = tuple(name for name in symbols if name in question.minimums)
        ring = Ring({name: spec.symbols[name].minimum for name in symbols})
        definitions = reduced(question).definitions
        try:
            targets = [
                ring.polynomial(substitute(expand(tree, spec, asked.conventions), definitions))
                for tree in equality.equals
            ]
        except (NotPolynomial, KeyError):
            return None
        if any(each != targets[0] for each in targets):
            return None
        return cls(spec, asked, equality, ring, definitions, targets[0], symbols)

    def polynomial(self, tree: Expression) -> Polynomial | None:
        """Return a formula in the spec's own names as a polynomial, None where it is none."""
        try:
            return self.ring.polynomial(substitute(expand(tree, self.spec, self.asked.conventions), self.definitions))
        except (NotPolynomial, KeyError):
            return None

    def repaired(self) -> str:
        """Return the first change that makes the formula what it should be."""
        asserted = self.equality.asserted
        if self.target.is_zero() or (asserted and isinstance(self.equality.formula, Name)):
            return ""
        changes = itertools.chain.from_iterable(
            everywhere(self.equality.formula, change) for change in (self.swaps, literals, drops, self.additions)
        )
        nodes = sum(1 for _ in walk(expand(self.equality.formula, self.spec, self.asked.conventions)))
        for what, tree in itertools.islice(changes, min(MAX_CHANGES, MAX_NODES // nodes)):
            # That a side of an assertion is equal to itself goes without saying.
            trivial = asserted and any(to_text(tree) == to_text(each) for each in self.equality.equals)
            if not trivial and self.polynomial(tree) == self.target and self.proved(tree):
                return f"{what}: {to_text(tree)}"
        return ""

    def proved(self, formula: Expression) -> bool:
        """Tell whether a formula is proved to be what it should be, wherever the claim's assumptions are met."""
        condition = expand(self.equality.condition(formula), self.spec, self.asked.conventions)
        domain = self.asked.question.domain
        question = Question(
            condition=condition,
            domain=Anywhere() if isinstance(domain, AtPoint) else domain,
            minimums=self.ring.minimums,
            assuming=self.asked.question.assuming,
        )
        return isinstance(prove(question), Proof)

    def swaps(self, node: Expression) -> Iterator[tuple[str, Expression]]:
        """Yield a symbol's replacements by other symbols, a tensor's by other tensors."""
        if not isinstance(node, Name):
            return
        kind: Iterable[str] = ()
        if node.name in self.spec.symbols:
            kind = self.symbols
        elif node.name in self.spec.tensors:
            kind = self.spec.tensors
        elif node.name in self.spec.quantities:
            kind = self.spec.quantities
        for name in kind:
            if name != node.name and not is_nothing(expand(Name(name), self.spec, self.asked.conventions)):
                yield f"{name} in place of {node.name} makes it true", Name(name)

    def additions(self, node: Expression) -> Iterator[tuple[str, Expression]]:
        """Yield a product with one factor more, a symbol or a small number; a convention is no factor."""
        if not isinstance(node, Name | Product) or (isinstance(node, Name) and node.name in self.spec.conventions):
            return
        factors = node.factors if isinstance(node, Product) else (node,)
        for name in self.symbols:
            yield f"one more factor, {name}, makes it true", Product((*factors, Name(name)))
        for value in FACTORS:
            yield f"one more factor, {value}, makes it true", Product((number(value), *factors))

    def missing(self) -> str:
        """Return what a formula lacks, or has too much, where that is a tensor, a quantity or a short product."""
        formula = self.polynomial(self.equality.formula)
        if formula is None or formula == self.target:
            return ""
        for lacks, gap in ((True, self.target - formula), (False, formula - self.target)):
            named = self.named(gap, lacks=lacks)
            if named:
                return f"the formula {'lacks' if lacks else 'has too much:'} {named}"
        for lacks, gap in ((True, self.target - formula), (False, formula - self.target)):
            if len(gap) <= MAX_TERMS and len(formula) > 1 and all(each > 0 for each in gap.coeffs()):
                text = to_text(to_tree(gap, self.symbols))
                return f"the formula {'lacks' if lacks else 'has too much:'} {text}"
        return ""

    def named(self, gap: Polynomial, *, lacks: bool) -> str:
        """Return the tensors or quantities that are a difference, once or twice."""
        for times in (1, 2):
            found = []
            for piece in pieces(self.spec, self.asked.conventions):
                form = self.polynomial(piece.tree)
                if form is not None and not form.is_zero() and form * times == gap:
                    found.append(piece)
            fitting = [piece for piece in found if piece.counted is lacks] or found
            if fitting:
                formula = formula_of(fitting[0].tree, self.ring.minimums)
                names = alternatives([piece.name for piece in fitting])
                twice = f"{times} * " if times > 1 else ""
                shown = f"{twice}{formula}: {names}" if formula not in ("", names) else f"{twice}{names}"
                return shown if fitting[0].counted else f"{shown}, not counted here"
        return ""


def everywhere(tree: Expression, change: Change) -> Iterator[tuple[str, Expression]]:
    """Yield the tree with one node changed, for every node and each of its changes."""
    yield from change(tree)
    nodes = children(tree)
    for place, node in enumerate(nodes):
        for what, new in everywhere(node, change):
            yield what, with_children(tree, (*nodes[:place], new, *nodes[place + 1 :]))


def literals(node: Expression) -> Iterator[tuple[str, Expression]]:
    """Yield a number's replacements: its neighbours, its double and half, and small ones."""
    if not isinstance(node, Number):
        return
    value = node.value
    for other in dict.fromkeys((value - 1, value + 1, value * 2, value / 2, *map(Fraction, LITERALS))):
        if other > 0 and other != value and other.denominator == 1:
            yield f"{digits_of(other)} in place of {to_text(node)} makes it true", number(other)


def drops(node: Expression) -> Iterator[tuple[str, Expression]]:
    """Yield a product without one of its factors, a sum without one of its terms."""
    match node:
        case Product(parts):
            what = "factor"
        case Sum(parts):
            what = "term"
        case _:
            return
    for place, part in enumerate(parts):
        rest = (*parts[:place], *parts[place + 1 :])
        if len(rest) > 1:
            left: Expression = with_children(node, rest)
        else:
            left = rest[0]
        shown = to_text(part.operand if isinstance(part, Negative) else part)
        yield f"it is true without the {what} {shown}", left


def weakened(spec: Spec, claim: Claim, asked: Asked) -> str:
    """Return an assertion that holds once equality is allowed: "it is true with >= in place of >: ..."."""
    if not isinstance(claim.statement, Assertion):
        return ""
    for what, tree in everywhere(claim.statement.condition, weaker):
        condition = expand(state(Assertion(tree), lambda each: each).condition, spec, asked.conventions)
        question = Question(
            condition=condition,
            domain=asked.question.domain,
            minimums=asked.question.minimums,
            assuming=asked.question.assuming,
        )
        if isinstance(question.domain, AtPoint):
            found = evaluate_at(question, question.domain.values)
            holds = found.inside and found.true and not found.error
        else:
            holds = isinstance(prove(question), Proof)
        if holds:
            return f"{what}: {to_text(tree)}"
    return ""


def weaker(node: Expression) -> Iterator[tuple[str, Expression]]:
    """Yield a comparison with equality allowed in one of its links."""
    if not isinstance(node, Comparison):
        return
    for place, operator in enumerate(node.operators):
        if operator in WEAKER:
            other = WEAKER[operator]
            operators = (*node.operators[:place], other, *node.operators[place + 1 :])
            yield f"it is true with {other} in place of {operator}", Comparison(node.operands, operators)
