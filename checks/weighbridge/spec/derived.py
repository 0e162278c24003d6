"""Whether a derived symbol of a grid has a value at all points that meet some assumptions, by trying them."""

from __future__ import annotations

import itertools
from functools import lru_cache
from math import prod

from weighbridge.formula.exact import EvaluationError, truth_of
from weighbridge.formula.limits import Limits, allowed
from weighbridge.formula.tree import Expression, Name, free_names
from weighbridge.spec.model import Axis, Grid
from weighbridge.spec.names import measure
from weighbridge.spec.question import GridPoint

#: Nodes of expressions that are evaluated at all points together, each in a fraction of a microsecond.
MAX_WORK = 500_000


def tried(name: str, grid: Grid, assuming: tuple[Expression, ...]) -> bool:
    """Tell whether `name` is an integer that it may be wherever the assumptions hold, and they have values everywhere.

    Only symbols that either rests on are tried; where those have too many combinations, it is not shown.
    """
    needed = {name}.union(*map(free_names, assuming))
    for other in reversed(list(grid.derived)):
        if other in needed:
            needed |= free_names(grid.derived[other])
    axes = tuple(axis for axis in grid.axes if axis.symbol in needed)
    derived = tuple((other, tree, grid.minimums[other]) for other, tree in grid.derived.items() if other in needed)
    sizes: dict[str, tuple[int, int]] = {}
    for other, tree, _ in derived:  # each is worked out anew wherever it is asked for
        sizes[other] = measure(tree, sizes)
    nodes = sum(measure(tree, sizes)[0] for tree in (Name(name), *assuming))
    if prod(len(axis.values) for axis in axes) * nodes > MAX_WORK:
        return False
    return has_values(name, axes, derived, assuming, allowed())


@lru_cache(maxsize=256)  # the claims over a grid ask the same again and again
def has_values(
    name: str,
    axes: tuple[Axis, ...],
    derived: tuple[tuple[str, Expression, int], ...],
    assuming: tuple[Expression, ...],
    _limits: Limits,
) -> bool:
    """Try all points of these axes, under the limits in force, by which what is remembered differs."""
    grid = Grid(
        name="",
        axes=axes,
        derived={other: tree for other, tree, _ in derived},
        minimums={other: least for other, _, least in derived},
    )
    symbols = [axis.symbol for axis in axes]
    for values in itertools.product(*(axis.values for axis in axes)):
        point = GridPoint(grid, dict(zip(symbols, values, strict=True)))
        try:
            if all(truth_of(assumption, point) for assumption in assuming):
                point[name]
        except EvaluationError:
            return False
    return True
