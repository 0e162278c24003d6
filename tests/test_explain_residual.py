"""What a printed figure misses a value by is named where that is no chance, and the name's value is the difference.

Numbers are worked out by hand in `gpt2_small`; GPT-3's are 96 layers, 96 heads of 128, width 12,288.
"""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpt2_small import refutation, why
from weighbridge.explain.chance import Odds
from weighbridge.explain.pieces import Piece
from weighbridge.explain.ratio import ratio
from weighbridge.explain.residual import Inventory, alternatives, attribution, inventory, within
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
    """8 x 3,072 x 3,072: no tensor of the spec, but a number that its symbols give."""
    assert printed(TOTAL + 75_497_472) == ("off by 75,497,472 = 8 * d_ff * d_ff",)


def test_a_small_product_of_symbols_is_no_explanation() -> None:
    """5 x 12 x 12 is 720: of the numbers from 360 to 1,440 the symbols give more than one in a hundred."""
    assert printed(TOTAL + 720) == ()


def test_a_difference_that_nothing_simple_is_equal_to_is_left_alone() -> None:
    assert printed(TOTAL + 12_345) == ()


def test_the_whole_of_what_is_computed_is_no_part_of_it() -> None:
    """Without all of it there is nothing: 4 x 124.4 million are 497.8, and 373.3 without as much once."""
    assert printed(0) == ()
    assert printed("373M", "4 * total") == ()
    assert printed(2 * TOTAL, "3 * total") == ()
    assert printed(0, "seen", '[quantities.seen]\nequals = "1_000 * n_ctx"') == ()


def test_what_a_claim_does_not_count_can_not_be_missing_in_it() -> None:
    """Norms are no part of keys: they may have been counted besides, but not left out."""
    assert printed(7_077_888 - 38_400, "key") == ()
    assert printed(7_077_888 + 38_400, "key") == (
        "off by 38,400 = 4 * n_layers * d_model + 2 * d_model: layer_norms, not counted here",
    )


def test_a_figure_for_all_layers_in_place_of_one_is_the_number_of_layers_too_large() -> None:
    """12 is the number of layers and of heads: arithmetic can not tell which is meant."""
    verdict = refutation('[[claim]]\nid = "wrong"\nprinted = "7,077,888"\nequals = "key / n_layers"')
    assert verdict.explanations == (
        "printed is 12 times what is computed: n_layers or n_heads",
        "printed is what key, query, value or output is",
    )
    assert verdict.witness == Residual(589_824, Fraction(-6_488_064))


def test_all_layers_but_one_are_a_share_of_a_tensor() -> None:
    """Of 12 layers' keys, in a count without a model: 11 x 589,824."""
    assert attribution(
        Odds(6_488_064), inventory(pieces_of("a * b"), {"a": 589_824, "b": 12}, more_is_printed=None)
    ) == ("11 * t0 / b")


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


def test_a_rounded_figure_with_room_for_many_values_is_left_alone() -> None:
    """117M may be any of a million numbers: that 7,077,888 less is among them is one chance in eleven."""
    assert printed("117M") == ()


def test_a_figure_that_is_cut_off_or_rounded_up_is_told_as_that() -> None:
    """Of 124,439,808: to ten thousands 124.43 are whole, and to hundred thousands the next is 124.5."""
    assert printed("124.43M") == (
        'would be printed so if it were rounded down, which rounding = "down" says, with a `because`',
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
    assert printed("123.416M", more=seen) == ()
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
        (1_009_000, "a: t0"),
        (2_018_000, "2 * a: t0"),
        (1_026_011, "t0 + t1, t1 not counted here"),
        (991_989, "t0 - t1, t1 not counted here"),
        (34_022, "2 * b: t1, not counted here"),
        (7_017_018, "t1 + t2, t1 not counted here"),
        (8_026_018, "t0 + t1 + t2, t1 not counted here"),
        (3_027_000, "3 * a"),
        (3_027_001, ""),
    ],
)
def test_the_simplest_of_several_sums_is_told(size: int, expected: str) -> None:
    values = {"a": 1_009_000, "b": 17_011, "c": 1, "d": 7_000_007}
    assert attribution(Odds(size), inventory(pieces_of("a", "b", "d"), values, more_is_printed=None)) == expected


