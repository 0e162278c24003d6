"""The HTML page: what it marks, what its cards and charts say, and that no text of a document or spec gets out of hand.

How it behaves in a browser is tested in tests/browser.
"""

from __future__ import annotations

import base64
import datetime
import doctest
import hashlib
import html
import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup
from msgspec import Struct
from msgspec.structs import fields as struct_fields
from msgspec.structs import replace

from html_reader import Element, read_html
from one_of_each import ONE_OF_EACH
from small_document import TEXT, small, source_of
from strategies import conditions, numbers_trees
from weighbridge.documents.source import BLOCK_END, Span
from weighbridge.entries import disjoint
from weighbridge.formula.printer import to_text
from weighbridge.judge import Options
from weighbridge.project import open_project, weigh
from weighbridge.report.explanation import explain
from weighbridge.report.from_json import ResultFileError, from_json
from weighbridge.report.html import charts, mathml
from weighbridge.report.html.charts import failure_map, growth_of, parts_of, unevenness
from weighbridge.report.html.document import to_body
from weighbridge.report.html.latex import ATTRIBUTES, ELEMENTS, kept, to_mathml
from weighbridge.report.html.mathml import expression
from weighbridge.report.html.page import to_html
from weighbridge.report.model import DocumentText, Mark, Report
from weighbridge.report.to_json import MAX_TEXT, to_json
from weighbridge.report.wording import diagnose
from weighbridge.verdict import word
from weighed_page import weighed_page

ROOT = Path(__file__).parents[1]
PAYLOAD = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&{{7*7}}"


