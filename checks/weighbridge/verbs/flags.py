"""What verbs have in common: flags that the environment and pyproject.toml set too, and how a run follows from them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import wraps
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

import click
from msgspec import Struct

from weighbridge.delivery import watched
from weighbridge.formula.limits import MOST, USUAL, in_force, limits_of
from weighbridge.parameters import FORMATS, at_least, between, one_of, read_date, read_directory, targets_among

if TYPE_CHECKING:
    from weighbridge.judge import Options
    from weighbridge.project import Project
    from weighbridge.report.model import Report
    from weighbridge.report.text import Detail
    from weighbridge.visiting import Visitor

ENGINES = ("auto", "sweep", "algebra")

CODES = """
Exit codes:
  0 all is well, 1 a claim fails, 2 a mistake in the command line or a spec,
  3 a bug in weighbridge, 5 nothing was decided, 130 interrupted
"""

F = TypeVar("F", bound=Callable[..., Any])


class Run(Struct, frozen=True, kw_only=True):
    """The flags that verbs have in common."""

    paths: tuple[str, ...]
    root: str | None
    select: tuple[str, ...]
    engine: Literal["auto", "sweep", "algebra"]
    examples: int | None
    seed: int
    max_points: int | None
    max_bytes: int | None
    threads: int | None
    today: datetime.date | None
    quiet: bool
    verbose: bool

    def open(self) -> Project:
        """Read the specs."""
        from weighbridge.project import open_project

        return open_project(self.paths, root=self.root, max_bytes=self.max_bytes)

    @contextmanager
    def visiting(self) -> Iterator[Visitor]:
        """Give what visits grids, unless algebra alone is asked for."""
        from weighbridge.visiting import Here, visiting

        with nullcontext(Here()) if self.engine == "algebra" else visiting() as visitor:
            yield visitor

    def weigh(self, project: Project, patterns: Sequence[str], *, visitor: Visitor, whole: bool = True) -> Report:
        """Decide and gate, showing how far it is where somebody watches; `whole` as in `project.weigh`."""
        from weighbridge.project import weigh

        today = self.today or datetime.datetime.now(datetime.UTC).date()
        with watched(quiet=self.quiet) as progress:
            return weigh(
                project,
                self.options(),
                today=today,
                patterns=patterns,
                visitor=visitor,
                progress=progress,
                whole=whole,
            )

    def options(self) -> Options:
        """Return how claims are to be decided."""
        from weighbridge.judge import Options

        usual = Options()
        return Options(
            engine=self.engine,
            seed=self.seed,
            examples=self.examples or usual.examples,
            max_points=self.max_points or usual.max_points,
            threads=self.threads or usual.threads,
        )

    @property
    def detail(self) -> Detail:
        """How much the text format shows."""
        return "verbose" if self.verbose else "quiet" if self.quiet else "normal"


def verb(
    name: str, short_help: str, *, examples: str, codes: str = ""
) -> Callable[[Callable[..., int]], click.Command]:
    """Return what makes a verb of a function; its help ends with examples, and with exit codes where they matter."""
    paragraphs = [f"Examples:\n{examples.strip(chr(10))}", codes.strip("\n")]
    epilog = "\n\n".join(f"\b\n{each}" for each in paragraphs if each)
    return click.command(name, short_help=short_help, epilog=epilog)


def words(*known: str) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """Return what completes one of these words in a shell."""

    def complete(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
        return [word for word in known if word.startswith(begun)]

    return complete


def variable(name: str) -> str:
    """Return the environment variable that sets a flag."""
    return f"WEIGHBRIDGE_{name.replace('-', '_').upper()}"


def flag(name: str, **settings: Any) -> Callable[[F], F]:
    """Return a flag that the environment and pyproject.toml can set too."""
    return click.option(f"--{name}", *settings.pop("short", ()), envvar=variable(name), **settings)


paths = click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")
root = flag(
    "root",
    type=click.Path(),
    callback=read_directory,
    metavar="DIR",
    help="Project root; default: the nearest pyproject.toml or .git above.",
)
max_bytes = flag("max-bytes", callback=at_least(1), metavar="N", help="Bytes of the largest spec that is read.")
max_bits = flag(
    "max-bits",
    callback=between(USUAL.bits, MOST.bits),
    metavar="N",
    help=f"Bits of the largest value, up to {MOST.bits:,}; default: {USUAL.bits:,}.",
)
max_depth = flag(
    "max-depth",
    callback=between(USUAL.depth, MOST.depth),
    metavar="N",
    help=f"Levels of the deepest expression, up to {MOST.depth}; default: {USUAL.depth}.",
)
threads = flag("threads", callback=at_least(1), metavar="N", help="Threads of the sweep; default: one for each core.")
today = flag("today", callback=read_date, metavar="DATE", help="Day that waivers expire by; default: today in UTC.")
formats = flag(
    "format",
    multiple=True,
    callback=targets_among(*FORMATS),
    shell_complete=words(*FORMATS),
    metavar="NAME[:PATH]",
    help=f"{', '.join(FORMATS)}, to a file or here; can be repeated.",
)


def raising_limits(verb: F) -> F:
    """Give a verb the flags that raise what expressions may be, and run it under these."""

    @wraps(verb)
    def run(*, max_bits: int | None, max_depth: int | None, **given: Any) -> int:
        with in_force(limits_of(bits=max_bits, depth=max_depth)):
            code: int = verb(**given)
        return code

    return cast("F", max_bits(max_depth(run)))


def told(noun: str) -> Callable[[F], F]:
    """Return the option of verbs whose answer is no report: text for people, JSON for programs."""
    return click.option(
        "--format",
        "form",  # not `format`: that of pyproject.toml is for reports
        callback=one_of("format", "text", "json"),
        shell_complete=words("text", "json"),
        metavar="text|json",
        default="text",
        show_default=True,
        help=f"How {noun} is told.",
    )


def common(verb: F) -> F:
    """Give a verb the flags of `Run`."""
    flags = (
        root,
        flag(
            "engine",
            callback=one_of("engine", *ENGINES),
            shell_complete=words(*ENGINES),
            metavar="|".join(ENGINES),
            default="auto",
            show_default=True,
            help="How claims are decided.",
        ),
        flag("examples", callback=at_least(1), metavar="N", help="Examples that are tried on each invariant."),
        flag(
            "seed",
            type=str,
            callback=at_least(0),
            metavar="N",
            default=0,
            show_default=True,
            help="Seed of those examples.",
        ),
        flag("max-points", callback=at_least(1), metavar="N", help="Points of the largest grid that is swept."),
        max_bytes,
        raising_limits,
        threads,
        today,
        flag("quiet", short=("-q",), is_flag=True, help="Show failures and the last line alone."),
        flag("verbose", short=("-v",), is_flag=True, help="Show everything that is known of each claim."),
    )
    for each in reversed(flags):
        verb = each(verb)
    return verb
