"""What is always shown beside a verdict and would not fit there: assumptions, reasons and notes, each said once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from msgspec import Struct

from weighbridge.errors import one_line
from weighbridge.formula.printer import thousands
from weighbridge.report.model import Weighed
from weighbridge.report.wording import furthest_off, overridden


class Footnotes(Struct, frozen=True):
    """Remarks below a table, by number: first what is assumed, then reasons, then notes, as they come up."""

    numbers: Mapping[str, int]

    @classmethod
    def of(cls, results: Iterable[Weighed]) -> Footnotes:
        """Give the remarks on these results numbers, so that the assumptions of most rows are one short range."""
        remarks = dict.fromkeys(remark for each in results for remark in remarks_on(each))
        ordered = sorted(remarks, key=lambda remark: remark[0])  # a stable sort: by kind, then as they came up
        return cls({text: number for number, (_, text) in enumerate(ordered, start=1)})

    def mark(self, weighed: Weighed) -> str:
        """Return the marks of a row: " [1-4, 8]", "" where nothing is remarked."""
        numbers = sorted(self.numbers[text] for _, text in remarks_on(weighed))
        runs = [[number for _, number in run] for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])]
        shown = [f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
        return f" [{', '.join(shown)}]" if shown else ""

    def __iter__(self) -> Iterator[str]:
        for text, number in self.numbers.items():
            yield f"[{number}] {text}"

    def __bool__(self) -> bool:
        return bool(self.numbers)


def remarks_on(weighed: Weighed) -> Iterator[tuple[int, str]]:
    """Yield what a verdict takes for granted and what the spec says of it, each with the rank of its kind."""
    result = weighed.result
    for symbol, why in result.assumed.items():
        value = f" = {thousands(result.values[symbol])}" if symbol in result.values else ""
        yield 0, one_line(f"assumed: {symbol}{value} ({why})")
    if result.because:
        yield 1, one_line(", ".join((*overridden(result), f"because: {result.because}")))
    if result.worst:
        yield 2, one_line(furthest_off(result.worst))
    if result.note:
        yield 3, one_line(f"note: {result.note}")
