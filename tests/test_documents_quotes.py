"""A quote is found where a reader sees it, whole, and as strictly as it can be."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from small_document import TEXT, claim, small, source_of, spec_of
from weighbridge.documents.bind import bind
from weighbridge.documents.quotes import readings
from weighbridge.documents.read import read_document
from weighbridge.documents.source import Source
from weighbridge.errors import Location
from weighbridge.spec.claim_model import Quote
from weighbridge.verdict import Anchor


def stand(source: Source, quote: str) -> list[tuple[str, ...]]:
    """Return what each reading finds in the whole document, as source text."""
    return [tuple(map(source.slice, spans)) for spans in readings(source, quote, source.whole)]


def places(text: str, quote: str) -> list[str]:
    """Return line:column of a quote by the widest reading."""
    source = source_of(text)
    locations = [source.location(span.start) for span in list(readings(source, quote, source.whole))[-1]]
    return [f"{location.line}:{location.column}" for location in locations]


@pytest.mark.parametrize(
    ("quote", "place"),
    [
        ("**1,234,567** parameters", (6, 8)),
        ("1,234,567 parameters", (6, 10)),
        ("768 are wide, and it is", (6, 43)),
        ("`12,288` deep", (7, 7)),
        ("12,288 deep: <5, *6", (7, 8)),
        ("*6 and eleven", (7, 29)),
        ("50,257", (10, 11)),
        ("d_{embed} \\times n_{{vocab}}", (11, 16)),
        ("Formula: $d_{embed}", (11, 6)),
        ("96 heads of 128.", (13, 22)),
        ("3.5 GB", (16, 21)),
        ("43", (21, 8)),
        ("Count | sum", (26, 15)),
        ("125M", (28, 17)),
        ("350 | 7", (29, 15)),
        ("Said there", (31, 7)),
        ("width is 77", (32, 15)),
        ("the model's width", (32, 3)),
        ("a = 12 × b", (37, 4)),
        ("for $5 or $6", (38, 13)),
        ("code 1,000", (41, 1)),
        ("3,000", (46, 8)),
        ("12,345 are the end", (50, 3)),
        ("sum | Width |", (26, 24)),
    ],
)
def test_a_quote_is_found_at_its_line_and_column(quote: str, place: tuple[int, int]) -> None:
    """Whatever the file's line ends, byte-order mark and kinds of spaces."""
    for data in (
        TEXT.encode(),
        ("\ufeff" + TEXT.replace("\n", "\r\n")).encode(),
        re.sub(r"(?<=[a-z\d]) (?=[a-z\d])", "\u00a0", TEXT).encode(),
    ):
        binding = bind(read_document("docs/small.md", data), spec_of(claim("it", Quote(text=quote))))
        assert binding.anchors == {"it": Anchor("found", Location("docs/small.md", *place))}
        assert binding.errors == ()


@pytest.mark.parametrize(
    "quote",
    [
        "234,567", "1,234", "567 parameters", "12", "12,34", "12,3456", "99", "2,000", "9", "9 eleven",
        "odel", "mode", "embe", "times n_",
        "13 eleven", "eleven 14", "small 125M", "Model Count", "Width small", "",
    ],
)  # fmt: skip
def test_what_no_reader_sees_is_not_found(quote: str) -> None:
    """Parts of numbers and words, comments, link targets, and words that stand in different blocks."""
    source = small()
    in_maths = [span for span in source.formulas if quote == "12"]
    found = list(readings(source, quote, source.whole))[-1]
    assert [span for span in found if not any(span in formula for formula in in_maths)] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("12,288", ["1:1"]), ("(12,288)", ["1:2"]), ("12,288.", ["1:1"]), ("12,288, 5", ["1:1"]),
        ("12,288-wide", ["1:1"]),
        ("5, 12,288", ["1:4"]), ("5-12,288", ["1:3"]), ("12{,}288", ["1:1"]), ("12,288 12,288", ["1:1", "1:8"]),
        ("112,288", []), ("12,2880", []), ("12,288,000", []), ("1,12,288", []), ("12,288.5", []), ("12,288B", []),
        ("x12,288", []), ("12{,}288{,}000", []), ("1{,}12,288", []), ("1.12,288", []), ("12,288\u202f000", []),
        ("12\u202f12,288", []), ("-12,288", []), ("(−12,288)", []), ("12,288%", []), ("12,288 million", []),
        ("12,288²", []), ("12,288 × 10^3", []), ("12,288 GB", []), ("12,288 × 10", ["1:1"]), ("12,288 Blocks", ["1:1"]),
        ("12,288\u200b5", []), ("1\u200f2,288", []), ("12,288\u00ad5", []), ("12,288\u0305", []), ("12,288'000", []),
        ("1’12,288", []), ("12,288\u00a0000", []), ("12,288\u00a0rows", ["1:1"]), ("12,288's", ["1:1"]),
        ("12,**288**", ["1:1"]), ("**12,288**0", []), ("1**12,288**", []), ("1<b>12,288</b>", []),
        ("12,288 000", []), ("12,288 768", ["1:1"]), ("12,288\u066c000", []), ("12,288\uff0c000", []),
        (r"$12,288\,000$", []), ("$12,288~000$", []), (r"$12,288\thinspace 000$", []), ("12,288 dozen", []),
        (r"$1\,12,288$", []), ("12,288 hundred", []), ("12,288 bn", []), ("12,288‰", []), ("12,288 ½", []),
        ("12,288 1/2", []), (r"$12,288\text{B}$", []), (r"$12,288 \text{ layers}$", ["1:2"]), ("12,288 万", []),
        ("12,288⋅10³", []), (r"$12,288{\times}10^3$", []), ("12,288 k", []),
        ("12,288-13,000K", []), ("12,288–13,000 thousand", []), ("12,288-13,000", ["1:1"]), ("12,288 1 / 2", ["1:1"]),
        ("12,288/14", []), ("14/12,288", []), ("12,288 / 14", ["1:1"]), ("n/12,288", ["1:3"]), ("12,288/n", ["1:1"]),
        ("12,288:30", []), ("1:12,288", []), ("width:12,288", ["1:7"]), ("12,288: 30", ["1:1"]),
        ("12,288·000", []), ("12,288·768", ["1:1"]), ("12,288·0.5", ["1:1"]),
    ],
)  # fmt: skip
def test_a_number_is_found_whole_or_not_at_all(text: str, found: list[str]) -> None:
    assert places(text, "12,288") == found


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("the model’s", "the model's"),
        ("the model's", "the model’s"),
        ("“big”", '"big"'),
        ("96–128", "96-128"),
        ("12 × 5", "12 \\times 5"),
        ("$12 \\times 5$", "12 × 5"),
        ("$2 \\cdot 3 \\approx 6$", "2 · 3 ≈ 6"),
        ("a…", "a..."),
        ("$12{,}288$", "12,288"),
        ("12\u00a0\u00a0heads", "12 heads"),
        ("12&nbsp;heads", "12 heads"),
        ("> 12\n> heads", "12 heads"),
    ],
)
def test_typography_makes_no_difference(text: str, quote: str) -> None:
    assert len(places(text, quote)) == 1


