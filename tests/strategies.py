"""What random expressions, points and figures look like: the strategies that the laws share."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import NamedTuple, get_args

from hypothesis import strategies as st

from weighbridge.formula.tree import (
    Arithmetic,
    Call,
    Choice,
    Comparison,
    ComparisonOperator,
    Expression,
    Logic,
    Name,
    Negative,
    Not,
    Product,
    Sum,
    number,
)

#: Literals and exponents that change what an expression does: the neutral, the even, the awkward.
LITERALS = (0, 1, 2, 3, 4, 7, 12, 64, 128, 2_048, 50_257, 2**31, 2**63)
#: Hyperparameters that models really have.
REALISTIC = (1, 2, 12, 16, 64, 96, 128, 768, 1_024, 2_048, 4_096, 12_288, 49_152, 50_257)
#: Where machine integers end.
EDGES = (2**31, 2**32, 2**63, 2**64)
COMPARISONS: tuple[ComparisonOperator, ...] = get_args(ComparisonOperator)


class Shape(NamedTuple):
    """What expressions are drawn from."""

    symbols: tuple[str, ...]
    fractions: bool = False
    zero_divisors: bool = False
    conventions: tuple[str, ...] = ()


def numbers_trees(
    symbols: Sequence[str], *, depth: int = 3, fractions: bool = False, zero_divisors: bool = False
) -> st.SearchStrategy[Expression]:
    """Draw expressions that are numbers, with every kind of node that a text can give, at most `depth` levels of them.

    Literals are integers that are not negative, exponents are 0 to 4 or a remainder by 4. Where all symbols are
    positive the values are integers, and division is by what is positive, unless `fractions` (quotients as well) or
    `zero_divisors` (any divisor, and exponents down to -2) ask for more.
    """
    return _numbers(Shape(tuple(symbols), fractions, zero_divisors), depth)


def conditions(
    symbols: Sequence[str],
    *,
    depth: int = 3,
    fractions: bool = False,
    zero_divisors: bool = False,
    conventions: Sequence[str] = (),
) -> st.SearchStrategy[Expression]:
    """Draw expressions that are true or false: chains of comparisons of `numbers_trees`, `and`, `or`, `not`, choices.

    `conventions` are names that stand for a condition by themselves.
    """
    return _conditions(Shape(tuple(symbols), fractions, zero_divisors, tuple(conventions)), depth)


def polynomials(symbols: Sequence[str], *, depth: int = 3) -> st.SearchStrategy[Expression]:
    """Draw expressions of sums, products, signs and constant powers alone: those that algebra decides."""
    return _polynomials(Shape(tuple(symbols)), depth)


def _leaves(shape: Shape) -> st.SearchStrategy[Expression]:
    literals: st.SearchStrategy[Expression] = st.sampled_from(LITERALS).map(number)
    return st.sampled_from(shape.symbols).map(Name) | literals if shape.symbols else literals


def _several(below: st.SearchStrategy[Expression], fewest: int = 2) -> st.SearchStrategy[tuple[Expression, ...]]:
    return st.lists(below, min_size=fewest, max_size=3).map(tuple)


@cache
def _numbers(shape: Shape, depth: int) -> st.SearchStrategy[Expression]:
    leaves = _leaves(shape)
    if depth == 0:
        return leaves
    below = _numbers(shape, depth - 1)
    positive = st.sampled_from([*map(Name, shape.symbols), *(number(each) for each in LITERALS if each > 0)])
    divisors = below if shape.zero_divisors else positive
    quotient = st.sampled_from(("/", "//", "%") if shape.fractions else ("//", "%"))
    exponents: st.SearchStrategy[Expression] = st.integers(0, 4).map(number)
    if shape.zero_divisors:
        exponents |= st.integers(1, 2).map(lambda each: Negative(number(each)))
    remainders = st.builds(Arithmetic, st.just("%"), leaves, st.just(number(4)))
    return st.one_of(
        leaves,
        st.builds(Negative, below),
        st.builds(Sum, _several(below)),
        st.builds(Product, _several(below)),
        st.builds(Arithmetic, quotient, below, divisors),
        st.builds(Arithmetic, st.just("**"), below, exponents),
        st.builds(Arithmetic, st.just("**"), leaves, remainders),
        st.builds(Choice, _conditions(shape, depth - 1), below, below),
        st.builds(Call, st.sampled_from(("min", "max", "sum")), _several(below, 1)),
        st.builds(Call, st.just("abs"), st.tuples(below)),
        st.builds(Call, st.sampled_from(("ceil_div", "round_up")), st.tuples(below, divisors)),
    )


@cache
def _conditions(shape: Shape, depth: int) -> st.SearchStrategy[Expression]:
    term = _numbers(shape, max(depth - 1, 0))
    relation = st.sampled_from(COMPARISONS)
    leaves: st.SearchStrategy[Expression] = st.one_of(
        st.builds(Comparison, st.tuples(term, term), st.tuples(relation)),
        st.builds(Comparison, st.tuples(term, term, term), st.tuples(relation, relation)),
        *(st.just(Name(each)) for each in shape.conventions),
    )
    if depth == 0:
        return leaves
    below = _conditions(shape, depth - 1)
    return st.one_of(
        leaves,
        st.builds(Not, below),
        st.builds(Logic, st.sampled_from(("and", "or")), _several(below)),
        st.builds(Choice, below, below, below),
    )


@cache
def _polynomials(shape: Shape, depth: int) -> st.SearchStrategy[Expression]:
    leaves = _leaves(shape)
    if depth == 0:
        return leaves
    below = _polynomials(shape, depth - 1)
    return st.one_of(
        leaves,
        st.builds(Negative, below),
        st.builds(Sum, _several(below)),
        st.builds(Product, _several(below)),
        st.builds(Arithmetic, st.just("**"), below, st.integers(0, 3).map(number)),
    )


def points(symbols: Sequence[str], *, minimum: int = 1) -> st.SearchStrategy[dict[str, int]]:
    """Draw a value for every symbol: small, realistic, near the ends of machine integers, or far past them."""
    values = st.one_of(
        st.integers(minimum, 9),
        st.sampled_from(REALISTIC),
        st.builds(lambda edge, offset: edge + offset, st.sampled_from(EDGES), st.integers(-2, 2)),
        st.integers(minimum, 2**80),
    )
    return st.fixed_dictionaries(dict.fromkeys(symbols, values))


class PrintedFigure(NamedTuple):
    """A figure's text and what it was made from: `digits` times `step` is the value."""

    text: str
    digits: int
    step: Fraction  #: the unit of the last printed digit
    plain: bool  #: whether it is a plain integer, which is exact
    unit: str


