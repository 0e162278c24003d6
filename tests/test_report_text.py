"""What a person reads at a terminal."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.console import Console

from expect import Expect
from one_of_each import ONE_OF_EACH, SPEC, result
from weighbridge.errors import Location
from weighbridge.report.model import Report, SpecEntry, Weighed
from weighbridge.report.renderers import RENDERERS
from weighbridge.report.summary import last_line, summarise
from weighbridge.report.text import draw, to_terminal
from weighbridge.report.verdicts import describe, grouped
from weighbridge.report.wording import diagnose
from weighbridge.verdict import (
    Anchor,
    Counterexample,
    Errored,
    Evaluated,
    Exhausted,
    Holds,
    OverBudget,
    Proved,
    Qualitative,
    Refuted,
    Residual,
    Sampled,
    Side,
    Undecided,
    Vacuous,
    Verdict,
)

SNAPSHOTS = Path(__file__).parent / "snapshots"
EMPTY = Report(version="0.1.0", specs=(), results=())


def moved(count: int) -> Report:
    """Return a report on claims whose quotes have all moved, each claim at two models."""
    anchor = Anchor("moved", Location("doc.md", 3, 1), "'12' stands under 'A' now, not under 'B'")
    claims = [
        replace(result(f"c{number}", Holds(Evaluated(model))), id=f"doc/c{number}@{model}", anchor=anchor)
        for number in range(count)
        for model in ("m", "n")
    ]
    return Report(version="0.1.0", specs=(), results=tuple(Weighed(each, "pass", "") for each in claims))


def test_a_quote_that_moved_is_told_once_although_it_passes() -> None:
    lines = [line for line in to_terminal(moved(1)).splitlines() if "moved" in line]
    where = moved(1).results[0].result.location
    assert lines == [f"{where}: moved[doc/c0] '12' stands under 'A' now, not under 'B'; check --fix rewrites `under`"]
    assert "moved" not in to_terminal(moved(1), detail="quiet")
    many = to_terminal(moved(7))
    assert "7 quotes have moved to another section; check --fix rewrites `under`" in many
    assert "moved[" not in many
    assert to_terminal(moved(7), detail="verbose").count("moved[") == 7


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Holds(Evaluated("gpt3")), "holds (evaluated at gpt3)"),
        (Holds(Exhausted(4096, "each")), "holds (all 4,096 points)"),
        (Holds(Exhausted(1, "each")), "holds (the only point)"),
        (Holds(Proved("expanded", "12 * n_layers * d_model ** 2")), "holds (proved: 12 * n_layers * d_model ** 2)"),
        (Holds(Proved("no term is negative")), "holds (proved: no term is negative)"),
        (Undecided(Sampled(2000, 0)), "undecided (no counterexample in 2,000 samples, seed 0)"),
        (Undecided(Vacuous()), "undecided (vacuous: no point meets the assumptions)"),
        (Undecided(Qualitative("a matter of taste")), "undecided (qualitative: a matter of taste)"),
        (
            Undecided(OverBudget(10**9, 10**6, "--max-points")),
            "undecided (over-budget: 1,000,000,000 points, at most 1,000,000 allowed; --max-points raises it)",
        ),
        (
            Undecided(OverBudget(1_000_000, 3_000, "--engine auto")),
            "undecided (over-budget: 1,000,000 points, at most 3,000 allowed; --engine auto visits them)",
        ),
        (
            Undecided(OverBudget(10**4, 3_000, "--engine auto --max-points 10000")),
            (
                "undecided (over-budget: 10,000 points, at most 3,000 allowed; "
                "--engine auto --max-points 10000 visits them)"
            ),
        ),
        (
            Undecided(OverBudget(10**4, 3_000, "")),
            "undecided (over-budget: 10,000 points, at most 3,000 allowed; make the grid smaller)",
        ),
        (
            Refuted(Counterexample({"d": 1, "e": 2}, 1, 2), 3, 8),
            "refuted (3 of 8 points; smallest: d = 1, e = 2: 1 != 2)",
        ),
        (Refuted(Counterexample({"d": 1}, Fraction(1, 3), 1)), "refuted (d = 1: 1/3 != 1)"),
        (Refuted(Counterexample({"d": 1}, left=False, right=True)), "refuted (d = 1)"),
        (Refuted(Residual(617558016, -1)), "refuted (computed 617,558,016, 1 less than printed)"),
        (
            Refuted(Residual(617558016, 786432, "n_ctx * d_model: positions")),
            "refuted (computed 617,558,016, 786,432 more than printed = n_ctx * d_model: positions)",
        ),
        (Errored("division by zero", {"d": 1}), "errored (division by zero at d = 1)"),
        (Errored("3 is not 4", bug=True), "errored (this is a bug in weighbridge: 3 is not 4)"),
    ],
)
def test_a_verdict_says_in_the_same_breath_how_it_is_known(verdict: Verdict, words: str) -> None:
    assert describe(verdict) == words


@pytest.mark.parametrize(
    ("relation", "left", "right", "words"),
    [
        (">", 5, 5, "refuted (d = 1: 5 <= 5)"),
        (">=", 4, 5, "refuted (d = 1: 4 < 5)"),
        ("<", 5, 4, "refuted (d = 1: 5 >= 4)"),
        ("<=", 5, 4, "refuted (d = 1: 5 > 4)"),
        ("!=", 5, 5, "refuted (d = 1: 5 == 5)"),
        ("==", 5, 4, "refuted (d = 1: 5 != 4)"),
    ],
)
def test_a_counterexample_says_what_is_true_where_the_claim_is_not(
    relation: str, left: int, right: int, words: str
) -> None:
    assert describe(Refuted(Counterexample({"d": 1}, left, right)), [Side("d", relation, "d")]) == words


def test_a_counterexample_leaves_out_symbols_that_the_claim_does_not_speak_of() -> None:
    verdict = Refuted(Counterexample({"a": 1, "b": 2, "c": 3}, 2, 3))
    assert describe(verdict, [Side("2 * a", "==", "c")]) == "refuted (a = 1, c = 3: 2 != 3)"


def test_a_model_is_named_rather_than_spelled_out() -> None:
    verdict = Refuted(Counterexample({"a": 1, "b": 2}, 1, 2))
    assert describe(verdict, [Side("a", ">", "b")], model="tiny") == "refuted (at tiny: 1 <= 2)"


@pytest.mark.parametrize(
    ("plain", "shown"),
    [("617558016", "617,558,016"), ("-1234", "-1,234"), ("999", "999"), ("1234/567", "1,234/567"), ("true", "true")],
)
def test_computed_figures_are_grouped_by_thousands(plain: str, shown: str) -> None:
    assert grouped(plain) == shown


@pytest.mark.parametrize(
    ("computed", "less", "printed", "said"),
    [
        (Fraction(1, 3), Fraction(1, 150), "34%", "1/3 (about 33.3333%), about 0.666667 percentage points"),
        (Fraction(1, 4), Fraction(1, 100), "26%", "25%, 1 percentage point"),
        (Fraction(5504, 3), Fraction(2, 3), "1,835.3", "5,504/3 (about 1,834.67), about 0.666667"),
        (Fraction(1, 8), Fraction(1, 2), "0.625", "0.125, 0.5"),
        (7, 2, "9", "7, 2"),
        (Fraction(10**40, 3), Fraction(1, 3), "1e40", f"{10**40:,}/3, about 0.333333"),
    ],
)
def test_fractions_and_shares_are_told_as_a_reader_compares_them(
    computed: Fraction, less: Fraction, printed: str, said: str
) -> None:
    verdict = Refuted(Residual(computed, -less))
    assert describe(verdict, printed=printed) == f"refuted (computed {said} less than printed)"


def test_a_diagnosis_is_one_line_with_place_verdict_id_and_both_figures() -> None:
    refuted = replace(
        result("embedding.count", Refuted(Residual(617558016, -1)), line=41), printed="617,558,017", spec=SPEC
    )
    assert diagnose(Weighed(refuted, "fail")) == (
        "spec/tiny.toml:41:1: refuted[tiny/embedding.count] prints 617,558,017, computed 617,558,016"
    )


def test_below_a_refutation_stands_what_the_document_says_and_where() -> None:
    """A cell of a table, which has no quote, is placed in the line above; what has changed is led by its place."""
    refuted = replace(
        result("embedding.count", Refuted(Residual(617558016, -1)), line=41),
        spec=SPEC,
        printed="617,558,017",
        quote="has\n  **617,558,017** rows",
        anchor=Anchor("found", Location("spec/tiny.md", 9, 5)),
    )
    quiet = to_terminal(replace(ONE_OF_EACH, results=(Weighed(refuted, "fail"),)), detail="quiet")
    assert quiet.splitlines()[:2] == [
        "spec/tiny.toml:41:1: refuted[tiny/embedding.count] prints 617,558,017, computed 617,558,016",
        "    spec/tiny.md:9:5: has **617,558,017** rows",
    ]
    changed = replace(refuted, anchor=Anchor("changed", Location("spec/tiny.md", 9, 5), "expected 1"))
    cell, cited = (replace(refuted, quote=""), replace(refuted, anchor=Anchor("absent")))
    for each in (changed, cell, cited):
        shown = to_terminal(replace(ONE_OF_EACH, results=(Weighed(each, "fail"),)), detail="quiet")
        assert "\n    spec/tiny.md:" not in shown


def test_text_for_nobody_in_particular_is_the_snapshot(expect: Expect) -> None:
    expect(SNAPSHOTS / "one_of_each.txt", to_terminal(ONE_OF_EACH))


def test_a_narrow_terminal_shows_what_was_claimed_where_ids_are_short(expect: Expect) -> None:
    """In 80 columns an id of 14 leaves room for it; with one of 34 the verdict needs what is left."""
    narrow = to_terminal(ONE_OF_EACH, width=80)
    expect(SNAPSHOTS / "one_of_each_80.txt", narrow)
    tables = narrow.split("\n[1]")[0]
    assert max(map(len, tables.splitlines()[1:])) <= 80
    assert "standing    claim           says              verdict" in narrow
    first = ONE_OF_EACH.results[0]
    long = replace(first.result, id="tiny/" + "x" * 34)
    wide_ids = to_terminal(replace(ONE_OF_EACH, results=(replace(first, result=long),)), width=80)
    assert f"standing  claim{' ' * 31}verdict" in wide_ids


def test_verbose_cuts_nothing(expect: Expect) -> None:
    whole = to_terminal(ONE_OF_EACH, detail="verbose")
    expect(SNAPSHOTS / "one_of_each_verbose.txt", whole)
    assert "…" not in whole
    assert "…" in to_terminal(ONE_OF_EACH)


def test_a_narrowed_run_says_so_in_its_last_line_and_on_each_page() -> None:
    """Seven results of the specs were not asked for, so the few that were say nothing of the whole."""
    narrowed = replace(ONE_OF_EACH, left_out=7)
    said = f"{len(ONE_OF_EACH.results)} of {len(ONE_OF_EACH.results) + 7} results selected"
    assert f"; {said}; coverage: 40 of 41 " in last_line(narrowed)
    assert "selected" not in last_line(ONE_OF_EACH)
    for name in ("markdown", "html", "github"):
        assert said in RENDERERS[name](narrowed)


def test_quiet_shows_failures_and_the_last_line_alone() -> None:
    lines = to_terminal(ONE_OF_EACH, detail="quiet").splitlines()
    assert lines[-1] == last_line(ONE_OF_EACH)
    assert lines[0] == "spec/tiny.toml:26:1: refuted[tiny/total.rounded] prints 90M, computed 85,054,464"
    assert not any("waived[" in line for line in lines)


def test_every_failure_has_its_line_and_nothing_that_passes_has_one() -> None:
    text = to_terminal(ONE_OF_EACH)
    for each in ONE_OF_EACH.results:
        assert (f"[{each.result.id}]" in text) == (each.standing != "pass")


def test_what_is_assumed_stands_beside_the_verdict_even_where_grounds_are_cut() -> None:
    for width in (60, 80, 100, 200):
        words = " ".join(to_terminal(ONE_OF_EACH, width=width).split())
        assert "assuming d_query == d_value" in words
        assert "[1] assumed: n_layers = 12 (not stated in the document)" in words


def test_colours_are_for_terminals_alone() -> None:
    sheet = io.StringIO()
    draw(ONE_OF_EACH, Console(file=sheet, width=100, force_terminal=True, color_system="standard", _environ={}))
    assert "\x1b[" in sheet.getvalue()
    assert "\x1b" not in to_terminal(ONE_OF_EACH)


def test_no_color_is_respected() -> None:
    sheet = io.StringIO()
    draw(ONE_OF_EACH, Console(file=sheet, width=100, force_terminal=True, _environ={"NO_COLOR": "1"}))
    assert "\x1b[3" not in sheet.getvalue()


@pytest.mark.parametrize(
    "hostile", ["\x1b[31mred", "a\nspec/x.toml:1:1: forged", "[bold]x[/bold]", "\u202eltr", "a\rb"]
)
def test_hostile_text_can_forge_no_line_and_no_colour(hostile: str) -> None:
    claim = replace(result("x", Errored(hostile)), says=hostile, note=hostile, quote=hostile)
    spec = SpecEntry(path=SPEC, document_id="tiny", title=hostile)
    report = Report(version="0", specs=(spec,), results=(Weighed(claim, "fail", hostile),))
    text = to_terminal(report, detail="verbose")
    assert not any(character in text for character in "\x1b\r\u202e")
    assert not any(line.startswith("spec/x.toml") for line in text.splitlines())
    if hostile.startswith("[bold]"):
        assert hostile in text


def test_the_last_line_says_standing_and_coverage() -> None:
    assert last_line(ONE_OF_EACH) == (
        "fail (9 of 16 results): 5 hold (1 proved, 1 exhausted, 3 evaluated), 4 refuted (2 waived), 5 undecided, "
        "2 errored, 1 unexpected; coverage: 40 of 41 figures and formulas (37 claimed, 3 exempt)"
    )


def test_a_run_that_passes_says_so_in_its_last_line() -> None:
    passing = replace(ONE_OF_EACH, results=ONE_OF_EACH.results[:1], coverage=())
    assert last_line(passing) == "pass: 1 holds (1 evaluated), 0 refuted, 0 undecided; coverage: not measured"


def test_a_run_that_decided_nothing_never_says_pass() -> None:
    assert last_line(EMPTY) == "fail: 0 hold, 0 refuted, 0 undecided, nothing decided; coverage: not measured"
    assert summarise(EMPTY).standing == "fail"


def test_nothing_ends_in_blanks_and_the_text_ends_in_one_newline() -> None:
    text = to_terminal(ONE_OF_EACH)
    assert all(line == line.rstrip() for line in text.splitlines())
    assert text.endswith("exempt)\n")
