"""Whole documents with tables: published models, and what the page about the language shows."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest

from weighbridge.gate import exit_code
from weighbridge.judge import Options
from weighbridge.project import open_project, weigh
from weighbridge.report.model import Report
from weighbridge.verdict import Refuted
from weighed_tables import TODAY, result_of, weighed

DOCUMENTS = Path(__file__).parent / "examples" / "documents"
PUBLISHED = Path(__file__).parents[2] / "shared" / "published"


def document_of(name: str) -> Report:
    """Return what comes of an example."""
    return weigh(open_project([str(DOCUMENTS / f"{name}.toml")]), Options(engine="algebra"), today=TODAY)


@pytest.mark.parametrize("name", ["model_zoo", "gpt3_sizes", "course_note"])
def test_an_example_document_passes_the_gate(name: str) -> None:
    report = document_of(name)
    assert exit_code(report.results) == 0
    assert all(each.result.anchor is None or each.result.anchor.state in ("found", "absent") for each in report.results)


def test_twenty_models_are_one_entry_and_every_count_is_the_published_one() -> None:
    report = document_of("model_zoo")
    counts = {
        each.result.id.partition("@")[2]: each.result.computed
        for each in report.results
        if "shapes.parameters@" in each.result.id
    }
    assert len(counts) == 20
    assert counts["gpt-2"] == "124439808"
    assert counts["gpt-2-xl"] == "1557611200"
    assert counts["llama-7b"] == "6738415616"
    assert counts["mistral-7b"] == "7241732096"
    waived = [each.result.id.partition("@")[2] for each in report.results if each.standing == "waived"]
    assert waived == ["gpt-2", "gpt-2-medium", "gpt-2-large", "gpt-2-xl", "llama-3.1-70b"]


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published counts are not here")
def test_the_counts_in_the_example_are_those_that_publishers_print() -> None:
    printed: set[str] = set()
    for path in PUBLISHED.glob("*.tsv"):
        with path.open(encoding="utf-8", newline="") as file:
            printed.update(row["stated_verbatim"] for row in csv.DictReader(file, delimiter="\t"))
    document = (DOCUMENTS / "model_zoo.md").read_text(encoding="utf-8")
    counts = re.findall(r"([0-9,]{11,})(?:\*\*)? +\|$", document, re.MULTILINE)
    assert len(counts) == 20
    assert len(set(counts) & printed) >= 15


def test_the_heads_of_two_models_of_gpt_3_do_not_fill_their_width() -> None:
    """24 heads of 128 are 3,072 wide, not 2,048; 40 heads of 128 are 5,120 wide, not 5,140."""
    widths = [each for each in document_of("gpt3_sizes").results if ".width@" in each.result.id]
    refuted = {each.result.id.partition("@")[2]: each for each in widths if isinstance(each.result.verdict, Refuted)}
    assert len(widths) == 8
    assert refuted.keys() == {"gpt-3-xl", "gpt-3-13b"}
    assert {each.standing for each in refuted.values()} == {"waived"}
    for name, left, right in (("gpt-3-xl", 3072, 2048), ("gpt-3-13b", 5120, 5140)):
        verdict = refuted[name].result.verdict
        assert isinstance(verdict, Refuted)
        witness = verdict.witness
        assert (getattr(witness, "left", None), getattr(witness, "right", None)) == (left, right)


def test_a_changed_digit_in_the_large_table_fails_at_the_row_that_it_stands_in(tmp_path: Path) -> None:
    """One cell at a time, symbols as well as counts; a context of rotary positions counts nothing."""
    (tmp_path / "pyproject.toml").touch()
    shutil.copy(DOCUMENTS / "model_zoo.toml", tmp_path)
    text = (DOCUMENTS / "model_zoo.md").read_text(encoding="utf-8")
    start, end = text.index("| GPT-2             | GPT-2"), text.index("## Names")
    cells = [
        match
        for match in re.finditer(r"(?<=[| *])[0-9][0-9,]*(?=(?:\*\*)? *\|)", text)
        if start < match.start() < end and match[0] not in ("2,048", "131,072", "32,768")
    ]
    assert len(cells) == 20 * 8 - 18, "sixteen contexts and two widths are left out"
    for match in cells[::19]:
        digit = "1" if match[0][-1] != "1" else "2"
        changed = text[: match.end() - 1] + digit + text[match.end() :]
        (tmp_path / "model_zoo.md").write_text(changed, encoding="utf-8")
        report = weigh(open_project(["model_zoo.toml"], cwd=tmp_path), Options(engine="algebra"), today=TODAY)
        anchors = [each.result.anchor for each in report.results if each.standing == "fail"]
        assert text.count("\n", 0, match.start()) + 1 in {
            anchor.location.line for anchor in anchors if anchor and anchor.location
        }, match[0]


# The page about the language

PAGE_OF_THE_LANGUAGE = (Path(__file__).parents[1] / "spec" / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```toml\n(.*?)^```$", PAGE_OF_THE_LANGUAGE, re.MULTILINE | re.DOTALL)
COPIED, LOCATED = (block for block in BLOCKS if "[[table]]" in block)


def test_the_table_on_the_page_is_decided_as_the_page_says(tmp_path: Path) -> None:
    report = weighed(tmp_path, f"{BLOCKS[0]}\n{COPIED}".replace("[document]", '[document]\nid = "small"'))
    assert {"small/sizes.parameters-m@small", "small/sizes.heads@the-large-one"} <= {
        each.result.id for each in report.results
    }
    assert exit_code(report.results) == 0
    assert result_of(report, "sizes.parameters-m@the-medium-one").standing == "waived"
    assert [each.result.id for each in report.results if each.standing == "waived"] == [
        "small/sizes.parameters-m@the-medium-one"
    ]


def test_the_table_on_the_page_that_stands_in_a_document_is_read_from_it(tmp_path: Path) -> None:
    document = """# Model sizes

| A | B |
|---|---|

|       | The odd one | The large one |
|-------|-------------|---------------|
| width | 100         | 128           |
| Cost  | 300         | unknown       |
"""
    report = weighed(tmp_path, LOCATED.replace("documents/small.md", "doc.md"), document)
    assert [(each.result.id, each.standing) for each in report.results] == [
        ("s/widths.heads@the-odd-one", "waived"),
        ("s/widths.heads@the-large-one", "pass"),
        ("s/widths.cost@the-odd-one", "pass"),
    ]
