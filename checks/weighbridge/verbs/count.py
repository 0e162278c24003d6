"""`weighbridge count` tells how many parameters a model has, exactly, and of what."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from weighbridge.delivery import owned, replace, spare, write
from weighbridge.errors import UsageError
from weighbridge.parameters import Target, one_of, targets_among
from weighbridge.verbs.flags import verb, words

if TYPE_CHECKING:
    from weighbridge.count.tree import Count

FORMATS = ("text", "json", "svg", "html")


@verb(
    "count",
    "Count a model's parameters exactly.",
    examples="""
  weighbridge count config.json                  what transformers would build
  weighbridge count model.safetensors            its header alone
  weighbridge count config.json --format svg:model.svg
  weighbridge count --architecture gpt gpt3 tied=false
""",
)
@click.argument("what", nargs=-1, metavar="PATH | [SYMBOL=VALUE]...")
@click.option("--architecture", default="", metavar="NAME", help="A shipped architecture; values stand for PATH.")
@click.option("--as", "as_class", default="", metavar="CLASS", help="Class to count in place of the config's own.")
@click.option(
    "--part",
    callback=one_of("part", "", "text"),
    shell_complete=words("text"),
    default="",
    metavar="text",
    help="The text model alone, of a config of images and text.",
)
@click.option(
    "--convention", "settings", multiple=True, metavar="NAME=true|false", help="Count otherwise; can be repeated."
)
@click.option(
    "--ignore", multiple=True, metavar="KEY", help="A key of the config that changes no shape; can be repeated."
)
@click.option("--depth", type=click.IntRange(1, 9), default=2, show_default=True, help="Levels of the tree.")
@click.option(
    "--format",
    "forms",  # not `format`: that of pyproject.toml is for reports
    multiple=True,
    callback=targets_among(*FORMATS),
    shell_complete=words(*FORMATS),
    metavar="NAME[:PATH]",
    help=f"{', '.join(FORMATS)}, to a file or here; can be repeated.",
)
def count(
    what: tuple[str, ...],
    *,
    architecture: str,
    as_class: str,
    part: str,
    settings: tuple[str, ...],
    ignore: tuple[str, ...],
    depth: int,
    forms: tuple[Target, ...],
) -> int:
    """Count a config.json, a .safetensors or .gguf file, an index of several, or a directory that has one of these.

    The count is exact, or there is none: a family or a key that is not understood is an error.
    """
    from weighbridge.count.read import Asked, count_architecture, count_file, truth

    targets = owned(forms)
    conventions = {name: truth(name, text) for name, _, text in (each.partition("=") for each in settings)}
    if architecture:
        if as_class or ignore or part:
            raise UsageError("--as, --part and --ignore are for configs; leave them out with --architecture")
        found = count_architecture(architecture, what, conventions)
    elif len(what) == 1:
        found = count_file(Path(what[0]), Asked(as_class=as_class, part=part, ignored=ignore, conventions=conventions))
    else:
        raise UsageError(f"expected one file or --architecture NAME, found {len(what)} files")
    if any(each.path for each in targets):
        spare(targets, [file for word in what for file in read_by(Path(word))])
    texts = {each: rendered(found, each.format, depth) for each in targets}
    for target, text in texts.items():
        if target.path is not None:
            replace(target.path, text)
    write("".join(text for target, text in texts.items() if target.path is None))
    return 0


def read_by(path: Path) -> list[Path]:
    """Return the files that a count of this one may have read: no format may replace them."""
    folder = path if path.is_dir() else path.parent
    found = (path, folder / "config.json", *folder.glob("*.index.json"), *folder.glob("*.safetensors"))
    return [each for each in found if each.is_file()]


def rendered(found: Count, form: str, depth: int) -> str:
    """Return a count in a format."""
    if form == "json":
        from weighbridge.count.to_json import to_json

        return to_json(found)
    if form == "svg":
        from weighbridge.count.to_svg import to_svg

        return to_svg(found, depth=depth)
    if form == "html":
        from weighbridge.count.to_html import to_html

        return to_html(found, depth=depth)
    from weighbridge.count.wording import to_text

    return to_text(found, depth=depth)
