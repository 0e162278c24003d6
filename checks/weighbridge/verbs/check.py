"""`weighbridge check` decides every claim, and gates what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from weighbridge.delivery import deliver, owned, replace, spare
from weighbridge.parameters import Target
from weighbridge.verbs.flags import CODES, Run, common, flag, formats, paths, verb
from weighbridge.verbs.report import saved

if TYPE_CHECKING:
    from weighbridge.baseline import Comparison
    from weighbridge.project import Project
    from weighbridge.report.model import Report

#: Formats that show results alone, neither documents nor breakdowns of models.
TABLES = ("text", "junit", "sarif", "github", "badge")


@verb(
    "check",
    "Decide every claim, and gate.",
    examples="""
  weighbridge check                                    every spec in spec/
  weighbridge check spec/gpt3.toml --select 'total.*'  some claims of one
  weighbridge check --format text --format html:page.html
  weighbridge check --baseline accepted.json           what is new or worse
""",
    codes=CODES,
)
@paths
@flag("select", multiple=True, metavar="GLOB", help="Decide only what is called like this; can be repeated.")
@formats
@flag("fix", is_flag=True, help="Rewrite `under` in the specs where a quote has moved to another section.")
@flag(
    "baseline",
    type=click.Path(),
    metavar="RESULT.json",
    help="Fail only on what is new or worse than in this saved result.",
)
@common
def check(format: tuple[Target, ...], baseline: str | None, *, fix: bool, **given: Any) -> int:  # noqa: A002 - click's name
    """Decide every claim of the specs at PATH (default: spec/), and gate what comes of it."""
    from weighbridge.gate import exit_code

    run = Run(**given)
    targets = owned(format)
    earlier = saved(baseline) if baseline else None
    whole = run.verbose or any(target.format not in TABLES for target in targets)
    with run.visiting() as visitor:
        # Grids are likely; loading the counter takes longer than reading the specs.
        visitor.prepare()
        project = run.open()
        if fix and mend(project):
            project = run.open()
        spare(targets, project.files)
        report = run.weigh(project, run.select, visitor=visitor, whole=whole)
    if earlier is None:
        deliver(report, targets, run.detail)
        return exit_code(report.results)
    from weighbridge.baseline import compare, exit_code_against

    comparison = compare(report, earlier, whole=not run.select)
    deliver(held_to(report, comparison), targets, run.detail)
    for line in (*comparison.better, *comparison.worse):
        click.echo(line, err=True)
    # What was selected can not replace the whole.
    renewable = comparison.better and not comparison.worse and not report.left_out
    renew = f"; renew it with --format json:{baseline}" if renewable else ""
    worse, better, accepted = (len(each) for each in (comparison.worse, comparison.better, comparison.accepted))
    fail = "that fails was" if accepted == 1 else "that fail were"
    besides = f"; {accepted} {fail} accepted with it" if accepted else ""
    click.echo(f"baseline: {worse} worse, {better} better{besides}{renew}", err=True)
    return exit_code_against(report, comparison)


def held_to(report: Report, comparison: Comparison) -> Report:
    """Return a report whose last line says what a baseline makes of it: the exit code follows that, not the results."""
    from msgspec import structs

    from weighbridge.report.model import Against

    against = Against(worse=len(comparison.worse), accepted=len(comparison.accepted))
    return structs.replace(report, against=against)


def mend(project: Project) -> bool:
    """Rewrite `under` of every claim whose quote has moved, say so, and tell whether there was any."""
    from weighbridge.mending import mended

    found = False
    for each in project.loaded:
        path = project.root / each.spec.path
        moved = {name: names for name, names in each.binding.moved.items() if names}
        new = mended(path.read_bytes().decode(), each.spec, moved)
        for line in new.changes:
            found = True
            click.echo(line, err=True)
        if new.changes:
            replace(path, new.text)
    return found
