"""What a spec says is what is read: every key lands in its place, and limits hold."""

from __future__ import annotations

import datetime

import pytest

from weighbridge.errors import Location, SpecErrors
from weighbridge.formula.parser import parse
from weighbridge.spec.claim_model import At, Everywhere, Formula, Over, PrintedFigure, Qualitative, Quote
from weighbridge.spec.model import Spec
from weighbridge.spec.names import MAX_NAMES, MAX_TOTAL
from weighbridge.spec.read import MAX_BYTES, read_spec

BASE = """
[document]
title = "A model"
path = "documents/a.md"
[symbols]
n = "layers"
d = { text = "width", latex = "d_m", min = 0 }
[conventions]
tied = false
[tensors]
embedding = { shape = ["d", 10] }
[models.a]
n = 2
d = 3
[grids.g]
n = "1..3"
d = [4, 2]
"""


def spec_of(text: str = "", path: str = "spec/x.toml", base: str = BASE) -> Spec:
    return read_spec(path, (base + text).encode())


def errors_of(data: bytes | str) -> str:
    with pytest.raises(SpecErrors) as caught:
        read_spec("x.toml", data.encode() if isinstance(data, str) else data)
    return str(caught.value)


def test_declarations_land_in_their_places() -> None:
    spec = spec_of()
    assert (spec.id, spec.path, spec.document.path) == ("x", "spec/x.toml", "spec/documents/a.md")
    assert [(symbol.name, symbol.text, symbol.latex, symbol.minimum) for symbol in spec.symbols.values()] == [
        ("n", "layers", "", 1), ("d", "width", "d_m", 0),
    ]  # fmt: skip
    assert spec.models["a"].values == {"n": 2, "d": 3}
    assert [axis.values for axis in spec.grids["g"].axes] == [range(1, 4), (2, 4)]
    assert spec.grids["g"].points == 6


def test_models_inherit_values_assumptions_and_conventions() -> None:
    spec = spec_of(
        '[models.b]\nlike = "a"\nd = "n * 5"\nassumed = "a guess"\nconventions = { tied = true }\n'
        '[models.c]\nlike = "b"\nn = 7\n[models.d]\nlike = "b"\nd = 4\n'
    )
    assert spec.models["b"].values == {"n": 2, "d": 10}
    assert spec.models["b"].assumed == {"d": "a guess"}
    assert spec.models["c"].values == {"n": 7, "d": 35}
    assert spec.models["c"].assumed == {"d": "a guess"}
    assert spec.models["c"].conventions == {"tied": True}
    assert spec.models["d"].assumed == {}  # what a model says itself is no longer the assumption of another


def test_a_condition_among_the_values_of_a_model_is_told() -> None:
    assert errors_of(BASE + '[models.b]\nlike = "a"\nd = "1 + (2 > 1)"\n') == (
        "x.toml:20:6: error: model 'b': expected a number, found a condition: '2 > 1'"
    )


def test_a_claim_keeps_all_that_it_says() -> None:
    (claim,) = spec_of(
        '[[claim]]\nid = "c"\nunder = ["Sizes", "Small"]\nquote = "30 parameters"\ntimes = "any"\nprinted = "30"\n'
        'equals = ["embedding", "3 * 10"]\nassuming = "n > 1"\nconventions = { tied = true }\nevidence = "evaluated"\n'
        'precision = "10"\nbecause = "it is rounded"\nnote = "a note"\n'
        '[claim.waive]\nreason = "known"\nexpires = 2027-06-30\nprinted = "30"\n'
    ).claims
    assert isinstance(claim.statement, PrintedFigure)
    assert claim.statement.figure.interval == "[25, 35)"
    assert claim.statement.equals == (parse("embedding"), parse("3 * 10"))
    assert claim.quote == Quote(text="30 parameters", under=("Sizes", "Small"), times=0)
    assert claim.where == At(("a",), listed=False)
    assert (claim.text, claim.because, claim.note, claim.evidence) == ("30", "it is rounded", "a note", "evaluated")
    assert claim.assuming == (parse("n > 1"),)
    assert claim.conventions == {"tied": True}
    assert claim.waiver is not None
    assert (claim.waiver.expires, claim.waiver.pin) == (datetime.date(2027, 6, 30), "30")
    assert claim.location == Location("spec/x.toml", 18, 1)