@pytest.fixture(name="report", scope="module")
def of_the_small_project(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return weighed_page(tmp_path_factory.mktemp("page"))


@pytest.fixture(name="page", scope="module")
def of_the_small_page(report: Report) -> Element:
    return read_html(to_html(report))


@pytest.fixture(name="seed", scope="module")
def of_the_seed() -> Report:
    return weigh(
        open_project(["spec/gpt3-weights.toml"], cwd=ROOT), Options(engine="algebra"), today=datetime.date(2026, 1, 1)
    )


# --- What it marks ---------------------------------------------------------------------------------------------------


def marks_of(page: Element) -> list[tuple[str, str]]:
    return [(each.text(without="said").strip(), look_of(each)) for each in page.all("a", cls="mark")]


def look_of(mark: Element) -> str:
    return " ".join(each for each in mark.classes if each not in ("mark", "figure", "formula", "quote"))


def test_every_figure_and_formula_is_marked_by_what_became_of_it(page: Element) -> None:
    assert marks_of(page) == [
        ("512", "holds"),
        ("16", "refuted waived"),
        ("2", "holds"),
        ("900", "unaccounted"),
        ("1", "unaccounted"),
        ("dquery×nlayers", "refuted bad"),
        ("dquery×nlayers", "refuted bad"),
        ("2×162", "holds"),
        ("512", "holds"),
        ("GPT-2", "exempt"),
        ("small", "undecided"),
        ("512", "holds"),
    ]


def test_a_mark_says_its_verdict_in_words(page: Element) -> None:
    said = [each.all("span", cls="said")[0].text() for each in page.all("a", cls="mark")]
    assert said[:6] == [
        ", holds",
        ", refuted (waived)",
        ", holds",
        ", unaccounted",
        ", unaccounted",
        ", refuted (fail)",
    ]


def test_a_mark_leads_to_its_card(page: Element) -> None:
    titles = [
        [page.by_id(f"card-{key}-title").text() for key in mark.attributes["data-cards"].split()]
        for mark in page.all("a", cls="mark")
    ]
    assert titles[0] == ["pocket/total.bold"]
    assert titles[3] == ["900"]
    assert titles[5] == ["pocket/value"]
    assert titles[9] == ["GPT-2"]


def test_several_claims_of_one_figure_have_their_cards_together_the_worst_first(seed: Report) -> None:
    """Key, Query, Value and Output share one formula, which is false of Value."""
    page = read_html(to_html(seed))
    (mark,) = (each for each in page.all("a", cls="mark") if "5 claims" in each.text() or "3 holds" in each.text())
    titles = [page.by_id(f"card-{key}-title").text() for key in mark.attributes["data-cards"].split()]
    assert titles == [
        f"gpt3-weights/{name}" for name in ("value.formula", "key.formula", "query.formula", "value.formula.assumed")
    ]
    assert "refuted" in mark.classes


def test_the_document_reads_as_it_is_rendered(page: Element) -> None:
    (sheet,) = page.all("article", cls="sheet")
    assert squeezed(sheet.text(without="said")) == squeezed(
        "A pocket model It has 512 parameters: 16 wide, 2 layers, and about 900 of something else. "
        "See [the paper](javascript:alert(1)). Query and value: d query × n layers and d query × n layers. "
        "In all: 2 × 16 2 = 512, as in a GPT-2. It is small. Model Parameters pocket 512"
    )


def plain(inner: Markup, index: int, first: bool) -> Markup:  # noqa: FBT001 - a callback's signature
    """Mark a piece so that it can be found again."""
    return Markup('<i data-mark="{}" data-first="{}">{}</i>').format(index, int(first), inner)


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_every_structure_of_markdown_is_shown_and_can_be_marked() -> None:
    """All of a document's rendered text is there, in its order; a mark's pieces make up what it marks."""
    source = small()
    # The head of the file is shown, but is not what the reader of documents calls its text.
    # Nor is what is struck out, although the page shows it.
    numbers = re.finditer(r"(?<!~)\d+", source.text)
    found = [match.span() for match in numbers if match.start() > TEXT.index("# A model")]
    marks = [Mark(start=start, end=end, kind="figure", status="unaccounted") for start, end in found]
    body = read_html(to_body(DocumentText(TEXT, tuple(marks)), source.path, plain))
    shown = body.text()
    for line in ("1,234,567", "12,288", "<5, *6", "Said there:", "code 1,000", "but 3,000 is seen", "license: 175"):
        assert line in shown
    for hidden in ("a comment", "2,000", "<!--", "http", "15.png"):
        assert hidden not in shown
    for index, mark in enumerate(marks):
        at = source.rendered.within(Span(mark.start, mark.end))
        pieces = [each for each in body.all("i") if each.attributes["data-mark"] == str(index)]
        assert "".join(each.text() for each in pieces) == source.rendered.text[at.start : at.end].rstrip(BLOCK_END)
        assert [each.attributes["data-first"] for each in pieces] == ["1", "0", "0"][: len(pieces)]


@given(text=st.text(alphabet="ab12 *_`[]()|#->\\<&;!~\n", max_size=60), data=st.data())
def test_no_text_is_lost_and_none_is_added_whatever_is_marked(text: str, data: st.DataObject) -> None:
    """Against what the reader of documents says that a reader sees, for documents without maths and images."""
    source = source_of(text)
    if "![" in text or "<" in text:  # images are told by their text alone, and tags not at all
        return
    cuts = sorted(data.draw(st.sets(st.integers(0, len(source.text)), max_size=6)))
    marks = tuple(
        Mark(start=start, end=end, kind="quote", status="claimed")
        for start, end in zip(cuts[::2], cuts[1::2], strict=False)
    )
    body = read_html(to_body(DocumentText(source.text, marks), "doc.md", plain))
    assert said(body) == squeezed(source.rendered.text.replace(BLOCK_END, "").replace("_", ""))


def said(element: Element) -> str:
    """Return the text that is shown and not struck out; underscores can stand for what is, between digits."""
    parts = (
        part if isinstance(part, str) else "" if part.tag == "s" or "hidden" in part.attributes else said(part)
        for part in element.parts
    )
    return squeezed("".join(parts)).replace("_", "")


PIECES = (
    "a", "12", " ", "\n\n", "- b\n", "# c\n", "> ", "| d | 7 |\n|---|---|\n", "```\ncode\n```\n", "~", "~~", "*", "`",
    "<div hidden>\n\n", "</div>\n\n", "<p hidden>", "</p>", "<span style='display: none'>", "</span>", "<del>",
    "</del>", "<title>", "</title>", "<dialog>", "<dialog open>", "</dialog>", "<!-- e -->", "<script>",
    "</script>", "***\n",
)  # fmt: skip


@given(pieces=st.lists(st.sampled_from(PIECES), max_size=14), data=st.data())
@settings(max_examples=200)
def test_what_the_document_hides_is_hidden_and_no_mark_is_lost(pieces: list[str], data: st.DataObject) -> None:
    """Shown is what the reader of documents says that a reader sees, in elements that are all closed."""
    source = source_of("".join(pieces))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(source.text)), max_size=6)))
    marks = tuple(
        Mark(start=start, end=end, kind="quote", status="claimed")
        for start, end in zip(cuts[::2], cuts[1::2], strict=False)
    )
    body = read_html(to_body(DocumentText(source.text, marks), "doc.md", plain))
    assert said(body) == squeezed(source.rendered.text.replace(BLOCK_END, "").replace("_", ""))
    bare = read_html(to_body(DocumentText(source.text, ()), "doc.md", plain))
    assert said(bare) == said(body)
    assert not [each for each in bare if "hidden" in each.attributes]
    firsts = [each.attributes["data-mark"] for each in body.all("i") if each.attributes["data-first"] == "1"]
    assert len(firsts) == len(set(firsts))
    assert {each.attributes["data-mark"] for each in body.all("i")} == set(firsts)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<p hidden>11\n\n12", "<p>12</p>"),
        ("- 12\n\n  <div hidden>\n\n  11\n- 13\n\n</div>\n\n14", "<ul><li><p>12</p></li></ul><p>14</p>"),
        ("<div hidden>\n\n- 11\n\n  </div>\n\n  12\n\n13", "<p>12</p><p>13</p>"),
        ("A <script>11</script> b ~11~ <b hidden>`11` $11$ ![11](a.png)<br></b>12", "<p>A  b <s>11</s> 12</p>"),
        ("<div hidden>\n\n```\n11\n```\n\n***\n\n| 11 |\n|----|\n\n</div>\n\n12", "<p>12</p>"),
    ],
)
def test_a_block_is_written_whole_or_not_at_all(text: str, shown: str) -> None:
    assert to_body(DocumentText(text, ()), "doc.md", plain) == shown


