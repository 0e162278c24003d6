"""What a mutant is: a spec with one change, made on the value that was read, named and located."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias, TypeVar

from msgspec import Struct

from weighbridge.errors import Location
from weighbridge.spec.claim_model import Claim, Over
from weighbridge.spec.expand import INVENTORY
from weighbridge.spec.model import Spec

Kind: TypeAlias = Literal["claim", "tensor", "quantity", "value", "convention"]
V = TypeVar("V")


class Mutant(Struct, frozen=True, kw_only=True):
    """A spec with one change: `what` became of a `key` ("" for the whole) of the claim or declaration `name`.

    `claims` are the ids of those that change: of a table's claim, what it says of each row. `unread` is why a changed
    text is no spec any more, "" where it is one. `scored` is False for what may rightly go unnoticed: rounded figures,
    and conditions that are no equalities.
    """

    location: Location
    kind: Kind
    name: str
    key: str = ""
    what: str
    spec: Spec
    claims: tuple[str, ...] = ()
    unread: str = ""
    scored: bool = True

    @property
    def subject(self) -> str:
        """What was changed: key.shape."""
        return f"{self.name}.{self.key}" if self.key else self.name


def with_item(values: Mapping[str, V], name: str, value: V) -> Mapping[str, V]:
    """Return a mapping in which one name has another value."""
    return MappingProxyType({**values, name: value})


def flipped(*, value: bool) -> str:
    """Return what is said of a convention that is turned round."""
    return f"becomes {'false' if value else 'true'}"


def others(spec: Spec, claim: Claim | None = None) -> Callable[[str], Iterable[str]]:
    """Return which names a name is mistaken for: all others of its sort, on a grid those that it has."""
    symbols = tuple(spec.symbols)
    if claim is not None and isinstance(claim.where, Over):
        grid = spec.grids[claim.where.grid]
        given = {*(axis.symbol for axis in grid.axes), *grid.derived}
        symbols = tuple(name for name in symbols if name in given)
    counted = (*spec.tensors, *spec.quantities, INVENTORY)
    sorts = (symbols, counted, tuple(spec.conventions))

    def mistaken(name: str) -> Iterable[str]:
        sort = next((sort for sort in sorts if name in sort), ())
        return (other for other in sort if other != name)

    return mistaken
