"""A document is read with every section, block and piece of text at its own line and column."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from small_document import TEXT, small, source_of
from weighbridge.documents import read
from weighbridge.documents.read import read_document
from weighbridge.documents.source import Source
from weighbridge.errors import Location, SpecError, SpecErrors


def place(source: Source, offset: int) -> tuple[int, int]:
    location = source.location(offset)
    return location.line, location.column


def test_sections_have_names_places_and_scopes() -> None:
    """Name, where it stands, its scope's first line, and the first line that is no longer in it."""
    source = small()
    assert [
        (each.kind, each.name, place(source, each.at), *scope_lines(source, each.scope.start, each.scope.end))
        for each in source.sections
    ] == [
        ("heading", "A model", (4, 3), 4, 48),
        ("lead", "Embedding Layer", (9, 4), 9, 13),
        ("lead", "Attention", (13, 4), 13, 16),
        ("lead", "Summary", (16, 1), 16, 20),
        ("lead", "Part", (18, 6), 18, 20),
        ("lead", "Next", (20, 1), 20, 23),
        ("heading", "Sizes", (23, 1), 23, 48),
        ("heading", "Said there", (31, 7), 31, 34),
        ("heading", "Deep", (35, 5), 35, 48),
        ("heading", "Last", (48, 3), 48, 51),
    ]  # fmt: skip


def scope_lines(source: Source, start: int, end: int) -> tuple[int, int]:
    assert place(source, start)[1] == 1
    return place(source, start)[0], place(source, end - 1)[0] + 1


def test_blocks_have_places() -> None:
    source = small()
    cells = [source.slice(block.span) for block in source.blocks if block.kind == "cell"]
    assert cells == ["Model", "Count \\| sum", "Width", "small", "**125M**", "64", "", "350 \\| 7", "64"]
    others = [(block.kind, place(source, block.span.start)) for block in source.blocks if block.kind != "cell"]
    assert others == [
        ("heading", (4, 3)), ("paragraph", (6, 1)), ("paragraph", (9, 4)), ("paragraph", (10, 6)),
        ("paragraph", (11, 6)), ("paragraph", (13, 4)), ("paragraph", (16, 1)), ("paragraph", (18, 6)),
        ("paragraph", (20, 1)), ("heading", (23, 1)), ("heading", (31, 7)),
        ("paragraph", (32, 3)), ("heading", (35, 5)), ("paragraph", (37, 1)), ("code", (41, 1)),
        ("html", (44, 1)), ("html", (46, 1)), ("heading", (48, 3)), ("paragraph", (50, 1)),
    ]  # fmt: skip


def test_a_reader_sees_text_without_markup() -> None:
    assert small().rendered.text.split("\0") == [
        "A model",
        "It has 1,234,567 parameters, of which 768 are wide, and\nit is 12,288 deep: <5, *6 and  eleven .",
        "Embedding Layer:", "Has 50,257 rows  of 768.", "Formula: d_{embed} \\times n_{{vocab}}",
        "Attention has 96 heads\nof 128.",
        "Summary: all is 3.5 GB.", "Part: 42 of 768", "Next:\nin all 43.",
        "Sizes", "Model", "Count | sum", "Width", "small", "125M", "64", "", "350 | 7", "64",
        "Said there:", "the model’s width\nis 77.",
        "Deep", " a = 12 \\times\nb  is 88, for $5 or $6.", "code 1,000", "", "but 3,000 is seen",
        "Last:", "12,345 are the end. GPT-3 has 2 and 2.", "",
    ]  # fmt: skip


def test_formulas_are_the_insides_of_maths() -> None:
    """Two sums of money are no formula, and a formula may run over lines."""
    source = small()
    assert [(source.slice(span), place(source, span.start)) for span in source.formulas] == [
        ("d_{embed} \\times n_{{vocab}}", (11, 16)),
        (" a = 12 \\times\nb ", (37, 3)),
    ]


@pytest.mark.parametrize("text", ["$5 or $6", "$5-$6", "\\$a$", "$ a$", "$a", "\\\\(a"])
def test_money_and_escaped_dollars_are_no_formulas(text: str) -> None:
    assert source_of(text).formulas == ()


def test_a_heading_is_told_from_its_marks() -> None:
    source = source_of("## # ##")
    assert [(section.name, place(source, section.at)) for section in source.sections] == [("#", (1, 4))]


def test_cells_that_hold_the_same_stand_apart() -> None:
    source = source_of("|a|a|\n|-|-|\n| 7 | 7 |\n")
    assert [place(source, block.span.start) for block in source.blocks] == [(1, 2), (1, 4), (3, 3), (3, 7)]


def test_comments_are_hidden() -> None:
    source = small()
    assert [source.slice(span) for span in source.hidden] == ["<!-- 99 -->", "<!-- a comment\nsays 2,000 -->"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("**Width:** 12", "Width"),
        ("**Width**", "Width"),
        ("**Width** - 12", "Width"),
        ("**Width**\nis 12", "Width"),
        ("__Width__ : 12", "Width"),
        ("***Width***: 12", "Width"),
        ("[**Width**](#w): 12", "Width"),
        ("**The\nmodel’s `w`**: 12", "The model's w"),
        ("- **Width** of 12", "Width"),
        ("3) **Width**", "Width"),
        ("# **The** `w` :", "The w"),
        ("The width\n===", "The width"),
    ],
)
def test_names_have_no_markup_and_no_final_colon(text: str, name: str) -> None:
    assert [section.name for section in source_of(text).sections] == [name]


