"""pytest collects what specs claim, and reports it in its own words."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import tomli

from weighbridge import judge

ROOT = Path(__file__).parents[1]
#: Where an installation has told pytest of the plugin already, naming it again is an error.
INSTALLED = any(each.name == "weighbridge" for each in entry_points(group="pytest11"))
PLUGIN = ("-p", "no:cacheprovider") if INSTALLED else ("-p", "weighbridge.pytest_plugin", "-p", "no:cacheprovider")

CARD = """\
# Tiny

Tiny is 768 wide, and has 3,071 neurons.

It had 3,070 once, and will have 3,072.
"""

SPEC = """\
[document]
title = "Tiny"
path = "tiny.md"

[symbols]
width = "width of a layer"

[models.tiny]
width = 768

[models.wide]
like = "tiny"
width = 1_024

[[claim]]
id = "width"
quote = "768 wide"
printed = "768"
equals = "width"
at = ["tiny", "wide"]

[[claim]]
id = "neurons"
quote = "3,071 neurons"
printed = "3,071"
equals = "4 * width"
at = "tiny"

[[claim]]
id = "once"
quote = "3,070 once"
printed = "3,070"
equals = "4 * width"
at = "tiny"
[claim.waive]
reason = "fixed in the next edition"
expires = 2026-11-24
printed = "3,070"

[[claim]]
id = "needless"
printed = "3,072"
equals = "4 * width"
at = "tiny"
[claim.waive]
reason = "it was wrong once"
expires = 2027-06-30
printed = "3,072"

[[claim]]
id = "pretty"
quote = "will have"
under = "Tiny"
qualitative = "a matter of taste"

[[invariant]]
id = "linear"
kind = "linear"
of = "4 * width"
in = "width"
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Return a project with one document and its spec."""
    for name in ("ENGINE", "TODAY", "ROOT"):
        monkeypatch.delenv(f"WEIGHBRIDGE_{name}", raising=False)
    monkeypatch.setenv("COLUMNS", "300")  # pytest cuts the lines of its summary
    pytester.makeini("[pytest]\nweighbridge_engine = algebra\nweighbridge_today = 2026-11-24\n")
    folder = pytester.mkdir("spec")
    (folder / "tiny.md").write_text(CARD)
    (folder / "tiny.toml").write_text(SPEC)
    (pytester.path / "pyproject.toml").write_text('[project]\nname = "tiny"\n')
    return pytester


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run pytest in the project, in this process."""
    return project.runpytest_inprocess(*PLUGIN, *arguments)


def outcomes(result: pytest.RunResult) -> dict[str, str]:
    """Return what became of each item, by its id."""
    lines = [line.split(" ") for line in result.outlines if "::" in line and line.startswith("spec/")]
    return {line[0]: line[1] for line in lines if len(line) > 1}


def test_items_are_listed_by_the_names_that_select_them(project: pytest.Pytester) -> None:
    spec = project.path / "spec" / "tiny.toml"
    spec.write_text(spec.read_text().replace('id = "linear"', 'id = "width.linear"'))
    assert "spec/tiny.toml::width.linear" in outcomes(run(project, "spec", "-v"))
    assert outcomes(run(project, "spec/tiny.toml::width.linear", "-v")) == {"spec/tiny.toml::width.linear": "PASSED"}


def test_each_result_is_an_item_and_its_standing_is_the_outcome(project: pytest.Pytester) -> None:
    result = run(project, "spec", "-v")
    assert outcomes(result) == {
        "spec/tiny.toml::width@tiny": "PASSED",
        "spec/tiny.toml::width@wide": "FAILED",
        "spec/tiny.toml::neurons": "FAILED",
        "spec/tiny.toml::once": "XFAIL",
        "spec/tiny.toml::needless": "FAILED",
        "spec/tiny.toml::pretty": "SKIPPED",
        "spec/tiny.toml::linear": "PASSED",
    }
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_a_failure_is_the_diagnosis_the_numbers_and_the_document_s_line(project: pytest.Pytester) -> None:
    result = run(project, "spec/tiny.toml::neurons")
    place = result.outlines.index("spec/tiny.toml:22:1: refuted[tiny/neurons] prints 3,071, computed 3,072")
    below = result.outlines[place + 1 : result.outlines.index(next(x for x in result.outlines if "short test" in x))]
    assert below[:2] == ["    4 * width = 4 * 768", "    width was 768"]
    assert below[-1] == "spec/tiny.md:3:27: Tiny is 768 wide, and has 3,071 neurons."
    assert not any("Traceback" in line or "pytest_plugin.py" in line for line in result.outlines)


