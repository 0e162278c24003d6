"""What has become worse, and what better, since a result that was saved and accepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from weighbridge.formula.exact import EvaluationError, truth_of
from weighbridge.formula.parser import parse
from weighbridge.formula.tokens import FormulaError
from weighbridge.gate import FAILED, FINE, INTERNAL, NOTHING, ORDER, exit_code, strength_of
from weighbridge.report.model import Coverage, Report, Weighed
from weighbridge.report.wording import finding
from weighbridge.spec.names import mismatches
from weighbridge.verdict import (
    AnchorState,
    Counterexample,
    Errored,
    Holds,
    Refuted,
    Residual,
    Result,
    Side,
    Undecided,
    Verdict,
    VerdictWord,
    word,
)

#: From the worst to the best.
VERDICTS: tuple[VerdictWord, ...] = ("errored", "refuted", "undecided", "holds")
ANCHORS: tuple[AnchorState | None, ...] = ("gone", "changed", "moved", "absent", None, "found")


class Comparison(Struct, frozen=True):
    """What differs from the baseline, a line each: what fails the gate, and what lets the baseline be renewed.

    `accepted` are the ids of what fails by itself, and failed in the baseline already.
    """

    worse: tuple[str, ...]
    better: tuple[str, ...]
    accepted: tuple[str, ...] = ()


def compare(report: Report, baseline: Report, *, whole: bool = True) -> Comparison:
    """Compare a report with an earlier one. `whole` is whether everything was decided, so that absence means loss."""
    earlier = {each.result.id: each for each in baseline.results}
    worse: list[str] = []
    better: list[str] = []
    accepted: list[str] = []
    for each in report.results:
        before = earlier.pop(each.result.id, None)
        if before is None:
            if fails(each):
                worse.append(f"{each.result.location}: new[{each.result.id}] {each.why or describe(each)}")
            continue
        found = list(changes(each, before))
        for down, text in found:
            (worse if down else better).append(f"{each.result.location}: {text}")
        if fails(each) and not any(down for down, _ in found):
            accepted.append(each.result.id)
    if whole:
        worse.extend(
            f"{gone.result.location}: vanished[{name}] it was in the baseline" for name, gone in earlier.items()
        )
    for down, text in coverage_changes(report.coverage, baseline.coverage):
        (worse if down else better).append(text)
    return Comparison(tuple(worse), tuple(better), tuple(accepted))


def fails(weighed: Weighed) -> bool:
    """Tell whether a result fails the gate."""
    return weighed.standing in ("fail", "unexpected")


def describe(weighed: Weighed) -> str:
    """Return a verdict, with the strength of its evidence."""
    verdict = weighed.result.verdict
    return f"{word(verdict)} ({strength_of(verdict.evidence)})" if isinstance(verdict, Holds) else word(verdict)


def changes(now: Weighed, before: Weighed) -> Iterator[tuple[bool, str]]:
    """Yield what differs between two results of one claim, each with whether that is for the worse."""
    name = now.result.id
    ranks = rank(now), rank(before)
    if ranks[0] != ranks[1]:
        down = ranks[0] < ranks[1]
        yield down, f"{'worse' if down else 'better'}[{name}] {describe(now)}, was {describe(before)}"
    anchors = state(now), state(before)
    places = ANCHORS.index(anchors[0]), ANCHORS.index(anchors[1])
    if places[0] != places[1]:
        down = places[0] < places[1]
        yield down, f"{'worse' if down else 'better'}[{name}] its quote is {anchors[0]}, was {anchors[1]}"
    if ranks[0] == ranks[1] and places[0] == places[1]:
        if fails(now) != fails(before):
            down = fails(now)
            yield down, f"{'worse' if down else 'better'}[{name}] {now.standing}, was {before.standing}"
        elif fails(now):
            yield from other_failure(now, before)


def other_failure(now: Weighed, before: Weighed) -> Iterator[tuple[bool, str]]:
    """Yield how a claim that failed before fails now, where that is not the failure that was accepted.

    A claim that says something else and fails has failed anew; one that says the same may fail at fewer points, unless
    the smallest of them is one at which what was compared before did not fail.
    """
    one, other = now.result, before.result
    if one.says != other.says:
        yield True, f"new[{one.id}] it says '{one.says}' now, was '{other.says}': {finding(now)}"
    elif (fewer := fewer_violations(one.verdict, other.verdict)) and failed_before(one.verdict, other):
        yield False, f"better[{one.id}] {fewer}"
    elif failure(now) != failure(before):
        texts = finding(now), finding(before)
        was = f"; was: {texts[1]}" if texts[0] != texts[1] else "; what it compares was something else"
        yield True, f"new[{one.id}] it fails in another way: {texts[0]}{was}"


def failure(weighed: Weighed) -> tuple[object, ...]:
    """Return what makes one failure of a claim another than an earlier one: never where something stands."""
    result = weighed.result
    message = result.anchor.message if result.anchor and result.anchor.state == "changed" else ""
    match result.verdict:
        # What a search finds can differ from one version to the next, though the claim is the same.
        case Refuted(Counterexample(), None) if not result.values:
            return message, result.sides, result.given
        case Refuted(Residual() as witness, counted, points):
            return message, replace(witness, explanation=""), counted, points
        case Refuted(witness, counted, points):
            return message, witness, counted, points
        case Errored(error, point):
            return message, error, point
        case Holds() | Undecided():
            return (message,)


def fewer_violations(now: Verdict, before: Verdict) -> str:
    """Return that a claim fails at fewer of the same number of points, "" where it does not."""
    match now, before:
        case Refuted(_, int(few), points), Refuted(_, int(many), as_many) if few < many and points == as_many:
            return f"fails at {few:,} points, was {many:,}"
        case _:
            return ""


def failed_before(now: Verdict, before: Result) -> bool:
    """Tell whether the counterexample of a verdict was one of an earlier result already.

    What was compared then is evaluated at the point; of what can not be, it is not known, and so it was none.
    """
    match now, before.verdict:
        case Refuted(Counterexample(point=point)), Refuted(Counterexample(point=known)):
            if point == known:
                return True
            try:
                met = all(holds_at(each, point) for each in before.given)
                return met and not all(holds_at(condition_of(side), point) for side in before.sides)
            except (FormulaError, EvaluationError, KeyError):
                return False
        case _:
            return True


def holds_at(text: str, point: Mapping[str, int]) -> bool:
    """Return a condition's truth. Raises `FormulaError`, `EvaluationError`, and `KeyError` for what has no value."""
    tree = parse(text)
    if any(mismatches(tree, "condition", {})):
        raise EvaluationError("no condition")
    return truth_of(tree, point)


