"""`weighbridge report` shows a saved result, without deciding again."""

from __future__ import annotations

import contextlib
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from weighbridge.delivery import deliver, owned
from weighbridge.errors import UsageError
from weighbridge.parameters import Target
from weighbridge.verbs.flags import flag, formats, verb

if TYPE_CHECKING:
    from weighbridge.report.model import Report

#: What the shell has opened already: standard input, and the pipe of `<(...)`.
OPENED = re.compile(r"/dev/(?:stdin|fd/\d+)")

#: Bytes of the largest result that is read: that of some hundred thousand claims.
MAX_RESULT = 2**28


def saved(path: str) -> Report:
    """Return a result that `check --format json:PATH` saved; - is standard input. Raises `UsageError`."""
    from weighbridge.report.from_json import ResultFileError, from_json

    try:
        # Opening a named pipe waits for somebody to write to it, maybe forever.
        if path != "-" and not OPENED.fullmatch(path) and not Path(path).is_file() and Path(path).exists():
            what = "is a directory" if Path(path).is_dir() else "is no regular file"
            raise UsageError(f"{path}: {what}; expected a result that 'weighbridge check --format json:PATH' saved")
        with contextlib.nullcontext(sys.stdin.buffer) if path == "-" else Path(path).open("rb") as file:
            data = file.read(MAX_RESULT + 1)
        if len(data) > MAX_RESULT:
            raise UsageError(f"{path}: is larger than {MAX_RESULT:,} bytes; expected a result of 'weighbridge check'")
        return from_json(data)
    except OSError as error:
        raise UsageError(f"{path}: can not be read: {(error.strerror or str(error)).lower()}") from None
    except ResultFileError as error:
        raise UsageError(f"{path}: {error}") from None


@verb(
    "report",
    "Show a saved result again.",
    examples="""
  weighbridge check --format json:result.json
  weighbridge report result.json --format html:page.html
  weighbridge report - --format sarif < result.json
""",
)
@click.argument("result", type=click.Path(), metavar="RESULT.json")
@formats
@flag("quiet", short=("-q",), is_flag=True, help="Show failures and the last line alone.")
@flag("verbose", short=("-v",), is_flag=True, help="Show everything that is known of each claim.")
def report(result: str, format: tuple[Target, ...], quiet: bool, verbose: bool) -> int:  # noqa: A002, FBT001 - as above
    """Show a result that `check --format json:RESULT.json` saved, without deciding again; exit as that check did."""
    from weighbridge.gate import exit_code

    targets = owned(format)
    loaded = saved(result)
    deliver(loaded, targets, "verbose" if verbose else "quiet" if quiet else "normal")
    return exit_code(loaded.results)