def test_the_summary_names_each_failure_waiver_and_skip_with_its_reason(project: pytest.Pytester) -> None:
    summary = [line for line in run(project, "spec", "-ra").outlines if line.startswith(("FAILED", "XFAIL", "SKIPPED"))]
    assert summary == [
        "SKIPPED [1] spec/tiny.toml: undecided[tiny/pretty] qualitative: a matter of taste",
        "XFAIL spec/tiny.toml::once - waived until 2026-11-24: fixed in the next edition",
        (
            "FAILED spec/tiny.toml::width@wide - "
            "spec/tiny.toml:15:1: refuted[tiny/width@wide] prints 768, computed 1,024"
        ),
        "FAILED spec/tiny.toml::neurons - spec/tiny.toml:22:1: refuted[tiny/neurons] prints 3,071, computed 3,072",
        (
            "FAILED spec/tiny.toml::needless - spec/tiny.toml:45:1: unexpected[tiny/needless] "
            "the waiver excuses a claim that holds; remove it; holds (evaluated at tiny)"
        ),
    ]  # fmt: skip


def test_a_waiver_ends_on_its_day(project: pytest.Pytester) -> None:
    late = run(project, "spec/tiny.toml::once", "-v", "-o", "weighbridge_today=2026-11-25")
    assert outcomes(late) == {"spec/tiny.toml::once": "FAILED"}
    assert "the waiver expired on 2026-11-24" in late.stdout.str()


def test_run_xfail_shows_what_is_waived(project: pytest.Pytester) -> None:
    assert outcomes(run(project, "spec/tiny.toml::once", "-v", "--runxfail")) == {"spec/tiny.toml::once": "FAILED"}


def test_items_are_chosen_as_tests_are(project: pytest.Pytester) -> None:
    assert outcomes(run(project, "spec", "-v", "-k", "width and not wide")) == {"spec/tiny.toml::width@tiny": "PASSED"}
    assert list(outcomes(run(project, "spec", "-v", "-x"))) == [
        "spec/tiny.toml::width@tiny",
        "spec/tiny.toml::width@wide",
    ]


