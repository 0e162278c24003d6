"""What standing each result gets, row by row of the table of standings, and the exit code that follows."""

from __future__ import annotations

import datetime
import itertools

import pytest
from msgspec.structs import replace

from one_of_each import ONE_OF_EACH, TODAY, result
from weighbridge.errors import Location
from weighbridge.gate import exit_code, stand
from weighbridge.report.model import Weighed
from weighbridge.verdict import (
    Anchor,
    AnchorState,
    Counterexample,
    Errored,
    Evaluated,
    Excuse,
    Exhausted,
    Holds,
    OverBudget,
    Proved,
    Qualitative,
    Refuted,
    Residual,
    Result,
    Sampled,
    Standing,
    Strength,
    Undecided,
    Vacuous,
    Verdict,
)

EVALUATED, EXHAUSTED, PROVED = Holds(Evaluated("m")), Holds(Exhausted(8, "")), Holds(Proved("", "0"))
SAMPLED, VACUOUS = Undecided(Sampled(10, 0)), Undecided(Vacuous())
OVER_BUDGET, QUALITATIVE = Undecided(OverBudget(10, 1, "--max-points")), Undecided(Qualitative("taste"))
REFUTED = Refuted(Residual(4, 1))
ERRORED, BUG = Errored("division by zero"), Errored("3 is not 4", bug=True)
VERDICTS: tuple[Verdict, ...] = (
    EVALUATED, EXHAUSTED, PROVED, SAMPLED, VACUOUS, OVER_BUDGET, QUALITATIVE, REFUTED, ERRORED, BUG,
)  # fmt: skip

ERRATUM = Excuse(kind="erratum", reason="a slip", location=Location("s.toml", 9), pin="3", pin_matches=True)
WAIVER = replace(ERRATUM, kind="waiver", expires=TODAY)


@pytest.mark.parametrize(
    ("verdict", "asked", "standing", "why"),
    [
        (EVALUATED, "evaluated", "pass", ""),
        (EXHAUSTED, "exhausted", "pass", ""),
        (PROVED, "exhausted", "pass", ""),
        (PROVED, "evaluated", "pass", ""),
        (PROVED, "sampled", "pass", ""),
        (EVALUATED, "sampled", "pass", ""),
        (EXHAUSTED, "proved", "fail", "exhausted is weaker than proved, which is asked for"),
        (EVALUATED, "exhausted", "fail", "evaluated is weaker than exhausted, which is asked for"),
        (SAMPLED, "sampled", "pass", ""),
        (SAMPLED, "evaluated", "fail", "sampled is weaker than evaluated, which is asked for"),
        (SAMPLED, "exhausted", "fail", "sampled is weaker than exhausted, which is asked for"),
        (SAMPLED, "proved", "fail", "sampled is weaker than proved, which is asked for"),
        (VACUOUS, "sampled", "fail", "no point meets the assumptions"),
        (OVER_BUDGET, "sampled", "fail", "it is over the budget; raise it with --max-points"),
        (Undecided(OverBudget(10, 1, "")), "sampled", "fail", "it is over the budget; make the grid smaller"),
        (QUALITATIVE, "proved", "pass", ""),
        (REFUTED, "sampled", "fail", "no waiver or erratum excuses it"),
        (ERRORED, "sampled", "fail", "it could not be evaluated"),
        (BUG, "sampled", "fail", "it could not be evaluated"),
    ],
)
def test_each_verdict_stands_by_what_is_asked_for(
    verdict: Verdict, asked: Strength, standing: Standing, why: str
) -> None:
    assert stand(result("x", verdict, asked=asked), today=TODAY) == (standing, why)


@pytest.mark.parametrize(
    ("state", "fails"), [("found", False), ("moved", False), ("absent", False), ("changed", True), ("gone", True)]
)
def test_a_claim_that_the_document_no_longer_makes_fails(state: AnchorState, *, fails: bool) -> None:
    standing, why = stand(result("x", PROVED, anchor=state), today=TODAY)
    assert standing == ("fail" if fails else "pass")
    assert bool(why) == fails


def test_an_anchor_says_itself_what_has_become_of_the_quote() -> None:
    moved_on = replace(result("x", EVALUATED), anchor=Anchor("changed", None, "the document prints 4 now"))
    assert stand(moved_on, today=TODAY) == ("fail", "the document prints 4 now")


