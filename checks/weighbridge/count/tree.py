"""What a count is: a total, and the tree of components that add up to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A part of a model: `count` parameters in `tensors` weight tensors, and the parts that it consists of."""

    name: str
    count: int
    tensors: int
    parts: tuple[Component, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Another quantity of a model; `unit` is "bytes", "FLOPs" or "" for a count."""

    value: int | Fraction
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """What the total is where one convention is the other way round."""

    convention: str
    setting: bool
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """Tensors that a file has and that are not counted, and why: buffers, copies, scales of quantised weights."""

    name: str
    elements: int
    tensors: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What a file holds in one type: so many parameters in so many bytes."""

    dtype: str
    count: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many parameters a model has, and all that is known besides.

    `source` is what was counted. A count from an inventory has its `architecture`, values and conventions; one from a
    checkpoint has what is `stored` and what was set `aside`.
    """

    source: str
    kind: str
    total: int
    components: tuple[Component, ...]
    architecture: str = ""
    described_as: str = ""
    symbols: Mapping[str, int] = field(default_factory=dict)
    conventions: Mapping[str, bool] = field(default_factory=dict)
    quantities: Mapping[str, Measure] = field(default_factory=dict)
    alternatives: tuple[Alternative, ...] = ()
    stored: tuple[Stored, ...] = ()
    aside: tuple[Aside, ...] = ()
    buffers: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
