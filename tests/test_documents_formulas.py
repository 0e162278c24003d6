"""A claim's formula must say what its quote prints, whatever the typography; what differs has changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from small_document import claim, source_of, spec_of
from weighbridge.documents.bind import Binding, bind
from weighbridge.documents.read import read_document
from weighbridge.errors import Location, SpecErrors
from weighbridge.formula.parser import parse
from weighbridge.spec.claim_model import Claim, Everywhere, Formula, Quote
from weighbridge.spec.model import Quantity, Spec, Symbol
from weighbridge.spec.read import read_spec
from weighbridge.verdict import Anchor

SYMBOLS = {"n_layers": "L", "d_model": "", "d_ff": "", "V": "", "h": ""}


def formula_claim(name: str, formula: str, quote: Quote, *, line: int = 1) -> Claim:
    """Return a claim that a formula holds everywhere."""
    statement = Formula(parse(formula), ())
    return replace(claim(name, quote, line=line), statement=statement, where=Everywhere())


def spec_with(*claims: Claim) -> Spec:
    """Return a spec of a few symbols, and a quantity `layer` of 12 * d_model ** 2."""
    symbols = {name: Symbol(name=name, latex=latex) for name, latex in SYMBOLS.items()}
    layer = Quantity(name="layer", expression=parse("12 * d_model ** 2"))
    return replace(spec_of(*claims), symbols=symbols, quantities={"layer": layer})


def binding_of(text: str, formula: str, quote: str, *others: str) -> Binding:
    """Bind a claim `it`, and others that quote figures in words, to a text."""
    more = [claim(f"c{index}", Quote(text=each)) for index, each in enumerate(others)]
    return bind(source_of(text), spec_with(formula_claim("it", formula, Quote(text=quote)), *more))


def anchor_of(text: str, formula: str, quote: str, *others: str) -> Anchor:
    """Return the anchor of a claim in a document without mistakes."""
    binding = binding_of(text, formula, quote, *others)
    assert binding.errors == ()
    return binding.anchors["it"]


def changed(column: int, prints: str, says: str) -> Anchor:
    return Anchor("changed", Location("doc.md", 1, column), f"document prints {prints}, the spec says {says}")


@pytest.mark.parametrize(
    ("text", "formula", "quote"),
    [
        (r"all $12 L d_{model}^2$.", "12 * n_layers * d_model ** 2", "12 L d_{model}^2"),
        (r"all $12 L d_{model}^2$.", "n_layers * layer", "12 L d_{model}^2"),
        (r"all $12 L d_{model}^2$.", "n_layers * 3 * (2 * d_model) ** 2", "all $12 L d_{model}^2$"),
        (r"$N = 12 L d_{model}^2$", "12 * n_layers * d_model ** 2", "N = 12 L d_{model}^2"),
        (r"$N = 12 L d_{model}^2$", "12 * n_layers * d_model ** 2", "12 L d_{model}^2"),
        (r"$$\frac{V}{h} \approx 12$$", "V / h", r"\frac{V}{h} \approx 12"),
        (r"$\lceil V / 64 \rceil$", "ceil_div(V, 64)", r"\lceil V / 64 \rceil"),
        (r"$\lceil V / 64 \rceil$", "-(-V // 64)", r"\lceil V / 64 \rceil"),
        ("so 12 × n_layers × d_model² in all", "12 * n_layers * d_model ** 2", "12 × n_layers × d_model² in all"),
        ("so `d_model / h` wide", "d_model / h", "d_model / h"),
        ("so 24 x 128 wide", "24 * 128", "24 x 128"),
        ("so 12 * n_layers * d_model**2 in all", "12 * n_layers * d_model ** 2", "12 * n_layers * d_model**2"),
        ("so 12 × d_model<sup>2</sup> in all", "12 * d_model ** 2", "12 × d_model<sup>2</sup>"),
        # A symbol that is set in HTML is words, and its power is no formula that begins there.
        ("so d<sub>model</sub>² × 12 in all", "12 * d_model ** 2", "d<sub>model</sub>² × 12"),
        # A raised digit behind a word is a footnote.
        ("of layers<sup>2</sup> it has 12 × d_model", "12 * d_model", "layers<sup>2</sup> it has 12 × d_model"),
    ],
)
def test_a_quote_that_prints_the_formula_is_found(text: str, formula: str, quote: str) -> None:
    assert anchor_of(text, formula, quote).state == "found"


def test_a_quote_in_words_is_left_alone() -> None:
    for text in ("as many as heads in 12 layers", "2026-11-24", "the d_model of V", "heads × layers"):
        assert anchor_of(text, "n_layers * h", text).state == "found"


@pytest.mark.parametrize(
    ("text", "quote", "column", "shown"),
    [
        ("each has 4 × d_ff weights", "4 × d_model", 10, "4 × d_ff"),
        ("each has 4 × d_ff weights", "has 4 × d_model weights", 10, "4 × d_ff"),
        ("each has V × h weights", "V × d_model", 10, "V × h"),
        ("each has `4 * d_ff` of them, not 12", "4 * d_model", 11, "4 * d_ff"),
        ("each has $4 d_ff + 4$, not 12", "4 d_model + 4", 11, "4 d_ff + 4"),
        ("so V × h = 2 × d_ff, where h = 12", "V × h = 2 × d_model", 4, "V × h = 2 × d_ff"),
        ("so V × h = 2 × d_ff, where h = 12", "2 × d_model", 12, "2 × d_ff"),
        ("of h × V and 4 × d_ff", "4 × d_model", 14, "4 × d_ff"),
        ("in 2026-27", "2026/27", 4, "2026-27"),
    ],
)
def test_a_formula_in_plain_text_that_was_edited_has_changed(text: str, quote: str, column: int, shown: str) -> None:
    message = f"expected '{quote}', the document now prints '{shown}'"
    anchor = anchor_of(text, "4 * d_model", quote)
    assert anchor == Anchor("changed", Location("doc.md", 1, column), message)


@pytest.mark.parametrize("text", ["it has V / 2 weights", "4 layers of d_model", "either/or, and 3 × bigger"])
def test_a_formula_in_plain_text_that_nothing_is_like_is_gone(text: str) -> None:
    assert anchor_of(text, "4 * d_model", "4 × d_model").state == "gone"


def test_a_formula_that_another_claim_quotes_is_not_what_a_lost_one_has_become() -> None:
    text = "each has 4 × d_ff and 2 × d_ff"
    claims = {"one": ("4 * d_ff", "4 × d_ff"), "two": ("4 * d_model", "4 × d_model")}
    spec = spec_with(*(formula_claim(name, says, Quote(text=quote)) for name, (says, quote) in claims.items()))
    anchors = bind(source_of(text), spec).anchors
    assert anchors["one"].state == "found"
    assert anchors["two"].message == "expected '4 × d_model', the document now prints '2 × d_ff'"


@pytest.mark.parametrize(
    ("text", "formula", "quote", "expected"),
    [
        (
            r"$V \times d_{model}$",
            "V * d_ff",
            r"V \times d_{model}",
            changed(2, "V * d_model", "V * d_ff"),
        ),
        (
            "so 12 * n_layers * d_model**2 in all",
            "12 * n_layers * d_model ** 3",
            "12 * n_layers * d_model**2",
            changed(4, "12 * n_layers * d_model ** 2", "12 * n_layers * d_model ** 3"),
        ),
        (
            "so d_model<sup>2</sup> in all",
            "d_model ** 3",
            "d_model<sup>2</sup>",
            changed(4, "d_model ** 2", "d_model ** 3"),
        ),
        (
            r"so $N = V h = 12 \times 3$.",
            "V + h",
            "V h",
            changed(9, "V * h", "V + h"),
        ),
        (
            r"so $V h \approx 12,288 \times 3$.",
            "V + h",
            r"so $V h \approx 12,288 \times 3$",
            changed(1, "V * h ≈ 12_288 * 3", "V + h"),
        ),
        ("so 12 × n_layers × 2 wide", "24 * h", "12 × n_layers × 2", changed(4, "12 * n_layers * 2", "24 * h")),
        (r"$\frac{V}{h}$", "V // h", r"\frac{V}{h}", changed(2, "V / h", "V // h")),
        (r"$\min(V, h)$", "max(V, h)", r"\min(V, h)", changed(2, "min(V, h)", "max(V, h)")),
        (r"$12 L$", "layer", "12 L", changed(2, "12 * n_layers", "layer")),
    ],
)  # fmt: skip
def test_a_quote_that_prints_another_formula_has_changed(text: str, formula: str, quote: str, expected: Anchor) -> None:
    assert anchor_of(text, formula, quote) == expected


@pytest.mark.parametrize(
    ("text", "prints"),
    [
        (r"$V h \times 2$", "V * h * 2"),
        (r"$2 V h$", "2 * V * h"),
        (r"$V h + 1$", "V * h + 1"),
        (r"$V h^2$", "V * h ** 2"),
        (r"$(V h)^2$", "(V * h) ** 2"),
        (r"$\frac{V h}{2}$", "V * h / 2"),
        ("2 × V × h", "2 * V * h"),
    ],
)
def test_a_quote_that_is_a_part_of_a_formula_answers_for_all_of_it(text: str, prints: str) -> None:
    """The same words still stand there, but the document says something else now."""
    anchor = anchor_of(text, "V * h", "V × h" if "×" in text else "V h")
    assert (anchor.state, anchor.message) == ("changed", f"document prints {prints}, the spec says V * h")


def test_the_terms_of_a_sum_may_be_quoted_one_by_one_if_all_are() -> None:
    text = r"$V h + 4 L - 2 h$"
    assert anchor_of(text, "V * h", "V h", "4 L", "2 h").state == "found"
    assert anchor_of(text, "V * h - 1", "V h", "4 L", "2 h") == changed(2, "V * h", "V * h - 1")
    assert anchor_of(text, "V * h", "V h", "4 L").message == (
        "document prints V * h + 4 * n_layers - 2 * h, the spec says V * h"
    )
    assert anchor_of(r"$V h \times 2$", "V * h", "V h", "2").state == "changed"


KNOWN = "; known here: 'L', 'V', 'd_ff', 'd_model', 'h', 'layer', 'n_layers'"


@pytest.mark.parametrize(
    ("text", "quote", "place", "what", "hint"),
    [
        (
            "so $12 L \\times\n  d_{modell}$",
            "12 L \\times d_{modell}",
            "2:3",
            "unknown symbol 'd_{modell}'",
            "; did you mean 'd_model'?",
        ),
        (
            r"> so $V = \sqrt{h}$",
            r"V = \sqrt{h}",
            "1:11",
            r"'\sqrt' can not be read",
            "; roots are not part of the language",
        ),
        ("$2 + (h$", "2 + (h", "1:8", "a bracket is not closed", ""),
        (
            "so $N$ is",
            "$N$",
            "1:5",
            "unknown symbol 'N'",
            KNOWN,
        ),
        ("so $n = h + q$ is", "n = h + q", "1:13", "unknown symbol 'q'", KNOWN),
    ],
)
def test_a_quoted_formula_that_can_not_be_read_is_an_error_where_it_stands(
    text: str, quote: str, place: str, what: str, hint: str
) -> None:
    binding = bind(source_of(text), spec_with(formula_claim("it", "12 * h", Quote(text=quote))))
    expected = f"doc.md:{place}: error: {what}, in a formula that a claim of spec/small.toml quotes{hint}"
    assert [str(error) for error in binding.errors] == [expected]


def test_maths_that_no_formula_claim_quotes_is_nobodys_mistake() -> None:
    binding = bind(source_of(r"$\sqrt{V}$ and $q_{foo} = 3$"), spec_with(claim("it", Quote(text=r"\sqrt{V}"))))
    assert (binding.errors, binding.anchors["it"].state) == ((), "found")


@pytest.mark.parametrize(
    "printed",
    [
        r"V \cdot d_\text{model}",
        r"V\,\times\,d_{{model}}",
        "V * d_{model}",
        r"V d_{\mathrm{model}}",
        "V\n× d_{model}",
    ],
)
def test_a_formula_is_found_in_any_typography(printed: str) -> None:
    anchor = anchor_of(f"so $h = {printed} = 12$", "V * d_model", r"V \times d_{model}")
    assert anchor == Anchor("found", Location("doc.md", 1, 9))


def test_a_formula_in_another_order_is_not_the_same_typography() -> None:
    assert anchor_of(r"$d_{model} \times V$", "V * d_model", r"V \times d_{model}").state == "changed"


def test_other_relations_between_the_same_sides_are_not_the_same_typography() -> None:
    assert anchor_of(r"$V \cdot h \le 12$", "V * h", r"V \times h = 12").state == "changed"
    assert anchor_of(r"$V \cdot h ≈ 12$", "V * h", r"V \times h \approx 12").state == "found"


def test_places_in_the_quotes_own_spelling_and_in_another_count_together() -> None:
    quote = Quote(text=r"V \times h", times=2)
    binding = bind(source_of(r"$1 + V \times h$ and $V h$"), spec_with(claim("it", quote)))
    assert (binding.errors, binding.anchors["it"].state, len(binding.spans["it"])) == ((), "found", 2)


def test_a_formula_that_has_moved_is_held_against_its_claim_too() -> None:
    text = "# One\nnothing\n# Two\n$V h$\n"
    for formula, state in (("V * h", "moved"), ("V * L", "changed")):
        quote = Quote(text="V h", under=("One",))
        binding = bind(source_of(text), spec_with(formula_claim("it", formula.replace("L", "n_layers"), quote)))
        assert (binding.errors, binding.anchors["it"].state) == ((), state)


ALIKE = "give one of them another 'latex'"


def test_symbols_that_a_document_prints_alike_are_a_mistake_of_the_spec() -> None:
    text = r"""
