"""Which changes an audit tries, where it says that they stand, and what it makes of those that nothing notices."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from msgspec.structs import replace

from weighbridge.audit import judging
from weighbridge.audit.judging import Bench, Judged, judge_mutants
from weighbridge.audit.listing import Score, listed, score, to_json, to_text
from weighbridge.audit.mutants import Mutant
from weighbridge.audit.places import Places
from weighbridge.audit.probes import Probes
from weighbridge.audit.variants import variants
from weighbridge.cli import main
from weighbridge.documents.expand import expand_tables
from weighbridge.errors import SpecErrors
from weighbridge.formula.parser import parse
from weighbridge.formula.printer import to_text as to_formula
from weighbridge.gate import stand
from weighbridge.judge import Options, judge
from weighbridge.project import open_project, reader
from weighbridge.results import tasks
from weighbridge.spec.model import Spec
from weighbridge.spec.read import read_spec

ROOT = Path(__file__).parents[1]
SEED = ROOT / "spec" / "gpt3-weights.toml"
SPECS = sorted((ROOT / "spec").rglob("*.toml"))
TODAY = datetime.date(2026, 11, 24)

#: Two tensors that a convention and a grid tell apart, and a claim of each kind.
SMALL = """
[document]
title = "T"
cite = "C"

[symbols]
depth = ""
width = ""

[models.tiny]
depth = 2
width = 3

[tensors]
up = { shape = ["width", "width"], per = ["depth"] }
bias = { shape = ["width"], when = "biases" }

[conventions]
biases = false

[grids.few]
depth = [1, 2]
width = [1, 3]

[[claim]]
id = "count"
printed = "18"
equals = "inventory"

[[claim]]
id = "formula"
formula = "depth * width * width"
equals = "up"
over = "few"

[[claim]]
id = "biased"
asserts = "inventory == up + width"
conventions = { biases = true }
over = "few"
"""
#: Every change to it, counted by hand: line, column, what is changed and how.
EVERY = """
27:12 count.printed: becomes 28
27:13 count.printed: becomes 19
28:11 count.equals: inventory becomes up
28:11 count.equals: inventory becomes bias
32:12 formula.formula: depth dropped
32:12 formula.formula: depth becomes width
32:18 formula.formula: * width becomes + width
32:20 formula.formula: width dropped
32:20 formula.formula: width becomes depth
32:26 formula.formula: * width becomes + width
32:28 formula.formula: width dropped
32:28 formula.formula: width becomes depth
33:11 formula.equals: up becomes bias
33:11 formula.equals: up becomes inventory
38:12 biased.asserts: inventory becomes up
38:12 biased.asserts: inventory becomes bias
38:22 biased.asserts: == becomes !=
38:25 biased.asserts: up dropped
38:25 biased.asserts: up becomes bias
38:25 biased.asserts: up becomes inventory
38:28 biased.asserts: + width becomes - width
38:30 biased.asserts: width dropped
38:30 biased.asserts: width becomes depth
39:26 biased.conventions: biases becomes false
11:9 tiny: depth becomes 3
12:9 tiny: width becomes 4
15:1 up: removed
15:18 up.shape: width dropped
15:18 up.shape: width becomes depth
15:27 up.shape: width dropped
15:27 up.shape: width becomes depth
15:44 up.per: depth dropped
15:44 up.per: depth becomes width
16:1 bias: removed
16:20 bias.shape: width dropped
16:20 bias.shape: width becomes depth
16:37 bias.when: becomes not (biases)
19:10 biases: becomes true
"""


def read(text: str) -> Spec:
    """Read a spec, with its tables."""
    expanded = expand_tables(read_spec("spec/small.toml", text.encode()), None)
    if expanded.errors:
        raise SpecErrors(expanded.errors)
    return expanded.spec


def audit(text: str) -> list[Judged]:
    """Judge every mutant of a spec."""
    return list(judge_mutants(text, read, today=TODAY))


def every_mutant(text: str) -> list[Mutant]:
    """Return every mutant of a spec."""
    spec = read(text)
    return list(judging.every_mutant(spec, Places(spec.path, text), read))


def lines(text: str) -> list[str]:
    """Return the lines of an audit without the path."""
    return [line.removeprefix("spec/small.toml:") for line in to_text(audit(text)).splitlines()]


def edited(*changes: tuple[str, str]) -> str:
    """Return the small spec with texts in it replaced, each of which stands there once."""
    text = SMALL
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def shown(mutant: Mutant) -> str:
    """Return a mutant on one line."""
    return f"{mutant.location.line}:{mutant.location.column} {mutant.subject}: {mutant.what}"


def test_every_change_to_a_small_spec_is_tried_and_located() -> None:
    found = [shown(mutant) for mutant in every_mutant(SMALL)]
    assert sorted(found) == sorted(EVERY.split("\n")[1:-1])


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


#: Both symbols are 2, and a claim of the one model names one of them.
ALIKE = (
    edited(("width = 3", "width = 2"), ('printed = "18"', 'printed = "8"'))
    + """
