"""What a result file looks like: the shape of the JSON, field by field, as msgspec reads and writes it.

Integers that may exceed 2^53 are strings. What a verdict rests on is in its `witness`, whole; the fields `verdict`,
`evidence`, `reason`, `counterexample`, `violations`, `residual`, `explanations`, `message` and the summary follow from
that.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from weighbridge.formula.limits import MOST
from weighbridge.report.model import MarkKind, MarkStatus
from weighbridge.report.summary import Overall
from weighbridge.verdict import AnchorState, Standing, Strength, VerdictWord

SCHEMA: Literal["weighbridge/compliance"] = "weighbridge/compliance"
VERSION: Literal[1] = 1

#: Characters of the longest number: a difference of two fractions has up to twice the bits of either, above and below.
DIGITS = 4 * MOST.bits * 302 // 1_000
Count: TypeAlias = Annotated[str, Meta(pattern="^[0-9]+$", max_length=DIGITS)]
Whole: TypeAlias = Annotated[str, Meta(pattern="^-?[0-9]+$", max_length=DIGITS)]
Exact: TypeAlias = Annotated[str, Meta(pattern="^(true|false|-?[0-9]+(/[1-9][0-9]*)?)$", max_length=DIGITS)]
Progression: TypeAlias = Annotated[str, Meta(pattern=r"^[0-9]+\.\.[0-9]+( step [1-9][0-9]*)?$", max_length=100)]
Position: TypeAlias = Annotated[int, Meta(ge=1)]
Reason: TypeAlias = Literal["sampled", "vacuous", "over-budget", "qualitative"]


class NormalFormWitness(Struct, tag_field="kind", tag="normal-form", frozen=True):
    """Both sides are this polynomial."""

    how: str
    normal_form: str


class ExhaustedWitness(Struct, tag_field="kind", tag="exhausted", frozen=True):
    """Every point was decided, in this way."""

    points: Count
    how: str


class EvaluatedWitness(Struct, tag_field="kind", tag="evaluated", frozen=True):
    """The model that was put in."""

    model: str


class CounterexampleWitness(Struct, tag_field="kind", tag="counterexample", frozen=True):
    """A point where it is not so, and both sides there."""

    point: dict[str, Whole]
    left: Exact
    right: Exact
    violations: Count | None
    points: Count | None
    how: str
    explanations: tuple[str, ...] = ()


class ResidualWitness(Struct, tag_field="kind", tag="residual", frozen=True):
    """What a model gives, minus what is printed; or minus what an artifact counts, whose path `against` is."""

    computed: Exact
    difference: Exact
    explanation: str
    violations: Count | None
    points: Count | None
    how: str
    explanations: tuple[str, ...] = ()
    against: str = ""


class SampledWitness(Struct, tag_field="kind", tag="sampled", frozen=True):
    """The search that found nothing."""

    examples: int
    seed: int


class VacuousWitness(Struct, tag_field="kind", tag="vacuous", frozen=True):
    """There was nothing to search."""


class OverBudgetWitness(Struct, tag_field="kind", tag="over-budget", frozen=True):
    """What it would take, what is allowed, and the flag that raises it ("" where none does)."""

    points: Count
    budget: Count
    flag: str


class QualitativeWitness(Struct, tag_field="kind", tag="qualitative", frozen=True):
    """Why arithmetic can not decide it."""

    why: str


class ErrorWitness(Struct, tag_field="kind", tag="error", frozen=True):
    """What went wrong, and at which point."""

    message: str
    point: dict[str, Whole]
    bug: bool


Witness: TypeAlias = (
    NormalFormWitness
    | ExhaustedWitness
    | EvaluatedWitness
    | CounterexampleWitness
    | ResidualWitness
    | SampledWitness
    | VacuousWitness
    | OverBudgetWitness
    | QualitativeWitness
    | ErrorWitness
)


class Place(Struct, frozen=True):
    """A place in a file; the path is relative to the project root."""

    path: str
    line: Position
    column: Position


class Places(Struct, frozen=True):
    """Where a claim stands in its spec, and its quote in the document."""

    spec: Place
    document: Place | None


class EvidenceEntry(Struct, frozen=True):
    """How strong the evidence is; the strength of a refutation or of an open question is null."""

    strength: Strength | None
    points: Count | None
    examples: int
    seed: int | None
    assuming: list[str]


class SideEntry(Struct, frozen=True):
    """One comparison, over symbols alone."""

    left: str
    relation: str
    right: str


class CorrectionEntry(Struct, frozen=True):
    """What became of an erratum's correction, which is asked where the claim is."""

    sides: list[SideEntry]

    verdict: VerdictWord
    witness: Witness


