"""What a printed figure misses a value by is named, and the name's value is the difference.

Numbers are worked out by hand in `gpt2_small`; GPT-3's are 96 layers, 96 heads of 128, width 12,288.
"""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpt2_small import refutation, why
from weighbridge.explain.pieces import Piece
from weighbridge.explain.residual import Inventory, alternatives, attribution, inventory, ratio, within
from weighbridge.formula.exact import number_of
from weighbridge.formula.figures import read_figure
from weighbridge.formula.parser import parse
from weighbridge.verdict import Residual

TOTAL = 124_439_808


def printed(figure: int | str, equals: str = "total", more: str = "") -> tuple[str, ...]:
    """Return what is said of a figure that is not what GPT-2 small gives."""
    text = f"{figure:,}" if isinstance(figure, int) else figure
    return why(f'printed = "{text}"\nequals = "{equals}"\n{more}')


def test_a_matrix_that_the_convention_switches_off_is_named() -> None:
    assert printed(163_037_184)[0] == "off by 38,597,376 = n_vocab * d_model: unembedding, not counted here"


def test_a_tensor_that_the_document_leaves_out_is_named() -> None:
    assert printed(TOTAL - 786_432)[0] == "off by 786,432 = n_ctx * d_model: position_embedding"


def test_a_quantity_that_is_counted_twice_is_named_with_its_formula() -> None:
    """Each LayerNorm of weight and bias counted as two of them: 38,400 more."""
    assert printed(TOTAL + 38_400) == ("off by 38,400 = 4 * n_layers * d_model + 2 * d_model: layer_norms",)


def test_two_quantities_are_added() -> None:
    assert printed(TOTAL - 38_400 - 82_944)[0] == "off by 121,344 = layer_norms + bias_vectors"


def test_what_is_left_out_and_what_is_added_are_told_apart() -> None:
    """Tied, and with positions, is 38,597,376 - 786,432 less than untied and without."""
    assert printed(TOTAL + 38_597_376 - 786_432)[0] == (
        "off by 37,810,944 = unembedding - position_embedding, unembedding not counted here"
    )


def test_three_that_are_all_switched_off_are_added() -> None:
    off = "conventions = { positions = false, norms = false, biases = false }"
    assert printed(TOTAL, more=off)[0] == (
        "off by 907,776 = position_embedding + layer_norms + bias_vectors, none of them counted here"
    )


def test_matrices_of_one_size_are_all_named() -> None:
    assert printed(TOTAL - 7_077_888)[0] == (
        "off by 7,077,888 = n_heads * d_head * d_model * n_layers: key, query, value or output"
    )


def test_a_product_of_symbols_is_found_where_no_tensor_fits() -> None:
    """5 x 12 x 64: no tensor of the spec, but a number that its symbols give."""
    assert printed("12", "n_layers + 5 * d_head") == ("off by 320 = 5 * d_head",)


def test_a_difference_that_nothing_simple_is_equal_to_is_left_alone() -> None:
    assert printed(TOTAL + 1) == ()


def test_a_figure_for_all_layers_in_place_of_one_is_the_number_of_layers_too_large() -> None:
    """12 is the number of layers and of heads: arithmetic can not tell which is meant."""
    verdict = refutation('[[claim]]\nid = "wrong"\nprinted = "7,077,888"\nequals = "key / n_layers"')
    assert verdict.explanations == (
        "printed is 12 times what is computed: n_layers or n_heads",
        "off by 6,488,064 = 11 * key / n_layers",
    )
    assert verdict.witness == Residual(589_824, Fraction(-6_488_064), "11 * key / n_layers")


def test_a_slip_of_the_scale_is_seen() -> None:
    assert printed("124B") == ("printed is 1,000 times what is computed, to its precision",)
    assert printed("124K") == ("computed is 1,000 times what is printed, to its precision",)


