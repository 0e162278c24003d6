"""The compiled counter against the reference evaluation, point by point."""

from __future__ import annotations

import itertools
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from strategies import conditions, numbers_trees
from weighbridge.engines import sweep as sweep_module
from weighbridge.engines.counter import Counter
from weighbridge.engines.lowering import lower, nodes_of
from weighbridge.engines.nodes import Op
from weighbridge.engines.rows import RowProgram, lower_rows
from weighbridge.engines.sweep import Tally, count, sweep, walk
from weighbridge.engines.terms import Refusal, Terms
from weighbridge.formula.parser import parse
from weighbridge.formula.tree import Expression, substitute
from weighbridge.spec.model import Axis, Grid
from weighbridge.spec.question import GridPoint, OnGrid, Question
from weighbridge.verdict import OverBudget

SYMBOLS = ("a", "b", "c")
PLENTY = 10**12


def grid_of(derived: Mapping[str, str] | None = None, **axes: range | tuple[int, ...]) -> Grid:
    return Grid(
        name="grid",
        axes=tuple(Axis(symbol, values) for symbol, values in axes.items()),
        derived={name: parse(text) for name, text in (derived or {}).items()},
        minimums=dict.fromkeys(derived or {}, 1),
    )


def ask(grid: Grid, condition: str | Expression, *assuming: str) -> Question:
    tree = parse(condition) if isinstance(condition, str) else condition
    return Question(condition=tree, domain=OnGrid(grid), minimums={}, assuming=tuple(map(parse, assuming)))


def found(grid: Grid, condition: str, *assuming: str, max_points: int = PLENTY, threads: int = 2) -> Tally:
    (tally,) = sweep([ask(grid, condition, *assuming)], grid, max_points=max_points, threads=threads)
    assert isinstance(tally, Tally)
    return tally


def essence(tally: Tally) -> tuple[object, ...]:
    """Return what two ways of visiting a grid must agree on: where a point has no value, that is all that counts."""
    point = None if tally.first is None else dict(tally.first.axes)
    unknown = None if tally.unknown is None else dict(tally.unknown.axes)
    return (unknown,) if unknown is not None else (tally.points, tally.violations, point)


def axis_values() -> st.SearchStrategy[range | tuple[int, ...]]:
    starts = st.sampled_from((1, 1, 2, 7, 64, 2**20, 2**31 - 2, 2**32 - 1, 2**62))
    ranges = st.builds(
        lambda low, step, n: range(low, low + step * n, step), starts, st.integers(1, 9), st.integers(1, 9)
    )
    lists = st.lists(st.integers(1, 60) | starts, min_size=1, max_size=6, unique=True).map(lambda v: tuple(sorted(v)))
    return ranges | lists


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    axes = {symbol: draw(axis_values()) for symbol in SYMBOLS}
    derived = {"d": draw(numbers_trees(SYMBOLS, depth=1, fractions=True))} if draw(st.booleans()) else {}
    return Grid(
        name="grid",
        axes=tuple(Axis(symbol, values) for symbol, values in axes.items()),
        derived=derived,
        minimums=dict.fromkeys(derived, 1),
    )


@st.composite
def questions(draw: st.DrawFn) -> Question:
    grid = draw(grids())
    names = (*SYMBOLS, *grid.derived)
    trees = conditions(names, depth=2, fractions=True, zero_divisors=draw(st.booleans()))
    assuming = draw(st.lists(conditions(names, depth=1, fractions=True), max_size=2))
    return Question(condition=draw(trees), domain=OnGrid(grid), minimums={}, assuming=tuple(assuming))


def domain_of(question: Question) -> Grid:
    assert isinstance(question.domain, OnGrid)
    return question.domain.grid


@given(question=questions())
@settings(max_examples=150)
@example(ask(grid_of(a=range(1, 9), b=(3, 5, 900)), "a * b // 7 % 5 < 4 or b / a > 11", "a != b"))
def test_the_counter_agrees_with_the_reference_or_refuses(question: Question) -> None:
    grid = domain_of(question)
    (tally,) = sweep([question], grid, max_points=PLENTY, threads=1)
    assert isinstance(tally, Tally)
    assert essence(tally) == essence(walk(question, grid))


