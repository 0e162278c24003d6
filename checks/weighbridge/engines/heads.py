"""What a program computes once a head: registers for all that does not change along what the counter runs over.

All values are shown beforehand to fit the counter's integers; what does not is refused here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from weighbridge.engines.nodes import Node, Op
from weighbridge.engines.terms import Refusal, Terms
from weighbridge.formula.bounds import Interval
from weighbridge.formula.digits import decimal

#: What the counter compares lies inside the first interval, or in two limbs inside the second.
INT64 = Interval(-(2**63), 2**63 - 1)
WIDE = Interval(-(2**100), 2**100)
#: What is computed in two limbs; everything else is where values fit 64 bits.
WIDE_OPS = frozenset({Op.CONST, Op.AXIS, Op.ADD, Op.MUL})

Row: TypeAlias = tuple[int, int, int, int, int]
AxisRow: TypeAlias = tuple[int, int, int, int, int]


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
    digits = decimal(value)
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
