"""What the equalities among assumptions do to the expressions that rest on them.

An invariant compares an expression at several points: f(x) with f(k * x), say. Under `d_ff == 4 * d_model` the
expression is the one with 4 * d_model put in for d_ff, and that is what varies with d_model. So equalities are put in
first, in order; every other assumption must be met at each of the points that are compared.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec import Struct

from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import Comparison, Expression, Name, free_names, substitute
from weighbridge.spec.names import MAX_EXPANDED, measure


class Assumed(Struct, frozen=True):
    """What symbols are replaced by, the assumptions that remain, and equalities that can not be put in.

    `fits` is False where putting them in grows past the limits; the rest is then incomplete.
    """

    replaced: Mapping[str, Expression]
    remaining: tuple[Expression, ...]
    stuck: tuple[str, ...] = ()
    fits: bool = True

    def size(self, trees: tuple[Expression, ...]) -> int:
        """Return how many nodes expressions have once the equalities are put in, without doing so."""
        sizes = {name: measure(tree, {}) for name, tree in self.replaced.items()}
        return sum(measure(tree, sizes)[0] for tree in trees)


def assumed(assuming: tuple[Expression, ...], varied: Collection[str] = ()) -> Assumed:
    """Sort assumptions over symbols alone into equalities to put in and the rest; varied symbols are never replaced."""
    replaced: dict[str, Expression] = {}
    remaining: list[Expression] = []
    stuck: list[str] = []
    for written in assuming:
        # Equalities that double one another grow exponentially: measure first, put in afterwards.
        if Assumed(replaced, ()).size((written,)) > MAX_EXPANDED:
            return Assumed(replaced, tuple(remaining), fits=False)
        tree = substitute(written, replaced)
        chosen = equality(tree, varied)
        if chosen is None:
            remaining.append(tree)
            if fixes(tree, varied):
                stuck.append(to_text(written))
            continue
        name, value = chosen
        if Assumed({name: value}, ()).size(tuple(replaced.values())) > MAX_EXPANDED:
            return Assumed(replaced, tuple(remaining), fits=False)
        replaced = {key: substitute(other, {name: value}) for key, other in replaced.items()} | {name: value}
    return Assumed(replaced, tuple(remaining), tuple(stuck))


def equality(tree: Expression, varied: Collection[str]) -> tuple[str, Expression] | None:
    """Return the symbol that an equality replaces and what by, None for any other condition."""
    match tree:
        case Comparison((left, right), ("==",)):
            for side, other in ((left, right), (right, left)):
                if isinstance(side, Name) and side.name not in varied and side.name not in free_names(other):
                    return side.name, other
            return None
        case _:
            return None


def fixes(tree: Expression, varied: Collection[str]) -> bool:
    """Tell whether a condition says what a varied symbol is."""
    match tree:
        case Comparison(operands, operators) if "==" in operators:
            return any(isinstance(side, Name) and side.name in varied for side in operands)
        case _:
            return False
