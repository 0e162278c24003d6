"""The same claims on the same grids by others: generated C, NumPy, numexpr and plain Python."""

from __future__ import annotations

import importlib
import itertools
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.claims import Subject
from benchmarks.measure import Timing, timed
from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import Comparison, Expression, Logic
from weighbridge.spec.model import Axis
from weighbridge.spec.question import GridPoint

#: Elements of one block of NumPy's and numexpr's: a few megabytes, which is where they are fastest.
BLOCK = 2**20
FLAGS = ("-O3", "-march=native", "-fopenmp", "-std=gnu11")


@dataclass(frozen=True, slots=True)
class Count:
    """How many points fail, and the number of the smallest in lexicographic order; -1 where none does."""

    violations: int
    first: int


def fails(condition: Expression) -> str:
    """Return, in C and in Python, when a conjunction of comparisons is false; neither stops at the first."""
    match condition:
        case Logic("and", operands):
            return " | ".join(map(fails, operands))
        case Comparison((left, right), (operator,)):
            opposite = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}[operator]
            return f"({plain(left)} {opposite} {plain(right)})"
        case _:
            raise AssertionError(f"no conjunction of comparisons: {to_text(condition)}")


def plain(tree: Expression) -> str:
    """Return an expression that C and Python read alike."""
    text = re.sub(r"(?<=\d)_(?=\d)", "", to_text(tree))
    assert not re.search(r"\*\*|/|%|\b(if|and|or)\b", text), f"not the same in C: {text}"
    return text


def strides(axes: Sequence[Axis]) -> dict[str, int]:
    """Return by how much a point's number grows along each axis."""
    found, stride = {}, 1
    for axis in reversed(axes):
        found[axis.symbol] = stride
        stride *= len(axis.values)
    return found


def number_of(subject: Subject, point: GridPoint | None) -> int:
    """Return the place of a point in lexicographic order; -1 for none."""
    if point is None:
        return -1
    stride = strides(subject.grid.axes)
    return sum(stride[axis.symbol] * axis.values.index(point[axis.symbol]) for axis in subject.grid.axes)


def c_source(subject: Subject, order: Sequence[str], number: str) -> str:
    """Return a C program that counts; `order` is how the loops nest, `number` the type of values.

    Rows are counted without branches, and searched for their first failure only where they have one.
    """
    axes = {axis.symbol: axis for axis in subject.grid.axes}
    stride = strides(subject.grid.axes)
    lines = ["#include <stdint.h>", "#include <stdio.h>", "#include <stdlib.h>", "#include <omp.h>"]
    lines.append(f"typedef {number} number;")
    for name, axis in axes.items():
        if not isinstance(axis.values, range):
            lines.append(f"static const int64_t values_{name}[] = {{{', '.join(map(str, axis.values))}}};")

    def value(name: str) -> str:
        values = axes[name].values
        text = (
            f"{values.start}LL + {values.step}LL * i_{name}"
            if isinstance(values, range)
            else f"values_{name}[i_{name}]"
        )
        return f"const number {name} = {text};"

    def loop(name: str) -> str:
        return f"for (int64_t i_{name} = 0; i_{name} < {len(axes[name].values)}; i_{name}++)"

    *outer, row = order
    together = 3
    fail = re.sub(r"\b(\d{10,})\b", big, fails(subject.question.condition))
    lines += [
        "static void count(int64_t *violations, int64_t *first) {",
        "  int64_t found = 0, smallest = INT64_MAX;",
        f"  #pragma omp parallel for collapse({together}) schedule(static) reduction(+:found) reduction(min:smallest)",
        *[f"  {loop(name)}" for name in outer[:together]],
        "  {",
        *[f"    {value(name)}" for name in outer[:together]],
        *[f"    {loop(name)} {{ {value(name)}" for name in outer[together:]],
        "      int in_row = 0;",
        f"      {loop(row)} {{ {value(row)} in_row += {fail}; }}",
        "      if (in_row) {",
        "        found += in_row;",
        f"        const int64_t base = {' + '.join(f'{stride[name]}LL * i_{name}' for name in outer)};",
        "        if (base < smallest)",
        f"          {loop(row)} {{ {value(row)}",
        f"            if ({fail}) {{",
        f"              const int64_t here = base + {stride[row]}LL * i_{row};",
        "              if (here < smallest) smallest = here;",
        "              break;",
        "            }",
        "          }",
        "      }",
        "    " + "}" * len(outer[together:]),
        "  }",
        "  *violations = found; *first = smallest == INT64_MAX ? -1 : smallest;",
        "}",
        "int main(int argc, char **argv) {",
        "  for (int turn = atoi(argv[1]); turn > 0; turn--) {",
        "    int64_t violations, first;",
        "    const double start = omp_get_wtime();",
        "    count(&violations, &first);",
        '    printf("%lld %lld %.9f\\n", (long long)violations, (long long)first, omp_get_wtime() - start);',
        "  }",
        "}",
    ]
    return "\n".join(lines) + "\n"


