"""Which files are read, and what is said of those that can not be."""

from __future__ import annotations

import datetime
import os
import shutil
from pathlib import Path

import pytest

from weighbridge.configuration import find_root, read_configuration
from weighbridge.errors import SpecErrors, UsageError
from weighbridge.judge import Options
from weighbridge.project import matches, open_project, select, weigh
from weighbridge.verdict import Evaluated, Holds

SPEC = """
[document]
title = "A model card"
path = "card.md"

[symbols]
width = "width of a layer"

[models.tiny]
width = 768

[[claim]]
id = "width"
quote = "768 wide"
printed = "768"
equals = "width"
"""
CARD = "Tiny is 768 wide.\n"
CITED = '[document]\ntitle = "T"\ncite = "elsewhere"\n[[claim]]\nid = "q"\nqualitative = "taste"\n'
TODAY = datetime.date(2026, 11, 24)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a project with one spec and its document."""
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "tiny.toml").write_text(SPEC)
    (tmp_path / "spec" / "card.md").write_text(CARD)
    return tmp_path


def mistakes(root: Path, *paths: str) -> list[str]:
    """Return the lines that opening a project is refused with."""
    with pytest.raises(SpecErrors) as caught:
        open_project(paths, cwd=root)
    return str(caught.value).splitlines()


def paths_of(root: Path, *paths: str) -> list[str]:
    """Return the specs that are read."""
    return [each.spec.path for each in open_project(paths, cwd=root).loaded]


def test_specs_are_in_spec_unless_said_otherwise(root: Path) -> None:
    assert paths_of(root) == ["spec/tiny.toml"]
    assert paths_of(root, "spec/tiny.toml", "spec") == ["spec/tiny.toml"]


def test_a_subdirectory_weighs_the_specs_of_the_root(root: Path) -> None:
    (root / "src").mkdir()
    assert paths_of(root / "src") == ["spec/tiny.toml"]


def test_specs_are_read_in_the_order_of_their_paths(root: Path) -> None:
    (root / "spec" / "more").mkdir()
    for name in ("zebra.toml", "apple.toml", "more/middle.toml"):
        (root / "spec" / name).write_text(CITED)
    expected = ["spec/apple.toml", "spec/more/middle.toml", "spec/tiny.toml", "spec/zebra.toml"]
    assert paths_of(root, "spec/zebra.toml", "spec") == expected


def test_what_is_hidden_or_no_spec_is_passed_over(root: Path) -> None:
    for name in ("more", ".hidden"):
        (root / "spec" / name).mkdir()
    for name in (".hidden.toml", "README.md", "more/pyproject.toml", ".hidden/x.toml"):
        (root / "spec" / name).write_text("not = a spec [")
    assert paths_of(root, "spec") == ["spec/tiny.toml"]
    assert paths_of(root, ".") == ["spec/tiny.toml"]


def test_an_architecture_beside_the_specs_is_no_spec(root: Path) -> None:
    (root / "spec" / "architectures").mkdir()
    (root / "spec" / "architectures" / "base.toml").write_text('[symbols]\nwidth = "width"\n')
    (root / "spec" / "architectures" / "own.toml").write_text('architecture = "base.toml"\n')
    (root / "spec" / "tiny.toml").write_text('architecture = "architectures/own.toml"\n' + SPEC)
    assert paths_of(root) == ["spec/tiny.toml"]
    missing = "1:1: error: spec: [document] is missing; begin with [document], its title, and its path or cite"
    assert mistakes(root, "spec/architectures") == [
        f"spec/architectures/{name}.toml:{missing}" for name in ("base", "own")
    ]
    (root / "spec" / "architectures" / "base.toml").write_text("[symbols]\nwidth = 1\n")
    assert mistakes(root) == [
        "spec/architectures/base.toml:2:1: error: [symbols]: symbol 'width' is an integer, expected a string or a table"
    ]


def test_the_root_is_the_nearest_directory_with_a_marker(tmp_path: Path) -> None:
    inner = tmp_path / "outer" / "inner" / "spec"
    inner.mkdir(parents=True)
    (tmp_path / "outer" / "pyproject.toml").touch()
    assert find_root(inner, inner) == tmp_path / "outer"
    (tmp_path / "outer" / "inner" / ".git").mkdir()
    assert find_root(inner / "x.toml", inner) == tmp_path / "outer" / "inner"


def test_without_a_marker_the_root_is_the_working_directory_or_the_specs_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weighbridge.configuration.MARKERS", ("no-such-marker",))
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert find_root(tmp_path / "a", tmp_path) == tmp_path
    assert find_root(tmp_path / "a" / "x.toml", tmp_path / "b") == tmp_path / "a"


def test_a_missing_spec_names_the_nearest_file(root: Path) -> None:
    assert mistakes(root, "spec/tinny.toml") == [
        "spec/tinny.toml:1:1: error: there is no such file; did you mean 'tiny.toml'?"
    ]
    assert mistakes(root, "nowhere/at/all.toml") == ["nowhere/at/all.toml:1:1: error: there is no such file"]
    assert mistakes(root, "spec/tiny.toml/x") == ["spec/tiny.toml/x:1:1: error: there is no such file"]


def test_a_directory_without_specs_says_so(root: Path) -> None:
    (root / "empty").mkdir()
    assert mistakes(root, "empty") == [
        "empty:1:1: error: no specs (*.toml) in this directory; weighbridge init writes a first one"
    ]


def test_a_missing_document_is_an_error_at_the_key_that_names_it(root: Path) -> None:
    (root / "spec" / "card.md").unlink()
    assert mistakes(root) == ["spec/tiny.toml:4:1: error: document 'spec/card.md': there is no such file"]


@pytest.mark.parametrize(
    ("stands", "said", "meant"),
    [
        ("README.md", "README.md", "../README.md"),
        ("docs/card.md", "docs/card.md", "../docs/card.md"),
        ("docs/card.md", "card.md", "../docs/card.md"),
        ("spec/card.md", "../card.md", "card.md"),
        ("spec/card.md", "documents/card.md", "card.md"),
    ],
)
def test_a_document_that_stands_nearby_is_named(root: Path, stands: str, said: str, meant: str) -> None:
    """The path that is told, written in its place, leads there."""
    (root / "docs").mkdir()
    (root / "spec" / "card.md").rename(root / stands)
    spec = root / "spec" / "tiny.toml"
    text = spec.read_text(encoding="utf-8")
    spec.write_text(text.replace('path = "card.md"', f'path = "{said}"'), encoding="utf-8")
    sought = (root / "spec" / said).resolve().relative_to(root.resolve())
    assert mistakes(root) == [
        (
            f"spec/tiny.toml:4:1: error: document '{sought}': there is no such file; "
            f"did you mean '{meant}'? a path is relative to the spec"
        ),
    ]
    spec.write_text(text.replace('path = "card.md"', f'path = "{meant}"'), encoding="utf-8")
    assert open_project(["spec"], cwd=root).ids


def test_a_document_that_is_a_directory_is_an_error(root: Path) -> None:
    (root / "spec" / "card.md").unlink()
    (root / "spec" / "card.md").mkdir()
    assert mistakes(root) == ["spec/tiny.toml:4:1: error: document 'spec/card.md': is a directory; expected a file"]


def test_a_document_that_never_ends_is_not_read(root: Path) -> None:
    (root / "spec" / "card.md").unlink()
    os.mkfifo(root / "spec" / "card.md")
    assert mistakes(root) == ["spec/tiny.toml:4:1: error: document 'spec/card.md': is no regular file"]


def test_links_may_not_lead_out_of_the_root(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.md").write_text(CARD)
    (outside / "secret.toml").write_text(CITED)
    (root / "spec" / "card.md").unlink()
    (root / "spec" / "card.md").symlink_to(outside / "secret.md")
    (root / "spec" / "link.toml").symlink_to(outside / "secret.toml")
    assert mistakes(root) == [
        "spec/link.toml:1:1: error: leads out of the project's root; --root DIR sets another",
        "spec/tiny.toml:4:1: error: document 'spec/card.md': leads out of the project's root; --root DIR sets another",
    ]


def test_links_within_the_root_are_followed(root: Path) -> None:
    shutil.move(root / "spec" / "card.md", root / "card.md")
    (root / "spec" / "card.md").symlink_to(root / "card.md")
    assert paths_of(root) == ["spec/tiny.toml"]


def test_a_link_in_a_circle_is_an_error(root: Path) -> None:
    (root / "spec" / "loop.toml").symlink_to(root / "spec" / "loop.toml")
    (line,) = mistakes(root)
    assert line.startswith("spec/loop.toml:1:1: error: can not be read: ")


def test_a_path_outside_the_root_is_an_error(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "x.toml").write_text(CITED)
    assert mistakes(root, "spec", str(other / "x.toml")) == [
        f"{other}/x.toml:1:1: error: leads out of the project's root; --root DIR sets another"
    ]


def test_a_file_that_may_not_be_read_is_an_error(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made by hand, since the tests may run as a user who may read everything."""
    opened = Path.open

    def refuse(path: Path, mode: str) -> object:
        if path.name == "card.md":
            raise PermissionError(13, "Permission denied")
        return opened(path, mode)

    monkeypatch.setattr(Path, "open", refuse)
    assert mistakes(root) == ["spec/tiny.toml:4:1: error: document 'spec/card.md': can not be read: permission denied"]


