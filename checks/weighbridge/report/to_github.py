"""The report as GitHub workflow commands: annotations beside the lines of a pull request.

GitHub shows ten annotations of a level a step, so at most nine are made and the last says how many more there are.
"""

from __future__ import annotations

from weighbridge.errors import Location
from weighbridge.report.model import Report, Weighed
from weighbridge.report.summary import last_line
from weighbridge.report.wording import finding, label, place

#: Annotations of one level that are made, besides the one that says how many there are.
MOST = 9


def to_github(report: Report) -> str:
    """Return workflow commands, one a line, then the last line of the report as a notice."""
    lines: list[str] = []
    for level, standings in (("error", ("fail", "unexpected")), ("warning", ("waived",))):
        matters = [each for each in report.results if each.standing in standings]
        lines += [to_command(level, each) for each in matters[:MOST]]
        if len(matters) > MOST:
            rest = len(matters) - MOST
            lines.append(f"::{level} title=weighbridge::and {rest:,} more: see the job's log")
    lines.append(f"::notice title=weighbridge::{data(last_line(report))}")
    return "\n".join(lines) + "\n"


def to_command(level: str, weighed: Weighed) -> str:
    """Return the annotation of one claim: where the document says it, else where the spec does."""
    result = weighed.result
    where = (result.anchor.location if result.anchor else None) or place(weighed)
    title = attribute(f"{label(weighed)}[{result.id}]")
    return f"::{level} {position(where)},title={title}::{data(finding(weighed))}"


def position(location: Location) -> str:
    """Return a place as attributes of a command."""
    return f"file={attribute(location.path)},line={location.line},col={location.column}"


def data(text: str) -> str:
    """Return text as a command's message: whatever a document says, it ends no line and begins no command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def attribute(text: str) -> str:
    """Return text as a command's attribute."""
    return data(text).replace(":", "%3A").replace(",", "%2C")
