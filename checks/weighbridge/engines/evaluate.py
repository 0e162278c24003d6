"""Whether a condition is true at one point, by the reference evaluation: unbounded integers and fractions."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from weighbridge.formula.exact import EvaluationError, PastLimit, number_of, truth_of
from weighbridge.formula.normal import Ring, has_value
from weighbridge.formula.tree import walk
from weighbridge.spec.question import Question, Reduced, meets, reduced


class Evaluation(Struct, frozen=True):
    """What there is at a point: whether the assumptions are met, whether the condition is true, or why neither.

    `past_limit` says that there may be a value, and that it is not computed.
    """

    inside: bool
    true: bool
    error: str = ""
    past_limit: bool = False


def evaluate_at(question: Question, point: Mapping[str, int]) -> Evaluation:
    """Evaluate a question at one point."""
    try:
        inside = meets(question, point)
        return Evaluation(inside, inside and truth_of(question.condition, point))
    except EvaluationError as error:
        return Evaluation(inside=True, true=False, error=str(error), past_limit=isinstance(error, PastLimit))


def is_met_plainly(question: Question) -> bool:
    """Tell whether the assumptions are shown to have values at all points, and are met at a simple one."""
    ring = Ring(question.minimums)
    plain = all(has_value(node, ring) for tree in question.assuming for node in walk(tree))
    return plain and is_met_somewhere(question)


def is_met_somewhere(question: Question) -> bool:
    """Tell whether the assumptions are met at one of a few hundred simple points; that none is found shows nothing."""
    looser = reduced(question)
    drawn = {name: least for name, least in question.minimums.items() if name not in looser.definitions}
    # The same small value everywhere, then each symbol in turn larger than the rest, then smaller.
    steps = [(low, high) for low in (0, 1, 3, 11, 63) for high in (low, 2 * low + 1, 16 * low + 15)]
    for low, high in steps:
        for odd in ("", *drawn):
            for swap in (False, True):
                few, many = (high, low) if swap else (low, high)
                values = {name: least + (many if name == odd else few) for name, least in drawn.items()}
                if meets_with(question, looser, values):
                    return True
    return False


def meets_with(question: Question, looser: Reduced, values: Mapping[str, int]) -> bool:
    """Tell whether a point meets the assumptions once the symbols that follow are worked out."""
    point = dict(values)
    try:
        for name, tree in looser.definitions.items():
            value = number_of(tree, values)
            if value.denominator != 1 or value < question.minimums[name]:
                return False
            point[name] = int(value)
        return meets(question, point)
    except EvaluationError:
        return False
