"""Every quote of a spec is found, moved, changed, gone or absent, and what is mistaken in the spec is an error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from small_document import claim, exemption, small, source_of, spec_of
from weighbridge.documents import quotes as quotes_module
from weighbridge.documents.bind import bind
from weighbridge.documents.read import read_document
from weighbridge.documents.source import Source, Span
from weighbridge.errors import Location, SpecErrors
from weighbridge.spec.claim_model import Quote
from weighbridge.verdict import Anchor, AnchorState


def anchor_of(text: str, quote: Quote, *, printed: str = "") -> Anchor:
    """Return the one anchor of a spec without errors."""
    binding = bind(source_of(text), spec_of(claim("it", quote, printed=printed)))
    assert binding.errors == ()
    return binding.anchors["it"]


def errors_of(text: str, *quotes: Quote) -> list[str]:
    claims = [claim(f"c{line}", quote, line=line) for line, quote in enumerate(quotes, start=1)]
    return [str(error) for error in bind(source_of(text), spec_of(*claims)).errors]


def found(line: int, column: int) -> Anchor:
    return Anchor("found", Location("doc.md", line, column))


def test_a_cited_document_holds_no_quote() -> None:
    spec = spec_of(claim("a", Quote(text="12", under=("Nowhere",))), claim("b", Quote(text="13")))
    binding = bind(None, spec)
    assert (binding.anchors, binding.spans, binding.errors) == ({"a": Anchor("absent"), "b": Anchor("absent")}, {}, ())


SECTIONS = """# One
7 and 8
## Two
8 and 9
- **Three**: 9 and 10
  - 10 and 11
- 11 and 12

**Four**: 12 and 13

13 and 14

