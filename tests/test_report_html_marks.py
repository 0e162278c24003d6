"""What the HTML page marks in a document, and that no text of the document is lost or added."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from html_reader import Element, read_html, squeezed
from small_document import TEXT, small, source_of
from weighbridge.documents.source import BLOCK_END, Span
from weighbridge.entries import disjoint
from weighbridge.report.html.document import to_body
from weighbridge.report.html.page import to_html
from weighbridge.report.model import DocumentText, Mark
from weighed_page import plain, weighed_page, weighed_seed


@pytest.fixture(name="page", scope="module")
def of_the_small_page(tmp_path_factory: pytest.TempPathFactory) -> Element:
    return read_html(to_html(weighed_page(tmp_path_factory.mktemp("page"))))


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


def test_a_figure_that_a_claim_quotes_and_says_nothing_of_is_unaccounted_but_leads_to_it(tmp_path: Path) -> None:
    """A 129 that is wrong does not fail the claim: coverage counts it as unaccounted, and so does the page."""
    spec = """
[document]
title = "Heads"
path = "documents/pocket.md"
[symbols]
width = "width"
heads = "heads"
size = "size of a head"
[models.pocket]
width = 2_048
heads = 16
size = 128
[[claim]]
id = "heads"
quote = "16 heads of 129"
asserts = "width == heads * size"
"""
    page = read_html(to_html(weighed_page(tmp_path, document="It has 16 heads of 129 dimensions.\n", spec=spec)))
    assert marks_of(page) == [("16", "unaccounted"), ("129", "unaccounted")]
    cards = page.all("a", cls="mark")[1].attributes["data-cards"].split()
    assert [page.by_id(f"card-{key}-title").text() for key in cards] == ["pocket/heads"]


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


def test_several_claims_of_one_figure_have_their_cards_together_the_worst_first() -> None:
    """Key, Query, Value and Output share one formula, which is false of Value."""
    page = read_html(to_html(weighed_seed()))
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
