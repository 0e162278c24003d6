"""Formulas are read as they print, whatever their spelling, and what can not be read is refused at its column."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import lark
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import weighbridge.formula.latex
from strategies import points
from weighbridge.formula.alphabet import Alphabet, key
from weighbridge.formula.exact import EvaluationError, evaluate
from weighbridge.formula.latex import parsed, quick_product, read_chain, read_side
from weighbridge.formula.latex_tree import Builder
from weighbridge.formula.parser import parse
from weighbridge.formula.printer import to_text
from weighbridge.formula.tokens import FormulaError
from weighbridge.formula.tree import Arithmetic, Call, Expression, Name, Negative, Number, Product, Sum, number

T = TypeVar("T")

ALPHABET = Alphabet.of(
    {"n_layers": "L", "d_model": r"d_{\text{model}}", "d_ff": "", "h": "", "n_h": "", "eps": r"\epsilon", "V": ""},
    others=("total", "key"),
)


def said(text: str, *, typeset: bool = True) -> str:
    """Return what a formula without relations says, in the spec's language."""
    return to_text(read_side(text, ALPHABET, typeset=typeset))


def refusal(text: str, *, typeset: bool = True) -> tuple[int, str]:
    """Return where and why a formula is not read."""
    with pytest.raises(FormulaError) as caught:
        read_side(text, ALPHABET, typeset=typeset)
    return caught.value.column, str(caught.value)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        (r"d_{model} \times n_{{h}}", "d_model * n_h"),
        (r"d_{\text{model}} \cdot d_{\mathrm{ff}}", "d_model * d_ff"),
        (r"d_\text{model} \, d_\mathbf{ff}", "d_model * d_ff"),
        (r"\mathbf{d}_{model} ~ \mathrm{d_{ff}}", "d_model * d_ff"),
        (r"d_model * d\_ff", "d_model * d_ff"),
        (r"\text{d\_model} × \operatorname{total}", "d_model * total"),
        (r"12 L d_{model}^2", "12 * n_layers * d_model ** 2"),
        (r"12Ld_{\text{model}}^{2}", "12 * n_layers * d_model ** 2"),
        (r"d^2_{model} d^{h}_{\text{ff}}", "d_model ** 2 * d_ff ** h"),
        (r"Lhn_h", "n_layers * h * n_h"),
        ("L h²", "n_layers * h ** 2"),
        ("10⁻³ L", "10 ** -3 * n_layers"),
        ("10^12", "10 ** 12"),
        (r"12{,}288 \times 50,257", "12_288 * 50_257"),
        (r"12\,288 · 50\u2009257".replace(r"\u2009", "\u2009"), "12_288 * 50_257"),
        ("12,288 x 3 x 4", "12_288 * 3 * 4"),
        ("1,234.50 h", "1_234.50 * h"),
        ("3.14e23", "3.14e23"),
        (r"33.1\% V", "33.1 / 100 * V"),
        (r"175\text{B}", "175000000000"),
        (r"1.5~\text{ million}", "1500000"),
        (r"\frac{V + h}{2 L}", "(V + h) / (2 * n_layers)"),
        (r"\dfrac{1}{2} V", "1 / 2 * V"),
        (r"\frac12 V", "1 / 2 * V"),
        (r"\tfrac 3 4 V", "3 / 4 * V"),
        ("d_model**2 * 3", "d_model ** 2 * 3"),
        ("1/2 V", "1 / 2 * V"),
        ("V / h / 2", "V / h / 2"),
        (r"V / h \times L", "V / h * n_layers"),
        ("V h / L", "V * h / n_layers"),
        ("V ÷ h", "V / h"),
        (r"\left( V - h \right)^{2}", "(V - h) ** 2"),
        (r"\bigl[ V + h \bigr] (V − h)", "(V + h) * (V - h)"),
        (r"- V + h \times -2", "-V + h * -2"),
        (r"V^{-h}", "V ** -h"),
        (r"\left\lfloor \frac{V}{h} \right\rfloor", "V // h"),
        (r"\lceil V / 128 \rceil \cdot 128", "ceil_div(V, 128) * 128"),
        ("⌈V⌉ + ⌊V + h⌋", "ceil_div(V, 1) + (V + h) // 1"),
        (r"\operatorname{ceil}(V/h) + floor(V)", "ceil_div(V, h) + V // 1"),
        (r"\min(V, 12,288)", "min(V, 12_288)"),
        (r"\max\{V, h, \frac{L}{2}\}", "max(V, h, n_layers / 2)"),
        (r"{d_{ff}}^2 {V h}", "d_ff ** 2 * V * h"),
        # What prints is V times h squared: the braces do not.
        (r"{V h}^2", "V * h ** 2"),
        (r"\epsilon V \qquad", "eps * V"),
    ],
)
def test_a_formula_says_what_it_prints(text: str, meaning: str) -> None:
    assert said(text) == meaning
    assert read_side(text, ALPHABET) == parse(meaning)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("12 × n_layers × d_model²", "12 * n_layers * d_model ** 2"),
        ("12 n_layers d_model^2", "12 * n_layers * d_model ** 2"),
        ("24 x 128", "24 * 128"),
        ("(d_model + d_ff) / 2", "(d_model + d_ff) / 2"),
    ],
)
def test_plain_text_is_read_too(text: str, meaning: str) -> None:
    assert said(text, typeset=False) == meaning


