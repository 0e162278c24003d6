"""What an audit makes of each change: caught, a survivor, or none that could be noticed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from audited_specs import (
    ALIKE,
    EVERYWHERE,
    ROUNDED,
    SMALL,
    TABLED,
    TODAY,
    WRONG,
    audit,
    edited,
    every_mutant,
    lines,
    read,
    shown,
)
from weighbridge.audit.judging import Bench, judge_mutants
from weighbridge.audit.listing import score, to_text
from weighbridge.audit.probes import Probes
from weighbridge.gate import stand
from weighbridge.judge import Options, judge
from weighbridge.project import open_project, reader
from weighbridge.results import tasks
from weighbridge.spec.model import Spec

ROOT = Path(__file__).parents[1]
SPECS = sorted((ROOT / "spec").rglob("*.toml"))


def test_every_change_to_a_small_spec_is_caught_but_those_that_are_none() -> None:
    """Without biases, which `count` and `formula` do not have, the inventory is the one tensor."""
    assert lines(SMALL) == [
        "28:11: equivalent[count.equals] inventory becomes up; the normal form is the same",
        "33:11: equivalent[formula.equals] up becomes inventory; the normal form is the same",
        "audit: 100%: 36 of 36 changes are caught; listed apart: 0 indistinguishable, 2 equivalent, 0 unscored",
    ]


def test_what_no_claim_rests_on_survives() -> None:
    text = edited(
        ("\n[conventions]\n", 'spare = { shape = ["depth"], when = "spares" }\n[conventions]\nspares = false\n'),
        ("\n[grids.few]\n", '[quantities]\nhalf = "width / 2"\n[grids.few]\n'),
    )
    assert [line for line in lines(text) if "survivor" in line] == [
        "17:1: survivor[spare] removed; what rests on it does not notice: count, biased",
        (
            "17:21: survivor[spare.shape] depth dropped, depth becomes width; "
            "what rests on it does not notice: count, biased"
        ),
        "22:9: survivor[half] width becomes depth; no claim rests on half",
        "22:15: survivor[half] / becomes *, / becomes //, / 2 dropped; no claim rests on half",
        "22:17: survivor[half] 2 becomes 3; no claim rests on half",
    ]


def test_a_spec_that_claims_nothing_notices_nothing() -> None:
    declared = SMALL.partition("[[claim]]")[0]
    assert lines(declared)[-1] == (
        "audit: 0%: 0 of 14 changes are caught; listed apart: 0 indistinguishable, 0 equivalent, 0 unscored"
    )


def test_a_value_that_no_claim_notices_names_claims_about_its_model() -> None:
    """They speak of other values of it, so that they are not said to rest on this one."""
    found = lines(edited(("width = 3", "width = 3\nheads = 4"), ('width = ""', 'width = ""\nheads = ""')))
    assert "14:9: survivor[tiny] heads becomes 5; no claim about its model notices: count" in found


def test_symbols_that_one_model_can_not_tell_apart_survive_where_no_grid_does() -> None:
    assert [line for line in lines(ALIKE) if "survivor" in line] == [
        (
            "45:11: survivor[named.equals] depth becomes width; "
            "both sides are 2 in tiny, and no claim over a grid fixes depth"
        )
    ]


@pytest.mark.parametrize("domain", ["few", "everywhere"])
def test_a_claim_over_a_grid_that_fixes_the_quantity_excuses_them(domain: str) -> None:
    fixed = f'\n[[claim]]\nid = "fixed"\nasserts = "up / width ** 2 == depth"\nover = "{domain}"\n'
    found = lines(ALIKE + fixed)
    assert [line for line in found if "[named" in line] == [
        (
            "45:11: indistinguishable[named.equals] depth becomes width; "
            "both sides are 2 in tiny, and fixed fixes it over a grid"
        )
    ]
    assert found[-1].startswith("audit: 100%: ")


@pytest.mark.parametrize(
    "fixed",
    [
        'asserts = "up / width ** 2 == depth"\nover = "few"\nassuming = "width == 1"',
        'asserts = "up / width ** 2 >= depth"\nover = "few"',
        'asserts = "up / width ** 2 == depth"',
    ],
    ids=["under an assumption", "no equality", "one model"],
)
def test_a_weaker_claim_excuses_nothing(fixed: str) -> None:
    text = ALIKE + f'\n[[claim]]\nid = "fixed"\n{fixed}\n'
    assert any("survivor[named.equals] depth becomes width" in line for line in lines(text))


def test_a_factor_that_is_1_in_the_one_model_is_as_good_as_none() -> None:
    once = '\n[[claim]]\nid = "once"\nasserts = "depth * 9 == 9"\n'
    text = edited(("depth = 2", "depth = 1"), ('printed = "18"', 'printed = "9"')) + once
    assert [line for line in lines(text) if "survivor" in line] == [
        (
            "44:12: survivor[once.asserts] depth dropped; "
            "both sides are 9 in tiny, and no claim over a grid fixes 9 * depth"
        )
    ]


def test_rounded_figures_and_inequalities_are_listed_and_not_scored() -> None:
    """19.0 and 18.1 less a tenth are below 18, and 28.0 is not; a 20 that becomes 21, or an end that is included."""
    text = SMALL + ROUNDED
    found = [line for line in lines(text) if re.search(r"\[(rounded|small)", line)]
    assert found == [
        "45:11: equivalent[rounded.equals] up becomes inventory; the normal form is the same",
        "51:12: equivalent[small.asserts] up becomes inventory; the normal form is the same",
        "44:13: unscored[rounded.printed] becomes 19.0; what is rounded, or no equality, is true all the same",
        "44:15: unscored[rounded.printed] becomes 18.1; what is rounded, or no equality, is true all the same",
        "51:12: unscored[small.asserts] up becomes bias; what is rounded, or no equality, is true all the same",
        "51:15: unscored[small.asserts] < becomes <=; what is rounded, or no equality, is true all the same",
        "51:17: unscored[small.asserts] 20 becomes 21; what is rounded, or no equality, is true all the same",
    ]
    assert score(audit(text)) == score(audit(SMALL))


def test_a_pin_and_a_correction_catch_what_is_changed_in_an_excused_claim() -> None:
    """Only what a waiver's claim is held against is free: nothing is decided in its place."""
    text = SMALL + WRONG
    mine = [mutant for mutant in every_mutant(text) if mutant.name in ("wrong", "waived")]
    keys = [mutant.key for mutant in mine]
    # Two names for "up" twice, a literal, two digits of each of three figures; four changes of two factors and a *.
    assert {key: keys.count(key) for key in keys} == {
        "printed": 2,
        "equals": 2 + 1 + 2,
        "erratum.correct": 2,
        "erratum.printed": 2,
        "formula": 5,
    }
    unnoticed = [line for line in lines(text) if "survivor" in line]
    excused = "the claim is excused, and its excuse says nothing that is decided instead"
    assert unnoticed == [f"54:11: survivor[waived.equals] up becomes bias; {excused}"]