def test_markup_may_be_quoted_as_well() -> None:
    assert places("a <b>7</b> b", "<b>7</b>") == ["1:3"]


def test_a_line_that_is_indented_keeps_its_columns() -> None:
    assert places("a\n     12 b\n  13", "12 b 13") == ["2:6"]


def test_an_entity_is_one_character_of_several() -> None:
    assert stand(source_of("`12` &lt; &lt;"), "12 <") == [(), ("12` &lt;",), ("12` &lt;",)]
    assert places("&#96; &#96;12 &lt;", "96") == []
    assert places("12&#96; &amp;", "amp") == []
    assert places("&#96; 12", "12") == ["1:7"]


def test_a_latex_command_is_not_the_start_of_another() -> None:
    assert places("$a \\timesten b$", "a × ten b") == []


def test_each_reading_adds_to_the_stricter_ones() -> None:
    source = source_of("a 7 heads, b **7** heads, c 7\u00a0heads, d 7\nheads, `7 heads’`")
    assert stand(source, "7 heads") == [
        ("7 heads", "7\u00a0heads", "7\nheads", "7 heads"),
        ("7 heads", "7** heads", "7\u00a0heads", "7\nheads", "7 heads"),
        ("7 heads", "7** heads", "7\u00a0heads", "7\nheads", "7 heads"),
    ]
    assert stand(source, "heads'") == [(), (), ("heads’",)]


WORDS = st.lists(
    st.sampled_from(["key", "Query", "12,288", "7", "3.5", "model", "é", "(a)", "end.", "x_y", "80%"]),
    min_size=1,
    max_size=30,
)


@given(words=WORDS, data=st.data(), before=st.sampled_from(["", "# Head\n\n", "- ", "> ", "1. a\n\n   "]))
def test_words_that_stand_once_are_found_where_they_stand(words: list[str], data: st.DataObject, before: str) -> None:
    """The words are counted here by comparing lists, without any pattern."""
    breaks = data.draw(st.lists(st.booleans(), min_size=len(words), max_size=len(words)))
    first = data.draw(st.integers(0, len(words) - 1))
    chosen = words[first : first + data.draw(st.integers(1, 6))]
    starts = [at for at in range(len(words)) if words[at : at + len(chosen)] == chosen]
    lines: list[list[str]] = [[]]
    for word, breaks_after in zip(words, breaks, strict=True):
        lines[-1].append(word)
        if breaks_after:
            lines.append([])
    indent = "   " if before.startswith("1.") else ""
    text = before + ("\n" + indent).join(" ".join(line) for line in lines if line)
    at, offsets = len(before), []
    for index, word in enumerate(words):
        offsets.append(at)
        at += len(word) + (1 + len(indent) if breaks[index] else 1)
    source = source_of(text)
    expected = [offsets[start] for start in starts]
    found = [span.start for span in next(readings(source, " ".join(chosen), source.whole))]
    if len(expected) == 1:
        assert found == expected
    else:
        assert set(found) <= set(expected)
        assert found[0] == expected[0]