def test_a_spec_of_ten_megabytes_is_not_read(root: Path) -> None:
    (root / "spec" / "tiny.toml").write_bytes(b"#" * 10_000_000)
    (mistake,) = mistakes(root)
    assert mistake == (
        "spec/tiny.toml:1:1: error: has 10,000,000 bytes, expected at most 1,048,576; "
        "split the spec, or raise the limit with --max-bytes"
    )


def test_a_flag_raises_the_limit_of_a_spec(root: Path) -> None:
    (root / "spec" / "tiny.toml").write_text(SPEC + "#" * 1_100_000)
    assert len(mistakes(root)) == 1
    assert open_project(cwd=root, max_bytes=2_000_000).ids == ("tiny/width",)


def test_what_is_not_text_is_an_error_with_its_place(root: Path) -> None:
    (root / "spec" / "card.md").write_bytes(b"fine\nnot \xff fine\n")
    (root / "spec" / "binary.toml").write_bytes(b"\x00\x01\xff")
    lines = mistakes(root)
    assert [line.split(": error: ")[0] for line in lines] == ["spec/binary.toml:1:3", "spec/card.md:2:5"]


def test_all_mistakes_of_all_files_come_at_once(root: Path) -> None:
    (root / "spec" / "a.toml").write_text(CITED.replace("qualitative", "qualitativ"))
    (root / "spec" / "b.toml").write_text("[document]\n")
    (root / "spec" / "card.md").unlink()
    places = {line.split(":")[0] for line in mistakes(root, "spec", "nowhere.toml")}
    assert places == {"nowhere.toml", "spec/a.toml", "spec/b.toml", "spec/tiny.toml"}


