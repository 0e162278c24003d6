"""How a conjunction is counted along a lane by the compiled counter: the program for `threshold`'s larger plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from weighbridge.engines.heads import AxisRow, Row, axis_rows, heads_of, product_of
from weighbridge.engines.reduce import Relation
from weighbridge.engines.terms import Refusal, Terms
from weighbridge.formula.normal import Polynomial, to_tree
from weighbridge.spec.model import Axis, Grid

#: How the counter tells relations apart.
RELATIONS = {Relation.ZERO: 0, Relation.POSITIVE: 1, Relation.NONNEGATIVE: 2}


class SpanProgram(Struct, frozen=True):
    """What the counter runs where each head of some axes has a span of the lane.

    `axes`, `table`, `heads`, `scalars`, `code` and `ends` are as in `lowering.Program`, for the axes beside the lane;
    their weights, and `lane_weight`, number the points of the reduced grid. `parts` has (relation, register of the
    constant, register of the slope) for each comparison. `places` asks for a count for each place of the lane, else
    there is one count and the smallest number of a point.
    """

    axes: list[AxisRow]
    table: list[int]
    heads: list[int]
    scalars: list[int]
    code: list[Row]
    ends: list[int]
    parts: list[tuple[int, int, int]]
    lane: Sequence[int]
    lane_weight: int
    places: bool
    cost: float

    @property
    def head_count(self) -> int:
        """How many heads there are."""
        return product_of(self.axes[axis][2] for axis in self.heads)

    @property
    def plane(self) -> int:
        """How many points a head has: its span is looked at whole."""
        return 1

    @property
    def lane_length(self) -> int:
        """How many pieces a head is cut into."""
        return 1

    @property
    def tracks(self) -> range:
        """What is counted: every place, or all of them together."""
        return range(len(self.lane) if self.places else 1)


def lower_spans(  # noqa: PLR0913 - what a plan of thresholds consists of
    grid: Grid,
    parts: Sequence[tuple[Relation, Polynomial, Polynomial]],
    names: Sequence[str],
    lane: Axis,
    *,
    weights: Mapping[str, int],
    places: bool,
) -> SpanProgram:
    """Return the program for comparisons `constant + slope * x` over the heads of a grid; `weights` number points.

    Raises `Refusal` where values pass 62 bits, or where a value is to be left out of a span.
    """
    terms = Terms(grid)
    heads = heads_of(terms)
    rows: list[tuple[int, int, int]] = []
    for relation, constant, slope in parts:
        if relation not in RELATIONS:
            raise Refusal("a value is left out of a span")
        nodes = [terms.number(to_tree(each, names)).above for each in (constant, slope)]
        # Thresholds are negated and have one added to them: two bits to spare.
        if any(terms.bounds[node].magnitude >= 2**62 for node in nodes):
            raise Refusal("values pass 62 bits")
        rows.append((RELATIONS[relation], heads.register(nodes[0]), heads.register(nodes[1])))
    numbered, table = axis_rows(terms)
    placed = [(*row[:4], weights[axis.symbol]) for row, axis in zip(numbered, grid.axes, strict=True)]
    code, ends = heads.code()
    return SpanProgram(
        axes=placed,
        table=table,
        heads=heads.order,
        scalars=heads.scalars,
        code=code,
        ends=ends,
        parts=rows,
        lane=lane.values,
        lane_weight=weights[lane.symbol],
        places=places,
        cost=heads.cost() + 6 * len(rows),
    )
