"""The report as a badge: the JSON that shields.io's endpoint badge reads."""

from __future__ import annotations

import msgspec

from weighbridge.report.model import Report
from weighbridge.report.summary import summarise


def to_badge(report: Report) -> str:
    """Return standing and coverage as a badge's label, message and colour."""
    summary = summarise(report)
    parts = [summary.standing, f"{summary.holds:,} hold{'s' if summary.holds == 1 else ''}"]
    found = sum(each.found for each in report.coverage)
    if found:
        accounted = found - sum(each.unaccounted for each in report.coverage)
        # Rounded down: 100% means all of it.
        parts.append(f"{100 * accounted // found}% covered")
    colour = "brightgreen" if summary.standing == "pass" else "red"
    if summary.standing == "pass" and summary.waived:
        colour = "green"
    badge = {"schemaVersion": 1, "label": "claims", "message": ", ".join(parts), "color": colour}
    return msgspec.json.format(msgspec.json.encode(badge), indent=2).decode() + "\n"