@given(question=questions())
@settings(max_examples=80)
def test_rows_agree_with_the_reference_or_refuse(question: Question) -> None:
    """Conditions that are lines are usually counted as such; computed row by row they give the same."""
    grid = domain_of(question)
    terms = Terms(grid)
    try:
        tracks = terms.tracks(question)
        nodes = [node for node in nodes_of([tracks]) if terms.ops[node][0] != Op.CONST]
        program = lower_rows(terms, nodes)
    except Refusal:
        return
    counts, firsts = count(Counter(program), threads=1)
    reference = walk(question, grid)
    got = dict(zip(nodes, zip(counts, firsts, strict=True), strict=True))
    if reference.unknown is None and tracks.violated in got:
        violations, first = got[tracks.violated]
        assert violations == reference.violations
        assert (first is None) == (reference.first is None)


def test_few_random_questions_are_refused() -> None:
    """The laws above say something only where the counter does the counting."""
    answers = {"counted": 0, "refused": 0}

    @given(question=questions())
    @settings(max_examples=60)
    def look(question: Question) -> None:
        terms = Terms(domain_of(question))
        try:
            lower(terms, nodes_of([terms.tracks(question)]))
            answers["counted"] += 1
        except Refusal:
            answers["refused"] += 1

    look()
    assert answers["counted"] > answers["refused"]


@pytest.mark.parametrize(
    ("condition", "violations", "first"),
    [
        # 2^63 is the first value that a 64-bit integer does not have; its neighbours are one apart.
        ("a * b == 9_223_372_036_854_775_807", 4, {"a": 2**31, "b": 2**31}),
        ("a * b * 2 == 9_223_372_036_854_775_808", 3, {"a": 2**31, "b": 2**31 + 1}),
        ("a * b * 4 >= 0", 0, None),
        ("a * b * 4 == (a * b - 4_611_686_018_427_387_904) * 4", 4, {"a": 2**31, "b": 2**31}),
        ("a * b < 4_611_686_022_722_355_201", 1, {"a": 2**31 + 1, "b": 2**31 + 1}),
    ],
)
def test_values_around_two_to_the_63_never_wrap(
    condition: str, violations: int, first: Mapping[str, int] | None
) -> None:
    grid = grid_of(a=range(2**31, 2**31 + 2), b=range(2**31, 2**31 + 2))
    tally = found(grid, condition)
    assert tally.violations == violations
    assert (None if tally.first is None else dict(tally.first)) == first


def test_what_does_not_fit_64_bits_is_evaluated_exactly_and_says_so() -> None:
    grid = grid_of(a=range(1, 2**40, 2**39), b=range(1, 2**40, 2**39))
    tally = found(grid, "a * b // 7 != 7")
    assert tally.how == "each evaluated in unbounded integers, since values reach 4.3e+22, past 64 bits"
    assert (tally.violations, tally.first) == (0, None)
    assert found(grid, "a ** 3 * b != 7").how == (
        "each evaluated in unbounded integers, since values reach 9.1e+46, past 100 bits"
    )


@pytest.mark.parametrize("small", ["(h * 2 ** 70 + 5) % 7", "h * 2 ** 70 // 2 ** 69"])
def test_what_is_small_but_made_of_more_than_64_bits_is_evaluated_exactly(small: str) -> None:
    """A remainder is not computed in two limbs, however small it is itself."""
    tally = found(grid_of(x=range(1, 100), y=range(1, 50), h=range(1, 4)), f"({small}) * x + y != 300")
    value = {h: (h * 2**70 + 5) % 7 if "%" in small else 2 * h for h in range(1, 4)}
    points = itertools.product(range(1, 100), range(1, 50), range(1, 4))
    assert tally.violations == sum(value[h] * x + y == 300 for x, y, h in points)
    assert tally.how == "each evaluated in unbounded integers, since values reach 3.5e+21, past 64 bits"


