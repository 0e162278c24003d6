"""What a [[table]] says: which columns are symbols, conventions and claims, and what is the same in every row."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from weighbridge.errors import Location, did_you_mean
from weighbridge.spec.declare import Declarations
from weighbridge.spec.fields import Fields, type_name
from weighbridge.spec.locate import unescape
from weighbridge.spec.model import Document
from weighbridge.spec.table_claims import read_table_claims, weight_of
from weighbridge.spec.table_model import Constant, ConventionColumn, Named, Rows, Table, TableExemption

KEYS = (
    "id", "under", "nth", "symbols", "set", "assumed", "like", "conventions", "names", "exempt", "transposed", "rows",
    "claims", "waive", "erratum",
)  # fmt: skip


def read_tables(root: Fields, declared: Declarations, document: Document | None) -> tuple[Table, ...]:
    """Read every [[table]]; its rows are read once the document is known."""
    defaults = root.table("defaults")
    local = document is None or bool(document.path)
    return tuple(
        read_table(fields, defaults, declared, local=local) for fields in root.array_of_tables("table", "table")
    )


def read_table(fields: Fields, defaults: Fields | None, declared: Declarations, *, local: bool) -> Table:
    """Read one [[table]]; what has a mistake is noted and left out."""
    fields.only(KEYS)
    fields.require("id")
    symbols = read_columns(fields, declared)
    constants = read_constants(fields, declared)
    recipe = declared.recipes.get(read_like(fields, declared))
    given = recipe.values if recipe else {}
    inherited = {
        name: each.tree
        for name, each in given.items()
        if each.tree is not None and name not in symbols and name not in constants
    }
    settings, columns = read_conventions(fields, declared)
    under = fields.texts("under") if "under" in fields else ()
    claims = read_table_claims(fields, defaults, declared)
    return Table(
        id=fields.slug("id"),
        location=fields.location(),
        under=under,
        nth=fields.positive("nth") or 0,
        rows=read_rows(fields, local=local, under=under),
        height=read_height(fields),
        transposed=fields.boolean("transposed", default=False),
        symbols=MappingProxyType(symbols),
        constants=MappingProxyType(constants),
        inherited=MappingProxyType(inherited),
        optional=frozenset(declared.optional),
        assumed=MappingProxyType(
            {
                **({name: why for name, why in recipe.assumed.items() if name in inherited} if recipe else {}),
                **read_assumed(fields, declared, constants),
            }
        ),
        conventions=MappingProxyType({**(recipe.conventions if recipe else {}), **settings}),
        convention_columns=MappingProxyType(columns),
        names=MappingProxyType(read_names(fields)),
        exempt=tuple(read_exempt(fields)),
        claims=claims,
        weight=sum(weight_of(claim, declared.namespace) for claim in claims),
    )


def read_columns(fields: Fields, declared: Declarations) -> dict[str, Named]:
    """Read `symbols`: symbol = "column", or a list of symbols whose columns have the same names."""
    known = declared.namespace.symbols
    found: dict[str, Named] = {}
    if isinstance(fields.values.get("symbols"), list):
        for name, path in fields.texts_at("symbols"):
            where = fields.locator.of_value(path)
            if name not in known:
                fields.errors.add(where, f"{fields.label}: unknown symbol '{name}'", did_you_mean(name, known))
            else:
                found[name] = Named(name, where)
        return found
    table = fields.table("symbols")
    for name in table.values if table else ():
        assert table is not None, "unreachable because there is a column in it"
        if name not in known:
            table.complain(name, f"unknown symbol '{name}'", did_you_mean(name, known))
            table.text(name)
        elif column := table.text(name).strip():
            found[name] = Named(column, value_place(table, name))
    return found


def read_constants(fields: Fields, declared: Declarations) -> dict[str, Constant]:
    """Read `set`: symbols that are the same in every row, or follow from the others."""
    table = fields.table("set")
    columns = fields.values.get("symbols")
    space = declared.namespace
    found: dict[str, Constant] = {}
    for name in table.values if table else ():
        assert table is not None, "unreachable because there is a symbol in it"
        if name not in space.symbols:
            table.complain(name, f"unknown symbol '{name}'", did_you_mean(name, space.symbols))
        elif isinstance(columns, list | dict) and name in columns:
            table.complain(name, f"'{name}' has a column as well", "a symbol has one source")
        tree = table.amount(name)
        path = (*table.path, name)
        sound = tree is not None and space.sound(tree, table, path, allowed=("symbol",), sort="number")
        if tree is not None and sound and name in space.symbols:
            found[name] = Constant(tree, table.location(name))
    return found


def read_like(fields: Fields, declared: Declarations) -> str:
    """Read `like`: the model whose values every row has, but for its own."""
    if "like" not in fields:
        return ""
    other = fields.text("like")
    if other.strip() and other not in declared.recipes:
        fields.complain("like", f"there is no model '{other}'", did_you_mean(other, declared.recipes))
    return other


def read_assumed(fields: Fields, declared: Declarations, constants: dict[str, Constant]) -> dict[str, str]:
    """Read `assumed`: one text for all that is `set`, for the document states what its columns hold; or some texts."""
    if isinstance(fields.values.get("assumed"), str):
        return dict.fromkeys(constants, fields.text("assumed"))
    table = fields.table("assumed")
    if table is None:
        return {}
    table.only(declared.namespace.symbols)
    return {name: table.text(name) for name in table.values}


def read_conventions(fields: Fields, declared: Declarations) -> tuple[dict[str, bool], dict[str, ConventionColumn]]:
    """Read `conventions`: true or false for all rows, a column of yes and no, or { column, when }."""
    table = fields.table("conventions")
    known = declared.namespace.conventions
    settings: dict[str, bool] = {}
    columns: dict[str, ConventionColumn] = {}
    for name, value in table.values.items() if table else ():
        assert table is not None, "unreachable because there is a convention in it"
        if name not in known:
            table.complain(name, f"unknown convention '{name}'", did_you_mean(name, known))
        elif isinstance(value, str):
            columns[name] = ConventionColumn(Named(table.text(name), value_place(table, name)))
        elif isinstance(value, dict):
            inner = table.inner(name, value, f"{table.label}, {name}")
            inner.only(("column", "when"))
            if inner.require("column", "when"):
                column = Named(inner.text("column"), value_place(inner, "column"))
                columns[name] = ConventionColumn(column, inner.texts("when"))
        elif type(value) is bool:
            settings[name] = value
        else:
            table.complain(name, f"'{name}' is {type_name(value)}, expected true, false or a column's name")
    return settings, columns


def read_names(fields: Fields) -> dict[str, Named]:
    """Read `names`: the ids of rows by what is printed."""
    table = fields.table("names")
    found: dict[str, Named] = {}
    for name in table.values if table else ():
        assert table is not None, "unreachable because there is a text in it"
        if slug := table.slug(name):
            found[" ".join(name.split())] = Named(slug, table.location(name))
    return found


def read_exempt(fields: Fields) -> Iterator[TableExemption]:
    """Read `exempt`: a column or row = "why it is no claim", or column = { at, reason } for some of its cells."""
    table = fields.table("exempt")
    for name, value in table.values.items() if table else ():
        assert table is not None, "unreachable because there is a text in it"
        what = Named(name, table.location(name))
        if not isinstance(value, dict):
            yield TableExemption(what, table.text(name))
            continue
        inner = table.inner(name, value, f"{table.label}, '{name}'")
        inner.only(("at", "reason"))
        if inner.require("at", "reason"):
            at = tuple(Named(text, inner.locator.of_value(path)) for text, path in inner.texts_at("at"))
            yield TableExemption(what, inner.text("reason"), at)


def value_place(fields: Fields, key: str) -> Location:
    """Return where a key's value begins."""
    return fields.locator.of_value((*fields.path, key))


