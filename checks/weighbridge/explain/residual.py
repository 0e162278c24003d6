"""What the difference between a computed value and a printed one is equal to: tensors, quantities, products of symbols.

Every equality is arithmetic at one model, and told only where it is no chance hit (`chance` has the rule). Where
several expressions that are equally simple have the value, that is said: which of them the document has in mind is more
than arithmetic can tell.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from weighbridge.explain.chance import Odds, unlikely_within
from weighbridge.explain.pieces import Piece, formula_of, value_of
from weighbridge.formula.figures import Figure, FigureError, read_figure
from weighbridge.formula.printer import thousands
from weighbridge.formula.tree import Name, Product

#: Names that are listed where several things are as many.
MAX_NAMES = 4
#: Sums that are tried, each in about a microsecond: an inventory of some ninety different sizes.
MAX_SUMS = 150_000
#: Small integers that stand before a product of symbols: "12 * n_layers * d_model".
MULTIPLES = (1, 2, 3, 4, 6, 8, 12)


class Amount(Struct, frozen=True):
    """A number that some pieces of a spec all have at one model."""

    value: int | Fraction
    pieces: tuple[Piece, ...]
    signs: tuple[int, ...]  #: 1 where it adds to what the document has more or less, -1 where it takes from that

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
    more_is_printed: bool | None = None

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


def inventory(
    found: Sequence[Piece], values: Mapping[str, int], *, more_is_printed: bool | None, whole: int | Fraction = 0
) -> Inventory:
    """Return what pieces amount to at one model, without those that are the `whole` of what is computed.

    Among pieces of one value, those explain better that are not counted here where the document prints more, and
    those that are where it prints less; None where neither side is the document's.
    """
    by_value: dict[int | Fraction, list[Piece]] = {}
    for piece in found:
        value = settle(Fraction(value_of(piece, values)))
        if value > 0 and value != whole:
            by_value.setdefault(value, []).append(piece)
    amounts: list[Amount] = []
    for value, equal in by_value.items():
        fitting = [piece for piece in equal if more_is_printed in (None, not piece.counted)]
        signs = (1, -1) if more_is_printed is None else (1,) if fitting else (-1,)
        amounts.append(Amount(value, tuple(fitting or equal), signs))
    return Inventory(tuple(amounts), values, more_is_printed)


def attribution(odds: Odds, known: Inventory) -> str:
    """Return what a positive difference is equal to, the simplest first; "" where nothing simple is.

    >>> attribution(Odds(2304), Inventory((), {"n_layers": 12, "d_model": 768}))
    '3 * d_model'
    """
    return single(odds, known) or combined(odds, known)


def single(odds: Odds, known: Inventory) -> str:
    """Return the one amount, or twice the one, that a difference is.

    What is counted here is printed twice where the document prints more; what is not can not be missing in it.
    """
    for times in (1, 2):
        possible = (each for each in known.amounts if 1 in each.signs or known.more_is_printed)
        found = odds.met(((each.value * times, each) for each in possible), plain=True)
        if found:
            return described(found[0], known, times)
    return ""


def combined(odds: Odds, known: Inventory) -> str:
    """Return the sum, share or product that a difference is."""
    for stage in (pairs, shares, triples, products):
        text = stage(odds, known)
        if text:
            return text
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


def pairs(odds: Odds, known: Inventory) -> str:
    """Return the sum or difference of two amounts that a difference is."""
    return sums(odds, known, 2)


def triples(odds: Odds, known: Inventory) -> str:
    """Return the sum of three amounts, with what is left out and what is added, that a difference is."""
    return sums(odds, known, 3)


def sums(odds: Odds, known: Inventory, length: int) -> str:
    """Return the simplest sum of so many different amounts: as few as can be are taken away."""
    signed = [(number, sign) for number, amount in enumerate(known.amounts) for sign in amount.signs]
    if math.comb(len(signed), length) > MAX_SUMS:
        return ""
    values = [amount.value for amount in known.amounts]
    tried = (
        (sum(values[number] * sign for number, sign in terms), terms)
        for terms in itertools.combinations(signed, length)
        if len({number for number, _ in terms}) == length
    )
    found = odds.met(tried)
    if not found:
        return ""
    ranked = sorted(found, key=lambda terms: (negatives(terms), terms))
    equal = sum(negatives(terms) == negatives(ranked[0]) for terms in ranked)
    return written(ranked[0], known) + (f" (one of {equal} such sums)" if equal > 1 else "")


def settle(value: Fraction) -> int | Fraction:
    """Return an integer where the value is one: integers are added, and found again, many times faster."""
    return value.numerator if value.denominator == 1 else value


def negatives(terms: tuple[tuple[int, int], ...]) -> int:
    """Return how many terms of a sum are taken away."""
    return sum(sign < 0 for _, sign in terms)


def written(terms: tuple[tuple[int, int], ...], known: Inventory) -> str:
    """Return a sum of amounts, what is added first; what is not counted here is named once more."""
    ordered = sorted(terms, key=lambda term: term[1] < 0)
    text = ""
    for number, sign in ordered:
        joint = (" + " if sign > 0 else " - ") if text else ("" if sign > 0 else "-")
        text += f"{joint}{known.amounts[number].name}"
    absent = [known.amounts[number].name for number, _ in ordered if not known.amounts[number].counted]
    if len(absent) == len(ordered):
        return f"{text}, none of them counted here"
    return f"{text}, {' and '.join(absent)} not counted here" if absent else text


def products(odds: Odds, known: Inventory) -> str:
    """Return the product of at most three symbols and a small integer that a difference is."""
    symbols = {name: value for name, value in known.values.items() if value > 1}
    for length in (1, 2, 3):
        tried = (
            (times * math.prod(symbols[name] for name in chosen), (times, " * ".join(chosen)))
            for chosen in itertools.combinations_with_replacement(symbols, length)
            for times in MULTIPLES
        )
        found = odds.met(tried)
        if found:
            fewest = min(times for times, _ in found)
            return alternatives(
                [f"{'' if times == 1 else f'{times} * '}{text}" for times, text in found if times == fewest]
            )
    return ""


def shares(odds: Odds, known: Inventory) -> str:
    """Return the part of a product, by one of its factors, that a difference is: "95 * key / n_layers"."""
    tried = (
        (Fraction(amount.value * times, value), f"{'' if times == 1 else f'{times} * '}{amount.name} / {name}")
        for name, value in known.values.items()
        for times in dict.fromkeys((1, 2, 3, 4, value - 1))
        for amount in known.amounts
        if 0 < times < value and amount.has_factor(name) and 1 in amount.signs
    )
    return next(iter(odds.met(tried)), "")


def within(figure: Figure, computed: int | Fraction, found: Sequence[Piece], values: Mapping[str, int]) -> str:
    """Return the one piece with or without which a rounded figure is what would be printed; "" where there is none."""
    if figure.exact:
        return ""
    more = computed < figure.value
    known = inventory(found, values, more_is_printed=more, whole=computed)
    possible = [amount for amount in known.amounts if amount.counted is not more]
    fitting = [each for each in possible if computed + (each.value if more else -each.value) in figure]
    gap, width = figure.value - computed, figure.high - figure.low
    if not fitting or not unlikely_within(gap, width, [each.value for each in possible]):
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
