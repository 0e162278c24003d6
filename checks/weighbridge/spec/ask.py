"""What a claim or invariant asks, once tensors, quantities and conventions are put in: questions for engines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from types import MappingProxyType

from msgspec import Struct

from weighbridge.formula.figures import Figure
from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import (
    Arithmetic,
    Call,
    Comparison,
    ComparisonOperator,
    Expression,
    Logic,
    Name,
    Negative,
    Product,
    Sum,
    conjunction,
    free_names,
    number,
    substitute,
)
from weighbridge.spec.assumptions import assumed
from weighbridge.spec.expand import Expansions, expand
from weighbridge.spec.model import (
    Assertion,
    At,
    Claim,
    Everywhere,
    Formula,
    Invariant,
    Model,
    Over,
    PrintedFigure,
    Qualitative,
    Spec,
    Statement,
)
from weighbridge.spec.question import Anywhere, AtPoint, Domain, OnGrid, Question
from weighbridge.verdict import Side


class Asked(Struct, frozen=True, kw_only=True):
    """One question, and what a report needs to speak of it.

    `label` is the model's name where the result's id ends in it; `sides` are what `question.condition` compares;
    `computed` is what a printed figure or formula is held against, over symbols alone, None for an assertion.
    """

    question: Question
    sides: tuple[Side, ...]
    computed: Expression | None = None
    model: Model | None = None
    label: str = ""
    conventions: Mapping[str, bool]


class Stated(Struct, frozen=True):
    """A statement over symbols alone."""

    condition: Expression
    sides: tuple[Side, ...]
    computed: Expression | None = None


def claim_questions(
    spec: Spec, claim: Claim, statement: Statement | None = None, *, expansions: Expansions | None = None
) -> tuple[Asked, ...]:
    """Return what a claim asks: one question a model, or one for its grid or for everywhere; none if qualitative.

    Of a figure that an artifact alone decides there is one question, and the artifact is the model.

    `statement` is asked in place of the claim's own: a correction. `expansions` are the spec's, for many claims.
    """
    expansions = expansions or Expansions(spec)
    said = claim.statement if statement is None else statement
    if isinstance(said, Qualitative):
        return ()
    match claim.where:
        case At(models, listed):
            if not models and claim.oracle is not None:
                alone = AtPoint(claim.oracle.path, {})
                return (claim_question(expansions, spec, claim, said, domain=alone, conventions={}),)
            chosen = [spec.models[name] for name in models]
            return tuple(
                claim_question(
                    expansions,
                    spec,
                    claim,
                    said,
                    domain=AtPoint(model.name, model.values),
                    conventions={**spec.conventions, **model.conventions, **claim.conventions},
                    model=model,
                    label=model.name if listed else "",
                )
                for model in chosen
            )
        case Over(name):
            domain: Domain = OnGrid(spec.grids[name])
        case Everywhere():
            domain = Anywhere()
    conventions = {**spec.conventions, **claim.conventions}
    return (claim_question(expansions, spec, claim, said, domain=domain, conventions=conventions),)


def claim_question(  # noqa: PLR0913 - the parts of one question
    expansions: Expansions,
    spec: Spec,
    claim: Claim,
    statement: PrintedFigure | Formula | Assertion,
    *,
    domain: Domain,
    conventions: Mapping[str, bool],
    model: Model | None = None,
    label: str = "",
) -> Asked:
    """Return one question of a claim."""
    put_in = expansions.under(conventions).of
    stated = state(statement, put_in, claim.counted)
    assuming = tuple(map(put_in, claim.assuming))
    occurring = {name for tree in (stated.condition, *assuming) for name in free_names(tree)}
    if isinstance(domain, OnGrid):
        occurring.update(axis.symbol for axis in domain.grid.axes)
        occurring.update(domain.grid.derived)
    return Asked(
        question=Question(
            condition=stated.condition,
            domain=domain,
            minimums=MappingProxyType(minimums_of(spec, occurring)),
            assuming=assuming,
        ),
        sides=stated.sides,
        computed=stated.computed,
        model=model,
        label=label,
        conventions=MappingProxyType(dict(conventions)),
    )


def minimums_of(spec: Spec, occurring: Iterable[str]) -> dict[str, int]:
    """Return the smallest value of each symbol that occurs, in the order of the spec."""
    names = set(occurring)
    return {name: symbol.minimum for name, symbol in spec.symbols.items() if name in names}


def state(
    statement: PrintedFigure | Formula | Assertion,
    put_in: Callable[[Expression], Expression],
    counted: int | Fraction | None = None,
) -> Stated:
    """Return what a statement says over symbols alone.

    What an artifact has `counted` is one more thing that must be printed like the figure, or that the formula must be
    equal to; and whatever else there is must be that, exactly.
    """
    oracle = () if counted is None else (number(counted),)
    match statement:
        case PrintedFigure(figure, equals):
            trees = tuple(map(put_in, equals))
            same = [compare(tree, "==", count) for count in oracle for tree in trees]
            within = [bound for tree in (*trees, *oracle) for bound in bounds(tree, figure)]
            counts = tuple(sides_of(same))
            prints = tuple(printed_side(tree, figure) for tree in (*trees, *oracle))
            # What is printed exactly, and right, is what an artifact counts: that is asked once.
            return Stated(
                conjunction((*same, *(each for each in within if each not in same))),
                (*counts, *(each for each in prints if each not in counts)),
                (*trees, *oracle)[0],
            )
        case Formula(formula, equals, share):
            left, trees = put_in(formula), tuple(map(put_in, equals))
            pairs = [close(left, tree, share) for tree in (*trees, *oracle)]
            pairs += [compare(tree, "==", count) for count in oracle for tree in trees]
            return Stated(conjunction(tuple(pairs)), tuple(sides_of(pairs)), left)
        case Assertion(condition):
            tree = put_in(condition)
            return Stated(tree, tuple(sides_of([tree])))


def compare(left: Expression, operator: ComparisonOperator, right: Expression) -> Comparison:
    """Return `left operator right`."""
    return Comparison((left, right), (operator,))


def bounds(tree: Expression, figure: Figure) -> tuple[Comparison, ...]:
    """Return the conditions under which a value is printed as this figure."""
    if figure.exact:
        return (compare(tree, "==", number(figure.value)),)
    return (
        compare(number(figure.low), "<=" if figure.includes_low else "<", tree),
        compare(tree, "<=" if figure.includes_high else "<", number(figure.high)),
    )


def close(left: Expression, right: Expression, share: Fraction | None) -> Comparison:
    """Return that two expressions are equal, or that the left is within a share of the right."""
    if share is None:
        return compare(left, "==", right)
    distance = Call("abs", (Sum((left, Negative(right))),))
    return compare(distance, "<=", Product((number(share), Call("abs", (right,)))))


def printed_side(tree: Expression, figure: Figure) -> Side:
    """Return a value beside the figure, or the interval, that it must be in."""
    if figure.exact:
        return Side(to_text(tree), "==", plain(figure.value))
    opening, closing = "[" if figure.includes_low else "(", "]" if figure.includes_high else ")"
    return Side(to_text(tree), "in", f"{opening}{plain(figure.low)}, {plain(figure.high)}{closing}")


def plain(value: Fraction) -> str:
    """Return an exact value in digits that any program reads: 174500000000, 0.3305, or 1/3.

    >>> plain(Fraction(3305, 10000))
    '0.3305'
    """
    places = next((places for places in range(200) if value * 10**places % 1 == 0), None)
    if places is None:
        return str(value)
    digits = str(abs(int(value * 10**places))).rjust(places + 1, "0")
    whole, decimals = digits[: len(digits) - places], digits[len(digits) - places :]
    return f"{'-' if value < 0 else ''}{whole}{'.' if decimals else ''}{decimals}"


def sides_of(conditions: Iterable[Expression]) -> Iterable[Side]:
    """Yield what conditions compare, each link of a chain by itself; a condition of another form is a side itself."""
    for tree in conditions:
        match tree:
            case Logic("and", operands):
                yield from sides_of(operands)
            case Comparison(operands, operators):
                for left, operator, right in zip(operands, operators, operands[1:], strict=False):
                    yield Side(to_text(left), operator, to_text(right))
            case _:
                yield Side(to_text(tree), "is", "true")


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
            parts = tuple(map(put_in, invariant.parts))
            return (compare(f, "==", parts[0] if len(parts) == 1 else Sum(parts)),)
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
