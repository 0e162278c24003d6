"""What can be wrong with what a user hands over, and where it stands."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field

from msgspec import Struct

#: Nobody mends more mistakes at once; a file with more is no spec, and its reading must still end soon.
MAX_ERRORS = 500
#: Past this the nearest name is not worth the time that finding it takes.
MAX_NAMES_COMPARED = 1_000


class Location(Struct, frozen=True, order=True):
    """A place in a text: line and column count from 1, columns in characters."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


class SpecError(Struct, frozen=True, order=True):
    """One mistake: where it stands, what was expected, and what to do next."""

    location: Location
    message: str
    hint: str = ""

    def __str__(self) -> str:
        text = f"{self.location}: error: {self.message}"
        return one_line(f"{text}; {self.hint}" if self.hint else text)


class WeighbridgeError(Exception):
    """The base of everything that this package raises on purpose."""


class Unreadable(WeighbridgeError):  # noqa: N818 - it says what a file is, and is caught where one is named
    """Why a file is not read, on one line."""


class UsageError(WeighbridgeError):
    """The command line asks for something that is not there: exit code 2."""


class InternalError(WeighbridgeError):
    """Two roads that must agree do not: a bug in weighbridge, exit code 3."""


class SpecErrors(WeighbridgeError):  # noqa: N818 - a collection of errors, one exception
    """All mistakes of the specs that were read, in the order of their places."""

    def __init__(self, errors: Iterable[SpecError]) -> None:
        self.errors = tuple(sorted(set(errors)))
        super().__init__("\n".join(map(str, self.errors)))


@dataclass(slots=True)
class Collector:
    """Gathers mistakes so that a file's reader sees all of them at once."""

    errors: list[SpecError] = field(default_factory=list)

    def add(self, location: Location, message: str, hint: str = "") -> None:
        """Note one mistake; reading goes on, up to `MAX_ERRORS`."""
        self.errors.append(SpecError(location, message, hint))
        if len(self.errors) == MAX_ERRORS:
            self.errors.append(SpecError(location, f"reading stops here: there are {MAX_ERRORS} mistakes already"))
            self.raise_if_any()

    def raise_if_any(self) -> None:
        """Raise `SpecErrors` with everything noted so far, if anything was."""
        if self.errors:
            raise SpecErrors(self.errors)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a hint that names the nearest of the known names, or lists them where none is near.

    >>> did_you_mean("n_head", ["n_heads", "n_layers"])
    "did you mean 'n_heads'?"
    >>> did_you_mean("banana", ["key", "query"])
    "known here: 'key', 'query'"
    """
    names = sorted(set(known))
    alike = [each for each in names if each.casefold() == name.casefold()]
    near = alike or (
        difflib.get_close_matches(name, names, n=1, cutoff=0.6) if len(names) <= MAX_NAMES_COMPARED else []
    )
    if near:
        return f"did you mean '{near[0]}'?"
    if not names:
        return "none is declared"
    shown = ", ".join(f"'{each}'" for each in names[:12])
    return f"known here: {shown}" + (f" and {len(names) - 12} more" if len(names) > 12 else "")


def quoted(names: Iterable[str]) -> str:
    """Return names as they stand in messages: 'a', 'b'."""
    return ", ".join(f"'{name}'" for name in names)


def one_line(text: str) -> str:
    """Return the text on one line, control characters made visible, so that hostile input can not forge output."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