def test_a_mark_in_what_is_hidden_is_there_and_not_shown() -> None:
    text = "Has <span hidden>11 and 13</span> 12.\n\n<div hidden>\n\n- 14\n\n</div>\n\n<del>15</del>"
    marks = tuple(
        Mark(start=text.index(each), end=text.index(each) + 2, kind="figure", status="claimed") for each in ("11", "12")
    )
    assert to_body(DocumentText(text, marks), "doc.md", plain) == (
        '<p>Has <span hidden><i data-mark="0" data-first="1">11</i> and 13</span> '
        '<i data-mark="1" data-first="1">12</i>.</p><p><s>15</s></p>'
    )


@given(spans=st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20))))
def test_marks_never_overlap(spans: list[tuple[int, int]]) -> None:
    found = [Mark(start=start, end=end, kind="figure", status="exempt") for start, end in spans]
    kept = list(disjoint(found))
    assert all(one.end <= other.start for one, other in itertools.pairwise(kept))
    assert {mark.start for mark in found if mark.end > mark.start} >= {mark.start for mark in kept}


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


# --- What its charts show --------------------------------------------------------------------------------------------


def test_a_map_shows_where_a_claim_fails(report: Report) -> None:
    """d_query * n_layers is d_value * n_layers exactly on the diagonal; n_layers does not matter."""
    (refuted,) = (each for each in report.results if each.result.id == "pocket/value")
    found = failure_map(refuted.result, report.specs[0])
    assert found is not None
    assert (found.across, found.up) == ("d_query", "d_value")
    assert found.columns == found.rows == (1, 2, 3, 4)
    assert found.cells == ("0111", "1011", "1101", "1110")
    assert dict(found.fixed) == {"n_layers": 1}


