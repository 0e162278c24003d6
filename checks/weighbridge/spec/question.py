"""What a claim or invariant asks, in symbols alone: the value that every engine decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from weighbridge.formula.tree import Expression
from weighbridge.spec.model import Grid


@dataclass(frozen=True, slots=True)
class AtPoint:
    """One model: the value of every symbol."""

    name: str
    values: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class OnGrid:
    """Every point of a grid."""

    grid: Grid


@dataclass(frozen=True, slots=True)
class Anywhere:
    """All integers that the symbols may be."""


Domain: TypeAlias = AtPoint | OnGrid | Anywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Whether `condition` is true throughout `domain` wherever all of `assuming` are.

    All expressions are over symbols alone. `minimums` has every symbol that occurs, in the order that makes
    "lexicographically smallest" precise, with the smallest integer that it may be.
    """

    condition: Expression
    domain: Domain
    minimums: Mapping[str, int]
    assuming: tuple[Expression, ...] = field(default=())
