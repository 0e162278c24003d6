"""What a formula says as a document prints it: in LaTeX, or in plain text with ×, · and superscripts.

Read is what prints: "12 L d^2" is a product, and "{a + b} c" is refused, for braces do not print. Where authors forget
braces that LaTeX needs ("d_model", "10^12"), what they mean is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

from msgspec import Struct

from weighbridge.formula.alphabet import Alphabet, key
from weighbridge.formula.figures import FigureError, read_figure
from weighbridge.formula.latex_tree import Builder
from weighbridge.formula.limits import allowed, less_deep
from weighbridge.formula.parser import MAX_LENGTH, depth
from weighbridge.formula.tokens import FormulaError
from weighbridge.formula.tree import Expression, Name, Number, number, product_of

if TYPE_CHECKING:
    from lark import Lark

    from weighbridge.formula.latex_tree import Node

Relation: TypeAlias = Literal["", "=", "≈", "<", "≤", ">", "≥", "≠"]

#: What parts the sides of a chain, and the rows of a display.
RELATIONS: Mapping[str, Relation] = {
    **dict.fromkeys(("=", ":=", "==", "≡", "\\equiv", "\\coloneqq", "\\triangleq"), "="),
    **dict.fromkeys(("≈", "≃", "≅", "∼", "\\approx", "\\simeq", "\\cong", "\\sim"), "≈"),
    **dict.fromkeys(("<", "\\lt"), "<"),
    **dict.fromkeys(("≤", "⩽", "<=", "\\le", "\\leq", "\\leqslant"), "≤"),
    **dict.fromkeys((">", "\\gt"), ">"),
    **dict.fromkeys(("≥", "⩾", ">=", "\\ge", "\\geq", "\\geqslant"), "≥"),
    **dict.fromkeys(("≠", "!=", "\\ne", "\\neq"), "≠"),
    "\\\\": "",
}
OPENING, CLOSING = ("(", "[", "{", "⌊", "⌈", "\\lfloor", "\\lceil"), (")", "]", "}", "⌋", "⌉", "\\rfloor", "\\rceil")
MARK = re.compile(r"\\[A-Za-z]+|\\.|[:<>!=]=|[=≡≈≃≅∼<≤⩽>≥⩾≠(){}\[\]⌊⌋⌈⌉]", re.DOTALL)
#: Alignment prints nothing.
ALIGNMENT = re.compile(
    r"&|\\(?:begin|end)\{(?:equation|aligned|align|gather|gathered|split)\*?\}|\\(?:nonumber|notag)\b"
)
#: What may stand behind a formula and is no part of it, read from the end.
TRAILING = re.compile(r"(?:[,;:! ]\\|[\s~.,;])*")
#: A figure with its scale or unit in words.
WORDED = re.compile(r"(?P<digits>[0-9][0-9.,]*)(?:[\s~]|\\[,;:! ])*\\(?:text|mathrm)\{\s*(?P<words>[A-Za-z ]+?)\s*\}")
#: The letter that stands for × between figures.
LETTER_TIMES = re.compile(r"(?<=[0-9)\s])x(?=\s*[0-9(])")

#: What most formulas are: figures and symbols, multiplied. A quick look reads them without the grammar.
TIMES = re.compile(r"\s*(?:\\times(?![A-Za-z])|\\cdot(?![A-Za-z])|[×·*])\s*")
PLAIN_FIGURE = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15}")
PLAIN_SYMBOL = re.compile(r"[A-Za-z]+(?:_(?:[A-Za-z]+|(\{{1,2}|\{\\text\{)[A-Za-z]+\}{1,2}))?")

#: LaTeX that people write in formulas and that no expression of a spec can mean.
NOT_READ: Mapping[str, str] = {
    "\\sqrt": "roots are not part of the language",
    "√": "roots are not part of the language",
    **dict.fromkeys(("\\sum", "\\prod", "∑", "∏"), "sums and products over an index are not part of the language"),
    **dict.fromkeys(("\\log", "\\ln", "\\exp"), "logarithms and exponentials are not part of the language"),
    **dict.fromkeys(("\\pm", "±"), "a formula has one value"),
}
READ = "a formula is made of figures, symbols, + - × / ^, fractions and brackets"


class Side(Struct, frozen=True):
    """One side of a chain: where it stands in the text, what relates it to the side before it, and what it says."""

    start: int
    end: int
    relation: Relation
    says: Expression | FormulaError


def read_chain(text: str, alphabet: Alphabet, *, typeset: bool = True) -> tuple[Side, ...]:
    """Read a formula, or several that relations join. `typeset` is LaTeX, where "Ld" is a product; else plain text.

    What can not be read is a side that says why, with its column in the whole text.
    """
    if len(text) > MAX_LENGTH:
        message = f"a formula has at most {MAX_LENGTH:,} characters, this one has {len(text):,}"
        return (Side(0, len(text), "", FormulaError(message, column=MAX_LENGTH, hint="quote a part of it")),)
    plain = ALIGNMENT.sub(lambda match: " " * len(match[0]), text)
    return tuple(
        Side(start, end, relation, read_or_say_why(plain, (start, end), alphabet, typeset=typeset))
        for start, end, relation in cut(plain)
    )


def cut(text: str) -> Iterator[tuple[int, int, Relation]]:
    """Yield where the sides of a chain stand, each with the relation before it."""
    nesting, start = 0, 0
    relation: Relation = ""
    for match in MARK.finditer(text):
        mark = match[0]
        if mark in OPENING or mark in CLOSING:
            nesting += 1 if mark in OPENING else -1
        elif nesting <= 0 and mark in RELATIONS:
            yield from trimmed(text, start, match.start(), relation)
            start, relation = match.end(), RELATIONS[mark]
    yield from trimmed(text, start, len(text), relation)


def trimmed(text: str, start: int, end: int, relation: Relation) -> Iterator[tuple[int, int, Relation]]:
    """Yield a side without what stands around it, if anything is left."""
    trailing = TRAILING.match(text[start:end][::-1])
    side = text[start : end - (trailing.end() if trailing else 0)]
    if side.strip():
        yield start + len(side) - len(side.lstrip()), start + len(side), relation


def read_or_say_why(text: str, at: tuple[int, int], alphabet: Alphabet, *, typeset: bool) -> Expression | FormulaError:
    """Read one side of a chain."""
    start, end = at
    try:
        return read_side(text[start:end], alphabet, typeset=typeset)
    except FormulaError as error:
        error.column += start
        return error


def read_side(text: str, alphabet: Alphabet, *, typeset: bool = True) -> Expression:
    r"""Read a formula without relations. Raises `FormulaError`.

    >>> from weighbridge.formula.printer import to_text
    >>> to_text(read_side(r"12 n_{layer} d_{\text{model}}^2", Alphabet.of({"n_layer": "", "d_model": ""})))
    '12 * n_layer * d_model ** 2'
    """
    if worded := WORDED.fullmatch(text):
        try:
            if key(worded["words"]) not in alphabet.names:
                return number(read_figure(f"{worded['digits']} {worded['words']}").value)
        except FigureError:
            pass  # no figure, so it is read, or complained of, like anything else
    text = with_times(text, alphabet)
    if quick := quick_product(text, alphabet):
        return quick
    refuse_nesting(text)
    tree = Builder(text, alphabet, typeset=typeset).sum(parsed(text))
    if depth(tree) > allowed().depth:
        raise too_deep(0)
    return tree


def quick_product(text: str, alphabet: Alphabet) -> Expression | None:
    """Return a plain product as the grammar would; None where it takes the grammar to tell."""
    factors: list[Expression] = []
    for part in TIMES.split(text):
        if PLAIN_FIGURE.fullmatch(part):
            factors.append(Number(Fraction(part.replace(",", "")), part.replace(",", "_")))
        elif PLAIN_SYMBOL.fullmatch(part) and part.count("{") == part.count("}") and key(part) in alphabet.names:
            factors.append(Name(alphabet.names[key(part)]))
        else:
            return None
    return product_of(factors)


def with_times(text: str, alphabet: Alphabet) -> str:
    """Return the text with × for a letter x between figures, unless x is a symbol."""
    return text if "x" in alphabet.names else LETTER_TIMES.sub("×", text)


def refuse_nesting(text: str) -> None:
    """Raise `FormulaError` for brackets within brackets past the limit."""
    nesting, deepest = 0, allowed().depth
    for match in MARK.finditer(text):
        nesting += (match[0].removeprefix("\\") in OPENING) - (match[0].removeprefix("\\") in CLOSING)
        nesting += (match[0] in OPENING[-2:]) - (match[0] in CLOSING[-2:])
        if nesting > deepest:
            raise too_deep(match.start())


def too_deep(column: int) -> FormulaError:
    """Return the error for nesting past the limit."""
    return FormulaError(f"nested deeper than {allowed().depth} levels", column=column, hint=less_deep(""))


@cache
def grammar() -> Lark:
    """Return the parser. Most runs read few formulas and some none, so lark is imported here."""
    from lark import Lark  # noqa: PLC0415 - see above

    return Lark.open(
        "latex.lark", rel_to=__file__, parser="lalr", lexer="basic", propagate_positions=True, maybe_placeholders=False
    )


def parsed(text: str) -> Node:
    """Return the grammar's tree of a text. Raises `FormulaError`."""
    parser = grammar()
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken  # noqa: PLC0415 - imported with the grammar

    try:
        (tree,) = parser.parse(text).children
    except UnexpectedCharacters as error:
        raise unreadable(text, cast("int", error.pos_in_stream)) from None
    except UnexpectedToken as error:
        at_operand = "NUMBER" in error.expected and "TIMES" not in error.expected
        wanted = "a figure, a symbol or a bracket" if at_operand else "an operator or the end"
        if error.token.type != "$END":
            message = f"expected {wanted}, found '{error.token}'"
            raise FormulaError(message, column=error.token.start_pos or 0) from None
        message = f"expected {wanted}, found the end" if at_operand else "a bracket is not closed"
        raise FormulaError(message, column=len(text)) from None
    assert not isinstance(tree, str), "unreachable because a formula is a sum"
    return tree


def unreadable(text: str, column: int) -> FormulaError:
    """Return the error for what is no part of any formula that is read here."""
    command = re.compile(r"\\[A-Za-z]+|\\?.", re.DOTALL).match(text, column)
    found = command[0] if command else ""
    return FormulaError(f"'{found}' can not be read", column=column, hint=NOT_READ.get(found, READ))
