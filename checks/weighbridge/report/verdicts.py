"""How a verdict is put into words: what was decided and how it is known, in one breath."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Context
from fractions import Fraction
from typing import TypeAlias

from weighbridge.errors import one_line
from weighbridge.formula.digits import decimal, digits_of, read_integer
from weighbridge.formula.figures import PERCENT
from weighbridge.formula.printer import thousands
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
    Sampled,
    Side,
    Undecided,
    Vacuous,
    Value,
    Verdict,
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

#: Digits that a fraction is told with besides; past so much it is no number that anybody compares by eye.
DIGITS = 6
MAX_TOLD = 10**12


def describe(verdict: Verdict, sides: Iterable[Side] = (), *, model: str = "", printed: str = "") -> str:
    """Return a verdict with how it is known, in one breath: "holds (all 4,096 points)".

    `sides` say what was compared, so that a counterexample can leave out what does not matter to it and say which way
    round its two values are; `model` names the point where there is but one; `printed` is the figure that is missed.
    """
    return f"{word(verdict)} ({grounds(verdict, sides, model=model, printed=printed)})"


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
            more = f"{flag} {'visits them' if flag.startswith('--engine') else 'raises it'}"
            told = more if flag else "make the grid smaller"
            return f"over-budget: {points:,} points, at most {budget:,} allowed; {told}"
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
    return ", ".join(f"{name} = {thousands(value)}" for name, value in point.items())


def exact(value: Value) -> str:
    """Return a value without separators, as machines exchange it: 617558016, 1/3, true."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return digits_of(value)


def grouped(text: str) -> str:
    """Return what `exact` wrote with its thousands separated; anything else as it is."""
    if not re.fullmatch(r"-?\d+(/\d+)?", text):
        return one_line(text)
    return re.sub(r"\d+", lambda found: decimal(read_integer(found[0]), separator=","), text)
