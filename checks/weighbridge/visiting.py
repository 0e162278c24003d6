"""Who visits the points of a grid: this process when it is asked, or one beside it while this one goes on."""

from __future__ import annotations

import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeAlias

import msgspec
from msgspec import Struct

from weighbridge.engines.sweep import Tally, cores, sweep
from weighbridge.errors import InternalError
from weighbridge.formula.limits import Limits, allowed, in_force
from weighbridge.spec.model import Grid
from weighbridge.spec.question import Question
from weighbridge.verdict import OverBudget

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

Found: TypeAlias = list[Tally | OverBudget]
Progress: TypeAlias = Callable[[int, int], None]


class Visit(Struct, frozen=True, kw_only=True):
    """Questions that are asked of one grid, under the limits of who asks; `threads` 0 means one for each core."""

    questions: tuple[Question, ...]
    grid: Grid
    max_points: int
    threads: int
    limits: Limits = msgspec.field(default_factory=allowed)


class Visitor(Protocol):
    """Visits grids."""

    def prepare(self) -> None:
        """Get ready for a visit that is likely to be asked for."""

    def begin(self, visit: Visit, progress: Progress | None) -> Callable[[], Found]:
        """Begin a visit, or put it off, and return what waits for what is found; that calls `progress`."""


def made(visit: Visit, progress: Progress | None) -> Found:
    """Return what is found for each question of a visit."""
    with in_force(visit.limits):
        return sweep(visit.questions, visit.grid, max_points=visit.max_points, threads=visit.threads, progress=progress)


class Here:
    """Visits grids in this process, when it is asked what was found."""

    def prepare(self) -> None:
        """Do nothing: the counter is loaded when something is counted."""

    def begin(self, visit: Visit, progress: Progress | None) -> Callable[[], Found]:
        """Return what makes the visit."""
        return partial(made, visit, progress)


@dataclass(slots=True)
class Errand:
    """A visit that was asked for, and what was found once it has been made."""

    visit: Visit
    progress: Progress | None
    found: Found | None = None


@dataclass(slots=True)
class Beside:
    """Visits grids, one after another, in a process of its own, which loads the counter while this one does the rest.

    `errands` are those not yet made, the first of them under way.
    """

    errands: deque[Errand] = field(default_factory=deque)
    process: BaseProcess | None = None
    pipe: Connection | None = None

    def prepare(self) -> None:
        """Fork the process, which has then all that is loaded here."""
        if self.process is not None:
            return
        import multiprocessing  # noqa: PLC0415 - many runs visit nothing

        forking = multiprocessing.get_context("fork")
        self.pipe, far_end = forking.Pipe()
        self.process = forking.Process(target=serve, args=(far_end, self.pipe), daemon=True)
        self.process.start()
        far_end.close()

    def begin(self, visit: Visit, progress: Progress | None) -> Callable[[], Found]:
        """Send the process on a visit as soon as those before are made."""
        self.prepare()
        errand = Errand(visit, progress)
        self.errands.append(errand)
        if len(self.errands) == 1:
            self.send()
        return partial(self.wait, errand)

    def send(self) -> None:
        """Ask for the next visit. The process is idle then and reads, so that neither end waits for the other."""
        if self.errands:
            assert self.pipe is not None, "unreachable because there is a process"
            with self.attending():
                self.pipe.send((self.errands[0].visit, self.errands[0].progress is not None))

    def wait(self, errand: Errand) -> Found:
        """Return what was found. Raises what was raised in the process, `InternalError` where that has ended."""
        assert self.pipe is not None, "unreachable because there is a process"
        while errand.found is None:
            with self.attending():
                message = self.pipe.recv()
            under_way = self.errands[0]
            if isinstance(message, BaseException):
                raise message
            if isinstance(message, list):
                under_way.found = message
                self.errands.popleft()
                self.send()
            elif under_way.progress is not None:
                under_way.progress(*message)
        return errand.found

    @contextmanager
    def attending(self) -> Iterator[None]:
        """Say so where the process is no more."""
        assert self.process is not None, "unreachable because it was started"
        try:
            yield
        except (EOFError, ConnectionError):
            self.process.join()
            raise InternalError(
                f"the process that counts ended before it had counted, with exit code {self.process.exitcode}"
            ) from None

    def close(self) -> None:
        """End the process, whatever it does."""
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.process = None
        if self.pipe is not None:
            self.pipe.close()
            self.pipe = None


def serve(pipe: Connection, near_end: Connection) -> None:
    """Make visits until nobody asks: a message with progress, if it is wanted, for each piece, then what was found."""
    import gc  # noqa: PLC0415 - see below
    import signal  # noqa: PLC0415 - the process that asks has no use for it

    # What is loaded and compiled stays: looking for what does not would take a tenth as long again.
    gc.disable()
    # An interruption reaches the process that asks too, which then ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    near_end.close()
    threading.Thread(target=end_with_parent, daemon=True).start()
    import weighbridge.engines.counter  # noqa: F401, PLC0415 - loading it takes as long as what goes on meanwhile

    while True:
        try:
            visit, told = pipe.recv()
        except EOFError:
            return
        try:
            answer: object = made(visit, (lambda done, total: pipe.send((done, total))) if told else None)
        except BaseException as error:  # noqa: BLE001 - carried to the process that waits
            error.add_note("".join(traceback.format_exception(error)))
            answer = error
        pipe.send(answer)


def end_with_parent() -> None:
    """End this process when the one that asks has ended, however it did: nobody would learn what is found."""
    import multiprocessing  # noqa: PLC0415 - see above
    import os  # noqa: PLC0415 - see above

    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def visiting() -> Iterator[Visitor]:
    """Give what visits grids fastest here: a process of its own where it can be forked safely and has a core to use."""
    if sys.platform != "linux" or cores() == 1 or threading.active_count() > 1:
        yield Here()
        return
    beside = Beside()
    try:
        yield beside
    finally:
        beside.close()
