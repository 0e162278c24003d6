"""How a result is put into words: one line that says what is the matter with it, the same in every format."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from weighbridge.errors import Location, one_line
from weighbridge.formula.parser import parse
from weighbridge.formula.printer import thousands, with_values
from weighbridge.formula.tokens import FormulaError
from weighbridge.report.model import SpecEntry, Weighed
from weighbridge.report.verdicts import describe, describe_point, grounds, grouped, relevant, told
from weighbridge.verdict import (
    Counterexample,
    Errored,
    OverBudget,
    Refuted,
    Residual,
    Result,
    Undecided,
    Vacuous,
    Worst,
    word,
)

#: What an artifact's count is of, unless that is said.
TOTAL = "total"

#: Characters of a formula with its numbers put in that are still read at a glance.
ROOM_FOR_NUMBERS = 72


def describe_result(result: Result) -> str:
    """Return a result's verdict with how it is known."""
    return describe(result.verdict, result.sides, model=model_of(result), printed=result.printed or "")


def hypotheses(result: Result) -> str:
    """Return what stands beside a verdict wherever it is shown: ", assuming d_query == d_value"; "" without any."""
    return f", assuming {' and '.join(result.assuming)}" if result.assuming else ""


def model_of(result: Result) -> str:
    """Return the model that a result speaks of, "" where it speaks of a grid or of everything."""
    return result.where if result.values else ""


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
    was = ", ".join(f"{name} was {thousands(value)}" for name, value in values.items())
    return tuple(one_line(line) for line in (formula, was) if line)


def with_numbers(formula: str, values: Mapping[str, int]) -> str:
    """Return a formula with the numbers put in, "" where there is nothing to put in."""
    try:
        text = with_values(parse(formula), values) if values else ""
    except FormulaError:
        return ""
    return "" if text == formula else text


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
