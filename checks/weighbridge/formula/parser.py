"""How an expression is written: text to tree, from a whitelist, with the column of every mistake.

The whole grammar; each function below reads one of its lines:

    choice     = either [ "if" either "else" choice ]
    either     = both { "or" both }
    both       = negated { "and" negated }
    negated    = "not" negated | comparison
    comparison = total { ("<" | "<=" | ">" | ">=" | "==" | "!=") total }
    total      = product { ("+" | "-") product }
    product    = signed { ("*" | "/" | "//" | "%") signed }
    signed     = ("-" | "+") signed | power
    power      = atom [ "**" signed ]
    atom       = NUMBER | NAME | NAME "(" choice { "," choice } ")" | "(" choice ")"
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import cast

from msgspec import Struct

from weighbridge.errors import WeighbridgeError, did_you_mean
from weighbridge.formula.tree import (
    FUNCTIONS,
    KEYWORDS,
    Arithmetic,
    ArithmeticOperator,
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
    children,
)

#: A formula in a document is a line or two; what is longer is an attack or a mistake.
MAX_LENGTH = 4_096
#: Deep enough for any formula a person wrote, shallow enough for every recursive walk.
MAX_DEPTH = 50
#: Literals have no more digits than this, before or behind their "e"; the largest training runs need 26.
MAX_DIGITS = 100

TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>[0-9]+(?:_[0-9]+)*(?:\.[0-9]+(?:_[0-9]+)*)?(?:[eE][+-]?[0-9]+)?)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<operator>\*\*|//|<=|>=|==|!=|[-+*/%<>(),])
    )""",
    re.VERBOSE,
)
COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

#: What people write who think of another language, and what to write instead.
INSTEAD = {
    "^": "a power is written **",
    "=": "equality is written ==",
    "&": "write 'and'",
    "|": "write 'or'",
    "!": "write 'not', or != between two numbers",
    "×": "a product is written *",
    "·": "a product is written *",
    "÷": "a quotient is written /",
    "−": "minus is written -",
    "≤": "write <=",
    "≥": "write >=",
    "≠": "write !=",
    ".": "a decimal has digits on both sides of its point",
    "[": "subscripts are not part of the language",
}
THOUSANDS = "thousands are separated by _ as in 12_288"


class FormulaError(WeighbridgeError):
    """An expression can not be read: `column` counts from 0 within its text."""

    def __init__(self, message: str, *, column: int, hint: str = "") -> None:
        self.message = message
        self.column = column
        self.hint = hint
        super().__init__(f"{message}; {hint}" if hint else message)


class Token(Struct, frozen=True):
    """A number, name or operator, or the end; `column` counts from 0."""

    kind: str
    text: str
    column: int

    def __str__(self) -> str:
        return "the end" if self.kind == "end" else f"'{self.text}'"


def parse(text: str) -> Expression:
    """Read an expression.

    >>> parse("12 * n_layers * d_model ** 2")  # doctest: +ELLIPSIS
    Product(factors=(Number(...), Name(...), Arithmetic(...)))

    Raises `FormulaError` for anything that the grammar does not allow, or past the limits of this module.
    """
    if len(text) > MAX_LENGTH:
        raise FormulaError(
            f"an expression has at most {MAX_LENGTH:,} characters, this one has {len(text):,}",
            column=MAX_LENGTH,
            hint="name its parts under [quantities]",
        )
    reader = Reader(tokens(text))
    tree = reader.choice()
    reader.expect_end()
    if depth(tree) > MAX_DEPTH:
        raise too_deep(0)
    return tree


def tokens(text: str) -> list[Token]:
    """Cut the text into tokens; the last one is the end."""
    found: list[Token] = []
    column = 0
    end = len(text.rstrip())
    while column < end:
        match = TOKEN.match(text, column)
        if match is None:
            column += len(text[column:]) - len(text[column:].lstrip())
            raise FormulaError(f"unexpected character '{text[column]}'", column=column, hint=instead(text[column]))
        kind = match.lastgroup
        assert kind is not None, "unreachable because every alternative of TOKEN is named"  # noqa: S101
        found.append(Token(kind, match[kind], match.start(kind)))
        column = match.end()
    found.append(Token("end", "", len(text)))
    return found


