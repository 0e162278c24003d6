"""What is wrong with a draft: what does not read, bind or hold, by the lines of its claims."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from weighbridge.documents.bind import Binding, bind
from weighbridge.documents.expand import expand_tables
from weighbridge.documents.source import Source
from weighbridge.errors import SpecError, SpecErrors
from weighbridge.formula.exact import EvaluationError, evaluate
from weighbridge.spec.architectures import Library
from weighbridge.spec.ask import claim_questions
from weighbridge.spec.model import Qualitative, Spec
from weighbridge.spec.question import AtPoint
from weighbridge.spec.read import read_spec


@dataclass(frozen=True, slots=True)
class Proof:
    """Reads a draft as `check` would, and tries what it claims of models with reference evaluation."""

    source: Source
    spec_path: str
    library: Library

    def wrong(self, text: str) -> set[int]:
        """Return the lines of claims with mistakes, and of those that do not hold or are not printed so."""
        try:
            spec = read_spec(self.spec_path, text.encode(), library=self.library)
        except SpecErrors as errors:
            return {error.location.line for error in errors.errors} | self.headers(text, errors)
        expanded = expand_tables(spec, self.source)
        binding = expanded.onto(bind(self.source, expanded.spec))
        found = {error.location.line for error in binding.errors}
        found |= {
            line
            for error in binding.errors
            if error.location.path != spec.path
            for line in self.quoting(expanded.spec, binding, error)
        }
        for claim in expanded.spec.claims:
            anchor = binding.anchors.get(claim.id)
            if anchor is not None and anchor.state != "found":
                found.add(claim.location.line)
            if not isinstance(claim.statement, Qualitative) and not holds(expanded.spec, claim.id):
                found.add(claim.location.line)
        return found

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


def holds(spec: Spec, claim_id: str) -> bool:
    """Tell whether a claim about models is true; what speaks of all values was compared by form already."""
    claim = next(each for each in spec.claims if each.id == claim_id)
    for asked in claim_questions(spec, claim):
        if isinstance(asked.question.domain, AtPoint):
            try:
                if evaluate(asked.question.condition, asked.question.domain.values) is not True:
                    return False
            except EvaluationError:
                return False
    return True
