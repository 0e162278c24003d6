"""Where a claim fails is told by a predicate that is true at exactly those points.

Shares are counted by hand: of 3 x 3 pairs of equally long axes 3 are equal, of 48 layers 11 are fewer than 12.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from gpt2_small import why
from strategies import conditions
from weighbridge.engines.reduce import reduce
from weighbridge.explain import sieve
from weighbridge.explain.region import Bench, share_of, where_it_fails
from weighbridge.explain.spread import spread
from weighbridge.formula.exact import EvaluationError, truth_of
from weighbridge.formula.parser import parse
from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import Expression
from weighbridge.spec.model import Axis, Grid
from weighbridge.spec.question import Anywhere, OnGrid, Question
from weighbridge.verdict import Counterexample, Refuted

AXES = {"a": (1, 2, 3, 4, 6), "b": (1, 2, 4, 8), "c": (1, 3, 4, 5)}
GRID = Grid(name="small", axes=tuple(Axis(name, values) for name, values in AXES.items()))


def grid_points(grid: Grid = GRID) -> Iterator[dict[str, int]]:
    """Yield the points of a grid."""
    for values in itertools.product(*(axis.values for axis in grid.axes)):
        yield dict(zip((axis.symbol for axis in grid.axes), values, strict=True))


def told(condition: Expression, *assuming: Expression, grid: Grid = GRID) -> str:
    """Return what is said of where a condition fails on a grid, given what visiting each point finds."""
    inside = [point for point in grid_points(grid) if all(truth_of(each, point) for each in assuming)]
    failing = [point for point in inside if not truth_of(condition, point)]
    if not failing:
        return ""
    question = Question(
        condition=condition,
        domain=OnGrid(grid),
        minimums=dict.fromkeys((axis.symbol for axis in grid.axes), 1),
        assuming=assuming,
    )
    witness = Counterexample(failing[0], left=0, right=1)
    return where_it_fails(question, Refuted(witness, len(failing), len(inside)))


#: The grid of `gpt2_small`, counted here one by one: widths, hidden widths, and all heads together.
WIDTHS, HIDDEN = range(64, 1_601, 64), range(256, 6_401, 256)
HEADS = [heads * width for heads in range(1, 25) for width in (32, 64, 128)]


def share(pairs: list[bool]) -> str:
    """Return the share of pairs that fail, as it is told."""
    return f"{Fraction(sum(pairs), len(pairs))} of the points"


def test_a_swapped_symbol_fails_wherever_the_two_differ() -> None:
    formula = "n_heads * d_model * d_head * n_layers"
    lines = why(f'formula = "{formula}"\nequals = "d_model * d_model * n_layers"\nover = "wide"')
    counted = share([width != heads for width in WIDTHS for heads in HEADS])
    assert lines[0] == f"fails exactly where d_model != n_heads * d_head: at {counted}"


def test_an_ordering_fails_on_one_side_of_what_is_left_of_it() -> None:
    """2 * d_ff * d_model against 4 * n_heads * d_head * d_model, in every layer."""
    counted = share([hidden <= 2 * heads for hidden in HIDDEN for heads in HEADS])
    assert why('asserts = "feedforward > attention"\nover = "wide"') == (
        f"fails exactly where d_ff <= 2 * n_heads * d_head: at {counted}",
    )


def test_the_smallest_and_largest_of_several_are_taken_apart() -> None:
    counted = share_of(sum(hidden <= heads for hidden in HIDDEN for heads in HEADS), len(HIDDEN) * len(HEADS))
    assert why('asserts = "min(up, down) > max(key, query, value)"\nover = "wide"') == (
        f"fails exactly where d_ff <= n_heads * d_head: at {counted} of the points",
    )


def test_a_condition_on_one_symbol_is_told_by_its_threshold() -> None:
    """11 of 48 numbers of layers lie below 12, where the square is the smaller."""
    assert why('asserts = "n_layers ** 2 >= 12 * n_layers"\nover = "wide"') == (
        "fails exactly where n_layers < 12: at 11/48 of the points",
    )
    assert told(parse("(a - 1) * (a - 2) * (a - 3) <= 0 or b < 0")) == (
        "fails exactly where a >= 4: at 2/5 of the points"
    )


LARGE = Grid(
    name="large",
    axes=(Axis("n", range(1, 49)), Axis("w", range(64, 1025, 64)), Axis("h", (16, 32, 48, 64, 96)), Axis("f", (8, 9))),
)


@pytest.mark.parametrize(
    ("condition", "told_there"),
    [
        ("n * w == w", "fails exactly where n != 1: at 47/48 of the points"),
        ("n * w * f == (n if n > 1 else 2) * f * w", "fails exactly where n == 1: at 1/48 of the points"),
        ("w * max(h, 64) == w * h", "fails exactly where h <= 48: at 3/5 of the points"),
        ("w * ceil_div(h, 64) + f == w + f", "fails exactly where h == 96: at 1/5 of the points"),
        ("min(n, 4) * w == n * w", "fails exactly where n >= 5: at 11/12 of the points"),
        ("(n - 5) * (n - 5) * h > 0 * h", "fails exactly where n == 5: at 1/48 of the points"),
        ("n * w * h == n * w * (64 if f == 9 else h)", "fails at 2/5 of the points"),  # f matters as well as h
        ("w * (h // 32) == w", "fails at 3/5 of the points; fails wherever h >= 64"),  # and at 16
    ],
)
def test_what_one_symbol_decides_is_told_by_a_number_of_its_axis(condition: str, told_there: str) -> None:
    """Also on a grid too large to look at whole, of what is no polynomial: shares are counted point by point."""
    assert told(parse(condition), grid=LARGE) == told_there


def test_what_one_symbol_decides_is_not_told_of_another_number_of_violations() -> None:
    question = Question(
        condition=parse("w * max(h, 64) == w * h"),
        domain=OnGrid(LARGE),
        minimums=dict.fromkeys((axis.symbol for axis in LARGE.axes), 1),
    )
    text = where_it_fails(question, Refuted(Counterexample({}, 0, 1), LARGE.points * 3 // 5 + 1, LARGE.points))
    assert "exactly" not in text


def test_a_claim_that_is_plain_itself_is_not_said_again() -> None:
    assert why('asserts = "n_layers <= 24"\nover = "wide"') == ("fails at 1/2 of the points",)
    assert told(parse("a <= b")) == "fails at 2/5 of the points"


def test_a_claim_that_fails_everywhere_says_so() -> None:
    assert "fails at every point" in why('formula = "n_ctx * d_model"\nequals = "2 * n_ctx * d_model"\nover = "wide"')


def test_what_is_no_polynomial_is_told_where_the_reduced_grid_is_small() -> None:
    """Of a from 1, 2, 3, 4, 6 all but 3 and 6 leave a remainder; c does not matter."""
    assert told(parse("a * c % 3 * b >= c * a % 3 * b + (a % 2) * 0 and a * b // b < 4")) == (
        "fails exactly where a >= 4: at 2/5 of the points"
    )


def test_what_holds_on_a_part_is_told_where_no_short_predicate_is_exact() -> None:
    """Long on both sides, and larger on the left as soon as a is 4: 64 + 16 b against at most 18 a + 12 b + 20."""
    condition = parse(
        "a ** 3 + a * a * b + 5 * b * b * c + a * b * c + 2 * c >= 60 + 5 * b + 4 * c + 3 * a + b * b * a * c / 9"
    )
    text = told(condition)
    assert "; holds wherever " in text
    check(text, condition, ())


def test_an_assumption_restricts_where_a_predicate_must_be_right() -> None:
    """Among a == b all that is left of a * c == b * b is a == c."""
    assert told(parse("a * c == b * b * b / b"), parse("a == b")) == "fails exactly where b != c: at 5/6 of the points"


def test_what_was_not_counted_over_the_whole_grid_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that found one violation more or less than there are is not explained."""
    monkeypatch.setattr(sieve, "MAX_SAMPLES", 10)
    condition = parse("a * b * c <= 2 * b * b * c")
    question = Question(condition=condition, domain=OnGrid(GRID), minimums=dict.fromkeys(AXES, 1))
    failing = sum(not truth_of(condition, point) for point in grid_points())
    for violations, exactly in ((failing, True), (failing + 1, False), (failing - 1, False)):
        text = where_it_fails(question, Refuted(Counterexample({}, 0, 1), violations, GRID.points))
        assert text.startswith("fails exactly where a > 2 * b: ") is exactly


