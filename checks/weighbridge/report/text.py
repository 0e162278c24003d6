"""The report for a person at a terminal: a table to glance over, a line for each failure, and the last line's sum."""

from __future__ import annotations

import io
from collections import Counter
from typing import Literal, TypeAlias

from msgspec import Struct
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from weighbridge.errors import one_line
from weighbridge.formula.printer import thousands
from weighbridge.report.footnotes import Footnotes
from weighbridge.report.model import Report, SpecEntry, Weighed
from weighbridge.report.summary import last_line, overall
from weighbridge.report.wording import describe_result, diagnose, hypotheses, label, place, put_in, short_id
from weighbridge.verdict import (
    Errored,
    Evaluated,
    Exhausted,
    Holds,
    OverBudget,
    Proved,
    Qualitative,
    Refuted,
    Sampled,
    Standing,
    Undecided,
    Vacuous,
    Verdict,
    word,
)

#: How much is shown: failures and the last line; the tables as well; everything that is known of each claim.
Detail: TypeAlias = Literal["quiet", "normal", "verbose"]

#: Columns of the layout where there is no terminal to ask.
WIDTH = 100
#: What was claimed is shown where this much is left for what was decided.
ROOM_FOR_VERDICTS = 32

#: Claims of one document that are listed one by one unless asked for; more are summed up.
AT_A_GLANCE = 24
#: Waived claims that are told whole unless asked for, more get a line each; and quotes that moved which get one.
FEW = 6
#: What needs looking at first.
ORDER: tuple[Standing, ...] = ("fail", "unexpected", "waived", "pass")

#: Blanks between two columns, and the least that is shown of a verdict.
GAP, LEAST = 2, 24

STYLES: dict[Standing, str] = {
    "pass": "green",
    "waived": "yellow",
    "unexpected": "bold magenta",
    "fail": "bold red",
}


def to_terminal(report: Report, *, detail: Detail = "normal", width: int = WIDTH) -> str:
    """Return the report as plain text: no colour, and the same layout wherever it is read."""
    sheet = io.StringIO()
    # The empty environment keeps NO_COLOR, COLUMNS and the like away: the same report gives the same text.
    draw(report, Console(file=sheet, width=width, color_system=None, _environ={}), detail=detail)
    return "".join(f"{line.rstrip()}\n" for line in sheet.getvalue().splitlines())


def draw(report: Report, console: Console, *, detail: Detail = "normal") -> None:
    """Print the report on a console, as wide and as colourful as that is."""
    if detail == "normal" and len(report.specs) > 1 and len(report.results) > AT_A_GLANCE:
        draw_specs(report, console)
    elif detail != "quiet":
        for spec in report.specs:
            draw_spec(spec, [each for each in report.results if each.result.spec == spec.path], console, detail)
    failing = [each for each in report.results if each.standing in ("fail", "unexpected")]
    waived = [each for each in report.results if each.standing == "waived"] if detail != "quiet" else []
    for each in failing:
        draw_finding(each, console, whole=True)
    if len(waived) <= AT_A_GLANCE or detail == "verbose":
        for each in waived:
            draw_finding(each, console, whole=len(waived) <= FEW or detail == "verbose")
    else:
        console.print(f"{len(waived):,} claims are refuted and waived; --verbose tells why, one by one")
    moved = list(dict.fromkeys(filter(None, map(moved_away, report.results)))) if detail != "quiet" else []
    if len(moved) > FEW and detail != "verbose":
        console.print(f"{len(moved):,} quotes have moved to another section; check --fix rewrites `under`")
    for line in moved if len(moved) <= FEW or detail == "verbose" else ():
        console.print(Text(line), soft_wrap=True)
    if failing or waived or moved:
        console.print()
    standing = overall(report)
    end = Text(last_line(report))
    end.stylize("bold green" if standing == "pass" else "bold red", 0, len(standing))
    console.print(end, soft_wrap=True)


