"""What a run found, whole: one immutable value that every format is made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from msgspec import Struct, field

from weighbridge.verdict import Result, Standing

MarkKind: TypeAlias = Literal["figure", "formula", "quote"]
MarkStatus: TypeAlias = Literal["claimed", "exempt", "unaccounted"]


class Weighed(Struct, frozen=True):
    """A result, and what the gate makes of it; `why` says on one line why it does not pass, or what is waived."""

    result: Result
    standing: Standing
    why: str = ""


class GridEntry(Struct, frozen=True):
    """A grid: the values of each axis, and what each derived symbol is over the others."""

    axes: Mapping[str, range | tuple[int, ...]]
    derived: Mapping[str, str] = field(default_factory=dict)


class Mark(Struct, frozen=True, kw_only=True):
    """A figure or formula of a document, or a quote that has none, from `start` up to `end` of its text.

    `claims` account for it and `around` quote it among more; both are ids of results without the model. `reasons` are
    those of exemptions.
    """

    start: int
    end: int
    kind: MarkKind
    status: MarkStatus
    claims: tuple[str, ...] = ()
    around: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


class DocumentText(Struct, frozen=True):
    """A document as it was read, lines ended by line feeds; `marks` are disjoint and in its order."""

    text: str
    marks: tuple[Mark, ...] = ()


class TensorCount(Struct, frozen=True):
    """How many parameters a tensor has in a model; `factors` are shape and copies, `group` the part that it is of."""

    name: str
    group: str
    factors: str
    count: int


class QuantityValue(Struct, frozen=True):
    """A quantity over symbols alone, and its exact value in a model in plain digits, such as 331/1000."""

    name: str
    expression: str
    value: str
    unit: str = ""


class Breakdown(Struct, frozen=True):
    """What a model is made of: the tensors in force, and what the spec's quantities come to."""

    model: str
    tensors: tuple[TensorCount, ...]
    quantities: tuple[QuantityValue, ...]


class SpecEntry(Struct, frozen=True, kw_only=True):
    """A spec that was read: its document (`sha256` of a local file's bytes, "" for a citation), models and grids.

    `text` is the document itself, None where it is not here; `symbols` says what the letters mean.
    """

    path: str
    document_id: str
    title: str
    document_path: str = ""
    cite: str = ""
    sha256: str = ""
    models: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    grids: Mapping[str, GridEntry] = field(default_factory=dict)
    symbols: Mapping[str, str] = field(default_factory=dict)
    text: DocumentText | None = None
    breakdowns: tuple[Breakdown, ...] = ()


class Coverage(Struct, frozen=True):
    """How many of a document's own figures and formulas are accounted for."""

    document: str
    found: int
    claimed: int
    exempt: int
    unaccounted: int


class Against(Struct, frozen=True):
    """What a run is held to a baseline for: how much is worse, and how many results fail as they did there."""

    worse: int
    accepted: int


class Report(Struct, frozen=True, kw_only=True):
    """Specs in the order of their paths, results in the order of their specs; no clock, machine or absolute path.

    `left_out` is how many results the specs have that were not asked for; `against` says how the run compares with a
    baseline, which no saved result knows of.
    """

    version: str
    specs: tuple[SpecEntry, ...]
    results: tuple[Weighed, ...]
    coverage: tuple[Coverage, ...] = ()
    left_out: int = 0
    against: Against | None = None

    def _repr_html_(self) -> str:
        """Return the report as Jupyter shows it: the HTML page in a frame of its own."""
        from weighbridge.report.html.frame import to_frame  # noqa: PLC0415 - a page is needed in notebooks alone

        return to_frame(self)
