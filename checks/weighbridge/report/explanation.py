"""One result, told whole: what the document says, what was compared, what was decided and how to do it again."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping

from weighbridge.errors import one_line
from weighbridge.formula.digits import decimal
from weighbridge.formula.printer import thousands
from weighbridge.report.model import Weighed
from weighbridge.report.verdicts import compared, describe, grouped
from weighbridge.report.wording import describe_result, furthest_off, overridden, put_in, with_numbers
from weighbridge.verdict import (
    Counterexample,
    Errored,
    Excuse,
    Exhausted,
    Holds,
    Proved,
    Refuted,
    Result,
    Sampled,
    Undecided,
)

#: What Python's integers mean as the expressions of a spec do: no quotient, no function that Python lacks.
PLAIN = re.compile(r"(?!.*(?<!/)/(?!/))(?!.*(ceil_div|round_up|\d\.\d))[\w\s+*/%()<>=!.,-]+")


def to_explanation(weighed: Weighed) -> str:
    """Return everything that is known of a result, a line for each thing, in aligned columns."""
    lines = [(name, text) for name, text in explain(weighed) if text]
    width = max(len(name) for name, _ in lines)
    body = "".join(f"  {name:<{width}}  {one_line(text)}\n" for name, text in lines)
    return f"{one_line(weighed.result.id)}\n{body}"


def explain(weighed: Weighed) -> Iterator[tuple[str, str]]:
    """Yield each thing that is known, by its name; what is empty is left out by the caller."""
    result = weighed.result
    yield "says", result.says
    yield "quote", result.quote
    yield from anchored(result)
    yield "printed", result.printed
    yield "computed", grouped(result.computed)
    yield "formula", result.formula
    yield "oracle", artifact(result)
    yield from compare(result)
    yield "where", result.where
    yield "values", ", ".join(f"{name} = {thousands(value)}" for name, value in result.values.items())
    for symbol, why in result.assumed.items():
        yield "assumed", f"{symbol}: {why}"
    yield "assuming", " and ".join(result.assuming)
    yield "conventions", ", ".join(name if on else f"not {name}" for name, on in result.conventions.items())
    yield "read with", ", ".join(overridden(result))
    yield "because", result.because
    yield "at worst", furthest_off(result.worst).removeprefix("at worst ") if result.worst else ""
    yield "note", result.note
    yield "verdict", describe_result(result)
    yield from founded(result)
    yield "asked for", result.asked
    yield "standing", f"{weighed.standing}: {weighed.why}" if weighed.why else weighed.standing
    if result.excuse:
        yield from excused(result.excuse)
    yield "spec", str(result.location)
    spec = shlex.quote(result.location.path)
    yield "again", f"weighbridge check {spec} --select {shlex.quote(result.id)}{searched(result)}"
    yield "by hand", by_hand(result)


def artifact(result: Result) -> str:
    """Return what an artifact counts, and by which bytes it is known; "" where there is none."""
    oracle = result.oracle
    if oracle is None:
        return ""
    known = f" (sha256 {oracle.sha256})" if oracle.sha256 else ""
    return f"{oracle.of} of {oracle.path} is {thousands(oracle.count)}{known}"


def compare(result: Result) -> Iterator[tuple[str, str]]:
    """Yield both sides of each comparison, in symbols and with the numbers put in."""
    values = point_of(result)
    for side in result.sides:
        yield "compared", f"{side.left} {side.relation} {spaced(side.right)}"
        left, right = (with_numbers(text, values) or spaced(text) for text in (side.left, side.right))
        if values:
            yield "put in", f"{left} {side.relation} {right}"


def spaced(text: str) -> str:
    """Return a figure or an interval with its thousands separated; an expression as it is."""
    return re.sub(r"\d+", lambda digits: grouped(digits[0]), text) if re.fullmatch(r"[-\d/,()\[\] ]+", text) else text


def point_of(result: Result) -> Mapping[str, int]:
    """Return the point to put in: that of the counterexample, or the model; {} where there is neither."""
    if isinstance(result.verdict, Refuted) and isinstance(result.verdict.witness, Counterexample):
        return result.verdict.witness.point
    return result.values


def anchored(result: Result) -> Iterator[tuple[str, str]]:
    """Yield where the quote stands."""
    anchor = result.anchor
    if anchor is not None:
        parts = (anchor.state, str(anchor.location) if anchor.location else "", anchor.message)
        yield "anchor", ", ".join(part for part in parts if part)


def founded(result: Result) -> Iterator[tuple[str, str]]:
    """Yield how the verdict came about, as far as its own words do not say."""
    match result.verdict:
        case Holds(Proved(how, normal_form)):
            yield "proved by", how
            yield "normal form", normal_form
        case Holds(Exhausted(_, how)) | Refuted(_, _, _, how, _):
            yield "decided by", how
        case Holds() | Undecided() | Errored():
            pass
    if isinstance(result.verdict, Refuted) and isinstance(result.verdict.witness, Counterexample):
        below = put_in(result)
        yield "there", below[-1] + compared(result.verdict.witness, result.sides) if below else ""
    if isinstance(result.verdict, Refuted):
        for line in result.verdict.explanations:
            yield "explained", line


def excused(excuse: Excuse) -> Iterator[tuple[str, str]]:
    """Yield a waiver or erratum, and what became of its correction."""
    until = f" (until {excuse.expires.isoformat()})" if excuse.expires else ""
    yield excuse.kind, f"{excuse.reason}{until}"
    yield "pinned to", excuse.pin
    yield "correction", excuse.correct
    if excuse.correction:
        yield "", describe(excuse.correction)


def searched(result: Result) -> str:
    """Return the flags that make a search the same search."""
    match result.verdict:
        case Undecided(Sampled(examples, seed)):
            return f" --examples {examples} --seed {seed}"
        case _:
            return f" --examples {result.examples} --seed {result.seed}" if result.seed is not None else ""


def by_hand(result: Result) -> str:
    """Return a command that computes both sides without weighbridge, "" where Python's integers do not suffice."""
    values = point_of(result)
    # An interval is no expression: what is to be seen there is the value that must lie in it.
    text = ", ".join(side.left if side.relation == "in" else f"{side.left}, {side.right}" for side in result.sides)
    names = sorted(set(re.findall(r"[A-Za-z_]\w*", text)) - {"and", "or", "not", "if", "else", "min", "max", "abs"})
    if not text or not PLAIN.fullmatch(text) or not all(name in values for name in names):
        return ""
    given = f"{', '.join(names)} = {', '.join(decimal(values[name]) for name in names)}; " if names else ""
    return f"python3 -c {shlex.quote(f'{given}print({text})')}"
