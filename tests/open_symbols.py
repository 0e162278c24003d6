"""Small specs whose symbols are open, and what is left of them: for tests of solving."""

from __future__ import annotations

from weighbridge.solve.answer import Answer
from weighbridge.solve.groups import Limits
from weighbridge.solve.problem import Request, pose
from weighbridge.solve.solver import solve
from weighbridge.spec.read import read_spec

HEAD = """
[document]
id = "small"
title = "A small one"
cite = "a page"
"""


def small(body: str, request: Request, *, show: int = 1000, max_points: int = 10**9) -> Answer:
    """Solve a spec given by what stands below its [document]."""
    return solve(
        pose(read_spec("small.toml", (HEAD + body).encode()), request), Limits(max_points=max_points, show=show)
    )


def model(*claims: str, assumed: str = "a b", kept: str = "") -> str:
    """Return a spec over some symbols with these assertions of its document."""
    symbols = [*assumed.split(), *kept.split()]
    lines = [
        "[symbols]",
        *(f'{name} = "a size"' for name in symbols),
        "[models.m]",
        *(f"{name} = 3" for name in symbols),
    ]
    lines += ["[models.m.assumed]", *(f'{name} = "not stated"' for name in assumed.split())]
    for place, claim in enumerate(claims):
        lines += ["[[claim]]", f'id = "claim-{place}"', f'quote = "words {place}"', f'asserts = "{claim}"']
    return "\n".join(lines)
