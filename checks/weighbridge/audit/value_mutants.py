"""In which ways the value of a symbol can be wrong in one place: in a model, a table or a default, changed in the text.

What a value is taken for, by `like`, by expressions and by defaults, follows as it does in any spec: the changed text
is read again. So what counts is each value that the spec itself writes down, once, where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from weighbridge.audit.mutants import Mutant, flipped, others
from weighbridge.audit.places import Places
from weighbridge.audit.variants import variants
from weighbridge.documents.cells import is_empty, truth
from weighbridge.documents.rows import Laid, lay_out
from weighbridge.documents.tables import Cell, copied_table
from weighbridge.errors import Collector, Location, SpecErrors
from weighbridge.formula.parser import parse
from weighbridge.formula.printer import to_text
from weighbridge.spec.locate import STRING, Path
from weighbridge.spec.model import Spec
from weighbridge.spec.table_model import Table

#: Makes a spec of its text. Raises `SpecErrors`.
Reader: TypeAlias = Callable[[str], Spec]

NUMBER = re.compile(r"[+-]?\w+")
DIGITS = re.compile(r"\d[\d,_]*")


class Edit(Struct, frozen=True, kw_only=True):
    """`what` becomes of a value of `name`: where `old` begins in the text, `new` stands in its place."""

    name: str
    key: str = ""
    what: str
    location: Location
    start: int
    old: str
    new: str


def value_mutants(spec: Spec, places: Places, read: Reader) -> Iterator[Mutant]:
    """Yield the spec with each change to each value that it gives to a symbol or, in a model or table, a convention."""
    editing = Editing(spec, places)
    for edit in (*editing.of_models(), *editing.of_tables(), *editing.of_defaults()):
        text = places.locator.text
        changed, unread = spec, ""
        try:
            changed = read(f"{text[: edit.start]}{edit.new}{text[edit.start + len(edit.old) :]}")
        except SpecErrors as refused:
            unread = refused.errors[0].message
        yield Mutant(
            location=edit.location,
            kind="value",
            name=edit.name,
            key=edit.key,
            what=edit.what,
            spec=changed,
            unread=unread,
        )


class Editing(Struct, frozen=True):
    """Finds the values in a spec's text, and what each can be mistaken for."""

    spec: Spec
    places: Places

    def of_models(self) -> Iterator[Edit]:
        """Yield the changes to each [models.NAME]."""
        for name, given in (self.places.values.get("models") or {}).items():
            for symbol in given:
                if symbol in self.spec.symbols:
                    yield from self.of_value(("models", name, symbol), name, label=f"{symbol} becomes ")
            yield from self.of_settings(("models", name, "conventions"), name)

    def of_tables(self) -> Iterator[Edit]:
        """Yield the changes to what each [[table]] gives its rows, and to the cells of its columns of symbols."""
        for index, table in enumerate(self.spec.tables):
            for symbol in table.constants:
                yield from self.of_value(("table", index, "set", symbol), table.id, "set", label=f"{symbol} becomes ")
            yield from self.of_settings(("table", index, "conventions"), table.id)
            yield from self.of_rows(table)

    def of_rows(self, table: Table) -> Iterator[Edit]:
        """Yield the changes to the rows of a table that the spec copies; one in the document is not the spec's."""
        cells = None if table.rows is None else copied_table(table.rows)
        if cells is None:
            return
        laid = lay_out(table, cells.transposed() if table.transposed else cells, Collector())
        for row in laid.rows:
            for symbol, column in table.symbols.items():
                cell = row.cells[laid.columns[column.name]]
                for start, old, new in self.digits_in(cell):
                    yield self.edit(start, old, new, name=row.model, what=f"{symbol} becomes {new}")
            yield from self.of_convention_cells(laid, row.model, row.cells)

    def of_convention_cells(self, laid: Laid, model: str, cells: tuple[Cell, ...]) -> Iterator[Edit]:
        """Yield a row with each convention turned round that a cell sets."""
        for name, source in laid.table.convention_columns.items():
            cell = cells[laid.columns[source.column.name]]
            start = self.places.offset(cell.location)
            stands = self.places.locator.text.startswith(cell.text, start)
            if not is_empty(cell.text) and stands:
                on = cell.text in source.when if source.when else bool(truth(cell.text))
                # A word that is none of those that mean yes.
                new = "no" if on else "yes" if not source.when else source.when[0]
                yield self.edit(start, cell.text, new, name=model, what=f"{name} {flipped(value=on)}")

    def digits_in(self, cell: Cell) -> Iterator[tuple[int, str, str]]:
        """Yield where the number of a cell stands in the text, as it is and with another last digit."""
        start = self.places.offset(cell.location)
        found = None if is_empty(cell.text) else DIGITS.search(self.places.locator.text, start)
        if found is not None:
            old = found[0].rstrip(",")
            yield found.start(), old, f"{old[:-1]}{'8' if old[-1] == '9' else int(old[-1]) + 1}"

    def of_defaults(self) -> Iterator[Edit]:
        """Yield the changes to each default of the spec's own symbols."""
        for name, symbol in self.spec.symbols.items():
            path: Path = ("symbols", name, "default")
            if symbol.default is not None and self.places.get(path) is not None:
                yield from self.of_value(path, name, "default")

    def of_settings(self, path: Path, name: str) -> Iterator[Edit]:
        """Yield a model or table with each convention turned round that it sets."""
        for convention, on in (self.places.get(path) or {}).items():
            if isinstance(on, bool):
                what = f"{convention} {flipped(value=on)}"
                yield self.at((*path, convention), name, "conventions", what, str(not on).lower())

    def of_value(self, path: Path, name: str, key: str = "", *, label: str = "") -> Iterator[Edit]:
        """Yield a number one larger, or an expression with each change."""
        value = self.places.get(path)
        if isinstance(value, int):
            yield self.at(path, name, key, f"{label or 'becomes '}{value + 1:,}", str(value + 1))
        elif isinstance(value, str):
            for each in variants(parse(value), self.symbols_for):
                what = f"{label.partition(' ')[0]}: {each.what}" if label else each.what
                edit = self.at(path, name, key, what, f'"{to_text(each.tree)}"')
                yield replace(edit, location=self.places.of_spot(path, each.spot))

    def symbols_for(self, name: str) -> Iterable[str]:
        """Return which symbols a symbol is mistaken for."""
        return others(self.spec)(name)

    def at(self, path: Path, name: str, key: str, what: str, new: str) -> Edit:
        """Return the edit of the TOML value at a path."""
        start = self.places.locator.place(path).value
        text = self.places.locator.text
        match = STRING.match(text, start) or NUMBER.match(text, start)
        assert match is not None, "unreachable because there is a number, boolean or string"
        return replace(self.edit(start, match[0], new, name=name, what=what), key=key)

    def edit(self, start: int, old: str, new: str, *, name: str, what: str) -> Edit:
        """Return an edit at an offset of the text."""
        return Edit(name=name, what=what, location=self.places.locator.at(start), start=start, old=old, new=new)
