"""The report on documents that are published elsewhere: a page that says of each what holds, what does not, and why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction

from weighbridge.formula.printer import thousands
from weighbridge.report.model import Report, SpecEntry, Weighed
from weighbridge.report.to_markdown import at, cell, code, link, prose
from weighbridge.report.wording import describe_result, finding, refutation, short_id
from weighbridge.verdict import Holds, Refuted, Undecided, word

#: What the page's words mean.
READINGS = """\
- What can be read in two ways is decided in both, as two claims; one of them notes that it is the other reading.
- A rounded figure stands for all that rounds to it.
- What does not hold is an erratum with its reason and, where it is known, with what it should say, which is decided as
  well.
- Notes say how the document was read: in the publisher's own text (verbatim-primary) or in somebody's transcription
  (verbatim-secondary).
- What is claimed besides is no document's: exact counts behind rounded figures and formulas over all sizes, so that no
  slip in a spec goes unnoticed; it is not counted here."""
#: How the note of a claim begins that the document does not make.
BESIDES = "besides: "
#: Where a note says which of two readings a claim decides.
OTHER_READING = re.compile(r"the other reading:.*")
#: How a cell begins that says what a figure should be.
COMPUTED = "computed "
#: Parts of a citation that lead somewhere.
ARXIV = re.compile(r"arXiv:(\d{4}\.\d{4,5}(?:v\d+)?)")
URL = re.compile(r"https://[\w./-]+")


def to_published(report: Report) -> str:
    """Return the page: what does not hold in any document, a line for each, then one after another with all claims."""
    return "\n".join(page(report)) + "\n"


def page(report: Report) -> Iterator[str]:
    """Yield the page's lines."""
    of = {spec.path: [each for each in report.results if each.result.spec == spec.path] for spec in report.specs}
    yield "# Published counts, weighed"
    yield ""
    yield f"{tally(printed(report.results))}, in {len(report.specs):,} document{'s' * (len(report.specs) != 1)}."
    if any(map(is_wrong, report.results)):
        yield ""
        yield "## What does not hold"
        for spec in report.specs:
            yield from errors_of(spec, list(filter(is_wrong, of[spec.path])))
    yield ""
    yield "## The documents"
    yield ""
    yield "| document | claims | hold | do not hold | left open |"
    yield "|---|---|---|---|---|"
    for spec in report.specs:
        claims = printed(of[spec.path])
        verdicts = Counter(word(each.result.verdict) for each in claims)
        numbers = (len(claims), verdicts["holds"], sum(map(is_wrong, claims)), verdicts["undecided"])
        yield f"| [{prose(spec.title)}](#{spec.document_id}) | {' | '.join(f'{each:,}' for each in numbers)} |"
    yield ""
    yield "How to read what follows:"
    yield ""
    yield READINGS
    for spec in report.specs:
        yield from section(spec, of[spec.path])


def is_wrong(weighed: Weighed) -> bool:
    """Tell whether a claim is refuted, or could not be evaluated."""
    return not isinstance(weighed.result.verdict, Holds | Undecided)


def errors_of(spec: SpecEntry, wrong: Sequence[Weighed]) -> Iterator[str]:
    """Yield what does not hold in a document: an item for each claim, with what it says and why that is not so."""
    if not wrong:
        return
    yield ""
    yield f"**[{prose(spec.title)}](#{spec.document_id})**"
    yield ""
    for weighed in wrong:
        _, says, but, why, _ = refuted(weighed)
        # A reason often begins with the count itself; and where a formula fails stands in the document's own table.
        grounds = why if not weighed.result.printed or but.removeprefix(COMPUTED) in why else f"{but}; {why}"
        other = OTHER_READING.search(weighed.result.note)
        reading = f" ({prose(other[0])})" if other else ""
        yield f"- {at(cell(short_id(weighed, spec)), weighed.result.location)} says {says}: {grounds}{reading}"


def printed(results: Sequence[Weighed]) -> list[Weighed]:
    """Return the results without what is claimed besides and holds."""
    return [each for each in results if not is_besides(each)]


def is_besides(weighed: Weighed) -> bool:
    """Tell whether a claim is not the document's, and holds as it should."""
    return weighed.result.note.startswith(BESIDES) and isinstance(weighed.result.verdict, Holds)


