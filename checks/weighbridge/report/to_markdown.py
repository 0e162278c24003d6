"""The report as a Markdown page, for pull requests and for reading in a repository."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from weighbridge.errors import Location, one_line
from weighbridge.report.footnotes import Footnotes
from weighbridge.report.model import Report, SpecEntry, Weighed
from weighbridge.report.summary import coverage_line, last_line
from weighbridge.report.verdicts import describe
from weighbridge.report.wording import describe_result, finding, place, put_in, refutation, short_id
from weighbridge.verdict import Excuse, Refuted

#: Characters that mean something in running Markdown text.
MARKUP = re.compile(r"([\\`*_\[\]<>|~$&])")
#: What GitHub turns into a mention, a reference or a link even where it is escaped; a zero-width space stops it.
ACTIVE = re.compile(r"(?<=[@#])(?=\w)|(?<=:)(?=//)|(?<=www)(?=\.)")
STOP = "\u200b"


def to_markdown(report: Report) -> str:
    """Return the report as a page: the sum, each document's claims, then what does not pass, and why."""
    return "\n".join(page(report)) + "\n"


def page(report: Report) -> Iterator[str]:
    """Yield the page's lines."""
    standing, _, rest = last_line(report).partition(":")
    yield "# Compliance report"
    yield ""
    yield f"**{standing}**:{rest.removesuffix('; ' + coverage_line(report.coverage))}."
    yield ""
    yield f"{coverage_line(report.coverage).capitalize()}."
    for spec in report.specs:
        yield from section(spec, [each for each in report.results if each.result.spec == spec.path])
    matters = [each for each in report.results if each.standing in ("fail", "unexpected")]
    matters += [each for each in report.results if each.standing == "waived"]
    if matters:
        yield ""
        yield "## What does not pass, or is waived"
    for each in matters:
        yield from details(each)


def section(spec: SpecEntry, results: list[Weighed]) -> Iterator[str]:
    """Yield a document's heading, the table of its claims and the remarks that belong to them."""
    yield ""
    yield f"## {prose(spec.title)}"
    yield ""
    source = f"cites {prose(spec.cite)}" if spec.cite else ""
    if spec.document_path:
        source = f"weighs {link(code(spec.document_path), spec.document_path)} (sha256 {code(spec.sha256)})"
    yield f"{link(code(spec.path), spec.path)} {source}".rstrip() + "."
    yield ""
    if not results:
        yield "No claims."
        return
    yield "| standing | claim | document | says | verdict |"
    yield "|---|---|---|---|---|"
    footnotes = Footnotes.of(results)
    for each in results:
        result = each.result
        where = result.anchor.location if result.anchor else None
        state = result.anchor.state if result.anchor else ""
        document = at(f"line {where.line}", where) if where else ""
        if state not in ("", "found"):
            document = f"{state} {document}".rstrip()
        verdict = prose(describe_result(result))
        if result.assuming:
            verdict += f", assuming {cell(' and '.join(result.assuming))}"
        cells = (
            each.standing if each.standing == "pass" else f"**{each.standing}**",
            at(cell(short_id(each, spec)), result.location),
            document,
            cell(result.says),
            verdict + prose(footnotes.mark(each)),
        )
        yield f"| {' | '.join(cells)} |"
    if footnotes:
        yield ""
        yield from (f"- {prose(line)}" for line in footnotes)


def details(weighed: Weighed) -> Iterator[str]:
    """Yield what is known of a result that does not hold: the finding, the numbers, the excuse."""
    result = weighed.result
    text = refutation(result) if weighed.standing == "waived" else finding(weighed)
    yield ""
    yield f"### {code(result.id)}"
    yield ""
    yield f"**{weighed.standing}** at {at(code(str(place(weighed))), place(weighed))}: {prose(text)}"
    shown = [("says", result.says), ("quote", result.quote), *zip(("formula", "values"), put_in(result), strict=False)]
    lines = [f"- {name}: {code(text)}" for name, text in shown if text]
    if isinstance(result.verdict, Refuted):
        lines += [f"- explained: {prose(line)}" for line in result.verdict.explanations]
    lines += [f"- assumed: {code(symbol)}, {prose(why)}" for symbol, why in result.assumed.items()]
    if result.assuming:
        lines.append(f"- assuming: {code(' and '.join(result.assuming))}")
    if result.excuse:
        lines += excused(result.excuse)
    yield ""
    yield from lines


def excused(excuse: Excuse) -> Iterator[str]:
    """Yield a waiver's or erratum's reason, and what the document should say."""
    until = f" until {excuse.expires.isoformat()}" if excuse.expires else ""
    yield f"- {excuse.kind}{until}: {prose(excuse.reason)}"
    if excuse.correct:
        outcome = f": {prose(describe(excuse.correction))}" if excuse.correction else ""
        yield f"- correction: {code(excuse.correct)}{outcome}"


def prose(text: str) -> str:
    """Return text that reads as itself in Markdown, whatever it holds."""
    return ACTIVE.sub(STOP, MARKUP.sub(r"\\\1", one_line(text)))


def code(text: str) -> str:
    """Return text as a code span, fenced by more backticks than it holds in a row; "" for nothing."""
    line = one_line(text).strip()
    if not line:
        return ""
    fence = "`" * (1 + max(map(len, re.findall("`+", line)), default=0))
    space = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{space}{line}{space}{fence}"


def cell(text: str) -> str:
    """Return text as a code span within a table, where a pipe ends a cell even between backticks."""
    if r"\|" in text:  # parsers disagree on whether a backslash before the pipe escapes its escape
        return prose(text)
    return code(text).replace("|", r"\|")


def link(shown: str, path: str) -> str:
    """Return a link to a file of the project; a leading slash is the repository's root to GitHub and its like."""
    return f"[{shown}](/{quote(path)})"


def at(shown: str, location: Location) -> str:
    """Return a link to a line of a file of the project; `plain` shows a Markdown file's source, which has lines."""
    plain = "?plain=1" if location.path.lower().endswith((".md", ".markdown")) else ""
    return f"[{shown}](/{quote(location.path)}{plain}#L{location.line})"
