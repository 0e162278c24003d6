"""What a spec is, once it has been read: immutable values with nothing left to doubt."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from fractions import Fraction
from math import prod
from typing import Literal, TypeAlias

from msgspec import Struct, field

from weighbridge.errors import Location
from weighbridge.formula.figures import Figure, Rounding
from weighbridge.formula.tree import Expression
from weighbridge.verdict import Strength

#: What a claim may ask for by `evidence = "..."`.
STRENGTHS: tuple[Strength, ...] = ("proved", "exhausted", "evaluated", "sampled")

#: What can be counted besides the inventory, by the key that names it.
OracleKind: TypeAlias = Literal["config", "checkpoint"]

InvariantKind: TypeAlias = Literal[
    "additive", "linear", "affine", "monotone", "homogeneous", "independent", "symmetric", "divisible"
]


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


class At(Struct, frozen=True):
    """A claim speaks of these models; `listed` says that it was written as a list or "*", so ids name the model.

    `every` is "*": rows of tables are models too, and are added once the document is there to read them from.
    """

    models: tuple[str, ...]
    listed: bool = False
    every: bool = False


class Over(Struct, frozen=True):
    """A claim speaks of every point of this grid."""

    grid: str


class Everywhere(Struct, frozen=True):
    """A claim speaks of all values that the symbols may take."""


Range: TypeAlias = At | Over | Everywhere


class PrintedFigure(Struct, frozen=True):
    """The document prints a figure; each of `equals` must be a value that is printed like this."""

    figure: Figure
    equals: tuple[Expression, ...]


class Formula(Struct, frozen=True):
    """The document gives a formula; each of `equals` must be equal to it, or within a share of itself."""

    formula: Expression
    equals: tuple[Expression, ...]
    about: Fraction | None = None


class Assertion(Struct, frozen=True):
    """The document says that something is so."""

    condition: Expression


class Qualitative(Struct, frozen=True):
    """The document says what no arithmetic can decide, for this reason."""

    reason: str


Statement: TypeAlias = PrintedFigure | Formula | Assertion | Qualitative


class Quote(Struct, frozen=True, kw_only=True):
    """The words of the document that make a claim, and where to look for them.

    `times` is how often they stand there (0: any number of times), `nth` which of them is meant (0: all of them).
    """

    text: str
    under: tuple[str, ...] = ()
    times: int = 1
    nth: int = 0


class Waiver(Struct, frozen=True, kw_only=True):
    """Why a claim may be refuted until `expires` (inclusive, UTC), as long as it still says `pin`.

    `at` names the models that it speaks of; empty means all.
    """

    reason: str
    expires: datetime.date
    pin: str
    location: Location
    at: tuple[str, ...] = ()


class Erratum(Struct, frozen=True, kw_only=True):
    """The document is wrong for good: why, what it says (`pin`), and what it should say (`correct`, may be None).

    `at` names the models or rows that it speaks of; empty means all.
    """

    reason: str
    pin: str
    correct: Statement | None
    correct_text: str
    at: tuple[str, ...]
    location: Location


class Counted(Struct, frozen=True, kw_only=True):
    """What an artifact counts: a `value` of this `unit` ("parameters", "bytes", "FLOPs" or "" for any).

    `sha256` is that of the file's bytes, "" for a checkpoint, whose weights are not read; `symbols` are a config's.
    """

    value: int | Fraction
    unit: str
    sha256: str = ""
    symbols: Mapping[str, int] = field(default_factory=dict)


class Oracle(Struct, frozen=True, kw_only=True):
    """An artifact, by its path from the project root, that a claim is checked against besides the inventory.

    `of` names what of its count is compared; `as_class`, `part`, `ignored` and `conventions` are how a config is to be
    counted. `counted` is there as soon as the file has been read, which is before anything is asked.
    """

    kind: OracleKind
    path: str
    location: Location
    of: str
    as_class: str = ""
    part: str = ""
    ignored: tuple[str, ...] = ()
    conventions: Mapping[str, bool] = field(default_factory=dict)
    counted: Counted | None = None


class Claim(Struct, frozen=True, kw_only=True):
    """Something the document says that is true or false."""

    id: str
    location: Location
    statement: Statement
    where: Range
    text: str = ""  #: what the document says, as the spec writes it: the figure, the formula or the condition
    quote: Quote | None = None
    assuming: tuple[Expression, ...] = ()
    conventions: Mapping[str, bool] = field(default_factory=dict)
    evidence: Strength | None = None
    overrides: Mapping[str, str] = field(default_factory=dict)
    because: str = ""
    note: str = ""
    waiver: Waiver | None = None  #: the waiver of the whole claim
    waivers: tuple[Waiver, ...] = ()  #: waivers that speak of some of its models alone
    errata: tuple[Erratum, ...] = ()
    oracle: Oracle | None = None

    @property
    def counted(self) -> int | Fraction | None:
        """What the claim's oracle counts, None where it has none."""
        if self.oracle is None:
            return None
        assert self.oracle.counted is not None, "unreachable because every artifact is read with its spec"  # noqa: S101
        return self.oracle.counted.value


