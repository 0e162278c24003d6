"""Where everything stands in the picture of a count: a line a component, each bar beginning where the last ended.

Lengths are in pixels of the picture's own size; names and numbers are set in a font whose letters are equally wide.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import PurePath

from msgspec import Struct
from msgspec.structs import replace

from weighbridge.count.tree import Component, Count
from weighbridge.count.wording import counted_as, share_of, what_is_counted
from weighbridge.errors import one_line

#: Widths of a letter, a little more than 0.6 of its size: of names and numbers, of the title, of the lines at the foot.
LETTER, TITLE_LETTER, FOOT_LETTER = 7.9, 9.7, 6.7
MARGIN, GAP, INDENT = 20, 14, 16
LINE, FOOT_LINE, BAR = 22, 16, 360
#: Letters of a name that are shown; the whole name is in the line's own title.
MAX_NAME = 32
#: Letters of the title that fit above the narrowest picture.
MAX_TITLE = 60
#: Lines of a picture that is still looked at; past it, fewer levels are shown, and then the largest components.
MAX_LINES = 80
#: No bar is thinner: what is there is seen.
THINNEST = 1.5
#: Colours of components, each told from white, from black and from its neighbours.
COLOURS = ("#3b76c4", "#c2571a", "#2e8b6d", "#a6579b", "#9a7400", "#5b6bbf", "#b04a5a", "#6b7280")


class Line(Struct, frozen=True, kw_only=True):
    """A component: its names, short and whole, its numbers, and its bar from `left` on, `width` wide."""

    name: str
    whole: str
    count: str
    share: str
    level: int
    left: float
    width: float
    colour: str
    y: int


class Picture(Struct, frozen=True, kw_only=True):
    """What is drawn: `bars` is where bars begin, `counts` and `shares` where the columns of numbers end."""

    title: str
    described: str
    lines: Sequence[Line]
    total: Line
    foot: Sequence[str]
    width: int
    height: int
    bars: int
    counts: int
    shares: int


def picture_of(count: Count, *, depth: int) -> Picture:
    """Return the picture of a count, components down to this depth as far as that can be looked at."""
    components = tuple(gathered(each, count.total) for each in count.components)
    depth = next((each for each in range(depth, 1, -1) if length(components, each) <= MAX_LINES), 1)
    if len(components) > MAX_LINES:
        components = largest(components)
    named = list(walk(components, depth))
    names = [(shortened(one_line(component.name)), level) for component, level, _ in named]
    total = f"{count.total:,}"
    bars = MARGIN + round(max(len(name) * LETTER + level * INDENT for name, level in [*names, ("total", 0)])) + GAP
    counts = bars + BAR + GAP + round(len(total) * LETTER)
    shares = counts + GAP + round(6 * LETTER)
    top = MARGIN + 2 * LINE
    lines: list[Line] = []
    begun = [0]  # how much of each level is drawn already
    for number, ((component, level, colour), (name, _)) in enumerate(zip(named, names, strict=True)):
        start = begun[level]
        begun[level] += component.count
        begun[level + 1 :] = [start]
        lines.append(
            Line(
                name=name,
                whole=one_line(component.name),
                count=f"{component.count:,}",
                share=share_of(component.count, count.total),
                level=level,
                left=min(placed(start, count.total), BAR - THINNEST),
                width=max(THINNEST, placed(component.count, count.total)),
                colour=COLOURS[colour % len(COLOURS)],
                y=top + number * LINE,
            )
        )
    last = top + len(lines) * LINE + LINE // 2
    said = [*textwrap.wrap(counted_as(count), int((shares - MARGIN) / FOOT_LETTER)), *noted(count)]
    return Picture(
        title=shortened(f"{titled(count)}: {total} parameters", MAX_TITLE),
        described=described(count),
        lines=lines,
        total=Line(
            name="total", whole="total", count=total, share="100.0%", level=0, left=0, width=0, colour="", y=last
        ),
        foot=said,
        width=max(shares + MARGIN, round(2 * MARGIN + MAX_TITLE * TITLE_LETTER)),
        height=last + GAP + FOOT_LINE * len(said) + MARGIN,
        bars=bars,
        counts=counts,
        shares=shares,
    )


def walk(components: Sequence[Component], depth: int) -> Iterator[tuple[Component, int, int]]:
    """Yield each component that has a line, its level from 0 on, and which of the colours it has."""

    def below(parts: Sequence[Component], level: int, colour: int) -> Iterator[tuple[Component, int, int]]:
        for each in parts:
            yield each, level, colour
            if level + 1 < depth and len(each.parts) > 1:
                yield from below(each.parts, level + 1, colour)

    for colour, component in enumerate(components):
        yield from below((component,), 0, colour)


def length(components: Sequence[Component], depth: int) -> int:
    """Return how many lines there are down to a depth."""
    return sum(1 for _ in walk(components, depth))


def largest(components: Sequence[Component]) -> tuple[Component, ...]:
    """Return the largest components in their order, and one for all others together."""
    names = {each.name for each in sorted(components, key=lambda each: -each.count)[: MAX_LINES - 1]}
    rest = [each for each in components if each.name not in names]
    return (*(each for each in components if each.name in names), together(rest))


def gathered(component: Component, total: int) -> Component:
    """Return a component with those of its parts together that are too small to be seen."""
    small = [each for each in component.parts if share_of(each.count, total).startswith("<")]
    parts = tuple(gathered(each, total) for each in component.parts if each not in small)
    if len(small) == 1:
        parts = tuple(gathered(each, total) for each in component.parts)
    elif small and parts:
        parts = (*parts, together(small))
    return replace(component, parts=parts)


def together(components: Sequence[Component]) -> Component:
    """Return one component for several."""
    return Component(
        name=f"{len(components):,} others",
        count=sum(each.count for each in components),
        tensors=sum(each.tensors for each in components),
    )


def placed(part: int, whole: int) -> float:
    """Return how long a part of the whole is, in hundredths of a pixel."""
    return round(Fraction(BAR * part * 100, whole or 1)) / 100


def shortened(name: str, most: int = MAX_NAME) -> str:
    """Return a name that fits, its end whole: that tells more than what it begins with.

    >>> shortened("language_model.model.layers.*.self_attn.q_proj.weight")
    'language_mo…lf_attn.q_proj.weight'
    """
    kept = most // 3 + 1
    return name if len(name) <= most + 2 else f"{name[:kept]}…{name[-(most - kept) :]}"


def titled(count: Count) -> str:
    """Return what a picture is called: the class or architecture that is counted, or the file."""
    return what_is_counted(count) if count.architecture else one_line(PurePath(count.source).name)


def described(count: Count) -> str:
    """Return the picture in words."""
    parts = (f"{one_line(each.name)} {each.count:,} ({share_of(each.count, count.total)})" for each in count.components)
    return f"{count.total:,} parameters: {', '.join(parts)}."


def noted(count: Count) -> Iterator[str]:
    """Yield what a reader of the total alone must know besides."""
    if count.aside:
        yield f"not counted: {len(count.aside):,} kinds of tensor that are buffers, copies or scales"