[[claim]]
id = "named"
printed = "2"
equals = "depth"
"""
)


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


ROUNDED = """
[[claim]]
id = "rounded"
printed = "18.0"
equals = "up"
about = "10%"
because = "as printed"

[[claim]]
id = "small"
asserts = "up < 20"
"""


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


WRONG = """
[[claim]]
id = "wrong"
printed = "20"
equals = ["up", "18"]
[claim.erratum]
reason = "r"
printed = "20"
correct = "18"

[[claim]]
id = "waived"
formula = "depth * width"
equals = "up"
over = "few"
[claim.waive]
reason = "r"
expires = 2026-11-24
formula = "depth * width"
"""


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
    assert [line for line in lines(text) if "[count" in line] == [
        "27:12: survivor[count.printed] becomes 27; the claim fails as it stands",
        "27:13: survivor[count.printed] becomes 18; the claim fails as it stands",
        "28:11: survivor[count.equals] inventory becomes bias; the claim fails as it stands",
        "28:11: equivalent[count.equals] inventory becomes up; the normal form is the same",
    ]


def test_a_pin_that_has_lapsed_already_catches_nothing() -> None:
    text = SMALL + WRONG.replace('reason = "r"\nprinted = "20"', 'reason = "r"\nprinted = "30"')
    assert [line for line in lines(text) if "erratum.printed" in line] == [
        "48:12: survivor[wrong.erratum.printed] becomes 40; the claim fails as it stands",
        "48:13: survivor[wrong.erratum.printed] becomes 31; the claim fails as it stands",
    ]


def test_an_assumption_that_an_equality_does_not_need_survives() -> None:
    needed = '\n[[claim]]\nid = "square"\nasserts = "up == depth ** 3"\nassuming = "depth == width"\nover = "few"\n'
    spare = needed.replace("square", "same").replace("depth ** 3", "depth * width ** 2")
    assert [line for line in lines(SMALL + needed + spare) if "assuming" in line] == [
        "51:13: survivor[same.assuming] depth == width dropped; the claim holds all the same"
    ]


#: A model that another is like, a table whose column two claims are about, and a default.
TABLED = """
[document]
title = "T"
cite = "C"

[symbols]
depth = ""
width = ""
heads = { default = "width - 1" }

[tensors]
up = { shape = ["width", "width"], per = ["depth"] }
bias = { shape = ["width"], when = "biases" }

[conventions]
biases = false

[models.base]
depth = 3
width = "4 * heads"
heads = 1

[models.wider]
like = "base"
heads = 2
conventions = { biases = true }

[[table]]
id = "sizes"
symbols = ["width"]
conventions = { biases = "Biased" }
set = { depth = 2 }
rows = '''
| Name  | width | Biased | Size |
|-------|-------|--------|------|
| first | 3     | no     | 18   |
| other | 9     | yes    | 171  |
'''
[[table.claims]]
column = "Size"
equals = "inventory"
[[table.claims]]
id = "twice"
column = "Size"
equals = "up + bias"
[[table.claims]]
id = "even"
asserts = "up / width / width == 2"

[[claim]]
id = "heads"
printed = "8"
equals = "heads"
at = "other"

