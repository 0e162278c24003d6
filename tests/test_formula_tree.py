"""A tree's nodes are found, taken apart and put together again without loss."""

from __future__ import annotations

import pytest
from hypothesis import given

from strategies import conditions, numbers_trees, points
from weighbridge.formula.exact import EvaluationError, evaluate
from weighbridge.formula.parser import parse
from weighbridge.formula.tree import (
    TRUE,
    Call,
    Expression,
    Logic,
    Name,
    Number,
    Product,
    Truth,
    children,
    conjunction,
    free_names,
    is_condition,
    names,
    number,
    rewrite,
    substitute,
    walk,
    with_children,
)

SYMBOLS = ("a", "b")
TREES = numbers_trees(SYMBOLS) | conditions(SYMBOLS, conventions=("tied",))


@given(TREES)
def test_a_node_over_its_own_children_is_itself(tree: Expression) -> None:
    for node in walk(tree):
        assert with_children(node, children(node)) == node


@given(TREES)
def test_a_change_of_nothing_gives_the_very_same_tree(tree: Expression) -> None:
    assert rewrite(tree, lambda _: None) is tree


@given(numbers_trees(SYMBOLS), points(SYMBOLS))
def test_numbers_put_in_for_symbols_give_the_value_at_that_point(tree: Expression, point: dict[str, int]) -> None:
    closed = substitute(tree, {name: number(value) for name, value in point.items()})
    assert not free_names(closed)
    try:
        value = evaluate(tree, point)
    except EvaluationError:
        return
    assert evaluate(closed, {}) == value


def test_substitution_is_all_at_once() -> None:
    swapped = substitute(parse("a - 2 * b"), {"a": Name("b"), "b": Name("a")})
    assert swapped == parse("b - 2 * a")


def test_a_rewritten_node_is_not_rewritten_again() -> None:
    assert substitute(Name("a"), {"a": parse("a + 1")}) == parse("a + 1")


def test_names_are_listed_at_every_occurrence() -> None:
    tree = parse("max(a, b) ** c if d < -e else (f and not g) + a")
    assert [each.name for each in names(tree)] == ["d", "e", "a", "b", "c", "f", "g", "a"]
    assert free_names(tree) == set("abcdefg")


def test_each_node_comes_before_its_children() -> None:
    assert list(walk(parse("2 * a"))) == [Product((number(2), Name("a"))), number(2), Name("a")]


def test_spelling_and_columns_take_no_part_in_equality() -> None:
    assert parse("12_288*max( a,1 )") == parse("  12288 * max(a, 1.0)")
    assert hash(parse("12_288*max( a,1 )")) == hash(parse("  12288 * max(a, 1.0)"))
    assert Number(number(1).value, "1.0") == number(1)
    assert Call("abs", (Name("a", 4),), 3) == Call("abs", (Name("a"),))


def test_a_conjunction_of_any_number_of_conditions() -> None:
    first, second = parse("a < b"), parse("b < c")
    assert conjunction(()) == Truth(value=True)
    assert conjunction((first,)) is first
    assert conjunction((first, second)) == Logic("and", (first, second))


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("a < b", True),
        ("not a", True),
        ("a or b", True),
        ("a < b if c else b < a", True),
        ("a if b < c else b", False),
        ("a", False),
        ("a + 1", False),
        ("max(a, b)", False),
    ],
)
def test_conditions_are_told_from_numbers(text: str, condition: bool) -> None:  # noqa: FBT001 - a row of the table
    assert is_condition(parse(text)) is condition


def test_a_known_convention_is_a_condition() -> None:
    assert is_condition(TRUE)
