"""What an expression means: its value over unbounded integers and fractions, right by definition.

Short, slow and trusted. Every other engine is judged by this one, so it imports none of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from operator import add, mul
from typing import TypeAlias

from weighbridge.errors import WeighbridgeError
from weighbridge.formula.limits import USUAL, more_bits, too_large
from weighbridge.formula.printer import brief, thousands
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

#: Bits that any value may have; whether more are allowed is asked only of those that have more.
USUAL_BITS = USUAL.bits

Value: TypeAlias = int | Fraction | bool


class EvaluationError(WeighbridgeError):
    """The expression has no value here: a division by zero, a value past the limit, a root."""


class PastLimit(EvaluationError):  # noqa: N818 - it says what the value is
    """There is a value, but it has too many bits to be computed."""


def evaluate(tree: Expression, values: Mapping[str, int]) -> Value:
    """Return the exact value of an expression over symbols: an integer, else a fraction, or a truth value.

    >>> from weighbridge.formula.parser import parse
    >>> evaluate(parse("d ** 2 / 8"), {"d": 12288})
    18874368

    Raises `EvaluationError` where there is no value, `KeyError` for a symbol without one.
    """
    match tree:
        case Name(name):
            return values[name]
        case Product(factors):
            product: int | Fraction = 1
            for factor in factors:
                product = limited(product * number_of(factor, values), tree)
            return product
        case Sum(terms):
            return total([number_of(term, values) for term in terms], tree)
        case Number(value):
            return settle(value)
        case Negative(operand):
            return -number_of(operand, values)
        case Truth(value):
            return value
        case Arithmetic("**", left, right):
            return power(number_of(left, values), number_of(right, values), tree)
        case Arithmetic(_, left, right):
            return divide(number_of(left, values), number_of(right, values), tree)
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
        case Call(_, arguments):
            return call([number_of(argument, values) for argument in arguments], tree)


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
    if type(tree) is Name:  # most nodes are
        return values[tree.name]
    value = evaluate(tree, values)
    assert not isinstance(value, bool), "unreachable because the spec's reader has told numbers from conditions"  # noqa: S101
    return value


def numbers_of(tree: Expression, columns: Mapping[str, Sequence[int]], count: int) -> Sequence[int | Fraction]:
    """Return the exact values of an expression at `count` points at once, given each symbol's values at all of them.

    The same values as `number_of` gives point by point; sums and products are worked out a column at a time.
    """
    match tree:
        case Name(name):
            return columns[name]
        case Number(value):
            return [settle(value)] * count
        case Product(factors):
            products = numbers_of(factors[0], columns, count)
            for factor in factors[1:]:
                products = all_limited(list(map(mul, products, numbers_of(factor, columns, count))), tree)
            return products
        case Sum(terms):
            totals = numbers_of(terms[0], columns, count)
            for term in terms[1:]:
                totals = all_limited(list(map(add, totals, numbers_of(term, columns, count))), tree)
            return totals
        case Negative(operand):
            return [-value for value in numbers_of(operand, columns, count)]
        case _:
            rows = zip(*columns.values(), strict=True) if columns else [()] * count
            return [number_of(tree, dict(zip(columns, row, strict=True))) for row in rows]


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
    """Return the settled value unless it is past the limit."""
    if type(value) is int:
        if value.bit_length() > USUAL_BITS and too_large(value.bit_length()):
            raise past_limit(tree)
        return value
    if too_large(max(value.numerator.bit_length(), value.denominator.bit_length())):
        raise past_limit(tree)
    return settle(value)


def all_limited(values: Sequence[int | Fraction], tree: Expression) -> Sequence[int | Fraction]:
    """Return the settled values unless one is past the limit; of integers the largest and the smallest tell."""
    if set(map(type, values)) == {int} and max(max(values).bit_length(), min(values).bit_length()) <= USUAL_BITS:  # type: ignore[union-attr]
        return values
    return [limited(value, tree) for value in values]


def past_limit(tree: Expression) -> PastLimit:
    """Return the error for a value that is not computed."""
    return PastLimit(f"{brief(tree)} {more_bits()}")


def total(values: Iterable[int | Fraction], tree: Expression) -> int | Fraction:
    """Return the sum, limited at every step: fractions grow with each new denominator."""
    result: int | Fraction = 0
    for value in values:
        result = limited(result + value, tree)
    return result


def power(base: int | Fraction, exponent: int | Fraction, tree: Expression) -> int | Fraction:
    """Return base ** exponent where that is rational and within the limit; 0 ** 0 is 1."""
    if exponent.denominator != 1:
        raise EvaluationError(f"{brief(tree)}: the exponent {thousands(exponent)} is not an integer")
    if base == 0 and exponent < 0:
        raise EvaluationError(f"{brief(tree)}: zero to a negative power")
    # A base of n bits is at least 2^(n-1), so the power has more than (n-1) * exponent bits: refused before it is
    # computed. What remains has less than twice as many bits as the limit allows.
    whole, bits = int(exponent), max(base.numerator.bit_length(), base.denominator.bit_length())
    if too_large((bits - 1) * abs(whole) + 1):
        raise past_limit(tree)
    return limited(Fraction(base) ** whole, tree)


def divide(left: int | Fraction, right: int | Fraction, tree: Arithmetic) -> int | Fraction:
    """Return the quotient, the floor quotient or its remainder, whose sign is the divisor's."""
    if right == 0:
        raise by_zero(tree.left, tree.right)
    match tree.operator:
        case "/":
            return limited(Fraction(left) / right, tree)
        case "//":
            return limited(left // right, tree)
        case _:
            return limited(left % right, tree)


def by_zero(dividend: Expression, divisor: Expression) -> EvaluationError:
    """Return the error for a division by zero: what is 0, or what is divided where a plain 0 is the divisor."""
    why = f"{brief(dividend)} is divided by 0" if isinstance(divisor, Number) else f"{brief(divisor)} is 0"
    return EvaluationError(f"division by zero: {why}")


def call(values: list[int | Fraction], tree: Call) -> int | Fraction:
    """Return the value of a function of the language."""
    match tree.function:
        case "min":
            return min(values)
        case "max":
            return max(values)
        case "sum":
            return total(values, tree)
        case "abs":
            return max(values[0], -values[0])
        case _:  # ceil_div(a, b): how many b it takes to cover a; round_up(a, b): ceil_div(a, b) * b
            if values[1] == 0:
                raise by_zero(*tree.arguments)
            count = math.ceil(Fraction(values[0]) / values[1])
            return limited(count * values[1] if tree.function == "round_up" else count, tree)
