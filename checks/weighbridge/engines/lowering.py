"""How a grid is counted: the terms of its conditions become one program for the counter.

Two axes span a plane: the lane, along which the counter runs fastest, and the row axis. The other axes are visited
head by head; what does not depend on the plane is computed once a head, and only when an axis that it depends on has
moved. A comparison is a line: a polynomial that is straight along the lane and at most quadratic in the row axis is
compared with 0. A track combines lines by `and` and `or` and is what is counted. Conditions of another shape along the
lane are computed value by value (`lower_rows`).

All values are shown beforehand to fit the counter's integers; what does not is refused here. Sums and products along a
line may pass 64 bits on the way: they are right modulo 2^64, and what is compared fits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from weighbridge.engines.terms import Node, Op, Refusal, Terms, Tracks
from weighbridge.formula.bounds import Interval

#: What the counter compares lies inside the first interval, or in two limbs inside the second.
INT64 = Interval(-(2**63), 2**63 - 1)
WIDE = Interval(-(2**100), 2**100)
#: What a line may be: straight along the lane, at most quadratic in the row axis.
LANE_DEGREE, ROW_DEGREE = 1, 2

Row: TypeAlias = tuple[int, int, int, int, int]
AxisRow: TypeAlias = tuple[int, int, int, int, int]

# How a line compares with 0, and what a track does with its lines and masks.
NONZERO, IS_ZERO, IS_POSITIVE = range(3)
PUSH, BOTH, EITHER = range(3)
# What a row program does besides the operations of `Op`.
FILL = 20
#: What is computed in two limbs; everything else is where values fit 64 bits.
WIDE_OPS = frozenset({Op.CONST, Op.AXIS, Op.ADD, Op.MUL})


@dataclass(frozen=True, slots=True)
class Program:
    """What the counter runs on lines.

    `axes` has a row for each axis: first value, step, length, offset into `table` or -1, and the axis's weight in a
    point's number. Registers 0.. of `scalars` are the axes' values; `heads` lists the axes that are visited, the
    last one fastest, and `ends[k]` is where the head instructions end that the first k heads determine. `lines` has a
    row for each: how it compares, the registers of its coefficients (1, y, y^2, x, x*y, x*y^2), its degree in y.
    `tracks` has (start, stop, begin, end) for each: the rows (what, line) of `steps` that are its guards, lines that
    are flat along the lane and must all hold, and those that it is made of besides. `wide` asks for two limbs a
    register.
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
    #: About how many nanoseconds a point takes; it sizes the pieces of work, and decides nothing.
    cost: float

    @property
    def head_count(self) -> int:
        """How many heads there are."""
        return product_of(self.axes[axis][2] for axis in self.heads)

    @property
    def plane(self) -> int:
        """How many points a head has for each point of the lane."""
        return self.axes[self.row][2] if self.row >= 0 else 1

    @property
    def lane_length(self) -> int:
        """How many points the lane has."""
        return self.axes[self.lane][2]


@dataclass(frozen=True, slots=True)
class RowProgram:
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


class NoLine(Exception):  # noqa: N818 - no mistake, a reason to compute rows
    """A condition is no combination of lines for this choice of the plane."""


def lower(terms: Terms, tracks: Sequence[Node]) -> list[tuple[Program | RowProgram, list[Node]]]:
    """Return programs that together count all these nodes, each with the nodes that it counts, in its order.

    Raises `Refusal` where values pass what the counter holds.
    """
    kinds: dict[str, list[Node]] = {}
    for node in tracks:
        kinds.setdefault(kind_of(terms, node), []).append(node)
    programs: list[tuple[Program | RowProgram, list[Node]]] = []
    for kind, nodes in kinds.items():
        if kind == "rows":
            programs.append((lower_rows(terms, nodes), nodes))
            continue
        together = lowered(terms, nodes, wide=kind == "wide")
        if together is not None:
            programs.append((together, nodes))
            continue
        # Each is straight along some lane, but not all along one.
        alone = [(lowered(terms, [node], wide=kind == "wide"), node) for node in nodes]
        programs.extend((program, [node]) for program, node in alone if program is not None)
    return programs


