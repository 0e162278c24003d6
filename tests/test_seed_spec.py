"""The spec of the GPT-3 document says everything that the document says, and its numbers are right by a second count.

The second count adds up explicit matrices and vectors one by one, in plain Python; it knows no formula.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomli

ROOT = Path(__file__).parents[1]
SPEC = ROOT / "spec" / "gpt3-weights.toml"

LAYERS, HEADS, HEAD_WIDTH, WIDTH, NEURONS, TOKENS, POSITIONS = 96, 96, 128, 12_288, 49_152, 50_257, 2_048


def matrices() -> Iterator[tuple[str, int, int]]:
    """Yield every weight matrix of GPT-3: name, rows, columns."""
    yield "embedding", WIDTH, TOKENS
    for _layer in range(LAYERS):
        for _head in range(HEADS):
            yield "key", HEAD_WIDTH, WIDTH
            yield "query", HEAD_WIDTH, WIDTH
            yield "value", HEAD_WIDTH, WIDTH
            yield "output", WIDTH, HEAD_WIDTH
        yield "up", NEURONS, WIDTH
        yield "down", WIDTH, NEURONS
    yield "unembedding", TOKENS, WIDTH


def vectors() -> Iterator[tuple[str, int]]:
    """Yield every vector that the document leaves out: name, length."""
    for _position in range(POSITIONS):
        yield "positions", WIDTH
    for _layer in range(LAYERS):
        for _head in range(HEADS):
            for _projection in ("key", "query", "value"):
                yield "biases", HEAD_WIDTH
        for length in (WIDTH, NEURONS, WIDTH):
            yield "biases", length
        for _norm in ("attention", "feedforward"):
            for _part in ("weight", "bias"):
                yield "norms", WIDTH
    for _part in ("weight", "bias"):
        yield "norms", WIDTH


@pytest.fixture(name="counted", scope="module")
def counts_by_hand() -> Counter[str]:
    counted: Counter[str] = Counter()
    for name, rows, columns in matrices():
        counted[name] += rows * columns
    for name, length in vectors():
        counted[name] += length
    return counted


@pytest.fixture(name="spec", scope="module")
def parsed_toml() -> dict[str, Any]:
    return tomli.loads(SPEC.read_text(encoding="utf-8"))


#: What the document prints, by claim; each is a sum of what is counted by hand, or a length.
PRINTED = {
    "embedding.count": ["embedding"],
    "embedding.parameters": ["embedding"],
    "unembedding.count": ["unembedding"],
    "key.count": ["key"],
    "query.count": ["query"],
    "value.count": ["value"],
    "output.count": ["output"],
    "up.count": ["up"],
    "down.count": ["down"],
    "total.opening": ["embedding", "key", "query", "value", "output", "up", "down", "unembedding"],
    "total.sections": ["embedding", "key", "query", "value", "output", "up", "down", "unembedding"],
}
LENGTHS = {
    "width.listed": WIDTH,
    "width.space": WIDTH,
    "width.dimension": WIDTH,
    "width.token": WIDTH,
    "width.mapped": WIDTH,
    "vocabulary.listed": TOKENS,
    "vocabulary.size": TOKENS,
    "layers.count": LAYERS,
}
#: False as the document has it, with the figure or formula that is right.
ERRATA = {
    "attention.repeated": f"{HEAD_WIDTH * WIDTH * HEADS:,}",
    "value.formula": "d_value * d_embed * n_heads * n_layers",
    "largest.components": "up == down == attention and min(up, down) > max(embedding, unembedding)",
}
FORMULAS = {
    "embedding.formula": "d_embed * n_vocab",
    "embedding.product": "d_embed * n_vocab",
    "key.formula": "d_query * d_embed * n_heads * n_layers",
    "query.formula": "d_query * d_embed * n_heads * n_layers",
    "value.formula": "d_query * d_embed * n_heads * n_layers",
    "value.formula.assumed": "d_query * d_embed * n_heads * n_layers",
    "output.formula": "d_embed * d_value * n_heads * n_layers",
    "up.formula": "n_neurons * d_embed * n_layers",
    "down.formula": "d_embed * n_neurons * n_layers",
    "unembedding.formula": "n_vocab * d_embed",
}


def test_every_exact_figure_is_what_the_matrices_add_up_to(spec: dict[str, Any], counted: Counter[str]) -> None:
    expected = {claim: f"{sum(counted[part] for part in parts):,}" for claim, parts in PRINTED.items()}
    expected |= {claim: f"{length:,}" for claim, length in LENGTHS.items()}
    expected |= {"attention.repeated": "14,495,514,624", "total.billion": "175 billion"}
    assert {claim["id"]: claim["printed"] for claim in spec["claim"] if "printed" in claim} == expected


def test_both_readings_of_the_total_are_counted_by_hand(counted: Counter[str]) -> None:
    """The two numbers that the spec's conventions tell apart."""
    everything = counted.total()
    plain = everything - counted["positions"] - counted["biases"] - counted["norms"]
    assert plain == 175_181_291_520
    assert everything - counted["unembedding"] == 174_604_259_328
    assert (counted["positions"], counted["biases"], counted["norms"]) == (25_165_824, 10_616_832, 4_743_168)


def test_every_formula_of_the_document_is_claimed_over_the_wide_grid(spec: dict[str, Any]) -> None:
    found = {claim["id"]: (claim["formula"], claim["over"]) for claim in spec["claim"] if claim["id"] in FORMULAS}
    assert found == {claim: (formula, "wide") for claim, formula in FORMULAS.items()}


def test_the_document_is_wrong_in_three_places(spec: dict[str, Any]) -> None:
    found = {claim["id"]: claim["erratum"]["correct"] for claim in spec["claim"] if "erratum" in claim}
    assert found == ERRATA
