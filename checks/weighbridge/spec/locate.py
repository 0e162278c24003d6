"""Where each key and value of a TOML text stands.

tomli says what a text means, not where; this scans the same text once more and remembers positions. It is given
only what tomli has accepted, so it follows the shape of valid TOML and need not judge it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeAlias

from msgspec import Struct

from weighbridge.errors import Location

#: Keys and list positions from the top of the file: ("claim", 3, "printed").
Path: TypeAlias = tuple[str | int, ...]

SPACE = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
BLANK = re.compile(r"[ \t]*")
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|' + r"'''.*?'{3,5}|" + r'"(?:[^"\\\n]|\\.)*"|' + r"'[^'\n]*'",
    re.DOTALL,
)
SCALAR = re.compile(r"[^,\]}#\n]*")
ESCAPE = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|(["\\bfnrte]))')
ESCAPED = {'"': '"', "\\": "\\", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "e": "\x1b"}


class Place(Struct, frozen=True):
    """Offsets of a key, of its value, and of a string's first character (None where escapes shift the rest)."""

    key: int
    value: int
    content: int | None = None


@dataclass(slots=True)
class Locator:
    r"""Turns paths of a parsed TOML text into locations.

    >>> Locator("spec.toml", '[[claim]]\nid = "x"\n').of(("claim", 0, "id"))
    Location(path='spec.toml', line=2, column=1)
    """

    path: str
    text: str
    places: dict[Path, Place] = field(default_factory=dict)
    line_starts: list[int] = field(default_factory=list)
    position: int = 0
    lengths: dict[Path, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.text = self.text.replace("\r\n", "\n")
        self.line_starts = [0, *(match.end() for match in re.finditer("\n", self.text))]
        self.places[()] = Place(0, 0)
        # What is nested so deeply that this runs out of stack gets the place of what stands above it.
        with suppress(RecursionError):
            self.scan()

    def of(self, path: Path) -> Location:
        """Return where a key stands, or the nearest table above it that has a place."""
        return self.at(self.place(path).key)

    def of_value(self, path: Path) -> Location:
        """Return where a key's value begins."""
        return self.at(self.place(path).value)

    def within(self, path: Path, index: int) -> Location:
        """Return where a character of a string value stands; the value itself where escapes come in between."""
        place = self.place(path)
        return self.at(place.value if place.content is None else place.content + index)

    def place(self, path: Path) -> Place:
        """Return the offsets of a path or of the nearest one above it."""
        while path not in self.places:
            path = path[:-1]
        return self.places[path]

    def at(self, offset: int) -> Location:
        """Return the line and column of an offset."""
        line = bisect_right(self.line_starts, offset)
        return Location(self.path, line, offset - self.line_starts[line - 1] + 1)

    def scan(self) -> None:
        """Walk the text once, from table header to table header."""
        table: Path = ()
        self.skip(SPACE)
        while self.position < len(self.text):
            start = self.position
            if self.text[start] == "[":
                table = self.header()
            else:
                self.assignment(table)
            if self.position == start:
                return  # not the TOML that tomli accepted; locations fall back to what is known so far
            self.skip(SPACE)

    def skip(self, pattern: re.Pattern[str]) -> str:
        """Move behind what matches here and return it."""
        match = pattern.match(self.text, self.position)
        if match is None:
            return ""
        self.position = match.end()
        return match[0]

    def header(self) -> Path:
        """Read [a.b] or [[a.b]] and return the path of the table that it opens."""
        start = self.position
        double = self.text.startswith("[[", start)
        self.position += 2 if double else 1
        keys = self.key()
        self.skip(re.compile(r"[ \t]*\]\]?"))
        path: Path = ()
        for key in keys[:-1]:
            path = self.current((*path, key))
            self.places.setdefault(path, Place(start, start))
        path = (*path, keys[-1])
        if double:
            self.lengths[path] = self.lengths.get(path, 0) + 1
            self.places.setdefault(path, Place(start, start))
        path = self.current(path)
        self.places[path] = Place(start, start)
        return path

    def current(self, path: Path) -> Path:
        """Return the path of the last table so far where the path is an array of tables."""
        return (*path, self.lengths[path] - 1) if path in self.lengths else path

    def key(self) -> list[str]:
        """Read a bare, quoted or dotted key."""
        keys: list[str] = []
        while True:
            self.skip(BLANK)
            if self.text[self.position] in "\"'":
                raw = self.skip(STRING)
                keys.append(unescape(raw[1:-1]) if raw[0] == '"' else raw[1:-1])
            else:
                keys.append(self.skip(BARE_KEY))
            self.skip(BLANK)
            if self.text[self.position : self.position + 1] != ".":
                return keys
            self.position += 1

    def assignment(self, table: Path) -> None:
        """Read key = value."""
        start = self.position
        path: Path = (*table, *self.key())
        for end in range(len(table) + 1, len(path)):
            self.places.setdefault(path[:end], Place(start, start))
        self.position += 1  # the equals sign
        self.skip(BLANK)
        self.value(path, start)

    def value(self, path: Path, key: int) -> None:
        """Read a value of any type."""
        start = self.position
        opening = self.text[start : start + 1]
        content: int | None = None
        self.places[path] = Place(key, start)
        if opening and opening in "\"'":
            raw = self.skip(STRING)
            quotes = 3 if raw[:3] in ('"""', "'''") else 1
            if opening == "'" or "\\" not in raw:
                content = start + quotes + (quotes == 3 and raw[3:4] == "\n")
            self.places[path] = Place(key, start, content)
        elif opening == "[":
            self.array(path)
        elif opening == "{":
            self.inline_table(path)
        else:
            self.skip(SCALAR)

    def array(self, path: Path) -> None:
        """Read [value, value]."""
        self.position += 1
        index = 0
        self.skip(SPACE)
        while self.text[self.position] != "]":
            self.value((*path, index), self.position)
            index += 1
            self.skip(SPACE)
            if self.text[self.position] == ",":
                self.position += 1
                self.skip(SPACE)
        self.position += 1

    def inline_table(self, path: Path) -> None:
        """Read { key = value, key = value }."""
        self.position += 1
        self.skip(SPACE)
        while self.text[self.position] != "}":
            self.assignment(path)
            self.skip(SPACE)
            if self.text[self.position] == ",":
                self.position += 1
                self.skip(SPACE)
        self.position += 1


def unescape(text: str) -> str:
    """Return a basic string's characters, escapes resolved."""
    return ESCAPE.sub(lambda m: ESCAPED[m[4]] if m[4] else chr(int(m[1] or m[2] or m[3], 16)), text)
