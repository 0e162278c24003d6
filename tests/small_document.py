"""A document with every structure that a quote can stand in, and specs that quote from it."""

from __future__ import annotations

from weighbridge.documents.read import read_document
from weighbridge.documents.source import Source
from weighbridge.errors import Location
from weighbridge.formula.figures import read_figure
from weighbridge.spec.claim_model import At, Claim, Exemption, PrintedFigure, Qualitative, Quote
from weighbridge.spec.model import Document, Spec

PATH = "docs/small.md"

LINES = (
    "---",  # 1
    "license: 175",
    "---",
    "# A model",
    "",  # 5
    "It has **1,234,567** parameters, of which 768 are wide, and",
    "it is `12,288` deep: &lt;5, \\*6 and ~~9~~ [eleven](http://x.org/13) ![14](15.png).",
    "",
    "1. **Embedding Layer**:",
    "   - Has *50,257* rows <!-- 99 --> of 768.",  # 10
    "   - Formula: $d_{embed} \\times n_{{vocab}}$",
    "",
    "2. **Attention** has 96 heads",
    "   of 128.",
    "",  # 15
    "**Summary**: all is 3.5 GB.",
    "",
    "   - **Part**: 42 of 768",
    "",
    "**Next**:",  # 20
    "in all 43.",
    "",
    "Sizes",
    "-----",
    "",  # 25
    "| Model     | Count \\| sum | Width |",
    "|-----------|--------------|-------|",
    "| small     | **125M**     | 64    |",
    "|           | 350 \\| 7     | 64    |",
    "",  # 30
    "> ### Said *there*: ###",
    "> the model’s width",
    "> is 77.",
    "",
    "### Deep",  # 35
    "",
    "\\( a = 12 \\times",
    "b \\) is 88, for $5 or $6.",
    "",
    "```text",  # 40
    "code 1,000",
    "```",
    "",
    "<!-- a comment",
    "says 2,000 -->",  # 45
    "<p>but 3,000 is seen</p>",
    "",
    "# Last:",
    "",
    "**12**,345 are the **end**. GPT-3 has 2 and 2.",  # 50
    "",
)
TEXT = "\n".join(LINES)


def small() -> Source:
    """Return the document as it is read from a file with line feeds."""
    return read_document(PATH, TEXT.encode())


def source_of(text: str) -> Source:
    """Return a document with this text."""
    return read_document("doc.md", text.encode())


def claim(name: str, quote: Quote, *, printed: str = "", line: int = 1) -> Claim:
    """Return a claim that quotes, in line `line` of its spec; with `printed`, of a printed figure."""
    statement = PrintedFigure(read_figure(printed), ()) if printed else Qualitative("not decided here")
    return Claim(
        id=name, location=Location("spec/small.toml", line), statement=statement, where=At(("tiny",)), quote=quote
    )


def exemption(text: str, *, under: tuple[str, ...] = (), line: int = 1, times: int = 1) -> Exemption:
    """Return an exemption of a quote, or of a whole section where the quote is empty."""
    quote = Quote(text=text, under=under, times=times) if text else None
    return Exemption(quote=quote, under=under, reason="no claim", location=Location("spec/small.toml", line))


def spec_of(*claims: Claim, exempt: tuple[Exemption, ...] = ()) -> Spec:
    """Return a spec with these claims and nothing else."""
    return Spec(
        path="spec/small.toml",
        document=Document(id="small", title="Small", path=PATH),
        symbols={},
        models={},
        tensors={},
        conventions={},
        quantities={},
        grids={},
        claims=claims,
        invariants=(),
        exemptions=exempt,
        tables=(),
    )