def test_a_claim_that_fails_as_it_stands_catches_nothing() -> None:
    text = edited(('printed = "18"', 'printed = "17"'))
    assert [line for line in lines(text) if "[count" in line] == [  # two digits and a name
        "27:12: survivor[count] 3 changes; the claim fails as it stands",
        "28:11: equivalent[count.equals] inventory becomes up; the normal form is the same",
    ]


def test_a_pin_that_has_lapsed_already_catches_nothing() -> None:
    text = SMALL + WRONG.replace('reason = "r"\nprinted = "20"', 'reason = "r"\nprinted = "30"')
    assert [line for line in lines(text) if "survivor[wrong" in line] == [
        # Two digits of 20, of its pin and of the correction, a name and the number 18.
        "44:12: survivor[wrong] 8 changes; the claim fails as it stands"
    ]


def test_an_assumption_that_an_equality_does_not_need_survives() -> None:
    needed = '\n[[claim]]\nid = "square"\nasserts = "up == depth ** 3"\nassuming = "depth == width"\nover = "few"\n'
    spare = needed.replace("square", "same").replace("depth ** 3", "depth * width ** 2")
    assert [line for line in lines(SMALL + needed + spare) if "assuming" in line] == [
        "51:13: survivor[same.assuming] depth == width dropped; the claim holds all the same"
    ]


def test_what_follows_from_a_changed_value_follows() -> None:
    """No claim is about `base`: what it gives is noticed in `wider`, but for the heads, of which that has its own.

    Wherever biases matter a model or row says itself whether there are any, so that the spec need not.
    """
    found = to_text(audit(TABLED)).splitlines()
    assert [line.partition("; ")[0] for line in found if "survivor" in line] == [
        "spec/small.toml:16:10: survivor[biases] becomes true",
        "spec/small.toml:21:9: survivor[base] heads becomes 2",
    ]
    assert found[-1].startswith("audit: 97.1%: 69 of 71 changes are caught")


