"""What is left of open symbols, held against going through every point by Python's own arithmetic."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from open_symbols import model, small
from second_opinion import python_value
from strategies import conditions
from weighbridge.formula.printer import to_text as expression_text
from weighbridge.solve import groups, narrow
from weighbridge.solve.groups import POINTS_PER_STEP
from weighbridge.solve.problem import Request

RANGES = {"a": range(1, 6), "b": range(1, 10, 2), "c": range(4)}
KEPT = {"k": 3}
REQUEST = Request(ranges=("a=1..5", "b=1..9 step 2", "c=0..3"))
POINTS = [dict(zip(RANGES, values, strict=True)) for values in itertools.product(*RANGES.values())]

SMALL = """
[symbols]
a = "a size"
b = "a size"
c = { text = "a number of extras", min = 0 }
k = "a size that is stated"

[models.m]
a = 1
b = 1
c = 0
k = 3
assumed = { a = "not stated", b = "not stated", c = "not stated" }

[tensors]
wide = { shape = ["a", "b"], per = ["k"] }

[conventions]
extra = true

[quantities]
total = "wide + c if extra else wide"
"""

TOTAL = "(a * b * k + c)"
#: What the figures of the claims below stand for, as Python reads it.
FIGURES = {"12": "{} == 12", "27": "{} == 27", "0.02K": "15 <= {} <= 25", "1.5": "1.45 <= {} < 1.55", "9": "{} == 9"}

products = st.sampled_from(
    ("a * b == {}", "a * b * k == {}", "a * c == {}", "a ** 2 * b == {}", "a + b == {}", "a + 2 * b - c == {}",
     "a * b + c == {}", "a * b > {}", "a * c <= {}", "min(a, b) >= {}", "max(a, b, c) < {}", "a // 2 + b == {}",
     "(a - b) * (a - c) == {}", "a % 2 == {}", "min(a, b) < {}", "{} >= min(a, b + c)", "max(a, c) > {}",
     "{} < max(b, c)", "a / c == {}", "a * b * c + a == {}", "not a == {}", "a * b != {}", "{} / (a - 2) > c",
     "a ** 2 - b ** 2 == {}", "(a - b) * (a - c) == 0 * {}", "a * c == b * c * min(1, {} + 1)")
)  # fmt: skip
assertions = st.builds(lambda text, value: text.format(value), products, st.integers(0, 30)) | conditions(
    ("a", "b", "c", "k"), depth=2, fractions=True, zero_divisors=True
).map(expression_text)


@st.composite
def claims_of_documents(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a claim: its TOML without the id, and the condition that it is, as Python reads it."""
    text, condition = draw(
        st.one_of(
            assertions.map(lambda each: (f'asserts = "{each}"', each)),
            st.sampled_from(sorted(FIGURES)).map(
                lambda each: (f'printed = "{each}"\nequals = ["total"]', FIGURES[each].format(TOTAL))
            ),
            st.sampled_from(sorted(FIGURES)).map(
                lambda each: (f'printed = "{each}"\nequals = ["a / b", "a"]',
                              f"{FIGURES[each].format('a / b')} and {FIGURES[each].format('a')}")
            ),
            st.integers(1, 9).map(
                lambda each: (f'formula = "a * b * k"\nequals = "wide + c - {each}"', f"c == {each}")
            ),
        )
    )  # fmt: skip
    if draw(st.integers(0, 4)) == 0:
        given = draw(st.sampled_from(("a == b", "c > 0", "a + c < 6", "b % 3 == 0")))
        text, condition = f'{text}\nassuming = "{given}"', f"not ({given}) or ({condition})"
    return f'{text}\nquote = "words"\n', condition


def decimal_free(condition: str) -> str:
    """Return a condition with its two decimals as quotients, which are exact."""
    return condition.replace("1.45", "145 / 100").replace("1.55", "155 / 100")


def meeting(conditions_: Sequence[str]) -> list[Mapping[str, int]]:
    """Return the points that meet all conditions, in lexicographic order."""
    texts = [decimal_free(each) for each in conditions_]
    return [point for point in POINTS if all(python_value(text, {**point, **KEPT}) is True for text in texts)]


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(claims_of_documents(), min_size=1, max_size=4))
def test_the_answer_is_what_every_point_says(claims: list[tuple[str, str]]) -> None:
    assume(all(len(text) < 400 for text, _ in claims))
    body = SMALL + "".join(f'[[claim]]\nid = "claim-{place}"\n{text}' for place, (text, _) in enumerate(claims))
    expected = meeting([condition for _, condition in claims])
    answer = small(body, REQUEST)
    if not expected:
        assert answer.contradiction is not None
        named = {int(name.removeprefix("claim-")) for name in answer.contradiction.claims}
        assert not meeting([claims[place][1] for place in named])
        for place in named:
            assert meeting([claims[other][1] for other in named - {place}])
        return
    assert answer.contradiction is None
    assert answer.solutions == len(expected)
    columns = sorted({tuple(point[name] for name in answer.columns) for point in expected})
    assert list(answer.first) == columns
    for each in answer.outcomes:
        values = {point[each.name] for point in expected}
        assert each.left is not None
        assert (each.left.count, each.left.low, each.left.high) == (len(values), min(values), max(values))
        assert (each.state == "determined") == (len(values) == 1)
    for tie in answer.combinations:
        text = f"{tie.left} == {tie.right.replace(',', '')}"
        assert all(python_value(text, point) is True for point in expected)
        assert tie.solutions == len({tuple(point[name] for name in tie.symbols) for point in expected})


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(claims_of_documents(), min_size=1, max_size=3), st.sampled_from((1, 5, 1000)))
def test_the_answer_is_the_same_where_the_search_gives_up_early(claims: list[tuple[str, str]], steps: int) -> None:
    """Then equations are solved for a symbol, or all points are counted, and narrowing takes one step at a time."""
    body = SMALL + "".join(f'[[claim]]\nid = "claim-{place}"\n{text}' for place, (text, _) in enumerate(claims))
    expected = meeting([condition for _, condition in claims])
    with patch.object(groups, "FIRST_STEPS", 0), patch.object(narrow, "ROUNDS", 1):
        answer = small(body, REQUEST, max_points=steps * POINTS_PER_STEP)
    assert answer.solutions == len(expected)
    assert (answer.contradiction is None) == bool(expected)
    columns = sorted({tuple(point[name] for name in answer.columns) for point in expected})
    assert list(answer.first) == columns[: len(answer.first)]
    for each in answer.outcomes:
        values = {point[each.name] for point in expected}
        assert (each.state == "determined") == (len(values) == 1)
        if each.left is not None:
            assert (each.left.count, each.left.low, each.left.high) == (len(values), min(values), max(values))


