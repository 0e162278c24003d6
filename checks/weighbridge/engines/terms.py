"""What a condition computes at each point of a grid, as nodes that the compiled counter can run.

Fractions are cleared on the way in: a number is an integer over a positive integer. Whatever has no value somewhere (a
division by zero) is computed with a harmless stand-in there, and a second node says where that is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce

from msgspec import Struct

from weighbridge.engines.nodes import Node, Nodes
from weighbridge.errors import WeighbridgeError
from weighbridge.formula.exact import EvaluationError, number_of
from weighbridge.formula.tree import (
    Arithmetic,
    Call,
    Choice,
    Comparison,
    ComparisonOperator,
    Expression,
    Logic,
    Name,
    Negative,
    Not,
    Number,
    Product,
    Sum,
    Truth,
    free_names,
)
from weighbridge.spec.question import Question

#: Powers become repeated products; past this exponent the exact road is as good.
MAX_EXPONENT = 64


class Refusal(WeighbridgeError):  # noqa: N818 - no mistake, a reason to take the exact road
    """This condition can not be computed in fixed-width integers; the text says why."""


class Ratio(Struct, frozen=True):
    """A number: `above` / `below`, where `below` > 0 everywhere; meaningless at points where `known` is 0."""

    above: Node
    below: Node
    known: Node


class Fact(Struct, frozen=True):
    """A truth value; meaningless at points where `known` is 0."""

    value: Node
    known: Node


class Tracks(Struct, frozen=True):
    """Where on the grid to count: points that fail, that can not be evaluated, and that are outside the assumptions."""

    violated: Node
    unknown: Node
    outside: Node


@dataclass(slots=True)
class Terms(Nodes):
    """The nodes of a grid's conditions."""

    symbols: dict[str, Ratio] = field(default_factory=dict)
    numbers: dict[Expression, Ratio] = field(default_factory=dict)

    def __post_init__(self) -> None:
        yes = self.constant(1)
        for position, axis in enumerate(self.grid.axes):
            self.symbols[axis.symbol] = Ratio(self.axis(position), yes, yes)

    def number(self, tree: Expression) -> Ratio:
        """Return the nodes of a number. Raises `Refusal`."""
        found = self.numbers.get(tree)
        if found is None:
            found = self.numbers[tree] = self.new_number(tree)
        return found

    def new_number(self, tree: Expression) -> Ratio:
        """Return the nodes of a number that was not met before."""
        yes = self.constant(1)
        match tree:
            case Number(value):
                return Ratio(self.constant(value.numerator), self.constant(value.denominator), yes)
            case Name(name):
                return self.symbols[name] if name in self.symbols else self.derived(name)
            case Negative(operand):
                inner = self.number(operand)
                return Ratio(self.negative(inner.above), inner.below, inner.known)
            case Sum(operands) | Call("sum", operands):
                return reduce(self.sum, map(self.number, operands))
            case Product(operands):
                return reduce(self.product, map(self.number, operands))
            case Arithmetic("**", left, right):
                return self.power(left, right) if free_names(tree) else self.fixed(tree)
            case Arithmetic("/", left, right):
                return self.product(self.number(left), self.reciprocal(self.number(right)))
            case Arithmetic("//", left, right):
                return self.whole_quotient(self.number(left), self.number(right), up=False)
            case Arithmetic(_, left, right):
                a, b = self.number(left), self.number(right)
                above, divisor, below = self.common(a, b)
                rest = self.mod(above, self.nonzero(divisor))
                return Ratio(rest, below, self.both(a.known, b.known, self.negation(self.zero(divisor))))
            case Choice(condition, then, otherwise):
                fact = self.fact(condition)
                a, b = self.number(then), self.number(otherwise)
                chosen, other, below = self.common(a, b)
                known = self.both(fact.known, self.select(fact.value, a.known, b.known))
                return Ratio(self.select(fact.value, chosen, other), below, known)
            case Call(function, operands):
                return self.call(function, [self.number(operand) for operand in operands])
            case Truth() | Comparison() | Not() | Logic():
                raise AssertionError("unreachable because the spec's reader has told numbers from conditions")

    def derived(self, name: str) -> Ratio:
        """Return a symbol that follows from the axes; it has a value where that is an integer that it may be."""
        value = self.number(self.grid.derived[name])
        integer = self.floor(value.above, value.below)
        whole = self.zero(self.mod(value.above, value.below))
        enough = self.at_least(integer, self.grid.minimums[name])
        return Ratio(integer, self.constant(1), self.both(value.known, whole, enough))

    def call(self, function: str, values: list[Ratio]) -> Ratio:
        """Return the nodes of a function of the language (`sum` is a sum)."""
        first = values[0]
        match function:
            case "min":
                return reduce(lambda a, b: self.extreme(a, b, largest=False), values)
            case "max":
                return reduce(lambda a, b: self.extreme(a, b, largest=True), values)
            case "abs":
                return Ratio(self.maximum(first.above, self.negative(first.above)), first.below, first.known)
            case "ceil_div":
                return self.whole_quotient(first, values[1], up=True)
            case "round_up":
                return self.product(self.whole_quotient(first, values[1], up=True), values[1])
            case _:
                raise Refusal(f"'{function}' has no compiled form")

    def common(self, left: Ratio, right: Ratio) -> tuple[Node, Node, Node]:
        """Return both numerators over one denominator, and that."""
        if left.below == right.below:
            return left.above, right.above, left.below
        return (
            self.mul(left.above, right.below),
            self.mul(right.above, left.below),
            self.mul(left.below, right.below),
        )

    def sum(self, left: Ratio, right: Ratio) -> Ratio:
        """Return left + right."""
        a, b, below = self.common(left, right)
        return Ratio(self.add(a, b), below, self.both(left.known, right.known))

    def product(self, left: Ratio, right: Ratio) -> Ratio:
        """Return left * right."""
        return Ratio(
            self.mul(left.above, right.above), self.mul(left.below, right.below), self.both(left.known, right.known)
        )

    def extreme(self, left: Ratio, right: Ratio, *, largest: bool) -> Ratio:
        """Return the larger or the smaller of two numbers."""
        a, b, below = self.common(left, right)
        return Ratio(self.maximum(a, b) if largest else self.minimum(a, b), below, self.both(left.known, right.known))

    def nonzero(self, divisor: Node) -> Node:
        """Return the divisor with 1 in place of 0."""
        return self.select(self.zero(divisor), self.constant(1), divisor)

    def reciprocal(self, value: Ratio) -> Ratio:
        """Return 1 / value, its denominator made positive."""
        size = self.nonzero(self.maximum(value.above, self.negative(value.above)))
        if self.bounds[size].low < 1:
            # The interval of a choice is wider than its values: a size that is not 0 is at least 1.
            size = self.maximum(size, self.constant(1))
        sign = self.select(self.positive(value.above), self.constant(1), self.constant(-1))
        known = self.both(value.known, self.negation(self.zero(value.above)))
        return Ratio(self.mul(sign, value.below), size, known)

    def whole_quotient(self, left: Ratio, right: Ratio, *, up: bool) -> Ratio:
        """Return the floor, or the ceiling, of left / right."""
        above, divisor, _ = self.common(left, right)
        known = self.both(left.known, right.known, self.negation(self.zero(divisor)))
        safe = self.nonzero(divisor)
        if up:
            return Ratio(self.negative(self.floor(self.negative(above), safe)), self.constant(1), known)
        return Ratio(self.floor(above, safe), self.constant(1), known)

    def fixed(self, tree: Expression) -> Ratio:
        """Return a number that is the same at all points."""
        try:
            value = number_of(tree, {})
        except EvaluationError as error:
            raise Refusal(f"a power has no value: {error}") from None
        return Ratio(self.constant(value.numerator), self.constant(value.denominator), self.constant(1))

    def power(self, base: Expression, exponent: Expression) -> Ratio:
        """Return base ** exponent for an exponent that is the same at all points."""
        if free_names(exponent):
            raise Refusal("a power's exponent differs from point to point")
        try:
            times = Fraction(number_of(exponent, {}))
        except EvaluationError as error:
            raise Refusal(f"a power's exponent has no value: {error}") from None
        if times.denominator != 1 or abs(times) > MAX_EXPONENT:
            raise Refusal(f"a power's exponent is not an integer of at most {MAX_EXPONENT}")
        value = self.number(base)
        if times < 0:
            value = self.reciprocal(value)
        one = self.constant(1)
        result = reduce(self.product, [value] * int(abs(times)), Ratio(one, one, one))
        return Ratio(result.above, result.below, value.known)

    def compare(self, operator: ComparisonOperator, left: Ratio, right: Ratio) -> Node:
        """Return 1 where the comparison is true, else 0."""
        a, b, _ = self.common(left, right)
        match operator:
            case "==":
                return self.zero(self.subtract(a, b))
            case "!=":
                return self.negation(self.zero(self.subtract(a, b)))
            case ">":
                return self.positive(self.subtract(a, b))
            case "<":
                return self.positive(self.subtract(b, a))
            case ">=":
                return self.at_least(self.subtract(a, b), 0)
            case "<=":
                return self.at_least(self.subtract(b, a), 0)

    def fact(self, tree: Expression) -> Fact:
        """Return the nodes of a condition; what its lazy reading never reaches need not be known. Raises `Refusal`."""
        yes = self.constant(1)
        match tree:
            case Truth(value):
                return Fact(self.constant(int(value)), yes)
            case Not(operand):
                inner = self.fact(operand)
                return Fact(self.negation(inner.value), inner.known)
            case Logic("and", operands):
                return self.chain(map(self.fact, operands))
            case Logic(_, operands):
                refuted = self.chain(self.opposite(self.fact(operand)) for operand in operands)
                return self.opposite(refuted)
            case Comparison(operands, operators):
                numbers = [self.number(operand) for operand in operands]
                links = [
                    Fact(self.compare(operator, left, right), self.both(left.known, right.known))
                    for operator, left, right in zip(operators, numbers[:-1], numbers[1:], strict=True)
                ]
                return self.chain(links)
            case Choice(condition, then, otherwise):
                test, a, b = self.fact(condition), self.fact(then), self.fact(otherwise)
                known = self.both(test.known, self.select(test.value, a.known, b.known))
                return Fact(self.select(test.value, a.value, b.value), known)
            case _:
                raise AssertionError("unreachable because the spec's reader has told numbers from conditions")

    def opposite(self, fact: Fact) -> Fact:
        """Return the fact that it is not so."""
        return Fact(self.negation(fact.value), fact.known)

    def chain(self, facts: Iterable[Fact]) -> Fact:
        """Return the fact that all are so, read from the left and no further than the first that is not."""
        so_far = Fact(self.constant(1), self.constant(1))
        for fact in facts:
            reached = self.negation(so_far.value)
            so_far = Fact(
                self.both(so_far.value, fact.value), self.both(so_far.known, self.either(reached, fact.known))
            )
        return so_far

    def tracks(self, question: Question) -> Tracks:
        """Return where a question's condition fails, has no value, or is not asked. Raises `Refusal`."""
        assumed = self.chain(self.fact(tree) for tree in question.assuming)
        asked = self.fact(question.condition)
        inside = self.both(assumed.known, assumed.value)
        return Tracks(
            violated=self.both(inside, asked.known, self.negation(asked.value)),
            unknown=self.either(self.negation(assumed.known), self.both(inside, self.negation(asked.known))),
            outside=self.both(assumed.known, self.negation(assumed.value)),
        )
