"""What a Markdown document is made of: its blocks as a reader sees them, its sections, formulas and comments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from weighbridge.documents.concealed import Concealing
from weighbridge.documents.inline import SPAN, markdown_parser
from weighbridge.documents.layout import Layout, Lines, Placing, Writer
from weighbridge.documents.sections import SectionFinder
from weighbridge.documents.source import NOWHERE, BlockKind, Reading, Span

#: Metadata at the head of a file, as model cards have it: no Markdown, though CommonMark takes it for a heading.
FRONT_MATTER = re.compile(r"---[ \t]*\n(?=[A-Za-z_][\w-]*:).*?^(?:---|\.\.\.)[ \t]*$", re.DOTALL | re.MULTILINE)
#: A comment or a script, which nobody sees, or a tag.
HTML = re.compile(
    r"(?P<comment><!--.*?(?:-->|\Z)|<(?P<raw>script|style|template)\b.*?(?:</(?P=raw)\s*>|\Z))"
    r"|</?(?P<name>[A-Za-z][A-Za-z0-9]*)?[^<>]*>",
    re.DOTALL | re.IGNORECASE,
)
#: Tags that leave what stands before and behind them in one word.
WITHIN_WORDS = re.compile(
    "a|abbr|b|bd[io]|big|cite|code|data|del|dfn|em|font|i|ins|kbd|label|mark|q|s|samp|small|span|strike|strong|sub|sup"
    "|time|tt|u|var|wbr"
)
#: What a digit that is raised or lowered behind a digit is read with.
RAISED = {"sup": "^", "sub": "_"}

INLINE_BLOCKS: dict[str, BlockKind] = {
    "heading_open": "heading",
    "paragraph_open": "paragraph",
    "th_open": "cell",
    "td_open": "cell",
}


@dataclass(slots=True)
class Reader:
    """Walks through the parser's tokens and gathers what a reading needs."""

    lines: Lines
    sections: SectionFinder
    writer: Writer = field(default_factory=Writer)
    formulas: list[Span] = field(default_factory=list)
    code: list[Span] = field(default_factory=list)
    hidden: list[Span] = field(default_factory=list)
    struck: list[Span] = field(default_factory=list)
    pictures: list[Span] = field(default_factory=list)
    concealing: Concealing = field(default_factory=Concealing)
    placing: Placing = field(init=False)

    def __post_init__(self) -> None:
        self.placing = Placing(self.lines)

    def read(self, tokens: Sequence[Token]) -> None:
        """Read all blocks; tokens are those of a whole document."""
        for index, token in enumerate(tokens):
            first, end = token.map or (0, 0)
            match token.type:
                case "inline":
                    self.read_inline(tokens[index - 1], token, first, end)
                case "fence" | "code_block":
                    self.read_code(token.content, first + (token.type == "fence"))
                case "html_block":
                    self.read_html(token.content, first)
                case "list_item_open" | "blockquote_open":
                    self.sections.open(end, first if token.type == "list_item_open" else None)
                case "list_item_close" | "blockquote_close":
                    self.sections.close()
                case _:
                    pass

    def read_inline(self, opening: Token, token: Token, line: int, end: int) -> None:
        """Read a heading, a paragraph or a cell."""
        kind = INLINE_BLOCKS[opening.type]
        content, children = token.content, token.children or []
        layout = self.placing.lay_out(opening, content, line, end)
        span = layout.span(0, len(content))
        if kind == "heading":
            self.sections.heading(int(opening.tag[1:]), seen(children), span.start, line)
        elif kind == "paragraph":
            self.sections.paragraph(children, span.start, line)
        for child in sorted(children, key=lambda child: child.meta[SPAN][0]):
            if child.type == "html_inline":
                self.read_tag(child.content, content, layout, child.meta[SPAN], inline=True)
            elif child.type in ("s_open", "s_close"):
                self.concealing.strokes += child.nesting
                self.part(content, layout, child.meta[SPAN][1])
            else:
                self.read_child(child, layout)
        self.concealing.end_block(inline=True)
        self.writer.end_block(kind, span)

    def write(self, text: str, layout: Layout, start: int, end: int) -> bool:
        """Write what a part of a block's content looks like; what is struck out or not shown is noted instead."""
        how = self.concealing.now
        if how is None:
            self.writer.write(text, layout, start, end)
        elif start < end:
            (self.struck if how == "struck" else self.hidden).append(layout.span(start, end))
        return how is None

    def part(self, content: str, layout: Layout, end: int) -> None:
        """Keep apart what stands before and behind words that are not said, where a stroke or tag ends at `end`."""
        before, behind = self.writer.last, content[end : end + 1]
        if self.concealing.now is None and before.strip("\0").strip() and behind.strip():
            mark = "_" if before.isdecimal() and behind.isdecimal() else "\n"
            self.writer.write(mark, layout, end - 1, end)

    def read_child(self, token: Token, layout: Layout) -> None:
        """Read a part of a block's text."""
        start, end = token.meta[SPAN]
        match token.type:
            case "text" | "text_special":
                self.write(token.content, layout, start, end)
            case "softbreak" | "hardbreak":
                self.write("\n", layout, start, end)
            case "image":
                first = start + len("![")
                self.pictures.append(layout.span(first, first + len(token.content)))
            case "code_inline":
                inside = len(token.markup) + (end - start - 2 * len(token.markup) - len(token.content)) // 2
                first, last = start + inside, start + inside + len(token.content)
                if self.write(token.content, layout, first, last):
                    self.code.append(layout.span(first, last))
            case "maths":
                first, last = start + len(token.markup), end - len(token.markup)
                if self.write(token.content, layout, first, last):
                    self.formulas.append(layout.span(first, last))
            case _:
                pass

    def read_tag(self, tag: str, content: str, layout: Layout, place: tuple[int, int], *, inline: bool) -> None:
        """Read a tag or comment that stands at this place of a block's content: what it does to the words around it."""
        start, end = place
        match = HTML.fullmatch(tag)
        if match is None or match["comment"]:
            self.hidden.append(layout.span(start, end))
            if inline and match and match["raw"]:  # amid text, the opening tag stands alone
                self.concealing.tag(tag, match["raw"].lower(), inline=inline)
            return
        name = (match["name"] or "").lower()
        was = self.concealing.now
        self.concealing.tag(tag, name, inline=inline)
        if self.concealing.now or was:
            self.part(content, layout, end)
            return
        before, behind = self.writer.last, content[end : end + 1]
        mark = ""
        if name in RAISED and before.isdecimal() and behind.isdecimal() and not tag.startswith("</"):
            mark = RAISED[name]
        elif name and not WITHIN_WORDS.fullmatch(name) and before.strip("\0").strip() and behind.strip():
            mark = "\n"
        # The mark stands at the tag's last character, so that digits within the tag stay unseen.
        self.writer.write(mark, layout, end - len(mark), end)

    def read_code(self, content: str, line: int) -> None:
        """Read a block of code."""
        content = content.removesuffix("\n")
        layout = self.lines.lay_out(content, line)
        self.write(content, layout, 0, len(content))
        self.writer.end_block("code", layout.span(0, len(content)))

    def read_html(self, content: str, line: int) -> None:
        """Read a block of HTML: what stands between its tags."""
        content = content.removesuffix("\n")
        layout = self.lines.lay_out(content, line)
        shown = 0
        for match in HTML.finditer(content):
            self.write(content[shown : match.start()], layout, shown, match.start())
            self.read_tag(match[0], content, layout, match.span(), inline=False)
            shown = match.end()
        self.write(content[shown:], layout, shown, len(content))
        self.concealing.end_block(inline=False)
        self.writer.end_block("html", layout.span(0, len(content)))


def seen(tokens: Iterable[Token]) -> str:
    """Return what a reader sees of inline tokens."""
    breaks = ("softbreak", "hardbreak")
    words = ("text", "text_special", "code_inline", "maths")
    return "".join(token.content if token.type in words else " " * (token.type in breaks) for token in tokens)


def read_markdown(text: str, line_starts: tuple[int, ...]) -> Reading:
    """Read a document whose lines end in line feeds."""
    lines = Lines(text, line_starts)
    match = FRONT_MATTER.match(text)
    parsed = "\n" * match[0].count("\n") + text[match.end() :] if match else text
    reader = Reader(lines, SectionFinder(lines))
    reader.read(markdown_parser().parse(parsed))
    return Reading(
        rendered=reader.writer.rendered(),
        blocks=tuple(reader.writer.blocks),
        sections=reader.sections.all(),
        formulas=tuple(reader.formulas),
        code=tuple(reader.code),
        hidden=tuple(reader.hidden),
        struck=tuple(reader.struck),
        pictures=tuple(reader.pictures),
        head=Span(0, match.end()) if match else NOWHERE,
    )
