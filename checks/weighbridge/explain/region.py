"""Where a claim fails: the simplest predicate that is true at the points that fail and at no others.

Candidates are comparisons of symbols and short products, sieved on some points of the reduced grid. What is told was
counted over the whole grid: no point where the predicate is true passes, and it is true at as many points as fail.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod

from weighbridge.engines.evaluate import evaluate_at
from weighbridge.engines.prove import derived_have_values
from weighbridge.engines.reduce import (
    Atom,
    Fact,
    Junction,
    Opaque,
    Reduction,
    fact_of,
    negation,
    reduce,
    to_condition,
)
from weighbridge.engines.threshold import MAX_HEADS, plan
from weighbridge.explain.spread import spread
from weighbridge.formula.exact import EvaluationError, number_of, truth_of
from weighbridge.formula.normal import Ring, to_tree
from weighbridge.formula.printer import thousands, to_text
from weighbridge.formula.tree import (
    Comparison,
    ComparisonOperator,
    Expression,
    Logic,
    Name,
    Number,
    Product,
    Sum,
    children,
    free_names,
    number,
    rewrite,
    walk,
)
from weighbridge.spec.question import Anywhere, OnGrid, Question, reduced
from weighbridge.verdict import Counterexample, Refuted

#: Points of the reduced grid on which predicates are sieved; a grid that has no more is looked at whole.
MAX_SAMPLES = 1_500
#: Combinations that all exact counts of one claim may look at, each in a few microseconds.
MAX_LOOKS = 40_000
#: Predicates that are counted after they got through the sieve.
MAX_COUNTED = 12
#: Symbols of a condition beyond which there are too many comparisons to try.
MAX_SYMBOLS = 8
#: Conjunctions that a condition is taken apart into.
MAX_PARTS = 16
#: Names and numbers of a claim that is as plain as any predicate could be: `n_neurons > 2 * d_embed`.
PLAIN = 3
#: Names and numbers of a reduced condition than which a shorter one would be a coincidence of the grid's values.
SHORT = 5
#: Characters of a predicate that still says more than the formula does.
MAX_LENGTH = 80
#: Numbers that may stand before a symbol.
COEFFICIENTS = (2, 3, 4, 8)
#: A share of the points is given as a fraction up to this denominator.
MAX_DENOMINATOR = 100
#: The least share of the sieve's points that makes a predicate worth telling that is not true at all of them.
LEAST_SHARE = Fraction(1, 20)

FLIPPED: Mapping[ComparisonOperator, ComparisonOperator] = {
    "==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<=",
}  # fmt: skip
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


def where_it_fails(question: Question, verdict: Refuted) -> str:
    """Return where and how often a claim fails: "fails exactly where d_query != d_value: at 7/8 of the points".

    "" for a claim about one model, or where there is nothing to say.
    """
    if isinstance(question.domain, OnGrid) and verdict.violations is not None and verdict.points is not None:
        return on_grid(question, verdict.violations, verdict.points)
    if isinstance(question.domain, Anywhere) and isinstance(verdict.witness, Counterexample):
        return everywhere(question, verdict.witness)
    return ""


def on_grid(question: Question, violations: int, points: int) -> str:
    """Return where a claim fails on its grid."""
    assert isinstance(question.domain, OnGrid), "unreachable because the caller looked"  # noqa: S101
    grid = question.domain.grid
    if violations == points:
        return "fails at every point" if points > 1 else ""
    share = f"at {share_of(violations, points)} of the points"
    if not derived_have_values(question, grid):
        return f"fails {share}"
    plain = Question(
        condition=spread(reduced(question).condition),
        domain=question.domain,
        minimums=question.minimums,
        assuming=question.assuming,
    )
    reduction = reduce(plain, grid)
    room = leaves(question.condition)
    if room <= PLAIN:
        return f"fails {share}"
    bench = Bench.of(reduction, violations, points)
    exact = bench.exact(room)
    if exact:
        return f"fails exactly where {exact}: {share}"
    part = bench.partial()
    return f"fails {share}; {part}" if part else f"fails {share}"


def everywhere(question: Question, witness: Counterexample) -> str:
    """Return where a claim about all values fails, by algebra alone, where that is short."""
    small = reduced(question)
    free = free_names(small.condition)
    ring = Ring({name: least for name, least in question.minimums.items() if name in free})
    fact = negation(fact_of(spread(small.condition), ring, wanted=True))
    tree = readable(fact, ring)
    if tree is None or len(shown(tree)) > MAX_LENGTH or leaves(tree) >= leaves(question.condition):
        return ""
    found = evaluate_at(question, witness.point)
    try:
        agrees = truth_of(tree, witness.point) and not found.true
    except EvaluationError:
        return ""
    return f"fails exactly where {shown(tree)}" if agrees else ""


def share_of(part: int, whole: int) -> str:
    """Return a share as a plain fraction, or in percent with one decimal.

    >>> share_of(7, 8), share_of(1234, 10007), share_of(1, 10007), share_of(10006, 10007)
    ('7/8', 'about 12.3%', 'less than 0.1%', 'more than 99.9%')
    """
    share = Fraction(part, whole)
    if share.denominator <= MAX_DENOMINATOR:
        return str(share)
    if share < Fraction(1, 1000):
        return "less than 0.1%"
    if share > Fraction(999, 1000):
        return "more than 99.9%"
    tenths = round(share * 1000)
    return f"about {tenths // 10}.{tenths % 10}%"


def shown(tree: Expression) -> str:
    """Return a predicate as text, thousands separated."""

    def separated(node: Expression) -> Expression | None:
        return Number(node.value, thousands(node.value)) if isinstance(node, Number) else None

    return to_text(rewrite(tree, separated))


def readable(fact: Fact, ring: Ring) -> Expression | None:
    """Return a fact as a person would write it, None where it is not known to compare polynomials."""
    match fact:
        case bool() | Opaque():
            return None
        case Junction(operator, parts):
            trees = [readable(part, ring) for part in parts]
            known = tuple(dict.fromkeys(tree for tree in trees if tree is not None))
            if None in trees:
                return None
            return known[0] if len(known) == 1 else Logic(operator, known)
        case Atom():
            tree = to_condition(fact, tuple(ring.minimums))
            assert isinstance(tree, Comparison), "unreachable because an atom is a comparison"  # noqa: S101
            left, right = (factored(side, ring) for side in tree.operands)
            (sign,) = tree.operators
            longer = leaves(left) > leaves(right) and not isinstance(right, Number)
            if longer or isinstance(left, Number):
                left, right, sign = right, left, FLIPPED[sign]
            if sign == "<=" and isinstance(left, Name) and right == number(ring.minimums[left.name]):
                sign = "=="
            return Comparison((left, right), (sign,))


def factored(tree: Expression, ring: Ring) -> Expression:
    """Return a sum of positive terms as a product where it is one: n_heads * (d_query + d_value)."""
    if not isinstance(tree, Sum):
        return tree
    names = tuple(ring.minimums)
    content, factors = ring.polynomial(tree).factor()
    if any(coefficient < 0 for factor, _ in factors for coefficient in factor.coeffs()):
        return tree
    parts: list[Expression] = []
    share = Fraction(int(content.p), int(content.q))
    if share != 1:
        parts.append(number(share))
    # A symbol alone stands before a sum, as people write it.
    for factor, times in sorted(factors, key=lambda each: len(each[0])):
        parts += [to_tree(factor, names)] * int(times)
    return parts[0] if len(parts) == 1 else Product(tuple(parts))


def leaves(tree: Expression) -> int:
    """Return how many names and numbers an expression has: how long it takes to read."""
    return sum(not children(node) for node in walk(tree))


def parts_of(fact: Fact) -> list[tuple[Atom, ...]] | None:
    """Return conjunctions of which one or another holds just where a fact does; None where that is not simple."""
    match fact:
        case bool():
            return [()] if fact else []
        case Atom():
            return [(fact,)]
        case Opaque():
            return None
        case Junction("or", facts):
            found: list[tuple[Atom, ...]] = []
            for each in facts:
                parts = parts_of(each)
                if parts is None:
                    return None
                found += parts
            return found if len(found) <= MAX_PARTS else None
        case Junction(_, facts):
            choices: list[list[tuple[Atom, ...]]] = []
            for each in facts:
                parts = parts_of(each)
                if parts is None:
                    return None
                choices.append(parts)
            if prod(map(len, choices)) > MAX_PARTS:
                return None
            return [tuple(itertools.chain(*chosen)) for chosen in itertools.product(*choices)]


@dataclass(frozen=True, slots=True)
class Term:
    """One side of a comparison, with its value at every point of the sieve: failing points first."""

    tree: Expression
    size: int
    values: Sequence[int]


@dataclass(slots=True)
class Bench:
    """A reduced question with some of its points; `complete` says that these are all."""

    reduction: Reduction
    violations: int
    points: int
    failing: list[Mapping[str, int]] = field(default_factory=list)
    passing: list[Mapping[str, int]] = field(default_factory=list)
    complete: bool = False
    heads: int = MAX_LOOKS

    @classmethod
    def of(cls, reduction: Reduction, violations: int, points: int) -> Bench:
        """Look at points of the reduced grid, the same ones every time."""
        bench = cls(reduction, violations, points)
        assumed, asked = reduction.tree(reduction.assumed), reduction.tree(reduction.asked)
        bench.complete = reduction.grid.points <= MAX_SAMPLES
        for point in bench.samples():
            try:
                if truth_of(assumed, point):
                    (bench.passing if truth_of(asked, point) else bench.failing).append(point)
            except EvaluationError:
                bench.complete = False
        # What was seen must be what was found: else nothing is told that rests on it.
        bench.complete = bench.complete and len(bench.failing) * reduction.copies == violations
        return bench

    def samples(self) -> Iterator[Mapping[str, int]]:
        """Yield all points of a small grid; of a large one its corners and points spread over it."""
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

    def exact(self, room: int) -> str:
        """Return the simplest predicate that is true just where the claim fails, "" where none was found.

        It has fewer names and numbers than `room`: what is as long as the claim itself explains nothing.
        """
        own = readable(negation(self.reduction.asked), self.reduction.ring)
        if own is not None and (len(shown(own)) > MAX_LENGTH or leaves(own) >= room):
            own = None
        if own is not None:
            plain = isinstance(own, Comparison) and leaves(own) <= SHORT
            room = 0 if plain else leaves(own)
        sieved = self.sieved() if room and self.failing and self.passing else ()
        for tree in itertools.islice(sieved, MAX_COUNTED):
            if leaves(tree) >= room:
                break
            if self.is_failure(tree):
                return shown(tree)
        return shown(own) if own is not None and self.confirms_own(own) else ""

    def confirms_own(self, own: Expression) -> bool:
        """Tell whether the reduced condition fails at as many points as the claim was found to."""
        if self.complete:
            return all(truth_of(own, point) for point in self.failing) and not any(
                truth_of(own, point) for point in self.passing
            )
        if not all(truth_of(own, point) for point in self.failing):
            return False
        failing = self.count(parts_of(negation(self.reduction.asked)))
        if failing is not None:
            return failing == self.violations
        passing = self.count(parts_of(self.reduction.asked))
        return passing is not None and self.points - passing == self.violations

    def is_failure(self, tree: Expression) -> bool:
        """Tell whether a predicate is true at all points that fail and at no others, on the whole grid."""
        if self.complete:
            return True  # the sieve has seen every point
        fact = fact_of(tree, self.reduction.ring, wanted=True)
        return self.none_passes(fact) and self.count(parts_of(fact)) == self.violations

    def none_passes(self, fact: Fact) -> bool:
        """Tell whether the claim holds at none of the points where a fact is so."""
        return self.nowhere(fact, self.reduction.asked)

    def none_fails(self, fact: Fact) -> bool:
        """Tell whether the claim fails at none of the points where a fact is so."""
        return self.nowhere(fact, negation(self.reduction.asked))

    def nowhere(self, one: Fact, other: Fact) -> bool:
        """Tell whether two facts are never both so, among the points that meet the assumptions."""
        first, second = parts_of(one), parts_of(other)
        if first is None or second is None:
            return False
        return all(self.count([(*a, *b)]) == 0 for a in first for b in second)

    def count(self, parts: list[tuple[Atom, ...]] | None) -> int | None:
        """Return at how many points of the whole grid a conjunction holds, None where that is not counted."""
        assumed = parts_of(self.reduction.assumed)
        if parts == []:
            return 0
        if parts is None or len(parts) != 1 or assumed is None or len(assumed) != 1:
            return None
        way = plan(self.reduction, (*assumed[0], *parts[0]))
        if way is None or way.heads > min(self.heads, MAX_HEADS):
            return None
        self.heads -= way.heads
        return way.count(1).points * self.reduction.copies

    def partial(self) -> str:
        """Return a predicate that makes the claim hold, or fail, wherever it is true; "" where none was found."""
        if not self.failing or not self.passing:
            return ""
        for words, good, bad, check in (
            ("holds", self.passing, self.failing, self.none_fails),
            ("fails", self.failing, self.passing, self.none_passes),
        ):
            best = self.widest(good, bad, check)
            if best:
                return f"{words} wherever {best}"
        return ""

    def widest(
        self, good: Sequence[Mapping[str, int]], bad: Sequence[Mapping[str, int]], check: Callable[[Fact], bool]
    ) -> str:
        """Return the predicate that is true at no bad point and at the most good ones."""
        ranked: list[tuple[int, int, str, Expression]] = []
        for tree in itertools.chain(self.bounds(good, bad), self.comparisons(good, bad)):
            true = sum(truth_of(tree, point) for point in good)
            if true >= len(good) * LEAST_SHARE and not any(truth_of(tree, point) for point in bad):
                ranked.append((-true, leaves(tree), shown(tree), tree))
        for _, _, text, tree in sorted(ranked, key=lambda each: each[:3])[:MAX_COUNTED]:
            if self.complete or check(fact_of(tree, self.reduction.ring, wanted=True)):
                return text
        return ""

    def sieved(self) -> Iterator[Expression]:
        """Yield predicates that tell the failing points from the others, as far as seen, the simplest first."""
        yield from self.bounds(self.failing, self.passing, exact=True)
        yield from self.comparisons(self.failing, self.passing, exact=True)

    def bounds(
        self, good: Sequence[Mapping[str, int]], bad: Sequence[Mapping[str, int]], *, exact: bool = False
    ) -> Iterator[Expression]:
        """Yield comparisons of one symbol with a number; `exact` ones are true at every good point."""
        for axis in self.reduction.grid.axes:
            name = Name(axis.symbol)
            inside, outside = ({point[axis.symbol] for point in each} for each in (good, bad))
            if exact and inside & outside:
                continue
            chances: list[tuple[ComparisonOperator, int]] = []
            # Just past all that the other points have; a grid's axis is ascending.
            above = axis.values[bisect_right(axis.values, max(outside)) :][:1]
            below = axis.values[: bisect_left(axis.values, min(outside))][-1:]
            if len(inside) == 1 and not inside & outside:
                chances.append(("==", min(inside)))
            if len(outside) == 1:
                chances.append(("!=", min(outside)))
            chances += [(">=", value) for value in above]
            chances += [("<=", value) for value in below]
            for operator, value in chances:
                tree = Comparison((name, number(value)), (operator,))
                if not exact or all(truth_of(tree, point) for point in good):
                    yield tree

    def comparisons(
        self, good: Sequence[Mapping[str, int]], bad: Sequence[Mapping[str, int]], *, exact: bool = False
    ) -> Iterator[Expression]:
        """Yield comparisons of symbols and short products, the shortest first."""
        axes = self.reduction.grid.axes
        if len(axes) > MAX_SYMBOLS:
            return
        points = (*good, *bad)
        symbols = [self.term(Name(axis.symbol), points) for axis in axes]
        scaled = [self.term(Product((number(times), each.tree)), points) for each in symbols for times in COEFFICIENTS]
        products = [
            self.term(Product((a.tree, b.tree)), points) for a, b in itertools.combinations_with_replacement(symbols, 2)
        ]
        doubled = [self.term(Product((number(2), *each.tree.factors)), points) for each in products
                   if isinstance(each.tree, Product)]  # fmt: skip
        pairs = itertools.chain(
            itertools.combinations(symbols, 2),
            itertools.product(symbols, (*scaled, *products)),
            itertools.product(symbols, doubled),
            itertools.combinations(products, 2),
        )
        for left, right in pairs:
            if free_names(left.tree) & free_names(right.tree):
                continue
            for operator in self.operators(left, right, len(good), exact=exact):
                yield Comparison((left.tree, right.tree), (operator,))

    @staticmethod
    def term(tree: Expression, points: Iterable[Mapping[str, int]]) -> Term:
        """Return a side with its values."""
        return Term(tree, leaves(tree), [int(number_of(tree, point)) for point in points])

    @staticmethod
    def operators(left: Term, right: Term, good: int, *, exact: bool) -> Iterator[ComparisonOperator]:
        """Yield the comparisons of two sides that are true at good points (`exact`: all of them), and at no bad one."""
        signs = [(a > b) - (a < b) for a, b in zip(left.values, right.values, strict=True)]
        inside, outside = frozenset(signs[:good]), frozenset(signs[good:])
        if exact and inside & outside:
            return
        # Of a sign that no point has shown nothing is known: both predicates are tried.
        for true in dict.fromkeys((inside - outside, SIGNS - outside)):
            if true in BY_SIGNS:
                yield BY_SIGNS[true]
