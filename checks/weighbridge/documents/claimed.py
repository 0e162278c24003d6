"""Which figures and formulas in its quote a claim accounts for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from weighbridge.documents.inventory import Item
from weighbridge.formula.alphabet import Alphabet
from weighbridge.formula.exact import EvaluationError, number_of
from weighbridge.formula.latex import WORDED
from weighbridge.formula.tree import (
    Arithmetic,
    Choice,
    Comparison,
    Expression,
    Logic,
    Negative,
    Not,
    Number,
    Product,
    children,
    names,
)
from weighbridge.spec.claim_model import Claim, Formula, PrintedFigure
from weighbridge.spec.statements import expressions_of


class Said(Struct, frozen=True):
    """What a claim says in numbers and names: each value, with how often it says it, and what it speaks of."""

    values: Mapping[Fraction, int]
    names: frozenset[str]


def allotted(
    quoted: Sequence[tuple[Claim, dict[int, Item]]], alphabet: Alphabet
) -> Iterator[tuple[Claim, Collection[int]]]:
    """Yield for each quote of a claim those of its items that the claim accounts for.

    Of figures that are alike ("12 layers, 12 heads") a claim accounts for those that no other does, the first ones
    first; claims that quote less choose before those that quote more.
    """
    found: dict[int, Collection[int]] = {}
    taken: set[int] = set()
    for place in sorted(range(len(quoted)), key=lambda place: len(quoted[place][1])):
        claim, items = quoted[place]
        found[place] = claimed(claim, items, alphabet, taken=taken)
        taken.update(found[place])
    for place, (claim, _) in enumerate(quoted):
        yield claim, found[place]


def claimed(claim: Claim, items: dict[int, Item], alphabet: Alphabet, *, taken: Collection[int]) -> list[int]:
    """Return those of the items in a claim's quote that it accounts for: its figure, formula and literals.

    What others account for is `taken`: the claim accounts for it too, but only for what it says once more.
    """
    said = said_by(claim)
    left = dict(said.values)
    found = [
        index
        for index, item in items.items()
        if item.kind == "formula"
        and (prints(claim, item) or formula_of(claim, said, item, alphabet, alone=formulas(items) == 1))
    ]
    for index in sorted((index for index, item in items.items() if item.kind == "figure"), key=lambda at: at in taken):
        item = items[index]
        value = next((each for each in sorted(item.values) if left.get(each)), None)
        if value is None and not item.values and prints(claim, item):
            found.append(index)
        elif value is not None:
            left[value] -= 1
            found.append(index)
    return found


def formulas(items: Mapping[int, Item]) -> int:
    """Return how many of these items are formulas."""
    return sum(item.kind == "formula" for item in items.values())


def formula_of(claim: Claim, said: Said, item: Item, alphabet: Alphabet, *, alone: bool) -> bool:
    """Tell whether a formula in a claim's quote is the claim's."""
    if alone and isinstance(claim.statement, Formula):
        # The quote gives one formula, so that is the claim's: where they differ its anchor would have changed.
        return True
    return item.values <= said.values.keys() and names_of(item, alphabet) <= said.names


def names_of(item: Item, alphabet: Alphabet) -> frozenset[str]:
    """Return the names of a spec that a formula's symbols stand for; a symbol that the spec has not is its own."""
    found: set[str] = set()
    for symbol in item.symbols:
        letters, underscore, subscript = symbol.partition("_")
        found.update(alphabet.spell(letters, underscore + subscript) or (symbol,))
    return frozenset(found)


def prints(claim: Claim, item: Item) -> bool:
    r"""Tell whether an item is the very text that a claim says is printed, be it 805\,\text{MB} for 805 MB."""
    if not isinstance(claim.statement, PrintedFigure):
        return False
    return claim.statement.figure.text in (item.text, WORDED.sub(r"\g<digits> \g<words>", item.text))


def said_by(claim: Claim) -> Said:
    """Return the values and names of a claim's expressions."""
    trees = expressions_of(claim.statement)
    values = Counter(value for tree in trees for node in established(tree) for value in literals(node))
    if isinstance(claim.statement, PrintedFigure):
        # The figure is printed for each of the expressions that must equal it.
        values[claim.statement.figure.value] += max(len(claim.statement.equals), 1)
    return Said(values, frozenset(node.name for tree in trees for node in names(tree)))


def established(tree: Expression) -> Iterator[Expression]:
    """Yield the nodes of an expression that must be as they are for a claim to hold.

    Of "n == 12 or n == 99" neither number need be n's; nor is what is denied or chosen between.
    """
    match tree:
        case Logic("or") | Not() | Choice():
            return
        case Comparison(_, operators) if "!=" in operators:
            return
        case Comparison(operands, operators) if set(operators) == {"=="}:
            # "n == m == 12" says 12 of both.
            yield from (each for each in operands if isinstance(each, Number) for _ in operators[1:])
        case _:
            pass
    yield tree
    for child in children(tree):
        yield from established(child)


def literals(node: Expression) -> Iterator[Fraction]:
    """Yield the value of a literal; of literals that are divided, multiplied or raised; and of one that divides."""
    match node:
        case Number(value):
            yield Fraction(value)
        case Negative(Number(value)):
            yield Fraction(-value)
        case Arithmetic("/", _, Number(value)) if value:
            yield 1 / Fraction(value)
    if isinstance(node, Arithmetic | Product) and not any(True for _ in names(node)):
        try:
            yield Fraction(number_of(node, {}))
        except EvaluationError:
            return
