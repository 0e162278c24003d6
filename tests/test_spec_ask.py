"""What a claim or invariant asks is what it says, under the conventions in force."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.formula.exact import evaluate
from weighbridge.formula.parser import parse
from weighbridge.formula.printer import to_text
from weighbridge.spec.ask import Asked, claim_questions, plain
from weighbridge.spec.ask_invariant import invariant_question
from weighbridge.spec.model import Spec
from weighbridge.spec.question import Anywhere, AtPoint, OnGrid
from weighbridge.spec.read import read_spec
from weighbridge.verdict import Side

BASE = """
[document]
title = "A model"
cite = "a post"
[symbols]
n = "layers"
d = "width"
h = "heads"
z = { min = 0 }
[conventions]
tied = false
biases = false
[tensors]
embedding = { shape = ["d", 10] }
matrix = { shape = ["d", "d"], per = ["n"] }
bias = { shape = ["d"], per = ["n"], when = "biases" }
head = { shape = [10, "d"], when = "not tied" }
[quantities]
total = "embedding + matrix + head + (bias if biases else 0)"
[models.small]
n = 2
d = 3
h = 1
z = 0
[models.tied]
like = "small"
conventions = { tied = true }
[grids.some]
n = "1..3"
d = "2..4"
h = "d // 2"
z = [0, 5]
"""
# By hand: embedding 10 * 3 = 30, matrix 2 * 3 * 3 = 18, head 30, bias 2 * 3 = 6.
SMALL = {"n": 2, "d": 3, "h": 1, "z": 0}


def spec_of(text: str) -> Spec:
    return read_spec("spec/x.toml", (BASE + text).encode())


def asked_of(text: str) -> tuple[Asked, ...]:
    spec = spec_of("[[claim]]\nid = 'c'\n" + text)
    return claim_questions(spec, spec.claims[0])


def invariant_of(text: str) -> Asked:
    spec = spec_of("[[invariant]]\nid = 'i'\n" + text)
    return invariant_question(spec, spec.invariants[0])


def condition(asked: Asked) -> str:
    return to_text(asked.question.condition)


def test_a_list_of_models_asks_once_for_each_under_its_own_conventions() -> None:
    untied, tied = asked_of('at = "*"\nprinted = "78"\nequals = "total"')
    assert (untied.label, tied.label) == ("small", "tied")
    assert untied.question.domain == AtPoint("small", SMALL)
    assert evaluate(untied.question.condition, SMALL) is True  # 30 + 18 + 30
    assert evaluate(tied.question.condition, SMALL) is False  # 30 + 18
    assert tied.conventions == {"tied": True, "biases": False}


def test_one_model_by_name_gives_no_label() -> None:
    (asked,) = asked_of('at = "small"\nasserts = "d == 3"')
    assert asked.label == ""
    assert asked.model is not None
    assert asked.model.name == "small"
    (listed,) = asked_of('at = ["small"]\nasserts = "d == 3"')
    assert listed.label == "small"


def test_a_claims_conventions_come_before_its_models_and_the_specs() -> None:
    text = 'at = "tied"\nconventions = { tied = false, biases = true }\nprinted = "84"\nequals = "total"'
    (asked,) = asked_of(text)
    assert evaluate(asked.question.condition, SMALL) is True  # 30 + 18 + 30 + 6


@pytest.mark.parametrize(
    ("figure", "expected", "side"),
    [
        ('printed = "78"', "total == 78", Side("total", "==", "78")),
        ('printed = "175B"', "174500000000 <= total and total < 175500000000",
         Side("total", "in", "[174500000000, 175500000000)")),
        ('printed = "174B"', "173500000000 <= total and total <= 174500000000",
         Side("total", "in", "[173500000000, 174500000000]")),
        ('printed = "7.8"', "31 / 4 <= total and total <= 157 / 20", Side("total", "in", "[7.75, 7.85]")),
        ('printed = "33%"', "13 / 40 <= total and total < 67 / 200", Side("total", "in", "[0.325, 0.335)")),
        ('printed = "78"\nrounding = "up"\nprecision = "10"\nbecause = "so"', "68 < total and total <= 78",
         Side("total", "in", "(68, 78]")),
        ('printed = "100"\nabout = "5%"\nbecause = "so"', "95 <= total and total <= 105",
         Side("total", "in", "[95, 105]")),
    ],
)  # fmt: skip
def test_a_printed_figure_asks_for_the_interval_that_it_stands_for(figure: str, expected: str, side: Side) -> None:
    (asked,) = asked_of(f'at = "small"\n{figure}\nequals = "d"')
    assert condition(asked) == expected.replace("total", "d")
    assert asked.sides == (Side("d", side.relation, side.right),)
    assert asked.computed == parse("d")


def test_every_expression_of_equals_must_be_printed_like_this() -> None:
    (asked,) = asked_of('at = "small"\nprinted = "30"\nequals = ["embedding", "3 * 10"]')
    assert condition(asked) == "d * 10 == 30 and 3 * 10 == 30"
    assert asked.sides == (Side("d * 10", "==", "30"), Side("3 * 10", "==", "30"))


def test_a_formula_must_equal_each_expression() -> None:
    (asked,) = asked_of('over = "everywhere"\nformula = "10 * d"\nequals = ["embedding", "head"]')
    assert condition(asked) == "10 * d == d * 10 and 10 * d == 10 * d"
    assert isinstance(asked.question.domain, Anywhere)
    assert asked.question.minimums == {"d": 1}


def test_a_formula_about_right_is_within_a_share_of_what_it_equals() -> None:
    text = 'at = "small"\nformula = "29"\nequals = "embedding"\nabout = "5%"\nbecause = "rough"'
    (asked,) = asked_of(text)
    assert condition(asked) == "abs(29 - d * 10) <= 1 / 20 * abs(d * 10)"
    assert evaluate(asked.question.condition, SMALL) is True  # 1 <= 1.5
    (wrong,) = asked_of(text.replace("29", "28"))
    assert evaluate(wrong.question.condition, SMALL) is False  # 2 > 1.5


def test_an_assertion_shows_each_of_its_comparisons() -> None:
    (asked,) = asked_of('at = "small"\nasserts = "1 < d < 10 and (n == 2 or d == 3)"')
    assert asked.sides == (Side("1", "<", "d"), Side("d", "<", "10"), Side("n == 2 or d == 3", "is", "true"))
    assert asked.computed is None


def test_a_grid_asks_with_all_its_symbols_in_the_order_of_the_spec() -> None:
    (asked,) = asked_of('over = "some"\nasserts = "h <= d"\nassuming = "embedding > 20"')
    assert isinstance(asked.question.domain, OnGrid)
    assert list(asked.question.minimums.items()) == [("n", 1), ("d", 1), ("h", 1), ("z", 0)]
    assert condition(asked) == "h <= d"
    assert asked.question.assuming == (parse("d * 10 > 20"),)


def test_a_qualitative_claim_asks_nothing() -> None:
    assert asked_of('qualitative = "a matter of taste"') == ()


def test_a_correction_is_asked_in_place_of_the_claim() -> None:
    spec = spec_of(
        '[[claim]]\nid = "c"\nat = "small"\nprinted = "31"\nequals = "embedding"\n'
        '[claim.erratum]\nreason = "a misprint"\nprinted = "31"\ncorrect = "30"\n'
    )
    (erratum,) = spec.claims[0].errata
    (asked,) = claim_questions(spec, spec.claims[0], erratum.correct)
    assert condition(asked) == "d * 10 == 30"
    assert (erratum.pin, erratum.correct_text) == ("31", "30")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('kind = "additive"\nof = "total"\nparts = ["embedding", "matrix", "head"]',
         "d * 10 + d * d * n + 10 * d + 0 == d * 10 + d * d * n + 10 * d"),
        ('kind = "linear"\nof = "matrix"\nin = "n"', "d * d * (k * n) == k * (d * d * n)"),
        ('kind = "linear"\nof = "n * d"\nin = ["n", "d"]', "(k * n) * d == k * (n * d) and n * (k * d) == k * (n * d)"),
        ('kind = "affine"\nof = "n"\nin = "n"', "n + (n + 2 * k) == 2 * (n + k)"),
        ('kind = "monotone"\nof = "matrix"\nin = "d"', "d * d * n <= (d + k) * (d + k) * n"),
        ('kind = "homogeneous"\nof = "matrix"\nin = ["d", "n"]\ndegree = 3',
         "(k * d) * (k * d) * (k * n) == k ** 3 * (d * d * n)"),
        ('kind = "independent"\nof = "embedding"\nin = "n"', "d * 10 == d * 10"),
        ('kind = "symmetric"\nof = "n - d"\nbetween = ["n", "d"]', "n - d == d - n"),
        ('kind = "divisible"\nof = "matrix"\nby = "d"', "d * d * n % d == 0"),
    ],
)  # fmt: skip
def test_an_invariant_asks_what_its_kind_says(text: str, expected: str) -> None:
    asked = invariant_of(text)
    assert parse(condition(asked)) == parse(expected)
    assert isinstance(asked.question.domain, Anywhere)


def test_a_factor_comes_after_the_symbols_and_only_where_it_occurs() -> None:
    assert list(invariant_of('kind = "linear"\nof = "z * d"\nin = "d"').question.minimums.items()) == [
        ("d", 1), ("z", 0), ("k", 1),
    ]  # fmt: skip
    assert list(invariant_of('kind = "independent"\nof = "d"\nin = "n"').question.minimums) == ["d"]


def test_a_factor_takes_a_name_that_the_spec_does_not_use() -> None:
    spec = read_spec(
        "x.toml",
        b'[document]\ntitle = "t"\ncite = "c"\n[symbols]\nk = ""\n[quantities]\nk2 = "k"\n'
        b'[[invariant]]\nid = "i"\nkind = "linear"\nof = "k"\nin = "k"\n',
    )
    asked = invariant_question(spec, spec.invariants[0])
    assert condition(asked) == "k3 * k == k3 * k"
    assert list(asked.question.minimums) == ["k", "k3"]


def test_an_equality_is_put_in_before_an_invariant_varies_what_it_names() -> None:
    """2 * n * d is of degree 1 in d; with n == 4 * d it is 8 * d ** 2, of degree 2."""
    text = 'kind = "homogeneous"\nof = "2 * n * d"\nin = ["d"]\ndegree = 2\nassuming = "n == 4 * d"'
    asked = invariant_of(text)
    assert parse(condition(asked)) == parse("2 * (4 * (k * d)) * (k * d) == k ** 2 * (2 * (4 * d) * d)")
    assert asked.question.assuming == (parse("n == 4 * d"),)


def test_other_assumptions_are_met_at_every_point_that_is_compared() -> None:
    asked = invariant_of('kind = "affine"\nof = "d // 2"\nin = "d"\nassuming = ["d % 2 == 0", "n > 1"]')
    texts = [to_text(tree) for tree in asked.question.assuming]
    assert texts == ["d % 2 == 0", "n > 1", "(d + 2 * k) % 2 == 0", "(d + k) % 2 == 0"]


FUNCTIONS: Mapping[str, str] = {
    "n": "affine linear monotone",
    "n + 1": "affine monotone",
    "n * n": "monotone",
    "7": "affine monotone independent",
    "-n": "affine linear",
    "n % 3": "",
    "n // 2": "monotone",
    "min(n, 4)": "monotone",
}


@pytest.mark.parametrize("kind", ["linear", "affine", "monotone", "independent"])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_question_of_an_invariant_is_true_of_those_functions_that_have_it(kind: str, function: str) -> None:
    asked = invariant_of(f'kind = "{kind}"\nof = "{function}"\nin = "n"')
    values = product(range(1, 8), repeat=2)
    found = all(evaluate(asked.question.condition, {"n": n, "k": k}) for n, k in values)
    assert found == (kind in FUNCTIONS[function].split())


@given(st.integers(-(10**12), 10**12), st.integers(0, 12))
def test_plain_digits_say_exactly_the_value(numerator: int, places: int) -> None:
    value = Fraction(numerator, 10**places)
    assert Fraction(plain(value)) == value
    assert set(plain(value)) <= set("-.0123456789")


def test_a_value_without_decimals_that_end_is_a_quotient() -> None:
    assert plain(Fraction(1, 3)) == "1/3"
