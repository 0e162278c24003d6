"""What a report says can be confirmed by a program that shares nothing with ours, and a report that lies can not."""

from __future__ import annotations

import ast
import copy
import datetime
import json
import random
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import independent_checker
from independent_checker import check, prove, says, value
from strategies import REALISTIC, conditions, numbers_trees
from weighbridge.formula.exact import EvaluationError, evaluate
from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import Expression
from weighbridge.judge import Options
from weighbridge.project import open_project, weigh
from weighbridge.report.to_json import to_json

ROOT = Path(__file__).parents[1]
CHECKER = ROOT / "tests" / "independent_checker.py"
DAY = datetime.date(2026, 11, 24)
File: TypeAlias = dict[str, Any]
Change: TypeAlias = Callable[[File], None]

#: Each verdict, kind of evidence, relation and kind of domain at least once.
SPEC = """
[document]
id = "all"
title = "T"
cite = "elsewhere"

[symbols]
layers = "layers"
lambda = "a word of Python"
width = "width"
inner = "width of the hidden layer"
shared = { text = "may be none", min = 0 }

[models.tiny]
layers = 12
lambda = 3
width = 768
inner = "4 * width"
shared = 0

[tensors]
wide = { shape = ["width", "inner"], per = ["layers"] }

[grids.some]
layers = "1..9"
lambda = [2, 3, 5]
width = "64..512 step 64"
inner = "4 * width"

[grids.one]
layers = [9]
width = "1..3"
inner = "width / 2"

[defaults]
at = "tiny"

[[claim]]
id = "exact"
printed = "28,311,552"
equals = ["wide", "layers * 4 * width ** 2", "56_623_104 / 2"]
[[claim]]
id = "rounded"
printed = "28.3M"
equals = "wide"
[[claim]]
id = "formula.close"
formula = "wide"
equals = "28_000_000"
about = "2%"
because = "the text says nearly"
[[claim]]
id = "either"
asserts = "width == 1 or lambda % 2 == 1 if shared < 1 else width < 0"
[[claim]]
id = "chain"
asserts = "0 <= shared < lambda < layers != width"
assuming = "width > 0.5"

[[claim]]
id = "off.exact"
printed = "28,311,551"
equals = "wide"
[[claim]]
id = "off.rounded"
printed = "28.4M"
equals = ["wide", "2 * wide"]
[[claim]]
id = "off.ordering"
asserts = "lambda < width < layers"
[[claim]]
id = "off.either"
asserts = "width == 1 or lambda == 2"
[[claim]]
id = "off.grid"
asserts = "inner * layers <= 2_000 * lambda"
over = "some"
assuming = ["layers > 1", "lambda >= 3"]
[[claim]]
id = "off.printed"
printed = "3 thousand"
equals = "inner"
over = "some"
[[claim]]
id = "off.one"
asserts = "layers * width > 9"
over = "one"

[[claim]]
id = "erratum"
formula = "width * inner"
equals = "wide"
over = "some"
[claim.erratum]
reason = "there are many layers"
formula = "width * inner"
correct = "width * inner * layers"

[[claim]]
id = "proved.grid"
asserts = "wide == 4 * layers * width ** 2 == (inner + 1) * (inner - 1) * layers / 4 + 0.25 * layers"
over = "some"
[[claim]]
id = "proved.assuming"
asserts = "wide == 2 * layers * width ** 2 / 1.0"
over = "everywhere"
assuming = ["lambda == shared", "2 * width == inner", "lambda < 5"]
[[claim]]
id = "proved.remainder"
formula = "2 * width"
equals = "width + width"
over = "everywhere"
assuming = "lambda % 2 == 0"
[[claim]]
id = "proved.ordering"
asserts = "wide + shared >= layers * inner"
over = "everywhere"
[[claim]]
id = "proved.quotient"
asserts = "wide // layers % inner == 0"
over = "everywhere"
assuming = "width == 2 * inner"

[[claim]]
id = "exhausted"
asserts = "min(width, 64 * lambda) >= 64 and max(layers, 9) == 9"
over = "some"
[[claim]]
id = "vacuous"
asserts = "layers > 1"
over = "some"
assuming = "layers > 9"
[[claim]]
id = "errored"
asserts = "width / shared > 1"
[[claim]]
id = "qualitative"
qualitative = "taste"

[[invariant]]
id = "linear"
kind = "linear"
of = "wide"
in = "layers"
[[invariant]]
id = "homogeneous"
kind = "homogeneous"
of = "wide"
in = "width"
degree = 2
assuming = "inner == 4 * width"
[[invariant]]
id = "monotone"
kind = "monotone"
of = "wide"
in = ["width", "layers"]
[[invariant]]
id = "off.linear"
kind = "linear"
of = "wide + layers"
in = "width"
[[invariant]]
id = "sampled"
kind = "monotone"
of = "(width * width + 1) // width"
in = "width"
evidence = "sampled"
"""

