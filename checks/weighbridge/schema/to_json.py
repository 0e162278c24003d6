"""The spec language as JSON Schema, for editors."""

from __future__ import annotations

import json

from weighbridge.schema.keys import spec
from weighbridge.schema.shapes import to_json_schema

#: The draft that taplo, which editors check TOML with, knows.
DRAFT = "http://json-schema.org/draft-04/schema#"


def to_json() -> str:
    """Return the schema of specs; the same bytes every time."""
    text = "A spec of Weighbridge: what a document claims about models, and what is needed to decide it."
    schema = {"$schema": DRAFT, "title": "Weighbridge spec", "description": text, **to_json_schema(spec())}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
