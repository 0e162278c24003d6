"""Every figure and formula of a document is listed once, with its place, and every rule sets aside what it says."""

from __future__ import annotations

from fractions import Fraction
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from small_document import small, source_of
from weighbridge.documents.inventory import Item, inventory
from weighbridge.documents.notation import RULES, Rule
from weighbridge.documents.read import read_document
from weighbridge.documents.source import BLOCK_END, Source
from weighbridge.documents.zones import zones


def listed(text: str, *, path: str = "doc.md") -> list[str]:
    """Return the items of a document, each with the rule that sets it aside, a formula in angle brackets."""
    return [told(item) for item in inventory(read_document(path, text.encode()))]


def told(item: Item) -> str:
    text = f"<{item.text}>" if item.kind == "formula" else item.text
    return f"{item.rule}: {text}" if item.rule else text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It has 175 billion parameters.", ["175 billion"]),
        ("1.3B, 3.14e23 FLOPs and 33.1% of 350 GB", ["1.3B", "3.14e23 FLOPs", "33.1%", "350 GB"]),
        ("It has **12**,288 of them.", ["12,288"]),
        ("12\u2009288 or 12_288", ["12 288", "12_288"]),
        ("1,2,3 and 0.5 to 1.0", ["1", "2", "3", "0.5", "1.0"]),
        ("ninety-six layers, Four matrices", ["ninety-six", "Four"]),
        ("a hundred and five, two million", ["a hundred and five", "two million"]),
        ("three-quarters, half of it, one third of it, twice", ["three-quarters", "half", "one third", "twice"]),
        ("ten percent, 5 per cent", ["ten percent", "5 per cent"]),
        ("someone, nonetheless, on behalf of tension", []),
        ("12-96 layers, a 2-layer net, 12,288-dimensional", ["12", "96", "2", "12,288"]),
        ("10^23, 2^10 and 3 × 10^8", ["10^23", "2^10", "3 × 10^8"]),
        ("6 × 10²³ and ½", ["6 × 10²³", "½"]),
        ("8xA100", ["8x", "name: A100"]),
        ("12,288 × 50,257 = 617,558,016", ["<12,288 × 50,257>", "617,558,016"]),
        ("n_heads * d_head = d_model", ["<n_heads * d_head>"]),
        ("12 * d^2 + 13 d, w/o I/O", ["<12 * d^2 + 13 d>"]),
        ("(3 × 4) of them", ["<(3 × 4)>"]),
        ("each is layers × heads", ["<layers × heads>"]),
    ],
)  # fmt: skip
def test_figures_and_formulas_in_prose(text: str, expected: list[str]) -> None:
    assert listed(text) == expected


@pytest.mark.parametrize(
    ("maths", "expected"),
    [
        (r"d_{embed} \times n_{{vocab}}", [r"<d_{embed} \times n_{{vocab}}>"]),
        (r"d_{{embed}} = 12,288", ["12,288"]),
        (r"a \times b = 12,288 \times 50,257", [r"<a \times b>", r"<12,288 \times 50,257>"]),
        (r"N = 12 L d^2 \approx 1.75 \times 10^{11}", ["<12 L d^2>", r"1.75 \times 10^{11}"]),
        (r"\frac{n_{layers}}{2}", [r"<\frac{n_{layers}}{2}>"]),
        (r"\sum_{i=1}^{n} x_i", [r"<\sum_{i=1}^{n} x_i>"]),
        (r"d_{ff} = d_{model}", ["<d_{ff} = d_{model}>"]),
        ("d_{model}", []),
        ("W^T, W^*", []),
        ("x_1", ["name: x_1"]),
        ("x_1 = x_2", ["<x_1 = x_2>"]),
        ("L=96, H=128", ["96", "128"]),
        ("(12, 64)", ["12", "64"]),
        (r"12 \text{ layers}", ["12"]),
        (r"175 \text{ billion}", [r"175 \text{ billion}"]),
        (r"\textbf{12,288}", ["12,288"]),
        (r"33\%", [r"33\%"]),
        (r"50{,}257 + 50\,257", [r"<50{,}257 + 50\,257>"]),
        ("2^{10}", ["2^{10}"]),
        ("Q K", ["<Q K>"]),
        (r"a \times b, c \times d", [r"<a \times b>", r"<c \times d>"]),
        (r"a &= b \\ c &= d", ["<a &= b>", "<c &= d>"]),
        (r"\max(n, 12)", [r"<\max(n, 12)>"]),
        (r"\begin{aligned} N &= 2 n \\[3pt] &= 64 \end{aligned}", ["<2 n>", "markup: 3", "64"]),
    ],
)
def test_figures_and_formulas_in_maths(maths: str, expected: list[str]) -> None:
    """A side of a relation is an item, with all its numbers; a symbol alone is none."""
    for opening, closing in (("$", "$"), ("$$", "$$"), (r"\(", r"\)")):
        assert listed(f"so {opening}{maths}{closing} it is") == expected


