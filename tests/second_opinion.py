"""What Python makes of an expression: its own parser and `Fraction`, for an opinion that owes nothing to ours."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TypeAlias

Value: TypeAlias = Fraction | bool

#: Exponents past this are not computed: a power of 2 to it is past every limit of the language as well.
MAX_EXPONENT = 10_000


class NoValue(Exception):  # noqa: N818 - nothing is wrong, there is just no value
    """A division by zero, a root, or a power too large to compute."""


def ceil_div(dividend: Fraction, divisor: Fraction) -> Fraction:
    """Return how many divisors cover the dividend."""
    return Fraction(-(-dividend // divisor))


def power(base: Fraction, exponent: Fraction) -> Fraction:
    """Return a rational power of moderate size."""
    if exponent.denominator != 1 or (abs(exponent) > MAX_EXPONENT and base not in (-1, 0, 1)):
        raise NoValue
    return Fraction(base ** int(exponent))


BINARY: Mapping[type[ast.operator], Callable[[Fraction, Fraction], Fraction | int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: power,
}
COMPARE: Mapping[type[ast.cmpop], Callable[[Fraction, Fraction], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
CALLS: Mapping[str, Callable[..., Fraction]] = {
    "min": lambda *values: min(values),
    "max": lambda *values: max(values),
    "sum": lambda *values: sum(values, Fraction(0)),
    "abs": abs,
    "ceil_div": ceil_div,
    "round_up": lambda value, step: ceil_div(value, step) * step,
}


def python_value(text: str, values: Mapping[str, int]) -> Value | None:
    """Return what Python makes of the text, None where there is no value. `min(a)` is a, unlike Python's own."""

    def number(node: ast.expr) -> Fraction:
        value = visit(node)
        assert not isinstance(value, bool)
        return value

    def visit(node: ast.expr) -> Value:
        match node:
            case ast.Constant():
                return Fraction((ast.get_source_segment(text, node) or "").replace("_", ""))
            case ast.Name(name):
                return Fraction(values[name])
            case ast.UnaryOp(ast.Not(), operand):
                return not visit(operand)
            case ast.UnaryOp(sign, operand):
                return -number(operand) if isinstance(sign, ast.USub) else number(operand)
            case ast.BinOp(left, kind, right):
                return Fraction(BINARY[type(kind)](number(left), number(right)))
            case ast.BoolOp(kind, operands):
                return (all if isinstance(kind, ast.And) else any)(visit(operand) for operand in operands)
            case ast.Compare(first, kinds, others):
                value = number(first)
                for each, other in zip(kinds, others, strict=True):
                    following = number(other)
                    if not COMPARE[type(each)](value, following):
                        return False
                    value = following
                return True
            case ast.IfExp(condition, then, otherwise):
                return visit(then if visit(condition) else otherwise)
            case ast.Call(ast.Name(name), arguments):
                return CALLS[name](*map(number, arguments))
            case _:
                raise AssertionError(ast.dump(node))

    try:
        return visit(ast.parse(text, mode="eval").body)
    except (ZeroDivisionError, NoValue):
        return None