#: What there is to confirm in it; the rest takes a sweep, or is open.
FOUND = {
    **dict.fromkeys(("exact", "rounded", "formula.close", "either", "chain"), "evaluated"),
    **dict.fromkeys(("off.exact", "off.rounded", "off.ordering", "off.either", "off.grid", "off.printed"), "refuted"),
    **dict.fromkeys(("proved.grid", "proved.assuming", "proved.remainder"), "proved"),
    **dict.fromkeys(("linear", "homogeneous"), "proved"),
    **dict.fromkeys(("proved.ordering", "proved.quotient", "monotone"), "searched"),
    "erratum": "refuted",
    "erratum corrected": "proved",
    **dict.fromkeys(("off.linear", "off.one"), "refuted"),
}


def with_corrections(file: File) -> File:
    """Return a report in which each correction of an erratum is a result as well."""
    corrected = [
        {**entry, **entry["excuse"]["correction"], "id": f"{entry['id']} corrected", "computed": None}
        for entry in file["results"]
        if entry["excuse"] and entry["excuse"]["correction"]
    ]
    return {**file, "results": [*file["results"], *corrected]}


def weighed(root: Path) -> File:
    """Return the report on the specs of a project."""
    report = weigh(open_project(cwd=root), Options(engine="algebra"), today=DAY)
    file: File = json.loads(to_json(report))
    return with_corrections(file)


@pytest.fixture(name="every", scope="module")
def every_verdict(tmp_path_factory: pytest.TempPathFactory) -> File:
    """Return the report on SPEC."""
    root = tmp_path_factory.mktemp("project")
    (root / "pyproject.toml").touch()
    (root / "spec").mkdir()
    (root / "spec" / "all.toml").write_text(SPEC, encoding="utf-8")
    return weighed(root)


@pytest.fixture(name="seed", scope="module")
def own_specs() -> File:
    """Return the committed report on this project's own specs."""
    file: File = json.loads((ROOT / "reports" / "compliance.json").read_bytes())
    return with_corrections(file)


def wrong(file: File) -> list[str]:
    """Return what the checker objects to."""
    return [line for line in check(file) if ": WRONG: " in line]


def entry_of(file: File, name: str) -> File:
    """Return one result of SPEC."""
    entry: File = next(each for each in file["results"] if each["id"] == f"all/{name}")
    return entry


def alone(file: File, entry: File, change: Change) -> list[str]:
    """Return what the checker objects to in a report with one result, once that is changed."""
    changed = copy.deepcopy({**file, "results": [entry]})
    before = copy.deepcopy(changed)
    change(changed)
    assert changed != before, "unreachable because each change changes something"
    return wrong(changed)


def test_the_checker_is_short_and_shares_nothing_with_the_package() -> None:
    text = CHECKER.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 100
    imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in imports if isinstance(node, ast.ImportFrom)}
    assert names <= sys.stdlib_module_names


def test_every_kind_of_result_is_confirmed(every: File) -> None:
    assert {line.removeprefix("all/").split(": ")[0]: line.split(": ")[1] for line in check(every)} == FOUND
    verdicts = {each["verdict"] for each in every["results"]}
    assert verdicts == {"holds", "refuted", "undecided", "errored"}


def test_the_report_on_our_own_specs_is_confirmed(seed: File) -> None:
    lines = check(seed)
    assert wrong(seed) == []
    decided = [each["id"] for each in seed["results"] if each["evidence"]["strength"] in ("evaluated", "proved")]
    refuted = [each["id"] for each in seed["results"] if each["verdict"] == "refuted"]
    assert {*decided, *refuted} <= {line.split(": ")[0] for line in lines}
    # An equality that multiplies, adds and nothing else is proved anew, not searched.
    searched = [line.split(": ")[0] for line in lines if line.endswith(": searched")]
    for each in seed["results"]:
        if each["id"] in searched:
            assert any(re.search(r"[<>%/]|min|max", "".join(side.values())) for side in each["sides"])


def digit_changed(text: str, place: int) -> str:
    """Return a text in which one digit is another."""
    return text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :]


def digits_of(text: str) -> Iterator[int]:
    """Yield the places of a text's digits, but for those in names and exponents."""
    for literal in re.finditer(r"(?<![\w])(?<!\*\* )\d[\d_.]*", text):
        yield from (place for place in range(*literal.span()) if text[place].isdigit())


