"""What a document is, once it has been read: its text, its sections, and what a reader sees of it, all with positions.

An offset counts characters of `Source.text`, where every line ends in a line feed and no byte-order mark stands. Lines
are the file's own lines and columns the characters of those lines, so `Source.location` speaks of the file itself.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Literal, TypeAlias

from msgspec import Struct

from weighbridge.errors import Location

#: Stands between blocks in rendered text: it is no white space and no document holds it, so no quote crosses it.
BLOCK_END = "\0"

BlockKind: TypeAlias = Literal["heading", "paragraph", "cell", "code", "html"]


class Span(Struct, frozen=True, order=True):
    """The characters from `start` up to, not including, `end`."""

    start: int
    end: int

    def __contains__(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Return whether the two have a character in common."""
        return self.start < other.end and other.start < self.end


#: No part of any text.
NOWHERE = Span(0, 0)


class Piece(Struct, frozen=True):
    """`length` characters of rendered text from `at` on, and the source that they came from.

    The two are the same characters where they are equally long; else (an entity, an escape) they are one unit.
    """

    at: int
    length: int
    source: Span

    @property
    def verbatim(self) -> bool:
        """Whether each character has a place of its own in the source."""
        return self.length == self.source.end - self.source.start


class Rendered(Struct, frozen=True):
    """What a reader sees, markup dropped: blocks in the document's order, each followed by `BLOCK_END`."""

    text: str
    pieces: tuple[Piece, ...]

    def span(self, at: Span) -> Span:
        """Return the source of a part of the rendered text that is not empty."""
        first = self.pieces[bisect_right(self.pieces, at.start, key=lambda piece: piece.at) - 1]
        last = self.pieces[bisect_left(self.pieces, at.end, key=lambda piece: piece.at) - 1]
        start = first.source.start + (at.start - first.at if first.verbatim else 0)
        end = last.source.start + at.end - last.at if last.verbatim else last.source.end
        return Span(start, max(start, end))

    def within(self, source: Span) -> Span:
        """Return the part of the rendered text that comes from this part of the source."""
        return Span(self._position(source.start), self._position(source.end))

    def piece_of(self, offset: int) -> Piece | None:
        """Return the piece that came from the character at this offset of the source; None where that is markup."""
        index = bisect_right(self.pieces, offset, key=lambda piece: piece.source.start) - 1
        return self.pieces[index] if index >= 0 and offset < self.pieces[index].source.end else None

    def _position(self, offset: int) -> int:
        """Return where the first character is seen that comes from this offset of the source or from behind it."""
        index = bisect_right(self.pieces, offset, key=lambda piece: piece.source.end)
        if index == len(self.pieces):
            return len(self.text)
        piece = self.pieces[index]
        return piece.at + (max(offset - piece.source.start, 0) if piece.verbatim else 0)


class Block(Struct, frozen=True):
    """A heading, paragraph, table cell, code or HTML block; `span` runs from its first to its last character."""

    kind: BlockKind
    span: Span


class Section(Struct, frozen=True):
    """What `under` can name: a heading, or the bold lead of a list item or paragraph; `at` is where the name stands.

    `name` has no markup and no final colon, and single spaces.
    """

    name: str
    kind: Literal["heading", "lead"]
    at: int
    scope: Span


class Reading(Struct, frozen=True, kw_only=True):
    """What was found in a text.

    `formulas` are the insides of maths, `code` what code between backticks says, `hidden` what no reader sees
    (comments, hidden elements), `struck` what is crossed out, `pictures` the descriptions of images; all in the
    document's order. `head` is the metadata at the head of the file, as model cards have it.
    """

    rendered: Rendered
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...] = ()
    formulas: tuple[Span, ...] = ()
    code: tuple[Span, ...] = ()
    hidden: tuple[Span, ...] = ()
    struck: tuple[Span, ...] = ()
    pictures: tuple[Span, ...] = ()
    head: Span = NOWHERE


class Source(Reading, frozen=True, kw_only=True):
    """A document as it was read; `path` is relative to the project root, `sha256` is of the file's bytes."""

    path: str
    text: str
    sha256: str
    line_starts: tuple[int, ...]

    @property
    def whole(self) -> Span:
        """The document from end to end."""
        return Span(0, len(self.text))

    def location(self, offset: int) -> Location:
        """Return the line and column at which an offset stands in the file."""
        line = bisect_right(self.line_starts, offset)
        return Location(self.path, line, offset - self.line_starts[line - 1] + 1)

    def slice(self, span: Span) -> str:
        """Return a part of the text."""
        return self.text[span.start : span.end]

    def section_of(self, span: Span) -> Section | None:
        """Return the innermost section that holds this part of the text."""
        around = [section for section in self.sections if span in section.scope]
        return max(around, key=lambda section: (section.scope.start, -section.scope.end), default=None)


def starts_of_lines(text: str) -> tuple[int, ...]:
    """Return the offset at which each line starts; lines end in line feeds."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return tuple(starts[:-1])
