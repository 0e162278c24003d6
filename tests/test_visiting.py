"""Visits of grids: that a process beside this one finds the same, and what happens when either of them ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import weighbridge
from weighbridge import visiting
from weighbridge.engines.sweep import Tally
from weighbridge.errors import InternalError
from weighbridge.formula.parser import parse
from weighbridge.spec.model import Axis, Grid
from weighbridge.spec.question import OnGrid, Question
from weighbridge.verdict import OverBudget
from weighbridge.visiting import Beside, Here, Visit

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="a process is forked on Linux alone"),
    # What the processes of a test run have besides is asleep.
    pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning"),
]


@pytest.fixture
def beside() -> Iterator[Beside]:
    visitor = Beside()
    yield visitor
    visitor.close()


def grid(**axes: range) -> Grid:
    return Grid(name="sizes", axes=tuple(Axis(symbol, tuple(values)) for symbol, values in axes.items()))


def visit(on: Grid, *conditions: str, assuming: tuple[str, ...] = (), max_points: int = 10**12) -> Visit:
    minimums = dict.fromkeys((axis.symbol for axis in on.axes), 0)
    questions = tuple(
        Question(condition=parse(condition), domain=OnGrid(on), minimums=minimums, assuming=tuple(map(parse, assuming)))
        for condition in conditions
    )
    return Visit(questions=questions, grid=on, max_points=max_points, threads=1)


SMALL = grid(a=range(1, 31), b=range(1, 21))
VISITS = {
    "counted": visit(SMALL, "a * b != 36", "a + b >= 2"),
    "of which some are left out": visit(SMALL, "a % b == 0", assuming=("a > b",)),
    "without a value somewhere": visit(SMALL, "a / (b - 7) < 100"),
    "past 64 bits": visit(SMALL, "(a * 10 ** 30 + 1) // b > 10 ** 29"),
    "over the budget": visit(SMALL, "a > 0", max_points=599),
    "through deep trees": visit(SMALL, "abs(" * 40 + "a" + ")" * 40 + " == a"),
}


@pytest.mark.parametrize("name", VISITS)
def test_a_process_beside_finds_what_this_one_finds(name: str, beside: Beside) -> None:
    assert beside.begin(VISITS[name], None)() == Here().begin(VISITS[name], None)()


def test_what_is_found_is_so(beside: Beside) -> None:
    """36 has 7 divisors up to 30 whose partner is at most 20: 2, 3, 4, 6, 9, 12 and 18."""
    first, second = beside.begin(VISITS["counted"], None)()
    assert isinstance(first, Tally)
    assert isinstance(second, Tally)
    assert (first.points, first.violations) == (600, 7)
    assert first.first is not None
    assert dict(first.first.axes) == {"a": 2, "b": 18}
    assert (second.points, second.violations, second.first) == (600, 0, None)


def test_visits_are_made_in_the_order_they_are_asked_for_and_taken_in_any(beside: Beside) -> None:
    many = [visit(grid(a=range(1, last + 1)), "a < 0") for last in range(3, 9)]
    waiting = [beside.begin(each, None) for each in many]
    found = [wait()[0] for wait in reversed(waiting)]
    assert [each.points for each in found if isinstance(each, Tally)] == [8, 7, 6, 5, 4, 3]
    assert waiting[0]()[0] == found[-1]


def test_progress_is_told_as_it_is_here(beside: Beside) -> None:
    told: dict[str, list[tuple[int, int]]] = {"here": [], "beside": []}
    Here().begin(VISITS["counted"], lambda *at: told["here"].append(at))()
    beside.begin(VISITS["counted"], lambda *at: told["beside"].append(at))()
    assert told["beside"] == told["here"]
    assert told["here"][-1] == (600, 600)


def test_what_is_raised_there_is_raised_here_and_says_where(beside: Beside, monkeypatch: pytest.MonkeyPatch) -> None:
    def contradicts_itself(*_arguments: object, **_options: object) -> list[Tally | OverBudget]:
        raise InternalError("599 of 600 points were visited")

    monkeypatch.setattr(visiting, "sweep", contradicts_itself)
    with pytest.raises(InternalError) as raised:
        beside.begin(VISITS["counted"], None)()
    assert str(raised.value) == "599 of 600 points were visited"
    assert "in contradicts_itself" in raised.value.__notes__[0]


def test_a_process_that_was_killed_is_missed(beside: Beside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visiting, "sweep", lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(InternalError) as raised:
        beside.begin(VISITS["counted"], None)()
    assert str(raised.value) == "the process that counts ended before it had counted, with exit code -9"


def test_closing_ends_a_process_whatever_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visiting, "sweep", lambda *_, **__: time.sleep(600))
    beside = Beside()
    beside.begin(VISITS["counted"], None)
    process = beside.process
    assert process is not None
    assert process.is_alive()
    pid = process.pid
    assert pid is not None
    beside.close()
    assert not running(pid)


def test_a_process_does_not_outlive_the_one_that_asked() -> None:
    """Killed outright, that can not end it: it has to notice."""
    script = """
        import os, time
        from weighbridge import visiting

        beside = visiting.Beside()
        beside.prepare()
        print(beside.process.pid, flush=True)
        os._exit(9)
    """
    asked = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False, timeout=60
    )
    assert asked.returncode == 9, asked.stderr
    pid = int(asked.stdout)
    for _ in range(600):
        if not running(pid):
            break
        time.sleep(0.1)
    assert not running(pid)


def running(pid: int) -> bool:
    """Tell whether there is such a process that has not ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


def test_no_process_is_forked_where_a_thread_could_hold_a_lock() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        with visiting.visiting() as visitor:
            assert isinstance(visitor, Here)
    finally:
        done.set()
        thread.join()


def test_no_process_is_forked_for_one_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visiting, "cores", lambda: 1)
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    with visiting.visiting() as visitor:
        assert isinstance(visitor, Here)


SPEC = """
[document]
title = "A card"
cite = "nobody, nowhere"

[symbols]
a = "one"
b = "another"

[grids.small]
a = "1..40"
b = "1..30"

[[claim]]
id = "square"
formula = "(a + b) ** 2"
equals = "a ** 2 + 2 * a * b + b ** 2"
over = "small"

[[claim]]
id = "remainder"
asserts = "a % b + b > a // 2"
over = "small"
"""


def test_the_command_line_tells_what_the_library_tells(tmp_path: Path) -> None:
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "card.toml").write_text(SPEC)
    ran = subprocess.run(
        [sys.executable, "-m", "weighbridge", "check", "--root", ".", "--format", "json"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        timeout=120,
    )
    report = weighbridge.check(tmp_path / "spec", root=tmp_path)
    assert json.loads(ran.stdout) == json.loads(weighbridge.render(report, "json"))
    assert [each["violations"] for each in json.loads(ran.stdout)["results"]] == [None, str(fails())]


def fails() -> int:
    """Count the points where the second claim of the spec fails, by itself."""
    return sum(not a % b + b > a // 2 for a in range(1, 41) for b in range(1, 31))
