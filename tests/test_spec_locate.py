"""Where things stand in a TOML text, against texts that are written from places known beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.errors import Location
from weighbridge.spec.locate import Locator, Path

TEXT = '''# a comment with [brackets] and "quotes"
title = "x"   # [not.a.table]
a.b . "c d" = [1, [2, "three"], { k = 4 }]

[models."GPT-3 Small"]
n = 12
deep.er = """
several lines "quoted" ]
"""
[[claim]]
id = 'one'
  quote = "tab\\tand \\"quotes\\"" # escapes
[claim.waive]
reason = \'\'\'
it\'s # no comment\'\'\'
[[claim]]
id = "two"
equals = [
  "a + b",  # first
  "c",
]
[[claim.erratum]]
at = 2027-06-30T10:00:00Z
[[claim.erratum]]
at = +1_000.5e3
'''


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("title",), (2, 1), (2, 9)),
        (("a",), (3, 1), (3, 1)),
        (("a", "b", "c d"), (3, 1), (3, 15)),
        (("a", "b", "c d", 1, 1), (3, 23), (3, 23)),
        (("a", "b", "c d", 2, "k"), (3, 35), (3, 39)),
        (("models",), (5, 1), (5, 1)),
        (("models", "GPT-3 Small"), (5, 1), (5, 1)),
        (("models", "GPT-3 Small", "deep", "er"), (7, 1), (7, 11)),
        (("claim", 0), (10, 1), (10, 1)),
        (("claim", 0, "quote"), (12, 3), (12, 11)),
        (("claim", 0, "waive", "reason"), (14, 1), (14, 10)),
        (("claim", 1, "equals", 1), (20, 3), (20, 3)),
        (("claim", 1, "erratum", 1, "at"), (25, 1), (25, 6)),
        (("claim", 1, "nothing", "here"), (16, 1), (16, 1)),
        (("nothing",), (1, 1), (1, 1)),
    ],
)
def test_keys_and_values_stand_where_they_are_written(path: Path, key: tuple[int, int], value: tuple[int, int]) -> None:
    assert tomli.loads(TEXT)["claim"][1]["id"] == "two"
    locator = Locator("x.toml", TEXT)
    assert locator.of(path) == Location("x.toml", *key)
    assert locator.of_value(path) == Location("x.toml", *value)


def test_a_character_of_a_string_has_a_place_unless_escapes_come_in_between() -> None:
    locator = Locator("x.toml", TEXT)
    assert locator.within(("claim", 1, "equals", 0), 4) == Location("x.toml", 19, 8)
    assert locator.within(("claim", 0, "id"), 1) == Location("x.toml", 11, 8)
    # The line break behind the opening quotes is no character of the string.
    assert locator.within(("claim", 0, "waive", "reason"), 0) == Location("x.toml", 15, 1)
    assert locator.within(("models", "GPT-3 Small", "deep", "er"), 8) == Location("x.toml", 8, 9)
    assert locator.within(("claim", 0, "quote"), 5) == Location("x.toml", 12, 11)


def test_windows_line_ends_do_not_shift_places() -> None:
    locator = Locator("x.toml", TEXT.replace("\n", "\r\n"))
    assert locator.within(("claim", 1, "equals", 0), 4) == Location("x.toml", 19, 8)


@pytest.mark.parametrize("key", [r'"\x61\e\u0062\U00000063\t\"\\"', "'a b'", '"a.b"', "a-b_1"])
def test_quoted_keys_are_found_under_what_they_mean(key: str) -> None:
    text = f"[table]\n{key} = 1\n"
    (name,) = tomli.loads(text)["table"]
    assert Locator("x.toml", text).of_value(("table", name)) == Location("x.toml", 2, len(key) + 4)


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every value in what tomli returns."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from paths(inner, (*path, index))


STRINGS = st.text(st.sampled_from("ab #[]{},=.'\u00e9"), max_size=6)
VALUES = st.recursive(
    st.integers().map(str) | st.booleans().map(lambda value: str(value).lower()) | STRINGS.map(lambda s: f'"{s}"'),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: "[ " + " ,\n".join(items) + " ]")
        | st.lists(inner, max_size=3).map(
            lambda items: "{ " + ", ".join(f"k{index} = {item}" for index, item in enumerate(items)) + " }"
        )
    ),
    max_leaves=6,
)


@given(st.lists(st.tuples(st.sampled_from(["", "# [x]\n", "[t{}]\n", "[[list]]\n", "[t.'{}']\n"]), VALUES), max_size=6))
def test_every_value_of_a_random_text_reads_back_from_its_place(lines: list[tuple[str, str]]) -> None:
    """What stands at a value's place is that value: reading the text on from there gives it again."""
    text = "".join(f"{header.format(index)}key{index} = {value}\n" for index, (header, value) in enumerate(lines))
    parsed = tomli.loads(text)
    locator = Locator("x.toml", text)
    for path in paths(parsed):
        if not str(path[-1]).startswith(("key", "k")) and not isinstance(path[-1], int):
            continue
        expected: Any = parsed
        for part in path:
            expected = expected[part]
        if path[0] == "list" and len(path) <= 2:
            continue
        place = locator.of_value(path)
        rest = "".join(line + "\n" for line in text.split("\n")[place.line - 1 :])[place.column - 1 :]
        assert reads_as(rest, expected), path


def reads_as(text: str, expected: object) -> bool:
    """Tell whether a value begins here: some beginning of the text is it."""
    for end in range(1, len(text) + 1):
        try:
            value = tomli.loads(f"x = {text[:end]}\n")["x"]
        except tomli.TOMLDecodeError:
            continue
        if value == expected and type(value) is type(expected):
            return True
    return False
