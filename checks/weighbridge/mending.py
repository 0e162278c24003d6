"""What a spec's text is once each `under` names where its quote stands now; nothing else of it changes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from msgspec import Struct

from weighbridge.spec.locate import Locator, Path
from weighbridge.spec.model import Spec

#: A string, or an array of strings, as `under` is written; comments between items are not kept.
VALUE = re.compile(
    r"""\[(?:[^"'\]]|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')*\]|\"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""",
)


class Mended(Struct, frozen=True):
    """A spec's new text, and a line for each claim whose `under` was rewritten."""

    text: str
    changes: tuple[str, ...]


def mended(text: str, spec: Spec, moved: Mapping[str, tuple[str, ...]]) -> Mended:
    """Rewrite `under` of the claims that are in `moved`, to these names; a claim without one gets one before its quote.

    Claims whose `under` comes from [defaults] get one of their own.
    """
    plain = text.replace("\r\n", "\n")
    locator = Locator(spec.path, plain)
    places = {locator.of(path): path for path in locator.places if len(path) == 2 and path[0] == "claim"}
    edits: list[tuple[int, int, str]] = []
    changes: list[str] = []
    for claim in spec.claims:
        path = places.get(claim.location)
        if claim.id not in moved or path is None:
            continue
        names = moved[claim.id]
        edits.append(edit(locator, plain, path, names))
        changes.append(f"{claim.location}: {claim.id}: under = {written(names)}")
    for start, end, new in sorted(edits, reverse=True):
        plain = plain[:start] + new + plain[end:]
    return Mended(plain.replace("\n", "\r\n") if "\r\n" in text else plain, tuple(changes))


def edit(locator: Locator, text: str, claim: Path, names: tuple[str, ...]) -> tuple[int, int, str]:
    """Return which characters of the text to replace, and by what."""
    under, quote = (*claim, "under"), (*claim, "quote")
    if under in locator.places:
        start = locator.places[under].value
        value = VALUE.match(text, start)
        if value is not None:
            return start, value.end(), written(names)
    line = locator.places[quote if quote in locator.places else (*claim, "id")].key
    return line, line, f"under = {written(names)}\n"


def written(names: tuple[str, ...]) -> str:
    """Return names as TOML; a string of JSON is a basic string of TOML."""
    strings = [json.dumps(name, ensure_ascii=False).replace("\x7f", "\\u007F") for name in names]
    return strings[0] if len(strings) == 1 else f"[{', '.join(strings)}]"
