"""How an expression is shown: tree to text that reads back as the same tree.

Where no text reads back as the tree (a negative or fractional literal, a convention's value), the text reads back as
another tree of the same value.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from weighbridge.formula.digits import decimal
from weighbridge.formula.tree import (
    Arithmetic,
    Call,
    Choice,
    Comparison,
    Expression,
    Logic,
    Name,
    Negative,
    Not,
    Number,
    Product,
    Sum,
    Truth,
    number,
    substitute,
)

# How tightly each form binds; an operand that binds less tightly than its place asks for gets parentheses.
CHOICE, OR, AND, NOT, COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = range(10)

#: Characters of an expression that a message quotes.
MAX_BRIEF = 100
#: Decimal places that a person reads more easily than a fraction.
MAX_PLACES = 12


def to_text(tree: Expression) -> str:
    """Return the expression as a person would write it.

    >>> from weighbridge.formula.parser import parse
    >>> to_text(parse("12*n_layers*(d_model**2) - (a - b)"))
    '12 * n_layers * d_model ** 2 - (a - b)'
    """
    return show(tree, CHOICE)


def brief(tree: Expression) -> str:
    """Return the expression for a message: cut off where it is long."""
    text = to_text(tree)
    return text if len(text) <= MAX_BRIEF else f"{text[:MAX_BRIEF]} ..."


def with_values(tree: Expression, values: Mapping[str, int]) -> str:
    """Return the expression with numbers put in for its symbols, thousands separated.

    >>> from weighbridge.formula.parser import parse
    >>> with_values(parse("d_embed * n_vocab"), {"d_embed": 12288, "n_vocab": 50257})
    '12,288 * 50,257'
    """
    numbers = {name: Number(Fraction(value), thousands(value)) for name, value in values.items()}
    return to_text(substitute(tree, numbers))


def thousands(value: int | Fraction | bool) -> str:  # noqa: FBT001 - a value of the language, not a switch
    """Return an exact value as a person would print it: 12,288; 0.331; 1/3; true.

    >>> thousands(Fraction(14495514624)), thousands(Fraction(661, 2000)), thousands(Fraction(-2000, 3))
    ('14,495,514,624', '0.3305', '-2,000/3')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    exact = Fraction(value)
    if exact.denominator == 1:
        return decimal(exact.numerator, separator=",")
    for places in range(1, MAX_PLACES + 1):
        if 10**places % exact.denominator == 0:
            whole, rest = divmod(abs(exact), 1)
            sign = "-" if exact < 0 else ""
            return f"{sign}{decimal(whole, separator=',')}.{int(rest * 10**places):0{places}}"
    return f"{decimal(exact.numerator, separator=',')}/{decimal(exact.denominator, separator=',')}"


def show(tree: Expression, place: int) -> str:
    """Return the text of a node, in parentheses where its place binds tighter than it does."""
    text, binding = spell(tree)
    return f"({text})" if binding < place else text


def spell(tree: Expression) -> tuple[str, int]:
    """Return the text of a node and how tightly it binds."""
    match tree:
        case Number(value, text):
            if text:
                return text, ATOM if value >= 0 else SIGN
            if value < 0:
                return "-" + show(number(-value), POWER), SIGN
            if value.denominator != 1:
                return f"{decimal(value.numerator)} / {decimal(value.denominator)}", PRODUCT
            return decimal(value.numerator), ATOM
        case Truth(value):
            return ("1 == 1" if value else "1 == 0"), COMPARISON
        case Name(name):
            return name, ATOM
        case Negative(operand):
            return f"-{show(operand, POWER)}", SIGN
        case Sum(terms):
            parts = [show(terms[0], PRODUCT)]
            for term in terms[1:]:
                if isinstance(term, Negative):
                    parts.append(f"- {show(term.operand, PRODUCT)}")
                else:
                    parts.append(f"+ {show(term, PRODUCT)}")
            return " ".join(parts), SUM
        case Product(factors):
            # A quotient may stand first without parentheses ("a / b * c"), but not behind a factor.
            first = show(factors[0], PRODUCT + isinstance(factors[0], Product))
            return " * ".join([first, *(show(factor, SIGN) for factor in factors[1:])]), PRODUCT
        case Arithmetic("**", left, right):
            return f"{show(left, ATOM)} ** {show(right, SIGN)}", POWER
        case Arithmetic(operator, left, right):
            return f"{show(left, PRODUCT)} {operator} {show(right, SIGN)}", PRODUCT
        case Comparison(operands, operators):
            pairs = zip(operators, operands[1:], strict=True)
            rest = "".join(f" {operator} {show(operand, SUM)}" for operator, operand in pairs)
            return show(operands[0], SUM) + rest, COMPARISON
        case Not(operand):
            return f"not {show(operand, NOT)}", NOT
        case Logic(operator, operands):
            place, binding = (NOT, AND) if operator == "and" else (AND, OR)
            return f" {operator} ".join(show(operand, place) for operand in operands), binding
        case Choice(condition, then, otherwise):
            return f"{show(then, OR)} if {show(condition, OR)} else {show(otherwise, CHOICE)}", CHOICE
        case Call(function, arguments):
            return f"{function}({', '.join(show(argument, CHOICE) for argument in arguments)})", ATOM