class Invariant(Struct, frozen=True, kw_only=True):
    """A property of an expression that must hold for all values of the symbols."""

    id: str
    location: Location
    kind: InvariantKind
    of: Expression
    parts: tuple[Expression, ...] = ()
    in_: tuple[str, ...] = ()
    between: tuple[str, ...] = ()
    by: Expression | None = None
    degree: int = 1
    assuming: tuple[Expression, ...] = ()
    conventions: Mapping[str, bool] = field(default_factory=dict)
    evidence: Strength | None = None
    note: str = ""


class Exemption(Struct, frozen=True, kw_only=True):
    """A figure of the document (or a whole section, with `under` alone) that is no claim, and why."""

    quote: Quote | None
    under: tuple[str, ...]
    reason: str
    location: Location


class Named(Struct, frozen=True):
    """A name that a spec gives or uses, and where it does so."""

    name: str
    location: Location


class Rows(Struct, frozen=True):
    """A table that a spec copies: its lines but for blank ones, and where each begins.

    `exact` says that characters of a line stand one by one behind its beginning; escapes shift them.
    """

    lines: tuple[str, ...]
    places: tuple[Location, ...]
    exact: bool = True


class Constant(Struct, frozen=True):
    """What a symbol is in every row of a table: a number, or what follows from other symbols."""

    value: Expression
    location: Location


class ConventionColumn(Struct, frozen=True):
    """A convention that is set row by row: by yes and no, or (`when`) true where the cell reads like one of these."""

    column: Named
    when: tuple[str, ...] = ()


class TableExemption(Struct, frozen=True):
    """A column, a row or (`at` names rows) some cells of a column that are no claims, and why."""

    what: Named
    reason: str
    at: tuple[Named, ...] = ()


class ColumnFigures(Struct, frozen=True, kw_only=True):
    """Each cell of a column is a figure; each of `equals` must be a value that is printed like it.

    `units` are what `equals` count, as far as that is known; the rest overrides the precision of every cell.
    """

    column: Named
    equals: tuple[Expression, ...]
    units: tuple[str, ...] = ()
    precision: str = ""
    rounding: Rounding | None = None
    about: str = ""


class TableClaim(Struct, frozen=True, kw_only=True):
    """What a table claims row by row; `text` is what a formula or condition says, "" for figures.

    `times` is in how many rows the column must claim something (0: any number).
    """

    id: str
    location: Location
    statement: ColumnFigures | Formula | Assertion
    text: str = ""
    assuming: tuple[Expression, ...] = ()
    conventions: Mapping[str, bool] = field(default_factory=dict)
    overrides: Mapping[str, str] = field(default_factory=dict)
    because: str = ""
    note: str = ""
    waivers: tuple[Waiver, ...] = ()
    errata: tuple[Erratum, ...] = ()
    times: int = 0


class Table(Struct, frozen=True, kw_only=True):
    """A table of the document: each row is a model, each column a symbol, a convention, a claim, or exempt.

    Without `rows` it stands in the document, under `under`; `nth` chooses one of several there (0: the only one), and
    `height` is how many rows it must have (0: any number).
    `names` are the ids of rows by their printed names; `inherited` is what the model that all rows are like gives to
    other symbols; `optional` symbols may be left without a value. `weight` is how many terms a row's claims have.
    """

    id: str
    location: Location
    under: tuple[str, ...] = ()
    nth: int = 0
    rows: Rows | None = None
    height: int = 0
    transposed: bool = False
    symbols: Mapping[str, Named] = field(default_factory=dict)
    constants: Mapping[str, Constant] = field(default_factory=dict)
    inherited: Mapping[str, Expression] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    assumed: Mapping[str, str] = field(default_factory=dict)
    conventions: Mapping[str, bool] = field(default_factory=dict)
    convention_columns: Mapping[str, ConventionColumn] = field(default_factory=dict)
    names: Mapping[str, Named] = field(default_factory=dict)
    exempt: tuple[TableExemption, ...] = ()
    claims: tuple[TableClaim, ...] = ()
    weight: int = 0


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
