"""What a document prints now in the place of a quote that it does not hold any more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from weighbridge.documents.quotes import wanted
from weighbridge.documents.source import Source, Span

#: A figure in a text: not the digits of a name such as GPT-3.
FIGURE = re.compile(
    r"(?<![\w.-])\d+(?:(?:[.,\u2009\u202f]|\{,\})\d+)*"
    r"(?:[KMBTk]\b|\s?%|\s(?:thousand|million|billion|trillion)\b)?(?!\w)"
)
#: What figures and words have not, and formulas have.
FORMULA = re.compile(r"[\\_^]")
#: What parts the sides of a formula.
RELATION = re.compile(r"=|\\approx|\\leq?|\\geq?|[<>≈≤≥]")
#: Two figures or formulas less alike than this are not the same one edited.
LIKENESS = 0.5


def has_words(quote: str) -> bool:
    """Return whether a quote says in words where its figures stand: it is neither a bare figure nor a formula."""
    return not FORMULA.search(quote) and bool(FIGURE.search(quote) and re.search(r"[A-Za-z]", FIGURE.sub("", quote)))


def by_likeness(source: Source, quote: str, scope: Span, *, gap: Span, taken: Sequence[Span]) -> Span | None:
    """Return the figure or formula that a quote has become, as far as likeness can tell; None where nothing is like it.

    The quote's neighbours leave `gap` for it, within `scope`; what other claims quote (`taken`) is not free.
    """
    if FORMULA.search(quote):
        fits = sides(source, scope) if not RELATION.search(quote) else formulas(source, scope)
        old = quote
    elif match := FIGURE.search(quote):
        fits = figures(source, scope)
        old = match[0]
    else:
        return None
    free = [span for span in fits if not any(span in other or other in span for other in taken)]
    close = [span for span in free if span in gap]
    if gap != scope and len(close) == 1:
        return close[0]
    likest = max(close or free, key=lambda span: likeness(old, source.slice(span)), default=None)
    return likest if likest is not None and likeness(old, source.slice(likest)) >= LIKENESS else None


def likeness(old: str, new: str) -> float:
    """Return how much of a figure or formula is left, from 0 to 1."""
    return SequenceMatcher(None, old, new, autojunk=False).ratio()


def by_words(source: Source, quote: str, scope: Span, *, taken: Sequence[Span]) -> Span | None:
    """Return the one place in which all that a quote has besides figures stands around other figures."""
    text = " ".join(quote.split())
    if not FIGURE.search(text) or not re.search(r"[A-Za-z]", FIGURE.sub("", text)):
        return None
    pattern, end = "", 0
    for match in FIGURE.finditer(text):
        pattern += words(text[end : match.start()]) + f"(?:{FIGURE.pattern})"
        end = match.end()
    around = re.compile(pattern + words(text[end:]))
    seen = source.rendered.within(scope)
    found = {Span(*match.span()) for match in around.finditer(source.text, scope.start, scope.end)}
    found |= {
        source.rendered.span(Span(*match.span()))
        for match in around.finditer(source.rendered.text, seen.start, seen.end)
        if match[0]
    }
    free = [span for span in sorted(found) if not any(span in other for other in taken)]
    return free[0] if len({span.start for span in free}) == 1 else None


def words(text: str) -> str:
    """Return a pattern for the words between figures."""
    inner = wanted(text).exact.pattern if text.strip() else ""
    return (r"\s+" if text[:1].isspace() else "") + inner + (r"\s+" if text.strip() and text[-1:].isspace() else "")


def figures(source: Source, scope: Span) -> list[Span]:
    """Return the figures that a reader sees in a part of the document."""
    seen = source.rendered.within(scope)
    matches = FIGURE.finditer(source.rendered.text, seen.start, seen.end)
    return [source.rendered.span(Span(*match.span())) for match in matches]


def formulas(source: Source, scope: Span) -> list[Span]:
    """Return the formulas in a part of the document."""
    return [trimmed(source, span) for span in source.formulas if span in scope]


def sides(source: Source, scope: Span) -> list[Span]:
    """Return the sides of the formulas in a part of the document."""
    return [trimmed(source, side) for span in source.formulas if span in scope for side in cut(source, span)]


def cut(source: Source, span: Span) -> Iterable[Span]:
    """Cut a formula at its relations."""
    start = span.start
    for match in RELATION.finditer(source.text, span.start, span.end):
        yield Span(start, match.start())
        start = match.end()
    yield Span(start, span.end)


def trimmed(source: Source, span: Span) -> Span:
    """Return a span without the white space at its ends."""
    text = source.slice(span)
    return Span(span.start + len(text) - len(text.lstrip()), max(span.start, span.end - len(text) + len(text.rstrip())))
