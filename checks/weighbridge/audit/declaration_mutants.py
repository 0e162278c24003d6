"""In which ways a declaration can be wrong in one place: tensors, quantities and conventions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from weighbridge.audit.mutants import Mutant, flipped, others, with_item
from weighbridge.audit.places import Places
from weighbridge.audit.uses import uses
from weighbridge.audit.variants import variants
from weighbridge.errors import Location
from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import Expression, Not, number
from weighbridge.spec.locate import Path
from weighbridge.spec.model import Spec, Tensor


def declaration_mutants(spec: Spec, places: Places) -> Iterator[Mutant]:
    """Yield the spec with each change to what it declares besides its claims and the values of symbols.

    What an architecture declares stays: it is not the spec's own words, and is held against what others count of it.
    """
    yield from tensor_mutants(spec, places)
    yield from quantity_mutants(spec, places)
    for name, value in spec.conventions.items():
        if ("conventions", name) not in places.locator.places:
            continue
        changed = replace(spec, conventions=with_item(spec.conventions, name, not value))
        location = places.of_value(("conventions", name))
        yield Mutant(location=location, kind="convention", name=name, what=flipped(value=value), spec=changed)


def tensor_mutants(spec: Spec, places: Places) -> Iterator[Mutant]:
    """Yield the spec with each tensor removed, its `when` turned round, and each of its dimensions changed."""
    for tensor in spec.tensors.values():
        at: Path = ("tensors", tensor.name)
        if at not in places.locator.places:
            continue
        nothing = replace(tensor, shape=(number(0),), per=())
        yield tensor_mutant(spec, nothing, "", "removed", places.locator.of(at))
        if tensor.when is not None:
            turned, location = replace(tensor, when=Not(tensor.when)), places.of_value((*at, "when"), 0)
            yield tensor_mutant(spec, turned, "when", f"becomes not ({to_text(tensor.when)})", location)
        for shape, what, location in dimension_changes(spec, places, (*at, "shape"), tensor.shape):
            yield tensor_mutant(spec, replace(tensor, shape=shape or (number(1),)), "shape", what, location)
        for per, what, location in dimension_changes(spec, places, (*at, "per"), tensor.per):
            yield tensor_mutant(spec, replace(tensor, per=per), "per", what, location)


def tensor_mutant(spec: Spec, tensor: Tensor, key: str, what: str, location: Location) -> Mutant:
    """Return the spec with a tensor changed."""
    changed = replace(spec, tensors=with_item(spec.tensors, tensor.name, tensor))
    return Mutant(location=location, kind="tensor", name=tensor.name, key=key, what=what, spec=changed)


def dimension_changes(
    spec: Spec, places: Places, path: Path, trees: tuple[Expression, ...]
) -> Iterator[tuple[tuple[Expression, ...], str, Location]]:
    """Yield a list of dimensions with each dropped, and with each change to each, what that is and where."""
    for place, tree in enumerate(trees):
        before, behind = trees[:place], trees[place + 1 :]
        yield (*before, *behind), f"{to_text(tree)} dropped", places.of_value((*path, place), 0)
        for each in variants(tree, others(spec)):
            yield (*before, each.tree, *behind), each.what, places.of_spot((*path, place), each.spot)


def quantity_mutants(spec: Spec, places: Places) -> Iterator[Mutant]:
    """Yield the spec with each change to each quantity that does not make it go in a circle."""
    mistaken = others(spec)
    for quantity in spec.quantities.values():

        def sound(name: str, quantity: str = quantity.name) -> Iterable[str]:
            return (other for other in mistaken(name) if quantity not in uses(spec, other))

        path: Path = ("quantities", quantity.name)
        if path not in places.locator.places:
            continue
        if isinstance(places.get(path), dict):
            path = (*path, "equals")
        for each in variants(quantity.expression, sound):
            changed = replace(quantity, expression=each.tree)
            yield Mutant(
                location=places.of_spot(path, each.spot),
                kind="quantity",
                name=quantity.name,
                what=each.what,
                spec=replace(spec, quantities=with_item(spec.quantities, quantity.name, changed)),
                scored=each.exact,
            )