@pytest.mark.parametrize("text", ["**12** heads", "a **Width**: 12", "`**Width**: 12`", "** **:", "#", "    **W**: 12"])
def test_bold_that_leads_nothing_is_no_lead(text: str) -> None:
    assert source_of(text).sections == ()


def test_names_in_a_container_end_with_it() -> None:
    source = source_of("> **A**: 1\n\n- x\n\n  # B\n\n  1\n\n2\n")
    assert [(section.name, source.slice(section.scope)) for section in source.sections] == [
        ("A", "> **A**: 1\n"),
        ("B", "  # B\n\n  1\n\n"),
    ]


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_endings_and_byte_order_marks_change_no_position(ending: str, mark: str) -> None:
    source, other = small(), read_document("docs/small.md", (mark + TEXT.replace("\n", ending)).encode())
    assert (other.text, other.sections, other.blocks) == (source.text, source.sections, source.blocks)
    assert (other.rendered, other.formulas, other.hidden) == (source.rendered, source.formulas, source.hidden)


def test_the_fingerprint_is_of_the_bytes() -> None:
    data = b"\xef\xbb\xbfa\r\n"
    assert read_document("a.md", data).sha256 == hashlib.sha256(data).hexdigest()


def test_bytes_that_are_no_text_are_an_error_at_their_place() -> None:
    with pytest.raises(SpecErrors) as caught:
        read_document("a.md", b"\xef\xbb\xbfa\r\n\xc3\xa9 \xff\n")
    assert caught.value.errors == (
        SpecError(Location("a.md", 2, 3), "expected UTF-8, found byte 0xff", "save it as UTF-8"),
    )


def test_a_file_that_is_too_large_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read.MAX_BYTES == 10_000_000
    monkeypatch.setattr(read, "MAX_BYTES", 1_000_000)
    assert read_document("a.md", b"\n" * 1_000_000).blocks == ()
    with pytest.raises(SpecErrors) as caught:
        read_document("a.md", b"\n" * 1_000_001)
    assert str(caught.value) == (
        "a.md:1:1: error: expected a document of at most 1 MB, found 1,000,001 bytes; "
        "name the part that makes the claims"
    )


@pytest.mark.parametrize("path", ["a.txt", "a.TEX"])
def test_plain_text_is_paragraphs_without_markup(path: str) -> None:
    source = read_document(path, b"# a **b**\n  c\n \n d $e$\n")
    assert [(source.slice(block.span), place(source, block.span.start)) for block in source.blocks] == [
        ("# a **b**\n  c", (1, 1)),
        ("d $e$", (4, 2)),
    ]
    assert source.rendered.text == "# a **b**\n  c\0d $e$\0"
    assert source.sections == ()


MARKS = [
    *"ab1,. \n\t*_`$\\()[]{}<>!-#|~&;:='\u00a0’",
    "\n\n",
    "<!--",
    "-->",
    "$$",
    "\\(",
    "\\)",
    "|-|-|\n",
    "&lt;",
    "1. ",
]
MARKDOWN = st.lists(st.sampled_from(MARKS), max_size=40).map("".join)


@example(text="2**3", path="a.md")
@example(text="> \u00a0\n> a\u00a0\n> \u00a0b", path="a.md")
@example(text="```\n   a  1\n```", path="a.md")
@given(text=MARKDOWN, path=st.sampled_from(["a.md", "a.txt"]))
def test_every_piece_of_rendered_text_stands_where_it_is_said_to(text: str, path: str) -> None:
    source = read_document(path, text.encode())
    ends = 0
    for piece in source.rendered.pieces:
        assert ends <= piece.source.start < piece.source.end <= len(source.text)
        ends = piece.source.end
        shown = source.rendered.text[piece.at : piece.at + piece.length]
        if piece.verbatim:
            # Inside code, a line's end is seen as a space; a tab that indents may be seen as spaces.
            assert shown.split() == source.slice(piece.source).split()


@given(data=st.binary(max_size=200))
def test_any_bytes_are_a_document_or_an_error(data: bytes) -> None:
    try:
        data.decode()
    except UnicodeDecodeError:
        with pytest.raises(SpecErrors, match=r"a\.md:\d+:\d+: error: expected UTF-8, found byte 0x"):
            read_document("a.md", data)
    else:
        assert read_document("a.md", data).path == "a.md"


def test_a_rule_at_the_head_of_a_file_hides_nothing() -> None:
    """Only what looks like metadata is metadata."""
    assert [section.name for section in source_of("---\n\n# A\n\n---\n").sections] == ["A"]
    assert [section.name for section in source_of("---\na: 1\n\n# A\n---\n# B\n").sections] == ["B"]
