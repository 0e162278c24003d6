"""In which ways an expression can be wrong in one place: each operator, name, literal, factor and term, by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import (
    Arithmetic,
    ArithmeticOperator,
    Call,
    Choice,
    Comparison,
    ComparisonOperator,
    Expression,
    Logic,
    Name,
    Negative,
    Not,
    Number,
    Product,
    Sum,
    Truth,
    children,
    product_of,
    sum_of,
    with_children,
)

#: What each operator is mistaken for. An ordering moves by its end alone: turned round, any point would notice.
COMPARISONS: Mapping[ComparisonOperator, ComparisonOperator] = {
    "==": "!=",
    "!=": "==",
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
}
QUOTIENTS: Mapping[ArithmeticOperator, ArithmeticOperator] = {"/": "//", "//": "/", "%": "//"}
CALLS: Mapping[str, str] = {"min": "max", "max": "min"}


class Spot(Struct, frozen=True):
    """A place in an expression's text: a name or literal, counted from 0, or the nearest `token` before it."""

    leaf: int
    token: str = ""


class Variant(Struct, frozen=True):
    """The expression with one change; `exact` says that an equality rests on what was changed."""

    tree: Expression
    what: str
    spot: Spot
    exact: bool


class Site(Struct, frozen=True):
    """A node of an expression, the first leaf in it, and how the expression looks with another in its place."""

    node: Expression
    leaf: int
    exact: bool
    put: Callable[[Expression], Expression]


def variants(tree: Expression, others: Callable[[str], Iterable[str]]) -> Iterator[Variant]:
    """Yield the expression with each change; `others` gives the names that a name is mistaken for."""
    for site in sites(tree, 0, exact=True):
        for node, what, spot, exact in changes(site, others):
            yield Variant(site.put(node), what, spot, exact and site.exact)


def sites(tree: Expression, leaf: int, *, exact: bool) -> Iterator[Site]:
    """Yield every node, in the order of the text."""
    yield Site(tree, leaf, exact, same)
    operands = children(tree)
    for place in written_order(tree):
        child = operands[place]
        for site in sites(child, leaf, exact=exact and carries(tree, place)):
            if not (site.node is child and is_subtracted(tree, place)):
                yield replace(site, put=partial(put_in, tree, place, site.put))
        leaf += leaves(child)


def same(tree: Expression) -> Expression:
    """Return a whole expression that takes the place of the old one."""
    return tree


def put_in(tree: Expression, place: int, inner: Callable[[Expression], Expression], node: Expression) -> Expression:
    """Return a node with one operand changed."""
    operands = children(tree)
    return with_children(tree, (*operands[:place], inner(node), *operands[place + 1 :]))


def written_order(tree: Expression) -> Iterable[int]:
    """Return the places of a node's operands as they stand in the text."""
    return (1, 0, 2) if isinstance(tree, Choice) else range(len(children(tree)))


def leaves(tree: Expression) -> int:
    """Return how many names and literals an expression has."""
    return 1 if isinstance(tree, Name | Number) else sum(map(leaves, children(tree)))


def is_subtracted(tree: Expression, place: int) -> bool:
    """Tell whether an operand's sign is the operator before it, which belongs to the sum."""
    return isinstance(tree, Sum) and place > 0 and isinstance(tree.terms[place], Negative)


def carries(tree: Expression, place: int) -> bool:
    """Tell whether an equality above rests on all of this operand, or the operand is itself a side of one."""
    match tree:
        case Comparison(_, operators):
            return "==" in operators[max(0, place - 1) : place + 1]
        case Logic(operator):
            return operator == "and"
        case Not():
            return False
        case Choice():
            return place > 0
        case _:
            return True


#: What replaces a node, what that is called, where it stands, and whether an equality rests on it.
Change = tuple[Expression, str, Spot, bool]


