r"""Which figures and formulas a piece of maths in LaTeX holds.

Maths is cut into sides at its relations (`=`, `\approx`, ...), at the ends of rows and at commas between statements.
A side that is a number is a figure; one that computes (a product, sum, fraction, power or two things side by side) is
one formula, and its numbers count with it; one that is a symbol alone is neither. Where a chain of relations holds
symbols alone, the chain is a formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, TypeAlias

from msgspec import Struct

from weighbridge.documents.notation import Token, power_value, values_of
from weighbridge.formula.alphabet import key
from weighbridge.formula.tree import FUNCTIONS

NUMBER = r"\d{1,3}(?:(?:,|\{,\}|\\,|[\u2009\u202f\u00a0])\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?"
LEXEME = re.compile(
    rf"(?P<number>{NUMBER})"
    r"|(?P<command>\\[A-Za-z]+)\*?"
    # A new row may say how far it is from the last: \\[2pt].
    r"|(?P<row>\\\\)(?:\[[^\[\]\n]*\])?"
    r"|(?P<escaped>\\.)"
    r"|(?P<letters>[^\W\d_]+)"
    r"|(?P<space>\s+)"
    r"|(?P<other>.)",
    re.DOTALL,
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


RELATIONS = _words(
    r"""= < > ≈ ≤ ≥ ∼ ≃ ≡ ∝ → ⇒ ≠ ∈ \approx \simeq \sim \equiv \cong \leq \le \leqslant \geq \ge \geqslant \ll \gg \neq
    \ne \lesssim \gtrsim \propto \to \rightarrow \Rightarrow \implies \iff \mapsto \in"""
)
#: Where one statement ends and another begins.
BREAKS = _words(r"& \\ ; \quad \qquad \begin \end \newline \tag \label")
OPERATORS = _words(
    r"""+ - − * / × · ⋅ ÷ ! ± √ ∑ ∏ \times \cdot \div \frac \dfrac \tfrac \over \sum \prod \sqrt \pm \mp \binom \log \ln
    \exp \bmod"""
)
#: Commands that only set what follows.
DRESS = _words(r"\left \right \big \Big \bigg \Bigg \bigl \bigr \displaystyle \textstyle \limits \nolimits \bf \rm \it")
#: Commands whose argument is words or the letters of one symbol.
WRAPPERS = _words(
    r"""\text \mathrm \mathit \mathbf \mathsf \mathtt \mathcal \mathbb \textit \textbf \textrm \mbox \operatorname \hat
    \bar \tilde \vec \dot \widehat \widetilde \overline \boldsymbol"""
)
#: Commands whose argument is a length or the name of something.
LAYOUT = _words(r"\begin \end \label \tag \hspace \vspace \kern \phantom \hphantom \vphantom")
SCALE = re.compile("[KMBTk]|thousand|million|billion|trillion")

CLOSING = re.compile(r"\s*\}")

Sort: TypeAlias = Literal["number", "symbol", "operator", "power", "comma", "bracket", "words"]


class Part(Struct, frozen=True):
    """A piece of a side: where it stands, and what it is."""

    sort: Sort
    start: int
    end: int


@dataclass(slots=True)
class Side:
    """What stands between two relations; `opens` says that no relation joins it to the side before."""

    parts: list[Part] = field(default_factory=list)
    opens: bool = True


def read_maths(text: str) -> Iterator[Token]:
    """Yield the figures and formulas of the inside of a formula, in their order."""
    chain: list[Side] = []
    for side in sides_of(text):
        if side.opens:
            yield from tokens_of_chain(text, chain)
            chain = []
        chain.append(side)
    yield from tokens_of_chain(text, chain)


def sides_of(text: str) -> Iterator[Side]:
    """Cut maths into its sides."""
    lexemes = list(LEXEME.finditer(text))
    side, index, depth, brackets = Side(), 0, 0, 0
    while index < len(lexemes):
        lexeme = lexemes[index]
        word = lexeme["command"] or lexeme["row"] or lexeme[0]
        if word in LAYOUT:
            index = argument_end(lexemes, index + 1)
            if word in BREAKS:
                yield side
                side = Side()
            continue
        outer = depth == 0 and brackets == 0
        if depth == 0 and (word in BREAKS or (outer and word == "," and lexeme["other"])):
            yield side
            side, brackets = Side(), 0
        elif outer and word in RELATIONS:
            # In "a &= b" what stands before the relation is what stands before the mark.
            if side.parts:
                yield side
            side = Side(opens=False)
        elif word in WRAPPERS or lexeme["letters"] or (lexeme["command"] and word not in OPERATORS | DRESS):
            end = symbol_end(lexemes, index)
            words = word in WRAPPERS and is_words(text, lexemes, index, end)
            side.parts.append(Part("words" if words else "symbol", lexeme.start(), lexemes[end - 1].end()))
            index = end
            continue
        elif word == "^":
            end = argument_end(lexemes, index + 1)
            side.parts.append(Part("power", lexeme.start(), lexemes[end - 1].end()))
            index = end
            continue
        elif (part := part_of(lexeme, word)) is not None:
            side.parts.append(part)
        depth = max(depth + (word == "{") - (word == "}"), 0)
        brackets = max(brackets + (word in ("(", "[")) - (word in (")", "]")), 0)
        index += 1
    yield side


def part_of(lexeme: re.Match[str], word: str) -> Part | None:
    """Return what a lexeme that stands for itself is to a side; None where it only sets the text."""
    start, end = lexeme.span()
    if lexeme["number"]:
        return Part("number", start, end)
    if word in OPERATORS:
        return Part("operator", start, end)
    if word == ",":
        return Part("comma", start, end)
    return Part("bracket", start, end) if word in "()[]" else None


def argument_end(lexemes: Sequence[re.Match[str]], index: int) -> int:
    """Return the index behind the argument that begins at `index`: a group in braces, or one lexeme."""
    while index < len(lexemes) and lexemes[index]["space"]:
        index += 1
    depth = 0
    while index < len(lexemes):
        depth += (lexemes[index][0] == "{") - (lexemes[index][0] == "}")
        index += 1
        if depth <= 0:
            break
    return index


def symbol_end(lexemes: Sequence[re.Match[str]], index: int) -> int:
    """Return the index behind a symbol: a word with what dresses it, its primes and its subscript."""
    word = lexemes[index][0]
    index = argument_end(lexemes, index + 1) if word in WRAPPERS else index + 1
    while index < len(lexemes) and lexemes[index][0] in ("_", "'", "′"):
        index = argument_end(lexemes, index + 1) if lexemes[index][0] == "_" else index + 1
        # A word such as d_model needs no braces to be read as one.
        while index < len(lexemes) and lexemes[index - 1]["letters"] and lexemes[index][0] == "_":
            index = argument_end(lexemes, index + 1)
    return index


def is_words(text: str, lexemes: Sequence[re.Match[str]], start: int, end: int) -> bool:
    r"""Tell whether a wrapper holds words (`\text{ parameters}`) rather than a symbol's letters (`\text{embed}_1`)."""
    inside = text[lexemes[start].end() : lexemes[end - 1].end()].strip("{}")
    return inside != inside.strip() or " " in inside or any(char.isdecimal() for char in inside.partition("_")[0])