def test_bounds_of_more_digits_than_python_prints_are_told_too() -> None:
    """Once and 4 times 2 ** 20,000 are 3 times as much apart, which has 6,022 digits and begins with 119."""
    tally = found(
        grid_of(a=range(1, 5)), "2 ** 9000 * 2 ** 9000 * 2 ** 2000 * a > a * 2 ** 9000 * 2 ** 9000 * 2 ** 2000"
    )
    assert tally.how == "each evaluated in unbounded integers, since values reach 1.1e+6021, past 100 bits"
    assert dict(tally.unknown or {}) == {"a": 1}


@pytest.mark.parametrize(
    ("condition", "fails"),
    [
        ("6 * n * d * b == 2 * n * d * b + 4 * n * d * b", lambda _n, _d, _b: False),
        ("6 * n * d < 3 * 10 ** 23", lambda n, d, _: 6 * n * d >= 3 * 10**23),
        ("n * d * b != 175 * 10 ** 21", lambda n, d, b: n * d * b == 175 * 10**21),
        ("n * d * b > 4 * 10 ** 22 or n * d <= b * 10 ** 20", lambda n, d, b: 4 * 10**22 >= n * d * b > b * b * 10**20),
        ("n * d * b >= 2 * 10 ** 22 and n % 2 * d == 0", lambda n, d, b: n * d * b < 2 * 10**22 or n % 2 * d != 0),
        ("(n - d) * b ** 2 * d > 0 - 2 ** 80", lambda n, d, b: (n - d) * b**2 * d <= -(2**80)),
    ],
)
def test_training_flops_are_counted_in_two_limbs(condition: str, fails: Callable[[int, int, int], bool]) -> None:
    """Six times parameters times tokens reaches 3e23: past 64 bits, and still compiled; counted here in plain loops."""
    axes: dict[str, range | tuple[int, ...]] = {
        "n": range(10**9, 175 * 10**9 + 1, 29 * 10**9),
        "d": (10**11, 10**12, 3 * 10**12),
        "b": range(1, 41),
    }
    if "(n - d)" in condition:
        axes["d"], axes["b"] = range(10**11, 10**13, 10**11), (1, 3, 7)
    grid = grid_of({}, **axes)
    tally = found(grid, condition)
    bad = [point for point in itertools.product(*axes.values()) if fails(*point)]
    assert tally.how == "each visited by the compiled counter"
    assert tally.violations == len(bad)
    assert (None if tally.first is None else tuple(tally.first.axes.values())) == min(bad, default=None)


@given(question=questions(), shift=st.integers(30, 90))
@settings(max_examples=60)
def test_two_limbs_agree_with_the_reference_or_refuse(question: Question, shift: int) -> None:
    """Any comparison of lines stays as it is when both sides are moved far past 64 bits."""
    grid = domain_of(question)
    terms = Terms(grid)
    far = substitute(question.condition, {"a": parse(f"(a + 2 ** {shift} - 2 ** {shift})")})
    moved = Question(condition=far, domain=question.domain, minimums={}, assuming=question.assuming)
    try:
        lower(terms, nodes_of([terms.tracks(moved)]))
    except Refusal:
        return
    (tally,) = sweep([moved], grid, max_points=PLENTY, threads=1)
    assert isinstance(tally, Tally)
    assert essence(tally) == essence(walk(question, grid))


