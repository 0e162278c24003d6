"""How far off an estimate is at worst: the expected points are found here by looking at every one of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import weighbridge
from weighbridge.explain.worst import worst_of
from weighbridge.formula.parser import parse
from weighbridge.judge import Engine
from weighbridge.report.footnotes import Footnotes
from weighbridge.spec.ask import close
from weighbridge.spec.model import Axis, Grid
from weighbridge.spec.question import OnGrid, Question
from weighbridge.verdict import Worst

AXES: dict[str, range | tuple[int, ...]] = {"a": range(1, 11), "b": (1, 2, 5, 7, 30), "c": range(4, 65, 4)}
GRID = Grid(name="small", axes=tuple(Axis(name, values) for name, values in AXES.items()))


def found(formula: str, equals: str, *assuming: str, grid: Grid = GRID) -> Worst | None:
    """Return the worst point of a formula that is to be within 1% of another."""
    return worst_of(
        Question(
            condition=close(parse(formula), parse(equals), Fraction(1, 100)),
            domain=OnGrid(grid),
            minimums=dict.fromkeys(AXES, 1),
            assuming=tuple(map(parse, assuming)),
        )
    )


def points() -> Iterator[tuple[int, ...]]:
    """Yield the points of the grid in lexicographic order."""
    return itertools.product(*AXES.values())


def test_the_worst_point_is_the_smallest_that_is_furthest_off() -> None:
    expected = max(points(), key=lambda each: Fraction(each[1], 100 * each[0] + each[1]))
    assert found("100 * a", "100 * a + b") == Worst(dict(zip(AXES, expected, strict=True)), Fraction(30, 130))


def test_a_worst_point_amid_the_grid_is_found() -> None:
    worst = found("a * (10 - a) + 1000", "1000")
    assert worst == Worst({"a": 5, "b": 1, "c": 4}, Fraction(25, 1000))


def test_points_that_the_assumptions_leave_out_do_not_count() -> None:
    assert found("100 * a", "100 * a + b", "b < 7", "a > 2") == Worst({"a": 3, "b": 5, "c": 4}, Fraction(5, 305))
    assert found("100 * a", "100 * a + b", "b > 1000") is None


def test_what_has_no_value_at_some_point_is_not_told() -> None:
    assert found("a", "a // (b - 7)") is None


@given(
    first=st.lists(st.integers(0, 20), min_size=4, max_size=4),
    second=st.lists(st.integers(0, 20), min_size=4, max_size=4),
)
def test_no_point_is_worse(first: list[int], second: list[int]) -> None:
    def written(k: list[int]) -> str:
        return f"{k[0]} * a * b + {k[1]} * b * c + {k[2]} * a + {k[3]}"

    def value(k: list[int], a: int, b: int, c: int) -> int:
        return k[0] * a * b + k[1] * b * c + k[2] * a + k[3]

    worst = found(written(first), f"{written(second)} + 1")
    offs = {
        (a, b, c): Fraction(abs(value(first, a, b, c) - value(second, a, b, c) - 1), value(second, a, b, c) + 1)
        for a, b, c in points()
    }
    most = max(offs.values())
    smallest = next(point for point, off in offs.items() if off == most)
    assert worst == Worst(dict(zip(AXES, smallest, strict=True)), most)


SPEC = """
[document]
title = "An estimate"
cite = "a note"

[symbols]
a = "a"
b = "b"

[models.m]
a = 1
b = 2

[grids.g]
a = "1..10"
b = "1..10"

[[claim]]
id = "rule"
formula = "100 * a"
equals = "100 * a + b"
about = "10%"
because = "the note calls it a rule"
over = "g"

[[claim]]
id = "model"
formula = "100 * a"
equals = "100 * a + b"
about = "1%"
because = "so it says"

[[claim]]
id = "figure"
printed = "100"
equals = "99 * a + 6"
precision = "10"
rounding = "down"
because = "cut off"
"""


@pytest.mark.parametrize("engine", ["auto", "sweep", "algebra"])
def test_how_a_claim_is_read_and_how_far_off_it_is_stand_beside_the_verdict(tmp_path: Path, engine: Engine) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "note.toml").write_text(SPEC)
    report = weighbridge.check(tmp_path / "note.toml", root=tmp_path, engine=engine)
    assert list(Footnotes.of(report.results)) == [
        "[1] about = 10%, because: the note calls it a rule",
        "[2] about = 1%, because: so it says",
        "[3] precision = 10, rounding = down, because: cut off",
        "[4] at worst about 9.09% off: a = 1, b = 10",
        "[5] at worst about 1.96% off: a = 1, b = 2",
    ]
