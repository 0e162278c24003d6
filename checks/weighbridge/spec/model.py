"""What a spec is, once it has been read: immutable values with nothing left to doubt."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from math import prod

from msgspec import Struct, field

from weighbridge.formula.tree import Expression
from weighbridge.spec.claim_model import Claim, Exemption, Invariant
from weighbridge.spec.table_model import Table


class Document(Struct, frozen=True, kw_only=True):
    """The text that makes the claims: a local file (`path`, relative to the project root) or a citation."""

    id: str
    title: str
    path: str = ""
    cite: str = ""
    retrieved: datetime.date | None = None


class Symbol(Struct, frozen=True, kw_only=True):
    """A hyperparameter: an integer of at least `minimum`; `default` is its value in models that give it none."""

    name: str
    text: str = ""
    latex: str = ""
    minimum: int = 1
    default: Expression | None = None


class Model(Struct, frozen=True, kw_only=True):
    """A named assignment of symbols; `assumed` says which values the document does not state, and why so.

    It has all symbols of the spec, and those of the architecture that it gives or that follow by default.
    """

    name: str
    values: Mapping[str, int]
    assumed: Mapping[str, str] = field(default_factory=dict)
    conventions: Mapping[str, bool] = field(default_factory=dict)


class Tensor(Struct, frozen=True, kw_only=True):
    """One kind of weight tensor; it has the product of `shape` and `per` parameters where `when` holds, else 0."""

    name: str
    shape: tuple[Expression, ...]
    per: tuple[Expression, ...] = ()
    when: Expression | None = None


class Quantity(Struct, frozen=True, kw_only=True):
    """A named expression; `unit` is "bytes", "FLOPs" or "" for a count."""

    name: str
    expression: Expression
    unit: str = ""


class Axis(Struct, frozen=True):
    """The values of one symbol, ascending: an arithmetic progression or a list."""

    symbol: str
    values: range | tuple[int, ...]


class Grid(Struct, frozen=True, kw_only=True):
    """A finite product of axes, in the order of the symbols; `derived` symbols follow from the axes."""

    name: str
    axes: tuple[Axis, ...]
    derived: Mapping[str, Expression] = field(default_factory=dict)
    minimums: Mapping[str, int] = field(default_factory=dict)

    @property
    def points(self) -> int:
        """How many points the grid has."""
        return prod(len(axis.values) for axis in self.axes)


class Spec(Struct, frozen=True, kw_only=True):
    """The claims of one document, and what is needed to decide them. `path` is relative to the project root.

    `architectures` is what it starts from: names of shipped ones and paths from the root, the nearest first.
    `of_rows` are claims about models that only a table can have; they are `claims` once the tables are expanded.
    """

    path: str
    document: Document
    symbols: Mapping[str, Symbol]
    models: Mapping[str, Model]
    tensors: Mapping[str, Tensor]
    conventions: Mapping[str, bool]
    quantities: Mapping[str, Quantity]
    grids: Mapping[str, Grid]
    claims: tuple[Claim, ...]
    invariants: tuple[Invariant, ...]
    exemptions: tuple[Exemption, ...]
    tables: tuple[Table, ...]
    architectures: tuple[str, ...] = ()
    of_rows: tuple[Claim, ...] = ()

    @property
    def id(self) -> str:
        """The document's id, with which every result's id begins."""
        return self.document.id
