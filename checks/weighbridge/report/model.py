"""What a run found, whole: one immutable value that every format is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from weighbridge.verdict import Result, Standing


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
class SpecEntry:
    """A spec that was read: its document (`sha256` of a local file's bytes, "" for a citation), models and grids."""

    path: str
    document_id: str
    title: str
    document_path: str = ""
    cite: str = ""
    sha256: str = ""
    models: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    grids: Mapping[str, GridEntry] = field(default_factory=dict)


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
