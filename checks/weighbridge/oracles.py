"""What the artifacts count that claims are checked against: each is read once; what can not be counted is an error."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from weighbridge.errors import Collector, SpecErrors, Unreadable, UsageError
from weighbridge.formula.printer import to_text
from weighbridge.spec.claim_model import Claim, Counted, Oracle, PrintedFigure
from weighbridge.spec.model import Spec
from weighbridge.spec.statements import expressions_of
from weighbridge.spec.units import clash, unit_of

if TYPE_CHECKING:
    from weighbridge.count.tree import Count

#: How an oracle says what a config does not.
SAYS = {
    "ignore": 'ignore = ["{}"]',
    "as": 'as = "{}"',
    "part": 'part = "{}"',
    "tied": "conventions = { tied = true } or { tied = false }",
}
CONFIG = "config.json"


class Files(Protocol):
    """Which files of a project may be read. Both raise `Unreadable`."""

    @property
    def root(self) -> Path:
        """Return the project's root."""

    def regular(self, path: Path) -> Path:
        """Return the file that a path leads to."""

    def read(self, path: Path, at_most: int) -> bytes:
        """Return a file's bytes."""


def with_counts(spec: Spec, files: Files, errors: Collector) -> Spec:
    """Return a spec whose claims know what their artifacts count; what can not be counted is noted at its key."""
    if not any(claim.oracle for claim in spec.claims):
        return spec
    artifacts = Artifacts(files)
    return replace(spec, claims=tuple(with_count(spec, claim, artifacts, errors) for claim in spec.claims))


def with_count(spec: Spec, claim: Claim, artifacts: Artifacts, errors: Collector) -> Claim:
    """Return a claim with what its artifact counts."""
    oracle = claim.oracle
    if oracle is None:
        return claim
    say = f"claim '{claim.id}'"
    try:
        counted = artifacts.counted(oracle)
    except SpecErrors as mistakes:
        for each in mistakes.errors:
            errors.add(oracle.location, f"{say}: {each.location}: {each.message}", each.hint)
        return claim
    except (Unreadable, UsageError) as why:
        errors.add(oracle.location, f"{say}: {oracle.path}: {str(why).removeprefix(f'{oracle.path}: ')}")
        return claim
    for text in clashes(spec, claim, counted.unit):
        what = f"'{oracle.of}' of {oracle.path} counts {counted.unit}"
        errors.add(oracle.location, f"{say}: {text}, {what}", "compare it with a quantity of the same unit")
    return replace(claim, oracle=replace(oracle, counted=counted))


def clashes(spec: Spec, claim: Claim, unit: str) -> Iterator[str]:
    """Yield what a claim says of another unit than this one."""
    for said in (claim.statement, *(each.correct for each in claim.errata if each.correct is not None)):
        if isinstance(said, PrintedFigure) and clash(said.figure.unit, unit):
            yield f"'{said.figure.text}' is in {said.figure.unit}"
        for tree in expressions_of(said):
            ours = unit_of(tree, spec.tensors, spec.quantities)
            if clash(ours, unit):
                yield f"'{to_text(tree)}' counts {ours}"


class Artifacts(Struct):
    """Counts the artifacts of a spec, each once."""

    files: Files
    known: dict[tuple[object, ...], tuple[Count, str]] = field(default_factory=dict)

    def counted(self, oracle: Oracle) -> Counted:
        """Return what an artifact counts. Raises `Unreadable`, `UsageError`, and `SpecErrors` for a config."""
        count, sha256 = self.count(oracle)
        measure = count.measure(oracle.of)
        return Counted(value=measure.value, unit=measure.unit, sha256=sha256, symbols=count.symbols)

    def count(self, oracle: Oracle) -> tuple[Count, str]:
        """Return an artifact's whole count, and the sha256 of a file that was read whole."""
        settings = tuple(sorted(oracle.conventions.items()))
        key = (oracle.kind, oracle.path, oracle.as_class, oracle.part, oracle.ignored, settings)
        if key not in self.known:
            self.known[key] = self.of_config(oracle) if oracle.kind == "config" else (self.of_checkpoint(oracle), "")
        return self.known[key]

    def of_config(self, oracle: Oracle) -> tuple[Count, str]:
        """Return the count of a config, and the sha256 of its bytes."""
        from weighbridge.artifacts.keys import MAX_BYTES  # noqa: PLC0415 - most specs name no artifact
        from weighbridge.count.read import Asked, count_config  # noqa: PLC0415 - likewise

        data = self.files.read(self.files.root / oracle.path, MAX_BYTES)
        asked = Asked(
            as_class=oracle.as_class,
            part=oracle.part,
            ignored=oracle.ignored,
            conventions=oracle.conventions,
            says=SAYS,
        )
        return count_config(oracle.path, data, asked), hashlib.sha256(data).hexdigest()

    def of_checkpoint(self, oracle: Oracle) -> Count:
        """Return the count of a checkpoint. What may be another number is none."""
        from weighbridge.count.read import count_checkpoint  # noqa: PLC0415 - most specs name no artifact

        path = self.files.root / oracle.path
        self.files.regular(path)
        with suppress(Unreadable):  # where it is not there, that is to be known too: it would tell what is tied
            self.files.regular(path.with_name(CONFIG))
        count = count_checkpoint(path, oracle.path, opening=self.opening)
        if count.doubts:
            raise UsageError("; ".join(count.doubts))
        return count

    def opening(self, path: Path) -> None:
        """Refuse a file that stands beside an artifact and may not be read."""
        try:
            self.files.regular(path)
        except Unreadable as why:
            raise Unreadable(f"'{path.name}' beside it {why}") from None
