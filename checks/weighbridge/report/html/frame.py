"""How a page is shown inside another one: in a frame that keeps it to itself."""

from __future__ import annotations

from markupsafe import Markup

from weighbridge.report.html.page import to_html
from weighbridge.report.model import Report

#: A page of its own origin, which runs its own scripts and nothing else.
FRAME = Markup(
    '<iframe title="Compliance report" sandbox="allow-scripts" srcdoc="{}" width="100%" height="720"></iframe>\n'
)


def to_frame(report: Report) -> str:
    """Return HTML that a notebook can show: the whole page in a frame, so that neither has the other's styles."""
    return str(FRAME.format(to_html(report)))