def test_there_is_no_map_of_what_no_grid_refutes(report: Report) -> None:
    maps = [failure_map(each.result, report.specs[0]) for each in report.results if each.result.id != "pocket/value"]
    assert maps == [None] * (len(report.results) - 1)


def test_a_map_leaves_out_what_is_not_asked(report: Report) -> None:
    (refuted,) = (each.result for each in report.results if each.result.id == "pocket/value")
    found = failure_map(replace(refuted, given=("d_query != 4",)), report.specs[0])
    assert found is not None
    assert found.cells == ("011-", "101-", "110-", "111-")
    assert (found.failing, found.asked) == (9, 12)


def test_a_map_is_over_the_axes_along_which_it_changes() -> None:
    """A diagonal says more than stripes, however many of them there are."""
    assert unevenness(("01", "10")) > unevenness(("0101", "0101", "0101"))


def test_a_tensor_is_grouped_with_the_smallest_sum_that_it_is_part_of(tmp_path: Path) -> None:
    spec = """
[document]
title = "Nothing"
cite = "nothing"
[symbols]
n = "size"
[models.one]
n = 3
[tensors]
a = { shape = ["n"] }
b = { shape = ["n", "n"] }
c = { shape = ["n"], per = ["n + 1"] }
d = { shape = ["n"] }
[quantities]
outer = "inner + c"
inner = "a + b"
double = "2 * d"
"""
    (tmp_path / "spec.toml").write_text(spec, encoding="utf-8")
    project = open_project(["spec.toml"], root=str(tmp_path), cwd=tmp_path)
    (breakdown,) = weigh(project, Options(), today=datetime.date(2026, 1, 1)).specs[0].breakdowns
    assert [(each.name, each.group, each.factors, each.count) for each in breakdown.tensors] == [
        ("a", "inner", "n", 3),
        ("b", "inner", "n * n", 9),
        ("c", "outer", "n * (n + 1)", 12),
        ("d", "d", "n", 3),
    ]
    assert {each.name: each.value for each in breakdown.quantities} == {
        "outer": "24",
        "inner": "12",
        "double": "6",
        "inventory": "27",
    }


def test_the_breakdown_adds_up_to_the_document_s_total(seed: Report) -> None:
    (entry,) = (each for each in seed.specs if each.document_id == "gpt3-weights")
    breakdown = entry.breakdowns[0]
    assert sum(tensor.count for tensor in breakdown.tensors) == 175_181_291_520
    groups: dict[str, int] = {}
    for tensor in breakdown.tensors:
        groups[tensor.group] = groups.get(tensor.group, 0) + tensor.count
    assert groups == {
        "embedding": 617_558_016,
        "attention": 4 * 14_495_514_624,
        "feedforward": 2 * 57_982_058_496,
        "unembedding": 617_558_016,
    }
    assert [part["share"] for part in parts_of(breakdown)][:3] == ["33.1%", "33.1%", "8.3%"]


def test_growth_follows_the_symbol(seed: Report) -> None:
    """Attention is linear in the layers: from 96 layers to 6 its parameters are a sixteenth."""
    growth: Any = growth_of(next(each for each in seed.specs if each.document_id == "gpt3-weights"))[0]
    layers = growth["symbols"]["n_layers"]
    assert (layers["at"][0], layers["own"], layers["at"][-1]) == (6, 96, 1536)
    assert layers["lines"]["attention"][0] == float(f"{4 * 14_495_514_624 / 16:.4g}")
    assert "n_ctx" not in growth["symbols"]


