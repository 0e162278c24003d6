"""What was decided about a claim, and why anyone should believe it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from fractions import Fraction
from typing import Literal, TypeAlias

from msgspec import Struct, field

from weighbridge.errors import Location

Value: TypeAlias = int | Fraction | bool
Point: TypeAlias = Mapping[str, int]
Strength: TypeAlias = Literal["proved", "exhausted", "evaluated", "sampled"]
AnchorState: TypeAlias = Literal["found", "moved", "changed", "gone", "absent"]
Standing: TypeAlias = Literal["pass", "waived", "unexpected", "fail"]
#: "holds", "refuted", "undecided" or "errored"; never a fifth word.
VerdictWord: TypeAlias = Literal["holds", "refuted", "undecided", "errored"]


class Proved(Struct, frozen=True):
    """True for all integers that the symbols may be; `how` says by what, `normal_form` shows what both sides are."""

    how: str
    normal_form: str = ""


class Exhausted(Struct, frozen=True):
    """True at every one of the `points` of a grid that meet the assumptions; `how` says how they were decided."""

    points: int
    how: str


class Evaluated(Struct, frozen=True):
    """True for one model, in exact arithmetic."""

    model: str


class Counterexample(Struct, frozen=True):
    """A point where it is not so: what both sides are there."""

    point: Point
    left: Value
    right: Value


class Residual(Struct, frozen=True):
    """What a model gives, and by how much that misses what is printed (0 where no subtraction makes sense).

    Where it misses what an artifact counts, `against` is the artifact's path.
    """

    computed: Value
    difference: int | Fraction
    explanation: str = ""
    against: str = ""


class Sampled(Struct, frozen=True):
    """A search found nothing: absence of evidence, counted."""

    examples: int
    seed: int


class Vacuous(Struct, frozen=True):
    """No point met the assumptions."""


class OverBudget(Struct, frozen=True):
    """Deciding would take more points than the budget allows; `flag` raises it, "" where none does."""

    points: int
    budget: int
    flag: str


class Qualitative(Struct, frozen=True):
    """Nothing that arithmetic can decide, and why not."""

    why: str


class Holds(Struct, frozen=True):
    """True, with evidence; sampling alone never earns this."""

    evidence: Proved | Exhausted | Evaluated


class Refuted(Struct, frozen=True):
    """False, with a witness; on a grid `violations` of `points` points fail. `explanations` say why, a line each."""

    witness: Counterexample | Residual
    violations: int | None = None
    points: int | None = None
    how: str = ""
    explanations: tuple[str, ...] = ()


class Undecided(Struct, frozen=True):
    """Neither shown nor refuted."""

    reason: Sampled | Vacuous | OverBudget | Qualitative


class Errored(Struct, frozen=True):
    """It could not be evaluated, or (`bug`) two roads that must agree do not."""

    message: str
    point: Point = field(default_factory=dict)
    bug: bool = False


Evidence: TypeAlias = Proved | Exhausted | Evaluated
Verdict: TypeAlias = Holds | Refuted | Undecided | Errored


class Anchor(Struct, frozen=True):
    """Where a quote stands in its document; `location` is None where it is gone or the document is not here."""

    state: AnchorState
    location: Location | None = None
    message: str = ""  #: what to know where the state is not "found": where else it stands, or what is printed now


class Side(Struct, frozen=True):
    """One thing that was compared, over symbols alone: `left relation right`."""

    left: str
    relation: str
    right: str


class Excuse(Struct, frozen=True, kw_only=True):
    """Why a claim may be refuted: a waiver (`expires`) or an erratum (`correct`, decided as `correction`).

    `pin` is what the document said when this was written, `pin_matches` whether it still does.
    """

    kind: Literal["waiver", "erratum"]
    reason: str
    location: Location
    pin: str
    pin_matches: bool
    expires: datetime.date | None = None
    correct: str = ""
    correction: Verdict | None = None
    correction_sides: tuple[Side, ...] = ()


class OracleCount(Struct, frozen=True, kw_only=True):
    """What an artifact counts: `of` it ("total", a component, ...) are `count`.

    `sha256` is that of the file's bytes, "" for a checkpoint, whose weights are not read.
    """

    path: str
    of: str
    count: int | Fraction
    sha256: str = ""


class Worst(Struct, frozen=True):
    """Where a formula that need only be about right is furthest off, and by which share of what it should equal."""

    point: Mapping[str, int]
    off: Fraction


class Result(Struct, frozen=True, kw_only=True):
    """All that is known of one claim or invariant, enough to gate and to show it without deciding again.

    `says` is the claim on one line; `formula` and `values` are its expression in the spec's own names and the
    numbers to put in. For another checker, `sides` and `given` (the assumptions) are over symbols alone, `definitions`
    has the symbols that equalities make depend on the others, `minimums` says how small each symbol may be, and one of
    `at` (a model) and `over` (a grid, or "everywhere") says where it is asked.
    """

    id: str
    kind: Literal["claim", "invariant"]
    spec: str
    location: Location
    says: str
    verdict: Verdict
    asked: Strength
    anchor: Anchor | None = None
    quote: str = ""
    printed: str = ""
    computed: str = ""
    sides: tuple[Side, ...] = ()
    formula: str = ""
    where: str = ""  #: "gpt3", "grid wide", "everywhere"
    at: str = ""
    over: str = ""
    given: tuple[str, ...] = ()
    definitions: Mapping[str, str] = field(default_factory=dict)
    minimums: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[str, int] = field(default_factory=dict)
    assuming: tuple[str, ...] = ()
    assumed: Mapping[str, str] = field(default_factory=dict)
    conventions: Mapping[str, bool] = field(default_factory=dict)
    examples: int = 0
    seed: int | None = None
    overrides: Mapping[str, str] = field(default_factory=dict)  #: precision, rounding or about, as the spec has it
    because: str = ""
    worst: Worst | None = None
    note: str = ""
    excuse: Excuse | None = None
    oracle: OracleCount | None = None


def word(verdict: Verdict) -> VerdictWord:
    """Return the verdict's name."""
    match verdict:
        case Holds():
            return "holds"
        case Refuted():
            return "refuted"
        case Undecided():
            return "undecided"
        case Errored():
            return "errored"
