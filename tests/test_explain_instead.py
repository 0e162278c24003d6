"""A figure that is right for something else is told as that: each mistake here was made by hand, in GPT-2 small.

In each of its 12 layers there are 12 x 768 x 768 weights, 9 x 768 biases and 4 x 768 norms: 7,087,872.
"""

from __future__ import annotations

from gpt2_small import DECLARED, why

TOTAL = 124_439_808

#: The size that has 354,823,168 parameters, as published.
MEDIUM = """
[models.medium]
like = "small"
n_layers = 24
d_model = 1_024
n_heads = 16
d_ff = 4_096
"""


def printed(figure: int, equals: str = "total", more: str = "") -> tuple[str, ...]:
    """Return what is said of a figure that is not what GPT-2 small gives."""
    quoted = equals if equals.startswith("[") else f'"{equals}"'
    return why(f'printed = "{figure:,}"\nequals = {quoted}\n{more}')


def test_the_figure_of_another_model() -> None:
    assert printed(354_823_168, more=MEDIUM) == ("true of the model medium, false of small",)
    other = MEDIUM + "conventions = { tied = false }\n"
    assert printed(354_823_168, more=other) == (), "a model that is counted otherwise has another figure"


def test_one_layer_off() -> None:
    assert printed(TOTAL - 7_087_872) == ("true with n_layers = 11 in place of 12",)
    assert printed(TOTAL + 7_087_872) == ("true with n_layers = 13 in place of 12",)


def test_a_vocabulary_that_is_padded() -> None:
    """50,304 is 47 more, and 393 x 128."""
    assert printed(TOTAL + 47 * 768) == ("true with n_vocab = 50,304 in place of 50,257, padded to a multiple of 128",)


def test_a_width_that_is_taken_for_another() -> None:
    """Of 12 x 3,072 x 768 a twelfth, with 64 in place of 768: 25,952,256 less."""
    assert printed(TOTAL - 25_952_256) == ("true with d_head in place of d_model in up or down",)


def test_two_matrices_in_place_of_three() -> None:
    """3 x 3,072 x 768 are 7,077,888, and 2 are 4,718,592."""
    fused = '[tensors.fused]\nshape = ["3", "d_ff", "d_model"]'
    assert printed(4_718_592, "fused", fused) == ("true with 2 in place of 3 in fused",)


def test_a_tensor_that_is_counted_twice_is_mistaken_only_where_the_claim_becomes_true() -> None:
    """Twice the matrix less 25,952,256 is no claim that one symbol would make true."""
    assert not any("in place of" in line for line in printed(2 * 28_311_552 - 25_952_256, "2 * up"))


def test_the_value_of_another_name() -> None:
    assert printed(64, "d_model") == ("printed is what d_head is",)
    assert printed(786_432, "token_embedding") == ("printed is what position_embedding is",)


def test_the_document_s_own_arithmetic_is_left_as_it_is() -> None:
    """A figure that is worked out in numbers says nothing of another model; what is worked out in symbols does."""
    both = f'["total", "{TOTAL - 1} + 1"]'
    assert printed(TOTAL - 7_087_872, both) == ("true with n_layers = 11 in place of 12",)
    assert printed(TOTAL - 7_087_872, f"{TOTAL - 1} + 1") == ()


def test_an_assumption_must_hold_as_well() -> None:
    assert printed(TOTAL - 7_087_872, more='assuming = "n_layers == n_heads"') == ()


def test_an_assumption_must_hold_of_another_model_as_well() -> None:
    assert printed(354_823_168, more=f'assuming = "n_layers == 12"{MEDIUM}') == ()


def test_a_layer_is_not_padded() -> None:
    """16 is a multiple of 8, and a third more than 12: 4 x 7,087,872 more is something else."""
    assert not any("n_layers" in line for line in printed(TOTAL + 4 * 7_087_872))


def test_names_that_begin_alike_are_mistaken_for_each_other_first() -> None:
    """With 256 positions they are a twelfth of d_ff, as d_head is of d_model; 768 x 768 less in all."""
    short = '[models.short]\nlike = "small"\nn_ctx = 256'
    assert printed(TOTAL - 768 * 768 - 25_952_256, more=f'at = "short"\n{short}') == (
        "true with d_head in place of d_model in up or down (one of 2 such changes)",
    )


def test_a_convention_that_makes_a_digit_different_is_no_slip_of_the_pen() -> None:
    declared = DECLARED.replace("tied = true\n", "tied = true\nlabelled = false\n", 1)
    labels = '[tensors.labels]\nshape = ["100"]\nwhen = "labelled"'
    assert why(f'printed = "{TOTAL + 100}"\nequals = "total"\n{labels}', declared) == (
        "off by 100 = 100: labels, not counted here",
        "true with labelled; false as declared",
    )


def test_a_convention_that_settles_it_comes_alone() -> None:
    """What is true untied needs no other model, and no slip."""
    assert printed(TOTAL + 38_597_376) == (
        "off by 38,597,376 = n_vocab * d_model: unembedding, not counted here",
        "true with not tied; false as declared",
    )