RUNS = {"a": range(1, 41), "b": range(2, 60, 3), "c": range(5, 16)}


@settings(max_examples=50)
@given(
    st.lists(st.integers(-6, 6), min_size=3, max_size=3),
    st.integers(-40, 90),
    st.sampled_from(("a > b", "a * b < 900", "a + c != 12", "c % 3 == 2", "a > 1")),
    st.sampled_from((1, 1000)),
)
def test_equations_are_solved_for_their_last_symbol(factors: list[int], known: int, other: str, steps: int) -> None:
    """Whichever of three ways counts them, the solutions of a linear equation are those that every point gives."""
    equation = f"{factors[0]} * a + {factors[1]} * b + {factors[2]} * c == {known}"
    points = [
        point
        for point in itertools.product(*RUNS.values())
        if sum(factor * value for factor, value in zip(factors, point, strict=True)) == known
        and python_value(other, dict(zip(RUNS, point, strict=True))) is True
    ]
    ranges = ("a=1..40", "b=2..59 step 3", "c=5..15")
    with patch.object(groups, "FIRST_STEPS", 0):
        answer = small(
            model(equation, other, assumed="a b c"),
            Request(ranges=ranges),
            show=3,
            max_points=steps * POINTS_PER_STEP,
        )
    assert answer.solutions == len(points)
    if points:
        columns = sorted(
            {tuple(dict(zip(RUNS, point, strict=True))[name] for name in answer.columns) for point in points}
        )
        assert list(answer.first) == columns[: len(answer.first)]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(claims_of_documents(), min_size=2, max_size=3))
def test_what_something_rests_on_suffices_and_nothing_of_it_can_be_spared(claims: list[tuple[str, str]]) -> None:
    body = SMALL + "".join(f'[[claim]]\nid = "claim-{place}"\n{text}' for place, (text, _) in enumerate(claims))
    answer = small(body, REQUEST)
    for each in answer.outcomes:
        if each.state != "determined":
            continue
        places = [int(name.removeprefix("claim-")) for name in each.grounds.claims]
        groups = [[place] for place in places] if each.grounds.alone else [places]
        for group in groups:
            assert len({point[each.name] for point in meeting([claims[place][1] for place in group])}) == 1
            for spared in group:
                rest = [claims[place][1] for place in group if place != spared]
                assert len({point[each.name] for point in meeting(rest)}) > 1


@pytest.mark.parametrize("max_points", [POINTS_PER_STEP, 10**9])
def test_the_compiled_counter_and_the_search_count_the_same(max_points: int) -> None:
    """One step of search is not enough here, so that all points are counted."""
    body = model("a * b + c * a > 700", "b * c < 400 + a", assumed="a b c")
    ranges = ("a=1..30", "b=1..30", "c=1..30")
    points = [
        (a, b, c)
        for a, b, c in itertools.product(range(1, 31), repeat=3)
        if a * b + c * a > 700 and b * c < 400 + a
    ]  # fmt: skip
    answer = small(body, Request(ranges=ranges), show=3, max_points=max_points)
    assert answer.solutions == len(points)
    assert answer.first[0] == min(points)
    assert {each.state for each in answer.outcomes} == {"narrowed"}


def test_a_symbol_that_is_solved_for_can_have_one_value() -> None:
    """That a - b is 5 is said in a way that no algebra sees, and c is that difference."""
    body = model("c == a - b", "max(a - b, 0) == 5", "a < 30", assumed="a b c")
    with patch.object(groups, "FIRST_STEPS", 0):
        answer = small(body, Request(ranges=("a=1..40", "b=1..40", "c=1..40")))
    assert (answer.solutions, [each.state for each in answer.outcomes]) == (24, ["combined", "combined", "determined"])


def test_the_compiled_counter_finds_what_is_determined() -> None:
    """Of 10 x 10 x 8 points, a * b + c > 107 leaves one."""
    body = model("a * b + c // 1 > 107", "a + b + c < 29", assumed="a b c")
    answer = small(body, Request(ranges=("a=1..10", "b=1..10", "c=1..8")), max_points=POINTS_PER_STEP)
    assert answer.first == ((10, 10, 8),)
    assert [each.state for each in answer.outcomes] == ["determined"] * 3
