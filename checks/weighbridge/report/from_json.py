"""A result file read back: the same report that was written, or a clear refusal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import assert_never

import msgspec

from weighbridge.errors import Location, WeighbridgeError
from weighbridge.formula.digits import read_integer, read_number
from weighbridge.report import exchange as x
from weighbridge.report.model import (
    Breakdown,
    Coverage,
    DocumentText,
    GridEntry,
    Mark,
    QuantityValue,
    Report,
    SpecEntry,
    TensorCount,
    Weighed,
)
from weighbridge.report.to_json import to_file
from weighbridge.spec.grids import AxisError, read_range
from weighbridge.verdict import (
    Anchor,
    Counterexample,
    Errored,
    Evaluated,
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
    Undecided,
    Vacuous,
    Value,
    Verdict,
    Worst,
)

#: Fields of a result that follow from its witness; a file in which they say something else was tampered with.
DERIVED = ("verdict", "evidence", "reason", "counterexample", "violations", "residual", "explanations", "excuse")


class ResultFileError(WeighbridgeError):
    """The bytes are no result of `weighbridge check --format json`."""


def from_json(data: bytes) -> Report:
    """Read what `to_json` wrote. Raises `ResultFileError` for anything else."""
    try:
        file = msgspec.json.decode(data, type=x.ComplianceFile)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        text = str(error).replace(" - at `$", " at `$").replace("`", "'")
        raise ResultFileError(f"this is no result of 'weighbridge check --format json': {text}") from None
    report = Report(
        version=file.generator.version,
        specs=tuple(map(read_spec_entry, file.specs)),
        results=tuple(map(read_entry, file.results)),
        coverage=tuple(Coverage(c.document, c.found, c.claimed, c.exempt, c.unaccounted) for c in file.coverage),
        left_out=file.left_out,
    )
    if report.left_out < 0:
        raise ResultFileError(
            "the result contradicts itself: fewer than no results are left out; decide again with 'weighbridge check'"
        )
    for each in file.coverage:
        if (
            min(each.claimed, each.exempt, each.unaccounted) < 0
            or each.found != each.claimed + each.exempt + each.unaccounted
        ):
            raise ResultFileError(
                f"the result contradicts itself: the coverage of {each.document} does not add up; "
                "decide again with 'weighbridge check'"
            )
    again = to_file(report)
    for index, (found, due) in enumerate(zip(file.results, again.results, strict=True)):
        for name in DERIVED:
            if getattr(found, name) != getattr(due, name):
                raise ResultFileError(
                    f"the result contradicts itself: '{name}' of result {index + 1} ({found.id}) does not follow from "
                    "its witness; decide again with 'weighbridge check'"
                )
    if file.summary != again.summary:
        raise ResultFileError(
            "the result contradicts itself: the summary does not follow from the results; "
            "decide again with 'weighbridge check'"
        )
    return report


def read_spec_entry(spec: x.SpecJson) -> SpecEntry:
    """Return a spec of the file."""
    document = spec.document
    return SpecEntry(
        path=spec.path,
        document_id=document.id,
        title=document.title,
        document_path=document.path or "",
        cite=document.cite or "",
        sha256=document.sha256 or "",
        models={name: numbers(values) for name, values in spec.models.items()},
        grids={name: read_grid(grid) for name, grid in spec.grids.items()},
        symbols=spec.symbols,
        text=read_text(spec.text) if spec.text else None,
        breakdowns=tuple(map(read_breakdown, spec.breakdowns)),
    )


def read_text(document: x.TextJson) -> DocumentText:
    """Return a document of the file. Raises `ResultFileError` for marks that are not in it, or not in order."""
    end = 0
    for mark in document.marks:
        if not end <= mark.start < mark.end <= len(document.text):
            raise ResultFileError(
                f"the result contradicts itself: a mark from {mark.start} to {mark.end} is not in its document, or out "
                "of order; decide again with 'weighbridge check'"
            )
        end = mark.end
    return DocumentText(
        document.text,
        tuple(
            Mark(
                start=mark.start,
                end=mark.end,
                kind=mark.kind,
                status=mark.status,
                claims=mark.claims,
                around=mark.around,
                reasons=mark.reasons,
            )
            for mark in document.marks
        ),
    )


def read_breakdown(breakdown: x.BreakdownJson) -> Breakdown:
    """Return what a model is made of."""
    return Breakdown(
        breakdown.model,
        tuple(TensorCount(each.name, each.group, each.factors, read_integer(each.count)) for each in breakdown.tensors),
        tuple(QuantityValue(each.name, each.expression, each.value, each.unit) for each in breakdown.quantities),
    )


def read_grid(grid: x.GridJson) -> GridEntry:
    """Return a grid of the file."""
    axes: dict[str, range | tuple[int, ...]] = {}
    for symbol, values in grid.axes.items():
        try:
            axes[symbol] = read_range(values, minimum=0) if isinstance(values, str) else tuple(map(int, values))
        except AxisError as error:
            raise ResultFileError(f"the result has a grid that no spec has: {error}") from None
    return GridEntry(axes, grid.derived)


def read_entry(entry: x.ResultEntry) -> Weighed:
    """Return a result of the file."""
    document = entry.location.document
    anchor = None
    if entry.anchor is not None:
        anchor = Anchor(entry.anchor, read_place(document) if document else None, entry.anchor_message or "")
    result = Result(
        id=entry.id,
        kind=entry.kind,
        spec=entry.spec,
        location=read_place(entry.location.spec),
        says=entry.says,
        verdict=read_witness(entry.witness),
        asked=entry.asked,
        anchor=anchor,
        quote=entry.quote or "",
        printed=entry.printed or "",
        computed=entry.computed or "",
        sides=read_sides(entry.sides),
        formula=entry.formula or "",
        where=entry.where or "",
        at=entry.at or "",
        over=entry.over or "",
        given=tuple(entry.given),
        definitions=entry.definitions,
        minimums=numbers(entry.minimums),
        values=numbers(entry.values),
        assuming=tuple(entry.evidence.assuming),
        assumed=entry.assumed,
        conventions=entry.conventions,
        examples=entry.evidence.examples,
        seed=entry.evidence.seed,
        overrides=entry.overrides,
        because=entry.because or "",
        worst=Worst(numbers(entry.worst.point), Fraction(read_number(entry.worst.off))) if entry.worst else None,
        note=entry.note or "",
        excuse=read_excuse(entry.excuse) if entry.excuse else None,
        oracle=read_oracle(entry.oracle) if entry.oracle else None,
    )
    return Weighed(result, entry.standing, entry.why or "")


def read_oracle(entry: x.OracleEntry) -> OracleCount:
    """Return what an artifact counts."""
    return OracleCount(path=entry.path, of=entry.of, count=read_value(entry.count), sha256=entry.sha256 or "")


def read_witness(witness: x.Witness) -> Verdict:
    """Return the verdict that rests on a witness."""
    match witness:
        case x.NormalFormWitness():
            return Holds(Proved(witness.how, witness.normal_form))
        case x.ExhaustedWitness():
            return Holds(Exhausted(int(witness.points), witness.how))
        case x.EvaluatedWitness():
            return Holds(Evaluated(witness.model))
        case x.CounterexampleWitness():
            return refuted(
                Counterexample(numbers(witness.point), read_value(witness.left), read_value(witness.right)), witness
            )
        case x.ResidualWitness():
            computed, difference = read_value(witness.computed), read_value(witness.difference)
            return refuted(Residual(computed, difference, witness.explanation, witness.against), witness)
        case x.SampledWitness():
            return Undecided(Sampled(witness.examples, witness.seed))
        case x.VacuousWitness():
            return Undecided(Vacuous())
        case x.OverBudgetWitness():
            return Undecided(OverBudget(int(witness.points), int(witness.budget), witness.flag))
        case x.QualitativeWitness():
            return Undecided(Qualitative(witness.why))
        case x.ErrorWitness():
            return Errored(witness.message, numbers(witness.point), witness.bug)
        case _:
            assert_never(witness)


def refuted(shown: Counterexample | Residual, witness: x.CounterexampleWitness | x.ResidualWitness) -> Refuted:
    """Return a refutation with the numbers of its witness."""
    violations, points = (None if text is None else int(text) for text in (witness.violations, witness.points))
    return Refuted(shown, violations, points, witness.how, witness.explanations)


def read_excuse(entry: x.ExcuseEntry) -> Excuse:
    """Return a waiver or erratum of the file."""
    return Excuse(
        kind=entry.kind,
        reason=entry.reason,
        location=read_place(entry.location),
        pin=entry.pin,
        pin_matches=entry.pin_matches,
        expires=entry.expires,
        correct=entry.correct or "",
        correction=read_witness(entry.correction.witness) if entry.correction else None,
        correction_sides=read_sides(entry.correction.sides) if entry.correction else (),
    )


def read_sides(sides: Iterable[x.SideEntry]) -> tuple[Side, ...]:
    """Return comparisons of the file."""
    return tuple(Side(side.left, side.relation, side.right) for side in sides)


def read_place(place: x.Place) -> Location:
    """Return a location of the file."""
    return Location(place.path, place.line, place.column)


def numbers(values: Mapping[str, str]) -> dict[str, int]:
    """Return the integers that strings spell."""
    return {name: read_integer(value) for name, value in values.items()}


def read_value(text: str) -> Value:
    """Return the value that `exact` spelled."""
    if text in ("true", "false"):
        return text == "true"
    return read_number(text)
