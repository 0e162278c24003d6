"""Which changes an audit tries, and where it says that they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from audited_specs import SMALL, TABLED, every_mutant, shown
from weighbridge.audit.mutants import Mutant
from weighbridge.audit.variants import variants
from weighbridge.formula.parser import parse
from weighbridge.formula.printer import to_text as to_formula

SEED = Path(__file__).parents[1] / "spec" / "gpt3-weights.toml"
#: Every change to the small spec, counted by hand: line, column, what is changed and how.
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


def test_every_change_to_a_small_spec_is_tried_and_located() -> None:
    found = [shown(mutant) for mutant in every_mutant(SMALL)]
    assert sorted(found) == sorted(EVERY.split("\n")[1:-1])


#: Every change to the tabled spec's values and to what its table says, by hand: a claim of all rows is changed once.
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
