"""What is left of open symbols, held against going through every point by Python's own arithmetic."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from second_opinion import python_value
from strategies import conditions
from weighbridge.cli import main
from weighbridge.engines.reduce import Atom
from weighbridge.errors import UsageError
from weighbridge.formula.normal import Ring
from weighbridge.formula.parser import parse
from weighbridge.formula.printer import to_text as expression_text
from weighbridge.formula.tree import ComparisonOperator
from weighbridge.solve import groups, narrow
from weighbridge.solve.answer import Answer
from weighbridge.solve.constraints import constraint, demands, pairs
from weighbridge.solve.groups import POINTS_PER_STEP, Limits
from weighbridge.solve.narrow import divisors
from weighbridge.solve.problem import Request, pose
from weighbridge.solve.search import Steps, solutions
from weighbridge.solve.solver import solve
from weighbridge.solve.values import first_rows, joined_rows, remaining
from weighbridge.solve.wording import to_text
from weighbridge.spec.read import read_spec

GPT3 = Path(__file__).parents[1] / "spec" / "gpt3-weights.toml"
#: The document's numbers: 14,495,514,624 is d_query * 12,288 * n_heads * 96, 57,982,058,496 is n_neurons * 12,288 * 96.
D_EMBED, N_LAYERS, KEY, UP = 12_288, 96, 14_495_514_624, 57_982_058_496

HEAD = """
[document]
id = "small"
title = "A small one"
cite = "a page"
"""

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Solve a spec given by its text; return exit code, standard output and standard error."""

    def run(spec: str | Path, *arguments: str) -> tuple[int, str, str]:
        path = tmp_path / "small.toml"
        if isinstance(spec, str):
            path.write_text(HEAD + spec)
        root = () if isinstance(spec, Path) else ("--root", str(tmp_path))
        code = main(["solve", str(path if isinstance(spec, str) else spec), *root, *arguments])
        out, err = capfd.readouterr()
        return code, out, err

    return run


def small(body: str, request: Request, *, show: int = 1000, max_points: int = 10**9) -> Answer:
    """Solve a spec given by what stands below its [document]."""
    return solve(
        pose(read_spec("small.toml", (HEAD + body).encode()), request), Limits(max_points=max_points, show=show)
    )


def model(*claims: str, assumed: str = "a b", kept: str = "") -> str:
    """Return a spec over some symbols with these assertions of its document."""
    symbols = [*assumed.split(), *kept.split()]
    lines = [
        "[symbols]",
        *(f'{name} = "a size"' for name in symbols),
        "[models.m]",
        *(f"{name} = 3" for name in symbols),
    ]
    lines += ["[models.m.assumed]", *(f'{name} = "not stated"' for name in assumed.split())]
    for place, claim in enumerate(claims):
        lines += ["[[claim]]", f'id = "claim-{place}"', f'quote = "words {place}"', f'asserts = "{claim}"']
    return "\n".join(lines)


# --- The document that this is for ----------------------------------------------------------------------------


