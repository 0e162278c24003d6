"""What a checkpoint's header says of each tensor: its name, its shape, its type; and where a header is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct, field

from weighbridge.errors import UsageError

#: Is told of every file before it is opened, and raises where it may not be.
Opening: TypeAlias = Callable[[Path], object]


def anything(path: Path) -> object:
    """Let every file be opened."""
    return path


class CheckpointError(UsageError):
    """A file that is no checkpoint, or whose header contradicts itself; the message names the file."""


class Held(Struct, frozen=True, kw_only=True):
    """A tensor as a file holds it; `bytes` are those of its data, `block` how many values one block of its type has."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    bytes: int

    @property
    def elements(self) -> int:
        """How many elements it has as it is stored: packed values are not told apart."""
        return prod(self.shape)


class Checkpoint(Struct, frozen=True, kw_only=True):
    """All tensors of a file, or of all files that an index names, by name.

    `logical` are the shapes of packed weights, as far as files state them beside the weights; `notes` are what files
    say of themselves that does not agree with what they hold.
    """

    kind: str
    tensors: Mapping[str, Held]
    logical: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
