"""Which of a document's figures and formulas its claims and exemptions account for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from fractions import Fraction
from typing import Literal, TypeAlias

from msgspec import Struct

from weighbridge.documents.bind import Binding
from weighbridge.documents.claimed import allotted
from weighbridge.documents.inventory import Item, inventory
from weighbridge.documents.notation import RULES, Rule
from weighbridge.documents.source import Source, Span
from weighbridge.formula.alphabet import Alphabet
from weighbridge.spec.claim_model import Claim
from weighbridge.spec.model import Spec

Status: TypeAlias = Literal["claimed", "exempt", "set aside", "unaccounted"]


class Accounted(Struct, frozen=True):
    """A figure or formula and what accounts for it: the ids of results, or the reasons of exemptions."""

    item: Item
    claims: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """What has been made of it; what somebody says of a figure counts for more than a rule does."""
        if self.claims:
            return "claimed"
        if self.reasons:
            return "exempt"
        return "set aside" if self.item.rule else "unaccounted"


class DocumentCoverage(Struct, frozen=True):
    """Everything that a document holds, in its order; `document` is its path relative to the project root."""

    document: str
    items: tuple[Accounted, ...]

    def of(self, status: Status) -> tuple[Accounted, ...]:
        """Return all that has come to this."""
        return tuple(each for each in self.items if each.status == status)

    @property
    def found(self) -> int:
        """How many figures and formulas there are, without what a rule sets aside."""
        return len(self.items) - len(self.of("set aside"))

    @property
    def share(self) -> Fraction:
        """How much of what was found is accounted for, from 0 to 1; all of nothing is 1."""
        return 1 - Fraction(len(self.of("unaccounted")), self.found) if self.found else Fraction(1)

    @property
    def rules(self) -> dict[Rule, tuple[Accounted, ...]]:
        """What each rule sets aside; a rule with nothing to set aside is left out."""
        aside = self.of("set aside")
        by_rule = {rule: tuple(each for each in aside if each.item.rule == rule) for rule in RULES}
        return {rule: found for rule, found in by_rule.items() if found}


def coverage(source: Source, spec: Spec, binding: Binding) -> DocumentCoverage:
    """Return what a spec makes of every figure and formula of its document.

    A claim accounts, within its quote, for its figure, its formula and the literals of its expressions, each as
    often as it says it; a table for its cells; an exemption for its whole quote or section. Of what has changed a claim
    says nothing any more.
    """
    ledger = Ledger(source)
    alphabet = Alphabet.of(
        {name: symbol.latex for name, symbol in spec.symbols.items()}, (*spec.tensors, *spec.quantities)
    )
    quoted: list[tuple[Claim, dict[int, Item]]] = []
    for claim in spec.claims:
        anchor = binding.anchors.get(claim.id)
        if anchor is None or anchor.state != "changed":
            quoted += [(claim, ledger.within(span)) for span in binding.spans.get(claim.id, ())]
    for claim, indices in allotted(quoted, alphabet):
        for index in indices:
            ledger.claim(index, f"{spec.id}/{claim.id}")
    for span, table in binding.cells:
        for index in ledger.within(span):
            ledger.claim(index, f"{spec.id}/{table}")
    for exemption, spans in zip(spec.exemptions, binding.exempt, strict=True):
        for span in spans:
            for index, item in ledger.within(span).items():
                # A section that is exempt makes no figures of what a rule sets aside in it.
                if exemption.quote or not item.rule:
                    ledger.exempt(index, exemption.reason)
    for span, reason in binding.exempt_cells:
        for index in ledger.within(span):
            ledger.exempt(index, reason)
    return DocumentCoverage(source.path, ledger.entries())


@dataclass(slots=True)
class Ledger:
    """The items of a document, and what is found to account for each."""

    source: Source
    items: tuple[Item, ...] = field(init=False)
    visible: list[tuple[Span, int]] = field(init=False)
    claims: list[dict[str, None]] = field(init=False)
    reasons: list[dict[str, None]] = field(init=False)

    def __post_init__(self) -> None:
        self.items = inventory(self.source)
        self.visible = sorted((item.seen, index) for index, item in enumerate(self.items) if item.seen)
        self.claims, self.reasons = [{} for _ in self.items], [{} for _ in self.items]

    def within(self, span: Span) -> dict[int, Item]:
        """Return the items that lie within a part of the source, as a reader sees it."""
        seen = self.source.rendered.within(span)
        first = bisect_left(self.visible, seen.start, key=lambda each: each[0].start)
        last = bisect_left(self.visible, seen.end, key=lambda each: each[0].start)
        return {index: self.items[index] for at, index in self.visible[first:last] if at in seen}

    def claim(self, index: int, name: str) -> None:
        """Note that a claim accounts for an item."""
        self.claims[index][name] = None

    def exempt(self, index: int, reason: str) -> None:
        """Note that an exemption accounts for an item."""
        self.reasons[index][reason] = None

    def entries(self) -> tuple[Accounted, ...]:
        """Return all items with what accounts for them."""
        return tuple(
            Accounted(item, tuple(claims), tuple(reasons))
            for item, claims, reasons in zip(self.items, self.claims, self.reasons, strict=True)
        )


def combined(parts: Iterable[DocumentCoverage]) -> tuple[DocumentCoverage, ...]:
    """Return one coverage for each document, in the order of their paths: several specs may speak of one."""
    by_document: dict[str, DocumentCoverage] = {}
    for part in parts:
        before = by_document.get(part.document)
        by_document[part.document] = joined(before, part) if before else part
    return tuple(by_document[name] for name in sorted(by_document))


def joined(one: DocumentCoverage, other: DocumentCoverage) -> DocumentCoverage:
    """Return what two specs make of one document together."""
    items = (
        Accounted(left.item, (*left.claims, *right.claims), (*left.reasons, *right.reasons))
        for left, right in zip(one.items, other.items, strict=True)
    )
    return DocumentCoverage(one.document, tuple(items))


def changed(now: DocumentCoverage, before: Sequence[Item]) -> tuple[Accounted, ...]:
    """Return what a document holds that it did not hold before, in its place among the others: added, or edited."""
    old, new = [item.text for item in before], [each.item.text for each in now.items]
    operations = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    fresh = (each for word, _, _, first, last in operations if word != "equal" for each in now.items[first:last])
    return tuple(each for each in fresh if each.status != "set aside")
