"""What was decided about a claim, and why anyone should believe it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, TypeAlias

from weighbridge.errors import Location

Value: TypeAlias = int | Fraction | bool
Point: TypeAlias = Mapping[str, int]
Strength: TypeAlias = Literal["proved", "exhausted", "evaluated", "sampled"]
AnchorState: TypeAlias = Literal["found", "moved", "changed", "gone", "absent"]
Standing: TypeAlias = Literal["pass", "waived", "unexpected", "fail"]
#: "holds", "refuted", "undecided" or "errored"; never a fifth word.
VerdictWord: TypeAlias = Literal["holds", "refuted", "undecided", "errored"]


@dataclass(frozen=True, slots=True)
class Proved:
    """True for all integers that the symbols may be; `how` says by what, `normal_form` shows what both sides are."""

    how: str
    normal_form: str = ""


@dataclass(frozen=True, slots=True)
class Exhausted:
    """True at every one of the `points` of a grid that meet the assumptions; `how` says how they were decided."""

    points: int
    how: str


@dataclass(frozen=True, slots=True)
class Evaluated:
    """True for one model, in exact arithmetic."""

    model: str


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A point where it is not so: what both sides are there."""

    point: Point
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Residual:
    """What a model gives, and by how much that misses what is printed (0 where no subtraction makes sense)."""

    computed: Value
    difference: int | Fraction
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class Sampled:
    """A search found nothing: absence of evidence, counted."""

    examples: int
    seed: int


@dataclass(frozen=True, slots=True)
class Vacuous:
    """No point met the assumptions."""


@dataclass(frozen=True, slots=True)
class OverBudget:
    """Deciding would take more points than the budget allows; `flag` raises it."""

    points: int
    budget: int
    flag: str


@dataclass(frozen=True, slots=True)
class Qualitative:
    """Nothing that arithmetic can decide, and why not."""

    why: str


@dataclass(frozen=True, slots=True)
class Holds:
    """True, with evidence; sampling alone never earns this."""

    evidence: Proved | Exhausted | Evaluated


@dataclass(frozen=True, slots=True)
class Refuted:
    """False, with a witness; on a grid `violations` of `points` points fail. `explanations` say why, a line each."""

    witness: Counterexample | Residual
    violations: int | None = None
    points: int | None = None
    how: str = ""
    explanations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Undecided:
    """Neither shown nor refuted."""

    reason: Sampled | Vacuous | OverBudget | Qualitative


@dataclass(frozen=True, slots=True)
class Errored:
    """It could not be evaluated, or (`bug`) two roads that must agree do not."""

    message: str
    point: Point = field(default_factory=dict)
    bug: bool = False


Evidence: TypeAlias = Proved | Exhausted | Evaluated
Verdict: TypeAlias = Holds | Refuted | Undecided | Errored


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a quote stands in its document; `location` is None where it is gone or the document is not here."""

    state: AnchorState
    location: Location | None = None
    message: str = ""  #: what to know where the state is not "found": where else it stands, or what is printed now


@dataclass(frozen=True, slots=True)
class Side:
    """One thing that was compared, over symbols alone: `left relation right`."""

    left: str
    relation: str
    right: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Excuse:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
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
    because: str = ""
    note: str = ""
    excuse: Excuse | None = None


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