**Five**: 14 and 15
# Six
15 and 16
"""


@pytest.mark.parametrize(
    ("quote", "under", "place"),
    [
        ("8", ("Two",), (4, 1)),
        ("9", ("Three",), (5, 14)),
        ("10 and 11", ("Three",), (6, 5)),
        ("12", ("Four",), (9, 11)),
        ("14", ("Four",), (11, 8)),
        ("14", ("Five",), (13, 11)),
        ("15", ("Six",), (15, 1)),
        ("15", ("One", "Two", "Five"), (13, 18)),
        ("16", (), (15, 8)),
        ("Four", ("Two",), (9, 3)),
        ("Two", ("Two",), (3, 4)),
    ],
)
def test_a_quote_is_sought_in_the_scope_that_under_names(
    quote: str, under: tuple[str, ...], place: tuple[int, int]
) -> None:
    assert anchor_of(SECTIONS, Quote(text=quote, under=under)) == found(*place)


@pytest.mark.parametrize(
    ("quote", "under", "state"),
    [
        ("11 and 12", "Three", "moved"),
        ("14 and 15", "Four", "moved"),
        ("15 and 16", "One", "moved"),
        ("7", "Two", "moved"),
    ],
)
def test_a_scope_ends_where_the_next_begins(quote: str, under: str, state: AnchorState) -> None:
    text = SECTIONS.replace(" and ", " of ").replace(quote.replace(" and ", " of "), quote)
    assert anchor_of(text, Quote(text=quote, under=(under,))).state == state


def test_a_name_that_leads_nowhere_is_an_error_with_the_nearest_name() -> None:
    assert errors_of(SECTIONS, Quote(text="8", under=("Too",)), Quote(text="8", under=("Six", "Five"))) == [
        "spec/small.toml:1:1: error: no heading or bold lead 'Too' in doc.md; did you mean 'Two'?",
        "spec/small.toml:2:1: error: no heading or bold lead 'Five' under 'Six' in doc.md; none is declared",
    ]


TWINS = "# A\n**Count**: 7\n# B\n- **Count**: 8\n# C\nCount is 9"


def test_a_name_that_leads_to_several_places_is_an_error_that_lists_them() -> None:
    assert errors_of(TWINS, Quote(text="7", under=("Count",))) == [
        (
            "spec/small.toml:1:1: error: 'Count' names 2 places in doc.md: 2:1, 4:3; "
            "name what stands around it first: under = ['...', 'Count']"
        )
    ]


def test_the_name_around_it_decides_between_twins() -> None:
    assert anchor_of(TWINS, Quote(text="8", under=("B", "Count"))) == found(4, 14)


def test_of_two_twins_one_in_the_other_the_outer_is_meant() -> None:
    text = "# Count\n7\n\n- **Count**: 8\n\n7"
    assert anchor_of(text, Quote(text="7", under=("Count",), times=2)) == found(2, 1)
    assert anchor_of(text, Quote(text="8", under=("Count", "Count"))) == found(4, 14)


@pytest.mark.parametrize(
    ("quote", "place"),
    [
        (Quote(text="7", times=3), (1, 1)),
        (Quote(text="7", times=0), (1, 1)),
        (Quote(text="7", nth=2), (1, 6)),
        (Quote(text="7", nth=3), (2, 1)),
    ],
)
def test_a_quote_stands_as_often_as_it_says_or_is_one_of_several(quote: Quote, place: tuple[int, int]) -> None:
    assert anchor_of("7 of 7\n7", quote) == found(*place)


@pytest.mark.parametrize(("times", "starts"), [(1, [0]), (2, [0, 14])])
def test_a_strict_reading_that_fits_is_enough(times: int, starts: list[int]) -> None:
    """Once in the source as it is written, twice as it is seen: the claim says which."""
    spec = spec_of(claim("it", Quote(text="7 heads", times=times)))
    spans = bind(source_of("7 heads and **7** heads"), spec).spans["it"]
    assert [span.start for span in spans] == starts


def test_a_quote_that_stands_too_often_is_an_error_that_lists_all() -> None:
    text = "# A\n7 of 7\n# B\n7"
    assert errors_of(text, Quote(text="7"), Quote(text="7", under=("A",)), Quote(text="7", times=2)) == [
        (
            "spec/small.toml:1:1: error: '7' stands 3 times in doc.md (2:1, 2:6, 4:1), expected once; "
            "give `under`, `nth` for one of them, or `times = 3` for all"
        ),
        (
            "spec/small.toml:2:1: error: '7' stands 2 times under 'A' in doc.md (2:1, 2:6), expected once; "
            "give a narrower `under`, `nth` for one of them, or `times = 2` for all"
        ),
        (
            "spec/small.toml:3:1: error: '7' stands 3 times in doc.md (2:1, 2:6, 4:1), expected 2 times; "
            "give `under`, `nth` for one of them, or `times = 3` for all"
        ),
    ]


@pytest.mark.parametrize(
    ("quote", "message"),
    [
        (Quote(text="nine"), "the quote 'nine' is not there"),
        (Quote(text="nine", times=0), "the quote 'nine' is not there"),
        (Quote(text="nine", under=("A", "B")), "the quote 'nine' is not there under 'A' > 'B'"),
        (
            Quote(text="big", under=("A",), times=3),
            "the quote 'big' stands there once under 'A', expected 3 times (2:1)",
        ),
        (Quote(text="big", nth=3), "the quote 'big' stands there 2 times, expected number 3 (2:1, 5:1)"),
    ],
)
def test_a_quote_that_is_gone_says_how_much_of_it_is_left(quote: Quote, message: str) -> None:
    assert anchor_of("# A\nbig\n## B\n# C\nbig", quote) == Anchor("gone", None, message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Has ~~12 layers~~.", "the quote '12 layers' is struck out (1:7)"),
        ("Has ~~12~~ layers.", "the quote '12 layers' is not there"),
        ("Has <del>12 layers</del> and 14 heads.", "the quote '12 layers' is struck out (1:10)"),
        ("Has <s class='x'>12 layers</s>.", "the quote '12 layers' is struck out (1:18)"),
        ("<del>\n\nHas 12 layers.\n\n</del>", "the quote '12 layers' is struck out (3:5)"),
        ("A <del>few <del>or</del> 12 layers</del>.", "the quote '12 layers' is struck out (1:26)"),
        ("<p hidden>Has 12 layers.</p>", "the quote '12 layers' is hidden from readers (1:15)"),
        ("<div hidden>\n\nHas 12 layers.\n\n</div>", "the quote '12 layers' is hidden from readers (3:5)"),
        ("A <span style='display:none'>12 layers</span> b", "the quote '12 layers' is hidden from readers (1:30)"),
        ("Has <!-- 12 layers -->.", "the quote '12 layers' is hidden from readers (1:10)"),
        ("Text <script>12 layers</script> b", "the quote '12 layers' is hidden from readers (1:14)"),
        ("Has ~12 layers~.", "the quote '12 layers' is struck out (1:6)"),
        ("Has *few ~12 layers~* and ~14~ heads.", "the quote '12 layers' is struck out (1:11)"),
        ("[Has ~12 layers~](page.html).", "the quote '12 layers' is struck out (1:7)"),
        ("~~Has ~12 layers~~.", "the quote '12 layers' is struck out (1:8)"),
        ("<title>Has 12 layers</title>", "the quote '12 layers' is hidden from readers (1:12)"),
        ("<dialog>\n\nHas 12 layers.\n\n</dialog>", "the quote '12 layers' is hidden from readers (3:5)"),
        (
            "Has <datalist><option>12 layers</option></datalist>.",
            "the quote '12 layers' is hidden from readers (1:23)",
        ),
        (
            "---\ntext: has 12 layers\n---\nNothing.",
            "the quote '12 layers' is metadata, to be quoted with its key (2:11)",
        ),
        ("[deep](page.html '12 layers')", "the quote '12 layers' is not there"),
        ("<b title='12 layers'>deep</b>", "the quote '12 layers' is not there"),
    ],
)
def test_a_quote_of_what_is_struck_out_or_not_shown_is_gone_and_says_why(text: str, message: str) -> None:
    assert anchor_of(text, Quote(text="12 layers"), printed="12") == Anchor("gone", None, message)


def test_a_quote_that_is_struck_out_in_part_is_not_said() -> None:
    """Not even where it is copied with its strokes: the document does not say all of it."""
    anchor = anchor_of("Has ~~12~~ layers.", Quote(text="Has ~~12~~ layers"))
    assert anchor == Anchor("gone", None, "the quote 'Has ~~12~~ layers' is struck out (1:1)")


def test_what_is_struck_out_and_replaced_has_changed() -> None:
    anchor = anchor_of("Has ~~12~~ 14 layers.", Quote(text="Has 12 layers"))
    assert anchor == Anchor(
        "changed", Location("doc.md", 1, 1), "expected 'Has 12 layers', the document now prints 'Has ~~12~~ 14 layers'"
    )


@pytest.mark.parametrize(
    ("text", "quote", "place"),
    [
        ("Has ~~11~~ **12 layers**.", "Has 12 layers", (1, 1)),
        ("<p class='hidden'>Has 12 layers</p>", "Has 12 layers", (1, 19)),
        ("<p data-hidden title=' hidden '>Has 12 layers</p>", "Has 12 layers", (1, 33)),
        ("A <del>11</del>12 layers", "12 layers", (1, 16)),
        ("A <del>11 and\n\n12 layers", "12 layers", (3, 1)),
        ("---\nlayers: 12\nmore:\n  - heads: 12\n---\nNothing.", "layers: 12", (2, 1)),
        ("---\nlayers: 12\nmore:\n  - heads: 12\n---\nNothing.", "heads: 12", (4, 5)),
        ("---\nlayers: 12\n---\nHas 12 layers", "12", (4, 5)),
        ("![A picture of 12 layers](a.png)", "12 layers", (1, 16)),
        ("Has ~12 layers and ~14 heads.", "12 layers", (1, 6)),
        ("Has ~~~12 layers~~~.", "~~~", (1, 5)),
        ("Has ~12~~ layers.", "12", (1, 6)),
        ("<dialog open>Has 12 layers</dialog>", "12 layers", (1, 18)),
        ("<dialog title='open' hidden>11</dialog>\n\n12 layers", "12 layers", (3, 1)),
    ],
)
def test_what_is_said_beside_that_is_found(text: str, quote: str, place: tuple[int, int]) -> None:
    assert anchor_of(text, Quote(text=quote)) == found(*place)


def test_a_figure_may_be_one_of_several_that_its_quote_gives() -> None:
    assert anchor_of("Has 12/24 layers.", Quote(text="12/24 layers"), printed="24") == found(1, 5)
    mixed = anchor_of("Has 12 1/2 layers.", Quote(text="12 1/2 layers"), printed="12")
    assert mixed.message == "its quote '12 1/2 layers' does not print '12'"


def test_latex_says_nothing_in_its_comments_nor_what_it_strikes_out() -> None:
    text = r"""% It has 11 layers.
