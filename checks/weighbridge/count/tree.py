"""What a count is: a total, and the tree of components that add up to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from msgspec import Struct, field

from weighbridge.errors import UsageError, did_you_mean
from weighbridge.spec.oracles import TOTAL
from weighbridge.spec.units import PARAMETERS


class Component(Struct, frozen=True, kw_only=True):
    """A part of a model: `count` parameters in `tensors` weight tensors, and the parts that it consists of."""

    name: str
    count: int
    tensors: int
    parts: tuple[Component, ...] = ()


class Measure(Struct, frozen=True, kw_only=True):
    """Another quantity of a model; `unit` is "bytes", "FLOPs" or "" for a count."""

    value: int | Fraction
    unit: str = ""


class Alternative(Struct, frozen=True, kw_only=True):
    """What the total is where one convention is the other way round."""

    convention: str
    setting: bool
    total: int


class Aside(Struct, frozen=True, kw_only=True):
    """Tensors that a file has and that are not counted, and why: buffers, copies, scales of quantised weights."""

    name: str
    elements: int
    tensors: int
    why: str


class Stored(Struct, frozen=True, kw_only=True):
    """What a file holds in one type: so many parameters in so many bytes."""

    dtype: str
    count: int
    bytes: int


class Count(Struct, frozen=True, kw_only=True):
    """How many parameters a model has, and all that is known besides.

    `source` is what was counted. A count from an inventory has its `architecture`, values and conventions; one from a
    checkpoint has what is `stored` and what was set `aside`. `doubts` are those of the `notes` by which the total may
    be another one.
    """

    source: str
    kind: str
    total: int
    components: tuple[Component, ...]
    architecture: str = ""
    described_as: str = ""
    symbols: Mapping[str, int] = field(default_factory=dict)
    conventions: Mapping[str, bool] = field(default_factory=dict)
    quantities: Mapping[str, Measure] = field(default_factory=dict)
    alternatives: tuple[Alternative, ...] = ()
    stored: tuple[Stored, ...] = ()
    aside: tuple[Aside, ...] = ()
    buffers: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    def measure(self, of: str) -> Measure:
        """Return the total, a component or another quantity by its name, or as much of a dotted path as tells it apart.

        Raises `UsageError` for what is not there.
        """
        if of == TOTAL:
            return Measure(value=self.total, unit=PARAMETERS)
        found = dict(below(self.components))
        named = [path for path in found if path == of or path.endswith(f".{of}")]
        if of in named or len(named) == 1:
            return Measure(value=found[of if of in named else named[0]].count, unit=PARAMETERS)
        if len(named) > 1:
            raise UsageError(f"'{of}' is the name of {len(named)} components, of '{named[0]}' and of '{named[1]}'")
        if of in self.quantities:
            return self.quantities[of]
        names = (TOTAL, *self.quantities, *(component.name for component in found.values()))
        raise UsageError(f"it has no '{of}'; {did_you_mean(of, names)}")


def below(components: Iterable[Component], path: str = "") -> Iterator[tuple[str, Component]]:
    """Yield every component of a tree with its dotted path."""
    for each in components:
        yield f"{path}{each.name}", each
        yield from below(each.parts, f"{path}{each.name}.")
