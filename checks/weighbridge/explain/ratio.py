"""How many times what is computed a printed figure is, or the other way round, and which symbols that number is."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from fractions import Fraction

from weighbridge.explain.chance import Odds, unlikely_within
from weighbridge.explain.residual import alternatives
from weighbridge.formula.figures import Figure
from weighbridge.formula.printer import thousands

#: Integers that are worth a word where the printed value is so many times the computed one.
RATIOS = (*range(2, 17), 100, 1_000, 10**6, 10**9)
#: The same where a figure is rounded, so that a coincidence is likelier: a factor of two, or a slip of the scale.
ROUNDED_RATIOS = (2, 1_000, 10**6)


def ratio(figure: Figure, computed: int | Fraction, values: Mapping[str, int]) -> str:
    """Return how many times the computed value the printed one is, or the other way round; "" for no plain number.

    >>> from weighbridge.formula.figures import read_figure
    >>> ratio(read_figure("1,152"), 12, {"n_layers": 96, "n_heads": 96, "d_head": 128})
    'printed is 96 times what is computed: n_layers or n_heads'
    """
    if computed == 0 or figure.value == 0:
        return ""
    more, less = "printed is {} times what is computed", "computed is {} times what is printed"
    if not figure.exact:
        for each in ROUNDED_RATIOS:
            for value, words in ((computed * each, more), (Fraction(computed) / each, less)):
                likely = each == 2 and not unlikely_within(figure.value, figure.high - figure.low, [value])
                if value in figure and not likely:
                    return words.format(f"{each:,}") + ", to its precision"
        return ""
    named = named_ratios(values)
    odds = Odds(figure.value)
    tried: dict[Fraction | int, str] = {}
    for times in (*named, *RATIOS):
        tried.setdefault(computed * times, more.format(thousands(times)) + told(named.get(times, ())))
        tried.setdefault(Fraction(computed) / times, less.format(thousands(times)) + told(named.get(times, ())))
    return next(iter(odds.met(tried.items(), plain=True)), "")


def named_ratios(values: Mapping[str, int]) -> dict[int, list[str]]:
    """Return the symbols that have a value, else the products of two."""
    symbols = {name: value for name, value in values.items() if value > 1}
    found: dict[int, list[str]] = {}
    for name, value in symbols.items():
        found.setdefault(value, []).append(name)
    alone = set(found)
    for one, other in itertools.combinations_with_replacement(symbols, 2):
        if (product := symbols[one] * symbols[other]) not in alone:
            found.setdefault(product, []).append(f"{one} * {other}")
    return found


def told(names: Sequence[str]) -> str:
    """Return names behind a colon, nothing where there are none."""
    return f": {alternatives(names)}" if names else ""
