"""The formats that other programs read: JUnit XML, SARIF, GitHub's workflow commands and a badge."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import sarif_pydantic  # type: ignore[import-untyped]
import xmlschema
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from expect import Expect
from one_of_each import ONE_OF_EACH, SPEC, result
from weighbridge.errors import Location
from weighbridge.report.model import Report, Weighed
from weighbridge.report.renderers import RENDERERS
from weighbridge.report.to_badge import to_badge
from weighbridge.report.to_github import MOST, to_github
from weighbridge.report.to_junit import to_junit
from weighbridge.report.to_sarif import RULES, to_sarif
from weighbridge.verdict import Evaluated, Holds

HERE = Path(__file__).parent
JUNIT = xmlschema.XMLSchema(HERE / "schemas" / "junit.xsd")
HOSTILE = '<script>alert("1")</script>]]>&amp;\x00\ud800 ::error::x %0A\n::warning::y, z: \u202e'


def hostile() -> Report:
    """Return a report whose every text is an attempt to break out of its format."""
    one = replace(
        result("x", Holds(Evaluated(HOSTILE)), anchor="gone"),
        id=f"tiny/{HOSTILE}",
        location=Location(SPEC, 3, 1),
        says=HOSTILE,
    )
    specs = tuple(replace(each, title=HOSTILE) for each in ONE_OF_EACH.specs)
    return replace(ONE_OF_EACH, specs=specs, results=(Weighed(one, "fail", HOSTILE),))


def clean() -> Report:
    return replace(ONE_OF_EACH, results=(Weighed(result("x", Holds(Evaluated("tiny"))), "pass"),))


def sarif(report: Report) -> Mapping[str, Any]:
    text = to_sarif(report)
    sarif_pydantic.Sarif.model_validate_json(text)
    (run,) = json.loads(text)["runs"]
    assert isinstance(run, dict)
    return run


@pytest.mark.parametrize(
    ("name", "ending"), [("junit", "xml"), ("sarif", "sarif"), ("github", "github"), ("badge", "badge")]
)
def test_each_format_is_the_snapshot(name: str, ending: str, expect: Expect) -> None:
    expect(HERE / "snapshots" / f"one_of_each.{ending}", RENDERERS[name](ONE_OF_EACH))


@pytest.mark.parametrize("report", [ONE_OF_EACH, clean(), hostile()], ids=["one of each", "clean", "hostile"])
def test_junit_is_what_its_schema_allows(report: Report) -> None:
    JUNIT.validate(to_junit(report))


def test_junit_tells_failures_errors_and_skips_apart() -> None:
    root = ET.fromstring(to_junit(ONE_OF_EACH))
    kinds = {case.attrib["name"]: [child.tag for child in case] for case in root.iter("testcase")}
    assert kinds["total.exact"] == []
    assert kinds["total.rounded"] == ["failure"]
    assert kinds["division"] == ["error"]
    assert kinds["value.formula"] == ["skipped"]
    assert kinds["similar"] == ["skipped"]
    suite = next(each for each in root.findall("testsuite") if each.attrib["name"] == "tiny")
    counts = {name: int(suite.attrib[name]) for name in ("tests", "failures", "errors", "skipped")}
    tags = [tag for each in kinds.values() for tag in each]
    assert counts == {
        "tests": len(ONE_OF_EACH.results),
        "failures": tags.count("failure"),
        "errors": tags.count("error"),
        "skipped": tags.count("skipped"),
    }


def test_junit_has_every_claim_by_its_id() -> None:
    root = ET.fromstring(to_junit(ONE_OF_EACH))
    names = {each.attrib["name"] for each in root.iter("property")}
    assert {each.result.id for each in ONE_OF_EACH.results} <= names


def test_sarif_declares_every_rule_and_has_no_results_when_all_is_well() -> None:
    run = sarif(clean())
    assert run["results"] == []
    assert [each["id"] for each in run["tool"]["driver"]["rules"]] == list(RULES)
    assert len(sarif(ONE_OF_EACH)["results"]) == sum(each.standing != "pass" for each in ONE_OF_EACH.results)


def test_sarif_suppresses_what_is_waived_and_nothing_else() -> None:
    for each in sarif(ONE_OF_EACH)["results"]:
        assert ("suppressions" in each) == (each["properties"]["standing"] == "waived")
        assert each["level"] == ("note" if each["properties"]["standing"] == "waived" else "error")


def test_a_finding_keeps_its_fingerprint_when_lines_move() -> None:
    moved = replace(
        ONE_OF_EACH,
        results=tuple(
            replace(each, result=replace(each.result, location=Location(SPEC, each.result.location.line + 100, 1)))
            for each in ONE_OF_EACH.results
        ),
    )
    before = [each["partialFingerprints"] for each in sarif(ONE_OF_EACH)["results"]]
    assert before == [each["partialFingerprints"] for each in sarif(moved)["results"]]
    assert len({each["weighbridge/v1"] for each in before}) == len(before)


def test_sarif_points_at_the_document_where_that_is_known() -> None:
    by_id = {each["properties"]["id"]: each for each in sarif(ONE_OF_EACH)["results"]}
    place = by_id["tiny/total.rounded"]["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "spec/documents/tiny.md"},
        "region": {"startLine": 15, "startColumn": 2},
    }
    related = by_id["tiny/total.rounded"]["relatedLocations"][0]["physicalLocation"]["region"]
    assert related == {"startLine": 26, "startColumn": 1}


def test_github_shows_at_most_nine_of_a_level_and_says_how_many_more() -> None:
    failing = Weighed(result("x", Holds(Evaluated("tiny")), anchor="gone"), "fail", "it is gone")
    lines = to_github(replace(ONE_OF_EACH, results=(failing,) * 12)).splitlines()
    errors = [line for line in lines if line.startswith("::error")]
    assert len(errors) == MOST + 1
    assert errors[-1] == "::error title=weighbridge::and 3 more: see the job's log"


def test_nothing_in_a_document_begins_a_command_of_its_own() -> None:
    lines = to_github(hostile()).split("\n")[:-1]
    assert len(lines) == 2
    assert lines[0].startswith("::error file=spec/documents/tiny.md,line=3,col=5,title=gone[tiny/<script>")
    assert lines[1].startswith("::notice title=weighbridge::fail")


@given(text=st.text(max_size=60))
def test_any_text_stays_in_its_place(text: str) -> None:
    report = replace(
        ONE_OF_EACH, results=(Weighed(replace(result("x", Holds(Evaluated(text))), says=text), "fail", text),)
    )
    JUNIT.validate(to_junit(report))
    assert len(sarif(report)["results"]) == 1
    assert to_github(report).count("\n") == 2


def test_a_badge_says_how_things_stand() -> None:
    badge = json.loads(to_badge(ONE_OF_EACH))
    assert badge == {"schemaVersion": 1, "label": "claims", "message": "fail, 5 hold, 97% covered", "color": "red"}
    assert json.loads(to_badge(replace(clean(), coverage=())))["message"] == "pass, 1 holds"
