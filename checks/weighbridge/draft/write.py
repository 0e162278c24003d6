"""How a draft is written down: TOML that people go on with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from weighbridge.formula.printer import thousands

#: A line of this many characters is read at once; a longer list gets a line for each item.
WIDTH = 110
BARE = re.compile(r"[A-Za-z0-9_-]+")


def text_of(text: str) -> str:
    r"""Return a TOML string; one with backslashes is literal, so that LaTeX stays as it is.

    >>> text_of("a b"), text_of(r"d_{\text{model}}")
    ('"a b"', "'d_{\\text{model}}'")
    """
    plain = " ".join(text.split())
    if ("\\" in plain or '"' in plain) and "'" not in plain:
        return f"'{plain}'"
    return json.dumps(plain, ensure_ascii=False)


def key_of(name: str) -> str:
    """Return a TOML key."""
    return name if BARE.fullmatch(name) else text_of(name)


def value_of(value: object) -> str:
    """Return a TOML value: text, a list of texts, an integer, true or false, or an inline table."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return thousands(value).replace(",", "_")
        case str():
            return text_of(value)
        case tuple() | list():
            items = [value_of(each) for each in value]
            line = f"[{', '.join(items)}]"
            return line if len(line) <= WIDTH else "[\n" + "".join(f"    {item},\n" for item in items) + "]"
        case Mapping():
            return "{ " + ", ".join(f"{key_of(str(key))} = {value_of(each)}" for key, each in value.items()) + " }"
        case _:
            raise TypeError(value)


def several(texts: Iterable[str]) -> str | list[str]:
    """Return one text by itself, several as a list."""
    items = list(texts)
    return items[0] if len(items) == 1 else items


def table(header: str, entries: Mapping[str, object], comments: Iterable[str] = ()) -> Iterator[str]:
    """Yield the lines of a table, with a blank line before it and comments between that and its header."""
    yield ""
    for comment in comments:
        yield f"# {' '.join(comment.split())}"
    yield header
    for key, value in entries.items():
        yield f"{key_of(key)} = {value_of(value)}"
