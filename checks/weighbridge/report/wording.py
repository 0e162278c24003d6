"""How results are put into words: one sentence for each verdict, diagnosis and summary, the same in every format."""

from __future__ import annotations

import operator
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from decimal import Context, Decimal
from fractions import Fraction
from typing import Literal, TypeAlias

from msgspec import Struct

from weighbridge.errors import Location, one_line
from weighbridge.formula.figures import PERCENT
from weighbridge.formula.parser import FormulaError, parse
from weighbridge.formula.printer import thousands, with_values
from weighbridge.gate import FINE, NOTHING, exit_code, strength_of
from weighbridge.report.model import Coverage, Report, SpecEntry, Weighed
from weighbridge.verdict import (
    Counterexample,
    Errored,
    Evaluated,
    Evidence,
    Exhausted,
    Holds,
    OverBudget,
    Point,
    Proved,
    Qualitative,
    Refuted,
    Residual,
    Result,
    Sampled,
    Side,
    Undecided,
    Vacuous,
    Value,
    Verdict,
    Worst,
    word,
)

Comparison: TypeAlias = Callable[[int | Fraction, int | Fraction], bool]

#: What is true of two numbers where a relation between them is not.
OPPOSITE: Mapping[str, tuple[str, Comparison]] = {
    "==": ("!=", operator.ne),
    "!=": ("==", operator.eq),
    "<": (">=", operator.ge),
    "<=": (">", operator.gt),
    ">": ("<=", operator.le),
    ">=": ("<", operator.lt),
}

#: What an artifact's count is of, unless that is said.
TOTAL = "total"

#: Characters of a formula with its numbers put in that are still read at a glance.
ROOM_FOR_NUMBERS = 72

#: Digits that a fraction is told with besides; past so much it is no number that anybody compares by eye.
DIGITS = 6
MAX_TOLD = 10**12

#: The standing of a whole run: "pass" exactly where the exit code is 0.
Overall: TypeAlias = Literal["pass", "fail"]


def describe(verdict: Verdict, sides: Iterable[Side] = (), *, model: str = "", printed: str = "") -> str:
    """Return a verdict with how it is known, in one breath: "holds (all 4,096 points)".

    `sides` say what was compared, so that a counterexample can leave out what does not matter to it and say which way
    round its two values are; `model` names the point where there is but one; `printed` is the figure that is missed.
    """
    return f"{word(verdict)} ({grounds(verdict, sides, model=model, printed=printed)})"


def describe_result(result: Result) -> str:
    """Return a result's verdict with how it is known."""
    return describe(result.verdict, result.sides, model=model_of(result), printed=result.printed or "")


def hypotheses(result: Result) -> str:
    """Return what stands beside a verdict wherever it is shown: ", assuming d_query == d_value"; "" without any."""
    return f", assuming {' and '.join(result.assuming)}" if result.assuming else ""


def model_of(result: Result) -> str:
    """Return the model that a result speaks of, "" where it speaks of a grid or of everything."""
    return result.where if result.values else ""


def grounds(verdict: Verdict, sides: Iterable[Side] = (), *, model: str = "", printed: str = "") -> str:
    """Return how a verdict is known: what stands in its parentheses."""
    match verdict:
        case Holds(evidence):
            return describe_evidence(evidence)
        case Refuted(Residual() as residual):
            return describe_residual(residual, printed)
        case Refuted(Counterexample() as witness) if model:
            return f"at {model}{compared(witness, sides)}"
        case Refuted(Counterexample() as witness, violations, points):
            return describe_counterexample(witness, violations, points, tuple(sides))
        case Refuted():
            raise AssertionError("unreachable because a witness is a residual or a counterexample")
        case Undecided(reason):
            return describe_reason(reason)
        case Errored(message, point, bug):
            place = describe_point(point)
            where = "" if place in message else f" at {place}"
            return one_line(f"{'this is a bug in weighbridge: ' if bug else ''}{message}{where}")


def describe_evidence(evidence: Evidence) -> str:
    """Return why a claim holds."""
    match evidence:
        case Proved(how, normal_form):
            # That a difference is 0 says nothing of the claim; how it was found does.
            return one_line(f"proved: {how if normal_form in ('', '0') else normal_form}")
        case Exhausted(points):
            return "the only point" if points == 1 else f"all {points:,} points"
        case Evaluated(model):
            return f"evaluated at {model}"


def describe_reason(reason: Sampled | Vacuous | OverBudget | Qualitative) -> str:
    """Return why a claim is undecided."""
    match reason:
        case Sampled(examples, seed):
            return f"no counterexample in {examples:,} samples, seed {seed}"
        case Vacuous():
            return "vacuous: no point meets the assumptions"
        case OverBudget(points, budget, flag):
            more = "visits them" if flag.startswith("--engine") else "raises it"
            return f"over-budget: {points:,} points, at most {budget:,} allowed; {flag} {more}"
        case Qualitative(why):
            return one_line(f"qualitative: {why}")


