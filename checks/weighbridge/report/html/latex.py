"""How a document's own LaTeX is set: by latex2mathml, of whose result only harmless elements are kept."""

from __future__ import annotations

import re
from html import unescape
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element
from markupsafe import Markup

#: MathML that sets text and does nothing else, with the attributes that matter to how it looks.
ELEMENTS = frozenset(
    (
        *("mrow", "mi", "mn", "mo", "mtext", "mspace", "mstyle", "mphantom", "mpadded"),
        *("msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mprescripts", "none"),
        *("mfrac", "msqrt", "mroot", "mtable", "mtr", "mtd"),
    )
)
ATTRIBUTES = frozenset(
    (
        *("stretchy", "fence", "separator", "form", "accent", "linethickness", "lspace", "rspace", "width"),
        *("mathvariant", "columnalign", "displaystyle"),
    )
)
VALUE = re.compile(r"[\w.%+\- ]{1,40}")
#: Characters of LaTeX that are converted, and levels of braces: the converter is a recursive one.
MAX_LENGTH, MAX_DEPTH = 2_000, 40
#: Digits in groups of three, parted by commas or thin spaces, which TeX takes for punctuation between numbers.
GROUPED = re.compile(r"(?<!\d)\d{1,3}(?:(?:,|\{,\}|\\,)\d{3}(?!\d))+")


def to_mathml(latex: str, *, block: bool = False) -> Markup | None:
    """Return LaTeX set as mathematics; None where it can not be converted, and is to be shown as it stands."""
    if len(latex) > MAX_LENGTH or not balanced(latex):
        return None
    grouped = [found.replace("{,}", ",").replace("\\,", "\u2009") for found in GROUPED.findall(latex)]
    try:
        root = convert_to_element(GROUPED.sub(lambda found: re.sub(r"\D", "", found[0]), latex))
    except Exception:  # noqa: BLE001 - the converter fails on odd input in many ways, and the source is shown then
        return None
    inner = Markup().join(kept(child, grouped) for child in root)
    return Markup('<math display="{}">{}</math>').format("block" if block else "inline", inner)


def balanced(latex: str) -> bool:
    """Tell whether braces and environments close in their order, none too deep."""
    depth = 0
    for sign in re.findall(r"(?<!\\)(?:\\\\)*([{}])", latex):
        depth += 1 if sign == "{" else -1
        if not 0 <= depth <= MAX_DEPTH:
            return False
    pairs = ((r"\\begin\b", r"\\end\b"), (r"\\left\b", r"\\right\b"))
    return depth == 0 and all(len(re.findall(one, latex)) == len(re.findall(other, latex)) for one, other in pairs)


def kept(element: Element, grouped: list[str]) -> Markup:
    """Return an element if it is harmless, else what it holds, with all text escaped.

    `grouped` are the numbers to come that the document prints in groups; those that are met are taken from it.
    """
    # The converter writes characters as references; what it takes from the document has none left unread.
    text = unescape(element.text or "")
    if element.tag == "mn" and grouped and text == re.sub(r"\D", "", grouped[0]):
        text = grouped.pop(0)
    inner = Markup("{}{}").format(text, Markup().join(kept(child, grouped) for child in element))
    if element.tag not in ELEMENTS:
        return Markup("<mrow>{}</mrow>").format(inner)
    harmless = {name: value for name, value in element.items() if name in ATTRIBUTES and VALUE.fullmatch(value)}
    attributes = Markup().join(Markup(' {}="{}"').format(name, value) for name, value in sorted(harmless.items()))
    return Markup("<{0}{1}>{2}</{0}>").format(element.tag, attributes, inner)