It has 12 layers.  % not 13 layers
So 50\% of \sout{14 heads} 15 heads, as \url{https://e.org/a%20b} says of 16 rows.
\begin{comment}
17 rows
\end{comment}
\iffalse 18 rows \fi
\end{document}
19 rows
"""
    source = read_document("doc.tex", text.encode())

    def state(quote: str) -> AnchorState:
        return bind(source, spec_of(claim("it", Quote(text=quote)))).anchors["it"].state

    said = ("12 layers", "15 heads", "16 rows", r"50\% of")
    assert {quote: state(quote) for quote in said} == dict.fromkeys(said, "found")
    assert "found" not in [state(f"{number}") for number in (11, 13, 14, 17, 18, 19)]


def test_a_quote_that_stands_elsewhere_has_moved() -> None:
    text = "# A\n\n# B\n- **C**: about 7 heads\n"
    assert anchor_of(text, Quote(text="7 heads", under=("A",))) == Anchor(
        "moved", Location("doc.md", 4, 16), "'7 heads' stands under 'C' now, not under 'A'"
    )


@pytest.mark.parametrize("text", ["# A\n\n# B\n7 heads, 7 heads", "# A\n\n# B\n8 heads"])
def test_a_quote_that_could_have_moved_to_several_places_or_none_is_gone(text: str) -> None:
    assert anchor_of(text, Quote(text="7 heads", under=("A",))).state == "gone"


def test_a_quote_has_not_moved_to_where_another_claim_or_an_exemption_stands() -> None:
    """Else a sentence could be deleted unnoticed, wherever its figure occurs a second time."""
    text = "# A\n\n# B\nall 7 heads\n"
    one, other = claim("one", Quote(text="7", under=("A",))), claim("other", Quote(text="7 heads", under=("B",)))
    states = {name: anchor.state for name, anchor in bind(source_of(text), spec_of(one, other)).anchors.items()}
    assert states == {"one": "gone", "other": "found"}
    assert bind(source_of(text), spec_of(one, exempt=(exemption("7"),))).anchors["one"].state == "gone"


@pytest.mark.parametrize(
    ("text", "quote", "message"),
    [
        (
            "has **12,289** rows",
            "has **12,288** rows",
            "expected 'has **12,288** rows', the document now prints 'has **12,289** rows'",
        ),
        ("has 8 rows", "has 7 rows", "expected 'has 7 rows', the document now prints 'has 8 rows'"),
        ("has 8 of 9 rows, 7", "7 of 9 rows", "expected '7 of 9 rows', the document now prints '8 of 9 rows'"),
        ("it has **12,289** rows", "12,288", "expected '12,288', the document now prints '12,289'"),
        ("5 or 176 billion", "175 billion", "expected '175 billion', the document now prints '176 billion'"),
        ("$d_a \\times n = 12$", "d_b \\times n", "expected 'd_b \\times n', the document now prints 'd_a \\times n'"),
        ("$x + y$ and $d_a = 12$", "d_b = 12", "expected 'd_b = 12', the document now prints 'd_a = 12'"),
    ],
)  # fmt: skip
def test_another_figure_or_formula_in_its_place_has_changed(text: str, quote: str, message: str) -> None:
    anchor = anchor_of(text, Quote(text=quote))
    assert (anchor.state, anchor.message) == ("changed", message)
    assert anchor.location is not None
    assert source_of(text).text[anchor.location.column - 1 :].startswith(message.partition("prints '")[2][:-1])


@pytest.mark.parametrize(
    ("text", "quote", "shown"),
    [
        ("has 12 GB now", "has 12", "has 12 GB"),
        ("has 12^3 now", "has 12", "has 12^3"),
        ("has 12\u00a0000 rows", "has 12", "has 12 000"),
        ("has 12\u200b3 rows", "has 12", r"has 12\u200b3"),
        ("has 12\u0305 rows", "has 12", r"has 12\u0305"),
        ("so $L = 12^2$ is", "L = 12", "L = 12^2"),
        ("has 12 layers", "has 12 layer", "12 layers"),
        ("−12 layers", "12 layers", "−12 layers"),
        ("has 1\u200e2 layers", "12 layers", r"1\u200e2 layers"),
        ("it has 12 layers\n\nMore", "it has 12 layers and 13", "it has 12 layers"),
    ],
)
def test_what_the_document_prints_now_is_shown_as_far_as_it_differs(text: str, quote: str, shown: str) -> None:
    """Never "expected '12', the document now prints '12'"."""
    anchor = anchor_of(text, Quote(text=quote))
    assert anchor.state == "changed"
    assert anchor.message == f"expected '{quote}', the document now prints '{shown}'"


def test_neighbours_leave_one_place() -> None:
    """Both 2 and 4 are free and equally unlike 3; the quotes before and behind say which one is meant."""
    spec = spec_of(*(claim(f"c{text}", Quote(text=text)) for text in ("1", "3", "5")))
    anchors = bind(source_of("0, 1, 4, 5 and 2"), spec).anchors
    assert anchors["c3"] == Anchor("changed", Location("doc.md", 1, 7), "expected '3', the document now prints '4'")


def test_what_changed_has_not_moved() -> None:
    """A digit is edited under A; the same figure stands under B, where nobody claims it."""
    anchor = anchor_of("# A\n12,289\n# B\n12,288", Quote(text="12,288", under=("A",)))
    assert anchor == Anchor("changed", Location("doc.md", 2, 1), "expected '12,288', the document now prints '12,289'")


def test_a_quote_in_words_that_stands_elsewhere_has_moved_whatever_is_left_behind() -> None:
    assert anchor_of("# A\n96 units\n# B\n97 heads", Quote(text="97 heads", under=("A",))) == Anchor(
        "moved", Location("doc.md", 4, 1), "'97 heads' stands under 'B' now, not under 'A'"
    )


def test_a_figure_that_another_claim_quotes_is_not_free() -> None:
    spec = spec_of(claim("one", Quote(text="43 million")), claim("other", Quote(text="42 million")))
    assert bind(source_of("42 million rows"), spec).anchors["one"].state == "gone"


def test_a_name_is_no_figure_in_the_place_of_one() -> None:
    assert anchor_of("GPT-31 has layers", Quote(text="32")).state == "gone"


@pytest.mark.parametrize("quote", ["has **12,288** rows", "12,288", "**12**,288 rows", "5*12,288*7"])
def test_a_printed_figure_stands_in_its_quote(quote: str) -> None:
    assert anchor_of(f"it {quote}", Quote(text=quote), printed="12,288") == found(1, 4)


@pytest.mark.parametrize(
    "quote", [r"805\,\text{MB}", r"805 \text{MB}", r"805~\mathrm{MB}", r"\approx 805\;\text{ MB }", "805 MB"]
)
def test_a_unit_may_be_set_as_latex_sets_it(quote: str) -> None:
    anchor = anchor_of(f"$${quote}$$", Quote(text=quote), printed="805 MB")
    assert (anchor.state, anchor.message) == ("found", "")


@pytest.mark.parametrize("quote", [r"1805\,\text{MB}", r"805\,\text{GB}", r"805.2\,\text{MB}", r"805\,\text{MBit}"])
def test_another_figure_or_unit_in_latex_is_not_what_is_printed(quote: str) -> None:
    anchor = anchor_of(f"$${quote}$$", Quote(text=quote), printed="805 MB")
    assert (anchor.state, anchor.message) == ("changed", f"its quote '{quote}' does not print '805 MB'")


TABBED = r"; in double quotes TOML reads \t as a tab and \f as a form feed: write LaTeX in single quotes"


def test_latex_that_toml_has_misread_says_so() -> None:
    r"""A message writes a tab as \t, so that what is looked for seems to be what is there."""
    text = "# A\nnothing\n# B\nit takes $d_{\\text{query}}$ and $\\frac{1}{2}$ of it"
    gone = anchor_of(text, Quote(text="$d_{\text{query}}$", under=("A",)))
    assert gone == Anchor("gone", None, "the quote '$d_{\text{query}}$' is not there under 'A'" + TABBED)
    changed = anchor_of(text, Quote(text="\frac{1}{2}"))
    assert (changed.state, changed.message.endswith(TABBED)) == ("changed", True)
    spared = bind(source_of(text), spec_of(exempt=(exemption("\text{query}"),))).errors
    assert [each.message.endswith(TABBED) for each in spared] == [True]


@pytest.mark.parametrize("quote", ["a\tb", "nine\nten", "$d_{\text{key}}$"])
def test_white_space_that_was_meant_is_no_misread_latex(quote: str) -> None:
    assert "TOML" not in anchor_of("it takes $d_{\\text{query}}$ of it", Quote(text=quote)).message


def test_a_printed_figure_that_its_quote_does_not_print_has_changed() -> None:
    assert anchor_of("it has 112,288 rows", Quote(text="has 112,288 rows"), printed="12,288") == Anchor(
        "changed", Location("doc.md", 1, 4), "its quote 'has 112,288 rows' does not print '12,288'"
    )


def test_claims_may_share_a_quote_or_nest() -> None:
    text = "it has **12,288** rows, 7 of them wide"
    assert errors_of(text, *(Quote(text=each) for each in ("12,288", "12,288 rows", "**12,288**", "12,288", "7"))) == []


def test_quotes_that_cross_are_an_error_that_names_both() -> None:
    assert errors_of(
        "it has 12,288 rows now", Quote(text="12,288 rows"), Quote(text="has 12,288"), Quote(text="now")
    ) == [
        (
            "spec/small.toml:1:1: error: the quote of 'c1' at 1:8 crosses that of 'c2' at 1:4 in doc.md: "
            "'12,288 rows' and 'has 12,288'; quotes may be the same, apart, or one within the other"
        )
    ]


def test_exemptions_spare_a_quote_or_a_section() -> None:
    source = small()
    spec = spec_of(
        exempt=(exemption("GPT-3"), exemption("", under=("Part",)), exemption("2", times=2, under=("Last",)))
    )
    binding = bind(source, spec)
    assert [[source.slice(span) for span in spans] for spans in binding.exempt] == [
        ["GPT-3"],
        ["   - **Part**: 42 of 768\n\n"],
        ["2", "2"],
    ]
    assert binding.errors == ()


def test_exemptions_that_spare_nothing_are_errors() -> None:
    spec = spec_of(
        exempt=(
            exemption("GPT-4", line=1),
            exemption("", under=("Parts",), line=2),
            exemption("768", line=3),
            exemption("7", under=("Party",), line=4),
        )
    )
    assert [str(error) for error in bind(small(), spec).errors] == [
        (
            "spec/small.toml:1:1: error: the exempt quote 'GPT-4' is not there in docs/small.md; "
            "mend the quote, or remove the exemption"
        ),
        "spec/small.toml:2:1: error: no heading or bold lead 'Parts' in docs/small.md; did you mean 'Part'?",
        (
            "spec/small.toml:3:1: error: '768' stands 3 times in docs/small.md (6:43, 10:39, 18:22), expected once; "
            "give `under`, `nth` for one of them, or `times = 3` for all"
        ),
        "spec/small.toml:4:1: error: no heading or bold lead 'Party' in docs/small.md; did you mean 'Part'?",
    ]


TEXTS = st.lists(st.sampled_from([*"ab17., \n*_$\\=#-|>", "**A**: ", "\n\n", "12,288", "\\times "]), max_size=25).map(
    "".join
)
QUOTES = st.builds(
    Quote,
    text=TEXTS,
    under=st.sampled_from([(), ("A",), ("A", "a")]),
    times=st.integers(0, 2),
    nth=st.integers(0, 2),
)


@given(text=TEXTS, quotes=st.lists(QUOTES, max_size=4), exempt=TEXTS)
def test_whatever_stands_in_a_document_and_a_spec_there_are_anchors_and_errors(
    text: str, quotes: list[Quote], exempt: str
) -> None:
    claims = [claim(str(index), quote, line=index + 1) for index, quote in enumerate(quotes)]
    source = source_of(text)
    binding = bind(source, spec_of(*claims, exempt=(exemption(exempt, under=("A",)),)))
    mistaken = {error.location.line for error in binding.errors}
    for each in claims:
        if each.id not in binding.anchors:
            assert each.location.line in mistaken
        elif binding.anchors[each.id].state in ("found", "moved"):
            spans = binding.spans[each.id]
            assert spans
            assert all("".join(source.slice(span).split()) for span in spans)


@given(data=st.binary(max_size=60))
def test_random_bytes_are_bound_or_refused(data: bytes) -> None:
    try:
        source = read_document("doc.md", data)
    except SpecErrors:
        return
    assert bind(source, spec_of(claim("it", Quote(text="1")))).anchors.keys() <= {"it"}


def test_a_phrase_that_every_claim_quotes_is_sought_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each place is looked at as often for three hundred claims as for one, whichever place each of them means."""
    source = source_of("\n\n".join(f"Row {row} has 12 layers." for row in range(300)))
    looked_at: list[Span] = []
    is_said = quotes_module.is_said

    def noted(source: Source, span: Span) -> bool:
        looked_at.append(span)
        return is_said(source, span)

    monkeypatch.setattr(quotes_module, "is_said", noted)
    binding = bind(source, spec_of(*(claim(str(nth), Quote(text="12 layers", nth=nth)) for nth in range(1, 301))))
    assert [source.location(binding.spans[str(nth)][0].start).line for nth in range(1, 301)] == list(range(1, 600, 2))
    assert len(looked_at) == 300
