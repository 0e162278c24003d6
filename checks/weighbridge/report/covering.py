"""How coverage is told: what nothing accounts for, by its place in the document, and the sums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import msgspec

from weighbridge.documents.coverage import Accounted, DocumentCoverage
from weighbridge.documents.notation import RULES
from weighbridge.errors import one_line
from weighbridge.report.model import Coverage

SCHEMA, VERSION = "weighbridge/coverage", 1


def counts(part: DocumentCoverage) -> Coverage:
    """Return how many figures and formulas of a document have come to what."""
    claimed, exempt, unaccounted = (len(part.of(status)) for status in ("claimed", "exempt", "unaccounted"))
    return Coverage(part.document, part.found, claimed, exempt, unaccounted)


def total(parts: Sequence[DocumentCoverage]) -> Fraction:
    """Return how much of all documents is accounted for, from 0 to 1; all of nothing is 1."""
    found = sum(part.found for part in parts)
    open_ = sum(len(part.of("unaccounted")) for part in parts)
    return 1 - Fraction(open_, found) if found else Fraction(1)


def percent(share: Fraction) -> str:
    """Return a share in percent, rounded down, so that 100% is said of nothing less.

    >>> percent(Fraction(1999, 2000)), percent(Fraction(1))
    ('99.9%', '100%')
    """
    tenths = share * 1000 // 1
    return f"{tenths // 10}%" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}%"


def to_text(
    parts: Sequence[DocumentCoverage],
    *,
    new: Sequence[Accounted] | None = None,
    since: str = "",
    least: Fraction | None = None,
    verbose: bool = False,
) -> str:
    """Return coverage for a terminal: what nothing accounts for first, then a line for each document, then the sum.

    `new` are figures and formulas that were added or edited since the revision `since`; then those alone are listed.
    `least` is the share that is asked for.
    """
    unaccounted = [each for part in parts for each in part.of("unaccounted")]
    if new is not None:
        unaccounted = [each for each in new if each.status == "unaccounted"]
    lines = [diagnose(each, since=since if new is not None else "") for each in unaccounted]
    if lines:
        lines += ["", "claim what is listed, or exempt it with a reason: [[claim]] or [[exempt]]", ""]
    for part in parts:
        lines.append(summary(part))
        lines += rules(part) if verbose else ()
    if new is not None:
        open_ = len(unaccounted)
        lines.append(f"since {one_line(since)}: {len(new):,} added or edited, {open_:,} of them unaccounted")
    if not parts:
        lines.append("no document is here: a citation has no figures to take stock of")
    if len(parts) > 1:
        lines.append(f"all documents: {percent(total(parts))}")
    if parts and least is not None and total(parts) < least:
        lines.append(f"fail: {percent(total(parts))} accounted for, expected at least {percent(least)}")
    return "".join(f"{line}\n" for line in lines)


def diagnose(each: Accounted, *, since: str = "") -> str:
    """Return the line of a figure or formula that nothing accounts for."""
    new = f", added or edited since {since}" if since else ""
    return one_line(f"{each.item.location}: unaccounted {each.item.kind} '{each.item.text}'{new}")


def summary(part: DocumentCoverage) -> str:
    """Return the sums of a document."""
    row, aside = counts(part), len(part.of("set aside"))
    return one_line(
        f"{part.document}: {percent(part.share)}, {row.claimed + row.exempt:,} of {row.found:,} figures and formulas "
        f"({row.claimed:,} claimed, {row.exempt:,} exempt); {aside:,} set aside by rules"
    )


def rules(part: DocumentCoverage) -> Iterator[str]:
    """Yield what each rule sets aside and where, and each exemption's reason with what it spares."""
    for rule, found in part.rules.items():
        yield f"    {rule}, {len(found):,} set aside: {RULES[rule]}"
        yield f"        {places(found)}"
    for reason, spared in by_reason(part).items():
        yield one_line(f"    exempt, {len(spared):,}: {reason}")
        yield f"        {places(spared)}"


def places(found: Sequence[Accounted]) -> str:
    """Return items with line and column."""
    return one_line(
        ", ".join(f"{each.item.text} ({each.item.location.line}:{each.item.location.column})" for each in found)
    )


def by_reason(part: DocumentCoverage) -> Mapping[str, list[Accounted]]:
    """Return what is exempt, by the reasons given."""
    found: dict[str, list[Accounted]] = {}
    for each in part.of("exempt"):
        for reason in each.reasons:
            found.setdefault(reason, []).append(each)
    return found


def to_json(parts: Sequence[DocumentCoverage], *, new: Sequence[Accounted] | None = None, since: str = "") -> str:
    """Return coverage as JSON text with a newline at the end: every figure and formula and what has come of it."""
    added = {(each.item.location.path, each.item.span) for each in new or ()}
    file = {
        "schema": SCHEMA,
        "version": VERSION,
        "since": since or None,
        "documents": [
            {
                **msgspec.to_builtins(counts(part)),
                "set_aside": {rule: len(found) for rule, found in part.rules.items()},
                "items": [
                    entry(each, new=(part.document, each.item.span) in added if new is not None else None)
                    for each in part.items
                ],
            }
            for part in parts
        ],
    }
    return msgspec.json.format(msgspec.json.encode(file), indent=2).decode() + "\n"


def entry(each: Accounted, *, new: bool | None) -> dict[str, object]:
    """Return an item in the shape of the file; `new` is null where no revision is compared with."""
    item = each.item
    return {
        "text": item.text,
        "kind": item.kind,
        "line": item.location.line,
        "column": item.location.column,
        "status": each.status,
        "claims": list(each.claims),
        "reasons": list(each.reasons),
        "rule": item.rule,
        "new": new,
    }
