"""What `under` can name, and how far the scope of each name reaches."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from markdown_it.token import Token
from msgspec import Struct

from weighbridge.documents.layout import Lines
from weighbridge.documents.source import Section, Span

#: What may stand between a paragraph's lead and its text; a bold figure that begins a sentence has none of these.
SEPARATOR = re.compile(r"\s*(?:[:：]|[-–—]\s|[–—]|\n|\Z)")
#: A lead may also bring its separator with it.
ENDS_LEAD = (":", "：", ".", "?", "!")
VISIBLE = ("text", "text_special", "code_inline", "maths")


class Entry(Struct, frozen=True):
    """A heading (`level` 1 to 6) or a paragraph with a lead (7, so that every heading ends it) and its first line."""

    level: int
    name: str
    at: int
    line: int


@dataclass(slots=True)
class Container:
    """The document, a quotation or a list item: names in it reach no further than its own end."""

    end: int
    item_line: int | None = None
    empty: bool = True
    entries: list[Entry] = field(default_factory=list)


@dataclass(slots=True)
class SectionFinder:
    """Told of headings, paragraphs and containers in the document's order, finds out what each name spans."""

    lines: Lines
    found: list[Section] = field(default_factory=list)
    containers: list[Container] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.containers.append(Container(len(self.lines.starts)))

    def open(self, end: int, item_line: int | None) -> None:
        """Enter a container that ends before line `end`; a list item says where it begins."""
        self.containers[-1].empty = False
        self.containers.append(Container(end, item_line))

    def close(self) -> None:
        """Leave the innermost container: the reach of all names in it is known now."""
        container = self.containers.pop()
        open_entries: list[Entry] = []
        for entry in container.entries:
            # A name reaches to the next heading of its own or a higher level; a lead to the next lead as well.
            while open_entries and open_entries[-1].level >= entry.level:
                self._add(open_entries.pop(), entry.line)
            open_entries.append(entry)
        for entry in open_entries:
            self._add(entry, container.end)

    def heading(self, level: int, name: str, at: int, line: int) -> None:
        """Note a heading whose text stands at `at`."""
        container = self.containers[-1]
        container.empty = False
        container.entries.append(Entry(level, tidy(name), at, line))

    def paragraph(self, children: Sequence[Token], at: int, line: int) -> None:
        """Note a paragraph, where it has a bold lead."""
        container = self.containers[-1]
        begins_item = container.empty and container.item_line is not None
        container.empty = False
        name, rest = bold_start(children)
        if not tidy(name):
            return
        if begins_item and container.item_line is not None:
            # An item's own lead spans the item with its children, whatever follows the bold.
            scope = Span(self.lines.start(container.item_line), self.lines.start(container.end))
            self.found.append(Section(tidy(name), "lead", at, scope))
        elif name.rstrip().endswith(ENDS_LEAD) or SEPARATOR.match(rest):
            container.entries.append(Entry(7, tidy(name), at, line))

    def all(self) -> tuple[Section, ...]:
        """Return every section, in the document's order; nothing may be noted afterwards."""
        while self.containers:
            self.close()
        return tuple(sorted(self.found, key=lambda section: (section.scope.start, -section.scope.end)))

    def _add(self, entry: Entry, end_line: int) -> None:
        if entry.name:
            scope = Span(self.lines.start(entry.line), self.lines.start(end_line))
            kind: Literal["heading", "lead"] = "lead" if entry.level > 6 else "heading"
            self.found.append(Section(entry.name, kind, entry.at, scope))


def bold_start(children: Sequence[Token]) -> tuple[str, str]:
    """Return the bold text with which a block begins, if it does, and what a reader sees behind it."""
    bold: list[str] = []
    rest: list[str] = []
    depth = 0
    for token in children:
        shown = "\n" if token.type in ("softbreak", "hardbreak") else token.content * (token.type in VISIBLE)
        if token.type == "strong_open" and not rest:
            depth += 1
        elif token.type == "strong_close" and depth:
            depth -= 1
        elif depth:
            bold.append(shown)
        elif shown and not bold:
            return "", ""
        elif shown:
            rest.append(shown)
    return "".join(bold), "".join(rest)


def tidy(name: str) -> str:
    """Return a name as `under` gives it: no final colon, single spaces, plain apostrophes.

    >>> tidy("  Embedding   Layer: ")
    'Embedding Layer'
    """
    return " ".join(name.replace("’", "'").split()).rstrip(":： ")
