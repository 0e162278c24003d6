"""What two counts of one model can differ by: the tensors and quantities of a spec, counted here or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from weighbridge.explain.conventions import involved
from weighbridge.formula.exact import EvaluationError, number_of
from weighbridge.formula.normal import NotPolynomial, Ring, to_tree
from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import Expression, Name, Product, Sum, free_names
from weighbridge.spec.expand import Expansion
from weighbridge.spec.model import Quantity, Spec, Tensor

#: Terms of a formula that is shown beside a quantity's name.
MAX_TERMS = 3


class Piece(Struct, frozen=True):
    """A tensor or quantity over symbols alone; a piece that the conventions switch off is not `counted`."""

    name: str
    tree: Expression
    counted: bool


class Uncut(Struct, frozen=True):
    """The names of a spec, all of whose tensors are in force."""

    tensors: Mapping[str, Tensor]
    quantities: Mapping[str, Quantity]


def pieces(spec: Spec, conventions: Mapping[str, bool], *, unit: str = "") -> Iterator[Piece]:
    """Yield every tensor, then every quantity of this unit or of none, in the order of the spec.

    A quantity that the conventions reduce to nothing is what it would be with all tensors in force.
    """
    uncut = Uncut({name: replace(tensor, when=None) for name, tensor in spec.tensors.items()}, spec.quantities)
    here, whole = Expansion(spec, conventions), Expansion(uncut, conventions)
    for name, tensor in spec.tensors.items():
        yield Piece(name, whole.count(uncut.tensors[name]), here.in_force(tensor))
    for name, quantity in spec.quantities.items():
        if quantity.unit not in ("", unit):
            continue
        tree = here.of(Name(name))
        if is_nothing(tree):
            yield Piece(name, whole.of(Name(name)), counted=False)
        else:
            yield Piece(name, tree, counted=True)


def tensors_of(spec: Spec, *trees: Expression) -> frozenset[str]:
    """Return the tensors that expressions speak of, by whatever quantities; nothing else is part of a weight."""
    return involved(spec, *trees) & spec.tensors.keys()


def as_counted_by(spec: Spec, found: Iterable[Piece], trees: tuple[Expression, ...]) -> Iterator[Piece]:
    """Yield the pieces that expressions may have or lack, as those count them.

    The whole of it is no piece, nor is what has tensors of it beside others. Quantities that speak of no tensor have no
    tensor for a part, but of symbols and numbers alone nobody knows what they stand for: there it may be anything.
    """
    names = involved(spec, *trees)
    whole = names & spec.tensors.keys()
    for piece in found:
        tensors = tensors_of(spec, Name(piece.name))
        if not whole:
            if not tensors or names.isdisjoint(spec.quantities):
                yield piece
        elif tensors and tensors < whole:
            yield piece
        elif tensors and tensors.isdisjoint(whole):
            yield replace(piece, counted=False)


def is_nothing(tree: Expression) -> bool:
    """Tell whether an expression has no symbols and is 0."""
    try:
        return not free_names(tree) and number_of(tree, {}) == 0
    except EvaluationError:
        return False


def value_of(piece: Piece, values: Mapping[str, int]) -> int | Fraction:
    """Return how many a piece is for one model; 0 where it has no value."""
    if not free_names(piece.tree) <= values.keys():  # a model may leave out symbols that no claim about it needs
        return 0
    try:
        return number_of(piece.tree, values)
    except EvaluationError:
        return 0


def formula_of(tree: Expression, minimums: Mapping[str, int]) -> str:
    """Return a short formula of a piece: a product as it is written, a short sum in normal form; "" for the rest."""
    match tree:
        case Name():
            return to_text(tree)
        case Product(factors) if all(isinstance(factor, Name) for factor in factors):
            return to_text(tree)
        case _:
            pass
    try:
        form = to_tree(Ring(minimums).polynomial(tree), tuple(minimums))
    except NotPolynomial:
        return ""
    return to_text(form) if not isinstance(form, Sum) or len(form.terms) <= MAX_TERMS else ""
