"""How an audit is told: its score, and every change that nothing noticed, by its place in the spec."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

from weighbridge.audit.judging import AS_IT_STANDS, Judged
from weighbridge.errors import Location

#: How a change is listed; one that is caught is only counted.
Word: TypeAlias = Literal["survivor", "indistinguishable", "equivalent", "unscored"]
WORDS: tuple[Word, ...] = ("survivor", "indistinguishable", "equivalent", "unscored")
SCHEMA, VERSION = "weighbridge/audit", 1
#: Changes at one place that are written out; of the rest there is only the number.
MAX_SHOWN = 3


class Score(Struct, frozen=True):
    """How many of the changes that must be noticed are."""

    caught: int
    of: int

    @property
    def share(self) -> Fraction:
        """The score as a ratio; with nothing to notice there is nothing amiss."""
        return Fraction(self.caught, self.of) if self.of else Fraction(1)

    @property
    def percent(self) -> str:
        """The score in percent, rounded down, so that 100% is said of nothing less."""
        tenths = self.share * 1000 // 1
        return f"{tenths // 10}%" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}%"


def score(judged: Iterable[Judged]) -> Score:
    """Return the score of an audit: what is equivalent or indistinguishable counts neither way."""
    fates = [each.fate for each in judged if each.mutant.scored]
    return Score(fates.count("caught"), fates.count("caught") + fates.count("survivor"))


def word(judged: Judged) -> Word | None:
    """Return how a change is listed, None for one that is caught."""
    match judged.fate:
        case "caught":
            return None
        case "equivalent":
            return "equivalent"
        case "excused":
            return "indistinguishable" if judged.mutant.scored else "unscored"
        case "survivor":
            return "survivor" if judged.mutant.scored else "unscored"


def listed(judged: Iterable[Judged]) -> Mapping[Word, list[Judged]]:
    """Return the changes that nothing caught, by how they are listed, each list by place."""
    found: dict[Word, list[Judged]] = {name: [] for name in WORDS}
    for each in judged:
        if (name := word(each)) is not None:
            found[name].append(each)
    return {name: sorted(several, key=lambda each: each.mutant.location) for name, several in found.items()}


def to_text(judged: Sequence[Judged], *, survivors_only: bool = False) -> str:
    """Return an audit for a terminal: a line for each place where changes go unnoticed, and the score last."""
    lists = listed(judged)
    shown: tuple[Word, ...] = ("survivor",) if survivors_only else WORDS
    lines = [line for name in shown for line in to_lines(name, lists[name])]
    return "".join(f"{line}\n" for line in (*lines, last_line(judged)))


def to_lines(name: Word, changes: Iterable[Judged]) -> Iterator[str]:
    """Yield a line for each place, claim and reason; one for a claim that fails whatever is changed in it."""
    for (place, subject, why), group in groupby(changes, key=place_of):
        several = list(group)
        if place is None:
            many = f"{len(several):,} change{'s' * (len(several) > 1)}"
            yield f"{several[0].mutant.location}: {name}[{subject}] {many}; {why}"
            continue
        whats = [each.mutant.what for each in several]
        more = f" (and {len(whats) - MAX_SHOWN:,} more here)" if len(whats) > MAX_SHOWN else ""
        yield f"{place}: {name}[{subject}] {', '.join(whats[:MAX_SHOWN])}{more}; {why}"


def place_of(judged: Judged) -> tuple[Location | None, str, str]:
    """Return what changes on one line have in common: place, subject and reason, no place for a claim as a whole."""
    mutant = judged.mutant
    if judged.why == AS_IT_STANDS:
        return None, mutant.name, judged.why
    return mutant.location, mutant.subject, judged.why


def last_line(judged: Sequence[Judged]) -> str:
    """Return the score, and how many changes are listed apart."""
    total, lists = score(judged), listed(judged)
    apart = ", ".join(f"{len(lists[name]):,} {name}" for name in WORDS[1:])
    return f"audit: {total.percent}: {total.caught:,} of {total.of:,} changes are caught; listed apart: {apart}"


def to_json(judged: Sequence[Judged]) -> str:
    """Return an audit for machines: the score, and each change that nothing caught."""
    total = score(judged)
    changes = [
        {
            "word": name,
            "path": each.mutant.location.path,
            "line": each.mutant.location.line,
            "column": each.mutant.location.column,
            "kind": each.mutant.kind,
            "name": each.mutant.name,
            "key": each.mutant.key,
            "what": each.mutant.what,
            "why": each.why,
        }
        for name, several in listed(judged).items()
        for each in several
    ]
    file = {
        "schema": SCHEMA,
        "version": VERSION,
        "score": {"caught": total.caught, "of": total.of, "percent": total.percent},
        "changes": changes,
    }
    return msgspec.json.format(msgspec.json.encode(file), indent=2).decode() + "\n"
