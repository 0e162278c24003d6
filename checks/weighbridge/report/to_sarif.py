"""The report as SARIF 2.1.0, for code scanning: one result for each claim that does not simply pass.

Every rule is declared, also where nothing broke it, and `results` is empty for a clean run. A waived claim is a result
with an accepted suppression. A result's fingerprint is made of its id and rule, not of lines, so that a finding stays
the same finding while the text around it moves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import msgspec

from weighbridge.errors import Location, one_line
from weighbridge.report.model import Report, Weighed
from weighbridge.report.wording import finding, label, place
from weighbridge.verdict import Refuted

Level: TypeAlias = Literal["error", "warning", "note"]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

#: What can be the matter with a claim: the words that diagnoses lead with.
RULES: Mapping[str, str] = {
    "refuted": "The document claims something that is not so.",
    "errored": "A claim could not be evaluated.",
    "undecided": "A claim was not decided as firmly as its spec asks for.",
    "holds": "A claim holds by weaker evidence than its spec asks for.",
    "gone": "The quote that makes a claim is no longer in the document.",
    "changed": "The document now prints something else than the spec says.",
    "unexpected": "A waiver or erratum no longer excuses what it was written for.",
    "waived": "A claim is refuted, and a waiver or erratum says why.",
}


def to_sarif(report: Report) -> str:
    """Return the report as SARIF, keys in a fixed order."""
    results = [to_result(each) for each in report.results if each.standing != "pass"]
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "weighbridge",
                        "version": report.version,
                        "rules": [
                            {"id": name, "shortDescription": {"text": text}, "fullDescription": {"text": text}}
                            for name, text in RULES.items()
                        ],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }
    return msgspec.json.format(msgspec.json.encode(log), indent=2).decode() + "\n"


def to_result(weighed: Weighed) -> dict[str, Any]:
    """Return the SARIF result of one claim: where the document says it, else where the spec does."""
    result, rule = weighed.result, label(weighed)
    anchor = result.anchor.location if result.anchor else None
    found: dict[str, Any] = {
        "ruleId": rule,
        "ruleIndex": list(RULES).index(rule),
        "level": level_of(weighed),
        "message": {"text": f"{result.id}: {one_line(finding(weighed))}"},
        "locations": [to_location(anchor or place(weighed))],
        "partialFingerprints": {"weighbridge/v1": hashlib.sha256(f"{result.id}\n{rule}".encode()).hexdigest()},
        "properties": {"id": result.id, "standing": weighed.standing},
    }
    if anchor is not None:
        found["relatedLocations"] = [{"id": 0, **to_location(result.location), "message": {"text": "the claim"}}]
    if isinstance(result.verdict, Refuted) and result.verdict.explanations:
        found["properties"]["explanations"] = list(result.verdict.explanations)
    if weighed.standing == "waived":
        found["suppressions"] = [{"kind": "external", "status": "accepted", "justification": one_line(weighed.why)}]
    return found


def level_of(weighed: Weighed) -> Level:
    """Return how serious a result is."""
    return "note" if weighed.standing == "waived" else "error"


def to_location(location: Location) -> dict[str, Any]:
    """Return a place in the form of SARIF."""
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quoted(location.path)},
            "region": {"startLine": location.line, "startColumn": location.column},
        }
    }


def quoted(path: str) -> str:
    """Return a path as a relative URI."""
    from urllib.parse import quote  # noqa: PLC0415 - a tenth of this module's start-up

    return quote(path)
