"""`weighbridge schema` gives editors the keys of specs, with what they mean."""

from __future__ import annotations

from pathlib import Path

import click

from weighbridge.delivery import replace, write
from weighbridge.verbs.flags import verb


@verb(
    "schema",
    "Give editors the keys of specs.",
    examples="""
  weighbridge schema --out spec/spec.schema.json
  (then the first line of a spec is: #:schema ./spec.schema.json)
""",
)
@click.option(
    "--out", type=click.Path(), metavar="FILE.json", help="A file, which is replaced; default: standard output."
)
def schema(out: str | None) -> int:
    """Write the JSON Schema (draft 4) of specs, for editors that complete and explain the keys of a TOML file.

    taplo, and what is built on it, reads the comment in a spec's first line that names the schema.
    """
    from weighbridge.schema.to_json import to_json

    if out is None:
        write(to_json())
    else:
        replace(Path(out), to_json())
    return 0