def test_the_smallest_counterexample_is_lexicographic_in_the_order_of_the_axes() -> None:
    """Twelve is a product in few ways; whichever axis runs fastest inside, the first by (a, b) is reported."""
    for low in (1, 2):
        grid = grid_of(a=range(low, 200), b=range(1, 13), c=(5, 6))
        tally = found(grid, "a * b != 12")
        assert tally.first is not None
        assert dict(tally.first) == {"a": low, "b": 12 // low, "c": 5}
        assert tally.violations == 2 * (6 if low == 1 else 5)


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_any_number_of_threads_and_pieces_finds_the_same(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep_module, "PIECE_SECONDS", 1e-6)
    grid = grid_of(a=range(1, 40), b=range(3, 90, 4), c=(2, 3, 5, 7))
    tally = found(grid, "a * b % c != 3 or b < 20", "a != 4", threads=threads)
    points = [p for p in itertools.product(range(1, 40), range(3, 90, 4), (2, 3, 5, 7)) if p[0] != 4]
    bad = [p for p in points if p[0] * p[1] % p[2] == 3 and p[1] >= 20]
    assert (tally.points, tally.violations) == (len(points), len(bad))
    assert tally.first is not None
    assert tuple(tally.first.axes.values()) == min(bad)


def test_derived_symbols_follow_and_a_point_where_one_is_no_integer_has_no_value() -> None:
    grid = grid_of({"d_head": "d_model / n_heads"}, d_model=range(12, 37, 12), n_heads=range(1, 6))
    tally = found(grid, "d_head * n_heads == d_model")
    assert tally.unknown is not None
    assert dict(tally.unknown.axes) == {"d_model": 12, "n_heads": 5}
    within = found(grid, "d_head * n_heads == d_model", "d_model % n_heads == 0")
    assert (within.points, within.violations, within.unknown) == (12, 0, None)


def test_an_assumption_that_no_point_meets_leaves_no_points() -> None:
    assert found(grid_of(a=range(1, 9), b=range(1, 9)), "a == b", "a > b", "b > a").points == 0


def test_claims_of_one_grid_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    programs: list[int] = []
    original = Counter.__init__

    def counting(self: Counter, program: object) -> None:
        programs.append(1)
        original(self, program)  # type: ignore[arg-type]

    monkeypatch.setattr(Counter, "__init__", counting)
    grid = grid_of(a=range(1, 50), b=range(1, 50))
    texts = ("a * b == b * a", "a + b > 2", "a * a + b != 90")
    tallies = sweep([ask(grid, text) for text in texts], grid, max_points=PLENTY)
    assert len(programs) == 1
    assert [tally.violations for tally in tallies if isinstance(tally, Tally)] == [0, 1, 3]


def test_a_grid_past_the_budget_is_not_begun() -> None:
    grid = grid_of(a=range(1, 10**6 + 1), b=range(1, 10**6 + 1))
    assert sweep([ask(grid, "a == b")], grid, max_points=10**11) == [OverBudget(10**12, 10**11, "--max-points")]


def test_a_hundred_thousand_million_points_take_constant_memory() -> None:
    grid = grid_of(a=range(1, 10**5 + 1), b=range(1, 10**6 + 1))
    found(grid_of(a=range(1, 99), b=range(1, 99)), "a * b == b * a")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tally = found(grid, "a * b == b * a + a - a")
    assert (tally.points, tally.violations) == (10**11, 0)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # KiB


def test_progress_ends_with_all_points_done() -> None:
    seen: list[tuple[int, int]] = []
    grid = grid_of(a=range(1, 5_001), b=range(1, 5_001))
    sweep([ask(grid, "a * b == b * a")], grid, max_points=PLENTY, progress=lambda done, all_: seen.append((done, all_)))
    assert seen[-1] == (25_000_000, 25_000_000)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_an_interrupt_is_heard_within_a_piece() -> None:
    """The sweep of 10^14 points below would take hours; it ends at the interrupt, and the process with it."""
    code = (
        "import sys\n"
        "sys.path.insert(0, 'tests')\n"
        "from test_engines_sweep import *\n"
        "grid = grid_of(a=range(1, 10**7 + 1), b=range(1, 10**7 + 1))\n"
        "say = lambda done, total: print('begun', flush=True)\n"
        "try:\n"
        "    sweep([ask(grid, 'a * b == b * a')], grid, max_points=10**15, progress=say)\n"
        "except KeyboardInterrupt:\n"
        "    print('interrupted', flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)
    assert rest.splitlines()[-1] == "interrupted"
    assert process.returncode == 0


def test_points_are_numbered_in_lexicographic_order() -> None:
    grid = grid_of(a=(2, 5), b=range(10, 40, 10))
    points = [sweep_module.point_of(grid, number) for number in range(6)]
    assert [tuple(point.axes.values()) for point in points if point] == [*itertools.product((2, 5), (10, 20, 30))]
    assert isinstance(points[0], GridPoint)


def test_conditions_of_floor_division_are_computed_in_rows() -> None:
    terms = Terms(grid_of(a=range(1, 50), b=range(1, 50)))
    ((program, _),) = lower(terms, [terms.tracks(ask(terms.grid, "a // b * b <= a")).violated])
    assert isinstance(program, RowProgram)
