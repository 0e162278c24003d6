"""What a document prints now in the place of a quote that it does not hold any more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from weighbridge.documents.formulas import Formulas
from weighbridge.documents.quotes import COMBINING, UNSEEN, is_said, wanted
from weighbridge.documents.source import BLOCK_END, Source, Span

#: A figure in a text: not the digits of a name such as GPT-3.
FIGURE = re.compile(
    r"(?<![\w.-])\d+(?:(?:[.,\u2009\u202f]|\{,\})\d+)*"
    r"(?:[KMBTk]\b|\s?%|\s(?:thousand|million|billion|trillion)\b)?(?!\w)"
)
#: What figures and words have not, and formulas have.
FORMULA = re.compile(r"[\\_^]")
#: What parts the sides of a formula.
RELATION = re.compile(r"=|\\approx|\\leq?|\\geq?|[<>≈≤≥]")
#: What is joined to a stretch of text behind and before it, then the next words; and how far back those are looked for.
WIDER = tuple(
    (re.compile(behind), re.compile(before))
    for behind, before in (
        (r"[^\s\0]+", r"[^\s\0]+\Z"),
        *(((r"[^\S\0]+[^\s\0]+", r"[^\s\0]+[^\S\0]+\Z"),) * 3),
    )
)
ROOM = 100
#: What no reader sees, or not as a character of its own.
UNSEEABLE = re.compile(f"[{UNSEEN}{COMBINING}]")
#: Two figures or formulas less alike than this are not the same one edited.
LIKENESS = 0.5


def has_words(quote: str) -> bool:
    """Return whether a quote says in words where its figures stand: it is neither a bare figure nor a formula."""
    return not FORMULA.search(quote) and bool(FIGURE.search(quote) and re.search(r"[A-Za-z]", FIGURE.sub("", quote)))


def by_likeness(  # noqa: PLR0913 - what is known of a place
    source: Source, quote: str, scope: Span, *, formulas: Formulas, gap: Span, taken: Sequence[Span]
) -> Span | None:
    """Return the figure or formula that a quote has become, as far as likeness can tell; None where nothing is like it.

    The quote's neighbours leave `gap` for it, within `scope`; what other claims quote (`taken`) is not free.
    """
    for old, fits in like_quote(source, quote, scope, formulas):
        free = [span for span in fits if not any(span in other or other in span for other in taken)]
        close = [span for span in free if span in gap]
        if gap != scope and len(close) == 1:
            return close[0]
        likest = max(close or free, key=lambda span: likeness(old, source.slice(span)), default=None)
        if likest is not None and likeness(old, source.slice(likest)) >= LIKENESS:
            return likest
    return None


def like_quote(source: Source, quote: str, scope: Span, formulas: Formulas) -> Iterator[tuple[str, list[Span]]]:
    """Yield the formula or the figure of a quote, each with all of its kind that stand in a part of the document."""
    plain = formulas.in_quote(quote)
    typeset = FORMULA.search(quote)
    if plain or typeset:
        old = plain or quote
        whole = [span for span in source.formulas if span in scope] + list(formulas.in_words(scope) if plain else ())
        parts = whole if RELATION.search(old) else [side for span in whole for side in sides(source, span)]
        yield old, [trimmed(source, span) for span in parts]
    if not typeset and (match := FIGURE.search(quote)):
        yield match[0], figures(source, scope)


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
    found = {span for span in found if is_said(source, span)}
    found |= {
        source.rendered.span(Span(*match.span()))
        for match in around.finditer(source.rendered.text, seen.start, seen.end)
        if match[0]
    }
    free = [span for span in sorted(found) if not any(span in other for other in taken)]
    return free[0] if len({span.start for span in free}) == 1 else None


def instead(source: Source, now: Span, quote: str) -> str:
    """Return what stands at a place instead of a quote, with what is around it until it is something else.

    A document that says "12 GB" or "12^3" does not say "12", and this is what has to be seen.
    """
    text, seen = source.rendered.text, source.rendered.within(now)
    expected = " ".join(quote.split())
    shown = source.slice(now)
    start, end = seen.start, seen.start + len(text[seen.start : seen.end].rstrip(BLOCK_END))
    for behind, before in WIDER:
        if " ".join(shown.split()) not in expected:
            break
        if match := behind.match(text, end):
            end = match.end()
        if " ".join(text[start:end].split()) in expected and (
            match := before.search(text, max(start - ROOM, 0), start)
        ):
            start = match.start()
        shown = text[start:end]
    return UNSEEABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", " ".join(shown.split()))


def words(text: str) -> str:
    """Return a pattern for the words between figures."""
    inner = wanted(text).whole if text.strip() else ""
    return (r"\s+" if text[:1].isspace() else "") + inner + (r"\s+" if text.strip() and text[-1:].isspace() else "")


def figures(source: Source, scope: Span) -> list[Span]:
    """Return the figures that a reader sees in a part of the document."""
    seen = source.rendered.within(scope)
    matches = FIGURE.finditer(source.rendered.text, seen.start, seen.end)
    return [source.rendered.span(Span(*match.span())) for match in matches]


def sides(source: Source, span: Span) -> Iterable[Span]:
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
