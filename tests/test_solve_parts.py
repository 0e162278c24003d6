"""What solving is made of: divisors, remaining values, products of points, and demands taken apart."""

from __future__ import annotations

import itertools
from typing import get_args
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from second_opinion import python_value
from weighbridge.engines.reduce import Atom
from weighbridge.formula.normal import Ring
from weighbridge.formula.parser import parse
from weighbridge.formula.printer import to_text as expression_text
from weighbridge.formula.tree import ComparisonOperator
from weighbridge.solve import narrow
from weighbridge.solve.constraints import constraint, demands, pairs
from weighbridge.solve.narrow import divisors
from weighbridge.solve.search import Steps, solutions
from weighbridge.solve.values import first_rows, joined_rows, remaining


@given(st.integers(1, 5000), st.integers(1, 3))
def test_divisors_are_those_that_leave_no_remainder(whole: int, times: int) -> None:
    assert divisors(whole, times) == tuple(each for each in range(1, whole + 1) if whole % each**times == 0)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)), min_size=1, max_size=5), st.integers(1, 4))
def test_what_remains_is_the_union_of_what_is_left_in_each_part(runs: list[tuple[int, int]], step: int) -> None:
    base = range(5, 5 + 60 * step, step)
    parts = [base[low : low + size] for low, size in runs]
    union = set().union(*parts)
    for sides in (parts, [tuple(part) for part in parts]):
        found = remaining(sides, base)
        assert (found.count, found.low, found.high) == (len(union), min(union), max(union))


@given(
    st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1),
    st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1),
    st.permutations("abcd"),
    st.integers(1, 9),
)
def test_the_smallest_points_of_a_product_come_first(
    left: set[tuple[int, ...]], right: set[tuple[int, ...]], order: list[str], wanted: int
) -> None:
    one, other = ([name for name in order if name in names] for names in ("ab", "cd"))
    points = sorted(
        tuple({**dict(zip(one, x, strict=True)), **dict(zip(other, y, strict=True))}[name] for name in order)
        for x in left
        for y in right
    )
    found = joined_rows((one, sorted(left)[:wanted]), (other, sorted(right)[:wanted]), order, wanted)
    assert found == (tuple(order), tuple(points[:wanted]))


def test_the_first_rows_of_large_boxes_are_found_without_writing_them_out() -> None:
    boxes = ({"a": range(2, 10**9), "b": range(10**9)}, {"a": (1,), "b": (7, 9)})
    assert first_rows(boxes, ("a", "b"), 4) == ((1, 7), (1, 9), (2, 0), (2, 1))


@pytest.mark.parametrize("operator", get_args(ComparisonOperator))
@pytest.mark.parametrize(("left", "right"), [*itertools.product(("min(a, max(b, 2), 3)", "max(a, b)", "a"), repeat=2)])
def test_minima_and_maxima_are_taken_apart_into_what_they_stand_for(
    left: str, operator: ComparisonOperator, right: str
) -> None:
    links = [expression_text(each) for each in pairs(parse(left), operator, parse(right))]
    for a, b in itertools.product(range(1, 5), repeat=2):
        point = {"a": a, "b": b}
        assert all(python_value(each, point) for each in links) == python_value(f"{left} {operator} {right}", point)


def test_a_box_that_narrowing_leaves_with_one_point_is_decided_in_the_next_round() -> None:
    ring = Ring({"a": 1})
    facts = [each for each in demands(parse("a == 4"), ring) if isinstance(each, Atom)]
    with patch.object(narrow, "ROUNDS", 1):
        found = list(solutions([constraint(each, ring) for each in facts], {"a": range(1, 9)}, Steps(9)))
    assert [{name: list(values) for name, values in box.items()} for box in found] == [{"a": [4]}]
