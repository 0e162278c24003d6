"""What people expect of any command: help with examples, completion, colour only where it is wanted, quiet pipes."""

from __future__ import annotations

import os
import pty
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from weighbridge.cli import command, main
from weighbridge.starting import start

ROOT = Path(__file__).parents[1]
VERBS = sorted(command.commands)
WEIGHBRIDGE = [sys.executable, "-m", "weighbridge"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project with one spec, in which a figure is wrong, as the working directory."""
    for name in [name for name in os.environ if name.startswith("WEIGHBRIDGE_")]:
        monkeypatch.delenv(name)
    start(str(tmp_path))
    (tmp_path / "pyproject.toml").touch()
    for name in ("spec/tiny.toml", "spec/documents/tiny.md"):
        path = tmp_path / name
        path.write_text(path.read_text(encoding="utf-8").replace("56,623,104", "56,623,105"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


# --- help ---


def test_the_first_page_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    page = capsys.readouterr().out
    assert re.findall(r"^  ([a-z]+)  ", page, re.MULTILINE) == list(command.commands)
    for verb in VERBS:
        assert command.commands[verb].short_help, verb


@pytest.mark.parametrize("verb", VERBS)
def test_help_says_what_a_verb_does_what_each_option_is_for_and_gives_examples_in_80_columns(
    verb: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for flag in ("--help", "-h"):
        assert main([verb, flag]) == 0
        page = capsys.readouterr().out
        assert page.startswith(f"Usage: weighbridge {verb} ")
        assert "\nOptions:\n" in page
        assert "\n  Examples:\n    weighbridge " in page
        assert max(map(len, page.splitlines())) <= 80
    for option in command.commands[verb].params:
        if isinstance(option, click.Option):
            assert option.help, option.name
            assert option.help.endswith((".", ")")), option.help


def examples(text: str) -> list[list[str]]:
    """Return the commands of a help page's examples, each as its arguments."""
    lines = [line.strip() for line in text.splitlines() if line.strip().startswith("weighbridge ")]
    parts = [part for line in lines for part in re.split(r"\s{3,}|&&|<", line)]
    return [shlex.split(part)[1:] for part in parts if part.strip().startswith("weighbridge ")]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.usefixtures("project")
def test_examples_are_commands_that_there_are(verb: str) -> None:
    found = examples(command.commands[verb].epilog or "")
    assert found
    for name, *arguments in found:
        command.commands[name].make_context(name, arguments)


def test_the_examples_of_the_first_page_are_commands_that_there_are() -> None:
    found = examples(command.epilog or "")
    assert len(found) >= 4
    for name, *arguments in found:
        command.commands[name].make_context(name, arguments)


# --- mistakes ---


@pytest.mark.parametrize("verb", VERBS)
def test_a_slip_in_a_verb_or_an_option_names_the_right_one(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([f"{verb}x"]) == 2
    assert f"did you mean '{verb}'?" in capsys.readouterr().err
    options = [each.opts[0] for each in command.commands[verb].params if isinstance(each, click.Option)]
    option = max(options, key=len, default="--help")
    assert main([verb, option[:-1] + "x"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.endswith(f"no such option '{option[:-1]}x'; did you mean '{option}'?\n")


def test_without_a_verb_there_is_help_and_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Usage: weighbridge ")


# --- streams ---


@pytest.mark.usefixtures("project")
def test_results_go_to_standard_output_and_nothing_else_does(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--engine", "algebra"]) == 1
    out, err = capfd.readouterr()
    assert (out.splitlines()[-1].startswith("fail (1 of 5 results)"), err) == (True, "")
    assert main(["check", "--select", "none"]) == 2
    assert capfd.readouterr().out == ""


@pytest.mark.usefixtures("project")
def test_quiet_shows_failures_alone_and_verbose_everything(capfd: pytest.CaptureFixture[str]) -> None:
    pages = {}
    for flag in ("-q", "", "-v"):
        main(["check", "--engine", "algebra", *([flag] if flag else [])])
        pages[flag] = capfd.readouterr().out
    assert pages["-q"].splitlines()[0].startswith("spec/tiny.toml:43:1: refuted[tiny/feedforward.count]")
    assert "Model card of Tiny" not in pages["-q"]
    assert "56,623,105 = feedforw…" in pages[""]
    assert "…" not in pages["-v"]
    assert len({page.splitlines()[-1] for page in pages.values()}) == 1


@pytest.mark.parametrize("arguments", [["list"], ["explain", "*"], ["schema"], ["coverage", "-v"]])
def test_a_reader_that_stops_reading_is_no_error(arguments: list[str], project: Path) -> None:
    with subprocess.Popen(
        [*WEIGHBRIDGE, *arguments], cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert (process.stderr.read(), process.wait()) == ("", 0)


def on_a_terminal(project: Path, **environment: str) -> str:
    """Return what `check` prints on a terminal."""
    main_end, terminal = pty.openpty()
    plain = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "COLORTERM")}
    settings = {**plain, "TERM": "xterm-256color", "COLUMNS": "120", **environment}
    with subprocess.Popen(
        [*WEIGHBRIDGE, "check", "--engine", "algebra"], cwd=project, env=settings, stdout=terminal
    ) as process:
        os.close(terminal)
        parts = []
        while part := read(main_end):
            parts.append(part)
        process.wait()
    os.close(main_end)
    return b"".join(parts).decode()


def read(descriptor: int) -> bytes:
    """Return what a terminal shows next, nothing where its other end is closed."""
    try:
        return os.read(descriptor, 65_536)
    except OSError:  # Linux says so by an error
        return b""


def test_a_terminal_has_colours_unless_they_are_not_wanted(project: Path) -> None:
    """Selecting one of eight colours is ESC [ 3x m, with bold before it or not."""
    colour = re.compile("\x1b\\[(?:1;)?3[0-7]m")
    coloured, plain = on_a_terminal(project), on_a_terminal(project, NO_COLOR="1")
    assert colour.search(coloured)
    assert not colour.search(plain)
    assert on_a_terminal(project, TERM="dumb").count("\x1b") == 0
    escapes = re.compile("\x1b\\[[0-9;]*m")
    assert escapes.sub("", coloured) == escapes.sub("", plain)


# --- completion ---


def completed(*words: str) -> list[str]:
    """Return what a shell is told to complete the last word with, each by its kind and text."""
    environment = {
        **os.environ,
        "_WEIGHBRIDGE_COMPLETE": "bash_complete",
        "COMP_WORDS": shlex.join(["weighbridge", *words]),
        "COMP_CWORD": str(len(words)),
    }
    done = subprocess.run(WEIGHBRIDGE, env=environment, capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_a_shell_completes_verbs_options_words_and_files() -> None:
    assert completed("co") == ["plain,coverage", "plain,count"]
    assert completed("check", "--ba") == ["plain,--baseline"]
    assert completed("check", "--engine", "a") == ["plain,auto", "plain,algebra"]
    assert completed("check", "--format", "ht") == ["plain,html"]
    assert completed("check", "spec/gp") == ["file,spec/gp"]


def test_a_shell_s_script_is_printed() -> None:
    environment = {**os.environ, "_WEIGHBRIDGE_COMPLETE": "zsh_source"}
    done = subprocess.run(WEIGHBRIDGE, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("#compdef weighbridge\n")
