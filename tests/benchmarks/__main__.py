"""Runs every benchmark once and writes reports/benchmarks.md: ratios within this run, and what each was to reach.

    PYTHONPATH=tests python -m benchmarks [--quick] [--only PART]

`--quick` takes smaller grids and fewer repetitions; then, and with `--only`, the report is printed, not written.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.book import FULL, QUICK, Book, markdown
from benchmarks.claims import ROOT
from benchmarks.deciding import algebra, large
from benchmarks.measure import machine
from benchmarks.processes import memory, whole
from benchmarks.visiting import visits, wide

REPORT = ROOT / "reports" / "benchmarks.md"


def main() -> None:
    """Run all benchmarks."""
    parser = argparse.ArgumentParser(prog="benchmarks", description="Measure how fast claims are decided.")
    parser.add_argument("--quick", action="store_true", help="small grids; print the report instead of writing it")
    parser.add_argument("--only", help="one of visits, wide, large, algebra, whole, memory")
    asked = parser.parse_args()
    sizes = QUICK if asked.quick else FULL
    threads = len(os.sched_getaffinity(0))
    facts, book = machine(), Book()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parts: dict[str, Callable[[], None]] = {
            "visits": lambda: visits(book, sizes, folder, threads),
            "wide": lambda: wide(book, sizes, folder, threads),
            "large": lambda: large(book, sizes),
            "algebra": lambda: algebra(book, sizes),
            "whole": lambda: whole(book, sizes),
            "memory": lambda: memory(book, sizes),
        }
        for part in [asked.only] if asked.only else parts:
            parts[part]()
    text = "\n".join(markdown(book, facts)).rstrip() + "\n"
    if asked.quick or asked.only:
        sys.stdout.write(text)
    else:
        REPORT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