def tally(results: Sequence[Weighed]) -> str:
    """Return "290 claims: 248 hold, 39 do not, 3 are left open"."""
    verdicts = Counter(word(each.result.verdict) for each in results)
    holds, wrong, left = verdicts["holds"], sum(map(is_wrong, results)), verdicts["undecided"]
    parts = [
        f"{len(results):,} claim{'s' * (len(results) != 1)}: {holds:,} hold{'s' * (holds == 1)}",
        f"{wrong:,} {'does' if wrong == 1 else 'do'} not",
    ]
    return ", ".join([*parts, f"{left:,} {'is' if left == 1 else 'are'} left open"] if left else parts)


def section(spec: SpecEntry, results: Sequence[Weighed]) -> Iterator[str]:
    """Yield a document's heading and source, then its claims by what became of them."""
    yield ""
    yield f'<a id="{spec.document_id}"></a>'
    yield ""
    yield f"## {prose(spec.title)}"
    yield ""
    yield f"{source(spec)}; claims in {link(code(spec.path), spec.path)}. {tally(printed(results))}."
    if grounds := assumed(results):
        yield ""
        yield f"Not in the document: {grounds}."
    wrong = list(filter(is_wrong, results))
    holds = [each for each in printed(results) if isinstance(each.result.verdict, Holds)]
    besides = [each for each in results if is_besides(each)]
    undecided = [each for each in results if isinstance(each.result.verdict, Undecided)]
    if wrong:
        yield from table(
            "Does not hold", ("claim", "says", "but", "why", "should be", "note"), map(refuted, wrong), spec
        )
    if undecided:
        yield from table("Left open", ("claim", "why", "note"), map(left_open, undecided), spec)
    if holds:
        yield from table("Holds", ("claim", "says", "exactly", "note"), map(held, holds), spec)
    if besides:
        yield from table("Besides", ("claim", "says", "exactly", "note"), map(held, besides), spec)


def table(
    title: str, columns: Sequence[str], rows: Iterator[tuple[Weighed, *tuple[str, ...]]], spec: SpecEntry
) -> Iterator[str]:
    """Yield a heading and a table, whose first column leads to the claim in its spec."""
    yield ""
    yield f"### {title}"
    yield ""
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for weighed, *cells in rows:
        name = at(cell(short_id(weighed, spec)), weighed.result.location)
        yield f"| {' | '.join((name, *cells, prose(remark(weighed))))} |"


def refuted(weighed: Weighed) -> tuple[Weighed, str, str, str, str]:
    """Return what a claim says that does not hold, what is true, why, and what it should say."""
    result = weighed.result
    is_figure = isinstance(result.verdict, Refuted) and result.printed and result.computed
    but = f"{COMPUTED}{number(result.computed)}" if is_figure else prose(refutation(result))
    excuse = result.excuse
    why = prose(excuse.reason if excuse else finding(weighed))
    return weighed, cell(result.says), but, why, cell(excuse.correct) if excuse and excuse.correct else ""


def held(weighed: Weighed) -> tuple[Weighed, str, str]:
    """Return what a claim says that holds, and what exactly it comes to."""
    result = weighed.result
    exactly = number(result.computed) if result.printed and result.computed else prose(describe_result(result))
    if result.assuming:
        exactly += f", assuming {cell(' and '.join(result.assuming))}"
    return weighed, cell(result.says), exactly


def left_open(weighed: Weighed) -> tuple[Weighed, str]:
    """Return why a claim is undecided."""
    return weighed, prose(describe_result(weighed.result))


def number(computed: str) -> str:
    """Return an exact value for a cell of a table."""
    return prose(thousands(Fraction(computed)))


def remark(weighed: Weighed) -> str:
    """Return what is to be known of a claim: its note, and why a figure is read as it is."""
    return "; ".join(filter(None, (weighed.result.note.removeprefix(BESIDES), weighed.result.because)))


def assumed(results: Sequence[Weighed]) -> str:
    """Return the symbols that do not stand in the document, with where their values are from; defaults are left out."""
    symbols: dict[str, dict[str, None]] = {}
    for each in results:
        for symbol, why in each.result.assumed.items():
            if not why.startswith("by default"):
                symbols.setdefault(why, {})[symbol] = None
    return "; ".join(f"{', '.join(map(code, names))} ({prose(why)})" for why, names in symbols.items())


def source(spec: SpecEntry) -> str:
    """Return where a document is found, with links for the parts of a citation that are addresses."""
    parts: list[str] = []
    for part in (spec.cite or spec.document_path).split(", "):
        if number_of_paper := ARXIV.fullmatch(part):
            parts.append(f"[{part}](https://arxiv.org/abs/{number_of_paper[1]})")
        else:
            parts.append(f"<{part}>" if URL.fullmatch(part) else prose(part))
    return ", ".join(parts)