[[claim]]
id = "wider"
printed = "200"
equals = "inventory"
at = "wider"
"""
#: Every change to its values and to what its table says, counted by hand: a claim of all rows is changed once.
EVERY_TABLED = """
9:22 heads.default: width dropped
9:22 heads.default: width becomes depth
9:22 heads.default: width becomes heads
9:28 heads.default: - 1 becomes + 1
9:30 heads.default: 1 dropped
9:30 heads.default: 1 becomes 2
19:9 base: depth becomes 4
20:10 base: width: 4 dropped
20:10 base: width: 4 becomes 5
20:12 base: width: * heads becomes + heads
20:14 base: width: heads dropped
20:14 base: width: heads becomes depth
20:14 base: width: heads becomes width
21:9 base: heads becomes 2
25:9 wider: heads becomes 3
26:26 wider.conventions: biases becomes false
32:17 sizes.set: depth becomes 3
36:11 first: width becomes 4
36:19 first: biases becomes true
36:28 sizes.size@first.printed: becomes 28
36:29 sizes.size@first.printed: becomes 19
37:11 other: width becomes 8
37:19 other: biases becomes false
37:28 sizes.size@other.printed: becomes 271
37:29 sizes.size@other.printed: becomes 181
37:30 sizes.size@other.printed: becomes 172
41:11 sizes.size.equals: inventory becomes up
41:11 sizes.size.equals: inventory becomes bias
45:11 sizes.twice.equals: up dropped
45:11 sizes.twice.equals: up becomes bias
45:11 sizes.twice.equals: up becomes inventory
45:14 sizes.twice.equals: + bias becomes - bias
45:16 sizes.twice.equals: bias dropped
45:16 sizes.twice.equals: bias becomes up
45:16 sizes.twice.equals: bias becomes inventory
48:12 sizes.even.asserts: up becomes bias
48:12 sizes.even.asserts: up becomes inventory
48:15 sizes.even.asserts: / becomes *
48:15 sizes.even.asserts: / becomes //
48:15 sizes.even.asserts: / width dropped
48:17 sizes.even.asserts: width becomes depth
48:17 sizes.even.asserts: width becomes heads
48:23 sizes.even.asserts: / becomes *
48:23 sizes.even.asserts: / becomes //
48:23 sizes.even.asserts: / width dropped
48:25 sizes.even.asserts: width becomes depth
48:25 sizes.even.asserts: width becomes heads
48:31 sizes.even.asserts: == becomes !=
48:34 sizes.even.asserts: 2 becomes 3
"""


def test_every_value_and_every_line_of_a_table_is_changed_once() -> None:
    mine = [each for each in every_mutant(TABLED) if each.kind == "value" or each.name.startswith("sizes")]
    assert sorted(map(shown, mine)) == sorted(EVERY_TABLED.split("\n")[1:-1])


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


def test_the_changes_to_an_expression() -> None:
    """Each form of the language, changed by hand."""
    text = "max(a, 2) if not a > b else ceil_div(a, b) - -a ** 2 // b"
    found = {to_formula(each.tree) for each in variants(parse(text), lambda name: {"a": ("b",)}.get(name, ()))}
    behind = "ceil_div(a, b) - -a ** 2 // b"
    assert found == {
        "ceil_div(a, b) - -a ** 2 // b if not a > b else max(a, 2)",
        f"min(a, 2) if not a > b else {behind}",
        f"max(b, 2) if not a > b else {behind}",
        f"max(a, 3) if not a > b else {behind}",
        f"max(a, 2) if a > b else {behind}",
        f"max(a, 2) if not a >= b else {behind}",
        f"max(a, 2) if not b > b else {behind}",
        "max(a, 2) if not a > b else a // b - -a ** 2 // b",
        "max(a, 2) if not a > b else ceil_div(b, b) - -a ** 2 // b",
        "max(a, 2) if not a > b else -(-a ** 2 // b)",
        "max(a, 2) if not a > b else ceil_div(a, b)",
        "max(a, 2) if not a > b else ceil_div(a, b) + -a ** 2 // b",
        "max(a, 2) if not a > b else ceil_div(a, b) - -a ** 2 / b",
        "max(a, 2) if not a > b else ceil_div(a, b) - -a ** 2",
        "max(a, 2) if not a > b else ceil_div(a, b) - a ** 2 // b",
        "max(a, 2) if not a > b else ceil_div(a, b) - -(a * 2) // b",
        "max(a, 2) if not a > b else ceil_div(a, b) - -b ** 2 // b",
        "max(a, 2) if not a > b else ceil_div(a, b) - -a ** 3 // b",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a == 1 and b > 2", [(True, "a"), (True, "1"), (False, "b"), (False, "2")]),
        ("a == 1 or b == 2", [(False, "a"), (False, "1"), (False, "b"), (False, "2")]),
        ("not a == 1", [(False, "a"), (False, "1")]),
        ("a < b == 1", [(False, "a"), (True, "b"), (True, "1")]),
        ("a == (1 if b > 2 else 3)", [(True, "a"), (True, "1"), (False, "b"), (False, "2"), (True, "3")]),
    ],
)
def test_only_what_an_equality_rests_on_is_scored(text: str, expected: list[tuple[bool, str]]) -> None:
    found = variants(parse(text), lambda _: ("c",))
    leaves = [(each.exact, each.what.partition(" becomes ")[0]) for each in found if not each.spot.token]
    assert [each for each in leaves if each[1].isalnum()] == expected


def mismatches(mutants: list[Mutant], text: str) -> list[str]:
    """Return the mutants whose place in the text does not begin with what they say is there."""
    found: list[str] = []
    for mutant in mutants:
        line = text.splitlines()[mutant.location.line - 1][mutant.location.column - 1 :]
        named = re.match(r"([A-Za-z_]\w*|[0-9_]+|[-+*/<>=!]+) (?:\S+ )?(?:becomes|dropped)", mutant.what)
        in_expression = mutant.kind not in ("value", "convention") and mutant.key != "conventions"
        if in_expression and named and not line.startswith(named[1]):
            found.append(f"{mutant.location} {mutant.subject} {mutant.what}: {line}")
    return found


def test_each_change_to_the_gpt3_spec_stands_where_it_says() -> None:
    text = SEED.read_text("utf-8")
    assert mismatches(every_mutant(text), text) == []


#: What is said of all values, under an equality and under what is none.
EVERYWHERE = """
[[claim]]
id = "cube"
formula = "16 * depth ** 3"
equals = "up"
over = "everywhere"
assuming = "width == 4 * depth"

