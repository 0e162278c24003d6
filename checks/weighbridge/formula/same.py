"""Whether two expressions say the same, by their form: as quotients of polynomials over whatever is neither.

A floor, minimum, choice or power that is not constant is taken as a symbol of its own, told from others by what it is
made of. So what is the same by form is the same for all values, wherever both have one; not the other way round.
"""

from __future__ import annotations

from functools import reduce
from typing import TypeAlias

from weighbridge.formula.normal import MAX_EXPONENT, NotPolynomial, Polynomial, Ring
from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import (
    Arithmetic,
    Call,
    Expression,
    Name,
    Negative,
    Number,
    Product,
    Sum,
    free_names,
    number,
    rewrite,
)

Quotient: TypeAlias = tuple[Polynomial, Polynomial]


def same(left: Expression, right: Expression) -> bool:
    """Tell whether two expressions that are numbers say the same.

    >>> from weighbridge.formula.parser import parse
    >>> same(parse("2 * (a + b) / c"), parse("2 * b / c + 2 * a / c")), same(parse("a // b"), parse("a / b"))
    (True, False)
    """
    return left == right or form(left) == form(right)


def form(tree: Expression) -> str:
    """Return a text that is the same for expressions that say the same; the expression itself where it is too large."""
    plain = rewrite(tree, opaque)
    ring = Ring(dict.fromkeys(sorted(free_names(plain)), 1))
    try:
        above, below = quotient(plain, ring)
    except NotPolynomial:
        return to_text(plain)
    return f"({above}) / ({below})"


def quotient(tree: Expression, ring: Ring) -> Quotient:
    """Return numerator and denominator, in lowest terms and the denominator's first coefficient 1.

    Raises `NotPolynomial` where that is too large, or divides by zero.
    """
    match tree:
        case Negative(operand):
            above, below = quotient(operand, ring)
            return -above, below
        case Sum(operands) | Call("sum", operands):
            return reduce(lambda left, right: added(left, right, ring), (quotient(each, ring) for each in operands))
        case Product(operands):
            return reduce(
                lambda left, right: multiplied(left, right, ring), (quotient(each, ring) for each in operands)
            )
        case Arithmetic("/", left, right):
            above, below = quotient(right, ring)
            return multiplied(quotient(left, ring), (below, above), ring)
        case Arithmetic("**", base, exponent):
            times = constant(exponent)
            assert times is not None, "unreachable because other powers are names by now"
            above, below = (ring.power(each, number(abs(times))) for each in quotient(base, ring))
            return lowest(above, below) if times >= 0 else lowest(below, above)
        case _:
            return ring.polynomial(tree), ring.constant(1)


def added(left: Quotient, right: Quotient, ring: Ring) -> Quotient:
    """Return a sum."""
    above = ring.product(left[0], right[1]) + ring.product(right[0], left[1])
    return lowest(above, ring.product(left[1], right[1]))


def multiplied(left: Quotient, right: Quotient, ring: Ring) -> Quotient:
    """Return a product."""
    return lowest(ring.product(left[0], right[0]), ring.product(left[1], right[1]))


def lowest(above: Polynomial, below: Polynomial) -> Quotient:
    """Return a quotient in lowest terms."""
    if below.is_zero():
        raise NotPolynomial("divides by zero")
    if below.is_one():
        return above, below
    common = above.gcd(below) * below.leading_coefficient()
    return divmod(above, common)[0], divmod(below, common)[0]


def opaque(node: Expression) -> Expression | None:
    """Return a name for a node that is no quotient of polynomials; None for one that is, if its children are."""
    match node:
        case Number() | Name() | Negative() | Sum() | Product() | Call("sum", _) | Arithmetic("/", _, _):
            return None
        case Arithmetic("**", _, exponent) if constant(exponent) is not None:
            return None
        case Arithmetic("//", above, below):
            return floor(above, below)
        case Arithmetic("%", above, below):
            return rewrite(Sum((above, Negative(Product((below, Arithmetic("//", above, below)))))), opaque)
        case Call("ceil_div", (above, below)):
            return Negative(floor(Negative(above), below))
        case Call("round_up", (value, step)):
            return rewrite(Product((step, Call("ceil_div", (value, step)))), opaque)
        case Call("min" | "max" as function, arguments):
            return Name(f"{function}({', '.join(sorted(set(map(form, arguments))))})")
        case _:
            return Name(to_text(node))


def floor(above: Expression, below: Expression) -> Name:
    """Return a name for the floor of a quotient."""
    return Name(f"floor({form(Arithmetic('/', above, below))})")


def constant(exponent: Expression) -> int | None:
    """Return an exponent's value where it is a literal integer of a size that is worked out."""
    match exponent:
        case Number(value) if value.denominator == 1 and value <= MAX_EXPONENT:
            return int(value)
        case Negative(Number(value)) if value.denominator == 1 and value <= MAX_EXPONENT:
            return -int(value)
        case _:
            return None
