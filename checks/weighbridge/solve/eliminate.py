"""What is left of a group's constraints without a symbol that an equation gives in terms of earlier ones.

Only the last symbol of an equation is solved for: so points in the order of the symbols that are left are in the order
of all symbols.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import gcd

from msgspec import Struct

from weighbridge.engines.reduce import Atom, Fact, Junction, Opaque, Relation, simplest, symbols_in
from weighbridge.formula.normal import Polynomial, Ring, to_tree
from weighbridge.formula.tree import Arithmetic, Expression, number, substitute
from weighbridge.solve.constraints import constraint, demands, factored, folded
from weighbridge.solve.prepare import Demand, Group
from weighbridge.solve.values import Values


class Definition(Struct, frozen=True):
    """The symbol `name` is the value of `tree`, over earlier symbols."""

    name: str
    tree: Expression


def eliminated(group: Group, ring: Ring) -> tuple[Group, Definition] | None:
    """Return a group without one of its symbols, and what that symbol is; None where no equation gives one."""
    for each in group.demands:
        if isinstance(each.fact, Atom) and each.fact.relation is Relation.ZERO:
            found = solved_for(each.fact.polynomial, group, ring)
            if found is not None:
                return found
    return None


def solved_for(equation: Polynomial, group: Group, ring: Ring) -> tuple[Group, Definition] | None:
    """Return a group with an equation solved for its last symbol and put into all other demands."""
    names = tuple(ring.minimums)
    occurring = [name for name in group.symbols if name in symbols_in(Atom(Relation.ZERO, equation), ring)]
    last = occurring[-1]
    symbol, place = ring.symbols[last], names.index(last)
    linear = [(exponents, coefficient) for exponents, coefficient in equation.terms() if exponents[place]]
    domain = group.box[last]
    if len(linear) != 1 or sum(linear[0][0]) != 1 or not isinstance(domain, range):
        return None
    factor = int(linear[0][1].p)
    rest = (equation - factor * symbol) * (-1 if factor > 0 else 1)  # abs(factor) * last == rest
    box = {name: values for name, values in group.box.items() if name != last}
    size = abs(factor)
    # The value must be one of start, start + step, ...: then rest is one of size * start, + size * step, ...
    modulus = size * domain.step
    if modulus > 1:
        others = [name for name in occurring if name != last]
        if len(others) != 1 or rest.total_degree() != 1:
            return None
        fitting = congruent(rest, names.index(others[0]), box[others[0]], size * domain.start, modulus)
        if not fitting:
            return None
        box[others[0]] = fitting
    value = rest / size
    left = [
        Demand(each.claims, fact)
        for each in group.demands
        for fact in with_polynomial(each.fact, last, value, ring)
        if fact is not True
    ]
    for bound in (rest - size * domain[0], size * domain[-1] - rest):
        fact = simplest(Relation.NONNEGATIVE, bound, ring)
        if fact is not True:
            left.append(Demand((), fact))
    if any(each.fact is False for each in left):
        return None
    constraints = tuple(constraint(each.fact, ring) for each in left if not isinstance(each.fact, bool))
    tree = to_tree(rest, names)
    definition = Definition(last, tree if size == 1 else Arithmetic("//", tree, number(size)))
    symbols = tuple(name for name in group.symbols if name != last)
    return Group(symbols, tuple(left), constraints, box), definition


def congruent(rest: Polynomial, place: int, values: Values, start: int, modulus: int) -> Values:
    """Return the values of one symbol for which `rest`, linear in it, leaves the remainder of `start`."""
    slope = constant = 0
    for exponents, coefficient in rest.terms():
        if exponents[place]:
            slope = int(coefficient.p)
        else:
            constant = int(coefficient.p)
    if not isinstance(values, range):
        return tuple(each for each in values if (slope * each + constant - start) % modulus == 0)
    # slope * (first + step * t) + constant = start has one t in each run of modulus / gcd, or none.
    pace = slope * values.step % modulus
    wanted = (start - constant - slope * values[0]) % modulus
    common = gcd(pace, modulus)
    if wanted % common:
        return ()
    run = modulus // common
    first = wanted // common * pow(pace // common, -1, run) % run if run > 1 else 0
    return values[first::run]


def with_polynomial(fact: Fact, name: str, value: Polynomial, ring: Ring) -> Iterator[Fact]:
    """Yield the facts that are left of one with a polynomial put in for a symbol."""
    match fact:
        case bool():
            yield fact
        case Opaque(tree):
            yield from demands(substitute(tree, {name: to_tree(value, tuple(ring.minimums))}), ring)
        case Atom(relation, polynomial):
            put_in: Sequence[Polynomial] = [value if each == name else symbol for each, symbol in ring.symbols.items()]
            yield factored(simplest(relation, polynomial.compose(*put_in), ring))
        case Junction(operator, inner):
            parts = tuple(left for each in inner for left in with_polynomial(each, name, value, ring))
            yield folded(Junction(operator, parts))
