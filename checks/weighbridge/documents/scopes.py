"""Which part of a document `under` names."""

from __future__ import annotations

from collections.abc import Sequence

from weighbridge.documents.sections import tidy
from weighbridge.documents.source import Section, Source, Span
from weighbridge.errors import Location, SpecError, did_you_mean, quoted

#: How many places a message lists.
SHOWN = 20


def scope_of(source: Source, under: Sequence[str], *, said_at: Location) -> Span | SpecError:
    """Return the part of a document that a list of names leads to, each sought within the former's scope.

    A name that leads nowhere, or to several places, is an error at `said_at`.
    """
    scopes = [source.whole]
    sections: list[Section] = []
    for depth, name in enumerate(under):
        inner = [
            section
            for section in source.sections
            if any(section.scope in scope for scope in scopes) and section not in sections
        ]
        found = [section for section in inner if section.name == tidy(name)]
        if not found:
            within = f" under {path_of(under[:depth])}" if depth else ""
            message = f"no heading or bold lead '{tidy(name)}'{within} in {source.path}"
            return SpecError(said_at, message, did_you_mean(tidy(name), (section.name for section in inner)))
        sections = outermost(found)
        scopes = [section.scope for section in sections]
    if len(scopes) > 1:
        places = ", ".join(place_of(source, section.at) for section in sections[:SHOWN])
        return SpecError(
            said_at,
            f"{path_of(under)} names {len(sections)} places in {source.path}: {places}",
            f"name what stands around it first: under = ['...', {quoted(under)}]",
        )
    return scopes[0]


def names_of(source: Source, span: Span) -> tuple[str, ...]:
    """Return the fewest names that lead to the innermost section around a span; none where there is no way."""
    around = [section for section in source.sections if span in section.scope]
    nowhere = Location(source.path)
    for depth in range(1, len(around) + 1):
        names = tuple(section.name for section in around[-depth:])
        if scope_of(source, names, said_at=nowhere) == around[-1].scope:
            return names
    return ()


def outermost(sections: Sequence[Section]) -> list[Section]:
    """Drop what lies within another of the sections: to name the inner one, the name is given twice."""
    kept: list[Section] = []
    for section in sections:  # in the document's order, the wider first
        if not kept or section.scope not in kept[-1].scope:
            kept.append(section)
    return kept


def path_of(under: Sequence[str]) -> str:
    """Return names as they stand in messages: 'Key Details' > 'Vocabulary Size'."""
    return " > ".join(f"'{tidy(name)}'" for name in under)


def place_of(source: Source, offset: int) -> str:
    """Return line and column, for a message that names the document already."""
    location = source.location(offset)
    return f"{location.line}:{location.column}"