def test_only_what_is_chosen_is_decided(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    decide = judge.judge

    def spy(*arguments: object, wanted: object, **settings: object) -> object:
        found = decide(*arguments, wanted=wanted, **settings)  # type: ignore[arg-type]
        asked.append(len(found) == 2)
        return found

    monkeypatch.setattr(judge, "judge", spy)
    run(project, "spec", "-k", "width").assert_outcomes(passed=1, failed=1, deselected=5)
    assert asked == [True]


def test_the_last_failures_are_run_again_alone(project: pytest.Pytester) -> None:
    cached = PLUGIN[:-2]
    project.runpytest_inprocess(*cached, "spec").assert_outcomes(passed=2, failed=3, skipped=1, xfailed=1)
    (project.path / "spec" / "tiny.md").write_text(CARD.replace("3,071", "3,072"))
    spec = project.path / "spec" / "tiny.toml"
    spec.write_text(SPEC.replace("3,071", "3,072"))
    project.runpytest_inprocess(*cached, "--lf", "spec").assert_outcomes(passed=1, failed=2)


def test_workers_share_the_items(project: pytest.Pytester) -> None:
    result = project.runpytest_subprocess(*PLUGIN, "-n", "2", "-ra", "spec")
    result.assert_outcomes(passed=2, failed=3, skipped=1, xfailed=1)
    assert (
        "FAILED spec/tiny.toml::neurons - spec/tiny.toml:22:1: refuted[tiny/neurons] prints 3,071, computed 3,072"
    ) in result.outlines


def test_junit_has_the_same_figures_and_place(project: pytest.Pytester) -> None:
    run(project, "spec", "--junitxml", "out.xml")
    cases = {case.get("name"): case for case in ET.parse(project.path / "out.xml").iter("testcase")}
    failure = cases["neurons"].find("failure")
    assert failure is not None
    assert failure.get("message") == "spec/tiny.toml:22:1: refuted[tiny/neurons] prints 3,071, computed 3,072"
    for name, reason in (
        ("once", "waived until 2026-11-24: fixed in the next edition"),
        ("pretty", "undecided[tiny/pretty] qualitative: a matter of taste"),
    ):
        skipped = cases[name].find("skipped")
        assert skipped is not None
        assert skipped.get("message") == reason


def test_a_spec_that_does_not_parse_is_a_collection_error_with_all_its_mistakes(project: pytest.Pytester) -> None:
    spec = project.path / "spec" / "tiny.toml"
    spec.write_text(SPEC.replace('equals = "width"', 'equals = "widht"').replace('kind = "linear"', 'kind = "liner"'))
    result = run(project, "spec")
    result.assert_outcomes(errors=1)
    assert [line for line in result.outlines if line.startswith("spec/tiny.toml:")] == [
        "spec/tiny.toml:19:11: error: claim 'width': unknown name 'widht'; did you mean 'width'?",
        (
            "spec/tiny.toml:58:1: error: invariant 'linear': 'kind' is 'liner', expected one of 'additive', 'linear', "
            "'affine', 'monotone', 'homogeneous', 'independent', 'symmetric', 'divisible'; did you mean 'linear'?"
        ),
    ]
    assert not any("Traceback" in line for line in result.outlines)


@pytest.mark.parametrize(
    ("sound", "damaged", "message"),
    [
        (
            'title = "Tiny"',
            'title = "Tiny',
            "2:14: error: spec: illegal character '\\n'; a text ends in its line, with the quotes that it begins with",
        ),
        (
            "[document]",
            "[document",
            (
                "1:10: error: spec: expected ']' at the end of a table declaration; "
                "a header is [name], or [[name]] for each of several"
            ),
        ),
        (
            "[[claim]]",
            "[[claim]",
            (
                "15:8: error: spec: expected ']]' at the end of an array declaration; "
                "a header is [name], or [[name]] for each of several"
            ),
        ),
    ],
)
def test_a_spec_with_a_slip_in_its_form_is_still_taken_for_one(
    project: pytest.Pytester, sound: str, damaged: str, message: str
) -> None:
    (project.path / "spec" / "tiny.toml").write_text(SPEC.replace(sound, damaged, 1))
    result = run(project, "spec")
    result.assert_outcomes(errors=1)
    assert f"spec/tiny.toml:{message}" in result.outlines


def test_two_specs_of_one_document_are_told_apart_by_nobody(project: pytest.Pytester) -> None:
    (project.path / "spec" / "twin.toml").write_text(SPEC.replace('title = "Tiny"', 'id = "tiny"\ntitle = "Twin"'))
    result = run(project, "spec")
    assert (
        "spec/twin.toml:2:1: error: the document id 'tiny' is that of spec/tiny.toml too; "
        "give one of them another [document] id"
    ) in result.outlines


@pytest.mark.parametrize(
    "text",
    [
        '[project]\nname = "x"\n',
        '[document]\ntitle = "a document, and nothing said of it"\n',
        '[[claim]]\nid = "a claim on nothing"\n',
        'document = "x"\ntable = "y"\n[tool]\nclaim = true\n',
        "this is no TOML\n",
        "",
    ],
)
def test_a_toml_file_that_is_no_spec_is_left_alone(project: pytest.Pytester, text: str) -> None:
    (project.path / "spec" / "tiny.toml").write_text(text)
    result = run(project, "spec")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    result.assert_outcomes()


def test_pyproject_and_hidden_files_are_never_specs(project: pytest.Pytester) -> None:
    for name in ("pyproject.toml", ".tiny.toml"):
        (project.path / "spec" / name).write_text(SPEC)
    run(project, "--collect-only", "-q", "spec").stdout.no_fnmatch_line("*pyproject.toml*")
    run(project, "--collect-only", "-q", "spec").stdout.no_fnmatch_line("*/.tiny.toml*")


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("weighbridge_engine=algebr", "weighbridge_engine: there is no engine 'algebr'; did you mean 'algebra'?"),
        ("weighbridge_examples=0", "weighbridge_examples: expected a whole number of at least 1, found '0'"),
        ("weighbridge_threads=two", "weighbridge_threads: expected a whole number of at least 1, found 'two'"),
        (
            "weighbridge_max_bits=9_999",
            "weighbridge_max_bits: expected a whole number from 10,000 to 100,000, found '9_999'",
        ),
        ("weighbridge_max_depth=101", "weighbridge_max_depth: expected a whole number from 50 to 100, found '101'"),
        ("weighbridge_today=soon", "weighbridge_today: 'soon' is no date; write it as 2026-11-24"),
        ("weighbridge_root=none", "--root: there is no directory '{here}/none'"),
    ],
)
def test_a_setting_that_can_not_be_is_one_line(project: pytest.Pytester, setting: str, message: str) -> None:
    result = run(project, "spec", "-o", setting)
    result.assert_outcomes(errors=1)
    assert message.format(here=project.path) in result.outlines


