"""How long it takes to visit every point: the sweep beside C, NumPy, numexpr and plain Python."""

from __future__ import annotations

from pathlib import Path

from benchmarks import rivals
from benchmarks.book import Book, Sizes
from benchmarks.claims import Subject, benchmark_spec, subject
from benchmarks.deciding import DECIDING, decided, judged
from benchmarks.measure import Timing, figure, joined, ratio, timed
from weighbridge.counting import MAX_POINTS, SECOND_OPINION
from weighbridge.engines.sweep import Tally, sweep
from weighbridge.spec.model import Spec

#: The claim that what is to be reached speaks of: right, and with one symbol wrong.
THE_CLAIM = ("total", "total.wrong")


def swept(subject: Subject, threads: int) -> tuple[rivals.Count, Timing]:
    """Count by visiting every point."""
    (tally,), timing = timed(lambda: sweep([subject.question], subject.grid, max_points=MAX_POINTS, threads=threads))
    assert isinstance(tally, Tally), tally
    assert "visited by the compiled counter" in tally.how, tally.how
    return rivals.Count(tally.violations, rivals.number_of(subject, tally.first)), timing


def check_counts(counts: dict[str, rivals.Count]) -> None:
    """Stop where two do not agree on the number of violations and the smallest."""
    assert len(set(counts.values())) == 1, f"they disagree: {counts}"


def visits(book: Book, sizes: Sizes, folder: Path, threads: int) -> None:
    """Measure the sweep, the default engine and C on the seven-symbol total."""
    spec = benchmark_spec(layers=sizes.layers)
    sweeps, defaults, sweep_ratios, default_ratios = [], [], {}, {}
    for name in ("total", "total.wrong", "total.rule", "total.ordering"):
        each = subject(spec, name)
        as_written = rivals.compiled(each, folder)
        long_rows = rivals.compiled(each, folder, order=rivals.longest_last(each))
        swept(subject(benchmark_spec(layers=1), name), threads)
        decided(each)
        rounds: dict[str, list[Timing]] = {"c": [], "long": [], "sweep": [], "default": [], "verdict": []}
        for _ in range(sizes.repetitions):
            counts = {}
            counts["c"], taken = as_written.run(threads)
            rounds["c"].append(taken)
            counts["long"], taken = long_rows.run(threads)
            rounds["long"].append(taken)
            counts["sweep"], taken = swept(each, threads)
            rounds["sweep"].append(taken)
            counts["default"], taken, how = decided(each)
            rounds["default"].append(taken)
            rounds["verdict"].append(judged(spec, each))
            check_counts(counts)
        c, long, visited, default = (joined(rounds[key]) for key in ("c", "long", "sweep", "default"))
        best = min(c, long, key=lambda timing: timing.median)
        sweep_ratios[name], default_ratios[name] = ratio(best, visited), ratio(best, default)
        billions = each.grid.points / 1e9
        sweeps.append(
            (
                name,
                f"{counts['c'].violations:,}",
                f"{c} ({figure(billions / c.median)} billion points/s)",
                f"{long} ({figure(billions / long.median)})",
                f"{visited} ({figure(billions / visited.median)})",
                str(sweep_ratios[name]),
            )
        )
        defaults.append((name, str(best), str(default), str(default_ratios[name]), str(joined(rounds["verdict"])), how))
    grid = subject(spec, "total").grid
    points = (
        f"{grid.points:,} points, {threads} threads. The number of violations and the smallest are the same by all."
    )
    book.table(
        "Every point visited: the sweep and C",
        f"{points} C nests its loops as the symbols stand, or with the longest axis innermost; the ratio is with the "
        "faster of the two. Above 1 the sweep is faster.",
        ("claim", "violations", "C", "C, long rows", "sweep", "C / sweep"),
        sweeps,
    )
    book.table(
        "The default engine and C",
        f"The same grid, {grid.points:,} points. {DECIDING}. A run "
        f"that has up to {SECOND_OPINION:,} points to count visits them besides, as a second opinion, and takes as "
        "long as that.",
        ("claim", "C, the faster", "decided in", "C / decided", "with replay and explanation", "how"),
        defaults,
    )
    book.must(
        "sweep of the seven-symbol total: at least as fast as C",
        "; ".join(f"{name} {sweep_ratios[name]}" for name in THE_CLAIM),
        reached=all(sweep_ratios[name].median >= 1 for name in THE_CLAIM),
    )
    book.must(
        "default engine on the same claim: at least 100 times faster than C",
        "; ".join(f"{name} {default_ratios[name]}" for name in THE_CLAIM),
        reached=all(default_ratios[name].median >= 100 for name in THE_CLAIM),
    )
    arrays(book, sizes, threads, spec)


def arrays(book: Book, sizes: Sizes, threads: int, spec: Spec) -> None:
    """Measure the sweep against NumPy, numexpr and plain Python."""
    rows, ratios = [], {}
    for name in ("total", "total.rule"):
        each = subject(spec, name)
        plain, taken = rivals.with_python(each, sizes.python_points)
        by_python = taken
        visited = joined([swept(each, threads)[1] for _ in range(sizes.few)])
        by_numpy = joined([rivals.with_numpy(each, sizes.numpy_share)[1] for _ in range(sizes.few)])
        by_numexpr = joined([rivals.with_numexpr(each, sizes.numexpr_share, threads)[1] for _ in range(sizes.few)])
        ratios[name] = ratio(by_numpy, visited)
        assert (plain == 0) == (name == "total")
        for label, timing, share in (
            ("NumPy, broadcasting in blocks", by_numpy, f"1/{sizes.numpy_share} of the blocks, scaled"),
            ("numexpr, the same blocks", by_numexpr, f"1/{sizes.numexpr_share} of the blocks, scaled"),
            ("plain Python", by_python, f"{sizes.python_points:,} points, scaled"),
        ):
            rows.append((name, label, str(timing), str(visited), str(ratio(timing, visited)), share))
    book.table(
        "Every point visited: the sweep and arrays",
        "Blocks of a megabyte of elements; NumPy uses one thread, as it does.",
        ("claim", "by", "takes", "sweep", "times", "measured on"),
        rows,
    )
    book.must(
        "at least 20 times faster than NumPy",
        "; ".join(f"{name} {each}" for name, each in ratios.items()),
        reached=all(each.median >= 20 for each in ratios.values()),
    )


def wide(book: Book, sizes: Sizes, folder: Path, threads: int) -> None:
    """Measure the sweep where values pass 64 bits, beside C with 128-bit integers."""
    spec = benchmark_spec(layers=sizes.flops_layers)
    rows = []
    for name in ("flops", "flops.bound"):
        each = subject(spec, name)
        program = rivals.compiled(each, folder, number="__int128")
        swept(subject(benchmark_spec(layers=1), name), threads)
        c, visited = [], []
        for _ in range(sizes.repetitions):
            counts = {}
            counts["c"], taken = program.run(threads)
            c.append(taken)
            counts["sweep"], taken = swept(each, threads)
            visited.append(taken)
            check_counts(counts)
        found = ratio(joined(c), joined(visited))
        rows.append((name, f"{counts['c'].violations:,}", str(joined(c)), str(joined(visited)), str(found)))
    book.table(
        "Values past 64 bits",
        f"FLOPs of training, 6 N D, up to 10^27; {each.grid.points:,} points; C with `__int128`.",
        ("claim", "violations", "C", "sweep", "C / sweep"),
        rows,
    )
