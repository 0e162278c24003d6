"""Intervals hold every value there is, and for one operation on small intervals nothing more than their hull."""

from __future__ import annotations

import operator
from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies import numbers_trees
from weighbridge.formula.bounds import Interval, bounds, hull
from weighbridge.formula.exact import EvaluationError, evaluate
from weighbridge.formula.parser import parse
from weighbridge.formula.tree import Expression

SMALL = [Interval(low, high) for low in range(-4, 5) for high in range(low, 5)]


def ceil_div(left: int, right: int) -> int:
    return -(-left // right)


def round_up(left: int, right: int) -> int:
    return ceil_div(left, right) * right


BINARY: dict[str, tuple[Callable[[Interval, Interval], Interval], Callable[[int, int], int]]] = {
    "+": (operator.add, operator.add),
    "-": (operator.sub, operator.sub),
    "*": (operator.mul, operator.mul),
    "//": (operator.floordiv, operator.floordiv),
    "%": (operator.mod, operator.mod),
    "min": (Interval.minimum, min),
    "max": (Interval.maximum, max),
    "ceil_div": (Interval.ceil_div, ceil_div),
    "round_up": (Interval.round_up, round_up),
}
TIGHT = ("+", "-", "*", "//", "min", "max", "ceil_div")
DIVISIONS = ("//", "%", "ceil_div", "round_up")


@pytest.mark.parametrize("name", BINARY)
def test_every_operation_on_all_small_intervals(name: str) -> None:
    """Counted out: every value is inside; where the operation is tight, both ends are values."""
    of_intervals, of_integers = BINARY[name]
    for left, right in product(SMALL, SMALL):
        if name in DIVISIONS and 0 in right:
            continue
        pairs = product(range(left.low, left.high + 1), range(right.low, right.high + 1))
        values = {of_integers(a, b) for a, b in pairs}
        found = of_intervals(left, right)
        assert found.low <= min(values), (left, right)
        assert found.high >= max(values), (left, right)
        if name in TIGHT or (name == "round_up" and right.low == right.high):
            assert found == hull(*values), (left, right)


def test_a_remainder_is_bounded_by_the_dividend_too() -> None:
    assert Interval(0, 5) % Interval(3, 100) == Interval(0, 5)
    assert Interval(2, 5) % Interval(6, 100) == Interval(2, 5)
    assert Interval(-5, -2) % Interval(-100, -6) == Interval(-5, -2)
    assert Interval(-1, 5) % Interval(3, 10) == Interval(0, 9)
    assert Interval(0, 99) % Interval(3, 10) == Interval(0, 9)


def test_signs_magnitudes_and_powers_of_all_small_intervals() -> None:
    for interval in SMALL:
        values = range(interval.low, interval.high + 1)
        assert -interval == hull(*(-value for value in values))
        assert abs(interval) == hull(*map(abs, values))
        assert interval.magnitude == max(map(abs, values))
        for exponent in range(6):
            assert interval.power(exponent) == hull(*(value**exponent for value in values))


def test_union_and_membership_of_all_small_intervals() -> None:
    for left, right in product(SMALL, SMALL):
        assert left.union(right) == hull(left.low, left.high, right.low, right.high)
        assert [value in left for value in range(-5, 6)] == [left.low <= value <= left.high for value in range(-5, 6)]


def test_an_interval_without_integers_can_not_be_made() -> None:
    with pytest.raises(ValueError, match=r"^no integer lies from 2 to 1$"):
        Interval(2, 1)


@st.composite
def intervals_with_a_value(draw: st.DrawFn) -> tuple[Interval, int]:
    ends = st.integers(-9, 9) | st.integers(-(2**64), 2**64)
    low, value, high = sorted((draw(ends), draw(ends), draw(ends)))
    return Interval(low, high), value


@given(intervals_with_a_value(), intervals_with_a_value(), st.sampled_from(sorted(BINARY)))
def test_values_of_any_size_stay_inside(a: tuple[Interval, int], b: tuple[Interval, int], name: str) -> None:
    of_intervals, of_integers = BINARY[name]
    if name in DIVISIONS and 0 in b[0]:
        b = (Interval(1, abs(b[0]).high + 1), abs(b[1]) + 1)
    assert of_integers(a[1], b[1]) in of_intervals(a[0], b[0])


SYMBOLS = ("a", "b", "c")


@settings(max_examples=600)
@given(
    numbers_trees(SYMBOLS) | numbers_trees(SYMBOLS, fractions=True, zero_divisors=True),
    st.fixed_dictionaries(dict.fromkeys(SYMBOLS, intervals_with_a_value())),
)
def test_every_value_of_an_expression_is_within_its_bounds(
    tree: Expression, drawn: dict[str, tuple[Interval, int]]
) -> None:
    found = bounds(tree, {name: interval for name, (interval, _) in drawn.items()})
    if found is None:
        return
    try:
        value = evaluate(tree, {name: value for name, (_, value) in drawn.items()})
    except EvaluationError:
        return
    assert isinstance(value, int)
    assert value in found


@settings(max_examples=200)
@given(numbers_trees(SYMBOLS, depth=2), st.fixed_dictionaries(dict.fromkeys(SYMBOLS, st.integers(1, 2**70))))
def test_bounds_over_single_points_are_known_for_all_integer_arithmetic(
    tree: Expression, point: dict[str, int]
) -> None:
    """No node is forgotten: with positive symbols everything but the fraction has bounds."""
    found = bounds(tree, {name: Interval(value, value) for name, value in point.items()})
    value = evaluate(tree, point)
    assert isinstance(value, int)
    assert found is not None
    assert value in found


BOX = {"a": Interval(-3, 2), "b": Interval(1, 5), "c": Interval(0, 4)}


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("7", 7, 7),
        ("a", -3, 2),
        ("-a", -2, 3),
        ("a + b - c", -6, 7),
        ("a * b * c", -60, 40),
        ("a ** 2", 0, 9),
        ("a ** 3", -27, 8),
        ("a ** 0", 1, 1),
        ("b ** c", 1, 625),
        ("a ** c", -81, 81),
        ("c ** c", 0, 256),
        ("a // b", -3, 2),
        ("a % b", 0, 4),
        ("b % (a - 3)", -5, 0),
        ("ceil_div(c, b)", 0, 4),
        ("round_up(c, 3)", 0, 6),
        ("round_up(c, b)", 0, 8),
        ("round_up(c, a - 3)", -5, 4),
        ("min(a, b, c)", -3, 2),
        ("max(a, b, c)", 1, 5),
        ("sum(a, b, c)", -2, 11),
        ("abs(a)", 0, 3),
        ("a if b > c else c", -3, 4),
        ("(-1) ** (10 ** 100)", 1, 1),
        ("0 ** (10 ** 100)", 0, 0),
        ("2 ** 9_999", 2**9_999, 2**9_999),
        ("2 ** 9_998 + 2 ** 9_998", 2**9_999, 2**9_999),
    ],
)
def test_bounds_of_each_form(text: str, low: int, high: int) -> None:
    assert bounds(parse(text), BOX) == Interval(low, high)


@pytest.mark.parametrize(
    "text",
    [
        "b / 1",
        "0.5",
        "0.5 * 2",
        "b ** -1",
        "b ** a",
        "b // c",
        "b % a",
        "ceil_div(b, c)",
        "round_up(b, a)",
        "2 ** 10_000",
        "3 ** 6_310",
        "2 ** (10 ** 100)",
        "b ** (10 ** 100)",
        "2 ** 5_000 * 2 ** 5_000",
        "2 ** 9_999 + 2 ** 9_999",
        "2 ** 9_999 * 2 ** 9_999 * 0",
        "a if b > c else 0.5",
        "a < b",
        "not a < b",
        "a < b and b < c",
        "1 + min(a, b / c)",
    ],
)
def test_nothing_is_said_where_nothing_is_known(text: str) -> None:
    assert bounds(parse(text), BOX) is None


def test_a_symbol_without_an_interval_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError, match="'z'"):
        bounds(parse("a + z"), BOX)
