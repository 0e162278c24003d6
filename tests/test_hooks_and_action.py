"""The pre-commit hooks and the GitHub Action do what they say: what they would run is run here."""

from __future__ import annotations

import functools
import itertools
import operator
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from weighbridge.starting import start

ROOT = Path(__file__).parents[1]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS: dict[str, dict[str, Any]] = {
    hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
}
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
#: How GitHub runs a step whose shell is bash.
BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail"]
COUNTS = ("holds", "refuted", "undecided", "errored", "waived", "unexpected", "unaccounted")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project with a document and its spec, all of which stands."""
    start(str(tmp_path))
    (tmp_path / "pyproject.toml").touch()
    return tmp_path


def misprint(project: Path) -> None:
    """Let the document and the spec print another figure than what there is."""
    for name in ("spec/tiny.toml", "spec/documents/tiny.md"):
        path = project / name
        path.write_text(path.read_text(encoding="utf-8").replace("56,623,104", "56,623,105"), encoding="utf-8")


def environment() -> dict[str, str]:
    """Return an environment with the command on the path, and none of its settings."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("WEIGHBRIDGE_", "GITHUB_"))}
    return {**plain, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


# --- pre-commit ---


def hook(name: str, project: Path) -> subprocess.CompletedProcess[str]:
    """Run a hook's command as pre-commit does: no shell, in the repository."""
    command = [*shlex.split(HOOKS[name]["entry"]), *HOOKS[name].get("args", ())]
    return subprocess.run(command, cwd=project, env=environment(), capture_output=True, text=True, check=False)


def test_a_commit_passes_where_every_claim_stands_and_fails_where_one_does_not(project: Path) -> None:
    assert hook("weighbridge-check", project).returncode == 0
    misprint(project)
    failed = hook("weighbridge-check", project)
    assert failed.returncode == 1
    assert failed.stdout.startswith(
        "spec/tiny.toml:43:1: refuted[tiny/feedforward.count] prints 56,623,105, computed 56,623,104\n"
    )


def test_a_commit_with_a_figure_that_nobody_claims_fails(project: Path) -> None:
    assert hook("weighbridge-coverage", project).returncode == 0
    with (project / "spec/documents/tiny.md").open("a") as document:
        document.write("\nIt was trained on 300 billion tokens.\n")
    failed = hook("weighbridge-coverage", project)
    assert failed.returncode == 1
    assert "300 billion" in failed.stdout


@pytest.mark.parametrize("name", sorted(HOOKS))
def test_a_hook_runs_for_specs_and_documents_and_nothing_else(name: str) -> None:
    settings = HOOKS[name]
    assert (settings["language"], settings["pass_filenames"]) == ("python", False)
    for path in ("spec/gpt3.toml", "README.md", "paper/main.tex", "docs/notes.markdown", "card.txt"):
        assert re.search(settings["files"], path), path
    for path in ("src/model.py", "data.json", "spec.toml.orig", "md"):
        assert not re.search(settings["files"], path), path


def test_what_counts_as_well_is_checked_where_it_changes() -> None:
    for path in ("spec/config.json", "config.json", "model.safetensors", "m/model.safetensors.index.json", "m.gguf"):
        assert re.search(HOOKS["weighbridge-check"]["files"], path), path
    assert not re.search(HOOKS["weighbridge-check"]["files"], "tokenizer_config.json")


# --- the GitHub Action ---


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a step: its exit code and log, the job's summary, and the step's outputs."""

    code: int
    log: str
    summary: str
    outputs: dict[str, str] = field(default_factory=dict)


def put_in(text: str, inputs: dict[str, str]) -> str:
    """Return a step's value with inputs and context put in, as GitHub does."""
    values = {"github.action_path": str(ROOT), **{f"inputs.{name}": value for name, value in inputs.items()}}
    return re.sub(r"\$\{\{ (\S+) \}\}", lambda match: values[match[1]], text)


def step(name: str) -> dict[str, Any]:
    """Return a step by its name."""
    (found,) = [each for each in STEPS if each.get("name") == name]
    return found


def run(name: str, project: Path, *, path: str = "", **given: str) -> Ran:
    """Run a step as GitHub does, with these inputs; files of GitHub's own stand beside the project."""
    inputs = {key: str(value.get("default", "")) for key, value in ACTION["inputs"].items()}
    inputs |= {key.replace("_", "-"): value for key, value in given.items()}
    beside = project.parent / f"{project.name}-github"
    beside.mkdir(exist_ok=True)
    script, output, summary = (beside / each for each in ("script.sh", "output", "summary"))
    script.write_text(step(name)["run"], encoding="utf-8")
    output.write_text("", encoding="utf-8")
    summary.write_text("", encoding="utf-8")
    variables = {key: put_in(value, inputs) for key, value in step(name).get("env", {}).items()}
    github = {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary)}
    plain = environment()
    done = subprocess.run(
        [*BASH, str(script)],
        cwd=project / put_in(step(name).get("working-directory", "."), inputs),
        env={**plain, **variables, **github, "PATH": f"{path}{os.pathsep}{plain['PATH']}" if path else plain["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    return Ran(done.returncode, done.stdout + done.stderr, summary.read_text(encoding="utf-8"), outputs_of(output))


def outputs_of(file: Path) -> dict[str, str]:
    """Return a step's outputs from the file that it wrote them to: NAME=VALUE, or NAME<<END, lines, END."""
    found: dict[str, str] = {}
    lines = iter(file.read_text(encoding="utf-8").splitlines())
    for line in lines:
        if heredoc := re.fullmatch(r"([\w-]+)<<(\w+)", line):
            until = functools.partial(operator.ne, heredoc[2])
            found[heredoc[1]] = "\n".join(itertools.takewhile(until, lines))
        else:
            name, _, value = line.partition("=")
            found[name] = value
    return found


def test_what_stands_passes_with_its_counts_as_outputs(project: Path) -> None:
    ran = run("Weigh", project, engine="algebra")
    assert ran.code == 0, ran.log
    assert ran.outputs == {
        "exit-code": "0",
        "standing": "pass",
        "holds": "5",
        **dict.fromkeys(COUNTS[1:], "0"),
        "sarif": "weighbridge.sarif",
    }
    assert ran.outputs.keys() == ACTION["outputs"].keys()
    assert ran.summary.startswith("# Compliance report\n")
    assert '"version": "2.1.0"' in (project / "weighbridge.sarif").read_text()
    assert ran.log.splitlines()[-1].startswith("::notice title=weighbridge::pass: 5 hold")


def test_what_does_not_stand_fails_the_step_with_an_annotation_at_the_document_s_line(project: Path) -> None:
    misprint(project)
    ran = run("Weigh", project, engine="algebra", sarif="", json="result.json")
    assert ran.code == 1
    assert (ran.outputs["exit-code"], ran.outputs["standing"], ran.outputs["refuted"]) == ("1", "fail", "1")
    assert (
        "::error file=spec/documents/tiny.md,line=7,col=29,title=refuted[tiny/feedforward.count]::"
        "prints 56,623,105, computed 56,623,104"
    ) in ran.log.splitlines()
    assert "56,623,105" in ran.summary
    assert (project / "result.json").is_file()
    assert not (project / "weighbridge.sarif").exists()
    assert "sarif" not in ran.outputs


def test_a_saved_result_lets_pass_what_was_known(project: Path) -> None:
    misprint(project)
    run("Weigh", project, engine="algebra", json="accepted.json")
    assert run("Weigh", project, engine="algebra", baseline="accepted.json").code == 0


def test_mistakes_in_specs_reach_the_log_and_the_summary(project: Path) -> None:
    spec = project / "spec/tiny.toml"
    spec.write_text(spec.read_text(encoding="utf-8").replace('equals = "width"', 'equals = "widht"'), encoding="utf-8")
    ran = run("Weigh", project, engine="algebra")
    message = "spec/tiny.toml:41:11: error: claim 'width': unknown name 'widht'; did you mean 'width'?"
    assert (ran.code, ran.outputs) == (2, {"exit-code": "2"})
    assert message in ran.log.splitlines()
    assert ran.summary == f"### Weighbridge could not weigh the specs\n\n    {message}\n"
    assert "::error title=weighbridge::the specs could not be weighed: see the job's log" in ran.log.splitlines()


def test_paths_and_selectors_are_one_a_line(project: Path) -> None:
    other = project / "more specs" / "it's.toml"
    other.parent.mkdir()
    other.write_text(
        '[document]\nid = "other"\ntitle = "O"\ncite = "o"\n[models.m]\n[[claim]]\nid = "sum"\nasserts = "1 < 2"\n'
    )
    ran = run("Weigh", project, engine="algebra", paths="spec\n\nmore specs/it's.toml\n", select="sum\n*.count\n")
    assert (ran.code, ran.outputs["holds"]) == (0, "2"), ran.log


HOSTILE = ("$(touch x)", "`touch x`", "; touch x", "' && touch x #", '"; touch x; "', "-rf", "$HOME", "*", "a  b", "é")


def stand_in(project: Path, name: str, script: str) -> str:
    """Return a folder with a script that stands for a command."""
    folder = project / "bin"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)
    return str(folder)


@pytest.mark.parametrize("value", HOSTILE)
def test_an_input_reaches_the_command_as_it_is_and_nothing_else_does(value: str, project: Path) -> None:
    """The command is replaced by a script that notes what it is asked, an argument a line."""
    path = stand_in(project, "weighbridge", 'printf "%s\\n" "$@" > asked; exit 2')
    lines = f"{value}\nb; touch x\n"
    given = {"paths": lines, "engine": value, "select": lines, "baseline": value, "sarif": value, "json": value}
    ran = run("Weigh", project, path=path, **given)
    asked = (project / "asked").read_text(encoding="utf-8").splitlines()
    own = ("/result.json", "/report.md", "/annotations")  # files of the step's, which have random names
    asked = [line for line in asked if not line.endswith(own)]
    assert asked == [
        "check",
        f"--engine={value}",
        "--format=text",
        f"--select={value}",
        "--select=b; touch x",
        f"--baseline={value}",
        f"--format=sarif:{value}",
        "--",
        value,
        "b; touch x",
    ]
    assert ran.outputs == {"exit-code": "2"}
    assert not (project / "x").exists()


def test_files_are_written_under_whatever_name(project: Path) -> None:
    ran = run("Weigh", project, engine="algebra", sarif="$(touch x)\n", json="-rf; touch x")
    assert (ran.code, ran.outputs["sarif"]) == (0, "$(touch x)\n"), ran.log
    assert {path.name for path in project.iterdir()} == {"spec", "pyproject.toml", "$(touch x)\n", "-rf; touch x"}


def test_what_a_document_is_called_begins_no_workflow_command(project: Path) -> None:
    spec = project / "spec/tiny.toml"
    spec.write_text(
        spec.read_text(encoding="utf-8").replace('"Model card of Tiny"', '"::error::forged"'), encoding="utf-8"
    )
    log = run("Weigh", project, engine="algebra").log.splitlines()
    stop = next(number for number, line in enumerate(log) if line.startswith("::stop-commands::"))
    resume = log.index(f"::{log[stop].removeprefix('::stop-commands::')}::")
    forged = [number for number, line in enumerate(log) if line.startswith("::error::forged")]
    assert forged
    assert all(stop < number < resume for number in forged)


def test_the_package_is_installed_from_where_the_action_stands(project: Path) -> None:
    """A script that notes what it is asked stands for Python."""
    path = stand_in(project, "python", 'printf "%s\\n" "$@" > asked')
    assert run("Install weighbridge", project, path=path).code == 0
    asked = (project / "asked").read_text().splitlines()
    assert asked[:3] == ["-m", "pip", "install"]
    assert asked[-1] == str(ROOT)


def test_no_script_has_an_expression_of_github_s_in_it() -> None:
    scripts = [each["run"] for each in STEPS if "run" in each]
    assert len(scripts) == 2
    assert not any("${{" in script for script in scripts)


def test_every_output_is_one_of_the_step_s() -> None:
    for name, output in ACTION["outputs"].items():
        assert output["value"] == f"${{{{ steps.weigh.outputs.{name} }}}}"


def test_every_input_is_used() -> None:
    used = set(re.findall(r"\$\{\{ inputs\.([\w-]+) \}\}", yaml.safe_dump(STEPS, width=1000)))
    assert used == ACTION["inputs"].keys()
