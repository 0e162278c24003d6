"""What was once got wrong when somebody tried: counts, counterexamples, anchors and files that must not mislead."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from test_cli import Run, run, saved
from weighbridge.counting import Limits, by_algebra
from weighbridge.engines import threshold as threshold_module
from weighbridge.engines.prove import derived_have_values
from weighbridge.engines.reduce import reduce
from weighbridge.engines.threshold import count_by_threshold
from weighbridge.formula.figures import FigureError, read_figure
from weighbridge.formula.parser import parse
from weighbridge.spec.model import Axis, Grid
from weighbridge.spec.question import OnGrid, Question
from weighbridge.verbs import report as report_module

__all__ = ["run", "saved"]  # fixtures

SPEC = """\
[document]
title = "A note"
{document}
[symbols]
n = "layers"
m = "width"
z = {{ text = "shared layers", min = 0 }}

[models.small]
n = 12
m = 768
z = 0

[grids.all]
n = "1..9"
m = "1..9"
z = "0..3"

{claims}
"""


def question(condition: str, *assuming: str, derived: dict[str, str] | None = None, **axes: range) -> Question:
    grid = Grid(
        name="grid",
        axes=tuple(Axis(symbol, values) for symbol, values in axes.items()),
        derived={name: parse(text) for name, text in (derived or {}).items()},
        minimums=dict.fromkeys(derived or {}, 1),
    )
    return Question(condition=parse(condition), domain=OnGrid(grid), minimums={}, assuming=tuple(map(parse, assuming)))


def grid_of(asked: Question) -> Grid:
    assert isinstance(asked.domain, OnGrid)
    return asked.domain.grid


def project(tmp_path: Path, claims: str, document: str = "") -> Path:
    """Write a project of one spec and, if it has a text, one document; return the spec's path."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "spec").mkdir()
    if document:
        (tmp_path / "spec" / "note.md").write_text(document, "utf-8")
    here = 'path = "note.md"' if document else 'cite = "a talk"'
    spec = tmp_path / "spec" / "note.toml"
    spec.write_text(SPEC.format(document=here, claims=claims), "utf-8")
    return spec


# Counts and counterexamples ---------------------------------------------------------------------------------------


