"""What a flag's value may be: a word of a few, a format with its file, a date."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import click
from msgspec import Struct

from weighbridge.errors import did_you_mean

#: The names of `report.renderers.RENDERERS`, known here without importing what they need.
FORMATS = ("text", "json", "markdown", "html", "junit", "sarif", "github", "badge")


class Target(Struct, frozen=True):
    """A format and where it goes: a file, or standard output where `path` is None."""

    format: str
    path: Path | None


def one_of(noun: str, *words: str) -> Callable[[click.Context, click.Parameter, str], str]:
    """Return what reads one of a few words, and answers a wrong one with the nearest."""

    def read(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
        if value not in words:
            raise click.BadParameter(f"there is no {noun} '{value}'; {did_you_mean(value, words)}")
        return value

    return read


def at_least(least: int) -> Callable[[click.Context, click.Parameter, object], int | None]:
    """Return what reads a whole number, None where none is given."""

    def read(_context: click.Context, _parameter: click.Parameter, value: object) -> int | None:
        if value is None:
            return None
        text = str(value).replace("_", "").replace(",", "")
        if not re.fullmatch("-?[0-9]{1,30}", text) or int(text) < least:
            raise click.BadParameter(f"expected a whole number of at least {least}, found '{value}'")
        return int(text)

    return read


def read_directory(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """Read the path of a directory, None where none is given."""
    if value is not None and not Path(value).is_dir():
        raise click.BadParameter(f"there is no directory '{value}'")
    return value


def between(least: int, most: int) -> Callable[[click.Context, click.Parameter, object], int | None]:
    """Return what reads a whole number from `least` to `most`, None where none is given."""
    read_least = at_least(least)

    def read(context: click.Context, parameter: click.Parameter, value: object) -> int | None:
        try:
            found = read_least(context, parameter, value)
        except click.BadParameter:
            found = most + 1
        if found is not None and found > most:
            raise click.BadParameter(f"expected a whole number from {least:,} to {most:,}, found '{value}'")
        return found

    return read


def read_percent(_context: click.Context, _parameter: click.Parameter, value: str | None) -> Fraction | None:
    """Read a percentage such as 97.5 as a ratio, None where none is given."""
    if value is None:
        return None
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,9})?%?", value) or Fraction(value.rstrip("%")) > 100:
        raise click.BadParameter(f"expected a percentage from 0 to 100, found '{value}'")
    return Fraction(value.rstrip("%")) / 100


def targets_among(
    *formats: str,
) -> Callable[[click.Context, click.Parameter, tuple[str, ...]], tuple[Target, ...]]:
    """Return what reads each NAME or NAME:PATH, and refuses what can not be written before anything is decided."""

    def read(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[Target, ...]:
        return tuple(read_target(value, formats) for value in values)

    return read


def read_target(value: str, formats: Sequence[str]) -> Target:
    """Read NAME or NAME:PATH."""
    name, colon, path = value.partition(":")
    if name not in formats:
        raise click.BadParameter(f"there is no format '{name}'; {did_you_mean(name, formats)}")
    if not colon:
        return Target(name, None)
    if not path:
        raise click.BadParameter(f"'{value}' names no file; write {name}:PATH, or {name} for standard output")
    target = Path(path)
    if target.is_dir():
        raise click.BadParameter(f"'{path}' is a directory; name a file in it")
    if not target.parent.is_dir():
        raise click.BadParameter(f"there is no directory '{target.parent}' to write '{target.name}' in; create it")
    return Target(name, target)


def read_date(_context: click.Context, _parameter: click.Parameter, value: str | None) -> datetime.date | None:
    """Read a date such as 2026-11-24."""
    if value is None:
        return None
    try:
        return datetime.date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"'{value}' is no date; write it as 2026-11-24") from None
