"""The reference: exact integers and fractions, lazy where the language is, and limited before it computes."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import numbers_trees
from strategies import points as drawn_points
from weighbridge.formula.exact import EvaluationError, Value, evaluate, number_of, numbers_of, truth_of
from weighbridge.formula.limits import USUAL
from weighbridge.formula.parser import parse
from weighbridge.formula.tree import Expression, Negative, Sum, Truth, number

FRACTIONS = st.fractions(-50, 50, max_denominator=12)
PAST = "has more than 10,000 bits (--max-bits raises that)"


def calculate(text: str, **values: int) -> Value:
    return evaluate(parse(text), values)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12_288 * 50_257", 617_558_016),
        ("128 * 12_288 * 96 * 96", 14_495_514_624),
        ("7 / 2", Fraction(7, 2)),
        ("8 / 2", 4),
        ("0.1 + 0.2", Fraction(3, 10)),
        ("0.1 + 0.2 == 0.3", True),
        ("3.14e23 == 314 * 10 ** 21", True),
        ("7 // 2", 3),
        ("-7 // 2", -4),
        ("7 // -2", -4),
        ("-7 // -2", 3),
        ("-7 % 2", 1),
        ("7 % -2", -1),
        ("-7 % -2", -1),
        ("7.5 // 2", 3),
        ("-7.5 // 2", -4),
        ("7.5 % 2", Fraction(3, 2)),
        ("-7.5 % 2", Fraction(1, 2)),
        ("1 // 0.3", 3),
        ("1 % 0.3", Fraction(1, 10)),
        ("-2 ** 2", -4),
        ("2 ** -2", Fraction(1, 4)),
        ("0.5 ** -2", 4),
        ("(-2) ** 3", -8),
        ("0 ** 0", 1),
        ("2 ** (4 / 2)", 4),
        ("ceil_div(7, 2)", 4),
        ("ceil_div(-7, 2)", -3),
        ("ceil_div(7, -2)", -3),
        ("ceil_div(8, 2)", 4),
        ("ceil_div(0.5, 0.2)", 3),
        ("round_up(50_257, 128)", 50_304),
        ("round_up(50_304, 128)", 50_304),
        ("round_up(-7, 2)", -6),
        ("round_up(7, -2)", 6),
        ("round_up(1, 0.4)", Fraction(6, 5)),
        ("min(3, -1, 0.5)", -1),
        ("max(3)", 3),
        ("sum(1, 0.5, 0.5)", 2),
        ("abs(-7 / 2)", Fraction(7, 2)),
        ("abs(3)", 3),
        ("1 < 2 < 3", True),
        ("1 < 3 < 2", False),
        ("3 > 2 >= 2 != 1 == 1 <= 1", True),
        ("not 1 < 2", False),
        ("1 if 2 > 1 else 1 / 0", 1),
        ("1 / 0 if 2 < 1 else 1", 1),
        ("1 > 2 and 1 / 0 > 0", False),
        ("1 < 2 or 1 / 0 > 0", True),
        ("2 < 1 < 1 / 0", False),
    ],
)
def test_values(text: str, value: Value) -> None:
    result = calculate(text)
    assert result == value
    assert type(result) is type(value), "whole fractions are integers"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 / (a - 3)", "division by zero: a - 3 is 0"),
        ("a * 2 // 0", "division by zero: a * 2 is divided by 0"),
        ("a % (3 - a)", "division by zero: 3 - a is 0"),
        ("ceil_div(a, a - a)", "division by zero: a - a is 0"),
        ("round_up(a, 0.0)", "division by zero: a is divided by 0"),
        ("1 > 2 or 1 / 0 > 0", "division by zero: 1 is divided by 0"),
        ("1 < 2 < 1 / 0", "division by zero: 1 is divided by 0"),
        ("0 ** -1", "0 ** -1: zero to a negative power"),
        ("a ** 0.5", "a ** 0.5: the exponent 0.5 is not an integer"),
        ("a ** (1 / a)", "a ** (1 / a): the exponent 1/3 is not an integer"),
        ("2 ** 10_000", f"2 ** 10_000 {PAST}"),
        ("10 ** 10 ** 100", f"10 ** 10 ** 100 {PAST}"),
        ("2 ** -10_000", f"2 ** -10_000 {PAST}"),
        ("0.5 ** 1e100", f"0.5 ** 1e100 {PAST}"),
        ("(-1.5) ** 9_999", f"(-1.5) ** 9_999 {PAST}"),
        ("2 ** 5_000 * 2 ** 5_000", f"2 ** 5_000 * 2 ** 5_000 {PAST}"),
        ("2 ** 9_999 + 2 ** 9_999", f"2 ** 9_999 + 2 ** 9_999 {PAST}"),
        ("sum(2 ** 9_999, 2 ** 9_999)", f"sum(2 ** 9_999, 2 ** 9_999) {PAST}"),
        ("2 ** 9_999 / (2 ** -2)", f"2 ** 9_999 / 2 ** -2 {PAST}"),
        ("1 / 3 ** 6_000 + 1 / 2 ** 6_000", f"1 / 3 ** 6_000 + 1 / 2 ** 6_000 {PAST}"),
        ("2 ** 9_999 // 0.25", f"2 ** 9_999 // 0.25 {PAST}"),
        ("2 ** -6_000 % 3 ** -6_000", f"2 ** -6_000 % 3 ** -6_000 {PAST}"),
        ("ceil_div(2 ** 9_999, 0.25)", f"ceil_div(2 ** 9_999, 0.25) {PAST}"),
        ("round_up(2 ** 9_999 + 1, 2 ** 9_999)", f"round_up(2 ** 9_999 + 1, 2 ** 9_999) {PAST}"),
    ],
)
def test_what_has_no_value_says_why(text: str, message: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        calculate(text, a=3)
    assert str(caught.value) == message


def test_a_symbol_without_a_value_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError, match="'b'"):
        calculate("a + b", a=1)


@pytest.mark.parametrize("base", [2, 3, 7, 10, 2**31, 2**63 - 1, 10**100])
def test_a_power_is_refused_exactly_where_it_gets_too_large(base: int) -> None:
    """The largest power that fits is computed, the next one is not."""
    exponents = range(int(USUAL.bits / log2(base)) + 2)
    largest = max(exponent for exponent in exponents if (base**exponent).bit_length() <= USUAL.bits)
    for sign in ("", "-"):
        assert calculate(f"a ** {sign}{largest}", a=base) == Fraction(base) ** int(f"{sign}{largest}")
        with pytest.raises(EvaluationError):
            calculate(f"a ** {sign}{largest + 1}", a=base)


@pytest.mark.parametrize(("base", "value"), [(0, 0), (1, 1), (-1, -1)])
def test_powers_that_do_not_grow_have_no_limit(base: int, value: int) -> None:
    assert calculate("a ** (10 ** 100 + 1)", a=base) == value


def test_the_limit_holds_at_every_step_of_a_long_sum_of_fractions() -> None:
    """Each of 1/p^60 is small; their common denominator is not."""
    denominators = [2 * n + 1 for n in range(1, 1_001)]
    terms = [parse(f"1 / {each} ** 60") for each in denominators]
    assert evaluate(Sum(tuple(terms[:3])), {}) == sum(Fraction(1, each**60) for each in denominators[:3])
    with pytest.raises(EvaluationError) as caught:
        evaluate(Sum(tuple(terms)), {})
    assert str(caught.value) == (
        "1 / 3 ** 60 + 1 / 5 ** 60 + 1 / 7 ** 60 + 1 / 9 ** 60 + 1 / 11 ** 60 + 1 / 13 ** 60 + 1 / 15 ** 60 + ... "
        f"{PAST}"
    )


def test_a_product_within_the_limit_may_not_leave_it_on_the_way() -> None:
    assert calculate("2 ** 9_999 * 2 ** -9_999 * 2 ** 9_999") == 2**9_999
    with pytest.raises(EvaluationError):
        calculate("2 ** 9_999 * 2 ** 9_999 * 2 ** -9_999")


@given(FRACTIONS, FRACTIONS.filter(bool))
def test_division_with_remainder(left: Fraction, right: Fraction) -> None:
    """The quotient is the largest integer not above the true one; the remainder has the divisor's sign."""
    values = {"a": left.numerator, "b": left.denominator, "c": right.numerator, "d": right.denominator}
    quotient, remainder = calculate("(a / b) // (c / d)", **values), calculate("(a / b) % (c / d)", **values)
    assert quotient * right + remainder == left
    assert quotient <= left / right < quotient + 1
    assert 0 <= remainder < right or right < remainder <= 0


