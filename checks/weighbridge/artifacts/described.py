"""What a config.json comes to: an architecture, the value of every symbol, and the conventions that differ."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class Described(Struct, frozen=True, kw_only=True):
    """A model under the names of a shipped architecture.

    `described_as` is the class of transformers that is counted; `notes` are what a reader of the count must know;
    `buffers` are what a checkpoint may hold besides weights: they are not counted.
    """

    architecture: str
    symbols: Mapping[str, int]
    conventions: Mapping[str, bool]
    described_as: str = ""
    notes: tuple[str, ...] = ()
    buffers: tuple[str, ...] = ()