def test_letters_side_by_side_are_a_product_where_they_are_set_and_a_word_where_they_are_written() -> None:
    assert said("Vh") == "V * h"
    assert refusal("Vh", typeset=False) == (0, "unknown symbol 'Vh'; did you mean 'h'?")
    assert refusal(r"\text{Vh}") == (0, r"unknown symbol '\text{Vh}'; did you mean 'h'?")


KNOWN = "known here: 'L', 'V', 'd_ff', 'd_model', 'eps', 'epsilon', 'h', 'key', 'n_h', 'n_layers', 'total'"
READ = "a formula is made of figures, symbols, + - × / ^, fractions and brackets"


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 0, "expected a figure, a symbol or a bracket, found the end"),
        (r"V \times", 8, "expected a figure, a symbol or a bracket, found the end"),
        (r"V \times / h", 9, "expected a figure, a symbol or a bracket, found '/'"),
        ("(V + h", 6, "a bracket is not closed"),
        ("V + h)", 5, "expected an operator or the end, found ')'"),
        ("12,28", 2, "expected an operator or the end, found ','"),
        (r"2 d_{\text{modle}}", 2, r"unknown symbol 'd_{\text{modle}}'; did you mean 'd_model'?"),
        ("V + q", 4, f"unknown symbol 'q'; {KNOWN}"),
        ("V^q", 2, f"unknown symbol 'q'; {KNOWN}"),
        ("q^2_{x}", 0, f"unknown symbol 'q_{{x}}'; {KNOWN}"),
        (r"L \text{ layers}", 2, r"unknown symbol '\text{ layers}'; did you mean 'n_layers'?"),
        (r"\sqrt{V}", 0, r"'\sqrt' can not be read; roots are not part of the language"),
        (r"\sum_{i} V", 0, r"'\sum' can not be read; sums and products over an index are not part of the language"),
        (r"V \log V", 2, r"'\log' can not be read; logarithms and exponentials are not part of the language"),
        ("|V|", 0, f"'|' can not be read; {READ}"),
        (r"\hat V", 0, rf"'\hat' can not be read; {READ}"),
        ("{V + h} L", 0, "the braces of '{V + h}' do not print; write parentheses"),
        ("{V / h} L", 0, "the braces of '{V / h}' do not print; write parentheses"),
        ("{V^2}^2", 0, "the braces of '{V^2}' do not print; write parentheses"),
        ("V / 2 h", 6, r"'h' could stand below or behind the fraction; \frac or parentheses would tell"),
        ("V / Lh", 4, r"'Lh' could stand below or behind the fraction; \frac or parentheses would tell"),
        ("V 2", 2, "'2' stands behind a factor without a sign"),
        ("12 288", 3, "'288' stands behind a factor without a sign"),
        (r"\max(1,200)", 0, "'max' takes several arguments, found 1"),
        (r"ceil(V, h)", 0, "'ceil' takes one argument, found 2"),
        ("1" * 101, 0, "a figure has at most 100 digits and an exponent of at most 100"),
        ("2e101", 0, "a figure has at most 100 digits and an exponent of at most 100"),
        ("2" + "¹" * 101, 1, "a figure has at most 100 digits"),
        ("(" * 51 + "V" + ")" * 51, 50, "nested deeper than 50 levels; raise the limit with --max-depth"),
        (
            r"\lfloor " * 51 + "V" + r"\rfloor " * 51,
            400,
            "nested deeper than 50 levels; raise the limit with --max-depth",
        ),
        ("V / " * 60 + "V", 0, "nested deeper than 50 levels; raise the limit with --max-depth"),
    ],
)
def test_what_can_not_be_read_is_refused_at_its_column(text: str, column: int, message: str) -> None:
    assert refusal(text) == (column, message)


