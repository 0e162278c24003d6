"""Values and expressions have limits that flags raise, a spec never, and that are as usual for whoever comes next."""

from __future__ import annotations

import datetime
import json
import sys
import threading
from pathlib import Path

import pytest

import weighbridge
from test_cli import Run, run
from weighbridge.configuration import ENGINES
from weighbridge.engines.sweep import Tally
from weighbridge.errors import SpecErrors, UsageError
from weighbridge.formula.bounds import Interval, bounds
from weighbridge.formula.exact import EvaluationError, PastLimit, evaluate
from weighbridge.formula.limits import MOST, USUAL, Limits, allowed, in_force
from weighbridge.formula.parser import parse
from weighbridge.formula.subgrids import Subgrids
from weighbridge.formula.tokens import FormulaError
from weighbridge.formula.written import read_sides
from weighbridge.judge import Engine, Options
from weighbridge.spec.derived import tried
from weighbridge.spec.model import Axis, Grid
from weighbridge.spec.question import OnGrid, Question
from weighbridge.verdict import Errored, Holds, Refuted
from weighbridge.visiting import Beside, Visit
from weighbridge.watching import watched

__all__ = ["run"]  # a fixture

SPEC = """\
[document]
id = "note"
title = "A note"
cite = "a talk"

[symbols]
a = "a"
b = "b"

[quantities]
inner = "{inner}"

[models.m]
a = 3
b = 5

[grids.g]
a = "1..4"
b = "1..4"

[[claim]]
id = "model"
asserts = "{says}"
at = "m"

[[claim]]
id = "grid"
asserts = "{says}"
over = "g"
"""
ADVICE = "name the inner parts under [quantities], or raise the limit with --max-depth"

#: The powers of both sides are equal as 4 is 2 ** 2, and have 20,001 bits, so that 40,000 are plenty.
LARGE = "2 ** (20_000 * a // a) == 4 ** 10_000"
#: 2 ** 20_000 + 1 is odd, and every power of 4 is even.
ODD = "2 ** (20_000 * a // a) + 1 == 4 ** 10_000"


def deep(levels: int, inner: str = "a") -> str:
    """Return an absolute value of an absolute value and so on; each is `inner`, which is positive."""
    return "abs(" * (levels - 1) + inner + ")" * (levels - 1)


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """Return where a spec is to be written."""
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "spec").mkdir()
    return tmp_path / "spec" / "note.toml"


def write(path: Path, says: str, inner: str = "a") -> None:
    path.write_text(SPEC.format(says=says, inner=inner), "utf-8")


def verdicts(report: weighbridge.Report) -> list[type]:
    return [type(each.result.verdict) for each in report.results]


def messages(report: weighbridge.Report) -> list[str]:
    found = [each.result.verdict for each in report.results]
    return [each.message for each in found if isinstance(each, Errored)]


# Values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ENGINES)
def test_more_bits_decide_what_was_past_the_limit(engine: Engine, spec: Path) -> None:
    write(spec, LARGE)
    before = weighbridge.check(spec, engine=engine)
    told = "2 ** (20_000 * a // a) has more than 10,000 bits (--max-bits raises that)"
    assert messages(before)[0] == told
    assert verdicts(before)[0] is Errored
    assert verdicts(weighbridge.check(spec, engine=engine, max_bits=40_000)) == [Holds, Holds]
    assert messages(weighbridge.check(spec, engine=engine)) == messages(before)


@pytest.mark.parametrize("engine", ENGINES)
def test_more_bits_refute_what_is_false(engine: Engine, spec: Path) -> None:
    write(spec, ODD)
    report = weighbridge.check(spec, engine=engine, max_bits=40_000)
    assert verdicts(report) == [Refuted, Refuted]
    grid = report.results[1].result.verdict
    assert isinstance(grid, Refuted)
    assert (grid.violations, grid.points) == (16, 16)


@pytest.mark.parametrize(
    ("text", "bits", "fits"),
    [
        ("2 ** 9_999", 10_000, True),
        ("2 ** 10_000", 10_000, False),
        ("2 ** 10_000", 10_001, True),
        ("2 ** 10_001", 10_001, False),
        ("2 ** -10_001", 10_001, False),
        ("2 ** 10_000 + 2 ** 10_000", 10_001, False),
        ("2 ** 10_000 + 2 ** 10_000", 10_002, True),
        ("2 ** 6_000 * 2 ** 6_000", 12_000, False),
        ("2 ** 6_000 * 2 ** 6_000", 12_001, True),
        ("2 ** 6_000 / 2 ** -6_000", 12_001, True),
        ("2 ** 99_999", 100_000, True),
    ],
)
def test_the_limit_is_where_it_is_said_to_be(text: str, bits: int, fits: bool) -> None:  # noqa: FBT001 - a case
    """2 ** n has n + 1 bits."""
    tree = parse(text)
    with in_force(Limits(bits=bits)):
        if fits:
            value = evaluate(tree, {})
            assert isinstance(value, int)
            assert value.bit_length() <= bits
        else:
            with pytest.raises(PastLimit):
                evaluate(tree, {})


