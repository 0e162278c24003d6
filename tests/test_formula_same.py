"""Two expressions are the same by form only where they have the same values."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from strategies import numbers_trees, points
from weighbridge.formula.exact import EvaluationError, evaluate
from weighbridge.formula.parser import parse
from weighbridge.formula.same import form, same
from weighbridge.formula.tree import Call, Choice, Expression, Product, Sum, children, walk, with_children

SYMBOLS = ("a", "b", "c")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("a * b", "b * a"),
        ("2 * (a + b) / c", "2 * b / c + a / (c / 2)"),
        ("(a ** 2 - b ** 2) / (a - b)", "a + b"),
        ("a ** -2", "1 / a / a"),
        ("ceil_div(a, b)", "-(-a // b)"),
        ("ceil_div(2 * a, 2 * b)", "ceil_div(a, b)"),
        ("round_up(a, 64)", "64 * ceil_div(a, 64)"),
        ("a % b", "a - b * (a // b)"),
        ("min(a, b + c)", "min(c + b, a)"),
        ("a ** b", "a ** b"),
        ("12_288 * 50_257", "617_558_016"),
        ("a if b > c else 0", "a if b > c else 0"),
        ("sum(a, b, c)", "c + b + a"),
    ],
)
def test_expressions_that_say_the_same(left: str, right: str) -> None:
    assert same(parse(left), parse(right))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("a * b", "a * c"),
        ("a ** 2", "a ** 3"),
        ("a // b", "a / b"),
        ("a // b", "ceil_div(a, b)"),
        ("min(a, b)", "max(a, b)"),
        ("a ** b", "b ** a"),
        ("a / b", "b / a"),
        ("a - b", "b - a"),
        ("a / 0", "b / 0"),
        ("abs(a)", "a"),
        ("(a + b) ** 64 * (a + c) ** 64", "(a + b) ** 64 * (b + c) ** 64"),
    ],
)
def test_expressions_that_do_not(left: str, right: str) -> None:
    assert not same(parse(left), parse(right))


def shuffled(tree: Expression, random: Random) -> Expression:
    """Return the tree with the operands of sums, products and the like in another order."""
    below = [shuffled(child, random) for child in children(tree)]
    if isinstance(tree, Sum | Product) or (isinstance(tree, Call) and tree.function in ("min", "max", "sum")):
        random.shuffle(below)
    return with_children(tree, tuple(below)) if below else tree


@given(tree=numbers_trees(SYMBOLS, fractions=True), random=st.randoms(use_true_random=False))
def test_the_order_of_operands_says_nothing(tree: Expression, random: Random) -> None:
    """But for what stands in a choice or an absolute value, which are compared as they are written."""
    assume(not any(isinstance(node, Choice) or node == Call("abs", children(node)) for node in walk(tree)))
    assert same(tree, shuffled(tree, random))


@given(
    pair=st.lists(numbers_trees(SYMBOLS[:2], depth=2, fractions=True), min_size=2, max_size=2),
    point=points(SYMBOLS),
)
def test_what_is_the_same_by_form_has_the_same_values(pair: list[Expression], point: dict[str, int]) -> None:
    left, right = pair
    try:
        values = [evaluate(each, point) for each in pair]
    except EvaluationError:
        return
    if values[0] != values[1]:
        assert form(left) != form(right)
