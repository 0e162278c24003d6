"""What a result means for the run: its standing, and the exit code that follows from all of them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Protocol

from weighbridge.verdict import (
    Anchor,
    Errored,
    Evaluated,
    Excuse,
    Exhausted,
    Holds,
    OverBudget,
    Proved,
    Qualitative,
    Refuted,
    Result,
    Sampled,
    Standing,
    Strength,
    Undecided,
    Vacuous,
    Verdict,
)

#: From the least to the most. `evaluated` settles one model whole, which is all that a claim `at` a model asks for.
ORDER: tuple[Strength, ...] = ("sampled", "evaluated", "exhausted", "proved")

#: Exit codes, the first that applies from the top; 130 and 2 are known to the command line alone.
INTERRUPTED, INTERNAL, USAGE, FAILED, NOTHING, FINE = 130, 3, 2, 1, 5, 0


class Gated(Protocol):
    """A result with its standing; a `Weighed` of a report is one."""

    @property
    def result(self) -> Result:
        """What was decided."""

    @property
    def standing(self) -> Standing:
        """What the gate made of it."""


def stand(result: Result, *, today: datetime.date) -> tuple[Standing, str]:
    """Return a result's standing, and on one line why it does not pass or why it is waived ("" for a pass).

    The rules are design's table, read from the top; the first that applies decides. `today` (UTC) is what waivers
    expire by.
    """
    verdict, excuse = result.verdict, result.excuse
    if isinstance(verdict, Errored):
        return "fail", "it could not be evaluated"
    if lost := misplaced(result.anchor):
        return "fail", lost
    if excuse is not None:
        if why := lapsed(excuse, verdict, today):
            return "unexpected", why
        if isinstance(verdict, Refuted):
            return "waived", granted(excuse)
    if why := too_weak(verdict, result.asked):
        return "fail", why
    return "pass", ""


def too_weak(verdict: Holds | Refuted | Undecided, asked: Strength) -> str:
    """Return why a verdict is less than what is asked for, "" where it is enough."""
    match verdict:
        case Refuted():
            return "no waiver or erratum excuses it"
        case Undecided(reason):
            return too_open(reason, asked)
        case Holds(evidence):
            return weaker(strength_of(evidence), asked)


def too_open(reason: Sampled | Vacuous | OverBudget | Qualitative, asked: Strength) -> str:
    """Return why an undecided claim does not pass, "" where it may."""
    match reason:
        case Vacuous():
            return "no point meets the assumptions"
        case OverBudget(_, _, flag):
            return f"it is over the budget; {f'raise it with {flag}' if flag else 'make the grid smaller'}"
        case Sampled():
            return weaker("sampled", asked)
        case Qualitative():
            return ""


def weaker(strength: Strength, asked: Strength) -> str:
    """Return why this evidence is not enough, "" where it is."""
    if ORDER.index(strength) < ORDER.index(asked):
        return f"{strength} is weaker than {asked}, which is asked for"
    return ""


def strength_of(evidence: Proved | Exhausted | Evaluated) -> Strength:
    """Return the word for a kind of evidence."""
    match evidence:
        case Proved():
            return "proved"
        case Exhausted():
            return "exhausted"
        case Evaluated():
            return "evaluated"


def misplaced(anchor: Anchor | None) -> str:
    """Return why the document no longer makes this claim, "" where it does, or is not here to ask."""
    if anchor is None:
        return ""
    match anchor.state:
        case "gone":
            lost = anchor.message or "the quote is not in the document"
            return f"{lost}; mend the quote or the document, or remove the claim"
        case "changed":
            return anchor.message or "the document prints something else now"
        case "found" | "moved" | "absent":
            return ""


def lapsed(excuse: Excuse, verdict: Verdict, today: datetime.date) -> str:
    """Return why a waiver or erratum no longer excuses anything, "" where it is in force."""
    kind = excuse.kind
    if not excuse.pin_matches:
        return f"the {kind} is pinned to '{excuse.pin}', which is not what the claim says now; renew or remove it"
    if excuse.expires is not None and today > excuse.expires:
        return f"the waiver expired on {excuse.expires.isoformat()}; mend the document or renew it"
    if isinstance(verdict, Holds):
        return f"the {kind} excuses a claim that holds; remove it"
    if excuse.correction is not None and not isinstance(excuse.correction, Holds):
        return f"the erratum's correction does not hold: {excuse.correct}"
    return ""


def granted(excuse: Excuse) -> str:
    """Return on what grounds a refuted claim is let through."""
    if excuse.expires is not None:
        return f"waived until {excuse.expires.isoformat()}: {excuse.reason}"
    return f"{excuse.kind}: {excuse.reason}"


def exit_code(weighed: Iterable[Gated]) -> int:
    """Return the exit code of a run: 3 for a bug of ours, 1 for a failed gate, 5 where nothing was decided, else 0."""
    everything = tuple(weighed)
    if any(is_bug(each.result) for each in everything):
        return INTERNAL
    if any(each.standing in ("fail", "unexpected") for each in everything):
        return FAILED
    if all(is_qualitative(each.result.verdict) for each in everything):
        return NOTHING
    return FINE


def is_bug(result: Result) -> bool:
    """Tell whether two roads that must agree did not, for the claim or for the correction of its erratum."""
    verdicts = (result.verdict, result.excuse.correction if result.excuse else None)
    return any(isinstance(verdict, Errored) and verdict.bug for verdict in verdicts)


def is_qualitative(verdict: Verdict) -> bool:
    """Tell whether there was nothing to decide."""
    match verdict:
        case Undecided(Qualitative()):
            return True
        case _:
            return False
