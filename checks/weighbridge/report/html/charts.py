"""What the page's charts show, as plain data: what models are made of, how quantities grow, where a claim fails.

Every number comes from the reference evaluation; the scripts of the page draw, and compute nothing.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from weighbridge.formula.exact import COMPARE, EvaluationError, evaluate, number_of
from weighbridge.formula.parser import parse
from weighbridge.formula.printer import thousands
from weighbridge.formula.tokens import FormulaError
from weighbridge.formula.tree import Expression, free_names, number
from weighbridge.report.model import Breakdown, GridEntry, SpecEntry
from weighbridge.verdict import Counterexample, Refuted, Result, Side

#: How often a symbol's own value is halved and doubled to draw how quantities grow with it.
DOUBLINGS = 4
#: What charts count with are floats.
LARGEST = 10**300
#: Models of a spec whose growth is drawn: each costs some thousand evaluations.
MAX_GROWTHS = 4
#: Values of an axis that a map of failures shows, and that are looked at to choose the axes.
MAP_SIDE, PROBE_SIDE = 16, 6
#: Characters of a claim's comparisons that are evaluated over and over for a picture.
MAX_LENGTH = 4_000
#: Symbols of a claim among which a map chooses its two axes.
MAX_AXES = 8


def parts_of(breakdown: Breakdown) -> list[dict[str, object]]:
    """Return the tensors of a model, the largest first, each with its share of all."""
    total = sum(tensor.count for tensor in breakdown.tensors)
    ordered = sorted(breakdown.tensors, key=lambda tensor: -tensor.count)
    return [
        {
            "name": tensor.name,
            "group": tensor.group,
            "factors": tensor.factors,
            "count": float(min(tensor.count, LARGEST)),
            "shown": thousands(tensor.count),
            "share": share_of(tensor.count, total),
        }
        for tensor in ordered
        if tensor.count
    ]


def share_of(part: int, whole: int) -> str:
    """Return a share in percent with one decimal."""
    if not whole:
        return ""
    tenths = round(Fraction(part, whole) * 1000)
    return f"{tenths // 10}.{tenths % 10}%" if tenths else "< 0.1%"


def growth_of(spec: SpecEntry) -> list[dict[str, object]]:
    """Return for each of the first models how its quantities grow with each symbol, all others as they are."""
    return [
        found for breakdown in spec.breakdowns[:MAX_GROWTHS] if (found := growth_in(breakdown, spec.models)) is not None
    ]


def growth_in(breakdown: Breakdown, models: Mapping[str, Mapping[str, int]]) -> dict[str, object] | None:
    """Return how a model's quantities grow; None where there is nothing to draw."""
    values = models.get(breakdown.model, {})
    trees: dict[str, Expression] = {}
    for quantity in breakdown.quantities:
        try:
            tree = parse(quantity.expression)
        except FormulaError:
            continue
        if free_names(tree) <= values.keys():
            trees[quantity.name] = tree
    used = [name for name in values if any(name in free_names(tree) for tree in trees.values())]
    units = {quantity.name: quantity.unit for quantity in breakdown.quantities}
    symbols: dict[str, dict[str, object]] = {}
    for symbol in used:
        steps = steps_around(values[symbol])
        exact: dict[str, list[int | Fraction | None]] = {}
        for name, tree in trees.items():
            line = [value_at(tree, {**values, symbol: step}) for step in steps] if symbol in free_names(tree) else []
            # Two quantities that are the same thing, such as a total and the inventory, need one line.
            if line and line not in exact.values():
                exact[name] = line
        lines = {name: [drawn(value) for value in line] for name, line in exact.items()}
        symbols[symbol] = {"at": steps, "own": values[symbol], "lines": lines}
    return {"model": breakdown.model, "symbols": symbols, "units": units} if symbols else None


def steps_around(own: int) -> list[int]:
    """Return ascending values around a symbol's own one, each about twice the one before.

    >>> steps_around(96), steps_around(3)
    ([6, 12, 24, 48, 96, 192, 384, 768, 1536], [1, 3, 6, 12, 24, 48])
    """
    halves = {max(1, own >> times) for times in range(DOUBLINGS + 1)}
    return sorted(halves | {max(1, own) << times for times in range(DOUBLINGS + 1)})


def value_at(tree: Expression, values: Mapping[str, int]) -> int | Fraction | None:
    """Return an expression's value; None where it has none."""
    try:
        return number_of(tree, values)
    except EvaluationError:
        return None


def drawn(value: int | Fraction | None) -> float | None:
    """Return a value as a chart takes it, to four digits; None for one that no chart can show.

    >>> drawn(175181291520), drawn(10**400)
    (175200000000.0, None)
    """
    return None if value is None or max(value, -value) > LARGEST else float(f"{float(value):.4g}")


class FailureMap(Struct, frozen=True, kw_only=True):
    """Where a claim fails on a part of its grid: two axes, all other symbols as in the smallest counterexample.

    `cells` has a row for each value of `across`'s partner `up`: "1" fails, "0" does not, "-" is not asked.
    """

    across: str
    up: str
    columns: tuple[int, ...]
    rows: tuple[int, ...]
    cells: tuple[str, ...]
    fixed: Mapping[str, int]

    @property
    def failing(self) -> int:
        """How many of the points shown fail."""
        return sum(row.count("1") for row in self.cells)

    @property
    def asked(self) -> int:
        """How many of the points shown meet the assumptions."""
        return sum(len(row) - row.count("-") for row in self.cells)


