"""Typed access to what tomli returns: the one place where TOML is distrusted.

Every getter notes a located mistake and returns a neutral value instead of raising, so that one reading finds all
mistakes of a file. TOML tells booleans from integers and integers from floats, and so does this.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from weighbridge.errors import Collector, Location, did_you_mean, quoted
from weighbridge.formula.parser import parse
from weighbridge.formula.tokens import FormulaError
from weighbridge.formula.tree import Expression
from weighbridge.spec.locate import Locator, Path

TYPE_NAMES: Mapping[type, str] = {
    bool: "a boolean",
    int: "an integer",
    str: "a string",
    list: "an array",
    dict: "a table",
    datetime.date: "a date",
    datetime.datetime: "a date and time",
    datetime.time: "a time",
}

#: What a result's id is made of; "/" and "@" join such parts.
SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")


def type_name(value: object) -> str:
    """Return what TOML calls the type of a value."""
    return TYPE_NAMES.get(type(value), "a float")


class Fields(Struct, frozen=True):
    """One TOML table, with where it stands and where its mistakes go. `label` names it in messages."""

    values: Mapping[str, Any]
    path: Path
    label: str
    locator: Locator
    errors: Collector

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def location(self, key: str | None = None) -> Location:
        """Return where the table, or one of its keys, stands."""
        return self.locator.of(self.path if key is None else (*self.path, key))

    def complain(self, key: str | None, message: str, hint: str = "") -> None:
        """Note a mistake at a key, or at the table itself."""
        self.errors.add(self.location(key), f"{self.label}: {message}", hint)

    def only(self, known: Iterable[str]) -> None:
        """Refuse keys that nothing reads."""
        names = tuple(known)
        for key in self.values:
            if key not in names:
                self.complain(key, f"unknown key '{key}'", did_you_mean(key, names))

    def require(self, *keys: str) -> bool:
        """Note each of these keys that is missing."""
        missing = [key for key in keys if key not in self.values]
        for key in missing:
            self.complain(None, f"'{key}' is missing")
        return not missing

    def typed(self, key: str, wanted: type, expected: str) -> Any | None:
        """Return the value of a key if it has exactly this type."""
        if key not in self.values:
            return None
        value = self.values[key]
        if type(value) is wanted:
            return value
        one_alone = wanted is list and isinstance(value, str) and "tables" not in expected
        self.errors.add(
            self.locator.of_value((*self.path, key)),
            f"{self.label}: '{key}' is {type_name(value)}, expected {expected}",
            'put it in brackets, as in ["a", "b"]' if one_alone else "",
        )
        return None

    def text(self, key: str) -> str:
        """Return a string, "" where there is none."""
        value = self.typed(key, str, "a string")
        if isinstance(value, str) and not value.strip():
            self.complain(key, f"'{key}' is empty")
        return value or ""

    def integer(self, key: str) -> int | None:
        """Return an integer, None where there is none."""
        value: int | None = self.typed(key, int, "an integer")
        return value

    def positive(self, key: str) -> int | None:
        """Return an integer of at least 1, None where there is none."""
        value = self.integer(key)
        if value is not None and value < 1:
            self.complain(key, f"'{key}' is {value}, expected at least 1")
            return None
        return value

    def boolean(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self.typed(key, bool, "true or false")
        return default if value is None else bool(value)

    def date(self, key: str) -> datetime.date | None:
        """Return a date, None where there is none."""
        value: datetime.date | None = self.typed(key, datetime.date, "a date such as 2027-06-30")
        return value

    def choice(self, key: str, allowed: Iterable[str]) -> str:
        """Return one of these words, "" where there is none."""
        value, names = self.text(key), tuple(allowed)
        if value and value not in names:
            self.complain(key, f"'{key}' is '{value}', expected one of {quoted(names)}", did_you_mean(value, names))
            return ""
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a string or a list of strings as a tuple."""
        return tuple(text for text, _ in self.texts_at(key))

    def texts_at(self, key: str) -> list[tuple[str, Path]]:
        """Return a string or a list of strings, each with its path."""
        value = self.values.get(key)
        path = (*self.path, key)
        if isinstance(value, str):
            text = self.text(key)
            return [(text, path)] if text.strip() else []
        items = self.typed(key, list, "a string or an array of strings")
        found: list[tuple[str, Path]] = []
        for index, item in enumerate(items or ()):
            if isinstance(item, str) and item.strip():
                found.append((item, (*path, index)))
            else:
                what = "empty" if isinstance(item, str) else type_name(item)
                self.errors.add(
                    self.locator.of_value((*path, index)), f"{self.label}: '{key}' has an item that is {what}"
                )
        if items is not None and not items:
            self.complain(key, f"'{key}' is empty")
        return found

    def slug(self, key: str) -> str:
        """Return a name that can be part of a result's id, "" where there is none."""
        value = self.text(key)
        return value if value.strip() and self.check_slug(value, key) else ""

    def check_slug(self, name: str, key: str | None = None) -> bool:
        """Tell whether a name can be part of a result's id, noting why not."""
        if SLUG.fullmatch(name):
            return True
        self.complain(
            key, f"'{name}' is no id", "an id has letters, digits and . _ + -, and begins with a letter or digit"
        )
        return False

    def table(self, key: str) -> Fields | None:
        """Return a table, None where there is none."""
        value = self.typed(key, dict, "a table")
        return None if value is None else self.inner(key, value)

    def inner(self, key: str, value: Mapping[str, Any], label: str = "") -> Fields:
        """Return a table below this one."""
        path = (*self.path, key)
        shown = label or (f"{self.label}, {key}" if self.path else f"[{key}]")
        return Fields(value, path, shown, self.locator, self.errors)

    def named_tables(self, key: str, noun: str) -> Iterator[tuple[str, Fields]]:
        """Yield the tables of [key.NAME], each under its name."""
        outer = self.table(key)
        for name in outer.values if outer else ():
            assert outer is not None, "unreachable because there is a name in it"
            value = outer.typed(name, dict, "a table")
            if value is not None:
                yield name, outer.inner(name, value, f"{noun} '{name}'")

    def array_of_tables(self, key: str, noun: str) -> Iterator[Fields]:
        """Yield the tables of [[key]], labelled by their ids."""
        items = self.typed(key, list, f"an array of tables ([[{key}]])")
        for index, item in enumerate(items or ()):
            path = (*self.path, key, index)
            if not isinstance(item, dict):
                self.errors.add(
                    self.locator.of_value(path), f"{self.label}: '{key}' has an item that is {type_name(item)}"
                )
                continue
            name = item.get("id")
            label = f"{noun} '{name}'" if isinstance(name, str) else f"{noun} {index + 1}"
            yield Fields(item, path, label, self.locator, self.errors)

    def one_or_more_tables(self, key: str, noun: str) -> Iterator[Fields]:
        """Yield [this.key] or each of [[this.key]]."""
        value = self.values.get(key)
        if isinstance(value, dict):
            yield self.inner(key, value, noun)
        elif value is not None:
            yield from (
                Fields(each.values, each.path, noun, self.locator, self.errors)
                for each in self.array_of_tables(key, noun)
            )

    def expression(self, key: str) -> Expression | None:
        """Return an expression, None where there is none or it can not be read."""
        text = self.text(key)
        return self.parsed(text, (*self.path, key)) if text.strip() else None

    def expressions(self, key: str) -> tuple[Expression, ...]:
        """Return one expression or a list of them as a tuple."""
        parsed = [self.parsed(text, path) for text, path in self.texts_at(key)]
        return tuple(tree for tree in parsed if tree is not None)

    def amount(self, key: str, path: Path | None = None) -> Expression | None:
        """Return a value that is an integer or an expression."""
        value = self.values.get(key)
        if type(value) is int:
            return self.parsed(str(value), path or (*self.path, key))
        if key in self.values and not isinstance(value, str):
            self.typed(key, str, "an integer or an expression in a string")
            return None
        return self.expression(key)

    def parsed(self, text: str, path: Path) -> Expression | None:
        """Read an expression, noting what is wrong with it at its own column."""
        try:
            return parse(text)
        except FormulaError as error:
            location = self.locator.within(path, error.column)
            self.errors.add(location, f"{self.label}: {error.message}", error.hint)
            return None
