"""What there is to decide in a spec, and what a result says of its claim besides the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from msgspec import Struct

from weighbridge.formula.digits import digits_of
from weighbridge.formula.exact import EvaluationError, number_of
from weighbridge.formula.printer import to_text
from weighbridge.spec.ask import Asked, claim_questions
from weighbridge.spec.ask_invariant import invariant_question
from weighbridge.spec.claim_model import (
    Assertion,
    At,
    Claim,
    Erratum,
    Everywhere,
    Formula,
    Invariant,
    Over,
    PrintedFigure,
    Waiver,
)
from weighbridge.spec.claim_model import Qualitative as QualitativeStatement
from weighbridge.spec.expand import Expansions, expand
from weighbridge.spec.model import Spec
from weighbridge.spec.question import AtPoint, reduced
from weighbridge.verdict import (
    Anchor,
    Counterexample,
    Excuse,
    OracleCount,
    Qualitative,
    Refuted,
    Residual,
    Result,
    Strength,
    Undecided,
    Verdict,
)


class Task(Struct, frozen=True, kw_only=True):
    """One result in the making: what is asked, and what its erratum says instead."""

    id: str
    source: Claim | Invariant
    asked: Asked | None = None
    excuse: Waiver | Erratum | None = None
    correction: Asked | None = None


def tasks(spec: Spec) -> Iterator[Task]:
    """Yield what there is to decide: each claim once a model, then the invariants."""
    expansions = Expansions(spec)
    for claim in spec.claims:
        questions = claim_questions(spec, claim, expansions=expansions)
        if not questions:
            yield Task(id=f"{spec.id}/{claim.id}", source=claim)
        for number, asked in enumerate(questions):
            excuse = excuse_for(claim, asked)
            correction = None
            if isinstance(excuse, Erratum) and excuse.correct is not None:
                correction = claim_questions(spec, claim, excuse.correct, expansions=expansions)[number]
            name = f"{spec.id}/{claim.id}" + (f"@{asked.label}" if asked.label else "")
            yield Task(id=name, source=claim, asked=asked, excuse=excuse, correction=correction)
    for invariant in spec.invariants:
        yield Task(id=f"{spec.id}/{invariant.id}", source=invariant, asked=invariant_question(spec, invariant))


def excuse_for(claim: Claim, asked: Asked) -> Waiver | Erratum | None:
    """Return the waiver or erratum that speaks of this model, the more special one first."""
    name = asked.model.name if asked.model else ""
    every: list[Waiver | Erratum] = [*claim.waivers, *claim.errata, *([claim.waiver] if claim.waiver else [])]
    special = [each for each in every if name and name in each.at]
    general = [each for each in every if not each.at]
    return next(iter([*special, *general]), None)


def result(spec: Spec, task: Task, decided: Mapping[int, Verdict], anchor: Anchor | None) -> Result:
    """Put together all that is known of a claim or invariant; `decided` has a verdict for each question's `id`."""
    source, asked = task.source, task.asked
    values = values_of(asked)
    claim = source if isinstance(source, Claim) else None
    verdict = verdict_on(spec, task, decided)
    return Result(
        id=task.id,
        kind="claim" if claim else "invariant",
        spec=spec.path,
        location=source.location,
        says=says(source),
        verdict=verdict,
        asked=source.evidence or usual_strength(source),
        anchor=anchor,
        quote=claim.quote.text if claim and claim.quote else "",
        printed=claim.text if claim and isinstance(claim.statement, PrintedFigure) else "",
        computed=computed(asked, verdict),
        sides=asked.sides if asked else (),
        formula=formula(source),
        where=where(source, asked),
        at=asked.model.name if asked and asked.model else "",
        over=over(source) if asked else "",
        given=tuple(map(to_text, asked.question.assuming)) if asked else (),
        definitions={name: to_text(tree) for name, tree in reduced(asked.question).definitions.items()}
        if asked
        else {},
        minimums={
            name: least for each in (asked, task.correction) if each for name, least in each.question.minimums.items()
        },
        values=values,
        assuming=tuple(map(to_text, source.assuming)),
        assumed={name: why for name, why in asked.model.assumed.items() if name in values}
        if asked and asked.model
        else {},
        conventions=asked.conventions if asked else {},
        overrides=claim.overrides if claim else {},
        because=claim.because if claim else "",
        note=source.note,
        excuse=excuse(task, decided),
        oracle=oracle_count(claim) if claim else None,
    )


def oracle_count(claim: Claim) -> OracleCount | None:
    """Return what the artifact counts that a claim is checked against, None where there is none."""
    oracle = claim.oracle
    if oracle is None or oracle.counted is None:
        return None
    counted = oracle.counted
    return OracleCount(path=oracle.path, of=oracle.of, count=counted.value, sha256=counted.sha256)


def verdict_on(spec: Spec, task: Task, decided: Mapping[int, Verdict]) -> Verdict:
    """Return the verdict on a task; one model misses a printed figure, or what an artifact counts, by a residual."""
    statement = task.source.statement if isinstance(task.source, Claim) else None
    asked = task.asked
    if asked is None:
        return Undecided(Qualitative(statement.reason if isinstance(statement, QualitativeStatement) else ""))
    verdict = decided[id(asked)]
    domain = asked.question.domain
    if not (isinstance(verdict, Refuted) and isinstance(task.source, Claim) and isinstance(domain, AtPoint)):
        return verdict
    counted, path = task.source.counted, task.source.oracle.path if task.source.oracle else ""
    match statement:
        case PrintedFigure(figure, equals):
            values = [number_of(expand(tree, spec, asked.conventions), domain.values) for tree in equals]
            if counted is not None:
                other = next((value for value in values if value != counted), None)
                if other is not None:
                    return Refuted(Residual(other, other - counted, against=path))
                values = [counted]
            missed = next(value for value in values if value not in figure)
            return Refuted(Residual(missed, missed - figure.value))
        case Formula(about=None) if counted is not None:
            return missed_count(verdict, counted, path)
        case _:
            return verdict


