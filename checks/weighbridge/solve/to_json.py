"""An answer as JSON, for machines. Integers that may exceed 2^53 are strings."""

from __future__ import annotations

from typing import Any

import msgspec

from weighbridge.formula.digits import decimal
from weighbridge.solve.answer import Answer, Combination, Outcome
from weighbridge.solve.grounds import Grounds
from weighbridge.solve.values import Values


def to_json(answer: Answer) -> str:
    """Return an answer as JSON text with a newline at the end; the same answer gives the same bytes."""
    return msgspec.json.format(msgspec.json.encode(to_data(answer)), indent=2).decode() + "\n"


def to_data(answer: Answer) -> dict[str, Any]:
    """Return an answer in the shape of the file."""
    problem = answer.problem
    return {
        "schema": "weighbridge/solve",
        "version": 1,
        "spec": problem.spec.path,
        "document": problem.spec.id,
        "model": problem.model.name,
        "outcome": "inconsistent" if answer.contradiction else "over-budget" if answer.over else "solved",
        "ranges": {name: values_to_data(values) for name, values in problem.ranges.items()},
        "kept": {name: decimal(value) for name, value in problem.kept.items()},
        "symbols": [outcome_to_data(each) for each in answer.outcomes],
        "combinations": [combination_to_data(each) for each in answer.combinations],
        "solutions": digits(answer.solutions),
        "free": list(answer.free),
        "without_free": digits(answer.bound),
        "first": [dict(zip(answer.columns, map(str, row), strict=True)) for row in answer.first],
        "contradiction": grounds_to_data(answer.contradiction) if answer.contradiction else None,
        "over_budget": [
            {"symbols": list(symbols), "points": str(over.points), "budget": str(over.budget), "flag": over.flag}
            for symbols, over in answer.over
        ],
        "claims": [
            {
                "id": word.claim,
                "location": {"path": word.location.path, "line": word.location.line, "column": word.location.column},
                "corrected": word.corrected,
            }
            for word in problem.words
        ],
        "left_out": [{"id": each.claim, "why": each.why} for each in problem.left_out],
    }


def outcome_to_data(each: Outcome) -> dict[str, Any]:
    """Return what is left of one symbol."""
    left = each.left
    return {
        "name": each.name,
        "state": each.state,
        "value": str(left.low) if left and each.state == "determined" else None,
        "left": {"count": str(left.count), "low": str(left.low), "high": str(left.high)} if left else None,
        **grounds_to_data(each.grounds),
    }


def combination_to_data(each: Combination) -> dict[str, Any]:
    """Return one equation."""
    return {
        "equation": each.text,
        "symbols": list(each.symbols),
        "solutions": digits(each.solutions),
        **grounds_to_data(each.grounds),
    }


def grounds_to_data(grounds: Grounds) -> dict[str, Any]:
    """Return which claims something rests on, whether each suffices, and whether all are shown to be needed."""
    return {"claims": list(grounds.claims), "alone": grounds.alone, "minimal": grounds.minimal}


def values_to_data(values: Values) -> dict[str, str]:
    """Return the values that a symbol may have: their number and both ends."""
    return {"count": str(len(values)), "low": str(values[0]), "high": str(values[-1])}


def digits(number: int | None) -> str | None:
    """Return an integer as a string."""
    return None if number is None else str(number)
