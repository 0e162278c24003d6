"""What a cell of a table says: a figure in the scale of its column, yes or no, or nothing.

The rules. A cell says nothing where it is empty or has a dash, "n/a" or "N/A" alone. A scale or unit in brackets at the
end of a column's name ("Parameters (M)", "Size [GB]", "Share (%)", "in billions") is that of every cell that prints
none of its own, and a figure with a scale is rounded to its last printed digit, wherever the scale stands.
"""

from __future__ import annotations

import re

from weighbridge.formula.figures import Figure, FigureError, Rounding, read_figure, read_number

DASHES = frozenset("-‐‑‒–—―−")
NOTHING = frozenset({"", "n/a", "n.a.", "na"})
YES = frozenset({"yes", "true", "✓", "✔", "✔️", "✅", "☑"})
NO = frozenset({"no", "false", "✗", "✘", "✕", "✖", "❌", "☐"})

#: What stands in brackets at the end of a column's name, or behind "in" there.
SCALE = re.compile(r"(?:[(\[](?:in )?(?P<inside>[^()\[\]]+)[)\]]|\bin (?P<behind>\w+))$")
#: A word for many: "millions" is the scale "million".
PLURAL = re.compile(r"(thousand|million|billion|trillion)s$", re.IGNORECASE)


def is_empty(text: str) -> bool:
    """Tell whether a cell says nothing.

    >>> is_empty("–"), is_empty("N/A"), is_empty("0")
    (True, True, False)
    """
    return text.casefold() in NOTHING or set(text) <= DASHES


def truth(text: str) -> bool | None:
    """Return yes or no as true or false, None for anything else."""
    word = text.casefold()
    return True if word in YES else False if word in NO else None


def scale_of(column: str) -> str:
    """Return the scale or unit that a column's name gives to its cells, "" where it gives none.

    >>> scale_of("Parameters (M)"), scale_of("Size (GB)"), scale_of("Parameters (total)")
    ('M', ' GB', '')
    """
    match = SCALE.search(column.strip())
    if match is None:
        return ""
    scale = PLURAL.sub(r"\1", (match["inside"] or match["behind"]).strip())
    if scale.startswith("10^"):
        scale = f"×{scale}"
    for joined in (scale, f" {scale}"):
        try:
            read = read_number(f"1{joined}")
        except FigureError:
            continue
        if read.rounded or read.unit:
            return f" {scale}" if len(scale) > 1 and scale[0].isalpha() else joined
    return ""


def in_scale(text: str, scale: str) -> str:
    """Return a cell's figure with its column's scale, unless it prints one of its own. Raises `FigureError`.

    >>> in_scale("124", "M"), in_scale("1.5B", "M")
    ('124M', '1.5B')
    """
    return f"{text}{scale}" if scale and re.fullmatch(r"[^A-Za-z%×·*]*", text) and text else text


def figure_in(
    text: str, scale: str = "", *, precision: str = "", rounding: Rounding | None = None, about: str = ""
) -> Figure:
    """Return the figure that a cell prints, in its column's scale. Raises `FigureError`."""
    return read_figure(in_scale(text, scale), precision=precision, rounding=rounding, about=about)
