"""`weighbridge coverage` tells which figures and formulas of the documents nothing accounts for."""

from __future__ import annotations

from fractions import Fraction

import click

from weighbridge.delivery import write
from weighbridge.parameters import read_percent
from weighbridge.verbs.flags import flag, max_bytes, paths, raising_limits, root, told, verb


@verb(
    "coverage",
    "Tell which figures of the documents nothing accounts for.",
    examples="""
  weighbridge coverage
  weighbridge coverage spec/gpt3.toml --fail-under 95
  weighbridge coverage --diff origin/main        only what is new since then
""",
)
@paths
@root
@max_bytes
@raising_limits
@click.option("--fail-under", callback=read_percent, metavar="PCT", help="Exit 1 where less is accounted for.")
@click.option("--diff", metavar="BASE", help="Exit 1 where what was added or edited since this revision is not.")
@told("coverage")
@flag("verbose", short=("-v",), is_flag=True, help="Show what rules set aside and what is exempt.")
def coverage(
    paths: tuple[str, ...],
    root: str | None,
    *,
    max_bytes: int | None,
    fail_under: Fraction | None,
    diff: str | None,
    form: str,
    verbose: bool,
) -> int:
    """Take stock of every figure and formula of the documents, and tell which no claim or exemption accounts for."""
    from weighbridge.gate import FAILED, FINE, NOTHING
    from weighbridge.project import covered, open_project
    from weighbridge.report.covering import to_json, to_text, total
    from weighbridge.revisions import changed_since

    project = open_project(paths, root=root, max_bytes=max_bytes)
    parts = covered(project.loaded)
    new = None if diff is None else changed_since(project.root, parts, diff)
    since = diff or ""
    if form == "json":
        write(to_json(parts, new=new, since=since))
    else:
        write(to_text(parts, new=new, since=since, least=fail_under, verbose=verbose))
    if not parts:
        return NOTHING
    too_little = fail_under is not None and total(parts) < fail_under
    return FAILED if too_little or any(each.status == "unaccounted" for each in new or ()) else FINE
