"""The nearest true statement is proved: it is what the claim should have said, for all values."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpt2_small import spec_with, why
from weighbridge.explain.repair import drops, everywhere, literals, nearest_true
from weighbridge.formula.exact import number_of
from weighbridge.formula.parser import parse
from weighbridge.formula.printer import to_text
from weighbridge.spec.ask import claim_questions
from weighbridge.spec.expand import expand


def formula(text: str, equals: str, more: str = 'over = "everywhere"') -> str:
    """Return the nearest true statement of a formula, the last line that is told."""
    return why(f'formula = "{text}"\nequals = "{equals}"\n{more}')[-1]


def test_one_symbol_in_place_of_another() -> None:
    assert formula("n_heads * d_head * d_ff * n_layers", "key") == (
        "d_model in place of d_ff makes it true: n_heads * d_head * d_model * n_layers"
    )
    assert formula("n_heads * d_head * d_ff * n_layers", "key", 'over = "wide"') == (
        "d_model in place of d_ff makes it true: n_heads * d_head * d_model * n_layers"
    )


def test_one_tensor_in_place_of_another() -> None:
    assert formula("key + query + value + up", "attention") == (
        "key in place of up makes it true: key + query + value + key"
    )


def test_another_literal() -> None:
    """With a feedforward layer of 4 widths, and heads as wide as the model together, a layer has 12 squares."""
    assumed = 'over = "everywhere"\nassuming = ["d_ff == 4 * d_model", "d_model == n_heads * d_head"]'
    assert formula("8 * n_layers * d_model ** 2", "attention + feedforward", assumed) == (
        "12 in place of 8 makes it true: 12 * n_layers * d_model ** 2"
    )
    assert formula("12 * n_layers * d_model ** 3", "attention + feedforward", assumed) == (
        "2 in place of 3 makes it true: 12 * n_layers * d_model ** 2"
    )


def test_a_factor_too_many() -> None:
    assert formula("n_ctx * d_model * n_layers", "position_embedding") == (
        "it is true without the factor n_layers: n_ctx * d_model"
    )


def test_a_term_too_many() -> None:
    assert formula("attention + up + down - d_model", "attention + feedforward") == (
        "it is true without the term d_model: attention + up + down"
    )


def test_a_factor_that_is_missing() -> None:
    assert formula("n_heads * d_head * d_model", "key") == (
        "one more factor, n_layers, makes it true: n_heads * d_head * d_model * n_layers"
    )
    assert formula("d_ff * d_model * n_layers", "feedforward") == (
        "one more factor, 2, makes it true: 2 * d_ff * d_model * n_layers"
    )


def test_a_tensor_that_is_missing_or_too_much() -> None:
    assert formula("token_embedding + attention + feedforward + bias_vectors + layer_norms", "total") == (
        "the formula lacks n_ctx * d_model: position_embedding"
    )
    everything = "token_embedding + attention + feedforward + bias_vectors + layer_norms + position_embedding"
    assert formula(f"{everything} + d_model", "total") == f"it is true without the term d_model: {everything}"
    # Not with the unembedding, which counts nothing here, in place of the embedding.
    twice = "layer_norms + token_embedding + n_vocab * d_model"
    assert formula(twice, "layer_norms + token_embedding") == (
        "it is true without the term token_embedding: layer_norms + n_vocab * d_model"
    )
    assert formula(
        "12 * attention + 2 * n_ctx * d_model + up + down", "12 * attention + n_ctx * d_model + feedforward"
    ) == ("1 in place of 2 makes it true: 12 * attention + 1 * n_ctx * d_model + up + down")


def test_at_one_model_what_is_told_is_true_of_all() -> None:
    """There are 12 layers and 12 heads, so that n_heads in place of n_layers would do at the model."""
    assert why('formula = "n_heads * d_head * d_ff * n_layers"\nequals = "key"') == (
        "d_model in place of d_ff makes it true: n_heads * d_head * d_model * n_layers",
    )


def test_an_ordering_that_holds_with_equality_says_so() -> None:
    assert why('asserts = "n_layers * d_model > d_model"\nover = "everywhere"')[-1] == (
        "it is true with >= in place of >: n_layers * d_model >= d_model"
    )
    assert why('asserts = "n_layers < n_heads and d_model > 1"') == (
        "it is true with <= in place of <: n_layers <= n_heads and d_model > 1",
    )


def test_an_asserted_equality_is_repaired_on_either_side() -> None:
    text = 'asserts = "{} == {}"\nover = "everywhere"'
    wrong, right = "2 * d_ff * d_model * n_heads", "up + down"
    told = "n_layers in place of n_heads makes it true: 2 * d_ff * d_model * n_layers"
    assert why(text.format(wrong, right))[-1] == told
    assert why(text.format(right, wrong))[-1] == told


def test_a_formula_may_turn_into_what_it_should_be_word_by_word() -> None:
    assert formula("2 * n_ctx * d_model", "4 * n_ctx * d_model") == (
        "4 in place of 2 makes it true: 4 * n_ctx * d_model"
    )


def test_nothing_that_goes_without_saying_is_offered() -> None:
    assert why('asserts = "n_heads == n_layers"\nover = "everywhere"') == ()
    assert not any("makes it true" in line for line in why('asserts = "d_ff == d_model"\nover = "everywhere"'))


def test_a_convention_in_a_formula_is_no_factor() -> None:
    """A convention stands where a condition does: times a number it is nothing that can be asked."""
    assert why('formula = "d_ff if tied and n_layers < n_heads else d_model"\nequals = "n_vocab ** 2"') == ()


def test_a_formula_that_no_change_repairs_is_left_alone() -> None:
    lines = why('formula = "7 * d_ff * n_ctx + n_layers ** 3 * d_head"\nequals = "total"\nover = "everywhere"')
    assert lines == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('kind = "linear"\nof = "total"\nin = "n_layers"', ("not linear, but affine in n_layers",)),
        (
            'kind = "linear"\nof = "d_model * d_model"\nin = "d_model"',
            ("not linear, but homogeneous of degree 2 in d_model",),
        ),
        (
            'kind = "homogeneous"\nof = "attention"\nin = ["n_heads", "d_head", "d_model", "n_layers"]\ndegree = 3',
            ("homogeneous of degree 4, not 3, in n_heads, d_head, d_model, n_layers",),
        ),
        (
            'kind = "independent"\nof = "attention"\nin = ["n_ctx", "n_vocab", "n_layers"]',
            ("independent of n_ctx and n_vocab, but not of n_layers",),
        ),
        (
            'kind = "affine"\nof = "attention * n_layers + n_ctx"\nin = ["n_layers", "n_ctx"]',
            ("affine in n_ctx, but not in n_layers",),
        ),
        (
            'kind = "additive"\nof = "attention + layer_norms"\nparts = ["attention"]',
            ("the parts lack 4 * n_layers * d_model + 2 * d_model: layer_norms",),
        ),
        (
            'kind = "additive"\nof = "attention"\nparts = ["attention", "n_ctx * n_heads"]',
            ("the parts have too much: n_ctx * n_heads",),
        ),
        ('kind = "divisible"\nof = "feedforward"\nby = "3 * d_model"', ("divisible by 2 * n_layers * d_model * d_ff",)),
        ('kind = "symmetric"\nof = "attention"\nbetween = ["n_heads", "n_ctx"]', ()),
        ('kind = "monotone"\nof = "n_ctx - n_heads"\nin = "n_heads"', ()),
    ],
)
def test_what_is_true_in_place_of_an_invariant(text: str, expected: tuple[str, ...]) -> None:
    assert why(text) == expected


FACTORS = ("n_layers", "d_model", "d_ff", "n_ctx")


@given(
    right=st.lists(st.sampled_from(FACTORS), min_size=1, max_size=4),
    wrong=st.lists(st.sampled_from((*FACTORS, "2", "3")), min_size=2, max_size=4),
    values=st.fixed_dictionaries(dict.fromkeys(FACTORS, st.integers(1, 10**6))),
)
@settings(max_examples=60)
def test_whatever_is_told_is_equal_to_what_it_should_be(
    right: list[str], wrong: list[str], values: dict[str, int]
) -> None:
    """The change is undone here by evaluating the told formula at a random point."""
    text = (
        f'[[claim]]\nid = "x"\nformula = "{" * ".join(wrong)}"\nequals = "1 * {" * ".join(right)}"\nover = "everywhere"'
    )
    spec = spec_with(text)
    (claim,) = spec.claims
    (asked,) = claim_questions(spec, claim)
    told = nearest_true(spec, claim, asked)
    near = abs(len(right) - len(wrong)) <= 1 and len(set(wrong) ^ set(right)) == 0 and sorted(right) == sorted(wrong)
    if told and not near:
        repaired = expand(parse(told.partition(": ")[2]), spec, asked.conventions)
        expected = expand(parse(" * ".join(right)), spec, asked.conventions)
        assert number_of(repaired, values) == number_of(expected, values)


def test_every_node_is_changed_once() -> None:
    tree = parse("2 * a + b * c * 4")
    assert [to_text(each) for _, each in everywhere(tree, drops)] == [
        "b * c * 4",
        "2 * a",
        "a + b * c * 4",
        "2 + b * c * 4",
        "2 * a + c * 4",
        "2 * a + b * 4",
        "2 * a + b * c",
    ]
    changed = [to_text(each) for _, each in everywhere(parse("a * 4"), literals)]
    assert changed[:3] == ["a * 3", "a * 5", "a * 8"]
    assert "a * 2" in changed
    assert "a * 4" not in changed