def failure_map(result: Result, spec: SpecEntry | None) -> FailureMap | None:
    """Return where a refuted claim about a grid fails; None for any other result."""
    verdict = result.verdict
    grid = spec.grids.get(result.over) if spec else None
    if not isinstance(verdict, Refuted) or not isinstance(verdict.witness, Counterexample) or grid is None:
        return None
    if sum(len(side.left) + len(side.right) for side in result.sides) > MAX_LENGTH:
        return None
    try:
        asked = Asked.of(result, grid)
    except FormulaError:
        return None
    own = {name: value for name, value in verdict.witness.point.items() if name in grid.axes}
    named = [name for name in grid.axes if name in asked.names and name in own and len(grid.axes[name]) > 1][:MAX_AXES]
    if not named:
        return None
    pairs = list(itertools.combinations(named, 2)) or [(named[0], named[0])]
    across, up = max(pairs, key=lambda pair: unevenness(asked.look(pair, own, PROBE_SIDE)[2]))
    columns, rows, cells = asked.look((across, up), own, MAP_SIDE)
    fixed = {name: value for name, value in own.items() if name not in (across, up) and name in asked.names}
    return FailureMap(across=across, up=up, columns=columns, rows=rows, cells=cells, fixed=fixed)


def unevenness(cells: Sequence[str]) -> tuple[int, int]:
    """Return how much a map changes along both its axes, the lesser first: the more, the more there is to see."""
    along = sum(a != b for row in cells for a, b in itertools.pairwise(row))
    across = sum(a != b for upper, lower in itertools.pairwise(cells) for a, b in zip(upper, lower, strict=True))
    return min(along, across), max(along, across)


class Asked(Struct, frozen=True):
    """A claim over symbols alone, ready to be evaluated at points of its grid."""

    sides: tuple[tuple[Expression, str, Expression], ...]
    given: tuple[Expression, ...]
    grid: GridEntry
    derived: Mapping[str, Expression]

    @classmethod
    def of(cls, result: Result, grid: GridEntry) -> Asked:
        """Read a result's comparisons. Raises `FormulaError` for what is none, such as an interval."""
        return cls(
            tuple(link for side in result.sides for link in links(side)),
            tuple(map(parse, result.given)),
            grid,
            {name: parse(text) for name, text in grid.derived.items()},
        )

    @property
    def names(self) -> frozenset[str]:
        """The symbols that matter, those that derived ones follow from included."""
        trees = [tree for left, _, right in self.sides for tree in (left, right)]
        found = frozenset[str]().union(*(free_names(tree) for tree in (*trees, *self.given)))
        follows = (free_names(tree) for name, tree in self.derived.items() if name in found)
        return found.union(*follows)

    def look(
        self, pair: tuple[str, str], own: Mapping[str, int], side: int
    ) -> tuple[tuple[int, ...], tuple[int, ...], tuple[str, ...]]:
        """Return the values of both axes that are shown, and what the claim is at each of their points."""
        across, up = pair
        columns = spread(self.grid.axes[across], own[across], side)
        rows = spread(self.grid.axes[up], own[up], side) if up != across else (own[up],)
        cells = tuple("".join(self.at({**own, up: row, across: column}) for column in columns) for row in rows)
        return columns, rows, cells

    def at(self, point: Mapping[str, int]) -> str:
        """Return "1" where the claim fails, "0" where it does not, "-" where it is not asked or has no value."""
        values = dict(point)
        try:
            for name, tree in self.derived.items():
                values[name] = int(number_of(tree, values))
            if not all(evaluate(tree, values) for tree in self.given):
                return "-"
            return str(int(not all(holds(left, sign, right, values) for left, sign, right in self.sides)))
        except (EvaluationError, KeyError):
            return "-"


def links(side: Side) -> Iterator[tuple[Expression, str, Expression]]:
    """Yield a comparison as those of two numbers: an interval has two ends, and a condition is to be 1."""
    left = parse(side.left)
    if side.relation == "is":
        yield left, "==", number(1)
    elif side.relation == "in":
        low, high = side.right[1:-1].split(", ")
        yield parse(low), "<=" if side.right[0] == "[" else "<", left
        yield left, "<=" if side.right[-1] == "]" else "<", parse(high)
    else:
        yield left, side.relation, parse(side.right)


def holds(left: Expression, sign: str, right: Expression, values: Mapping[str, int]) -> bool:
    """Tell whether a comparison is true at a point; conditions are compared as 0 and 1."""
    one, other = (int(value) if isinstance(value := evaluate(tree, values), bool) else value for tree in (left, right))
    return COMPARE[sign](one, other)


def spread(axis: Sequence[int], own: int, side: int) -> tuple[int, ...]:
    """Return at most `side` values of an axis, evenly spread, the first, the last and `own` among them."""
    if len(axis) <= side:
        return tuple(axis)
    last = len(axis) - 1
    chosen = {axis[math.floor(Fraction(step * last, side - 1))] for step in range(side)}
    return tuple(sorted(chosen | {own}))
