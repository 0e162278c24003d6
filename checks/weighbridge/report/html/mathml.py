"""How an expression of a spec is shown as mathematics: tree to MathML, which browsers set without any library."""

from __future__ import annotations

import re
from collections.abc import Mapping

from markupsafe import Markup

from weighbridge.formula.parser import parse
from weighbridge.formula.printer import AND, ATOM, CHOICE, COMPARISON, NOT, OR, POWER, PRODUCT, SIGN, SUM, thousands
from weighbridge.formula.tokens import FormulaError
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

SIGNS: Mapping[str, str] = {"==": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥", "in": "∈"}
#: Characters of an expression that is set as mathematics; a longer one is read more easily as it stands.
MAX_LENGTH = 240


def expression(text: str, values: Mapping[str, int] | None = None) -> Markup:
    """Return an expression set as mathematics, with numbers put in where there are any; the text where it is none."""
    try:
        tree = parse(text) if len(text) <= MAX_LENGTH else None
    except FormulaError:
        tree = None
    if tree is None:
        return Markup("<code>{}</code>").format(text)
    if values:
        tree = substitute(tree, {name: number(value) for name, value in values.items()})
    return chunks(tree)


def relation(sign: str) -> Markup:
    """Return the sign of a relation between two expressions."""
    return Markup(" <math><mo>{}</mo></math> ").format(SIGNS.get(sign, sign))


def chunks(tree: Expression) -> Markup:
    """Return mathematics in pieces between which a line may break: browsers break none themselves."""
    match tree:
        case Comparison(operands, operators):
            parts = [chunks_of(operands[0], COMPARISON)]
            for operator, operand in zip(operators, operands[1:], strict=True):
                parts += [relation(operator), chunks_of(operand, COMPARISON)]
            return Markup().join(parts)
        case Logic(operator, operands):
            binding = AND if operator == "and" else OR
            return Markup(" {} ").format(operator).join(chunks_of(operand, binding) for operand in operands)
        case Sum(terms):
            pieces = [maths(node(terms[0], PRODUCT))]
            for term in terms[1:]:
                sign, inner = ("−", term.operand) if isinstance(term, Negative) else ("+", term)
                pieces.append(maths(operator_sign(sign) + node(inner, PRODUCT)))
            return Markup(" ").join(pieces)
        case Call(function, arguments) if len(arguments) > 1:
            shown = [node(argument, CHOICE) for argument in arguments]
            ended = [*(row(each, Markup("<mo>,</mo>")) for each in shown[:-1]), row(shown[-1], Markup("<mo>)</mo>"))]
            ended[0] = row(words(function), Markup("<mo>(</mo>"), ended[0])
            return Markup(" ").join(map(maths, ended))
        case _:
            return maths(node(tree, CHOICE))


def chunks_of(tree: Expression, place: int) -> Markup:
    """Return an operand in pieces, or in one where it needs parentheses."""
    return maths(node(tree, place + 1)) if binding_of(tree) <= place else chunks(tree)


def maths(inner: Markup) -> Markup:
    """Return one piece of mathematics."""
    return Markup("<math>{}</math>").format(inner)


def node(tree: Expression, place: int) -> Markup:
    """Return a node, in parentheses where its place binds tighter than it does."""
    inner = spell(tree)
    if binding_of(tree) < place:
        return Markup("<mrow><mo>(</mo>{}<mo>)</mo></mrow>").format(inner)
    return inner


def binding_of(tree: Expression) -> int:
    """Return how tightly a node binds as it is set here: a fraction needs no parentheses."""
    match tree:
        case Number(value):
            return ATOM if value >= 0 else SIGN
        case Truth() | Name() | Call() | Arithmetic("/" | "//", _, _):
            return ATOM
        case Negative():
            return SIGN
        case Sum():
            return SUM
        case Product() | Arithmetic("%", _, _):
            return PRODUCT
        case Arithmetic():
            return POWER
        case Comparison():
            return COMPARISON
        case Not():
            return NOT
        case Logic(operator, _):
            return AND if operator == "and" else OR
        case Choice():
            return CHOICE


def spell(tree: Expression) -> Markup:
    """Return a node as mathematics."""
    match tree:
        case Number(value, text):
            shown = thousands(value) if not text or re.fullmatch(r"[\d_]+", text) else text
            return Markup("<mn>{}</mn>").format(shown)
        case Truth(value):
            return words("true" if value else "false")
        case Name(name):
            return symbol(name)
        case Negative(operand):
            return Markup('<mrow><mo form="prefix">−</mo>{}</mrow>').format(node(operand, POWER))
        case Sum(terms):
            return row(node(terms[0], PRODUCT), *(added(term) for term in terms[1:]))
        case Product(factors):
            parts = [node(factors[0], PRODUCT), *(node(factor, SIGN) for factor in factors[1:])]
            return row(Markup("<mo>×</mo>").join(parts))
        case Arithmetic("**", left, right):
            return Markup("<msup>{}{}</msup>").format(row(node(left, ATOM)), row(node(right, CHOICE)))
        case Arithmetic("%", left, right):
            return row(node(left, PRODUCT), words(" mod "), node(right, SIGN))
        case Arithmetic(operator, left, right):
            quotient = Markup("<mfrac>{}{}</mfrac>").format(row(node(left, CHOICE)), row(node(right, CHOICE)))
            return quotient if operator == "/" else row(Markup("<mo>⌊</mo>"), quotient, Markup("<mo>⌋</mo>"))
        case Comparison(operands, operators):
            pairs = zip(operators, operands[1:], strict=True)
            rest = (operator_sign(SIGNS[sign]) + node(operand, SUM) for sign, operand in pairs)
            return row(node(operands[0], SUM), *rest)
        case Not(operand):
            return row(words("not "), node(operand, NOT))
        case Logic(operator, operands):
            place = NOT if operator == "and" else AND
            return row(words(f" {operator} ").join(node(operand, place) for operand in operands))
        case Choice(condition, then, otherwise):
            return row(node(then, OR), words(" if "), node(condition, OR), words(" else "), node(otherwise, CHOICE))
        case Call(function, arguments):
            inside = Markup("<mo>,</mo>").join(node(argument, CHOICE) for argument in arguments)
            return row(words(function), Markup("<mo>(</mo>"), inside, Markup("<mo>)</mo>"))


def added(term: Expression) -> Markup:
    """Return a further term of a sum with its sign."""
    if isinstance(term, Negative):
        return Markup("<mo>−</mo>") + node(term.operand, PRODUCT)
    return Markup("<mo>+</mo>") + node(term, PRODUCT)


def symbol(name: str) -> Markup:
    """Return a name: one letter with its subscript (d_model), or the word that it is (kv_cache).

    >>> str(symbol("d_model"))
    '<msub><mi>d</mi><mtext>model</mtext></msub>'
    """
    letter, underscore, subscript = name.partition("_")
    if len(letter) == 1 and underscore and subscript:
        return Markup("<msub><mi>{}</mi><mtext>{}</mtext></msub>").format(letter, subscript)
    return Markup("<mi>{}</mi>").format(name) if len(name) == 1 else words(name)


def operator_sign(sign: str) -> Markup:
    """Return a sign with the space around it that an operator between two operands has, wherever it stands."""
    return Markup('<mo form="infix">{}</mo>').format(sign)


def words(text: str) -> Markup:
    """Return words within mathematics; their outer spaces stay."""
    return Markup("<mtext>{}</mtext>").format(text.replace(" ", "\u00a0"))


def row(*parts: Markup) -> Markup:
    """Return parts side by side as one."""
    return Markup("<mrow>{}</mrow>").format(Markup().join(parts))