def test_where_a_claim_ranges() -> None:
    claims = spec_of(
        '[models.b]\nlike = "a"\n'
        '[[claim]]\nid = "1"\nasserts = "d > 1"\nat = "a"\n'
        '[[claim]]\nid = "2"\nasserts = "d > 1"\nat = "*"\n'
        '[[claim]]\nid = "3"\nasserts = "d > 1"\nover = "g"\n'
        '[[claim]]\nid = "4"\nasserts = "d > 1"\nover = "everywhere"\n'
        '[[claim]]\nid = "5"\nqualitative = "taste"\n'
    ).claims
    assert [claim.where for claim in claims] == [
        At(("a",), listed=False), At(("a", "b"), listed=True), Over("g"), Everywhere(), At(()),
    ]  # fmt: skip
    assert claims[4].statement == Qualitative("taste")


def test_a_printed_figure_with_a_place_is_its_own_quote() -> None:
    claims = spec_of(
        '[[claim]]\nid = "1"\nprinted = "30"\nequals = "embedding"\nunder = "Sizes"\n'
        '[[claim]]\nid = "2"\nprinted = "30"\nequals = "embedding"\ntimes = 2\n'
        '[[claim]]\nid = "3"\nprinted = "30"\nequals = "embedding"\n'
        '[[claim]]\nid = "4"\nprinted = "30"\nequals = "embedding"\nquote = "30 in all"\nnth = 2\n'
    ).claims
    assert [claim.quote for claim in claims] == [
        Quote(text="30", under=("Sizes",)), Quote(text="30", times=2), None, Quote(text="30 in all", nth=2),
    ]  # fmt: skip


def test_defaults_hold_for_claims_that_do_not_say_otherwise() -> None:
    spec = spec_of(
        '[defaults]\nat = "b"\nunder = "Sizes"\nassuming = "n > 1"\nconventions = { tied = true }\n'
        'evidence = "evaluated"\nabout = "5%"\nbecause = "rough"\nnote = "a default"\n'
        '[models.b]\nlike = "a"\n'
        '[[claim]]\nid = "1"\nprinted = "30"\nequals = "embedding"\n'
        '[[claim]]\nid = "2"\nformula = "d"\nequals = "n"\nover = "g"\nnote = "its own"\nassuming = "d > 1"\n'
        '[[claim]]\nid = "3"\nprinted = "30"\nequals = "embedding"\nrounding = "down"\nbecause = "cut"\n'
        '[[claim]]\nid = "4"\nasserts = "d > 1"\nat = "a"\nconventions = {}\n'
        '[[claim]]\nid = "5"\nqualitative = "taste"\n'
    )
    first, second, third, fourth, fifth = spec.claims
    assert (first.where, first.because, first.note, first.evidence) == (At(("b",)), "rough", "a default", "evaluated")
    assert first.quote == Quote(text="30", under=("Sizes",))
    assert first.conventions == {"tied": True}
    assert isinstance(first.statement, PrintedFigure)
    assert first.statement.figure.interval == "[28.5, 31.5]"
    # An evidence that a grid can not give is passed over; its own words replace the default whole.
    assert (second.where, second.evidence, second.note) == (Over("g"), None, "its own")
    assert second.assuming == (parse("d > 1"),)
    assert isinstance(second.statement, Formula)
    assert str(second.statement.about) == "1/20"
    assert isinstance(third.statement, PrintedFigure)
    assert (third.statement.figure.interval, third.because) == ("[30, 31)", "cut")
    assert (fourth.where, fourth.conventions, fourth.because) == (At(("a",)), {}, "")
    assert (fifth.where, fifth.assuming, fifth.because) == (At(()), (), "")


def test_an_override_of_ones_own_needs_a_reason_of_ones_own() -> None:
    text = (
        '[defaults]\nabout = "5%"\nbecause = "rough"\n'
        '[[claim]]\nid = "1"\nprinted = "30"\nequals = "embedding"\nrounding = "down"\n'
    )
    assert errors_of(BASE + text) == (
        "x.toml:25:1: error: claim '1': 'rounding' needs a 'because'; say why the figure is read in another way"
    )


