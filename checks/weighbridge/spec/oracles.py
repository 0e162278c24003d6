"""What a claim is held against besides the inventory: an artifact, which is one model, and what of its count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from weighbridge.spec.claim_model import At, Oracle, OracleKind, Range
from weighbridge.spec.declare import Declarations
from weighbridge.spec.fields import Fields
from weighbridge.spec.ranges import read_range
from weighbridge.spec.statements import Source, StatementKind, listed
from weighbridge.spec.text import path_from_root

ARTIFACTS: tuple[OracleKind, ...] = get_args(OracleKind)
#: Keys that say how a config is to be counted; a checkpoint holds what it holds.
OF_CONFIGS = ("as", "part", "ignore", "conventions")
KEYS = (*ARTIFACTS, "of", *OF_CONFIGS)
#: What is compared where `of` is left out.
TOTAL = "total"


def read_oracle(fields: Fields) -> Oracle | None:
    """Read a claim's `oracle`, None where it has none or that names no file. The file itself is not looked at."""
    inner = fields.table("oracle")
    if inner is None:
        return None
    inner.only(KEYS)
    kinds = [kind for kind in ARTIFACTS if kind in inner]
    if len(kinds) != 1:
        found = f"has {' and '.join(map(repr, kinds))}" if kinds else "names no artifact"
        inner.complain(kinds[1] if kinds else None, f"{found}, expected one of {listed(ARTIFACTS)}")
        return None
    kind = kinds[0]
    for key in OF_CONFIGS:
        if key in inner and kind != "config":
            inner.complain(key, f"'{key}' goes with 'config'", "a checkpoint holds what it holds")
    return Oracle(
        kind=kind,
        path=path_from_root(inner, kind, "artifacts stand inside it"),
        location=inner.location(kind),
        of=inner.text("of") if "of" in inner else TOTAL,
        as_class=inner.text("as"),
        part=inner.text("part"),
        ignored=inner.texts("ignore"),
        conventions=read_conventions(inner),
    )


def read_conventions(fields: Fields) -> Mapping[str, bool]:
    """Read what is counted in a config; which conventions it has is known once it is read."""
    inner = fields.table("conventions")
    return {} if inner is None else {name: inner.boolean(name, default=False) for name in inner.values}


def read_one_model(source: Source, kind: StatementKind, declared: Declarations) -> Range | None:
    """Read the model that a claim with an oracle speaks of: none where the artifact alone decides a figure.

    Defaults that speak of more than one model are passed over.
    """
    own, several = source.own, source.own.values.get("at")
    if "over" in own:
        own.complain("over", "'over' does not go with 'oracle'", "an artifact is one model: say at = NAME")
        return None
    if isinstance(several, list) or several == "*":
        own.complain("at", "'at' is no model's name, and an artifact is one model", "make a claim for each")
        return None
    default = source.of("at").values.get("at")
    if not isinstance(default, str) or default == "*" or "over" in source.of("at"):
        source = Source(own)
    if kind == "printed" and "equals" not in own and "at" not in source.of("at"):
        for key in ("assuming", "conventions"):
            if key in own:
                own.complain(key, f"'{key}' needs a model that it speaks of", "say at = NAME, or leave it out")
        return At(())
    return read_range(source, declared)
