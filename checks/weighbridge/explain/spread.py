"""What a comparison of smallest and largest values says of each: `min(a, b) > c` is `a > c and b > c`."""

from __future__ import annotations

import itertools

from weighbridge.formula.tree import Call, Comparison, ComparisonOperator, Expression, Logic, rewrite

#: Comparisons that one comparison is taken apart into.
MAX_PAIRS = 12


def spread(tree: Expression) -> Expression:
    """Return a condition in which no side of an ordering is a `min` or `max`.

    >>> from weighbridge.formula.parser import parse
    >>> from weighbridge.formula.printer import to_text
    >>> to_text(spread(parse("min(a, b) > max(c, d)")))
    'a > c and a > d and b > c and b > d'
    """
    return rewrite(tree, of_each)


def of_each(node: Expression) -> Expression | None:
    """Return what a comparison says of the arguments of its sides; None where nothing changes."""
    match node:
        case Comparison((left, right), (operator,)):
            pass
        case _:
            return None
    if not any(isinstance(side, Call) and side.function in ("min", "max") for side in (left, right)):
        return None
    # a < max(...) is so for some argument, a > max(...) for every one.
    every = {"<": ("max", "min"), "<=": ("max", "min"), ">": ("min", "max"), ">=": ("min", "max")}.get(operator)
    some = {"<": ("min", "max"), "<=": ("min", "max"), ">": ("max", "min"), ">=": ("max", "min")}.get(operator)
    for quantifier, functions in (("and", every), ("or", some)):
        if functions is None:
            continue
        sides = [arguments(side, function) for side, function in zip((left, right), functions, strict=True)]
        if len(sides[0]) * len(sides[1]) in range(2, MAX_PAIRS + 1):
            links = tuple(compare(one, operator, other) for one, other in itertools.product(*sides))
            return Logic("and" if quantifier == "and" else "or", tuple(map(spread, links)))
    return None


def arguments(tree: Expression, function: str) -> tuple[Expression, ...]:
    """Return the arguments of this function where the tree is a call of it, else the tree itself."""
    return tree.arguments if isinstance(tree, Call) and tree.function == function else (tree,)


def compare(left: Expression, operator: ComparisonOperator, right: Expression) -> Comparison:
    """Return `left operator right`."""
    return Comparison((left, right), (operator,))
