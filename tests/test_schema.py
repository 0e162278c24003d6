"""The schema has the keys that the reader knows, and accepts what the reader accepts."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import tomli

from expect import Expect
from weighbridge.errors import SpecErrors
from weighbridge.schema.keys import spec
from weighbridge.schema.shapes import Key, ListOf, OneOf, Scalar, Shape, Table
from weighbridge.schema.to_json import to_json
from weighbridge.spec.architectures import Library
from weighbridge.spec.declare import MODEL_KEYS
from weighbridge.spec.fields import Fields
from weighbridge.spec.read import read_spec

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "tests" / "examples"
SCHEMA = json.loads(to_json())
VALIDATOR = jsonschema.Draft4Validator(SCHEMA)
WHOLE = (EXAMPLES / "whole.toml").read_text(encoding="utf-8")
#: What the corpus's whole spec leaves out, put behind it.
REST = """
[[claim]]
id = "excused"
printed = "137"
equals = "total"
[[claim.erratum]]
at = "small"
reason = "a slip"
printed = "137"
correct = "138"

[[claim]]
id = "counted"
printed = "138"
[claim.oracle]
config = "config.json"
of = "total"
as = "GPT2Model"
part = "text"
ignore = ["remark"]
conventions = { head = true }

[[table]]
id = "rest"
symbols = ["n"]
assumed = { d = "as before" }
set = { d = 3, z = 0 }
conventions = { tied = { column = "Head", when = "shared" }, biases = true }
exempt = { "Batch" = { at = ["small"], reason = "printed twice" } }
under = "Sizes"
[[table.claims]]
column = "Total"
equals = "total"
[table.claims.waive]
at = "large"
reason = "until then"
expires = 2027-06-30
[[table.waive]]
column = "Total"
at = "small"
reason = "until then"
expires = 2027-06-30
[[table.erratum]]
column = "Total"
at = "huge"
reason = "a slip"
"""
EVERYTHING = 'architecture = "own"\nrename = { k = "kept" }\n' + (WHOLE + REST).replace(
    "[symbols]\n", "[symbols]\nk = { min = 1, default = 2 }\n", 1
)
LIBRARY = Library(("own",), lambda _: b'[symbols]\nkept = "kept"\n')


def spied(text: str, monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str | int, ...], set[str]]:
    """Return the keys that the reader knows of each table of a spec, by where it stands."""
    known: dict[tuple[str | int, ...], set[str]] = {}
    only = Fields.only

    def spy(fields: Fields, names: Iterable[str]) -> None:
        listed = tuple(names)
        if fields.locator.path == "spec.toml":  # and not that of the architecture
            known[fields.path] = set(listed)
        only(fields, listed)

    monkeypatch.setattr(Fields, "only", spy)
    read_spec("spec.toml", text.encode(), library=LIBRARY)
    return known


def steps(shape: Shape, part: str | int) -> list[Shape]:
    """Return what stands at a key or a list's place, in every shape that a value may have."""
    match shape:
        case OneOf(shapes):
            return [found for each in shapes for found in steps(each, part)]
        case ListOf(item, _, _) if isinstance(part, int):
            return [item]
        case Table(keys=keys, named=named) if isinstance(part, str):
            key = keys.get(part, named)
            return [] if key is None else [key.shape]
        case _:
            return []


def tables(shape: Shape) -> list[Table]:
    """Return the tables that a value may be."""
    match shape:
        case OneOf(shapes):
            return [found for each in shapes for found in tables(each)]
        case Table():
            return [shape]
        case _:
            return []


def at(path: tuple[str | int, ...]) -> Table:
    """Return the table of the schema that describes what stands at a path."""
    shapes: list[Shape] = [spec()]
    for part in path:
        shapes = [found for shape in shapes for found in steps(shape, part)]
    (table,) = [found for shape in shapes for found in tables(shape)]
    return table


def keyed(shape: Shape, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], set[str]]:
    """Return the keys of every table of the schema, by the names that lead to it; "*" is any name."""
    match shape:
        case Scalar():
            return {}
        case ListOf(item, _, _):
            return keyed(item, path)
        case OneOf(shapes):
            return {place: keys for each in shapes for place, keys in keyed(each, path).items()}
        case Table(keys=keys, named=named):
            inner: Mapping[str, Key] = {**keys, **({"*": named} if named else {})}
            below = {
                place: found for name, key in inner.items() for place, found in keyed(key.shape, (*path, name)).items()
            }
            return {path: set(keys), **below} if keys else below


def test_every_table_has_the_keys_that_the_reader_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    for path, known in spied(EVERYTHING, monkeypatch).items():
        table = at(path)
        if table.named is None:
            assert set(table.keys) == known, path
        else:  # names of the spec's own, such as symbols
            assert not table.keys, path


def test_no_table_of_the_schema_is_left_out_of_that_comparison(monkeypatch: pytest.MonkeyPatch) -> None:
    """Models are the exception: the reader looks through their keys itself, since symbols are keys there."""
    read = {frozenset(at(path).keys) for path in spied(EVERYTHING, monkeypatch) if at(path).named is None}
    for path, keys in keyed(spec()).items():
        assert keys in read or (path, keys) == (("models", "*"), set(MODEL_KEYS)), path


