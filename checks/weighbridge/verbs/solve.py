"""`weighbridge solve` tells which hyperparameters the claims of a document determine."""

from __future__ import annotations

import click

from weighbridge.delivery import write
from weighbridge.errors import UsageError
from weighbridge.parameters import at_least
from weighbridge.verbs.flags import flag, max_bytes, raising_limits, root, threads, told, verb


@verb(
    "solve",
    "Tell which hyperparameters the claims determine.",
    examples="""
  weighbridge solve spec/gpt3.toml
  weighbridge solve spec/gpt3.toml --open n_heads --range n_heads=1..128
""",
)
@click.argument("path", type=click.Path(), metavar="SPEC")
@root
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
@max_bytes
@raising_limits
@threads
@told("the answer")
def solve(
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