def test_the_counterexample_is_the_smallest_of_all_parts_however_each_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of two comparisons that fail, one is counted by the compiled counter, which knows no first, and one is not."""
    monkeypatch.setattr(threshold_module, "MAX_HEADS", 20)
    each = range(1, 16)
    asked = question("c >= b and c < 14", "c > a", a=each, c=each, b=each)
    bad = [(a, c, b) for a, c, b in product(each, each, each) if c > a and not b <= c < 14]
    counted = count_by_threshold(reduce(asked, grid_of(asked)), max_heads=10**6, threads=1)
    assert counted is not None
    assert counted.first is not None
    assert (counted.violations, tuple(counted.first.axes.values())) == (len(bad), min(bad))


def test_two_groups_past_any_visit_have_the_smallest_counterexample() -> None:
    """With n values each, c > a and c < b: the sum over c of (c - 1) (n - c) points, the first at a 1, c 2, b 3."""
    n = 15_000
    each = range(1, n + 1)
    asked = question("c >= b", "c > a", a=each, c=each, b=each)
    counted = count_by_threshold(reduce(asked, grid_of(asked)), max_heads=10**6)
    assert counted is not None
    assert counted.first is not None
    assert counted.violations == n * (n - 1) * (n - 2) // 6
    assert dict(counted.first) == {"a": 1, "c": 2, "b": 3}


def test_a_lane_of_a_million_million_values_takes_no_memory_and_never_wraps() -> None:
    """10^6 times 10^15 points are more than 64 bits hold: refused, not counted wrongly, and no list is as long."""
    asked = question("b < a", a=range(1, 10**6 + 1), b=range(1, 10**15 + 1))
    assert count_by_threshold(reduce(asked, grid_of(asked)), max_heads=10**9) is None
    asked = question("b < a", a=range(1, 30_001), b=range(1, 10**12 + 1))
    counted = count_by_threshold(reduce(asked, grid_of(asked)), max_heads=10**9)
    assert counted is not None
    assert counted.violations == sum(10**12 - a + 1 for a in range(1, 30_001))


def test_a_derived_symbol_that_an_assumption_needs_has_a_value_before_it_is_met() -> None:
    """At a = 0 the assumption speaks of e = 0, which e may not be: nothing can be told there, by either road."""
    asked = question("a >= 0", "e == 480", derived={"e": "a"}, a=range(182))
    assert not derived_have_values(asked, grid_of(asked))
    asked = question("e * b == a", "a == 4 * b", derived={"e": "a / b"}, a=range(1, 99), b=range(1, 99))
    assert derived_have_values(asked, grid_of(asked))
    tally = by_algebra(reduce(asked, grid_of(asked)), Limits(engine="algebra", max_points=10**6, threads=1))
    assert tally is None or tally.violations == 0


@pytest.mark.parametrize("over", ["all", "everywhere"])
@pytest.mark.parametrize("engine", ["auto", "algebra"])
@pytest.mark.parametrize(
    ("asserts", "assuming", "code", "says"),
    [
        ("n == n", '"1 / z > 0"', 1, "errored[note/c] division by zero: z is 0"),
        ("n + m > n", '"m % z == m % z"', 1, "errored[note/c] division by zero: z is 0"),
        ("n >= 1", '"n == m // z"', 1, "errored[note/c] division by zero: z is 0"),
        ("n * z > m", '["z > 0", "n == m // z"]', 1, "refuted[note/c]"),
    ],
)
def test_an_assumption_without_a_value_is_no_bug_of_ours(  # noqa: PLR0913, PLR0917 - each is a case's part
    tmp_path: Path, run: Run, over: str, engine: str, asserts: str, assuming: str, code: int, says: str
) -> None:
    claim = f'[[claim]]\nid = "c"\nasserts = "{asserts}"\nassuming = {assuming}\nover = "{over}"\n'
    found, out, err = run("check", project(tmp_path, claim), "--engine", engine)
    assert (found, err) == (code, "")
    assert says in out


@pytest.mark.parametrize("engine", ["auto", "algebra"])
def test_an_assumption_that_no_sample_meets_is_not_vacuous_where_a_simple_point_meets_it(
    tmp_path: Path, run: Run, engine: str
) -> None:
    """With n 1 and m 2 it is met, which a hundred random examples need not find."""
    claim = '[[claim]]\nid = "c"\nasserts = "7 <= 7 + n"\nassuming = "n == m - n"\nover = "everywhere"\n'
    code, out, _ = run("check", project(tmp_path, claim), "--engine", engine, "--examples", "1")
    assert code == 0
    assert "holds (proved" in out


def test_a_precision_past_the_figure_itself_would_let_anything_through() -> None:
    assert read_figure("125M", precision="10M").interval == "[120,000,000, 130,000,000)"
    with pytest.raises(FigureError) as caught:
        read_figure("12", precision="1000")
    assert str(caught.value) == "a precision of '1000' is more than the figure itself, and says nothing of it"


# Anchors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "printed", ["12 million", "12%", "12 %", "-12", "−12", "12^3", "12²", "12 × 10^3", "12 GB", "12’000", "12\u200b5"]
)
def test_a_figure_that_has_become_another_is_noticed(tmp_path: Path, run: Run, printed: str) -> None:
    """The claim quotes "12": what makes another number of the same digits is no longer what it quotes."""
    claim = '[[claim]]\nid = "c"\nquote = "It has 12"\nprinted = "12"\nequals = "n"\n'
    code, out, _ = run("check", project(tmp_path, claim, f"It has {printed} of them.\n"), "--quiet")
    assert code == 1
    assert "changed[note/c]" in out or "gone[note/c]" in out


@pytest.mark.parametrize("printed", ["12 million", "12%", "-12", "12²"])
def test_a_quote_that_prints_another_figure_than_its_claim_is_noticed(tmp_path: Path, run: Run, printed: str) -> None:
    claim = f'[[claim]]\nid = "c"\nquote = "has {printed} of"\nprinted = "12"\nequals = "n"\n'
    code, out, _ = run("check", project(tmp_path, claim, f"It has {printed} of them.\n"), "--quiet")
    assert code == 1
    assert f"changed[note/c] its quote 'has {printed} of' does not print '12'" in out


@pytest.mark.parametrize(
    "document",
    [
        "It has 1<br>2 of them.",
        "It has 1<sup>2</sup> of them.",
        "It has 1<sub>2</sub> of them.",
        "<table><tr><td>It has 1</td><td>2 of them.</td></tr></table>",
        "<p>It has 1</p><p>2 of them.</p>",
        "<script>It has 12 of them.</script>",
        "<style>It has 12 of them.</style>",
    ],
)
def test_what_tags_keep_apart_is_no_number_and_what_they_hide_is_not_there(
    tmp_path: Path, run: Run, document: str
) -> None:
    claim = '[[claim]]\nid = "c"\nquote = "12 of"\nprinted = "12"\nequals = "n"\n'
    code, out, _ = run("check", project(tmp_path, claim, f"{document}\n"), "--quiet")
    assert code == 1
    assert "changed[note/c]" in out or "gone[note/c]" in out


def test_a_footnote_is_no_power_and_its_words_are_seen(tmp_path: Path, run: Run) -> None:
    """Read as the definition of a link, "[^1]: 768" would hide a figure, and "12[^1]" would be 12^1."""
    claim = '[[claim]]\nid = "c"\nquote = "It has 12"\nprinted = "12"\nequals = "n"\n'
    code, out, _ = run("check", project(tmp_path, claim, "It has 12[^1] of them.\n\n[^1]: 768\n"))
    assert code == 0
    assert out.endswith("coverage: 1 of 2 figures and formulas (1 claimed, 0 exempt)\n")


# Files ------------------------------------------------------------------------------------------------------------

GOOD = '[[claim]]\nid = "c"\nprinted = "12"\nequals = "n"\nquote = "12 layers"\n'


@pytest.mark.parametrize("target", ["spec/note.toml", "spec/note.md", "link.md"])
def test_no_format_is_written_over_what_is_weighed(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    spec = project(tmp_path, GOOD, "It has 12 layers.\n")
    (tmp_path / "link.md").symlink_to("spec/note.md")
    monkeypatch.chdir(tmp_path)
    before = spec.read_bytes(), (tmp_path / "spec" / "note.md").read_bytes()
    code, _, err = run("check", "--format", f"json:{target}")
    assert code == 2
    assert err == f"weighbridge: error: --format: '{target}' is what is weighed here; name another file to write to\n"
    assert (spec.read_bytes(), (tmp_path / "spec" / "note.md").read_bytes()) == before


def test_a_name_that_is_not_utf_8_is_an_error_at_its_place(tmp_path: Path, run: Run) -> None:
    spec = project(tmp_path, GOOD, "It has 12 layers.\n")
    odd = Path(str(spec.with_name("odd")) + "\udcff.toml")
    try:
        spec.rename(odd)
    except (OSError, UnicodeEncodeError):
        pytest.skip("this file system has UTF-8 names alone")
    code, _, err = run("check", spec.parent, "--format", f"json:{tmp_path / 'result.json'}")
    assert code == 2
    assert err == (
        "spec/odd\\udcff.toml:1:1: error: has a name that is not UTF-8, which no report can show; rename it\n"
    )


def test_a_result_without_end_is_not_read_to_its_end(saved: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_module, "MAX_RESULT", 1_000)
    code, _, err = run("report", saved)
    assert code == 2
    assert err == (
        f"weighbridge: error: {saved}: is larger than 1,000 bytes; expected a result of 'weighbridge check'\n"
    )


def test_a_coverage_that_does_not_add_up_is_refused(saved: Path, run: Run) -> None:

    file: dict[str, Any] = json.loads(saved.read_text())
    assert file["coverage"], "the common report covers a document"
    file["coverage"][0]["unaccounted"] -= 2
    saved.write_text(json.dumps(file))
    code, _, err = run("report", saved)
    assert code == 2
    name = file["coverage"][0]["document"]
    assert err == (
        f"weighbridge: error: {saved}: the result contradicts itself: the coverage of {name} does not add up; "
        "decide again with 'weighbridge check'\n"
    )
