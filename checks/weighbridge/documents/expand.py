"""What a spec is once its tables are read: their rows are models, their claims claims of each row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from msgspec import Struct, field
from msgspec.structs import replace

from weighbridge.documents.bind import Binding
from weighbridge.documents.row_claims import RowClaims, lacking
from weighbridge.documents.rows import Laid, Models, lay_out
from weighbridge.documents.source import Source, Span
from weighbridge.documents.tables import copied_table, find_table
from weighbridge.errors import Collector, SpecError, did_you_mean
from weighbridge.formula.tree import Expression
from weighbridge.spec.claim_model import At, Claim
from weighbridge.spec.expand import Expansions
from weighbridge.spec.model import Spec
from weighbridge.spec.names import MAX_TOTAL, measure
from weighbridge.spec.sizes import Sizes
from weighbridge.spec.statements import expressions_of
from weighbridge.verdict import Anchor

#: Rows of all tables of a spec together, as many as it may have models.
MAX_ROWS = 2_000


class Expanded(Struct, frozen=True, kw_only=True):
    """A spec whose tables have become models and claims, and what those hold on to in the document.

    `anchors` and `spans` are by claim id; `cells` are those that a claim or (for values) a table accounts for, with its
    id, `exempt` those that are names or no claims, with the reason.
    """

    spec: Spec
    anchors: Mapping[str, Anchor] = field(default_factory=dict)
    spans: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    cells: tuple[tuple[Span, str], ...] = ()
    exempt: tuple[tuple[Span, str], ...] = ()
    errors: tuple[SpecError, ...] = ()

    def onto(self, binding: Binding) -> Binding:
        """Return the binding of the spec's own quotes with that of its tables."""
        return replace(
            binding,
            anchors={**binding.anchors, **self.anchors},
            spans={**binding.spans, **self.spans},
            cells=self.cells,
            exempt_cells=self.exempt,
            errors=tuple(sorted({*binding.errors, *self.errors})),
        )


def expand_tables(spec: Spec, source: Source | None) -> Expanded:
    """Return a spec with its tables as models and claims; `source` is its document, None where it is not here.

    Raises `SpecErrors` where there are more mistakes than anybody reads.
    """
    if not spec.tables and not spec.of_rows:
        return Expanded(spec=spec)
    errors = Collector()
    tables = list(lay_out_all(spec, source, errors))
    models = Models(spec, errors)
    for laid in tables:
        models.add(laid)
    making = RowClaims(spec, models, errors, local=source is not None)
    for laid in tables:
        making.claims_of(laid)
        making.cells_of(laid)
    own = tuple(own_claims(spec, models, errors, complete=len(tables) == len(spec.tables)))
    refuse_twins(own, making.claims, errors)
    sizes = Sizes(spec, spec.conventions)
    for row, say in ((row, f"table '{laid.table.id}', row '{row.name.text}'") for laid in tables for row in laid.rows):
        sizes.check(models.found[row.model], row.name.location, errors, say=say)
    sizes.check_claims((*own, *making.claims), models.found, errors)
    return Expanded(
        spec=replace(spec, models=MappingProxyType(models.found), claims=(*own, *making.claims), of_rows=()),
        anchors=making.anchors,
        spans=making.spans,
        cells=tuple(making.cells),
        exempt=tuple(making.exempt),
        errors=tuple(errors.errors),
    )


def lay_out_all(spec: Spec, source: Source | None, errors: Collector) -> Iterator[Laid]:
    """Yield every table that is found, with its columns and rows known."""
    rows = terms = 0
    for table in spec.tables:
        say = f"table '{table.id}'"
        if table.rows is not None:
            found = copied_table(table.rows) or SpecError(
                table.rows.places[0], "'rows' is no table", "expected as many dashes as names"
            )
        elif source is not None:
            found = find_table(source, table.under, nth=table.nth, said_at=table.location)
        else:
            continue
        if isinstance(found, SpecError):
            errors.add(found.location, f"{say}: {found.message}", found.hint)
            continue
        laid = lay_out(table, found.transposed() if table.transposed else found, errors)
        rows += len(laid.rows)
        terms += len(laid.rows) * table.weight
        if rows > MAX_ROWS or terms > MAX_TOTAL:
            many = f"{MAX_ROWS:,} rows" if rows > MAX_ROWS else f"{MAX_TOTAL:,} terms"
            errors.add(table.location, f"{say}: from here on the spec's tables have more than {many}", "split the spec")
            return
        yield laid


def own_claims(spec: Spec, models: Models, errors: Collector, *, complete: bool) -> Iterator[Claim]:
    """Yield the spec's own claims, rows of tables among the models that they speak of, in their order.

    `complete` says that all tables were found, so that a model which is in none of them is a mistake.
    """
    names = tuple(models.found)
    terms = 0
    expansions = Expansions(spec)
    plain = expansions.under(spec.conventions)
    for claim in sorted((*spec.claims, *spec.of_rows), key=lambda each: each.location):
        where = claim.where
        if not isinstance(where, At):
            yield claim
            continue
        unknown = [name for name in where.models if name not in models.found]
        if unknown:
            if complete:
                message = f"claim '{claim.id}': there is no model '{unknown[0]}', nor a row of a table"
                errors.add(claim.location, message, did_you_mean(unknown[0], names))
            continue
        chosen = names if where.every else where.models
        trees = expressions_in(claim)
        terms += len(chosen) * sum(measure(plain.of(tree), {})[0] for tree in trees)
        if terms > MAX_TOTAL:
            message = f"claim '{claim.id}': from here on, with its tables, the spec grows past {MAX_TOTAL:,} terms"
            errors.add(claim.location, message, "split the spec")
            return
        short = ((name, lacking(expansions, spec, models.found[name], trees, claim.conventions)) for name in chosen)
        name, symbols = next((each for each in short if each[1]), ("", []))
        if symbols:
            if (name, symbols[0]) in models.broken:
                continue  # why it has none is told at the table
            what, hint = "row", "leave the row out of `at`, or give the symbol in `set`"
            if name in spec.models:
                what, hint = "model", f"add it to [models.{name}], or to a table that has a row of it"
            errors.add(claim.location, f"claim '{claim.id}': the {what} '{name}' has no value for '{symbols[0]}'", hint)
            continue
        yield replace(claim, where=replace(where, models=chosen))


def expressions_in(claim: Claim) -> tuple[Expression, ...]:
    """Return every expression that a claim or a correction of it needs."""
    corrections = [each.correct for each in claim.errata if each.correct is not None]
    trees = [tree for each in (claim.statement, *corrections) for tree in expressions_of(each)]
    return (*trees, *claim.assuming)


def refuse_twins(own: Iterable[Claim], of_rows: Iterable[Claim], errors: Collector) -> None:
    """Note claims of the spec whose results would be called like those of a table."""
    taken = {claim.id for claim in of_rows}
    for claim in own:
        names = claim.where.models if isinstance(claim.where, At) and claim.where.listed else ()
        twin = next((name for name in (claim.id, *(f"{claim.id}@{name}" for name in names)) if name in taken), "")
        if twin:
            errors.add(claim.location, f"claim '{claim.id}': a table claims '{twin}' too", "give it another id")
