"""What is always shown beside a verdict and would not fit there: assumptions, reasons and notes, each said once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from weighbridge.errors import one_line
from weighbridge.report.model import Weighed


@dataclass(slots=True)
class Footnotes:
    """Remarks below a table, each said once however many rows it belongs to."""

    numbers: dict[str, int] = field(default_factory=dict)

    def mark(self, weighed: Weighed) -> str:
        """Return the marks of a row, " [1, 3]", noting its remarks."""
        marks = [self.numbers.setdefault(text, len(self.numbers) + 1) for text in remarks(weighed)]
        return f" [{', '.join(map(str, marks))}]" if marks else ""

    def __iter__(self) -> Iterator[str]:
        for text, mark in self.numbers.items():
            yield f"[{mark}] {text}"


def remarks(weighed: Weighed) -> Iterator[str]:
    """Yield what is always shown beside a verdict: what it takes for granted, and what the spec says of it."""
    result = weighed.result
    for symbol, why in result.assumed.items():
        value = f" = {result.values[symbol]:,}" if symbol in result.values else ""
        yield one_line(f"assumed: {symbol}{value} ({why})")
    if result.because:
        yield one_line(f"because: {result.because}")
    if result.note:
        yield one_line(f"note: {result.note}")
