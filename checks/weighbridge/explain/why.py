"""What is said of a refuted claim besides the witness: the lines that explain it, in the order in which they help."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from weighbridge.explain.conventions import true_with
from weighbridge.explain.invariants import nearest_invariant
from weighbridge.explain.pieces import pieces
from weighbridge.explain.region import where_it_fails
from weighbridge.explain.repair import nearest_true
from weighbridge.explain.residual import attribution, inventory, off_by, ratio, within
from weighbridge.formula.printer import thousands
from weighbridge.formula.tree import Comparison, free_names
from weighbridge.spec.ask import Asked
from weighbridge.spec.model import Claim, Invariant, PrintedFigure, Spec
from weighbridge.spec.question import AtPoint
from weighbridge.verdict import Counterexample, Refuted, Residual, Value


def explained(spec: Spec, source: Claim | Invariant, asked: Asked, verdict: Refuted) -> Refuted:
    """Return a refutation with its explanations. Its cost is bounded by how much is tried, never by a clock."""
    explanation = ""
    witness = verdict.witness
    if isinstance(witness, Residual) and isinstance(source, Claim):
        explanation = residual(spec, source, asked, witness)
        witness = replace(witness, explanation=explanation)
    lines = tuple(dict.fromkeys(explanations(spec, source, asked, replace(verdict, witness=witness))))
    return replace(verdict, witness=witness, explanations=lines)


def explanations(spec: Spec, source: Claim | Invariant, asked: Asked, verdict: Refuted) -> Iterator[str]:
    """Yield each line that explains a refutation."""
    if isinstance(source, Invariant):
        said = nearest_invariant(spec, source, asked)
        yield from [said] if said else []
        return
    nearest = nearest_true(spec, source, asked)
    match verdict.witness:
        case Residual() as witness:
            yield from residual_lines(spec, source, asked, witness)
        case Counterexample(_, left, right):
            # What is proved for all values says more than a difference at one model.
            yield from [] if nearest else sides_differ(spec, asked, left, right)
    yield from filter(None, (true_with(spec, source, asked), where_it_fails(asked.question, verdict), nearest))


def residual(spec: Spec, claim: Claim, asked: Asked, witness: Residual) -> str:
    """Return what a residual is equal to, "" where nothing simple is."""
    if not isinstance(claim.statement, PrintedFigure) or not isinstance(asked.question.domain, AtPoint):
        return ""
    figure = claim.statement.figure
    found = tuple(pieces(spec, asked.conventions, unit=figure.unit))
    return off_by(figure, Fraction(witness.computed), found, asked.question.domain.values)


def residual_lines(spec: Spec, claim: Claim, asked: Asked, witness: Residual) -> Iterator[str]:
    """Yield how a printed figure and a computed value are related."""
    if not isinstance(claim.statement, PrintedFigure) or not isinstance(asked.question.domain, AtPoint):
        return
    figure, values = claim.statement.figure, asked.question.domain.values
    computed = Fraction(witness.computed)
    times = ratio(figure, computed, values)
    if times:
        yield times
    if witness.explanation and (not times or ":" in times):
        yield f"off by {thousands(abs(Fraction(witness.difference)))} = {witness.explanation}"
    found = tuple(pieces(spec, asked.conventions, unit=figure.unit))
    if near := within(figure, computed, found, values):
        yield near


def more_is_said(asked: Asked, gap: Fraction) -> bool | None:
    """Tell whether the document's side is the larger one by the sign of left minus right; None where both are ours."""
    if asked.computed is not None:  # a formula is the document's, and stands on the left
        return gap > 0
    match asked.question.condition:
        case Comparison((left, right), _) if not (free_names(left) and free_names(right)):
            return (gap > 0) is (not free_names(left))
        case _:
            return None


def sides_differ(spec: Spec, asked: Asked, left: Value, right: Value) -> Iterator[str]:
    """Yield what the two sides of an equality differ by at one model."""
    domain, condition = asked.question.domain, asked.question.condition
    if not isinstance(domain, AtPoint) or not isinstance(condition, Comparison) or condition.operators != ("==",):
        return
    if isinstance(left, bool) or isinstance(right, bool):
        return
    gap = Fraction(left) - Fraction(right)
    known = inventory(tuple(pieces(spec, asked.conventions)), domain.values, more_is_printed=more_is_said(asked, gap))
    size = abs(gap)
    if text := attribution(size, known):
        yield f"off by {thousands(size)} = {text}"
