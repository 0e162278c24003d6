"""What expressions in a shipped architecture's own names come to at a config's model, and which a figure can be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from msgspec import Struct, field

from weighbridge.draft.ground import Ground, value_at
from weighbridge.draft.labels import Spoken
from weighbridge.formula.figures import Figure
from weighbridge.formula.parser import parse
from weighbridge.formula.tree import free_names
from weighbridge.spec.expand import expand
from weighbridge.spec.units import UnitError, clash, unit_of


class Worth(Struct):
    """What expressions in an architecture's own names come to at a config's model; `values` are in those names too."""

    ground: Ground
    values: Mapping[str, int]
    conventions: Mapping[str, bool]
    known: dict[str, Fraction | None] = field(default_factory=dict)

    def stand_on(self, ground: Ground) -> None:
        """Take the names of another ground from now on."""
        self.ground = ground
        self.known.clear()

    def put(self, expression: str) -> str:
        """Return an expression in the document's names."""
        return re.sub(r"[^\W\d]\w*", lambda match: self.ground.called.get(match[0], match[0]), expression)

    def of(self, expression: str) -> Fraction | None:
        """Return an expression's value, None where the architecture has none of its names, or it has no value."""
        if expression not in self.known:
            self.known[expression] = self.worked_out(expression)
        return self.known[expression]

    def worked_out(self, expression: str) -> Fraction | None:
        """Return an expression's value, worked out."""
        tree = parse(self.put(expression))
        if any(self.ground.space.kind(name) is None for name in free_names(tree)):
            return None
        values = {self.ground.called.get(name, name): value for name, value in self.values.items()}
        found = value_at(expand(tree, self.ground.space, self.conventions), values)
        # A tensor that is not there has no parameters that a figure could be.
        return found or None

    def fits(self, expression: str, figure: Figure) -> bool:
        """Tell whether a figure and an expression can be of one unit: bytes are no parameters."""
        space = self.ground.space
        try:
            unit = unit_of(parse(self.put(expression)), space.tensors, space.quantities)
        except UnitError:
            return False
        return not clash(figure.unit, unit) and (bool(figure.unit) or unit not in ("bytes", "FLOPs"))

    def possible(self, spoken: Spoken, figure: Figure) -> tuple[str, ...]:
        """Return what a figure can be of all that words say that it is: what the model has, in the figure's unit."""
        return tuple(each for each in spoken.expressions if self.of(each) is not None and self.fits(each, figure))

    def true(self, spoken: Spoken, figure: Figure) -> str:
        """Return the first of what words say that a figure is that it is, "" where it is none of them."""
        return next((each for each in self.possible(spoken, figure) if (self.of(each) or 0) in figure), "")
