"""What is left to search once everything that follows by algebra is put in: independent groups of symbols."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import Struct

from weighbridge.engines.reduce import Atom, Fact, Junction, Opaque, Relation, simplest, symbols_in
from weighbridge.formula.normal import Polynomial, Ring
from weighbridge.solve.constraints import Constraint, constraint, factored, settled, with_fixed
from weighbridge.solve.narrow import narrow
from weighbridge.solve.values import Box, Values

#: Times that what was found is put in again; what is left after that is left to the search.
ROUNDS = 10
#: Terms of an equation that others are reduced by, and steps of one reduction.
MAX_TERMS, MAX_STEPS = 50, 100


class Demand(Struct, frozen=True):
    """A fact that must be so, and the claims that say it."""

    claims: tuple[str, ...]
    fact: Fact


class Group(Struct, frozen=True):
    """Symbols that no constraint ties to any others."""

    symbols: tuple[str, ...]
    demands: tuple[Demand, ...]
    constraints: tuple[Constraint, ...]
    box: Box


class Prepared(Struct, frozen=True):
    """Groups in the order of their symbols.

    `said` are the claims that each say a fact by themselves, by its spelling; `fixed_by` those that each give a
    symbol's value by themselves.
    """

    groups: tuple[Group, ...]
    said: Mapping[str, tuple[str, ...]]
    fixed_by: Mapping[str, tuple[str, ...]]


@dataclass(slots=True)
class Preparation:
    """Puts in what is known until nothing changes."""

    ring: Ring
    box: dict[str, Values]
    said: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fixed_by: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def simplified(self, demands: Iterable[Demand]) -> list[Demand] | None:
        """Return what is left of demands, narrowing the box; None where they contradict each other."""
        left = distinct(demands)
        if any(each.fact is False for each in left):
            return None
        self.note(left)
        for _ in range(ROUNDS):
            before = (left, dict(self.box))
            now = self.narrowed(left)
            if now is not None:
                now = self.modulo_equations(now)
            if now is None:
                return None
            left = distinct(now)
            if (left, self.box) == before:
                break
        return left

    def note(self, demands: Sequence[Demand]) -> None:
        """Note who says what, while nothing has been put in."""
        for each in demands:
            self.said[spelled(each.fact)] = each.claims
            if isinstance(each.fact, Atom) and each.fact.relation is Relation.ZERO:
                # No product: so an equation of one symbol is linear in it, or has no rational solution at all.
                symbols = symbols_in(each.fact, self.ring)
                if len(symbols) == 1:
                    (name,) = symbols
                    self.fixed_by[name] = united(self.fixed_by.get(name, ()), each.claims)

    def narrowed(self, demands: Sequence[Demand]) -> list[Demand] | None:
        """Return demands with the symbols put in that have one value left."""
        found = narrow([self.constraint(each) for each in demands], self.box)
        if found is None:
            return None
        self.box.update(found[1])
        fixed = {name: values[0] for name, values in self.box.items() if len(values) == 1}
        left: list[Demand] = []
        for each in demands:
            for fact in with_fixed(each.fact, fixed, self.ring):
                made = Demand(each.claims, fact)
                known = fact if isinstance(fact, bool) else settled(self.constraint(made), self.box)
                if known is False:
                    return None
                if known is not True:
                    left.append(made)
        return left

    def modulo_equations(self, demands: Sequence[Demand]) -> list[Demand] | None:
        """Return demands without what follows from the equations among them, the shortest equations first."""
        basis: list[Polynomial] = []
        left: list[Demand] = []
        for each in sorted(demands, key=lambda each: rank(each.fact)):
            fact = each.fact
            if isinstance(fact, Atom):
                rest = remainder(fact.polynomial, basis)
                if fact.relation is Relation.ZERO or len(rest) <= len(fact.polynomial):
                    fact = factored(simplest(fact.relation, rest, self.ring))
                if isinstance(fact, Atom) and fact.relation is Relation.ZERO and len(fact.polynomial) <= MAX_TERMS:
                    basis.append(fact.polynomial)
            if fact is False:
                return None
            if fact is not True:
                left.append(Demand(each.claims, fact))
        return left

    def constraint(self, demand: Demand) -> Constraint:
        """Return a demand in the form that a search narrows by."""
        assert not isinstance(demand.fact, bool), "unreachable because what is known has been taken out"
        return constraint(demand.fact, self.ring)

    def groups(self, demands: Sequence[Demand]) -> tuple[Group, ...]:
        """Return the symbols in groups that share no demand."""
        groups: list[set[str]] = [{name} for name in self.box]
        for each in demands:
            symbols = symbols_in(each.fact, self.ring)
            touched = [group for group in groups if group & symbols]
            groups = [group for group in groups if not group & symbols]
            groups.append(set().union(*touched))
        firsts = {name: next(group for group in groups if name in group) for name in self.box}
        ordered = {id(group): group for group in firsts.values()}.values()
        return tuple(self.group(tuple(name for name in self.box if name in group), demands) for group in ordered)

    def group(self, symbols: tuple[str, ...], demands: Sequence[Demand]) -> Group:
        """Return the group of these symbols."""
        own = tuple(each for each in demands if symbols_in(each.fact, self.ring) & set(symbols))
        return Group(symbols, own, tuple(map(self.constraint, own)), {name: self.box[name] for name in symbols})


def prepared(demands: Iterable[Demand], ring: Ring, box: Box) -> Prepared | None:
    """Return what is left to search in a box; None where the demands contradict each other there."""
    work = Preparation(ring, dict(box))
    left = work.simplified(each for each in demands if each.fact is not True)
    return None if left is None else Prepared(work.groups(left), work.said, work.fixed_by)


def distinct(demands: Iterable[Demand]) -> list[Demand]:
    """Return demands with those that ask for the same made one."""
    found: dict[str, Demand] = {}
    for each in demands:
        key = spelled(each.fact)
        known = found.get(key)
        found[key] = Demand(united(known.claims, each.claims), each.fact) if known else each
    return list(found.values())


def spelled(fact: Fact) -> str:
    """Return a text that is the same for the same fact."""
    match fact:
        case Atom(relation, polynomial):
            return f"{relation.name} {polynomial}"
        case Junction(operator, parts):
            return f"{operator}({', '.join(map(spelled, parts))})"
        case bool() | Opaque():
            return repr(fact)


def united(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Return names of both, each once, in the order in which they come."""
    return tuple(dict.fromkeys((*one, *other)))


def rank(fact: Fact) -> tuple[int, int, int]:
    """Return what puts equations first, the shortest of the lowest degree before others."""
    if isinstance(fact, Atom) and fact.relation is Relation.ZERO:
        return 0, len(fact.polynomial), fact.polynomial.total_degree()
    return 1, 0, 0


def remainder(polynomial: Polynomial, basis: Sequence[Polynomial]) -> Polynomial:
    """Return what is left of a polynomial where each of the others is 0; its values there are the same."""
    for _ in range(MAX_STEPS):
        before = polynomial
        for each in basis:
            polynomial = divmod(polynomial, each)[1]
        if polynomial == before:
            break
    return polynomial
