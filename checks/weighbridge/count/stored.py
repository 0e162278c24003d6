"""Counts by what a checkpoint holds: a tree by the names of its tensors, what was set aside, and bytes by type."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from weighbridge.artifacts.held import Checkpoint, CheckpointError
from weighbridge.artifacts.packed import Meaning, meanings
from weighbridge.count.tree import Aside, Component, Count, Stored

#: Numbers in names tell copies apart: of layers, and of experts.
NUMBER = re.compile(r"[0-9]+")


@dataclass(slots=True)
class Node:
    """A part of a name, with what is below it."""

    count: int = 0
    tensors: int = 0
    below: dict[str, Node] = field(default_factory=dict)

    def components(self) -> tuple[Component, ...]:
        """Return what is below, in the order in which it came."""
        return tuple(
            Component(name=name, count=node.count, tensors=node.tensors, parts=node.components())
            for name, node in self.below.items()
        )


def count_stored(checkpoint: Checkpoint, *, source: str, tied: bool | None = None) -> Count:
    """Return the count of a checkpoint; `tied` is what a config beside it says. Raises `CheckpointError`."""
    found = list(meanings(checkpoint, source, tied=tied))
    weights = [each for each in found if not each.why]
    if not weights:
        raise CheckpointError(f"{source}: holds no weights")
    total = sum(each.parameters for each in weights)
    return Count(
        source=source,
        kind=checkpoint.kind,
        total=total,
        components=tree_of(weights),
        stored=stored(weights),
        aside=aside(each for each in found if each.why),
        notes=checkpoint.notes,
    )


def tree_of(weights: Iterable[Meaning]) -> tuple[Component, ...]:
    """Return components by the dotted names of tensors, those of numbered copies together; lone steps are joined."""
    root = Node()
    for each in weights:
        node = root
        for step in each.name.split("."):
            node = node.below.setdefault("*" if NUMBER.fullmatch(step) else step, Node())
            node.count += each.parameters
            node.tensors += 1
    top = tuple(map(joined, root.components()))
    # What all names begin with, "model." and the like, says nothing.
    return top[0].parts if len(top) == 1 and top[0].parts else top


def joined(component: Component) -> Component:
    """Return a component whose only part is taken for itself, all the way down."""
    while len(component.parts) == 1:
        part = component.parts[0]
        component = Component(
            name=f"{component.name}.{part.name}", count=part.count, tensors=part.tensors, parts=part.parts
        )
    parts = tuple(map(joined, component.parts))
    return Component(name=component.name, count=component.count, tensors=component.tensors, parts=parts)


def stored(weights: Iterable[Meaning]) -> tuple[Stored, ...]:
    """Return parameters and bytes by type, the most bytes first."""
    found: dict[str, tuple[int, int]] = {}
    for each in weights:
        count, size = found.get(each.held.dtype, (0, 0))
        found[each.held.dtype] = (count + each.parameters, size + each.held.bytes)
    rows = (Stored(dtype=dtype, count=count, bytes=size) for dtype, (count, size) in found.items())
    return tuple(sorted(rows, key=lambda each: (-each.bytes, each.dtype)))


def aside(others: Iterable[Meaning]) -> tuple[Aside, ...]:
    """Return what was not counted, numbered copies together."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for each in others:
        name = ".".join("*" if NUMBER.fullmatch(step) else step for step in each.name.split("."))
        elements, tensors = found.get((name, each.why), (0, 0))
        found[name, each.why] = (elements + each.held.elements, tensors + 1)
    return tuple(
        Aside(name=name, elements=elements, tensors=tensors, why=why)
        for (name, why), (elements, tensors) in found.items()
    )
