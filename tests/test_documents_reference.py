"""The quotes of the reference document are found in it, where a person reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from small_document import claim, spec_of
from weighbridge.documents.bind import bind
from weighbridge.documents.read import read_document
from weighbridge.documents.source import Source
from weighbridge.spec.claim_model import Quote

REFERENCE = Path(__file__).parents[2] / "shared" / "documents" / "gpt3-weights.md"


@pytest.fixture(name="reference", scope="module")
def reference_document() -> Source:
    if not REFERENCE.is_file():
        pytest.skip(f"the reference document is not here: {REFERENCE}")
    return read_document(REFERENCE.name, REFERENCE.read_bytes())


@pytest.mark.parametrize(
    ("quote", "under", "place"),
    [
        ("617,558,016", ("Embedding Layer",), (6, 87)),
        ("has **617,558,016** parameters", ("Embedding Layer",), (6, 81)),
        ("has 617,558,016 parameters", ("Embedding Layer",), (6, 81)),
        ("d_{embed} \\times n_{{vocab}}", ("Embedding Layer",), (7, 16)),
        ("12,288", ("Embedding Layer",), (8, 23)),
        ("14,495,514,624", ("Self-Attention Mechanism",), (14, 35)),
        ("96 layers", ("Self-Attention Mechanism",), (14, 90)),
        (
            "d_{\\text{query}} \\times d_{\\text{embed}} \\times n_{\\text{heads}} \\times n_{\\text{layers}}",
            ("Self-Attention Mechanism",),
            (16, 26),
        ),
        ("57,982,058,496", ("Feedforward Network (Up-projection and Down-projection)",), (21, 26)),
        ("617,558,016", ("Unembedding Layer",), (27, 100)),
        ("175,181,291,520", ("Summary of Total Weights",), (31, 56)),
        ("175 billion", ("Embedding space",), (35, 264)),
        ("50,257", ("Key Details", "Vocabulary Size"), (40, 24)),
        ("12,288 \\times 50,257", ("Embedding Layer Parameters",), (41, 105)),
        ("12,288 × 50,257", ("Key Details",), (41, 105)),
        ("**617,558,016 parameters**", ("Key Details",), (41, 139)),
    ],
)
def test_a_quote_of_the_reference_document_stands_where_it_is_read(
    reference: Source, quote: str, under: tuple[str, ...], place: tuple[int, int]
) -> None:
    binding = bind(reference, spec_of(claim("it", Quote(text=quote, under=under))))
    assert binding.errors == ()
    anchor = binding.anchors["it"]
    assert anchor.state == "found"
    assert anchor.location is not None
    assert (anchor.location.line, anchor.location.column) == place


def test_a_figure_that_stands_twice_in_a_section_is_ambiguous(reference: Source) -> None:
    binding = bind(reference, spec_of(claim("it", Quote(text="50,257", under=("Key Details",)))))
    assert [str(error) for error in binding.errors] == [
        (
            "spec/small.toml:1:1: error: '50,257' stands 2 times under 'Key Details' in gpt3-weights.md "
            "(40:24, 41:119), "
            "expected once; give a narrower `under`, `nth` for one of them, or `times = 2` for all"
        )
    ]