def test_waivers_and_errata_may_each_speak_of_some_models() -> None:
    (claim,) = spec_of(
        '[models.b]\nlike = "a"\n[models.c]\nlike = "a"\n'
        '[[claim]]\nid = "1"\nformula = "d"\nequals = "n"\nat = "*"\n'
        '[[claim.erratum]]\nat = "a"\nreason = "r"\nformula = "d"\ncorrect = "n"\n'
        '[[claim.erratum]]\nat = ["b"]\nreason = "s"\nformula = "d"\n'
        '[[claim.waive]]\nat = "c"\nreason = "t"\nexpires = 2030-01-01\nformula = "d"\n'
    ).claims
    assert [(each.at, each.reason, each.pin, each.correct_text) for each in claim.errata] == [
        (("a",), "r", "d", "n"), (("b",), "s", "d", ""),
    ]  # fmt: skip
    assert claim.errata[0].correct == Formula(parse("n"), (parse("n"),))
    assert claim.errata[1].correct is None
    assert claim.waiver is None
    assert [waiver.at for waiver in claim.waivers] == [("c",)]


def test_a_correction_is_read_with_the_precision_of_its_claim() -> None:
    (claim,) = spec_of(
        '[[claim]]\nid = "1"\nprinted = "40"\nequals = "embedding"\nprecision = "10"\nbecause = "rounded"\n'
        '[claim.erratum]\nreason = "r"\nprinted = "40"\ncorrect = "30"\n'
    ).claims
    correct = claim.errata[0].correct
    assert isinstance(correct, PrintedFigure)
    assert correct.figure.interval == "[25, 35)"


def test_exemptions() -> None:
    figure, section = spec_of(
        '[[exempt]]\nquote = "GPT-3"\nunder = "Sizes"\ntimes = 3\nreason = "a name"\n'
        '[[exempt]]\nunder = "Other"\nreason = "about others"\n'
    ).exemptions
    assert (figure.quote, figure.reason) == (Quote(text="GPT-3", under=("Sizes",), times=3), "a name")
    assert (section.quote, section.under) == (None, ("Other",))


@pytest.mark.parametrize(
    ("spec", "document", "expected"),
    [
        ("x.toml", "a.md", "a.md"),
        ("spec/x.toml", "../README.md", "README.md"),
        ("spec/deep/x.toml", "../documents/./a b.md", "spec/documents/a b.md"),
    ],
)
def test_a_documents_path_is_relative_to_its_spec(spec: str, document: str, expected: str) -> None:
    assert spec_of(path=spec, base=BASE.replace("documents/a.md", document)).document.path == expected


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../../x.md", "../..", "../x/../../y.md", "C:/x.md", "a\\\\b.md", "a\\nb"]
)
def test_a_document_outside_the_project_is_refused(path: str) -> None:
    with pytest.raises(SpecErrors, match=r"\[document\]: '.*' is (outside the project|no path)"):
        spec_of(base=BASE.replace("documents/a.md", path))


def test_an_id_defaults_to_the_files_name_if_that_can_be_one() -> None:
    assert spec_of(path="spec/gpt-3.weights.toml").id == "gpt-3.weights"
    with pytest.raises(SpecErrors, match="the file's name 'my spec' can not be its id; give the document an 'id'"):
        spec_of(path="spec/my spec.toml")


def test_windows_line_ends_and_columns() -> None:
    text = (BASE + '[[claim]]\nid = "1"\nasserts = "d > q"\n').replace("\n", "\r\n")
    assert errors_of(text) == (
        "x.toml:20:16: error: claim '1': unknown name 'q'; known here: 'd', 'embedding', 'inventory', 'n', 'tied'"
    )