def test_a_chain_is_cut_at_its_relations() -> None:
    text = r"d_{\text{model}} \times V = 12,288 \times 50,257 \approx 617{,}558{,}016 \le 2^{30} < V \geq h."
    sides = read_chain(text, ALPHABET)
    assert [(side.relation, text[side.start : side.end]) for side in sides] == [
        ("", r"d_{\text{model}} \times V"),
        ("=", r"12,288 \times 50,257"),
        ("≈", "617{,}558{,}016"),
        ("≤", "2^{30}"),
        ("<", "V"),
        ("≥", "h"),
    ]
    assert [side.says for side in sides] == [
        parse(each) for each in ("d_model * V", "12_288 * 50_257", "617_558_016", "2 ** 30", "V", "h")
    ]


def test_a_relation_in_brackets_parts_nothing() -> None:
    (side,) = read_chain("V_{h=1} h", ALPHABET)
    assert isinstance(side.says, FormulaError)
    assert (side.start, side.end, side.says.column) == (0, 9, 4)


def test_each_row_of_a_display_is_a_chain_and_alignment_prints_nothing() -> None:
    text = "\\begin{aligned}\n V &= h \\\\\n &= \\min(h, L) \\\\ L &\\neq h \\notag \\end{aligned}"
    sides = read_chain(text, ALPHABET)
    assert [(side.relation, to_text(side.says)) for side in sides if not isinstance(side.says, FormulaError)] == [
        ("", "V"),
        ("=", "h"),
        ("=", "min(h, n_layers)"),
        ("", "n_layers"),
        ("≠", "h"),
    ]
    assert [text[side.start : side.end].strip() for side in sides][-2:] == ["L", "h"]


def test_a_side_that_can_not_be_read_leaves_the_others_and_says_where_in_the_chain() -> None:
    one, other, last = read_chain(r"V = \sqrt{h} = 2 + q", ALPHABET)
    assert one.says == Name("V")
    assert isinstance(other.says, FormulaError)
    assert other.says.column == 4
    assert isinstance(last.says, FormulaError)
    assert last.says.column == 19


def test_a_chain_has_a_largest_length() -> None:
    (side,) = read_chain("V" * 4_097, ALPHABET)
    assert str(side.says) == "a formula has at most 4,096 characters, this one has 4,097; quote a part of it"


@pytest.mark.parametrize(
    ("spelling", "expected"),
    [
        (r"d_{\text{model}}", "d_model"),
        ("d_{{model}}", "d_model"),
        (r"d_\mathrm{model}", "d_model"),
        (r"\boldsymbol{d}_{ model }", "d_model"),
        (r"n_{\text{vocab size}}", "n_vocabsize"),
        (r"\textit{d\_model}", "d_model"),
        (r"\lambda_{\max}", "lambda_max"),
        ("λ", "lambda"),
    ],
)
def test_typography_does_not_tell_symbols_apart(spelling: str, expected: str) -> None:
    assert key(spelling) == expected


def test_a_symbol_goes_by_its_latex_and_by_its_name_where_no_other_is_printed_so() -> None:
    alphabet = Alphabet.of({"n_layers": "L", "width": r"\omega", "L": "w"}, others=("omega", "rest"))
    assert {each: alphabet.names.get(each) for each in ("L", "n_layers", "omega", "width", "w", "rest", "x")} == {
        "L": "n_layers",
        "n_layers": "n_layers",
        "omega": "width",
        "width": "width",
        "w": "L",
        "rest": "rest",
        "x": None,
    }


def test_letters_that_can_be_cut_in_two_ways_stand_for_nothing() -> None:
    alphabet = Alphabet.of({"ab": "", "c": "", "a": "", "bc": ""})
    assert alphabet.spell("abc") == []
    assert alphabet.spell("cab") == ["c", "ab"]
    assert alphabet.spell("ab") == ["ab"]


