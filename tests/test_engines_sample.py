"""The search for counterexamples: what it draws, what it counts, and how simple its answers are."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies import conditions, numbers_trees, points
from weighbridge.engines import sample as sample_module
from weighbridge.engines.sample import Sample, holds_at_all, sample
from weighbridge.formula.exact import EvaluationError, truth_of
from weighbridge.formula.parser import parse
from weighbridge.formula.tree import Comparison, Expression, Logic
from weighbridge.spec.question import Anywhere, Question

SYMBOLS = ("a", "b", "c")


def ask(condition: str, *assuming: str, least: int = 1) -> Question:
    return Question(
        condition=parse(condition),
        domain=Anywhere(),
        minimums=dict.fromkeys(("a", "b", "c"), least),
        assuming=tuple(map(parse, assuming)),
    )


def search(condition: str, *assuming: str, examples: int = 200, least: int = 1) -> Sample:
    (found,) = sample([ask(condition, *assuming, least=least)], examples=examples, seed_value=0)
    return found


@pytest.mark.parametrize(
    ("condition", "simplest"),
    [
        ("a * b <= 100", (1, 101, 1)),
        ("a + b + c < 12_288", None),
        ("a < 2 ** 40", (2**40, 1, 1)),
        ("a % 2 == 1 or b != c", (2, 1, 1)),
    ],
)
def test_the_simplest_counterexample_is_found(condition: str, simplest: tuple[int, int, int] | None) -> None:
    found = search(condition)
    assert found.counterexample is not None
    point = tuple(found.counterexample.values())
    if simplest is None:
        assert sum(point) == 12_288
    else:
        assert sorted(point) == sorted(simplest)


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ("a * a != 7919 * a", (7919, 1, 1)),
        ("b < 23_456 or b > 23_456", (1, 23_456, 1)),
    ],
)
def test_what_fails_for_an_integer_of_the_question_alone_is_found(condition: str, answer: tuple[int, int, int]) -> None:
    """One of a hundred examples would hardly be just this one."""
    found = search(condition, examples=100)
    assert found.counterexample is not None
    assert tuple(found.counterexample.values()) == answer


def test_a_pole_beside_an_integer_of_the_question_is_seen() -> None:
    found = search("1 / (a - 1717) <= 1", examples=100)
    assert found.unknown == {"a": 1717, "b": 1, "c": 1}
    assert found.message == "division by zero: a - 1717 is 0"


def test_values_too_large_to_compute_are_passed_over() -> None:
    """10^5 and more are drawn, of which a power of two has too many bits."""
    found = search("2 ** (a + 1) == 2 * 2 ** a", examples=200)
    assert found.unknown is None
    assert 50 < found.examples < 200


def test_where_all_values_are_too_large_that_is_told() -> None:
    found = search("2 ** (a + 20_000) > a", examples=20)
    assert found.examples == 0
    assert found.message == "2 ** (a + 20_000) has more than 10,000 bits (--max-bits raises that)"


def test_values_are_drawn_without_bound() -> None:
    """No realistic hyperparameter is past 2^63; a claim that fails only there is refuted all the same."""
    found = search("a < 2 ** 63", examples=400)
    assert found.counterexample == {"a": 2**63, "b": 1, "c": 1}


def test_a_search_that_finds_nothing_says_how_often_it_looked() -> None:
    assert search("a * b >= a", examples=37) == Sample(37, 0)


@given(condition=conditions(SYMBOLS), rows=st.lists(points(SYMBOLS), min_size=1, max_size=5))
@settings(max_examples=200, deadline=None)
def test_what_holds_at_all_points_at_once_holds_at_each(condition: Expression, rows: list[dict[str, int]]) -> None:
    columns = {name: [row[name] for row in rows] for name in SYMBOLS}
    try:
        held = holds_at_all(condition, columns, len(rows))
    except EvaluationError:
        held = False
    if held:
        assert all(truth_of(condition, row) for row in rows)


@given(numbers=st.tuples(numbers_trees(SYMBOLS), numbers_trees(SYMBOLS)), row=points(SYMBOLS))
@settings(max_examples=100, deadline=None)
def test_a_comparison_of_numbers_is_decided_at_once(
    numbers: tuple[Expression, Expression], row: dict[str, int]
) -> None:
    condition = Logic("and", (Comparison(numbers, ("<=",)), Comparison(numbers, ("!=",))))
    try:
        expected = truth_of(condition, row)
        found = holds_at_all(condition, {name: [value] * 3 for name, value in row.items()}, 3)
    except EvaluationError:
        return
    assert found is expected


def test_only_examples_that_meet_the_assumptions_count() -> None:
    none = search("a > 0", "a < b", "b < a")
    assert none.examples == 0
    some = search("a > 0", "a % 2 == 0")
    assert 0 < some.examples < 200


def test_an_equality_that_is_assumed_is_met_by_every_example() -> None:
    assert search("a == 4 * b", "a == 4 * b", examples=50).examples == 50
    found = search("a < 100", "a == 4 * b")
    assert found.counterexample == {"a": 100, "b": 25, "c": 1}


def test_a_symbol_that_follows_must_still_be_one_that_it_may_be() -> None:
    """A == b - 5 leaves a positive only past b = 5: the simplest counterexample to b > 6 is b = 6."""
    assert search("b > 6", "a == b - 5").counterexample == {"a": 1, "b": 6, "c": 1}


def test_zero_is_tried_where_a_symbol_may_be_zero() -> None:
    assert search("a * b >= a").counterexample is None
    assert search("a * b >= a", least=0).counterexample == {"a": 1, "b": 0, "c": 0}


def test_a_point_without_a_value_is_an_answer_of_its_own() -> None:
    found = search("a / (b - 3) <= a")
    assert found.unknown is not None
    assert found.unknown["b"] == 3
    assert found.message == "division by zero: b - 3 is 0"


def test_symbols_that_begin_past_all_realistic_values_are_searched() -> None:
    found = search("a * b < 10 ** 11", least=10**5, examples=400)
    assert found.counterexample is not None
    assert found.counterexample["a"] * found.counterexample["b"] >= 10**11


def test_the_numbers_in_loaded_modules_do_not_lead_a_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a search draws is a matter of its seed, not of who asks."""
    before = drawn()
    numbers = ", ".join(str(123_456_789_000_000 + 1_001 * n) for n in range(500))
    (tmp_path / "a_module_full_of_numbers.py").write_text(f"NUMBERS = [{numbers}]\n")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("a_module_full_of_numbers")
    assert drawn() == before


