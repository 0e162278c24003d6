"""What is said of open symbols: which are determined, what contradicts itself, and what is left out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from open_symbols import HEAD, model, small
from weighbridge.cli import main
from weighbridge.errors import UsageError
from weighbridge.solve.groups import Limits
from weighbridge.solve.problem import Request, pose
from weighbridge.solve.solver import solve
from weighbridge.solve.wording import to_text
from weighbridge.spec.read import read_spec

GPT3 = Path(__file__).parents[1] / "spec" / "gpt3-weights.toml"
#: The document's numbers: 14,495,514,624 is d_query * 12,288 * n_heads * 96, 57,982,058,496 is n_neurons * 12,288 * 96.
D_EMBED, N_LAYERS, KEY, UP = 12_288, 96, 14_495_514_624, 57_982_058_496

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


def test_text_ends_in_one_newline() -> None:
    assert not to_text(small(model("a == 3"), Request())).endswith("\n\n")
