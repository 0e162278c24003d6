"""What an expression means: its value over unbounded integers and fractions, right by definition.

Short, slow and trusted. Every other engine is judged by this one, so it imports none of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TypeAlias

from weighbridge.errors import WeighbridgeError
from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import (
    Arithmetic,
    Call,
    Choice,
    Comparison,
    ComparisonOperator,
    Expression,
    Logic,
    Name,
    Negative,
    Not,
    Number,
    Product,
    Sum,
    Truth,
)

#: Bits of the largest value that is computed: 10^30,000, far past any model, and still instant.
MAX_BITS = 100_000

Value: TypeAlias = int | Fraction | bool


class EvaluationError(WeighbridgeError):
    """The expression has no value here: a division by zero, a value past the limit, a root."""


def evaluate(tree: Expression, values: Mapping[str, int]) -> Value:
    """Return the exact value of an expression over symbols: an integer, else a fraction, or a truth value.

    >>> from weighbridge.formula.parser import parse
    >>> evaluate(parse("d ** 2 / 8"), {"d": 12288})
    18874368

    Raises `EvaluationError` where there is no value, `KeyError` for a symbol without one.
    """
    match tree:
        case Number(value):
            return settle(value)
        case Truth(value):
            return value
        case Name(name):
            return values[name]
        case Negative(operand):
            return -number_of(operand, values)
        case Sum(terms):
            return settle(sum(number_of(term, values) for term in terms))
        case Product(factors):
            product: int | Fraction = 1
            for factor in factors:
                product = limited(product * number_of(factor, values), tree)
            return settle(product)
        case Arithmetic("**", left, right):
            return power(number_of(left, values), number_of(right, values), tree)
        case Arithmetic(operator, left, right):
            return divide(operator, number_of(left, values), number_of(right, values), right)
        case Comparison(operands, operators):
            return compare(operands, operators, values)
        case Not(operand):
            return not evaluate(operand, values)
        case Logic("and", operands):
            return all(evaluate(operand, values) for operand in operands)
        case Logic(_, operands):
            return any(evaluate(operand, values) for operand in operands)
        case Choice(condition, then, otherwise):
            return evaluate(then if evaluate(condition, values) else otherwise, values)
        case Call(function, arguments):
            return call(function, [number_of(argument, values) for argument in arguments], arguments)


def compare(
    operands: tuple[Expression, ...], operators: tuple[ComparisonOperator, ...], values: Mapping[str, int]
) -> bool:
    """Return whether each link of a chain holds; what stands behind the first that does not is not evaluated."""
    left = number_of(operands[0], values)
    for operator, operand in zip(operators, operands[1:], strict=True):
        right = number_of(operand, values)
        if not COMPARE[operator](left, right):
            return False
        left = right
    return True


def number_of(tree: Expression, values: Mapping[str, int]) -> int | Fraction:
    """Return the exact value of an expression that is a number."""
    value = evaluate(tree, values)
    assert not isinstance(value, bool), "unreachable because the spec's reader has told numbers from conditions"  # noqa: S101
    return value


def truth_of(tree: Expression, values: Mapping[str, int]) -> bool:
    """Return the value of an expression that is a condition."""
    value = evaluate(tree, values)
    assert isinstance(value, bool), "unreachable because the spec's reader has told numbers from conditions"  # noqa: S101
    return value


COMPARE: Mapping[str, Callable[[int | Fraction, int | Fraction], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
}


def settle(value: int | Fraction) -> int | Fraction:
    """Return a whole fraction as the integer it is."""
    return value.numerator if value.denominator == 1 else value


def limited(value: int | Fraction, tree: Expression) -> int | Fraction:
    """Return the value unless it is past the limit."""
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise EvaluationError(f"{to_text(tree)} has more than {MAX_BITS:,} bits")
    return value


def power(base: int | Fraction, exponent: int | Fraction, tree: Expression) -> int | Fraction:
    """Return base ** exponent where that is rational and within the limit."""
    if exponent.denominator != 1:
        raise EvaluationError(f"{to_text(tree)}: the exponent {exponent} is not an integer")
    if base == 0 and exponent < 0:
        raise EvaluationError(f"{to_text(tree)}: zero to a negative power")
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if abs(base) != 1 and base != 0 and bits * abs(exponent) > MAX_BITS:
        raise EvaluationError(f"{to_text(tree)} has more than {MAX_BITS:,} bits")
    return settle(Fraction(base) ** int(exponent))


def divide(operator: str, left: int | Fraction, right: int | Fraction, divisor: Expression) -> int | Fraction:
    """Return the quotient, the floor quotient or its remainder, whose sign is the divisor's."""
    if right == 0:
        raise EvaluationError(f"division by zero: {to_text(divisor)} is 0")
    match operator:
        case "/":
            return settle(Fraction(left) / right)
        case "//":
            return left // right
        case _:
            return settle(left % right)


def call(function: str, values: list[int | Fraction], arguments: tuple[Expression, ...]) -> int | Fraction:
    """Return the value of a function of the language."""
    match function:
        case "min":
            return min(values)
        case "max":
            return max(values)
        case "sum":
            return settle(sum(values))
        case "abs":
            return abs(values[0])
        case _:  # ceil_div and round_up: how many of the second cover the first, and how much they cover
            if values[1] == 0:
                raise EvaluationError(f"division by zero: {to_text(arguments[1])} is 0")
            count = math.ceil(Fraction(values[0]) / values[1])
            return settle(count * values[1]) if function == "round_up" else count