#: What each rule sets aside, and what it leaves alone beside that.
SET_ASIDE: dict[Rule, tuple[str, list[str]]] = {
    "code": ("`d = 12` is\n\n```python3\nx = 3\n```\n", ["code: 12", "code: python3", "code: 3"]),
    "comment": ("a <!-- 12 --> b\n\n<!--\n13\n-->\n", ["comment: 12", "comment: 13"]),
    "date": (
        (
            "On 2026-11-24, 24 November 2026, May 12, 2021 and in 2017, (Brown et al., 2020) at 12:30 UTC; "
            "in 2048 dimensions, 2000 layers."
        ),
        [
            *("date: 2026-11-24", "date: 24 November 2026", "date: May 12, 2021", "date: 2017", "date: 2020"),
            *("date: 12:30 UTC", "2048", "2000"),
        ],
    ),
    "heading number": (
        "# 2.1 Results\n\n## 3. More\n\n### 96 layers\n",
        ["heading number: 2.1", "heading number: 3.", "96"],
    ),
    "link": ("[a](b/12.md) ![c 13](d.png) https://e.org/14", ["link: b/12.md", "link: 13", "link: https://e.org/14"]),
    "list marker": ("1. a\n2. b 3\n\n> 4. c\n", ["list marker: 1.", "list marker: 2.", "3", "list marker: 4."]),
    "markup": ('<img width="12"> has 3', ["markup: 12", "3"]),
    "metadata": ("---\nsize: 12\n---\n13", ["metadata: 12", "13"]),
    "name": (
        "GPT-3, Llama-2, V100, x86_64, one-hot, Llama 2 7B, a 3D 4137b50",
        [
            *("name: GPT-3", "name: Llama-2", "name: V100", "name: x86_64", "name: one-hot", "name: Llama 2", "7B"),
            *("name: 3D", "name: 4137b50"),
        ],
    ),
    "ordinal": ("the 1st of 22nd", ["ordinal: 1st", "ordinal: 22nd"]),
    "pronoun": (
        "any one of them, the one of 5, one behind another, one by one; one matrix",
        ["pronoun: one", "pronoun: one", "5", "pronoun: one", "pronoun: one", "pronoun: one", "one"],
    ),
    "reference": (
        "See Table 2.1, section 3, Figs. 4 and 5, eq. (6), §7, #8, said [9].[^10]\n",
        [
            *("reference: Table 2.1", "reference: section 3", "reference: Figs. 4 and 5", "reference: eq. (6)"),
            *("reference: §7", "reference: #8", "reference: [9]", "reference: [^10]"),
        ],
    ),
    "standard": ("ISO 8601, arXiv:2005.14165v4", ["standard: ISO 8601", "standard: arXiv:2005.14165v4"]),
    "struck out": ("has ~~12~~ 14, <del>15</del> 16", ["struck out: 12", "14", "struck out: 15", "16"]),
    "version": (
        "v1.2, version 3.0, 1.2.3, Python 3.11",
        ["version: v1.2", "version: version 3.0", "version: 1.2.3", "version: Python 3.11"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("Section 12 billion", ["12 billion"]),
        ("In Part 175 million more", ["175 million"]),
        ("Table 2 and figure 33%", ["reference: Table 2", "33%"]),
        ("Step 300 GB", ["300 GB"]),
        ("Tables 2, 3 and 12 billion", ["reference: Tables 2, 3", "12 billion"]),
        ("Section 12-billion", ["12-billion"]),
        ("Section 12", ["reference: Section 12"]),
    ],
)
def test_what_counts_something_is_no_number_of_a_section(text: str, items: list[str]) -> None:
    assert listed(text) == items


@pytest.mark.parametrize("rule", SET_ASIDE)
def test_a_rule_sets_aside(rule: Rule) -> None:
    text, expected = SET_ASIDE[rule]
    assert listed(text) == expected


def test_every_rule_has_a_name_a_reason_and_a_test() -> None:
    assert set(RULES) == set(SET_ASIDE) == {each for part in get_args(Rule) for each in get_args(part) or (part,)}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12,288", 12_288),
        ("12\u00a0288", 12_288),
        ("175 billion", 175 * 10**9),
        ("1.3B", 13 * 10**8),
        ("350 GB", 350 * 10**9),
        ("4 KiB", 4096),
        ("3.14e23", 314 * 10**21),
        ("6 × 10²³", 6 * 10**23),
        ("2^10", 1024),
        ("33.1%", Fraction(331, 1000)),
        ("10x", 10),
        ("3½", Fraction(7, 2)),
        ("1/3", Fraction(1, 3)),
        ("ninety-six", 96),
        ("three-quarters", Fraction(3, 4)),
        ("two hundred and five thousand", 205_000),
        ("half", Fraction(1, 2)),
        ("twice", 2),
        ("ten percent", Fraction(1, 10)),
        (r"$12{,}288$", 12_288),
        (r"$1.75 \times 10^{11}$", 175 * 10**9),
        (r"$175\text{B}$", 175 * 10**9),
        ("$-5$", 5),
    ],
)
def test_the_value_of_a_figure(text: str, value: Fraction | int) -> None:
    (item,) = inventory(source_of(f"all {text}, then"))
    assert item.values == {Fraction(value)}


