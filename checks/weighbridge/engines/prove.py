"""Whether a condition follows for all values of its symbols, by algebra.

An equality is shown in two ways that share nothing: its sides have one normal form, and the reference evaluation finds
no difference on a grid with one more value for each symbol than its degree, which only the zero polynomial does. An
ordering is shown by a difference without negative coefficients. Nothing is refuted here: for that a point is needed.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import Struct
from msgspec.structs import replace

from weighbridge.engines.forms import by_form
from weighbridge.engines.residues import by_residues
from weighbridge.formula.exact import EvaluationError, numbers_of
from weighbridge.formula.normal import NotPolynomial, Ring
from weighbridge.formula.printer import to_text
from weighbridge.formula.ratios import NoRatio, most_degrees
from weighbridge.formula.subgrids import Subgrids, TooManyValues
from weighbridge.formula.tree import Comparison, Expression, Logic, children, conjunction, free_names, size
from weighbridge.formula.written import Sides, read_sides
from weighbridge.spec.derived import tried
from weighbridge.spec.model import Grid
from weighbridge.spec.question import OnGrid, Question, reduced

#: Values that may be worked out on the grid of one identity; past this the normal form stands alone, and says so.
MAX_IDENTITY_VALUES = 50_000
#: The same for quotients, in points times nodes.
MAX_RATIO_COST = 150_000

#: What shows an equality that is none of polynomials, each by itself and by values.
OTHER_WAYS = {"one remainder for all residues": by_residues, "one form on both sides": by_form}


class Proof(Struct, frozen=True):
    """Why a condition holds for all values; `of_grid` says that it was shown for the grid's values alone."""

    how: str
    normal_form: str
    of_grid: bool = False


class Disagreement(Struct, frozen=True):
    """The normal form and the reference evaluation contradict each other: a bug in weighbridge."""

    message: str


def prove(question: Question) -> Proof | Disagreement | None:
    """Return why a condition holds throughout its domain, None where algebra does not show it."""
    condition = reduced(question).condition
    try:
        links = [Link(link) for link in equalities(condition)]
        free = symbols_of(condition, links)
        ring = Ring({name: least for name, least in question.minimums.items() if name in free})
        for link in links:
            link.decide(ring)
    except EvaluationError:  # the reference has no value there, so nothing is said of all values
        return None
    for link in links:
        if link.same is not None and link.differs is not None and link.same == link.differs:
            forms = "one normal form" if link.same else "different normal forms"
            return Disagreement(f"'{to_text(link.tree)}' has {forms}, and values that say otherwise")
    grid = question.domain.grid if isinstance(question.domain, OnGrid) else None
    if grid is not None and not derived_have_values(question, grid):
        return None
    if ring.truth(condition):
        return Proof(reason(condition, links), normal_form(condition, ring))
    if count_links(condition) == len(links) and (shown := otherwise(links, ring)) is not None:
        return shown
    if grid is None:
        return None
    ring = Ring({**ring.minimums, **grid_minimums(grid, free)})
    if ring.truth(condition):
        return Proof(reason(condition, links), normal_form(condition, ring), of_grid=True)
    return None


def otherwise(links: Sequence[Link], ring: Ring) -> Proof | Disagreement | None:
    """Return why equalities hold of which at least one is none of polynomials, None where that is not shown."""
    how: dict[str, None] = {}
    for link in links:
        if link.same:
            how["one normal form"] = None
            continue
        found = next(((words, so) for words, by in OTHER_WAYS.items() if (so := by(link.tree, ring)) is not None), None)
        if found is None:
            return None
        words, so = found
        if not so:
            return Disagreement(f"'{to_text(link.tree)}' has {words}, and values that say otherwise")
        how[words] = None
    return Proof(", ".join(how), "")


def derived_have_values(question: Question, grid: Grid) -> bool:
    """Tell whether each derived symbol that a question needs is shown to be an integer that it may be, everywhere.

    What the condition needs may rest on the assumptions; what they need themselves may not.
    """
    if not grid.derived:
        return True
    alone = replace(question, condition=conjunction(question.assuming), assuming=())
    return all_have_values(alone, grid) and all_have_values(question, grid)


def all_have_values(question: Question, grid: Grid) -> bool:
    """Tell whether each derived symbol that a question's expressions need has a value wherever its assumptions hold."""
    needed = {name for tree in (question.condition, *question.assuming) for name in free_names(tree)}
    values = reduced(question).definitions
    for name in reversed(list(grid.derived)):
        if name not in needed:
            continue
        needed |= free_names(grid.derived[name])
        if name not in values:
            return False
        if not has_values(values[name], grid, grid.minimums[name]) and not tried(name, grid, question.assuming):
            return False
    return True


