"""The spec of the GPT-3 document says everything that the document says, and its numbers are right by a second count.

The second count adds up explicit matrices and vectors one by one, in plain Python; it knows no formula.
"""

from __future__ import annotations

import datetime
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import tomli

from weighbridge.judge import Options
from weighbridge.project import open_project, weigh
from weighbridge.verdict import Counterexample, Evaluated, Exhausted, Holds, Proved, Refuted, Residual, Result, word

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


QUALITATIVE = {
    "attention.large",
    "components.significant",
    "embedding.learned",
    "embedding.maps",
    "similar.tokens",
    "space.dense",
    "space.input",
    "space.properties",
    "unembedding.maps",
    "vocabulary.pieces",
}
#: What else the document says, and what follows from it.
ASSERTED = {
    "heads.multiple",
    "heads.implied",
    "neurons.implied",
    "heads.factor",
    "layers.factor",
    "attention.layer",
    "attention.formula",
    "embedding.numbers",
    "attention.four",
    "feedforward.two",
    "up.expands",
    "down.reduces",
    "largest.matrices",
    "largest.components",
    "largest.tie",
    "unembedding.same",
    "total.formula",
    "total.complete",
    "feedforward.largest",
    "feedforward.largest.when",
    "positions.count",
    "biases.count",
    "norms.count",
    "tied.count",
    "positions.formula",
    "biases.formula",
    "norms.formula",
    "complete.formula",
}
INVARIANTS = {
    "total.additive": "additive",
    "inventory.additive": "additive",
    "attention.additive": "additive",
    "feedforward.additive": "additive",
    "attention.linear": "linear",
    "feedforward.linear": "linear",
    "total.affine": "affine",
    "complete.affine": "affine",
    "embedding.independent": "independent",
    "unembedding.independent": "independent",
    "total.monotone": "monotone",
    "layers.homogeneous": "homogeneous",
    "attention.symmetric": "symmetric",
    "total.divisible": "divisible",
}
#: What rests on values that the document does not state, by the symbols that the claim's own count needs.
ASSUMED = {
    "embedding.count": set(),
    "key.count": {"n_heads", "d_query"},
    "value.count": {"n_heads", "d_value"},
    "up.count": {"n_neurons"},
    "total.sections": {"n_heads", "d_query", "d_value", "n_neurons"},
    "positions.count": {"n_heads", "d_query", "d_value", "n_neurons", "n_ctx"},
}
#: Lines of our document on which quotes stand, counted by eye.
LINES = {
    "total.opening": 1,
    "embedding.count": 4,
    "width.listed": 6,
    "layers.count": 12,
    "value.formula": 14,
    "up.formula": 21,
    "unembedding.count": 25,
    "total.sections": 29,
    "feedforward.largest": 29,
    "total.billion@gpt3": 33,
    "width.token": 37,
    "embedding.numbers": 39,
    "similar.tokens": 41,
}


@pytest.fixture(name="results", scope="module")
def decided() -> Mapping[str, Result]:
    """Everything that the spec says, decided as `weighbridge check` does."""
    report = weigh(open_project([str(SPEC)]), Options(), today=datetime.date(2026, 1, 1))
    assert {weighed.standing for weighed in report.results} == {"pass", "waived"}
    return {weighed.result.id.removeprefix("gpt3-weights/"): weighed.result for weighed in report.results}


def test_every_claim_of_the_document_is_there(spec: dict[str, Any]) -> None:
    others = {"attention.repeated", "total.billion"}
    claims = PRINTED.keys() | LENGTHS.keys() | FORMULAS.keys() | QUALITATIVE | ASSERTED | others
    assert {claim["id"] for claim in spec["claim"]} == claims
    assert {claim["id"] for claim in spec["claim"] if "qualitative" in claim} == QUALITATIVE


def test_invariants_of_all_eight_kinds_are_there(spec: dict[str, Any]) -> None:
    assert {each["id"]: each["kind"] for each in spec["invariant"]} == INVARIANTS


def test_what_is_false_is_refuted_and_everything_else_holds(results: Mapping[str, Result]) -> None:
    words = {name: word(result.verdict) for name, result in results.items()}
    expected = dict.fromkeys(results, "holds") | dict.fromkeys(QUALITATIVE, "undecided")
    assert words == expected | dict.fromkeys(ERRATA, "refuted")
    corrections = {name: result.excuse.correction for name, result in results.items() if result.excuse}
    assert {name for name, verdict in corrections.items() if isinstance(verdict, Holds)} == ERRATA.keys()


