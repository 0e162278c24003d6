"""What is told of one claim, and what stands below a table."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from msgspec.structs import replace

from expect import Expect
from one_of_each import ONE_OF_EACH, result
from weighbridge.report.explanation import by_hand, to_explanation
from weighbridge.report.footnotes import Footnotes
from weighbridge.report.model import Weighed
from weighbridge.verdict import Evaluated, Holds, Side

SNAPSHOTS = Path(__file__).parent / "snapshots"
HOLDS = Holds(Evaluated("m"))


def test_explanations_are_the_snapshot(expect: Expect) -> None:
    expect(SNAPSHOTS / "one_of_each_explained.txt", "\n".join(map(to_explanation, ONE_OF_EACH.results)))


def test_an_explanation_says_how_to_do_it_again() -> None:
    searched = next(each for each in ONE_OF_EACH.results if each.result.id == "tiny/total.sampled")
    assert "weighbridge check spec/tiny.toml --select tiny/total.sampled --examples 2000 --seed 0\n" in to_explanation(
        searched
    )


def sided(left: str, right: str, relation: str = "==") -> str:
    """Return the command that computes these two sides by hand, at a = 7, b = 2."""
    return by_hand(replace(result("x", HOLDS), sides=(Side(left, relation, right),), values={"a": 7, "b": 2}))


@pytest.mark.parametrize(
    ("left", "right", "printed"),
    [
        ("a * b", "14", "14 14"),
        ("a // b + a % b", "b ** 3", "4 8"),
        ("max(a, b) if a > b else 0", "min(a, b)", "7 2"),
        ("2", "2", "2 2"),
    ],
)
def test_the_command_by_hand_computes_both_sides(left: str, right: str, printed: str) -> None:
    done = subprocess.run(["sh", "-c", sided(left, right)], capture_output=True, text=True, check=True)
    assert done.stdout == f"{printed}\n"


@pytest.mark.parametrize("left", ["a / b", "ceil_div(a, b)", "round_up(a, b)", "0.5 * a", "a + c", "__import__('os')"])
def test_there_is_no_command_by_hand_for_what_python_reads_otherwise(left: str) -> None:
    assert sided(left, "1") == ""


def test_an_interval_is_left_out_by_hand() -> None:
    assert sided("a * b", "[13, 15)", "in") == "python3 -c 'a, b = 7, 2; print(a * b)'"


def noted(*symbols: str, note: str = "", because: str = "") -> Weighed:
    """Return a result that assumes these symbols."""
    return Weighed(
        replace(result("x", HOLDS), assumed=dict.fromkeys(symbols, "guessed"), note=note, because=because), "pass"
    )


def test_footnotes_put_assumptions_first_and_say_each_thing_once() -> None:
    rows = [noted("a", note="n"), noted("b", because="r"), noted("a", "c", note="n")]
    assert list(Footnotes.of(rows)) == [
        "[1] assumed: a (guessed)",
        "[2] assumed: b (guessed)",
        "[3] assumed: c (guessed)",
        "[4] because: r",
        "[5] note: n",
    ]


def test_footnote_marks_are_short() -> None:
    rows = [noted("a", "b", "c", "d", note="n", because="r"), noted("a", "b"), noted("d", "b", "c", note="n"), noted()]
    footnotes = Footnotes.of(rows)
    assert [footnotes.mark(row) for row in rows] == [" [1-6]", " [1, 2]", " [2-4, 6]", ""]
