"""Every format shows why a claim is refuted, and a saved result keeps it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gpt2_small import spec_with
from one_of_each import ONE_OF_EACH, TODAY
from weighbridge.gate import stand
from weighbridge.judge import Options, judge
from weighbridge.report.explanation import to_explanation
from weighbridge.report.from_json import ResultFileError, from_json
from weighbridge.report.model import Report, SpecEntry, Weighed
from weighbridge.report.text import to_terminal
from weighbridge.report.to_json import to_json
from weighbridge.report.to_markdown import to_markdown
from weighbridge.verdict import Holds

UNTIED = """
[[claim]]
id = "untied"
printed = "163,037,184"
equals = "total"

[[claim]]
id = "tied"
printed = "124,439,808"
equals = "total"
"""
LINES = [
    "off by 38,597,376 = n_vocab * d_model: unembedding, not counted here",
    "true with not tied; false as declared",
]


@pytest.fixture(name="report", scope="module")
def weighed() -> Report:
    """Weigh a figure that leaves out a convention, and the right one."""
    results = judge(spec_with(UNTIED), {}, Options(engine="algebra"))
    return Report(
        version="0",
        specs=(SpecEntry(path="gpt2.toml", document_id="gpt2", title="GPT-2 small", cite="Radford et al. 2019"),),
        results=tuple(Weighed(each, *stand(each, today=TODAY)) for each in results),
    )


def test_text_has_a_line_for_each_below_the_diagnosis(report: Report) -> None:
    lines = to_terminal(report).splitlines()
    start = next(place for place, line in enumerate(lines) if "refuted[gpt2/untied]" in line)
    assert lines[start].endswith("refuted[gpt2/untied] prints 163,037,184, computed 124,439,808")
    assert [line for line in lines[start + 1 : start + 5] if line[4:] in LINES] == [f"    {line}" for line in LINES]


def test_json_has_them_as_a_list_and_keeps_them(report: Report) -> None:
    text = to_json(report)
    (refuted, holds) = json.loads(text)["results"]
    assert refuted["explanations"] == LINES
    assert refuted["witness"]["explanation"] == "n_vocab * d_model: unembedding, not counted here"
    assert holds["explanations"] == []
    again = from_json(text.encode())
    assert again == report
    assert to_json(again) == text


def test_json_without_them_is_still_read() -> None:
    """Results that were saved before explanations were told."""
    saved: dict[str, Any] = json.loads(to_json(ONE_OF_EACH))
    for each in saved["results"]:
        del each["explanations"]
        each["witness"].pop("explanations", None)
    assert len(from_json(json.dumps(saved).encode()).results) == len(ONE_OF_EACH.results)


def test_json_that_explains_otherwise_than_its_witness_is_refused(report: Report) -> None:
    saved: dict[str, Any] = json.loads(to_json(report))
    saved["results"][0]["explanations"] = ["off by nothing"]
    with pytest.raises(ResultFileError, match=r"'explanations' of result 1 \(gpt2/untied\) does not follow"):
        from_json(json.dumps(saved).encode())


def test_markdown_has_an_item_for_each(report: Report) -> None:
    page = to_markdown(report)
    assert "- explained: off by 38,597,376 = n\\_vocab \\* d\\_model: unembedding, not counted here\n" in page
    assert "- explained: true with not tied; false as declared\n" in page


def test_explain_has_them_below_the_verdict(report: Report) -> None:
    lines = [line.split(maxsplit=1) for line in to_explanation(report.results[0]).splitlines()[1:]]
    assert [text for name, text in lines if name == "explained"] == LINES


def test_what_holds_is_not_explained(report: Report) -> None:
    assert isinstance(report.results[1].result.verdict, Holds)
    assert "explained" not in to_explanation(report.results[1])


def test_two_runs_explain_alike() -> None:
    runs = [judge(spec_with(UNTIED), {}, Options(engine="algebra")) for _ in range(2)]
    assert runs[0] == runs[1]
