"""What a condition on a grid really depends on: the same condition without what its two sides share.

A comparison of polynomials, or of quotients by what is positive, is one of a polynomial with 0. Factors that are
positive at all points of the grid decide nothing and are divided out; symbols that are left in no comparison need no
axis, and each point of the smaller grid stands for as many points as the missing axes have. What is not shown to
compare polynomials stays as it is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from itertools import pairwise
from math import prod
from typing import Literal, TypeAlias

from msgspec import Struct

from weighbridge.formula.normal import NotPolynomial, Polynomial, Ring, to_tree
from weighbridge.formula.tree import (
    Comparison,
    ComparisonOperator,
    Expression,
    Logic,
    Negative,
    Not,
    Sum,
    Truth,
    free_names,
    number,
)
from weighbridge.spec.model import Grid
from weighbridge.spec.question import GridPoint, OnGrid, Question, reduced


class Relation(Enum):
    """How a polynomial compares with 0."""

    ZERO = auto()
    NONZERO = auto()
    POSITIVE = auto()
    NONNEGATIVE = auto()


OPERATORS: Mapping[Relation, ComparisonOperator] = {
    Relation.ZERO: "==",
    Relation.NONZERO: "!=",
    Relation.POSITIVE: ">",
    Relation.NONNEGATIVE: ">=",
}


class Atom(Struct, frozen=True):
    """A polynomial with integer coefficients, compared with 0."""

    relation: Relation
    polynomial: Polynomial


class Opaque(Struct, frozen=True):
    """A condition that is not shown to compare polynomials."""

    tree: Expression


class Junction(Struct, frozen=True):
    """Facts joined by `and` or by `or`, read from the left."""

    operator: Literal["and", "or"]
    parts: tuple[Fact, ...]


Fact: TypeAlias = bool | Atom | Opaque | Junction


class Reduction(Struct, frozen=True):
    """The same question on a smaller grid: `copies` is how many points of `whole` each point of `grid` stands for.

    `assumed` and `asked` say what is left to decide.
    """

    whole: Grid
    grid: Grid
    ring: Ring
    copies: int
    assumed: Fact
    asked: Fact

    def tree(self, fact: Fact) -> Expression:
        """Return a fact as a condition."""
        return to_condition(fact, tuple(self.ring.minimums))

    def full_point(self, point: Mapping[str, int]) -> GridPoint:
        """Return the lexicographically smallest point of the whole grid that a point of the smaller one stands for."""
        return GridPoint(self.whole, {axis.symbol: point.get(axis.symbol, axis.values[0]) for axis in self.whole.axes})


def reduce(question: Question, grid: Grid) -> Reduction:
    """Return the smaller question. Derived symbols must have values everywhere (`derived_have_values`)."""
    ring = Ring({axis.symbol: axis.values[0] for axis in grid.axes})
    plain = Question(condition=question.condition, domain=OnGrid(grid), minimums=question.minimums)
    asked = fact_of(reduced(plain).condition, ring, wanted=True)
    assumptions = [
        fact_of(reduced(Question(condition=each, domain=OnGrid(grid), minimums={})).condition, ring, wanted=True)
        for each in question.assuming
    ]
    assumed = junction("and", tuple(assumptions))
    needed = symbols_in(asked, ring) | symbols_in(assumed, ring)
    kept = tuple(axis for axis in grid.axes if axis.symbol in needed)
    copies = prod(len(axis.values) for axis in grid.axes if axis.symbol not in needed)
    return Reduction(grid, Grid(name=grid.name, axes=kept), ring, copies, assumed, asked)


def fact_of(tree: Expression, ring: Ring, *, wanted: bool) -> Fact:
    """Return when a condition is as wanted, each comparison of polynomials in its simplest form."""
    match tree:
        case Truth(value):
            return value is wanted
        case Not(operand):
            return fact_of(operand, ring, wanted=not wanted)
        case Logic(operator, operands):
            parts = tuple(fact_of(operand, ring, wanted=wanted) for operand in operands)
            return junction(operator if wanted else opposite(operator), parts)
        case Comparison(operands, operators):
            try:
                differences = [ring.difference(*pair) for pair in pairwise(operands)]
            except NotPolynomial:
                return Opaque(tree if wanted else Not(tree))
            links = tuple(
                atom(operator, difference, ring, wanted=wanted)
                for operator, difference in zip(operators, differences, strict=True)
            )
            return junction("and" if wanted else "or", links)
        case _:
            taken = ring.truth(tree)
            if taken is not None:
                return taken is wanted
            return Opaque(tree if wanted else Not(tree))


def opposite(operator: Literal["and", "or"]) -> Literal["and", "or"]:
    """Return the other way to join."""
    return "or" if operator == "and" else "and"


def junction(operator: Literal["and", "or"], parts: tuple[Fact, ...]) -> Fact:
    """Join facts, without those that are known; reading ends at a known one that decides."""
    decides = operator == "or"
    left: list[Fact] = []
    for part in parts:
        if part is decides:
            left.append(part)
            break
        if isinstance(part, bool):
            continue
        left.extend(part.parts if isinstance(part, Junction) and part.operator == operator else (part,))
    # What is always defined may be left out before a part that decides; what is not, may not.
    if left and left[-1] is decides and all(isinstance(each, bool | Atom) for each in left):
        return decides
    if not left:
        return not decides
    return left[0] if len(left) == 1 else Junction(operator, tuple(left))


def negation(fact: Fact) -> Fact:
    """Return the fact that it is not so."""
    match fact:
        case bool():
            return not fact
        case Atom(relation, polynomial):
            match relation:
                case Relation.ZERO:
                    return Atom(Relation.NONZERO, polynomial)
                case Relation.NONZERO:
                    return Atom(Relation.ZERO, polynomial)
                case Relation.POSITIVE:
                    return Atom(Relation.NONNEGATIVE, -polynomial)
                case Relation.NONNEGATIVE:
                    return Atom(Relation.POSITIVE, -polynomial)
        case Opaque(tree):
            return Opaque(tree.operand if isinstance(tree, Not) else Not(tree))
        case Junction(operator, parts):
            return Junction(opposite(operator), tuple(map(negation, parts)))


def atom(operator: ComparisonOperator, difference: Polynomial, ring: Ring, *, wanted: bool) -> Fact:
    """Return when `difference operator 0` is as wanted, without factors that are positive at all points."""
    match operator:
        case "==" | "!=":
            relation = Relation.ZERO if (operator == "==") is wanted else Relation.NONZERO
        case ">" | "<=":
            relation, difference = (
                (Relation.POSITIVE, difference) if (operator == ">") is wanted else (Relation.NONNEGATIVE, -difference)
            )
        case "<" | ">=":
            relation, difference = (
                (Relation.POSITIVE, -difference) if (operator == "<") is wanted else (Relation.NONNEGATIVE, difference)
            )
    return simplest(relation, difference, ring)


def simplest(relation: Relation, polynomial: Polynomial, ring: Ring) -> Fact:
    """Return whether the relation is the same at all points, else the relation of what decides it."""
    if polynomial.is_zero():
        return relation in (Relation.ZERO, Relation.NONNEGATIVE)
    content, factors = polynomial.factor()
    left = ring.constant(-1 if content < 0 else 1)
    for factor, times in factors:
        if ring.is_positive(factor):
            continue
        if ring.is_positive(-factor):
            left *= -1 if times % 2 else 1
        elif relation in (Relation.ZERO, Relation.NONZERO):
            left *= factor
        else:
            left *= factor ** (1 if times % 2 else 2)
    if ring.is_positive(left):
        return relation is not Relation.ZERO
    if ring.is_positive(-left):
        return relation is Relation.NONZERO
    if relation is Relation.POSITIVE and ring.is_nonnegative(-left):
        return False
    if relation is Relation.NONNEGATIVE and ring.is_nonnegative(left):
        return True
    if relation in (Relation.ZERO, Relation.NONZERO) and left.leading_coefficient() < 0:
        left = -left
    return Atom(relation, left)


def symbols_in(fact: Fact, ring: Ring) -> frozenset[str]:
    """Return the symbols that a fact depends on."""
    match fact:
        case bool():
            return frozenset()
        case Atom(_, polynomial):
            names = tuple(ring.minimums)
            return frozenset(name for name, degree in zip(names, polynomial.degrees(), strict=True) if degree > 0)
        case Opaque(tree):
            return free_names(tree)
        case Junction(_, parts):
            return frozenset().union(*(symbols_in(part, ring) for part in parts))


def atoms_of(fact: Fact, operator: Literal["and", "or"]) -> tuple[Atom, ...] | None:
    """Return the atoms that a fact joins by this operator alone; None where it is of another form."""
    match fact:
        case Atom():
            return (fact,)
        case Junction(joined, parts) if joined == operator:
            atoms = tuple(part for part in parts if isinstance(part, Atom))
            return atoms if len(atoms) == len(parts) else None
        case bool() if fact is (operator == "and"):
            return ()
        case _:
            return None


def to_condition(fact: Fact, names: tuple[str, ...]) -> Expression:
    """Return a fact as a condition; a comparison has what is positive on its left and what is negative on its right."""
    match fact:
        case bool():
            return Truth(fact)
        case Opaque(tree):
            return tree
        case Junction(operator, parts):
            return Logic(operator, tuple(to_condition(part, names) for part in parts))
        case Atom(relation, polynomial):
            return Comparison(sides(to_tree(polynomial, names)), (OPERATORS[relation],))


def sides(tree: Expression) -> tuple[Expression, Expression]:
    """Return a difference as its positive and its negative terms."""
    terms = tree.terms if isinstance(tree, Sum) else (tree,)
    above = tuple(term for term in terms if not isinstance(term, Negative))
    below = tuple(term.operand for term in terms if isinstance(term, Negative))
    return total(above), total(below)


def total(terms: tuple[Expression, ...]) -> Expression:
    """Return a sum of any number of terms."""
    match len(terms):
        case 0:
            return number(0)
        case 1:
            return terms[0]
        case _:
            return Sum(terms)
