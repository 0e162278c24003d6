"""Values on parts of grids, held against the reference evaluation at every point."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from strategies import numbers_trees, polynomials
from weighbridge.formula.exact import EvaluationError, PastLimit, number_of
from weighbridge.formula.parser import parse
from weighbridge.formula.subgrids import Subgrids, Tables, TooManyValues
from weighbridge.formula.tree import Expression, Name, Negative, Product, Sum, number
from weighbridge.formula.written import Reader

Grid = Mapping[str, Sequence[int]]
SYMBOLS = ("a", "b", "c", "d")

grids = st.fixed_dictionaries(
    {name: st.lists(st.integers(-2, 6), min_size=1, max_size=3, unique=True) for name in SYMBOLS}
)


def points(grid: Grid) -> Iterator[dict[str, int]]:
    """Yield every point, the first symbol by name changing fastest."""
    names = sorted(grid, reverse=True)
    for row in itertools.product(*(grid[name] for name in names)):
        yield dict(zip(names, row, strict=True))


def everywhere(tree: Expression, grid: Grid) -> Sequence[int | Fraction]:
    subgrids, tables = Subgrids(grid, 10**6), Tables()
    subgrids.put(Reader().terms(tree), 1, tables)
    axes, values = subgrids.joined(tables)
    return subgrids.spread(values, axes, (1 << len(grid)) - 1)


def differ(left: Expression, right: Expression, grid: Grid, budget: int = 10**6) -> bool:
    reader = Reader()
    return Subgrids(grid, budget).differ(reader.terms(left), reader.terms(right))


@given(tree=numbers_trees(SYMBOLS, fractions=True, zero_divisors=True), grid=grids)
@settings(max_examples=300)
@example(parse("(a + b) * (c - d) * (a / 3 + c) * b"), dict.fromkeys(SYMBOLS, (1, 2, 3)))
@example(parse("b * (a * d + 1) ** 3 * c * b"), dict.fromkeys(SYMBOLS, (1, 2, 3)))
@example(parse("a / 2 + a / 2 + b * (c / 3 + c * 2 / 3)"), dict.fromkeys(SYMBOLS, (1, 2, 3)))
def test_every_expression_has_the_reference_s_values_at_every_point(tree: Expression, grid: Grid) -> None:
    try:
        expected = [number_of(tree, point) for point in points(grid)]
    except EvaluationError:
        with pytest.raises(EvaluationError):
            everywhere(tree, grid)
        return
    found = everywhere(tree, grid)
    assert list(found) == expected
    assert list(map(type, found)) == list(map(type, expected)), "whole fractions are integers"


@given(left=polynomials(SYMBOLS), right=polynomials(SYMBOLS), grid=grids)
@settings(max_examples=200)
@example(parse("a * b"), parse("b * a"), dict.fromkeys(SYMBOLS, (1, 2)))
@example(parse("a + b"), parse("c + d"), {"a": (1,), "b": (1,), "c": (1,), "d": (1,)})
@example(parse("a * b + 2 * c"), parse("c * d"), {"a": (0,), "b": (1, 2), "c": (0, 1), "d": (2,)})
@example(parse("a ** 0 * b + c * d ** 0"), parse("(b + c) ** 1"), dict.fromkeys(SYMBOLS, (1, 2, 3)))
@example(parse("a * b + a * c"), parse("a * 2"), {"a": (1, 2), "b": (1,), "c": (1,), "d": (1,)})
def test_sides_differ_where_the_reference_finds_a_difference(left: Expression, right: Expression, grid: Grid) -> None:
    expected = any(number_of(left, point) != number_of(right, point) for point in points(grid))
    assert differ(left, right, grid) is expected


@given(tree=polynomials(SYMBOLS), grid=grids, data=st.data())
@settings(max_examples=200)
def test_a_difference_at_one_point_of_all_is_found(tree: Expression, grid: Grid, data: st.DataObject) -> None:
    """The product of all (symbol - value) but those of one point is 0 at every other point, and not at this one."""
    spike = data.draw(st.sampled_from(list(points(grid))))
    factors = [
        Sum((Name(name), Negative(number(value))))
        for name, values in grid.items()
        for value in values
        if value != spike[name]
    ]
    spiked = Sum((Product((number(1), *factors)), tree))
    assert differ(spiked, tree, grid)
    assert not differ(spiked, spiked, grid)


def test_products_of_the_same_symbols_cancel_before_all_points_are_looked_at() -> None:
    """Sixteen symbols have 65,536 points; that no pair of them differs is seen from four values each."""
    names = [f"s{place:02}" for place in range(16)]
    left = " + ".join(f"{one} * {other}" for one, other in itertools.pairwise(names))
    right = " + ".join(f"{other} * {one}" for one, other in itertools.pairwise(names))
    grid = dict.fromkeys(names, (1, 2))
    assert differ(parse(left), parse(right), grid, budget=500) is False
    assert differ(parse(left), parse(f"{right} + s03 * (s12 - s15)"), grid, budget=500) is True


@pytest.mark.parametrize(
    "text",
    [
        " * ".join(SYMBOLS),
        "a * a * a * a * a * a * a * a",
        "(a + b) * (c + d)",
        "a % 2 + b % c + d % (a + b * c)",
        "(a + b + c + d) ** 2",
    ],
)
def test_no_more_values_are_worked_out_than_may_be(text: str) -> None:
    grid = {name: range(1, 11) for name in SYMBOLS}
    with pytest.raises(TooManyValues):
        differ(parse(text), number(0), grid, budget=60)


@pytest.mark.parametrize(
    "text",
    [
        "(a + 2 ** 9_999) * (b + 2 ** 9_999) * c",
        "(a * 2 ** 9_999 + 2 ** 9_999) * c",
        "(a + 2) ** 10_000",
        "a ** (b * 20_000)",
        " + ".join(f"1 / (a ** 39 + {k})" for k in range(1, 151)),
        " + ".join(f"b / {k} * (c + 1 / {k} ** 9)" for k in range(10**9 + 1, 10**9 + 80)),
    ],
)
def test_values_past_the_limit_are_refused(text: str) -> None:
    grid = {"a": (2**128,), "b": (1,), "c": (0, 1), "d": (1,)}
    with pytest.raises(PastLimit, match="more than 10,000 bits"):
        differ(parse(text), number(0), grid)
