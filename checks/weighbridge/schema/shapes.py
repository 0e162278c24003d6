"""What a key of a spec may hold: a value, a list, one of several, or a table with keys of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from msgspec import Struct, field

from weighbridge.spec.fields import SLUG


class Scalar(Struct, frozen=True):
    """A value that is no list and no table, as JSON Schema describes it."""

    schema: Mapping[str, Any]


class ListOf(Struct, frozen=True):
    """A list whose items are alike."""

    item: Shape
    least: int = 0
    most: int | None = None


class OneOf(Struct, frozen=True):
    """One of several shapes."""

    shapes: tuple[Shape, ...]


class Key(Struct, frozen=True):
    """What a key means, in a sentence or two for whoever types it, and what it may hold."""

    text: str
    shape: Shape


class Table(Struct, frozen=True, kw_only=True):
    """A table: the keys that it knows, and what names of the spec's own hold in it (None: it has none).

    `rules` are further demands on it as a whole, in the words of JSON Schema.
    """

    keys: Mapping[str, Key] = field(default_factory=dict)
    named: Key | None = None
    required: tuple[str, ...] = ()
    rules: Mapping[str, Any] = field(default_factory=dict)


Shape: TypeAlias = Scalar | ListOf | OneOf | Table

TEXT = Scalar({"type": "string", "pattern": r"\S"})
BLANK = Scalar({"type": "string"})
BOOLEAN = Scalar({"type": "boolean"})
INTEGER = Scalar({"type": "integer"})
COUNT = Scalar({"type": "integer", "minimum": 1})
DATE = Scalar({"type": "string", "format": "date"})
ID = Scalar({"type": "string", "pattern": f"^{SLUG.pattern}$"})
EXPRESSION = Scalar({"type": "string", "pattern": r"\S", "maxLength": 4_096})
AMOUNT = OneOf((INTEGER, EXPRESSION))
TEXTS = OneOf((TEXT, ListOf(TEXT, least=1)))
EXPRESSIONS = OneOf((EXPRESSION, ListOf(EXPRESSION, least=1)))
SETTINGS = Table(named=Key("Whether this is counted.", BOOLEAN))


def one_of_words(*words: str) -> Scalar:
    """Return a text that is one of a few."""
    return Scalar({"type": "string", "enum": list(words)})


def to_json_schema(shape: Shape) -> dict[str, Any]:
    """Return a shape in the words of JSON Schema, draft 4."""
    match shape:
        case Scalar(schema):
            return dict(schema)
        case ListOf(item, least, most):
            sizes = {"minItems": least} if least else {}
            return {"type": "array", "items": to_json_schema(item), **sizes} | ({"maxItems": most} if most else {})
        case OneOf(shapes):
            return {"anyOf": [to_json_schema(each) for each in shapes]}
        case Table(keys=keys, named=named, required=required, rules=rules):
            return {
                "type": "object",
                "properties": {name: described(key) for name, key in keys.items()},
                "additionalProperties": described(named) if named else False,
                **({"required": list(required)} if required else {}),
                **rules,
            }


def described(key: Key) -> dict[str, Any]:
    """Return a key's shape with what it means, which editors show beside it."""
    return {"description": key.text, **to_json_schema(key.shape)}
