"""What a terminal shows of many specs: a line each, and no list of what is waived past reading."""

from __future__ import annotations

from msgspec.structs import replace

from one_of_each import ONE_OF_EACH
from weighbridge.report.model import Report, SpecEntry
from weighbridge.report.text import AT_A_GLANCE, FEW, to_terminal


def many(copies: int) -> Report:
    """Return a report of several specs with the same results, each failing, waived and passing as the first does."""
    specs = tuple(
        SpecEntry(path=f"spec/{number}.toml", document_id=f"d{number}", title=f"Document {number}", cite="none")
        for number in range(copies)
    )
    results = tuple(
        replace(each, result=replace(each.result, spec=spec.path, id=f"{spec.document_id}/{index}"))
        for spec in specs
        for index, each in enumerate(ONE_OF_EACH.results)
    )
    return replace(ONE_OF_EACH, specs=specs, results=results)


def test_each_spec_is_one_line_of_numbers() -> None:
    """Of one of each, five hold, five are undecided, two are waived and nine fail or are unexpected."""
    lines = to_terminal(many(3)).splitlines()
    assert lines[0].split() == ["spec", "document", "hold", "undecided", "waived", "fail"]
    assert [line.split() for line in lines[1:4]] == [
        [f"spec/{number}.toml", "Document", f"{number}", "5", "5", "2", "9"] for number in range(3)
    ]


def test_waived_claims_are_told_as_long_as_they_can_be_read() -> None:
    few = to_terminal(many(FEW // 2))
    some = to_terminal(many(FEW // 2 + 1))
    crowd = to_terminal(many(AT_A_GLANCE // 2 + 1))
    detail = "fails exactly where d_query != d_value"
    assert few.count(detail) == FEW // 2
    assert detail not in some
    assert some.count("waived[") == 2 * (FEW // 2 + 1)
    assert "waived[" not in crowd
    assert f"{2 * (AT_A_GLANCE // 2 + 1)} claims are refuted and waived; --verbose tells why, one by one" in crowd
    assert to_terminal(many(AT_A_GLANCE // 2 + 1), detail="verbose").count(detail) == AT_A_GLANCE // 2 + 1


def test_what_fails_is_always_told_whole() -> None:
    report = many(AT_A_GLANCE)
    failing = sum(each.standing in ("fail", "unexpected") for each in report.results)
    shown = [line for line in to_terminal(report).splitlines() if line.startswith("spec/") and "[d" in line]
    assert len(shown) == failing


def test_a_narrow_terminal_leaves_out_titles() -> None:
    lines = to_terminal(many(3), width=50).splitlines()
    assert lines[0].split() == ["spec", "hold", "undecided", "waived", "fail"]