def kind_of(terms: Terms, node: Node) -> Literal["narrow", "wide", "rows"]:
    """Return how a node can be counted: as lines of 64 bits, as lines of two limbs, or row by row."""
    try:
        return "narrow" if lowered(terms, [node], wide=False) else "rows"
    except Refusal:
        if lowered(terms, [node], wide=True) is None:
            raise
        return "wide"


def lowered(terms: Terms, tracks: Sequence[Node], *, wide: bool) -> Program | None:
    """Return the cheapest program of lines that counts these nodes; None where there is none. Raises `Refusal`."""
    order = by_length(terms)
    best: Program | None = None
    for lane in order[:3]:
        for row in [*[axis for axis in order if axis != lane][:2], -1]:
            try:
                program = LineLowering(terms, lane, row, wide=wide).program(tracks)
            except NoLine:
                continue
            if best is None or program.cost < best.cost:
                best = program
            break  # a shorter row axis is only worth a look where a longer one is not possible
    return best


def lower_rows(terms: Terms, tracks: Sequence[Node]) -> RowProgram:
    """Return the program that computes these nodes row by row along the longest axis. Raises `Refusal`."""
    return RowLowering(terms, by_length(terms)[0]).program(tracks)


def by_length(terms: Terms) -> list[int]:
    """Return the axes, the longest first."""
    lengths = [len(axis.values) for axis in terms.grid.axes]
    return sorted(range(len(lengths)), key=lambda axis: -lengths[axis])


def product_of(numbers: Iterable[int]) -> int:
    """Return the product of integers."""
    result = 1
    for each in numbers:
        result *= each
    return result


@dataclass(slots=True)
class Heads:
    """The instructions that compute what is the same all over the lane (and the plane)."""

    terms: Terms
    order: list[int]
    wide: bool = False
    scalars: list[int] = field(default_factory=list)
    registers: dict[Node, int] = field(default_factory=dict)
    by_level: list[list[Row]] = field(default_factory=list)

    def __post_init__(self) -> None:
        axes = range(len(self.terms.grid.axes))
        self.scalars = [0 for _ in axes]
        self.by_level = [[] for _ in range(len(self.order) + 1)]
        # An axis of one value is a constant like any other: its register is not kept up to date.
        nodes = {self.terms.axis(position): position for position in axes}
        self.registers = {node: position for node, position in nodes.items() if self.terms.ops[node][0] == Op.AXIS}

    def register(self, node: Node) -> int:
        """Return the register that holds a node."""
        found = self.registers.get(node)
        if found is not None:
            return found
        op, *operands = fitting(self.terms, node, wide=self.wide and self.terms.ops[node][0] in WIDE_OPS)
        if self.wide and op not in WIDE_OPS:
            for operand in operands:
                fitting(self.terms, operand, wide=False)
        sources = [] if op == Op.CONST else [self.register(operand) for operand in operands]
        self.scalars.append(operands[0] if op == Op.CONST else 0)
        register = self.registers[node] = len(self.scalars) - 1
        if op != Op.CONST:
            a, b, c = [*sources, 0, 0][:3]
            self.by_level[self.level(node)].append((op, register, a, b, c))
        return register

    def level(self, node: Node) -> int:
        """Return how many of the heads determine a node."""
        moves = self.terms.axes[node]
        return max((place + 1 for place, axis in enumerate(self.order) if moves >> axis & 1), default=0)

    def code(self) -> tuple[list[Row], list[int]]:
        """Return all instructions, and where those of each level end."""
        code: list[Row] = []
        ends: list[int] = []
        for level in self.by_level:
            code.extend(level)
            ends.append(len(code))
        return code, ends

    def cost(self) -> float:
        """Return about how many nanoseconds a head takes."""
        lengths = [len(axis.values) for axis in self.terms.grid.axes]
        cost, often = 0.0, 1.0
        for place in range(len(self.order), -1, -1):
            cost += 3 * len(self.by_level[place]) * often + 10 * often
            often /= lengths[self.order[place - 1]] if place else 1
        return cost