def tokens_of_chain(text: str, chain: Sequence[Side]) -> Iterator[Token]:
    """Yield what the sides that relations join hold."""
    symbols = [side for side in chain if [part.sort for part in side.parts] == ["symbol"]]
    if len(symbols) == len(chain) > 1:
        yield formula(text, [part for side in chain for part in side.parts])
        return
    for side in chain:
        yield from tokens_of_side(text, side.parts)


def tokens_of_side(text: str, parts: Sequence[Part]) -> Iterator[Token]:
    """Yield the figure or the formula that a side is, or what else of it holds digits."""
    shown = [part for part in parts if part.sort != "words" or SCALE.fullmatch(key(text[part.start : part.end]))]
    whole = figure_of(text, shown) or (formula(text, shown) if computes(text, shown) else None)
    if whole is not None:
        yield whole
    for part in parts:
        content = text[part.start : part.end]
        if whole is not None and whole.start <= part.start < whole.end:
            continue
        if part.sort == "number":
            yield Token(start=part.start, end=part.end, values=number_values(content))
        elif part.sort == "words":
            yield from words_with_digits(text, part)
        elif any(char.isdecimal() for char in content):
            yield Token(start=part.start, end=part.end, rule="name")


def words_with_digits(text: str, part: Part) -> Iterator[Token]:
    """Yield the figures that stand in words within maths."""
    for match in re.finditer(NUMBER, text[part.start : part.end]):
        start = part.start + match.start()
        yield Token(start=start, end=start + len(match[0]), values=number_values(match[0]))


