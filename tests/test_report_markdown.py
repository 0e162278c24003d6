"""What a reviewer reads in a pull request."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from msgspec.structs import replace

from expect import Expect
from one_of_each import ONE_OF_EACH, SPEC, result
from weighbridge.errors import Location, one_line
from weighbridge.report.model import Report, SpecEntry, Weighed
from weighbridge.report.renderers import RENDERERS
from weighbridge.report.to_markdown import at, code, prose, to_markdown
from weighbridge.verdict import Errored, Evaluated, Holds

SNAPSHOTS = Path(__file__).parent / "snapshots"
GITHUB = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
HOSTILE = [
    "a | b",
    r"a \| b",
    r"a \\| b",
    "``` x ```",
    "`",
    "<script>alert(1)</script>",
    "<!-- never closed",
    "**bold** _it_ ~~s~~ [l](javascript:x) ![i](x)",
    "line\n# heading\n\n| a | b |\n|---|---|",
    "&lt;b&gt; &amp;",
    "$x$ and \\(y\\)",
    "trailing backslash \\",
]


def tokens(markdown: str) -> Iterator[Token]:
    """Yield every token of a page, those within lines too."""
    for token in GITHUB.parse(markdown):
        yield token
        yield from token.children or ()


def shown(markdown: str) -> str:
    """Return what a reader sees of one line of Markdown."""
    return "".join(token.content for token in tokens(markdown) if token.type in ("text", "code_inline"))


def page_of(text: str) -> str:
    """Return the page of a report in which every text is this one."""
    claim = replace(
        result("x", Errored(text)), id=f"tiny/{text}", says=text, quote=text, note=text, assuming=(text,), because=text,
        assumed={"d": text},
    )  # fmt: skip
    spec = SpecEntry(path=SPEC, document_id="tiny", title=text, cite=text)
    return to_markdown(Report(version="0", specs=(spec,), results=(Weighed(claim, "fail", text),)))


def test_markdown_is_the_snapshot(expect: Expect) -> None:
    expect(SNAPSHOTS / "one_of_each.md", to_markdown(ONE_OF_EACH))


def test_every_result_has_a_row_and_everything_but_a_pass_has_details() -> None:
    kinds = [token.type for token in tokens(to_markdown(ONE_OF_EACH))]
    headings = [token for token in GITHUB.parse(to_markdown(ONE_OF_EACH)) if token.tag == "h3" and token.nesting == 1]
    assert kinds.count("tr_open") == 1 + len(ONE_OF_EACH.results)
    assert kinds.count("td_open") == 5 * len(ONE_OF_EACH.results)
    assert len(headings) == sum(each.standing != "pass" for each in ONE_OF_EACH.results)


def test_an_erratum_gives_its_reason_and_its_correction() -> None:
    lines = to_markdown(ONE_OF_EACH).splitlines()
    assert r"- erratum: the value projection has d\_value rows \| not \`d\_query\`" in lines
    assert "- correction: `d_value * d_model`: holds (all 64 points)" in lines


def test_what_is_assumed_stands_in_the_row_and_is_explained_below_the_table() -> None:
    lines = to_markdown(ONE_OF_EACH).splitlines()
    row = next(line for line in lines if "`total.exact`" in line)
    assert row.endswith(r"| holds (evaluated at tiny) \[1\] |")
    assert r"- \[1\] assumed: n\_layers = 12 (not stated in the document)" in lines
    assert any("`value.assuming`" in line and line.endswith("assuming `d_query == d_value` |") for line in lines)


def test_lines_of_a_document_are_linked_in_its_source() -> None:
    assert at("line 7", Location("spec/a b.md", 7, 9)) == "[line 7](/spec/a%20b.md?plain=1#L7)"
    assert at("x", Location("spec/a.toml", 7, 9)) == "[x](/spec/a.toml#L7)"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_reads_as_itself(text: str) -> None:
    assert shown(prose(text)) == one_line(text).strip()
    assert shown(code(text)) == one_line(text).strip()


def check_page(text: str) -> None:
    """Assert that a text changes nothing in the structure of the page."""
    kinds = [token.type for token in tokens(page_of(text))]
    assert not {"html_block", "html_inline", "image", "fence", "code_block"} & set(kinds)
    assert kinds.count("td_open") == 5
    assert kinds.count("heading_open") == 4
    assert kinds.count("link_open") == 3
    assert not {"em_open", "s_open"} & set(kinds)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_changes_nothing_in_the_page(text: str) -> None:
    check_page(text)


@settings(max_examples=150)
@given(text=st.text(st.sampled_from("|\\`*_~<>[]()!#-+&;$@:/ \n\tax0="), min_size=1, max_size=12).filter(str.strip))
def test_no_text_changes_anything_in_the_page(text: str) -> None:
    check_page(text)


def test_nobody_is_notified_by_a_spec() -> None:
    assert prose("@octocat see #12 at https://x.example and www.x.example") == (
        "@\u200boctocat see #\u200b12 at https:\u200b//x.example and www\u200b.x.example"
    )


def test_a_report_without_claims_says_so() -> None:
    empty = Report(version="0", specs=(SpecEntry(path=SPEC, document_id="tiny", title="T"),), results=())
    assert "No claims." in to_markdown(empty).splitlines()


def test_a_page_of_what_holds_has_no_section_for_what_does_not() -> None:
    fine = Report(version="0", specs=(), results=(Weighed(result("x", Holds(Evaluated("m"))), "pass"),))
    assert "## What does not pass" not in to_markdown(fine)


def test_each_format_has_its_renderer() -> None:
    assert {"text", "json", "markdown", "html"} <= RENDERERS.keys()
    assert all(render(ONE_OF_EACH).endswith("\n") for render in RENDERERS.values())