def test_equally_simple_sums_are_counted() -> None:
    """40,004 = 10,001 + 30,003 = 15,007 + 24,997: one of them is told, and that there is another."""
    values = {"a": 10_001, "b": 30_003, "c": 15_007, "d": 24_997}
    text = attribution(Odds(40_004), inventory(pieces_of("a", "b", "c", "d"), values, more_is_printed=None))
    assert text == "t0 + t1, t1 not counted here (one of 2 such sums)"


def test_what_is_printed_more_adds_what_is_not_counted_and_lacks_what_is() -> None:
    """t0 is counted and t1 is not: more by t1 - t0, never by t0 - t1 nor by t0 + t1; less the other way round."""
    values = {"a": 70_001, "b": 170_003}
    for more, expected in ((True, "t1 - t0, t1 not counted here"), (False, "")):
        known = inventory(pieces_of("a", "b"), values, more_is_printed=more)
        assert attribution(Odds(100_002), known) == expected
        assert attribution(Odds(240_004), known) == ""


amounts = st.lists(st.integers(2, 10**12), min_size=1, max_size=6, unique=True)


@given(sizes=amounts, size=st.integers(1, 10**13), data=st.data())
def test_whatever_is_told_has_the_value_of_the_difference(sizes: list[int], size: int, data: st.DataObject) -> None:
    names = [f"s{place}" for place in range(len(sizes))]
    values = dict(zip(names, sizes, strict=True))
    chosen = data.draw(st.lists(st.sampled_from(sizes), min_size=1, max_size=3, unique=True))
    target = data.draw(st.sampled_from((size, sum(chosen), abs(chosen[0] - sum(chosen[1:])) or size, 3 * chosen[0])))
    known = inventory(pieces_of(*names), values, more_is_printed=None)
    text = attribution(Odds(target), known)
    if target == sum(chosen) and min(chosen) > 10**6 and max(chosen) % 10:
        assert text, "a sum of amounts is found where there are many more numbers than sums"
    told = re.sub(r"[:,(].*", "", text).split(" or ")[0]
    if told:
        given_values = values | {f"t{place}": amount for place, amount in enumerate(sizes)}
        assert number_of(parse(told), given_values) == target


def test_a_ratio_is_told_by_the_symbol_or_the_two_that_it_is() -> None:
    values = {"n_layers": 96, "n_heads": 64, "d_head": 128}
    assert ratio(read_figure("960"), 10, values) == "printed is 96 times what is computed: n_layers"
    assert ratio(read_figure("1009"), 8_265_728, values) == "computed is 8,192 times what is printed: n_heads * d_head"
    assert ratio(read_figure("10"), 81_920, values) == "", "from 5 to 20 there are too few numbers to wonder at 10"
    assert ratio(read_figure("10"), Fraction(1, 7), values) == ""
    assert ratio(read_figure("0"), 7, values) == ""
    assert ratio(read_figure("7"), 0, values) == ""


def test_a_rounded_figure_that_nothing_brings_into_its_interval_is_left_alone() -> None:
    assert within(read_figure("5M"), 1, pieces_of("a"), {"a": 3}) == ""
    assert within(read_figure("5"), 1, pieces_of("a"), {"a": 4}) == ""


def test_products_of_symbols_that_are_equal_are_all_told() -> None:
    assert attribution(Odds(1_536), Inventory((), {"n_layers": 12, "d_model": 768, "n_heads": 12})) == "2 * d_model"
    twins = {"n_layers": 1_237, "n_heads": 1_237}
    assert attribution(Odds(14_844), Inventory((), twins)) == "12 * n_layers or 12 * n_heads"
