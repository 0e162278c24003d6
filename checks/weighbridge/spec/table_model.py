"""What a table of a spec is, once it has been read and before its rows are models: columns, claims and exemptions."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from weighbridge.errors import Location
from weighbridge.formula.figures import Rounding
from weighbridge.formula.tree import Expression
from weighbridge.spec.claim_model import Assertion, Erratum, Formula, Waiver


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
