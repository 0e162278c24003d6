"""How a spec is read: bytes to `Spec`, or every mistake in them at once."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import tomli

from weighbridge.errors import Collector, Location, SpecError, SpecErrors
from weighbridge.spec.claims import read_claims
from weighbridge.spec.declare import (
    Declarations,
    check_units,
    read_conventions,
    read_grids,
    read_models,
    read_quantities,
    read_symbols,
    read_tensors,
)
from weighbridge.spec.fields import SLUG, Fields
from weighbridge.spec.invariants import read_invariants
from weighbridge.spec.locate import Locator
from weighbridge.spec.model import At, Claim, Document, Invariant, Spec
from weighbridge.spec.names import MAX_TOTAL, measure
from weighbridge.spec.quotes import read_exemptions
from weighbridge.spec.statements import expressions_of
from weighbridge.spec.tables import read_tables

TOP = (
    "architecture", "rename", "document", "symbols", "models", "tensors", "conventions", "quantities", "grids",
    "defaults", "claim", "invariant", "exempt", "table",
)  # fmt: skip

#: A spec of a thousand claims has a third of this; what is larger is not written by hand.
MAX_BYTES = 1024 * 1024

BOM = b"\xef\xbb\xbf"
LONG_NUMBER = re.compile(r"[0-9][0-9_]{4000}")


def read_spec(path: str, data: bytes, *, max_bytes: int = MAX_BYTES) -> Spec:
    """Read a spec; `path` is where it stands relative to the project root, and is used in locations.

    Raises `SpecErrors` with everything that is wrong with it.
    """
    text = decoded(path, data, max_bytes)
    errors = Collector()
    root = Fields(parsed(path, text), (), "spec", Locator(path, text), errors)
    root.only(TOP)
    for key in ("architecture", "rename"):
        if key in root:
            root.complain(
                key, f"'{key}' has nothing to name: no architecture is shipped yet", "declare symbols and tensors here"
            )
    document = read_document(root)
    declared = read_declarations(root)
    claims = read_claims(root, declared)
    invariants = read_invariants(root, declared)
    exemptions = read_exemptions(root)
    tables = read_tables(root, declared, document)
    check_ids(root)
    check_total(claims, invariants, declared, errors)
    errors.raise_if_any()
    assert document is not None, "unreachable because a spec without a document has been complained of"  # noqa: S101
    space = declared.namespace
    return Spec(
        path=path,
        document=document,
        symbols=MappingProxyType(space.symbols),
        models=MappingProxyType(declared.models),
        tensors=MappingProxyType(space.tensors),
        conventions=MappingProxyType(space.conventions),
        quantities=MappingProxyType(space.quantities),
        grids=MappingProxyType(declared.grids),
        claims=claims,
        invariants=invariants,
        exemptions=exemptions,
        tables=tables,
    )


def decoded(path: str, data: bytes, max_bytes: int) -> str:
    """Return the text of a spec. Raises `SpecErrors` for what is no UTF-8 text of a reasonable size."""
    if len(data) > max_bytes:
        raise one_error(Location(path), f"has {len(data):,} bytes, expected at most {max_bytes:,}", "split the spec")
    if data.startswith(BOM):
        raise one_error(Location(path), "begins with a byte order mark", "save it as UTF-8 without one")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        raise one_error(
            Location(path, line, column), f"byte 0x{data[error.start]:02x} is not UTF-8", "save the file as UTF-8"
        ) from None
    if not text.strip():
        raise one_error(Location(path), "is empty", "begin with [document], its title, and its path or cite")
    return text


def parsed(path: str, text: str) -> Mapping[str, Any]:
    """Return what the TOML says. Raises `SpecErrors` at its first mistake of syntax."""
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        # tomli shows paths as Python's tuples: ('claim',).
        message = re.sub(r"\(('[^']*'(?:, '[^']*')*),?\)", r"\1", error.msg[:1].lower() + error.msg[1:])
        raise one_error(Location(path, error.lineno, error.colno), message, "expected TOML") from None
    except RecursionError:
        raise one_error(Location(path), "arrays or tables are nested too deeply", "flatten them") from None
    except ValueError:
        # Python refuses to read integers of thousands of digits, and tomli passes that on without a place.
        text = text.replace("\r\n", "\n")
        match = LONG_NUMBER.search(text)
        start = match.start() if match else 0
        where = Location(path, text.count("\n", 0, start) + 1, start - (text.rfind("\n", 0, start) + 1) + 1)
        raise one_error(where, "a number has thousands of digits", "no hyperparameter has") from None


def one_error(location: Location, message: str, hint: str) -> SpecErrors:
    """Return the exception for a mistake behind which reading can not go on."""
    return SpecErrors([SpecError(location, f"spec: {message}", hint)])


def read_document(root: Fields) -> Document | None:
    """Read [document]."""
    if "document" not in root:
        root.complain(None, "[document] is missing", "begin with [document], its title, and its path or cite")
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
    text = fields.text("path")
    if not text.strip():
        return ""
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(fields.locator.path), text))
    if not text.isprintable() or "\\" in text or re.match("[A-Za-z]:", text):
        fields.complain("path", f"'{text}' is no path", "write it relative to the spec, with / between its parts")
    elif posixpath.isabs(text) or joined.split("/")[0] == "..":
        fields.complain("path", f"'{text}' is outside the project", "documents stand inside it; or cite the document")
    return joined


def read_declarations(root: Fields) -> Declarations:
    """Read everything that a spec declares, and check it as a whole."""
    declared = Declarations()
    read_symbols(root, declared)
    read_conventions(root, declared)
    read_tensors(root, declared)
    read_quantities(root, declared)
    read_models(root, declared)
    read_grids(root, declared)
    declared.namespace.settle()
    declared.namespace.check_definitions(root, declared.declared)
    check_units(declared)
    return declared


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
