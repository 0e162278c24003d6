"""What is decided again when a file is saved, and what is remembered."""

from __future__ import annotations

import datetime
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from weighbridge.cli import main
from weighbridge.judge import Options
from weighbridge.verdict import Refuted
from weighbridge.watching import Update, Watched, watched

CARD = "# Tiny\n\nTiny has 12 layers, each 768 wide, and 9,216 neurons.\n"
SPEC = """\
architecture = "own.toml"
[document]
title = "Tiny"
path = "texts/tiny.md"
[models.tiny]
n_layers = 12
width = 768
[[claim]]
id = "width"
quote = "768 wide"
printed = "768"
equals = "width"
[[claim]]
id = "neurons"
quote = "9,216 neurons"
printed = "9,216"
equals = "neurons"
[[invariant]]
id = "linear"
kind = "linear"
of = "neurons"
in = "width"
"""
OTHER = '[document]\ntitle = "Other"\ncite = "a book"\n[models.m]\n[[claim]]\nid = "sum"\nasserts = "2 + 2 == 4"\n'
OWN = '[symbols]\nn_layers = "layers"\nwidth = "width"\n[quantities]\nneurons = "n_layers * width"\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project with two specs, one of which rests on a document and on an architecture."""
    (tmp_path / "pyproject.toml").touch()
    spec = tmp_path / "spec"
    (spec / "texts").mkdir(parents=True)
    (spec / "texts" / "tiny.md").write_text(CARD)
    (spec / "tiny.toml").write_text(SPEC.replace("own.toml", "../own.toml"))
    (spec / "other.toml").write_text(OTHER)
    (tmp_path / "own.toml").write_text(OWN)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def watching(project: Path) -> Watched:
    """Return the project as it is watched; it has been decided once."""
    found = watched((), root=None, options=Options(engine="algebra"), today=datetime.date(2026, 11, 24), max_bytes=None)
    assert found.root == project
    assert decided(found.update()) == (4, 4)
    return found


def decided(update: Update) -> tuple[int, int]:
    """Return how many results were looked at again, and how many questions were new."""
    return update.results, update.questions


def failing(update: Update) -> list[str]:
    """Return what does not pass."""
    assert update.report is not None, update.errors
    return [each.result.id for each in update.report.results if each.standing != "pass"]


