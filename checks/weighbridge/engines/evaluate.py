"""Whether a condition is true at one point, by the reference evaluation: unbounded integers and fractions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from weighbridge.formula.exact import EvaluationError, truth_of
from weighbridge.spec.question import Question, meets


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What there is at a point: whether the assumptions are met, whether the condition is true, or why neither."""

    inside: bool
    true: bool
    error: str = ""


def evaluate_at(question: Question, point: Mapping[str, int]) -> Evaluation:
    """Evaluate a question at one point."""
    try:
        inside = meets(question, point)
        return Evaluation(inside, inside and truth_of(question.condition, point))
    except EvaluationError as error:
        return Evaluation(inside=True, true=False, error=str(error))
