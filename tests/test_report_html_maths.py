"""How the HTML page sets expressions and LaTeX, and that no formula does more than be read."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from html_reader import read_html, squeezed
from strategies import conditions, numbers_trees
from weighbridge.formula.printer import to_text
from weighbridge.report.html.document import to_body
from weighbridge.report.html.latex import ATTRIBUTES, ELEMENTS, kept, to_mathml
from weighbridge.report.html.mathml import expression
from weighbridge.report.model import DocumentText
from weighed_page import plain


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
    ET.fromstring(f"<p>{expression(to_text(tree)).replace('&#34;', '')}</p>")


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
