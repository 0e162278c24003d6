"""What is said of a refuted claim besides the witness: the lines that explain it, in the order in which they help."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from msgspec.structs import replace

from weighbridge.explain.conventions import true_with
from weighbridge.explain.invariants import nearest_invariant
from weighbridge.explain.pieces import Piece, pieces, weighs
from weighbridge.explain.region import where_it_fails
from weighbridge.explain.repair import nearest_true
from weighbridge.explain.residual import attribution, inventory, off_by, ratio, rounded_otherwise, within
from weighbridge.formula.figures import Figure
from weighbridge.formula.printer import thousands
from weighbridge.formula.tree import Comparison, Name, free_names
from weighbridge.spec.ask import Asked
from weighbridge.spec.claim_model import Claim, Invariant, PrintedFigure
from weighbridge.spec.model import Spec
from weighbridge.spec.question import AtPoint
from weighbridge.spec.units import UNITS
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
    figure = missed_figure(claim, witness)
    if figure is None or not isinstance(asked.question.domain, AtPoint):
        return ""
    found = known_pieces(spec, asked, figure.unit)
    return off_by(figure, Fraction(witness.computed), found, asked.question.domain.values)


def known_pieces(spec: Spec, asked: Asked, unit: str) -> tuple[Piece, ...]:
    """Return the pieces of the spec where a model of its own is asked: none where an artifact alone is."""
    return () if asked.model is None else tuple(pieces(spec, asked.conventions, unit=unit))


def missed_figure(claim: Claim, witness: Residual) -> Figure | None:
    """Return what a residual is measured from: the printed figure, or what an artifact counts, which is exact."""
    if witness.against and claim.oracle and claim.oracle.counted:
        value, unit = Fraction(claim.oracle.counted.value), claim.oracle.counted.unit
        return Figure(thousands(value), value, value, value, unit=unit if unit in UNITS else "")
    return claim.statement.figure if isinstance(claim.statement, PrintedFigure) else None


def contradicted(claim: Claim, asked: Asked, witness: Residual) -> str:
    """Return which symbols a config has too, and with other values than the model; "" where there are none."""
    if not witness.against or asked.model is None or not claim.oracle or not claim.oracle.counted:
        return ""
    ours = asked.model.values
    other = {name: value for name, value in claim.oracle.counted.symbols.items() if ours.get(name, value) != value}
    theirs, here = (", ".join(f"{name} = {values[name]:,}" for name in other) for values in (other, ours))
    return f"{claim.oracle.path} has {theirs}; the model {asked.model.name} has {here}" if other else ""


def residual_lines(spec: Spec, claim: Claim, asked: Asked, witness: Residual) -> Iterator[str]:
    """Yield how a computed value and the printed figure, or what an artifact counts, are related."""
    figure = missed_figure(claim, witness)
    if figure is None or not isinstance(asked.question.domain, AtPoint):
        return
    values, computed = asked.question.domain.values, Fraction(witness.computed)
    times = "" if witness.against else ratio(figure, computed, values)
    if told := contradicted(claim, asked, witness):
        yield told
    if times:
        yield times
    if witness.explanation and (not times or ":" in times):
        yield f"off by {thousands(abs(Fraction(witness.difference)))} = {witness.explanation}"
    if otherwise := rounded_otherwise(figure, computed):
        yield otherwise
    found = known_pieces(spec, asked, figure.unit)
    if isinstance(claim.statement, PrintedFigure) and weighs(spec, *claim.statement.equals):
        found = tuple(piece for piece in found if weighs(spec, Name(piece.name)))
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