def has_values(tree: Expression, grid: Grid, least: int) -> bool:
    """Tell whether an expression over a grid's axes is shown to be an integer of at least `least` at all points."""
    ring = Ring(grid_minimums(grid, free_names(tree)))
    try:
        value = ring.polynomial(tree)
    except NotPolynomial:
        return False
    return all(coefficient.q == 1 for coefficient in value.coeffs()) and ring.is_nonnegative(value - least)


def grid_minimums(grid: Grid, names: Collection[str]) -> Mapping[str, int]:
    """Return the smallest value of each axis among these symbols."""
    return {axis.symbol: axis.values[0] for axis in grid.axes if axis.symbol in names}


@dataclass(slots=True)
class Link:
    """An equality: whether its sides have the same normal form, and whether they differ on the identity's grid."""

    tree: Comparison
    #: The sides as they are written; None where that is not as polynomials.
    sides: Sides | None = field(init=False)
    same: bool | None = None
    differs: bool | None = None

    def __post_init__(self) -> None:
        self.sides = read_sides(*self.tree.operands)

    def decide(self, ring: Ring) -> None:
        """Find out whether the sides have one normal form, and whether they differ. Raises `EvaluationError`."""
        left, right = self.tree.operands
        try:
            self.same = ring.same(left, right)
        except NotPolynomial:
            return
        if self.sides is None:
            self.differs = ratios_differ_on_grid(left, right, ring.minimums)
        else:
            self.differs = differs_on_grid(self.sides, ring.minimums)


def symbols_of(condition: Expression, links: Sequence[Link]) -> Collection[str]:
    """Return the symbols of a condition; sides that have been read have told theirs."""
    found: set[str] = set()
    for link in links:
        found.update(link.sides.degrees if link.sides is not None else free_names(link.tree))
    return found if count_links(condition) == len(links) else free_names(condition)


def equalities(condition: Expression) -> Iterator[Comparison]:
    """Yield the equalities of a conjunction that are each to be shown."""
    match condition:
        case Logic("and", operands):
            for operand in operands:
                yield from equalities(operand)
        case Comparison(_, ("==",)):
            yield condition
        case Comparison(operands, operators):
            for operator, left, right in zip(operators, operands[:-1], operands[1:], strict=True):
                if operator == "==":
                    yield Comparison((left, right), ("==",))
        case _:
            return


def differs_on_grid(sides: Sides, minimums: Mapping[str, int]) -> bool | None:
    """Return whether two sides differ anywhere on their identity's grid; None where that is too much to work out.

    Raises `EvaluationError` for a value past the limit.
    """
    grid = {name: range(minimums[name], minimums[name] + most + 1) for name, most in sides.degrees.items()}
    try:
        return Subgrids(grid, MAX_IDENTITY_VALUES).differ(sides.left, sides.right)
    except TooManyValues:
        return None


def ratios_differ_on_grid(left: Expression, right: Expression, minimums: Mapping[str, int]) -> bool | None:
    """Do as `differs_on_grid` does for quotients by what is positive, whose numerators must be the same polynomial."""
    try:
        degree = most_degrees(left, right)
    except NoRatio:
        return None
    points = math.prod(most + 1 for most in degree.values())
    if points * (size(left) + size(right)) > MAX_RATIO_COST:
        return None
    axes = [range(minimums[name], minimums[name] + most + 1) for name, most in degree.items()]
    rows = itertools.product(*axes)
    columns = dict(zip(degree, zip(*rows, strict=True), strict=True)) if degree else {}
    return list(numbers_of(left, columns, points)) != list(numbers_of(right, columns, points))


def reason(condition: Expression, links: list[Link]) -> str:
    """Return by what a condition that was shown is shown."""
    if count_links(condition) != len(links):
        return "the difference has no negative coefficient"
    if all(link.differs is False for link in links):
        return "one normal form, and no difference on a grid with a value more than its degree for each symbol"
    return "one normal form"


def count_links(condition: Expression) -> int:
    """Return how many comparisons a condition is made of."""
    if isinstance(condition, Comparison):
        return len(condition.operators)
    return sum(count_links(child) for child in children(condition))


def normal_form(condition: Expression, ring: Ring) -> str:
    """Return the normal form that both sides of an equality share; "" for other conditions."""
    if not (isinstance(condition, Comparison) and condition.operators == ("==",)):
        return ""
    try:
        return str(ring.polynomial(condition.operands[0])).replace("^", "**")
    except NotPolynomial:
        return ""
