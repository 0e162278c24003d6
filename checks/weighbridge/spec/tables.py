"""Whether a [[table]] has the form of one; its cells are decided elsewhere, once that is built."""

from __future__ import annotations

from weighbridge.errors import did_you_mean
from weighbridge.spec.declare import Declarations, read_settings
from weighbridge.spec.excuses import Excused, check_overlap, read_errata, read_waivers
from weighbridge.spec.fields import Fields, type_name
from weighbridge.spec.model import STRENGTHS, Document, Table
from weighbridge.spec.names import Namespace
from weighbridge.spec.statements import OVERRIDES, Source, expressions, read_measure, read_statement

KEYS = (
    "id", "under", "symbols", "set", "assumed", "like", "conventions", "names", "exempt", "transposed", "rows",
    "claims",
)  # fmt: skip
CLAIM_KEYS = (
    "id", "column", "equals", "asserts", *OVERRIDES, "because", "assuming", "conventions", "evidence", "note",
    "waive", "erratum",
)  # fmt: skip


def read_tables(root: Fields, declared: Declarations, document: Document | None) -> tuple[Table, ...]:
    """Read every [[table]] as far as its form goes."""
    found: list[Table] = []
    for fields in root.array_of_tables("table", "table"):
        fields.only(KEYS)
        fields.require("id")
        table_id = fields.slug("id")
        read_columns(fields, declared.namespace)
        read_constants(fields, declared.namespace)
        read_model_keys(fields, declared)
        for key in ("names", "exempt"):
            read_texts(fields, key, slugs=key == "names")
        fields.boolean("transposed", default=False)
        under = fields.texts("under") if "under" in fields else ()
        read_rows(fields, local=document is None or bool(document.path), under=under)
        read_table_claims(fields, declared)
        found.append(Table(id=table_id, location=fields.location()))
    return tuple(found)


def read_columns(fields: Fields, space: Namespace) -> None:
    """Read `symbols`: symbol = "column", or a list of symbols whose columns have the same names."""
    if isinstance(fields.values.get("symbols"), list):
        for name, path in fields.texts_at("symbols"):
            if name not in space.symbols:
                hint = did_you_mean(name, space.symbols)
                fields.errors.add(fields.locator.of_value(path), f"{fields.label}: unknown symbol '{name}'", hint)
        return
    table = fields.table("symbols")
    for name in table.values if table else ():
        assert table is not None, "unreachable because there is a column in it"  # noqa: S101
        if name not in space.symbols:
            table.complain(name, f"unknown symbol '{name}'", did_you_mean(name, space.symbols))
        table.text(name)


def read_constants(fields: Fields, space: Namespace) -> None:
    """Read `set`: symbols that are the same in every row, or follow from the others."""
    table = fields.table("set")
    columns = fields.values.get("symbols")
    for name in table.values if table else ():
        assert table is not None, "unreachable because there is a symbol in it"  # noqa: S101
        if name not in space.symbols:
            table.complain(name, f"unknown symbol '{name}'", did_you_mean(name, space.symbols))
        elif isinstance(columns, list | dict) and name in columns:
            table.complain(name, f"'{name}' has a column as well", "a symbol has one source")
        tree = table.amount(name)
        if tree is not None:
            space.sound(tree, table, (*table.path, name), allowed=("symbol",), sort="number")


def read_model_keys(fields: Fields, declared: Declarations) -> None:
    """Read `like`, `assumed` and `conventions`, as a model has them; a convention may be a column."""
    if "like" in fields:
        other = fields.text("like")
        if other.strip() and other not in declared.models:
            fields.complain("like", f"there is no model '{other}'", did_you_mean(other, declared.models))
    if isinstance(fields.values.get("assumed"), str):
        fields.text("assumed")
    elif table := fields.table("assumed"):
        table.only(declared.namespace.symbols)
        for name in table.values:
            table.text(name)
    table = fields.table("conventions")
    known = declared.namespace.conventions
    for name, value in table.values.items() if table else ():
        assert table is not None, "unreachable because there is a convention in it"  # noqa: S101
        if name not in known:
            table.complain(name, f"unknown convention '{name}'", did_you_mean(name, known))
        elif isinstance(value, str):
            table.text(name)
        elif type(value) is not bool:
            table.complain(name, f"'{name}' is {type_name(value)}, expected true, false or a column's name")


def read_texts(fields: Fields, key: str, *, slugs: bool) -> None:
    """Read a table of texts: names of rows, or reasons why columns are no claims."""
    table = fields.table(key)
    for name in table.values if table else ():
        assert table is not None, "unreachable because there is a text in it"  # noqa: S101
        if slugs:
            table.slug(name)
        else:
            table.text(name)


def read_rows(fields: Fields, *, local: bool, under: tuple[str, ...]) -> None:
    """See that the rows are a table of equally many cells, or that the document has them."""
    if "rows" not in fields:
        if not local:
            fields.complain(None, "'rows' is missing", "the document is a citation: copy its table here")
        elif not under:
            fields.complain(None, "expected 'under', which names the table in the document, or 'rows'")
        return
    lines = [line.strip() for line in fields.text("rows").splitlines() if line.strip()]
    if not lines:
        return
    if len(lines) < 3 or set(lines[1]) - set("|-: ") or "-" not in lines[1]:
        fields.complain("rows", "'rows' is no table", "expected a line of names, a line of dashes, and a line a row")
        return
    for number, line in enumerate(lines[2:], start=1):
        if cells(line) != cells(lines[0]):
            fields.complain("rows", f"row {number} has {cells(line)} cells, the names have {cells(lines[0])}")


def cells(line: str) -> int:
    r"""Return how many cells a line of a table has; \| is a character of its cell."""
    return line.replace(r"\|", "").strip("|").count("|") + 1


def read_table_claims(fields: Fields, declared: Declarations) -> None:
    """Read every [[table.claims]]."""
    space = declared.namespace
    seen: set[str] = set()
    for each in fields.array_of_tables("claims", f"{fields.label}, claim"):
        each.only(CLAIM_KEYS)
        claim_id = each.slug("id") if "id" in each else each.text("column")
        kinds = [key for key in ("column", "asserts") if key in each]
        if len(kinds) != 1:
            each.complain(None, "expected either 'column' or 'asserts'")
            continue
        if claim_id in seen:
            each.complain("id" if "id" in each else "column", f"there are two claims '{claim_id}' in this table")
        seen.add(claim_id)
        if kinds == ["asserts"]:
            each.require("id")
            for key in ("equals", *OVERRIDES, "because"):
                if key in each:
                    each.complain(key, f"'{key}' does not go with 'asserts'")
        kind, source = ("printed" if kinds == ["column"] else "asserts"), Source(each)
        measure = read_measure(source, "printed" if kind == "printed" else "asserts", space)
        if kind == "asserts":
            read_statement(each, "asserts", kind="asserts", measure=measure, space=space)
        if "assuming" in each:
            expressions(each, "assuming", space, sort="condition")
        read_settings(each, declared)
        evidence = each.choice("evidence", STRENGTHS)
        if evidence not in ("", "evaluated"):
            each.complain("evidence", f"a row of a table can not be '{evidence}', expected 'evaluated'")
        each.text("note")
        excused = Excused(kind="printed" if kind == "printed" else "asserts", measure=measure, names=None, pinned=False)
        check_overlap(each, read_waivers(each, excused), read_errata(each, excused, space))
