"""`weighbridge init` writes a first spec, which passes at once."""

from __future__ import annotations

import shlex

import click

from weighbridge.delivery import write
from weighbridge.verbs.flags import verb


@verb(
    "init",
    "Write a first spec, to begin with.",
    examples="""
  weighbridge init && weighbridge check
  weighbridge init notes
""",
)
@click.argument("directory", type=click.Path(), default=".", metavar="[DIR]")
def init(directory: str) -> int:
    """Write a small document and its spec into spec/ below DIR (default: here); `weighbridge check` passes at once.

    Nothing is overwritten.
    """
    from weighbridge.starting import start

    write("".join(f"{path}\n" for path in start(directory)))
    where = "" if directory == "." else f" {shlex.quote(f'{directory}/spec')}"
    click.echo(f"now run: weighbridge check{where}", err=True)
    return 0