def test_a_value_that_can_not_be_is_caught_when_it_is_read() -> None:
    unread = {shown(each.mutant): each.why for each in audit(TABLED) if each.mutant.unread}
    assert unread == {
        "9:22 heads.default: width becomes heads": (
            "not read: table 'sizes', row 'first': the value of 'heads' needs 'heads'"
        ),
        "9:22 heads.default: width dropped": (
            "not read: table 'sizes', row 'first': 'heads' is -1 = -1, expected an integer of at least 1"
        ),
        "20:14 base: width: heads becomes width": (
            "not read: model 'base': the value of 'width' goes in a circle: it needs 'width'"
        ),
    }


def test_a_change_that_gives_every_model_the_same_values_is_none() -> None:
    """No row is as narrow as to have fewer than 2 heads."""
    text = TABLED.replace('"width - 1"', '"max(width - 1, 1)"')
    (found,) = (each for each in audit(text) if shown(each.mutant) == "9:37 heads.default: 1 becomes 2")
    assert (found.fate, found.why) == ("equivalent", "every model has the same values")


def test_a_cell_is_changed_in_all_that_is_claimed_of_it_and_its_excuse_follows() -> None:
    """An erratum in a table repeats the cell by itself: only what else is claimed of the cell notices a change."""
    wrong = TABLED.replace("| 171  |", "| 999  |").replace(
        'equals = "inventory"\n[[table',
        'equals = "inventory"\n[[table.claims.erratum]]\nreason = "r"\nat = ["other"]\ncorrect = "171"\n[[table',
    )
    alone = wrong.replace('id = "twice"\ncolumn = "Size"\nequals = "up + bias"', 'id = "twice"\nasserts = "up > bias"')
    assert {each.fate for each in audit(alone) if "@other.printed" in shown(each.mutant)} == {"survivor"}
    corrections = [each for each in audit(alone) if each.mutant.key == "erratum.correct"]
    assert [(shown(each.mutant), each.fate) for each in corrections] == [
        ("45:12 sizes.size.erratum.correct: becomes 271", "caught"),
        ("45:13 sizes.size.erratum.correct: becomes 181", "caught"),
        ("45:14 sizes.size.erratum.correct: becomes 172", "caught"),
    ]


def test_what_is_said_of_all_values_is_tried_where_its_equalities_are_met() -> None:
    questions = {task.source.id: task.asked.question for task in tasks(read(SMALL + EVERYWHERE)) if task.asked}
    assert Probes().of(questions["cube"]) == [{"depth": 2, "width": 8}, {"depth": 8, "width": 32}]
    assert Probes().of(questions["even"]) == [{"depth": 2, "width": 3}, {"depth": 8, "width": 15}]


@pytest.mark.parametrize("text", [SMALL, SMALL + ROUNDED, SMALL + WRONG, ALIKE, TABLED, SMALL + EVERYWHERE])
def test_the_quick_ways_say_what_the_gate_says_of_the_whole_spec(text: str) -> None:
    """A change is caught exactly where deciding everything anew makes a result fail that did not fail before."""
    spec = read(text)

    def failing(changed: Spec) -> set[str]:
        results = judge(changed, {}, Options(engine="algebra"))
        return {each.id for each in results if stand(each, today=TODAY)[0] in ("fail", "unexpected")}

    before = failing(spec)
    for judged in audit(text):
        mutant = judged.mutant
        changed = mutant.spec
        if mutant.unread:
            assert judged.fate == "caught"
            continue
        if mutant.kind == "claim":
            changed = replace(changed, claims=tuple(each for each in changed.claims if each.id in mutant.claims))
        assert bool(failing(changed) - before) == (judged.fate == "caught"), f"{mutant.subject} {mutant.what}"


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_the_projects_own_specs_score_100_percent(path: Path) -> None:
    project = open_project((str(path),), root=str(ROOT))
    (loaded,) = project.loaded
    judged = list(judge_mutants(path.read_text("utf-8"), reader(project, loaded), today=TODAY))
    assert [line for line in to_text(judged, survivors_only=True).splitlines() if ": survivor[" in line] == []
    assert score(judged).of > 0


def test_a_bench_knows_which_expressions_grid_claims_fix() -> None:
    bench = Bench(read(SMALL), TODAY)
    assert bench.pinned == {"depth*width^2": "formula", "depth*width^2 + width": "biased"}
