r"""What LaTeX prints of a document's text: headings by their commands, and words without the commands that set them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from msgspec import Struct

from weighbridge.documents.layout import Lines
from weighbridge.documents.sections import SectionFinder
from weighbridge.documents.source import Section, Span

#: Commands that begin a part of a document, the widest first; each ends those of its own level and below.
LEVELS = ("part", "chapter", "section", "subsection", "subsubsection", "paragraph", "subparagraph")
HEADING = re.compile(rf"\\(?P<level>{'|'.join(LEVELS)})\*?\s*(?:\[[^\[\]\n]*\]\s*)?\{{")
#: Characters of a title; a brace that is not closed within these is a slip.
MAX_TITLE = 1_000
#: Commands that only set the words in their braces.
DRESS = "textbf|textit|textrm|textsf|texttt|textsc|textup|textmd|emph|underline|mbox"
BRACES = re.compile(rf"\\(?:{DRESS})\s*(?P<dress>\{{)|\\.|(?P<open>\{{)|(?P<close>\}})", re.DOTALL)


class Places(Struct, frozen=True):
    """The offsets within spans that do not overlap and stand in their order."""

    spans: Sequence[Span]

    def __contains__(self, offset: int) -> bool:
        before = bisect_right(self.spans, offset, key=lambda span: span.start) - 1
        return before >= 0 and offset < self.spans[before].end


def dress(text: str) -> Iterator[Span]:
    r"""Yield, in no order, what of a text sets words and is not printed: `\textbf{` and the brace that closes it."""
    opened: list[Span | None] = []
    for match in BRACES.finditer(text):
        if match["dress"]:
            opened.append(Span(*match.span()))
        elif match["open"]:
            opened.append(None)
        elif match["close"] and opened:
            opening = opened.pop()
            if opening is not None:
                yield opening
                yield Span(*match.span())


def sections_in_tex(text: str, lines: Lines, *, unsaid: Places) -> tuple[Section, ...]:
    """Return the sections of a text; a command that stands where nothing is said (`unsaid`) begins none."""
    finder = SectionFinder(lines)
    for match in HEADING.finditer(text):
        end = closing(text, match.end())
        if match.start() not in unsaid and end is not None:
            name = printed(text[match.end() : end])
            finder.heading(LEVELS.index(match["level"]), name, match.end(), lines.line_at(match.start()))
    return finder.all()


def closing(text: str, start: int) -> int | None:
    """Return where the brace stands that closes one which was opened before `start`; None where none does."""
    depth = 1
    for match in BRACES.finditer(text, start, start + MAX_TITLE):
        depth += bool(match["dress"] or match["open"]) - bool(match["close"])
        if not depth:
            return match.start()
    return None


def printed(title: str) -> str:
    r"""Return a title as it is printed.

    >>> printed(r"The \textbf{Embedding}~Layer \& more")
    'The Embedding Layer & more'
    """
    spans = sorted(dress(title))
    kept, start = "", 0
    for span in spans:
        kept, start = kept + title[start : span.start], span.end
    return re.sub(r"\\([&%$#_{}])", r"\1", kept + title[start:]).replace("~", " ")
