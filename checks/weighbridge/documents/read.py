"""Whether a file can be read as a document, and how: Markdown, or plain paragraphs."""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath

from msgspec.structs import asdict

from weighbridge.documents.concealed import concealed_in_tex
from weighbridge.documents.layout import Lines, Writer
from weighbridge.documents.markdown import read_markdown
from weighbridge.documents.source import Reading, Source, Span, starts_of_lines
from weighbridge.errors import Location, SpecError, SpecErrors

#: 10 MB: far above any document that a person wrote, and read within a minute whatever it holds.
MAX_BYTES = 10_000_000

#: Documents that are written in LaTeX, where maths and markup are found by their commands.
LATEX_SUFFIXES = frozenset({".tex", ".ltx"})
#: Read as paragraphs between blank lines; everything else is Markdown.
PLAIN_SUFFIXES = frozenset({".txt", ".text"}) | LATEX_SUFFIXES

BYTE_ORDER_MARK = "\ufeff"


def read_document(path: str, data: bytes) -> Source:
    """Read a document's bytes; `path` is relative to the project root and decides how it is read.

    Raises `SpecErrors` where it is too large or not UTF-8.
    """
    if len(data) > MAX_BYTES:
        raise SpecErrors(
            [
                SpecError(
                    Location(path),
                    f"expected a document of at most {MAX_BYTES // 1_000_000} MB, found {len(data):,} bytes",
                    "name the part that makes the claims",
                )
            ]
        )
    text = re.sub(r"\r\n?", "\n", decode(path, data)).replace("\0", "\ufffd")
    line_starts = starts_of_lines(text)
    suffix = PurePosixPath(path).suffix.lower()
    if suffix in PLAIN_SUFFIXES:
        reading = read_plain(text, line_starts, tex=suffix in LATEX_SUFFIXES)
    else:
        reading = read_markdown(text, line_starts)
    return Source(
        path=path,
        text=text,
        sha256=hashlib.sha256(data).hexdigest(),
        line_starts=line_starts,
        **asdict(reading),
    )


def decode(path: str, data: bytes) -> str:
    """Return the text without its byte-order mark."""
    try:
        return data.decode("utf-8").removeprefix(BYTE_ORDER_MARK)
    except UnicodeDecodeError as error:
        before = re.sub(r"\r\n?", "\n", data[: error.start].decode("utf-8").removeprefix(BYTE_ORDER_MARK))
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        byte = data[error.start]
        raise SpecErrors(
            [SpecError(Location(path, line, column), f"expected UTF-8, found byte 0x{byte:02x}", "save it as UTF-8")]
        ) from None


def read_plain(text: str, line_starts: tuple[int, ...], *, tex: bool) -> Reading:
    """Read paragraphs that blank lines part; nothing is markup but, in LaTeX (`tex`), what is not said."""
    lines, writer = Lines(text, line_starts), Writer()
    unsaid = list(concealed_in_tex(text)) if tex else []
    following = 0
    for match in re.finditer(r"\S[^\n]*(?:\n[^\S\n]*\S[^\n]*)*", text):
        first, end = match.span()
        layout = lines.lay_out(match[0], lines.line_at(first))
        shown = first
        while following < len(unsaid) and unsaid[following][1].start < end:
            span = unsaid[following][1]
            writer.write(text[shown : span.start], layout, shown - first, max(span.start, shown) - first)
            shown = max(min(span.end, end), shown)
            if span.end > end:
                break
            if text[shown - 1] == "}":  # what stands before and behind it is not one word
                writer.write("\n", layout, shown - 1 - first, shown - first)
            following += 1
        writer.write(text[shown:end], layout, shown - first, end - first)
        writer.end_block("paragraph", Span(first, end))
    return Reading(
        rendered=writer.rendered(),
        blocks=tuple(writer.blocks),
        hidden=tuple(span for how, span in unsaid if how == "hidden"),
        struck=tuple(span for how, span in unsaid if how == "struck"),
    )
