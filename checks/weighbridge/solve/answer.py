"""Which open symbols the document determines, what ties the others together, and how many solutions are left."""

from __future__ import annotations

from math import prod
from typing import Literal, TypeAlias

from msgspec import Struct

from weighbridge.solve.grounds import Grounds
from weighbridge.solve.problem import Problem
from weighbridge.solve.values import Remaining, Row
from weighbridge.verdict import OverBudget

#: determined: one value is left. combined: an equation ties it to others. narrowed: not all of its values are left, or
#: not together with all of the others. free: all are. undecided: finding out would go past the budget.
State: TypeAlias = Literal["determined", "combined", "narrowed", "free", "undecided"]


class Outcome(Struct, frozen=True, kw_only=True):
    """What is left of one open symbol, and the claims that determine it, or else speak of it.

    `left` is None where that is not known.
    """

    name: str
    state: State
    left: Remaining | None
    grounds: Grounds


class Combination(Struct, frozen=True, kw_only=True):
    """An equation that holds in every solution, of open symbols none of which is determined.

    `solutions` is how many values its symbols have together, None where that is not known.
    """

    left: str
    right: str
    symbols: tuple[str, ...]
    solutions: int | None
    grounds: Grounds

    @property
    def text(self) -> str:
        """The equation as text."""
        return f"{self.left} = {self.right}"


class Answer(Struct, frozen=True, kw_only=True):
    """All that the document's claims leave of a problem's open symbols.

    `bound` is how many solutions there are for the symbols in `columns`, which are all but the free ones: None where a
    part is over budget, 0 where claims contradict each other. `first` are the smallest of them.
    """

    problem: Problem
    outcomes: tuple[Outcome, ...] = ()
    combinations: tuple[Combination, ...] = ()
    columns: tuple[str, ...] = ()
    bound: int | None = 0
    first: tuple[Row, ...] = ()
    over: tuple[tuple[tuple[str, ...], OverBudget], ...] = ()
    contradiction: Grounds | None = None

    @property
    def free(self) -> tuple[str, ...]:
        """The symbols of which every value is left, whatever the others are."""
        return tuple(each.name for each in self.outcomes if each.state == "free")

    @property
    def solutions(self) -> int | None:
        """How many solutions there are for all open symbols, None where a part is over budget."""
        return None if self.bound is None else self.bound * prod(len(self.problem.ranges[name]) for name in self.free)

    @property
    def exit_code(self) -> int:
        """0 solved, 1 inconsistent, 5 not decided: no claim counts, or a part is over budget."""
        if self.contradiction is not None:
            return 1
        return 5 if self.over or not self.problem.words else 0
