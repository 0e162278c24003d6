"""A report whose texts all try to become elements or scripts of the page that shows them: for tests of the page."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from msgspec import Struct
from msgspec.structs import fields as struct_fields
from msgspec.structs import replace

from weighbridge.report.model import DocumentText, Mark, Report

PAYLOAD = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&{{7*7}}"

#: Fields that hold one of a few words, or what must stay what it is for the report to be one.
CLOSED = {"kind", "state", "asked", "standing", "status", "relation", "value", "sha256"}


def poisoned(value: Any, name: str = "") -> Any:
    """Return a value with a script at the end of every text in it."""
    if isinstance(value, str):
        return value if name in CLOSED or not value else value + PAYLOAD
    if isinstance(value, tuple):
        return tuple(poisoned(each, name) for each in value)
    if isinstance(value, dict) or type(value).__name__ == "mappingproxy":
        return {poisoned(key): poisoned(each, name) for key, each in value.items()}
    if isinstance(value, Struct):
        names = [each.name for each in struct_fields(value)]
    elif is_dataclass(value) and not isinstance(value, type):  # a few nodes of expressions
        names = [each.name for each in fields(value)]
    else:
        return value
    return type(value)(**{each: poisoned(getattr(value, each), each) for each in names})


def hostile(report: Report) -> Report:
    """Return a report with a script in every text, whose document tries other ways as well."""
    document = (
        "# <script>alert(1)</script>\n\n" + PAYLOAD + "\n\n<script>alert(2)</script>\n\n[x](javascript:alert(3)) "
    )
    document += f'`{PAYLOAD}` $\\text{{{PAYLOAD}}}$ <http://x.org/"onclick=alert(4)> ![{PAYLOAD}](//x.org/i.png)\n'
    shown = document.index(f"`{PAYLOAD}") + 1
    marks = tuple(  # one where the document hides it, one where it shows all of it
        Mark(start=start, end=end, kind="quote", status="unaccounted")
        for start, end in ((10, 18), (shown, shown + len(PAYLOAD)))
    )
    whole: Report = poisoned(report)
    (first, *rest) = whole.specs
    return replace(
        whole,
        specs=(replace(first, text=DocumentText(document, marks)), *rest),
    )
