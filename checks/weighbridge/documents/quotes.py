"""Where a quote stands in a part of a document: in its source, else as a reader sees it, else in other typography."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from msgspec import Struct

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
#: tie; what makes a share, a date or a time of them: "12/14", "12:30". A comma before a space joins nothing. A minus
#: sign behind a space or a bracket makes another number of them.
BEFORE_DIGIT = (
    rf"(?<![\w{COMBINING}])(?<!\d[{UNSEEN}])(?<!\d[{UNSEEN}]{{2}})"
    r"(?<!\d[.,:/\u066b\u066c\uff0c\uff0e\u2009\u202f'’~])(?<!\d\{,\})(?<!\d\\[,;:! ])(?<![\s(][-−])(?<!^[-−])"
)
#: What makes another number of the digits before it: a share, a scale or a power. "12" does not stand in "12 million".
SCALED = (
    r"\s?(?:[%‰‱]|\\%|percent\b|per\scent\b)|(?:\s|-)(?:dozen|hundred|thousand|lakh|million|crore|billion|trillion)s?\b"
    r"|\s?(?:bn|mn|mio|mrd|tn)\b|\s(?:[kKMGTPE]i?B|[kKMBT])\b|\s?[万萬亿億兆½¼¾⅓⅔⅛⅜⅝⅞]|\s[1-9]/[1-9](?!\d)"
    r"|\s?\\(?:text|mathrm|textrm)\s*\{\s*(?:[kKMGTPE]i?B|[kKMBT]|thousand|million|billion|trillion)\b"
    r"|\^|\*\*(?=\d)|[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]"
    r"|\s?(?:[×x·⋅∙*]|\{?\\(?:times|cdot)\}?)\s?10(?:\^|\*\*|[⁻⁰¹²³⁴⁵⁶⁷⁸⁹])"
)
AFTER_DIGIT = (
    rf"(?![{UNSEEN}]*[\w{COMBINING}])(?![.,:/\u066b\u066c\uff0c\uff0e\u2009\u202f]\d)(?!\{{,\}}\d)"
    # No number begins with a nought and more digits, so "12 000" is one; other groups behind a blank can be numbers.
    rf"(?!(?:['’\u00a0~]|\\[,;:! ]|\\thinspace\s?)\d{{3}}(?!\d))(?![\s·]0\d\d(?!\d))(?!{SCALED})"
    # Both ends of "7-8B" are billions.
    r"(?![-–—]\d[\d.,]*(?:[kKMBT](?!\w)|\s?%|[\s-](?:thousand|million|billion|trillion)\b))"
)
#: A slash between two numbers, but not that of "12 1/2".
ALTERNATIVES = re.compile(r"(?<!\s\d)(?<=\d)/(?=\d)")
#: What an entry of metadata begins with: its indentation, then its key.
ENTRY, KEY = re.compile(r"[ \t-]*"), re.compile(r"[\w.\"'-]+[ \t]*:(?=\s)")
#: A word is no part of a longer word, nor the name of a LaTeX command.
BEFORE_LETTER = r"(?<![\w\\])"
AFTER_LETTER = r"(?!\w)"


def spelled(spelling: str) -> str:
    """Return a pattern for one spelling; a LaTeX command ends where its letters do."""
    return re.escape(spelling) + ("(?![A-Za-z])" if spelling.startswith("\\") else "")


#: For each spelling, a pattern of all that read like it; the longer first, so that "..." is not three full stops.
SPELLINGS = {each: f"(?:{'|'.join(map(spelled, group))})" for group in ALIKE for each in group}
PARTS = re.compile("|".join(map(spelled, sorted(SPELLINGS, key=len, reverse=True))) + r"|\s+|.", re.DOTALL)


class Wanted(Struct, frozen=True):
    """A quote as patterns of its words: as it is written, and in any typography; `before` and `after` hold at its ends.

    The ends are tested apart: compiled into every quote's patterns they would take longer than all the searching.
    """

    exact: re.Pattern[str]
    alike: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]

    @property
    def whole(self) -> str:
        """One pattern of the quote as it is written, its ends included."""
        return self.before.pattern + self.exact.pattern + self.after.pattern

    def spans(self, pattern: re.Pattern[str], text: str, within: Span) -> Iterator[Span]:
        """Yield where one of its patterns stands in a part of a text, with whole words and numbers at its ends."""
        start = within.start
        while match := pattern.search(text, start, within.end):
            start, end = match.span()
            if self.before.match(text, start) and self.after.match(text, end, within.end):
                yield Span(start, end)
                start = end
            else:
                start += 1


@lru_cache(maxsize=4096)
def wanted(quote: str) -> Wanted:
    """Return what to look for: runs of white space are equal, and numbers and words are whole."""
    parts = PARTS.findall(quote.strip())
    plain = [r"\s+" if part.isspace() else re.escape(part) for part in parts]
    alike = [SPELLINGS.get(part, pattern) for part, pattern in zip(parts, plain, strict=True)]
    first, last = parts[0], parts[-1]
    return Wanted(
        exact=re.compile("".join(plain)),
        alike=re.compile("".join(alike)),
        before=re.compile(BEFORE_DIGIT if first.isdecimal() else BEFORE_LETTER if first.isalnum() else ""),
        after=re.compile(AFTER_DIGIT if last.isdecimal() else AFTER_LETTER if last.isalnum() else ""),
    )


def occurs(quote: str, text: str) -> bool:
    """Return whether a plain text holds a quote; "12/24 layers" holds 12, for who quotes that sees the slash."""
    if not quote.strip():
        return False
    look, apart = wanted(quote), ALTERNATIVES.sub(" / ", text)
    return next(look.spans(look.alike, apart, Span(0, len(apart))), None) is not None


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
    rendered = merged(strict, in_rendered(source, look, look.exact, seen))
    yield rendered
    yield merged(rendered, [*in_source(source, look, look.alike, scope), *in_rendered(source, look, look.alike, seen)])


@dataclass(slots=True)
class Quotes:
    """Where quotes stand in a document; what many claims quote from one part of it is sought there once."""

    source: Source
    known: dict[tuple[str, Span], tuple[list[tuple[Span, ...]], Iterator[tuple[Span, ...]]]] = field(
        default_factory=dict
    )

    def readings(self, quote: str, scope: Span) -> Iterator[tuple[Span, ...]]:
        """Yield what `readings` does."""
        key = (quote, scope)
        if key not in self.known:
            self.known[key] = [], readings(self.source, quote, scope)
        found, more = self.known[key]
        for place in itertools.count():
            if place == len(found):
                wider = next(more, None)
                if wider is None:
                    return
                found.append(wider)
            yield found[place]


def in_source(source: Source, look: Wanted, pattern: re.Pattern[str], scope: Span) -> tuple[Span, ...]:
    """Find a pattern in the source text, where a reader too sees whole words and numbers ("**12**,288" is not 12)."""
    spans = look.spans(pattern, source.text, scope)
    return tuple(span for span in spans if is_said(source, span) and is_whole(source, look, span))


def in_rendered(source: Source, look: Wanted, pattern: re.Pattern[str], seen: Span) -> list[Span]:
    """Find a pattern in what a reader sees, and return where that stands in the source."""
    return [source.rendered.span(span) for span in look.spans(pattern, source.rendered.text, seen)]


def is_said(source: Source, span: Span) -> bool:
    """Return whether a part of the source is said: nothing of it is struck out or hidden, and a reader sees some of it.

    The description of a picture counts as seen. In the head of a file an entry is said from its key on, for its words
    alone are not what the text says.
    """
    if overlaps(source.struck, span) or overlaps(source.hidden, span):
        return False
    if span in source.head:
        line = source.text.rfind("\n", 0, span.start) + 1
        return bool(ENTRY.fullmatch(source.text, line, span.start) and KEY.match(source.text, span.start, span.end))
    seen = source.rendered.within(span)
    return seen.start < seen.end or overlaps(source.pictures, span)


def overlaps(spans: Sequence[Span], span: Span) -> bool:
    """Return whether a span has a character in common with one of those given, which are in their order and apart."""
    index = bisect_left(spans, span.end, key=lambda each: each.start)
    return index > 0 and spans[index - 1].overlaps(span)


def unsaid(source: Source, quote: str, scope: Span) -> tuple[str, int] | None:
    """Return why a quote stands in the source but is not said there, and where; None where it does not stand there."""
    if not quote.strip():
        return None
    look = wanted(quote)
    for span in look.spans(look.alike, source.text, scope):
        if overlaps(source.struck, span):
            return "struck out", span.start
        if overlaps(source.hidden, span):
            return "hidden from readers", span.start
        if span in source.head:
            return "metadata, to be quoted with its key", span.start
    return None


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
