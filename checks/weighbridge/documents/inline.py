"""Where each inline token of Markdown (text, code, emphasis, maths) stands in its block's content.

markdown-it-py says on which lines a block stands, and nothing about the inside of a line; so the loop that applies its
inline rules is ours here, and notes for each token which characters the rule that made it has consumed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Literal, cast

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock, reference
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

#: The key of `Token.meta` under which (start, end) stands, in characters of the block's content.
SPAN = "span"

#: What opens maths and what closes it, the longer before the shorter.
DELIMITERS = (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"))
CLOSINGS = {
    "$$": re.compile(r"(?<!\\)\$\$"),
    "$": re.compile(r"(?<![\\\s])\$(?!\d)"),
    "\\)": re.compile(r"(?<!\\)\\\)"),
    "\\]": re.compile(r"(?<!\\)\\\]"),
}


#: The marker of single tildes, which close no double ones; no character has this number.
ONE_TILDE = 0x11007E


class PositionedInline(ParserInline):
    """The inline parser; every token that it makes has its span in `meta`."""

    def tokenize(self, state: StateInline) -> None:
        """Apply the rules from `state.pos` to `state.posMax`, as the parser's own loop does."""
        rules = self.ruler.getRules("")
        deepest = state.md.options["maxNesting"]
        text_start: int | None = None  # of the text that is not a token yet
        while state.pos < state.posMax:
            start, made = state.pos, len(state.tokens)
            if state.level >= deepest or not any(rule(state, False) for rule in rules):  # noqa: FBT003 - their signature
                state.append_pending(state.src[state.pos])
                state.pos += 1
            fresh = state.tokens[made:]
            if not fresh:
                text_start = start if text_start is None else text_start
                continue
            if text_start is not None and fresh[0].type == "text" and SPAN not in fresh[0].meta:
                fresh[0].meta[SPAN] = (text_start, text_start + len(fresh[0].content))
            text_start = None
            note_spans(fresh, state.src, start, state.pos)
        if state.pending:
            token = state.pushPending()
            at = state.posMax - len(token.content) if text_start is None else text_start
            token.meta[SPAN] = (at, at + len(token.content))


def note_spans(tokens: list[Token], src: str, start: int, end: int) -> None:
    """Note where tokens stand that one rule made of the characters from `start` to `end`."""
    cursor = start
    for token in tokens:
        if SPAN in token.meta:
            continue
        # A run of asterisks becomes one token for each, in their order; anything else is made of all the characters.
        at = src.find(token.content, cursor, end) if token.type == "text" and token.content else -1
        if at < 0:
            token.meta[SPAN] = (start, end)
        else:
            cursor = at + len(token.content)
            token.meta[SPAN] = (at, cursor)


def maths(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the parser's signature for a rule
    r"""Read `$..$`, `$$..$$`, `\(..\)` and `\[..\]` as one token, so that nothing inside is taken for Markdown.

    A single dollar opens maths only before, and closes it only behind, what is no white space, and closes none
    before a digit: "$5 and $6" is money.
    """
    for opening, closing in DELIMITERS:
        if not state.src.startswith(opening, state.pos):
            continue
        first = state.pos + len(opening)
        last = closing_of(state, first, closing)
        if last is None:
            continue
        if not silent:
            token = state.push("maths", "", 0)
            token.content, token.markup = state.src[first:last], opening
        state.pos = last + len(closing)
        return True
    return False


def stroke(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - as above
    """Read one tilde by itself, which may strike out as two do: GitHub shows "~12~" so, and "~12 layers" as it is."""
    if silent or state.src[state.pos] != "~":
        return False
    scanned = state.scanDelims(state.pos, True)  # noqa: FBT003 - its signature
    if scanned.length != 1:
        return False
    state.push("text", "", 0).content = "~"
    state.delimiters.append(
        Delimiter(
            marker=ONE_TILDE,
            length=0,
            token=len(state.tokens) - 1,
            end=-1,
            open=scanned.can_open,
            close=scanned.can_close,
        )
    )
    state.pos += 1
    return True


def strike(state: StateInline) -> None:
    """Make strokes of single tildes that were found to be a pair."""
    nested = (meta["delimiters"] for meta in state.tokens_meta if meta and "delimiters" in meta)
    for delimiters in (state.delimiters, *nested):
        for first in delimiters:
            if first.marker == ONE_TILDE and first.end >= 0:
                for at, kind, nesting in ((first.token, "s_open", 1), (delimiters[first.end].token, "s_close", -1)):
                    token = state.tokens[at]
                    token.type, token.tag, token.nesting = kind, "s", cast("Literal[1, -1]", nesting)
                    token.markup, token.content = "~", ""


def closing_of(state: StateInline, first: int, closing: str) -> int | None:
    """Return where maths that starts at `first` is closed; None where it is not, or is empty."""
    if closing == "$" and state.src[first : first + 1].isspace():
        return None
    # Sought once a block for all openings in it, or a line of dollars would take forever.
    src, places = state.env.get(f"closings of {closing}", ("", []))
    if src is not state.src:
        places = [match.start() for match in CLOSINGS[closing].finditer(state.src)]
        state.env[f"closings of {closing}"] = (state.src, places)
    index = bisect_right(places, first)
    if index == len(places) or places[index] + len(closing) > state.posMax:
        return None
    return int(places[index])


def definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - as above
    """Read the definition of a link; what reads "[^1]: ..." is a footnote, whose words a reader sees."""
    first = state.bMarks[start] + state.tShift[start]
    return not state.src.startswith("[^", first) and reference(state, start, end, silent)


def markdown_parser() -> MarkdownIt:
    """Return a parser of CommonMark with tables, strikethrough and maths, whose inline tokens have spans."""
    parser = MarkdownIt("commonmark")
    parser.inline = PositionedInline()
    parser.configure("commonmark").enable(["table", "strikethrough"])
    # Both join neighbouring tokens of text into one and so lose where the parts stood.
    parser.disable(["fragments_join", "text_join"])
    parser.inline.ruler.before("escape", "maths", maths)
    parser.inline.ruler.before("strikethrough", "stroke", stroke)
    parser.inline.ruler2.after("strikethrough", "stroke", strike)
    parser.block.ruler.at("reference", definition)
    return parser
