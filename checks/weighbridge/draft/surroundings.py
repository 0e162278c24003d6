"""What a document says around a figure or formula: in its sentence, its paragraph and the names above it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import Struct
from msgspec.structs import replace

from weighbridge.documents.inventory import Item
from weighbridge.documents.source import BLOCK_END, Section, Source, Span
from weighbridge.documents.tables import Cell, tables_in
from weighbridge.draft.labels import are_sizes
from weighbridge.draft.words import Mention, mentions

#: Where a sentence ends: not at the point of a number or an abbreviation.
SENTENCE_END = re.compile(
    r"[.!?;](?=\s+[A-Z(*]|\s*\0|\s*\Z)|\0"
    r"|(?<!\b[a-z])(?<!\bvs)(?<!\bcf)(?<!\bca)(?<!\bno)(?<!\bet al)(?<!\betc)(?<!\bincl)(?<!\bexcl)(?<!\bmax)(?<!\bmin)"
    r"(?<!\bapprox)(?<!\bresp)(?<!\bnum)\.(?=\s+[a-z])"
)
#: What joins phrases that are spoken of together: "Key/Query/Value", "keys, queries and values".
TOGETHER = re.compile(r"\s*(?:/|,|&|,?\s*(?:and|or))\s*(?:the\s+)?")
#: How much a phrase counts that stands at this distance, in characters, within the sentence.
NEAR = 25
#: How far around an item is read, in characters: further away in one paragraph it is spoken of no more, and what reads
#: the words around every figure takes no longer than the document is long.
FAR = 1_000


class Place(Struct, frozen=True):
    """Where an item stands: `seen` in the rendered text, its sentence and block there, and the sections around it.

    Of a long block it is the part around the item. `row` and `column` are what names its row and column in a table, ""
    outside one; where it is `sized` they would be sizes of a family.
    """

    seen: Span
    sentence: Span
    block: Span
    sections: tuple[Section, ...]
    row: str = ""
    column: str = ""
    sized: bool = False


@dataclass(slots=True)
class Surroundings:
    """A document as a text with phrases, each found once."""

    source: Source
    found: tuple[Mention, ...] = ()
    cells: Mapping[Span, tuple[Cell, Cell]] = field(default_factory=dict)
    ordered: Sequence[Span] = ()

    def __post_init__(self) -> None:
        maths = [self.seen(span) for span in self.source.formulas]
        self.found = tuple(
            mention
            for mention in mentions(self.source.rendered.text)
            if not any(span.start <= mention.start < span.end for span in maths)
        )
        self.cells = {
            cell.span: (name, columns[index])
            for table in tables_in(self.source, self.source.whole)
            for columns in [without_sizes(table.columns)]
            for name, row in zip(without_sizes([row[0] for row in table.rows]), table.rows, strict=True)
            for index, cell in enumerate(row)
            if cell.span is not None and index < len(columns)
        }
        self.ordered = sorted(self.cells)

    @property
    def text(self) -> str:
        """What a reader sees."""
        return self.source.rendered.text

    def seen(self, span: Span) -> Span:
        """Return where a reader sees a part of the source: no further than the block in which it ends."""
        seen = self.source.rendered.within(span)
        return Span(seen.start, seen.start + len(self.text[seen.start : seen.end].rstrip(BLOCK_END)))

    def place(self, item: Item) -> Place | None:
        """Return where an item stands; None for what no reader sees."""
        return None if item.seen is None else self.place_at(item.span, item.seen)

    def place_at(self, span: Span, seen: Span) -> Place:
        """Return where a part of the source stands that a reader sees at a place."""
        text = self.text
        near = Span(max(seen.start - FAR, 0), min(seen.end + FAR, len(text)))
        start, end = text.rfind(BLOCK_END, near.start, seen.start), text.find(BLOCK_END, seen.end, near.end)
        block = Span(near.start if start < 0 else start + 1, near.end if end < 0 else end)
        ends = [match.end() for match in SENTENCE_END.finditer(text, block.start, seen.start)]
        first = ends[-1] if ends else block.start
        match = SENTENCE_END.search(text, seen.end, block.end)
        sentence = Span(first, match.end() if match else block.end)
        around = [section for section in self.source.sections if span in section.scope]
        around.sort(key=lambda section: section.scope.start, reverse=True)
        row = column = ""
        sized = False
        cell = self.cell_of(span)
        if cell is not None:
            name, head = self.cells[cell]
            row, column = name.text if name.span != cell else "", head.text
            sized = not head.text or (not name.text and name.span != cell)
        return Place(seen, sentence, block, tuple(around), row, column, sized)

    def cell_of(self, span: Span) -> Span | None:
        """Return the cell of a table in which a part of the source stands, None where it stands in none."""
        index = bisect_right(self.ordered, span.start, key=lambda cell: cell.start) - 1
        return self.ordered[index] if index >= 0 and span in self.ordered[index] else None

    def within(self, span: Span) -> Iterator[Mention]:
        """Yield the phrases in a part of the rendered text."""
        first = bisect_left(self.found, span.start, key=lambda mention: mention.start)
        for index in range(first, len(self.found)):
            mention = self.found[index]
            if mention.start >= span.end:
                return
            if mention.end <= span.end:
                yield mention

    def support(self, place: Place) -> dict[str, float]:
        """Return how strongly the surroundings speak of each part of a model, from 0 to 5."""
        found: dict[str, float] = {}

        def note(mention: Mention, strength: float) -> None:
            for index, name in enumerate(mention.names):
                counted = (0.2 if mention.weak else strength) - 0.05 * index
                found[name] = max(found.get(name, 0.0), counted)

        for text in (place.row, place.column):
            for mention in mentions(text):
                note(mention, 5.0)
        for group in self.groups(place.sentence):
            distance = min(self.distance(place, mention) for mention in group)
            for mention in group:
                note(mention, 2.5 + 2.0 / (1.0 + distance / NEAR))
        for depth, section in enumerate(place.sections):
            for mention in mentions(section.name):
                note(mention, max(2.2 - 0.5 * depth, 1.0))
        for mention in self.within(place.block):
            note(mention, 0.9)
        if place.sections:
            for mention in self.within(self.seen(place.sections[0].scope)):
                note(mention, 0.5)
        return found

    def groups(self, span: Span) -> Iterator[list[Mention]]:
        """Yield the phrases of a part, those that are spoken of together in one group."""
        group: list[Mention] = []
        for mention in self.within(span):
            if group and not TOGETHER.fullmatch(self.text[group[-1].end : mention.start]):
                yield group
                group = []
            group.append(mention)
        if group:
            yield group

    def distance(self, place: Place, mention: Mention) -> float:
        """Return how far a phrase is from an item; a comma or bracket in between makes it farther."""
        if mention.start >= place.seen.end:
            between = self.text[place.seen.end : mention.start]
        elif mention.end <= place.seen.start:
            # What a figure counts stands behind it more often than before it.
            between = self.text[mention.end : place.seen.start] + " " * 4
        else:
            between = ""
        figures = len(re.findall(r"\d[\d,.]*", between))
        return len(between) + 20 * len(re.findall(r"[,;()]|\band\b|\bwhile\b", between)) + 30 * figures

    def nearest(self, place: Place) -> list[Mention]:
        """Return the phrases of an item's sentence, the nearest first."""
        return sorted(self.within(place.sentence), key=lambda mention: self.distance(place, mention))


def without_sizes(names: Sequence[Cell]) -> Sequence[Cell]:
    """Return names of rows or columns without those of sizes: the "L" beside "S" and "M" is large, and no symbol."""
    if are_sizes(cell.text for cell in names):
        return [replace(cell, text="") for cell in names]
    # Over the names of rows stands no size.
    sized = are_sizes(cell.text for cell in names[1:])
    return [*names[:1], *(replace(cell, text="") for cell in names[1:])] if sized else names
