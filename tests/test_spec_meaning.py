"""What names stand for once everything is put in, and in which unit they count."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import pytest

from weighbridge.errors import SpecErrors
from weighbridge.formula.exact import evaluate
from weighbridge.formula.parser import parse
from weighbridge.formula.printer import to_text
from weighbridge.spec.expand import expand, fold
from weighbridge.spec.grids import AxisError, read_list, read_range
from weighbridge.spec.model import Spec
from weighbridge.spec.names import circles
from weighbridge.spec.read import read_spec
from weighbridge.spec.units import ANY, UnitError, unit_of

SPEC = read_spec(
    "x.toml",
    b"""
[document]
title = "t"
cite = "c"
[symbols]
n = "layers"
d = "width"
[conventions]
tied = false
biases = true
[tensors]
embedding = { shape = ["d", 10] }
matrix = { shape = ["wide", "d if tied else 1"], per = ["n"] }
bias = { shape = ["d"], when = "biases and not tied" }
[quantities]
wide = "4 * d"
memory = { equals = "2 * inventory", unit = "bytes" }
work = { equals = "6 * inventory", unit = "FLOPs" }
copy = "memory"
""",
)
POINT = {"n": 3, "d": 5}


def value(text: str, conventions: Mapping[str, bool], spec: Spec = SPEC) -> object:
    """Return the value of an expression at a point, everything put in."""
    return evaluate(expand(parse(text), spec, conventions), POINT)


def test_a_tensor_counts_the_product_of_its_shape_and_copies_where_it_is_in_force() -> None:
    for tied, biases in product((False, True), repeat=2):
        conventions = {"tied": tied, "biases": biases}
        embedding, matrix = 5 * 10, 4 * 5 * (5 if tied else 1) * 3
        bias = 5 if biases and not tied else 0
        assert value("embedding", conventions) == embedding
        assert value("matrix", conventions) == matrix
        assert value("bias", conventions) == bias
        assert value("inventory", conventions) == embedding + matrix + bias


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # What stands before a known operand is still evaluated first, so that its errors are not lost.
        ("n > 1 and tied", "n > 1 and 1 == 0"),
        ("tied and n > 1", "1 == 0"),
        ("n > 1 and not tied and d > 1", "n > 1 and d > 1"),
        ("n > 1 or tied or d > 1", "n > 1 or d > 1"),
        ("not (tied or n > 1)", "not n > 1"),
        ("(n if biases or n > 1 else d) > 1", "n > 1"),
        ("(n if tied or n > 1 else d) > 1", "(n if n > 1 else d) > 1"),
        ("n > 1 or biases or 1 / 0 > 1", "n > 1 or 1 == 1"),
        ("1 / 0 > 1 and tied", "1 / 0 > 1 and 1 == 0"),
    ],
)
def test_known_conventions_are_taken_out_of_conditions(text: str, expected: str) -> None:
    assert to_text(expand(parse(text), SPEC, {"tied": False, "biases": True})) == expected


@pytest.mark.parametrize("text", ["n > 1 and tied", "n > 1 or not tied", "not (n > 1 and not tied)", "tied or n == 3"])
@pytest.mark.parametrize("tied", [False, True])
def test_folding_a_condition_does_not_change_its_value(text: str, *, tied: bool) -> None:
    by_python = {"n > 1 and tied": tied, "n > 1 or not tied": True, "not (n > 1 and not tied)": tied}
    assert value(text, {"tied": tied, "biases": True}) is by_python.get(text, True)
    assert fold(parse("n > 1")) == parse("n > 1")


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("embedding + bias", "parameters"),
        ("inventory", "parameters"),
        ("memory", "bytes"),
        ("copy + memory", "bytes"),
        ("max(work, work // 2)", "FLOPs"),
        ("memory / inventory", "bytes"),
        ("memory / memory", ANY),
        ("inventory / n", ANY),
        ("2 * inventory", ANY),
        ("n * d", ANY),
        ("memory + 1", "bytes"),
        ("memory if n > 1 else 0", "bytes"),
        ("memory > 1", ANY),
    ],
)
def test_units(text: str, unit: str) -> None:
    assert unit_of(parse(text), SPEC.tensors, SPEC.quantities) == unit


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("memory + inventory", "'memory + inventory' puts bytes and parameters together"),
        ("min(work, memory)", "'min(work, memory)' puts FLOPs and bytes together"),
        ("n > 1 and work == memory", "'work == memory' puts FLOPs and bytes together"),
        ("memory * work", "'memory * work' multiplies bytes by FLOPs"),
        ("1 if memory > work else 2", "'memory > work' puts bytes and FLOPs together"),
        ("(memory + work) ** 2", "'memory + work' puts bytes and FLOPs together"),
    ],
)
def test_units_that_do_not_go_together(text: str, message: str) -> None:
    with pytest.raises(UnitError) as caught:
        unit_of(parse(text), SPEC.tensors, SPEC.quantities)
    assert str(caught.value) == message


def test_circles_are_found_wherever_they_are() -> None:
    graph = {"a": {"b"}, "b": {"c", "b"}, "c": {"a", "d"}, "d": set[str](), "e": {"f"}, "f": {"e"}}
    found = [(used, tuple(path[path.index(used) :])) for used, path in circles(graph)]
    assert found == [("b", ("b",)), ("a", ("a", "b", "c")), ("e", ("e", "f"))]


def test_a_tensor_whose_when_is_no_condition_is_told_and_not_evaluated() -> None:
    text = (
        '[document]\ntitle = "t"\ncite = "c"\n[symbols]\nd = ""\n[tensors]\nw = { shape = ["d"], when = "d + 1" }\n'
        '[grids.g]\nd = "1..2"\n[[claim]]\nid = "c"\nasserts = "inventory > 1"\nover = "g"\n'
    )
    with pytest.raises(SpecErrors) as caught:
        read_spec("x.toml", text.encode())
    assert str(caught.value) == (
        "x.toml:7:30: error: tensor 'w': 'd' is a symbol; here a name is a convention\n"
        "x.toml:7:30: error: tensor 'w': expected a condition, found a number: 'd + 1'"
    )


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1..4", [1, 2, 3, 4]),
        (" 64 .. 200 step 64 ", [64, 128, 192]),
        ("1..100 times 3", [1, 3, 9, 27, 81]),
        ("1_000..1_002", [1000, 1001, 1002]),
        ("5..5", [5]),
    ],
)
def test_axes(text: str, values: list[int]) -> None:
    assert list(read_range(text, minimum=1)) == values


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("4..1", "'4..1' is empty: 4 is past 1"),
        ("0..4", "0 is not a positive integer"),
        ("1..10000000000000000", "10,000,000,000,000,000 is past 1,000,000,000,000,000, the largest value of an axis"),
        ("1..4 step -1", "'1..4 step -1': a step is at least 1"),
        ("1..4 times 1", "'1..4 times 1': 'times' needs a factor of at least 2 and a start of at least 1"),
        ("..4", "'..4' is no axis; expected '1..96', '64..16384 step 64' or '1..4096 times 2'"),
        ("1..4 by 2", "'1..4 by 2' is no axis; expected '1..96', '64..16384 step 64' or '1..4096 times 2'"),
        ("-..4", "'-..4' is no axis; expected '1..96', '64..16384 step 64' or '1..4096 times 2'"),
        ("--1..4", "'--1..4' is no axis; expected '1..96', '64..16384 step 64' or '1..4096 times 2'"),
        ("1" * 50 + ".." + "2" * 50, "a value of an axis is at most 1,000,000,000,000,000"),
    ],
)
def test_what_is_no_axis(text: str, message: str) -> None:
    with pytest.raises(AxisError) as caught:
        read_range(text, minimum=1)
    assert str(caught.value) == message


def test_lists_are_sorted_and_distinct() -> None:
    assert read_list([4, 1, 2], minimum=1) == (1, 2, 4)
    for values, message in (
        ([1, 1], "the value 1 stands twice in the axis"),
        ([True], "an axis lists integers, found True"),
        ([0], "0 is not a positive integer"),
        ([1.0], "an axis lists integers, found 1.0"),
    ):
        with pytest.raises(AxisError) as caught:
            read_list([*values], minimum=1)
        assert str(caught.value) == message