def test_the_size_of_a_file_is_limited() -> None:
    assert errors_of(b"a" * 10_485_760) == (
        f"x.toml:1:1: error: spec: has 10,485,760 bytes, expected at most {MAX_BYTES:,}; split the spec"
    )
    assert spec_of().claims == ()
    with pytest.raises(SpecErrors, match="expected at most 100"):
        read_spec("x.toml", BASE.encode(), max_bytes=100)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("x = " + "[" * 5000, "1:1: error: spec: arrays or tables are nested too deeply; flatten them"),
        ("a = 1\n  x = " + "1" * 5000, "2:7: error: spec: a number has thousands of digits; no hyperparameter has"),
        (
            "a = 1\nb == 2",
            "2:4: error: spec: invalid value; expected a number, a list, a table, true, false, or a text in quotes",
        ),
        (
            "[[claim]]\n[claim]\n",
            "2:7: error: spec: cannot declare 'claim' twice; of several, each begins with [[claim]]",
        ),
        ("[symbols]\n[symbols]\n", "2:9: error: spec: cannot declare 'symbols' twice; put both parts together"),
        ("a = 1\na = 2\n", "2:6: error: spec: cannot overwrite a value; a key stands once in its table"),
        (
            "[claim\n",
            (
                "1:7: error: spec: expected ']' at the end of a table declaration; "
                "a header is [name], or [[name]] for each of several"
            ),
        ),
        (
            r'a = "d_{\query}"',
            r"1:11: error: spec: unescaped '\' in a string; write what has backslashes in single quotes, as in '\text'",
        ),
        (
            r'a = "\xi"',
            r"1:8: error: spec: invalid hex value; write what has backslashes in single quotes, as in '\text'",
        ),
        ("a: 12", "1:2: error: spec: expected '=' after a key in a key/value pair; write it as key = value"),
        ("a\u00a0= 12", "1:2: error: spec: expected '=' after a key in a key/value pair; write it as key = value"),
        (
            '{"a": 12}',
            "1:1: error: spec: invalid statement; a line is key = value, [name], [[name]] or # a comment",
        ),
        ("a = [1, 2", "1:10: error: spec: unclosed array; a list ends with ], a table in a line with }"),
        ("a = {b = 1", "1:11: error: spec: unclosed inline table; a list ends with ], a table in a line with }"),
        (
            "# a\ra = 1\r",
            (
                "1:4: error: spec: found invalid character '\\r'; "
                "lines end with a line feed, alone or after a carriage return"
            ),
        ),
        (
            "a = 12 layers",
            (
                "1:8: error: spec: expected newline or end of document after a statement; "
                "a text stands in quotes, and each key in a line of its own"
            ),
        ),
        (
            'a = "12',
            "1:8: error: spec: unterminated string; a text ends in its line, with the quotes that it begins with",
        ),
        ("a=1".encode("utf-16"), "1:1: error: spec: byte 0xff is not UTF-8; save the file as UTF-8"),
    ],
    ids=[
        *("nested", "digits", "syntax", "twice", "parts", "key", "bracket", "latex", "hex", "colon", "no-break-space"),
        *("json", "array", "inline-table", "carriage-returns", "no-quotes", "open", "utf-16"),
    ],
)
def test_what_is_no_toml_is_one_located_error(data: bytes | str, expected: str) -> None:
    assert errors_of(data) == f"x.toml:{expected}"


def test_deep_tables_lose_their_columns_but_not_their_errors() -> None:
    text = "x = " + "{a = " * 350 + "1" + "}" * 350 + "\n"
    assert "x.toml:1:1: error: spec: unknown key 'x'" in errors_of(text)


def test_growth_is_refused_before_anything_is_put_in() -> None:
    doubled = "".join(f'q{i} = "q{i - 1} + q{i - 1}"\n' for i in range(1, 40))
    text = BASE + '[quantities]\nq0 = "n + d"\n' + doubled + '[[claim]]\nid = "1"\nasserts = "q39 > 1"\n'
    first = errors_of(text).splitlines()[0]
    assert first == (
        "x.toml:31:1: error: quantity 'q12': grows past 20,000 terms or 120 levels when everything that it is made of "
        "is put in"
    )


def test_nested_choices_are_put_in_once() -> None:
    """Were a condition expanded twice, forty of them would take longer than anybody waits."""
    nested = "".join(f'q{i} = "1 if q{i - 1} > 1 else 2"\n' for i in range(1, 39))
    text = '[quantities]\nq0 = "n + d"\n' + nested + '[[claim]]\nid = "1"\nasserts = "q38 > 1"\nover = "g"\n'
    assert len(spec_of(text).claims) == 1


def test_a_spec_has_so_many_names_and_terms() -> None:
    names = "".join(f'q{i} = "n"\n' for i in range(MAX_NAMES))
    assert f"[quantities]: a spec declares at most {MAX_NAMES:,} names; split the spec" in errors_of(
        BASE + "[quantities]\n" + names
    )
    # t has 900 products of two, their sum and the node of its definition: 2,702. With > and a number, 370 are too many.
    many = "".join(f'[[claim]]\nid = "c{i}"\nasserts = "t > {i}"\n' for i in range(400))
    text = BASE + '[quantities]\nt = "' + "+".join(["n*d"] * 900) + '"\n' + many
    assert errors_of(text) == (
        f"x.toml:{20 + 3 * 369}:1: error: claim 'c369': from here on the spec grows past {MAX_TOTAL:,} terms in all; "
        "split the spec"
    )


