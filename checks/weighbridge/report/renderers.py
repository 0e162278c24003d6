"""Which formats there are: each a pure function from a report to text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from weighbridge.report.model import Report
from weighbridge.report.text import to_terminal
from weighbridge.report.to_json import to_json
from weighbridge.report.to_markdown import to_markdown

Renderer: TypeAlias = Callable[[Report], str]

RENDERERS: Mapping[str, Renderer] = {
    "text": to_terminal,
    "json": to_json,
    "markdown": to_markdown,
}
