"""`weighbridge list` names what can be decided."""

from __future__ import annotations

from typing import Any

from weighbridge.delivery import write
from weighbridge.verbs.flags import Run, common, flag, paths, verb


@verb(
    "list",
    "List what can be decided.",
    examples="""
  weighbridge list
  weighbridge list spec/gpt3.toml --select '*.formula'
""",
)
@paths
@flag("select", multiple=True, metavar="GLOB", help="List only what is called like this; can be repeated.")
@common
def list_(**given: Any) -> int:
    """List what can be decided: each id, and where it is declared."""
    from weighbridge.project import listed

    run = Run(**given)
    rows = listed(run.open(), run.select)
    width = max((len(name) for name, _ in rows), default=0)
    write("".join(f"{name:<{width}}  {location}\n" for name, location in rows))
    return 0 if rows else 5