def test_twice_as_much_is_said_and_not_said_again() -> None:
    assert printed(2 * TOTAL) == ("printed is 2 times what is computed",)
    assert printed(TOTAL // 2) == ("computed is 2 times what is printed",)


def test_a_rounded_figure_is_explained_by_what_brings_it_into_its_interval() -> None:
    assert printed("163M") == (
        "would be printed so with unembedding (38,597,376)",
        "true with not tied; false as declared",
    )
    assert printed("117M") == ("would be printed so without key, query, value or output (7,077,888 each)",)


def test_a_figure_that_is_cut_off_or_rounded_up_is_told_as_that() -> None:
    """Of 124,439,808: to ten thousands 124.43 are whole, and to hundred thousands the next is 124.5."""
    assert printed("124.43M") == (
        'would be printed so if it were rounded down, which rounding = "down" says, with a `because`',
        "would be printed so without output_bias or down_bias (9,216 each)",
    )
    assert printed("124.5M") == (
        'would be printed so if it were rounded up, which rounding = "up" says, with a `because`',
    )
    for more in ('rounding = "up"', 'precision = "1K"', 'about = "0.001%"'):  # the claim says already how it is rounded
        told = printed("124.43M", more=f'{more}\nbecause = "it says so"')
        assert not any("rounded" in line for line in told), told


def test_what_counts_no_weights_is_no_part_of_a_number_of_weights() -> None:
    """1,024,000 less is 123,415,808, but those are positions."""
    seen = '[quantities.seen]\nequals = "1_000 * n_ctx"'
    assert printed("123.4M", more=seen) == ()
    assert printed("2.05M", equals="3 * seen", more=seen) == ("would be printed so without seen (1,024,000)",)


def test_an_equality_at_one_model_is_explained_as_a_figure_is() -> None:
    for text in ("total == 163_037_184", "163_037_184 == total"):
        assert why(f'asserts = "{text}"')[0] == ("off by 38,597,376 = n_vocab * d_model: unembedding, not counted here")
    assert why('asserts = "feedforward + layer_norms == feedforward + bias_vectors"')[0] == (
        "off by 44,544 = bias_vectors - layer_norms"
    )


def test_what_a_formula_at_one_model_lacks_is_named() -> None:
    """The document's formula is the smaller side: what it lacks is counted here."""
    formula = "768 * 50_257 + 12 * 12 * 768 ** 2 + position_embedding + layer_norms"
    assert why(f'formula = "{formula}"\nequals = "total"')[0] == (
        "off by 82,944 = 3 * n_layers * n_heads * d_head + 2 * n_layers * d_model + n_layers * d_ff: bias_vectors"
    )


def test_the_names_of_many_are_cut_short() -> None:
    assert alternatives(["a"]) == "a"
    assert alternatives(["a", "b"]) == "a or b"
    assert alternatives(["a", "b", "c", "d"]) == "a, b, c or d"
    assert alternatives(["a", "b", "c", "d", "e"]) == "a, b, c or 2 others"


def pieces_of(*texts: str) -> tuple[Piece, ...]:
    """Return tensors t0, t1, ... with these formulas, the odd ones not counted."""
    return tuple(Piece(f"t{place}", parse(text), counted=place % 2 == 0) for place, text in enumerate(texts))


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (1_000, "a: t0"),
        (2_000, "2 * a: t0"),
        (1_017, "t0 + t1, t1 not counted here"),
        (983, "t0 - t1, t1 not counted here"),
        (34, "2 * b: t1, not counted here"),
        (7_017, "t1 + t2, t1 not counted here"),
        (8_017, "t0 + t1 + t2, t1 not counted here"),
        (3_000, "3 * a"),
        (3_017, ""),
    ],
)
def test_the_simplest_of_several_sums_is_told(size: int, expected: str) -> None:
    values = {"a": 1_000, "b": 17, "c": 1, "d": 7_000}
    assert attribution(size, inventory(pieces_of("a", "b", "d"), values, more_is_printed=None)) == expected


def test_equally_simple_sums_are_counted() -> None:
    """40 = 10 + 30 = 15 + 25: one of them is told, and that there is another."""
    values = {"a": 10, "b": 30, "c": 15, "d": 25}
    text = attribution(40, inventory(pieces_of("a", "b", "c", "d"), values, more_is_printed=None))
    assert text == "t0 + t1, t1 not counted here (one of 2 such sums)"


amounts = st.lists(st.integers(2, 10**12), min_size=1, max_size=6, unique=True)


@given(sizes=amounts, size=st.integers(1, 10**13), data=st.data())
def test_whatever_is_told_has_the_value_of_the_difference(sizes: list[int], size: int, data: st.DataObject) -> None:
    names = [f"s{place}" for place in range(len(sizes))]
    values = dict(zip(names, sizes, strict=True))
    chosen = data.draw(st.lists(st.sampled_from(sizes), min_size=1, max_size=3))
    target = data.draw(st.sampled_from((size, sum(chosen), abs(chosen[0] - sum(chosen[1:])) or size, 3 * chosen[0])))
    known = inventory(pieces_of(*names), values, more_is_printed=None)
    text = attribution(target, known)
    if target in (sum(chosen), 3 * chosen[0]):
        assert text, "a sum of amounts is always found"
    told = re.sub(r"[:,(].*", "", text).split(" or ")[0]
    if told:
        given_values = values | {f"t{place}": amount for place, amount in enumerate(sizes)}
        assert number_of(parse(told), given_values) == target


def test_a_ratio_is_told_by_the_symbol_or_the_two_that_it_is() -> None:
    values = {"n_layers": 96, "n_heads": 64, "d_head": 128}
    assert ratio(read_figure("960"), 10, values) == "printed is 96 times what is computed: n_layers"
    assert ratio(read_figure("10"), 81_920, values) == "computed is 8,192 times what is printed: n_heads * d_head"
    assert ratio(read_figure("10"), Fraction(1, 7), values) == ""
    assert ratio(read_figure("0"), 7, values) == ""
    assert ratio(read_figure("7"), 0, values) == ""


def test_a_rounded_figure_that_nothing_brings_into_its_interval_is_left_alone() -> None:
    assert within(read_figure("5M"), 1, pieces_of("a"), {"a": 3}) == ""
    assert within(read_figure("5"), 1, pieces_of("a"), {"a": 4}) == ""


def test_products_of_symbols_that_are_equal_are_all_told() -> None:
    assert attribution(1_536, Inventory((), {"n_layers": 12, "d_model": 768, "n_heads": 12})) == "2 * d_model"
    assert attribution(144, Inventory((), {"n_layers": 12, "n_heads": 12})) == "12 * n_layers or 12 * n_heads"