# --- Mathematics -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2 * (a + b) ** 2", "2×(a+b)2"),
        ("d_model // n_heads", "⌊dmodelnheads⌋"),
        ("a - (b - c)", "a−(b−c)"),
        ("-a * b % 3", "−a×bmod3"),
        ("a if a <= b else 1 / 3", "aifa≤belse13"),
        ("not (a == b and b != 2)", "not(a=bandb≠2)"),
        ("max(embedding, 12_288)", "max(embedding,12,288)"),
        ("no ( formula", "no(formula"),
    ],
)
def test_an_expression_is_set_as_it_is_read(text: str, shown: str) -> None:
    assert squeezed(read_html(expression(text)).text()).replace("\u00a0", "") == shown


@given(tree=conditions(("d_model", "x")) | numbers_trees(("d_model", "x"), fractions=True))
def test_every_expression_is_well_formed_mathml(tree: Any) -> None:
    ET.fromstring(f"<p>{expression(to_text(tree)).replace('&#34;', '')}</p>")  # noqa: S314 - our own


def test_latex_is_set_with_its_numbers_as_they_are_printed() -> None:
    shown = to_mathml(r"d_{\text{embed}} = 12,288 \times 50{,}257")
    assert shown is not None
    assert read_html(shown).text() == "dembed=12,288×50,257"


@pytest.mark.parametrize(
    "latex",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\text{<script>alert(1)</script>}",
        r"\text{&lt;script&gt;}",
        r"\style{background:url(//x.org)}{x}",
        r"\color{red;}x",
        r"\class{mark}{x}",
        r"<img src=x onerror=alert(1)>",
        r"\unicode{x3c}",
        r"\operatorname{</math><script>}",
    ],
)
def test_hostile_latex_is_harmless(latex: str) -> None:
    shown = to_mathml(latex)
    assert shown is not None
    for element in read_html(shown):
        assert element.tag in {*ELEMENTS, "math"}
        assert element.attributes.keys() <= {*ATTRIBUTES, "display"}


def test_elements_that_do_more_than_set_text_are_left_out() -> None:
    element, script, letter = ET.Element("maction", href="x"), ET.Element("script"), ET.Element("mi", onclick="x")
    script.text, letter.text = "alert(1)", "a"
    letter.set("mathvariant", "bold")
    element.extend((script, letter))
    assert kept(element, []) == '<mrow><mrow>alert(1)</mrow><mi mathvariant="bold">a</mi></mrow>'


@pytest.mark.parametrize("latex", ["{" * 500, r"\frac{a}{b", r"a}{b", r"\left( a", "x" * 3000, r"\begin{aligned} a"])
def test_latex_that_can_not_be_set_is_shown_as_it_stands(latex: str) -> None:
    assert to_mathml(latex) is None
    body = read_html(to_body(DocumentText(f"so $x{latex}$ it is"), "doc.md", plain))
    assert f"x{latex}" in body.text()


@given(latex=st.text(alphabet="ab_^{}\\&<>frctex 12,|'\"", max_size=40))
def test_no_latex_breaks_the_page(latex: str) -> None:
    shown = to_mathml(latex)
    if shown is not None:
        read_html(shown)


@pytest.mark.parametrize("module", [charts, mathml], ids=lambda module: module.__name__)
def test_examples(module: Any) -> None:
    found = doctest.testmod(module)
    assert found.attempted > 0
    assert found.failed == 0


# --- Strangers -------------------------------------------------------------------------------------------------------

#: Fields that hold one of a few words, or what must stay what it is for the report to be one.
CLOSED = {"kind", "state", "asked", "standing", "status", "relation", "value", "sha256"}


