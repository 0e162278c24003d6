"""Which points of a box meet all constraints: the box taken apart until each part is known to be a solution or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from weighbridge.errors import WeighbridgeError
from weighbridge.solve.constraints import Constraint
from weighbridge.solve.narrow import narrow
from weighbridge.solve.values import Box, Values

#: A symbol with no more values than this takes each of them in turn; more are halved first.
FEW = 8


class TooManySteps(WeighbridgeError):  # noqa: N818 - no mistake, a reason to count in another way
    """The search would go past its budget."""


@dataclass(slots=True)
class Steps:
    """How many boxes may still be looked at."""

    left: int

    def take(self) -> None:
        """Look at one more. Raises `TooManySteps`."""
        if self.left <= 0:
            raise TooManySteps
        self.left -= 1


def solutions(constraints: Sequence[Constraint], box: Box, steps: Steps) -> Iterator[Box]:
    """Yield disjoint boxes that together are all points of a box that meet the constraints.

    Raises `TooManySteps`.
    """
    waiting: list[tuple[Sequence[Constraint], Box]] = [(constraints, box)]
    while waiting:
        steps.take()
        narrowed = narrow(*waiting.pop())
        if narrowed is None:
            continue
        left, smaller = narrowed
        if not left:
            yield smaller
            continue
        open_ = sorted({name for each in left for name in each.symbols if len(smaller[name]) > 1})
        if not open_:  # the last round of narrowing left nothing to choose; the next one decides
            waiting.append((left, smaller))
            continue
        name = min(open_, key=lambda each: len(smaller[each]))
        waiting.extend((left, {**smaller, name: values}) for values in reversed(split(smaller[name])))


def split(values: Values) -> list[Values]:
    """Return some values in halves, or one by one."""
    if len(values) <= FEW:
        return [values[place : place + 1] for place in range(len(values))]
    middle = len(values) // 2
    return [values[:middle], values[middle:]]
