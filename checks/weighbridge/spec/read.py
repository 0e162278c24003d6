"""How a spec is read: bytes to `Spec`, or every mistake in them at once."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from types import MappingProxyType

from weighbridge.errors import Collector
from weighbridge.spec.architectures import NOTHING, Library, read_declarations
from weighbridge.spec.claim_model import At, Claim, Invariant
from weighbridge.spec.claims import read_claims
from weighbridge.spec.declare import Declarations
from weighbridge.spec.fields import SLUG, Fields
from weighbridge.spec.invariants import read_invariants
from weighbridge.spec.model import Document, Model, Spec
from weighbridge.spec.names import MAX_TOTAL, measure
from weighbridge.spec.quotes import read_exemptions
from weighbridge.spec.sizes import Sizes
from weighbridge.spec.statements import expressions_of
from weighbridge.spec.tables import read_tables
from weighbridge.spec.text import Text, path_from_root, root_of

TOP = (
    "architecture", "rename", "document", "symbols", "models", "tensors", "conventions", "quantities", "grids",
    "defaults", "claim", "invariant", "exempt", "table",
)  # fmt: skip

#: A spec of a thousand claims has a third of this; what is larger is not written by hand.
MAX_BYTES = 1024 * 1024
#: What a spec begins with.
BEGINS = "[document], its title, and its path or cite"


def read_spec(path: str, data: bytes, *, max_bytes: int = MAX_BYTES, library: Library = NOTHING) -> Spec:
    """Read a spec; `path` is where it stands relative to the project root, and is used in locations.

    `library` is where the architecture comes from that it may name.
    Raises `SpecErrors` with everything that is wrong with it.
    """
    errors = Collector()
    root = root_of(Text(path=path, noun="spec", max_bytes=max_bytes, begins=BEGINS), data, errors)
    root.only(TOP)
    document = read_document(root)
    declared = read_declarations(root, library)
    declared.tabled = bool(root.values.get("table"))
    claims = read_claims(root, declared)
    invariants = read_invariants(root, declared)
    exemptions = read_exemptions(root)
    tables = read_tables(root, declared, document)
    check_ids(root)
    check_total(claims, invariants, declared, errors)
    errors.raise_if_any()
    check_sizes(claims, declared, errors)
    errors.raise_if_any()
    assert document is not None, "unreachable because a spec without a document has been complained of"
    space = declared.namespace
    return Spec(
        path=path,
        document=document,
        symbols=MappingProxyType(space.symbols),
        models=MappingProxyType({**declared.models, **named_models(claims, declared)}),
        tensors=MappingProxyType(space.tensors),
        conventions=MappingProxyType(space.conventions),
        quantities=MappingProxyType(space.quantities),
        grids=MappingProxyType(declared.grids),
        claims=tuple(claim for claim in claims if not of_rows(claim, declared)),
        invariants=invariants,
        exemptions=exemptions,
        tables=tables,
        architectures=declared.sources,
        of_rows=tuple(claim for claim in claims if of_rows(claim, declared)),
    )


def named_models(claims: Iterable[Claim], declared: Declarations) -> dict[str, Model]:
    """Return the architecture's models that claims name, in the architecture's order."""
    named = {name for claim in claims if isinstance(claim.where, At) for name in claim.where.models}
    return {name: model for name, model in declared.brought.items() if name in named}


def of_rows(claim: Claim, declared: Declarations) -> bool:
    """Tell whether a claim speaks of models that only a table can have."""
    known = declared.models.keys() | declared.brought.keys()
    return isinstance(claim.where, At) and not known.issuperset(claim.where.models)


def read_document(root: Fields) -> Document | None:
    """Read [document]."""
    if "document" not in root:
        root.complain(None, "[document] is missing", f"begin with {BEGINS}")
        return None
    fields = root.table("document")
    if fields is None:
        return None
    fields.only(("id", "title", "path", "cite", "retrieved"))
    fields.require("title")
    stem = posixpath.basename(fields.locator.path).removesuffix(".toml")
    if "id" in fields:
        document_id = fields.slug("id")
    elif SLUG.fullmatch(stem):
        document_id = stem
    else:
        document_id = ""
        fields.complain(None, f"the file's name '{stem}' can not be its id", "give the document an 'id'")
    if ("path" in fields) == ("cite" in fields):
        what = "has 'path' and 'cite'" if "path" in fields else "'path' or 'cite' is missing"
        fields.complain("cite" if "cite" in fields else None, what, "'path' is a file in this project, 'cite' is not")
    if "retrieved" in fields and "cite" not in fields:
        fields.complain("retrieved", "'retrieved' goes with 'cite'")
    return Document(
        id=document_id,
        title=fields.text("title"),
        path=read_path(fields),
        cite=fields.text("cite"),
        retrieved=fields.date("retrieved"),
    )


def read_path(fields: Fields) -> str:
    """Read the document's path, relative to the spec, and return it relative to the project root."""
    return path_from_root(fields, "path", "documents stand inside it; or cite the document")


def check_ids(root: Fields) -> None:
    """Note ids that stand twice, among claims, invariants and tables."""
    first: dict[str, str] = {}
    for key, noun in (("claim", "claim"), ("invariant", "invariant"), ("table", "table")):
        items = root.values.get(key)
        for index, item in enumerate(items if isinstance(items, list) else ()):
            name = item.get("id") if isinstance(item, dict) else None
            if not isinstance(name, str):
                continue
            location = root.locator.of((key, index, "id"))
            if name in first:
                root.errors.add(location, f"{noun} '{name}': the id stands twice, first in {first[name]}")
            else:
                first[name] = f"line {location.line}"


def check_sizes(claims: tuple[Claim, ...], declared: Declarations, errors: Collector) -> None:
    """Note tensors whose sizes are no counts, in the spec's models and in those that its claims speak of."""
    sizes = Sizes(declared.namespace, declared.namespace.conventions)
    for name, model in declared.models.items():
        fields = declared.recipes[name].fields
        sizes.check(model, fields.location(), errors, say=fields.label)
    sizes.check_claims(claims, {**declared.brought, **declared.models}, errors)


def check_total(
    claims: tuple[Claim, ...], invariants: tuple[Invariant, ...], declared: Declarations, errors: Collector
) -> None:
    """Note where the claims of a spec, each asked once a model, grow past what is decided in a reasonable time."""
    total = 0
    everything: tuple[Claim | Invariant, ...] = (*claims, *invariants)
    for each in everything:
        trees = (each.of, *each.parts) if isinstance(each, Invariant) else expressions_of(each.statement)
        rounds = len(each.where.models) if isinstance(each, Claim) and isinstance(each.where, At) else 1
        nodes = sum(measure(tree, declared.namespace.sizes)[0] for tree in (*trees, *each.assuming))
        total += rounds * nodes
        if total > MAX_TOTAL:
            errors.add(
                each.location,
                f"'{each.id}': from here on the spec grows past {MAX_TOTAL:,} terms in all",
                "split the spec",
            )
            return
