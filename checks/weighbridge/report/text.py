"""The report for a person at a terminal: a table to glance over, a line for each failure, and the last line's sum."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from weighbridge.errors import one_line
from weighbridge.report.footnotes import Footnotes
from weighbridge.report.model import Report, SpecEntry, Weighed
from weighbridge.report.wording import describe, diagnose, label, last_line, put_in, short_id, summarise
from weighbridge.verdict import Exhausted, Holds, Refuted, Standing

#: How much is shown: failures and the last line; the tables as well; everything that is known of each claim.
Detail: TypeAlias = Literal["quiet", "normal", "verbose"]

#: Columns of the layout where there is no terminal to ask.
WIDTH = 100
#: Below this many columns there is room for what was decided, but not for what was claimed.
ROOM_FOR_CLAIMS = 90

#: Columns of the table where there is room for all, and blanks between two of them.
FULL, GAP = 4, 2
Row: TypeAlias = tuple[Text, Text, Text, Text]

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
    if detail != "quiet":
        for spec in report.specs:
            draw_spec(spec, [each for each in report.results if each.result.spec == spec.path], console, detail)
    matters = [each for each in report.results if each.standing in ("fail", "unexpected")]
    if detail != "quiet":
        matters += [each for each in report.results if each.standing == "waived"]
    for each in matters:
        line = Text(diagnose(each))
        line.highlight_words([f"{label(each)}["], STYLES[each.standing])
        console.print(line, soft_wrap=True)
        for below in put_in(each.result) if each.standing != "waived" or detail == "verbose" else ():
            console.print(Text(f"    {below}", style="dim"), soft_wrap=True)
    if matters:
        console.print()
    summary = summarise(report)
    end = Text(last_line(report))
    end.stylize("bold green" if summary.standing == "pass" else "bold red", 0, len(summary.standing))
    console.print(end, soft_wrap=True)


def draw_spec(spec: SpecEntry, results: list[Weighed], console: Console, detail: Detail) -> None:
    """Print a document's title, the table of its claims, and the remarks that belong to them."""
    source = spec.document_path or spec.cite
    title = Text(one_line(spec.title), style="bold")
    title.append(one_line(f"  {spec.path}" + (f" on {source}" if source else "")), style="dim")
    console.print(title, soft_wrap=True)
    console.print()
    if not results:
        console.print("no claims\n")
        return
    footnotes = Footnotes()
    rows = [row(each, spec, footnotes, detail) for each in results]
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="dim")
    for column in columns(rows, console.width, detail):
        table.add_column(**column)
    for standing, claim, says, verdict in rows:
        table.add_row(*((standing, claim, says, verdict) if len(table.columns) == FULL else (standing, claim, verdict)))
    console.print(table)
    console.print()
    for line in footnotes:
        console.print(Text(line, style="dim"), soft_wrap=True)
    if footnotes.numbers:
        console.print()


def row(weighed: Weighed, spec: SpecEntry, footnotes: Footnotes, detail: Detail) -> Row:
    """Return the cells of a result."""
    result = weighed.result
    verdict = Text(describe(result.verdict, result.sides))
    if result.assuming:
        verdict.append(one_line(f", assuming {' and '.join(result.assuming)}"))
    verdict.append(footnotes.mark(weighed), style="dim")
    if detail == "verbose" and (how := how_decided(weighed)):
        verdict.append(f"\n{how}", style="dim")
    return (
        Text(weighed.standing, style=STYLES[weighed.standing]),
        Text(one_line(short_id(weighed, spec))),
        Text(one_line(result.says), style="dim"),
        verdict,
    )


def columns(rows: list[Row], width: int, detail: Detail) -> Iterator[dict[str, Any]]:
    """Yield the table's columns: ids whole as far as possible, verdicts whole, and claims in the room that is left."""
    natural = [max(cell_len(line) for each in rows for line in each[index].plain.split("\n")) for index in range(FULL)]
    standing = max(natural[0], len("standing"))
    claim = min(max(natural[1], len("claim")), width // 2)
    room = width - standing - claim - 2 * GAP
    yield {"header": "standing", "width": standing, "no_wrap": True}
    yield {"header": "claim", "width": claim, "overflow": "fold"}
    if width >= ROOM_FOR_CLAIMS:
        verdict = min(natural[3], (room - GAP) * 2 // 3)
        says = min(natural[2], room - GAP - verdict)
        whole = detail == "verbose"
        yield {"header": "says", "width": says, "no_wrap": not whole, "overflow": "fold" if whole else "ellipsis"}
        room -= GAP + says
    yield {"header": "verdict", "width": min(max(natural[3], len("verdict")), room), "overflow": "fold"}


def how_decided(weighed: Weighed) -> str:
    """Return how the points of a grid were decided, "" where there is no grid."""
    match weighed.result.verdict:
        case Holds(Exhausted(_, how)) | Refuted(_, _, _, how):
            return one_line(how)
        case _:
            return ""
