r"""A document in LaTeX has sections that `under` names, and says what it prints, whatever sets its words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from small_document import claim, spec_of
from weighbridge.documents.bind import bind
from weighbridge.documents.read import read_document
from weighbridge.spec.claim_model import Quote
from weighbridge.verdict import Anchor

DOCUMENT = r"""\documentclass[12pt]{article}
\begin{document}
\section{The \textbf{Sizes} of~it}\label{sizes}
It has \textbf{12} layers and \emph{33.1\% of} the rest.
% \section{Hidden}
\subsection*{More \& more}
In all $12 \times \mathbf{3}$.
\section[short]{Other {things}}
Of \texttt{\underline{13}~billion} tokens, 12 layers.
\paragraph{Lead.} It ends.
\end{document}
\section{Never}
"""


def anchor_of(quote: str, *under: str, times: int = 1) -> Anchor:
    """Return the anchor of a quote in the document."""
    quoting = claim("it", Quote(text=quote, under=under, times=times))
    binding = bind(read_document("doc.tex", DOCUMENT.encode()), spec_of(quoting))
    assert binding.errors == ()
    return binding.anchors["it"]


def test_sections_are_what_the_commands_of_latex_begin() -> None:
    source = read_document("doc.tex", DOCUMENT.encode())
    reach = [(source.location(each.scope.start).line, source.location(each.scope.end).line) for each in source.sections]
    assert [(each.name, *lines) for each, lines in zip(source.sections, reach, strict=True)] == [
        ("The Sizes of it", 3, 8),
        ("More & more", 6, 8),
        ("Other {things}", 8, 13),
        ("Lead.", 10, 13),
    ]


@pytest.mark.parametrize(
    ("quote", "under", "line", "column"),
    [
        (r"has \textbf{12} layers", (), 4, 4),
        ("has 12 layers", (), 4, 4),
        (r"33.1\% of the rest", (), 4, 37),
        ("Of 13 billion tokens", (), 9, 1),
        ("12 layers", ("Other {things}",), 9, 44),
        (r"12 \times \mathbf{3}", ("The Sizes of it", "More & more"), 7, 9),
        ("It ends", ("Lead.",), 10, 19),
    ],
)
def test_a_quote_is_found_as_it_is_written_and_as_it_is_printed(
    quote: str, under: tuple[str, ...], line: int, column: int
) -> None:
    anchor = anchor_of(quote, *under)
    assert anchor.state == "found"
    assert anchor.location is not None
    assert (anchor.location.line, anchor.location.column) == (line, column)


def test_a_quote_in_another_section_has_moved() -> None:
    anchor = anchor_of("13 billion", "The Sizes of it")
    assert (anchor.state, anchor.message) == (
        "moved",
        "'13 billion' stands under 'Other {things}' now, not under 'The Sizes of it'",
    )


def test_braces_that_are_never_closed_are_text() -> None:
    text = r"\section{Open \textbf{12} layers" + "\n" + r"\emph{13 heads \textbf{"
    source = read_document("doc.tex", text.encode())
    assert source.sections == ()
    assert source.rendered.text.rstrip("\0") == r"\section{Open 12 layers" + "\n" + r"\emph{13 heads \textbf{"


PIECES = ["\\textbf{", "\\emph {", "{", "}", "\\section{", "\\}", "%", "\n", "\n\n", "12", "~", "$"]


@given(st.lists(st.sampled_from(PIECES)))
def test_whatever_is_rendered_stands_in_the_source(pieces: list[str]) -> None:
    source = read_document("doc.tex", "".join(pieces).encode())
    for piece in source.rendered.pieces:
        rendered = source.rendered.text[piece.at : piece.at + piece.length]
        written = source.text[piece.source.start : piece.source.end]
        assert rendered.replace("\u00a0", "~") == written or rendered == "\n"
