"""What a claim asks of the symbols that are left open, in forms that a search can narrow them by.

A point where a claim has no value does not meet it, so a conjunction may be taken apart into its parts, in any order.
What joins in another way is taken apart only where all of it is polynomial, and so always has a value.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Literal, TypeAlias

from flint import fmpq, fmpz
from msgspec import Struct

from weighbridge.engines.reduce import Atom, Fact, Junction, Opaque, Relation, fact_of, junction, simplest
from weighbridge.formula.normal import Polynomial, Ring
from weighbridge.formula.tree import (
    Call,
    Comparison,
    ComparisonOperator,
    Expression,
    Logic,
    free_names,
    number,
    substitute,
)
from weighbridge.solve.truth import sign, written
from weighbridge.solve.values import Box

#: Comparisons that one of two minima or maxima is taken apart into.
MAX_PAIRS = 64

#: A coefficient and the powers of symbols beside it.
Term: TypeAlias = tuple[int, tuple[tuple[str, int], ...]]


class Compared(Struct, frozen=True):
    """`above - below` compared with 0; all coefficients are positive and no symbol is negative, so both only grow."""

    relation: Relation
    above: tuple[Term, ...]
    below: tuple[Term, ...]
    symbols: frozenset[str]


class Joined(Struct, frozen=True):
    """Polynomial constraints joined by one operator."""

    operator: Literal["and", "or"]
    parts: tuple[Constraint, ...]
    symbols: frozenset[str]


class Written(Struct, frozen=True):
    """A condition as it is written: not shown to compare polynomials."""

    tree: Expression
    symbols: frozenset[str]


Constraint: TypeAlias = Compared | Joined | Written


def demands(tree: Expression, ring: Ring) -> Iterator[Fact]:
    """Yield facts that are all true exactly where a condition over the ring's symbols is true."""
    match tree:
        case Logic("and", operands):
            for operand in operands:
                yield from demands(operand, ring)
        case Comparison(operands, operators):
            for left, operator, right in zip(operands, operators, operands[1:], strict=False):
                for link in pairs(left, operator, right):
                    yield from parts(link, ring)
        case _:
            yield from parts(tree, ring)


def pairs(left: Expression, operator: ComparisonOperator, right: Expression) -> Iterator[Comparison]:
    """Yield the comparisons that one with a minimum or maximum stands for: min(a, b) > c is a > c and b > c."""
    match operator:
        case "<" | "<=":
            lefts, rights = operands_of(left, "max"), operands_of(right, "min")
        case ">" | ">=":
            lefts, rights = operands_of(left, "min"), operands_of(right, "max")
        case "==" | "!=":
            lefts, rights = (left,), (right,)
    if len(lefts) * len(rights) > MAX_PAIRS:
        lefts, rights = (left,), (right,)
    for one, other in itertools.product(lefts, rights):
        yield Comparison((one, other), (operator,))


def operands_of(tree: Expression, function: Literal["min", "max"]) -> tuple[Expression, ...]:
    """Return what a minimum or maximum is taken of, the nested ones too; a tree of another form is its own operand."""
    if isinstance(tree, Call) and tree.function == function:
        return tuple(each for argument in tree.arguments for each in operands_of(argument, function))
    return (tree,)


def parts(tree: Expression, ring: Ring) -> Iterator[Fact]:
    """Yield the facts that one condition consists of."""
    fact = fact_of(tree, ring, wanted=True)
    if is_opaque(fact):
        yield Opaque(tree)
        return
    fact = folded(fact)
    if isinstance(fact, Junction) and fact.operator == "and":
        yield from map(factored, fact.parts)
    else:
        yield factored(fact)


def is_opaque(fact: Fact) -> bool:
    """Tell whether any part of a fact is not polynomial."""
    match fact:
        case Opaque():
            return True
        case Junction(_, inner):
            return any(map(is_opaque, inner))
        case _:
            return False


def folded(fact: Fact) -> Fact:
    """Return a polynomial fact without the parts that are known; all of it has a value, so no part must be reached."""
    if not isinstance(fact, Junction):
        return fact
    inner = tuple(map(folded, fact.parts))
    decides = fact.operator == "or"
    return decides if decides in inner else junction(fact.operator, inner)


