"""What a run found, whole: one immutable value that every format is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from weighbridge.verdict import Result, Standing

MarkKind: TypeAlias = Literal["figure", "formula", "quote"]
MarkStatus: TypeAlias = Literal["claimed", "exempt", "unaccounted"]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A result, and what the gate makes of it; `why` says on one line why it does not pass, or what is waived."""

    result: Result
    standing: Standing
    why: str = ""


@dataclass(frozen=True, slots=True)
class GridEntry:
    """A grid: the values of each axis, and what each derived symbol is over the others."""

    axes: Mapping[str, range | tuple[int, ...]]
    derived: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
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


@dataclass(frozen=True, slots=True)
class DocumentText:
    """A document as it was read, lines ended by line feeds; `marks` are disjoint and in its order."""

    text: str
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class TensorCount:
    """How many parameters a tensor has in a model; `factors` are shape and copies, `group` the part that it is of."""

    name: str
    group: str
    factors: str
    count: int


@dataclass(frozen=True, slots=True)
class QuantityValue:
    """A quantity over symbols alone, and its exact value in a model in plain digits, such as 331/1000."""

    name: str
    expression: str
    value: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """What a model is made of: the tensors in force, and what the spec's quantities come to."""

    model: str
    tensors: tuple[TensorCount, ...]
    quantities: tuple[QuantityValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecEntry:
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


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of a document's own figures and formulas are accounted for."""

    document: str
    found: int
    claimed: int
    exempt: int
    unaccounted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Specs in the order of their paths, results in the order of their specs; no clock, machine or absolute path."""

    version: str
    specs: tuple[SpecEntry, ...]
    results: tuple[Weighed, ...]
    coverage: tuple[Coverage, ...] = ()

    def _repr_html_(self) -> str:
        """Return the report as Jupyter shows it: the HTML page in a frame of its own."""
        from weighbridge.report.html.frame import to_frame  # noqa: PLC0415 - a page is needed in notebooks alone

        return to_frame(self)
