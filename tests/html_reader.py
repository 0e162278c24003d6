"""Reads an HTML page back, as far as tests ask: elements with their attributes, their text, and who holds whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(("area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"))


@dataclass(slots=True)
class Element:
    """An element; `parts` are its children and the text between them."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    parts: list[Element | str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Element]:
        """Yield all elements inside, each before those that it holds."""
        for part in self.parts:
            if isinstance(part, Element):
                yield part
                yield from part

    @property
    def classes(self) -> list[str]:
        """The words of its class."""
        return self.attributes.get("class", "").split()

    def text(self, *, without: str = "") -> str:
        """Return all text inside, but for that in elements of one class."""
        return "".join(
            part if isinstance(part, str) else "" if without in part.classes else part.text(without=without)
            for part in self.parts
        )

    def all(self, tag: str = "", *, cls: str = "") -> list[Element]:
        """Return the elements inside that have this tag and class."""
        return [each for each in self if (not tag or each.tag == tag) and (not cls or cls in each.classes)]

    def by_id(self, name: str) -> Element:
        """Return the one element with an id."""
        (found,) = (each for each in self if each.attributes.get("id") == name)
        return found


class Reader(HTMLParser):
    """Builds the tree; an end tag that closes nothing fails, as does an element that is never closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element; an attribute stands once."""
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].parts.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        """Close the element that is open."""
        assert tag == self.open[-1].tag, f"</{tag}> stands where <{self.open[-1].tag}> is open"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        """Add text."""
        self.open[-1].parts.append(data)


def read_html(text: str) -> Element:
    """Return the tree of a page or of a part of one, whose elements must all be closed in their order."""
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == [reader.root], f"<{reader.open[-1].tag}> is never closed"
    return reader.root


def squeezed(text: str) -> str:
    """Return a text without its white space."""
    return "".join(text.split())
