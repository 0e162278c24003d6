"""The command line: arguments in, text and exit code out, and nothing decided here."""

# ruff: noqa: PLC0415 - a verb imports what it needs, so that `--version` and `--help` answer at once

from __future__ import annotations

import datetime
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from weighbridge.delivery import deliver, owned, replace, watched, write
from weighbridge.errors import SpecErrors, UsageError, one_line
from weighbridge.parameters import FORMATS, Target, at_least, one_of, read_date, read_percent, read_targets
from weighbridge.version import __version__

if TYPE_CHECKING:
    from weighbridge.judge import Options
    from weighbridge.project import Project
    from weighbridge.report.model import Report
    from weighbridge.report.text import Detail

ENGINES = ("auto", "sweep", "algebra")
INTERRUPTED, INTERNAL, USAGE = 130, 3, 2

EXAMPLES = """\b
Examples:
  weighbridge check                                  weigh every spec in spec/
  weighbridge check spec/gpt3.toml --select 'total.*'
  weighbridge check --format markdown:report.md      write a page as well
  weighbridge explain gpt3/embedding.count           one claim, told whole
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
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

    def weigh(self, project: Project, patterns: Sequence[str]) -> Report:
        """Decide and gate, showing how far it is where somebody watches."""
        from weighbridge.project import weigh

        today = self.today or datetime.datetime.now(datetime.UTC).date()
        with watched(quiet=self.quiet) as progress:
            return weigh(project, self.options(), today=today, patterns=patterns, progress=progress)

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


F = TypeVar("F", bound=Callable[..., Any])


def variable(name: str) -> str:
    """Return the environment variable that sets a flag."""
    return f"WEIGHBRIDGE_{name.replace('-', '_').upper()}"


def flag(name: str, **settings: Any) -> Callable[[F], F]:
    """Return a flag that the environment and pyproject.toml can set too."""
    return click.option(f"--{name}", *settings.pop("short", ()), envvar=variable(name), **settings)


def common(verb: F) -> F:
    """Give a verb the flags of `Run`."""
    flags = (
        flag("root", type=str, metavar="DIR", help="Project root; default: the nearest pyproject.toml or .git above."),
        flag(
            "engine",
            callback=one_of("engine", *ENGINES),
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
        flag("max-bytes", callback=at_least(1), metavar="N", help="Bytes of the largest spec that is read."),
        flag("threads", callback=at_least(1), metavar="N", help="Threads of the sweep; default: one for each core."),
        flag("today", callback=read_date, metavar="DATE", help="Day that waivers expire by; default: today in UTC."),
        flag("quiet", short=("-q",), is_flag=True, help="Show failures and the last line alone."),
        flag("verbose", short=("-v",), is_flag=True, help="Show everything that is known of each claim."),
    )
    for each in reversed(flags):
        verb = each(verb)
    return verb


CODES = """\b
Exit codes:
  0 all is well, 1 a claim fails, 2 usage or spec error, 3 a bug in weighbridge,
  5 nothing was decided, 130 interrupted
