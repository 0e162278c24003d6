"""How a run is put into words: its numbers, its standing and its coverage, on the last line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

from weighbridge.gate import FAILED, FINE, NOTHING, exit_code, strength_of
from weighbridge.report.model import Coverage, Report
from weighbridge.verdict import Holds, word

#: The standing of a whole run: "pass" exactly where the exit code is 0, or would be without a baseline.
Overall: TypeAlias = Literal["pass", "fail"]


class Summary(Struct, frozen=True, kw_only=True):
    """A run in numbers; `strengths` counts what holds by its evidence, the strongest first."""

    standing: Overall
    holds: int
    refuted: int
    undecided: int
    errored: int
    waived: int
    unexpected: int
    failed: int
    strengths: Mapping[str, int]
    nothing_decided: bool


def summarise(report: Report) -> Summary:
    """Count a report's verdicts and standings."""
    verdicts = Counter(word(each.result.verdict) for each in report.results)
    standings = Counter(each.standing for each in report.results)
    known = Counter(
        strength_of(each.result.verdict.evidence) for each in report.results if isinstance(each.result.verdict, Holds)
    )
    code = exit_code(report.results)
    return Summary(
        standing="pass" if code == FINE else "fail",
        holds=verdicts["holds"],
        refuted=verdicts["refuted"],
        undecided=verdicts["undecided"],
        errored=verdicts["errored"],
        waived=standings["waived"],
        unexpected=standings["unexpected"],
        failed=standings["fail"],
        strengths={name: known[name] for name in ("proved", "exhausted", "evaluated") if known[name]},
        nothing_decided=code == NOTHING,
    )


def overall(report: Report) -> Overall:
    """Return whether a run passes, held to a baseline where there is one: what was bad there does not fail it again."""
    code = exit_code(report.results)
    if report.against is not None and code in (FINE, FAILED):
        return "fail" if report.against.worse else "pass"
    return "pass" if code == FINE else "fail"


def standing_line(report: Report) -> str:
    """Return whether a run passes, how many results fail, and how many of those a baseline has accepted."""
    summary, standing = summarise(report), overall(report)
    accepted = report.against.accepted if report.against else 0
    if standing == "pass":
        return f"pass, with {accepted:,} accepted by the baseline" if accepted else "pass"
    failing, worse = summary.failed + summary.unexpected, report.against.worse if report.against else 0
    parts = [f"{failing:,} of {len(report.results):,} results"] if failing else []
    parts += [f"{accepted:,} accepted by the baseline"] if accepted else []
    parts += [f"{worse:,} worse than the baseline"] if worse else []
    return f"fail ({', '.join(parts)})" if parts else "fail"


def last_line(report: Report) -> str:
    """Return standing, verdicts, whether only some claims were asked for, and coverage on one line."""
    summary = summarise(report)
    strengths = ", ".join(f"{count:,} {name}" for name, count in summary.strengths.items())
    parts = [
        f"{summary.holds:,} hold{'s' * (summary.holds == 1)}" + (f" ({strengths})" if strengths else ""),
        f"{summary.refuted:,} refuted" + (f" ({summary.waived:,} waived)" if summary.waived else ""),
        f"{summary.undecided:,} undecided",
    ]
    if summary.errored:
        parts.append(f"{summary.errored:,} errored")
    if summary.unexpected:
        parts.append(f"{summary.unexpected:,} unexpected")
    if summary.nothing_decided:
        parts.append("nothing decided")
    said = ", ".join(parts)
    if report.left_out:
        said += f"; {len(report.results):,} of {len(report.results) + report.left_out:,} results selected"
    return f"{standing_line(report)}: {said}; {coverage_line(report.coverage)}"


def coverage_line(coverage: tuple[Coverage, ...]) -> str:
    """Return how much of the documents' figures and formulas is accounted for."""
    if not coverage:
        return "coverage: not measured"
    found, claimed, exempt = (
        sum(column) for column in zip(*((c.found, c.claimed, c.exempt) for c in coverage), strict=True)
    )
    return f"coverage: {claimed + exempt:,} of {found:,} figures and formulas ({claimed:,} claimed, {exempt:,} exempt)"
