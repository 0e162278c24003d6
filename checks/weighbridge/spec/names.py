"""Whether the names in expressions mean something: declared, of the right kind, not in a circle, not too large."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import Literal, TypeAlias

from msgspec import Struct

from weighbridge.errors import did_you_mean
from weighbridge.formula.limits import allowed, less_deep
from weighbridge.formula.printer import to_text
from weighbridge.formula.tokens import NAME
from weighbridge.formula.tree import (
    FUNCTIONS,
    KEYWORDS,
    Arithmetic,
    Call,
    Choice,
    Comparison,
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
    free_names,
    names,
)
from weighbridge.spec.expand import INVENTORY
from weighbridge.spec.fields import Fields
from weighbridge.spec.locate import Path
from weighbridge.spec.model import Quantity, Symbol, Tensor

Kind: TypeAlias = Literal["symbol", "tensor", "quantity", "convention"]
Sort: TypeAlias = Literal["number", "condition"]

#: Names that a spec can not declare.
RESERVED = KEYWORDS | FUNCTIONS.keys() | {INVENTORY, "true", "false"}
#: Nodes of an expression once everything is put in. An inventory of a hundred tensors has a thousand.
MAX_EXPANDED = 20_000
#: Nodes of all claims and invariants together, once everything is put in: seconds of evaluation.
MAX_TOTAL = 1_000_000
#: Names that a spec may declare; the largest inventories have a few hundred.
MAX_NAMES = 2_000

NUMBERS: tuple[Kind, ...] = ("symbol", "tensor", "quantity")
EVERYTHING: tuple[Kind, ...] = (*NUMBERS, "convention")


class Pending(Struct, frozen=True):
    """An expression whose names are looked up once all declarations have been read."""

    tree: Expression
    fields: Fields
    path: Path
    allowed: tuple[Kind, ...]
    sort: Sort


@dataclass(slots=True)
class Namespace:
    """Everything a spec declares by name; a name stands for one thing."""

    symbols: dict[str, Symbol] = field(default_factory=dict)
    tensors: dict[str, Tensor] = field(default_factory=dict)
    quantities: dict[str, Quantity] = field(default_factory=dict)
    conventions: dict[str, bool] = field(default_factory=dict)
    pending: list[Pending] = field(default_factory=list)
    #: Names in a circle, over something unknown, or that grow past the limits: expressions with them are not expanded.
    unusable: set[str] = field(default_factory=set)
    #: Nodes and levels of each name once everything is put in.
    sizes: dict[str, tuple[int, int]] = field(default_factory=dict)
    #: Units of quantities, as far as they were asked for.
    units: dict[str, str] = field(default_factory=dict)
    #: Nodes of all expressions that were found sound so far, once everything is put in.
    spent: int = 0
    #: Whether names were left out because there are too many.
    full: bool = False

    def kind(self, name: str) -> Kind | None:
        """Return what a name stands for, None where it stands for nothing."""
        if name in self.symbols:
            return "symbol"
        if name in self.tensors:
            return "tensor"
        if name in self.quantities or name == INVENTORY:
            return "quantity"
        return "convention" if name in self.conventions else None

    def known(self, allowed: Iterable[Kind]) -> Iterator[str]:
        """Yield the declared names of these kinds."""
        wanted = set(allowed)
        if "symbol" in wanted:
            yield from self.symbols
        if "tensor" in wanted:
            yield from self.tensors
        if "quantity" in wanted:
            yield from self.quantities
            yield INVENTORY
        if "convention" in wanted:
            yield from self.conventions

    def admit(self, name: str, kind: Kind, fields: Fields, *, replaces: bool = False) -> bool:
        """Tell whether a name may be declared as this kind, noting why not."""
        declared = len(self.symbols) + len(self.tensors) + len(self.quantities) + len(self.conventions)
        if declared >= MAX_NAMES:
            if not self.full:
                fields.complain(None, f"a spec declares at most {MAX_NAMES:,} names", "split the spec")
            self.full = True
        elif not NAME.fullmatch(name):
            fields.complain(name, f"'{name}' is no name", "a name has letters, digits and _, and begins with no digit")
        elif name in RESERVED:
            fields.complain(name, f"'{name}' is a word of the language and can not be declared")
        elif (other := self.kind(name)) is not None and not (replaces and other == kind):
            fields.complain(name, f"'{name}' is declared twice: as a {other} and as a {kind}")
        else:
            return True
        return False

    def later(
        self,
        tree: Expression | None,
        fields: Fields,
        *path: str | int,
        allowed: tuple[Kind, ...] = EVERYTHING,
        sort: Sort = "number",
    ) -> None:
        """Remember an expression, to look up its names once all are declared."""
        if tree is not None:
            self.pending.append(Pending(tree, fields, (*fields.path, *path), allowed, sort))

    def settle(self) -> None:
        """Look up everything that was remembered, and look for circles and for growth past the limits."""
        for each in self.pending:
            self.check(each)
        self.pending.clear()

    def check(self, each: Pending) -> None:
        """Note unknown names and operands of the wrong sort, each at its own column."""

        def complain(column: int, message: str, hint: str = "") -> None:
            location = each.fields.locator.within(each.path, column)
            each.fields.errors.add(location, f"{each.fields.label}: {message}", hint)

        for node in names(each.tree):
            kind = self.kind(node.name)
            if kind is None:
                complain(node.column, f"unknown name '{node.name}'", did_you_mean(node.name, self.known(each.allowed)))
            elif kind not in each.allowed:
                wanted_kinds = " or ".join(each.allowed)
                complain(node.column, f"'{node.name}' is a {kind}; here a name is a {wanted_kinds}")
        for operand, wanted in mismatches(each.tree, each.sort, self.conventions):
            if isinstance(operand, Name) and self.kind(operand.name) is None:
                continue  # what nothing is known of is no number either
            found = "a condition" if wanted == "number" else "a number"
            complain(column_of(operand), f"expected a {wanted}, found {found}: '{to_text(operand)}'")

    def check_definitions(self, root: Fields, declared: Mapping[str, Fields]) -> None:
        """Note circles among tensors and quantities, and definitions that grow past the limits.

        `declared` says where each name is declared; what is not in it is complained of at `root`.
        """
        graph = {name: self.uses(name) for name in (*self.tensors, *self.quantities, INVENTORY)}
        broken: set[str] = set()
        for used, path in circles(graph):
            # A circle through what is broken already is no further mistake, and is broken with it.
            if used not in broken:
                circle = path[path.index(used) :]
                where = declared.get(used, root)
                where.complain(None, f"defined by itself: {' -> '.join([*circle, used])}", "break the circle")
                broken.update(circle)
        for name in broken:
            graph[name] = set()
        sizes: dict[str, tuple[int, int]] = {}
        for name in TopologicalSorter(graph).static_order():
            if name in broken or not all(map(self.usable, self.definitions(name))) or not self.testable(name):
                self.unusable.add(name)
            trees = () if name in broken else self.definitions(name)
            nodes, levels = measure(Call("sum", trees), sizes)
            if past_limits(nodes, levels):
                declared.get(name, root).complain(None, *growth(nodes))
                self.unusable.add(name)
                nodes, levels = 1, 1
            sizes[name] = nodes, levels
        self.sizes = sizes

    def uses(self, name: str) -> set[str]:
        """Return the tensors and quantities that a definition names."""
        used = {each for tree in self.definitions(name) for each in free_names(tree)}
        return {each for each in used if self.kind(each) in ("tensor", "quantity")}

    def definitions(self, name: str) -> tuple[Expression, ...]:
        """Return the expressions that a name stands for; none for a symbol or convention."""
        if name in self.quantities:
            return (self.quantities[name].expression,)
        if name in self.tensors:
            tensor = self.tensors[name]
            return (*tensor.shape, *tensor.per)
        if name == INVENTORY:
            return tuple(map(Name, self.tensors))
        return ()

    def sound(
        self, tree: Expression, fields: Fields, path: Path, *, allowed: tuple[Kind, ...] = EVERYTHING, sort: Sort
    ) -> bool:
        """Check an expression now that everything is declared; tell whether it can be expanded."""
        before = len(fields.errors.errors)
        self.check(Pending(tree, fields, path, allowed, sort))
        if len(fields.errors.errors) > before or not self.usable(tree):
            return False
        nodes, levels = measure(tree, self.sizes)
        if past_limits(nodes, levels):
            message, hint = growth(nodes)
            fields.errors.add(fields.locator.within(path, 0), f"{fields.label}: {message}", hint)
            return False
        within_budget = self.spent <= MAX_TOTAL
        self.spent += nodes
        if within_budget and self.spent > MAX_TOTAL:
            fields.complain(None, f"from here on the spec grows past {MAX_TOTAL:,} terms in all", "split the spec")
        return self.spent <= MAX_TOTAL

    def testable(self, name: str) -> bool:
        """Tell whether a tensor's `when`, if there is one, tests conventions and nothing else."""
        when = self.tensors[name].when if name in self.tensors else None
        if when is None:
            return True
        return free_names(when) <= self.conventions.keys() and not any(mismatches(when, "condition", self.conventions))

    def usable(self, tree: Expression) -> bool:
        """Tell whether an expression can be expanded: all names known and sound, down to the symbols."""
        return all(self.kind(name) is not None and name not in self.unusable for name in free_names(tree))


