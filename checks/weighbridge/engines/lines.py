"""Which lines a condition is made of, so that a plane of points is counted without computing each.

A comparison is a line: a polynomial that is straight along the lane and at most quadratic in the row axis is compared
with 0. A track combines lines by `and` and `or` and is what is counted. Sums and products along a line may pass 64
bits on the way: they are right modulo 2^64, and what is compared fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from msgspec import Struct

from weighbridge.engines.heads import AxisRow, Heads, Row, axis_rows, fitting, heads_of, product_of
from weighbridge.engines.nodes import Node, Op
from weighbridge.engines.straight import BOTH, EITHER, IS_POSITIVE, IS_ZERO, NONZERO, PUSH, Straight, straight
from weighbridge.engines.terms import Terms

#: What a line may be: straight along the lane, at most quadratic in the row axis.
LANE_DEGREE, ROW_DEGREE = 1, 2
#: An axis that is none: of one place, and without weight.
ONE_PLACE: AxisRow = (0, 0, 1, -1, 0)


class Program(Struct, frozen=True):
    """What the counter runs on lines.

    `axes` has a row for each axis: first value, step, length, offset into `table` or -1, and the axis's weight in a
    point's number; the last is `ONE_PLACE`, which row axis or lane -1 is. Registers 0.. of `scalars` are the axes'
    values; `heads` lists the axes that are visited, the last one fastest, and `ends[k]` is where the head instructions
    end that the first k heads determine. `lines` has a row for each: how it compares, the registers of its coefficients
    (1, y, y^2, x, x*y, x*y^2), its degree in y.
    `tracks` has (start, stop, begin, end) for each: the rows (what, line) of `steps` that are its guards, lines that
    are flat along the lane and must all hold, and those that it is made of besides. `wide` asks for two limbs a
    register; `straight` is run in place of all that where no masks are needed.
    """

    axes: list[AxisRow]
    table: list[int]
    heads: list[int]
    row: int
    lane: int
    scalars: list[int]
    code: list[Row]
    ends: list[int]
    lines: list[tuple[int, ...]]
    steps: list[tuple[int, int]]
    tracks: list[tuple[int, int, int, int]]
    wide: bool
    straight: Straight | None
    #: About how many nanoseconds a point takes; it sizes the pieces of work, and decides nothing.
    cost: float

    @property
    def head_count(self) -> int:
        """How many heads there are."""
        return product_of(self.axes[axis][2] for axis in self.heads)

    @property
    def plane(self) -> int:
        """How many points a head has for each point of the lane."""
        return self.axes[self.row][2]

    @property
    def lane_length(self) -> int:
        """How many points the lane has."""
        return self.axes[self.lane][2]


class NoLine(Exception):  # noqa: N818 - no mistake, a reason to compute rows
    """A condition is no combination of lines for this choice of the plane."""


@dataclass(slots=True)
class LineLowering:
    """A program of lines in the making, for one choice of the plane; `row` or `lane` is -1 where there is none."""

    terms: Terms
    lane: int
    row: int
    wide: bool = field(kw_only=True)
    heads: Heads = field(init=False)
    lines: dict[tuple[int, Node], int] = field(default_factory=dict)
    line_rows: list[tuple[int, ...]] = field(default_factory=list)
    steps: list[tuple[int, int]] = field(default_factory=list)
    polynomials: dict[Node, dict[tuple[int, int], Node]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.heads = heads_of(self.terms, self.lane, self.row, wide=self.wide)

    def program(self, nodes: Sequence[Node]) -> Program:
        """Return the program that counts where each of these nodes is 1. Raises `NoLine`, `Refusal`."""
        tracks = [self.whole_track(node) for node in nodes]
        axes, table = axis_rows(self.terms)
        axes.append(ONE_PLACE)
        code, ends = self.heads.code()
        held: Straight | None = None
        if not self.wide and axes[self.lane][3] < 0:
            held = straight(self.line_rows, self.steps, tracks, scalars=self.heads.scalars, code=code)
        return Program(
            axes=axes,
            table=table,
            heads=self.heads.order,
            row=self.row,
            lane=self.lane,
            scalars=self.heads.scalars,
            code=code,
            ends=ends,
            lines=self.line_rows,
            steps=self.steps,
            tracks=tracks,
            wide=self.wide,
            straight=held,
            cost=self.cost(tracks, axes, masks=held is None) * (8 if self.wide else 1),
        )

    def cost(self, tracks: list[tuple[int, int, int, int]], axes: list[AxisRow], *, masks: bool) -> float:
        """Return about how many nanoseconds a point takes."""
        sizes = [end - begin for _, _, begin, end in tracks]
        alone = 0.04 if axes[self.lane][3] < 0 else 0.1
        each = alone * sizes.count(1) + (0.15 if masks else 0.02) * sum(n for n in sizes if n > 1)
        a_row = (5 + 4 * len(tracks) + 2 * len(self.line_rows) if masks else 3 * len(tracks)) / axes[self.lane][2]
        return each + a_row + self.heads.cost() / (axes[self.lane][2] * axes[self.row][2])

    def whole_track(self, node: Node) -> tuple[int, int, int, int]:
        """Append the steps that tell where a fact is 1: guards first, then the rest, joined by `and`."""
        guards: list[tuple[int, int]] = []
        rest: list[tuple[int, int]] = []
        start = len(self.steps)
        for fact, wanted in self.conjuncts(node, wanted=True):
            self.track(fact, wanted=wanted)
            steps = self.steps[start:]
            del self.steps[start:]
            if len(steps) == 1 and not self.along(self.lane, fact):
                guards += steps
            else:
                rest += [*steps, (BOTH, 0)] if rest else steps
        self.steps += [*guards, *rest]
        begin = start + len(guards)
        return start, begin, begin, len(self.steps)

    def conjuncts(self, node: Node, *, wanted: bool) -> Iterator[tuple[Node, bool]]:
        """Yield facts, each with whether it is wanted, that all together are the fact as wanted."""
        op, *operands = self.terms.ops[node]
        if op == (Op.MIN if wanted else Op.MAX) and all(self.is_fact(operand) for operand in operands):
            for operand in operands:
                yield from self.conjuncts(operand, wanted=wanted)
        elif (inner := self.negated(node)) is not None:
            yield from self.conjuncts(inner, wanted=not wanted)
        else:
            yield node, wanted

    def track(self, node: Node, *, wanted: bool) -> None:
        """Append the steps that tell where a fact is as wanted: masks are pushed, then combined."""
        op, *operands = self.terms.ops[node]
        if op in (Op.MIN, Op.MAX) and all(self.is_fact(operand) for operand in operands):
            for operand in operands:
                self.track(operand, wanted=wanted)
            self.steps.append((BOTH if (op == Op.MIN) == wanted else EITHER, 0))
        elif (inner := self.negated(node)) is not None:
            self.track(inner, wanted=not wanted)
        elif op == Op.ZERO:
            self.push(IS_ZERO if wanted else NONZERO, operands[0])
        elif op == Op.POSITIVE and wanted:
            self.push(IS_POSITIVE, operands[0])
        elif op == Op.POSITIVE:
            self.push(IS_POSITIVE, self.terms.subtract(self.terms.constant(1), operands[0]))
        else:
            self.push(NONZERO if wanted else IS_ZERO, node)

    def is_fact(self, node: Node) -> bool:
        """Tell whether a node is 0 or 1."""
        bounds = self.terms.bounds[node]
        return bounds.low >= 0 and bounds.high <= 1

    def negated(self, node: Node) -> Node | None:
        """Return the fact whose negation a node is."""
        terms = self.terms
        op, *operands = terms.ops[node]
        if op != Op.ADD or operands[0] != terms.constant(1) or terms.ops[operands[1]][0] != Op.MUL:
            return None
        factor, fact = terms.ops[operands[1]][1:]
        return fact if factor == terms.constant(-1) and self.is_fact(fact) else None

    def push(self, how: int, node: Node) -> None:
        """Append the step that pushes the mask of a line."""
        line = self.lines.get((how, node))
        if line is None:
            fitting(self.terms, node, wide=self.wide)
            shape = self.polynomial(node)
            nothing = self.terms.constant(0)
            powers = [(x, y) for x in range(LANE_DEGREE + 1) for y in range(ROW_DEGREE + 1)]
            registers = [self.heads.register(shape.get(power, nothing)) for power in powers]
            line = self.lines[how, node] = len(self.line_rows)
            degree = max((y for _, y in shape), default=0)
            self.line_rows.append((how, *registers, degree))
        self.steps.append((PUSH, line))

    def along(self, axis: int, node: Node) -> bool:
        """Tell whether a node's value changes along an axis."""
        return axis >= 0 and bool(self.terms.axes[node] >> axis & 1)

    def polynomial(self, node: Node) -> dict[tuple[int, int], Node]:
        """Return a node's coefficients by the powers of lane and row axis. Raises `NoLine`."""
        found = self.polynomials.get(node)
        if found is None:
            found = self.polynomials[node] = self.new_polynomial(node)
        return found

    def new_polynomial(self, node: Node) -> dict[tuple[int, int], Node]:
        """Return the coefficients of a node that was not met before."""
        terms = self.terms
        if not (self.along(self.lane, node) or self.along(self.row, node)):
            return {(0, 0): node}
        op, *operands = terms.ops[node]
        if op == Op.AXIS:
            return {(1, 0) if operands[0] == self.lane else (0, 1): terms.constant(1)}
        if op not in (Op.ADD, Op.MUL):
            raise NoLine
        left, right = (self.polynomial(operand) for operand in operands)
        result: dict[tuple[int, int], Node] = {}
        if op == Op.ADD:
            for power in {**left, **right}:
                both = [each[power] for each in (left, right) if power in each]
                result[power] = both[0] if len(both) == 1 else terms.add(*both)
            return result
        for (x, y), a in left.items():
            for (u, v), b in right.items():
                power = x + u, y + v
                if power[0] > LANE_DEGREE or power[1] > ROW_DEGREE:
                    raise NoLine
                term = terms.mul(a, b)
                result[power] = terms.add(result[power], term) if power in result else term
        return result
