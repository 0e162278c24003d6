"""What an invariant asks: of all values of its symbols, and of the factor or step that it needs."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import (
    Arithmetic,
    Comparison,
    Expression,
    Name,
    Product,
    Sum,
    conjunction,
    free_names,
    number,
    substitute,
    sum_of,
)
from weighbridge.spec.ask import Asked, compare, minimums_of, sides_of
from weighbridge.spec.assumptions import assumed
from weighbridge.spec.claim_model import Invariant
from weighbridge.spec.expand import expand
from weighbridge.spec.model import Spec
from weighbridge.spec.question import Anywhere, Question


def invariant_question(spec: Spec, invariant: Invariant) -> Asked:
    """Return what an invariant asks, for all values of its symbols and of the factor or step that it needs."""
    conventions = {**spec.conventions, **invariant.conventions}
    varied = (*invariant.in_, *invariant.between)
    written = tuple(expand(tree, spec, conventions) for tree in invariant.assuming)
    given = assumed(written, varied)

    def put_in(tree: Expression) -> Expression:
        return substitute(expand(tree, spec, conventions), given.replaced)

    fresh = fresh_name(spec)
    pairs = compared(invariant, put_in, Name(fresh))
    shifted = {
        substitute(tree, shift)
        for shift in shifts(invariant, Name(fresh))
        for tree in given.remaining
        if free_names(tree) & shift.keys()
    }
    # A set has no order; the text of an expression has.
    assuming = (*written, *sorted(shifted - set(written), key=to_text))
    condition = conjunction(pairs)
    occurring = {name for tree in (condition, *assuming) for name in free_names(tree)}
    minimums = minimums_of(spec, occurring)
    if fresh in occurring:
        minimums[fresh] = 1
    return Asked(
        question=Question(
            condition=condition, domain=Anywhere(), minimums=MappingProxyType(minimums), assuming=assuming
        ),
        sides=tuple(sides_of(pairs)),
        conventions=MappingProxyType(conventions),
    )


def fresh_name(spec: Spec) -> str:
    """Return a name for the factor or step that the spec does not use: k, or k2, k3, ..."""
    taken = {*spec.symbols, *spec.tensors, *spec.quantities, *spec.conventions}
    name, index = "k", 1
    while name in taken:
        index += 1
        name = f"k{index}"
    return name


def shifts(invariant: Invariant, k: Name) -> list[dict[str, Expression]]:
    """Return what symbols are replaced by at each further point that an invariant compares."""
    match invariant.kind:
        case "additive" | "divisible":
            return []
        case "linear":
            return [{name: Product((k, Name(name)))} for name in invariant.in_]
        case "homogeneous":
            return [{name: Product((k, Name(name))) for name in invariant.in_}]
        case "monotone" | "independent":
            return [{name: Sum((Name(name), k))} for name in invariant.in_]
        case "affine":
            steps = (k, Product((number(2), k)))
            return [{name: Sum((Name(name), step))} for name in invariant.in_ for step in steps]
        case "symmetric":
            one, other = invariant.between
            return [{one: Name(other), other: Name(one)}]


def compared(invariant: Invariant, put_in: Callable[[Expression], Expression], k: Name) -> tuple[Comparison, ...]:
    """Return the comparisons that an invariant consists of, one for each symbol that it takes in turn."""
    f = put_in(invariant.of)
    points = [substitute(f, shift) for shift in shifts(invariant, k)]
    match invariant.kind:
        case "additive":
            return (compare(f, "==", sum_of(tuple(map(put_in, invariant.parts)))),)
        case "linear":
            return tuple(compare(point, "==", Product((k, f))) for point in points)
        case "homogeneous":
            scale = Arithmetic("**", k, number(invariant.degree))
            return (compare(points[0], "==", Product((scale, f))),)
        case "monotone":
            return tuple(compare(f, "<=", point) for point in points)
        case "independent" | "symmetric":
            return tuple(compare(f, "==", point) for point in points)
        case "affine":
            pairs = zip(points[::2], points[1::2], strict=True)
            return tuple(compare(Sum((f, far)), "==", Product((number(2), near))) for near, far in pairs)
        case "divisible":
            assert invariant.by is not None, "unreachable because the reader asks for 'by'"
            return (compare(Arithmetic("%", f, put_in(invariant.by)), "==", number(0)),)
