"""`weighbridge count` tells how many parameters a model has, exactly, and of what."""

# ruff: noqa: PLC0415 - a verb imports what it needs when it runs, so that --help answers at once

from __future__ import annotations

from pathlib import Path

import click

from weighbridge.delivery import write
from weighbridge.errors import UsageError
from weighbridge.verbs.flags import told, verb


@verb(
    "count",
    "Count a model's parameters exactly.",
    examples="""
  weighbridge count config.json                            from what transformers would build
  weighbridge count model.safetensors                      from a header; weights are never read
  weighbridge count --architecture gpt gpt3 tied=false     from an inventory that is shipped
""",
)
@click.argument("what", nargs=-1, metavar="PATH | [SYMBOL=VALUE]...")
@click.option("--architecture", default="", metavar="NAME", help="A shipped architecture; values stand for PATH.")
@click.option("--as", "as_class", default="", metavar="CLASS", help="Class to count in place of the config's own.")
@click.option(
    "--convention", "settings", multiple=True, metavar="NAME=true|false", help="Count otherwise; can be repeated."
)
@click.option(
    "--ignore", multiple=True, metavar="KEY", help="A key of the config that changes no shape; can be repeated."
)
@click.option("--depth", type=click.IntRange(1, 9), default=2, show_default=True, help="Levels of the tree in text.")
@told("the count")
def count(  # noqa: PLR0913 - click's signature
    what: tuple[str, ...],
    *,
    architecture: str,
    as_class: str,
    settings: tuple[str, ...],
    ignore: tuple[str, ...],
    depth: int,
    form: str,
) -> int:
    """Count a config.json, a .safetensors or .gguf file, an index of several, or a directory that has one of these.

    The count is exact, or there is none: a family or a key that is not understood is an error.
    """
    from weighbridge.count.read import Asked, count_architecture, count_file, truth

    conventions = {name: truth(name, text) for name, _, text in (each.partition("=") for each in settings)}
    if architecture:
        if as_class or ignore:
            raise UsageError("--as and --ignore are for configs; leave them out with --architecture")
        found = count_architecture(architecture, what, conventions)
    elif len(what) == 1:
        found = count_file(Path(what[0]), Asked(as_class=as_class, ignored=ignore, conventions=conventions))
    else:
        raise UsageError(f"expected one file or --architecture NAME, found {len(what)} files")
    if form == "json":
        from weighbridge.count.to_json import to_json

        write(to_json(found))
    else:
        from weighbridge.count.wording import to_text

        write(to_text(found, depth=depth))
    return 0
