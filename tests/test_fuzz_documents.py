"""Documents and quotes that nobody would write: never a traceback, never a quote that is found and is not there.

A thousand cases by default; `make nightly` sets WEIGHBRIDGE_FUZZ to a hundred times as many.
"""

from __future__ import annotations

import os
import re
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.documents.bind import bind
from weighbridge.documents.read import read_document
from weighbridge.errors import SpecErrors
from weighbridge.judge import Options, judge
from weighbridge.spec.read import read_spec
from weighbridge.verdict import Holds

CASES = int(os.environ.get("WEIGHBRIDGE_FUZZ", "1000"))

FIGURES = ("12", "768", "12,288", "1.3B", "175 billion", "33.1%", "3.14e23", "0", "12,2880", "112,288", "12 288")
MARKUP = (
    "# ",
    "## ",
    "\n",
    "\n\n",
    "- ",
    "1. ",
    "> ",
    "**",
    "*",
    "`",
    "```\n",
    "$",
    "$$",
    "\\(",
    "\\)",
    "~~~",
    "\\",
    "|",
)
MATHS = ("\\times ", "d_{embed}", "\\frac{1}{2}", "^{2}", "= ")
HIDDEN = ("<!-- ", " -->", "<b>", "</b>", "[x](y 12)", "![768](12.png)", "&nbsp;", "|---|\n")
BLANKS = ("\u00a0", "\u202e", "e\u0301", "\ufeff", "\r\n", "\t", "    ", " ")
PIECES = (*FIGURES, *MARKUP, *MATHS, *HIDDEN, *BLANKS, "Width", "Layers", ": ", ".", ",")
documents = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=40).map("".join)
quotes = st.sampled_from(FIGURES) | st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join)

SPEC = """
[document]
title = "Fuzzed"
path = "fuzzed.md"
[symbols]
width = "width"
[models.one]
width = 12
[[claim]]
id = "quoted"
quote = {quote}
times = "any"
asserts = "width == 12"
[[claim]]
id = "printed"
printed = {figure}
times = "any"
equals = "width"
"""


def basic(text: str) -> str:
    """Return text as a basic string of TOML."""
    plain = "".join(f"\\u{ord(c):04X}" if ord(c) < 32 or ord(c) == 127 else c for c in text)
    return '"' + plain.replace("\\u", "\0").replace("\\", "\\\\").replace("\0", "\\u").replace('"', '\\"') + '"'


def letters(text: str) -> str:
    """Return what is left of a text when everything that typography may change is taken away."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()


@given(text=documents, quote=quotes, figure=st.sampled_from(FIGURES))
@settings(max_examples=CASES)
def test_any_document_and_quote(text: str, quote: str, figure: str) -> None:
    """What is found is there, letter by letter and digit by digit; what holds is true."""
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return
    try:
        spec = read_spec("spec/fuzzed.toml", SPEC.format(quote=basic(quote), figure=basic(figure)).encode())
        source = read_document("spec/fuzzed.md", data)
    except SpecErrors:
        return
    binding = bind(source, spec)
    for name, anchor in binding.anchors.items():
        if anchor.state != "found":
            continue
        for span in binding.spans[name]:
            here = source.slice(span)
            wanted = quote if name == "quoted" else figure
            pairs = ((wanted, here), (wanted, without_markup(here)), (without_markup(wanted), without_markup(here)))
            assert any(re.findall(r"\d", one) == re.findall(r"\d", other) for one, other in pairs)
            assert any(letters(one) in letters(other) for one, other in pairs)
            before, after = text_around(source.text, span.start, span.end)
            if wanted[0].isdigit():
                assert not before.isdigit()
            if wanted[-1].isdigit():
                assert not after.isdigit()
    for each in judge(spec, binding.anchors, Options(engine="algebra", examples=1, explain=False)):
        if each.id.endswith("printed") and isinstance(each.verdict, Holds):
            assert figure == "12"


def text_around(text: str, start: int, end: int) -> tuple[str, str]:
    """Return the characters before and behind a span, "" at the ends."""
    return text[start - 1 : start], text[end : end + 1]


def without_markup(text: str) -> str:
    """Return text without comments, tags, entities, what is not shown of links, and names of signs."""
    text = re.sub(r"<!--.*?-->|<[^>]*>|&\w+;", "", text, flags=re.DOTALL)
    return re.sub(r"\]\([^)]*\)|\\\\times|\\times", "", text)