def test_two_specs_with_one_document_id_are_an_error(root: Path) -> None:
    (root / "spec" / "twin.toml").write_text(CITED.replace("title", 'id = "tiny"\ntitle'))
    assert mistakes(root) == [
        (
            "spec/twin.toml:2:1: error: the document id 'tiny' is that of spec/tiny.toml too; "
            "give one of them another [document] id"
        )
    ]


def test_weighing_gives_a_report_with_paths_below_the_root(root: Path) -> None:
    report = weigh(open_project(cwd=root), Options(engine="algebra"), today=TODAY)
    (spec,), (weighed,) = report.specs, report.results
    assert (spec.path, spec.document_path, spec.title) == ("spec/tiny.toml", "spec/card.md", "A model card")
    assert spec.sha256 == "0e262501eea8b807c21e877759576cd17d828d5047d4fa7fae254782a11d1e72"  # by sha256sum
    assert spec.models == {"tiny": {"width": 768}}
    assert (weighed.result.id, weighed.standing) == ("tiny/width", "pass")
    assert weighed.result.verdict == Holds(Evaluated("tiny"))
    assert weighed.result.anchor is not None
    assert str(weighed.result.anchor.location) == "spec/card.md:1:9"


def test_a_selection_leaves_out_specs_of_which_nothing_is_asked(root: Path) -> None:
    (root / "spec" / "other.toml").write_text(CITED)
    project = open_project(cwd=root)
    report = weigh(project, Options(engine="algebra"), today=TODAY, patterns=["width"])
    assert [spec.path for spec in report.specs] == ["spec/tiny.toml"]
    assert [each.result.id for each in report.results] == ["tiny/width"]


