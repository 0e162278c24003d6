"""The HTML page: what its cards say, that it is one file, and that it is the same from a saved result.

How it behaves in a browser is tested in tests/browser.
"""

from __future__ import annotations

import doctest
import html
import os
import subprocess
import sys
from typing import Any

import pytest
from msgspec.structs import replace

from html_reader import Element, read_html, squeezed
from weighbridge.report.explanation import explain
from weighbridge.report.from_json import ResultFileError, from_json
from weighbridge.report.html import charts, mathml
from weighbridge.report.html.page import to_html
from weighbridge.report.model import DocumentText, Mark, Report
from weighbridge.report.to_json import MAX_TEXT, to_json
from weighbridge.report.wording import diagnose
from weighbridge.verdict import word
from weighed_page import ROOT, weighed_page, weighed_seed


@pytest.fixture(name="report", scope="module")
def of_the_small_project(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return weighed_page(tmp_path_factory.mktemp("page"))


@pytest.fixture(name="page", scope="module")
def of_the_small_page(report: Report) -> Element:
    return read_html(to_html(report))


# --- What its cards say ----------------------------------------------------------------------------------------------


def test_a_card_tells_all_that_explain_tells(report: Report, page: Element) -> None:
    for key, weighed in enumerate(report.results):
        card = squeezed(page.by_id(f"card-{key}").text())
        for name, text in explain(weighed):
            if name not in ("compared", "put in", "formula", "normal form"):
                assert squeezed(text).removeprefix(word(weighed.result.verdict)) in card, (name, text)


def test_a_card_shows_both_numbers_and_their_difference(page: Element) -> None:
    (card,) = (each for each in page.all("article", cls="card") if "pocket/layers.three" in each.text())
    (both,) = card.all("dl", cls="both")
    assert squeezed(both.text()) == "Printed16Computed17Difference+1"
    assert "dmodel+1" in squeezed(card.text())
    assert "16+1" in squeezed(card.text())


def test_the_table_has_every_result_and_leads_to_its_card(report: Report, page: Element) -> None:
    rows = page.by_id("table").all("tbody")[0].all("tr")
    assert [row.attributes["data-name"] for row in rows] == [
        each.result.id.removeprefix("pocket/") for each in report.results
    ]
    assert [row.attributes["data-verdict"] for row in rows] == [word(each.result.verdict) for each in report.results]
    assert [row.all("a")[0].attributes["href"] for row in rows] == [f"#card-{key}" for key in range(len(rows))]


def test_what_does_not_pass_is_said_as_everywhere_and_at_the_same_place(report: Report, page: Element) -> None:
    (summary,) = page.all("section", cls="summary")
    shown = [squeezed(each.text()) for each in summary.all("ul", cls="concerns")[0].all("li")]
    (failing,) = (each for each in report.results if each.standing == "fail")
    location, _, finding = diagnose(failing).partition(": refuted[pocket/value] ")
    assert shown[0] == squeezed(f"fail pocket/value {finding} {location}")
    assert shown[1].startswith("waivedpocket/layers.threeprints16,computed17spec/pocket.toml:")


def test_the_summary_counts_verdicts_and_coverage(page: Element) -> None:
    tiles = [" ".join(each.text().split()) for each in page.all("a", cls="tile")]
    assert tiles == ["4 hold", "2 refuted", "1 undecided", "0 errored", "1 waived", "1 failing"]
    (summary,) = page.all("section", cls="summary")
    assert "claimed 8 8 exempt 1 1 unaccounted 2 2 of 11 figures and formulas" in " ".join(summary.text().split())


@pytest.mark.parametrize("module", [charts, mathml], ids=lambda module: module.__name__)
def test_examples(module: Any) -> None:
    found = doctest.testmod(module)
    assert found.attempted > 0
    assert found.failed == 0


# --- The file --------------------------------------------------------------------------------------------------------


def test_the_page_of_the_seed_is_one_small_file_without_addresses() -> None:
    text = to_html(weighed_seed())
    assert len(text.encode()) < 1_000_000
    page = read_html(text)
    assert not [each for each in page if each.tag in ("link", "img", "iframe", "object") or "src" in each.attributes]
    assert str(ROOT) not in text


def test_a_saved_result_gives_the_same_page(report: Report) -> None:
    assert to_html(from_json(to_json(report).encode())) == to_html(report)


def test_a_long_document_is_left_out_of_the_saved_result(report: Report) -> None:
    (spec,) = report.specs
    long = replace(report, specs=(replace(spec, text=DocumentText("a" * (MAX_TEXT + 1))),))
    (entry,) = from_json(to_json(long).encode()).specs
    assert entry.text is None
    assert "The document's text is not in this result" in read_html(to_html(from_json(to_json(long).encode()))).text()


@pytest.mark.parametrize("spans", [((3, 5), (4, 6)), ((4, 6), (1, 2)), ((5, 5),), ((9, 11),)])
def test_marks_that_are_not_in_the_document_are_refused(report: Report, spans: tuple[tuple[int, int], ...]) -> None:
    marks = tuple(Mark(start=start, end=end, kind="figure", status="unaccounted") for start, end in spans)
    (spec,) = report.specs
    changed = replace(report, specs=(replace(spec, text=DocumentText("a" * 10, marks)),))
    with pytest.raises(ResultFileError, match="the result contradicts itself: a mark from"):
        from_json(to_json(changed).encode())


def test_the_page_is_the_same_whatever_the_order_of_sets() -> None:
    script = (
        "import hashlib, sys; sys.path.insert(0, sys.argv[1]); from one_of_each import ONE_OF_EACH;"
        "from weighbridge.report.html.page import to_html;"
        "print(hashlib.sha256(to_html(ONE_OF_EACH).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", script, str(ROOT / "tests")],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_a_notebook_shows_the_page_in_a_frame_of_its_own(report: Report) -> None:
    shown = report._repr_html_()
    (frame,) = read_html(shown).all("iframe")
    assert frame.attributes["sandbox"] == "allow-scripts"
    assert html.unescape(frame.attributes["srcdoc"]) == html.unescape(to_html(report))


def test_a_report_on_nothing_has_a_page_too() -> None:
    page = read_html(to_html(Report(version="0.1.0", specs=(), results=())))
    assert "No claims." in page.text()