def edit(path: Path, old: str, new: str) -> set[Path]:
    """Change a file, and return what was saved."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return {path}


def test_a_saved_document_concerns_its_spec_alone_and_asks_nothing_anew(project: Path, watching: Watched) -> None:
    update = watching.update(edit(project / "spec/texts/tiny.md", "9,216", "9,217"))
    assert decided(update) == (3, 0)
    assert failing(update) == ["tiny/neurons"]
    assert failing(watching.update(edit(project / "spec/texts/tiny.md", "9,217", "9,216"))) == []


def test_a_saved_spec_asks_what_has_changed_in_it(project: Path, watching: Watched) -> None:
    update = watching.update(edit(project / "spec/tiny.toml", 'printed = "9,216"', 'printed = "9,217"'))
    assert decided(update) == (3, 1)
    assert failing(update) == ["tiny/neurons"]


def test_a_comment_in_a_spec_moves_its_claims_and_asks_nothing(project: Path, watching: Watched) -> None:
    update = watching.update(edit(project / "spec/other.toml", "[document]", "# a remark\n[document]"))
    assert decided(update) == (1, 0)
    assert update.report is not None
    assert [each.result.location.line for each in update.report.results if each.result.id == "other/sum"] == [6]


def test_a_saved_architecture_concerns_what_is_built_on_it(project: Path, watching: Watched) -> None:
    update = watching.update(edit(project / "own.toml", "n_layers * width", "width"))
    assert decided(update) == (3, 2)
    assert failing(update) == ["tiny/neurons"]


def test_an_architecture_beside_the_specs_is_no_spec(project: Path) -> None:
    (project / "own.toml").rename(project / "spec/own.toml")
    edit(project / "spec/tiny.toml", "../own.toml", "own.toml")
    beside = watched(
        (), root=None, options=Options(engine="algebra"), today=datetime.date(2026, 11, 24), max_bytes=None
    )
    assert failing(beside.update()) == []
    assert failing(beside.update(edit(project / "spec/own.toml", "n_layers * width", "width"))) == ["tiny/neurons"]


def test_what_is_remembered_is_what_deciding_afresh_finds(project: Path, watching: Watched) -> None:
    again = watching.update(edit(project / "spec/tiny.toml", "width = 768", "width = 769"))
    afresh = watched(
        (), root=None, options=Options(engine="algebra"), today=datetime.date(2026, 11, 24), max_bytes=None
    ).update()
    assert again.report == afresh.report
    assert failing(again) == ["tiny/width", "tiny/neurons"]


def test_what_explains_a_refutation_is_looked_for_again_where_the_spec_has_changed(
    project: Path, watching: Watched
) -> None:
    spec = project / "spec/tiny.toml"
    edit(spec, 'printed = "9,216"', 'printed = "10,752"')
    edit(spec, "[models.tiny]", '[quantities]\nbias = { equals = "2 * width" }\n[models.tiny]')
    assert "bias" in explained(watching.update({spec}))
    edit(spec, "bias = {", "offset = {")
    renamed = watching.update({spec})
    assert decided(renamed) == (3, 0)
    assert "offset" in explained(renamed)
    assert "bias" not in explained(renamed)


def explained(update: Update) -> str:
    """Return what explains the figure that is wrong."""
    assert update.report is not None
    (verdict,) = [each.result.verdict for each in update.report.results if each.result.id == "tiny/neurons"]
    assert isinstance(verdict, Refuted)
    return "; ".join([*verdict.explanations, getattr(verdict.witness, "explanation", "")])


def test_mistakes_are_listed_until_they_are_mended(project: Path, watching: Watched) -> None:
    spec = project / "spec/tiny.toml"
    broken = watching.update(edit(spec, 'equals = "neurons"', 'equals = "neuron"'))
    assert broken.report is None
    assert [str(error) for error in broken.errors] == [
        "spec/tiny.toml:17:11: error: claim 'neurons': unknown name 'neuron'; did you mean 'neurons'?"
    ]
    elsewhere = watching.update(edit(project / "spec/other.toml", "2 + 2 == 4", "2 + 2 == 5"))
    assert (elsewhere.report, elsewhere.errors) == (None, broken.errors)
    assert failing(watching.update(edit(spec, 'equals = "neuron"', 'equals = "neurons"'))) == ["other/sum"]


def test_a_document_that_went_and_came_back_is_still_watched(project: Path, watching: Watched) -> None:
    document = project / "spec/texts/tiny.md"
    document.unlink()
    gone = watching.update({document})
    assert [str(error) for error in gone.errors] == [
        "spec/tiny.toml:4:1: error: document 'spec/texts/tiny.md': there is no such file"
    ]
    assert watching.concerns(document)
    document.write_text(CARD)
    assert failing(watching.update({document})) == []


def test_new_specs_are_found_and_old_ones_forgotten(project: Path, watching: Watched) -> None:
    new = project / "spec/deep/new.toml"
    new.parent.mkdir()
    assert watching.concerns(new.parent)
    assert new.parent in watching.directories
    new.write_text(OTHER)
    assert watching.concerns(new)
    assert decided(watching.update({new})) == (1, 0)
    new.unlink()
    update = watching.update({new})
    assert update.report is not None
    assert len(update.report.results) == 4


def test_two_specs_of_one_document_are_refused(project: Path, watching: Watched) -> None:
    twin = project / "spec/twin.toml"
    twin.write_text(OTHER.replace("[document]", '[document]\nid = "other"'))
    assert [str(error) for error in watching.update({twin}).errors] == [
        (
            "spec/twin.toml:2:1: error: the document id 'other' is that of spec/other.toml too; "
            "give one of them another [document] id"
        )
    ]


def test_a_linked_document_is_watched_where_it_is(project: Path, watching: Watched) -> None:
    link, target = project / "spec/texts/tiny.md", project / "elsewhere" / "tiny.md"
    target.parent.mkdir()
    link.rename(target)
    link.symlink_to(target)
    watching.update()
    assert target.parent in watching.directories
    assert watching.concerns(target)
    assert failing(watching.update(edit(target, "768", "769"))) == ["tiny/width"]


@pytest.mark.parametrize("name", ["spec/.tiny.toml.swp", "spec/.new.toml", "spec/notes.txt", "pyproject.toml"])
def test_other_files_are_none_of_its_business(project: Path, watching: Watched, name: str) -> None:
    assert not watching.concerns(project / name)


@contextmanager
def command(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Run `weighbridge watch` until the block ends."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WEIGHBRIDGE_")}
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "weighbridge", "watch"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_save_is_answered_on_standard_output_and_ctrl_c_is_the_normal_end(project: Path) -> None:
    with command(project) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith("pass: 4 hold")
        assert "4 results in " in process.stderr.readline()
        assert process.stderr.readline() == "watching 4 files; Ctrl-C ends\n"
        document = project / "spec/texts/tiny.md"
        document.write_text(CARD.replace("9,216", "9,217"))
        while not select.select([process.stdout], [], [], 2)[0]:
            document.touch()  # the first save came before the directories were watched
        answer = [process.stdout.readline() for _ in range(3)]
        assert answer[0].startswith("spec/texts/tiny.md:3:")
        assert answer[-1].startswith("fail (1 of 4 results): 4 hold")
        assert process.stderr.readline().startswith("3 results in ")
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
        assert (process.returncode, out) == (0, "")


def test_nothing_to_watch_is_an_error(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A slip in a path would else be waited for until somebody notices."""
    assert (project / "spec").is_dir()
    assert main(["watch", "spce"]) == 2
    assert capsys.readouterr() == ("", "spce:1:1: error: there is no such file; did you mean 'spec'?\n")
