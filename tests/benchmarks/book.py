"""The report in the making: its tables, and what was to be reached."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured.

    `layers` is the length of one axis of the grids that are visited; NumPy and numexpr visit one block in so many.
    """

    layers: int
    flops_layers: int
    repetitions: int
    few: int
    numpy_share: int
    numexpr_share: int
    python_points: int


#: Grids of 2.2 * 10^10 points, which is past the budget of the default engine's second opinion, and of 8 * 10^8.
FULL = Sizes(96, 48, 5, 3, 192, 96, 2_000_000)
QUICK = Sizes(2, 2, 2, 1, 48, 24, 100_000)


@dataclass(slots=True)
class Book:
    """The report in the making: its tables, and what was to be reached."""

    tables: list[str] = field(default_factory=list)
    reached: list[tuple[str, str, bool]] = field(default_factory=list)

    def table(self, title: str, note: str, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
        """Add a table, and show it as it comes."""
        lines = [f"## {title}", "", *([note, ""] if note else [])]
        lines += ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
        lines += ["| " + " | ".join(row) + " |" for row in rows]
        self.tables.append("\n".join(lines) + "\n")
        sys.stderr.write(self.tables[-1] + "\n")

    def must(self, what: str, found: str, *, reached: bool) -> None:
        """Note what was to be reached, and whether it was."""
        self.reached.append((what, found, reached))
        sys.stderr.write(f"{'reached' if reached else 'NOT REACHED'}: {what}: {found}\n\n")


def markdown(book: Book, facts: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of the report."""
    yield "# Benchmarks\n"
    yield "Written by `make bench`, in one run on one machine. Ratios carry over to other machines, seconds do not."
    yield "Each is the median of its repetitions, with the least and the most in brackets. No test depends on them.\n"
    yield "| machine | |\n|---|---|"
    yield from (f"| {name} | {value} |" for name, value in facts.items())
    yield "\n## What was to be reached\n"
    yield "| | found | |\n|---|---|---|"
    yield from (f"| {what} | {found} | {'reached' if ok else '**not reached**'} |" for what, found, ok in book.reached)
    yield ""
    yield from book.tables
