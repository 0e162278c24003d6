"""What a claim or invariant asks, in symbols alone: the value that every engine decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from msgspec import Struct

from weighbridge.formula.digits import digits_of
from weighbridge.formula.exact import EvaluationError, number_of, truth_of
from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import Comparison, Expression, Name, substitute
from weighbridge.spec.assumptions import assumed
from weighbridge.spec.model import Grid
from weighbridge.spec.names import MAX_EXPANDED


class AtPoint(Struct, frozen=True):
    """One model: the value of every symbol."""

    name: str
    values: Mapping[str, int]


class OnGrid(Struct, frozen=True):
    """Every point of a grid."""

    grid: Grid


class Anywhere(Struct, frozen=True):
    """All integers that the symbols may be."""


Domain: TypeAlias = AtPoint | OnGrid | Anywhere


class Question(Struct, frozen=True, kw_only=True):
    """Whether `condition` is true throughout `domain` wherever all of `assuming` are.

    All expressions are over symbols alone. `minimums` has every symbol that occurs, in the order that makes
    "lexicographically smallest" precise, with the smallest integer that it may be.
    """

    condition: Expression
    domain: Domain
    minimums: Mapping[str, int]
    assuming: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class GridPoint(Mapping[str, int]):
    """The symbols at one point of a grid: `axes` has the values of its axes; derived ones are worked out."""

    grid: Grid
    axes: Mapping[str, int]

    def __getitem__(self, name: str) -> int:
        """Return a symbol's value. Raises `EvaluationError` where a derived one is no integer that it may be."""
        tree = self.grid.derived.get(name)
        if tree is None:
            return self.axes[name]
        value = number_of(tree, self)
        least = self.grid.minimums[name]
        if value.denominator != 1 or value < least:
            shown = f"{name} = {to_text(tree)} is {digits_of(value)}"
            raise EvaluationError(f"{shown}, expected an integer of at least {least}")
        return int(value)

    def __iter__(self) -> Iterator[str]:
        yield from self.axes
        yield from self.grid.derived

    def __len__(self) -> int:
        return len(self.axes) + len(self.grid.derived)


class Reduced(Struct, frozen=True):
    """A question with what is derived or assumed equal put in.

    `definitions` are the symbols that gave way, over those that are left; `assuming` is what is left to assume. What
    holds for all values of the symbols that are left holds wherever the assumptions do, as far as derived symbols have
    values; the other way round need not be.
    """

    condition: Expression
    assuming: tuple[Expression, ...]
    definitions: Mapping[str, Expression]


def reduced(question: Question) -> Reduced:
    """Put in derived symbols and each assumption that reads `symbol == expression`, in order.

    Where that would grow past the limits of a spec the question stays as it is.
    """
    derived = question.domain.grid.derived if isinstance(question.domain, OnGrid) else {}
    if not derived and not question.assuming:
        return Reduced(question.condition, (), {})
    follows = (Comparison((Name(name), tree), ("==",)) for name, tree in derived.items())
    given = assumed((*follows, *question.assuming))
    if not given.fits or given.size((question.condition, *given.remaining)) > MAX_EXPANDED:
        return Reduced(question.condition, question.assuming, {})
    return Reduced(substitute(question.condition, given.replaced), given.remaining, given.replaced)


def meets(question: Question, point: Mapping[str, int]) -> bool:
    """Tell whether a point meets a question's assumptions. Raises `EvaluationError`."""
    return all(truth_of(assumption, point) for assumption in question.assuming)