@given(FRACTIONS, FRACTIONS.filter(bool))
def test_rounding_up(left: Fraction, right: Fraction) -> None:
    """`ceil_div` is the smallest integer not below the quotient, and `round_up` is so many divisors."""
    values = {"a": left.numerator, "b": left.denominator, "c": right.numerator, "d": right.denominator}
    count, rounded = calculate("ceil_div(a / b, c / d)", **values), calculate("round_up(a / b, c / d)", **values)
    assert count - 1 < left / right <= count
    assert rounded == count * right
    if right > 0:
        assert rounded - right < left <= rounded


def test_floor_and_ceiling_on_every_small_pair() -> None:
    for left, right in product(range(-12, 13), [each for each in range(-5, 6) if each]):
        below = [q for q in range(-13, 14) if q * abs(right) <= left * (1 if right > 0 else -1)]
        assert calculate("a // b", a=left, b=right) == max(below)
        assert calculate("-ceil_div(-a, b)", a=left, b=right) == max(below)


def test_literals_built_by_hand_are_settled() -> None:
    assert type(evaluate(number(Fraction(4, 2)), {})) is int
    assert evaluate(Negative(number(Fraction(1, 2))), {}) == Fraction(-1, 2)


def test_numbers_and_conditions_are_told_apart() -> None:
    assert number_of(parse("1 + 1"), {}) == 2
    assert truth_of(Truth(value=True), {}) is True
    with pytest.raises(AssertionError):
        number_of(Truth(value=True), {})
    with pytest.raises(AssertionError):
        truth_of(parse("1"), {})


