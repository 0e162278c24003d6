"""The report as one HTML page that works from disk: a summary, each document with its marks, all results, charts."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from msgspec import Struct

from weighbridge.gate import strength_of
from weighbridge.report.html.cards import Card, Loose, card_of
from weighbridge.report.html.charts import FailureMap, failure_map, growth_of, parts_of
from weighbridge.report.html.document import to_body
from weighbridge.report.html.marking import Marking
from weighbridge.report.model import Report, SpecEntry, Weighed
from weighbridge.report.summary import coverage_line, last_line, summarise
from weighbridge.report.wording import short_id
from weighbridge.verdict import Errored, Holds, OverBudget, Refuted, Undecided

PACKAGE = "weighbridge.report.html"
#: The libraries draw, the page's own script uses them; each is allowed by its hash and nothing else is.
SCRIPTS = ("chart.umd.min.js", "chartjs-chart-treemap.min.js", "chartjs-chart-matrix.min.js", "page.js")
STYLE = "page.css"


class Line(Struct, frozen=True, kw_only=True):
    """A row of the table of results."""

    card: Card
    name: str
    document: str
    evidence: str
    place: str
    order: int


class Section(Struct, frozen=True, kw_only=True):
    """A spec with its document."""

    key: int
    entry: SpecEntry
    body: Markup | None
    counts: Mapping[str, int]
    loose: Sequence[Loose]


def to_html(report: Report) -> str:
    """Return the page; the same report gives the same bytes."""
    cards = [card_of(key, each) for key, each in enumerate(report.results)]
    maps = dict(mapped(report))
    sections = list(sections_of(report, first_loose=len(cards)))
    summary = summarise(report)
    standing, _, said = last_line(report).partition(":")
    page = environment().get_template("page.html.jinja")
    style, scripts = asset(STYLE), [asset(name) for name in SCRIPTS]
    return page.render(
        report=report,
        summary=summary,
        standing=standing,
        said=said.removesuffix("; " + coverage_line(report.coverage)).strip(),
        coverage=coverage_line(report.coverage),
        sections=sections,
        lines=list(lines_of(report, cards)),
        cards=cards,
        maps=maps,
        matters=[card for wanted in (("fail", "unexpected"), ("waived",)) for card in cards if card.standing in wanted],
        breakdowns=[
            (section, breakdown, parts_of(breakdown)) for section in sections for breakdown in section.entry.breakdowns
        ],
        style=Markup(style),  # noqa: S704 - our own files
        scripts=[Markup(script) for script in scripts],  # noqa: S704 - likewise
        policy=policy(style, scripts),
        data=to_data(drawn(sections, maps)),
    )


@cache
def environment() -> Environment:
    """Return where templates are; whatever they are given is escaped, and what they lack is an error."""
    return Environment(
        loader=PackageLoader(PACKAGE, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def asset(name: str) -> str:
    """Return a file that the page holds inside itself, with a line feed at both ends as the page has it."""
    return f"\n{files(PACKAGE).joinpath('assets', name).read_text('utf-8').strip()}\n"


def policy(style: str, scripts: Sequence[str]) -> str:
    """Return the page's own security policy: these styles and scripts, and nothing from anywhere else."""
    return (
        f"default-src 'none'; style-src {hashed(style)}; script-src {' '.join(map(hashed, scripts))}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def hashed(text: str) -> str:
    """Return a text's hash as a policy names it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def to_data(value: object) -> Markup:
    """Return JSON that can stand within a script element: nothing in it ends that or begins another."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - made harmless above


def drawn(sections: Sequence[Section], maps: Mapping[int, FailureMap]) -> dict[str, object]:
    """Return what the page's charts show."""
    return {
        "parts": [
            {"title": title_of(section, breakdown.model, sections), "parts": parts_of(breakdown)}
            for section in sections
            for breakdown in section.entry.breakdowns
        ],
        "growth": [
            {**growth, "title": title_of(section, str(growth["model"]), sections)}
            for section in sections
            for growth in growth_of(section.entry)
        ],
        "maps": {
            str(key): {
                "across": each.across,
                "up": each.up,
                "columns": each.columns,
                "rows": each.rows,
                "cells": each.cells,
            }
            for key, each in maps.items()
        },
    }


def title_of(section: Section, model: str, sections: Sequence[Section]) -> str:
    """Return what a model is called in a choice of all models."""
    return model if len(sections) == 1 else f"{section.entry.document_id}: {model}"


def mapped(report: Report) -> Iterator[tuple[int, FailureMap]]:
    """Yield the map of each claim that a grid refutes, by its card."""
    specs = {spec.path: spec for spec in report.specs}
    for key, each in enumerate(report.results):
        found = failure_map(each.result, specs.get(each.result.spec))
        if found is not None:
            yield key, found


def lines_of(report: Report, cards: Sequence[Card]) -> Iterator[Line]:
    """Yield the rows of the table of results."""
    specs = {spec.path: spec for spec in report.specs}
    for key, (each, card) in enumerate(zip(report.results, cards, strict=True)):
        spec = specs.get(each.result.spec)
        anchor = each.result.anchor
        yield Line(
            card=card,
            name=short_id(each, spec) if spec else each.result.id,
            document=spec.document_id if spec else "",
            evidence=evidence_of(each),
            place=(f"line {anchor.location.line}" if anchor.location else anchor.state) if anchor else "",
            order=key,
        )


def evidence_of(weighed: Weighed) -> str:
    """Return the kind of what a verdict rests on: "proved", "counterexample", "qualitative"."""
    match weighed.result.verdict:
        case Holds(evidence):
            return strength_of(evidence)
        case Refuted(witness):
            return type(witness).__name__.lower()
        case Undecided(OverBudget()):
            return "over-budget"
        case Undecided(reason):
            return type(reason).__name__.lower()
        case Errored():
            return "error"


def sections_of(report: Report, *, first_loose: int) -> Iterator[Section]:
    """Yield each spec with its document; cards of marks without results are numbered from `first_loose` on."""
    keys: dict[str, list[int]] = {}
    for key, each in enumerate(report.results):
        whole = each.result.id
        keys.setdefault(whole, []).append(key)
        if "@" in whole:
            keys.setdefault(whole.partition("@")[0], []).append(key)
    for number, entry in enumerate(report.specs):
        loose: list[Loose] = []
        body = None
        if entry.text is not None:
            marking = Marking(
                results=report.results,
                keys=keys,
                document=entry.text,
                path=entry.document_path,
                number=number,
                next_loose=first_loose,
            )
            body = to_body(entry.text, entry.document_path, marking)
            loose = marking.loose
            first_loose += len(loose)
        yield Section(key=number, entry=entry, body=body, counts=counts_of(entry), loose=loose)


def counts_of(entry: SpecEntry) -> Mapping[str, int]:
    """Return how many of a document's figures and formulas are claimed, exempt and unaccounted."""
    items = [mark for mark in entry.text.marks if mark.kind != "quote"] if entry.text else []
    return {status: sum(mark.status == status for mark in items) for status in ("claimed", "exempt", "unaccounted")}
