"""Where a claim fails: the simplest predicate that is true at the points that fail and at no others.

What is told was counted over the whole grid: no point where the predicate is true passes, and it is true at as many
points as fail.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from weighbridge.engines.evaluate import evaluate_at
from weighbridge.engines.prove import derived_have_values
from weighbridge.engines.reduce import Atom, Fact, Junction, Opaque, fact_of, negation, reduce
from weighbridge.engines.threshold import plan
from weighbridge.explain.alone import by_one_symbol
from weighbridge.explain.predicates import leaves, readable, shown
from weighbridge.explain.sieve import Sieve
from weighbridge.explain.spread import spread
from weighbridge.formula.exact import EvaluationError, truth_of
from weighbridge.formula.normal import Ring
from weighbridge.formula.tree import Comparison, Expression, free_names
from weighbridge.spec.question import Anywhere, OnGrid, Question, reduced
from weighbridge.verdict import Counterexample, Refuted

#: Combinations that all exact counts of one claim may look at, each in a few microseconds.
MAX_LOOKS = 40_000
#: Predicates that are counted after they got through the sieve.
MAX_COUNTED = 12
#: Conjunctions that a condition is taken apart into.
MAX_PARTS = 16
#: Names and numbers of a claim that is as plain as any predicate could be: `n_neurons > 2 * d_embed`.
PLAIN = 3
#: Names and numbers of the plainest predicate: `n_layers == 1`.
LEAST = 2
#: Names and numbers of a reduced condition than which a shorter one would be a coincidence of the grid's values.
SHORT = 5
#: Characters of a predicate that still says more than the formula does.
MAX_LENGTH = 80
#: A share of the points is given as a fraction up to this denominator.
MAX_DENOMINATOR = 100
#: The least share of the sieve's points that makes a predicate worth telling that is not true at all of them.
LEAST_SHARE = Fraction(1, 20)


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
    bench = Bench(Sieve(reduction), violations, points) if room > PLAIN else None
    exact = None if bench is None else bench.exact(room)
    # What algebra makes of the claim is true of other grids as well, a bound of this grid's values need not be. So that
    # is told where nothing else is, or in place of something longer about one symbol: `n ** 2 + 25 <= 10 * n`.
    if exact is None or (len(free_names(exact)) == 1 and leaves(exact) > LEAST):
        alone = by_one_symbol(reduced(plain).condition, grid) if room > LEAST else None
        if alone is not None and (question.assuming or alone.share == Fraction(violations, points)):
            exact = alone.tree
    if exact is not None:
        return f"fails exactly where {shown(exact)}: {share}"
    part = "" if bench is None else bench.partial()
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


@dataclass(slots=True)
class Bench:
    """Where predicates are counted: on the whole grid of a claim that fails at `violations` of `points` points."""

    sieve: Sieve
    violations: int
    points: int
    looks: int = MAX_LOOKS

    @property
    def complete(self) -> bool:
        """Whether the sieve has seen every point, and as many that fail as were found."""
        return self.sieve.complete and len(self.sieve.failing) * self.sieve.reduction.copies == self.violations

    def exact(self, room: int) -> Expression | None:
        """Return the simplest predicate that is true just where the claim fails, None where none was found.

        It has fewer names and numbers than `room`: what is as long as the claim itself explains nothing.
        """
        reduction = self.sieve.reduction
        own = readable(negation(reduction.asked), reduction.ring)
        if own is not None and (len(shown(own)) > MAX_LENGTH or leaves(own) >= room):
            own = None
        if own is not None:
            plain = isinstance(own, Comparison) and leaves(own) <= SHORT
            room = 0 if plain else leaves(own)
        for tree in itertools.islice(self.sieve.exact() if room else (), MAX_COUNTED):
            if leaves(tree) >= room:
                break
            if self.is_failure(tree):
                return tree
        return own if own is not None and self.confirms_own(own) else None

    def confirms_own(self, own: Expression) -> bool:
        """Tell whether the reduced condition fails at as many points as the claim was found to."""
        sieve = self.sieve
        if not all(truth_of(own, point) for point in sieve.failing):
            return False
        if any(truth_of(own, point) for point in sieve.passing):
            return False
        if self.complete:
            return True
        failing = self.count(parts_of(negation(sieve.reduction.asked)))
        if failing is not None:
            return failing == self.violations
        passing = self.count(parts_of(sieve.reduction.asked))
        return passing is not None and self.points - passing == self.violations

    def is_failure(self, tree: Expression) -> bool:
        """Tell whether a predicate is true at all points that fail and at no others, on the whole grid."""
        if self.complete:
            return True
        fact = fact_of(tree, self.sieve.reduction.ring, wanted=True)
        return self.nowhere(fact, self.sieve.reduction.asked) and self.count(parts_of(fact)) == self.violations

    def nowhere(self, one: Fact, other: Fact) -> bool:
        """Tell whether two facts are never both so, among the points that meet the assumptions."""
        first, second = parts_of(one), parts_of(other)
        if first is None or second is None:
            return False
        return all(self.count([(*a, *b)]) == 0 for a in first for b in second)

    def count(self, parts: list[tuple[Atom, ...]] | None) -> int | None:
        """Return at how many points of the whole grid a conjunction holds, None where that is not counted."""
        assumed = parts_of(self.sieve.reduction.assumed)
        if parts == []:
            return 0
        if parts is None or len(parts) != 1 or assumed is None or len(assumed) != 1:
            return None
        way = plan(self.sieve.reduction, (*assumed[0], *parts[0]))
        if way is None or not way.is_small or way.heads > self.looks:
            return None
        self.looks -= way.heads
        return way.count(1).points * self.sieve.reduction.copies

    def partial(self) -> str:
        """Return a predicate that makes the claim hold, or fail, wherever it is true; "" where none was found."""
        sieve, asked = self.sieve, self.sieve.reduction.asked
        for words, good, bad, never in (
            ("holds", sieve.passing, sieve.failing, negation(asked)),
            ("fails", sieve.failing, sieve.passing, asked),
        ):
            least = -(-len(good) * LEAST_SHARE.numerator // LEAST_SHARE.denominator)
            for tree in sieve.widest(good, bad, least=least)[:MAX_COUNTED]:
                if self.complete or self.nowhere(fact_of(tree, sieve.reduction.ring, wanted=True), never):
                    return f"{words} wherever {shown(tree)}"
        return ""
