"""How a grid is counted: the terms of its conditions become programs for the counter.

Two axes span a plane: the lane, along which the counter runs fastest, and the row axis. The other axes are visited
head by head; what does not depend on the plane is computed once a head, and only when an axis that it depends on has
moved. Conditions that are straight along a lane are counted as lines; those of another shape are computed value by
value, as rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Literal

from weighbridge.engines.heads import by_length
from weighbridge.engines.lines import LineLowering, NoLine, Program
from weighbridge.engines.nodes import Node
from weighbridge.engines.rows import RowProgram, lower_rows
from weighbridge.engines.terms import Refusal, Terms, Tracks

#: About how many nanoseconds it takes to load the counter of masks; it has to be compiled before, once.
MASKS_LOADED = 2e7


def lower(terms: Terms, tracks: Sequence[Node]) -> list[tuple[Program | RowProgram, list[Node]]]:
    """Return programs that together count all these nodes, each with the nodes that it counts, in its order.

    Raises `Refusal` where values pass what the counter holds.
    """
    kinds: dict[str, list[Node]] = {}
    for node in tracks:
        kinds.setdefault(kind_of(terms, node), []).append(node)
    programs: list[tuple[Program | RowProgram, list[Node]]] = []
    for kind, nodes in kinds.items():
        if kind == "rows":
            programs.append((lower_rows(terms, nodes), nodes))
            continue
        together = lowered(terms, nodes, wide=kind == "wide")
        if together is not None:
            programs.append((together, nodes))
            continue
        # Each is straight along some lane, but not all along one.
        alone = [(lowered(terms, [node], wide=kind == "wide"), node) for node in nodes]
        programs.extend((program, [node]) for program, node in alone if program is not None)
    return programs


def kind_of(terms: Terms, node: Node) -> Literal["narrow", "wide", "rows"]:
    """Return how a node can be counted: as lines of 64 bits, as lines of two limbs, or row by row."""
    try:
        return "narrow" if lowered(terms, [node], wide=False) else "rows"
    except Refusal:
        if lowered(terms, [node], wide=True) is None:
            raise
        return "wide"


def lowered(terms: Terms, tracks: Sequence[Node], *, wide: bool) -> Program | None:
    """Return the cheapest program of lines that counts these nodes; None where there is none. Raises `Refusal`."""
    order = by_length(terms)
    best: Program | None = None
    for lane in order[:3]:
        for row in [*[axis for axis in order if axis != lane][:2], -1]:
            try:
                program = LineLowering(terms, lane, row, wide=wide).program(tracks)
            except NoLine:
                continue
            if best is None or program.cost < best.cost:
                best = program
            break  # a shorter row axis is only worth a look where a longer one is not possible
    if best is None or wide or best.straight is not None:
        return best
    return without_lane(terms, tracks, order) or best


def without_lane(terms: Terms, tracks: Sequence[Node], order: Sequence[int]) -> Program | None:
    """Return a program for few points that stands at each of them, if the counter of straight lines can run it."""
    for row in [*order[:2], -1]:
        with suppress(NoLine, Refusal):
            program = LineLowering(terms, -1, row, wide=False).program(tracks)
            if program.straight is not None and program.cost * terms.grid.points < MASKS_LOADED:
                return program
    return None


def nodes_of(tracks: Sequence[Tracks]) -> list[Node]:
    """Return every node that is counted, each once, in a stable order."""
    found: dict[Node, None] = {}
    for each in tracks:
        found.update(dict.fromkeys((each.violated, each.unknown, each.outside)))
    return list(found)
