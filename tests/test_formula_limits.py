"""The deepest expression that a spec can expand to stays well within Python's stack, whatever its nodes are."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from weighbridge.formula.bounds import Interval, bounds
from weighbridge.formula.exact import EvaluationError, evaluate
from weighbridge.formula.limits import MOST
from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import (
    Arithmetic,
    Call,
    Choice,
    Comparison,
    Expression,
    Logic,
    Name,
    Negative,
    Not,
    Product,
    Sum,
    free_names,
    number,
    rewrite,
    substitute,
)

ONE = number(1)
LEAF = Name("a")


def true(tree: Expression) -> Expression:
    return Comparison((tree, tree), ("==",)) if tree == LEAF else tree


LEVELS: dict[str, Callable[[Expression], Expression]] = {
    "sum": lambda tree: Sum((tree, number(0))),
    "product": lambda tree: Product((ONE, tree)),
    "negative": Negative,
    "quotient": lambda tree: Arithmetic("/", tree, ONE),
    "power": lambda tree: Arithmetic("**", tree, ONE),
    "exponent": lambda tree: Arithmetic("**", ONE, tree),
    "call": lambda tree: Call("max", (tree, ONE)),
    "choice": lambda tree: Choice(Comparison((ONE, ONE), ("==",)), tree, ONE),
    "condition": lambda tree: Choice(Comparison((tree, ONE), ("==",)), ONE, ONE),
    "and": lambda tree: Logic("and", (true(tree), Comparison((ONE, ONE), ("==",)))),
    "not": lambda tree: Not(true(tree)),
}


@pytest.mark.parametrize("kind", LEVELS)
def test_every_walk_reaches_the_deepest_level(kind: str) -> None:
    tree: Expression = LEAF
    for _ in range(MOST.expanded_depth):
        tree = LEVELS[kind](tree)
    assert evaluate(tree, {"a": 1}) == 1
    assert "a" in to_text(tree)
    assert free_names(tree) == {"a"}
    assert evaluate(substitute(tree, {"a": ONE}), {}) == 1
    assert rewrite(tree, lambda _: None) == tree
    assert hash(tree) == hash(substitute(tree, {"a": Name("a")}))
    assert (bounds(tree, {"a": Interval(1, 1)}) is None) == (kind in ("quotient", "and", "not"))


@pytest.mark.parametrize("kind", LEVELS)
def test_a_mistake_at_the_deepest_level_is_reported(kind: str) -> None:
    tree: Expression = Arithmetic("/", ONE, LEAF)
    if kind in ("and", "not"):
        tree = Comparison((tree, ONE), ("<",))
    for _ in range(MOST.expanded_depth):
        tree = LEVELS[kind](tree)
    with pytest.raises(EvaluationError) as caught:
        evaluate(tree, {"a": 0})
    assert str(caught.value) == "division by zero: a is 0"
