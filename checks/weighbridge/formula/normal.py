"""What an expression is as a polynomial, and what its coefficients show about its sign for all values of its symbols.

Normal forms are python-flint's: exact rational coefficients, one form for each polynomial. A quotient, remainder,
minimum or choice is a polynomial only where that follows for all values: an exact division by what is never zero, a
comparison whose difference never changes its sign. What is compared may be a quotient by what is always positive.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from operator import add, mul
from typing import TypeAlias

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx

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
    number,
)

#: Terms of the largest polynomial that is worked out. An inventory of a hundred tensors has a few hundred.
MAX_TERMS = 20_000
MAX_EXPONENT = 64

Polynomial: TypeAlias = fmpq_mpoly


class NotPolynomial(WeighbridgeError):  # noqa: N818 - no mistake, a reason to decide in another way
    """An expression is not shown to be a polynomial for all values of its symbols."""


@dataclass(slots=True)
class Ring:
    """Polynomials over symbols, each of which is at least its minimum."""

    minimums: Mapping[str, int]
    context: fmpq_mpoly_ctx = field(init=False)
    symbols: Mapping[str, Polynomial] = field(init=False)
    #: Each symbol as its minimum and what is above that, once it is asked for.
    shifts: tuple[Polynomial, ...] = ()
    #: Normal forms so far, by the identity of the expression, which is kept so that the identity stays its own; or why
    #: there is none.
    known: dict[int, tuple[Expression, Polynomial | NotPolynomial]] = field(default_factory=dict)
    #: Products of symbols so far.
    products: dict[tuple[str, ...], Polynomial] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = tuple(self.minimums)
        self.context = fmpq_mpoly_ctx.get(names, Ordering.degrevlex)
        self.symbols = {name: self.context.gen(place) for place, name in enumerate(names)}

    def constant(self, value: Fraction | int) -> Polynomial:
        """Return a constant."""
        if value.denominator == 1:
            return self.context.constant(value.numerator)
        return self.context.constant(fmpq(value.numerator, value.denominator))

    def polynomial(self, tree: Expression) -> Polynomial:
        """Return an expression's normal form. Raises `NotPolynomial`."""
        if type(tree) is Name:  # most are
            return self.symbols[tree.name]
        if type(tree) is Product:
            names = tuple([factor.name for factor in tree.factors if type(factor) is Name])
            if len(names) == len(tree.factors):
                return self.product_of_symbols(names)
        found = self.known.get(id(tree))
        if found is None:
            form: Polynomial | NotPolynomial
            try:
                form = self.new_polynomial(tree)
            except NotPolynomial as reason:
                form = reason
            found = self.known[id(tree)] = tree, form
        if isinstance(found[1], NotPolynomial):
            raise found[1]
        return found[1]

    def new_polynomial(self, tree: Expression) -> Polynomial:
        """Return the normal form of an expression that was not met before."""
        match tree:
            case Product(operands):
                return reduce(self.product, map(self.polynomial, operands))
            case Sum(operands) | Call("sum", operands):
                return reduce(add, map(self.polynomial, operands))
            case Number(value):
                return self.constant(value)
            case Name(name):
                return self.symbols[name]
            case Negative(operand):
                return -self.polynomial(operand)
            case Arithmetic("**", base, exponent):
                return self.power(self.polynomial(base), exponent)
            case Arithmetic("/", above, below):
                return self.quotient(self.polynomial(above), self.polynomial(below))
            case Arithmetic(operator, above, below):
                divisor = self.polynomial(below)
                whole = self.whole_quotient(self.polynomial(above), divisor)
                return whole if operator == "//" else self.constant(0)
            case Choice(condition, then, otherwise):
                taken = self.truth(condition)
                if taken is None:
                    raise NotPolynomial("a condition differs from point to point")
                return self.polynomial(then if taken else otherwise)
            case Call(function, operands):
                return self.call(function, [self.polynomial(operand) for operand in operands])
            case Truth() | Comparison() | Not() | Logic():
                raise AssertionError("unreachable because the spec's reader has told numbers from conditions")

    def call(self, function: str, values: list[Polynomial]) -> Polynomial:
        """Return the value of a function of the language (`sum` is a sum). Raises `NotPolynomial`."""
        match function:
            case "abs":
                return self.largest(values[0], -values[0])
            case "max":
                return reduce(self.largest, values)
            case "min":
                return -reduce(self.largest, [-value for value in values])
            case "ceil_div":
                return self.whole_quotient(values[0], values[1])
            case _:  # round_up, of what the second divides
                self.whole_quotient(values[0], values[1])
                return values[0]

    def product_of_symbols(self, names: tuple[str, ...]) -> Polynomial:
        """Return the product of symbols: an inventory has the same one often."""
        found = self.products.get(names)
        if found is None:
            found = self.products[names] = reduce(mul, [self.symbols[name] for name in names])
        return found

    def product(self, left: Polynomial, right: Polynomial) -> Polynomial:
        """Return a product that stays within the limit of terms."""
        if len(left) * len(right) > MAX_TERMS:
            raise NotPolynomial(f"more than {MAX_TERMS:,} terms")
        return left * right

    def power(self, base: Polynomial, exponent: Expression) -> Polynomial:
        """Return base ** exponent for a constant exponent."""
        try:
            times = None if free_names(exponent) else number_of(exponent, {})
        except EvaluationError:
            times = None
        if times is None or times.denominator != 1 or not 0 <= times <= MAX_EXPONENT:
            raise NotPolynomial(f"an exponent is not an integer from 0 to {MAX_EXPONENT}")
        if math.comb(len(base) + int(times), int(times)) > MAX_TERMS:
            raise NotPolynomial(f"more than {MAX_TERMS:,} terms")
        return base ** int(times)

    def quotient(self, above: Polynomial, below: Polynomial) -> Polynomial:
        """Return above / below where the division is exact and the divisor is never 0."""
        if not (self.is_positive(below) or self.is_positive(-below)):
            raise NotPolynomial("a divisor is not shown to differ from 0")
        whole, rest = divmod(above, below)
        if not rest.is_zero():
            raise NotPolynomial("a division is not exact")
        return whole

    def whole_quotient(self, above: Polynomial, below: Polynomial) -> Polynomial:
        """Return above // below where the division is exact and the quotient is an integer for all integers."""
        quotient = self.quotient(above, below)
        if any(coefficient.q != 1 for coefficient in quotient.coeffs()):
            raise NotPolynomial("a quotient is not shown to be an integer")
        return quotient

    def ratio(self, tree: Expression) -> tuple[Polynomial, Polynomial]:
        """Return an expression as a numerator and a denominator that is positive for all values.

        Raises `NotPolynomial`.
        """
        try:
            return self.polynomial(tree), self.constant(1)
        except NotPolynomial:
            match tree:
                case Negative(operand):
                    above, below = self.ratio(operand)
                    return -above, below
                case Sum(operands) | Call("sum", operands):
                    return reduce(self.added, map(self.ratio, operands))
                case Product(operands):
                    return reduce(self.multiplied, map(self.ratio, operands))
                case Arithmetic("/", left, right):
                    above, below = self.ratio(right)
                    if self.is_positive(-above):
                        above, below = -above, -below
                    if not self.is_positive(above):
                        raise
                    return self.multiplied(self.ratio(left), (below, above))
                case Arithmetic("**", base, exponent):
                    above, below = self.ratio(base)
                    return self.power(above, exponent), self.power(below, exponent)
                case _:
                    raise

    def added(
        self, left: tuple[Polynomial, Polynomial], right: tuple[Polynomial, Polynomial]
    ) -> tuple[Polynomial, Polynomial]:
        """Return the sum of two ratios."""
        (above, below), (more, under) = left, right
        if below == under:
            return above + more, below
        return self.product(above, under) + self.product(more, below), self.product(below, under)

    def multiplied(
        self, left: tuple[Polynomial, Polynomial], right: tuple[Polynomial, Polynomial]
    ) -> tuple[Polynomial, Polynomial]:
        """Return the product of two ratios."""
        return self.product(left[0], right[0]), self.product(left[1], right[1])

    def difference(self, left: Expression, right: Expression) -> Polynomial:
        """Return a polynomial that is left - right but for factors that are positive for all values.

        Raises `NotPolynomial`.
        """
        try:
            return self.polynomial(left) - self.polynomial(right)
        except NotPolynomial:
            above, below = self.ratio(right)
            return self.added(self.ratio(left), (-above, below))[0]

    def same(self, left: Expression, right: Expression) -> bool:
        """Tell whether two expressions have one normal form. Raises `NotPolynomial`."""
        try:
            return bool(self.polynomial(left) == self.polynomial(right))
        except NotPolynomial:
            return bool(self.difference(left, right).is_zero())

    def largest(self, left: Polynomial, right: Polynomial) -> Polynomial:
        """Return the larger of two polynomials where it is the same one for all values."""
        if self.is_nonnegative(left - right):
            return left
        if self.is_nonnegative(right - left):
            return right
        raise NotPolynomial("which of two values is larger differs from point to point")

    def shifted(self, polynomial: Polynomial) -> Polynomial:
        """Return the polynomial over what each symbol has above its minimum."""
        if not self.shifts:
            self.shifts = tuple(self.symbols[name] + least for name, least in self.minimums.items())
        return polynomial.compose(*self.shifts) if self.shifts else polynomial

    def is_nonnegative(self, polynomial: Polynomial) -> bool:
        """Tell whether no coefficient is negative once symbols count from their minimums: then no value is."""
        return all(coefficient >= 0 for coefficient in self.shifted(polynomial).coeffs())

    def is_positive(self, polynomial: Polynomial) -> bool:
        """Tell whether the polynomial is shown to be positive for all values."""
        shifted = self.shifted(polynomial)
        least = shifted[(0,) * len(self.minimums)]
        return least > 0 and all(coefficient >= 0 for coefficient in shifted.coeffs())

    def truth(self, tree: Expression) -> bool | None:
        """Return whether a condition is true for all values, or false for all; None where neither is shown."""
        match tree:
            case Truth(value):
                return value
            case Not(operand):
                inner = self.truth(operand)
                return None if inner is None else not inner
            case Logic(operator, operands):
                return self.chain((self.truth(operand) for operand in operands), until=operator == "or")
            case Comparison(operands, operators):
                pairs = zip(operators, operands[:-1], operands[1:], strict=True)
                return self.chain((self.compare(*each) for each in pairs), until=False)
            case Choice(condition, then, otherwise):
                taken = self.truth(condition)
                return None if taken is None else self.truth(then if taken else otherwise)
            case _:
                raise AssertionError("unreachable because the spec's reader has told numbers from conditions")

    def chain(self, facts: Iterable[bool | None], *, until: bool) -> bool | None:
        """Return what a lazy reading gives that stops at the first fact that is `until`."""
        for fact in facts:
            if fact is None:
                return None  # what stands behind may never be reached, or this may have no value
            if fact is until:
                return until
        return not until

    def compare(self, operator: ComparisonOperator, left: Expression, right: Expression) -> bool | None:
        """Return whether a comparison is true for all values, or false for all."""
        try:
            difference = self.difference(left, right)
        except NotPolynomial:
            return None
        return operator in REFLEXIVE if difference.is_zero() else SIGNS[operator](self, difference)

    def is_zero(self, difference: Polynomial) -> bool | None:
        """Return whether a polynomial is 0 for all values, or for none."""
        if difference.is_zero():
            return True
        return False if self.is_positive(difference) or self.is_positive(-difference) else None

    def is_above(self, difference: Polynomial) -> bool | None:
        """Return whether a polynomial is positive for all values, or for none."""
        if self.is_positive(difference):
            return True
        return False if self.is_nonnegative(-difference) else None