#: Endings of a figure, what each multiplies by, and the unit it gives.
ENDINGS: tuple[tuple[str, Fraction, str], ...] = (
    ("", Fraction(1), ""),
    ("k", Fraction(10**3), ""),
    ("M", Fraction(10**6), ""),
    ("B", Fraction(10**9), ""),
    ("T", Fraction(10**12), ""),
    (" thousand", Fraction(10**3), ""),
    (" million", Fraction(10**6), ""),
    (" Billion", Fraction(10**9), ""),
    (" trillion", Fraction(10**12), ""),
    ("%", Fraction(1, 100), ""),
    (" percent", Fraction(1, 100), ""),
    ("e23", Fraction(10**23), ""),
    ("e-3", Fraction(1, 1000), ""),
    (" × 10^23", Fraction(10**23), ""),
    (r"\times 10^{23}", Fraction(10**23), ""),
    ("×10²³ FLOPs", Fraction(10**23), "FLOPs"),
    (" GB", Fraction(10**9), "bytes"),
    ("\u00a0GiB", Fraction(2**30), "bytes"),
    (" billion bytes", Fraction(10**9), "bytes"),
    (" TFLOPs", Fraction(10**12), "FLOPs"),
    (" bytes", Fraction(1), "bytes"),
)


@st.composite
def figures_as_printed(draw: st.DrawFn) -> PrintedFigure:
    """Draw a figure as documents print them: digits, perhaps grouped, perhaps decimals, a scale and a unit."""
    places = draw(st.integers(0, 3))
    digits = draw(st.integers(-(10**6), 10**12))
    ending, scale, unit = draw(st.sampled_from(ENDINGS))
    whole, rest = divmod(abs(digits), 10**places)
    grouped = draw(st.sampled_from((f"{whole}", f"{whole:,}", f"{whole:_}", f"{whole:,}".replace(",", "\u202f"))))
    decimals = f".{rest:0{places}}" if places else ""
    text = f"{'-' if digits < 0 else ''}{grouped}{decimals}{ending}"
    return PrintedFigure(text, digits, scale / 10**places, not places and ending in ("", " bytes"), unit)
