"""What a table claims row by row: figures of a column, a formula or an assertion."""

from __future__ import annotations

import re
import unicodedata
from typing import cast

from msgspec.structs import replace

from weighbridge.errors import did_you_mean
from weighbridge.spec.claim_model import STRENGTHS, Assertion, Erratum, Formula, Waiver
from weighbridge.spec.declare import Declarations, read_settings
from weighbridge.spec.excuses import Excused, check_overlap, read_errata, read_erratum, read_waiver, read_waivers
from weighbridge.spec.fields import Fields
from weighbridge.spec.names import Namespace, measure
from weighbridge.spec.statements import (
    OVERRIDES,
    Measure,
    Source,
    StatementKind,
    expressions,
    expressions_of,
    listed,
    read_measure,
    read_statement,
    unit_or_nothing,
)
from weighbridge.spec.table_model import ColumnFigures, Named, TableClaim

#: The kinds of statement that a table can make of each row, by the key that makes it.
KINDS: dict[str, StatementKind] = {"column": "printed", "formula": "formula", "asserts": "asserts"}
#: Keys that go with some kinds of statement alone.
FITTING = {
    "column": ("equals", "times", *OVERRIDES, "because"),
    "formula": ("equals", "about", "because"),
    "asserts": (),
}
CLAIM_KEYS = (
    "id", *KINDS, "equals", "times", *OVERRIDES, "because", "assuming", "conventions", "evidence", "note", "waive",
    "erratum",
)  # fmt: skip


def read_table_claims(fields: Fields, defaults: Fields | None, declared: Declarations) -> tuple[TableClaim, ...]:
    """Read every [[table.claims]], and the excuses that the table itself has for one of its columns or claims."""
    excuses = TableExcuses(fields)
    found: list[TableClaim] = []
    seen: set[str] = set()
    for each in fields.array_of_tables("claims", f"{fields.label}, claim"):
        if "oracle" in each:
            each.complain("oracle", "'oracle' does not go with a table: an artifact is one model", "make it a claim")
            each = without(each, "oracle")  # noqa: PLW2901 - one mistake is told once
        each.only(CLAIM_KEYS)
        kinds = [key for key in KINDS if key in each]
        if len(kinds) != 1:
            each.complain(None, f"expected one of {listed(tuple(KINDS))}")
            continue
        if kinds[0] != "column":
            each.require("id")
        claim_id = each.slug("id") if "id" in each else slug_of(each.text("column"))
        if claim_id and claim_id in seen:
            each.complain("id" if "id" in each else "column", f"there are two claims '{claim_id}' in this table")
        elif not claim_id and "column" in each and "id" not in each and each.text("column"):
            each.complain("column", f"'{each.text('column')}' makes no id", "give the claim an 'id'")
        seen.add(claim_id)
        claim = read_table_claim(Source(each, defaults), kinds[0], claim_id, declared, excuses)
        if claim is not None:
            found.append(claim)
    excuses.refuse_strays(seen)
    return tuple(found)


def without(fields: Fields, key: str) -> Fields:
    """Return a table without one of its keys."""
    return replace(fields, values={name: value for name, value in fields.values.items() if name != key})


