"""How a predicate is written: as few names and numbers as may be, products as products, numbers on the right."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from weighbridge.engines.reduce import Atom, Fact, Junction, Opaque, to_condition
from weighbridge.formula.normal import Ring, to_tree
from weighbridge.formula.printer import thousands, to_text
from weighbridge.formula.tree import (
    Comparison,
    ComparisonOperator,
    Expression,
    Logic,
    Name,
    Number,
    Sum,
    children,
    number,
    product_of,
    rewrite,
    walk,
)

FLIPPED: Mapping[ComparisonOperator, ComparisonOperator] = {
    "==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<=",
}  # fmt: skip


def shown(tree: Expression) -> str:
    """Return a predicate as text, thousands separated."""

    def separated(node: Expression) -> Expression | None:
        return Number(node.value, thousands(node.value)) if isinstance(node, Number) else None

    return to_text(rewrite(tree, separated))


def readable(fact: Fact, ring: Ring) -> Expression | None:
    """Return a fact as a person would write it, None where it is not known to compare polynomials."""
    match fact:
        case bool() | Opaque():
            return None
        case Junction(operator, parts):
            trees = [readable(part, ring) for part in parts]
            known = tuple(dict.fromkeys(tree for tree in trees if tree is not None))
            if None in trees:
                return None
            return known[0] if len(known) == 1 else Logic(operator, known)
        case Atom():
            tree = to_condition(fact, tuple(ring.minimums))
            assert isinstance(tree, Comparison), "unreachable because an atom is a comparison"
            left, right = (factored(side, ring) for side in tree.operands)
            (sign,) = tree.operators
            longer = leaves(left) > leaves(right) and not isinstance(right, Number)
            if longer or isinstance(left, Number):
                left, right, sign = right, left, FLIPPED[sign]
            if sign == "<=" and isinstance(left, Name) and right == number(ring.minimums[left.name]):
                sign = "=="
            return Comparison((left, right), (sign,))


def factored(tree: Expression, ring: Ring) -> Expression:
    """Return a sum of positive terms as a product where it is one: n_heads * (d_query + d_value)."""
    if not isinstance(tree, Sum):
        return tree
    names = tuple(ring.minimums)
    content, factors = ring.polynomial(tree).factor()
    if any(coefficient < 0 for factor, _ in factors for coefficient in factor.coeffs()):
        return tree
    parts: list[Expression] = []
    share = Fraction(int(content.p), int(content.q))
    if share != 1:
        parts.append(number(share))
    # A symbol alone stands before a sum, as people write it.
    for factor, times in sorted(factors, key=lambda each: len(each[0])):
        parts += [to_tree(factor, names)] * int(times)
    return product_of(parts)


def leaves(tree: Expression) -> int:
    """Return how many names and numbers an expression has: how long it takes to read."""
    return sum(not children(node) for node in walk(tree))