def test_no_digit_of_an_equality_can_be_another(seed: File, every: File) -> None:
    """In a refuted one the sides no longer are what the counterexample says."""
    unnoticed = []
    for file in (seed, every):
        specs = {spec["path"]: spec for spec in file["specs"]}
        for entry in file["results"]:
            if entry["witness"]["kind"] not in independent_checker.VERDICTS:
                continue
            # Of a refuted result the first side that fails is shown; those behind it rest on nothing.
            sides = entry["sides"][: 1 if entry["verdict"] == "refuted" else None]
            for number, side in enumerate(sides):
                for name in ("left", "right"):
                    for place in digits_of(side[name]) if side["relation"] == "==" else ():
                        changed = copy.deepcopy(entry)
                        changed["sides"][number][name] = digit_changed(side[name], place)
                        if not wrong({"results": [changed], "specs": [specs[entry["spec"]]]}):
                            unnoticed.append((entry["id"], side[name], place))
    assert unnoticed == []


def set_in(*path: str | int, to: object) -> Change:
    """Return a change of one field of the only result."""

    def change(file: File) -> None:
        inner: Any = file["results"][0]
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = to

    return change


def set_both(point: dict[str, str]) -> Change:
    """Return a change of the counterexample, in both places that name it."""

    def change(file: File) -> None:
        file["results"][0]["counterexample"] = file["results"][0]["witness"]["point"] = point

    return change


def set_model(symbol: str, to: str) -> Change:
    """Return a change of a model's value, beside the results."""

    def change(file: File) -> None:
        file["specs"][0]["models"]["tiny"][symbol] = to

    return change


def set_grid(symbol: str, to: object) -> Change:
    """Return a change of a grid's axis, beside the results."""

    def change(file: File) -> None:
        file["specs"][0]["grids"]["some"]["axes"][symbol] = to

    return change


POINT = {"layers": "2", "lambda": "3", "width": "768", "inner": "3072", "shared": "0"}
#: off.grid: 4 * width * layers > 6,000 first with layers 2 and lambda 3, where width > 750: on this grid with layers 3.
FIRST = {"layers": "3", "lambda": "3", "width": "512", "inner": "2048"}

TAMPERED: list[tuple[str, Change, str]] = [
    ("exact", set_in("computed", to="28311551"), "computed is 28311552"),
    ("exact", set_in("verdict", to="refuted"), "the witness is for another verdict"),
    ("exact", set_in("witness", "kind", to="residual"), "the witness is for another verdict"),
    ("exact", set_in("values", "width", to="769"), "these are not the model's values"),
    ("exact", set_model("layers", "13"), "these are not the model's values"),
    ("exact", set_in("sides", 1, "relation", to="!="), "these sides fail: "),
    ("rounded", set_in("sides", 0, "right", to="[28250000, 28311552)"), "these sides fail: "),
    ("rounded", set_in("sides", 0, "right", to="(28311552, 28350000)"), "these sides fail: "),
    ("chain", set_in("given", to=["width > 768"]), "the point does not meet the assumptions"),
    ("chain", set_in("minimums", "shared", to="1"), "the point does not meet the assumptions"),
    ("chain", set_in("sides", 0, "left", to="1"), "these sides fail: "),
    ("either", set_in("sides", 0, "left", to="width == 1 or lambda % 2 == 0"), "these sides fail: "),
    ("formula.close", set_in("sides", 0, "right", to="0.01 * abs(28_000_000)"), "these sides fail: "),
    ("off.exact", set_in("witness", "difference", to="2"), "with 28311552 that is not what is printed"),
    ("off.exact", set_in("witness", "computed", to="28311553"), "two residuals"),
    ("off.exact", set_in("residual", to="2"), "two residuals"),
    ("off.exact", set_in("computed", to="28311553"), "computed is 28311552"),
    ("off.rounded", set_in("witness", "difference", to="1"), "with 28311552 that is not what is printed"),
    ("off.rounded", set_in("sides", to=[]), "these sides fail: []"),
    ("off.ordering", set_in("witness", "left", to="767"), "the sides are 768 and ['layers']"),
    ("off.ordering", set_in("witness", "right", to="13"), "the sides are 768 and ['layers']"),
    ("off.ordering", set_both({**POINT, "layers": "11"}), "these are not the model's values"),
    ("off.either", set_in("witness", "left", to="true"), "the sides are False and ['true']"),
    ("off.grid", set_in("counterexample", "layers", to="2"), "two counterexamples"),
    ("off.grid", set_both({**FIRST, "layers": "10"}), "off the grid"),
    ("off.grid", set_both({**FIRST, "lambda": "4"}), "off the grid"),
    ("off.grid", set_both({**FIRST, "width": "511"}), "off the grid"),
    ("off.grid", set_both({**FIRST, "inner": "2049"}), "the point does not meet the assumptions"),
    ("off.grid", set_both({**FIRST, "lambda": "2"}), "the point does not meet the assumptions"),
    ("off.grid", set_both({**FIRST, "layers": "2"}), "these sides fail: []"),
    ("off.grid", set_both({**FIRST, "layers": "4"}), "the sides are 8192 and ['2_000 * lambda']"),
    ("off.grid", set_grid("width", "64..448 step 64"), "off the grid"),
    ("off.grid", set_grid("lambda", ["2", "5"]), "off the grid"),
    ("off.linear", set_in("witness", "left", to="1"), "the sides are "),
    ("proved.assuming", set_in("given", 1, to="3 * width == inner"), "what is put in is not what is given"),
    ("proved.assuming", set_in("given", to=["lambda == shared"]), "a definition is not given"),
    (
        "proved.assuming",
        set_in("given", to=["lambda == shared", "inner * 1 == 2 * width"]),
        "a definition is not given",
    ),
    ("proved.assuming", set_in("definitions", to={}), " fails at "),
    ("proved.assuming", set_in("definitions", "inner", to="3 * width"), "what is put in is not what is given"),
    ("proved.ordering", set_in("sides", 0, "relation", to="<="), " fails at "),
    ("proved.ordering", set_in("minimums", "width", to="0"), " fails at "),
    ("proved.quotient", set_in("given", to=["width == 2 * inner", "width == 3"]), "what is put in is not"),
    ("linear", set_in("sides", 0, "right", to="0"), " fails at "),
    ("linear", set_in("witness", "normal_form", to="layers*width*inner"), " fails at "),
    ("linear", set_in("verdict", to="undecided"), "the witness is for another verdict"),
]


