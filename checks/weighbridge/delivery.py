"""Where text goes: one owner of standard output, whole files or none, and progress only where somebody watches."""

# ruff: noqa: PLC0415 - rich, msgspec and tempfile are imported by what needs them

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from weighbridge.errors import UsageError
from weighbridge.parameters import Target

if TYPE_CHECKING:
    from rich.progress import Progress

    from weighbridge.report.model import Report
    from weighbridge.report.text import Detail

#: Seconds after which a sweep shows how far it is.
PATIENCE = 0.5


def owned(targets: tuple[Target, ...]) -> tuple[Target, ...]:
    """Return the targets with exactly one owner of standard output: text, where no other format claims it."""
    owners = [each.format for each in targets if each.path is None]
    if len(owners) > 1:
        raise UsageError(
            f"--format {owners[0]} and --format {owners[1]} both go to standard output; "
            f"write one of them to a file: {owners[1]}:PATH"
        )
    files = [each.path.resolve() for each in targets if each.path]
    if twice := next((path for path in files if files.count(path) > 1), None):
        raise UsageError(f"two formats go to one file, '{twice.name}'; give each its own")
    return targets if owners else (Target("text", None), *targets)


def spare(targets: Iterable[Target], read: Iterable[Path]) -> None:
    """Raise `UsageError` for a target that is a file that the run has read, links followed."""
    files = {path.resolve() for path in read}
    for each in targets:
        if each.path is not None and each.path.resolve() in files:
            raise UsageError(f"--format: '{each.path}' is what is weighed here; name another file to write to")


def deliver(report: Report, targets: tuple[Target, ...], detail: Detail) -> None:
    """Render a report for each target, and only then write: what can not be rendered replaces no file."""
    texts = {each: render(report, each, detail) for each in targets if each.path or not drawn(each)}
    for target, text in texts.items():
        if target.path is not None:
            replace(target.path, text)
    for target in targets:
        if target.path is None and drawn(target):
            draw_here(report, detail)
        elif target.path is None:
            write(texts[target])


def drawn(target: Target) -> bool:
    """Tell whether a target is a terminal, whose width and colours are asked for."""
    return target.format == "text" and target.path is None and sys.stdout.isatty()


def render(report: Report, target: Target, detail: Detail) -> str:
    """Return a report in a format."""
    if target.format == "text":
        from weighbridge.report.text import to_terminal

        return to_terminal(report, detail=detail)
    from weighbridge.report.renderers import RENDERERS

    return RENDERERS[target.format](report)


def draw_here(report: Report, detail: Detail) -> None:
    """Print a report on the terminal."""
    from rich.console import Console

    from weighbridge.report.text import draw

    with quiet_pipe():
        draw(report, Console(), detail=detail)


def write(text: str) -> None:
    """Print text on standard output, in UTF-8 wherever it goes, so that the same report gives the same bytes."""
    with quiet_pipe():
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()


@contextlib.contextmanager
def quiet_pipe() -> Iterator[None]:
    """Let a reader such as `head` stop reading: that is no error of anybody's."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes standard output once more as it ends, which must not fail either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def replace(path: Path, text: str) -> None:
    """Write a file whole: beside it first, then in its place, so that nothing is lost where writing fails."""
    import tempfile

    data = text.encode("utf-8", "backslashreplace")
    target = path.resolve()
    try:
        if target.exists() and not target.is_file():  # a device or a pipe is written to, not replaced
            target.write_bytes(data)
            return
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~umask()
        descriptor, beside = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            Path(beside).chmod(mode)
            Path(beside).replace(target)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"'{path}' can not be written: {(error.strerror or str(error)).lower()}") from None


def umask() -> int:
    """Return the permissions that new files do not get; it can be read only by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextlib.contextmanager
def watched(
    *, quiet: bool, clock: Callable[[], float] = time.monotonic
) -> Iterator[Callable[[str, int, int], None] | None]:
    """Give what shows progress on standard error; None where that is no terminal, or quiet is asked for."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    meter = Meter(clock)
    try:
        yield meter
    finally:
        meter.stop()


class Meter:
    """Shows how far a sweep is, once it has taken longer than `PATIENCE`."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.start = clock()
        self.bar: Progress | None = None

    def __call__(self, label: str, done: int, total: int) -> None:
        """Show that `done` of `total` points are decided."""
        if self.bar is None:
            if self.clock() - self.start < PATIENCE:
                return
            self.bar = begin()
        if not self.bar.task_ids:
            self.bar.add_task("", total=total)
        # A terminal's bar has no use for digits past a float's, and rich computes with floats.
        self.bar.update(self.bar.task_ids[0], description=f"sweeping {label}", completed=done, total=total)

    def stop(self) -> None:
        """Take the bar away."""
        if self.bar is not None:
            self.bar.stop()


def begin() -> Progress:
    """Return a bar that is shown on standard error and leaves nothing behind."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    bar.start()
    return bar
