"""Whether what stands at a place of a document is said there: not where it is struck out, nor where it is not shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from weighbridge.documents.source import Span

#: Why words are not said: they are crossed out, or no reader sees them.
Concealment: TypeAlias = Literal["struck", "hidden"]

#: Elements that cross out what they hold, and those of which nothing is shown.
STRIKING = frozenset({"del", "s", "strike"})
NEVER_SHOWN = frozenset({"script", "style", "template", "title", "datalist"})
#: Elements that hold nothing, and so are never closed.
VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)

QUOTED = re.compile(r"""=\s*(?:"[^"]*"|'[^']*')""")
HIDDEN = re.compile(r"\shidden(?=[\s=/>])", re.IGNORECASE)
OPEN = re.compile(r"\sopen(?=[\s=/>])", re.IGNORECASE)
UNSEEN_STYLE = re.compile(
    r"""\sstyle\s*=\s*(?:"[^"]*|'[^']*|[^\s"'>]*)(?:display\s*:\s*none|visibility\s*:\s*hidden)""", re.IGNORECASE
)

#: Of LaTeX: what a percent sign is part of, then comments, what is skipped, and what is crossed out.
TEX = re.compile(
    r"\\(?:url|href|path|nolinkurl)\s*\{[^{}\n]*\}|\\verb\*?(?P<sign>[^\w\s*])[^\n]*?(?P=sign)"
    r"|\\begin\{(?P<name>verbatim|lstlisting|minted)\*?\}.*?(?:\\end\{(?P=name)\*?\}|\Z)"
    r"|(?P<hidden>(?<!\\)%[^\n]*|\\begin\{comment\}.*?(?:\\end\{comment\}|\Z)|\\iffalse\b.*?(?:\\fi\b|\Z)"
    r"|\\end\{document\}.*)"
    r"|(?P<struck>\\(?:sout|st|xout|cancel)\s*\{[^{}]*\})",
    re.DOTALL,
)


def concealed_in_tex(text: str) -> Iterator[tuple[Concealment, Span]]:
    """Yield the parts of a text in LaTeX that are not said, and why."""
    for match in TEX.finditer(text):
        if match["hidden"] is not None:
            yield "hidden", Span(*match.span())
        elif match["struck"] is not None:
            yield "struck", Span(*match.span())


@dataclass(slots=True)
class Concealing:
    """What conceals the words at the place that is being read: an element of HTML, or strokes of Markdown."""

    element: str = ""  #: the name of the outermost element that does
    how: Concealment = "hidden"
    depth: int = 0  #: elements of that name that are open, itself included
    inline: bool = False  #: it was opened amid the text of a block, and ends with that at the latest
    strokes: int = 0

    @property
    def now(self) -> Concealment | None:
        """Why the words here are not said; None where they are."""
        return self.how if self.element else "struck" if self.strokes else None

    def tag(self, tag: str, name: str, *, inline: bool) -> None:
        """Note a tag of an element, its name in lower case."""
        closes = tag.startswith("</")
        if self.element:
            if name == self.element:
                self.depth += -1 if closes else 1
            if not self.depth:
                self.element = ""
        elif not closes and (how := concealed_by(tag, name)):
            self.element, self.how, self.depth, self.inline = name, how, 1, inline

    def end_block(self, *, inline: bool) -> None:
        """Note the end of a block: an element that was opened amid its text, or a paragraph, goes no further."""
        self.strokes = 0
        if self.inline if inline else self.element == "p":
            self.element = ""


def concealed_by(tag: str, name: str) -> Concealment | None:
    """Return how the element that a tag opens conceals what it holds, None where it does not.

    >>> concealed_by("<del>", "del"), concealed_by('<p class="x" hidden>', "p"), concealed_by("<b>", "b")
    ('struck', 'hidden', None)
    >>> concealed_by("<dialog>", "dialog"), concealed_by("<dialog open>", "dialog")
    ('hidden', None)
    """
    plain = QUOTED.sub("=x", tag)
    if name in VOID:
        return None
    if name in STRIKING:
        return "struck"
    if name in NEVER_SHOWN or HIDDEN.search(plain) or UNSEEN_STYLE.search(tag):
        return "hidden"
    if name == "dialog" and not OPEN.search(plain):
        return "hidden"
    return None
