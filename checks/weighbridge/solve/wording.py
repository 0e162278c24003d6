"""How an answer reads: what is determined first, then what is tied, narrowed and free, then the solutions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from weighbridge.formula.printer import thousands
from weighbridge.formula.tree import free_names
from weighbridge.solve.answer import Answer, Combination, Outcome
from weighbridge.solve.grounds import Grounds
from weighbridge.solve.problem import Problem, shown_ranges
from weighbridge.solve.values import Row

#: Claims that a line names before it only counts them.
MAX_NAMED = 4


def to_text(answer: Answer) -> str:
    """Return an answer as text with a newline at the end."""
    parts = (
        heading(answer.problem),
        contradiction(answer) if answer.contradiction else findings(answer),
        () if answer.contradiction else solutions(answer),
        footnotes(answer.problem),
    )
    return "\n".join("".join(f"{line}\n" for line in part) for part in map(tuple, parts) if part)


def heading(problem: Problem) -> Iterator[str]:
    """Yield what was asked."""
    yield f"{problem.spec.id}: {problem.model.name} by {counted(len(problem.words), 'claim')} of the document"
    for text, names in shown_ranges(problem.ranges):
        yield f"open: {', '.join(names)} in {text}"
    if problem.kept:
        kept = (
            f"{name} = {thousands(value)}" + " (assumed)" * (name in problem.model.assumed)
            for name, value in problem.kept.items()
        )
        yield f"kept: {', '.join(kept)}"


def findings(answer: Answer) -> Iterator[str]:
    """Yield a line for each symbol that stands by itself, and for each equation of several."""
    for each in answer.outcomes:
        if each.state == "determined":
            yield determined(each)
    for tie in answer.combinations:
        yield combination(tie)
    for each in answer.outcomes:
        if each.state == "narrowed":
            yield narrowed(each, answer.problem)
    for each in answer.outcomes:
        if each.state == "free":
            speaking = "no claim speaks of it" if not each.grounds.claims else "the claims hold whatever it is"
            yield f"{each.name}: {speaking}"
    for symbols, over in answer.over:
        yield (
            f"{', '.join(symbols)}: undecided: {over.points:,} points are left to visit, "
            f"more than the {over.budget:,} of {over.flag}, which raises it"
        )


def determined(each: Outcome) -> str:
    """Return the line of a symbol that has one value."""
    assert each.left is not None, "unreachable because its value is known"
    grounds = resting(each.grounds) if each.grounds.claims else "its range has no other value"
    return f"{each.name} = {each.left.low:,} is determined ({grounds})"


def combination(tie: Combination) -> str:
    """Return the line of an equation."""
    number = "an unknown number of solutions" if tie.solutions is None else counted(tie.solutions, "solution")
    none = "neither" if len(tie.symbols) == 2 else "none of them"
    return f"{tie.text} has {number}; the document fixes {none} ({resting(tie.grounds)})"


def narrowed(each: Outcome, problem: Problem) -> str:
    """Return the line of a symbol that has fewer values than it had, or all of them but not with all of the others."""
    speaking = f"({listed(each.grounds.claims)})"
    if each.left is None:
        return f"{each.name}: more than one value is left {speaking}"
    if each.left.count == len(problem.ranges[each.name]):
        return f"{each.name}: every value is left, not each with every value of the others {speaking}"
    return f"{each.name}: {each.left.count:,} values are left, {each.left.low:,} to {each.left.high:,} {speaking}"


def resting(grounds: Grounds) -> str:
    """Return what something rests on."""
    if len(grounds.claims) == 1:
        return f"from {grounds.claims[0]}"
    if grounds.alone:
        return f"from {listed(grounds.claims, word='or')} alone"
    return f"from {listed(grounds.claims)} together" + ("" if grounds.minimal else "; fewer may do")


def solutions(answer: Answer) -> Iterator[str]:
    """Yield how many solutions there are, and the first of them as a table."""
    if answer.bound is None:
        return
    free = [(name, len(answer.problem.ranges[name])) for name in answer.free]
    with_free = "".join(f", each with any of the {size:,} values of {name}" for name, size in free)
    if not answer.columns:
        yield "every value of the open symbols is a solution"
        return
    shown = f"; the first {len(answer.first):,}" if len(answer.first) < answer.bound else ""
    yield f"{counted(answer.bound, 'solution')}{with_free}{shown}:"
    yield from table(answer.columns, answer.first)


def table(columns: Sequence[str], rows: Sequence[Row]) -> Iterator[str]:
    """Yield a table with a heading, all aligned to the right."""
    cells = [list(columns), *([f"{value:,}" for value in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        yield "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))


def contradiction(answer: Answer) -> Iterator[str]:
    """Yield which claims contradict each other, and where they stand."""
    grounds, problem = answer.contradiction, answer.problem
    assert grounds is not None, "unreachable because there is a contradiction"
    words = [word for word in problem.words if word.claim in grounds.claims]
    named = [f"'{word.claim}'" for word in words]
    if len(words) > 1:
        less = "either of them" if len(words) == 2 else "any one of them"
        spared = f"without {less} the others can be met" if len(words) > 2 else f"without {less} the other can be met"
        if not grounds.minimal:
            spared = "fewer of them may do: --max-points raises how far that is looked into"
        yield f"inconsistent: no values in these ranges meet {listed(named)} together; {spared}"
    elif free_names(words[0].condition) & problem.ranges.keys():
        yield f"inconsistent: no values in these ranges meet '{words[0].claim}'"
    else:
        yield f"inconsistent: '{words[0].claim}' is false for {problem.model.name}, whatever the open symbols are"
    for word in words:
        yield f"{word.location}: '{word.claim}'{' as corrected' * word.corrected}: {' '.join(word.text.split())}"


def footnotes(problem: Problem) -> Iterator[str]:
    """Yield what is not counted as it stands in the document."""
    corrected = [word.claim for word in problem.words if word.corrected]
    if corrected:
        yield f"as their errata correct them: {', '.join(corrected)}"
    by_reason: dict[str, list[str]] = {}
    for each in problem.left_out:
        by_reason.setdefault(each.why, []).append(each.claim)
    for why, claims in by_reason.items():
        yield f"left out ({why}): {', '.join(claims)}"


def listed(claims: Sequence[str], *, word: str = "and") -> str:
    """Return claims on one line, the first few by name."""
    if len(claims) > MAX_NAMED + 1:
        return f"{', '.join(claims[:MAX_NAMED])} {word} {len(claims) - MAX_NAMED:,} more"
    return f" {word} ".join(part for part in (", ".join(claims[:-1]), claims[-1]) if part)


def counted(number: int, noun: str) -> str:
    """Return a number of things.

    >>> counted(1, "claim"), counted(25, "solution")
    ('1 claim', '25 solutions')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
