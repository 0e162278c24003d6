"""What a claim or declaration rests on: every name that its expressions need, through quantities and tensors."""

from __future__ import annotations

from weighbridge.formula.tree import Expression, free_names
from weighbridge.spec.claim_model import Claim, Invariant
from weighbridge.spec.expand import INVENTORY
from weighbridge.spec.model import Spec
from weighbridge.spec.statements import expressions_of


def uses(spec: Spec, *names: str) -> frozenset[str]:
    """Return these names and all that they stand for: tensors, quantities, symbols and conventions."""
    found: set[str] = set()
    waiting = [*names]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(each for tree in definitions(spec, name) for each in free_names(tree))
            if name == INVENTORY:
                waiting.extend(spec.tensors)
    return frozenset(found)


def definitions(spec: Spec, name: str) -> tuple[Expression, ...]:
    """Return the expressions that a name is declared by; none for a symbol or convention."""
    if name in spec.quantities:
        return (spec.quantities[name].expression,)
    if name in spec.tensors:
        tensor = spec.tensors[name]
        return (*tensor.shape, *tensor.per, *(() if tensor.when is None else (tensor.when,)))
    return ()


def used_by(spec: Spec, source: Claim | Invariant) -> frozenset[str]:
    """Return all that a claim, with its corrections, or an invariant rests on."""
    if isinstance(source, Claim):
        corrections = [erratum.correct for erratum in source.errata if erratum.correct is not None]
        trees = [tree for said in (source.statement, *corrections) for tree in expressions_of(said)]
    else:
        trees = [source.of, *source.parts, *(() if source.by is None else (source.by,))]
    return uses(spec, *(name for tree in (*trees, *source.assuming) for name in free_names(tree)))