def missed_count(verdict: Refuted, counted: int | Fraction, path: str) -> Refuted:
    """Return the residual where a counterexample to a formula is that something is not what an artifact counts."""
    match verdict.witness:
        case Counterexample(_, left, right) if right == counted and not isinstance(left, bool):
            return Refuted(Residual(left, left - counted, against=path))
        case _:
            return verdict


def says(source: Claim | Invariant) -> str:
    """Return a claim or invariant on one line, in the spec's own names."""
    if isinstance(source, Invariant):
        return invariant_says(source)
    match source.statement:
        case PrintedFigure(_, equals) | Formula(_, equals):
            oracle = [f"{source.oracle.of} of {source.oracle.path}"] if source.oracle else []
            return " = ".join([source.text, *map(to_text, equals), *oracle])
        case Assertion():
            return source.text
        case QualitativeStatement():
            return source.quote.text if source.quote else source.id


def invariant_says(invariant: Invariant) -> str:
    """Return an invariant on one line."""
    of = to_text(invariant.of)
    match invariant.kind:
        case "additive":
            return f"{of} = {' + '.join(map(to_text, invariant.parts))}"
        case "divisible":
            return f"{of} is divisible by {to_text(invariant.by) if invariant.by else ''}"
        case "symmetric":
            return f"{of} is symmetric in {' and '.join(invariant.between)}"
        case "homogeneous":
            return f"{of} is homogeneous of degree {invariant.degree} in {', '.join(invariant.in_)}"
        case "independent":
            return f"{of} is independent of {', '.join(invariant.in_)}"
        case "linear" | "affine" | "monotone":
            return f"{of} is {invariant.kind} in {', '.join(invariant.in_)}"


def formula(source: Claim | Invariant) -> str:
    """Return the expression that a claim is about, in the spec's own names."""
    if isinstance(source, Invariant):
        return to_text(source.of)
    match source.statement:
        case PrintedFigure(_, equals):
            return to_text(equals[0]) if equals else ""
        case Formula(tree, _):
            return to_text(tree)
        case Assertion(condition):
            return to_text(condition)
        case QualitativeStatement():
            return ""


def where(source: Claim | Invariant, asked: Asked | None) -> str:
    """Return where a claim ranges, as a person would say it."""
    if isinstance(source, Invariant):
        return "everywhere"
    match source.where:
        case At():
            return asked.model.name if asked and asked.model else ""
        case Over(grid):
            return f"grid {grid}"
        case Everywhere():
            return "everywhere"


def over(source: Claim | Invariant) -> str:
    """Return the grid that a claim ranges over, or "everywhere"; "" where it is about models."""
    if isinstance(source, Invariant):
        return "everywhere"
    match source.where:
        case At():
            return ""
        case Over(grid):
            return grid
        case Everywhere():
            return "everywhere"


def usual_strength(source: Claim | Invariant) -> Strength:
    """Return the evidence that is asked for where the spec does not say."""
    if isinstance(source, Invariant):
        return "proved"
    match source.where:
        case At():
            return "evaluated"
        case Over():
            return "exhausted"
        case Everywhere():
            return "proved"


def values_of(asked: Asked | None) -> Mapping[str, int]:
    """Return the values of the symbols that are asked about, at one model."""
    if asked is None or not isinstance(asked.question.domain, AtPoint):
        return {}
    return {name: asked.question.domain.values[name] for name in asked.question.minimums}


def computed(asked: Asked | None, verdict: Verdict) -> str:
    """Return what one model gives for what is printed, in plain digits; "" where there is no one value."""
    if isinstance(verdict, Refuted) and isinstance(verdict.witness, Residual):
        return digits_of(verdict.witness.computed)
    if asked is None or asked.computed is None or not isinstance(asked.question.domain, AtPoint):
        return ""
    try:
        return digits_of(number_of(asked.computed, asked.question.domain.values))
    except EvaluationError:
        return ""


def excuse(task: Task, decided: Mapping[int, Verdict]) -> Excuse | None:
    """Return why a claim may be refuted, with what became of its correction."""
    claim = task.source
    match task.excuse:
        case Waiver(reason=reason, expires=expires, pin=pin, location=location):
            return Excuse(
                kind="waiver",
                reason=reason,
                location=location,
                pin=pin,
                pin_matches=isinstance(claim, Claim) and same_text(pin, claim.text),
                expires=expires,
            )
        case Erratum(reason=reason, pin=pin, correct_text=correct, location=location):
            return Excuse(
                kind="erratum",
                reason=reason,
                location=location,
                pin=pin,
                pin_matches=isinstance(claim, Claim) and same_text(pin, claim.text),
                correct=correct,
                correction=decided[id(task.correction)] if task.correction else None,
                correction_sides=task.correction.sides if task.correction else (),
            )
        case None:
            return None


def same_text(one: str, other: str) -> bool:
    """Tell whether two texts are the same but for white space, which says nothing in a figure or an expression."""
    return "".join(one.split()) == "".join(other.split())
