"""Where a project's root is, and what [tool.weighbridge] in its pyproject.toml sets: long flags by their names."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli

from weighbridge.errors import Collector, Location
from weighbridge.spec.fields import Fields
from weighbridge.spec.locate import Locator

#: What an engine may be called; "auto" decides by algebra where it can.
ENGINES = ("auto", "sweep", "algebra")
WORDS: Mapping[str, tuple[str, ...]] = {"engine": ENGINES}
NUMBERS = ("examples", "seed", "max-points", "max-bytes", "max-bits", "max-depth", "threads")
LISTS = ("paths", "select", "format")
SWITCHES = ("quiet", "verbose")
FILE = "pyproject.toml"
#: What marks the root of a project, below which everything that a spec names must stand.
MARKERS = (FILE, ".git")


def find_root(path: Path, here: Path) -> Path:
    """Return the nearest directory above a path that holds a marker, else the working directory or the path's own."""
    path = Path(os.path.normpath(path))
    start = path if path.is_dir() else path.parent
    for directory in (start, *start.parents):
        if any((directory / marker).exists() for marker in MARKERS):
            return directory.resolve()
    return here if start.is_relative_to(here) else start.resolve()


def read_configuration(root: Path) -> dict[str, Any]:
    """Return the settings by flag, checked; {} where there are none. Raises `SpecErrors` with all that is wrong.

    Paths are relative to the root, whatever the working directory is.
    """
    errors = Collector()
    values: dict[str, Any] = {}
    text = ""
    try:
        text = (root / FILE).read_bytes().decode().replace("\r\n", "\n")
        values = tomli.loads(text)
    except (FileNotFoundError, NotADirectoryError):  # what is no directory has no settings, and is refused as a root
        return {}
    except tomli.TOMLDecodeError as error:
        errors.add(Location(FILE, error.lineno, error.colno), f"not TOML: {error.msg}")
    except (OSError, UnicodeDecodeError) as error:
        errors.add(Location(FILE), f"can not be read: {error}")
    errors.raise_if_any()
    table = values.get("tool", {})
    if not isinstance(table, dict) or "weighbridge" not in table:
        return {}
    fields = Fields(table, ("tool",), "[tool]", Locator(FILE, text), errors)
    ours = fields.typed("weighbridge", dict, "a table")
    settings = read_settings(fields.inner("weighbridge", ours, "[tool.weighbridge]"), root) if ours else {}
    errors.raise_if_any()
    return settings


def read_settings(fields: Fields, root: Path) -> dict[str, Any]:
    """Return what a table sets, noting what it sets wrongly."""
    fields.only((*WORDS, *NUMBERS, *LISTS, *SWITCHES))
    settings: dict[str, Any] = {}
    for key in fields.values:
        if key in WORDS:
            settings[key] = fields.choice(key, WORDS[key])
        elif key in NUMBERS:
            settings[key] = fields.integer(key)
        elif key in SWITCHES:
            settings[key] = fields.boolean(key, default=False)
        elif key in LISTS:
            settings[key] = fields.texts(key)
    if "paths" in settings:
        settings["paths"] = tuple(str(root / path) for path in settings["paths"])
    if "format" in settings:
        settings["format"] = tuple(rebase(each, root) for each in settings["format"])
    return settings


def rebase(target: str, root: Path) -> str:
    """Return NAME:PATH with the path below the root."""
    name, colon, path = target.partition(":")
    return f"{name}{colon}{root / path}" if path else target
