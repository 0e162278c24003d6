"""What the difference between a computed value and a printed one is equal to: tensors, quantities, products of symbols.

Every equality is arithmetic at one model. Where several expressions that are equally simple have the value, that is
said: which of them the document has in mind is more than arithmetic can tell.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from weighbridge.explain.pieces import Piece, formula_of, value_of
from weighbridge.formula.figures import Figure, FigureError, read_figure
from weighbridge.formula.printer import thousands
from weighbridge.formula.tree import Name, Product

#: Names that are listed where several things are as many.
MAX_NAMES = 4
#: Sums that are tried, each in about a microsecond: an inventory of some hundred different sizes.
MAX_SUMS = 150_000
COEFFICIENTS = (1, -1, 2, -2)
#: Small integers that stand before a product of symbols: "12 * n_layers * d_model".
MULTIPLES = range(1, 13)
#: Integers that are worth a word where the printed value is so many times the computed one.
RATIOS = (*range(2, 17), 100, 1_000, 10**6, 10**9)
#: The same where a figure is rounded, so that a coincidence is likelier: a factor of two, or a slip of the scale.
ROUNDED_RATIOS = (2, 1_000, 10**6)


class Amount(Struct, frozen=True):
    """A number that some pieces of a spec all have at one model."""

    value: int | Fraction
    pieces: tuple[Piece, ...]

    @property
    def name(self) -> str:
        """The first of the names."""
        return self.pieces[0].name

    @property
    def counted(self) -> bool:
        """Whether the conventions count it."""
        return self.pieces[0].counted

    def has_factor(self, symbol: str) -> bool:
        """Tell whether the first of the pieces is a product with this symbol."""
        tree = self.pieces[0].tree
        return isinstance(tree, Product) and Name(symbol) in tree.factors


class Inventory(Struct, frozen=True):
    """All amounts of a spec at one model, in the order of the spec; `values` has those of the symbols."""

    amounts: tuple[Amount, ...]
    values: Mapping[str, int]

    def formula(self, amount: Amount) -> str:
        """Return the formula that all pieces of an amount share, "" where they do not."""
        minimums = dict.fromkeys(self.values, 1)
        formulas = {" * ".join(sorted(text.split(" * "))): text for text in self.formulas(amount, minimums)}
        return next(iter(formulas.values())) if len(formulas) == 1 else ""

    @staticmethod
    def formulas(amount: Amount, minimums: Mapping[str, int]) -> Iterator[str]:
        """Yield the formula of each piece, the last first, so that the first spelling is the one that is kept."""
        for piece in reversed(amount.pieces):
            yield formula_of(piece.tree, minimums)


def inventory(found: Sequence[Piece], values: Mapping[str, int], *, more_is_printed: bool | None) -> Inventory:
    """Return what pieces amount to at one model.

    Among pieces of one value, those explain better that are not counted here where the document prints more, and
    those that are where it prints less; None where neither side is the document's.
    """
    by_value: dict[int | Fraction, list[Piece]] = {}
    for piece in found:
        value = value_of(piece, values)
        if value:
            by_value.setdefault(value, []).append(piece)
    amounts: list[Amount] = []
    for value, equal in by_value.items():
        fitting = [piece for piece in equal if more_is_printed in (None, not piece.counted)]
        amounts.append(Amount(value, tuple(fitting or equal)))
    return Inventory(tuple(amounts), values)


def attribution(size: int | Fraction, known: Inventory) -> str:
    """Return what a positive difference is equal to, the simplest first; "" where nothing simple is.

    >>> attribution(2304, Inventory((), {"n_layers": 12, "d_model": 768}))
    '3 * d_model'
    """
    for stage in (single, pairs, shares, products, triples):
        text = stage(size, known)
        if text:
            return text
    return ""


def single(size: int | Fraction, known: Inventory) -> str:
    """Return the one amount, or twice the one, that a difference is."""
    for times in (1, 2):
        for amount in known.amounts:
            if amount.value * times == size:
                return described(amount, known, times)
    return ""


def described(amount: Amount, known: Inventory, times: int = 1) -> str:
    """Return an amount by formula and name: "n_ctx * d_model: position_embedding, not counted here"."""
    names = alternatives([piece.name for piece in amount.pieces])
    formula = known.formula(amount)
    twice = f"{times} * " if times != 1 else ""
    if formula and " + " not in formula and " - " not in formula:
        text = f"{twice}{formula}: {names}" if formula != amount.name else f"{twice}{names}"
    elif formula:
        text = f"{twice}({formula}): {names}" if twice else f"{formula}: {names}"
    else:
        text = f"{twice}{names}"
    return text if amount.counted else f"{text}, not counted here"


def alternatives(names: Sequence[str]) -> str:
    """Return names that arithmetic can not tell apart: "key, query or value".

    >>> alternatives(["a", "b", "c", "d", "e", "f"])
    'a, b, c or 3 others'
    """
    shown = list(names)
    if len(shown) > MAX_NAMES:
        shown = [*shown[: MAX_NAMES - 1], f"{len(shown) - MAX_NAMES + 1} others"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"


def pairs(size: int | Fraction, known: Inventory) -> str:
    """Return the sum or difference of two amounts that a difference is."""
    return sums(size, known, 2)


def triples(size: int | Fraction, known: Inventory) -> str:
    """Return the sum of three amounts, each with a small coefficient, that a difference is."""
    return sums(size, known, 3)


def sums(size: int | Fraction, known: Inventory, length: int) -> str:
    """Return the simplest sum of so many different amounts: small coefficients, few of them negative."""
    if math.comb(len(known.amounts), length - 1) * len(COEFFICIENTS) ** (length - 1) > MAX_SUMS:
        return ""
    values = [settle(Fraction(amount.value)) for amount in known.amounts]
    last: dict[int | Fraction, list[tuple[int, int]]] = {}
    for number, times in itertools.product(range(len(values)), COEFFICIENTS):
        last.setdefault(values[number] * times, []).append((number, times))
    found: set[tuple[tuple[int, int], ...]] = set()
    whole = settle(Fraction(size))
    for chosen in itertools.combinations(range(len(values)), length - 1):
        for coefficients in itertools.product(COEFFICIENTS, repeat=length - 1):
            rest = whole
            for number, times in zip(chosen, coefficients, strict=True):
                rest -= times * values[number]
            for number, times in last.get(rest, ()):
                if number not in chosen:
                    found.add(tuple(sorted((*zip(chosen, coefficients, strict=True), (number, times)))))
    if not found:
        return ""
    ranked = sorted(found, key=lambda terms: (*rank(terms), terms))
    best = ranked[0]
    equal = sum(rank(terms) == rank(best) for terms in ranked)
    return written(best, known) + (f" (one of {equal} such sums)" if equal > 1 else "")


def settle(value: Fraction) -> int | Fraction:
    """Return an integer where the value is one: integers are added, and found again, many times faster."""
    return value.numerator if value.denominator == 1 else value


def rank(terms: tuple[tuple[int, int], ...]) -> tuple[int, int]:
    """Return how far a sum is from simple."""
    return sum(abs(coefficient) for _, coefficient in terms), sum(coefficient < 0 for _, coefficient in terms)


def written(terms: tuple[tuple[int, int], ...], known: Inventory) -> str:
    """Return a sum of amounts, what is added first; what is not counted here is named once more."""
    ordered = sorted(terms, key=lambda term: term[1] < 0)
    text = ""
    for number, coefficient in ordered:
        sign = (" + " if coefficient > 0 else " - ") if text else ("" if coefficient > 0 else "-")
        times = "" if abs(coefficient) == 1 else f"{abs(coefficient)} * "
        text += f"{sign}{times}{known.amounts[number].name}"
    absent = [known.amounts[number].name for number, _ in ordered if not known.amounts[number].counted]
    if len(absent) == len(ordered):
        return f"{text}, none of them counted here"
    return f"{text}, {' and '.join(absent)} not counted here" if absent else text


def products(size: int | Fraction, known: Inventory) -> str:
    """Return the product of at most three symbols and a small integer that a difference is."""
    symbols = {name: value for name, value in known.values.items() if value > 1}
    for length in (1, 2, 3):
        found: dict[int, list[str]] = {}
        for chosen in itertools.combinations_with_replacement(symbols, length):
            share = Fraction(size) / math.prod(symbols[name] for name in chosen)
            if share in MULTIPLES:
                found.setdefault(int(share), []).append(" * ".join(chosen))
        if found:
            times = min(found)
            least = [text if times == 1 else f"{times} * {text}" for text in found[times]]
            return alternatives(least)
    return ""


def shares(size: int | Fraction, known: Inventory) -> str:
    """Return the part of a product, by one of its factors, that a difference is: "95 * key / n_layers"."""
    for name, value in known.values.items():
        for times in dict.fromkeys((1, 2, 3, 4, value - 1)):
            for amount in known.amounts:
                if amount.value * times == size * value and 0 < times < value and amount.has_factor(name):
                    return f"{'' if times == 1 else f'{times} * '}{amount.name} / {name}"
    return ""


def off_by(figure: Figure, computed: int | Fraction, found: Sequence[Piece], values: Mapping[str, int]) -> str:
    """Return what an exact figure misses a value by, for "off by 786,432 = ..."; "" where nothing simple is."""
    gap = figure.value - computed
    if not figure.exact or gap == 0:
        return ""
    return attribution(abs(gap), inventory(found, values, more_is_printed=gap > 0))


def within(figure: Figure, computed: int | Fraction, found: Sequence[Piece], values: Mapping[str, int]) -> str:
    """Return the one piece with or without which a rounded figure is what would be printed; "" where there is none."""
    if figure.exact:
        return ""
    more = computed < figure.value
    known = inventory(found, values, more_is_printed=more)
    fitting = [
        amount
        for amount in known.amounts
        if amount.counted is not more and amount.value > 0
        if computed + (amount.value if more else -amount.value) in figure
    ]
    if not fitting:
        return ""
    names = [piece.name for amount in fitting for piece in amount.pieces]
    value = f" ({thousands(fitting[0].value)}{' each' if len(names) > 1 else ''})" if len(fitting) == 1 else ""
    return f"would be printed so {'with' if more else 'without'} {alternatives(names)}{value}"


def rounded_otherwise(figure: Figure, computed: int | Fraction) -> str:
    """Return that a figure, read as rounded to the nearest, is the computed value rounded down or up; "" otherwise.

    >>> from weighbridge.formula.figures import read_figure
    >>> rounded_otherwise(read_figure("7.61B"), 7_615_616_512)
    'would be printed so if it were rounded down, which rounding = "down" says, with a `because`'
    """
    try:
        if figure.exact or read_figure(figure.text) != figure:
            return ""
        for way in ("down", "up"):
            if computed in read_figure(figure.text, rounding=way):
                return f'would be printed so if it were rounded {way}, which rounding = "{way}" says, with a `because`'
    except FigureError:  # a cell's text, whose scale is its column's
        return ""
    return ""


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
                if value in figure:
                    return words.format(f"{each:,}") + ", to its precision"
        return ""
    for times, words in ((figure.value / computed, more), (Fraction(computed) / figure.value, less)):
        named = factors(times, values) if times > 1 else []
        if named:
            return f"{words.format(thousands(times))}: {alternatives(named)}"
        if times in RATIOS:
            return words.format(thousands(times))
    return ""


def factors(times: Fraction, values: Mapping[str, int]) -> list[str]:
    """Return the symbols, else the products of two, that are equal to a ratio."""
    symbols = {name: value for name, value in values.items() if value > 1}
    for length in (1, 2):
        chosen = itertools.combinations_with_replacement(symbols, length)
        found = [" * ".join(names) for names in chosen if math.prod(symbols[name] for name in names) == times]
        if found:
            return found
    return []
