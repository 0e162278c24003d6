"""`weighbridge explain` tells all that is known of one claim."""

from __future__ import annotations

from typing import Any

import click

from weighbridge.delivery import write
from weighbridge.verbs.flags import Run, common, paths, verb


@verb(
    "explain",
    "Tell all that is known of one claim.",
    examples="""
  weighbridge explain gpt3/embedding.count
  weighbridge explain 'value.*' spec/gpt3.toml
""",
)
@click.argument("name", metavar="ID")
@paths
@common
def explain(name: str, **given: Any) -> int:
    """Decide one claim and tell everything that is known of it."""
    from weighbridge.gate import INTERNAL, exit_code
    from weighbridge.report.explanation import to_explanation

    run = Run(select=(name,), **given)
    with run.visiting() as visitor:
        report = run.weigh(run.open(), run.select, visitor=visitor)
    write("\n".join(map(to_explanation, report.results)))
    # A claim that fails is explained as well as any other; only a bug of ours is not what was asked for.
    return INTERNAL if exit_code(report.results) == INTERNAL else 0
