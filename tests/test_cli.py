"""The command as a person uses it: what it prints, where, and with which exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from expect import Expect
from one_of_each import ONE_OF_EACH
from weighbridge import delivery
from weighbridge.cli import main
from weighbridge.configuration import ENGINES
from weighbridge.parameters import FORMATS
from weighbridge.report.renderers import RENDERERS
from weighbridge.report.text import to_terminal
from weighbridge.report.to_json import to_json
from weighbridge.report.to_markdown import to_markdown
from weighbridge.verbs import flags

HERE = Path(__file__).parent
CORPUS = sorted(
    path
    for folder in ("holds", "refuted", "undecided", "errored")
    for path in (HERE / "examples" / folder).glob("*.toml")
)
COMMAND = [sys.executable, "-m", "weighbridge"]
HOLDS, REFUTED, QUALITATIVE = (
    str(HERE / "examples" / name)
    for name in ("holds/every_evidence.toml", "refuted/off_by_one.toml", "undecided/qualitative.toml")
)

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in this process; return exit code, standard output and standard error."""
    for name in [name for name in os.environ if name.startswith("WEIGHBRIDGE_")]:
        monkeypatch.delenv(name)

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        code = main([str(each) for each in arguments])
        out, err = capfd.readouterr()
        return code, out, err

    return run


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """Return a result file of the common report."""
    path = tmp_path / "result.json"
    path.write_text(to_json(ONE_OF_EACH))
    return path


@pytest.mark.parametrize("spec", CORPUS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_example(spec: Path, run: Run, expect: Expect) -> None:
    """The first line of each .out file is the exit code; the rest is what `check` prints."""
    code, out, err = run("check", spec, "--root", spec.parent, "--today", "2026-11-24", "--engine", "auto")
    assert err == ""
    expect(spec.with_suffix(".out"), f"exit {code}\n{out}")


@pytest.mark.parametrize("spec", CORPUS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_exit_code_is_the_same_whatever_the_format(spec: Path, run: Run) -> None:
    shared = ("check", spec, "--root", spec.parent, "--today", "2026-11-24", "--engine", "algebra")
    assert len({run(*shared, "--format", name)[0] for name in FORMATS}) == 1


def test_the_last_line_says_pass_exactly_where_the_exit_code_is_0() -> None:
    for spec in CORPUS:
        code, *lines = spec.with_suffix(".out").read_text().splitlines()
        assert lines[-1].startswith("pass:") == (code == "exit 0")
        assert "; coverage: " in lines[-1]


def test_the_examples_have_every_exit_code_that_a_spec_can_cause() -> None:
    assert {spec.with_suffix(".out").read_text().splitlines()[0] for spec in CORPUS} == {"exit 0", "exit 1", "exit 5"}


def test_the_names_known_without_imports_are_those_that_there_are() -> None:
    assert tuple(RENDERERS) == FORMATS
    assert flags.ENGINES == ENGINES


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["chek"], "no such command 'chek'; did you mean 'check'?"),
        (["check", "--engin", "auto"], "no such option '--engin'; did you mean '--engine'?"),
        (["check", "--engine", "algebr"], "--engine: there is no engine 'algebr'; did you mean 'algebra'?"),
        (["check", "--examples"], "option '--examples' requires an argument; see 'weighbridge check --help'"),
        (["check", "-k"], "no such option '-k'; see 'weighbridge check --help'"),
        (["--quiet"], "no such option '--quiet'; see 'weighbridge --help'"),
        (["check", "--examples", "0"], "--examples: expected a whole number of at least 1, found '0'"),
        (["check", "--seed", "-1"], "--seed: expected a whole number of at least 0, found '-1'"),
        (["check", "--threads", "two"], "--threads: expected a whole number of at least 1, found 'two'"),
        (["check", "--today", "yesterday"], "--today: 'yesterday' is no date; write it as 2026-11-24"),
        (["check", "--format", "jsn"], "--format: there is no format 'jsn'; did you mean 'json'?"),
        (
            ["check", "--format", "json:"],
            "--format: 'json:' names no file; write json:PATH, or json for standard output",
        ),
        (["check", "--format", "json:no/x"], "--format: there is no directory 'no' to write 'x' in; create it"),
        (["check", "--format", "json:/"], "--format: '/' is a directory; name a file in it"),
        (
            ["check", "--format", "json", "--format", "markdown"],
            (
                "--format json and --format markdown both go to standard output; "
                "write one of them to a file: markdown:PATH"
            ),
        ),
        (
            ["check", "--format", "json:x", "--format", "text:./x"],
            "two formats go to one file, 'x'; give each its own",
        ),
        (["explain"], "missing argument 'ID'; see 'weighbridge explain --help'"),
        (["check", HOLDS, "--select", "cuont"], "nothing is called 'cuont'; did you mean 'count'?"),
        (
            ["explain", "every_evidence/cuont", HOLDS],
            "nothing is called 'every_evidence/cuont'; did you mean 'every_evidence/count'?",
        ),
        (["check", HOLDS, "--root", "/no/where"], "--root: there is no directory '/no/where'"),
        (["report", "no.json"], "no.json: can not be read: no such file or directory"),
        (["report", HOLDS], None),
    ],
)
def test_a_mistake_on_the_command_line_is_one_line_on_standard_error_and_exit_2(
    arguments: list[str], message: str | None, run: Run
) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    if message is not None:
        assert err == f"weighbridge: error: {message}\n"


