"""What a program can ask of the package, and that asking costs no more than it must."""

from __future__ import annotations

import datetime
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import tomli

import weighbridge
from weighbridge.cli import main
from weighbridge.starting import start

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXCUSED = ROOT / "tests" / "examples" / "refuted" / "excused.toml"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project with one spec, which is the working directory."""
    start(str(tmp_path))
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ids(report: weighbridge.Report) -> list[str]:
    """Return what was decided."""
    return [each.result.id.partition("/")[2] for each in report.results]


def test_a_check_is_what_the_command_prints(project: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    report = weighbridge.check(engine="algebra")
    assert ids(report) == ["layers", "width", "feedforward.count", "feedforward.formula", "feedforward.linear"]
    for name in ("json", "markdown", "text"):
        code = main(["check", str(project / "spec"), "--engine", "algebra", "--format", name])
        assert capsysbinary.readouterr().out.decode() == weighbridge.render(report, name)
        assert code == weighbridge.exit_code(report) == 0


def test_paths_are_one_or_several_of_any_kind(project: Path) -> None:
    spec = project / "spec" / "tiny.toml"
    every: list[Any] = [None, "spec", Path("spec"), spec, str(spec), ["spec"], (Path("spec"), spec), iter(["spec"])]
    assert all(len(weighbridge.check(each, engine="algebra").results) == 5 for each in every)


@pytest.mark.usefixtures("project")
def test_a_selection_is_one_glob_or_several() -> None:
    assert ids(weighbridge.check(select="width", engine="algebra")) == ["width"]
    assert ids(weighbridge.check(select=["width", "*.linear"], engine="algebra")) == ["width", "feedforward.linear"]


def test_a_waiver_ends_on_the_day_that_is_given() -> None:
    def standings(today: datetime.date) -> list[str]:
        report = weighbridge.check(EXCUSED, root=ROOT, engine="algebra", today=today)
        return [each.standing for each in report.results]

    assert standings(datetime.date(2026, 11, 24)) == ["waived", "waived", "unexpected", "unexpected"]
    assert standings(datetime.date(2026, 11, 25)) == ["waived", "unexpected", "unexpected", "unexpected"]


@pytest.mark.usefixtures("project")
def test_neither_the_environment_nor_pyproject_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEIGHBRIDGE_ENGINE", "nonsense")
    Path("pyproject.toml").write_text("[tool.weighbridge]\nengine = 'nonsense'\n")
    assert weighbridge.exit_code(weighbridge.check(engine="algebra")) == 0


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"engine": "algebr"}, "there is no engine 'algebr'; did you mean 'algebra'?"),
        ({"examples": 0}, "examples: expected at least 1, found 0"),
        ({"max_points": -1}, "max_points: expected at least 1, found -1"),
        ({"max_bytes": 0}, "max_bytes: expected at least 1, found 0"),
        ({"threads": 0}, "threads: expected at least 1, found 0"),
        ({"seed": -1}, "seed: expected at least 0, found -1"),
        ({"select": "widht"}, "nothing is called 'widht'; did you mean 'width'?"),
        ({"root": "/no/where"}, "--root: there is no directory '/no/where'"),
    ],
)
def test_what_can_not_be_asked_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(weighbridge.UsageError) as caught:
        weighbridge.check(**given)
    assert str(caught.value) == message


def test_a_format_that_is_none_is_refused() -> None:
    report = weighbridge.check(EXCUSED, root=ROOT, engine="algebra")
    with pytest.raises(weighbridge.UsageError, match=r"^there is no format 'jsn'; did you mean 'json'\?$"):
        weighbridge.render(report, "jsn")


def test_a_spec_is_loaded_with_everything_that_it_declares(project: Path) -> None:
    spec = weighbridge.load("spec/tiny.toml")
    assert spec == weighbridge.load(project / "spec")
    assert (spec.id, spec.document.path) == ("tiny", "spec/documents/tiny.md")
    assert spec.models["tiny"].values == {"n_layers": 12, "width": 768}
    assert spec.grids["sizes"].points == 96 * 128
    assert [claim.id for claim in spec.claims] == ["layers", "width", "feedforward.count", "feedforward.formula"]


def test_the_rows_of_tables_are_models_of_the_spec() -> None:
    spec = weighbridge.load(ROOT / "tests" / "examples" / "documents" / "model_zoo.toml", root=ROOT)
    assert len(spec.models) >= 20


def test_a_spec_with_mistakes_raises_all_of_them(project: Path) -> None:
    spec = project / "spec" / "tiny.toml"
    spec.write_text(
        spec.read_text(encoding="utf-8")
        .replace('equals = "n_layers"', 'equals = "layers"')
        .replace('in = "n', 'in = "m'),
        encoding="utf-8",
    )
    for ask in (weighbridge.load, weighbridge.check):
        with pytest.raises(weighbridge.SpecErrors) as caught:
            ask(spec)
        assert [(each.location.line, each.location.column) for each in caught.value.errors] == [(35, 11), (62, 6)]
        assert all(isinstance(each, weighbridge.SpecError) for each in caught.value.errors)


def test_no_single_spec_is_none(project: Path) -> None:
    (project / "spec" / "other.toml").write_text('[document]\ntitle = "O"\ncite = "o"\n')
    with pytest.raises(weighbridge.UsageError, match=r"^'spec' has 2 specs; name one of them$"):
        weighbridge.load("spec")


@pytest.mark.parametrize("name", weighbridge.__all__)
def test_every_name_of_the_interface_is_there(name: str) -> None:
    assert getattr(weighbridge, name) is not None
    assert name in dir(weighbridge)


def test_the_names_are_those_that_a_type_checker_sees() -> None:
    source = Path(weighbridge.__file__).read_text(encoding="utf-8")
    declared = source.partition("if TYPE_CHECKING:\n")[2].partition("__all__")[0]
    imported = re.sub(r"from \S+ import", "", declared)
    assert {*re.findall(r"\w+", imported), "__version__"} == set(weighbridge.__all__)
    assert {"__version__", *(name for names in weighbridge.HOMES.values() for name in names)} == set(
        weighbridge.__all__
    )


def test_a_name_that_is_not_there_is_said_to_be_missing() -> None:
    with pytest.raises(AttributeError, match=r"^module 'weighbridge' has no attribute 'chekc'$"):
        getattr(weighbridge, "chekc")  # noqa: B009 - mypy knows that it is not there


def test_the_version_is_that_of_the_package() -> None:
    assert weighbridge.__version__ == tomli.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def run(code: str) -> str:
    """Return what a program prints."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout


def test_importing_the_package_imports_nothing_of_it() -> None:
    code = "import sys, weighbridge; print(sorted(name for name in sys.modules if name.startswith('weighbridge')))"
    assert run(code) == "['weighbridge', 'weighbridge.version']\n"


def test_deciding_by_algebra_does_not_import_the_counter() -> None:
    code = (
        "import sys, weighbridge; weighbridge.check('spec', engine='algebra'); "
        "print({'numba', 'click', 'rich'} & set(sys.modules))"
    )
    assert run(code) == "set()\n"


def test_what_readme_shows_is_what_a_program_gets(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, added, text in re.findall(
        r"^```(?:markdown|toml) (\+?)(spec/tiny\.\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL
    ):
        path = project / added
        path.write_text((path.read_text(encoding="utf-8") + "\n" if name else "") + text, encoding="utf-8")
    (program, shown), *more = re.findall(
        r"^```python\n(.*?)^```\n\n```text\n(.*?)^```$", README, re.MULTILINE | re.DOTALL
    )
    assert not more
    exec(compile(program, "README.md", "exec"), {})  # noqa: S102 - our own
    assert capsys.readouterr().out == shown