def test_pytest_s_own_setting_wins_over_the_environment_which_wins_over_the_file(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.makeini("[pytest]\n")
    (project.path / "pyproject.toml").write_text('[tool.weighbridge]\nexamples = 3\nengine = "sweep"\n')

    def engines(*arguments: str) -> object:
        item = project.inline_genitems(*PLUGIN, "spec", *arguments)[0][0]
        return item.parent.options  # type: ignore[union-attr]

    from weighbridge.judge import Options

    assert engines() == Options(engine="sweep", examples=3, explain_excused=False)
    monkeypatch.setenv("WEIGHBRIDGE_EXAMPLES", "4")
    assert engines() == Options(engine="sweep", examples=4, explain_excused=False)
    assert engines("-o", "weighbridge_examples=5") == Options(engine="sweep", examples=5, explain_excused=False)


def test_the_limits_of_values_and_nesting_are_settings_too(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is negated an even number of times, here 60 times, is so; 2 ** 20_000 is 4 ** 10_000."""
    spec = project.path / "spec" / "tiny.toml"
    claim = f'asserts = "{"not " * 60}(2 ** (20_000 * width // width) == 4 ** 10_000)"'
    spec.write_text(f'{spec.read_text().partition("[[claim]]")[0]}[[claim]]\nid = "large"\n{claim}\nat = "tiny"\n')
    result = run(project, "spec")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["spec/tiny.toml:*: error: claim 'large': nested deeper than 50 levels; *--max-depth"])
    result = run(project, "spec", "-o", "weighbridge_max_depth=80")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["* has more than 10,000 bits (--max-bits raises that) at width = 768"])
    monkeypatch.setenv("WEIGHBRIDGE_MAX_BITS", "40_000")
    run(project, "spec", "-o", "weighbridge_max_depth=80").assert_outcomes(passed=1)


def test_a_project_without_specs_loads_nothing_of_weighbridge(project: pytest.Pytester) -> None:
    (project.path / "spec" / "tiny.toml").unlink()
    project.makepyfile(
        "import sys\n"
        "def test_what_is_loaded():\n"
        "    ours = {name for name in sys.modules if name.partition('.')[0] == 'weighbridge'}\n"
        "    assert ours == {'weighbridge', 'weighbridge.version', 'weighbridge.pytest_plugin'}\n"
    )
    project.runpytest_subprocess(*PLUGIN).assert_outcomes(passed=1)


def test_the_installed_package_tells_pytest_of_the_plugin() -> None:
    pyproject = tomli.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (plugin,) = pyproject["project"]["entry-points"]["pytest11"].values()
    assert find_spec(plugin) is not None


def test_this_project_s_own_tests_collect_no_spec() -> None:
    """Everything below tests/ but the tests themselves is looked through."""
    command = [sys.executable, "-m", "pytest", *PLUGIN, "--collect-only", "-q", "tests", "--ignore-glob=*/test_*.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, ".toml" in done.stdout) == (pytest.ExitCode.NO_TESTS_COLLECTED, False)
    assert tomli.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]["testpaths"] == ["tests"]