def test_equalities_that_double_one_another_are_refused() -> None:
    symbols = "".join(f's{i} = ""\n' for i in range(40))
    doubling = ", ".join(f'"s{i} == s{i + 1} + s{i + 1}"' for i in reversed(range(39)))
    head = f'[document]\ntitle = "t"\ncite = "c"\n[symbols]\n{symbols}'
    claim = f'[[claim]]\nid = "c"\nover = "everywhere"\nasserts = "s0 > 1"\nassuming = [{doubling}]\n'
    assert errors_of(head + claim) == (
        "x.toml:49:1: error: claim 'c': puts in equalities until there are more than 20,000 terms"
    )
    invariant = f'[[invariant]]\nid = "i"\nkind = "linear"\nin = "s39"\nof = "s0"\nassuming = [{doubling}]\n'
    assert errors_of(head + invariant) == (
        "x.toml:45:1: error: invariant 'i': compares more than 20,000 terms; name fewer symbols, or a smaller 'of'"
    )


def test_reading_stops_after_many_mistakes() -> None:
    text = BASE + "[models.b]\n" + "".join(f"x{i} = 1\n" for i in range(600))
    lines = errors_of(text).splitlines()
    assert len(lines) == 501
    assert lines[-1] == "x.toml:518:1: error: reading stops here: there are 500 mistakes already"


def test_a_partition_follows_quantities_and_sums() -> None:
    spec = spec_of(
        '[quantities]\nall = "inventory"\nrest = "sum(b, c)"\n'
        '[[invariant]]\nid = "i"\nkind = "additive"\nof = "all"\nparts = ["embedding", "rest"]\n',
        base=BASE.replace("[models.a]", 'b = { shape = ["d"] }\nc = { shape = ["n"], when = "tied" }\n[models.a]'),
    )
    assert spec.invariants[0].parts == (parse("embedding"), parse("rest"))


def test_a_partition_is_asked_for_whatever_the_inventory_is_called() -> None:
    text = '[quantities]\nall = "inventory"\n[[invariant]]\nid = "i"\nkind = "additive"\nof = "all"\nparts = ["0"]\n'
    assert errors_of(BASE + text) == (
        "x.toml:24:1: error: invariant 'i': no part has the tensor 'embedding'; "
        "parts of 'inventory' hold every tensor once"
    )


def test_a_correction_needs_its_symbols_on_the_grid_as_well() -> None:
    text = (
        '[grids.h]\nn = "1..3"\n[[claim]]\nid = "1"\nformula = "n"\nequals = "n"\nover = "h"\n'
        '[claim.erratum]\nreason = "r"\nformula = "n"\ncorrect = "d"\n'
    )
    assert errors_of(BASE + text) == (
        "x.toml:24:1: error: claim '1': needs 'd', which has no axis in the grid 'h'; add it to [grids.h]"
    )


def test_a_broken_axis_is_told_and_nothing_that_needs_it() -> None:
    """Neither the claim nor what follows from the axis, nor what follows from that, says that it is not there."""
    claim = '[[claim]]\nid = "1"\nformula = "n"\nequals = "d"\nover = "h"\n'
    broken = {
        "0..3": "x.toml:21:5: error: grid 'h': 0 is not a positive integer",
        "2 * x": "x.toml:21:10: error: grid 'h': unknown name 'x'; known here: 'd', 'e', 'n'",
    }
    base = BASE.replace("[conventions]", 'e = "more"\n[conventions]').replace("d = 3", "d = 3\ne = 1")
    for axis, told in broken.items():
        grid = f'[grids.h]\nn = "{axis}"\nd = "2 * n"\ne = "d + 1"\n'
        assert errors_of(base + grid + claim) == told


def test_every_circle_is_told_once_and_what_rests_on_it_is_left_alone() -> None:
    """Two more circles lead through b, which is broken already; c only uses them."""
    text = BASE + '[quantities]\na = "b"\nb = "a + b + e"\nc = "a"\ne = "b"\nf = "f"\n'
    assert errors_of(text).splitlines() == [
        "x.toml:19:1: error: quantity 'a': defined by itself: a -> b -> a; break the circle",
        "x.toml:23:1: error: quantity 'f': defined by itself: f -> f; break the circle",
    ]


def test_a_claim_counts_once_for_each_of_its_models() -> None:
    models = "".join(f'[models.m{i}]\nlike = "a"\n' for i in range(400))
    text = BASE + '[quantities]\nt = "' + "+".join(["n*d"] * 900) + '"\n' + models
    claim = '[[claim]]\nid = "c"\nasserts = "t > 1"\nat = "*"\n'
    assert errors_of(text + claim) == (
        f"x.toml:820:1: error: 'c': from here on the spec grows past {MAX_TOTAL:,} terms in all; split the spec"
    )