class ExcuseEntry(Struct, frozen=True):
    """A waiver or an erratum."""

    kind: Literal["waiver", "erratum"]
    reason: str
    location: Place
    pin: str
    pin_matches: bool
    expires: datetime.date | None
    correct: str | None
    correction: CorrectionEntry | None


class OracleEntry(Struct, frozen=True):
    """What an artifact counts; the sha256 is that of the file's bytes, null for a checkpoint."""

    path: str
    sha256: str | None
    of: str
    count: Exact


class WorstEntry(Struct, frozen=True):
    """Where a formula is furthest off, and by which share of what it should equal."""

    point: dict[str, Whole]
    off: Exact


class ResultEntry(Struct, frozen=True):
    """One claim or invariant."""

    id: str
    kind: Literal["claim", "invariant"]
    says: str
    verdict: VerdictWord
    anchor: AnchorState | None
    anchor_message: str | None
    standing: Standing
    why: str | None
    asked: Strength
    evidence: EvidenceEntry
    reason: Reason | None
    location: Places
    quote: str | None
    printed: str | None
    computed: str | None
    counterexample: dict[str, Whole] | None
    violations: Count | None
    residual: Exact | None
    message: str
    formula: str | None
    where: str | None
    at: str | None
    over: str | None
    values: dict[str, Whole]
    sides: list[SideEntry]
    given: list[str]
    definitions: dict[str, str]
    minimums: dict[str, Whole]
    assumed: dict[str, str]
    conventions: dict[str, bool]
    because: str | None
    note: str | None
    excuse: ExcuseEntry | None
    witness: Witness
    spec: str
    explanations: tuple[str, ...] = ()
    quote_sha256: str | None = None
    oracle: OracleEntry | None = None
    overrides: dict[str, str] = {}
    worst: WorstEntry | None = None


class DocumentEntry(Struct, frozen=True):
    """The document of a spec: a local file with the sha256 of its bytes, or a citation."""

    id: str
    title: str
    path: str | None
    cite: str | None
    sha256: str | None


class GridJson(Struct, frozen=True):
    """A grid: axes as in a spec, "1..96" or "64..12288 step 64" or a list; derived symbols over the others."""

    axes: dict[str, Progression | list[Whole]]
    derived: dict[str, str]


class MarkJson(Struct, frozen=True, omit_defaults=True):
    """A figure, formula or quote of a document, in characters of its text, and what accounts for it."""

    start: Annotated[int, Meta(ge=0)]
    end: Annotated[int, Meta(ge=0)]
    kind: MarkKind
    status: MarkStatus
    claims: tuple[str, ...] = ()
    around: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


class TextJson(Struct, frozen=True):
    """A document's text, where it is short enough to be carried along."""

    text: str
    marks: list[MarkJson]


class TensorJson(Struct, frozen=True):
    """A tensor in force, and its number of parameters."""

    name: str
    group: str
    factors: str
    count: Count


class QuantityJson(Struct, frozen=True):
    """A quantity over symbols alone, and its value."""

    name: str
    expression: str
    value: Exact
    unit: str


class BreakdownJson(Struct, frozen=True):
    """What a model is made of."""

    model: str
    tensors: list[TensorJson]
    quantities: list[QuantityJson]


class SpecJson(Struct, frozen=True):
    """A spec, the values of its models, its grids, and what pages show of it."""

    path: str
    document: DocumentEntry
    models: dict[str, dict[str, Whole]]
    grids: dict[str, GridJson]
    symbols: dict[str, str] = {}
    text: TextJson | None = None
    breakdowns: tuple[BreakdownJson, ...] = ()


class CoverageEntry(Struct, frozen=True):
    """How many figures and formulas of a document are accounted for."""

    document: str
    found: int
    claimed: int
    exempt: int
    unaccounted: int


class SummaryEntry(Struct, frozen=True):
    """The run in numbers; "pass" exactly where the exit code is 0."""

    standing: Overall
    holds: int
    refuted: int
    undecided: int
    errored: int
    waived: int
    unexpected: int


class Generator(Struct, frozen=True):
    """What wrote the file."""

    name: str
    version: str


class ComplianceFile(Struct, frozen=True):
    """The whole file."""

    schema: Literal["weighbridge/compliance"]
    version: Literal[1]
    generator: Generator
    specs: list[SpecJson]
    results: list[ResultEntry]
    coverage: list[CoverageEntry]
    summary: SummaryEntry
    left_out: int = 0