def test_the_grammar_has_no_conflicts(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """A conflict would be settled without a word, and formulas refused that the grammar allows."""
    text = (Path(weighbridge.formula.latex.__file__).parent / "latex.lark").read_text(encoding="utf-8")
    monkeypatch.setattr(lark.logger, "level", logging.DEBUG)
    monkeypatch.setattr(lark.logger, "propagate", True)
    with caplog.at_level(logging.DEBUG, logger=lark.logger.name):
        lark.Lark(text, parser="lalr", lexer="basic", debug=True)
        assert "conflict" not in caplog.text.lower()
        lark.Lark('start: "i" start | "i" start "e" start | "x"', parser="lalr", debug=True)
        assert "conflict" in caplog.text.lower()


# --- What is printed in many spellings is read back ---------------------------------------------------------------

SPELLINGS: Mapping[str, Sequence[str]] = {
    "n_layers": ("L", "{L}", r"\mathrm{L}", "n_{layers}"),
    "d_model": (
        "d_{model}", "d_{{model}}", r"d_{\text{model}}", r"d_\text{model}", r"\mathbf{d}_{model}", "d_model",
        r"\text{d_model}", r"\mathrm{d_{model}}",
    ),
    "d_ff": ("d_{ff}", r"d_{\mathrm{ff}}", "d_ff"),
    "eps": (r"\epsilon", "ε", "eps"),
    "V": ("V", r"\mathit{V}"),
}  # fmt: skip
TIMES = (r" \times ", r" \cdot ", "·", " × ", "*", r"\,\times\,", r"{}\times{}")
SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
BRACKETS = ("(...)", "[...]", r"\left(...\right)", r"\bigl( ... \bigr)", r"\{...\}")
SUM, PRODUCT, FACTOR, BASE = range(4)


def trees(depth: int) -> st.SearchStrategy[Expression]:
    """Draw what documents print: sums, products, quotients, powers, floors, ceilings, minimums and maximums."""
    leaves: st.SearchStrategy[Expression] = st.sampled_from([*map(Name, SPELLINGS)]) | st.sampled_from(
        [0, 1, 2, 12, 128, 12_288, 1_234_567]
    ).map(number)
    if not depth:
        return leaves
    below = trees(depth - 1)
    several = st.lists(below, min_size=2, max_size=3).map(tuple)
    quotient = st.sampled_from(("/", "//"))
    exponent: st.SearchStrategy[Expression] = st.integers(0, 3).map(number) | st.just(Negative(number(1)))
    return st.one_of(
        leaves,
        st.builds(Negative, below),
        st.builds(Sum, several),
        st.builds(Product, several),
        st.builds(Arithmetic, quotient, below, below),
        st.builds(Arithmetic, st.just("**"), below, exponent),
        st.builds(Call, st.sampled_from(("min", "max")), several),
        st.builds(Call, st.just("ceil_div"), st.tuples(below, below)),
    )


class Printer:
    """Prints an expression in LaTeX; how each part is spelled is drawn."""

    def __init__(self, choose: Callable[[Sequence[str]], str]) -> None:
        self.choose = choose

    def show(self, tree: Expression, place: int = SUM) -> str:
        """Return a text, in brackets where its place binds tighter than it does."""
        text, binding = self.spell(tree)
        if binding >= place:
            return text
        return self.choose(BRACKETS).replace("...", text)

    def spell(self, tree: Expression) -> tuple[str, int]:
        """Return a text and how tightly it binds."""
        match tree:
            case Number(value):
                grouped = f"{int(value):,}"
                return self.choose([f"{value}", grouped, grouped.replace(",", "{,}")]), BASE
            case Name(name):
                return self.choose(SPELLINGS[name]), BASE
            case Negative(operand):
                return f"-{self.show(operand, PRODUCT)}", SUM
            case Sum(terms):
                parts = [self.show(terms[0], PRODUCT)]
                for term in terms[1:]:
                    operand = term.operand if isinstance(term, Negative) else term
                    sign = "-" if isinstance(term, Negative) else self.choose(("+", " + "))
                    parts.append(sign + self.show(operand, PRODUCT))
                return "".join(parts), SUM
            case Product(factors):
                text = self.show(factors[0], FACTOR)
                for factor in factors[1:]:
                    right = self.show(factor, FACTOR)
                    without = ("", " ") if right[0] in "([\\" and not text[-1].isalpha() else (" ", "~")
                    text += self.choose((*TIMES, *(() if right[0].isdigit() else without))) + right
                return text, PRODUCT
            case Arithmetic("/", above, below):
                if self.choose(("line", "slash")) == "slash":
                    return f"{self.show(above, FACTOR)} / {self.show(below, FACTOR)}", PRODUCT
                return rf"\frac{{{self.show(above)}}}{{{self.show(below)}}}", FACTOR
            case Arithmetic("//", above, below):
                inner = self.show(Arithmetic("/", above, below))
                return self.choose(
                    (rf"\lfloor {inner} \rfloor", f"⌊{inner}⌋", rf"\operatorname{{floor}}({inner})")
                ), BASE
            case Call("ceil_div", (above, below)):
                inner = self.show(Arithmetic("/", above, below))
                return self.choose((rf"\left\lceil {inner}\right\rceil", f"⌈{inner}⌉", f"ceil({inner})")), BASE
            case Arithmetic("**", base, exponent):
                power = self.show(exponent)
                raised = [f"^{{{power}}}", f"^{power}"]
                if power.lstrip("-").isdigit():
                    raised.append(power.translate(SUPERSCRIPTS))
                return self.show(base, BASE) + self.choose(raised), FACTOR
            case Call(function, arguments):
                inner = ", ".join(map(self.show, arguments))
                return self.choose((rf"\{function}({inner})", rf"\{function}\left\{{{inner}\right\}}")), BASE
            case _:
                raise AssertionError(tree)


def value(tree: Expression, point: Mapping[str, int]) -> object:
    """Return an expression's value, or why it has none."""
    try:
        return evaluate(tree, point)
    except EvaluationError:
        return EvaluationError


PRINTED = Alphabet.of({"n_layers": "L", "d_model": r"d_{\text{model}}", "d_ff": "d_{ff}", "eps": r"\epsilon", "V": ""})


@given(tree=trees(3), point=points(tuple(SPELLINGS)), data=st.data())
def test_whatever_is_printed_is_read_back_to_the_same_values(
    tree: Expression, point: dict[str, int], data: st.DataObject
) -> None:
    text = Printer(lambda options: data.draw(st.sampled_from(list(options)))).show(tree)
    assert value(read_side(text, PRINTED), point) == value(tree, point), text


@given(
    factors=st.lists(st.sampled_from([*map(Name, SPELLINGS), number(12), number(12_288)]), min_size=1, max_size=4),
    data=st.data(),
)
def test_a_quick_look_reads_what_the_grammar_reads(factors: list[Expression], data: st.DataObject) -> None:
    printer = Printer(lambda options: data.draw(st.sampled_from(list(options))))
    text = "".join(data.draw(st.sampled_from(TIMES)) + printer.show(factor) for factor in factors)[1:].strip()
    text = text.removeprefix("times").removeprefix("cdot").removeprefix("}")
    quick = quick_product(text, PRINTED)
    if quick is not None:
        assert quick == Builder(text, PRINTED, typeset=True).sum(parsed(text))


PIECES = st.sampled_from(
    [*r"abdLV^_{}()[],.=+-*/&|~ \%x1²×⌊⌋é", "12", "1,000", r"\frac", r"\text{", r"\left", r"\lfloor", r"\times ",
     "\\\\", r"\le", "d_{model}", r"\min(", r"\mathrm", "∑", "\0", "\n", "e5", "_{", "^{"]
)  # fmt: skip


@given(text=st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=30), typeset=st.booleans())
@example(text="{" * 4_096, typeset=True)
@example(text="(" * 4_096, typeset=True)
@example(text="V^" * 2_048, typeset=True)
@example(text="V_" * 2_048, typeset=True)
@example(text="LV" * 2_048, typeset=True)
@example(text="-" * 4_096, typeset=True)
@example(text="1," * 2_048, typeset=True)
@example(text="V=" * 2_048, typeset=True)
@example(text="V" + " " * 4_094 + "h", typeset=True)
@example(text="V" + "+V" * 2_047, typeset=True)
@example(text=r"\frac{V}" * 512, typeset=True)
@example(text="\\text{" * 682, typeset=True)
def test_whatever_is_printed_is_read_or_refused_at_a_column(text: str, *, typeset: bool) -> None:
    for side in read_chain(text, ALPHABET, typeset=typeset):
        assert 0 <= side.start < side.end <= len(text)
        if isinstance(side.says, FormulaError):
            assert side.start <= side.says.column <= side.end
