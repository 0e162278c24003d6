"""Which formats there are: each a pure function from a report to text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from weighbridge.report.model import Report
from weighbridge.report.text import to_terminal
from weighbridge.report.to_badge import to_badge
from weighbridge.report.to_github import to_github
from weighbridge.report.to_json import to_json
from weighbridge.report.to_junit import to_junit
from weighbridge.report.to_markdown import to_markdown
from weighbridge.report.to_sarif import to_sarif

Renderer: TypeAlias = Callable[[Report], str]


def to_html(report: Report) -> str:
    """Return the report as an HTML page; what makes it is imported only where a page is wanted."""
    from weighbridge.report.html.page import to_html as page  # noqa: PLC0415 - templates take their time to load

    return page(report)


RENDERERS: Mapping[str, Renderer] = {
    "text": to_terminal,
    "json": to_json,
    "markdown": to_markdown,
    "html": to_html,
    "junit": to_junit,
    "sarif": to_sarif,
    "github": to_github,
    "badge": to_badge,
}