def read_rows(fields: Fields, *, local: bool, under: tuple[str, ...]) -> Rows | None:
    """Read a copied table, its rows of equally many cells; None where the document has it."""
    if "rows" not in fields or is_number(fields):
        if not local:
            what = "'rows' is a number" if is_number(fields) else "'rows' is missing"
            fields.complain(None, what, "the document is a citation: copy its table here")
        elif not under:
            fields.complain(None, "expected 'under', which names the table in the document, or 'rows'")
        return None
    rows = lines_of(fields)
    lines = rows.lines
    if not lines:
        return None
    if len(lines) < 3 or set(lines[1]) - set("|-: ") or "-" not in lines[1]:
        fields.complain("rows", "'rows' is no table", "expected a line of names, a line of dashes, and a line a row")
        return None
    for number, line in enumerate(lines[2:], start=1):
        if cells(line) != cells(lines[0]):
            fields.complain("rows", f"row {number} has {cells(line)} cells, the names have {cells(lines[0])}")
            return None
    return rows


def read_height(fields: Fields) -> int:
    """Return how many rows the table in the document must have, 0 where `rows` does not say so."""
    return (fields.positive("rows") or 0) if is_number(fields) else 0


def is_number(fields: Fields) -> bool:
    """Tell whether `rows` is a number of rows, not a copied table."""
    return type(fields.values.get("rows")) is int


def lines_of(fields: Fields) -> Rows:
    """Return the lines of `rows` that are not blank, each with the place where it begins in the file."""
    path = (*fields.path, "rows")
    start = fields.locator.of_value(path)
    written = fields.locator.text.split("\n")
    text = fields.text("rows")
    # A line break right behind the opening quotes is no part of the text.
    opening = written[start.line - 1][start.column - 1 :].strip()
    first = start.line + (opening in ('"""', "'''"))
    exact = fields.locator.place(path).content is not None
    lines, places = [], []
    for number, line in enumerate(text.split("\n")):
        if not line.strip():
            continue
        raw = written[first + number - 1] if first + number <= len(written) else ""
        if line.strip() in (raw if exact else unescape(raw)):
            at = raw.find(line.strip()) if exact else len(raw) - len(raw.lstrip())
            places.append(Location(start.path, first + number, at + 1))
        else:  # escaped line breaks: nothing is where it seems
            places.append(start)
        lines.append(line.strip())
    return Rows(tuple(lines), tuple(places), exact)


def cells(line: str) -> int:
    r"""Return how many cells a line of a table has; \| is a character of its cell."""
    return line.replace(r"\|", "").strip("|").count("|") + 1
