"""The command line: arguments in, text and exit code out, and nothing decided here."""

# ruff: noqa: PLC0415 - what is needed when something goes wrong is imported then

from __future__ import annotations

import gc
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from weighbridge.errors import SpecErrors, UsageError, did_you_mean, one_line
from weighbridge.verbs.audit import audit
from weighbridge.verbs.check import check
from weighbridge.verbs.count import count
from weighbridge.verbs.coverage import coverage
from weighbridge.verbs.draft import draft
from weighbridge.verbs.explain import explain
from weighbridge.verbs.flags import variable
from weighbridge.verbs.init import init
from weighbridge.verbs.listing import list_
from weighbridge.verbs.report import report
from weighbridge.verbs.schema import schema
from weighbridge.verbs.solve import solve
from weighbridge.verbs.watch import watch
from weighbridge.version import __version__

#: In the order in which a reader needs them.
VERBS = (check, list_, explain, report, coverage, count, audit, solve, draft, watch, schema, init)

INTERRUPTED, INTERNAL, USAGE = 130, 3, 2

EXAMPLES = """\b
Examples:
  weighbridge check                               weigh every spec in spec/
  weighbridge check spec/gpt3.toml --select 'total.*'
  weighbridge check --format markdown:report.md   write a page as well
  weighbridge explain gpt3/embedding.count        one claim, told whole
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


for each in VERBS:
    command.add_command(each)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code. Whatever goes wrong is said on standard error, a line a thing."""
    if argv is None:  # a process of our own
        # Trees and texts have no cycles: looking for some while modules load takes a tenth of a short run.
        gc.set_threshold(100_000)
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
        return fail(USAGE, reshaped(error, arguments))
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


def reshaped(error: click.ClickException, arguments: Sequence[str]) -> str:
    """Return click's message as one line in our own form, with whose help to read where it does not say what to do."""
    verb = f" {arguments[0]}" if arguments and arguments[0] in command.commands else ""
    see = f"see 'weighbridge{verb} --help'"
    if isinstance(error, click.NoSuchOption) and error.ctx is not None:
        known = [
            name for each in error.ctx.command.get_params(error.ctx) for name in each.opts if name.startswith("--")
        ]
        hint = did_you_mean(error.option_name, known)
        return f"no such option '{error.option_name}'; {hint if hint.startswith('did') else see}"
    text = " ".join(error.format_message().split())
    text = text.removesuffix(".").replace(". Did you mean", "; did you mean")
    # Of several suggestions the first is the nearest.
    text = re.sub(r"\. \(Did you mean one of: ('[^']*').*\)$", r"; did you mean \1?", text)
    if isinstance(error, click.BadParameter) and not isinstance(error, click.MissingParameter):
        option, colon, why = text.removeprefix("Invalid value for ").replace("'", "", 2).partition(":")
        return f"{said_by(error) or option}{colon}{why}"
    text = text[:1].lower() + text[1:]
    return text if "?" in text else f"{text}; {see}"


def said_by(error: click.BadParameter) -> str:
    """Return what sets a bad value: an environment variable or a key of pyproject.toml; "" for the command line."""
    parameter, context = error.param, error.ctx
    if parameter is None or context is None or parameter.name is None:
        return ""
    match context.get_parameter_source(parameter.name):
        case ParameterSource.ENVIRONMENT:
            return variable(parameter.name)
        case ParameterSource.DEFAULT_MAP:
            return f"pyproject.toml, [tool.weighbridge] {parameter.name.replace('_', '-')}"
        case _:
            return ""


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