@given(
    tree=numbers_trees(("a", "b"), fractions=True, zero_divisors=True),
    points=st.lists(drawn_points(("a", "b")), max_size=4),
)
def test_many_points_at_once_have_the_values_of_each(tree: Expression, points: list[dict[str, int]]) -> None:
    columns = {name: [point[name] for point in points] for name in ("a", "b")}
    try:
        expected = [number_of(tree, point) for point in points]
    except EvaluationError:
        return
    assert list(numbers_of(tree, columns, len(points))) == expected


def test_many_points_at_once_are_limited_as_soon_as_each() -> None:
    """A product that ends at 0 gets past the limit on the way; and 150 unlike denominators are not first joined."""
    huge = 2 ** (USUAL.bits // 2) - 1
    for text in ("a * b * a * 0", "a * b + a * b + a - a * b"):
        with pytest.raises(EvaluationError, match="more than 10,000 bits"):
            number_of(parse(text), {"a": huge, "b": huge})
        with pytest.raises(EvaluationError, match="more than 10,000 bits"):
            numbers_of(parse(text), {"a": [1, huge], "b": [1, huge]}, 2)
    quotients = parse(" + ".join(f"1 / (a ** 39 + {k})" for k in range(1, 151)))
    with pytest.raises(EvaluationError, match="more than 10,000 bits"):
        numbers_of(quotients, {"a": [2**128]}, 1)
