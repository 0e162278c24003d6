"""What a checkpoint's header says of each tensor: its name, its shape, its type; and where a header is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod

from weighbridge.errors import UsageError


class CheckpointError(UsageError):
    """A file that is no checkpoint, or whose header contradicts itself; the message names the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A tensor as a file holds it; `bytes` are those of its data, `block` how many values one block of its type has."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    bytes: int

    @property
    def elements(self) -> int:
        """How many elements it has as it is stored: packed values are not told apart."""
        return prod(self.shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """All tensors of a file, or of all files that an index names, by name.

    `logical` are the shapes of packed weights, as far as files state them beside the weights; `notes` are what files
    say of themselves that does not agree with what they hold.
    """

    kind: str
    tensors: Mapping[str, Held]
    logical: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
