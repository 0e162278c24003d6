"""What a draft is asked for: a document, and what is said of its model beforehand."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from weighbridge.artifacts.described import Described
from weighbridge.documents.source import Source


class Asked(Struct, frozen=True, kw_only=True):
    """What a draft is asked for: the document, where its spec will stand, an architecture, and values of symbols.

    `document` is the path from the spec to the document, `like` a model of the architecture or "". Where a config says
    what the model is, `described` is that, `values` are those of all symbols that follow, `config` is its path, and
    `per_value` the bytes of a stored number, 0 where it does not say.
    """

    source: Source
    spec_path: str
    document: str
    architecture: str = ""
    like: str = ""
    given: Mapping[str, int] = field(default_factory=dict)
    described: Described | None = None
    values: Mapping[str, int] = field(default_factory=dict)
    config: str = ""
    per_value: int = 0
