"""How large values and how deep expressions may be: what a run allows, alike for all that evaluates and reads."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field

from msgspec import Struct

#: Levels that an expression may have more, once everything that it names is put in, than it has as it is written.
MORE_EXPANDED = 70
#: Python's frames for a level: ten rules of the grammar and a function's arguments to read it, six at most afterwards.
FRAMES_PER_LEVEL = 12


class Limits(Struct, frozen=True, kw_only=True):
    """What a run allows: bits of the largest numerator or denominator, and levels of an expression as it is written."""

    bits: int = 10_000
    depth: int = 50

    @property
    def expanded_depth(self) -> int:
        """Levels of an expression once everything is put in."""
        return self.depth + MORE_EXPANDED


#: 10^3,010 is far past any model and still instant; no formula that a person wrote is as deep.
USUAL = Limits()
#: As far as flags raise them: fractions of ten times the bits take a hundred times as long; and C's own stack, which
#: what is nested is compared, hashed and sent to another process on, is Python's to bound.
MOST = Limits(bits=100_000, depth=100)

IN_FORCE: ContextVar[Limits] = ContextVar("limits", default=USUAL)


@dataclass(slots=True)
class Deeper:
    """Has Python's stack deep enough for expressions of most levels, while any thread asks for it."""

    asked: int = 0
    before: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> None:
        with self.lock:
            if not self.asked:
                self.before = sys.getrecursionlimit()
                sys.setrecursionlimit(self.before + FRAMES_PER_LEVEL * (MOST.depth - USUAL.depth))
            self.asked += 1

    def __exit__(self, *_: object) -> None:
        with self.lock:
            self.asked -= 1
            if not self.asked:
                sys.setrecursionlimit(self.before)


DEEPER = Deeper()


def limits_of(*, bits: int | None = None, depth: int | None = None) -> Limits:
    """Return limits of which those that are None are as usual."""
    return Limits(bits=bits or USUAL.bits, depth=depth or USUAL.depth)


def allowed() -> Limits:
    """Return the limits in force in this thread."""
    return IN_FORCE.get()


@contextmanager
def in_force(limits: Limits) -> Iterator[None]:
    """Have these limits in force meanwhile, in this thread alone."""
    before = IN_FORCE.set(limits)
    try:
        with DEEPER if limits.depth > USUAL.depth else nullcontext():
            yield
    finally:
        IN_FORCE.reset(before)


def too_large(bits: int) -> bool:
    """Tell whether a number of so many bits is past the limit."""
    return bits > USUAL.bits and bits > allowed().bits


def more_bits() -> str:
    """Return what is wrong with a value past the limit, and which flag raises that, if one does."""
    bits = allowed().bits
    return f"has more than {bits:,} bits" + (" (--max-bits raises that)" if bits < MOST.bits else "")


def less_deep(advice: str) -> str:
    """Return what to do about nesting past the limit: this, or the flag that raises it, if one does."""
    raised = "raise the limit with --max-depth" if allowed().depth < MOST.depth else ""
    return ", or ".join(filter(None, (advice, raised)))
