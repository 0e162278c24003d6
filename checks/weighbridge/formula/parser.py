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

from typing import cast

from weighbridge.errors import did_you_mean
from weighbridge.formula.limits import allowed, less_deep
from weighbridge.formula.tokens import THOUSANDS, FormulaError, Token, literal, tokens
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
    children,
    product_of,
    sum_of,
)

#: A formula in a document is a line or two; what is longer is an attack or a mistake.
MAX_LENGTH = 4_096
COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})


def parse(text: str) -> Expression:
    """Read an expression.

    >>> parse("12 * n_layers * d_model ** 2")  # doctest: +ELLIPSIS
    Product(factors=(Number(...), Name(...), Arithmetic(...)))

    Raises `FormulaError` for anything that the grammar does not allow, or past a limit.
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
    if depth(tree) > reader.deepest:
        raise too_deep(0)
    return tree


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
    hint = less_deep("name the inner parts under [quantities]")
    return FormulaError(f"nested deeper than {allowed().depth} levels", column=column, hint=hint)


class Reader:
    """Reads tokens from left to right, one method a rule of the grammar."""

    def __init__(self, found: list[Token]) -> None:
        self.tokens = found
        self.position = 0
        self.nesting = 0
        self.deepest = allowed().depth

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
        """choice = either [ "if" either "else" choice ]."""
        self.nesting += 1
        if self.nesting > self.deepest:
            raise too_deep(self.token.column)
        then = self.either()
        if self.take("if"):
            condition = self.either()
            self.expect("else", after="after the condition (both branches are required)")
            then = Choice(condition, then, self.choice())
        self.nesting -= 1
        return then

    def either(self) -> Expression:
        """either = both { "or" both }."""
        operands = [self.both()]
        while self.take("or"):
            operands.append(self.both())
        return operands[0] if len(operands) == 1 else Logic("or", tuple(operands))

    def both(self) -> Expression:
        """both = negated { "and" negated }."""
        operands = [self.negated()]
        while self.take("and"):
            operands.append(self.negated())
        return operands[0] if len(operands) == 1 else Logic("and", tuple(operands))

    def negated(self) -> Expression:
        """negated = "not" negated | comparison."""
        negations = 0
        while self.take("not"):
            negations += 1
            if negations > self.deepest:
                raise too_deep(self.token.column)
        tree = self.comparison()
        for _ in range(negations):
            tree = Not(tree)
        return tree

    def comparison(self) -> Expression:
        """comparison = total { ("<" | "<=" | ">" | ">=" | "==" | "!=") total }."""
        operands = [self.total()]
        operators: list[ComparisonOperator] = []
        while operator := self.take(*COMPARISONS):
            operators.append(cast("ComparisonOperator", operator.text))
            operands.append(self.total())
        return Comparison(tuple(operands), tuple(operators)) if operators else operands[0]

    def total(self) -> Expression:
        """total = product { ("+" | "-") product }."""
        terms = [self.product()]
        while operator := self.take("+", "-"):
            term = self.product()
            terms.append(term if operator.text == "+" else Negative(term))
        return sum_of(terms)

    def product(self) -> Expression:
        """product = signed { ("*" | "/" | "//" | "%") signed }."""
        factors = [self.signed()]
        while operator := self.take("*", "/", "//", "%"):
            right = self.signed()
            if operator.text == "*":
                factors.append(right)
            else:
                factors = [Arithmetic(cast("ArithmeticOperator", operator.text), product_of(factors), right)]
        return product_of(factors)

    def signed(self) -> Expression:
        """signed = ("-" | "+") signed | power."""
        negative = False
        while operator := self.take("-", "+"):
            negative ^= operator.text == "-"
        return Negative(self.power()) if negative else self.power()

    def power(self) -> Expression:
        """power = atom [ "**" signed ]."""
        base = self.atom()
        if not self.take("**"):
            return base
        self.nesting += 1
        if self.nesting > self.deepest:
            raise too_deep(self.token.column)
        exponent = self.signed()
        self.nesting -= 1
        return Arithmetic("**", base, exponent)

    def atom(self) -> Expression:
        """atom = NUMBER | NAME | NAME "(" choice { "," choice } ")" | "(" choice ")"."""
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
