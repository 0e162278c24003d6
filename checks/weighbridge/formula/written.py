"""What an expression is as the sum of products that it is written as, and the degrees that can be read from that.

Nothing is multiplied out but constants. Sums in sums and products in products are read through, constant factors are
put together, and equal products in one sum become one term that is meant several times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from msgspec import Struct

from weighbridge.formula.exact import limited
from weighbridge.formula.tree import Arithmetic, Call, Expression, Name, Negative, Number, Product, Sum

#: Exponents up to which a power of a symbol is read as a product.
MAX_REPEATED = 64


@dataclass(frozen=True, slots=True, eq=False)
class Inner:
    """A factor that is no symbol: a sum, a power of one where there is an exponent; without terms, anything else.

    `degrees` has the most that the degree of each of its symbols can be, None where it is not written as a polynomial.
    """

    tree: Expression
    terms: Terms | None = None
    exponent: Fraction | None = None
    degrees: Mapping[str, int] | None = None


#: What a product is made of: symbols in the order of their names, and what is none. No factors at all are 1.
Factors: TypeAlias = tuple[tuple[str, ...], tuple[Inner, ...]]
#: How many times each product is meant, which may be 0 times.
Terms: TypeAlias = dict[Factors, int | Fraction]


class Sides(Struct, frozen=True):
    """Both sides of an equality, and the most that the degree of each of their symbols can be."""

    left: Terms
    right: Terms
    degrees: Mapping[str, int]


def read_sides(left: Expression, right: Expression) -> Sides | None:
    """Read both sides of an equality; None where they are not written with sums, products and constant powers alone.

    Raises `EvaluationError` for a constant that is past the limit.
    """
    reader = Reader()
    terms = reader.terms(left), reader.terms(right)
    most = degrees(*terms)
    return None if most is None else Sides(*terms, most)


@dataclass(slots=True)
class Reader:
    """Reads expressions; a factor that is the same object in several of them is read once."""

    #: Factors so far, by the identity of their expressions, which they keep so that the identity stays its own.
    known: dict[int, Inner] = field(default_factory=dict)

    def terms(self, tree: Expression) -> Terms:
        """Return an expression as a sum of products. Raises `EvaluationError` for a constant past the limit."""
        terms: Terms = {}
        self.put(tree, 1, terms)
        return terms

    def put(self, tree: Expression, times: int | Fraction, terms: Terms) -> None:
        """Add an expression to terms, so many times."""
        for term in tree.terms if type(tree) is Sum else (tree,):
            names: list[str] = []
            others: list[Expression] = []
            often = gather(term, times, names, others)
            if not others:
                names.sort()
                factors: Factors = (tuple(names), ())
            elif not names and len(others) == 1 and type(others[0]) is Sum:
                self.put(others[0], often, terms)
                continue
            else:
                factors = tuple(sorted(names)), tuple([self.inner(other) for other in others])
            terms[factors] = limited(terms[factors] + often, tree) if factors in terms else often

    def inner(self, tree: Expression) -> Inner:
        """Return what a factor is that is no symbol."""
        found = self.known.get(id(tree))
        if found is None:
            match tree:
                case Sum():
                    terms = self.terms(tree)
                    found = Inner(tree, terms, None, degrees(terms))
                case Arithmetic("**", base, Number(exponent)):
                    terms = self.terms(base)
                    found = Inner(tree, terms, exponent, raised(degrees(terms), exponent))
                case _:
                    found = Inner(tree)
            self.known[id(tree)] = found
        return found


def gather(tree: Expression, times: int | Fraction, names: list[str], others: list[Expression]) -> int | Fraction:
    """Sort the factors of an expression into symbols and others, and return `times` the constants among them."""
    if type(tree) is Product:
        for factor in tree.factors:
            if type(factor) is Name:  # most are
                names.append(factor.name)
            else:
                times = gather(factor, times, names, others)
        return times
    if type(tree) is Number:
        value = tree.value
        return limited(times * (value.numerator if value.denominator == 1 else value), tree)
    match tree:
        case Name(name):
            names.append(name)
        case Negative(operand):
            return gather(operand, -times, names, others)
        case Arithmetic("/", above, Number(value)) if value:
            return gather(above, limited(times / value, tree), names, others)
        case Arithmetic("**", Name(name), Number(value)) if value.denominator == 1 and 1 <= value <= MAX_REPEATED:
            names += [name] * int(value)
        case Call("sum", terms):
            others.append(Sum(terms))
        case _:
            others.append(tree)
    return times


def degrees(*sums: Terms) -> Mapping[str, int] | None:
    """Return the most that the degree of each symbol in several sums can be, None for what is no polynomial."""
    most: dict[str, int] = {}
    once: set[str] = set()
    for terms in sums:
        for names, others in terms:
            if not others and len(set(names)) == len(names):  # most are
                once.update(names)
                continue
            total = dict.fromkeys(names, 0)
            for name in names:
                total[name] += 1
            for factor in others:
                if factor.degrees is None:
                    return None
                for name, degree in factor.degrees.items():
                    total[name] = total.get(name, 0) + degree
            for name, degree in total.items():
                most[name] = max(degree, most.get(name, 0))
    return most | {name: 1 for name in once if most.get(name, 0) == 0}


def raised(degrees: Mapping[str, int] | None, exponent: Fraction) -> Mapping[str, int] | None:
    """Return the degrees of a power, which is a polynomial for a natural exponent alone."""
    if degrees is None or exponent.denominator != 1 or exponent < 0:
        return None
    return {name: degree * int(exponent) for name, degree in degrees.items()}
