"""What a spec claims: every [[claim]], with where it ranges and what it takes for granted."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from weighbridge.errors import did_you_mean
from weighbridge.formula.tree import Expression, free_names
from weighbridge.spec.assumptions import assumed
from weighbridge.spec.declare import EVERYWHERE, Declarations, read_settings
from weighbridge.spec.excuses import PINS, Excused, check_overlap, read_errata, read_waivers
from weighbridge.spec.expand import expand
from weighbridge.spec.fields import Fields
from weighbridge.spec.model import STRENGTHS, At, Claim, Everywhere, Over, Qualitative, Range
from weighbridge.spec.names import MAX_EXPANDED
from weighbridge.spec.quotes import PLACE, read_quote
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
from weighbridge.verdict import Strength

STATEMENTS = (*PINS, "qualitative")
#: Keys of every claim that arithmetic decides, besides what it says and is held against.
RANGE = ("at", "over", "assuming", "conventions", "evidence")
#: Keys that [defaults] may have.
DEFAULTS = (*RANGE, *PLACE, *OVERRIDES, "because", "note")
#: Keys that go with each kind of statement.
KEYS = {
    "printed": ("equals", *OVERRIDES, "because", *RANGE, "waive", "erratum"),
    "formula": ("equals", "about", "because", *RANGE, "waive", "erratum"),
    "asserts": (*RANGE, "waive", "erratum"),
    "qualitative": (),
}
ALL_KEYS = ("id", *STATEMENTS, "quote", *PLACE, "note", *KEYS["printed"])

#: What each way to range can be shown by.
FITTING: dict[type[Range], tuple[Strength, ...]] = {
    At: ("evaluated",),
    Over: ("proved", "exhausted", "sampled"),
    Everywhere: ("proved", "sampled"),
}


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
    where = read_range(source, declared)
    measure = read_measure(source, kind, space)
    statement = read_statement(fields, kind, kind=kind, measure=measure, space=space)
    excused = Excused(kind=kind, measure=measure, names=where.models if isinstance(where, At) else ())
    waivers, errata = read_waivers(fields, excused), read_errata(fields, excused, space)
    check_overlap(fields, waivers, errata)
    text = fields.values.get(kind)
    quote = read_quote(source, text if kind == "printed" and isinstance(text, str) else "")
    assuming_from = source.of("assuming")
    assuming: tuple[Expression, ...] = ()
    if "assuming" in assuming_from:
        assuming = expressions(assuming_from, "assuming", space, sort="condition")
    conventions = read_settings(source.of("conventions"), declared)
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
        because=source.of("because").text("because") if uses_because(source, kind) else "",
        note=source.of("note").text("note"),
        waiver=next((waiver for waiver in waivers if not waiver.at), None),
        waivers=tuple(waiver for waiver in waivers if waiver.at),
        errata=errata,
    )
    check_models(claim, source, declared)
    check_grid(claim, source, declared)
    check_growth(claim, fields, declared)
    return claim


def uses_because(source: Source, kind: StatementKind) -> bool:
    """Tell whether a claim overrides a precision, so that `because` belongs to it."""
    return any(key in KEYS[kind] and key in source.of(key) for key in OVERRIDES)


def read_range(source: Source, declared: Declarations) -> Range | None:
    """Read `at` or `over`; a spec with one model may leave out both."""
    fields = source.of("at")
    if "at" in fields and "over" in fields:
        fields.complain("over", "has 'at' and 'over'", "'at' speaks of models, 'over' of a grid or of everywhere")
        return None
    if "over" in fields:
        return read_over(fields, declared)
    models = declared.models
    if "at" not in fields:
        if len(models) == 1:
            return At(tuple(models))
        if not models:
            hint = f'add [models.NAME], or over = "{EVERYWHERE}"'
            if declared.brought:
                hint = f"say at = NAME; models of the architecture: {listed(tuple(declared.brought))}"
            fields.complain(None, "needs a model to range over, and the spec has none", hint)
        else:
            fields.complain(None, "expected 'at' or 'over'", f"models here: {listed(tuple(models))}")
        return None
    if fields.values["at"] == "*":
        if not models and not declared.tabled:
            fields.complain("at", "'at' is all models, and the spec has none", "add [models.NAME]")
            return None
        return At(tuple(models), listed=True, every=declared.tabled)
    return read_models_at(fields, declared)


def read_models_at(fields: Fields, declared: Declarations) -> At | None:
    """Read `at`: a model or a list of them."""
    before = len(fields.errors.errors)
    found: list[str] = []
    for name, path in fields.texts_at("at"):
        where = fields.locator.of_value(path)
        # A row's name is known once the document is: see `Spec.of_rows`.
        later = declared.tabled and name != "*"
        if name not in declared.models and name not in declared.brought and not later:
            known = [*declared.models, *declared.brought]
            hint = 'all models are at = "*"' if name == "*" else did_you_mean(name, known)
            fields.errors.add(where, f"{fields.label}: there is no model '{name}'", hint)
        elif name in found:
            fields.errors.add(where, f"{fields.label}: the model '{name}' stands twice in 'at'")
        found.append(name)
    if len(fields.errors.errors) > before:
        return None
    return At(tuple(found), listed=isinstance(fields.values["at"], list))


def read_over(fields: Fields, declared: Declarations) -> Range | None:
    """Read `over`: a grid or "everywhere"."""
    name = fields.text("over")
    if name == EVERYWHERE:
        return Everywhere()
    if name in declared.grids:
        return Over(name)
    if name.strip():
        fields.complain("over", f"there is no grid '{name}'", did_you_mean(name, [*declared.grids, EVERYWHERE]))
    return None


def read_evidence(source: Source, where: Range | None) -> Strength | None:
    """Read `evidence`; a default that can not fit where a claim ranges is not for that claim."""
    fields = source.of("evidence")
    evidence = fields.choice("evidence", STRENGTHS)
    if not evidence or where is None:
        return None
    fitting = FITTING[type(where)]
    if evidence not in fitting:
        if fields is source.own:
            expected = f"expected {'one of ' if len(fitting) > 1 else ''}{listed(fitting)}"
            fields.complain("evidence", f"{ranging(where)} can not be '{evidence}', {expected}")
        return None
    return evidence


def ranging(where: Range) -> str:
    """Name a kind of range in a message."""
    match where:
        case At():
            return "a claim about models"
        case Over():
            return "a claim over a grid"
        case Everywhere():
            return "a claim about everywhere"


def check_models(claim: Claim, source: Source, declared: Declarations) -> None:
    """Note every symbol that a claim needs and one of its models gives no value."""
    if not isinstance(claim.where, At):
        return
    space = declared.namespace
    for name in claim.where.models:
        model = declared.models.get(name) or declared.brought.get(name)
        if model is None or len(model.values) == len(space.symbols):
            continue
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
    return {
        name for tree in (*trees, *claim.assuming) for name in free_names(expand(tree, declared.namespace, conventions))
    }


def check_grid(claim: Claim, source: Source, declared: Declarations) -> None:
    """Note every symbol that a claim over a grid needs and the grid lacks."""
    if not isinstance(claim.where, Over):
        return
    space, grid = declared.namespace, declared.grids[claim.where.grid]
    needed = symbols_of(claim, {**space.conventions, **claim.conventions}, declared)
    given = {*(axis.symbol for axis in grid.axes), *grid.derived}
    for symbol in space.symbols:
        if symbol in needed - given:
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
    conventions = {**space.conventions, **claim.conventions}
    given = assumed(tuple(expand(tree, space, conventions) for tree in claim.assuming))
    trees = tuple(expand(tree, space, conventions) for tree in expressions_of(claim.statement))
    if not given.fits or given.size(trees) > MAX_EXPANDED:
        fields.complain("assuming", f"puts in equalities until there are more than {MAX_EXPANDED:,} terms")
