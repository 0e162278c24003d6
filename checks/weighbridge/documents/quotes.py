"""Where a quote stands in a part of a document: in its source, else as a reader sees it, else in other typography."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from weighbridge.documents.source import Source, Span

#: Spellings that read alike.
ALIKE: tuple[tuple[str, ...], ...] = (
    ("'", "’", "‘"),
    ('"', "“", "”"),
    ("-", "‐", "‑", "–", "—", "−"),
    ("×", r"\times"),
    ("·", r"\cdot"),
    ("≈", r"\approx"),
    ("…", "...", r"\dots", r"\ldots"),
    (",", "{,}"),
)
#: What no reader sees between two digits: soft hyphens, joiners, marks of direction; and what combines with a digit.
UNSEEN, COMBINING = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff", "\u0300-\u036f\u20d0-\u20ff"
#: What joins digits to one number: "12,288", "3.5", "12{,}288", thin spaces, and before three digits an apostrophe or a
#: tie. A comma before a space joins nothing. A minus sign behind a space or a bracket makes another number of them.
BEFORE_DIGIT = (
    rf"(?<![\w{COMBINING}])(?<!\d[{UNSEEN}])(?<!\d[{UNSEEN}]{{2}})"
    r"(?<!\d[.,\u2009\u202f'’])(?<!\d\{,\})(?<![\s(][-−])(?<!^[-−])"
)
#: What makes another number of the digits before it: a share, a scale or a power. "12" does not stand in "12 million".
SCALED = (
    r"\s?(?:%|\\%|percent\b|per\scent\b)|(?:\s|-)(?:thousand|million|billion|trillion)\b|\s(?:[kKMGTPE]i?B|[KMBT])\b"
    r"|\^|\*\*(?=\d)|[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]|\s?(?:[×x·]|\\times|\\cdot)\s?10(?:\^|[⁻⁰¹²³⁴⁵⁶⁷⁸⁹])"
)
AFTER_DIGIT = (
    rf"(?![{UNSEEN}]*[\w{COMBINING}])(?![.,\u2009\u202f]\d)(?!['’\u00a0]\d{{3}}(?!\d))(?!\{{,\}}\d)(?!{SCALED})"
)
#: A word is no part of a longer word, nor the name of a LaTeX command.
BEFORE_LETTER = r"(?<![\w\\])"
AFTER_LETTER = r"(?!\w)"


def spelled(spelling: str) -> str:
    """Return a pattern for one spelling; a LaTeX command ends where its letters do."""
    return re.escape(spelling) + ("(?![A-Za-z])" if spelling.startswith("\\") else "")


#: For each spelling, a pattern of all that read like it; the longer first, so that "..." is not three full stops.
SPELLINGS = {each: f"(?:{'|'.join(map(spelled, group))})" for group in ALIKE for each in group}
PARTS = re.compile("|".join(map(spelled, sorted(SPELLINGS, key=len, reverse=True))) + r"|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A quote as patterns: as it is written, and in any typography; `before` and `after` hold at its ends alone."""

    exact: re.Pattern[str]
    alike: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]


@lru_cache(maxsize=4096)
def wanted(quote: str) -> Wanted:
    """Return what to look for: runs of white space are equal, and numbers and words are whole."""
    parts = PARTS.findall(quote.strip())
    plain = [r"\s+" if part.isspace() else re.escape(part) for part in parts]
    alike = [SPELLINGS.get(part, pattern) for part, pattern in zip(parts, plain, strict=True)]
    first, last = parts[0], parts[-1]
    before = BEFORE_DIGIT if first.isdecimal() else BEFORE_LETTER if first.isalnum() else ""
    after = AFTER_DIGIT if last.isdecimal() else AFTER_LETTER if last.isalnum() else ""
    return Wanted(
        exact=re.compile(before + "".join(plain) + after),
        alike=re.compile(before + "".join(alike) + after),
        before=re.compile(before),
        after=re.compile(after),
    )


def occurs(quote: str, text: str) -> bool:
    """Return whether a plain text holds a quote."""
    return bool(quote.strip()) and wanted(quote).alike.search(text) is not None


def readings(source: Source, quote: str, scope: Span) -> Iterator[tuple[Span, ...]]:
    """Yield where a quote stands by ever wider readings, each with all that stricter ones found.

    First as it is written in the source; then as a reader sees it, markup dropped; then in any typography.
    """
    if not quote.strip():
        yield ()
        return
    look = wanted(quote)
    seen = source.rendered.within(scope)
    strict = in_source(source, look, look.exact, scope)
    yield strict
    rendered = merged(strict, in_rendered(source, look.exact, seen))
    yield rendered
    yield merged(rendered, [*in_source(source, look, look.alike, scope), *in_rendered(source, look.alike, seen)])


def in_source(source: Source, look: Wanted, pattern: re.Pattern[str], scope: Span) -> tuple[Span, ...]:
    """Find a pattern in the source text, where a reader too sees whole words and numbers ("**12**,288" is not 12)."""
    spans = (Span(*match.span()) for match in pattern.finditer(source.text, scope.start, scope.end))
    return tuple(span for span in spans if not is_hidden(source, span) and is_whole(source, look, span))


def in_rendered(source: Source, pattern: re.Pattern[str], seen: Span) -> list[Span]:
    """Find a pattern in what a reader sees, and return where that stands in the source."""
    matches = pattern.finditer(source.rendered.text, seen.start, seen.end)
    return [source.rendered.span(Span(*match.span())) for match in matches]


def is_hidden(source: Source, span: Span) -> bool:
    """Return whether a part of the source is a comment's."""
    index = bisect_left(source.hidden, span.end, key=lambda hidden: hidden.start)
    return index > 0 and source.hidden[index - 1].overlaps(span)


def is_whole(source: Source, look: Wanted, span: Span) -> bool:
    """Return whether words and numbers are whole at a span's ends as a reader sees them.

    An entity or an escape is whole or not there: no reader sees the 96 in "&#96;".
    """
    text = source.rendered.text
    if first := source.rendered.piece_of(span.start):
        seen_at = first.at + span.start - first.source.start
        if not look.before.match(text, seen_at) if first.verbatim else span.start > first.source.start:
            return False
    if last := source.rendered.piece_of(span.end - 1):
        seen_to = last.at + span.end - last.source.start
        if not look.after.match(text, seen_to) if last.verbatim else span.end < last.source.end:
            return False
    return True


def merged(found: Iterable[Span], more: Iterable[Span]) -> tuple[Span, ...]:
    """Add spans to what was found, but for those that are another reading of the same words."""
    spans: list[Span] = sorted(found)
    for span in sorted(more):
        index = bisect_left(spans, span)
        neighbours = spans[max(index - 1, 0) : index + 1]
        if not any(span.overlaps(other) for other in neighbours):
            spans.insert(index, span)
    return tuple(spans)
