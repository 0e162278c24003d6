"""What counts as worse than a saved result, and what as better."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from weighbridge.baseline import Comparison, compare, exit_code_against
from weighbridge.cli import main
from weighbridge.errors import Location
from weighbridge.report.model import Coverage, Report, Weighed
from weighbridge.verdict import (
    Anchor,
    AnchorState,
    Errored,
    Evaluated,
    Exhausted,
    Holds,
    Proved,
    Refuted,
    Residual,
    Result,
    Standing,
    Undecided,
    Vacuous,
    Verdict,
)

PROVED, SWEPT, ONE = Holds(Proved("algebra")), Holds(Exhausted(9, "visited")), Holds(Evaluated("gpt2"))
FALSE, EMPTY, BROKEN = Refuted(Residual(3, Fraction(1))), Undecided(Vacuous()), Errored("division by zero")


def weighed(verdict: Verdict, standing: Standing, anchor: AnchorState = "found", name: str = "doc/x") -> Weighed:
    return Weighed(
        Result(
            id=name,
            kind="claim",
            spec="spec/doc.toml",
            location=Location("spec/doc.toml", 7, 1),
            says="3 = total",
            verdict=verdict,
            asked="evaluated",
            anchor=Anchor(anchor),
        ),
        standing,
        "it is so" if standing == "fail" else "",
    )


def report(*results: Weighed, coverage: tuple[Coverage, ...] = ()) -> Report:
    return Report(version="0", specs=(), results=results, coverage=coverage)


@pytest.mark.parametrize(
    ("before", "now", "worse", "better"),
    [
        ((PROVED, "pass"), (PROVED, "pass"), (), ()),
        ((FALSE, "fail"), (FALSE, "fail"), (), ()),
        ((PROVED, "pass"), (FALSE, "fail"), ("worse[doc/x] refuted, was holds (proved)",), ()),
        ((PROVED, "pass"), (SWEPT, "pass"), ("worse[doc/x] holds (exhausted), was holds (proved)",), ()),
        ((FALSE, "fail"), (BROKEN, "fail"), ("worse[doc/x] errored, was refuted",), ()),
        ((EMPTY, "fail"), (FALSE, "fail"), ("worse[doc/x] refuted, was undecided",), ()),
        ((FALSE, "fail"), (ONE, "pass"), (), ("better[doc/x] holds (evaluated), was refuted",)),
        ((ONE, "pass"), (PROVED, "pass"), (), ("better[doc/x] holds (proved), was holds (evaluated)",)),
        ((FALSE, "waived"), (FALSE, "unexpected"), ("worse[doc/x] unexpected, was waived",), ()),
        ((FALSE, "fail"), (FALSE, "waived"), (), ("better[doc/x] waived, was fail",)),
    ],
)
def test_a_verdict_may_stay_as_it_was_or_improve(
    before: tuple[Verdict, Standing], now: tuple[Verdict, Standing], worse: tuple[str, ...], better: tuple[str, ...]
) -> None:
    found = compare(report(weighed(*now)), report(weighed(*before)))
    place = "spec/doc.toml:7:1: "
    assert found == Comparison(tuple(place + each for each in worse), tuple(place + each for each in better))


def test_a_quote_that_is_gone_now_is_worse_even_for_a_claim_that_failed_before() -> None:
    found = compare(report(weighed(FALSE, "fail", "gone")), report(weighed(FALSE, "fail")))
    assert found.worse == ("spec/doc.toml:7:1: worse[doc/x] its quote is gone, was found",)


def test_a_new_claim_fails_only_where_it_fails() -> None:
    assert compare(report(weighed(FALSE, "fail")), report()).worse == ("spec/doc.toml:7:1: new[doc/x] it is so",)
    assert compare(report(weighed(ONE, "pass")), report()) == Comparison((), ())


def test_a_claim_that_vanished_fails_unless_only_some_were_asked_for() -> None:
    one, two = weighed(ONE, "pass"), weighed(ONE, "pass", name="doc/y")
    lost = ("spec/doc.toml:7:1: vanished[doc/y] it was in the baseline",)
    assert compare(report(one), report(one, two)).worse == lost
    assert compare(report(one), report(one, two), whole=False).worse == ()


def test_coverage_is_compared_as_a_share() -> None:
    def covered(accounted: int, found: int) -> Report:
        return report(coverage=(Coverage("doc.md", found, accounted, 0, found - accounted),))

    assert compare(covered(9, 12), covered(3, 4)) == Comparison((), ())
    assert compare(covered(9, 13), covered(3, 4)).worse == (
        "doc.md: worse[coverage] 9 of 13 accounted for, was 3 of 4",
    )
    assert compare(covered(5, 5), covered(3, 4)).better == (
        "doc.md: better[coverage] 5 of 5 accounted for, was 3 of 4",
    )


def test_the_exit_code_is_that_of_what_became_worse() -> None:
    failing, nothing = report(weighed(FALSE, "fail")), Comparison((), ())
    assert exit_code_against(failing, nothing) == 0
    assert exit_code_against(failing, Comparison(("something",), ())) == 1
    bug = replace(BROKEN, bug=True)
    assert exit_code_against(report(weighed(bug, "fail")), nothing) == 3


SPEC = """
[document]
title = "Tiny"
cite = "none"
[symbols]
width = "width"
[models.tiny]
width = 4
[[claim]]
id = "right"
asserts = "width == 4"
[[claim]]
id = "wrong"
asserts = "width == {}"
"""


def test_an_old_document_is_adopted_today_and_may_not_get_worse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One claim is wrong from the start; the gate closes when another one is, and opens when both are mended."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / "spec").mkdir()
    spec = tmp_path / "spec" / "tiny.toml"
    spec.write_text(SPEC.format(5))
    assert main(["check", "--format", "json:base.json"]) == 1
    assert main(["check", "--baseline", "base.json"]) == 0
    assert capsys.readouterr().err == "baseline: 0 worse, 0 better\n"
    spec.write_text(SPEC.format(5).replace("width == 4", "width == 3"))
    assert main(["check", "--baseline", "base.json"]) == 1
    assert capsys.readouterr().err == (
        "spec/tiny.toml:9:1: worse[tiny/right] refuted, was holds (evaluated)\nbaseline: 1 worse, 0 better\n"
    )
    spec.write_text(SPEC.format(4))
    assert main(["check", "--baseline", "base.json"]) == 0
    assert capsys.readouterr().err == (
        "spec/tiny.toml:12:1: better[tiny/wrong] holds (evaluated), was refuted\n"
        "baseline: 0 worse, 1 better; renew it with --format json:base.json\n"
    )
    assert main(["check", "--baseline", "nowhere.json"]) == 2
    assert capsys.readouterr().err == "weighbridge: error: nowhere.json: can not be read: no such file or directory\n"