def draw_finding(weighed: Weighed, console: Console, *, whole: bool) -> None:
    """Print what is the matter with a claim on one line; below it, if `whole`, the numbers put in and why it is so."""
    line = Text(diagnose(weighed))
    line.highlight_words([f"{label(weighed)}["], STYLES[weighed.standing])
    console.print(line, soft_wrap=True)
    verdict = weighed.result.verdict
    if not whole or not isinstance(verdict, Refuted | Errored):
        return
    if said := said_at(weighed):
        console.print(Text(f"    {said}", style="dim"), soft_wrap=True)
    for below in put_in(weighed.result):
        console.print(Text(f"    {below}", style="dim"), soft_wrap=True)
    for why in verdict.explanations if isinstance(verdict, Refuted) else ():
        console.print(Text(f"    {one_line(why)}"), soft_wrap=True)


def said_at(weighed: Weighed) -> str:
    """Return where the document says what is refuted, and its words; "" where the line above says so already."""
    result = weighed.result
    where = result.anchor.location if result.anchor else None
    if where is None or not result.quote or where == place(weighed):
        return ""
    return one_line(f"{where}: {' '.join(result.quote.split())}")


def moved_away(weighed: Weighed) -> str:
    """Return where the quote of a claim stands now, if it has moved to another section: one line for all its models."""
    result = weighed.result
    if result.anchor is None or result.anchor.state != "moved":
        return ""
    name = result.id.partition("@")[0]
    return one_line(f"{result.location}: moved[{name}] {result.anchor.message}; check --fix rewrites `under`")


def draw_spec(spec: SpecEntry, results: list[Weighed], console: Console, detail: Detail) -> None:
    """Print a document's title, the table of its claims, and the remarks that belong to them."""
    source = f" weighs {spec.document_path}" if spec.document_path else f" cites {spec.cite}"
    title = Text(one_line(spec.title), style="bold")
    title.append(one_line(f"  {spec.path}{source}"), style="dim")
    console.print(title, soft_wrap=True)
    console.print()
    if not results:
        console.print("no claims\n")
        return
    if detail == "normal" and len(results) > AT_A_GLANCE:
        draw_overview(results, console)
        return
    footnotes = Footnotes.of(results)
    ids = [one_line(short_id(each, spec)) for each in results]
    layout = Layout.of(console.width, ids, results)
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="dim")
    whole = detail == "verbose"
    table.add_column("standing", width=layout.standing, no_wrap=True)
    table.add_column("claim", width=layout.claim, overflow="fold")
    if layout.says:
        table.add_column("says", width=layout.says, no_wrap=not whole, overflow="fold" if whole else "ellipsis")
    table.add_column("verdict", width=layout.verdict, overflow="fold")
    for name, each in zip(ids, results, strict=True):
        cells = [Text(each.standing, style=STYLES[each.standing]), Text(name)]
        if layout.says:
            cells.append(Text(one_line(each.result.says), style="dim"))
        table.add_row(*cells, decided(each, footnotes.mark(each), None if whole else layout.verdict))
    console.print(table)
    console.print()
    for line in footnotes:
        console.print(Text(line, style="dim"), soft_wrap=True)
    if footnotes:
        console.print()


