"""The command `coverage`, as a person uses it: what it lists, its exit codes, and what is new since a revision."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from weighbridge.cli import main

Run = Callable[..., tuple[int, str, str]]

SPEC = """\
[document]
title = "Sizes"
path = "../doc.md"
[symbols]
n_layers = "layers"
[models.tiny]
n_layers = 96
[[claim]]
id = "layers"
quote = "96 layers"
printed = "96"
equals = "n_layers"
[[exempt]]
quote = "7 heads"
reason = "not counted here"
"""
DOCUMENT = "# 1. Sizes\n\nIt has 96 layers and 7 heads.\n"


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in a project with one document; return exit code, standard output and standard error."""
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "sizes.toml").write_text(SPEC)
    (tmp_path / "doc.md").write_text(DOCUMENT)
    monkeypatch.chdir(tmp_path)
    # Not the repository that the tests may stand in.
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        out, err = capfd.readouterr()
        return code, out, err

    return run


LINE = "doc.md: 100%, 2 of 2 figures and formulas (1 claimed, 1 exempt); 1 set aside by rules\n"


def test_the_command_gives_a_line_for_a_document_that_is_accounted_for(run: Run) -> None:
    assert run("coverage") == (0, LINE, "")
    assert run("coverage", "spec/sizes.toml", "--fail-under", "100") == (0, LINE, "")


def test_verbose_shows_what_rules_set_aside_and_why_something_is_exempt(run: Run) -> None:
    assert run("coverage", "--verbose") == (
        0,
        LINE
        + "    heading number, 1 set aside: the number of a section\n"
        + "        1. (1:3)\n"
        + "    exempt, 1: not counted here\n"
        + "        7 (3:22)\n",
        "",
    )


def test_the_command_lists_first_what_nothing_accounts_for(run: Run) -> None:
    Path("doc.md").write_text(DOCUMENT + "\nOf 128, $2 \\times d$.\n")
    listed = (
        "doc.md:5:4: unaccounted figure '128'\n"
        "doc.md:5:10: unaccounted formula '2 \\times d'\n"
        "\n"
        "claim what is listed, or exempt it with a reason: [[claim]] or [[exempt]]\n"
        "\n"
        "doc.md: 50%, 2 of 4 figures and formulas (1 claimed, 1 exempt); 1 set aside by rules\n"
    )
    assert run("coverage") == (0, listed, "")
    assert run("coverage", "--fail-under", "50") == (0, listed, "")
    fails = "fail: 50% accounted for, expected at least 50.1%\n"
    assert run("coverage", "--fail-under", "50.1%") == (1, listed + fails, "")


def test_check_says_coverage_in_its_last_line_and_in_json(run: Run) -> None:
    code, out, _ = run("check", "--engine", "algebra")
    assert code == 0
    assert out.splitlines()[-1].endswith("; coverage: 2 of 2 figures and formulas (1 claimed, 1 exempt)")
    _, out, _ = run("check", "--engine", "algebra", "--format", "json")
    assert json.loads(out)["coverage"] == [
        {"document": "doc.md", "found": 2, "claimed": 1, "exempt": 1, "unaccounted": 0}
    ]


def test_check_of_another_spec_says_nothing_of_this_document(run: Run) -> None:
    cited = SPEC.replace('path = "../doc.md"', 'cite = "a paper"').partition("[[exempt]]")[0]
    Path("spec/other.toml").write_text(cited)
    _, out, _ = run("check", "--engine", "algebra", "--select", "other/*")
    assert out.splitlines()[-1].endswith("; coverage: not measured")


def test_json_has_every_item(run: Run) -> None:
    code, out, _ = run("coverage", "--format", "json")
    assert code == 0
    file = json.loads(out)
    assert (file["schema"], file["version"], file["since"]) == ("weighbridge/coverage", 1, None)
    (document,) = file["documents"]
    items = document.pop("items")
    assert document == {
        "document": "doc.md",
        "found": 2,
        "claimed": 1,
        "exempt": 1,
        "unaccounted": 0,
        "set_aside": {"heading number": 1},
    }
    assert [(each["text"], each["line"], each["column"], each["status"]) for each in items] == [
        ("1.", 1, 3, "set aside"),
        ("96", 3, 8, "claimed"),
        ("7", 3, 22, "exempt"),
    ]
    assert items[1] == {
        "text": "96",
        "kind": "figure",
        "line": 3,
        "column": 8,
        "status": "claimed",
        "claims": ["sizes/layers"],
        "reasons": [],
        "rule": None,
        "new": None,
    }


