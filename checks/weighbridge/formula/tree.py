"""What an expression is, once it has been read.

Sums and products are n-ary, so that a long sum is as shallow as a short one and every factor is one child.
Columns and the spelling of literals ride along for messages; they take no part in equality.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, TypeAlias

from msgspec import Struct

ArithmeticOperator: TypeAlias = Literal["/", "//", "%", "**"]
ComparisonOperator: TypeAlias = Literal["<", "<=", ">", ">=", "==", "!="]
LogicOperator: TypeAlias = Literal["and", "or"]

#: Every function of the language, with the fewest and the most arguments it takes (None: any number).
FUNCTIONS: Mapping[str, tuple[int, int | None]] = {
    "min": (1, None),
    "max": (1, None),
    "sum": (1, None),
    "abs": (1, 1),
    "ceil_div": (2, 2),
    "round_up": (2, 2),
}

#: Words that can not be names.
KEYWORDS = frozenset({"and", "or", "not", "if", "else"})


@dataclass(frozen=True, slots=True)
class Number:
    """An exact literal; `text` is its spelling."""

    value: Fraction
    text: str = field(default="", compare=False)


class Truth(Struct, frozen=True):
    """A convention's value, once it is known."""

    value: bool


@dataclass(frozen=True, slots=True)
class Name:
    """A symbol, tensor, quantity or convention; `column` counts from 0 within the expression."""

    name: str
    column: int = field(default=0, compare=False)


class Negative(Struct, frozen=True):
    """The operand with its sign changed."""

    operand: Expression


class Sum(Struct, frozen=True):
    """Two or more terms, added; a subtracted term is a `Negative`."""

    terms: tuple[Expression, ...]


class Product(Struct, frozen=True):
    """Two or more factors, multiplied."""

    factors: tuple[Expression, ...]


class Arithmetic(Struct, frozen=True):
    """A quotient, floor quotient, remainder or power."""

    operator: ArithmeticOperator
    left: Expression
    right: Expression


class Comparison(Struct, frozen=True):
    """A chain: `a < b <= c` has three operands and two operators."""

    operands: tuple[Expression, ...]
    operators: tuple[ComparisonOperator, ...]


class Not(Struct, frozen=True):
    """True where the operand is false."""

    operand: Expression


class Logic(Struct, frozen=True):
    """Two or more conditions joined by one operator, read from the left, lazily."""

    operator: LogicOperator
    operands: tuple[Expression, ...]


class Choice(Struct, frozen=True):
    """`then if condition else otherwise`; only the branch taken is evaluated."""

    condition: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Call:
    """One of `FUNCTIONS`, applied."""

    function: str
    arguments: tuple[Expression, ...]
    column: int = field(default=0, compare=False)


Expression: TypeAlias = (
    Number | Truth | Name | Negative | Sum | Product | Arithmetic | Comparison | Not | Logic | Choice | Call
)

TRUE = Truth(value=True)
#: Nodes without operands.
LEAVES = frozenset({Number, Truth, Name})


def number(value: int | Fraction) -> Number:
    """Return the literal of an exact value."""
    return Number(Fraction(value))


def children(tree: Expression) -> tuple[Expression, ...]:
    """Return a node's operands, in the order in which they are evaluated."""
    if type(tree) in LEAVES:  # most nodes are
        return ()
    match tree:
        case Number() | Truth() | Name():
            return ()
        case Negative(operand) | Not(operand):
            return (operand,)
        case Sum(operands) | Product(operands) | Logic(_, operands) | Comparison(operands, _) | Call(_, operands):
            return operands
        case Arithmetic(_, left, right):
            return (left, right)
        case Choice(condition, then, otherwise):
            return (condition, then, otherwise)


def with_children(tree: Expression, operands: tuple[Expression, ...]) -> Expression:
    """Return the same node over other operands (as many as `children` gives)."""
    match tree:
        case Number() | Truth() | Name():
            return tree
        case Negative():
            return Negative(operands[0])
        case Not():
            return Not(operands[0])
        case Sum():
            return Sum(operands)
        case Product():
            return Product(operands)
        case Logic(operator, _):
            return Logic(operator, operands)
        case Comparison(_, operators):
            return Comparison(operands, operators)
        case Call(function, _, column):
            return Call(function, operands, column)
        case Arithmetic(operator, _, _):
            return Arithmetic(operator, operands[0], operands[1])
        case Choice():
            return Choice(operands[0], operands[1], operands[2])


def rewrite(tree: Expression, change: Callable[[Expression], Expression | None]) -> Expression:
    """Return the tree with every node for which `change` gives another replaced by it, from the top down."""
    changed = change(tree)
    if changed is not None:
        return changed
    old = children(tree)
    if not old:
        return tree
    new = tuple(rewrite(child, change) for child in old)
    return tree if all(a is b for a, b in zip(old, new, strict=True)) else with_children(tree, new)


def substitute(tree: Expression, values: Mapping[str, Expression]) -> Expression:
    """Return the tree with names replaced, all at once."""
    return rewrite(tree, lambda node: values.get(node.name) if isinstance(node, Name) else None)


def names(tree: Expression) -> Iterator[Name]:
    """Yield every occurrence of a name, in the order of `children`."""
    if isinstance(tree, Name):
        yield tree
    for child in children(tree):
        yield from names(child)


def free_names(tree: Expression) -> frozenset[str]:
    """Return the distinct names that occur."""
    found: set[str] = set()
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if type(node) is Name:
            found.add(node.name)
        else:
            waiting += children(node)
    return frozenset(found)


def walk(tree: Expression) -> Iterator[Expression]:
    """Yield every node, each before its children."""
    yield tree
    for child in children(tree):
        yield from walk(child)


def size(tree: Expression) -> int:
    """Return how many nodes a tree has."""
    found, waiting = 0, [tree]
    while waiting:
        found += 1
        waiting += children(waiting.pop())
    return found


def sum_of(terms: Sequence[Expression]) -> Expression:
    """Return the sum of any number of terms: 0 where there are none, and the only one where there is one."""
    if not terms:
        return number(0)
    return terms[0] if len(terms) == 1 else Sum(tuple(terms))


def product_of(factors: Sequence[Expression]) -> Expression:
    """Return the product of any number of factors: 1 where there are none, and the only one where there is one."""
    if not factors:
        return number(1)
    return factors[0] if len(factors) == 1 else Product(tuple(factors))


def conjunction(conditions: tuple[Expression, ...]) -> Expression:
    """Return one condition that is true where all are; true itself where there are none."""
    if not conditions:
        return TRUE
    return conditions[0] if len(conditions) == 1 else Logic("and", conditions)


def is_condition(tree: Expression) -> bool:
    """Tell whether the expression is true or false rather than a number (names are taken to be numbers)."""
    match tree:
        case Truth() | Comparison() | Not() | Logic():
            return True
        case Choice(_, then, _):
            return is_condition(then)
        case _:
            return False