def fitting(terms: Terms, node: Node, *, wide: bool = False) -> tuple[int, ...]:
    """Return what a node is if all its values fit. Raises `Refusal`."""
    bounds, room = terms.bounds[node], WIDE if wide else INT64
    if bounds.low < room.low or bounds.high > room.high:
        raise Refusal(f"values reach {scientific(bounds.magnitude)}, past {100 if wide else 64} bits")
    return terms.ops[node]


def scientific(value: int) -> str:
    """Return the order of magnitude of a number, without a float: 3.1e+23.

    >>> scientific(314_159)
    '3.1e+05'
    """
    digits = str(value)
    return f"{digits[0]}.{digits[1:2] or '0'}e+{len(digits) - 1:02}"


def axis_rows(terms: Terms) -> tuple[list[AxisRow], list[int]]:
    """Return the rows of the axes and the table of those that are lists."""
    weight = 1
    rows: list[AxisRow] = []
    table: list[int] = []
    for axis in reversed(terms.grid.axes):
        values = axis.values
        if isinstance(values, range):
            rows.append((values[0], values.step, len(values), -1, weight))
        else:
            rows.append((0, 0, len(values), len(table), weight))
            table.extend(values)
        weight *= len(values)
    return rows[::-1], table


def heads_of(terms: Terms, *plane: int, wide: bool = False) -> Heads:
    """Return the heads of a plane, the longest axis fastest."""
    return Heads(terms, [axis for axis in reversed(by_length(terms)) if axis not in plane], wide)


@dataclass(slots=True)
class LineLowering:
    """A program of lines in the making, for one choice of the plane; `row` is -1 where there is no row axis."""

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
        code, ends = self.heads.code()
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
            cost=self.cost(tracks, axes) * (8 if self.wide else 1),
        )

    def cost(self, tracks: list[tuple[int, int, int, int]], axes: list[AxisRow]) -> float:
        """Return about how many nanoseconds a point takes."""
        sizes = [end - begin for _, _, begin, end in tracks]
        each = (0.04 if axes[self.lane][3] < 0 else 0.1) * sizes.count(1) + 0.15 * sum(n for n in sizes if n > 1)
        a_row = (5 + 4 * len(tracks) + 2 * len(self.line_rows)) / axes[self.lane][2]
        rows = axes[self.row][2] if self.row >= 0 else 1
        return each + a_row + self.heads.cost() / (axes[self.lane][2] * rows)

    def whole_track(self, node: Node) -> tuple[int, int, int, int]:
        """Append the steps that tell where a fact is 1: guards first, then the rest, joined by `and`."""
        parts = list(self.conjuncts(node, wanted=True))
        guards = [each for each in parts if not self.terms.axes[each[0]] >> self.lane & 1]
        start = len(self.steps)
        for fact, wanted in guards:
            self.track(fact, wanted=wanted)
        begin = len(self.steps)
        for place, (fact, wanted) in enumerate(each for each in parts if each not in guards):
            self.track(fact, wanted=wanted)
            if place:
                self.steps.append((BOTH, 0))
        if any(what != PUSH for what, _ in self.steps[start:begin]):
            # A guard that is no single line is part of the rest.
            del self.steps[start:]
            self.track(node, wanted=True)
            begin = start
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

    def on_plane(self, node: Node) -> bool:
        """Tell whether a node's value changes within the plane."""
        moves = self.terms.axes[node]
        return bool(moves >> self.lane & 1 or (self.row >= 0 and moves >> self.row & 1))

    def polynomial(self, node: Node) -> dict[tuple[int, int], Node]:
        """Return a node's coefficients by the powers of lane and row axis. Raises `NoLine`."""
        found = self.polynomials.get(node)
        if found is None:
            found = self.polynomials[node] = self.new_polynomial(node)
        return found

    def new_polynomial(self, node: Node) -> dict[tuple[int, int], Node]:
        """Return the coefficients of a node that was not met before."""
        terms = self.terms
        if not self.on_plane(node):
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


def nodes_of(tracks: Sequence[Tracks]) -> list[Node]:
    """Return every node that is counted, each once, in a stable order."""
    found: dict[Node, None] = {}
    for each in tracks:
        found.update(dict.fromkeys((each.violated, each.unknown, each.outside)))
    return list(found)
