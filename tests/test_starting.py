"""A first spec passes at once, accounts for all that its document says, and overwrites nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from weighbridge.cli import main

WRITTEN = ("spec/documents/tiny.md", "spec/tiny.toml")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty directory, which is the working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(folder: Path) -> list[str]:
    """Return every file below a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_what_is_written_passes_whole_in_an_empty_directory(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 0
    out, err = capfd.readouterr()
    assert (out.splitlines(), err) == (list(WRITTEN), "now run: weighbridge check\n")
    assert files(here) == list(WRITTEN)
    assert main(["check", "--engine", "algebra"]) == 0
    assert main(["coverage", "--fail-under", "100"]) == 0
    assert main(["audit", "--quiet"]) == 0


def test_its_figures_are_right() -> None:
    from weighbridge.starting import DOCUMENT

    assert f"{sum(2 * (4 * 768) * 768 for _layer in range(12)):,} weights: 8 × width² in every layer" in DOCUMENT


def test_another_directory_is_made_and_named_in_what_to_do_next(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "my notes/first"]) == 0
    assert capfd.readouterr().err == "now run: weighbridge check 'my notes/first/spec'\n"
    assert main(["check", "my notes/first/spec", "--engine", "algebra"]) == 0
    assert len(files(here)) == 2


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("kind", ["file", "directory", "dangling link"])
def test_nothing_is_overwritten_and_then_nothing_is_written(
    name: str, kind: str, here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = here / name
    path.parent.mkdir(parents=True)
    if kind == "file":
        path.write_text("mine")
    elif kind == "directory":
        path.mkdir()
    else:
        path.symlink_to(here / "elsewhere")
    before = files(here)
    assert main(["init"]) == 2
    message = f"'{name}': there already, and nothing is overwritten; name another directory"
    assert capfd.readouterr() == ("", f"weighbridge: error: {message}\n")
    assert files(here) == before
    if kind == "file":
        assert path.read_text() == "mine"


def test_a_directory_that_can_not_be_made_is_one_line(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (here / "taken").write_text("a file")
    assert main(["init", "taken"]) == 2
    assert capfd.readouterr() == ("", "weighbridge: error: 'taken/spec/documents' can not be made: not a directory\n")


def test_the_schema_goes_where_it_is_asked_to(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    printed = capfd.readouterr().out
    assert main(["schema", "--out", "spec.schema.json"]) == 0
    assert capfd.readouterr() == ("", "")
    assert (here / "spec.schema.json").read_text(encoding="utf-8") == printed
