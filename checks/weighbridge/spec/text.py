"""What a TOML file says and where it stands, or the first mistake behind which reading can not go on."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any

import tomli
from msgspec import Struct

from weighbridge.errors import Collector, Location, SpecError, SpecErrors
from weighbridge.spec.fields import Fields
from weighbridge.spec.locate import Locator

BOM = b"\xef\xbb\xbf"
#: What to do next about a mistake of syntax, by how it is worded.
ADVICE = (
    (r"illegal character '\\n'|unterminated string", "a text ends in its line, with the quotes that it begins with"),
    (r"cannot declare '(claim|invariant|table|exempt)' twice", r"of several, each begins with [[\1]]"),
    ("cannot declare .* twice", "put both parts together"),
    ("cannot overwrite a value", "a key stands once in its table"),
    ("invalid value", "expected a number, a list, a table, true, false, or a text in quotes"),
    ("expected newline or end of document", "a text stands in quotes, and each key in a line of its own"),
    (r"unescaped|invalid hex value", "write what has backslashes in single quotes, as in '\\\\text'"),
    ("expected '=' after a key", "write it as key = value"),
    ("expected '\\]+' at the end", "a header is [name], or [[name]] for each of several"),
    ("unclosed", "a list ends with ], a table in a line with }"),
    (r"found invalid character '\\r'", "lines end with a line feed, alone or after a carriage return"),
    ("invalid statement", "a line is key = value, [name], [[name]] or # a comment"),
)
LONG_NUMBER = re.compile(r"[0-9][0-9_]{4000}")


class Text(Struct, frozen=True, kw_only=True):
    """What a file is called in messages, how large it may be, and what it begins with."""

    path: str
    noun: str
    max_bytes: int
    begins: str

    def decoded(self, data: bytes) -> str:
        """Return the text of a file. Raises `SpecErrors` for what is no UTF-8 text of a reasonable size."""
        if len(data) > self.max_bytes:
            raise self.error(f"has {len(data):,} bytes, expected at most {self.max_bytes:,}", f"split the {self.noun}")
        if data.startswith(BOM):
            raise self.error("begins with a byte order mark", "save it as UTF-8 without one")
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            before = data[: error.start].decode("utf-8")
            line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
            message = f"byte 0x{data[error.start]:02x} is not UTF-8"
            raise self.error(message, "save the file as UTF-8", line, column) from None
        if not text.strip():
            raise self.error("is empty", f"begin with {self.begins}")
        return text

    def parsed(self, text: str) -> Mapping[str, Any]:
        """Return what the TOML says. Raises `SpecErrors` at its first mistake of syntax."""
        try:
            return tomli.loads(text)
        except tomli.TOMLDecodeError as error:
            # tomli shows paths as Python's tuples: ('claim',).
            message = re.sub(r"\(('[^']*'(?:, '[^']*')*),?\)", r"\1", error.msg[:1].lower() + error.msg[1:])
            raise self.error(message, self.advice(message), error.lineno, error.colno) from None
        except RecursionError:
            raise self.error("arrays or tables are nested too deeply", "flatten them") from None
        except ValueError:
            # Python refuses to read integers of thousands of digits, and tomli passes that on without a place.
            text = text.replace("\r\n", "\n")
            match = LONG_NUMBER.search(text)
            start = match.start() if match else 0
            line, column = text.count("\n", 0, start) + 1, start - (text.rfind("\n", 0, start) + 1) + 1
            raise self.error("a number has thousands of digits", "no hyperparameter has", line, column) from None

    def advice(self, message: str) -> str:
        """Return what to do next about a mistake of syntax."""
        if self.noun == "spec" and not self.path.endswith(".toml"):
            return f"a spec is a TOML file; weighbridge draft {self.path} writes one for a document"
        for words, what in ADVICE:
            if match := re.match(words, message):
                return match.expand(what)
        return "expected TOML"

    def error(self, message: str, hint: str, line: int = 1, column: int = 1) -> SpecErrors:
        """Return the exception for a mistake behind which reading can not go on."""
        return SpecErrors([SpecError(Location(self.path, line, column), f"{self.noun}: {message}", hint)])


def root_of(text: Text, data: bytes, errors: Collector) -> Fields:
    """Return the top of a file. Raises `SpecErrors` for what is no TOML."""
    decoded = text.decoded(data)
    return Fields(text.parsed(decoded), (), text.noun, Locator(text.path, decoded), errors)


def path_from_root(fields: Fields, key: str, outside: str) -> str:
    """Read a path relative to the file that it stands in, and return it relative to the project root.

    Notes a path that is none or leads out of the project, with the hint `outside`; "" where there is no text.
    """
    text = fields.text(key)
    if not text.strip():
        return ""
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(fields.locator.path), text))
    if not text.isprintable() or "\\" in text or re.match("[A-Za-z]:", text):
        fields.complain(key, f"'{text}' is no path", "write it relative to the spec, with / between its parts")
    elif posixpath.isabs(text) or joined.split("/")[0] == "..":
        fields.complain(key, f"'{text}' is outside the project", outside)
    return joined
