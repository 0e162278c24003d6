"""Which verdict comes of a claim, with what evidence, and what happens when two roads disagree."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction

import pytest

from weighbridge import counting, judge, visiting
from weighbridge.engines.sweep import Tally
from weighbridge.judge import ENGINES, Engine, Options, result_ids
from weighbridge.spec.question import GridPoint
from weighbridge.spec.read import read_spec
from weighbridge.verdict import (
    Counterexample,
    Errored,
    Evaluated,
    Exhausted,
    Holds,
    OverBudget,
    Proved,
    Qualitative,
    Refuted,
    Residual,
    Result,
    Sampled,
    Undecided,
    Vacuous,
    Verdict,
)

HEAD = """
[document]
title = "A small model"
cite = "none"
[symbols]
n_layers = "layers"
d_model = "width"
n_heads = "heads"
[models.small]
n_layers = 2
d_model = 12
n_heads = 3
[models.large]
n_layers = 4
d_model = 24
n_heads = 5
[tensors]
square = { shape = ["d_model", "d_model"], per = ["n_layers"] }
bias = { shape = ["d_model"], per = ["n_layers"], when = "biases" }
[conventions]
biases = false
[quantities]
total = "square + bias"
[grids.wide]
n_layers = "1..10"
d_model = "2..20 step 2"
n_heads = "1..4"
[grids.huge]
n_layers = "1..1000000"
d_model = "1..1000000"
n_heads = "1..1000000"
[grids.middling]
n_layers = "1..10"
d_model = "1..100"
n_heads = "1..10"
[grids.numberless]
n_layers = "1..10000000000"
d_model = "1..10000000000"
n_heads = "1..10000000000"
"""


def decided(
    body: str,
    *,
    engine: counting.Engine = "auto",
    examples: int = 100,
    seed: int = 0,
    max_points: int = counting.MAX_POINTS,
) -> dict[str, Result]:
    spec = read_spec("spec/small.toml", (HEAD + body).encode())
    options = Options(engine=engine, examples=examples, seed=seed, max_points=max_points)
    return {each.id: each for each in judge.judge(spec, {}, options)}


def verdict(body: str, *, engine: counting.Engine = "auto", **options: int) -> Verdict:
    (result,) = decided(f'[[claim]]\nid = "x"\n{body}', engine=engine, **options).values()
    return result.verdict


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('at = "small"\nprinted = "288"\nequals = "total"', Holds(Evaluated("small"))),
        ('at = "small"\nprinted = "289"\nequals = "total"', Refuted(Residual(288, Fraction(-1)))),
        ('at = "small"\nprinted = "312"\nequals = "total"\nconventions = { biases = true }', Holds(Evaluated("small"))),
        ('at = "small"\nprinted = "0.3k"\nequals = "total"', Holds(Evaluated("small"))),
        (
            'at = "small"\nasserts = "d_model < 12 and n_layers / 0 == 1"',
            Refuted(Counterexample({"n_layers": 2, "d_model": 12}, 12, 12)),
        ),
        ('at = "small"\nasserts = "n_layers > 5"\nassuming = "n_heads > 3"', Undecided(Vacuous())),
        ('qualitative = "no number in it"', Undecided(Qualitative("no number in it"))),
    ],
)
def test_a_claim_about_one_model_is_evaluated(body: str, expected: Verdict) -> None:
    assert verdict(body) == expected


def test_a_division_by_zero_names_its_point() -> None:
    body = 'at = "small"\nasserts = "d_model / (n_layers - 2) > 1"'
    assert verdict(body) == Errored("division by zero: n_layers - 2 is 0", {"n_layers": 2, "d_model": 12})
    found = verdict('over = "wide"\nasserts = "d_model / (n_layers - 2) != 0.1"')
    assert found == Errored(
        "division by zero: n_layers - 2 is 0, at n_layers = 2, d_model = 2, n_heads = 1",
        {"n_layers": 2, "d_model": 2, "n_heads": 1},
    )


def test_models_in_a_list_are_decided_one_by_one_under_their_own_names() -> None:
    results = decided('[[claim]]\nid = "x"\nat = "*"\nasserts = "d_model % n_heads == 0"')
    assert list(results) == ["small/x@small", "small/x@large"]
    assert [type(each.verdict) for each in results.values()] == [Holds, Refuted]


@pytest.mark.parametrize("engine", ["auto", "sweep", "algebra"])
def test_every_engine_gives_the_same_verdict_on_a_grid(engine: counting.Engine) -> None:
    """Ten layers by ten widths by four head counts; by hand, d_model < 4 * n_layers fails at 10 - l / 2 widths."""
    found = verdict('over = "wide"\nasserts = "d_model * n_heads < 4 * n_layers * n_heads"', engine=engine)
    assert isinstance(found, Refuted)
    by_hand = 4 * sum(d >= 4 * n for n in range(1, 11) for d in range(2, 21, 2))
    assert (found.violations, found.points) == (by_hand, 400)
    assert found.witness == Counterexample({"n_layers": 1, "d_model": 4, "n_heads": 1}, 4, 4)


@pytest.mark.parametrize("engine", ["auto", "sweep", "algebra"])
def test_an_identity_on_a_grid_is_proved_unless_only_visits_are_asked_for(engine: counting.Engine) -> None:
    found = verdict('over = "wide"\nformula = "d_model ** 2 * n_layers"\nequals = "square"', engine=engine)
    assert isinstance(found, Holds)
    if engine == "sweep":
        assert found.evidence == Exhausted(400, "each visited by the compiled counter")
    else:
        assert isinstance(found.evidence, Proved)
        assert found.evidence.normal_form == "n_layers*d_model**2"


@pytest.mark.parametrize("engine", ["auto", "sweep", "algebra"])
def test_no_point_that_meets_the_assumptions_is_vacuous(engine: counting.Engine) -> None:
    for condition in ("n_layers == n_layers", "n_layers == n_heads"):
        body = f'over = "wide"\nasserts = "{condition}"\nassuming = ["n_layers > 8", "n_heads >= n_layers"]'
        assert verdict(body, engine=engine) == Undecided(Vacuous())


def test_a_grid_past_the_budget_is_decided_by_algebra_or_not_at_all() -> None:
    assert isinstance(verdict('over = "huge"\nformula = "n_layers * d_model ** 2"\nequals = "square"'), Holds)
    found = verdict('over = "huge"\nasserts = "n_layers * d_model % 7 != n_heads % 7 + 7"', max_points=10**9)
    assert found == Undecided(OverBudget(10**18, 10**9, "--max-points"))
    body = 'over = "huge"\nasserts = "n_layers * d_model % 7 != n_heads % 7 + 7"'
    by_algebra = verdict(body, engine="algebra")
    both = f"--engine auto --max-points {10**18}"
    assert by_algebra == Undecided(OverBudget(10**18, counting.MAX_WALK, both))


@pytest.mark.parametrize(
    ("flags", "engine", "max_points"),
    [("--max-points", "auto", 10**3), ("--engine auto", "algebra", 10**4), ("--engine auto", "algebra", 10**13)],
)
def test_the_flag_that_is_told_of_a_grid_past_the_budget_is_one_that_helps(
    flags: str, engine: counting.Engine, max_points: int
) -> None:
    """A grid of 10^4 points, and no more than the told flags, is visited."""
    body = 'over = "middling"\nasserts = "n_layers * d_model % 7 != n_heads % 7 + 7"'
    found = verdict(body, engine=engine, max_points=max_points)
    assert isinstance(found, Undecided)
    assert isinstance(found.reason, OverBudget)
    assert (found.reason.points, found.reason.flag) == (10**4, flags)
    assert isinstance(verdict(body, max_points=max(max_points, 10**4)), Holds)


def test_past_what_the_counter_can_number_no_flag_is_told() -> None:
    body = 'over = "numberless"\nasserts = "n_layers * d_model % 7 != n_heads % 7 + 7"'
    assert verdict(body) == Undecided(OverBudget(10**30, 10**13, ""))
    assert verdict(body, max_points=10**40) == Undecided(OverBudget(10**30, 2**62, ""))
    assert verdict(body, engine="algebra") == Undecided(OverBudget(10**30, counting.MAX_WALK, ""))


def test_everywhere_is_proved_refuted_or_sampled() -> None:
    proved = verdict('over = "everywhere"\nasserts = "square >= n_layers * d_model"')
    assert isinstance(proved, Holds)
    refuted = verdict('over = "everywhere"\nasserts = "square > n_layers * d_model"')
    assert refuted == Refuted(
        Counterexample({"n_layers": 1, "d_model": 1}, 1, 1),
        explanations=(
            "fails exactly where d_model == 1",
            "it is true with >= in place of >: square >= n_layers * d_model",
        ),
    )
    sampled = verdict('over = "everywhere"\nasserts = "d_model // n_heads * n_heads <= d_model"', examples=40)
    assert sampled == Undecided(Sampled(40, 0))
    vacuous = verdict('over = "everywhere"\nasserts = "d_model > 0"\nassuming = "d_model < n_heads - n_heads"')
    assert vacuous == Undecided(Vacuous())


INVARIANTS = """
[[invariant]]
id = "linear"
kind = "linear"
of = "total"
in = "n_layers"
[[invariant]]
id = "wrong"
kind = "linear"
of = "total"
in = "d_model"
[[invariant]]
id = "affine"
kind = "affine"
of = "total + d_model"
in = "n_layers"
[[invariant]]
id = "crooked"
kind = "divisible"
of = "total + n_layers"
by = "n_layers + 1"
"""


def test_invariants_are_proved_or_refuted_by_the_simplest_example() -> None:
    results = {name: each.verdict for name, each in decided(INVARIANTS).items()}
    assert isinstance(results["small/linear"], Holds)
    assert isinstance(results["small/affine"], Holds)
    # k * d_model in place of d_model is k * k times as much, not k times: 4 against 2, at k = 2.
    assert results["small/wrong"] == Refuted(
        Counterexample({"n_layers": 1, "d_model": 1, "k": 2}, 4, 2),
        explanations=("not linear, but homogeneous of degree 2 in d_model",),
    )
    # d^2 * l + l is no multiple of l + 1 where d is 2 and l is 1 (5 of 2); at d = 1 it is 2 l: fails from l = 2 on.
    crooked = results["small/crooked"]
    assert isinstance(crooked, Refuted)
    assert isinstance(crooked.witness, Counterexample)
    layers, width = crooked.witness.point["n_layers"], crooked.witness.point["d_model"]
    assert (crooked.witness.left, crooked.witness.right) == ((width**2 * layers + layers) % (layers + 1), 0)
    assert (layers, width) in {(1, 2), (2, 1)}


def test_two_runs_agree_and_another_seed_is_said() -> None:
    assert decided(INVARIANTS) == decided(INVARIANTS)
    body = 'over = "everywhere"\nasserts = "d_model // n_heads * n_heads <= d_model"'
    assert verdict(body, examples=40, seed=7) == Undecided(Sampled(40, 7))


def test_algebra_and_the_counter_contradicting_each_other_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    def off_by_one(*_: object, **__: object) -> Tally:
        return Tally(400, 1, None, None, "miscounted")

    monkeypatch.setattr(counting, "by_algebra", off_by_one)
    found = verdict('over = "wide"\nasserts = "square >= d_model"')
    assert found == Errored("violations: 1 by algebra, 0 by the counter", bug=True)


def test_a_counterexample_that_does_not_replay_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    grid = read_spec("spec/small.toml", HEAD.encode()).grids["wide"]
    point = GridPoint(grid, {"n_layers": 1, "d_model": 2, "n_heads": 1})
    monkeypatch.setattr(visiting, "sweep", lambda *_, **__: [Tally(400, 1, point, None, "miscounted")])
    found = verdict('over = "wide"\nasserts = "square >= d_model"', engine="sweep")
    assert found == Errored(
        "was refuted at n_layers = 1, d_model = 2, n_heads = 1",
        {"n_layers": 1, "d_model": 2, "n_heads": 1},
        bug=True,
    )


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("asserts", ["{} == n_layers", "{} == {} + n_layers - n_layers", "2 * {} > n_layers * 10 * {}"])
def test_a_value_past_the_limit_is_no_bug_whichever_road_meets_it(asserts: str, engine: Engine) -> None:
    """12 times 1,000 bits is past 10,000: one engine may know by bounds or by algebra what no value is computed of."""
    huge = " * ".join(["(2 ** 1000 * n_layers)"] * 12)
    found = verdict(f'over = "wide"\nasserts = "{asserts.format(huge, huge)}"', engine=engine)
    if isinstance(found, Errored):
        assert "has more than 10,000 bits (--max-bits raises that), at n_layers = 1" in found.message
        assert not found.bug
    else:
        assert isinstance(found, Holds)
        assert asserts.startswith("{} == {}"), "the only one that is true"


ERRATUM = """
[[claim]]
id = "x"
at = "small"
printed = "289"
equals = "total"
[claim.erratum]
reason = "a digit"
printed = "289"
correct = "288"
"""


def test_a_correction_is_decided_and_a_pin_compared() -> None:
    (result,) = decided(ERRATUM).values()
    assert result.excuse is not None
    assert (result.excuse.pin_matches, result.excuse.correction) == (True, Holds(Evaluated("small")))
    (result,) = decided(ERRATUM.replace('correct = "288"', 'correct = "287"')).values()
    assert result.excuse is not None
    assert result.excuse.correction == Refuted(Counterexample({"n_layers": 2, "d_model": 12}, 288, 287))
    (result,) = decided(ERRATUM.replace('printed = "289"\nequals', 'printed = "290"\nequals')).values()
    assert result.excuse is not None
    assert result.excuse.pin_matches is False


@pytest.mark.parametrize(
    ("pin", "matches"), [("2*d_model+1", True), ("2 * d_model + 1", True), ("1 + 2*d_model", False)]
)
def test_white_space_does_not_unpin_a_formula(pin: str, *, matches: bool) -> None:
    claim = '[[claim]]\nid = "c"\nat = "small"\nformula = "2*d_model + 1"\nequals = "d_model"\n'
    (result,) = decided(f'{claim}[claim.erratum]\nreason = "r"\nformula = "{pin}"\n').values()
    assert result.excuse is not None
    assert result.excuse.pin_matches is matches


def test_what_a_verdict_rests_on_is_said_beside_it() -> None:
    text = HEAD.replace("n_heads = 3\n", 'n_heads = 3\nassumed = { n_heads = "not in the document" }\n')
    body = '[[claim]]\nid = "{}"\nat = "small"\nasserts = "{}"\n'
    spec = read_spec(
        "spec/small.toml", (text + body.format("a", "n_heads > 1") + body.format("b", "d_model > 1")).encode()
    )
    with_heads, without = judge.judge(spec, {}, Options())
    assert with_heads.assumed == {"n_heads": "not in the document"}
    assert without.assumed == {}


def test_only_what_is_wanted_is_decided() -> None:
    spec = read_spec("spec/small.toml", (HEAD + INVARIANTS).encode())
    assert result_ids(spec) == ("small/linear", "small/wrong", "small/affine", "small/crooked")
    results = judge.judge(spec, {}, Options(engine="algebra"), wanted=lambda name: name.endswith("affine"))
    assert [each.id for each in results] == ["small/affine"]


def test_algebra_imports_neither_the_compiler_nor_the_search() -> None:
    code = (
        "import sys\n"
        "from weighbridge.cli import main\n"
        "main(['check', '--engine', 'algebra', '--quiet'])\n"
        "print(sorted({'numba', 'numpy', 'hypothesis', 'llvmlite'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    "assumptions",
    ['["d_model == 4 * n_heads"]', '["n_layers > n_heads"]', '["d_model % n_heads == 0", "n_heads < d_model"]'],
)
def test_algebra_sees_for_itself_that_assumptions_can_be_met(assumptions: str) -> None:
    body = f'over = "everywhere"\nasserts = "square * n_heads >= n_layers"\nassuming = {assumptions}'
    found = verdict(body, engine="algebra")
    assert isinstance(found, Holds)
    assert isinstance(found.evidence, Proved)
    assert "samples" not in found.evidence.how


def test_what_is_proved_under_assumptions_that_nothing_meets_is_vacuous_by_algebra_too() -> None:
    body = (
        'over = "everywhere"\nasserts = "square >= n_layers"\nassuming = ["n_layers > n_heads", "n_heads > n_layers"]'
    )
    assert verdict(body, engine="algebra") == Undecided(Vacuous())
