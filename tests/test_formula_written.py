"""Expressions as the sums of products that they are written as, held against the reference evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import numbers_trees
from weighbridge.formula.exact import EvaluationError, PastLimit, number_of
from weighbridge.formula.parser import parse
from weighbridge.formula.tree import Arithmetic, Expression, Name, Product, Sum, number
from weighbridge.formula.written import MAX_REPEATED, Reader, Terms, degrees, read_sides


def read(text: str) -> Terms:
    return Reader().terms(parse(text))


def plain(*names: str) -> tuple[tuple[str, ...], tuple[()]]:
    return names, ()


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("b * a + 2 * (a * b - c) - -c", {plain("a", "b"): 3, plain("c"): -1}),
        ("3 * a * (b * 2) / 4", {plain("a", "b"): Fraction(3, 2)}),
        ("a * b - b * a", {plain("a", "b"): 0}),
        ("5 - 2 + 0 * a", {plain(): 3, plain("a"): 0}),
        ("b * a ** 3 * a", {plain("a", "a", "a", "a", "b"): 1}),
        ("(a + 1) - (a - 1) / 0.5", {plain("a"): -1, plain(): 3}),
        ("2 * sum(a, b, a * b) + sum(a)", {plain("a"): 3, plain("b"): 2, plain("a", "b"): 2}),
    ],
)
def test_sums_and_products_are_read_through(text: str, terms: Terms) -> None:
    assert read(text) == terms


def test_what_is_no_symbol_stays_one_factor() -> None:
    ((names, (inner,)),) = read("c * a * (a + 2 * b)")
    assert names == ("a", "c")
    assert inner.terms == {plain("a"): 1, plain("b"): 2}
    ((_, (power,)),) = read("(a + b) ** 3")
    assert power.terms == {plain("a"): 1, plain("b"): 1}
    assert power.exponent == 3
    ((_, (floor,)),) = read("a // b")
    assert (floor.terms, floor.tree) == (None, parse("a // b"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a * b * a + c", {"a": 2, "b": 1, "c": 1}),
        ("c * (a + b * (c + 1) ** 2) ** 3 * a", {"a": 4, "b": 3, "c": 7}),
        ("a * b - a * b + 0 * c ** 2", {"a": 1, "b": 1, "c": 2}),
        ("a ** 0", {"a": 0}),
        ("(a + b) ** 0 * b", {"a": 0, "b": 1}),
        (f"a ** {MAX_REPEATED} + b ** {MAX_REPEATED + 1}", {"a": MAX_REPEATED, "b": MAX_REPEATED + 1}),
        ("-(a / 2) * 7", {"a": 1}),
        ("a * sum(a, b ** 2)", {"a": 2, "b": 2}),
        ("7", {}),
        ("a // 2", None),
        ("a * (b + c % 2)", None),
        ("a / b", None),
        ("a / 0", None),
        ("a ** b", None),
        ("a ** -1", None),
        ("(a + b) ** 0.5", None),
        ("(a + abs(b)) ** 2", None),
    ],
)
def test_degrees(text: str, expected: Mapping[str, int] | None) -> None:
    assert degrees(read(text)) == expected


def test_a_power_with_a_negative_literal_is_no_polynomial() -> None:
    """No text gives one: its `-1` is a `Negative`."""
    for base in (Name("a"), parse("a + b")):
        assert degrees(Reader().terms(Arithmetic("**", base, number(-1)))) is None


def test_both_sides_count_for_the_degrees() -> None:
    sides = read_sides(parse("a * b"), parse("b ** 2 + c"))
    assert sides is not None
    assert sides.degrees == {"a": 1, "b": 2, "c": 1}
    assert read_sides(parse("a"), parse("a // 1")) is None


def test_constants_are_limited_as_they_are_put_together() -> None:
    with pytest.raises(PastLimit, match="has more than 10,000 bits"):
        Reader().terms(Product((number(2**6_000), number(2**6_000))))
    unlike = [number(Fraction(1, denominator**9)) for denominator in range(10**9 + 1, 10**9 + 60)]
    with pytest.raises(PastLimit, match="has more than 10,000 bits"):
        Reader().terms(Sum(tuple(Product((Name("a"), each)) for each in unlike)))


@given(
    tree=numbers_trees(("a", "b", "c"), fractions=True, zero_divisors=True),
    point=st.fixed_dictionaries(dict.fromkeys("abc", st.integers(-3, 9))),
)
def test_terms_have_the_value_of_their_expression(tree: Expression, point: dict[str, int]) -> None:
    try:
        expected = number_of(tree, point)
    except EvaluationError:
        return
    found = Fraction(0)
    for (names, others), times in Reader().terms(tree).items():
        found += times * prod(point[name] for name in names) * prod(number_of(each.tree, point) for each in others)
    assert found == expected