def figure_of(text: str, parts: Sequence[Part]) -> Token | None:
    r"""Return the figure that a side is: a number with a sign, a scale, a percent sign or a power of ten."""
    sorts = [part.sort for part in parts]
    if sorts[:1] == ["operator"] and text[parts[0].start] in "+-−±\\":
        parts, sorts = parts[1:], sorts[1:]
    if sorts[:1] != ["number"]:
        return None
    first, last = parts[0], parts[-1]
    number = text[first.start : first.end]
    if sorts == ["number"]:
        sign = re.compile(r"\s*(?:\\?%)").match(text, first.end)
        values = number_values(number + "%" if sign else number)
        return Token(start=first.start, end=sign.end() if sign else first.end, values=values)
    if len(parts) == 2 and SCALE.fullmatch(scale := key(text[last.start : last.end])):
        return Token(start=first.start, end=last.end, values=number_values(f"{number} {scale}"))
    if sorts == ["number", "power"]:
        values = power_value(number, text[last.start + 1 : last.end])
        return Token(start=first.start, end=last.end, values=values) if values else None
    if sorts == ["number", "operator", "number", "power"] and text[parts[2].start : parts[2].end] == "10":
        tens = power_value("10", text[last.start + 1 : last.end])
        values = frozenset(value * ten for value in number_values(number) for ten in tens)
        return Token(start=first.start, end=last.end, values=values)
    return None


def computes(text: str, parts: Sequence[Part]) -> bool:
    """Tell whether a side computes something: it has an operator or a power, or two things side by side."""
    before: Sort | None = None
    for part in parts:
        if part.sort == "operator" or (part.sort == "power" and is_power(text, part)):
            return True
        # A bracket behind a symbol multiplies or applies; one that closes does neither.
        follows = part.sort in ("number", "symbol") or (part.sort == "bracket" and text[part.start] in "([")
        if before in ("number", "symbol") and follows:
            return True
        before = part.sort
    return False


def is_power(text: str, part: Part) -> bool:
    """Tell a power from a mark on a symbol, such as the T of a transposed matrix."""
    exponent = text[part.start + 1 : part.end].strip("{} ")
    return bool(exponent) and not re.fullmatch(r"[A-Z*′']+|\\top|\\prime|\\intercal|\([\w]+\)|\\[dp]agger", exponent)


def formula(text: str, parts: Sequence[Part]) -> Token:
    """Return a formula that runs from the first of its parts to the last, with the braces that close it."""
    start, end = parts[0].start, parts[-1].end
    open_braces = text[start:end].count("{") - text[start:end].count("}")
    while open_braces > 0 and (closing := CLOSING.match(text, end)):
        end, open_braces = closing.end(), open_braces - 1
    found: set[Fraction] = set()
    symbols: set[str] = set()
    for part in parts:
        content = text[part.start : part.end]
        if part.sort == "number":
            found |= number_values(content)
        elif part.sort == "symbol":
            symbols.add(key(content))
        elif part.sort == "power":
            for match in re.finditer(NUMBER, content):
                found |= number_values(match[0])
            symbols |= {key(match[0]) for match in re.finditer(r"\\?[A-Za-z]+", content)}
    symbols -= FUNCTIONS.keys()
    return Token(start=start, end=end, kind="formula", values=frozenset(found), symbols=frozenset(symbols))


def number_values(text: str) -> frozenset[Fraction]:
    """Return the value of digits as LaTeX groups them."""
    return values_of(text.replace("{,}", ",").replace("\\,", ","))
