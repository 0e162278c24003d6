"""README's example works as it is printed: its files are written, its commands are run, their output is compared."""

from __future__ import annotations

import math
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import tomli

from expect import Expect

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
WEIGHBRIDGE = Path(sys.executable).with_name("weighbridge")
SPEC = tomli.loads((ROOT / "spec" / "gpt3-weights.toml").read_text(encoding="utf-8"))

BLOCK = re.compile(r"^```(\w+) ?(.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, what stands behind that on the fence, and its text."""

    language: str
    argument: str
    text: str


def blocks(text: str) -> list[Block]:
    return [Block(*found) for found in BLOCK.findall(text)]


BEFORE, _, STEPS = README.partition("## Add a claim")
STEPS, _, CARD = STEPS.partition("## From a model card")


def run(command: str, directory: Path) -> str:
    """Return what a command prints, and its exit code where that is not 0."""
    name, *arguments = shlex.split(command)
    assert name == "weighbridge"
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("WEIGHBRIDGE_", "COLUMNS"))}
    done = subprocess.run(
        [WEIGHBRIDGE, *arguments],
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr + (f"exit code {done.returncode}\n" if done.returncode else "")


def commands(text: str) -> list[tuple[str, str]]:
    """Return each command that a part of README shows, with the output that it shows."""
    found: list[tuple[str, str]] = []
    for block in blocks(text):
        if block.language == "console":
            command, _, output = block.text.partition("\n")
            found.append((command.removeprefix("$ "), output))
    return found


def follow_steps(directory: Path, text: str = STEPS) -> None:
    """Write the files of README's steps; a block whose argument begins with + is added to its file."""
    for block in blocks(text):
        if block.argument:
            path = directory / block.argument.removeprefix("+")
            path.parent.mkdir(exist_ok=True)
            before = path.read_text(encoding="utf-8") + "\n" if block.argument.startswith("+") else ""
            path.write_text(before + block.text, encoding="utf-8")


def replace_figure(path: Path) -> None:
    """Do what README says that somebody does."""
    text = path.read_text(encoding="utf-8")
    assert "56,623,104" in text
    path.write_text(text.replace("56,623,104", "56,623,410"), encoding="utf-8")


def with_outputs(printed: list[str], text: str) -> str:
    """Return README as it stands now, with what the commands of a part of it print."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for (command, shown), output in zip(commands(text), printed, strict=True):
        readme = readme.replace(f"$ {command}\n{shown}```", f"$ {command}\n{output}```", 1)
    return readme


def test_the_output_that_readme_opens_with_is_what_the_command_prints(expect: Expect) -> None:
    assert [command for command, _ in commands(BEFORE)] == [
        "weighbridge check spec/gpt3-weights.toml --select 'value.*'"
    ]
    printed = [run(command, ROOT) for command, _ in commands(BEFORE)]
    expect(ROOT / "README.md", with_outputs(printed, BEFORE))


def test_the_claim_that_readme_opens_with_is_the_spec_s() -> None:
    shown = next(block for block in blocks(BEFORE) if block.language == "toml")
    claim = tomli.loads(shown.text)["claim"][0]
    ours = next(each for each in SPEC["claim"] if each["id"] == claim["id"])
    assert claim == {key: ours[key] for key in claim}
    assert ours.keys() - claim.keys() == {"erratum"}


def test_a_claim_is_added_by_the_steps_as_they_are_printed(tmp_path: Path, expect: Expect) -> None:
    follow_steps(tmp_path)
    printed: list[str] = []
    for (command, _), edited in zip(commands(STEPS), [None, "spec/tiny.md", "spec/tiny.toml"], strict=True):
        if edited:
            replace_figure(tmp_path / edited)
        printed.append(run(command, tmp_path))
    expect(ROOT / "README.md", with_outputs(printed, STEPS))
    assert [output.rpartition("exit code")[2].strip() for output in printed[1:]] == ["1", "1"]


def test_a_model_card_is_drafted_and_weighed_as_it_is_printed(tmp_path: Path, expect: Expect) -> None:
    follow_steps(tmp_path, CARD)
    (tmp_path / "pyproject.toml").touch()
    printed = [run(command, tmp_path) for command, _ in commands(CARD)]
    expect(ROOT / "README.md", with_outputs(printed, CARD))
    assert printed[1].endswith("exit code 1\n")


def test_the_figures_in_readme_are_counted_by_hand() -> None:
    """The grid's points, the points that fail, and Tiny's weights; README says nothing else about numbers."""
    values = {"n_layers": 96, "d_embed": 12, "n_vocab": 3, "n_heads": 96, "d_query": 8, "d_value": 8, "n_neurons": 48}
    points = math.prod(values.values())
    assert f"a grid of {points:,}:" in README
    assert f"({points * 7 // 8:,} of {points:,}" in README  # d_query and d_value agree at one point in eight
    assert f"blocks hold {sum(2 * 4 * 768 * 768 for _layer in range(12)):,} weights" in README


@pytest.mark.parametrize("target", ["check", "test", "report"])
def test_a_make_target_that_is_spoken_of_is_there(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    documents = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "README.md", ROOT / "reports/README.md"))
    assert f"`make {target}`" in documents
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_a_link_of_readme_leads_to_a_file(link: str) -> None:
    assert (ROOT / link).is_file()