[document]
title = "A"
cite = "B"
[symbols]
n_layers = { latex = 'L' }
d_model = { latex = '\text{d}_m' }
L = "another"
width = { latex = 'd_{m}' }
d_m = { latex = 'd' }
"""
    with pytest.raises(SpecErrors) as caught:
        read_spec("spec/a.toml", text.encode())
    assert [(str(error.location), error.message, error.hint) for error in caught.value.errors] == [
        ("spec/a.toml:8:1", "[symbols]: symbols 'n_layers' and 'L' are both printed 'L'", ALIKE),
        ("spec/a.toml:9:1", "[symbols]: symbols 'd_model' and 'width' are both printed 'd_{m}'", ALIKE),
    ]


PIECES = ["$", "$$", "\\(", "\\)", "d_{model}", "V", "12,288", "\\times ", " × ", "+", "=", "^", "{", "}", "(", ")",
          "**", "`", "\n", "> ", "- ", "a", "é", "&amp;", "\\frac{V}{h}", " ", "L h"]  # fmt: skip


@given(pieces=st.lists(st.sampled_from(PIECES), max_size=25), part=st.tuples(st.integers(0, 60), st.integers(1, 30)))
def test_whatever_is_printed_a_formula_claim_has_an_anchor_or_an_error(
    pieces: list[str], part: tuple[int, int]
) -> None:
    text = "".join(pieces)
    quote = text[part[0] : sum(part)]
    binding = binding_of(text, "d_model * V", quote)
    if not binding.errors:
        assert binding.anchors["it"].state in ("found", "changed", "gone")
    for error in binding.errors:
        assert error.location.path in ("doc.md", "spec/small.toml")


# --- The GPT-3 document -------------------------------------------------------------------------------------------

ROOT = Path(__file__).parents[1]
SPEC = ROOT / "spec" / "gpt3-weights.toml"
DOCUMENT = ROOT / "spec" / "documents" / "gpt3-weights.md"
TEXT = DOCUMENT.read_text(encoding="utf-8")
MATHS = re.compile(r"\$(.+?)\$|\\\((.+?)\\\)")
SYMBOL = re.compile(r"[dn]_\{(?:\\text\{|\{)?([a-z]+)\}?\}")
#: As the document could print them: the declared symbols, and one that nobody declared.
PRINTED = {
    **{f"n_{name}": rf"n_{{\text{{{name}}}}}" for name in ("layers", "vocab", "heads", "neurons", "ctx")},
    **{f"d_{name}": rf"d_{{\text{{{name}}}}}" for name in ("embed", "query", "value")},
    "undeclared": r"d_{\text{model}}",
}


@pytest.fixture(name="spec", scope="module")
def gpt3_spec() -> Spec:
    return read_spec("spec/gpt3-weights.toml", SPEC.read_bytes())


def bound(text: str, spec: Spec) -> Binding:
    return bind(read_document("spec/documents/gpt3-weights.md", text.encode()), spec)


def symbols() -> Iterator[tuple[int, int, str]]:
    """Yield where each symbol of each formula stands in the document, and its name."""
    for maths in MATHS.finditer(TEXT):
        for match in SYMBOL.finditer(TEXT, *maths.span()):
            yield *match.span(), f"{match[0][0]}_{match[1]}"


def test_the_document_has_the_symbols_that_are_known() -> None:
    assert [name for _, _, name in symbols()] == [
        "d_embed", "n_vocab", "d_embed", "n_vocab",
        "d_query", "d_embed", "n_heads", "n_layers",
        "d_embed", "d_value", "n_heads", "n_layers",
        "n_neurons", "d_embed", "n_layers",
        "d_embed", "n_neurons", "n_layers",
        "n_vocab", "d_embed",
        "d_embed", "n_vocab",
    ]  # fmt: skip


@pytest.mark.parametrize(("start", "end", "name"), list(symbols()))
def test_another_symbol_in_any_place_of_any_formula_is_noticed_there(
    start: int, end: int, name: str, spec: Spec
) -> None:
    """Every claim that quotes the formula has changed: at its line and column, with what stands there now."""
    before = bound(TEXT, spec)
    quoting = [each for each, spans in before.spans.items() if any(s.start <= start and end <= s.end for s in spans)]
    assert quoting
    for other, printed in PRINTED.items():
        if other == name:
            continue
        after = bound(TEXT[:start] + printed + TEXT[end:], spec)
        assert after.errors == ()
        for each in quoting:
            (old,) = before.spans[each]
            was, now = TEXT[old.start : old.end], TEXT[old.start : start] + printed + TEXT[end : old.end]
            line = TEXT.count("\n", 0, old.start) + 1
            column = old.start - TEXT.rfind("\n", 0, old.start)
            assert after.anchors[each] == Anchor(
                "changed",
                Location("spec/documents/gpt3-weights.md", line, column),
                f"expected '{was}', the document now prints '{now}'",
            )
        states = {each: anchor.state for each, anchor in after.anchors.items() if each not in quoting}
        assert set(states.values()) == {"found"}


@pytest.mark.parametrize(("start", "end", "name"), list(symbols()))
def test_a_quote_that_follows_the_document_and_a_formula_that_does_not_are_held_against_each_other(
    start: int, end: int, name: str, spec: Spec
) -> None:
    before = bound(TEXT, spec)
    for other, printed in PRINTED.items():
        if other == name:
            continue
        text = TEXT[:start] + printed + TEXT[end:]
        for each in spec.claims:
            if not isinstance(each.statement, Formula) or each.quote is None:
                continue
            (span,) = before.spans[each.id]
            if not (span.start <= start and end <= span.end):
                continue
            quote = replace(each.quote, text=text[span.start : span.end + len(printed) - (end - start)])
            binding = bound(text, replace(spec, claims=(replace(each, quote=quote),)))
            place = read_document("spec/documents/gpt3-weights.md", text.encode()).location(start)
            if other == "undeclared":
                (error,) = binding.errors
                assert (error.location, error.message) == (
                    place,
                    rf"unknown symbol '{printed}', in a formula that a claim of spec/gpt3-weights.toml quotes",
                )
            else:
                anchor = binding.anchors[each.id]
                factors = each.text.split(" * ")
                index = [n for s, _, n in symbols() if span.start <= s < span.end].index(name)
                factors[index] = other
                says = f"document prints {' * '.join(factors)}, the spec says {each.text}"
                assert (anchor.state, anchor.message) == ("changed", says)


@pytest.mark.parametrize(
    ("pattern", "instead"),
    [
        (r"\\times", "×"),
        (r"\\times", r"\\cdot"),
        (r"\\times", "·"),
        (r"\\times", r"\\,\\times\\,"),
        (r"\\text\{(\w+)\}", r"\1"),
        (r"\{\\text\{(\w+)\}\}", r"\\text{\1}"),
        (r"_\{+(?:\\text\{)?(\w+)\}+", r"_{\\mathrm{\1}}"),
        (r"(\d),(\d{3})(?= \\times| ?\\\)|\$)", r"\1{,}\2"),
        (r"\$(.+?)\$", r"\\(\1\\)"),
        (r"\\times ", "\\\\times\n"),
        (" ", "\u00a0"),
    ],
)
def test_typography_changes_no_anchor(pattern: str, instead: str, spec: Spec) -> None:
    if pattern == " ":
        text = MATHS.sub(lambda maths: maths[0].replace(" ", instead), TEXT)
    else:
        text = re.sub(pattern, instead, TEXT)
    assert text != TEXT
    binding = bound(text, spec)
    assert binding.errors == ()
    assert {name: anchor.state for name, anchor in binding.anchors.items()} == {
        each.id: "found" for each in spec.claims if each.quote is not None
    }
