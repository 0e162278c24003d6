"""Which claims say something together: a set that does, and would not without any one of its claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from weighbridge.engines.reduce import Fact
from weighbridge.formula.normal import Ring
from weighbridge.solve.prepare import Demand, prepared
from weighbridge.solve.search import Steps, TooManySteps, solutions
from weighbridge.solve.values import Box


class Grounds(Struct, frozen=True):
    """The claims that something rests on.

    `alone`: each of them suffices. Else they do together; `minimal` where it is shown that none can be spared.
    """

    claims: tuple[str, ...]
    alone: bool = False
    minimal: bool = True


class Grounding(Struct, frozen=True):
    """Finds what rests on which claims, by leaving out one after another."""

    demanded: Mapping[str, Sequence[Demand]]
    ring: Ring
    box: Box
    steps: Steps

    def of_contradiction(self) -> Grounds:
        """Return claims that contradict each other, where all of them together are known to do so."""
        return self.needed(())

    def of_opposite(self, opposite: Fact) -> Grounds:
        """Return claims from which something follows, given its opposite, where it follows from all of them."""
        return self.needed((Demand((), opposite),))

    def needed(self, besides: tuple[Demand, ...]) -> Grounds:
        """Return claims that can not be met together, dropping one after another, the last ones first."""
        minimal = True
        kept = [claim for claim, demands in self.demanded.items() if any(each.fact is not True for each in demands)]
        for claim in reversed(tuple(kept)):
            fewer = [each for each in kept if each != claim]
            try:
                if not self.can_be_met((*besides, *(each for name in fewer for each in self.demanded[name]))):
                    kept = fewer
            except TooManySteps:
                minimal = False
        return Grounds(tuple(kept), minimal=minimal)

    def can_be_met(self, demands: Sequence[Demand]) -> bool:
        """Tell whether there is a point that meets all demands. Raises `TooManySteps`."""
        ready = prepared(demands, self.ring, self.box)
        if ready is None:
            return False
        return all(any(True for _ in solutions(each.constraints, each.box, self.steps)) for each in ready.groups)
