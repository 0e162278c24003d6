"""What accounts for a figure or formula of a document, and how the command tells what nothing accounts for."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from small_document import exemption, source_of, spec_of
from weighbridge.documents.bind import Binding, bind
from weighbridge.documents.coverage import DocumentCoverage, changed, combined, coverage
from weighbridge.documents.inventory import inventory
from weighbridge.documents.source import Span
from weighbridge.errors import Location
from weighbridge.formula.figures import read_figure
from weighbridge.formula.parser import parse
from weighbridge.project import open_project
from weighbridge.report.covering import counts, percent
from weighbridge.report.model import Coverage
from weighbridge.spec.claim_model import (
    Assertion,
    At,
    Claim,
    Exemption,
    Formula,
    PrintedFigure,
    Qualitative,
    Quote,
    Statement,
)
from weighbridge.spec.model import Symbol

ROOT = Path(__file__).parents[1]
SEED = ROOT / "spec" / "gpt3-weights.toml"


def claim(quote: str, statement: Statement, name: str = "c", *, times: int = 1) -> Claim:
    """Return a claim that quotes."""
    return Claim(
        id=name,
        location=Location("spec/small.toml", 1),
        statement=statement,
        where=At(("tiny",)),
        quote=Quote(text=quote, times=times),
    )


def printed(figure: str, *equals: str) -> PrintedFigure:
    return PrintedFigure(read_figure(figure), tuple(map(parse, equals)))


def formula(text: str, *equals: str) -> Formula:
    return Formula(parse(text), tuple(map(parse, equals)))


def asserts(text: str) -> Assertion:
    return Assertion(parse(text))


def covered(text: str, *claims: Claim, exempt: tuple[Exemption, ...] = ()) -> DocumentCoverage:
    """Return the coverage of a document by a spec with these claims."""
    source = source_of(text)
    symbols = {name: Symbol(name=name) for name in ("d_model", "n_heads", "n_layers", "L", "d")}
    symbols["d_model"] = Symbol(name="d_model", latex=r"d_{\text{m}}")
    spec = replace(spec_of(*claims, exempt=exempt), symbols=symbols)
    # Where quotes stand, and no word about what they say: anchors are not asked for here.
    spans = {
        each.id: tuple(Span(at, at + len(quote)) for at in range(len(text)) if text.startswith(quote, at))
        for each in claims
        if each.quote is not None and (quote := each.quote.text)
    }
    return coverage(source, spec, replace(bind(source, replace(spec, claims=())), spans=spans))


def open_items(part: DocumentCoverage) -> list[str]:
    return [each.item.text for each in part.of("unaccounted")]


@pytest.mark.parametrize(
    ("text", "quote", "statement", "left"),
    [
        ("It has 96 layers of 128.", "96 layers of 128", printed("96"), ["128"]),
        ("It has 96 layers of 128.", "96 layers", printed("96"), ["128"]),
        ("It has 12,288 units.", "12,288 units", printed("12288"), []),
        ("It has 175 billion units.", "175 billion", printed("175 billion"), []),
        ("It has 175 billion units.", "175", printed("175"), ["175 billion"]),
        ("It has 96 layers.", "96 layers", printed("97"), ["96"]),
        ("It has 96 layers.", "96 layers", Qualitative("no"), ["96"]),
        ("It has ninety-six layers.", "ninety-six layers", asserts("n_layers == 96"), []),
        ("It is half of 96.", "half of 96", asserts("d == n_layers / 2"), ["96"]),
        ("It is three-quarters of it.", "three-quarters", asserts("d == 3 / 4 * L"), []),
        ("It is 1.75 × 10^11.", "1.75 × 10^11", asserts("d < 175 * 10**9"), []),
        ("It is -5 here.", "-5", asserts("d > -5"), []),
        ("It is 12,288 × 96 = 7.", "12,288 × 96 = 7", printed("7", "12_288 * 96"), []),
        ("It is 12,288 × 96 = 7.", "12,288 × 96 = 7", printed("7", "12_288 * 95"), ["12,288 × 96"]),
        (r"so $d_{\text{m}} \times L$.", r"d_{\text{m}} \times L", formula("d_model * L", "d"), []),
        (r"so $L \times d + 1$.", r"L \times d", formula("L * d", "d"), [r"L \times d + 1"]),
        (r"so $L d = 4 d$.", "L d = 4 d", formula("L * d", "d"), ["4 d"]),
        (r"so $L d = 4 d$.", "L d = 4 d", formula("L * d", "4 * d"), []),
        (r"so $L d \approx 805\,\text{MB}$.", r"805\,\text{MB}", printed("805 MB"), ["L d"]),
        (r"so $L d \approx 805\,\text{MB}$.", r"805\,\text{MB}", printed("806 MB"), ["L d", r"805\,\text{MB}"]),
        (r"so $L d = n_{heads}$ is.", "L d = n_{heads}", asserts("L * d == n_heads"), []),
        (r"so $L d^2$ is.", "L d^2", asserts("L * d == 2"), []),
        ("It has 12 layers, 12 heads.", "12 layers, 12 heads", printed("12", "n_layers"), ["12"]),
        ("It has 12 layers, 12 heads.", "12 layers, 12 heads", printed("12", "n_layers", "n_heads"), []),
        ("It has 12 layers, 12 heads.", "12 layers, 12 heads", asserts("n_layers == 12"), ["12"]),
        ("It has 12 layers, 12 heads.", "12 layers, 12 heads", asserts("n_layers == 12 and n_heads == 12"), []),
        ("It has 12 layers, 12 heads.", "12 layers, 12 heads", asserts("n_layers == n_heads == 12"), []),
        ("It has 12 or 99.", "12 or 99", asserts("n_layers == 12 or n_layers == 99"), ["12", "99"]),
        ("It has 12, 99.", "12, 99", asserts("n_layers == 12 and not n_layers == 99"), ["99"]),
        ("It has 12, 99.", "12, 99", asserts("n_layers == 12 and n_layers != 99"), ["99"]),
        ("It has 12, 99.", "12, 99", printed("12", "12 if n_layers > 1 else 99"), ["99"]),
        ("It has more than 12 of 99.", "more than 12 of 99", asserts("12 < n_layers <= 99"), []),
        (r"so $L q$ is.", "L q", asserts("L * d == 2"), ["L q"]),
        ("so $Ld$ is, $L d$.", "$Ld$ is, $L d$", asserts("L * d == 2"), []),
    ],
)
def test_a_claim_accounts_for_its_figure_its_formula_and_its_literals_within_its_quote(
    text: str, quote: str, statement: Statement, left: list[str]
) -> None:
    part = covered(text, claim(quote, statement))
    assert open_items(part) == left
    assert all(each.claims == ("small/c",) for each in part.of("claimed"))


def test_claims_that_share_a_quote_are_all_named() -> None:
    part = covered("It has 96 layers.", claim("96", printed("96")), claim("96", printed("96"), "d"))
    assert [each.claims for each in part.items] == [("small/c", "small/d")]


@pytest.mark.parametrize("quotes", [("12 layers", "12 layers, 12 heads"), ("12 layers, 12 heads", "12 heads")])
def test_each_of_two_claims_accounts_for_one_of_two_figures_that_are_alike(quotes: tuple[str, str]) -> None:
    """Whichever of them quotes more than its own."""
    layers, heads = claim(quotes[0], printed("12", "n_layers"), "layers"), claim(quotes[1], printed("12"), "heads")
    part = covered("It has 12 layers, 12 heads.", layers, heads)
    assert [each.claims for each in part.items] == [("small/layers",), ("small/heads",)]
    both = covered(
        "It has 12 layers, 12 heads.",
        *(replace(each, quote=Quote(text="12 layers, 12 heads")) for each in (layers, heads)),
    )
    assert [each.claims for each in both.items] == [("small/layers",), ("small/heads",)]


def test_an_exemption_accounts_for_its_whole_quote() -> None:
    part = covered("It has 96 layers of 128, and GPT-3 7.", exempt=(exemption("96 layers of 128"), exemption("GPT-3")))
    assert [(each.item.text, each.status, each.reasons) for each in part.items] == [
        ("96", "exempt", ("no claim",)),
        ("128", "exempt", ("no claim",)),
        ("GPT-3", "exempt", ("no claim",)),
        ("7", "unaccounted", ()),
    ]
    assert counts(part) == Coverage("doc.md", found=4, claimed=0, exempt=3, unaccounted=1)


def test_an_exempt_section_makes_no_figures_of_what_a_rule_sets_aside() -> None:
    part = covered("# A\n\nGPT-3 has 96.\n\n# B\n\nand 97", exempt=(exemption("", under=("A",)),))
    assert [(each.item.text, each.status) for each in part.items] == [
        ("GPT-3", "set aside"),
        ("96", "exempt"),
        ("97", "unaccounted"),
    ]


def test_a_claim_counts_for_more_than_an_exemption_and_both_for_more_than_a_rule() -> None:
    text = "`d = 96` and `97` and `98`"
    part = covered(text, claim("96", printed("96")), exempt=(exemption("96"), exemption("97")))
    assert [each.status for each in part.items] == ["claimed", "exempt", "set aside"]
    assert counts(part) == Coverage("doc.md", found=2, claimed=1, exempt=1, unaccounted=0)


def test_the_cells_of_a_table_are_accounted_for() -> None:
    source = source_of("| a | b |\n|---|---|\n| 12 | 13 |\n")
    cells, exempt = ((Span(22, 24), "sizes"),), ((Span(27, 29), "training"),)
    part = coverage(source, spec_of(), Binding(anchors={}, cells=cells, exempt_cells=exempt))
    assert [(each.item.text, each.claims, each.reasons) for each in part.items] == [
        ("12", ("small/sizes",), ()),
        ("13", (), ("training",)),
    ]


def test_nothing_to_account_for_is_all_of_it() -> None:
    part = covered("no figure at all, GPT-3")
    assert (part.found, part.share, set(part.rules)) == (0, Fraction(1), {"name"})


def test_specs_of_one_document_account_for_it_together() -> None:
    text = "It has 96 layers of 128."
    one, other = covered(text, claim("96", printed("96"))), covered(text, claim("128", printed("128")))
    (both,) = combined([one, other])
    assert counts(both) == Coverage("doc.md", found=2, claimed=2, exempt=0, unaccounted=0)
    assert [part.document for part in combined([replace(one, document="b"), replace(one, document="a")])] == ["a", "b"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("1 and 2", "1 and 2", []),
        ("1 and 2", "1 and 3 and 2", ["3"]),
        ("1 and 2", "1 and 3", ["3"]),
        ("1 and 2", "2", []),
        ("1 and 2", "words around 1\n\nand **2**", []),
        ("1 and 2", "1 and GPT-3 and 2", []),
        ("1", "$a \\times b$ 1", ["a \\times b"]),
        ("", "1 and 2", ["1", "2"]),
    ],
)
def test_what_was_added_or_edited(before: str, after: str, expected: list[str]) -> None:
    now = covered(after)
    assert [each.item.text for each in changed(now, inventory(source_of(before)))] == expected


def test_percentages_are_rounded_down() -> None:
    assert [percent(Fraction(n, 3000)) for n in (3000, 2999, 2000, 0)] == ["100%", "99.9%", "66.6%", "0%"]


# --- The document that this project starts from ---------------------------------------------------------------


def test_the_seed_document_is_accounted_for_whole() -> None:
    """By eye: 16 figures in digits, one in a word, 7 formulas in symbols and one in figures; GPT-3 four times."""
    (loaded,) = open_project([str(SEED)]).loaded
    assert loaded.source is not None
    part = coverage(loaded.source, loaded.spec, loaded.binding)
    assert counts(part) == Coverage("spec/documents/gpt3-weights.md", found=29, claimed=25, exempt=4, unaccounted=0)
    assert {rule: len(found) for rule, found in part.rules.items()} == {"list marker": 4, "pronoun": 3}
    assert [each.item.text for each in part.of("exempt")] == ["GPT-3"] * 4


def test_the_reference_document_is_accounted_for_by_the_same_spec(tmp_path: Path) -> None:
    reference = ROOT.parent / "shared" / "documents" / "gpt3-weights.md"
    if not reference.is_file():
        pytest.skip(f"the reference document is not here: {reference}")
    (tmp_path / "documents").mkdir()
    shutil.copy(reference, tmp_path / "documents")
    (loaded,) = open_project([str(shutil.copy(SEED, tmp_path))], root=str(tmp_path)).loaded
    assert loaded.source is not None
    part = coverage(loaded.source, loaded.spec, loaded.binding)
    assert counts(part) == Coverage("documents/gpt3-weights.md", found=30, claimed=25, exempt=5, unaccounted=0)
    assert {rule: len(found) for rule, found in part.rules.items()} == {"list marker": 4, "link": 2}


def test_without_a_claim_exactly_what_it_alone_accounts_for_is_open() -> None:
    (loaded,) = open_project([str(SEED)]).loaded
    source, spec = loaded.source, loaded.spec
    assert source is not None
    whole = coverage(source, spec, loaded.binding)
    alone = 0
    for each in spec.claims:
        spans = {name: span for name, span in loaded.binding.spans.items() if name != each.id}
        rest = replace(spec, claims=tuple(other for other in spec.claims if other is not each))
        part = coverage(source, rest, replace(loaded.binding, spans=spans))
        due = [entry.item for entry in whole.items if entry.claims == (f"gpt3-weights/{each.id}",)]
        assert [entry.item for entry in part.of("unaccounted")] == due
        assert part.found == whole.found
        alone += len(due)
    assert alone > 15


def test_editing_any_claimed_figure_of_the_seed_document_leaves_it_unaccounted() -> None:
    """The edited figure is no longer the one that is claimed, even where its quote is found again in its place."""
    (loaded,) = open_project([str(SEED)]).loaded
    assert loaded.source is not None
    text = loaded.source.text
    whole = coverage(loaded.source, loaded.spec, loaded.binding)
    spans = [each.item.span for each in whole.of("claimed") if each.item.text[0].isdecimal()]
    assert len(spans) == 17
    for span in spans:
        last = max(at for at in range(span.start, span.end) if text[at].isdecimal())
        edited = source_of(text[:last] + str((int(text[last]) + 1) % 10) + text[last + 1 :])
        part = coverage(edited, loaded.spec, bind(edited, loaded.spec))
        assert span.start in [each.item.span.start for each in part.of("unaccounted")], text[span.start : span.end]


# --- Documents and quotes of any kind ---------------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        *(
            "12",
            "96",
            "1,000",
            "half",
            "GPT-3",
            "a",
            " ",
            "\n",
            "\n\n",
            "- ",
            "# ",
            "| ",
            "`",
            "**",
            "<",
            ">",
            "&",
            "%",
        ),
        *("$", "\\(", "\\)", "\\times ", "=", "^", "_", "{", "}", "[", "]", "(", ")"),
    ]
)
TEXTS = st.lists(WORDS, max_size=25).map("".join)
STATEMENTS = st.sampled_from(
    [printed("96"), printed("1,000", "d / 2"), formula("12 * d", "L"), asserts("d > 1 / 2"), Qualitative("no")]
)


@given(text=TEXTS, quotes=st.lists(st.tuples(TEXTS, STATEMENTS), max_size=4), spared=st.lists(TEXTS, max_size=2))
@settings(max_examples=300, deadline=None)
def test_any_document_and_any_quotes_are_counted(
    text: str, quotes: list[tuple[str, Statement]], spared: list[str]
) -> None:
    claims = [claim(quote, statement, f"c{n}", times=0) for n, (quote, statement) in enumerate(quotes) if quote.strip()]
    exempt = tuple(exemption(quote, times=0) for quote in spared if quote.strip())
    source, spec = source_of(text), spec_of(*claims, exempt=exempt)
    part = coverage(source, spec, bind(source, spec))
    assert [each.item for each in part.items] == list(inventory(source))
    row = counts(part)
    assert row.found == row.claimed + row.exempt + row.unaccounted
    assert len(part.items) == row.found + sum(map(len, part.rules.values()))
    assert changed(part, inventory(source)) == ()