def has_value(node: Expression, ring: Ring) -> bool:
    """Tell whether a node is shown to have a value wherever its operands have: it divides by what is never 0."""
    match node:
        case Arithmetic("**", _, exponent):
            return isinstance(exponent, Number) and exponent.value.denominator == 1 and exponent.value >= 0
        case Arithmetic(_, _, divisor) | Call("ceil_div" | "round_up", (_, divisor)):
            try:
                below = ring.polynomial(divisor)
            except NotPolynomial:
                return False
            return ring.is_positive(below) or ring.is_positive(-below)
        case _:
            return True


def opposite(fact: bool | None) -> bool | None:  # noqa: FBT001 - a truth value, not a switch
    """Return the truth value of the negation."""
    return None if fact is None else not fact


#: The comparisons of something with itself that are true.
REFLEXIVE = frozenset({"==", "<=", ">="})
SIGNS: Mapping[str, Callable[[Ring, Polynomial], bool | None]] = {
    "==": Ring.is_zero,
    "!=": lambda ring, difference: opposite(ring.is_zero(difference)),
    ">": Ring.is_above,
    "<": lambda ring, difference: ring.is_above(-difference),
    ">=": lambda ring, difference: opposite(ring.is_above(-difference)),
    "<=": lambda ring, difference: opposite(ring.is_above(difference)),
}


def to_tree(polynomial: Polynomial, names: Sequence[str]) -> Expression:
    """Return a polynomial over these symbols as an expression."""
    terms = [term_tree(coefficient, exponents, names) for exponents, coefficient in polynomial.terms()]
    if not terms:
        return number(0)
    return terms[0] if len(terms) == 1 else Sum(tuple(terms))


def term_tree(coefficient: fmpq, exponents: Sequence[int], names: Sequence[str]) -> Expression:
    """Return one term; one with a negative coefficient is a `Negative`."""
    size = Fraction(abs(int(coefficient.p)), int(coefficient.q))
    powers = [power_tree(name, int(times)) for name, times in zip(names, exponents, strict=True) if times]
    factors = [*([] if size == 1 and powers else [number(size)]), *powers]
    product = factors[0] if len(factors) == 1 else Product(tuple(factors))
    return Negative(product) if coefficient.p < 0 else product


def power_tree(name: str, times: int) -> Expression:
    """Return a power of a symbol."""
    return Name(name) if times == 1 else Arithmetic("**", Name(name), number(times))
