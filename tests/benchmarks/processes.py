"""How long whole processes take, and how much memory: `weighbridge check` from the command line."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.book import Book, Sizes
from benchmarks.claims import ROOT, benchmark_spec, own_spec, subject
from benchmarks.measure import Timing, ratio, seconds, timed
from weighbridge.judge import Options, judge

CHECK = (sys.executable, "-m", "weighbridge", "check")
#: The first document, and it with all that papers and model cards print.
ONE, ALL = "spec/gpt3-weights.toml", "spec/"
IMPORT = (sys.executable, "-c", "import numba")

IMPORTED = """
import sys
from weighbridge.cli import main
try:
    main(["check", "spec/", "--engine", "algebra", "--quiet"])
finally:
    print("numba" in sys.modules)
"""

MEMORY = """
import resource
from benchmarks.claims import benchmark_spec, subject
from weighbridge.engines.sweep import sweep
each = subject(benchmark_spec(layers={layers}), "{name}")
sweep([each.question], each.grid, max_points=10**13)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
    """Run a command at the root of the project and return what it prints."""
    full = os.environ | (environment or {})
    return subprocess.run(command, cwd=ROOT, env=full, capture_output=True, text=True, check=True).stdout


def wall(command: Sequence[str], repetitions: int) -> Timing:
    """Return the wall time of a command, run once before so that what it reads is in memory."""
    run(command)
    return timed(lambda: run(command), repetitions)[1]


def first_run(path: str, repetitions: int) -> Timing:
    """Return the wall time of a check that finds no compiled kernel."""

    def once() -> None:
        with tempfile.TemporaryDirectory() as folder:
            run((*CHECK, path), {"NUMBA_CACHE_DIR": folder})

    return timed(once, repetitions)[1]


def imports_numba() -> bool:
    """Tell whether numba is imported by a check with `--engine algebra`."""
    return run((sys.executable, "-c", IMPORTED)).split()[-1] == "True"


def peak_memory(name: str, layers: int) -> int:
    """Return the megabytes that a process needs which sweeps a claim over this many layers."""
    text = run((sys.executable, "-c", MEMORY.format(name=name, layers=layers)), {"PYTHONPATH": str(ROOT / "tests")})
    return int(text) // 1024


def kernels() -> int:
    """Return how many compiled functions are kept on disk beside the package."""
    return len(list(Path(ROOT, "checks").rglob("*.nbc")))


def whole(book: Book, sizes: Sizes) -> None:
    """Measure whole processes: a check of the first document alone, and of all specs of the project."""
    repetitions = 2 * sizes.repetitions + 1
    imported = wall(IMPORT, repetitions)
    sweeping = sweep_alone(sizes)
    numba = imports_numba()
    rows = [('`python -c "import numba"`', str(imported), "1")]
    for path in (ONE, ALL):
        checked = wall((*CHECK, path), repetitions)
        without = wall((*CHECK, path, "--engine", "algebra"), repetitions)
        first = first_run(path, sizes.few)
        besides, first_besides = (
            Timing(tuple(taken - sweeping for taken in each.seconds)) for each in (checked, first)
        )
        rows += [
            (f"`weighbridge check {path}`, warm", str(checked), str(ratio(checked, imported))),
            ("... besides the sweep itself", str(besides), str(ratio(besides, imported))),
            ("... with an empty cache", str(first), str(ratio(first, imported))),
            ("... with an empty cache, besides the sweep", str(first_besides), str(ratio(first_besides, imported))),
            ("... with `--engine algebra`", str(without), str(ratio(without, imported))),
        ]
        book.must(
            f"`weighbridge check {path}`, warm, besides the sweep: at most 2.5 times `import numba`",
            str(ratio(besides, imported)),
            reached=ratio(besides, imported).median <= 2.5,
        )
        book.must(
            f"`weighbridge check {path}`, first run ever: at most 10 times `import numba`",
            f"{ratio(first, imported)}; besides the sweep {ratio(first_besides, imported)}",
            reached=ratio(first, imported).median <= 10,
        )
        book.must(
            f"`weighbridge check {path} --engine algebra`: under 0.3 s, and numba is not imported",
            f"{without}; numba is {'' if numba else 'not '}imported",
            reached=without.median < 0.3 and not numba,
        )
    book.table(
        "Whole processes",
        f"Wall time. The sweep itself takes {seconds(sweeping)}: as much longer takes deciding the first document than "
        "with `--engine algebra`, in a process that has done it before, with one example where values are searched. "
        f"{kernels()} compiled functions are kept on disk for all specs.",
        ("command", "takes", "times `import numba`"),
        rows,
    )


def sweep_alone(sizes: Sizes) -> float:
    """Return the seconds that visiting the grids of the first document takes, which are the only ones that have any."""
    spec = own_spec()
    judge(spec, {}, Options(examples=1))
    both = timed(lambda: judge(spec, {}, Options(examples=1)), sizes.repetitions)[1]
    alone = timed(lambda: judge(spec, {}, Options(engine="algebra", examples=1)), sizes.repetitions)[1]
    return max(0.0, both.median - alone.median)


def memory(book: Book, sizes: Sizes) -> None:
    """Measure the peak memory of sweeps over grids of two sizes."""
    rows, grown = [], []
    for name in ("total.rule", "flops"):
        small, big = (peak_memory(name, layers) for layers in (1, sizes.layers))
        points = [subject(benchmark_spec(layers=layers), name).grid.points for layers in (1, sizes.layers)]
        rows.append((name, f"{points[0]:,}: {small} MB", f"{points[1]:,}: {big} MB"))
        grown.append(big - small)
    book.table("Peak memory of a process that sweeps", "", ("claim", "small grid", "large grid"), rows)
    book.must(
        "peak memory does not grow with the grid",
        f"by {', '.join(f'{each} MB' for each in grown)} for {sizes.layers} times the points",
        reached=max(grown) <= 8,
    )
