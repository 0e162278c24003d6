"""What the text of an expression is cut into: numbers, names and operators, each with the column where it stands."""

from __future__ import annotations

import re
from fractions import Fraction

from msgspec import Struct

from weighbridge.errors import WeighbridgeError
from weighbridge.formula.tree import Number

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
        assert kind is not None, "unreachable because every alternative of TOKEN is named"
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