def read_table_claim(
    source: Source, key: str, claim_id: str, declared: Declarations, excuses: TableExcuses
) -> TableClaim | None:
    """Read one [[table.claims]], None where it says nothing that can be decided."""
    fields, space, kind = source.own, declared.namespace, KINDS[key]
    before = len(fields.errors.errors)
    for other in FITTING["column"]:
        if other in fields and other not in FITTING[key]:
            fields.complain(other, f"'{other}' does not go with '{key}'")
    measured = read_measure(source, kind, space)
    statement = column_figures(fields, measured, space) if key == "column" else said(fields, kind, measured, space)
    evidence = fields.choice("evidence", STRENGTHS)
    if evidence not in ("", "evaluated"):
        fields.complain("evidence", f"a row of a table can not be '{evidence}', expected 'evaluated'")
    assuming_from, because_from = source.of("assuming"), source.of("because")
    assuming = expressions(assuming_from, "assuming", space, sort="condition") if "assuming" in assuming_from else ()
    overrides = any(each in FITTING[key] and each in source.of(each) for each in OVERRIDES)
    excused = Excused(kind=kind, measure=measured, names=None, pinned=False)
    names = (claim_id, fields.text("column") if key == "column" else claim_id)
    waivers = (*read_waivers(fields, excused), *excuses.waivers(names, excused))
    errata = (*read_errata(fields, excused, space), *excuses.errata(names, excused, space))
    check_overlap(fields, waivers, errata)
    conventions = read_settings(source.of("conventions"), declared)
    note = source.of("note").text("note")
    if statement is None or len(fields.errors.errors) > before:
        return None
    return TableClaim(
        id=claim_id,
        location=fields.location(),
        statement=statement,
        text="" if key == "column" else " ".join(fields.text(key).split()),
        assuming=assuming,
        conventions=conventions,
        because=because_from.text("because") if overrides else "",
        note=note,
        waivers=waivers,
        errata=errata,
        times=fields.positive("times") or 0,
    )


def column_figures(fields: Fields, measured: Measure, space: Namespace) -> ColumnFigures:
    """Return what a column's cells are held against."""
    return ColumnFigures(
        column=Named(fields.text("column").strip(), fields.locator.of_value((*fields.path, "column"))),
        equals=measured.equals,
        units=tuple(unit_or_nothing(tree, space) for tree in measured.equals),
        precision=measured.precision,
        rounding=measured.rounding,
        about=measured.about,
    )


def said(fields: Fields, kind: StatementKind, measured: Measure, space: Namespace) -> Formula | Assertion | None:
    """Return what is claimed of each row, None where it can not be read."""
    statement = read_statement(fields, kind, kind=kind, measure=measured, space=space)
    return cast("Formula | Assertion | None", statement)


class TableExcuses:
    """The waivers and errata of a whole table, each of which names a column or claim."""

    def __init__(self, fields: Fields) -> None:
        self.written = {
            key: [(each, each.text("column")) for each in fields.one_or_more_tables(key, f"{fields.label}, {key}")]
            for key in ("waive", "erratum")
        }
        self.used: set[str] = set()
        for key in self.written:
            for each, _ in self.written[key]:
                each.require("column")

    def waivers(self, names: tuple[str, ...], excused: Excused) -> tuple[Waiver, ...]:
        """Return the waivers that name this claim or its column."""
        self.used.update(names)
        return tuple(read_waiver(each, excused, "column") for each, column in self.written["waive"] if column in names)

    def errata(self, names: tuple[str, ...], excused: Excused, space: Namespace) -> tuple[Erratum, ...]:
        """Return the errata that name this claim or its column."""
        self.used.update(names)
        return tuple(
            read_erratum(each, excused, space, "column") for each, column in self.written["erratum"] if column in names
        )

    def refuse_strays(self, ids: set[str]) -> None:
        """Note each waiver or erratum that names neither a claim nor a claim's column."""
        for each, column in (*self.written["waive"], *self.written["erratum"]):
            if column.strip() and column not in self.used:
                hint = did_you_mean(column, {*self.used, *ids} - {""})
                each.complain("column", f"no claim of this table is called '{column}' or about that column", hint)


def weight_of(claim: TableClaim, space: Namespace) -> int:
    """Return how many terms a claim has in each row, everything put in."""
    statement = claim.statement
    trees = statement.equals if isinstance(statement, ColumnFigures) else expressions_of(statement)
    return sum(measure(tree, space.sizes)[0] for tree in (*trees, *claim.assuming))


def slug_of(name: str) -> str:
    """Return a printed name as part of a result's id, "" where nothing is left of it.

    >>> slug_of("GPT-3 2.7B")
    'gpt-3-2.7b'
    >>> slug_of("Parameters (M)")
    'parameters-m'
    """
    plain = "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each))
    return re.sub(r"[^a-z0-9._+]+", "-", plain.casefold()).strip("-._+")
