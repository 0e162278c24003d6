"""What a spec claims: every [[claim]], with where it ranges and what it takes for granted."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from weighbridge.formula.tree import Expression, free_names
from weighbridge.spec.assumptions import assumed
from weighbridge.spec.claim_model import STRENGTHS, At, Claim, Over, Qualitative
from weighbridge.spec.declare import Declarations, read_settings
from weighbridge.spec.excuses import PINS, Excused, check_overlap, read_errata, read_waivers
from weighbridge.spec.expand import Expansion
from weighbridge.spec.fields import Fields
from weighbridge.spec.names import MAX_EXPANDED
from weighbridge.spec.oracles import read_one_model, read_oracle
from weighbridge.spec.quotes import PLACE, read_quote
from weighbridge.spec.ranges import read_evidence, read_range
from weighbridge.spec.statements import (
    OVERRIDES,
    Source,
    StatementKind,
    expressions,
    expressions_of,
    listed,
    read_measure,
    read_statement,
)

STATEMENTS = (*PINS, "qualitative")
#: Keys of every claim that arithmetic decides, besides what it says and is held against.
RANGE = ("at", "over", "assuming", "conventions", "evidence")
#: Keys that [defaults] may have.
DEFAULTS = (*RANGE, *PLACE, *OVERRIDES, "because", "note")
#: Keys that go with each kind of statement.
KEYS = {
    "printed": ("equals", *OVERRIDES, "because", *RANGE, "oracle", "waive", "erratum"),
    "formula": ("equals", "about", "because", *RANGE, "oracle", "waive", "erratum"),
    "asserts": (*RANGE, "waive", "erratum"),
    "qualitative": (),
}
ALL_KEYS = ("id", *STATEMENTS, "quote", *PLACE, "note", *KEYS["printed"])


def read_defaults(root: Fields, declared: Declarations) -> Fields | None:
    """Read [defaults], checked whether or not a claim uses it."""
    defaults = root.table("defaults")
    if defaults is None:
        return None
    defaults.only(DEFAULTS)
    source = Source(defaults)
    if "at" in defaults or "over" in defaults:
        read_range(source, declared)
    for key in ("because", "note"):
        defaults.text(key)
    if "under" in defaults:
        defaults.texts("under")
    defaults.choice("evidence", STRENGTHS)
    read_settings(defaults, declared)
    if "assuming" in defaults:
        expressions(defaults, "assuming", declared.namespace, sort="condition")
    return defaults


def read_claims(root: Fields, declared: Declarations) -> tuple[Claim, ...]:
    """Read every [[claim]]; those with mistakes are noted and left out."""
    defaults = read_defaults(root, declared)
    read = [read_claim(fields, defaults, declared) for fields in root.array_of_tables("claim", "claim")]
    return tuple(claim for claim in read if claim is not None)


def read_claim(fields: Fields, defaults: Fields | None, declared: Declarations) -> Claim | None:
    """Read one [[claim]], None where it says nothing that can be decided."""
    fields.only(ALL_KEYS)
    fields.require("id")
    claim_id = fields.slug("id")
    kinds = [key for key in STATEMENTS if key in fields]
    if len(kinds) != 1:
        says = f"says {' and '.join(map(repr, kinds))}" if kinds else "says nothing"
        hint = "make it several claims; they may share a quote" if kinds else ""
        fields.complain(kinds[1] if kinds else None, f"{says}, expected one of {listed(STATEMENTS)}", hint)
        return None
    kind = kinds[0]
    for key in fields.values:
        if key in KEYS["printed"] and key not in KEYS[kind]:
            fields.complain(key, f"'{key}' does not go with '{kind}'")
    source = Source(fields, defaults)
    note = source.of("note").text("note")
    if kind == "qualitative":
        return Claim(
            id=claim_id,
            location=fields.location(),
            statement=Qualitative(fields.text("qualitative")),
            where=At(()),
            text=fields.text("qualitative"),
            quote=read_quote(source),
            note=note,
        )
    return read_decidable(source, cast("StatementKind", kind), claim_id, declared)


def read_decidable(source: Source, kind: StatementKind, claim_id: str, declared: Declarations) -> Claim | None:
    """Read a claim that arithmetic can decide."""
    fields, space = source.own, declared.namespace
    before = len(fields.errors.errors)
    oracle = read_oracle(fields) if kind != "asserts" else None
    where = read_one_model(source, kind, declared) if "oracle" in fields else read_range(source, declared)
    # What an artifact decides alone rests on no model, so that a default has nothing to say of it.
    asked = Source(fields) if where == At(()) else source
    measure = read_measure(source, kind, space)
    statement = read_statement(fields, kind, kind=kind, measure=measure, space=space)
    excused = Excused(kind=kind, measure=measure, names=where.models if isinstance(where, At) else ())
    waivers, errata = read_waivers(fields, excused), read_errata(fields, excused, space)
    check_overlap(fields, waivers, errata)
    text = fields.values.get(kind)
    quote = read_quote(source, text if kind == "printed" and isinstance(text, str) else "")
    assuming_from = asked.of("assuming")
    assuming: tuple[Expression, ...] = ()
    if "assuming" in assuming_from:
        assuming = expressions(assuming_from, "assuming", space, sort="condition")
    conventions = read_settings(asked.of("conventions"), declared)
    evidence = read_evidence(source, where)
    if statement is None or where is None or len(fields.errors.errors) > before:
        return None
    claim = Claim(
        id=claim_id,
        location=fields.location(),
        statement=statement,
        where=where,
        text=str(text),
        quote=quote,
        assuming=assuming,
        conventions=MappingProxyType(conventions),
        evidence=evidence,
        overrides=measure.overrides,
        because=source.of("because").text("because") if uses_because(source, kind) else "",
        note=source.of("note").text("note"),
        waiver=next((waiver for waiver in waivers if not waiver.at), None),
        waivers=tuple(waiver for waiver in waivers if waiver.at),
        errata=errata,
        oracle=oracle,
    )
    check_models(claim, source, declared)
    check_grid(claim, source, declared)
    check_growth(claim, fields, declared)
    return claim


def uses_because(source: Source, kind: StatementKind) -> bool:
    """Tell whether a claim overrides a precision, so that `because` belongs to it."""
    return any(key in KEYS[kind] and key in source.of(key) for key in OVERRIDES)


def check_models(claim: Claim, source: Source, declared: Declarations) -> None:
    """Note every symbol that a claim needs and one of its models gives no value."""
    if not isinstance(claim.where, At):
        return
    space = declared.namespace
    for name in claim.where.models:
        model = declared.models.get(name) or declared.brought.get(name)
        if model is None or len(model.values) == len(space.symbols):
            continue
        if declared.tabled and name in declared.models:
            continue  # a table's row may give the rest: `documents.expand` looks once the rows are read
        needed = symbols_of(claim, {**space.conventions, **model.conventions, **claim.conventions}, declared)
        for symbol in space.symbols:
            if symbol in (needed & declared.optional) - model.values.keys():
                source.own.complain(
                    None,
                    f"needs '{symbol}', which the model '{name}' does not give",
                    f"add it to [models.{name}]" if name in declared.models else f'add a model like = "{name}" with it',
                )


def symbols_of(claim: Claim, conventions: Mapping[str, bool], declared: Declarations) -> set[str]:
    """Return the symbols that a claim and its corrections need."""
    corrections = [erratum.correct for erratum in claim.errata if erratum.correct is not None]
    trees = [tree for statement in (claim.statement, *corrections) for tree in expressions_of(statement)]
    expansion = Expansion(declared.namespace, conventions)
    return {name for tree in (*trees, *claim.assuming) for name in free_names(expansion.of(tree))}


def check_grid(claim: Claim, source: Source, declared: Declarations) -> None:
    """Note every symbol that a claim over a grid needs and the grid says nothing of."""
    if not isinstance(claim.where, Over):
        return
    space, grid = declared.namespace, declared.grids[claim.where.grid]
    needed = symbols_of(claim, {**space.conventions, **claim.conventions}, declared)
    for symbol in space.symbols:
        if symbol in needed - declared.spoken[grid.name]:
            where = source.of("over")
            source.own.errors.add(
                where.location("over"),
                f"{source.own.label}: needs '{symbol}', which has no axis in the grid '{grid.name}'",
                f"add it to [grids.{grid.name}]",
            )


def check_growth(claim: Claim, fields: Fields, declared: Declarations) -> None:
    """Note a claim that grows past the limits when the equalities that it assumes are put in."""
    if isinstance(claim.where, At) or not claim.assuming:
        return
    space = declared.namespace
    expansion = Expansion(space, {**space.conventions, **claim.conventions})
    given = assumed(tuple(map(expansion.of, claim.assuming)))
    trees = tuple(map(expansion.of, expressions_of(claim.statement)))
    if not given.fits or given.size(trees) > MAX_EXPANDED:
        fields.complain("assuming", f"puts in equalities until there are more than {MAX_EXPANDED:,} terms")
