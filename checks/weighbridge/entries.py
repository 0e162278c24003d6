"""What a report carries of a spec besides its results: its document with what stands in it, models and quantities."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from msgspec.structs import replace

from weighbridge.documents.bind import Binding
from weighbridge.documents.coverage import DocumentCoverage, coverage
from weighbridge.documents.source import Source, Span
from weighbridge.formula.digits import digits_of
from weighbridge.formula.exact import EvaluationError, number_of
from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import Expression, Name, Sum, free_names, product_of
from weighbridge.report.model import (
    Breakdown,
    DocumentText,
    GridEntry,
    Mark,
    MarkStatus,
    QuantityValue,
    SpecEntry,
    TensorCount,
)
from weighbridge.spec.expand import INVENTORY, Expansion
from weighbridge.spec.model import Model, Spec

#: Models that are broken down; a table can have hundreds of rows, and nobody looks at so many pictures.
MAX_BREAKDOWNS = 12
#: Characters of an expression over symbols alone that are carried along.
MAX_EXPRESSION = 4_000


def spec_entry(spec: Spec, binding: Binding, source: Source | None, *, whole: bool = True) -> SpecEntry:
    """Return what a report says of a spec itself; without `whole`, no more than a table of results needs."""
    document = spec.document
    text = None
    if whole and source is not None:
        text = DocumentText(source.text, marks(spec, binding, coverage(source, spec, binding)))
    return SpecEntry(
        path=spec.path,
        document_id=document.id,
        title=document.title,
        document_path=document.path,
        cite=document.cite,
        sha256=source.sha256 if source else "",
        models={name: dict(model.values) for name, model in spec.models.items()},
        grids={
            name: GridEntry(
                {axis.symbol: axis.values for axis in grid.axes},
                {symbol: to_text(tree) for symbol, tree in grid.derived.items()},
            )
            for name, grid in spec.grids.items()
        },
        symbols={name: symbol.text for name, symbol in spec.symbols.items()},
        text=text,
        breakdowns=tuple(breakdowns(spec)) if whole else (),
    )


def marks(spec: Spec, binding: Binding, covered: DocumentCoverage) -> tuple[Mark, ...]:
    """Return what is marked in a document: every figure and formula, and each quote that holds none of them."""
    status: Mapping[str, MarkStatus] = {"claimed": "claimed", "exempt": "exempt", "unaccounted": "unaccounted"}
    found = [
        Mark(
            start=each.item.span.start,
            end=each.item.span.end,
            kind=each.item.kind,
            status=status[each.status],
            claims=each.claims,
            reasons=each.reasons,
        )
        for each in covered.items
        if each.status in status
    ]
    ordered = list(disjoint(found))
    quotes = sorted(
        ((span, f"{spec.id}/{name}") for name, spans in binding.spans.items() for span in spans),
        key=lambda quote: (quote[0].end - quote[0].start, quote[0].start),
    )
    for span, claim in quotes:
        add_quote(ordered, span, claim)
    return tuple(ordered)


def disjoint(found: Iterable[Mark]) -> Iterator[Mark]:
    """Yield marks in their order, without those that begin inside another."""
    end = 0
    for mark in sorted(found, key=lambda mark: (mark.start, -mark.end)):
        if mark.start >= end and mark.end > mark.start:
            yield mark
            end = mark.end


def add_quote(ordered: list[Mark], span: Span, claim: str) -> None:
    """Add a claim's quote to the marks: to those within it, or as one of its own where it meets none."""
    first = bisect_left(ordered, span.start, key=lambda mark: mark.end - 1)
    last = bisect_left(ordered, span.end, key=lambda mark: mark.start)
    inside = ordered[first:last]
    if not inside:
        if span.end > span.start:
            ordered.insert(first, Mark(start=span.start, end=span.end, kind="quote", status="claimed", claims=(claim,)))
        return
    if any(claim in mark.claims for mark in inside):
        return
    for index, mark in enumerate(inside, start=first):
        if mark.kind == "quote" and span == Span(mark.start, mark.end):
            ordered[index] = replace(mark, claims=(*mark.claims, claim))
        elif claim not in mark.around:
            ordered[index] = replace(mark, around=(*mark.around, claim))


def breakdowns(spec: Spec) -> Iterator[Breakdown]:
    """Yield what each of the first models is made of."""
    groups = groups_of(spec)
    for model in list(spec.models.values())[:MAX_BREAKDOWNS]:
        conventions = {**spec.conventions, **model.conventions}
        tensors = tuple(tensor_counts(spec, model, conventions, groups))
        quantities = tuple(quantity_values(spec, model, conventions))
        if tensors or quantities:
            yield Breakdown(model.name, tensors, quantities)


def tensor_counts(
    spec: Spec, model: Model, conventions: Mapping[str, bool], groups: Mapping[str, str]
) -> Iterator[TensorCount]:
    """Yield the tensors that a model has, as far as it gives the symbols that they need."""
    expansion = Expansion(spec, conventions)
    for name, tensor in spec.tensors.items():
        if not expansion.in_force(tensor):
            continue
        value = value_in(model, expansion.count(tensor))
        if value is not None and value.denominator == 1:
            text = to_text(product_of((*tensor.shape, *tensor.per)))
            yield TensorCount(name, groups.get(name, name), text, int(value))


def quantity_values(spec: Spec, model: Model, conventions: Mapping[str, bool]) -> Iterator[QuantityValue]:
    """Yield the spec's quantities, then the inventory, as far as a model gives the symbols that they need."""
    names = [*spec.quantities, *([INVENTORY] if spec.tensors else [])]
    expansion = Expansion(spec, conventions)
    for name in names:
        tree = expansion.of(Name(name))
        value = value_in(model, tree)
        text = to_text(tree)
        if value is not None and len(text) <= MAX_EXPRESSION:
            unit = spec.quantities[name].unit if name in spec.quantities else ""
            yield QuantityValue(name, text, digits_of(value), unit)


def value_in(model: Model, tree: Expression) -> int | Fraction | None:
    """Return an expression's value in a model; None where the model does not give it one."""
    if not free_names(tree) <= model.values.keys():
        return None
    try:
        return number_of(tree, model.values)
    except EvaluationError:
        return None


def groups_of(spec: Spec) -> dict[str, str]:
    """Return for each tensor the smallest quantity that is a plain sum of it and others."""
    sums = {name: found for name in spec.quantities if (found := summed(Name(name), spec)) and len(found) > 1}
    return {
        tensor: min(holding, key=lambda name: len(sums[name]))
        for tensor in spec.tensors
        if (holding := [name for name, found in sums.items() if tensor in found and len(found) < len(spec.tensors)])
    }


def summed(tree: Expression, spec: Spec) -> frozenset[str] | None:
    """Return the tensors that an expression adds up; None where it is anything but a sum of tensors."""
    match tree:
        case Name(name) if name in spec.tensors:
            return frozenset((name,))
        case Name(name) if name in spec.quantities:
            return summed(spec.quantities[name].expression, spec)
        case Sum(terms):
            parts = [summed(term, spec) for term in terms]
            return None if None in parts else frozenset[str]().union(*(part for part in parts if part))
        case _:
            return None