def test_what_a_formula_is_made_of() -> None:
    (item,) = inventory(source_of(r"$\frac{1}{2} n_{\text{layers}} d_{{model}}^2$"))
    assert (set(item.values), set(item.symbols)) == ({Fraction(1), Fraction(2)}, {"n_layers", "d_model"})
    (item,) = inventory(source_of("12 × L × d²"))
    assert (set(item.values), set(item.symbols)) == ({Fraction(12), Fraction(2)}, {"L", "d"})


#: The small document read by eye.
SMALL = """
2:10 metadata: 175
6:10 1,234,567
6:43 768
7:8 code: 12,288
7:26 5
7:31 6
7:39 struck out: 9
7:44 eleven
7:52 link: http://x.org/13
7:71 link: 14
7:75 link: 15.png
9:1 list marker: 1.
10:11 50,257
10:29 comment: 99
10:39 768
11:16 <d_{embed} \\times n_{{vocab}}>
13:1 list marker: 2.
13:22 96
14:7 128
16:21 3.5 GB
18:16 42
18:22 768
21:8 43
28:17 125M
28:30 64
29:15 350
29:22 7
29:30 64
33:6 77
37:8 <12 \\times b>
38:9 88
38:18 5
38:24 6
41:6 code: 1,000
45:6 comment: 2,000
46:8 3,000
50:3 12,345
50:29 name: GPT-3
50:39 2
50:45 2
"""


def test_every_kind_of_place_in_one_document() -> None:
    found = [f"{item.location.line}:{item.location.column} {told(item)}" for item in inventory(small())]
    assert found == SMALL.strip().splitlines()