def factored(fact: Fact) -> Fact:
    """Return a product that is 0 as one of its factors being 0."""
    if not isinstance(fact, Atom) or fact.relation is not Relation.ZERO:
        return fact
    _, factors = fact.polynomial.factor()
    return junction("or", tuple(Atom(Relation.ZERO, factor) for factor, _ in factors))


def with_fixed(fact: Fact, values: Mapping[str, int], ring: Ring) -> Iterator[Fact]:
    """Yield the facts that are left of one where some symbols have these values."""
    match fact:
        case bool():
            yield fact
        case Opaque(tree):
            if free_names(tree) & values.keys():
                yield from demands(substitute(tree, {name: number(value) for name, value in values.items()}), ring)
            else:
                yield fact
        case Atom(relation, polynomial):
            yield factored(simplest(relation, put_in(polynomial, values), ring))
        case Junction(operator, inner):
            # Every part of a junction that is no conjunction is polynomial: each leaves one fact.
            yield folded(junction(operator, tuple(left for each in inner for left in with_fixed(each, values, ring))))


def put_in(polynomial: Polynomial, values: Mapping[str, int]) -> Polynomial:
    """Return a polynomial with values put in for some of its symbols."""
    known: dict[str | int, int | fmpz | fmpq] = {name: fmpz(value) for name, value in values.items()}
    return polynomial.subs(known)


def constraint(fact: Atom | Opaque | Junction, ring: Ring) -> Constraint:
    """Return a fact in the form that a search narrows by."""
    match fact:
        case Atom(relation, polynomial):
            return compared(relation, polynomial, tuple(ring.minimums))
        case Opaque(tree):
            return Written(tree, free_names(tree))
        case Junction(operator, inner):
            made = tuple(constraint(each, ring) for each in inner if not isinstance(each, bool))
            return Joined(operator, made, frozenset().union(*(each.symbols for each in made)))


def compared(relation: Relation, polynomial: Polynomial, names: tuple[str, ...]) -> Compared:
    """Return a polynomial with integer coefficients, its negative terms apart from the others."""
    above: list[Term] = []
    below: list[Term] = []
    for exponents, coefficient in polynomial.terms():
        powers = tuple((name, int(times)) for name, times in zip(names, exponents, strict=True) if times)
        whole = int(coefficient.p)
        (above if whole > 0 else below).append((abs(whole), powers))
    symbols = frozenset(name for _, powers in (*above, *below) for name, _ in powers)
    return Compared(relation, tuple(above), tuple(below), symbols)


def settled(each: Constraint, box: Box) -> Constraint | bool:
    """Return whether a constraint is met at all points of a box or at none; else what is left of it."""
    match each:
        case Compared(relation, above, below):
            low = value(above, box, 0) - value(below, box, -1)
            high = value(above, box, -1) - value(below, box, 0)
            fact = sign(relation, low, high)
            return each if fact is None else fact
        case Joined(operator, inner):
            return settled_junction(each, operator, inner, box)
        case Written(tree, symbols):
            fact = written(tree, {name: box[name] for name in symbols})
            return each if fact is None else fact


def settled_junction(
    each: Joined, operator: Literal["and", "or"], inner: tuple[Constraint, ...], box: Box
) -> Constraint | bool:
    """Return what is left of constraints that are joined."""
    decides = operator == "or"
    left: list[Constraint] = []
    for part in inner:
        now = settled(part, box)
        if now is decides:
            return decides
        if not isinstance(now, bool):
            left.append(now)
    match len(left):
        case 0:
            return not decides
        case 1:
            return left[0]
        case kept if kept == len(inner):
            return each
        case _:
            return Joined(operator, tuple(left), frozenset().union(*(part.symbols for part in left)))


def value(terms: tuple[Term, ...], box: Box, end: Literal[0, -1]) -> int:
    """Return a sum of terms at the lowest (0) or highest (-1) values of a box."""
    total = 0
    for coefficient, powers in terms:
        product = coefficient
        for name, times in powers:
            product *= box[name][end] ** times
        total += product
    return total
