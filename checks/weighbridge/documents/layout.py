"""Which character of a document each character of a block came from, once the parser has taken indentation away."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec import Struct

from weighbridge.documents.source import BLOCK_END, Block, BlockKind, Piece, Rendered, Span

if TYPE_CHECKING:
    from markdown_it.token import Token

#: What indents Markdown and may trail behind it; other white space is text.
SPACES = " \t"
#: Pieces of text that are looked at for the last word; the parser cuts a word such as d_model at its underscore.
PARTS_OF_A_WORD = 8


class Layout(Struct, frozen=True):
    """A block's content as runs of characters: run `k` starts at `content[k]` and stands at `source[k]` in the text."""

    content: tuple[int, ...]
    source: tuple[int, ...]

    def offset(self, position: int) -> int:
        """Return where a character of the content stands in the text."""
        run = bisect_right(self.content, position) - 1
        return max(self.source[run] + position - self.content[run], 0)

    def span(self, start: int, end: int) -> Span:
        """Return where a part of the content stands in the text."""
        first = self.offset(start)
        return Span(first, max(self.offset(end - 1) + 1, first) if end > start else first)

    def runs(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Cut a part of the content where its source is interrupted."""
        for run in range(bisect_right(self.content, start) - 1, len(self.content)):
            last = self.content[run + 1] if run + 1 < len(self.content) else end
            if start < min(last, end):
                yield start, min(last, end)
                start = last
            if start >= end:
                return


class Lines(Struct, frozen=True):
    """The lines of a text, to be found by number from 0."""

    text: str
    starts: tuple[int, ...]

    def start(self, line: int) -> int:
        """Return where a line starts; past the last one, where the text ends."""
        return self.starts[line] if line < len(self.starts) else len(self.text)

    def of(self, line: int) -> str:
        """Return a line with the line feed that ends it."""
        return self.text[self.start(line) : self.start(line + 1)]

    def line_at(self, offset: int) -> int:
        """Return the number of the line in which an offset stands."""
        return bisect_right(self.starts, offset) - 1

    def lay_out(self, content: str, first: int, *, end: int = 0, skip: int = 0) -> Layout:
        """Lay out a block whose lines are ends of the text's lines from `first` on, before `end` where that is known.

        The parser strips quote marks, indentation and list markers from the left and white space from the right;
        `skip` characters of the first line are markup, and what stands behind the content there is markup too.
        """
        positions, offsets = [], []
        position = 0
        body = content.partition("\n")[0].strip(SPACES)
        # The parser drops lines at a paragraph's head that hold nothing but no-break spaces and the like.
        while first + 1 < end and body not in self.of(first):
            first += 1
        for number, line in enumerate(content.split("\n"), start=first):
            raw, body = self.of(number).rstrip(SPACES + "\n"), line.strip(SPACES)
            if skip and number == first:
                column = max(raw.find(body, skip), 0)
            else:
                column = len(raw) - len(body) if raw.endswith(body) else max(raw.rfind(body), 0)
            positions.append(position)
            offsets.append(self.start(number) + column - (len(line) - len(line.lstrip(SPACES))))
            position += len(line) + 1
        return Layout(tuple(positions), tuple(offsets))

    def lay_out_cell(self, content: str, line: int, cursor: int) -> Layout:
        """Lay out a table's cell that stands in `line`, at `cursor` or behind it; its own pipes are escaped there."""
        written = content.replace("|", "\\|")
        base = self.text.find(written, cursor, self.start(line + 1))
        if base < 0:
            base = cursor
        positions, offsets = [0], [base]
        for escaped, pipe in enumerate((at for at, char in enumerate(content) if char == "|"), start=1):
            positions.append(pipe)
            offsets.append(base + pipe + escaped)
        return Layout(tuple(positions), tuple(offsets))


@dataclass(slots=True)
class Placing:
    """Lays out headings, paragraphs and cells in the document's order: cells stand one behind another in a row."""

    lines: Lines
    row: int = -1  #: the line of the table's row that was laid out last
    cursor: int = 0  #: where its next cell can stand

    def lay_out(self, opening: Token, content: str, line: int, end: int) -> Layout:
        """Lay out the content of a block that this token opens, in lines from `line` up to `end`."""
        if opening.type in ("th_open", "td_open"):
            if line != self.row:
                self.row, self.cursor = line, self.lines.start(line)
            layout = self.lines.lay_out_cell(content, line, self.cursor)
            self.cursor = layout.span(0, len(content)).end if content else self.cursor
            return layout
        hashes = opening.markup if opening.markup.startswith("#") else ""
        skip = self.lines.of(line).find(hashes) + len(hashes) if hashes else 0
        return self.lines.lay_out(content, line, end=end, skip=skip)


@dataclass(slots=True)
class Writer:
    """Gathers rendered text block by block, and remembers where each piece came from."""

    texts: list[str] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    length: int = 0

    @property
    def last(self) -> str:
        """The character that was written last; "" at the beginning."""
        return self.texts[-1][-1] if self.texts else ""

    @property
    def word(self) -> str:
        """What was written last, from the last white space on."""
        text = "".join(self.texts[-PARTS_OF_A_WORD:])
        return re.split(r"\s", text)[-1]

    def write(self, text: str, layout: Layout, start: int, end: int) -> None:
        """Write what the content from `start` to `end` looks like to a reader."""
        if len(text) != end - start:
            self._add(text, layout.span(start, end))
            return
        for first, last in layout.runs(start, end):
            self._add(text[first - start : last - start], layout.span(first, last))

    def end_block(self, kind: BlockKind, span: Span) -> None:
        """End a block; the next one is not joined to it."""
        self.blocks.append(Block(kind, span))
        self.texts.append(BLOCK_END)
        self.length += len(BLOCK_END)

    def rendered(self) -> Rendered:
        """Return all that was written."""
        return Rendered("".join(self.texts), tuple(self.pieces))

    def _add(self, text: str, source: Span) -> None:
        if text:
            self.pieces.append(Piece(self.length, len(text), source))
            self.texts.append(text)
            self.length += len(text)
