"""What is printed reads back: as the same tree where a text can say it, with the same value everywhere."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from second_opinion import python_value
from strategies import conditions, numbers_trees, points
from weighbridge.formula.digits import decimal
from weighbridge.formula.exact import EvaluationError, Value, evaluate
from weighbridge.formula.parser import parse
from weighbridge.formula.printer import brief, thousands, to_text, with_values
from weighbridge.formula.tree import Arithmetic, Expression, Name, Number, Product, Sum, Truth, number, substitute

SYMBOLS = ("a", "b", "c")
EVERYTHING = numbers_trees(SYMBOLS, fractions=True, zero_divisors=True) | conditions(
    SYMBOLS, fractions=True, zero_divisors=True, conventions=("tied",)
)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("(12*n_layers)*d**2 - (a - b)", "(12 * n_layers) * d ** 2 - (a - b)"),
        ("a-(-b)", "a - -b"),
        ("-(a*b)", "-(a * b)"),
        ("(-a)*b", "-a * b"),
        ("(-a)**2", "(-a) ** 2"),
        ("-(a**2)", "-a ** 2"),
        ("(a**b)**c", "(a ** b) ** c"),
        ("a**(b**c)", "a ** b ** c"),
        ("a/(b*c)", "a / (b * c)"),
        ("a*(b/c)", "a * (b / c)"),
        ("(a/b)*c", "a / b * c"),
        ("a-(b+c)", "a - (b + c)"),
        ("(a if b else c)+1", "(a if b else c) + 1"),
        ("a if b else (c if a else b)", "a if b else c if a else b"),
        ("not (a<b and b<c)", "not (a < b and b < c)"),
        ("(a<b or b<c) and c<a", "(a < b or b < c) and c < a"),
        ("1_000.50*max(a,2e3)", "1_000.50 * max(a, 2e3)"),
        ("2**a*-b**-c", "2 ** a * -b ** -c"),
        ("max(a,b)**c", "max(a, b) ** c"),
        ("not not a", "not not a"),
        ("not a and (not b)", "not a and not b"),
        ("a or (b and c)", "a or b and c"),
        ("a if b or c and a else b", "a if b or c and a else b"),
        ("a or b if c else b and c", "a or b if c else b and c"),
    ],
)
def test_an_expression_is_printed_as_a_person_writes_it(text: str, printed: str) -> None:
    assert to_text(parse(text)) == printed


@settings(max_examples=300)
@given(EVERYTHING)
def test_printed_trees_read_back_as_the_same_tree(tree: Expression) -> None:
    assert parse(to_text(tree)) == tree


@settings(max_examples=300)
@given(
    EVERYTHING,
    st.fixed_dictionaries(dict.fromkeys(SYMBOLS, st.fractions(-9, 9, max_denominator=9).map(number))),
    st.booleans(),
)
def test_literals_that_no_text_can_say_keep_their_value(
    tree: Expression,
    by_hand: dict[str, Number],
    tied: bool,  # noqa: FBT001 - drawn
) -> None:
    """Negative numbers, fractions and truth values stand in every place that a name can stand in."""
    tree = substitute(tree, {**by_hand, "tied": Truth(tied)})
    assert value_of(parse(to_text(tree)), {}) == value_of(tree, {})


@settings(max_examples=300)
@given(numbers_trees(SYMBOLS, fractions=True, zero_divisors=True), points(SYMBOLS))
def test_python_reads_what_is_printed_with_the_same_value(tree: Expression, point: dict[str, int]) -> None:
    ours = value_of(tree, point)
    assert ours == "past the limit" or ours == python_value(to_text(tree), point)


def value_of(tree: Expression, point: dict[str, int]) -> Value | str | None:
    """Return the exact value, None where there is none."""
    try:
        return evaluate(tree, point)
    except EvaluationError as error:
        return "past the limit" if "bits" in str(error) else None


@pytest.mark.parametrize(
    ("tree", "printed"),
    [
        (number(-3), "-3"),
        (number(Fraction(-1, 3)), "-(1 / 3)"),
        (number(Fraction(1, 3)), "1 / 3"),
        (Product((number(Fraction(1, 3)), Name("a"))), "1 / 3 * a"),
        (Product((Name("a"), number(Fraction(1, 3)))), "a * (1 / 3)"),
        (Product((Name("a"), number(-2))), "a * -2"),
        (Sum((Name("a"), number(Fraction(-1, 3)))), "a + -(1 / 3)"),
        (Arithmetic("**", number(2), number(2)), "2 ** 2"),
        (Truth(value=True), "1 == 1"),
        (Truth(value=False), "1 == 0"),
        (number(10**5000), "1" + "0" * 5000),
    ],
)
def test_literals_built_by_hand(tree: Expression, printed: str) -> None:
    assert to_text(tree) == printed


def test_values_are_put_in_with_their_thousands_separated() -> None:
    tree = parse("d_embed * n_vocab - d_embed ** 2 + 12_288")
    shown = with_values(tree, {"d_embed": 12288, "n_vocab": 50257})
    assert shown == "12,288 * 50,257 - 12,288 ** 2 + 12_288"


def test_a_negative_value_that_is_put_in_keeps_its_sign_apart() -> None:
    assert with_values(parse("a ** 2 - 3 * a"), {"a": -5}) == "(-5) ** 2 - 3 * -5"
    assert with_values(parse("a ** 2 - 3 * a"), {"a": 0}) == "0 ** 2 - 3 * 0"


def test_a_long_expression_is_cut_off_in_messages() -> None:
    assert brief(Name("x" * 100)) == "x" * 100
    assert brief(Name("x" * 101)) == "x" * 100 + " ..."


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (999, "999"),
        (-1000, "-1,000"),
        (14_495_514_624, "14,495,514,624"),
        (Fraction(12288), "12,288"),
        (Fraction(1, 2), "0.5"),
        (Fraction(-1, 1000), "-0.001"),
        (Fraction(2469, 2), "1,234.5"),
        (Fraction(1, 10**12), "0.000000000001"),
        (Fraction(1, 10**13), "1/10,000,000,000,000"),
        (Fraction(-2000, 3), "-2,000/3"),
        (True, "true"),
        (False, "false"),
    ],
)
def test_values_are_shown_as_a_person_prints_them(value: Value, shown: str) -> None:
    assert thousands(value) == shown


@given(st.integers() | st.integers(-5, 5).map(lambda offset: 10**3000 + offset) | st.just(-(10**9001)))
def test_integers_of_any_size_are_printed_in_full(value: int) -> None:
    digits = decimal(value)
    assert sum(int(digit) * 10**place for place, digit in enumerate(reversed(digits.lstrip("-")))) == abs(value)
    assert digits.startswith("-") == (value < 0)
    groups = decimal(value, separator=",").lstrip("-").split(",")
    assert "".join(groups) == digits.lstrip("-")
    assert all(len(group) == 3 for group in groups[1:])
    assert 1 <= len(groups[0]) <= 3
