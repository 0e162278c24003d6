"""A count as a picture that a README can show: it stands alone, and the same count gives the same bytes."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from weighbridge.count.picture import BAR, INDENT, MARGIN, picture_of
from weighbridge.count.tree import Count


def to_svg(count: Count, *, depth: int = 2) -> str:
    """Return the picture as SVG, components down to this depth; it has no scripts and loads nothing."""
    return (
        environment()
        .get_template("count.svg.jinja")
        .render(picture=picture_of(count, depth=depth), bar=BAR, indent=INDENT, margin=MARGIN)
    )


@cache
def environment() -> Environment:
    """Return where templates are; whatever they are given is escaped, and what they lack is an error."""
    return Environment(
        loader=PackageLoader("weighbridge.count", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