def drawn() -> list[Mapping[str, int]]:
    """Return what a search looks at."""
    seen: list[Mapping[str, int]] = []
    sample_module.search(dict.fromkeys(SYMBOLS, 1), seen.append, examples=100, seed_value=0)
    return seen


def test_questions_are_searched_together_and_answered_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[int] = []
    original = sample_module.search

    def counting(*arguments: object, **options: object) -> None:
        runs.append(1)
        original(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(sample_module, "search", counting)
    questions = [ask("a * b >= a"), ask("b < 50"), ask("c >= 1")]
    first, second, third = sample(questions, examples=60, seed_value=3)
    assert len(runs) == 2  # one for all, one for the question that it answered
    assert (first, third) == (Sample(60, 3), Sample(60, 3))
    assert second.counterexample == {"a": 1, "b": 50, "c": 1}


def test_what_else_is_asked_does_not_change_what_is_found() -> None:
    """`--select`, or another spec in the same run, must not make a search find another thing."""
    wide = Question(
        condition=parse("x1 + x12 >= 5"),
        domain=Anywhere(),
        minimums={f"x{place}": 1 + place % 2 for place in range(13)},
    )
    questions = [ask("a * b != 96 or a < b", "c > 2"), wide, ask("a < 10 ** 6"), ask("(a - b) % 2 == 0", least=0)]
    together = sample(questions, examples=80, seed_value=5)
    assert together == [sample([each], examples=80, seed_value=5)[0] for each in reversed(questions)][::-1]
    assert all(found.counterexample for found in together[1:])


def test_a_question_about_no_symbol_is_looked_at_once() -> None:
    (found,) = sample(
        [Question(condition=parse("2 ** 70 > 3 ** 44"), domain=Anywhere(), minimums={})], examples=9, seed_value=0
    )
    assert found == Sample(1, 0)


def test_the_same_seed_finds_the_same_and_leaves_nothing_behind() -> None:
    assert search("a * b != 96 or a < b") == search("a * b != 96 or a < b")
