"""What a program or a notebook asks for: a spec, or a whole report, as plain immutable values."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

from weighbridge.configuration import ENGINES
from weighbridge.errors import UsageError, did_you_mean
from weighbridge.formula.limits import MOST, USUAL, Limits, in_force, limits_of
from weighbridge.judge import Engine, Options
from weighbridge.project import open_project, weigh
from weighbridge.report.model import Report
from weighbridge.spec.model import Spec

if TYPE_CHECKING:
    PathLike: TypeAlias = str | os.PathLike[str]


def check(  # noqa: PLR0913 - each is a flag of the command
    paths: PathLike | Iterable[PathLike] | None = None,
    *,
    root: PathLike | None = None,
    engine: Engine = "auto",
    select: str | Iterable[str] = (),
    today: datetime.date | None = None,
    examples: int | None = None,
    seed: int = 0,
    max_points: int | None = None,
    max_bytes: int | None = None,
    max_bits: int | None = None,
    max_depth: int | None = None,
    threads: int | None = None,
) -> Report:
    """Decide every claim of the specs at `paths`, and gate what comes of it, as `weighbridge check` does.

    `paths` are spec files, or directories with all that is below them, relative to the working directory; without
    any, the specs are in spec/ here or at the project's root. `root` is what nothing that a spec names may lead out
    of: the nearest directory above with a pyproject.toml or .git, unless it is given. `engine` is "auto", "sweep"
    (every point of every grid) or "algebra" (no sweep, and numba is not imported). `select` narrows by globs over ids,
    with or without the document's. `today` is the day that waivers expire by, that of UTC unless it is given.

    `examples` are tried on each invariant, drawn by `seed`. `max_points` are those of the largest grid that is swept,
    `max_bytes` those of the largest spec that is read, and `threads` sweep. `max_bits` (10,000 to 100,000) are those of
    the largest value, numerator or denominator, and `max_depth` (50 to 100) are the levels of the deepest expression;
    they are in force for this call alone. None means the default of the command. Neither the environment nor
    pyproject.toml is asked.

    The report's figures are exact: integers, or fractions, in the units that its spec declares (none for a count).

    Raises `SpecErrors` with every mistake of every file, each with its line and column, and `UsageError` where there
    is nothing to read, a glob matches nothing, or an argument is not one of those above. A claim that fails raises
    nothing: see `Weighed.standing`, or `exit_code`.
    """
    if engine not in ENGINES:
        raise UsageError(f"there is no engine '{engine}'; {did_you_mean(engine, ENGINES)}")
    numbers = {"examples": examples, "max_points": max_points, "max_bytes": max_bytes, "threads": threads}
    for name, value in numbers.items():
        if value is not None and value < 1:
            raise UsageError(f"{name}: expected at least 1, found {value}")
    if seed < 0:
        raise UsageError(f"seed: expected at least 0, found {seed}")
    limits = checked_limits(max_bits, max_depth)
    usual = Options()
    options = Options(
        engine=engine,
        seed=seed,
        examples=examples or usual.examples,
        max_points=max_points or usual.max_points,
        threads=threads or usual.threads,
    )
    with in_force(limits):
        project = open_project(texts(paths), root=None if root is None else os.fspath(root), max_bytes=max_bytes)
        return weigh(
            project,
            options,
            today=today or datetime.datetime.now(datetime.UTC).date(),
            patterns=(select,) if isinstance(select, str) else tuple(select),
        )


def load(
    path: PathLike,
    *,
    root: PathLike | None = None,
    max_bytes: int | None = None,
    max_bits: int | None = None,
    max_depth: int | None = None,
) -> Spec:
    """Read one spec, with the rows of its tables, and see that the document is where it says.

    `path` is relative to the working directory; the others are those of `check`. Raises `SpecErrors` with
    every mistake of the spec and of its document, `UsageError` where `path` is no single spec.
    """
    with in_force(checked_limits(max_bits, max_depth)):
        project = open_project((os.fspath(path),), root=None if root is None else os.fspath(root), max_bytes=max_bytes)
    if len(project.loaded) != 1:
        raise UsageError(f"'{os.fspath(path)}' has {len(project.loaded)} specs; name one of them")
    return project.loaded[0].spec


def checked_limits(bits: int | None, depth: int | None) -> Limits:
    """Return the limits of a call. Raises `UsageError` for what no call may set."""
    ranges = (("max_bits", bits, USUAL.bits, MOST.bits), ("max_depth", depth, USUAL.depth, MOST.depth))
    for name, value, least, most in ranges:
        if value is not None and not least <= value <= most:
            raise UsageError(f"{name}: expected {least:,} to {most:,}, found {value}")
    return limits_of(bits=bits, depth=depth)


def render(report: Report, format: str) -> str:  # noqa: A002 - the word of the command line
    """Return a report in one of the formats of `weighbridge check --format`. Raises `UsageError` for another name."""
    from weighbridge.report.renderers import RENDERERS  # noqa: PLC0415 - most programs want the values alone

    if format not in RENDERERS:
        raise UsageError(f"there is no format '{format}'; {did_you_mean(format, RENDERERS)}")
    return RENDERERS[format](report)


def exit_code(report: Report) -> int:
    """Return what `weighbridge check` exits with: 0, 1 (a claim fails), 3 (a bug of ours) or 5 (nothing decided)."""
    from weighbridge.gate import exit_code as code_of  # noqa: PLC0415 - named like this function

    return code_of(report.results)


def texts(paths: PathLike | Iterable[PathLike] | None) -> tuple[str, ...]:
    """Return one path, several or none as texts."""
    if paths is None:
        return ()
    return (os.fspath(paths),) if isinstance(paths, str | os.PathLike) else tuple(os.fspath(path) for path in paths)
