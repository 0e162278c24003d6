"""Which claims one entry of a spec makes: itself, or for a claim of a table what it says of each row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from weighbridge.audit.places import Places
from weighbridge.errors import Location
from weighbridge.spec.claim_model import Claim, Erratum, PrintedFigure, Qualitative, Waiver
from weighbridge.spec.locate import Path
from weighbridge.spec.model import Spec
from weighbridge.spec.table_model import ColumnFigures, TableClaim


class Entry(Struct, frozen=True, kw_only=True):
    """What stands in the file at `path`, and the claims that arithmetic decides of it.

    `column` says that their figures are cells of a table, which are changed by themselves. `conventions` are those that
    the entry sets, `written` the places of excuses that repeat what the claim says.
    """

    name: str
    path: Path
    claims: tuple[Claim, ...]
    conventions: Mapping[str, bool]
    written: frozenset[Location]
    column: str = ""


def entries(spec: Spec, places: Places) -> Iterator[Entry]:
    """Yield every entry that makes a claim which arithmetic decides, in the order of the spec."""
    decided = [claim for claim in spec.claims if not isinstance(claim.statement, Qualitative)]
    for claim in decided:
        if claim.id in places.claims:
            path = places.claims[claim.id]
            written = frozenset(each.location for each in excuses_of(claim))
            yield Entry(name=claim.id, path=path, claims=(claim,), conventions=claim.conventions, written=written)
    for index, table in enumerate(spec.tables):
        for place, said in enumerate(table.claims):
            name = f"{table.id}.{said.id}"
            made = tuple(claim for claim in decided if claim.id.startswith(f"{name}@"))
            if made:
                yield Entry(
                    name=name,
                    path=("table", index, "claims", place),
                    claims=made,
                    conventions=said.conventions,
                    written=frozenset(each.location for each in excuses_of(said) if each.pin),
                    column=said.statement.column.name if isinstance(said.statement, ColumnFigures) else "",
                )


def cells(all_entries: list[Entry]) -> Iterator[tuple[list[Claim], frozenset[Location]]]:
    """Yield the claims that are made of each cell of a table, and the places of excuses that repeat it."""
    found: dict[tuple[int | str, str, str], list[tuple[Claim, Entry]]] = {}
    for entry in all_entries:
        for claim in entry.claims if entry.column else ():
            if isinstance(claim.statement, PrintedFigure):
                row = claim.id.rpartition("@")[2]
                found.setdefault((entry.path[1], entry.column, row), []).append((claim, entry))
    for several in found.values():
        yield [claim for claim, _ in several], frozenset().union(*(entry.written for _, entry in several))


def excuses_of(claim: Claim | TableClaim) -> tuple[Erratum | Waiver, ...]:
    """Return all errata and waivers of a claim."""
    whole = claim.waiver if isinstance(claim, Claim) else None
    return (*claim.errata, *claim.waivers, *([whole] if whole else []))