def describe_residual(residual: Residual, printed: str = "") -> str:
    """Return what a model gives, and by how much that misses what is printed, or what an artifact counts."""
    text = f"computed {told(residual.computed, printed)}"
    if residual.difference:
        size, more = (residual.difference, "more") if residual.difference > 0 else (-residual.difference, "less")
        than = f"{residual.against} counts" if residual.against else "printed"
        text += f", {told_difference(size, printed)} {more} than {than}"
    return one_line(text + (f" = {residual.explanation}" if residual.explanation else ""))


def told(value: Value, printed: str = "") -> str:
    """Return a value beside what is printed: a share as a percentage too, a long fraction as a decimal too.

    >>> told(Fraction(64_000, 1_645_121), "4.9%"), told(Fraction(1, 4), "26%"), told(Fraction(5_504, 3))
    ('64,000/1,645,121 (about 3.89029%)', '25%', '5,504/3 (about 1,834.67)')
    """
    text, percent = thousands(value), printed.endswith(PERCENT)
    share = thousands(value * 100) if percent else "/"
    if "/" not in share:
        return f"{share}%"
    near = about(value * 100, "%") if percent else about(value)
    return f"{text} ({near})" if "/" in text and near else text


def told_difference(size: int | Fraction, printed: str) -> str:
    """Return what a value misses a figure by; a fraction that nobody reads as a decimal alone."""
    if printed.endswith(PERCENT):
        return about(size * 100, f" percentage point{'s' * (size * 100 != 1)}") or thousands(size)
    return (about(size) if "/" in thousands(size) else "") or thousands(size)


def about(value: int | Fraction, unit: str = "") -> str:
    """Return a number rounded to some digits, "about 3.89029%", or exactly "25%"; "" for what no eye compares."""
    exactly = Fraction(value)
    if not Fraction(1, MAX_TOLD) < abs(exactly) < MAX_TOLD:
        return ""
    digits = max(DIGITS, len(str(int(abs(exactly)))) + 2)
    rounded = Context(prec=digits).divide(exactly.numerator, exactly.denominator)
    return f"{'' if Fraction(rounded) == exactly else 'about '}{rounded:,f}{unit}"


def describe_counterexample(
    witness: Counterexample, violations: int | None, points: int | None, sides: tuple[Side, ...]
) -> str:
    """Return how many points fail, the smallest of them, and what both sides are there."""
    at = f"{describe_point(relevant(witness.point, sides))}{compared(witness, sides)}"
    if violations is None or points is None:
        return at
    return f"{violations:,} of {points:,} points; smallest: {at}"


def relevant(point: Point, sides: Iterable[Side]) -> Point:
    """Return the symbols of a point that the sides speak of; all where they speak of none."""
    named = {name for side in sides for text in (side.left, side.right) for name in re.findall(r"\w+", text)}
    return {name: value for name, value in point.items() if name in named} or point


def compared(witness: Counterexample, sides: Iterable[Side]) -> str:
    """Return ": 1 != 2", the first relation of the claim that the two values break; "" for conditions."""
    left, right = witness.left, witness.right
    if isinstance(left, bool) or isinstance(right, bool):
        return ""
    for relation in (*(side.relation for side in sides), "=="):
        sign, breaks = OPPOSITE.get(relation, OPPOSITE["=="])
        if breaks(left, right):
            return f": {thousands(left)} {sign} {thousands(right)}"
    return f": {thousands(left)} and {thousands(right)}"


def describe_point(point: Point) -> str:
    """Return "d = 1, e = 2"."""
    return ", ".join(f"{name} = {value:,}" for name, value in point.items())


