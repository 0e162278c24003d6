"""The report as JSON, for machines: every field that design promises, and all that it takes to read it back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import msgspec

from weighbridge.errors import Location
from weighbridge.formula.digits import digits_of
from weighbridge.gate import strength_of
from weighbridge.report import exchange as x
from weighbridge.report.model import Breakdown, DocumentText, GridEntry, Report, Weighed
from weighbridge.report.summary import summarise
from weighbridge.report.verdicts import exact
from weighbridge.report.wording import finding
from weighbridge.verdict import (
    Counterexample,
    Errored,
    Evaluated,
    Evidence,
    Excuse,
    Exhausted,
    Holds,
    OracleCount,
    OverBudget,
    Proved,
    Qualitative,
    Refuted,
    Residual,
    Result,
    Sampled,
    Side,
    Strength,
    Undecided,
    Vacuous,
    Verdict,
    word,
)

#: Characters of a document that a result file carries along, so that pages made from it show the document itself.
MAX_TEXT = 64 * 1024


def to_json(report: Report) -> str:
    """Return the report as JSON text with a newline at the end; the same report gives the same bytes."""
    return msgspec.json.format(msgspec.json.encode(to_file(report)), indent=2).decode() + "\n"


def to_file(report: Report) -> x.ComplianceFile:
    """Return the report in the shape of the file."""
    summary = summarise(report)
    return x.ComplianceFile(
        schema=x.SCHEMA,
        version=x.VERSION,
        generator=x.Generator("weighbridge", report.version),
        specs=[
            x.SpecJson(
                path=spec.path,
                document=x.DocumentEntry(
                    spec.document_id, spec.title, spec.document_path or None, spec.cite or None, spec.sha256 or None
                ),
                models={name: digits(values) for name, values in spec.models.items()},
                grids={name: to_grid(grid) for name, grid in spec.grids.items()},
                symbols=dict(spec.symbols),
                text=to_text(spec.text),
                breakdowns=tuple(map(to_breakdown, spec.breakdowns)),
            )
            for spec in report.specs
        ],
        results=[to_entry(each) for each in report.results],
        coverage=[x.CoverageEntry(c.document, c.found, c.claimed, c.exempt, c.unaccounted) for c in report.coverage],
        summary=x.SummaryEntry(
            standing=summary.standing,
            holds=summary.holds,
            refuted=summary.refuted,
            undecided=summary.undecided,
            errored=summary.errored,
            waived=summary.waived,
            unexpected=summary.unexpected,
        ),
        left_out=report.left_out,
    )


def to_entry(weighed: Weighed) -> x.ResultEntry:
    """Return one result in the shape of the file."""
    result = weighed.result
    anchor, witness = result.anchor, to_witness(result.verdict)
    return x.ResultEntry(
        id=result.id,
        kind=result.kind,
        says=result.says,
        verdict=word(result.verdict),
        anchor=anchor.state if anchor else None,
        anchor_message=(anchor.message or None) if anchor else None,
        standing=weighed.standing,
        why=weighed.why or None,
        asked=result.asked,
        evidence=to_evidence(result),
        reason=reason_of(result.verdict),
        location=x.Places(
            spec=to_place(result.location),
            document=to_place(anchor.location) if anchor and anchor.location else None,
        ),
        quote=result.quote or None,
        printed=result.printed or None,
        computed=result.computed or None,
        counterexample=witness.point if isinstance(witness, x.CounterexampleWitness) else None,
        violations=witness.violations if isinstance(witness, x.CounterexampleWitness | x.ResidualWitness) else None,
        residual=witness.difference if isinstance(witness, x.ResidualWitness) else None,
        message=finding(weighed),
        formula=result.formula or None,
        where=result.where or None,
        at=result.at or None,
        over=result.over or None,
        values=digits(result.values),
        sides=to_sides(result.sides),
        given=list(result.given),
        definitions=dict(result.definitions),
        minimums=digits(result.minimums),
        assumed=dict(result.assumed),
        conventions=dict(result.conventions),
        because=result.because or None,
        note=result.note or None,
        excuse=to_excuse(result.excuse) if result.excuse else None,
        witness=witness,
        spec=result.spec,
        explanations=result.verdict.explanations if isinstance(result.verdict, Refuted) else (),
        quote_sha256=hashlib.sha256(result.quote.encode()).hexdigest() if result.quote else None,
        oracle=to_oracle(result.oracle) if result.oracle else None,
        overrides=dict(result.overrides),
        worst=x.WorstEntry(digits(result.worst.point), exact(result.worst.off)) if result.worst else None,
    )


def to_oracle(oracle: OracleCount) -> x.OracleEntry:
    """Return what an artifact counts in the shape of the file."""
    return x.OracleEntry(oracle.path, oracle.sha256 or None, oracle.of, exact(oracle.count))


def to_evidence(result: Result) -> x.EvidenceEntry:
    """Return how strong the evidence for a result is."""
    strength: Strength | None = None
    points: int | None = None
    match result.verdict:
        case Holds(evidence):
            strength = strength_of(evidence)
            points = (
                1 if isinstance(evidence, Evaluated) else evidence.points if isinstance(evidence, Exhausted) else None
            )
        case Refuted():
            points = result.verdict.points
        case Undecided(Sampled()):
            strength = "sampled"
        case Undecided() | Errored():
            pass
    return x.EvidenceEntry(
        strength, None if points is None else str(points), result.examples, result.seed, list(result.assuming)
    )


def reason_of(verdict: Verdict) -> x.Reason | None:
    """Return why a claim is undecided, None where it is decided."""
    if not isinstance(verdict, Undecided):
        return None
    match verdict.reason:
        case Sampled():
            return "sampled"
        case Vacuous():
            return "vacuous"
        case OverBudget():
            return "over-budget"
        case Qualitative():
            return "qualitative"


def to_witness(verdict: Verdict) -> x.Witness:
    """Return all that a verdict rests on."""
    match verdict:
        case Holds(evidence):
            return to_holding(evidence)
        case Refuted():
            return to_refuting(verdict)
        case Undecided(reason):
            return to_open(reason)
        case Errored(message, at, bug):
            return x.ErrorWitness(message, digits(at), bug)


def to_holding(evidence: Evidence) -> x.Witness:
    """Return what a claim that holds rests on."""
    match evidence:
        case Proved(how, normal_form):
            return x.NormalFormWitness(how, normal_form)
        case Exhausted(points, how):
            return x.ExhaustedWitness(str(points), how)
        case Evaluated(model):
            return x.EvaluatedWitness(model)


def to_refuting(verdict: Refuted) -> x.CounterexampleWitness | x.ResidualWitness:
    """Return what a refutation rests on."""
    failing, of = (None if number is None else str(number) for number in (verdict.violations, verdict.points))
    how, why = verdict.how, verdict.explanations
    match verdict.witness:
        case Counterexample(point, left, right):
            return x.CounterexampleWitness(digits(point), exact(left), exact(right), failing, of, how, why)
        case Residual(computed, difference, explanation, against):
            return x.ResidualWitness(exact(computed), exact(difference), explanation, failing, of, how, why, against)


def to_open(reason: Sampled | Vacuous | OverBudget | Qualitative) -> x.Witness:
    """Return what is known where nothing was decided."""
    match reason:
        case Sampled(examples, seed):
            return x.SampledWitness(examples, seed)
        case Vacuous():
            return x.VacuousWitness()
        case OverBudget(points, budget, flag):
            return x.OverBudgetWitness(str(points), str(budget), flag)
        case Qualitative(why):
            return x.QualitativeWitness(why)


def to_excuse(excuse: Excuse) -> x.ExcuseEntry:
    """Return a waiver or erratum in the shape of the file."""
    correction = excuse.correction
    return x.ExcuseEntry(
        kind=excuse.kind,
        reason=excuse.reason,
        location=to_place(excuse.location),
        pin=excuse.pin,
        pin_matches=excuse.pin_matches,
        expires=excuse.expires,
        correct=excuse.correct or None,
        correction=x.CorrectionEntry(to_sides(excuse.correction_sides), word(correction), to_witness(correction))
        if correction
        else None,
    )


def to_sides(sides: Iterable[Side]) -> list[x.SideEntry]:
    """Return comparisons in the shape of the file."""
    return [x.SideEntry(side.left, side.relation, side.right) for side in sides]


def to_grid(grid: GridEntry) -> x.GridJson:
    """Return a grid in the shape of the file; a progression stays short, however many values it has."""
    axes: dict[str, str | list[str]] = {}
    for symbol, values in grid.axes.items():
        if isinstance(values, range):
            axes[symbol] = f"{values[0]}..{values[-1]}" + (f" step {values.step}" if values.step > 1 else "")
        else:
            axes[symbol] = list(map(str, values))
    return x.GridJson(axes, dict(grid.derived))


def to_text(document: DocumentText | None) -> x.TextJson | None:
    """Return a document in the shape of the file; None for one that is too long to be carried along."""
    if document is None or len(document.text) > MAX_TEXT:
        return None
    return x.TextJson(
        document.text,
        [x.MarkJson(m.start, m.end, m.kind, m.status, m.claims, m.around, m.reasons) for m in document.marks],
    )


def to_breakdown(breakdown: Breakdown) -> x.BreakdownJson:
    """Return what a model is made of in the shape of the file."""
    return x.BreakdownJson(
        breakdown.model,
        [x.TensorJson(each.name, each.group, each.factors, digits_of(each.count)) for each in breakdown.tensors],
        [x.QuantityJson(each.name, each.expression, each.value, each.unit) for each in breakdown.quantities],
    )


def to_place(location: Location) -> x.Place:
    """Return a location in the shape of the file."""
    return x.Place(location.path, location.line, location.column)


def digits(values: Mapping[str, int]) -> dict[str, str]:
    """Return integers as strings, since they may exceed 2^53."""
    return {name: digits_of(value) for name, value in values.items()}