def test_mistakes_in_specs_are_listed_with_their_places(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(
        '[document]\ntitle = "A"\ncite = "a"\n[[claim]]\nid = "x"\nasserts = "q > 1"\nover = "everywhere"\n'
    )
    (tmp_path / "b.toml").write_text("[document\n")
    code, out, err = run("check", tmp_path, "--root", tmp_path)
    assert (code, out) == (2, "")
    assert [line.split(": ")[:2] for line in err.splitlines()] == [["a.toml:6:12", "error"], ["b.toml:1:10", "error"]]


def test_version_and_help(run: Run) -> None:
    code, out, err = run("--version")
    assert (code, out, err) == (0, "weighbridge 0.1.0\n", "")
    for verb in ("check", "list", "explain", "report"):
        code, out, err = run(verb, "--help")
        assert (code, err) == (0, "")
        assert out.startswith(f"Usage: weighbridge {verb}")


def test_a_saved_result_may_come_through_a_pipe_that_the_shell_has_opened(saved: Path) -> None:
    """`report /dev/stdin` and `report <(command)` read what `report -` reads."""
    expected = to_markdown(ONE_OF_EACH)
    for argument in ("/dev/stdin", "<(cat)"):
        script = f"exec {' '.join(COMMAND)} report {argument} --format markdown"
        with saved.open() as file:
            done = subprocess.run(["bash", "-c", script], stdin=file, capture_output=True, check=False, text=True)
        assert (done.stdout, done.stderr) == (expected, "")


def test_a_named_pipe_is_no_saved_result_and_nobody_waits_for_it(run: Run, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for arguments in (("report", pipe), ("check", HOLDS, "--baseline", pipe)):
        code, out, err = run(*arguments)
        assert (code, out) == (2, "")
        assert err == (
            f"weighbridge: error: {pipe}: is no regular file; "
            "expected a result that 'weighbridge check --format json:PATH' saved\n"
        )


def test_select_narrows_by_glob_with_or_without_the_document(run: Run) -> None:
    for glob in ("count", "every_evidence/count", "c*nt"):
        code, out, _ = run("check", HOLDS, "--select", glob, "--engine", "algebra")
        assert code == 0
        assert out.splitlines()[-1] == (
            "pass: 1 holds (1 evaluated), 0 refuted, 0 undecided; 1 of 4 results selected; coverage: not measured"
        )
    assert run("list", HOLDS, "--select", "count", "--select", "small")[1].count("\n") == 2


def test_select_names_each_glob_that_matches_nothing_even_beside_one_that_does(run: Run) -> None:
    code, _, err = run("check", HOLDS, "--select", "count", "--select", "smal")
    assert (code, err) == (2, "weighbridge: error: nothing is called 'smal'; did you mean 'small'?\n")


def test_list_says_what_there_is_and_where(run: Run) -> None:
    code, out, err = run("list", HOLDS, "--root", HERE)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "every_evidence/count    examples/holds/every_evidence.toml:24:1",
        "every_evidence/formula  examples/holds/every_evidence.toml:29:1",
        "every_evidence/small    examples/holds/every_evidence.toml:35:1",
        "every_evidence/linear   examples/holds/every_evidence.toml:40:1",
    ]


def explained(run: Run, name: str, spec: str) -> dict[str, str]:
    """Return what `explain` says, by the names of its lines."""
    code, out, err = run("explain", name, spec, "--root", HERE)
    assert (code, err) == (0, "")
    title, *lines = out.splitlines()
    assert title.endswith(f"/{name}")
    width = max(line.rindex("  ", 0, 18) for line in lines) + 2
    return {line[:width].strip(): line[width:] for line in lines}


def test_explaining_what_holds(run: Run) -> None:
    told = explained(run, "count", HOLDS)
    assert told["says"] == "56,623,104 = up + down"
    assert told["put in"] == "(4 * 768) * 768 * 12 + 768 * (4 * 768) * 12 == 56,623,104"
    assert told["assumed"] == "n_layers: read off a picture"
    assert told["verdict"] == "holds (evaluated at tiny)"
    assert told["spec"] == "examples/holds/every_evidence.toml:24:1"


def test_explaining_what_does_not_hold_is_no_failure(run: Run) -> None:
    told = explained(run, "formula", REFUTED)
    assert told["verdict"] == "refuted (4 of 6 points; smallest: width = 1, neurons = 2: 1 != 2)"
    assert told["put in"] == "1 * 1 == 2 * 1"
    assert told["standing"] == "fail: no waiver or erratum excuses it"
    assert explained(run, "rounded", REFUTED)["compared"] == "neurons * width in [2,250,000, 2,350,000)"


def test_the_command_by_hand_computes_what_was_computed(run: Run) -> None:
    _, out, _ = run("explain", "count", HOLDS)
    command = next(line.partition("by hand")[2].strip() for line in out.splitlines() if line.startswith("  by hand"))
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {"56623104"}


def test_a_format_with_a_path_writes_a_file_and_text_keeps_standard_output(run: Run, tmp_path: Path) -> None:
    page, data = tmp_path / "page.md", tmp_path / "data.json"
    code, out, err = run("check", HOLDS, "--format", f"markdown:{page}", "--format", f"json:{data}")
    assert (code, err) == (0, "")
    assert out.endswith("coverage: not measured\n")
    assert page.read_text().startswith("# Compliance report\n")
    assert json.loads(data.read_text())["schema"] == "weighbridge/compliance"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data.json", "page.md"]


def test_a_written_file_keeps_its_permissions_and_a_new_one_follows_the_umask(run: Run, tmp_path: Path) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text("{}")
    old.chmod(0o640)
    run("check", HOLDS, "--format", f"json:{old}", "--format", f"json:{new}")
    assert old.stat().st_mode & 0o777 == 0o640
    assert new.stat().st_mode & 0o777 == 0o666 & ~delivery.umask()


def test_bad_input_loses_nothing(run: Run, tmp_path: Path) -> None:
    target, spec = tmp_path / "result.json", tmp_path / "bad.toml"
    target.write_text("precious")
    spec.write_text("[document]\n")
    assert run("check", spec, "--format", f"json:{target}")[0] == 2
    assert target.read_text() == "precious"


def test_a_link_is_written_through(run: Run, tmp_path: Path) -> None:
    target, link = tmp_path / "target.json", tmp_path / "link.json"
    target.write_text("{}")
    link.symlink_to(target)
    run("check", HOLDS, "--format", f"json:{link}")
    assert link.is_symlink()
    assert json.loads(target.read_text())["version"] == 1


def test_a_failed_write_leaves_the_old_file_and_says_why(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "result.json"
    target.write_text("precious")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen", full)
    code, out, err = run("check", HOLDS, "--format", f"json:{target}")
    assert (code, out) == (2, "")
    assert err == f"weighbridge: error: '{target}' can not be written: no space left on device\n"
    assert target.read_text() == "precious"
    assert [path.name for path in tmp_path.iterdir()] == ["result.json"]


def test_a_saved_result_is_rendered_again_and_exits_as_the_check_did(saved: Path, run: Run) -> None:
    expected = {"text": to_terminal(ONE_OF_EACH), "json": to_json(ONE_OF_EACH), "markdown": to_markdown(ONE_OF_EACH)}
    for name, text in expected.items():
        assert run("report", saved, "--format", name) == (3, text, "")


def test_check_and_report_print_the_same(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "result.json"
    code, out, _ = run("check", REFUTED, "--format", f"json:{data}")
    assert run("report", data) == (code, out, "")


def test_a_damaged_result_is_refused(saved: Path, run: Run) -> None:
    saved.write_text(saved.read_text()[:-40])
    code, out, err = run("report", saved)
    assert (code, out) == (2, "")
    assert err.startswith(f"weighbridge: error: {saved}: this is no result of 'weighbridge check --format json': ")
    assert err.count("\n") == 1


def test_the_flag_wins_over_the_environment_which_wins_over_the_file(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.weighbridge]\nformat = "json"\nquiet = true\n')
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "x.toml").write_text(Path(QUALITATIVE).read_text())
    monkeypatch.chdir(tmp_path)
    assert run("check")[1].startswith("{\n")
    monkeypatch.setenv("WEIGHBRIDGE_FORMAT", "markdown")
    assert run("check")[1].startswith("# Compliance report\n")
    assert run("check", "--format", "text")[1].startswith("fail: 0 hold")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("engine", "algebr", "there is no engine 'algebr'; did you mean 'algebra'?"),
        ("examples", "0", "expected a whole number of at least 1, found '0'"),
        ("max-points", "many", "expected a whole number of at least 1, found 'many'"),
        ("today", "soon", "'soon' is no date; write it as 2026-11-24"),
        ("format", "jsn", "there is no format 'jsn'; did you mean 'json'?"),
        ("quiet", "perhaps", None),
        ("root", "no/where", "there is no directory 'no/where'"),
    ],
)
def test_what_is_mistaken_in_the_environment_is_told_of_its_variable(
    name: str, value: str, message: str | None, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    variable = f"WEIGHBRIDGE_{name.upper().replace('-', '_')}"
    monkeypatch.setenv(variable, value)
    code, out, err = run("check", HOLDS)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"weighbridge: error: {variable}: ")
    assert message is None or err == f"weighbridge: error: {variable}: {message}\n"