@pytest.mark.parametrize(
    ("verdict", "excuse", "standing", "why"),
    [
        (REFUTED, ERRATUM, "waived", "erratum: a slip"),
        (REFUTED, replace(ERRATUM, correct="4", correction=EVALUATED), "waived", "erratum: a slip"),
        (REFUTED, WAIVER, "waived", "waived until 2026-11-24: a slip"),
        (
            REFUTED,
            replace(WAIVER, expires=TODAY - datetime.timedelta(days=1)),
            "unexpected",
            "the waiver expired on 2026-11-23; mend the document or renew it",
        ),
        (
            REFUTED,
            replace(WAIVER, pin_matches=False),
            "unexpected",
            "the waiver is pinned to '3', which is not what the claim says now; renew or remove it",
        ),
        (EVALUATED, WAIVER, "unexpected", "the waiver excuses a claim that holds; remove it"),
        (EVALUATED, ERRATUM, "unexpected", "the erratum excuses a claim that holds; remove it"),
        (
            REFUTED,
            replace(ERRATUM, correct="5", correction=REFUTED),
            "unexpected",
            "the erratum's correction does not hold: 5",
        ),
        (
            REFUTED,
            replace(ERRATUM, correct="5", correction=SAMPLED),
            "unexpected",
            "the erratum's correction does not hold: 5",
        ),
        (VACUOUS, WAIVER, "fail", "no point meets the assumptions"),
        (OVER_BUDGET, ERRATUM, "fail", "it is over the budget; raise it with --max-points"),
        (SAMPLED, ERRATUM, "fail", "sampled is weaker than evaluated, which is asked for"),
        (ERRORED, WAIVER, "fail", "it could not be evaluated"),
    ],
)
def test_only_a_refuted_claim_is_excused_and_only_while_the_excuse_is_in_force(
    verdict: Verdict, excuse: Excuse, standing: Standing, why: str
) -> None:
    assert stand(result("x", verdict, excuse=excuse), today=TODAY) == (standing, why)


def test_a_waiver_holds_on_its_last_day_and_not_on_the_next() -> None:
    waived = result("x", REFUTED, excuse=WAIVER)
    days = [TODAY + datetime.timedelta(days=count) for count in (-1, 0, 1)]
    assert [stand(waived, today=day)[0] for day in days] == ["waived", "waived", "unexpected"]


def test_a_lost_quote_outranks_every_excuse() -> None:
    lost = result("x", REFUTED, anchor="gone", excuse=ERRATUM)
    assert stand(lost, today=TODAY) == (
        "fail",
        "the quote is not in the document; mend the quote or the document, or remove the claim",
    )


def test_nothing_but_a_refuted_claim_is_ever_waived() -> None:
    anchors: tuple[AnchorState | None, ...] = (None, "found", "moved", "absent", "changed", "gone")
    for verdict, anchor, excuse in itertools.product(VERDICTS, anchors, (None, WAIVER, ERRATUM)):
        standing, _ = stand(result("x", verdict, anchor=anchor, excuse=excuse, asked="sampled"), today=TODAY)
        if standing == "waived":
            assert isinstance(verdict, Refuted)
            assert excuse is not None
            assert anchor not in ("changed", "gone")


def weighed(verdict: Verdict, *, standing: Standing | None = None, excuse: Excuse | None = None) -> Weighed:
    """Return a result with the standing that the gate gives it, or another."""
    plain: Result = result("x", verdict, asked="sampled", excuse=excuse)
    return Weighed(plain, standing or stand(plain, today=TODAY)[0])


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([], 5),
        ([QUALITATIVE], 5),
        ([QUALITATIVE, QUALITATIVE], 5),
        ([QUALITATIVE, EVALUATED], 0),
        ([SAMPLED], 0),
        ([EVALUATED, REFUTED], 1),
        ([QUALITATIVE, ERRORED], 1),
        ([VACUOUS], 1),
        ([REFUTED, BUG, EVALUATED], 3),
    ],
)
def test_the_exit_code_is_the_first_that_applies(verdicts: list[Verdict], code: int) -> None:
    assert exit_code(map(weighed, verdicts)) == code


def test_a_waived_claim_lets_the_run_pass_and_an_unexpected_one_does_not() -> None:
    assert exit_code([weighed(REFUTED, excuse=ERRATUM)]) == 0
    assert exit_code([weighed(EVALUATED, excuse=ERRATUM)]) == 1


def test_a_bug_in_deciding_a_correction_is_a_bug() -> None:
    assert exit_code([weighed(REFUTED, excuse=replace(ERRATUM, correct="4", correction=BUG))]) == 3


def test_a_lost_quote_of_a_qualitative_claim_fails_the_run() -> None:
    assert exit_code([weighed(QUALITATIVE, standing="fail")]) == 1


def test_the_common_fixture_has_one_of_each() -> None:
    verdicts = [each.result.verdict for each in ONE_OF_EACH.results]
    assert {type(verdict) for verdict in verdicts} == {Holds, Refuted, Undecided, Errored}
    assert {type(v.evidence) for v in verdicts if isinstance(v, Holds)} == {Proved, Exhausted, Evaluated}
    assert {type(v.reason) for v in verdicts if isinstance(v, Undecided)} == {Sampled, Vacuous, OverBudget, Qualitative}
    assert {type(v.witness) for v in verdicts if isinstance(v, Refuted)} == {Counterexample, Residual}
    assert {each.standing for each in ONE_OF_EACH.results} == {"pass", "fail", "waived", "unexpected"}
    anchors = {each.result.anchor.state if each.result.anchor else None for each in ONE_OF_EACH.results}
    assert anchors == {"found", "moved", "changed", "gone", "absent", None}
