"""Errors are values: one line each, in order, all at once, and with the nearest known name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.errors import Collector, Location, SpecError, SpecErrors, did_you_mean, one_line, quoted

HERE = Location("spec/gpt3.toml", 12, 8)


def test_an_error_is_one_line_with_place_mistake_and_next_step() -> None:
    error = SpecError(HERE, "unknown name 'n_head'", "did you mean 'n_heads'?")
    assert str(error) == "spec/gpt3.toml:12:8: error: unknown name 'n_head'; did you mean 'n_heads'?"


def test_an_error_without_a_hint_ends_with_the_mistake() -> None:
    assert str(SpecError(HERE, "empty")) == "spec/gpt3.toml:12:8: error: empty"


def test_a_place_without_line_is_the_start_of_its_file() -> None:
    assert str(Location("a.toml")) == "a.toml:1:1"


def test_hostile_text_can_not_forge_a_second_line() -> None:
    error = SpecError(HERE, "unknown name 'x\nspec/a.toml:1:1: error: \x1b[31m\u2028\u202e'")
    assert str(error) == (
        "spec/gpt3.toml:12:8: error: unknown name 'x\\nspec/a.toml:1:1: error: \\x1b[31m\\u2028\\u202e'"
    )


@given(st.text())
def test_one_line_is_printable_and_keeps_what_was(text: str) -> None:
    assert one_line(text).isprintable()
    assert one_line(one_line(text)) == one_line(text)
    assert not text.isprintable() or one_line(text) == text


def test_all_errors_are_raised_at_once_in_the_order_of_their_places() -> None:
    collector = Collector()
    collector.raise_if_any()
    collector.add(Location("b.toml", 2, 1), "second file")
    collector.add(Location("a.toml", 10, 1), "tenth line", "count on")
    collector.add(Location("a.toml", 2, 7), "second line")
    collector.add(Location("a.toml", 2, 7), "second line")
    with pytest.raises(SpecErrors) as caught:
        collector.raise_if_any()
    assert str(caught.value) == (
        "a.toml:2:7: error: second line\na.toml:10:1: error: tenth line; count on\nb.toml:2:1: error: second file"
    )
    assert [error.location.line for error in caught.value.errors] == [2, 10, 2]


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("n_head", ["n_heads", "n_layers"], "did you mean 'n_heads'?"),
        ("b", ["kB", "B", "T"], "did you mean 'B'?"),
        ("D_MODEL", ["d_mode", "d_model"], "did you mean 'd_model'?"),
        ("banana", ["query", "key", "key"], "known here: 'key', 'query'"),
        ("banana", [], "none is declared"),
        (
            "banana",
            [f"x{i:02}" for i in range(14)],
            "known here: 'x00', 'x01', 'x02', 'x03', 'x04', 'x05', 'x06', 'x07', 'x08', 'x09', 'x10', 'x11' and 2 more",
        ),
    ],
)
def test_a_hint_names_the_nearest_known_name_or_lists_them(name: str, known: list[str], hint: str) -> None:
    assert did_you_mean(name, known) == hint


def test_names_are_quoted_as_in_messages() -> None:
    assert quoted(["a", "b"]) == "'a', 'b'"
    assert quoted([]) == ""


def test_reading_stops_at_five_hundred_mistakes() -> None:
    collector = Collector()
    for line in range(1, 500):
        collector.add(Location("a.toml", line), "wrong")
    with pytest.raises(SpecErrors) as caught:
        collector.add(Location("a.toml", 500), "wrong")
    assert len(caught.value.errors) == 501
    assert "a.toml:500:1: error: reading stops here: there are 500 mistakes already" in str(caught.value)


def test_the_nearest_of_very_many_names_is_not_sought() -> None:
    """Comparing takes time for each of them; the same name in another case is still found."""
    many = [f"tensor_{n}" for n in range(1_001)]
    assert did_you_mean("tensor_5x", many).startswith("known here: 'tensor_0', 'tensor_1', 'tensor_10',")
    assert did_you_mean("TENSOR_5", many) == "did you mean 'tensor_5'?"
    assert did_you_mean("tensor_5x", many[:1_000]) == "did you mean 'tensor_5'?"