def condition_of(side: Side) -> str:
    """Return what a side says as an expression.

    >>> condition_of(Side("a / b", "in", "[0.5, 0.6)")), condition_of(Side("a + b", "==", "7"))
    ('0.5 <= (a / b) < 0.6', '(a + b) == (7)')
    """
    match side.relation:
        case "is":
            return side.left
        case "in":
            low, _, high = side.right[1:-1].partition(", ")
            opening, closing = ("<=" if end in "[]" else "<" for end in (side.right[:1], side.right[-1:]))
            return f"{low} {opening} ({side.left}) {closing} {high}"
        case relation:
            return f"({side.left}) {relation} ({side.right})"


def state(weighed: Weighed) -> AnchorState | None:
    """Return where a result's quote stands."""
    return weighed.result.anchor.state if weighed.result.anchor else None


def rank(weighed: Weighed) -> tuple[int, int]:
    """Return how good a verdict is, and within `holds` how strong its evidence."""
    verdict = weighed.result.verdict
    strength = ORDER.index(strength_of(verdict.evidence)) if isinstance(verdict, Holds) else 0
    return VERDICTS.index(word(verdict)), strength


def coverage_changes(now: tuple[Coverage, ...], before: tuple[Coverage, ...]) -> Iterator[tuple[bool, str]]:
    """Yield documents of which a smaller, or a larger, share is accounted for."""
    earlier: Mapping[str, Coverage] = {each.document: each for each in before}
    for each in now:
        old = earlier.get(each.document)
        if old is None:
            continue
        # Shares are compared as fractions: a / b < c / d.
        left = (each.found - each.unaccounted) * max(old.found, 1)
        right = (old.found - old.unaccounted) * max(each.found, 1)
        if left != right:
            down = left < right
            share = f"{each.found - each.unaccounted:,} of {each.found:,}"
            was = f"{old.found - old.unaccounted:,} of {old.found:,}"
            yield down, f"{each.document}: {'worse' if down else 'better'}[coverage] {share} accounted for, was {was}"


def exit_code_against(report: Report, comparison: Comparison) -> int:
    """Return the exit code of a run that is held to a baseline: what was bad before does not fail it again."""
    code = exit_code(report.results)
    if code == INTERNAL:
        return code
    if comparison.worse:
        return FAILED
    return NOTHING if code == NOTHING else FINE
