"""How conditions that are no lines are computed: row by row, an operation at a time, over the longest axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from msgspec import Struct

from weighbridge.engines.heads import INT64, AxisRow, Heads, Row, axis_rows, by_length, fitting, heads_of, product_of
from weighbridge.engines.nodes import Node, Op
from weighbridge.engines.terms import Terms

# What a row program does besides the operations of `Op`.
FILL = 20


class RowProgram(Struct, frozen=True):
    """What the counter runs where conditions are no lines: `rows_code` computes a row of values for each operation.

    The rest is as in `Program`, without a row axis. `rows_fixed` of the code depend on the lane alone; a track is
    the row that it counts.
    """

    axes: list[AxisRow]
    table: list[int]
    heads: list[int]
    lane: int
    scalars: list[int]
    code: list[Row]
    ends: list[int]
    rows_code: list[Row]
    rows_fixed: int
    rows: int
    tracks: list[int]
    cost: float

    @property
    def head_count(self) -> int:
        """How many heads there are."""
        return product_of(self.axes[axis][2] for axis in self.heads)

    @property
    def plane(self) -> int:
        """How many points a head has for each point of the lane."""
        return 1

    @property
    def lane_length(self) -> int:
        """How many points the lane has."""
        return self.axes[self.lane][2]


def lower_rows(terms: Terms, tracks: Sequence[Node]) -> RowProgram:
    """Return the program that computes these nodes row by row along the longest axis. Raises `Refusal`."""
    return RowLowering(terms, by_length(terms)[0]).program(tracks)


@dataclass(slots=True)
class RowLowering:
    """A program of rows in the making."""

    terms: Terms
    lane: int
    heads: Heads = field(init=False)
    code: list[Row] = field(default_factory=list)
    fixed: list[bool] = field(default_factory=list)
    rows: dict[Node, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.heads = heads_of(self.terms, self.lane)
        # Row 0 holds the lane's values; where there is but one, nothing asks for it.
        self.rows[self.terms.node(Op.AXIS, (self.lane,), INT64, 1 << self.lane)] = 0

    def program(self, nodes: Sequence[Node]) -> RowProgram:
        """Return the program that counts where each of these nodes is 1. Raises `Refusal`."""
        tracks = [self.row(node) for node in nodes]
        axes, table = axis_rows(self.terms)
        order = sorted(range(len(self.code)), key=lambda place: not self.fixed[place])
        code, ends = self.heads.code()
        each = sum(4.0 if row[0] in (Op.FLOOR, Op.MOD) else 0.3 for row in self.code)
        return RowProgram(
            axes=axes,
            table=table,
            heads=self.heads.order,
            lane=self.lane,
            scalars=self.heads.scalars,
            code=code,
            ends=ends,
            rows_code=[self.code[place] for place in order],
            rows_fixed=sum(self.fixed),
            rows=len(self.rows),
            tracks=tracks,
            cost=each + (self.heads.cost() + 10 * len(self.code)) / min(axes[self.lane][2], 512),
        )

    def row(self, node: Node) -> int:
        """Return the row that holds a node's values; row 0 holds the lane's own."""
        found = self.rows.get(node)
        if found is not None:
            return found
        op, *operands = fitting(self.terms, node)
        if not self.terms.axes[node] >> self.lane & 1:
            op, sources = FILL, [self.heads.register(node)]
        else:
            sources = [self.row(operand) for operand in operands]
        row = self.rows[node] = len(self.rows)
        a, b, c = [*sources, 0, 0][:3]
        self.code.append((op, row, a, b, c))
        self.fixed.append(not self.terms.axes[node] & ~(1 << self.lane))
        return row
