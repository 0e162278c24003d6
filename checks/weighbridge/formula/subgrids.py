"""Whether two sums of products differ at any point of a grid, where each product is worked out for its symbols alone.

The values are those of the reference evaluation: sums and products are exact, in whatever order, and every other node
is asked of the reference itself. What is not asked again is what can not be otherwise. A product has the same value at
all points of the grid that agree in its symbols, so it is worked out once for these; and a sum that is 0 for all values
of its symbols is 0 at every point. So each point of the whole grid is decided, mostly without being written down: for
two values of each symbol a product of three symbols has eight values, however many other symbols the grid has.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from operator import add, mul, sub
from typing import TypeAlias

from weighbridge.errors import WeighbridgeError
from weighbridge.formula.exact import PastLimit, number_of, power, settle
from weighbridge.formula.limits import USUAL, more_bits, too_large
from weighbridge.formula.tree import free_names
from weighbridge.formula.written import Factors, Inner, Terms

#: The smallest integer that may be past the limit.
LARGE = 1 << USUAL.bits

#: Symbols of a grid, each of which is a bit.
Axes: TypeAlias = int
#: What something is for each combination of its symbols' values; that of the lowest bit changes fastest.
Values: TypeAlias = Sequence[int | Fraction]
Table: TypeAlias = tuple[Axes, Values]
#: Tables that are meant to be added up, no two of them over the same symbols.
Tables: TypeAlias = dict[Axes, Values]


class TooManyValues(WeighbridgeError):  # noqa: N818 - no mistake, a reason to decide in another way
    """More values would have to be worked out than may be."""


@dataclass(slots=True)
class Subgrids:
    """The grid of all combinations of its symbols' values, and what was worked out on parts of it."""

    #: The values that each symbol takes.
    symbols: Mapping[str, Sequence[int]]
    #: How many values may still be worked out.
    budget: int
    #: The same with the symbol's axis, in the order of their names, in which products are written.
    named: dict[str, tuple[Axes, Sequence[int]]] = field(init=False)
    #: How many points the grid of some symbols has, as far as that was asked.
    counts: dict[Axes, int] = field(init=False)
    products: dict[Factors, Sequence[Table]] = field(default_factory=dict)
    #: Whether all values so far are integers, sums of which grow by a bit at most; fractions may grow by all they have.
    whole: bool = True

    def __post_init__(self) -> None:
        self.named = {name: (1 << place, self.symbols[name]) for place, name in enumerate(sorted(self.symbols))}
        self.counts = {0: 1} | {axis: len(values) for axis, values in self.named.values()}

    def differ(self, left: Terms, right: Terms) -> bool:
        """Tell whether two sums differ at any point. Raises `EvaluationError`, `TooManyValues`."""
        tables: Tables = {}
        self.put(left, 1, tables)
        self.put(right, -1, tables)
        for axes in sorted(tables, key=int.bit_count):
            values = tables.pop(axes)
            if not any(values):  # what is 0 for all values of these symbols is 0 for all values of all
                continue
            wider = [other for other in tables if other & axes == axes]
            if wider:
                into = min(wider, key=int.bit_count)
                tables[into] = self.joined({into: tables[into], axes: values})[1]
            else:
                tables[axes] = values
        return bool(tables) and any(self.joined(tables)[1])

    def put(self, terms: Terms, sign: int, tables: Tables) -> None:
        """Add terms to tables or subtract them, each from the table of its symbols."""
        for factors, often in terms.items():
            times = sign * often
            if type(times) is not int:
                self.whole = False
            for axes, values in self.product(factors):
                before = tables.get(axes)
                if before is None:
                    after = values if times == 1 else [times * value for value in values]
                elif times == 1:
                    after = list(map(add, before, values))
                elif times == -1:
                    after = list(map(sub, before, values))
                else:
                    after = [value + times * other for value, other in zip(before, values, strict=True)]
                tables[axes] = after if self.whole else self.limited(after)

    def product(self, factors: Factors) -> Sequence[Table]:
        """Return tables that add up to a product."""
        found = self.products.get(factors)
        if found is None:
            names, others = factors
            if not others:
                found = (self.product_of_symbols(names),)
            elif not names and len(others) == 1:
                found = self.inner(others[0])
            else:
                found = self.product_of_all(names, others)
            self.products[factors] = found
        return found

    def product_of_symbols(self, names: Sequence[str]) -> Table:
        """Return the table of a product of symbols."""
        axes: Axes = 0
        values: Sequence[int] = [1]
        for name in reversed(names):
            axis, taken = self.named[name]
            self.spend(len(values))
            if axis & axes:
                values = list(map(mul, values, itertools.cycle(taken)))
            elif axes:
                values = [value * each for value in values for each in taken]
            else:
                values = taken
            axes |= axis
        return axes, values

    def product_of_all(self, names: tuple[str, ...], others: tuple[Inner, ...]) -> Sequence[Table]:
        """Return tables that add up to a product of symbols and others: as many as the last of these has."""
        table = self.product((names, ()))[0]
        for factor in others[:-1]:
            axes, values = self.times(table, self.joined(dict(self.product(((), (factor,))))))
            table = axes, self.limited(values)
        parts = [self.times(table, part) for part in self.product(((), others[-1:]))]
        return [(axes, self.limited(values)) for axes, values in parts]

    def times(self, left: Table, right: Table) -> Table:
        """Return the product of two tables."""
        (axes, values), (more, others) = (right, left) if left[0] & (left[0] - 1) == 0 else (left, right)
        over = axes | more
        self.spend(self.count(over))
        if axes < more & -more:
            product = [value * other for other in others for value in values]
        elif axes & more == 0 and more & (more - 1) == 0:  # one symbol more, somewhere between the others
            inner = self.count(axes & (more - 1))
            starts = range(0, len(values), inner)
            product = [v * other for start in starts for other in others for v in values[start : start + inner]]
        else:
            product = list(map(mul, self.spread(values, axes, over), self.spread(others, more, over)))
        return over, product if self.whole else self.limited(product)

    def inner(self, factor: Inner) -> Sequence[Table]:
        """Return tables that add up to a factor that is no symbol."""
        if factor.terms is not None:
            tables: Tables = {}
            self.put(factor.terms, 1, tables)
            if factor.exponent is None:
                return [(axes, self.limited(values)) for axes, values in tables.items()]
            axes, bases = self.joined(tables)
            values = [power(base, factor.exponent, factor.tree) for base in bases]
        else:
            free = free_names(factor.tree)
            names = [name for name in reversed(self.named) if name in free]
            axes = sum(self.named[name][0] for name in names)
            self.spend(self.count(axes))
            rows = itertools.product(*(self.symbols[name] for name in names))
            values = [number_of(factor.tree, dict(zip(names, row, strict=True))) for row in rows]
        self.whole = self.whole and set(map(type, values)) == {int}
        return ((axes, values),)

    def joined(self, tables: Tables) -> Table:
        """Return what tables add up to, on the grid of all their symbols."""
        over = 0
        for axes in tables:
            over |= axes
        total, *rest = [self.spread(values, axes, over) for axes, values in tables.items()]
        for values in rest:
            total = list(map(add, total, values))
            if not self.whole:
                total = self.limited(total)
        return over, total

    def spread(self, values: Values, axes: Axes, over: Axes) -> Values:
        """Return a table's values for all combinations of more symbols, on which they do not depend."""
        if axes != over:
            self.spend(self.count(over))
        while axes != over:
            missing = over ^ axes
            axis = missing & -missing
            inner = self.count(axes & (axis - 1))
            starts, again = range(0, len(values), inner), range(self.counts[axis])
            values = [value for start in starts for _ in again for value in values[start : start + inner]]
            axes |= axis
        return values

    def count(self, axes: Axes) -> int:
        """Return how many points the grid of some symbols has."""
        found = self.counts.get(axes)
        if found is None:
            lowest = axes & -axes
            found = self.counts[axes] = self.counts[lowest] * self.count(axes ^ lowest)
        return found

    def spend(self, values: int) -> None:
        """Take values from the budget before they are worked out. Raises `TooManyValues`."""
        self.budget -= values
        if self.budget < 0:
            raise TooManyValues("more values would have to be worked out than may be")

    def limited(self, values: Values) -> Values:
        """Return values, whole fractions as the integers they are. Raises `PastLimit`."""
        if self.whole and max(*values, -min(values)) < LARGE:
            return values
        if any(too_large(max(each.numerator.bit_length(), each.denominator.bit_length())) for each in values):
            raise PastLimit(f"a value on the grid of an identity {more_bits()}")
        return [settle(value) for value in values]
