"""Which properties must hold for all values: every [[invariant]], with the keys that its kind needs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import cast, get_args

from weighbridge.errors import did_you_mean
from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import Call, Expression, Name, Number, Sum, free_names, names
from weighbridge.spec.assumptions import assumed
from weighbridge.spec.claim_model import STRENGTHS, Invariant, InvariantKind
from weighbridge.spec.declare import Declarations, read_settings
from weighbridge.spec.expand import INVENTORY, expand
from weighbridge.spec.fields import Fields
from weighbridge.spec.names import MAX_EXPANDED, Namespace
from weighbridge.spec.statements import check_same_unit, check_units, expressions, listed
from weighbridge.verdict import Strength

#: The keys that each kind needs, besides `of`.
NEEDS: Mapping[InvariantKind, tuple[str, ...]] = {
    "additive": ("parts",),
    "linear": ("in",),
    "affine": ("in",),
    "monotone": ("in",),
    "homogeneous": ("in", "degree"),
    "independent": ("in",),
    "symmetric": ("between",),
    "divisible": ("by",),
}
SPECIAL = ("parts", "in", "between", "by", "degree")
KEYS = ("id", "kind", "of", *SPECIAL, "assuming", "conventions", "evidence", "note")
FITTING: tuple[Strength, ...] = ("proved", "sampled")
#: Past this a power of the factor says nothing about models.
MAX_DEGREE = 100


def read_invariants(root: Fields, declared: Declarations) -> tuple[Invariant, ...]:
    """Read every [[invariant]]; those with mistakes are noted and left out."""
    read = [read_invariant(fields, declared) for fields in root.array_of_tables("invariant", "invariant")]
    return tuple(invariant for invariant in read if invariant is not None)


def read_invariant(fields: Fields, declared: Declarations) -> Invariant | None:
    """Read one [[invariant]], None where it has mistakes."""
    before = len(fields.errors.errors)
    space = declared.namespace
    fields.only(KEYS)
    fields.require("id", "kind", "of")
    invariant_id = fields.slug("id")
    kind = cast("InvariantKind", fields.choice("kind", get_args(InvariantKind)))
    of = expressions(fields, "of", space)
    parts = expressions(fields, "parts", space) if "parts" in fields else ()
    varied = read_symbols_at(fields, "in", space)
    between = read_symbols_at(fields, "between", space)
    by = read_divisor(fields, space)
    degree = fields.integer("degree")
    assuming = expressions(fields, "assuming", space, sort="condition") if "assuming" in fields else ()
    conventions = read_settings(fields, declared)
    evidence = fields.choice("evidence", STRENGTHS)
    note = fields.text("note")
    if kind:
        fields.require(*NEEDS[kind])
        for key in SPECIAL:
            if key in fields and key not in NEEDS[kind]:
                fields.complain(key, f"'{key}' does not go with '{kind}', which needs {listed(NEEDS[kind])}")
    if "between" in fields and len(between) != 2:
        fields.complain("between", f"expected two symbols in 'between', found {len(between)}")
    if degree is not None and abs(degree) > MAX_DEGREE:
        fields.complain("degree", f"'degree' is {degree}, expected {-MAX_DEGREE} to {MAX_DEGREE}")
    if evidence and evidence not in FITTING:
        fields.complain("evidence", f"an invariant can not be '{evidence}', expected one of {listed(FITTING)}")
    if len(fields.errors.errors) > before or not of:
        return None
    invariant = Invariant(
        id=invariant_id,
        location=fields.location(),
        kind=kind,
        of=of[0],
        parts=parts,
        in_=varied,
        between=between,
        by=by,
        degree=1 if degree is None else degree,
        assuming=assuming,
        conventions=MappingProxyType(conventions),
        evidence=cast("Strength", evidence) if evidence else None,
        note=note,
    )
    check_meaning(invariant, fields, space)
    return invariant


def read_symbols_at(fields: Fields, key: str, space: Namespace) -> tuple[str, ...]:
    """Read a symbol or a list of distinct symbols."""
    if key not in fields:
        return ()
    found: list[str] = []
    for name, path in fields.texts_at(key):
        where = fields.locator.of_value(path)
        if name not in space.symbols:
            kind = space.kind(name)
            what = f"'{name}' is a {kind}, expected a symbol" if kind else f"unknown symbol '{name}'"
            fields.errors.add(where, f"{fields.label}: {what}", did_you_mean(name, space.symbols))
        elif name in found:
            fields.errors.add(where, f"{fields.label}: '{name}' stands twice in '{key}'")
        found.append(name)
    return tuple(found)


def read_divisor(fields: Fields, space: Namespace) -> Expression | None:
    """Read `by`: a positive integer, or an expression."""
    tree = fields.amount("by")
    if tree is None or not space.sound(tree, fields, (*fields.path, "by"), sort="number"):
        return None
    check_units(fields, (*fields.path, "by"), tree, space)
    if isinstance(tree, Number) and tree.value <= 0:
        fields.complain("by", f"'by' is {to_text(tree)}, expected a positive divisor")
    return tree


def check_meaning(invariant: Invariant, fields: Fields, space: Namespace) -> None:
    """Note what can not be asked: parts that forget a tensor, mixed units, too large a question."""
    if invariant.kind == "additive":
        check_same_unit(fields, "parts", (invariant.of, *invariant.parts), space)
        if named(invariant.of, space) == INVENTORY:
            check_partition(invariant, fields, space)
    check_assumptions(invariant, fields, space)


def check_assumptions(invariant: Invariant, fields: Fields, space: Namespace) -> None:
    """Note assumptions that the points which an invariant compares can not all meet, and questions past the limits."""
    varied = (*invariant.in_, *invariant.between)
    conventions = {**space.conventions, **invariant.conventions}
    given = assumed(tuple(expand(tree, space, conventions) for tree in invariant.assuming), varied)
    hint = 'ask for it as a claim with over = "everywhere"'
    for text in given.stuck:
        fields.complain("assuming", f"'{text}' fixes a symbol that this invariant varies", hint)
    in_turn = invariant.kind != "homogeneous" and len(invariant.in_) > 1
    for tree in given.remaining if in_turn else ():
        if free_names(tree) & set(varied):
            fields.complain(
                "assuming", f"'{to_text(tree)}' speaks of one of several symbols in 'in'", "make it one invariant each"
            )
    expanded = tuple(expand(tree, space, conventions) for tree in (invariant.of, *invariant.parts))
    # An affine invariant compares three copies of its expression for each symbol.
    if not given.fits or 3 * max(1, len(varied)) * given.size(expanded) > MAX_EXPANDED:
        fields.complain(None, f"compares more than {MAX_EXPANDED:,} terms", "name fewer symbols, or a smaller 'of'")


def named(tree: Expression, space: Namespace) -> str:
    """Return the name that an expression is, followed through quantities that are nothing but another name."""
    while isinstance(tree, Name) and tree.name in space.quantities:
        tree = space.quantities[tree.name].expression
    return tree.name if isinstance(tree, Name) else ""


def check_partition(invariant: Invariant, fields: Fields, space: Namespace) -> None:
    """Note each tensor that is not in exactly one part, those that a convention switches off included.

    A sum can come out right with a tensor forgotten, as long as the tensor counts 0; a partition can not.
    """
    holders: dict[str, list[str]] = {name: [] for name in space.tensors}
    for part in invariant.parts:
        for term in terms(part, space):
            if isinstance(term, Name) and term.name in holders:
                holders[term.name].append(to_text(part))
                continue
            for hidden in sorted(tensors_in(term, space)):
                fields.complain(
                    "parts",
                    f"'{to_text(part)}' has the tensor '{hidden}' in '{to_text(term)}'",
                    f"parts of '{INVENTORY}' are sums of tensors; let 'when' say where a tensor counts",
                )
                holders[hidden].append(to_text(part))
    for name, found in holders.items():
        if not found:
            fields.complain(
                "parts", f"no part has the tensor '{name}'", f"parts of '{INVENTORY}' hold every tensor once"
            )
        elif len(found) > 1:
            fields.complain(
                "parts",
                f"the tensor '{name}' is counted {len(found)} times, in {listed(tuple(dict.fromkeys(found)))}",
                f"parts of '{INVENTORY}' hold every tensor once",
            )


def terms(tree: Expression, space: Namespace) -> list[Expression]:
    """Return what a part is the sum of, quantities followed."""
    match tree:
        case Sum(operands) | Call("sum", operands):
            return [term for operand in operands for term in terms(operand, space)]
        case Name(name) if name in space.quantities:
            return terms(space.quantities[name].expression, space)
        case Name(name) if name == INVENTORY:
            return [Name(tensor) for tensor in space.tensors]
        case _:
            return [tree]


def tensors_in(tree: Expression, space: Namespace) -> set[str]:
    """Return the tensors that an expression counts, through quantities."""
    found: set[str] = set()
    waiting = [node.name for node in names(tree)]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in space.tensors:
            found.add(name)
        else:
            waiting.extend(each for definition in space.definitions(name) for each in free_names(definition))
    return found
