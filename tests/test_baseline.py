"""What counts as worse than a saved result, and what as better."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from msgspec.structs import replace

from weighbridge.baseline import Comparison, compare, exit_code_against
from weighbridge.cli import main
from weighbridge.errors import Location
from weighbridge.report.model import Coverage, Report, Weighed
from weighbridge.verdict import (
    Anchor,
    AnchorState,
    Counterexample,
    Errored,
    Evaluated,
    Exhausted,
    Holds,
    Proved,
    Refuted,
    Residual,
    Result,
    Side,
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
    accepted = ("doc/x",) if now[1] in ("fail", "unexpected") and not worse else ()
    assert found == Comparison(tuple(place + each for each in worse), tuple(place + each for each in better), accepted)


def test_a_quote_that_is_gone_now_is_worse_even_for_a_claim_that_failed_before() -> None:
    found = compare(report(weighed(FALSE, "fail", "gone")), report(weighed(FALSE, "fail")))
    assert found.worse == ("spec/doc.toml:7:1: worse[doc/x] its quote is gone, was found",)


def at(violations: int | None, points: int | None, **smallest: int) -> Refuted:
    return Refuted(Counterexample(smallest, 1, 2), violations, points)


@pytest.mark.parametrize(
    ("before", "now", "worse", "better"),
    [
        (at(5, 9, d=1), at(5, 9, d=1), (), ()),
        (
            at(5, 9, d=1),
            at(6, 9, d=1),
            (
                (
                    "new[doc/x] it fails in another way: fails at 6 of 9 points; smallest: d = 1: 1 != 2; "
                    "was: fails at 5 of 9 points; smallest: d = 1: 1 != 2"
                ),
            ),
            (),
        ),
        (at(5, 9, d=1), at(3, 9, d=1), (), ("better[doc/x] fails at 3 points, was 5",)),
        (
            at(5, 9, d=1),
            at(3, 3, d=1),
            (
                (
                    "new[doc/x] it fails in another way: fails at 3 of 3 points; smallest: d = 1: 1 != 2; "
                    "was: fails at 5 of 9 points; smallest: d = 1: 1 != 2"
                ),
            ),
            (),
        ),
        (
            at(5, 9, d=1),
            at(5, 9, d=2),
            (
                (
                    "new[doc/x] it fails in another way: fails at 5 of 9 points; smallest: d = 2: 1 != 2; "
                    "was: fails at 5 of 9 points; smallest: d = 1: 1 != 2"
                ),
            ),
            (),
        ),
        (at(None, None, d=1), at(None, None, d=7), (), ()),
        (
            FALSE,
            Refuted(Residual(4, Fraction(2))),
            (
                (
                    "new[doc/x] it fails in another way: computed 4, 2 more than printed; "
                    "was: computed 3, 1 more than printed"
                ),
            ),
            (),
        ),
        (FALSE, Refuted(Residual(3, Fraction(1), "one bias")), (), ()),
        (
            BROKEN,
            Errored("no value"),
            ("new[doc/x] it fails in another way: no value; was: division by zero",),
            (),
        ),
    ],
)
def test_what_fails_may_not_fail_in_another_way(
    before: Verdict, now: Verdict, worse: tuple[str, ...], better: tuple[str, ...]
) -> None:
    """What was accepted is one failure; at fewer of the same points is better, and what a search shows may differ."""
    found = compare(report(weighed(now, "fail")), report(weighed(before, "fail")))
    place = "spec/doc.toml:7:1: "
    accepted = () if worse else ("doc/x",)
    assert found == Comparison(tuple(place + each for each in worse), tuple(place + each for each in better), accepted)


@pytest.mark.parametrize(
    ("was", "given", "point", "better"),
    [
        (Side("d * d", "==", "25"), (), 6, True),  # 36 is no 25 either
        (Side("d * d", "==", "25"), (), 5, False),  # there it was right
        (Side("d * d", "==", "25"), ("d > 6",), 6, False),  # nothing was said of 6
        (Side("d", "in", "[2, 6)"), (), 6, True),
        (Side("d", "in", "[2, 6]"), (), 6, False),
        (Side("d", "in", "(6, 9]"), (), 6, True),
        (Side("d % 2 == 0 or d > 7", "is", "true"), (), 5, True),
        (Side("d % 2 == 0 or d > 7", "is", "true"), (), 8, False),
        (Side("d", "<=", "7 / (d - 6)"), (), 6, False),  # not known: it had no value there
        (Side("d", "==", "e"), (), 6, False),  # nor this, without e
        (Side("d", "in", "about 5"), (), 6, False),  # nor what no report says
        (Side("d", "is", "true"), (), 6, False),
    ],
)
def test_fewer_violations_are_better_unless_one_is_at_a_point_that_was_none(
    was: Side,
    given: tuple[str, ...],
    point: int,
    better: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """The smallest counterexample of today is put into what was compared when the failure was accepted."""
    before, now = weighed(at(5, 9, d=1), "fail"), weighed(at(3, 9, d=point), "fail")
    before = replace(before, result=replace(before.result, sides=(was,), given=given))
    found = compare(report(now), report(before))
    if better:
        assert found == Comparison((), ("spec/doc.toml:7:1: better[doc/x] fails at 3 points, was 5",), ("doc/x",))
    else:
        line = (
            f"spec/doc.toml:7:1: new[doc/x] it fails in another way: fails at 3 of 9 points; smallest: d = {point}: "
            "1 != 2; was: fails at 5 of 9 points; smallest: d = 1: 1 != 2"
        )
        assert found == Comparison((line,), ())


def test_a_figure_that_is_wrong_in_another_way_now_is_not_the_one_that_was_accepted() -> None:
    before = weighed(FALSE, "fail")
    now = replace(before, result=replace(before.result, says="4 = total", verdict=Refuted(Residual(3, Fraction(-1)))))
    assert compare(report(now), report(before)).worse == (
        "spec/doc.toml:7:1: new[doc/x] it says '4 = total' now, was '3 = total': computed 3, 1 less than printed",
    )
    excused = replace(now, standing="waived"), replace(before, standing="waived")
    assert compare(report(excused[0]), report(excused[1])) == Comparison((), ())


def test_what_a_search_refutes_under_fewer_assumptions_is_not_what_was_accepted() -> None:
    def given(*assumptions: str) -> Weighed:
        before = weighed(Refuted(Counterexample({"d": 4}, 1, 2)), "fail")
        return replace(before, result=replace(before.result, given=assumptions))

    assert compare(report(given("d > 3")), report(given("d > 3"))).worse == ()
    assert compare(report(given()), report(given("d > 3"))).worse == (
        "spec/doc.toml:7:1: new[doc/x] it fails in another way: d = 4: 1 != 2; what it compares was something else",
    )


def test_a_document_that_changes_again_is_not_as_it_was_accepted() -> None:
    before = weighed(ONE, "fail", "changed")
    now = replace(before, result=replace(before.result, anchor=Anchor("changed", message="it prints '5'")))
    (line,) = compare(report(now), report(before)).worse
    assert line.startswith("spec/doc.toml:7:1: new[doc/x] it fails in another way: ")


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


REST = "0 undecided; coverage: not measured"


def last(capsys: pytest.CaptureFixture[str]) -> str:
    """Return the last line on standard output."""
    return capsys.readouterr().out.splitlines()[-1]


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
    assert last(capsys) == f"fail (1 of 2 results): 1 holds (1 evaluated), 1 refuted, {REST}"
    assert main(["check", "--baseline", "base.json"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[-1] == (f"pass, with 1 accepted by the baseline: 1 holds (1 evaluated), 1 refuted, {REST}")
    assert err == "baseline: 0 worse, 0 better; 1 that fails was accepted with it\n"
    spec.write_text(SPEC.format(5).replace("width == 4", "width == 3"))
    assert main(["check", "--baseline", "base.json"]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines()[-1] == (
        f"fail (2 of 2 results, 1 accepted by the baseline, 1 worse than the baseline): 0 hold, 2 refuted, {REST}"
    )
    assert err == (
        "spec/tiny.toml:9:1: worse[tiny/right] refuted, was holds (evaluated)\n"
        "baseline: 1 worse, 0 better; 1 that fails was accepted with it\n"
    )
    spec.write_text(SPEC.format(4))
    assert main(["check", "--baseline", "base.json"]) == 0
    assert capsys.readouterr().err == (
        "spec/tiny.toml:12:1: better[tiny/wrong] holds (evaluated), was refuted\n"
        "baseline: 0 worse, 1 better; renew it with --format json:base.json\n"
    )
    assert main(["check", "--baseline", "base.json", "--select", "wrong"]) == 0
    assert capsys.readouterr().err == (  # what is only a part can not take the baseline's place
        "spec/tiny.toml:12:1: better[tiny/wrong] holds (evaluated), was refuted\nbaseline: 0 worse, 1 better\n"
    )
    assert main(["check", "--baseline", "nowhere.json"]) == 2
    assert capsys.readouterr().err == "weighbridge: error: nowhere.json: can not be read: no such file or directory\n"


def test_what_has_vanished_since_the_baseline_fails_in_the_last_line_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    spec = tmp_path / "tiny.toml"
    spec.write_text(SPEC.format(4))
    assert main(["check", "tiny.toml", "--format", "json:base.json"]) == 0
    capsys.readouterr()
    spec.write_text(SPEC.format(4).partition('[[claim]]\nid = "wrong"')[0])
    assert main(["check", "tiny.toml", "--baseline", "base.json", "--format", "json"]) == 1
    saved = json.loads(capsys.readouterr().out)
    assert saved["summary"]["standing"] == "pass", "a saved result is what it is without a baseline"
    assert main(["check", "tiny.toml", "--baseline", "base.json"]) == 1
    assert last(capsys) == f"fail (1 worse than the baseline): 1 holds (1 evaluated), 0 refuted, {REST}"