def circles(graph: Mapping[str, set[str]]) -> Iterator[tuple[str, list[str]]]:
    """Yield names in circles, each with a path that leads from it, or from above it, to one that uses it.

    Every circle has such a name. The path is the walk's own: it is to be read before the next circle is asked for.
    """
    done: set[str] = set()
    for start in graph:
        if start in done:
            continue
        path, on_path = [start], {start}
        waiting = [iter(sorted(graph[start]))]
        while waiting:
            name = next(waiting[-1], None)
            if name is None:
                waiting.pop()
                done.add(path[-1])
                on_path.remove(path.pop())
            elif name in on_path:
                yield name, path
            elif name not in done:
                path.append(name)
                on_path.add(name)
                waiting.append(iter(sorted(graph[name])))


def past_limits(nodes: int, levels: int) -> bool:
    """Tell whether an expression of this size is past the limits."""
    return nodes > MAX_EXPANDED or levels > allowed().expanded_depth


def growth(nodes: int) -> tuple[str, str]:
    """Return what is wrong with an expression past the limits, and what to do where it is its levels alone."""
    levels = allowed().expanded_depth
    message = f"grows past {MAX_EXPANDED:,} terms or {levels} levels when everything that it is made of is put in"
    return message, "" if nodes > MAX_EXPANDED else less_deep("")


