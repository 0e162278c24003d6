"""The counter of straight lines: intervals modulo 2^64, long lanes, and what it leaves to the counter of masks."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from test_engines_sweep import ask, domain_of, found, grid_of, questions
from weighbridge.engines import sweep as sweep_module
from weighbridge.engines.counter import Counter
from weighbridge.engines.lines import Program
from weighbridge.engines.lowering import lower
from weighbridge.engines.straight import IS_POSITIVE, IS_ZERO, NONZERO, shifted, signed
from weighbridge.engines.sweep import count, unsettled
from weighbridge.engines.terms import Refusal, Terms
from weighbridge.spec.model import Grid
from weighbridge.spec.question import Question

LEAST, MOST = -(2**63), 2**63 - 1
COMPARES: Mapping[int, Callable[[int], bool]] = {
    NONZERO: lambda value: value != 0,
    IS_ZERO: lambda value: value == 0,
    IS_POSITIVE: lambda value: value > 0,
}
EDGES = (LEAST, LEAST + 1, -1, 0, 1, 2, MOST - 1, MOST)


def programs_of(question: Question) -> list[Program]:
    terms = Terms(domain_of(question))
    programs = lower(terms, unsettled(terms, [terms.tracks(question)]))
    return [program for program, _ in programs if isinstance(program, Program)]


@pytest.mark.parametrize("how", COMPARES)
@pytest.mark.parametrize("other", [False, True])
@given(value=st.integers(LEAST, MOST))
@settings(max_examples=30)
def test_an_interval_of_64_bits_is_what_is_compared_or_its_opposite(how: int, other: bool, value: int) -> None:  # noqa: FBT001
    shift, bound = shifted(how, other=other)
    for each in (value, *EDGES):
        assert (signed(each + shift) < bound) == (COMPARES[how](each) != other)


@given(question=questions())
@settings(max_examples=100)
@example(ask(grid_of(a=range(1, 100), b=(1, 3), c=range(2, 7)), "a == 2 * b or a > 3 * c", "b != 3", "a * c >= 20"))
@example(ask(grid_of(a=range(1, 100), b=(1, 3), c=range(2, 7)), "a == 2 * b and b * a == 3 * c"))
def test_masks_and_what_does_without_count_the_same(question: Question) -> None:
    try:
        programs = programs_of(question)
    except Refusal:
        return
    for program in programs:
        if program.straight is not None:
            marked = replace(program, straight=None)
            assert count(Counter(program), threads=1) == count(Counter(marked), threads=1)


LONG: Mapping[str, range | tuple[int, ...]] = {"a": range(3, 80), "b": range(10, 3000, 23), "c": (1, 5), "d": (1, 2)}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("a * b != 30 * c * d", lambda a, b, c, d: a * b != 30 * c * d),
        ("a * b < 90_000 * c * d", lambda a, b, c, d: a * b < 90_000 * c * d),
        ("a + b >= 700 * d or a * c <= b", lambda a, b, c, d: a + b >= 700 * d or a * c <= b),
        ("b < 2500 and b * c < 20 * a * d", lambda a, b, c, d: b < 2500 and b * c < 20 * a * d),
        ("a * c == b and b == 3 * a * c", lambda a, b, c, _: a * c == b == 3 * a * c),
        ("b != 10 * a or b != 50 * c * d", lambda a, b, c, d: b != 10 * a or b != 50 * c * d),
        ("c == 5 or a * a < 4000 * d - b", lambda a, b, c, d: c == 5 or a * a < 4000 * d - b),
        ("c < 2 or a != 7", lambda a, _, c, _d: c < 2 or a != 7),
    ],
)
@pytest.mark.parametrize("seconds", [0.04, 2e-7])
def test_long_lanes_are_counted_without_masks(
    condition: str, holds: Callable[[int, int, int, int], bool], seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lanes of some hundred points, of which the compiler takes several at a time and some one by one; also in pieces.

    A piece takes so many seconds: the shorter ones are parts of lanes, of one head each.
    """
    monkeypatch.setattr(sweep_module, "PIECE_SECONDS", seconds)
    question = ask(grid_of({}, **LONG), condition)
    assert [program.straight is not None for program in programs_of(question)] == [True]
    bad = [point for point in itertools.product(*LONG.values()) if not holds(*point)]
    tally = found(domain_of(question), condition)
    assert tally.violations == len(bad)
    assert (None if tally.first is None else tuple(tally.first.axes.values())) == min(bad, default=None)


@pytest.mark.parametrize("last", [3000, 3001])
def test_the_smallest_point_may_be_at_the_end_of_a_lane(last: int) -> None:
    """The lane is the first axis, so that a later point of one lane comes after all of another's before it."""
    grid = grid_of(a=range(1, last + 1), b=range(1, 70), c=range(1, 40))
    tally = found(grid, f"a < {last} or b + c < 50")
    bad = [(b, c) for b in range(1, 70) for c in range(1, 40) if b + c >= 50]
    assert tally.violations == len(bad)
    assert dict(tally.first or {}) == {"a": last, "b": 11, "c": 39}


MANY = range(1, 90_000)
SQUARES = tuple(n * n for n in range(1, 9_000))


@pytest.mark.parametrize(
    ("grid", "condition", "straight"),
    [
        (grid_of(a=MANY, b=MANY), "a == b", True),
        (grid_of(a=MANY, b=MANY), "a * b > 5 and a > b", True),
        # Equality and order have no bound in common; three lines are more than two; a remainder is no sum or product.
        (grid_of(a=MANY, b=MANY), "a == b or a * b > 5", False),
        (grid_of(a=MANY, b=MANY), "a > b or a * b > 5 or 2 * a > b", False),
        (grid_of(a=MANY, b=MANY), "a > b and (a * b > 5 and 2 * a > b)", False),
        (grid_of(a=MANY, b=MANY, c=(2, 3)), "a + b > c % 2 + 7", False),
        (grid_of(a=SQUARES, b=SQUARES), "a > b", False),
        # Few points are stood at one by one: the counter of masks would take longer to load.
        (grid_of(a=SQUARES[:9], b=SQUARES[:9]), "a > b", True),
        (grid_of(a=range(1, 9), b=range(1, 9)), "a == b or a * b > 5", True),
    ],
)
def test_masks_are_made_where_they_are_needed(grid: Grid, condition: str, *, straight: bool) -> None:
    assert [program.straight is not None for program in programs_of(ask(grid, condition))] == [straight]
