"""`weighbridge watch` decides again what a saved file affects, until somebody ends it."""

from __future__ import annotations

import datetime
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from weighbridge.delivery import deliver
from weighbridge.errors import SpecErrors, UsageError
from weighbridge.parameters import Target
from weighbridge.verbs.flags import flag, max_bytes, paths, raising_limits, root, today, verb

if TYPE_CHECKING:
    from weighbridge.watching import Update, Watched

#: Milliseconds without another change after which a file counts as saved, and after which it does at the latest.
QUIET, LATEST = 20, 200


@verb(
    "watch",
    "Decide again whenever a file is saved.",
    examples="""
  weighbridge watch
  weighbridge watch spec/gpt3.toml --clear
""",
)
@paths
@root
@max_bytes
@raising_limits
@today
@click.option("--clear", is_flag=True, help="Clear the terminal before each answer.")
@flag("quiet", short=("-q",), is_flag=True, help="Do not tell how much was decided, and how fast.")
def watch(
    paths: tuple[str, ...],
    root: str | None,
    *,
    max_bytes: int | None,
    today: datetime.date | None,
    clear: bool,
    quiet: bool,
) -> int:
    """Decide the specs at PATH (default: spec/), and again what a saved spec, document or architecture affects.

    Claims are decided by algebra, as by `check --engine algebra`; what that leaves open is undecided here. Failures and
    the last line are shown. Ctrl-C is how watching ends, so the exit code is then 0; where there is nothing to watch it
    is 2.
    """
    from weighbridge.judge import Options
    from weighbridge.watching import watched

    day = today or datetime.datetime.now(datetime.UTC).date()
    try:
        project = watched(paths, root=root, options=Options(engine="algebra"), today=day, max_bytes=max_bytes)
        begun = time.monotonic()
        update = project.update()
        if not project.directories:
            raise SpecErrors(update.errors)
        tell(update, begun, clear=clear, quiet=quiet)
        if not quiet:
            click.echo(f"watching {len(project.files):,} files; Ctrl-C ends", err=True)
        while True:
            follow(project, clear=clear, quiet=quiet)
    except KeyboardInterrupt:
        return 0


def follow(project: Watched, *, clear: bool, quiet: bool) -> None:
    """Answer each saved file, until there are other directories to watch. Raises `KeyboardInterrupt`, `UsageError`."""
    import watchfiles

    directories = project.directories
    try:
        for changes in watchfiles.watch(
            *directories,
            watch_filter=lambda _, path: project.concerns(Path(path)),
            step=QUIET,
            debounce=LATEST,
            recursive=False,
        ):
            begun = time.monotonic()
            tell(project.update({Path(path) for _, path in changes}), begun, clear=clear, quiet=quiet)
            if project.directories != directories:
                return
    except OSError as error:
        raise UsageError(f"files can not be watched here: {(error.strerror or str(error)).lower()}") from None


def tell(update: Update, begun: float, *, clear: bool, quiet: bool) -> None:
    """Show what a project is now; `begun` is when its files began to be read."""
    if clear:
        click.clear()
    for error in update.errors:
        click.echo(str(error), err=True)
    if update.report is not None:
        deliver(update.report, (Target("text", None),), "quiet")
    if not quiet:
        spent = (time.monotonic() - begun) * 1000
        results = f"{update.results:,} result{'s' * (update.results != 1)}"
        new = f"{update.questions:,} question{' was' if update.questions == 1 else 's were'} new"
        click.echo(f"{results} in {spent:,.0f} ms; {new}", err=True)