def measure(tree: Expression, sizes: Mapping[str, tuple[int, int]]) -> tuple[int, int]:
    """Return nodes and levels of an expression, names taken as large as what they stand for."""
    if isinstance(tree, Name):
        return sizes.get(tree.name, (1, 1))
    below = [measure(child, sizes) for child in children(tree)]
    return 1 + sum(nodes for nodes, _ in below), 1 + max((levels for _, levels in below), default=0)


def mismatches(tree: Expression, wanted: Sort, conventions: Mapping[str, bool]) -> Iterator[tuple[Expression, Sort]]:
    """Yield each operand that is a condition where a number is due, or the other way round."""
    match tree:
        case Number() | Negative() | Sum() | Product() | Arithmetic() | Call():
            found: Sort = "number"
            below: Sort = "number"
        case Comparison():
            found, below = "condition", "number"
        case Truth() | Not() | Logic():
            found, below = "condition", "condition"
        case Name(name):
            found = below = "condition" if name in conventions else "number"
        case Choice(condition, then, otherwise):
            yield from mismatches(condition, "condition", conventions)
            yield from mismatches(then, wanted, conventions)
            yield from mismatches(otherwise, wanted, conventions)
            return
    if found != wanted:
        yield tree, wanted
        return
    for child in children(tree):
        yield from mismatches(child, below, conventions)


def column_of(tree: Expression) -> int:
    """Return the column where an expression begins, as far as its nodes know."""
    if isinstance(tree, Name | Call):
        return tree.column
    return min((node.column for node in names(tree)), default=0)
