"""What the GPT-3 document gets wrong, and what somebody who changes its spec would, is explained.

By hand: positions 2,048 x 12,288 = 25,165,824; biases 96 x (3 x 96 x 128 + 6 x 12,288) = 10,616,832; LayerNorms
(4 x 96 + 2) x 12,288 = 4,743,168; one token matrix of 617,558,016 less: 174,604,259,328 in place of 175,181,291,520.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from weighbridge.judge import Options, judge
from weighbridge.spec.read import read_spec
from weighbridge.verdict import Refuted

SPEC = (Path(__file__).parents[1] / "spec" / "gpt3-weights.toml").read_text(encoding="utf-8")
AS_DECLARED, COMPLETE = "175,181,291,520", "174,604,259,328"


def why(*, wanted: str, more: str = "") -> tuple[str, ...]:
    """Return what is said of one claim of the document's spec, or of another one that is added to it."""
    spec = read_spec("spec/gpt3-weights.toml", f"{SPEC}{more}".encode())
    options = Options(engine="algebra")
    (result,) = judge(spec, {}, options, wanted=lambda name: name == f"gpt3-weights/{wanted}")
    assert isinstance(result.verdict, Refuted)
    return result.verdict.explanations


def test_the_value_formula_has_a_wrong_symbol() -> None:
    """Eight widths of queries against eight of values: 8 of 64 pairs are equal."""
    assert why(wanted="value.formula") == (
        "fails exactly where d_query != d_value: at 7/8 of the points",
        "d_value in place of d_query makes it true: d_value * d_embed * n_heads * n_layers",
    )


def test_the_figure_for_one_layer_is_that_for_all() -> None:
    """GPT-3 has 96 layers and 96 heads: which of them is meant, arithmetic can not tell."""
    assert why(wanted="attention.repeated") == (
        "printed is 96 times what is computed: n_layers or n_heads",
        "printed is what key, query, value or output is",
    )


def test_the_largest_components_tie() -> None:
    assert why(wanted="largest.components") == (
        "it is true with >= in place of >: min(up, down) >= max(embedding, attention, unembedding)",
    )


@pytest.mark.parametrize(
    ("printed", "model", "expected"),
    [
        (COMPLETE, "gpt3", "true with positions and biases and norms and tied; false as declared"),
        (
            AS_DECLARED,
            "gpt3-complete",
            "true with not positions and not biases and not norms and not tied; false as declared",
        ),
    ],
)
def test_the_two_readings_of_the_total_are_told_apart_by_their_conventions(
    printed: str, model: str, expected: str
) -> None:
    claim = f'\n[[claim]]\nid = "other"\nprinted = "{printed}"\nequals = "total"\nat = "{model}"\n'
    assert why(wanted="other", more=claim) == (expected,)


def test_the_block_that_is_larger_depends_on_three_widths() -> None:
    claim = '\n[[claim]]\nid = "other"\nasserts = "feedforward > attention"\nover = "wide"\n'
    wider = sum(
        neurons <= heads * (query + value)
        for neurons in range(1_024, 49_153, 1_024)
        for heads in range(1, 97)
        for query in range(16, 129, 16)
        for value in range(16, 129, 16)
    )
    tenths = round(1_000 * wider / (48 * 96 * 8 * 8))
    share = f"about {tenths // 10}.{tenths % 10}% of the points"
    assert why(wanted="other", more=claim) == (
        f"fails exactly where n_neurons <= n_heads * (d_query + d_value): at {share}",
    )
    assuming = f'{claim}assuming = "d_query == d_value"\n'
    (line,) = why(wanted="other", more=assuming)
    assert line.startswith("fails exactly where n_neurons <= 2 * n_heads * d_value: ")