def test_the_highest_limit_names_no_flag(spec: Path) -> None:
    write(spec, "2 ** (100_000 * a // a) > 1")
    told = messages(weighbridge.check(spec, max_bits=MOST.bits))
    assert told[0] == "2 ** (100_000 * a // a) has more than 100,000 bits"


@pytest.mark.parametrize("name", ["json", "markdown", "html", "junit", "sarif", "github", "text"])
def test_every_format_writes_numbers_of_30_000_digits(name: str, spec: Path) -> None:
    """10 ** 30_000 + 1 is longer than Python writes at once; printed it is 1, many times 0, and 1."""
    write(spec, "10 ** 30_000 + a == 10 ** 30_000 + 1")
    text = weighbridge.render(weighbridge.check(spec, max_bits=MOST.bits), name)
    wide = f"1{',000' * 9_999},003" if name != "json" else f"1{'0' * 29_999}3"
    assert wide in text


def test_a_result_with_such_numbers_is_read_again(spec: Path, tmp_path: Path, run: Run) -> None:
    """A negative fraction is the longest: 1/3 ** 30_000 - 1/2 has a numerator and a denominator of 14,000 digits."""
    text = SPEC.format(says="a > 10 ** 25_000", inner="1 / 3 ** 30_000")
    text += '[[claim]]\nid = "printed"\nprinted = "0.5"\nequals = "inner"\nat = "m"\n'
    spec.write_text(text, "utf-8")
    saved, again = tmp_path / "saved.json", tmp_path / "again.json"
    assert run("check", spec, "--max-bits", "100_000", "--format", f"json:{saved}")[0] == 1
    (residual,) = [each["residual"] for each in json.loads(saved.read_bytes())["results"] if each["residual"]]
    above, below = residual.split("/")
    assert above[0] == "-"
    assert below[-4:] == f"{2 * pow(3, 30_000, 10_000) % 10_000:04}"
    assert above[-4:] == f"{(pow(3, 30_000, 10_000) - 2) % 10_000:04}"
    assert run("report", saved, "--format", f"json:{again}")[0] == run("report", saved)[0]
    assert again.read_bytes() == saved.read_bytes()


def test_bounds_reach_as_far_as_values_do() -> None:
    at_most_three = {"a": Interval(1, 3)}
    for text, low, high in (
        ("a * 2 ** 15_000", 2**15_000, 3 * 2**15_000),
        ("2 ** (5_000 * a)", 2**5_000, 2**15_000),
        ("a ** 9_000", 1, 3**9_000),
    ):
        assert bounds(parse(text), at_most_three) is None
        with in_force(Limits(bits=15_002)):
            assert bounds(parse(text), at_most_three) == Interval(low, high)


def test_an_identity_is_shown_by_values_as_far_as_values_reach() -> None:
    """A square of 18,001 bits, written as a product; the first is that multiplied out, the second is one more."""
    for right, differ in (("a ** 2 + 2 ** 9_001 * a + 2 ** 18_000", False), ("(a + 2 ** 9_000) ** 2 + 1", True)):
        sides = "(a + 2 ** 9_000) * (2 ** 9_000 + a)", right
        with in_force(Limits(bits=20_000)):
            read = read_sides(*map(parse, sides))
            assert read is not None
            grid = Subgrids({"a": range(1, 4)}, budget=1_000)
            assert grid.differ(read.left, read.right) is differ
        with pytest.raises(PastLimit), in_force(Limits(bits=18_000)):
            Subgrids({"a": range(1, 4)}, budget=1_000).differ(read.left, read.right)


def test_values_of_many_digits_are_watched(spec: Path) -> None:
    """Python writes no integer of more than 4,300 digits; b has 5,726, and is 3 more for the second question."""
    write(spec, "b == 9 ** 6_000 + 3")
    text = spec.read_text().replace("b = 5", 'b = "3 ** 12_000"')
    spec.write_text(text)
    with in_force(Limits(bits=20_000)):
        project = watched(
            (str(spec),),
            root=None,
            options=Options(engine="algebra"),
            today=datetime.date(2026, 11, 24),
            max_bytes=None,
        )
        first = project.update().report
        spec.write_text(text.replace("12_000", "12_000 + 3"))
        second = project.update({spec}).report
    assert first is not None
    assert second is not None
    assert (verdicts(first)[0], verdicts(second)[0]) == (Refuted, Holds)


