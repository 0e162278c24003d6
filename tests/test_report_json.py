"""What a machine reads, and that it can be read back."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from expect import Expect
from one_of_each import ONE_OF_EACH, result
from weighbridge.report.from_json import ResultFileError, from_json
from weighbridge.report.model import Report, Weighed
from weighbridge.report.to_json import to_json
from weighbridge.verdict import (
    Counterexample,
    Errored,
    Exhausted,
    Holds,
    OverBudget,
    Refuted,
    Residual,
    Undecided,
    Verdict,
)

SNAPSHOTS = Path(__file__).parent / "snapshots"

#: The fields that other programs rely on, as they are promised.
TOP = ["schema", "version", "generator", "specs", "results", "coverage", "summary", "left_out"]
RESULT = {
    "id", "kind", "verdict", "anchor", "standing", "evidence", "reason", "location", "quote", "printed", "computed",
    "counterexample", "violations", "residual", "message",
}  # fmt: skip
SUMMARY = ["standing", "holds", "refuted", "undecided", "errored", "waived", "unexpected"]


def decoded(report: Report = ONE_OF_EACH) -> dict[str, Any]:
    """Return a report's JSON as plain values, by Python's own reader."""
    value: dict[str, Any] = json.loads(to_json(report))
    return value


def entry(name: str) -> dict[str, Any]:
    """Return one result of the common report."""
    return next(each for each in decoded()["results"] if each["id"] == f"tiny/{name}")


def test_json_is_the_snapshot(expect: Expect) -> None:
    expect(SNAPSHOTS / "one_of_each.json", to_json(ONE_OF_EACH))


def test_every_promised_field_is_there() -> None:
    file = decoded()
    assert list(file) == TOP
    assert (file["schema"], file["version"]) == ("weighbridge/compliance", 1)
    assert file["generator"] == {"name": "weighbridge", "version": "0.1.0"}
    assert all(set(each) >= RESULT for each in file["results"])
    assert set(file["specs"][0]) >= {"path", "document", "models"}
    assert set(file["specs"][0]["document"]) >= {"title", "path", "sha256"}
    assert list(file["coverage"][0]) == ["document", "found", "claimed", "exempt", "unaccounted"]
    assert list(file["summary"]) == SUMMARY


def test_a_claim_that_holds_reads_as_promised() -> None:
    exact = entry("total.exact")
    assert exact["evidence"] == {
        "strength": "evaluated", "points": "1", "examples": 0, "seed": None, "assuming": []
    }  # fmt: skip
    assert exact["location"] == {
        "spec": {"path": "spec/tiny.toml", "line": 20, "column": 1},
        "document": {"path": "spec/documents/tiny.md", "line": 7, "column": 9},
    }
    assert (exact["printed"], exact["computed"]) == ("85,054,464", "85054464")
    assert exact["sides"] == [
        {"left": "85054464", "relation": "==", "right": "12 * n_layers * d_model ** 2 + 13 * d_model * n_layers"}
    ]
    assert exact["reason"] is exact["counterexample"] is exact["violations"] is exact["residual"] is None


def test_a_refuted_claim_reads_as_promised() -> None:
    formula = entry("value.formula")
    assert formula["counterexample"] == {"d_model": "1", "d_query": "1", "d_value": "2"}
    assert formula["violations"] == "56"
    assert formula["evidence"]["points"] == "64"
    assert formula["evidence"]["strength"] is None
    assert entry("total.rounded")["residual"] == "-4945536"
    assert entry("total.rounded")["message"] == "prints 90M, computed 85,054,464"


def test_undecided_claims_say_why_in_the_four_promised_words() -> None:
    reasons = {each["reason"] for each in decoded()["results"] if each["verdict"] == "undecided"}
    assert reasons == {"sampled", "vacuous", "over-budget", "qualitative"}


def test_numbers_past_two_to_the_53_are_strings() -> None:
    def check(value: object) -> None:
        if isinstance(value, int):
            assert abs(value) <= 2**53
        assert not isinstance(value, float)
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            check(inner)

    check(decoded())
    assert decoded()["specs"][0]["models"]["tiny"]["n_vocab"] == "1152921504606846976"


def test_the_summary_counts_what_is_there() -> None:
    file = decoded()
    for word in ("holds", "refuted", "undecided", "errored"):
        assert file["summary"][word] == sum(each["verdict"] == word for each in file["results"])
    for standing in ("waived", "unexpected"):
        assert file["summary"][standing] == sum(each["standing"] == standing for each in file["results"])


def test_what_is_written_is_read_back_as_the_same_report() -> None:
    assert from_json(to_json(ONE_OF_EACH).encode()) == ONE_OF_EACH


big = st.integers(min_value=-(10**40), max_value=10**40)
values = st.one_of(big, st.booleans(), st.fractions())
points = st.dictionaries(st.text(max_size=5), big, max_size=3)
verdicts: st.SearchStrategy[Verdict] = st.one_of(
    st.builds(Holds, st.builds(Exhausted, st.integers(min_value=0, max_value=10**40), st.text())),
    st.builds(
        Refuted,
        st.one_of(
            st.builds(Counterexample, points, values, values),
            st.builds(Residual, values, st.one_of(big, st.fractions()), st.text()),
        ),
        st.none() | st.integers(min_value=0, max_value=10**40),
        st.none() | st.integers(min_value=0, max_value=10**40),
        st.text(),
    ),
    st.builds(Undecided, st.builds(OverBudget, st.integers(0, 10**40), st.integers(0, 10**20), st.text())),
    st.builds(Errored, st.text(), points, st.booleans()),
)


@settings(max_examples=60)
@given(verdict=verdicts, text=st.text(min_size=1))
def test_any_verdict_and_any_text_come_back(verdict: Verdict, text: str) -> None:
    plain = replace(result("x", verdict), says=text, quote=text, note=text)
    report = Report(version="0", specs=(), results=(Weighed(plain, "fail", text),))
    assert from_json(to_json(report).encode()) == report


def test_how_many_results_were_left_out_comes_back() -> None:
    narrowed = replace(ONE_OF_EACH, left_out=7)
    assert json.loads(to_json(narrowed))["left_out"] == 7
    assert from_json(to_json(narrowed).encode()) == narrowed
    with pytest.raises(ResultFileError, match="fewer than no results are left out"):
        from_json(to_json(replace(ONE_OF_EACH, left_out=-1)).encode())


def test_the_same_report_gives_the_same_bytes() -> None:
    assert to_json(ONE_OF_EACH) == to_json(from_json(to_json(ONE_OF_EACH).encode()))


def test_a_whole_fraction_comes_back_as_the_integer_it_is() -> None:
    plain = result("x", Refuted(Residual(3, Fraction(2, 1))))
    report = Report(version="0", specs=(), results=(Weighed(plain, "fail"),))
    assert decoded(report)["results"][0]["residual"] == "2"


CORRUPT = [
    (b"", "Input data was truncated"),
    (b"\xff\xfe", "JSON is malformed: invalid character (byte 0)"),
    (b"[]", "Expected 'object', got 'array'"),
    (b"{}", "Object missing required field 'schema'"),
    (b'{"schema": "weighbridge/count"}', "Invalid enum value 'weighbridge/count' at '$.schema'"),
    (b"[" * 100_000, "JSON is malformed"),
]


@pytest.mark.parametrize(("data", "message"), CORRUPT)
def test_what_is_no_result_is_refused_by_name(data: bytes, message: str) -> None:
    with pytest.raises(ResultFileError) as caught:
        from_json(data)
    assert str(caught.value).startswith("this is no result of 'weighbridge check --format json': ")
    if message != "JSON is malformed":
        assert str(caught.value) == f"this is no result of 'weighbridge check --format json': {message}"
    assert "\n" not in str(caught.value)


def test_a_field_of_the_wrong_type_is_named_by_its_place() -> None:
    file = decoded()
    file["results"][2]["witness"]["left"] = 1
    with pytest.raises(ResultFileError) as caught:
        from_json(json.dumps(file).encode())
    assert str(caught.value) == (
        "this is no result of 'weighbridge check --format json': "
        "Expected 'str', got 'int' at '$.results[2].witness.left'"
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("verdict", "holds"),
        ("violations", "57"),
        ("counterexample", {"d_model": "2"}),
        ("residual", "1"),
        ("reason", "vacuous"),
    ],
)
def test_a_result_that_contradicts_its_witness_is_refused(field: str, value: object) -> None:
    file = decoded()
    file["results"][2][field] = value
    with pytest.raises(ResultFileError) as caught:
        from_json(json.dumps(file).encode())
    assert str(caught.value) == (
        f"the result contradicts itself: '{field}' of result 3 (tiny/value.formula) does not follow from its witness; "
        "decide again with 'weighbridge check'"
    )


def test_a_grid_is_written_as_in_a_spec_and_stays_short() -> None:
    grids = decoded()["specs"][0]["grids"]
    assert grids["wide"]["axes"] == {"d_query": "1..4", "d_value": "1..4", "d_model": ["1", "2", "4", "8"]}
    assert grids["long"] == {
        "axes": {"n_layers": "64..999999999936 step 64"},
        "derived": {"d_model": "4 * n_layers"},
    }


def test_a_grid_that_no_spec_has_is_refused() -> None:
    file = decoded()
    file["specs"][0]["grids"]["wide"]["axes"]["d_query"] = "4..1"
    with pytest.raises(ResultFileError) as caught:
        from_json(json.dumps(file).encode())
    assert str(caught.value) == "the result has a grid that no spec has: '4..1' is empty: 4 is past 1"


def test_a_summary_that_contradicts_the_results_is_refused() -> None:
    file = decoded()
    file["summary"]["standing"] = "pass"
    with pytest.raises(ResultFileError, match="the summary does not follow from the results"):
        from_json(json.dumps(file).encode())


def test_fields_of_a_later_version_are_passed_over() -> None:
    file = decoded()
    file["results"][0]["colour"] = "green"
    assert from_json(json.dumps(file).encode()) == ONE_OF_EACH


@settings(max_examples=60)
@given(place=st.integers(0, 30_000), byte=st.integers(0, 255))
def test_no_changed_byte_makes_anything_but_a_report_or_a_refusal(place: int, byte: int) -> None:
    data = bytearray(to_json(ONE_OF_EACH).encode())
    data[place % len(data)] = byte
    try:
        report = from_json(bytes(data))
    except ResultFileError:
        return
    assert isinstance(report, Report)