def instead(character: str) -> str:
    """Return what to write in place of a character that the language does not have."""
    if character in INSTEAD:
        return INSTEAD[character]
    if character.isnumeric():
        return "digits are 0 to 9, and a power is written **"
    if character.isalpha():
        return "names have the letters A to Z, digits and _"
    return "expressions are made of numbers, names, operators and parentheses"


def depth(tree: Expression) -> int:
    """Return the number of levels of a tree."""
    levels = 0
    level: tuple[Expression, ...] = (tree,)
    while level:
        levels += 1
        level = tuple(child for node in level for child in children(node))
    return levels


def too_deep(column: int) -> FormulaError:
    """Return the error for nesting past the limit."""
    return FormulaError(
        f"nested deeper than {MAX_DEPTH} levels", column=column, hint="name the inner parts under [quantities]"
    )


class Reader:
    """Reads tokens from left to right, one method a rule of the grammar."""

    def __init__(self, found: list[Token]) -> None:
        self.tokens = found
        self.position = 0
        self.nesting = 0

    @property
    def token(self) -> Token:
        """The next token, not yet taken."""
        return self.tokens[self.position]

    def take(self, *texts: str) -> Token | None:
        """Take the next token if it is one of these operators or keywords."""
        token = self.token
        if token.kind in ("operator", "name") and token.text in texts:
            self.position += 1
            return token
        return None

    def expect(self, text: str, *, after: str) -> None:
        """Take this operator or keyword, or say where it is missing."""
        if self.take(text) is None:
            raise FormulaError(f"expected '{text}' {after}, found {self.token}", column=self.token.column)

    def expect_end(self) -> None:
        """Refuse whatever stands behind a whole expression."""
        token = self.token
        if token.kind == "end":
            return
        behind_number = self.tokens[self.position - 1].kind == "number"
        hint = ""
        if behind_number and (token.text == "," or token.text.startswith("_")):
            hint = THOUSANDS
        elif token.text == "(" or (token.kind in ("name", "number") and token.text not in KEYWORDS):
            hint = "a product is written with *"
        raise FormulaError(f"expected an operator or the end, found {token}", column=token.column, hint=hint)

    def choice(self) -> Expression:
        """choice = either [ "if" either "else" choice ]."""  # noqa: D403
        self.nesting += 1
        if self.nesting > MAX_DEPTH:
            raise too_deep(self.token.column)
        then = self.either()
        if self.take("if"):
            condition = self.either()
            self.expect("else", after="after the condition (both branches are required)")
            then = Choice(condition, then, self.choice())
        self.nesting -= 1
        return then

    def either(self) -> Expression:
        """either = both { "or" both }."""  # noqa: D403
        operands = [self.both()]
        while self.take("or"):
            operands.append(self.both())
        return operands[0] if len(operands) == 1 else Logic("or", tuple(operands))

    def both(self) -> Expression:
        """both = negated { "and" negated }."""  # noqa: D403
        operands = [self.negated()]
        while self.take("and"):
            operands.append(self.negated())
        return operands[0] if len(operands) == 1 else Logic("and", tuple(operands))

    def negated(self) -> Expression:
        """negated = "not" negated | comparison."""  # noqa: D403
        negations = 0
        while self.take("not"):
            negations += 1
            if negations > MAX_DEPTH:
                raise too_deep(self.token.column)
        tree = self.comparison()
        for _ in range(negations):
            tree = Not(tree)
        return tree

    def comparison(self) -> Expression:
        """comparison = total { ("<" | "<=" | ">" | ">=" | "==" | "!=") total }."""  # noqa: D403
        operands = [self.total()]
        operators: list[ComparisonOperator] = []
        while operator := self.take(*COMPARISONS):
            operators.append(cast("ComparisonOperator", operator.text))
            operands.append(self.total())
        return Comparison(tuple(operands), tuple(operators)) if operators else operands[0]

    def total(self) -> Expression:
        """total = product { ("+" | "-") product }."""  # noqa: D403
        terms = [self.product()]
        while operator := self.take("+", "-"):
            term = self.product()
            terms.append(term if operator.text == "+" else Negative(term))
        return terms[0] if len(terms) == 1 else Sum(tuple(terms))

    def product(self) -> Expression:
        """product = signed { ("*" | "/" | "//" | "%") signed }."""  # noqa: D403
        left = self.signed()
        factors = [left]
        while operator := self.take("*", "/", "//", "%"):
            right = self.signed()
            if operator.text == "*":
                factors.append(right)
            else:
                left = factors[0] if len(factors) == 1 else Product(tuple(factors))
                factors = [Arithmetic(cast("ArithmeticOperator", operator.text), left, right)]
        return factors[0] if len(factors) == 1 else Product(tuple(factors))

    def signed(self) -> Expression:
        """signed = ("-" | "+") signed | power."""  # noqa: D403
        negative = False
        while operator := self.take("-", "+"):
            negative ^= operator.text == "-"
        return Negative(self.power()) if negative else self.power()

    def power(self) -> Expression:
        """power = atom [ "**" signed ]."""  # noqa: D403
        base = self.atom()
        if not self.take("**"):
            return base
        self.nesting += 1
        if self.nesting > MAX_DEPTH:
            raise too_deep(self.token.column)
        exponent = self.signed()
        self.nesting -= 1
        return Arithmetic("**", base, exponent)

    def atom(self) -> Expression:
        """atom = NUMBER | NAME | NAME "(" choice { "," choice } ")" | "(" choice ")"."""  # noqa: D403
        token = self.token
        self.position += 1
        if token.kind == "number":
            return literal(token)
        if token.kind == "name" and token.text not in KEYWORDS:
            return self.call(token) if self.take("(") else Name(token.text, token.column)
        if token.text == "(" and token.kind == "operator":
            inner = self.choice()
            self.expect(")", after="to close the parenthesis")
            return inner
        raise FormulaError(f"expected a number, a name or '(', found {token}", column=token.column)

    def call(self, function: Token) -> Expression:
        """Read the arguments of a function whose parenthesis is open."""
        if function.text not in FUNCTIONS:
            raise FormulaError(
                f"unknown function '{function.text}'",
                column=function.column,
                hint=did_you_mean(function.text, FUNCTIONS),
            )
        arguments = [self.choice()]
        while self.take(","):
            arguments.append(self.choice())
        self.expect(")", after=f"to close the arguments of '{function.text}'")
        fewest, most = FUNCTIONS[function.text]
        if len(arguments) < fewest or (most is not None and len(arguments) > most):
            raise FormulaError(
                f"'{function.text}' takes {fewest} argument{'s' if fewest > 1 else ''}, found {len(arguments)}",
                column=function.column,
            )
        return Call(function.text, tuple(arguments), function.column)


def literal(token: Token) -> Number:
    """Return a literal's exact value."""
    if re.match("0[0-9_]", token.text):
        # "max(1,000)" would be 1 otherwise, without a word.
        raise FormulaError(f"a number does not begin with 0, found {token}", column=token.column, hint=THOUSANDS)
    digits, _, exponent = token.text.replace("_", "").lower().partition("e")
    power = int(exponent or "0")
    if len(digits.replace(".", "")) > MAX_DIGITS or abs(power) > MAX_DIGITS:
        raise FormulaError(
            f"a literal has at most {MAX_DIGITS} digits and an exponent of at most {MAX_DIGITS}", column=token.column
        )
    return Number(Fraction(digits) * Fraction(10) ** power, token.text)