def exact(value: Value) -> str:
    """Return a value without separators, as machines exchange it: 617558016, 1/3, true."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def grouped(text: str) -> str:
    """Return what `exact` wrote with its thousands separated; anything else as it is."""
    return re.sub(r"(?<=\d)(?=(?:\d{3})+(?!\d))", ",", text) if re.fullmatch(r"-?\d+(/\d+)?", text) else one_line(text)


def short_id(weighed: Weighed, spec: SpecEntry) -> str:
    """Return a result's id without its document's, which stands above the table."""
    return weighed.result.id.removeprefix(f"{spec.document_id}/")


def label(weighed: Weighed) -> str:
    """Return the word that a diagnosis leads with: what made the gate decide as it did."""
    anchor = weighed.result.anchor
    if weighed.standing in ("unexpected", "waived"):
        return weighed.standing
    if isinstance(weighed.result.verdict, Errored) or anchor is None or anchor.state not in ("gone", "changed"):
        return word(weighed.result.verdict)
    return anchor.state


def place(weighed: Weighed) -> Location:
    """Return where to look first: where the document has changed, what no longer excuses it, else the claim."""
    result = weighed.result
    if label(weighed) == "changed" and result.anchor and result.anchor.location:
        return result.anchor.location
    return result.excuse.location if result.excuse and weighed.standing in ("unexpected", "waived") else result.location


def diagnose(weighed: Weighed) -> str:
    """Return one line: spec/gpt3.toml:41:1: refuted[gpt3/embedding.count] prints 617,558,017, computed 617,558,016."""
    return one_line(f"{place(weighed)}: {label(weighed)}[{weighed.result.id}] {finding(weighed)}")


def finding(weighed: Weighed) -> str:
    """Return what is the matter with a result; for one that passes, how it is known."""
    result, why = weighed.result, weighed.why
    beside = hypotheses(result)
    match label(weighed):
        case "refuted" | "errored":
            return f"{refutation(result)}{beside}"
        case "waived":
            return f"{refutation(result)}{beside}; {why}"
        case "holds" | "undecided":
            ours = isinstance(result.verdict, Undecided) and isinstance(result.verdict.reason, Vacuous | OverBudget)
            inside = grounds(result.verdict, result.sides, model=model_of(result)) + counted_by(result)
            return f"{inside}{beside}; {why}" if why and not ours else f"{inside}{beside}"
        case "changed":
            counted = f", computed {grouped(result.computed)}" if result.computed else ""
            return f"{why}{counted}; claimed at {result.location}: {describe_result(result)}{beside}"
        case _:  # unexpected, gone: not the verdict is the matter, but it is still told
            return f"{why}; {describe_result(result)}{beside}"


def refutation(result: Result) -> str:
    """Return "prints 617,558,017, computed 617,558,016", or how often and where a claim fails."""
    inside = grounds(result.verdict, result.sides, model=model_of(result))
    match result.verdict:
        case Refuted(Residual(computed)) if result.printed:
            # What an artifact alone decides has no count of ours.
            ours = f", computed {told(computed, result.printed)}" if result.formula or result.oracle is None else ""
            return f"prints {result.printed}{seen_at(result)}{ours}{counted_by(result)}"
        case Refuted(Residual(computed, against=against)) if against:
            return f"computed {told(computed)}{counted_by(result)}"
        case Refuted(_, violations, points) if violations is not None and points is not None:
            return f"fails at {inside}"
        case _:
            return inside + counted_by(result)


def counted_by(result: Result) -> str:
    """Return what the artifact counts that a claim is checked against, "; config.json counts 124,439,808"."""
    oracle = result.oracle
    if oracle is None:
        return ""
    part = "" if oracle.of == TOTAL else f" ({oracle.of})"
    return f"; {oracle.path} counts {thousands(oracle.count)}{part}"


def seen_at(result: Result) -> str:
    """Return where a cell of a table stands in the document, " (card.md:9:5)": there is no quote to look for."""
    where = result.anchor.location if result.anchor and not result.quote else None
    return f" ({where})" if where else ""


def put_in(result: Result) -> tuple[str, ...]:
    """Return the lines below a diagnosis: the formula, then the values that were put in."""
    formula, values = result.formula, result.values
    match result.verdict:
        case Refuted(Counterexample(point)):
            values = relevant({**values, **point}, result.sides)
        case Refuted(Residual()) if result.sides:
            numbers = with_numbers(result.sides[0].left, values)
            formula += f" = {numbers}" if 0 < len(numbers) <= ROOM_FOR_NUMBERS else ""
        case _:
            pass
    was = ", ".join(f"{name} was {value:,}" for name, value in values.items())
    return tuple(one_line(line) for line in (formula, was) if line)


def with_numbers(formula: str, values: Mapping[str, int]) -> str:
    """Return a formula with the numbers put in, "" where there is nothing to put in."""
    try:
        text = with_values(parse(formula), values) if values else ""
    except FormulaError:
        return ""
    return "" if text == formula else text


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
    failing = summary.failed + summary.unexpected
    share = f" ({failing:,} of {len(report.results):,} results)" if failing else ""
    return f"{summary.standing}{share}: {said}; {coverage_line(report.coverage)}"


def coverage_line(coverage: tuple[Coverage, ...]) -> str:
    """Return how much of the documents' figures and formulas is accounted for."""
    if not coverage:
        return "coverage: not measured"
    found, claimed, exempt = (
        sum(column) for column in zip(*((c.found, c.claimed, c.exempt) for c in coverage), strict=True)
    )
    return f"coverage: {claimed + exempt:,} of {found:,} figures and formulas ({claimed:,} claimed, {exempt:,} exempt)"


def overridden(result: Result) -> list[str]:
    """Return how a figure or formula is read in another way than it is printed: ["precision = 10M"]."""
    return [f"{key} = {value}" for key, value in result.overrides.items()]


def furthest_off(worst: Worst) -> str:
    """Return by how much a formula is off, and where: "at worst 0.9% off: a = 1, b = 10"."""
    return f"at worst {percentage(worst.off)} off: {describe_point(worst.point)}"


def percentage(share: Fraction) -> str:
    """Return a share in percent, to three digits where it has more.

    >>> percentage(Fraction(1, 40)), percentage(Fraction(1, 3)), percentage(Fraction(1, 700_000))
    ('2.5%', 'about 33.3%', 'about 0.000143%')
    """
    shown = Fraction(f"{Decimal(share.numerator * 100) / share.denominator:.3g}")
    text = f"{Decimal(shown.numerator) / shown.denominator:f}%"
    return text if shown == share * 100 else f"about {text}"