# Nesting ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ENGINES)
def test_deeper_expressions_are_read_and_decided(engine: Engine, spec: Path) -> None:
    """99 levels are one more with the comparison; what is nested so is a all the same."""
    write(spec, f"{deep(99)} == a")
    with pytest.raises(SpecErrors) as caught:
        weighbridge.check(spec, engine=engine)
    assert str(caught.value).splitlines() == [
        f"spec/note.toml:{line}:{column}: error: claim '{name}': nested deeper than 50 levels; {ADVICE}"
        for line, column, name in ((23, 212, "model"), (28, 212, "grid"))
    ]
    assert verdicts(weighbridge.check(spec, engine=engine, max_depth=100)) == [Holds, Holds]
    with pytest.raises(SpecErrors):
        weighbridge.check(spec, engine=engine)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("nest", ["abs({})", "ceil_div({}, 1)", "min({}, a)", "({} if a > 0 else b)", "{} // 1"])
def test_what_is_put_in_may_be_as_deep_as_the_limit_says(nest: str, engine: Engine, spec: Path) -> None:
    """Each of these is a, for all a: 96 levels that stand for another 66, and a comparison."""
    inner, says = "a", "inner"
    for _ in range(95):
        inner = nest.format(inner)
    for _ in range(66):
        says = nest.format(says)
    write(spec, f"{says} == a", inner)
    assert verdicts(weighbridge.check(spec, engine=engine, max_depth=100)) == [Holds, Holds]


def test_growth_in_depth_names_the_flag(spec: Path) -> None:
    """50 levels of 50 of 50 are more than 120, and no 20,000 terms; at the highest limit there is nothing to raise."""
    write(spec, f"{deep(45, 'outer')} == a", deep(50))
    spec.write_text(spec.read_text().replace("[models.m]", f'outer = "{deep(40, "inner")}"\n\n[models.m]'))
    more = "when everything that it is made of is put in"
    for depth, levels, advice in ((None, 120, "; raise the limit with --max-depth"), (100, 170, "")):
        if depth:
            spec.write_text(spec.read_text().replace(f'"{deep(50)}"', f'"{deep(99)}"'))
        with pytest.raises(SpecErrors) as caught:
            weighbridge.load(spec, max_depth=depth)
        assert f"grows past 20,000 terms or {levels} levels {more}{advice}" in str(caught.value).splitlines()[0]
        assert str(caught.value).splitlines()[0].endswith(f"{more}{advice}")


@pytest.mark.parametrize(
    "text",
    [
        deep(101),
        "not " * 101 + "a == 1",
        "a ** " * 101 + "1",
        "a / " * 101 + "1",
        "(" * 101 + "a" + ")" * 101,
        "(" * 1_000,
        "a if a == 1 else " * 101 + "1",
    ],
)
def test_past_the_highest_limit_is_one_clear_line(text: str) -> None:
    with in_force(MOST), pytest.raises(FormulaError) as caught:
        parse(text)
    assert str(caught.value) == "nested deeper than 100 levels; name the inner parts under [quantities]"


# Doors ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["check", "list", "explain", "coverage", "solve", "audit", "watch"])
@pytest.mark.parametrize(
    ("flag", "value", "wanted"),
    [
        ("max-bits", "100001", "10,000 to 100,000"),
        ("max-bits", "9999", "10,000 to 100,000"),
        ("max-bits", "many", "10,000 to 100,000"),
        ("max-depth", "101", "50 to 100"),
        ("max-depth", "0", "50 to 100"),
    ],
)
def test_too_high_or_low_a_limit_is_refused(verb: str, flag: str, value: str, wanted: str, run: Run) -> None:
    told = f"expected a whole number from {wanted}, found '{value}'\n"
    assert run(verb, "spec", f"--{flag}", value) == (2, "", f"weighbridge: error: --{flag}: {told}")
    variable = f"WEIGHBRIDGE_{flag.replace('-', '_').upper()}"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(variable, value)
        assert run(verb, "spec") == (2, "", f"weighbridge: error: {variable}: {told}")