def test_a_flag_that_is_mistaken_is_told_whatever_the_environment_says(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEIGHBRIDGE_ENGINE", "algebr")
    told = "weighbridge: error: --engine: there is no engine 'sweap'; did you mean 'sweep'?\n"
    assert run("check", HOLDS, "--engine", "sweap") == (2, "", told)


def test_what_is_mistaken_in_the_file_is_told_of_its_key(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "x.toml").write_text(Path(QUALITATIVE).read_text())
    monkeypatch.chdir(tmp_path)
    for key, value, message in (
        ("max-points", "0", "expected a whole number of at least 1, found '0'"),
        ("format", '"jsn"', "there is no format 'jsn'; did you mean 'json'?"),
    ):
        (tmp_path / "pyproject.toml").write_text(f"[tool.weighbridge]\n{key} = {value}\n")
        _, out, err = run("check")
        assert (out, err) == ("", f"weighbridge: error: pyproject.toml, [tool.weighbridge] {key}: {message}\n")


def test_configured_paths_are_weighed_wherever_the_command_runs(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.weighbridge]\npaths = ["claims"]\n')
    for name in ("claims", "other"):
        (tmp_path / name).mkdir()
    (tmp_path / "claims" / "x.toml").write_text(Path(QUALITATIVE).read_text())
    monkeypatch.chdir(tmp_path / "other")
    assert run("list")[1] == "x/pretty  claims/x.toml:7:1\n"


def test_without_specs_the_command_says_where_to_look(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    message = (
        "there is no directory 'spec' here; say where the specs are: weighbridge check PATH; "
        "weighbridge init writes a first one"
    )
    assert run("check") == (2, "", f"weighbridge: error: {message}\n")


def test_a_bug_says_that_it_is_ours(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("lost")

    monkeypatch.setattr("weighbridge.project.weigh", broken)
    code, out, err = run("check", HOLDS)
    assert (code, out) == (3, "")
    assert err == (
        "weighbridge: error: this is a bug in weighbridge: KeyError: 'lost'; "
        "run it again with --verbose for the traceback, and report it\n"
    )
    assert "Traceback" in run("check", HOLDS, "--verbose")[2]


def test_an_interruption_is_one_line_and_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("weighbridge.project.weigh", interrupted)
    assert run("check", HOLDS) == (
        130, "", "weighbridge: interrupted: not everything was decided, and there is no result\n"
    )  # fmt: skip


@pytest.mark.parametrize("whole_group", [False, True], ids=["by kill", "by Ctrl-C"])
def test_a_sweep_is_interrupted_from_outside(tmp_path: Path, *, whole_group: bool) -> None:
    """Points are so many that no machine is through before the signal, which a terminal sends to all processes."""
    (tmp_path / "x.toml").write_text(
        '[document]\ntitle = "T"\ncite = "t"\n[symbols]\na = "a"\nb = "b"\nc = "c"\n'
        '[grids.g]\na = "1..1000000"\nb = "1..1000000"\nc = "1..1000000"\n'
        '[[claim]]\nid = "x"\nasserts = "a * b * c + a % 1009 != 99999999990000"\nover = "g"\n'
    )
    command = [*COMMAND, "check", str(tmp_path), "--engine", "sweep", "--max-points", str(10**18)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        time.sleep(1.5)
        if whole_group:
            os.killpg(process.pid, signal.SIGINT)
        else:
            process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert err == "weighbridge: interrupted: not everything was decided, and there is no result\n"


def test_a_reader_that_stops_reading_is_no_error() -> None:
    script = f"{sys.executable} -m weighbridge check {HOLDS} --select count --format json; echo $? >&2"
    with subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == "0\n"


def test_output_is_utf_8_whatever_the_locale() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    done = subprocess.run(
        [*COMMAND, "check", REFUTED, "--engine", "algebra"], capture_output=True, env=environment, check=False
    )
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.decode().startswith("A model card")


def test_the_answer_to_version_imports_nothing_heavy() -> None:
    code = (
        "import sys; from weighbridge.cli import main; main(['--version']); "
        "print({'numba', 'numpy', 'rich', 'hypothesis', 'markdown_it', 'tomli'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "weighbridge 0.1.0\nset()\n"


def test_a_saved_result_is_shown_without_any_engine(saved: Path) -> None:
    code = (
        f"import sys; from weighbridge.cli import main; main(['report', {str(saved)!r}, '--format', 'json']); "
        "print({'numba', 'hypothesis', 'weighbridge.judge', 'weighbridge.engines'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "set()\n"


class Clock:
    """Tells a time that the test sets."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


class Bar:
    """Stands for a bar, and remembers what it was told."""

    def __init__(self) -> None:
        self.task_ids: list[int] = []
        self.told: list[dict[str, Any]] = []

    def add_task(self, _text: str, *, total: int) -> None:
        """Begin."""
        self.task_ids.append(total)

    def update(self, _task: int, **told: object) -> None:
        """Note what is shown."""
        self.told.append(told)

    def stop(self) -> None:
        """End."""


def test_progress_shows_after_half_a_second_and_not_before(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, bar = Clock(), Bar()
    monkeypatch.setattr(delivery, "begin", lambda: bar)
    meter = delivery.Meter(clock)
    meter("grid wide", 10, 100)
    assert bar.told == []
    clock.now = 0.6
    meter("grid wide", 60, 100)
    assert bar.told == [{"description": "sweeping grid wide", "completed": 60, "total": 100}]
    meter.stop()


def test_nobody_watching_means_no_progress() -> None:
    with delivery.watched(quiet=False) as progress:
        assert progress is None