def poisoned(value: Any, name: str = "") -> Any:
    """Return a value with a script at the end of every text in it."""
    if isinstance(value, str):
        return value if name in CLOSED or not value else value + PAYLOAD
    if isinstance(value, tuple):
        return tuple(poisoned(each, name) for each in value)
    if isinstance(value, dict) or type(value).__name__ == "mappingproxy":
        return {poisoned(key): poisoned(each, name) for key, each in value.items()}
    if isinstance(value, Struct):
        names = [each.name for each in struct_fields(value)]
    elif is_dataclass(value) and not isinstance(value, type):  # a few nodes of expressions
        names = [each.name for each in fields(value)]
    else:
        return value
    return type(value)(**{each: poisoned(getattr(value, each), each) for each in names})


def hostile(report: Report) -> Report:
    document = (
        "# <script>alert(1)</script>\n\n" + PAYLOAD + "\n\n<script>alert(2)</script>\n\n[x](javascript:alert(3)) "
    )
    document += f'`{PAYLOAD}` $\\text{{{PAYLOAD}}}$ <http://x.org/"onclick=alert(4)> ![{PAYLOAD}](//x.org/i.png)\n'
    marks = (Mark(start=10, end=18, kind="quote", status="unaccounted"),)
    whole: Report = poisoned(report)
    (first, *rest) = whole.specs
    return replace(
        whole,
        specs=(replace(first, text=DocumentText(document, marks)), *rest),
    )


@pytest.fixture(name="hostile_page", scope="module", params=["each", "small"])
def of_hostile_reports(request: pytest.FixtureRequest, report: Report) -> str:
    return to_html(hostile(ONE_OF_EACH if request.param == "each" else report))


def test_no_text_becomes_an_element(hostile_page: str) -> None:
    page = read_html(hostile_page)
    assert len(page.all("script")) == 5  # the data, three libraries, and the page's own
    assert not page.all("img")
    assert not page.all("iframe")
    for element in page:
        assert not [name for name in element.attributes if name.startswith("on") or name in ("src", "style")]
        assert element.attributes.get("href", "#").startswith("#")
    assert PAYLOAD in page.text()
    assert "49" not in page.by_id("cards-title").text()


def test_the_data_of_charts_can_not_end_their_script(hostile_page: str) -> None:
    data = read_html(hostile_page).by_id("data").text()
    assert not re.search("[<>&]", data)
    json.loads(data)


def every_id(page: Element) -> Iterator[str]:
    return (each.attributes["id"] for each in page if "id" in each.attributes)


def test_every_reference_on_the_page_leads_somewhere(hostile_page: str) -> None:
    page = read_html(hostile_page)
    ids = list(every_id(page))
    assert len(ids) == len(set(ids))
    for each in page:
        for name in ("aria-labelledby", "aria-controls"):
            assert set(each.attributes.get(name, "").split()) <= set(ids)
        if each.tag == "a":
            assert each.attributes["href"].removeprefix("#") in ids


def test_the_policy_allows_what_is_on_the_page_and_nothing_else(page: Element) -> None:
    (policy,) = (
        each.attributes["content"]
        for each in page.all("meta")
        if each.attributes.get("http-equiv") == "Content-Security-Policy"
    )
    code = [each.text() for each in page.all("script") if "type" not in each.attributes]
    (style,) = (each.text() for each in page.all("style"))
    scripts = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in code)
    styles = f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"
    assert policy == (
        f"default-src 'none'; style-src {styles}; script-src {scripts}; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )


# --- The file --------------------------------------------------------------------------------------------------------


def test_the_page_of_the_seed_is_one_small_file_without_addresses(seed: Report) -> None:
    text = to_html(seed)
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


def test_shares_are_rounded_to_a_tenth() -> None:
    assert charts.share_of(1, 3) == "33.3%"
    assert charts.share_of(1, 10**6) == "< 0.1%"
    assert Fraction(charts.share_of(2, 3).removesuffix("%")) == Fraction("66.7")
