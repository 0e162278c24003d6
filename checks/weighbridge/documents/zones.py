"""Which parts of a document are prose, maths or code, and which digits in it no reader sees."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Literal, TypeAlias

from msgspec import Struct

from weighbridge.documents.notation import Rule
from weighbridge.documents.quotes import overlaps
from weighbridge.documents.read import LATEX_SUFFIXES
from weighbridge.documents.source import BLOCK_END, Source, Span

Sort: TypeAlias = Literal["prose", "heading", "maths", "code"] | Rule

#: Insides that stop at the next opening, and can be read in one way alone, keep this linear in a text's length.
#: (`*+` would say so, but finds nothing in Python 3.11.2, which Debian has.)
LATEX = re.compile(
    r"(?P<comment>(?<!\\)%[^\n\0]*)"
    r"|\\begin\{(?P<name>(?:equation|align|gather|multline|eqnarray|displaymath|math)\*?)\}"
    r"(?P<block>[^\\\0]*(?:\\(?!(?:begin|end)\{(?P=name)\})[^\\\0]*)*)\\end\{(?P=name)\}"
    r"|\$\$(?P<display>[^$\0]+)\$\$|(?<!\\)\$(?P<inline>[^$\0]+)(?<!\\)\$"
    r"|\\\((?P<round>[^\\\0]*(?:\\(?:\\|(?![\\()]))[^\\\0]*)*)\\\)"
    r"|(?<!\\)\\\[(?P<square>[^\\\0]*(?:\\(?:\\|(?![\\\[\]]))[^\\\0]*)*)\\\]"
    r"|(?P<reference>\\(?:ref|eqref|pageref|autoref|[cC]ref|cite[a-z]*|label|bibitem)\*?(?:\[[^\[\]\n\0]*\])*\{[^{}\n\0]*\})"
    r"|(?P<link>\\(?:url|href|includegraphics|input|include|bibliography)\*?(?:\[[^\[\]\n\0]*\])*\{[^{}\n\0]*\})"
    r"|(?P<markup>\\(?:documentclass|usepackage|[vh]space|begin|end|setlength|newcommand|hskip|vskip)\*?"
    r"(?:\[[^\[\]\n\0]*\])*(?:\{[^{}\n\0]*\})*)"
)
RULES_OF_LATEX: tuple[Rule, ...] = ("comment", "reference", "link", "markup")
MATHS_OF_LATEX = ("block", "display", "inline", "round", "square")

LIST_MARKER = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*\d{1,9}[.)](?=\s|\Z)")
FENCE = re.compile(r"[ \t>]*(?:`{3,}|~{3,})")
TAG = re.compile(r"<[A-Za-z!/?][^<>]*>")
#: What a digit that no reader sees can belong to: no white space, brackets, quotes or strokes.
DIGIT = re.compile(r"\d")
UNSEEN = re.compile(r"""[^\s()<>"'`|\[\]~]+""")


class Zone(Struct, frozen=True):
    """A part of the rendered text and what it is."""

    sort: Sort
    seen: Span


def zones(source: Source) -> Iterator[Zone]:
    """Yield the parts of what a reader sees, in their order; together they are all of it but for the ends of blocks."""
    text = source.rendered.text
    parts = [Zone("maths", source.rendered.within(span)) for span in source.formulas]
    parts += [Zone("code", source.rendered.within(span)) for span in source.code]
    parts.sort(key=lambda part: part.seen)
    index, start = 0, 0
    for block in source.blocks:
        end = text.index(BLOCK_END, start)
        if block.kind == "code":
            yield Zone("code", Span(start, end))
        else:
            sort: Sort = "heading" if block.kind == "heading" else "prose"
            at = start
            while index < len(parts) and parts[index].seen.start < end:
                part = parts[index]
                index += 1
                yield from prose(source, Span(at, part.seen.start), sort)
                # What stands last in its block is followed by the block's end.
                at, sort = min(part.seen.end, end), "prose"
                yield Zone(part.sort, Span(part.seen.start, at))
            yield from prose(source, Span(at, end), sort)
        start = end + len(BLOCK_END)


def prose(source: Source, seen: Span, sort: Sort) -> Iterator[Zone]:
    """Yield a part outside maths and code; in a document in LaTeX, cut where commands say what it is."""
    at = seen.start
    if PurePosixPath(source.path).suffix.lower() in LATEX_SUFFIXES:
        for match in LATEX.finditer(source.rendered.text, seen.start, seen.end):
            group = next(name for name in (*RULES_OF_LATEX, *MATHS_OF_LATEX) if match[name] is not None)
            kind: Sort = "maths" if group in MATHS_OF_LATEX else next(each for each in RULES_OF_LATEX if each == group)
            inside = Span(*match.span(group))
            # What stands around the inside, the name of an environment, holds no figures.
            yield Zone(sort, Span(at, match.start()))
            yield Zone(kind, inside)
            at = match.end()
    if at < seen.end:
        yield Zone(sort, Span(at, seen.end))


def unseen(source: Source) -> Iterator[tuple[Rule, Span]]:
    """Yield what holds digits in the source alone: markers of lists, targets of links, comments."""
    tags = [Span(*match.span()) for match in TAG.finditer(source.text)]
    for match in UNSEEN.finditer(source.text):
        span = without_seen(source, Span(*match.span())) if DIGIT.search(match[0]) else None
        if span is not None:
            yield rule_of(source, span, tags), span


def without_seen(source: Source, span: Span) -> Span | None:
    """Return the stretch around the first digit of a span that no reader sees; None where all are seen."""
    hidden = [offset for offset in range(span.start, span.end) if source.rendered.piece_of(offset) is None]
    digits = [offset for offset in hidden if source.text[offset].isdecimal()]
    if not digits:
        return None
    start = end = digits[0]
    outside = set(hidden)
    while start - 1 in outside:
        start -= 1
    while end in outside:
        end += 1
    return Span(start, end)


def rule_of(source: Source, span: Span, tags: Sequence[Span]) -> Rule:
    """Return what it is that no reader sees."""
    if span in source.head:
        return "metadata"
    if overlaps(source.struck, span):
        return "struck out"
    if overlaps(source.hidden, span):
        return "comment"
    line = source.line_starts[source.location(span.start).line - 1]
    if (marker := LIST_MARKER.match(source.text, line)) and span.start < marker.end():
        return "list marker"
    if overlaps(tags, span):
        return "markup"
    return "code" if FENCE.match(source.text, line) else "link"
