"""`weighbridge audit` changes specs in one place after another, and sees that a claim fails each time."""

from __future__ import annotations

import datetime

import click

from weighbridge.delivery import write
from weighbridge.verbs.flags import flag, max_bytes, paths, raising_limits, root, today, told, verb


@verb(
    "audit",
    "Change a spec in one place after another.",
    examples="""
  weighbridge audit
  weighbridge audit spec/gpt3.toml --quiet       survivors and the last line
""",
)
@paths
@root
@max_bytes
@raising_limits
@flag("fail-under", type=click.IntRange(0, 100), metavar="PCT", default=100, show_default=True, help="Least score.")
@today
@flag("quiet", short=("-q",), is_flag=True, help="Show survivors and the last line alone.")
@told("the audit")
def audit(
    paths: tuple[str, ...],
    root: str | None,
    fail_under: int,
    today: datetime.date | None,
    form: str,
    *,
    max_bytes: int | None,
    quiet: bool,
) -> int:
    """Change the specs at PATH in one place after another, and see that a claim fails each time.

    Every figure, operator, symbol, factor, tensor, convention and value is changed by itself, where the spec writes it;
    what an architecture brings stays. Exit 1 where a smaller share of them is noticed than --fail-under.
    """
    from weighbridge.audit.judging import judge_mutants
    from weighbridge.audit.listing import score, to_json, to_text
    from weighbridge.gate import FAILED, FINE, NOTHING
    from weighbridge.project import open_project, reader

    project = open_project(paths, root=root, max_bytes=max_bytes)
    day = today or datetime.datetime.now(datetime.UTC).date()
    judged = [
        each
        for loaded in project.loaded
        for each in judge_mutants(
            (project.root / loaded.spec.path).read_text("utf-8"), reader(project, loaded), today=day
        )
    ]
    write(to_json(judged) if form == "json" else to_text(judged, survivors_only=quiet))
    total = score(judged)
    if total.of == 0:
        return NOTHING
    return FINE if total.share * 100 >= fail_under else FAILED
