"""What is said of a refuted claim besides the witness: the lines that explain it, in the order in which they help."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from weighbridge.explain.chance import EXACT, Odds
from weighbridge.explain.conventions import true_with
from weighbridge.explain.instead import Instead
from weighbridge.explain.invariants import nearest_invariant
from weighbridge.explain.pieces import Piece, as_counted_by, pieces
from weighbridge.explain.ratio import ratio
from weighbridge.explain.region import where_it_fails
from weighbridge.explain.repair import nearest_true
from weighbridge.explain.residual import (
    attribution,
    combined,
    inventory,
    rounded_otherwise,
    settle,
    single,
    within,
)
from weighbridge.explain.slips import slip
from weighbridge.formula.figures import Figure
from weighbridge.formula.printer import thousands
from weighbridge.formula.tree import Comparison, free_names
from weighbridge.spec.ask import Asked
from weighbridge.spec.claim_model import Claim, Invariant, PrintedFigure
from weighbridge.spec.model import Spec
from weighbridge.spec.question import AtPoint
from weighbridge.spec.units import UNITS
from weighbridge.verdict import Counterexample, Refuted, Residual, Value


class Missed(Struct, frozen=True):
    """What a figure misses a value by is equal to, and (`lines`) what the figure is in place of the value."""

    equal: str = ""
    lines: tuple[str, ...] = ()


def explained(spec: Spec, source: Claim | Invariant, asked: Asked, verdict: Refuted) -> Refuted:
    """Return a refutation with its explanations. Its cost is bounded by how much is tried, never by a clock."""
    if isinstance(source, Invariant):
        said = nearest_invariant(spec, source, asked)
        return replace(verdict, explanations=(said,) if said else ())
    switched = true_with(spec, source, asked)
    missed = Missed()
    witness = verdict.witness
    if isinstance(witness, Residual):
        missed = residual(spec, source, asked, witness, settled=bool(switched))
        witness = replace(witness, explanation=missed.equal)
    verdict = replace(verdict, witness=witness)
    lines = explanations(spec, source, asked, verdict, lines=missed.lines, switched=switched)
    return replace(verdict, explanations=tuple(dict.fromkeys(lines)))


def explanations(  # noqa: PLR0913 - what is known of a refutation
    spec: Spec, claim: Claim, asked: Asked, verdict: Refuted, *, lines: tuple[str, ...], switched: str
) -> Iterator[str]:
    """Yield each line that explains the refutation of a claim."""
    nearest = nearest_true(spec, claim, asked)
    match verdict.witness:
        case Residual() as witness:
            yield from residual_lines(spec, claim, asked, witness)
        case Counterexample(_, left, right):
            # What is proved for all values says more than a difference at one model.
            yield from [] if nearest else sides_differ(spec, asked, left, right)
    yield from filter(None, (*lines, switched, where_it_fails(asked.question, verdict), nearest))


def residual(spec: Spec, claim: Claim, asked: Asked, witness: Residual, *, settled: bool) -> Missed:
    """Return what explains an exact residual, the likeliest mistake first; a convention may have `settled` it already.

    What is left out or counted twice comes before another model, value or name, that before a slip of the pen, and
    that before sums and products: they are so many that they are to be held against all that was tried.
    """
    figure = missed_figure(claim, witness)
    computed = Fraction(witness.computed)
    if figure is None or not figure.exact or not isinstance(asked.question.domain, AtPoint):
        return Missed()
    gap, values = figure.value - computed, asked.question.domain.values
    if gap == 0:
        return Missed()
    slips = () if settled or witness.against else tuple(filter(None, [slipped(figure, computed)]))
    every = known_pieces(spec, asked, figure.unit)
    parts = parts_of(spec, claim, every)
    known = inventory(parts, values, more_is_printed=gap > 0, whole=computed)
    odds = Odds(settle(abs(gap)), one_in=1 if witness.against else EXACT)
    if text := single(odds, known):
        return Missed(text, slips)
    claimed = None if settled else Instead.of(spec, claim, asked, settle(computed))
    told = claimed.told(Odds(settle(gap), tried=odds.tried), every) if claimed else ""
    lines = (told, *slips) if told else slips
    return Missed(lines=lines) if lines else Missed(combined(Odds(odds.gap, tried=odds.tried), known))


def slipped(figure: Figure, computed: Fraction) -> str:
    """Return the slip of the pen that makes a figure of an integer, "" where there is none."""
    whole = figure.value.denominator == computed.denominator == 1
    return slip(figure.value.numerator, computed.numerator) if whole else ""


def parts_of(spec: Spec, claim: Claim, found: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Return the pieces that what a figure is held against may have or lack."""
    equals = claim.statement.equals if isinstance(claim.statement, PrintedFigure) else ()
    return tuple(as_counted_by(spec, found, equals))


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
    theirs, here = (", ".join(f"{name} = {thousands(values[name])}" for name in other) for values in (other, ours))
    return f"{claim.oracle.path} has {theirs}; the model {asked.model.name} has {here}" if other else ""


def residual_lines(spec: Spec, claim: Claim, asked: Asked, witness: Residual) -> Iterator[str]:
    """Yield how a computed value and the printed figure, or what an artifact counts, are related."""
    figure = missed_figure(claim, witness)
    if figure is None or not isinstance(asked.question.domain, AtPoint):
        return
    values, computed = asked.question.domain.values, Fraction(witness.computed)
    times = "" if witness.against else ratio(figure, computed, values)
    if ":" not in times and not witness.against and slipped(figure, computed):  # ten times as much: a 0 more
        times = ""
    if told := contradicted(claim, asked, witness):
        yield told
    if times:
        yield times
    if witness.explanation and (not times or ":" in times):
        yield f"off by {thousands(abs(Fraction(witness.difference)))} = {witness.explanation}"
    if otherwise := rounded_otherwise(figure, computed):
        yield otherwise
    if near := within(figure, computed, parts_of(spec, claim, known_pieces(spec, asked, figure.unit)), values):
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
    if gap and (text := attribution(Odds(settle(size)), known)):
        yield f"off by {thousands(size)} = {text}"