@pytest.mark.parametrize(("name", "change", "objection"), TAMPERED)
def test_a_field_that_lies_is_objected_to(every: File, name: str, change: Change, objection: str) -> None:
    (line,) = alone(every, entry_of(every, name), change)
    assert line.startswith(f"all/{name}: WRONG: ")
    assert objection in line


def test_no_digit_or_term_of_a_normal_form_can_be_another(seed: File, every: File) -> None:
    forms = 0
    for file in (seed, every):
        for entry in file["results"]:
            form = entry["witness"].get("normal_form")
            if not form:
                continue
            forms += 1
            terms = form.split(" + ")
            others = [digit_changed(form, place) for place in digits_of(form)]
            others += [" + ".join(terms[:place] + terms[place + 1 :]) or "1" for place in range(len(terms))]
            others += [f"{form} + 1", re.sub(r"^(\w*[a-z]\w*)", r"\1**3", form)]
            for other in (each for each in others if each != form):
                assert alone(file, entry, set_in("witness", "normal_form", to=other)), f"{entry['id']}: {other}"
    assert forms > 20


def test_no_text_runs_as_a_program() -> None:
    for text in ("().__class__", "__import__('os')", "[1]", "{1}", "lambda: 1", "open('x')", "x; y", "'a'", "x.y"):
        with pytest.raises((AssertionError, SyntaxError, NameError)):
            value(text)({"x": 1})


def test_degrees_are_read_as_they_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without random points, the grid of degree six alone meets the seventh value, where this product is not 0."""

    class Least(random.Random):
        def uniform(self, a: float, b: float) -> float:
            return min(a, b)

    monkeypatch.setattr(random, "Random", Least)
    product = " * ".join(f"(n - {root})" for root in range(1, 7))
    for zero in (product, f"({product}) / 2", f"-({product})", f"({product}) * (m - 1)"):
        with pytest.raises(AssertionError, match=r"fails at \{.*'n': 7"):
            prove([says(zero, "==", "0")], [], {}, {"n": 1, "m": 1})
    with pytest.raises(AssertionError, match=r"fails at \{'n': 4\}"):
        prove([says("n ** 3 + 11 * n", "==", "6 * n ** 2 + 6")], [], {}, {"n": 1})
    # A function is no polynomial, so that points with one value show nothing.
    assert prove([says("max(n, 1)", "==", "1")], [], {}, {"n": 1}) == "searched"


points = st.fixed_dictionaries(dict.fromkeys(("a", "b", "c"), st.sampled_from(REALISTIC)))


@settings(max_examples=150, deadline=None)
@given(
    tree=st.one_of(
        numbers_trees("abc", fractions=True),
        conditions("abc", fractions=True),
        numbers_trees("abc", zero_divisors=True),
    ),
    point=points,
)
def test_the_checker_reads_and_evaluates_as_the_reference_does(tree: Expression, point: dict[str, int]) -> None:
    try:
        expected = evaluate(tree, point)
    except EvaluationError:
        return
    assert value(to_text(tree))(point) == expected
