"""How the command tells an audit's score, what survived, and its exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from audited_specs import ALIKE, SMALL, WRONG, audit
from weighbridge.audit.listing import Score, listed, score, to_json, to_text
from weighbridge.cli import main


@pytest.mark.parametrize(
    ("caught", "of", "percent"),
    [(0, 0, "100%"), (1, 1, "100%"), (9_999, 10_000, "99.9%"), (2, 3, "66.6%"), (1, 2, "50%"), (0, 7, "0%")],
)
def test_a_score_is_rounded_down(caught: int, of: int, percent: str) -> None:
    assert Score(caught, of).percent == percent


def test_a_score_is_exact() -> None:
    assert Score(2, 3).share == Fraction(2, 3)


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Write a spec, audit it in this process, and return exit code, standard output and standard error."""
    (tmp_path / "pyproject.toml").write_text('[tool.weighbridge]\nformat = ["markdown"]\n')
    (tmp_path / "spec").mkdir()
    monkeypatch.chdir(tmp_path)

    def run(text: str, *arguments: str) -> tuple[int, str, str]:
        (tmp_path / "spec" / "small.toml").write_text(text)
        code = main(["audit", *arguments])
        out, err = capfd.readouterr()
        return code, out, err

    return run


def test_the_command_exits_0_where_all_is_caught_and_1_where_it_is_not(run: Run) -> None:
    assert run(SMALL) == (0, to_text(audit(SMALL)), "")
    assert run(ALIKE) == (1, to_text(audit(ALIKE)), "")
    assert run(ALIKE, "spec/small.toml", "--fail-under", "90")[0] == 0


def test_quiet_shows_survivors_alone(run: Run) -> None:
    assert len(run(SMALL, "-q")[1].splitlines()) == 1
    *survivors, _ = run(ALIKE, "-q")[1].splitlines()
    assert survivors
    assert all(": survivor[" in line for line in survivors)


def test_nothing_to_change_is_exit_5_and_a_spec_error_exit_2(run: Run) -> None:
    taste = '[document]\ntitle = "T"\ncite = "C"\n[[claim]]\nid = "q"\nqualitative = "taste"\n'
    assert run(taste)[0] == 5
    code, out, err = run("[documnt]\n")
    assert (code, out) == (2, "")
    assert err.startswith("spec/small.toml:1:1: error: spec: ")


def test_the_day_decides_which_waivers_are_in_force(run: Run) -> None:
    text = SMALL + WRONG
    assert "the claim fails as it stands" not in run(text, "--today", "2026-11-24")[1]
    assert "survivor[waived] 6 changes; the claim fails as it stands" in run(text, "--today", "2026-11-25")[1]


def test_json_has_the_score_and_each_change_that_nothing_caught(run: Run) -> None:
    code, out, _ = run(ALIKE, "--format", "json")
    file = json.loads(out)
    judged = audit(ALIKE)
    total = score(judged)
    assert code == 1
    assert (file["schema"], file["version"]) == ("weighbridge/audit", 1)
    assert file["score"] == {"caught": total.caught, "of": total.of, "percent": total.percent}
    assert len(file["changes"]) == sum(map(len, listed(judged).values()))
    assert {
        "word": "survivor",
        "path": "spec/small.toml",
        "line": 45,
        "column": 11,
        "kind": "claim",
        "name": "named",
        "key": "equals",
        "what": "depth becomes width",
        "why": "both sides are 2 in tiny, and no claim over a grid fixes depth",
    } in file["changes"]
    assert to_json(judged) == out


def test_an_unknown_format_names_the_nearest(run: Run) -> None:
    assert run(SMALL, "--format", "jsn") == (
        2,
        "",
        "weighbridge: error: --format: there is no format 'jsn'; did you mean 'json'?\n",
    )