"""


class Interrupted(Exception):  # noqa: N818 - nothing went wrong
    """Somebody pressed Ctrl-C."""


class Verbs(click.Group):
    """The verbs, in the order in which a reader needs them."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a verb; an interruption leaves before click prints a line of its own."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Interrupted from None

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the verbs as they were declared."""
        return list(self.commands)


@click.group(
    cls=Verbs, epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="weighbridge", message="%(prog)s %(version)s")
def command() -> None:
    """Decide what documents claim about models: parameter counts, formulas, FLOPs and memory."""


@command.command(short_help="Decide every claim, and gate.", epilog=CODES)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@flag("select", multiple=True, metavar="GLOB", help="Decide only what is called like this; can be repeated.")
@flag(
    "format",
    multiple=True,
    callback=read_targets,
    metavar="NAME[:PATH]",
    help=f"{', '.join(FORMATS)}, to a file or here; can be repeated.",
)
@flag("fix", is_flag=True, help="Rewrite `under` in the specs where a quote has moved to another section.")
@flag("baseline", metavar="RESULT.json", help="Fail only on what is new or worse than in this saved result.")
@common
def check(format: tuple[Target, ...], baseline: str | None, *, fix: bool, **given: Any) -> int:  # noqa: A002 - click's name
    """Decide every claim of the specs at PATH (default: spec/), and gate what comes of it."""
    from weighbridge.gate import exit_code

    run = Run(**given)
    targets = owned(format)
    earlier = saved(baseline) if baseline else None
    project = run.open()
    if fix and mend(project):
        project = run.open()
    report = run.weigh(project, run.select)
    deliver(report, targets, run.detail)
    if earlier is None:
        return exit_code(report.results)
    from weighbridge.baseline import compare, exit_code_against

    comparison = compare(report, earlier, whole=not run.select)
    for line in (*comparison.better, *comparison.worse):
        click.echo(line, err=True)
    renew = f"; renew it with --format json:{baseline}" if comparison.better and not comparison.worse else ""
    click.echo(f"baseline: {len(comparison.worse)} worse, {len(comparison.better)} better{renew}", err=True)
    return exit_code_against(report, comparison)


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


def saved(path: str) -> Report:
    """Return a result that `check --format json:PATH` saved; - is standard input. Raises `UsageError`."""
    from weighbridge.report.from_json import ResultFileError, from_json

    try:
        return from_json(sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes())
    except OSError as error:
        raise UsageError(f"{path}: can not be read: {(error.strerror or str(error)).lower()}") from None
    except ResultFileError as error:
        raise UsageError(f"{path}: {error}") from None


@command.command(name="list", short_help="List what can be decided.")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@flag("select", multiple=True, metavar="GLOB", help="List only what is called like this; can be repeated.")
@common
def list_(**given: Any) -> int:
    """List what can be decided: each id, and where it is declared."""
    from weighbridge.project import listed

    run = Run(**given)
    rows = listed(run.open(), run.select)
    width = max((len(name) for name, _ in rows), default=0)
    write("".join(f"{name:<{width}}  {location}\n" for name, location in rows))
    return 0 if rows else 5


@command.command(short_help="Tell all that is known of one claim.")
@click.argument("name", metavar="ID")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@common
def explain(name: str, **given: Any) -> int:
    """Decide one claim and tell everything that is known of it."""
    from weighbridge.gate import INTERNAL, exit_code
    from weighbridge.report.explanation import to_explanation

    run = Run(select=(name,), **given)
    report = run.weigh(run.open(), run.select)
    write("\n".join(map(to_explanation, report.results)))
    # A claim that fails is explained as well as any other; only a bug of ours is not what was asked for.
    return INTERNAL if exit_code(report.results) == INTERNAL else 0


@command.command(short_help="Show a saved result again.")
@click.argument("result", metavar="RESULT.json")
@flag(
    "format",
    multiple=True,
    callback=read_targets,
    metavar="NAME[:PATH]",
    help=f"{', '.join(FORMATS)}, to a file or here; can be repeated.",
)
@flag("quiet", short=("-q",), is_flag=True, help="Show failures and the last line alone.")
@flag("verbose", short=("-v",), is_flag=True, help="Show everything that is known of each claim.")
def report(result: str, format: tuple[Target, ...], quiet: bool, verbose: bool) -> int:  # noqa: A002, FBT001 - as above
    """Show a result that `check --format json:RESULT.json` saved, without deciding again; exit as that check did."""
    from weighbridge.gate import exit_code

    targets = owned(format)
    loaded = saved(result)
    deliver(loaded, targets, "verbose" if verbose else "quiet" if quiet else "normal")
    return exit_code(loaded.results)


@command.command(short_help="Tell which figures of the documents nothing accounts for.")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@flag("root", type=str, metavar="DIR", help="Project root; default: the nearest pyproject.toml or .git above.")
@flag("max-bytes", callback=at_least(1), metavar="N", help="Bytes of the largest spec that is read.")
@click.option("--fail-under", callback=read_percent, metavar="PCT", help="Exit 1 where less is accounted for.")
@click.option("--diff", metavar="BASE", help="Exit 1 where what was added or edited since this revision is not.")
@click.option(
    "--format",
    "form",  # not `format`: that of pyproject.toml is for results
    callback=one_of("format", "text", "json"),
    metavar="text|json",
    default="text",
    show_default=True,
    help="How coverage is told.",
)
@flag("verbose", short=("-v",), is_flag=True, help="Show what rules set aside and what is exempt.")
def coverage(  # noqa: PLR0913 - click's signature
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


@command.command(short_help="Change a spec in one place after another.")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@flag("root", type=str, metavar="DIR", help="Project root; default: the nearest pyproject.toml or .git above.")
@flag("fail-under", type=click.IntRange(0, 100), metavar="PCT", default=100, show_default=True, help="Least score.")
@flag("today", callback=read_date, metavar="DATE", help="Day that waivers expire by; default: today in UTC.")
@flag("quiet", short=("-q",), is_flag=True, help="Show survivors and the last line alone.")
@click.option(
    "--format",
    "form",  # not `format`: that of pyproject.toml is for results
    callback=one_of("format", "text", "json"),
    metavar="text|json",
    default="text",
    show_default=True,
    help="How the audit is told.",
)
def audit(  # noqa: PLR0913 - click's signature
    paths: tuple[str, ...],
    root: str | None,
    fail_under: int,
    today: datetime.date | None,
    form: str,
    *,
    quiet: bool,
) -> int:
    """Change the specs at PATH in one place after another, and see that a claim fails each time.

    Every figure, operator, symbol, factor, tensor, model value and convention is changed by itself. Exit 1 where
    fewer of the changes that must be noticed are than --fail-under.
    """
    from weighbridge.audit.judging import judge_mutants
    from weighbridge.audit.listing import score, to_json, to_text
    from weighbridge.gate import FAILED, FINE, NOTHING
    from weighbridge.project import open_project

    project = open_project(paths, root=root)
    day = today or datetime.datetime.now(datetime.UTC).date()
    judged = [
        each
        for loaded in project.loaded
        for each in judge_mutants(loaded.spec, (project.root / loaded.spec.path).read_text("utf-8"), today=day)
    ]
    write(to_json(judged) if form == "json" else to_text(judged, survivors_only=quiet))
    total = score(judged)
    if total.of == 0:
        return NOTHING
    return FINE if total.share * 100 >= fail_under else FAILED


@command.command(short_help="Tell which hyperparameters the claims determine.")
@click.argument("path", metavar="SPEC")
@flag("root", type=str, metavar="DIR", help="Project root; default: the nearest pyproject.toml or .git above.")
@click.option("--model", metavar="NAME", default="", help="Model that is solved for; default: that of most claims.")
@click.option(
    "--open",
    "open_",
    multiple=True,
    metavar="SYMBOL",
    help="Symbol whose value is left open; can be repeated. Default: those that the model assumes.",
)
@click.option("--grid", metavar="NAME", default="", help="Grid of the spec that open symbols range over.")
@click.option(
    "--range",
    "ranges",
    multiple=True,
    metavar="SYMBOL=AXIS",
    help="Values of an open symbol, as in d_query=1..4096; can be repeated. Default: up to 2^20.",
)
@click.option("--unquoted", is_flag=True, help="Count claims that quote nothing as the document's words.")
@click.option(
    "--show", callback=at_least(1), metavar="N", default="10", show_default=True, help="Solutions that are shown."
)
@flag("max-points", callback=at_least(1), metavar="N", help="Points that a search may take the time of.")
@flag("max-bytes", callback=at_least(1), metavar="N", help="Bytes of the largest spec that is read.")
@flag("threads", callback=at_least(1), metavar="N", help="Threads of a sweep; default: one for each core.")
@click.option(
    "--format",
    "form",  # not `format`: that of pyproject.toml is for results
    callback=one_of("format", "text", "json"),
    metavar="text|json",
    default="text",
    show_default=True,
    help="How the answer is told.",
)
def solve(  # noqa: PLR0913 - click's signature
    path: str,
    *,
    root: str | None,
    model: str,
    open_: tuple[str, ...],
    grid: str,
    ranges: tuple[str, ...],
    show: int,
    max_points: int | None,
    max_bytes: int | None,
    threads: int | None,
    form: str,
    unquoted: bool,
) -> int:
    """Tell which hyperparameters the claims of SPEC determine, and what is left of the others.

    Symbols that the document does not state range over a grid; all that the claims leave of it is found. Exit 1 where
    claims contradict each other, 5 where that could not be decided.
    """
    from weighbridge.project import open_project
    from weighbridge.solve.groups import MAX_POINTS, Limits
    from weighbridge.solve.problem import Request, pose
    from weighbridge.solve.solver import solve as solution
    from weighbridge.solve.to_json import to_json
    from weighbridge.solve.wording import to_text

    project = open_project((path,), root=root, max_bytes=max_bytes)
    if len(project.loaded) != 1:
        raise UsageError(f"'{path}' has {len(project.loaded)} specs; name the one that is to be solved")
    request = Request(model=model, open=open_, grid=grid, ranges=ranges, unquoted=unquoted)
    limits = Limits(max_points=max_points or MAX_POINTS, threads=threads or 0, show=show)
    answer = solution(pose(project.loaded[0].spec, request), limits)
    write(to_json(answer) if form == "json" else to_text(answer))
    return answer.exit_code


@command.command(short_help="Write a starting spec for a document.")
@click.argument("document", metavar="DOC.md")
@click.option("--architecture", default="", metavar="NAME|PATH", help="What the claims are tried against, such as gpt.")
@click.option(
    "--model",
    "settings",
    multiple=True,
    metavar="SYMBOL=VALUE|NAME",
    help="A value that the document does not give, or a model of the architecture; can be repeated.",
)
@click.option("--out", metavar="SPEC.toml", help="A new file; default: standard output, for spec/DOC.toml.")
@flag("root", type=str, metavar="DIR", help="Project root; default: the nearest pyproject.toml or .git above.")
def draft(document: str, architecture: str, settings: tuple[str, ...], out: str | None, root: str | None) -> int:
    """Write a spec for the figures and formulas of DOC.md: each with its quote and, where trying finds one, with what
    it is equal to. What is left says TODO. A file that is there is never overwritten.
    """
    from weighbridge.drafting import draft_of, write_new

    found, path = draft_of(document, architecture=architecture, settings=settings, out=out, root=root)
    if path is None:
        write(found.text)
    else:
        write_new(path, found.text)
    click.echo(f"{found.claims} claims, {found.left} left to do", err=True)
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code. Whatever goes wrong is said on standard error, a line a thing."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        code: int | None = command.main(
            args=arguments, prog_name="weighbridge", standalone_mode=False, default_map=defaults(arguments)
        )
    except (Interrupted, KeyboardInterrupt, click.Abort):
        click.echo("weighbridge: interrupted: not everything was decided, and there is no result", err=True)
        return INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return USAGE
    except click.ClickException as error:
        return fail(USAGE, reshaped(error))
    except SpecErrors as error:
        for each in error.errors:
            click.echo(str(each), err=True)
        return USAGE
    except UsageError as error:
        return fail(USAGE, str(error))
    except Exception as error:  # noqa: BLE001 - the door is where nothing may pass unexplained
        return bug(error, arguments)
    return code or 0


def defaults(arguments: Sequence[str]) -> dict[str, Any]:
    """Return what pyproject.toml sets, for each verb, in the form in which click takes it."""
    if not arguments or arguments[0] not in command.commands or {"--help", "-h"} & set(arguments):
        return {}
    from weighbridge.configuration import find_root, read_configuration

    here = Path.cwd()
    root = os.environ.get(variable("root"), "")
    for position, argument in enumerate(arguments):
        if argument == "--root" or argument.startswith("--root="):
            root = argument.partition("=")[2] or "".join(arguments[position + 1 : position + 2])
    settings = read_configuration(Path(root) if root else find_root(here, here))
    verb = command.commands[arguments[0]]
    known = {parameter.name for parameter in verb.params}
    chosen = {name.replace("-", "_"): value for name, value in settings.items()}
    return {arguments[0]: {name: value for name, value in chosen.items() if name in known}}


def reshaped(error: click.ClickException) -> str:
    """Return click's message as one line in our own form."""
    text = " ".join(error.format_message().split())
    text = text.removesuffix(".").replace(". Did you mean", "; did you mean")
    if isinstance(error, click.BadParameter) and not isinstance(error, click.MissingParameter):
        return text.removeprefix("Invalid value for ").replace("'", "", 2)
    text = text[:1].lower() + text[1:]
    return text if "?" in text else f"{text}; see 'weighbridge --help'"


def fail(code: int, message: str) -> int:
    """Say what went wrong and return the exit code."""
    click.echo(f"weighbridge: error: {one_line(message)}", err=True)
    return code


def bug(error: Exception, arguments: Sequence[str]) -> int:
    """Say that it is our fault, with the traceback where somebody wants it."""
    if {"--verbose", "-v"} & set(arguments):
        import traceback

        click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    hint = "run it again with --verbose for the traceback, and report it"
    return fail(INTERNAL, f"this is a bug in weighbridge: {type(error).__name__}: {error}; {hint}")
