"""What is wrong with a draft: what does not read, bind or hold, by the lines of its claims."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from weighbridge.documents.bind import Binding, bind
from weighbridge.documents.expand import expand_tables
from weighbridge.documents.source import Source
from weighbridge.errors import SpecError, SpecErrors
from weighbridge.formula.exact import EvaluationError, evaluate
from weighbridge.spec.architectures import Library
from weighbridge.spec.ask import claim_questions
from weighbridge.spec.claim_model import Claim, Qualitative
from weighbridge.spec.model import Spec
from weighbridge.spec.question import AtPoint
from weighbridge.spec.read import read_spec


class Wrong(Struct, frozen=True):
    """The lines of claims that can not stay as they are, and of those that are `false` and nothing else."""

    lines: set[int]
    false: set[int]


class Proof(Struct, frozen=True):
    """Reads a draft as `check` would, and tries what it claims of models with reference evaluation."""

    source: Source
    spec_path: str
    library: Library

    def wrong(self, text: str) -> Wrong:
        """Return the lines of claims with mistakes or that are not printed so, and of those that do not hold."""
        try:
            spec = read_spec(self.spec_path, text.encode(), library=self.library)
        except SpecErrors as errors:
            return Wrong({error.location.line for error in errors.errors} | self.headers(text, errors), set())
        expanded = expand_tables(spec, self.source)
        binding = expanded.onto(bind(self.source, expanded.spec))
        found = {error.location.line for error in binding.errors}
        found |= {
            line
            for error in binding.errors
            if error.location.path != spec.path
            for line in self.quoting(expanded.spec, binding, error)
        }
        false: set[int] = set()
        for claim in expanded.spec.claims:
            anchor = binding.anchors.get(claim.id)
            true = isinstance(claim.statement, Qualitative) or holds(expanded.spec, claim)
            if true is None or (anchor is not None and anchor.state != "found"):
                found.add(claim.location.line)
            elif not true:
                false.add(claim.location.line)
        return Wrong(found, false)

    def headers(self, text: str, errors: SpecErrors) -> set[int]:
        """Return the lines of the [[claim]] headers above mistakes."""
        starts = [number for number, line in enumerate(text.split("\n"), start=1) if line.startswith("[[claim]]")]
        lines = {error.location.line for error in errors.errors}
        return {max((start for start in starts if start <= line), default=0) for line in lines}

    def quoting(self, spec: Spec, binding: Binding, error: SpecError) -> Iterator[int]:
        """Yield the lines of claims that quote the place of a mistake in the document."""
        for claim in spec.claims:
            for span in binding.spans.get(claim.id, ()):
                start, end = self.source.location(span.start), self.source.location(span.end)
                if start <= error.location <= end:
                    yield claim.location.line


def holds(spec: Spec, claim: Claim) -> bool | None:
    """Tell whether a claim about models is true, None where it has no value at one of them.

    What speaks of all values was compared by form already.
    """
    true = True
    for asked in claim_questions(spec, claim):
        if isinstance(asked.question.domain, AtPoint):
            try:
                true &= evaluate(asked.question.condition, asked.question.domain.values) is True
            except EvaluationError:
                return None
    return true