def big(digits: re.Match[str]) -> str:
    """Return an integer literal of any size, which C has up to 64 bits alone."""
    whole, rest = divmod(int(digits[0]), 10**18)
    return f"((number){whole}LL * 1000000000000000000LL + {rest}LL)" if whole else f"{rest}LL"


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled C program."""

    path: Path

    def run(self, threads: int) -> tuple[Count, Timing]:
        """Count once; the time is the program's own, without its start."""
        environment = os.environ | {"OMP_NUM_THREADS": str(threads)}
        done = subprocess.run([str(self.path), "1"], capture_output=True, text=True, check=True, env=environment)
        violations, first, taken = done.stdout.split()
        return Count(int(violations), int(first)), Timing((float(taken),))


def compiled(subject: Subject, folder: Path, *, order: Sequence[str] = (), number: str = "int64_t") -> Program:
    """Return the C program for a claim; the loops nest as the symbols stand unless `order` says otherwise."""
    names = order or [axis.symbol for axis in subject.grid.axes]
    path = folder / f"{subject.name}.{'-'.join(names)}.{number.strip('_')}"
    source = path.with_suffix(".c")
    source.write_text(c_source(subject, names, number), encoding="utf-8")
    subprocess.run(["gcc", *FLAGS, "-o", str(path), str(source)], check=True)
    return Program(path)


def longest_last(subject: Subject) -> list[str]:
    """Return the symbols in their order, but with that of the longest axis last: long rows are what C likes."""
    longest = max(subject.grid.axes, key=lambda axis: len(axis.values)).symbol
    return [*(axis.symbol for axis in subject.grid.axes if axis.symbol != longest), longest]


def blocks(subject: Subject) -> tuple[list[Axis], list[Axis]]:
    """Return the axes that are looped over, and those that make one block of at most `BLOCK` elements."""
    axes, size = list(subject.grid.axes), 1
    inner: list[Axis] = []
    while axes and size * len(axes[-1].values) <= BLOCK:
        size *= len(axes[-1].values)
        inner.insert(0, axes.pop())
    return axes, inner


def arrays(inner: Sequence[Axis]) -> dict[str, Any]:
    """Return each axis of a block as an array that broadcasts along the others."""
    return {
        axis.symbol: np.array(axis.values, dtype=np.int64).reshape([-1 if other is axis else 1 for other in inner])
        for axis in inner
    }


def in_blocks(subject: Subject, share: int, evaluate: Any) -> tuple[Count, int]:
    """Count every `share`-th block by a function of the symbols; return the points that were visited as well."""
    outer, inner = blocks(subject)
    block = arrays(inner)
    size = 1
    for axis in inner:
        size *= len(axis.values)
    violations, first, visited = 0, -1, 0
    for number, values in enumerate(itertools.product(*(axis.values for axis in outer))):
        if number % share:
            continue
        point = {axis.symbol: np.int64(value) for axis, value in zip(outer, values, strict=True)}
        failing = evaluate(point | block)
        found = int(np.count_nonzero(failing))
        if found and first < 0:
            first = number * size + int(np.argmax(np.broadcast_to(failing, [len(a.values) for a in inner])))
        violations += found
        visited += size
    return Count(violations, first), visited


def with_numpy(subject: Subject, share: int) -> tuple[Count, Timing]:
    """Count with NumPy, broadcasting within blocks; the time is scaled to the whole grid."""
    code = compile(fails(subject.question.condition), "claim", "eval")

    def evaluate(values: Mapping[str, Any]) -> Any:
        return eval(code, {"__builtins__": {}}, values)  # noqa: S307 - our own claim

    (count, visited), timing = timed(lambda: in_blocks(subject, share, evaluate))
    return count, timing.scaled(subject.grid.points / visited)


def with_numexpr(subject: Subject, share: int, threads: int) -> tuple[Count, Timing]:
    """Count with numexpr in the same blocks, on as many threads as everyone."""
    numexpr: Any = importlib.import_module("numexpr")
    numexpr.set_num_threads(threads)
    text = fails(subject.question.condition)

    def evaluate(values: Mapping[str, Any]) -> Any:
        return numexpr.evaluate(text, local_dict=values, global_dict={})

    (count, visited), timing = timed(lambda: in_blocks(subject, share, evaluate))
    return count, timing.scaled(subject.grid.points / visited)


def with_python(subject: Subject, points: int) -> tuple[int, Timing]:
    """Count with nested loops of plain Python on the first so many points; the time is scaled to the whole grid."""
    names = [axis.symbol for axis in subject.grid.axes]
    lines = ["def count(limit):", "  visited = violations = 0"]
    for depth, axis in enumerate(subject.grid.axes):
        values = axis.values
        text = f"range({values.start}, {values.stop}, {values.step})" if isinstance(values, range) else str(values)
        lines.append(f"{'  ' * (depth + 1)}for {axis.symbol} in {text}:")
    inside = "  " * (len(names) + 1)
    lines += [f"{inside}violations += {fails(subject.question.condition)}", f"{inside}visited += 1"]
    lines += [f"{'  ' * len(names)}if visited >= limit: return visited, violations", "  return visited, violations"]
    space: dict[str, Any] = {}
    exec("\n".join(lines), space)  # noqa: S102 - our own claim
    (visited, violations), timing = timed(lambda: space["count"](points))
    return violations, timing.scaled(subject.grid.points / visited)