def test_a_citation_has_nothing_to_take_stock_of(run: Run) -> None:
    Path("spec/sizes.toml").write_text(
        SPEC.replace('path = "../doc.md"', 'cite = "a paper"').partition("[[exempt]]")[0]
    )
    assert run("coverage") == (5, "no document is here: a citation has no figures to take stock of\n", "")
    assert run("check", "--engine", "algebra")[1].splitlines()[-1].endswith("; coverage: not measured")


@pytest.mark.parametrize("value", ["x", "-1", "100.5", "1e2", ""])
def test_a_threshold_is_a_percentage(run: Run, value: str) -> None:
    message = f"weighbridge: error: --fail-under: expected a percentage from 0 to 100, found '{value}'\n"
    assert run("coverage", f"--fail-under={value}") == (2, "", message)


# --- Against an earlier revision --------------------------------------------------------------------------------

GIT = shutil.which("git") or ""
with_git = pytest.mark.skipif(not GIT, reason="git is not installed")


def git(*arguments: str) -> None:
    """Run git where the test is, as somebody."""
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run([GIT, *who, *arguments], check=True, capture_output=True)


@with_git
def test_only_what_was_added_or_edited_since_a_revision_must_be_accounted_for(run: Run) -> None:
    Path("doc.md").write_text(DOCUMENT + "\nAn old 5.\n")
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "one")
    line = "doc.md: 66.6%, 2 of 3 figures and formulas (1 claimed, 1 exempt); 1 set aside by rules\n"
    assert run("coverage", "--diff", "HEAD") == (0, line + "since HEAD: 0 added or edited, 0 of them unaccounted\n", "")
    Path("doc.md").write_text("New words.\n\n" + DOCUMENT + "\nA new 6, an old 5, GPT-3.\n")
    listed = (
        "doc.md:7:7: unaccounted figure '6', added or edited since HEAD\n"
        "\n"
        "claim what is listed, or exempt it with a reason: [[claim]] or [[exempt]]\n"
        "\n"
        "doc.md: 50%, 2 of 4 figures and formulas (1 claimed, 1 exempt); 2 set aside by rules\n"
        "since HEAD: 1 added or edited, 1 of them unaccounted\n"
    )
    assert run("coverage", "--diff", "HEAD") == (1, listed, "")
    items = json.loads(run("coverage", "--diff", "HEAD", "--format", "json")[1])["documents"][0]["items"]
    assert [each["text"] for each in items if each["new"]] == ["6"]


@with_git
def test_in_a_new_document_everything_is_new(run: Run) -> None:
    git("init", "--quiet")
    git("add", "spec")
    git("commit", "--quiet", "--message", "one")
    assert run("coverage", "--diff", "HEAD") == (0, LINE + "since HEAD: 2 added or edited, 0 of them unaccounted\n", "")


@with_git
@pytest.mark.parametrize("revision", ["nope", "HEAD:doc.md", "--all", "a b", "\n"])
def test_a_revision_that_git_does_not_know(run: Run, revision: str) -> None:
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "one")
    shown = revision.replace("\n", "\\n")
    message = f"weighbridge: error: --diff: git knows no revision '{shown}'; name a branch, tag or commit\n"
    assert run("coverage", f"--diff={revision}") == (2, "", message)


@with_git
def test_a_project_without_a_repository(run: Run) -> None:
    message = "--diff: the project is not in a git repository that can be read; leave out --diff"
    assert run("coverage", "--diff", "HEAD") == (2, "", f"weighbridge: error: {message}\n")


@with_git
def test_an_earlier_document_that_was_no_text(run: Run) -> None:
    Path("doc.md").write_bytes(b"\xff")
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "one")
    Path("doc.md").write_text(DOCUMENT)
    code, out, err = run("coverage", "--diff", "HEAD")
    assert (code, out) == (2, "")
    assert err == (
        "weighbridge: error: --diff HEAD: doc.md:1:1: error: expected UTF-8, found byte 0xff; save it as UTF-8\n"
    )


def test_without_git_the_command_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    code, out, err = run("coverage", "--diff", "HEAD")
    assert (code, out) == (2, "")
    assert err.startswith("weighbridge: error: --diff: git can not be run: ")
    assert err.count("\n") == 1