def test_gpt3_is_solved_as_by_hand() -> None:
    """12,288 = 2^12 * 3 has 26 divisors; n_heads = 1 is not "multiple heads", so 25 are left."""
    spec = read_spec("spec/gpt3-weights.toml", GPT3.read_bytes())
    answer = solve(pose(spec, Request(open=("d_query", "d_value", "n_heads", "n_neurons"))), Limits(show=100))
    heads = [each for each in range(2, 2**20 + 1) if D_EMBED % each == 0]
    expected = [
        (each, KEY // (D_EMBED * N_LAYERS * each), KEY // (D_EMBED * N_LAYERS * each), UP // (D_EMBED * N_LAYERS))
        for each in heads
    ]
    assert len(heads) == 25
    assert answer.columns == ("n_heads", "d_query", "d_value", "n_neurons")
    assert list(answer.first) == expected
    assert answer.solutions == 25
    assert (96, 128, 128, 49_152) in answer.first
    assert {each.name: each.state for each in answer.outcomes} == {
        "n_heads": "combined",
        "d_query": "combined",
        "d_value": "combined",
        "n_neurons": "determined",
    }


def test_gpt3_reads_as_the_document_leaves_it(run: Run) -> None:
    code, out, err = run(GPT3, "--show", "2")
    assert (code, err) == (0, "")
    heading, findings, solutions, _ = out.split("\n\n")
    assert heading.startswith("gpt3-weights: gpt3 by ")
    assert heading.endswith(
        " claims of the document\n"
        "open: n_heads, d_query, d_value, n_neurons, n_ctx in 1..1,048,576\n"
        "kept: n_layers = 96, d_embed = 12,288, n_vocab = 50,257"
    )
    # Which claims a line rests on grows with the spec; what it says does not.
    assert re.sub(r" \(from [^)]*\)", "", findings) == (
        "n_neurons = 49,152 is determined\n"
        "d_query * n_heads = 12,288 has 25 solutions; the document fixes neither\n"
        "d_value * n_heads = 12,288 has 25 solutions; the document fixes neither\n"
        "d_query = d_value has 25 solutions; the document fixes neither\n"
        "n_ctx: no claim speaks of it"
    )
    rests = re.findall(r"\(from ([^)]*)\)", findings)
    assert rests[0].startswith("up.count")
    assert rests[3] == "key.count and value.count together"
    assert solutions == (
        "25 solutions, each with any of the 1,048,576 values of n_ctx; the first 2:\n"
        "n_heads  d_query  d_value  n_neurons\n"
        "      2    6,144    6,144     49,152\n"
        "      3    4,096    4,096     49,152"
    )


def test_our_own_arithmetic_is_not_the_documents_word_unless_asked_for(run: Run) -> None:
    """That learned positions add 2,048 * 12,288 is what this spec says, and it would give n_ctx away."""
    _, out, _ = run(GPT3, "--open", "n_ctx", "--format", "json")
    assert json.loads(out)["symbols"][0]["state"] == "free"
    _, out, _ = run(GPT3, "--open", "n_ctx", "--format", "json", "--unquoted")
    symbol = json.loads(out)["symbols"][0]
    assert (symbol["state"], symbol["value"], symbol["claims"]) == ("determined", "2048", ["positions.count"])


def test_ranges_and_grids_narrow_what_is_left(run: Run) -> None:
    """Of the divisors of 12,288 the grid has 16, 32, 48, 64, 96 and 128 for d_query."""
    _, out, _ = run(GPT3, "--grid", "conventions", "--open", "d_query", "--open", "n_heads", "--open", "d_value")
    # n_heads is 1, 12 or 96 there and widths are 32, 64 or 128: 128 x 96 alone is 12,288.
    assert "n_heads = 96 is determined" in out
    _, out, _ = run(
        GPT3, "--open", "d_query", "--open", "n_heads", "--open", "d_value", "--range", "d_query=16..128 step 16"
    )
    assert "d_query * n_heads = 12,288 has 6 solutions" in out


# --- Against every point --------------------------------------------------------------------------------------

RANGES = {"a": range(1, 6), "b": range(1, 10, 2), "c": range(4)}
KEPT = {"k": 3}
REQUEST = Request(ranges=("a=1..5", "b=1..9 step 2", "c=0..3"))
POINTS = [dict(zip(RANGES, values, strict=True)) for values in itertools.product(*RANGES.values())]

SMALL = """
[symbols]
a = "a size"
b = "a size"
c = { text = "a number of extras", min = 0 }
k = "a size that is stated"

[models.m]
a = 1
b = 1
c = 0
k = 3
assumed = { a = "not stated", b = "not stated", c = "not stated" }

[tensors]
wide = { shape = ["a", "b"], per = ["k"] }

[conventions]
extra = true

[quantities]
total = "wide + c if extra else wide"
"""

TOTAL = "(a * b * k + c)"
#: What the figures of the claims below stand for, as Python reads it.
FIGURES = {"12": "{} == 12", "27": "{} == 27", "0.02K": "15 <= {} <= 25", "1.5": "1.45 <= {} < 1.55", "9": "{} == 9"}

products = st.sampled_from(
    ("a * b == {}", "a * b * k == {}", "a * c == {}", "a ** 2 * b == {}", "a + b == {}", "a + 2 * b - c == {}",
     "a * b + c == {}", "a * b > {}", "a * c <= {}", "min(a, b) >= {}", "max(a, b, c) < {}", "a // 2 + b == {}",
     "(a - b) * (a - c) == {}", "a % 2 == {}", "min(a, b) < {}", "{} >= min(a, b + c)", "max(a, c) > {}",
     "{} < max(b, c)", "a / c == {}", "a * b * c + a == {}", "not a == {}", "a * b != {}", "{} / (a - 2) > c",
     "a ** 2 - b ** 2 == {}", "(a - b) * (a - c) == 0 * {}", "a * c == b * c * min(1, {} + 1)")
)  # fmt: skip
assertions = st.builds(lambda text, value: text.format(value), products, st.integers(0, 30)) | conditions(
    ("a", "b", "c", "k"), depth=2, fractions=True, zero_divisors=True
).map(expression_text)


@st.composite
def claims_of_documents(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a claim: its TOML without the id, and the condition that it is, as Python reads it."""
    text, condition = draw(
        st.one_of(
            assertions.map(lambda each: (f'asserts = "{each}"', each)),
            st.sampled_from(sorted(FIGURES)).map(
                lambda each: (f'printed = "{each}"\nequals = ["total"]', FIGURES[each].format(TOTAL))
            ),
            st.sampled_from(sorted(FIGURES)).map(
                lambda each: (f'printed = "{each}"\nequals = ["a / b", "a"]',
                              f"{FIGURES[each].format('a / b')} and {FIGURES[each].format('a')}")
            ),
            st.integers(1, 9).map(
                lambda each: (f'formula = "a * b * k"\nequals = "wide + c - {each}"', f"c == {each}")
            ),
        )
    )  # fmt: skip
    if draw(st.integers(0, 4)) == 0:
        given = draw(st.sampled_from(("a == b", "c > 0", "a + c < 6", "b % 3 == 0")))
        text, condition = f'{text}\nassuming = "{given}"', f"not ({given}) or ({condition})"
    return f'{text}\nquote = "words"\n', condition


def decimal_free(condition: str) -> str:
    """Return a condition with its two decimals as quotients, which are exact."""
    return condition.replace("1.45", "145 / 100").replace("1.55", "155 / 100")


def meeting(conditions_: Sequence[str]) -> list[Mapping[str, int]]:
    """Return the points that meet all conditions, in lexicographic order."""
    texts = [decimal_free(each) for each in conditions_]
    return [point for point in POINTS if all(python_value(text, {**point, **KEPT}) is True for text in texts)]


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(claims_of_documents(), min_size=1, max_size=4))
def test_the_answer_is_what_every_point_says(claims: list[tuple[str, str]]) -> None:
    assume(all(len(text) < 400 for text, _ in claims))
    body = SMALL + "".join(f'[[claim]]\nid = "claim-{place}"\n{text}' for place, (text, _) in enumerate(claims))
    expected = meeting([condition for _, condition in claims])
    answer = small(body, REQUEST)
    if not expected:
        assert answer.contradiction is not None
        named = {int(name.removeprefix("claim-")) for name in answer.contradiction.claims}
        assert not meeting([claims[place][1] for place in named])
        for place in named:
            assert meeting([claims[other][1] for other in named - {place}])
        return
    assert answer.contradiction is None
    assert answer.solutions == len(expected)
    columns = sorted({tuple(point[name] for name in answer.columns) for point in expected})
    assert list(answer.first) == columns
    for each in answer.outcomes:
        values = {point[each.name] for point in expected}
        assert each.left is not None
        assert (each.left.count, each.left.low, each.left.high) == (len(values), min(values), max(values))
        assert (each.state == "determined") == (len(values) == 1)
    for tie in answer.combinations:
        text = f"{tie.left} == {tie.right.replace(',', '')}"
        assert all(python_value(text, point) is True for point in expected)
        assert tie.solutions == len({tuple(point[name] for name in tie.symbols) for point in expected})


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(claims_of_documents(), min_size=1, max_size=3), st.sampled_from((1, 5, 1000)))
def test_the_answer_is_the_same_where_the_search_gives_up_early(claims: list[tuple[str, str]], steps: int) -> None:
    """Then equations are solved for a symbol, or all points are counted, and narrowing takes one step at a time."""
    body = SMALL + "".join(f'[[claim]]\nid = "claim-{place}"\n{text}' for place, (text, _) in enumerate(claims))
    expected = meeting([condition for _, condition in claims])
    with patch.object(groups, "FIRST_STEPS", 0), patch.object(narrow, "ROUNDS", 1):
        answer = small(body, REQUEST, max_points=steps * POINTS_PER_STEP)
    assert answer.solutions == len(expected)
    assert (answer.contradiction is None) == bool(expected)
    columns = sorted({tuple(point[name] for name in answer.columns) for point in expected})
    assert list(answer.first) == columns[: len(answer.first)]
    for each in answer.outcomes:
        values = {point[each.name] for point in expected}
        assert (each.state == "determined") == (len(values) == 1)
        if each.left is not None:
            assert (each.left.count, each.left.low, each.left.high) == (len(values), min(values), max(values))


RUNS = {"a": range(1, 41), "b": range(2, 60, 3), "c": range(5, 16)}


@settings(max_examples=50)
@given(
    st.lists(st.integers(-6, 6), min_size=3, max_size=3),
    st.integers(-40, 90),
    st.sampled_from(("a > b", "a * b < 900", "a + c != 12", "c % 3 == 2", "a > 1")),
    st.sampled_from((1, 1000)),
)
def test_equations_are_solved_for_their_last_symbol(factors: list[int], known: int, other: str, steps: int) -> None:
    """Whichever of three ways counts them, the solutions of a linear equation are those that every point gives."""
    equation = f"{factors[0]} * a + {factors[1]} * b + {factors[2]} * c == {known}"
    points = [
        point
        for point in itertools.product(*RUNS.values())
        if sum(factor * value for factor, value in zip(factors, point, strict=True)) == known
        and python_value(other, dict(zip(RUNS, point, strict=True))) is True
    ]
    ranges = ("a=1..40", "b=2..59 step 3", "c=5..15")
    with patch.object(groups, "FIRST_STEPS", 0):
        answer = small(
            model(equation, other, assumed="a b c"),
            Request(ranges=ranges),
            show=3,
            max_points=steps * POINTS_PER_STEP,
        )
    assert answer.solutions == len(points)
    if points:
        columns = sorted(
            {tuple(dict(zip(RUNS, point, strict=True))[name] for name in answer.columns) for point in points}
        )
        assert list(answer.first) == columns[: len(answer.first)]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(claims_of_documents(), min_size=2, max_size=3))
def test_what_something_rests_on_suffices_and_nothing_of_it_can_be_spared(claims: list[tuple[str, str]]) -> None:
    body = SMALL + "".join(f'[[claim]]\nid = "claim-{place}"\n{text}' for place, (text, _) in enumerate(claims))
    answer = small(body, REQUEST)
    for each in answer.outcomes:
        if each.state != "determined":
            continue
        places = [int(name.removeprefix("claim-")) for name in each.grounds.claims]
        groups = [[place] for place in places] if each.grounds.alone else [places]
        for group in groups:
            assert len({point[each.name] for point in meeting([claims[place][1] for place in group])}) == 1
            for spared in group:
                rest = [claims[place][1] for place in group if place != spared]
                assert len({point[each.name] for point in meeting(rest)}) > 1


@pytest.mark.parametrize("max_points", [POINTS_PER_STEP, 10**9])
def test_the_compiled_counter_and_the_search_count_the_same(max_points: int) -> None:
    """One step of search is not enough here, so that all points are counted."""
    body = model("a * b + c * a > 700", "b * c < 400 + a", assumed="a b c")
    ranges = ("a=1..30", "b=1..30", "c=1..30")
    points = [
        (a, b, c)
        for a, b, c in itertools.product(range(1, 31), repeat=3)
        if a * b + c * a > 700 and b * c < 400 + a
    ]  # fmt: skip
    answer = small(body, Request(ranges=ranges), show=3, max_points=max_points)
    assert answer.solutions == len(points)
    assert answer.first[0] == min(points)
    assert {each.state for each in answer.outcomes} == {"narrowed"}


def test_a_symbol_that_is_solved_for_can_have_one_value() -> None:
    """That a - b is 5 is said in a way that no algebra sees, and c is that difference."""
    body = model("c == a - b", "max(a - b, 0) == 5", "a < 30", assumed="a b c")
    with patch.object(groups, "FIRST_STEPS", 0):
        answer = small(body, Request(ranges=("a=1..40", "b=1..40", "c=1..40")))
    assert (answer.solutions, [each.state for each in answer.outcomes]) == (24, ["combined", "combined", "determined"])


def test_the_compiled_counter_finds_what_is_determined() -> None:
    """Of 10 x 10 x 8 points, a * b + c > 107 leaves one."""
    body = model("a * b + c // 1 > 107", "a + b + c < 29", assumed="a b c")
    answer = small(body, Request(ranges=("a=1..10", "b=1..10", "c=1..8")), max_points=POINTS_PER_STEP)
    assert answer.first == ((10, 10, 8),)
    assert [each.state for each in answer.outcomes] == ["determined"] * 3


# --- What stands apart ----------------------------------------------------------------------------------------


def test_claims_that_contradict_each_other_are_named(run: Run) -> None:
    code, out, err = run(model("a + b > 3", "a * b == 6", "a == 2", "b > 3", kept="d"))
    assert (code, err) == (1, "")
    assert out == (
        "small: m by 4 claims of the document\n"
        "open: a, b in 1..1,048,576\n"
        "kept: d = 3\n"
        "\n"
        "inconsistent: no values in these ranges meet 'claim-1', 'claim-2' and 'claim-3' together; "
        "without any one of them the others can be met\n"
        "small.toml:21:1: 'claim-1': a * b == 6\n"
        "small.toml:25:1: 'claim-2': a == 2\n"
        "small.toml:29:1: 'claim-3': b > 3\n"
    )


@pytest.mark.parametrize(
    ("claims", "line"),
    [
        (
            ("a > b", "b >= a"),
            "no values in these ranges meet 'claim-0' and 'claim-1' together; without either of them ",
        ),
        (("a > b", "a * a < 1"), "no values in these ranges meet 'claim-1'\n"),
        (("a > b", "d == 4"), "'claim-1' is false for m, whatever the open symbols are\n"),
        (("a / (d - 3) > b", "a > b"), "no values in these ranges meet 'claim-0'\n"),
    ],
)
def test_a_contradiction_is_no_larger_than_it_must_be(claims: tuple[str, ...], line: str, run: Run) -> None:
    code, out, _ = run(model(*claims, kept="d"), "--range", "a=1..50", "--range", "b=1..50")
    assert code == 1
    assert f"inconsistent: {line}" in out


@pytest.mark.parametrize(
    ("claims", "lines"),
    [
        (("a * b == 12",), ["a * b = 12 has 6 solutions; the document fixes neither (from claim-0)"]),
        (("a == 4 * b",), ["a = 4 * b has 262,144 solutions; the document fixes neither (from claim-0)"]),
        (("a + b == 4",), ["a + b = 4 has 3 solutions; the document fixes neither (from claim-0)"]),
        (("a * b == 12", "a == 3 * b"), [
            "a = 6 is determined (from claim-0 and claim-1 together)",
            "b = 2 is determined (from claim-0 and claim-1 together)",
        ]),
        (("a >= 2",), ["a: 1,048,575 values are left, 2 to 1,048,576 (claim-0)", "b: no claim speaks of it"]),
        (("a * b > a - 1",), ["a: the claims hold whatever it is", "b: the claims hold whatever it is"]),
        (("2 * a > 2097151",), ["a = 1,048,576 is determined (from claim-0)", "b: no claim speaks of it"]),
        (("a ** 2 == 144", "b % 1000000 == 7"), [
            "a = 12 is determined (from claim-0)",
            "b: 2 values are left, 7 to 1,000,007 (claim-1)",
        ]),
        (("123456789 * a * b == 123456789 * 1000003",), [
            "a * b = 1,000,003 has 2 solutions; the document fixes neither (from claim-0)",
        ]),
    ],
)  # fmt: skip
def test_what_is_left_of_each_symbol(claims: tuple[str, ...], lines: list[str], run: Run) -> None:
    code, out, err = run(model(*claims))
    assert (code, err) == (0, "")
    assert out.split("\n\n")[1].split("\n") == lines


def test_what_would_take_too_long_says_so_and_how_to_go_on(run: Run) -> None:
    code, out, err = run(
        model("a // 3 + b % 7 == 10 ** 5 + a % 5", "a > 5", "c == 4", assumed="a b c"), "--max-points", "100000"
    )
    assert (code, err) == (5, "")
    lines = out.split("\n\n")[1].split("\n")
    assert lines[0] == "c = 4 is determined (from claim-2)"
    assert lines[1].startswith("a, b: undecided: ")
    assert lines[1].endswith(" points are left to visit, more than the 100,000 of --max-points, which raises it")


def test_a_spec_that_quotes_nothing_decides_nothing(run: Run) -> None:
    code, out, _ = run(model("a == 3").replace('quote = "words 0"\n', ""))
    assert code == 5
    assert "a: no claim speaks of it\n" in out
    assert out.endswith(
        "\nevery value of the open symbols is a solution\n\nleft out (quotes nothing; --unquoted counts it): claim-0\n"
    )


def test_waived_claims_and_errata_without_a_correction_are_left_out(run: Run) -> None:
    body = model("a == 3", "a == 4", "b == 5")
    waived = '[claim.waive]\nreason = "known"\nexpires = 2030-01-01\nasserts = "a == 3"\n[[claim]]\nid = "claim-1"'
    erratum = '\n[claim.erratum]\nreason = "known"\nasserts = "b == 5"\n'
    code, out, err = run(body.replace('[[claim]]\nid = "claim-1"', waived) + erratum)
    assert (code, err) == (0, "")
    assert "a = 4 is determined (from claim-1)\n" in out
    assert out.endswith("left out (waived): claim-0\nleft out (an erratum without a correction): claim-2\n")


def test_a_correction_counts_in_place_of_what_is_wrong(run: Run) -> None:
    erratum = '\n[claim.erratum]\nreason = "known"\nasserts = "a == 3"\ncorrect = "a == 4"\n'
    code, out, _ = run(model("a == 3") + erratum)
    assert code == 0
    assert "a = 4 is determined (from claim-0)\n" in out
    assert out.endswith("as their errata correct them: claim-0\n")


def test_the_model_of_most_claims_is_solved_for_unless_another_is_named(run: Run) -> None:
    body = model("a == 3").replace('asserts = "a == 3"', 'asserts = "a == 3"\nat = ["m", "n"]')
    body += '\n[[claim]]\nid = "other"\nquote = "more"\nasserts = "b == 5"\nat = "n"\n[models.n]\nlike = "m"\n'
    assert run(body)[1].startswith("small: n by 2 claims of the document\n")
    assert run(body, "--model", "m")[1].startswith("small: m by 1 claim of the document\n")


def test_json_says_what_the_text_says(run: Run) -> None:
    code, out, err = run(model("a * b == 6", "c == 3", assumed="a b c d", kept="e"), "--format", "json", "--show", "1")
    assert (code, err) == (0, "")
    data: dict[str, Any] = json.loads(out)
    grounds = {"alone": True, "minimal": True}
    assert data["outcome"] == "solved"
    assert data["ranges"]["a"] == {"count": "1048576", "low": "1", "high": "1048576"}
    assert data["kept"] == {"e": "3"}
    assert data["symbols"][2] == {
        "name": "c",
        "state": "determined",
        "value": "3",
        "left": {"count": "1", "low": "3", "high": "3"},
        "claims": ["claim-1"],
        **grounds,
    }
    assert [each["state"] for each in data["symbols"]] == ["combined", "combined", "determined", "free"]
    assert data["combinations"] == [
        {"equation": "a * b = 6", "symbols": ["a", "b"], "solutions": "4", "claims": ["claim-0"], **grounds}
    ]
    assert (data["solutions"], data["without_free"], data["free"]) == (str(4 * 2**20), "4", ["d"])
    assert data["first"] == [{"a": "1", "b": "6", "c": "3"}]
    assert data["contradiction"] is None
    assert [each["id"] for each in data["claims"]] == ["claim-0", "claim-1"]
    assert run(model("a == 3", "a == 4"), "--format", "json")[0] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--model", "n"), "--model: there is no model 'n'; known here: 'm'"),
        (("--open", "A"), "--open: there is no symbol 'A'; did you mean 'a'?"),
        (("--grid", "wide"), "--grid: there is no grid 'wide'; none is declared"),
        (("--range", "a"), "--range: 'a' is no range; write it as a=1..4096"),
        (("--range", "d=1..2"), "--range: 'd' is not open; known here: 'a', 'b'"),
        (("--range", "z=1..2"), "--range: there is no symbol 'z'; known here: 'a', 'b'"),
        (("--range", "a=4..2"), "--range: a: '4..2' is empty: 4 is past 2"),
        (("--range", "a=0..2"), "--range: a: 0 is not a positive integer"),
        (("--format", "jsn"), "--format: there is no format 'jsn'; did you mean 'json'?"),
        (("--show", "0"), "--show: expected a whole number of at least 1, found '0'"),
    ],
)
def test_what_is_not_there_is_said_in_one_line(arguments: tuple[str, ...], message: str, run: Run) -> None:
    assert run(model("a == 3", kept="d"), *arguments) == (2, "", f"weighbridge: error: {message}\n")


def test_a_symbol_that_follows_from_others_in_a_grid_has_no_axis_there() -> None:
    body = model("a == 3") + '\n[grids.g]\na = "1..4"\nb = "2 * a"\n'
    with pytest.raises(
        UsageError, match="--grid: 'b' follows from the others in the grid 'g'; an open symbol needs an"
    ):
        small(body, Request(grid="g"))


def test_a_model_that_assumes_nothing_has_no_open_symbols(run: Run) -> None:
    body = model("a == 3", assumed="", kept="a")
    message = "the model 'm' assumes nothing, so that no symbol is open; name those that are: --open SYMBOL"
    assert run(body) == (2, "", f"weighbridge: error: {message}\n")
    assert run(body, "--open", "a")[0] == 0


def test_an_interrupt_ends_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("weighbridge.solve.search.narrow", interrupt)
    assert run(model("a > b"))[0] == 130


def test_a_solution_that_a_claim_does_not_bear_out_is_our_mistake_and_never_shown(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weighbridge.solve.solver.demands", lambda *_: ())
    code, out, err = run(model("a > 1"))
    assert (code, out) == (3, "")
    assert "was found to be a solution, and 'claim-0' does not hold there" in err


# --- The parts ------------------------------------------------------------------------------------------------


@given(st.integers(1, 5000), st.integers(1, 3))
def test_divisors_are_those_that_leave_no_remainder(whole: int, times: int) -> None:
    assert divisors(whole, times) == tuple(each for each in range(1, whole + 1) if whole % each**times == 0)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)), min_size=1, max_size=5), st.integers(1, 4))
def test_what_remains_is_the_union_of_what_is_left_in_each_part(runs: list[tuple[int, int]], step: int) -> None:
    base = range(5, 5 + 60 * step, step)
    parts = [base[low : low + size] for low, size in runs]
    union = set().union(*parts)
    for sides in (parts, [tuple(part) for part in parts]):
        found = remaining(sides, base)
        assert (found.count, found.low, found.high) == (len(union), min(union), max(union))


@given(
    st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1),
    st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1),
    st.permutations("abcd"),
    st.integers(1, 9),
)
def test_the_smallest_points_of_a_product_come_first(
    left: set[tuple[int, ...]], right: set[tuple[int, ...]], order: list[str], wanted: int
) -> None:
    one, other = ([name for name in order if name in names] for names in ("ab", "cd"))
    points = sorted(
        tuple({**dict(zip(one, x, strict=True)), **dict(zip(other, y, strict=True))}[name] for name in order)
        for x in left
        for y in right
    )
    found = joined_rows((one, sorted(left)[:wanted]), (other, sorted(right)[:wanted]), order, wanted)
    assert found == (tuple(order), tuple(points[:wanted]))


def test_the_first_rows_of_large_boxes_are_found_without_writing_them_out() -> None:
    boxes = ({"a": range(2, 10**9), "b": range(10**9)}, {"a": (1,), "b": (7, 9)})
    assert first_rows(boxes, ("a", "b"), 4) == ((1, 7), (1, 9), (2, 0), (2, 1))


@pytest.mark.parametrize("operator", get_args(ComparisonOperator))
@pytest.mark.parametrize(("left", "right"), [*itertools.product(("min(a, max(b, 2), 3)", "max(a, b)", "a"), repeat=2)])
def test_minima_and_maxima_are_taken_apart_into_what_they_stand_for(
    left: str, operator: ComparisonOperator, right: str
) -> None:
    links = [expression_text(each) for each in pairs(parse(left), operator, parse(right))]
    for a, b in itertools.product(range(1, 5), repeat=2):
        point = {"a": a, "b": b}
        assert all(python_value(each, point) for each in links) == python_value(f"{left} {operator} {right}", point)


def test_a_box_that_narrowing_leaves_with_one_point_is_decided_in_the_next_round() -> None:
    ring = Ring({"a": 1})
    facts = [each for each in demands(parse("a == 4"), ring) if isinstance(each, Atom)]
    with patch.object(narrow, "ROUNDS", 1):
        found = list(solutions([constraint(each, ring) for each in facts], {"a": range(1, 9)}, Steps(9)))
    assert [{name: list(values) for name, values in box.items()} for box in found] == [{"a": [4]}]


def test_text_ends_in_one_newline() -> None:
    assert not to_text(small(model("a == 3"), Request())).endswith("\n\n")
