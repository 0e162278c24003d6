"""What a claim asks, once tensors, quantities and conventions are put in: questions for engines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from types import MappingProxyType

from msgspec import Struct

from weighbridge.formula.figures import Figure
from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import (
    Call,
    Comparison,
    ComparisonOperator,
    Expression,
    Logic,
    Negative,
    Product,
    Sum,
    conjunction,
    free_names,
    number,
)
from weighbridge.spec.claim_model import (
    Assertion,
    At,
    Claim,
    Everywhere,
    Formula,
    Over,
    PrintedFigure,
    Qualitative,
    Statement,
)
from weighbridge.spec.expand import Expansions
from weighbridge.spec.model import Model, Spec
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
