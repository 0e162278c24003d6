"""Which expression the parts of a printed formula make, once the grammar has told them apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from weighbridge.errors import did_you_mean
from weighbridge.formula.alphabet import Alphabet, key
from weighbridge.formula.tokens import MAX_DIGITS, FormulaError
from weighbridge.formula.tree import Arithmetic, Call, Expression, Name, Negative, Number, number, product_of, sum_of

if TYPE_CHECKING:
    from lark import Token, Tree

    Node: TypeAlias = Tree[Token]

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
FUNCTION_NAME = re.compile("min|max|ceil|floor")


class UnknownSymbolError(FormulaError):
    """A document prints a symbol that stands for nothing in the spec."""

    def __init__(self, spelling: str, *, column: int, hint: str) -> None:
        self.spelling = spelling
        super().__init__(f"unknown symbol '{spelling}'", column=column, hint=hint)


@dataclass(slots=True)
class Builder:
    """Turns the grammar's tree of a text into an expression; every method raises `FormulaError`."""

    text: str
    alphabet: Alphabet
    typeset: bool = field(kw_only=True)

    def sum(self, node: Node) -> Expression:
        """Return what a sum says."""
        terms: list[Expression] = []
        negative = False
        for child in node.children:
            if isinstance(child, str):
                negative = child != "+"
            else:
                term = product_of(self.product(child))
                terms.append(Negative(term) if negative else term)
        return sum_of(terms)

    def product(self, node: Node) -> list[Expression]:
        """Return the factors of a product; a quotient is one of them."""
        factors: list[Expression] = []
        divides = False  # the next factor is a divisor
        unclear = False  # a factor behind the last divisor could belong to it
        for child in node.children:
            if isinstance(child, str):
                divides = True
                continue
            if child.data == "times":
                factors += self.signed(child)
                unclear = False
                continue
            right = self.power(child)
            if (unclear and not divides) or (divides and len(right) > 1):
                raise FormulaError(
                    f"'{self.slice(child)}' could stand below or behind the fraction",
                    column=child.meta.start_pos,
                    hint="\\frac or parentheses would tell",
                )
            if divides:
                left = product_of(factors)
                # "1/2 n" can only be half of n.
                unclear = not (isinstance(left, Number) and isinstance(right[0], Number))
                factors, divides = [Arithmetic("/", left, right[0])], False
                continue
            if factors and begins_with_figure(child):
                raise FormulaError(
                    f"'{self.slice(child)}' stands behind a factor without a sign", column=child.meta.start_pos
                )
            factors += right
        return factors

    def signed(self, node: Node) -> list[Expression]:
        """Return the factors behind a sign of multiplication: "× -2"."""
        *signs, last = node.children
        assert not isinstance(last, str), "unreachable because a factor stands last"
        factors = self.power(last)
        return [Negative(factors[0]), *factors[1:]] if signs[-1] in ("-", "−", "–") else factors

    def power(self, node: Node) -> list[Expression]:
        """Return the factors of a power: letters side by side are several, and the last one is raised."""
        base, *behind = node.children
        assert not isinstance(base, str), "unreachable because a power begins with its base"
        if node.data == "letters":
            # In "d^2_{model}" the subscript stands behind the exponent.
            subscript = next((each for each in behind if not isinstance(each, str) and each.data == "subscript"), None)
            factors = self.names(base, subscript, node)
        else:
            factors = self.operand(base)
        if not behind:
            return factors
        *others, last = factors
        if base.data == "group" and not isinstance(last, Name | Number):
            raise self.invisible(base)
        mark, *after = behind
        assert isinstance(mark, str), "unreachable because a mark stands behind the base"
        if mark.type == "PERCENT":
            return [*others, Arithmetic("/", last, number(100))]
        if mark.type == "SUPERSCRIPT":
            return [*others, Arithmetic("**", last, superscript(mark))]
        exponent = after[0]
        assert not isinstance(exponent, str), "unreachable because an exponent is a rule"
        return [*others, Arithmetic("**", last, self.exponent(exponent))]

    def exponent(self, node: Node) -> Expression:
        """Return an exponent: in braces, or one figure or symbol."""
        *signs, last = node.children
        if not isinstance(last, str):
            return self.sum(last)
        raised = self.figure(last) if last.type == "NUMBER" else self.symbol(last)
        return Negative(raised) if signs and signs[0] != "+" else raised

    def symbol(self, token: Token) -> Expression:
        """Return what one token without a subscript stands for."""
        name = self.alphabet.names.get(key(token))
        if name is None:
            raise self.unknown(token, token.start_pos or 0)
        return Name(name)

    def operand(self, node: Node) -> list[Expression]:
        """Return the factors of a figure, a symbol with a subscript, a bracket, a fraction or a function."""
        match node.data, node.children:
            case "literal", [token]:
                assert isinstance(token, str), "unreachable because a literal is one token"
                return [self.figure(token)]
            case "symbol", [base, subscript]:
                assert not isinstance(base, str), "unreachable because a base is a rule"
                assert not isinstance(subscript, str), "unreachable because a subscript is a rule"
                return self.names(base, subscript, node)
            case "group", [inner]:
                assert not isinstance(inner, str), "unreachable because a group holds a sum"
                return self.group(inner, node)
            case _:
                return [self.bracket(node)]

    def names(self, base: Node, subscript: Node | None, node: Node) -> list[Expression]:
        """Return the symbols that a run of letters stands for; the last one has the subscript."""
        (token,) = base.children
        assert isinstance(token, str), "unreachable because a base is one token"
        letters, below = key(token), key(self.slice(subscript)) if subscript else ""
        if self.typeset and token.type == "IDENTIFIER":
            found = self.alphabet.spell(letters, below)
        else:
            found = [self.alphabet.names[letters + below]] if letters + below in self.alphabet.names else []
        if not found:
            raise self.unknown(self.slice(base) + (self.slice(subscript) if subscript else ""), node.meta.start_pos)
        return [Name(name) for name in found]

    def unknown(self, spelling: str, column: int) -> UnknownSymbolError:
        """Return the error for a symbol that stands for nothing."""
        return UnknownSymbolError(spelling, column=column, hint=did_you_mean(key(spelling), self.alphabet.names))

    def group(self, inner: Node, node: Node) -> list[Expression]:
        """Return the factors in braces, which do not print: what stands there must read the same without them."""
        if len(inner.children) > 1:
            raise self.invisible(node)
        (product,) = inner.children
        assert not isinstance(product, str), "unreachable because a sum is more than its sign"
        if any(isinstance(child, str) for child in product.children):
            raise self.invisible(node)
        return self.product(product)

    def invisible(self, node: Node) -> FormulaError:
        """Return the error for braces that would have to print."""
        return FormulaError(
            f"the braces of '{self.slice(node)}' do not print", column=node.meta.start_pos, hint="write parentheses"
        )

    def bracket(self, node: Node) -> Expression:
        """Return what a bracket, a fraction or a function says."""
        inner = [self.sum(child) for child in node.children if not isinstance(child, str) and child.data == "sum"]
        match node.data:
            case "parentheses":
                return inner[0]
            case "fraction":
                return Arithmetic("/", inner[0], inner[1])
            case "floor":
                return floor(inner[0])
            case "ceiling":
                return ceiling(inner[0])
            case _:
                return self.call(node)

    def call(self, node: Node) -> Expression:
        """Return what min, max, floor or ceil of its arguments is."""
        function, arguments = node.children
        assert not isinstance(arguments, str), "unreachable because arguments are a rule"
        found = [self.sum(child) for child in arguments.children if not isinstance(child, str)]
        match = FUNCTION_NAME.search(str(function))
        assert match, "unreachable because the grammar knows these functions"
        one = match[0] in ("ceil", "floor")
        if one != (len(found) == 1):
            wanted = "one argument" if one else "several arguments"
            raise FormulaError(f"'{match[0]}' takes {wanted}, found {len(found)}", column=node.meta.start_pos)
        match match[0]:
            case "floor":
                return floor(found[0])
            case "ceil":
                return ceiling(found[0])
            case function_name:
                return Call(function_name, tuple(found))

    def figure(self, token: Token) -> Number:
        """Return a figure's exact value."""
        digits, _, power = re.sub(r"\{,\}|\\[,;:]|[,_\u2009\u202f]", "_", token).lower().partition("e")
        plain = digits.replace("_", "")
        if len(plain) > MAX_DIGITS or abs(int(power or "0")) > MAX_DIGITS:
            message = f"a figure has at most {MAX_DIGITS} digits and an exponent of at most {MAX_DIGITS}"
            raise FormulaError(message, column=token.start_pos or 0)
        return Number(Fraction(plain) * Fraction(10) ** int(power or "0"), digits + ("e" + power if power else ""))

    def slice(self, node: Node) -> str:
        """Return what stands there."""
        return self.text[node.meta.start_pos : node.meta.end_pos]


def begins_with_figure(power: Node) -> bool:
    """Tell whether the first thing of a power is a figure."""
    first = power.children[0]
    return not isinstance(first, str) and first.data == "literal"


def floor(inner: Expression) -> Expression:
    """Return the largest integer that is not above a value."""
    match inner:
        case Arithmetic("/", above, below):
            return Arithmetic("//", above, below)
        case _:
            return Arithmetic("//", inner, number(1))


def ceiling(inner: Expression) -> Expression:
    """Return the smallest integer that is not below a value."""
    match inner:
        case Arithmetic("/", above, below):
            return Call("ceil_div", (above, below))
        case _:
            return Call("ceil_div", (inner, number(1)))


def superscript(token: Token) -> Expression:
    """Return an exponent in superscript digits."""
    digits = token.translate(SUPERSCRIPTS)
    if len(digits) > MAX_DIGITS:
        raise FormulaError(f"a figure has at most {MAX_DIGITS} digits", column=token.start_pos or 0)
    size = number(abs(int(digits)))
    return Negative(size) if int(digits) < 0 else size
