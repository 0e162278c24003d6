"""What claims, invariants and exemptions are, once they have been read: immutable values with nothing left to doubt."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from fractions import Fraction
from typing import Literal, TypeAlias

from msgspec import Struct, field

from weighbridge.errors import Location
from weighbridge.formula.figures import Figure
from weighbridge.formula.tree import Expression
from weighbridge.verdict import Strength

#: What a claim may ask for by `evidence = "..."`.
STRENGTHS: tuple[Strength, ...] = ("proved", "exhausted", "evaluated", "sampled")

#: What can be counted besides the inventory, by the key that names it.
OracleKind: TypeAlias = Literal["config", "checkpoint"]

InvariantKind: TypeAlias = Literal[
    "additive", "linear", "affine", "monotone", "homogeneous", "independent", "symmetric", "divisible"
]


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
        assert self.oracle.counted is not None, "unreachable because every artifact is read with its spec"
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
