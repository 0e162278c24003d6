"""Which short predicates tell the points that fail from those that do not, as far as some of the points show.

A predicate compares a symbol with a number, or two symbols or short products. What the points show is no more than a
guess about the others: whoever tells it counts first.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import Struct

from weighbridge.engines.reduce import Reduction
from weighbridge.explain.predicates import leaves, shown
from weighbridge.formula.exact import EvaluationError, number_of, truth_of
from weighbridge.formula.tree import Comparison, ComparisonOperator, Expression, Name, Product, free_names, number
from weighbridge.spec.model import Axis

#: Points of the reduced grid that are looked at; a grid that has no more is looked at whole.
MAX_SAMPLES = 1_500
#: Symbols of a condition beyond which there are too many comparisons to try.
MAX_SYMBOLS = 8
#: Numbers that may stand before a symbol.
COEFFICIENTS = (2, 3, 4, 8)

SIGNS = frozenset((-1, 0, 1))
#: The comparison that is true for these signs of a difference.
BY_SIGNS: Mapping[frozenset[int], ComparisonOperator] = {
    frozenset((0,)): "==",
    frozenset((-1, 1)): "!=",
    frozenset((-1,)): "<",
    frozenset((-1, 0)): "<=",
    frozenset((1,)): ">",
    frozenset((0, 1)): ">=",
}

Points = Sequence[Mapping[str, int]]


class Candidate(Struct, frozen=True):
    """A predicate that is true at no bad point, and at `true` good ones."""

    tree: Expression
    true: int

    @property
    def rank(self) -> tuple[int, int, str]:
        """What makes one of several better: more points, fewer words."""
        return -self.true, leaves(self.tree), shown(self.tree)


class Term(Struct, frozen=True):
    """One side of a comparison, with its value at every point: good ones first."""

    tree: Expression
    values: Sequence[int]


@dataclass(slots=True)
class Sieve:
    """Points of a reduced grid that meet the assumptions, by whether the claim fails there.

    `complete` says that these are all, and that each could be evaluated.
    """

    reduction: Reduction
    failing: list[Mapping[str, int]] = field(default_factory=list)
    passing: list[Mapping[str, int]] = field(default_factory=list)
    complete: bool = False

    def __post_init__(self) -> None:
        assumed, asked = self.reduction.tree(self.reduction.assumed), self.reduction.tree(self.reduction.asked)
        self.complete = self.reduction.grid.points <= MAX_SAMPLES
        for point in self.samples():
            try:
                if truth_of(assumed, point):
                    (self.passing if truth_of(asked, point) else self.failing).append(point)
            except EvaluationError:
                self.complete = False

    def samples(self) -> Iterator[Mapping[str, int]]:
        """Yield all points of a small grid; of a large one its corners and points spread over it, always the same."""
        axes = self.reduction.grid.axes
        symbols = [axis.symbol for axis in axes]
        if self.complete:
            for values in itertools.product(*(axis.values for axis in axes)):
                yield dict(zip(symbols, values, strict=True))
            return
        for ends in itertools.product(*((axis.values[0], axis.values[-1]) for axis in axes[:MAX_SYMBOLS])):
            yield {axis.symbol: axis.values[0] for axis in axes} | dict(zip(symbols, ends, strict=False))
        # Multiples of the golden ratio leave no large gap; each axis has a multiple of its own.
        for turn in range(MAX_SAMPLES // 2):
            yield {
                axis.symbol: axis.values[turn * (40_503 + 2 * place) % 65_537 * len(axis.values) // 65_537]
                for place, axis in enumerate(axes)
            }

    def exact(self) -> Iterator[Expression]:
        """Yield predicates that are true at the failing points and at no others, the simplest first."""
        for candidate in self.candidates(self.failing, self.passing, exact=True):
            if candidate.true == len(self.failing):
                yield candidate.tree

    def widest(self, good: Points, bad: Points, *, least: int) -> list[Expression]:
        """Return predicates that are true at no bad point and at `least` good ones, those true at the most first."""
        found = [each for each in self.candidates(good, bad) if each.true >= least]
        return [each.tree for each in sorted(found, key=lambda each: each.rank)]

    def candidates(self, good: Points, bad: Points, *, exact: bool = False) -> Iterator[Candidate]:
        """Yield predicates that are true at no bad point; `exact` leaves out what can not be true at all good ones."""
        if not good or not bad:
            return
        for axis in self.reduction.grid.axes:
            yield from bounds(axis, [point[axis.symbol] for point in good], {point[axis.symbol] for point in bad})
        if len(self.reduction.grid.axes) <= MAX_SYMBOLS:
            yield from self.comparisons(good, bad, exact=exact)

    def comparisons(self, good: Points, bad: Points, *, exact: bool) -> Iterator[Candidate]:
        """Yield comparisons of symbols and short products, the shortest first."""
        points = (*good, *bad)
        symbols = [Name(axis.symbol) for axis in self.reduction.grid.axes]
        pairs = [Product(pair) for pair in itertools.combinations_with_replacement(symbols, 2)]
        single = terms(symbols, points)
        scaled = terms((Product((number(times), name)) for name in symbols for times in COEFFICIENTS), points)
        products = terms(pairs, points)
        doubled = terms((Product((number(2), *pair.factors)) for pair in pairs), points)
        for left, right in itertools.chain(
            itertools.combinations(single, 2),
            itertools.product(single, (*scaled, *products)),
            itertools.product(single, doubled),
            itertools.combinations(products, 2),
        ):
            if free_names(left.tree) & free_names(right.tree):
                continue
            signs = [(a > b) - (a < b) for a, b in zip(left.values, right.values, strict=True)]
            inside, outside = Counter(signs[: len(good)]), frozenset(signs[len(good) :])
            if exact and inside.keys() & outside:
                continue
            # Of a sign that no point has shown nothing is known: both predicates are tried.
            for true in dict.fromkeys((frozenset(inside) - outside, SIGNS - outside)):
                if true in BY_SIGNS:
                    tree = Comparison((left.tree, right.tree), (BY_SIGNS[true],))
                    yield Candidate(tree, sum(inside[sign] for sign in true))


def terms(trees: Iterable[Expression], points: Points) -> list[Term]:
    """Return sides with their values."""
    return [Term(tree, [int(number_of(tree, point)) for point in points]) for tree in trees]


def bounds(axis: Axis, inside: Sequence[int], outside: set[int]) -> Iterator[Candidate]:
    """Yield comparisons of one symbol with a number that are true at no bad value."""
    name = Name(axis.symbol)
    # Just past all that the bad points have; a grid's axis is ascending.
    above = axis.values[bisect_right(axis.values, max(outside)) :][:1]
    below = axis.values[: bisect_left(axis.values, min(outside))][-1:]
    chances: list[tuple[ComparisonOperator, int]] = []
    if len(set(inside)) == 1 and inside[0] not in outside:
        chances.append(("==", inside[0]))
    if len(outside) == 1:
        chances.append(("!=", min(outside)))
    chances += [(">=", value) for value in above]
    chances += [("<=", value) for value in below]
    for operator, value in chances:
        tree = Comparison((name, number(value)), (operator,))
        yield Candidate(tree, sum(truth_of(tree, {axis.symbol: each}) for each in inside))
