"""How long something takes, how that compares, and on which machine."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Timing:
    """The seconds that each repetition took."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.seconds)

    def scaled(self, factor: float) -> Timing:
        """Return what `factor` times as much would take."""
        return Timing(tuple(each * factor for each in self.seconds))

    def __str__(self) -> str:
        return seconds(self.median)


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times as long one thing takes as another: the median of rounds in which both were done, and the ends."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{figure(self.median)} ({figure(self.low)} to {figure(self.high)})"


def timed(work: Callable[[], T], repetitions: int = 1) -> tuple[T, Timing]:
    """Return what the work gives the last time, and how long each time took."""
    taken: list[float] = []
    while True:
        start = time.perf_counter()
        result = work()
        taken.append(time.perf_counter() - start)
        if len(taken) >= repetitions:
            return result, Timing(tuple(taken))


def joined(timings: Sequence[Timing]) -> Timing:
    """Return the repetitions of several rounds as one timing."""
    return Timing(tuple(taken for timing in timings for taken in timing.seconds))


def ratio(slow: Timing, fast: Timing) -> Ratio:
    """Return how many times as long the first takes: round by round where there are as many, else of the medians."""
    if len(slow.seconds) == len(fast.seconds):
        each = [a / b for a, b in zip(slow.seconds, fast.seconds, strict=True)]
    else:
        each = [taken / fast.median for taken in slow.seconds]
    return Ratio(statistics.median(each), min(each), max(each))


def figure(value: float) -> str:
    """Return a ratio with as many digits as it deserves."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def seconds(value: float) -> str:
    """Return a duration as a person would say it."""
    for size, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value * 1e9:.3g} ns"


def machine() -> dict[str, str]:
    """Return what the figures depend on: processor, cores, versions."""
    info = Path("/proc/cpuinfo")
    text = info.read_text(encoding="utf-8") if info.exists() else ""
    facts = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    facts = {name.strip(): value.strip() for name, value in facts.items()}
    name = facts.get("model name", platform.processor() or platform.machine())
    family = f" (family {facts['cpu family']}, model {facts['model']})" if "cpu family" in facts else ""
    compiler = subprocess.run(["gcc", "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    versions = ("weighbridge", "numba", "llvmlite", "numpy", "numexpr", "sympy", "z3-solver", "python-flint")
    return {
        "processor": f"{name}{family}",
        "cores": str(len(os.sched_getaffinity(0))),
        "system": f"{platform.system()} {platform.release()}",
        "load before": ", ".join(f"{load:.2f}" for load in os.getloadavg()) + " over 1, 5 and 15 minutes",
        "compiler": f"{compiler}, -O3 -march=native -fopenmp",
        "Python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in versions},
    }