def test_a_document_in_latex() -> None:
    text = (
        "\\section{Sizes} % 12 is old\n"
        "All 96 layers, $d = 128$, see \\ref{tab:2} and \\url{x.org/3}.\n"
        "\\begin{equation}\nN = 12 L d^2 \\label{eq:4}\n\\end{equation}\n"
        "\\vspace{5mm}\n"
    )
    assert listed(text, path="doc.tex") == [
        "comment: 12",
        "96",
        "128",
        "reference: 2",
        "link: 3",
        "<12 L d^2>",
        "markup: 4",
        "markup: 5mm",
    ]


PIECES = st.sampled_from(
    [
        *("12", "3", "1,000", "175 billion", "GPT-3", "one", "half", "ninety-six", "in 2017", "Table 2", "v1.2", "1st"),
        *("٣", "²", "½", "10^", "e5", "%", "×", "x", "_1", "d_1", "a", "A", ".", ",", " ", "\n", "\n\n", "\u00a0"),
        *("$", "$$", "\\(", "\\)", "\\times ", "\\text{", "\\frac", "{", "}", "^", "=", "&", "\\\\[2pt]"),
        *("`", "```\n", "**", "*", "~~", "- ", "1. ", "# ", "> ", "| ", "|-|\n", "<!-- ", "-->", "<b 4>", "["),
        *("](", ")", "http://x/1", "&#96;", "&amp;", "\\", "---\n", "k: 1\n", "\ufeff", "\0", "%c 3\n", "\\ref{7}"),
        *("\\begin{align}", "\\end{align}", "$12 x$", "\\(d_1 = \\frac{1}{2}\\)", "`3`", "**4**", "\n\n"),
    ]
)  # fmt: skip
DOCUMENTS = st.lists(PIECES, max_size=30).map("".join)
PATHS = st.sampled_from(["doc.md", "doc.tex", "doc.txt"])


def assert_every_digit_is_in_one_item(source: Source) -> None:
    """Count the items over every character: of the rendered text, and of the source for what no reader sees."""
    seen, unseen = [0] * len(source.rendered.text), [0] * len(source.text)
    for item in inventory(source):
        covers, span = (unseen, item.span) if item.seen is None else (seen, item.seen)
        for position in range(span.start, span.end):
            covers[position] += 1
    assert max((*seen, *unseen), default=0) <= 1
    parts = [source.rendered.text[zone.seen.start : zone.seen.end] for zone in zones(source)]
    assert "".join(parts) == source.rendered.text.replace(BLOCK_END, "") or source.path == "doc.tex"
    for character, items in zip(source.rendered.text, seen, strict=True):
        assert items or not character.isdecimal(), source.rendered.text
    for offset, character in enumerate(source.text):
        if character.isdecimal():
            assert bool(unseen[offset]) == (source.rendered.piece_of(offset) is None), source.text


@given(text=DOCUMENTS, path=PATHS)
@settings(max_examples=400, deadline=None)
def test_every_digit_is_in_exactly_one_item(text: str, path: str) -> None:
    assert_every_digit_is_in_one_item(read_document(path, text.encode()))


@given(text=st.text(max_size=80), path=PATHS)
@settings(max_examples=200, deadline=None)
def test_any_text_at_all_has_an_inventory(text: str, path: str) -> None:
    assert_every_digit_is_in_one_item(read_document(path, text.encode("utf-8", "replace")))


@given(text=DOCUMENTS, path=PATHS)
@settings(max_examples=200, deadline=None)
def test_an_item_stands_where_it_says(text: str, path: str) -> None:
    source = read_document(path, text.encode())
    lines = source.text.split("\n")
    for item in inventory(source):
        assert item.text
        assert item.location == source.location(item.span.start)
        assert lines[item.location.line - 1][item.location.column - 1] == source.text[item.span.start]
        if item.seen is not None:
            shown = source.rendered.text[item.seen.start : item.seen.end]
            assert (shown.strip(), " ".join(shown.split())) == (shown, item.text)