[[claim]]
id = "even"
asserts = "up % 2 == 0"
over = "everywhere"
assuming = "depth % 2 == 0"
"""


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


@pytest.mark.parametrize(
    ("caught", "of", "percent"),
    [(0, 0, "100%"), (1, 1, "100%"), (9_999, 10_000, "99.9%"), (2, 3, "66.6%"), (1, 2, "50%"), (0, 7, "0%")],
)
def test_a_score_is_rounded_down(caught: int, of: int, percent: str) -> None:
    assert Score(caught, of).percent == percent


def test_a_score_is_exact() -> None:
    assert Score(2, 3).share == Fraction(2, 3)


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Write a spec, audit it in this process, and return exit code, standard output and standard error."""
    (tmp_path / "pyproject.toml").write_text('[tool.weighbridge]\nformat = ["markdown"]\n')
    (tmp_path / "spec").mkdir()
    monkeypatch.chdir(tmp_path)

    def run(text: str, *arguments: str) -> tuple[int, str, str]:
        (tmp_path / "spec" / "small.toml").write_text(text)
        code = main(["audit", *arguments])
        out, err = capfd.readouterr()
        return code, out, err

    return run


def test_the_command_exits_0_where_all_is_caught_and_1_where_it_is_not(run: Run) -> None:
    assert run(SMALL) == (0, to_text(audit(SMALL)), "")
    assert run(ALIKE) == (1, to_text(audit(ALIKE)), "")
    assert run(ALIKE, "spec/small.toml", "--fail-under", "90")[0] == 0


def test_quiet_shows_survivors_alone(run: Run) -> None:
    assert len(run(SMALL, "-q")[1].splitlines()) == 1
    *survivors, _ = run(ALIKE, "-q")[1].splitlines()
    assert survivors
    assert all(": survivor[" in line for line in survivors)


def test_nothing_to_change_is_exit_5_and_a_spec_error_exit_2(run: Run) -> None:
    taste = '[document]\ntitle = "T"\ncite = "C"\n[[claim]]\nid = "q"\nqualitative = "taste"\n'
    assert run(taste)[0] == 5
    code, out, err = run("[documnt]\n")
    assert (code, out) == (2, "")
    assert err.startswith("spec/small.toml:1:1: error: spec: ")


def test_the_day_decides_which_waivers_are_in_force(run: Run) -> None:
    text = SMALL + WRONG
    assert "the claim fails as it stands" not in run(text, "--today", "2026-11-24")[1]
    assert (
        "waived.formula] depth dropped, depth becomes width; the claim fails as it stands"
        in run(text, "--today", "2026-11-25")[1]
    )


def test_json_has_the_score_and_each_change_that_nothing_caught(run: Run) -> None:
    code, out, _ = run(ALIKE, "--format", "json")
    file = json.loads(out)
    judged = audit(ALIKE)
    total = score(judged)
    assert code == 1
    assert (file["schema"], file["version"]) == ("weighbridge/audit", 1)
    assert file["score"] == {"caught": total.caught, "of": total.of, "percent": total.percent}
    assert len(file["changes"]) == sum(map(len, listed(judged).values()))
    assert {
        "word": "survivor",
        "path": "spec/small.toml",
        "line": 45,
        "column": 11,
        "kind": "claim",
        "name": "named",
        "key": "equals",
        "what": "depth becomes width",
        "why": "both sides are 2 in tiny, and no claim over a grid fixes depth",
    } in file["changes"]
    assert to_json(judged) == out


def test_an_unknown_format_names_the_nearest(run: Run) -> None:
    assert run(SMALL, "--format", "jsn") == (
        2,
        "",
        "weighbridge: error: --format: there is no format 'jsn'; did you mean 'json'?\n",
    )


def test_a_bench_knows_which_expressions_grid_claims_fix() -> None:
    bench = Bench(read(SMALL), TODAY)
    assert bench.pinned == {"depth*width^2": "formula", "depth*width^2 + width": "biased"}
