"""What is computed at each point of a grid: a graph of integer operations with exact bounds on every value.

Truth values are 0 and 1, so `and` is the smaller and `or` the larger. Every node carries an interval that contains all
its values on the grid, so that what could pass 64 bits is known before anything runs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from functools import reduce
from typing import TypeAlias

from weighbridge.formula.bounds import Interval, hull
from weighbridge.spec.model import Grid


class Op(IntEnum):
    """What a node does. Operands are nodes, but for CONST (the value) and AXIS (the axis's position)."""

    CONST = 0
    AXIS = 1
    ADD = 2
    MUL = 3
    FLOOR = 4
    MOD = 5
    MIN = 6
    MAX = 7
    SELECT = 8
    ZERO = 9
    POSITIVE = 10


Node: TypeAlias = int


@dataclass(slots=True)
class Nodes:
    """Operations on a grid's axes and on constants, each held once."""

    grid: Grid
    ops: list[tuple[int, ...]] = field(default_factory=list)
    bounds: list[Interval] = field(default_factory=list)
    #: Bit k: the node's value depends on axis k.
    axes: list[int] = field(default_factory=list)
    known: dict[tuple[int, ...], Node] = field(default_factory=dict)

    def node(self, op: Op, operands: tuple[int, ...], bounds: Interval, axes: int) -> Node:
        """Return the node that computes this, making it if it is new; a value that is always the same is a constant."""
        if bounds.low == bounds.high and op is not Op.CONST:
            return self.constant(bounds.low)
        key = (op, *operands)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = len(self.ops)
            self.ops.append(key)
            self.bounds.append(bounds)
            self.axes.append(axes)
        return found

    def apply(self, op: Op, operands: tuple[Node, ...], bounds: Interval) -> Node:
        """Return the node of an operation on nodes."""
        return self.node(op, operands, bounds, reduce(int.__or__, (self.axes[node] for node in operands)))

    def constant(self, value: int) -> Node:
        """Return the node of a constant."""
        return self.node(Op.CONST, (value,), Interval(value, value), 0)

    def axis(self, position: int) -> Node:
        """Return the node of an axis's value."""
        values = self.grid.axes[position].values
        return self.node(Op.AXIS, (position,), Interval(values[0], values[-1]), 1 << position)

    def add(self, left: Node, right: Node) -> Node:
        """Return left + right."""
        a, b = self.bounds[left], self.bounds[right]
        if a == Interval(0, 0):
            return right
        if b == Interval(0, 0):
            return left
        return self.apply(Op.ADD, (left, right), a + b)

    def mul(self, left: Node, right: Node) -> Node:
        """Return left * right."""
        a, b = self.bounds[left], self.bounds[right]
        if a == Interval(1, 1):
            return right
        if b == Interval(1, 1):
            return left
        return self.apply(Op.MUL, (left, right), a * b)

    def negative(self, node: Node) -> Node:
        """Return -node."""
        return self.mul(self.constant(-1), node)

    def subtract(self, left: Node, right: Node) -> Node:
        """Return left - right."""
        return self.add(left, self.negative(right))

    def floor(self, left: Node, right: Node) -> Node:
        """Return left // right, for a divisor that is never 0."""
        if self.bounds[right] == Interval(1, 1):
            return left
        return self.apply(Op.FLOOR, (left, right), self.quotients(left, right))

    def quotients(self, left: Node, right: Node) -> Interval:
        """Return the interval of left // right; a divisor whose interval contains 0 is never 0 itself."""
        a, b = self.bounds[left], self.bounds[right]
        if 0 not in b:
            return a // b
        parts = [a // Interval(low, high) for low, high in ((b.low, -1), (1, b.high)) if low <= high]
        return reduce(Interval.union, parts)

    def mod(self, left: Node, right: Node) -> Node:
        """Return left % right, for a divisor that is never 0."""
        a, b = self.bounds[left], self.bounds[right]
        if b == Interval(1, 1):
            return self.constant(0)
        bounds = a % b if 0 not in b else hull(min(b.low + 1, 0), max(b.high - 1, 0))
        return self.apply(Op.MOD, (left, right), bounds)

    def minimum(self, left: Node, right: Node) -> Node:
        """Return the smaller of two values."""
        a, b = self.bounds[left], self.bounds[right]
        if left == right or a.high <= b.low:
            return left
        return right if b.high <= a.low else self.apply(Op.MIN, (left, right), a.minimum(b))

    def maximum(self, left: Node, right: Node) -> Node:
        """Return the larger of two values."""
        a, b = self.bounds[left], self.bounds[right]
        if left == right or b.high <= a.low:
            return left
        return right if a.high <= b.low else self.apply(Op.MAX, (left, right), a.maximum(b))

    def select(self, condition: Node, then: Node, otherwise: Node) -> Node:
        """Return `then` where the condition is 1 and `otherwise` where it is 0."""
        if then == otherwise or self.bounds[condition] == Interval(1, 1):
            return then
        if self.bounds[condition] == Interval(0, 0):
            return otherwise
        return self.apply(Op.SELECT, (condition, then, otherwise), self.bounds[then].union(self.bounds[otherwise]))

    def zero(self, node: Node) -> Node:
        """Return 1 where the value is 0, else 0."""
        if 0 not in self.bounds[node]:
            return self.constant(0)
        return self.apply(Op.ZERO, (node,), Interval(int(self.bounds[node] == Interval(0, 0)), 1))

    def positive(self, node: Node) -> Node:
        """Return 1 where the value is positive, else 0."""
        bounds = self.bounds[node]
        return self.apply(Op.POSITIVE, (node,), Interval(int(bounds.low > 0), int(bounds.high > 0)))

    def at_least(self, node: Node, least: int) -> Node:
        """Return 1 where the value is at least this, else 0."""
        return self.positive(self.add(node, self.constant(1 - least)))

    def negation(self, fact: Node) -> Node:
        """Return 1 - fact."""
        return self.subtract(self.constant(1), fact)

    def both(self, *facts: Node) -> Node:
        """Return 1 where all facts are 1."""
        return reduce(self.minimum, facts)

    def either(self, *facts: Node) -> Node:
        """Return 1 where at least one fact is 1."""
        return reduce(self.maximum, facts)