def changes(site: Site, others: Callable[[str], Iterable[str]]) -> Iterator[Change]:
    """Yield what one node can be mistaken for."""
    node, here = site.node, Spot(site.leaf)
    match node:
        case Number(value):
            larger = Number(value + 1, f"{int(value) + 1:_}" if value.denominator == 1 else "")
            yield larger, f"{to_text(node)} becomes {to_text(larger)}", here, True
        case Name(name):
            for other in others(name):
                yield Name(other), f"{name} becomes {other}", here, True
        case Negative(operand):
            yield operand, "the sign is dropped", Spot(site.leaf, "-"), True
        case Sum(terms):
            yield from sum_changes(terms, site.leaf)
        case Product(factors):
            yield from product_changes(factors, site.leaf)
        case Arithmetic(operator, left, right):
            yield from arithmetic_changes(operator, left, right, Spot(site.leaf + leaves(left), operator))
        case Comparison(operands, operators):
            for place, old in enumerate(operators):
                new = (*operators[:place], COMPARISONS[old], *operators[place + 1 :])
                spot = Spot(site.leaf + sum(map(leaves, operands[: place + 1])), old)
                yield Comparison(operands, new), f"{old} becomes {COMPARISONS[old]}", spot, old == "=="
        case Logic(operator, operands):
            spot = Spot(site.leaf + leaves(operands[0]), operator)
            turned = Logic("or" if operator == "and" else "and", operands)
            yield turned, f"{operator} becomes {turned.operator}", spot, False
        case Not(operand):
            yield operand, "not dropped", Spot(site.leaf, "not"), False
        case Choice(condition, then, otherwise):
            yield Choice(condition, otherwise, then), "the branches are exchanged", here, True
        case Call(function, arguments):
            yield from call_changes(function, arguments, Spot(site.leaf, function))
        case Truth():
            return


def sum_changes(terms: tuple[Expression, ...], leaf: int) -> Iterator[Change]:
    """Yield a sum with each term dropped, and each but the first with its sign turned."""
    for place, term in enumerate(terms):
        rest = (*terms[:place], *terms[place + 1 :])
        positive = term.operand if isinstance(term, Negative) else term
        sign, turned = ("-", "+") if isinstance(term, Negative) else ("+", "-")
        label = to_text(positive)
        yield sum_of(rest), f"{label} dropped", Spot(leaf), True
        if place:
            new = positive if isinstance(term, Negative) else Negative(term)
            changed = Sum((*terms[:place], new, *terms[place + 1 :]))
            yield changed, f"{sign} {label} becomes {turned} {label}", Spot(leaf, sign), True
        leaf += leaves(term)


def product_changes(factors: tuple[Expression, ...], leaf: int) -> Iterator[Change]:
    """Yield a product with each factor other than 1 dropped, and with each * made a +."""
    for place, factor in enumerate(factors):
        rest = (*factors[:place], *factors[place + 1 :])
        label = to_text(factor)
        if not (isinstance(factor, Number) and factor.value == 1):
            yield product_of(rest), f"{label} dropped", Spot(leaf), True
        if place:
            # As it is read: a * b + c * d.
            split = Sum((product_of(factors[:place]), product_of(factors[place:])))
            yield split, f"* {label} becomes + {label}", Spot(leaf, "*"), True
        leaf += leaves(factor)


def arithmetic_changes(
    operator: ArithmeticOperator, left: Expression, right: Expression, spot: Spot
) -> Iterator[Change]:
    """Yield a quotient, remainder or power with another operator, and a quotient without its divisor."""
    if operator in ("/", "**"):
        yield Product((left, right)), f"{operator} becomes *", spot, True
    if operator != "**":
        other = QUOTIENTS[operator]
        yield Arithmetic(other, left, right), f"{operator} becomes {other}", spot, True
        yield left, f"{operator} {to_text(right)} dropped", spot, True


def call_changes(function: str, arguments: tuple[Expression, ...], spot: Spot) -> Iterator[Change]:
    """Yield what a function is mistaken for."""
    if function in CALLS:
        if len(arguments) > 1:
            yield Call(CALLS[function], arguments), f"{function} becomes {CALLS[function]}", spot, True
    elif function == "ceil_div":
        yield Arithmetic("//", *arguments), "ceil_div becomes //", spot, True
    elif function in ("round_up", "abs"):
        yield arguments[0], f"{function} dropped", spot, True