def draw_specs(report: Report, console: Console) -> None:
    """Print a line for each of many specs: how many of its claims hold, and what needs looking at."""
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="dim")
    numbers = ("hold", "undecided", "waived", "fail")
    path = min(max(cell_len(spec.path) for spec in report.specs), console.width // 3)
    title = console.width - path - sum(len(name) + GAP for name in numbers) - GAP
    table.add_column("spec", width=path, no_wrap=True, overflow="ellipsis")
    if title >= LEAST:
        table.add_column("document", width=title, no_wrap=True, overflow="ellipsis")
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    for spec in report.specs:
        results = [each for each in report.results if each.result.spec == spec.path]
        counts = {
            "hold": sum(isinstance(each.result.verdict, Holds) for each in results),
            "undecided": sum(isinstance(each.result.verdict, Undecided) for each in results),
            "waived": sum(each.standing == "waived" for each in results),
            "fail": sum(each.standing in ("fail", "unexpected") for each in results),
        }
        styles = {"hold": "green", "waived": STYLES["waived"], "fail": STYLES["fail"]}
        cells = [Text(f"{count:,}" if count else "", style=styles.get(name, "")) for name, count in counts.items()]
        names = [Text(one_line(spec.path)), Text(one_line(spec.title), style="dim")]
        table.add_row(*names[: 2 if title >= LEAST else 1], *cells)
    console.print(table)
    console.print(Text("\n--verbose lists every claim\n", style="dim"))


def draw_overview(results: list[Weighed], console: Console) -> None:
    """Print how many claims came to which verdict, and what those rest on that the document does not state."""
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), show_header=False)
    table.add_column(justify="right")
    table.add_column()
    table.add_column()
    kinds = Counter((each.standing, kind_of(each.result.verdict)) for each in results)
    for (standing, kind), count in sorted(kinds.items(), key=lambda item: (ORDER.index(item[0][0]), -item[1])):
        table.add_row(f"{count:,}", Text(standing, style=STYLES[standing]), kind)
    console.print(table)
    resting = Counter(
        one_line(f"{name} = {thousands(each.result.values[name])} ({why})")
        for each in results
        for name, why in each.result.assumed.items()
    )
    if resting:
        console.print("\nassumed, since the document does not say so:")
        for line, count in resting.items():
            console.print(
                Text(f"  {line}; {count:,} claim{'s rest' if count > 1 else ' rests'} on it", style="dim"),
                soft_wrap=True,
            )
    console.print(Text("\n--verbose lists every claim\n", style="dim"))


def kind_of(verdict: Verdict) -> str:
    """Return a verdict and how it is known, without what is special to one claim."""
    match verdict:
        case Holds(evidence):
            match evidence:
                case Proved():
                    return "holds, proved for all values"
                case Exhausted():
                    return "holds at every point of a grid"
                case Evaluated():
                    return "holds, evaluated at a model"
        case Undecided(reason):
            match reason:
                case Qualitative():
                    return "undecided: qualitative, nothing that counting could settle"
                case Sampled():
                    return "undecided: sampled, no counterexample found"
                case Vacuous():
                    return "undecided: vacuous, no point meets the assumptions"
                case OverBudget():
                    return "undecided: over-budget"
        case Refuted() | Errored():
            return word(verdict)


class Layout(Struct, frozen=True):
    """The widths of a table's columns; `says` is 0 where there is no room for it."""

    standing: int
    claim: int
    says: int
    verdict: int

    @classmethod
    def of(cls, width: int, ids: list[str], results: list[Weighed]) -> Layout:
        """Give ids the room that they need, and what was claimed a third of what is left."""
        standing = max(len("standing"), *(len(each.standing) for each in results))
        claim = min(max(len("claim"), *map(cell_len, ids)), width // 2)
        room = width - standing - claim - 2 * GAP
        says = min(max(len("says"), *(cell_len(each.result.says) for each in results)), (room - GAP) // 3)
        if room - GAP - says < ROOM_FOR_VERDICTS:
            return cls(standing, claim, 0, room)
        return cls(standing, claim, says, room - GAP - says)


def decided(weighed: Weighed, marks: str, room: int | None) -> Text:
    """Return a verdict's cell; where it does not fit into one line, its grounds are cut, never its assumptions."""
    result = weighed.result
    text = describe_result(result)
    beside = one_line(hypotheses(result))
    if room is not None:
        left = max(room - cell_len(beside + marks), LEAST)
        text = text if cell_len(text) <= left else set_cell_size(text, left - len("…)")) + "…)"
    cell = Text(text + beside)
    cell.append(marks, style="dim")
    if room is None and (how := how_decided(weighed)):
        cell.append(f"\n{how}", style="dim")
    return cell


def how_decided(weighed: Weighed) -> str:
    """Return how the points of a grid were decided, "" where there is no grid."""
    match weighed.result.verdict:
        case Holds(Exhausted(_, how)) | Refuted(_, _, _, how, _):
            return one_line(how)
        case _:
            return ""
