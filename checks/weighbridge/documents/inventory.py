"""Every figure and formula of a document, where it stands, and which rule sets one aside.

What is counted is what a reader sees. A formula is one item and its numbers count with it; where relations join several
sides ("a = b c = 12") each side is an item of its own, so that each can have its own claim. Digits that are no
statement about a model are set aside by rules that have names; each is listed all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from msgspec import Struct

from weighbridge.documents.maths import read_maths
from weighbridge.documents.notation import Kind, Rule, Token
from weighbridge.documents.prose import read_prose
from weighbridge.documents.source import Source, Span
from weighbridge.documents.zones import Zone, unseen, zones
from weighbridge.errors import Location

#: Digits in code, with what they are part of.
IN_CODE = re.compile(r"[\w.,+-]+")


class Item(Struct, frozen=True, kw_only=True):
    """A figure or formula of a document, or with a `rule` what that sets aside.

    `text` is what a reader sees of it, `seen` where that stands in the rendered text (None where no reader sees it).
    `values` are what a figure stands for or a formula's literals, `symbols` the names in a formula.
    """

    span: Span
    location: Location
    text: str
    kind: Kind
    seen: Span | None = None
    rule: Rule | None = None
    values: frozenset[Fraction] = frozenset()
    symbols: frozenset[str] = frozenset()


def inventory(source: Source) -> tuple[Item, ...]:
    """Return every figure and formula of a document, and all that is set aside, in the document's order."""
    items = [item for zone in zones(source) for item in items_of(source, zone)]
    for rule, span in unseen(source):
        item = Item(span=span, location=source.location(span.start), text=source.slice(span), kind="figure", rule=rule)
        items.append(item)
    return tuple(sorted(items, key=lambda item: (item.span, item.seen or Span(0, 0))))


def items_of(source: Source, zone: Zone) -> Iterator[Item]:
    """Yield the items of one part of what a reader sees."""
    text = source.rendered.text[zone.seen.start : zone.seen.end]
    for token in tokens_of(text, zone):
        part = text[token.start : token.end]
        start = zone.seen.start + token.start + len(part) - len(part.lstrip())
        seen = Span(start, start + len(part.strip()))
        span = source.rendered.span(seen)
        yield Item(
            span=span,
            location=source.location(span.start),
            text=" ".join(part.split()),
            kind=token.kind,
            seen=seen,
            rule=token.rule,
            values=token.values,
            symbols=token.symbols,
        )


def tokens_of(text: str, zone: Zone) -> Iterator[Token]:
    """Yield the tokens of a part, as it is to be read."""
    match zone.sort:
        case "prose" | "heading":
            yield from read_prose(text, heading=zone.sort == "heading")
        case "maths":
            yield from with_all_digits(text, read_maths(text))
        case rule:
            for found in IN_CODE.finditer(text):
                if any(char.isdecimal() for char in found[0]):
                    yield Token(start=found.start(), end=found.end(), rule=rule)


def with_all_digits(text: str, tokens: Iterator[Token]) -> Iterator[Token]:
    """Yield tokens of maths, and what is left of its digits: lengths, numbers of columns and the like."""
    end = 0
    for token in sorted(tokens, key=lambda token: token.start):
        yield from lengths(text, end, token.start)
        yield token
        end = token.end
    yield from lengths(text, end, len(text))


def lengths(text: str, start: int, end: int) -> Iterator[Token]:
    """Yield the digits of a stretch between figures and formulas."""
    for match in re.compile(r"\d+(?:\.\d+)?").finditer(text, start, end):
        yield Token(start=match.start(), end=match.end(), rule="markup")