@pytest.mark.parametrize(
    ("pattern", "matched"),
    [
        ("gpt3/total.billion@gpt3", True),
        ("total.billion@gpt3", True),
        ("total.billion", True),
        ("gpt3/total.billion", True),
        ("total.*", True),
        ("*/total.*", True),
        ("billion", False),
        ("Total.*", False),
        ("gpt3", False),
    ],
)
def test_globs_match_ids_with_or_without_document_and_model(pattern: str, *, matched: bool) -> None:
    assert matches("gpt3/total.billion@gpt3", pattern) == matched


def test_a_glob_that_matches_nothing_names_the_nearest_id(root: Path) -> None:
    with pytest.raises(UsageError) as caught:
        select(open_project(cwd=root), ["widht"])
    assert str(caught.value) == "nothing is called 'widht'; did you mean 'width'?"


def test_configuration_is_read_and_its_paths_are_below_the_root(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.weighbridge]\nengine = "algebra"\nmax-points = 5\nquiet = true\n'
        'paths = "claims"\nformat = ["json:out/x.json", "text"]\nselect = ["a*"]\n'
    )
    assert read_configuration(tmp_path) == {
        "engine": "algebra",
        "max-points": 5,
        "quiet": True,
        "paths": (f"{tmp_path}/claims",),
        "format": (f"json:{tmp_path}/out/x.json", "text"),
        "select": ("a*",),
    }


def test_no_configuration_is_no_mistake(tmp_path: Path) -> None:
    assert read_configuration(tmp_path) == {}
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n[tool.other]\n")
    assert read_configuration(tmp_path) == {}


def test_mistakes_of_the_configuration_come_all_at_once(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.weighbridge]\negnine = "auto"\nengine = "swep"\nseed = "0"\nquiet = 1\n'
    )
    with pytest.raises(SpecErrors) as caught:
        read_configuration(tmp_path)
    assert str(caught.value).splitlines() == [
        "pyproject.toml:2:1: error: [tool.weighbridge]: unknown key 'egnine'; did you mean 'engine'?",
        (
            "pyproject.toml:3:1: error: [tool.weighbridge]: 'engine' is 'swep', "
            "expected one of 'auto', 'sweep', 'algebra'; did you mean 'sweep'?"
        ),
        "pyproject.toml:4:8: error: [tool.weighbridge]: 'seed' is a string, expected an integer",
        "pyproject.toml:5:9: error: [tool.weighbridge]: 'quiet' is an integer, expected true or false",
    ]


def test_a_configuration_that_is_no_toml_is_one_mistake(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool\n")
    with pytest.raises(SpecErrors) as caught:
        read_configuration(tmp_path)
    assert str(caught.value) == "pyproject.toml:1:6: error: not TOML: Expected ']' at the end of a table declaration"
