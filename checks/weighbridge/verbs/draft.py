"""`weighbridge draft` writes a starting spec for a document."""

from __future__ import annotations

import click

from weighbridge.delivery import write
from weighbridge.verbs.flags import root, verb


@verb(
    "draft",
    "Write a starting spec for a document.",
    examples="""
  weighbridge draft README.md --architecture gpt --out spec/readme.toml
  weighbridge draft notes.md --architecture gpt --model n_vocab=50257
  weighbridge draft --config config.json README.md    a model card
""",
)
@click.argument("document", type=click.Path(), metavar="DOC.md", required=False, default="")
@click.option("--config", default="", metavar="CONFIG.json", help="Of Hugging Face: what a model card's model is.")
@click.option("--architecture", default="", metavar="NAME|PATH", help="What the claims are tried against, such as gpt.")
@click.option(
    "--model",
    "settings",
    multiple=True,
    metavar="SYMBOL=VALUE|NAME",
    help="A value that the document does not give, or a model of the architecture; can be repeated.",
)
@click.option(
    "--out", type=click.Path(), metavar="SPEC.toml", help="A new file; default: standard output, for spec/DOC.toml."
)
@root
def draft(
    document: str,
    *,
    config: str,
    architecture: str,
    settings: tuple[str, ...],
    out: str | None,
    root: str | None,
) -> int:
    """Write a spec for the figures and formulas of DOC.md, with what each is equal to where trying finds it.

    Each has its quote. What is left says TODO. A file that is there is never overwritten.
    With --config a figure is bound to what its words speak of, and is claimed also where that is false.
    """
    from weighbridge.drafting import draft_of, write_new

    found, path = draft_of(document, config=config, architecture=architecture, settings=settings, out=out, root=root)
    if path is None:
        write(found.text)
    else:
        write_new(path, found.text)
    refuted = f", {found.refuted} of them refuted" if found.refuted else ""
    click.echo(f"{found.claims} claim{'s' * (found.claims != 1)}{refuted}, {found.left} left to do", err=True)
    return 0