def test_the_value_formula_fails_first_at_the_smallest_widths_that_differ(results: Mapping[str, Result]) -> None:
    """Every axis at its first value, but d_value at its second: the first point where 16 rows are not 32.

    Of the eight values of d_value one is that of d_query, so seven points in eight fail.
    """
    points = 96 * 12 * 3 * 96 * 8 * 8 * 48
    verdict = results["value.formula"].verdict
    assert isinstance(verdict, Refuted)
    assert (verdict.points, verdict.violations) == (points, points * 7 // 8)
    assert isinstance(verdict.witness, Counterexample)
    assert (verdict.witness.left, verdict.witness.right) == (16 * 1_024, 32 * 1_024)
    smallest = {"n_layers": 1, "d_embed": 1_024, "n_heads": 1, "d_query": 16, "d_value": 32}
    assert {name: verdict.witness.point[name] for name in smallest} == smallest


def test_the_figure_that_is_repeated_across_layers_has_the_layers_in_it(results: Mapping[str, Result]) -> None:
    one_layer = sum(HEAD_WIDTH * WIDTH for _head in range(HEADS))
    verdict = results["attention.repeated"].verdict
    assert isinstance(verdict, Refuted)
    assert verdict.witness == Residual(one_layer, one_layer - 14_495_514_624)
    assert verdict.explanations == (
        f"printed is {LAYERS} times what is computed: n_layers or n_heads",
        "printed is what key, query, value or output is",
    )


def test_up_projection_alone_ties_with_the_whole_of_attention(
    results: Mapping[str, Result], counted: Counter[str]
) -> None:
    attention = counted["key"] + counted["query"] + counted["value"] + counted["output"]
    assert attention == counted["up"] == counted["down"]
    verdict = results["largest.components"].verdict
    assert isinstance(verdict, Refuted)
    assert isinstance(verdict.witness, Counterexample)
    assert (verdict.witness.left, verdict.witness.right) == (counted["up"], attention)


def test_every_claim_over_a_grid_is_shown_for_all_of_it(spec: dict[str, Any], results: Mapping[str, Result]) -> None:
    over = {claim["id"] for claim in spec["claim"] if "over" in claim}
    for name in over - ERRATA.keys():
        verdict = results[name].verdict
        assert isinstance(verdict, Holds), name
        assert isinstance(verdict.evidence, Proved | Exhausted), name
    for name in INVARIANTS:
        verdict = results[name].verdict
        assert isinstance(verdict, Holds), name
        assert isinstance(verdict.evidence, Proved), name
    for name in results.keys() - over - INVARIANTS.keys() - QUALITATIVE - ERRATA.keys():
        verdict = results[name].verdict
        assert isinstance(verdict, Holds), name
        assert isinstance(verdict.evidence, Evaluated), name


def test_the_wide_grid_has_a_thousand_million_points_and_gpt3_is_one(spec: dict[str, Any]) -> None:
    sizes: list[int] = []
    gpt3 = {
        "n_layers": LAYERS,
        "d_embed": WIDTH,
        "n_vocab": TOKENS,
        "n_heads": HEADS,
        "d_query": HEAD_WIDTH,
        "d_value": HEAD_WIDTH,
        "n_neurons": NEURONS,
    }
    for symbol, axis in spec["grids"]["wide"].items():
        if isinstance(axis, str):
            low, _, rest = axis.partition("..")
            high, _, step = rest.partition(" step ")
            axis = range(int(low), int(high) + 1, int(step or 1))  # noqa: PLW2901 - the same axis, written out
        assert gpt3.pop(symbol) in axis
        sizes.append(len(axis))
    assert not gpt3
    assert math.prod(sizes) == 1_019_215_872


@pytest.mark.parametrize(("name", "symbols"), ASSUMED.items())
def test_what_rests_on_unstated_values_says_so(name: str, symbols: set[str], results: Mapping[str, Result]) -> None:
    assert results[name].assumed.keys() == symbols


@pytest.mark.parametrize(("name", "line"), LINES.items())
def test_a_quote_stands_where_a_reader_finds_it(name: str, line: int, results: Mapping[str, Result]) -> None:
    anchor = results[name].anchor
    assert anchor is not None
    assert anchor.location is not None
    assert (anchor.state, anchor.location.path, anchor.location.line) == (
        "found",
        "spec/documents/gpt3-weights.md",
        line,
    )