def plain(value: Any) -> Any:
    """Return TOML as JSON has it: dates are texts."""
    match value:
        case dict():
            return {key: plain(each) for key, each in value.items()}
        case list():
            return [plain(each) for each in value]
        case datetime.date():
            return value.isoformat()
        case _:
            return value


def mistakes(text: str) -> list[str]:
    """Return where a spec is not what the schema describes."""
    return ["/".join(map(str, each.absolute_path)) for each in VALIDATOR.iter_errors(plain(tomli.loads(text)))]


SPECS = sorted(
    path
    for folder in ("examples/holds", "examples/refuted", "examples/undecided", "examples/errored", "examples/documents")
    for path in (ROOT / "tests" / folder).glob("*.toml")
)
#: Tables whose keys are all known; those of a model are symbols too.
CLOSED = keyed(spec()).keys() - {("models", "*")}
PAGE = (ROOT / "spec" / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"(Error: [^\n]+\n\n)?^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft4Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", [*SPECS, *sorted((ROOT / "spec").glob("*.toml"))], ids=lambda path: path.stem)
def test_a_spec_of_ours_is_what_the_schema_describes(path: Path) -> None:
    assert mistakes(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("text", [EVERYTHING, *(text for error, text in BLOCKS if not error)])
def test_what_the_page_on_the_language_shows_is_too(text: str) -> None:
    if not re.search(r"^\[document\]", text, re.MULTILINE):
        text = f'{text}\n[document]\ntitle = "T"\ncite = "C"\n'
    assert mistakes(text) == []


@pytest.mark.parametrize("path", sorted(CLOSED), ids=lambda path: ".".join(path) or "top")
def test_an_unknown_key_is_refused_in_every_table(path: tuple[str, ...]) -> None:
    """The key `wrong` is put into each table of a kind that the whole spec has."""
    values = plain(tomli.loads(EVERYTHING))
    assert VALIDATOR.is_valid(values)
    found = list(places(values, path))
    assert found
    for number in range(len(found)):
        changed = deepcopy(values)
        list(places(changed, path))[number]["wrong"] = True
        assert not VALIDATOR.is_valid(changed)


def places(value: Any, path: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return the tables that a path leads to; lists are gone through."""
    if isinstance(value, list):
        return [found for each in value for found in places(each, path)]
    if not isinstance(value, dict):
        return []
    if not path:
        return [value]
    inner = list(value.values()) if path[0] == "*" else [value[path[0]]] if path[0] in value else []
    return [found for each in inner for found in places(each, path[1:])]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('printed = "138"\nequals', "printed = 138\nequals"),
        ('equals = ["total", "138"]\n', ""),
        ('kind = "symmetric"', 'kind = "symetric"'),
        ('between = ["n", "d"]', 'between = ["n"]'),
        ("degree = 3\n", ""),
        ('rounding = "down"', 'rounding = "below"'),
        ("z = { min = 0 }", "z = { min = 2 }"),
        ('shape = ["wide", "d"]', "shape = []"),
        ('over = "g"', 'over = "g"\nat = "small"'),
        ('path = "documents/a.md"\n', ""),
        ('qualitative = "a matter of taste"', ""),
        ('times = "any"', 'times = "all"'),
        ('unit = "bytes"', 'unit = "bits"'),
        ('config = "config.json"\n', 'config = "config.json"\ncheckpoint = "x"\n'),
        ('config = "config.json"\n', 'checkpoint = "x"\n'),
        ('config = "config.json"\n', ""),
        ('printed = "138"\n[claim.oracle]', 'over = "g"\nprinted = "138"\n[claim.oracle]'),
        ('printed = "138"\n[claim.oracle]', 'at = ["small"]\nprinted = "138"\n[claim.oracle]'),
        ('printed = "138"\n[claim.oracle]', 'at = "*"\nprinted = "138"\n[claim.oracle]'),
        ('printed = "138"\n[claim.oracle]', 'asserts = "n > 1"\n[claim.oracle]'),
    ],
)  # fmt: skip
def test_the_schema_refuses_what_the_reader_refuses(old: str, new: str) -> None:
    assert old in EVERYTHING
    changed = EVERYTHING.replace(old, new, 1)
    with pytest.raises(SpecErrors):
        read_spec("spec.toml", changed.encode(), library=LIBRARY)
    assert mistakes(changed) != []


def test_every_key_says_what_it_means() -> None:
    def look(schema: Mapping[str, Any], name: str) -> None:
        for key, value in schema.get("properties", {}).items():
            assert re.fullmatch(r"[A-Za-z].{8,}[.:)]", value["description"]), f"{name}.{key}"
        inner = schema.get("additionalProperties")
        each = [*schema.get("properties", {}).items(), *([("*", inner)] if inner else [])]
        each += [("[]", schema["items"])] if "items" in schema else []
        for key, value in [*each, *(("|", value) for value in schema.get("anyOf", ()) if "type" in value)]:
            look(value, f"{name}.{key}")

    look(SCHEMA, "spec")


def test_the_schema_beside_the_specs_is_this_one(expect: Expect) -> None:
    expect(ROOT / "spec" / "spec.schema.json", to_json())
    first = (ROOT / "spec" / "gpt3-weights.toml").read_text(encoding="utf-8").partition("\n")[0]
    assert first == "#:schema ./spec.schema.json"
