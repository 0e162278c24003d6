"""Which values of a box can not be part of any solution, shown without visiting its points."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from math import gcd

from flint import fmpz

from weighbridge.engines.reduce import Relation
from weighbridge.solve.constraints import Compared, Constraint, Term, settled
from weighbridge.solve.values import Box, Values

#: Times that all constraints are gone through; two that push each other up by one step would go on for ever.
ROUNDS = 12
#: Values that are tried one by one rather than looked for among divisors.
FEW, MANY = 256, 2**20
#: Bits of a number whose factors are found at once.
MAX_FACTORED = 100


def narrow(constraints: Sequence[Constraint], box: Box) -> tuple[list[Constraint], Box] | None:
    """Return the constraints that are not met all over the box, and the box without what they exclude.

    None where nothing is left of it.
    """
    now = dict(box)
    left = list(constraints)
    for _ in range(ROUNDS):
        undecided: list[Constraint] = []
        changed = False
        for each in left:
            fact = settled(each, now)
            if fact is False:
                return None
            if fact is True:
                continue
            undecided.append(fact)
            if isinstance(fact, Compared):
                for name, values in tightened(fact, now):
                    if not values:
                        return None
                    changed |= len(values) < len(now[name])
                    now[name] = values
        left = undecided
        if not changed:
            break
    return left, now


def tightened(each: Compared, box: Box) -> Iterator[tuple[str, Values]]:
    """Yield the values of each symbol that a comparison of polynomials leaves; the box may change in between."""
    match each.relation:
        case Relation.ZERO:
            yield from divided(each, box)
            yield from at_least(each.above, each.below, 0, box)
            yield from at_least(each.below, each.above, 0, box)
        case Relation.POSITIVE:
            yield from at_least(each.above, each.below, 1, box)
        case Relation.NONNEGATIVE:
            yield from at_least(each.above, each.below, 0, box)
        case Relation.NONZERO:
            pass


def at_least(above: tuple[Term, ...], below: tuple[Term, ...], least: int, box: Box) -> Iterator[tuple[str, Values]]:
    """Yield the values for which `above - below` can be at least so much, for each symbol that is on one side alone."""
    rising, falling = names_in(above), names_in(below)
    for name in sorted(rising ^ falling):
        values = box[name]
        if len(values) == 1:
            continue
        reaches = reach(name, above, below, box)
        if name in rising:
            first = bisect_left(values, True, key=lambda v, f=reaches: f(v) >= least)  # noqa: FBT003 - what is sought
            yield name, values[first:]
        else:
            end = bisect_left(values, True, key=lambda v, f=reaches: f(v) < least)  # noqa: FBT003 - what is sought
            yield name, values[:end]


def names_in(terms: tuple[Term, ...]) -> frozenset[str]:
    """Return the symbols of some terms."""
    return frozenset(name for _, powers in terms for name, _ in powers)


def reach(name: str, above: tuple[Term, ...], below: tuple[Term, ...], box: Box) -> Callable[[int], int]:
    """Return the most that `above - below` can be for a value of one symbol."""
    by_power: dict[int, int] = {}
    for terms, end, factor in ((above, -1, 1), (below, 0, -1)):
        for coefficient, powers in terms:
            product, own = coefficient * factor, 0
            for other, times in powers:
                if other == name:
                    own = times
                else:
                    product *= box[other][end] ** times
            by_power[own] = by_power.get(own, 0) + product
    return lambda v: sum(coefficient * v**times for times, coefficient in by_power.items())


def divided(each: Compared, box: Box) -> Iterator[tuple[str, Values]]:
    """Yield the values that divide what an equation's known terms add up to, for symbols that all others share.

    No value at all where the coefficients of the others have a common factor that does not divide it.
    """
    known, common = 0, 0
    shared: dict[str, int] | None = None
    for coefficient, powers in (*each.above, *((-size, powers) for size, powers in each.below)):
        product = coefficient
        open_: dict[str, int] = {}
        for name, times in powers:
            if len(box[name]) == 1:
                product *= box[name][0] ** times
            else:
                open_[name] = times
        if not open_:
            known += product
            continue
        common = gcd(common, product)
        if shared is None:
            shared = open_
        else:
            shared = {name: min(times, open_[name]) for name, times in shared.items() if name in open_}
    if common == 0 or known == 0:
        return
    whole, rest = divmod(abs(known), common)
    if rest:
        yield min(name for name in each.symbols if len(box[name]) > 1), ()
        return
    for name, times in (shared or {}).items():
        yield name, dividing(whole, times, box[name])


def dividing(whole: int, times: int, values: Values) -> Values:
    """Return the values whose power divides a positive number; all of them where that would take too long to find."""
    if len(values) > FEW and whole.bit_length() <= MAX_FACTORED:
        known = divisors(whole, times)
        return tuple(each for each in known if holds(values, each))
    if len(values) <= MANY:
        return tuple(each for each in values if each and whole % each**times == 0)
    return values


def holds(values: Values, each: int) -> bool:
    """Tell whether a value is one of those."""
    if isinstance(values, range):
        return each in values
    place = bisect_left(values, each)
    return place < len(values) and values[place] == each


@lru_cache(maxsize=1024)
def divisors(whole: int, times: int) -> tuple[int, ...]:
    """Return the numbers whose power divides a positive number, ascending.

    >>> divisors(72, 2)
    (1, 2, 3, 6)
    """
    found = [1]
    for prime, most in fmpz(whole).factor():
        powers = [int(prime) ** each for each in range(int(most) // times + 1)]
        found = [one * other for one, other in itertools.product(found, powers)]
    return tuple(sorted(found))
