"""How a problem is solved: claims to constraints, constraints to groups, groups to solutions, each replayed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import combinations
from math import prod

from weighbridge.engines.reduce import Atom, Relation, sides, simplest, symbols_in
from weighbridge.errors import InternalError
from weighbridge.formula.exact import EvaluationError, truth_of
from weighbridge.formula.normal import Polynomial, Ring, term_tree
from weighbridge.formula.printer import thousands, to_text
from weighbridge.formula.tree import Expression, Negative, names, sum_of
from weighbridge.solve.answer import Answer, Combination, Outcome, State
from weighbridge.solve.constraints import demands, put_in
from weighbridge.solve.grounds import Grounding, Grounds
from weighbridge.solve.groups import Limits, Solved, solve_group
from weighbridge.solve.prepare import Demand, Group, Prepared, prepared, spelled
from weighbridge.solve.problem import Problem
from weighbridge.solve.values import Row, joined_rows
from weighbridge.verdict import OverBudget


def solve(problem: Problem, limits: Limits) -> Answer:
    """Return what a document's claims leave of its open symbols.

    Raises `InternalError` where a solution does not meet the claims as they are written, `KeyboardInterrupt` when
    interrupted.
    """
    ring = Ring({name: values[0] for name, values in problem.ranges.items()})
    demanded = {
        word.claim: [Demand((word.claim,), fact) for fact in demands(problem.condition(word), ring)]
        for word in problem.words
    }
    grounding = Grounding(demanded, ring, problem.ranges, limits.steps)
    ready = prepared((each for several in demanded.values() for each in several), ring, problem.ranges)
    if ready is None:
        return Answer(problem=problem, contradiction=grounding.of_contradiction())
    solved: list[Solved] = []
    over: list[tuple[tuple[str, ...], OverBudget]] = []
    for group in ready.groups:
        found = solve_group(group, ring, problem.ranges, limits)
        if isinstance(found, OverBudget):
            over.append((group.symbols, found))
        elif found.count == 0:
            return Answer(problem=problem, contradiction=grounding.of_contradiction())
        else:
            solved.append(found)
    return Telling(problem, ready, grounding, solved, over).answer(limits)


@dataclass(slots=True)
class Telling:
    """Puts together what is told of solutions that have been found."""

    problem: Problem
    ready: Prepared
    grounding: Grounding
    solved: Sequence[Solved]
    over: Sequence[tuple[tuple[str, ...], OverBudget]]
    of: Mapping[str, Solved] = field(init=False)

    def __post_init__(self) -> None:
        self.of = {name: each for each in self.solved for name in each.symbols}

    @property
    def ring(self) -> Ring:
        """Polynomials over the open symbols."""
        return self.grounding.ring

    def answer(self, limits: Limits) -> Answer:
        """Return everything, the solutions that are shown replayed."""
        bound = [each for each in self.solved if not self.is_free(each)]
        columns, first = ((), ()) if self.over else self.smallest(bound, limits.show)
        self.replay(columns, first)
        ties = (*self.equations(), *self.equalities())
        return Answer(
            problem=self.problem,
            outcomes=tuple(self.outcomes(ties)),
            combinations=ties,
            columns=columns,
            bound=None if self.over else prod(each.count for each in bound),
            first=first,
            over=tuple(self.over),
        )

    def is_free(self, solved: Solved) -> bool:
        """Tell whether a group is one symbol of which every value is left."""
        return len(solved.symbols) == 1 and solved.count == len(self.problem.ranges[solved.symbols[0]]) > 1

    def smallest(self, solved: Sequence[Solved], wanted: int) -> tuple[tuple[str, ...], tuple[Row, ...]]:
        """Return the lexicographically smallest solutions of some groups together, and the symbols they are of."""
        # Of a group that was swept one solution is known: as many can be shown in order as each group has to give.
        known = min((len(each.first) for each in solved if len(each.first) < each.count), default=wanted)
        order = tuple(self.problem.ranges)
        nothing: tuple[tuple[str, ...], tuple[Row, ...]] = ((), ((),))
        parts = ((each.symbols, each.first) for each in solved)
        return reduce(lambda one, other: joined_rows(one, other, order, min(wanted, known)), parts, nothing)

    def replay(self, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Put solutions into the claims as they are written, before anybody is told of them."""
        smallest = {name: values[0] for name, values in self.problem.ranges.items()}
        for row in rows:
            point = {**self.problem.kept, **smallest, **dict(zip(columns, row, strict=True))}
            for word in self.problem.words:
                try:
                    met = truth_of(word.condition, point)
                except EvaluationError:
                    met = False
                if not met:
                    raise InternalError(f"{point} was found to be a solution, and '{word.claim}' does not hold there")

    def equations(self) -> tuple[Combination, ...]:
        """Return the equations that tie symbols together, with what a search has determined put in."""
        found: dict[str, Combination] = {}
        for group in self.ready.groups:
            result = self.of.get(group.symbols[0])
            determined = result.determined if result else {}
            for each in group.demands:
                if not isinstance(each.fact, Atom) or each.fact.relation is not Relation.ZERO:
                    continue
                fact = simplest(Relation.ZERO, put_in(each.fact.polynomial, determined), self.ring)
                if isinstance(fact, Atom) and spelled(fact) not in found:
                    found[spelled(fact)] = self.equation(fact, group, result)
        return tuple(found.values())

    def equation(self, fact: Atom, group: Group, result: Solved | None) -> Combination:
        """Return one equation of a group."""
        said = self.ready.said.get(spelled(fact))
        grounds = Grounds(said, alone=True) if said else self.follows(fact.polynomial)
        occurring = symbols_in(fact, self.ring)
        left, right = as_equation(fact.polynomial, self.ring, self.order_of(grounds))
        return Combination(
            left=left,
            right=right,
            symbols=tuple(name for name in group.symbols if name in occurring),
            solutions=None if result is None else result.together(occurring),
            grounds=grounds,
        )

    def follows(self, zero: Polynomial) -> Grounds:
        """Return the claims from which it follows that a polynomial is 0."""
        return self.grounding.of_opposite(simplest(Relation.NONZERO, zero, self.ring))

    def order_of(self, grounds: Grounds) -> tuple[str, ...]:
        """Return the open symbols in the order in which claims write them."""
        conditions = [word.condition for word in self.problem.words if word.claim in grounds.claims]
        written = (each.name for tree in conditions for each in names(tree))
        return tuple(name for name in dict.fromkeys((*written, *self.problem.ranges)) if name in self.problem.ranges)

    def equalities(self) -> Iterator[Combination]:
        """Yield pairs of symbols that are equal in every solution, though no claim says so."""
        for each in self.solved:
            open_ = [name for name in each.symbols if name not in each.determined]
            for one, other in combinations(open_, 2):
                if not each.always_equal(one, other):
                    continue
                difference = self.ring.symbols[one] - self.ring.symbols[other]
                if self.ready.said.get(spelled(simplest(Relation.ZERO, difference, self.ring))):
                    continue
                yield Combination(
                    left=one,
                    right=other,
                    symbols=(one, other),
                    solutions=each.together(frozenset((one, other))),
                    grounds=self.follows(difference),
                )

    def outcomes(self, ties: Sequence[Combination]) -> Iterator[Outcome]:
        """Yield what is left of each open symbol."""
        tied = {name for each in ties for name in each.symbols}
        for name in self.problem.ranges:
            result = self.of.get(name)
            left = None if result is None else result.left.get(name)
            grounds = Grounds(self.problem.speaking_of(name))
            if result is None:
                state: State = "undecided"
            elif name in result.determined:
                state, grounds = "determined", self.determining(name, result.determined[name])
            elif name in tied:
                state = "combined"
            else:
                state = "free" if self.is_free(result) else "narrowed"
            yield Outcome(name=name, state=state, left=left, grounds=grounds)

    def determining(self, name: str, value: int) -> Grounds:
        """Return the claims that determine a symbol; none where its range does."""
        if claims := self.ready.fixed_by.get(name):
            return Grounds(claims, alone=True)
        if len(self.problem.ranges[name]) == 1:
            return Grounds(())
        return self.follows(self.ring.symbols[name] - value)


def as_equation(polynomial: Polynomial, ring: Ring, order: Sequence[str]) -> tuple[str, str]:
    """Return a polynomial that is 0 as two sides that are equal: a known number on the right, where there is one."""
    constant = polynomial[(0,) * len(ring.minimums)]
    if constant > 0:
        polynomial, constant = -polynomial, -constant
    if constant == 0:
        above, below = sides(in_order(polynomial, ring, order))
        return to_text(above), to_text(below)
    return to_text(in_order(polynomial - constant, ring, order)), thousands(-int(constant.p))


def in_order(polynomial: Polynomial, ring: Ring, order: Sequence[str]) -> Expression:
    """Return a polynomial as an expression whose factors stand in this order, what is added before what is taken."""
    places = [list(ring.minimums).index(name) for name in order]
    terms = [
        term_tree(coefficient, [exponents[place] for place in places], order)
        for exponents, coefficient in polynomial.terms()
    ]
    terms.sort(key=lambda term: isinstance(term, Negative))
    return sum_of(terms)