@pytest.mark.parametrize("verb", ["check", "list", "coverage", "audit", "solve"])
def test_each_verb_reads_what_its_limits_allow(
    verb: str, spec: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(spec, f"{deep(60)} == a * 2 ** 20_000 / 2 ** 20_000")
    asked = (verb, spec, *(("--open", "a") if verb == "solve" else ()))
    code, _, err = run(*asked, "--max-bits", "40_000")
    assert code == 2
    assert err.splitlines()[0].endswith(f"nested deeper than 50 levels; {ADVICE}")
    raised = run(*asked, "--max-bits", "40_000", "--max-depth", "61")
    assert raised[2] == ""
    (spec.parents[1] / "pyproject.toml").write_text("[tool.weighbridge]\nmax-bits = 40_000\nmax-depth = 61\n")
    monkeypatch.chdir(spec.parents[1])
    assert run(*asked) == raised
    if verb == "check":
        assert raised[0] == 0


def test_a_spec_can_not_raise_its_limits(spec: Path) -> None:
    for key in ("max-depth", "max_bits"):
        spec.write_text(f"{key} = 100\n" + SPEC.format(says="a > 0", inner="a"), "utf-8")
        with pytest.raises(SpecErrors, match=f"unknown key '{key}'"):
            weighbridge.load(spec, max_depth=100)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"max_bits": 100_001}, "max_bits: expected 10,000 to 100,000, found 100001"),
        ({"max_bits": 0}, "max_bits: expected 10,000 to 100,000, found 0"),
        ({"max_depth": 101}, "max_depth: expected 50 to 100, found 101"),
        ({"max_depth": 49}, "max_depth: expected 50 to 100, found 49"),
    ],
)
def test_a_program_may_ask_for_no_more(given: dict[str, int], message: str, spec: Path) -> None:
    write(spec, "a > 0")
    for ask in (weighbridge.check, weighbridge.load):
        with pytest.raises(UsageError) as caught:
            ask(spec, **given)  # type: ignore[arg-type]
        assert str(caught.value) == message


# Whom they concern ------------------------------------------------------------------------------------------------


def test_limits_end_with_what_they_were_set_for() -> None:
    stack = sys.getrecursionlimit()
    with pytest.raises(EvaluationError), in_force(MOST):
        evaluate(parse("1 / 0"), {})
    assert (allowed(), sys.getrecursionlimit()) == (USUAL, stack)
    with in_force(MOST):
        with in_force(Limits(bits=20_000)):
            assert allowed() == Limits(bits=20_000, depth=50)
        assert (allowed(), sys.getrecursionlimit() > stack) == (MOST, True)
    assert (allowed(), sys.getrecursionlimit()) == (USUAL, stack)


def test_what_was_found_under_other_limits_is_not_remembered() -> None:
    """2 ** (4_000 * a) has 12,001 bits where a is 3."""
    grid = Grid(
        name="g", axes=(Axis("a", (1, 2, 3)),), derived={"d": parse("2 ** (4_000 * a)")}, minimums={"a": 1, "d": 1}
    )
    assert not tried("d", grid, ())
    with in_force(Limits(bits=12_001)):
        assert tried("d", grid, ())
    assert not tried("d", grid, ())


def test_two_threads_do_not_disturb_each_other() -> None:
    """Each waits for the other to be within its limits; the one that leaves first leaves the other its stack."""
    usual, both, first_left = sys.getrecursionlimit(), threading.Barrier(2, timeout=20), threading.Event()
    seen: dict[str, list[object]] = {}

    def first() -> None:
        with in_force(Limits(bits=20_000, depth=60)):
            both.wait()
            seen["first"] = [allowed().bits]
        first_left.set()

    def second() -> None:
        with in_force(Limits(bits=30_000, depth=100)):
            both.wait()
            first_left.wait(20)
            seen["second"] = [allowed().bits, sys.getrecursionlimit() > usual]

    workers = [threading.Thread(target=work) for work in (first, second)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert seen == {"first": [20_000], "second": [30_000, True]}
    assert (allowed(), sys.getrecursionlimit()) == (USUAL, usual)


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux alone")
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_a_process_beside_has_the_limits_of_who_asks() -> None:
    """Also where it was forked before they were in force. 2 ** (4_000 * a) is within 10,000 bits for a = 1 and 2."""
    grid = Grid(name="g", axes=(Axis("a", (1, 2, 3, 4)),))
    question = Question(condition=parse("2 ** (4_000 * a) > 1"), domain=OnGrid(grid), minimums={"a": 1})
    beside = Beside()
    try:
        beside.prepare()
        with in_force(MOST):
            raised = Visit(questions=(question,), grid=grid, max_points=10**12, threads=1)
        (found,) = beside.begin(raised, None)()
        usual = Visit(questions=(question,), grid=grid, max_points=10**12, threads=1)
        (without,) = beside.begin(usual, None)()
    finally:
        beside.close()
    assert isinstance(found, Tally)
    assert isinstance(without, Tally)
    assert (found.violations, found.unknown) == (0, None)
    assert without.unknown is not None
    assert dict(without.unknown) == {"a": 3}