def test_a_predicate_that_misses_some_of_the_failures_is_not_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the points with 2 a > 3 b those with a > 2 b are some."""
    monkeypatch.setattr(sieve, "MAX_SAMPLES", 10)
    condition = parse("2 * a <= 3 * b")
    question = Question(condition=condition, domain=OnGrid(GRID), minimums=dict.fromkeys(AXES, 1))
    failing = sum(not truth_of(condition, point) for point in grid_points())
    bench = Bench(sieve.Sieve(reduce(question, GRID)), failing, GRID.points)
    assert bench.is_failure(parse("2 * a > 3 * b"))
    assert not bench.is_failure(parse("a > 2 * b"))
    assert not bench.is_failure(parse("a > b"))


def test_a_number_that_good_and_bad_points_share_bounds_nothing() -> None:
    axis = Axis("a", (1, 2, 4, 6))
    assert [to_text(each.tree) for each in sieve.bounds(axis, [6, 6], {1, 6})] == []
    assert [(to_text(each.tree), each.true) for each in sieve.bounds(axis, [4, 4], {1, 2})] == [
        ("a == 4", 2),
        ("a >= 4", 2),
    ]
    assert [to_text(each.tree) for each in sieve.bounds(axis, [1, 4], {2})] == ["a != 2", "a >= 4", "a <= 1"]


def test_for_all_values_the_reduced_condition_is_told() -> None:
    assert why('formula = "n_heads * d_head * d_model"\nequals = "key"\nover = "everywhere"')[0] == (
        "fails exactly where n_layers != 1"
    )
    question = Question(condition=parse("a * b > b"), domain=Anywhere(), minimums={"a": 1, "b": 1})
    assert where_it_fails(question, Refuted(Counterexample({"a": 1, "b": 1}, 1, 1))) == "fails exactly where a == 1"


def test_large_numbers_are_grouped() -> None:
    grid = Grid(name="wide", axes=(Axis("a", range(1, 5_000)), Axis("b", (1, 2))))
    assert told(parse("a * b * b < 2_500 * b * b"), grid=grid).startswith("fails exactly where a >= 2,500: ")


def check(text: str, condition: Expression, assuming: tuple[Expression, ...]) -> None:
    """Assert that all that is told is so, at every point."""
    for point in grid_points():
        if not all(truth_of(each, point) for each in assuming):
            continue
        fails = not truth_of(condition, point)
        _, exactly, rest = text.partition("fails exactly where ")
        if exactly:
            assert truth_of(parse(rest.partition(":")[0].replace(",", "")), point) is fails
        _, holds, rest = text.partition("holds wherever ")
        if holds:
            assert not (fails and truth_of(parse(rest), point))
        _, fails_there, rest = text.partition("fails wherever ")
        if fails_there:
            assert fails or not truth_of(parse(rest), point)


products = st.lists(st.sampled_from(("a", "b", "c", "2", "3")), min_size=1, max_size=3).map(" * ".join)
sums = st.lists(products, min_size=1, max_size=2).map(" + ".join)
#: Comparisons that share a factor, as those of tensors do, alone and joined; and now and then anything at all.
texts = st.builds(
    lambda factor, left, operator, right: f"{factor} * ({left}) {operator} ({right}) * {factor}",
    st.sampled_from("abc"),
    sums,
    st.sampled_from(("<", "<=", ">", ">=", "==", "!=")),
    sums,
)
compared = st.one_of(
    texts, texts, st.builds("{} and {}".format, texts, texts), st.builds("{} or {}".format, texts, texts)
).map(parse).filter(lambda tree: len(to_text(tree)) < 200) | conditions(tuple(AXES), depth=2)


@pytest.mark.parametrize("samples", [10, 1_500])
def test_whatever_is_told_is_so_at_every_point(samples: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """With few samples predicates are counted over the grid, with many the whole of it is looked at."""
    monkeypatch.setattr(sieve, "MAX_SAMPLES", samples)
    seen: Counter[str] = Counter()

    @given(condition=compared, assumption=st.none() | compared)
    @settings(max_examples=120)
    def law(condition: Expression, assumption: Expression | None) -> None:
        assuming = () if assumption is None else (assumption,)
        try:
            text = told(condition, *assuming)
        except EvaluationError:
            reject()
        check(text, condition, assuming)
        seen.update(word for word in ("exactly", "holds", "fails wherever") if word in text)

    law()
    assert seen["exactly"] > 5, seen


@given(tree=conditions(("a", "b", "c"), depth=3), point=st.fixed_dictionaries(dict.fromkeys("abc", st.integers(1, 4))))
def test_taking_apart_smallest_and_largest_changes_nothing(tree: Expression, point: Mapping[str, int]) -> None:
    try:
        expected = truth_of(tree, point)
    except EvaluationError:
        return
    assert truth_of(spread(tree), point) is expected


def test_each_argument_is_compared() -> None:
    for text, expected in (
        ("max(a, b) < c", "a < c and b < c"),
        ("max(a, b) > c", "a > c or b > c"),
        ("c <= min(a, b)", "c <= a and c <= b"),
        ("c >= min(a, b)", "c >= a or c >= b"),
        ("max(a, b) >= max(c, d)", "(a >= c or b >= c) and (a >= d or b >= d)"),
        ("min(a, b) == c", "min(a, b) == c"),
    ):
        assert to_text(spread(parse(text))) == expected


def test_a_share_is_a_fraction_or_a_percentage() -> None:
    assert share_of(7, 8) == "7/8"
    assert share_of(1, 3) == "1/3"
    assert share_of(1_234, 10_007) == "about 12.3%"
    assert share_of(1, 10_007) == "less than 0.1%"
    assert share_of(10_006, 10_007) == "more than 99.9%"
