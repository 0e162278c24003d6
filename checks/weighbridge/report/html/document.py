"""The document itself as HTML: what its Markdown says, and each of its marks as a link to the cards of its claims."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from markdown_it.token import Token
from markupsafe import Markup, escape

from weighbridge.documents.concealed import Concealing
from weighbridge.documents.inline import SPAN, markdown_parser
from weighbridge.documents.layout import Layout, Lines, Placing
from weighbridge.documents.markdown import FRONT_MATTER, HTML
from weighbridge.documents.read import PLAIN_SUFFIXES
from weighbridge.documents.source import starts_of_lines
from weighbridge.report.html.latex import balanced, to_mathml
from weighbridge.report.model import DocumentText, Mark

#: Headings stand below that of the document's section.
LOWER = 2
SIMPLE = {
    "blockquote_open": "<blockquote>",
    "blockquote_close": "</blockquote>",
    "bullet_list_open": "<ul>",
    "bullet_list_close": "</ul>",
    "ordered_list_close": "</ol>",
    "list_item_open": "<li>",
    "list_item_close": "</li>",
    "hr": "<hr>",
    "table_open": '<div class="scroll" tabindex="0" role="group" aria-label="Table of the document"><table>',
    "table_close": "</table></div>",
    "thead_open": "<thead>",
    "thead_close": "</thead>",
    "tbody_open": "<tbody>",
    "tbody_close": "</tbody>",
    "tr_open": "<tr>",
    "tr_close": "</tr>",
    "th_open": "<th>",
    "th_close": "</th>",
    "td_open": "<td>",
    "td_close": "</td>",
    "em_open": "<em>",
    "em_close": "</em>",
    "strong_open": "<strong>",
    "strong_close": "</strong>",
    "s_open": "<s>",
    "s_close": "</s>",
    "link_close": "</span>",
    "hardbreak": "<br>",
    "softbreak": "\n",
}

#: Returns a mark's HTML: what it says, its number in the document, and whether this is where it begins.
Decorate = Callable[[Markup, int, bool], Markup]


def to_body(document: DocumentText, path: str, decorate: Decorate) -> Markup:
    """Return a document as HTML with all its marks."""
    page = Page(Lines(document.text, starts_of_lines(document.text)), document.marks, decorate)
    if PurePosixPath(path).suffix.lower() in PLAIN_SUFFIXES:
        return Markup('<pre class="plain">{}</pre>').format(page.stretch(document.text, 0))
    head = FRONT_MATTER.match(document.text)
    if head:
        page.parts.append(Markup('<pre class="plain">{}</pre>').format(page.stretch(head[0], 0)))
    parsed = "\n" * head[0].count("\n") + document.text[head.end() :] if head else document.text
    page.read(markdown_parser().parse(parsed))
    return Markup().join(page.parts)


@dataclass(slots=True)
class Page:
    """Walks through the parser's tokens, as the reader of documents does, and writes HTML."""

    lines: Lines
    marks: Sequence[Mark]
    decorate: Decorate
    parts: list[Markup] = field(default_factory=list)
    begun: set[int] = field(default_factory=set)  #: marks of which the first piece is written
    concealing: Concealing = field(default_factory=Concealing)
    written: list[bool] = field(default_factory=list)  #: of each block that is open, whether it was written
    placing: Placing = field(init=False)

    def __post_init__(self) -> None:
        self.placing = Placing(self.lines)

    @property
    def hides(self) -> bool:
        """Whether nothing is shown at the place that is being written."""
        return self.concealing.now == "hidden"

    def read(self, tokens: Sequence[Token]) -> None:
        """Write all blocks."""
        for index, token in enumerate(tokens):
            first, end = token.map or (0, 0)
            match token.type:
                case "inline":
                    self.inline(tokens[index - 1], token, first, end)
                case "fence" | "code_block":
                    self.code(token.content.removesuffix("\n"), first + (token.type == "fence"))
                case "html_block":
                    self.html(token.content.removesuffix("\n"), first)
                case "heading_open" | "heading_close":
                    level = min(int(token.tag[1:]) + LOWER, 6)
                    self.structure(token, Markup("<{}h{}>").format("/" * (token.nesting < 0), level))
                case "paragraph_open" | "paragraph_close":
                    # A tight list's items hold paragraphs that are not shown as such.
                    shown = "" if token.hidden else "</p>" if token.nesting < 0 else "<p>"
                    self.structure(token, Markup(shown))  # noqa: S704 - one of the literals above
                case "ordered_list_open":
                    start = int(token.attrGet("start") or 1)
                    self.structure(token, Markup('<ol start="{}">').format(start))
                case _:
                    self.structure(token, Markup(SIMPLE.get(token.type, "")))  # noqa: S704 - one of our own literals

    def structure(self, token: Token, markup: Markup) -> None:
        """Write where a block begins or ends; of one that begins where nothing is shown, neither."""
        if token.nesting < 0:
            shown = self.written.pop()
        else:
            shown = not self.hides
            if token.nesting > 0:
                self.written.append(shown)
        if shown:
            self.parts.append(markup)

    def inline(self, opening: Token, token: Token, line: int, end: int) -> None:
        """Write a heading, a paragraph or a cell."""
        layout = self.placing.lay_out(opening, token.content, line, end)
        for child in token.children or []:
            if child.type == "html_inline":
                self.tag(child.content, inline=True)
            self.parts.append(self.child(child, layout))
        self.concealing.end_block(inline=True)

    def tag(self, tag: str, *, inline: bool) -> None:
        """Note what a tag or comment does to the words behind it, as the reader of documents does."""
        match = HTML.fullmatch(tag)
        # Amid text the opening tag of a script stands alone; elsewhere all of it is one match.
        if match is not None and not match["comment"]:
            self.concealing.tag(tag, (match["name"] or "").lower(), inline=inline)
        elif match is not None and match["raw"] and inline:
            self.concealing.tag(tag, match["raw"].lower(), inline=inline)

    def child(self, token: Token, layout: Layout) -> Markup:
        """Return a part of a block's text."""
        start, end = token.meta[SPAN]
        match token.type:
            case "text" | "text_special":
                return self.leaf(token.content, layout, start, end)
            case "code_inline":
                inside = len(token.markup) + (end - start - 2 * len(token.markup) - len(token.content)) // 2
                first = start + inside
                code = self.leaf(token.content, layout, first, first + len(token.content))
                return code if self.hides else Markup("<code>{}</code>").format(code)
            case "maths":
                first, last = start + len(token.markup), end - len(token.markup)
                if self.hides:
                    return self.leaf(token.content, layout, first, last)
                formula = self.maths(token.content, layout, first, last, block=token.markup in ("$$", "\\["))
                return Markup("<s>{}</s>").format(formula) if self.concealing.now == "struck" else formula
            case "link_open":
                # Where it leads is told, not followed: a page from strangers opens nothing.
                return Markup('<span class="link" title="{}">').format(token.attrGet("href") or "")
            case "image" | "html_inline" if self.hides:
                return Markup()
            case "image":
                return Markup('<span class="image">[image: {}]</span>').format(token.content)
            case "html_inline":
                return Markup("<br>") if re.fullmatch(r"<br\s*/?>", token.content, re.IGNORECASE) else Markup()
            case other:
                return Markup(SIMPLE.get(other, ""))  # noqa: S704 - one of our own literals

    def leaf(self, text: str, layout: Layout, start: int, end: int) -> Markup:
        """Return text that stands in the content from `start` to `end`, marks and all, as it is shown there.

        What is not shown is left out but for marks: cards lead to them.
        """
        match self.concealing.now:
            case None:
                return self.words(text, layout, start, end)
            case "struck":
                return (
                    Markup("<s>{}</s>").format(self.words(text, layout, start, end)) if text.strip() else escape(text)
                )
            case "hidden":
                span = layout.span(start, end)
                marked = text and next(self.overlapping(span.start, span.end), None) is not None
                return (
                    Markup("<span hidden>{}</span>").format(self.words(text, layout, start, end))
                    if marked
                    else Markup()
                )

    def words(self, text: str, layout: Layout, start: int, end: int) -> Markup:
        """Return text that stands in the content from `start` to `end`, marks and all."""
        if not text:  # asterisks that have become emphasis leave empty text behind
            return Markup()
        if len(text) != end - start:  # an entity or an escape: one unit
            span = layout.span(start, end)
            index = next(self.overlapping(span.start, span.end), None)
            return escape(text) if index is None else self.marked(escape(text), index)
        pieces = (
            self.stretch(text[first - start : last - start], layout.offset(first))
            for first, last in layout.runs(start, end)
        )
        return Markup().join(pieces)

    def stretch(self, text: str, at: int) -> Markup:
        """Return text whose characters stand one by one in the document from `at` on."""
        parts: list[Markup] = []
        cursor = at
        for index in self.overlapping(at, at + len(text)):
            first, last = max(self.marks[index].start, at), min(self.marks[index].end, at + len(text))
            parts.append(escape(text[cursor - at : first - at]))
            parts.append(self.marked(escape(text[first - at : last - at]), index))
            cursor = last
        parts.append(escape(text[cursor - at :]))
        return Markup().join(parts)

    def maths(self, latex: str, layout: Layout, start: int, end: int, *, block: bool) -> Markup:
        """Return a formula; its sides are marked each by itself, or in its source where it can not be cut there."""
        at, last = layout.offset(start), layout.offset(end - 1) + 1 if end > start else layout.offset(start)
        indices = list(self.overlapping(at, last))
        set_apart = self.sides(latex, at, indices, block=block) if last - at == len(latex) else None
        if set_apart is None:
            return Markup('<code class="latex">{}</code>').format(self.leaf(latex, layout, start, end))
        return Markup('<span class="display">{}</span>').format(set_apart) if block else set_apart

    def sides(self, latex: str, at: int, indices: Sequence[int], *, block: bool) -> Markup | None:
        """Return a formula cut where its marks begin and end, None where one of the pieces makes no formula."""
        whole = [index for index in indices if self.marks[index].start <= at]
        if not indices or (len(indices) == 1 and whole and self.marks[indices[0]].end >= at + len(latex)):
            inner = to_mathml(latex, block=block)
            return self.marked(inner, indices[0]) if inner is not None and indices else inner
        parts: list[Markup] = []
        cursor = 0
        for index in indices:
            first, last = max(self.marks[index].start - at, 0), min(self.marks[index].end - at, len(latex))
            for piece, mark in ((latex[cursor:first], None), (latex[first:last], index)):
                if not piece.strip():
                    continue
                inner = to_mathml(piece) if balanced(piece) else None
                if inner is None:
                    return None
                parts.append(inner if mark is None else self.marked(inner, mark, write=False))
            cursor = last
        rest = to_mathml(latex[cursor:]) if latex[cursor:].strip() else Markup()
        if rest is None:
            return None
        self.begun.update(indices)
        return Markup(" ").join([*parts, rest])

    def marked(self, inner: Markup, index: int, *, write: bool = True) -> Markup:
        """Return a piece of a mark; the first one is the link."""
        first = index not in self.begun
        if write:
            self.begun.add(index)
        return self.decorate(inner, index, first)

    def overlapping(self, start: int, end: int) -> Iterator[int]:
        """Yield the marks that have a character in common with a stretch of the text, in their order."""
        index = bisect_right(self.marks, start, key=lambda mark: mark.end)
        while index < len(self.marks) and self.marks[index].start < end:
            yield index
            index += 1

    def code(self, content: str, line: int) -> None:
        """Write a block of code."""
        inner = self.leaf(content, self.lines.lay_out(content, line), 0, len(content))
        pre = Markup('<pre tabindex="0" role="group" aria-label="Code"><code>{}</code></pre>')
        self.parts.append(inner if self.hides else pre.format(inner))

    def html(self, content: str, line: int) -> None:
        """Write what stands between the tags of a block of HTML."""
        layout = self.lines.lay_out(content, line)
        shown = 0
        pieces: list[Markup] = []
        for tag in HTML.finditer(content):
            pieces.append(self.leaf(content[shown : tag.start()], layout, shown, tag.start()))
            self.tag(tag[0], inline=False)
            shown = tag.end()
        pieces.append(self.leaf(content[shown:], layout, shown, len(content)))
        self.concealing.end_block(inline=False)
        inner = Markup().join(pieces)
        if inner.strip():
            self.parts.append(Markup("<p>{}</p>").format(inner))
