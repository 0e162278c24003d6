"""Algebra against the reference evaluation: proofs, reductions and thresholds."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import example, given, reject, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from strategies import conditions, polynomials
from test_engines_sweep import SYMBOLS, ask, domain_of, essence, found, grid_of, questions
from weighbridge.counting import Limits, by_algebra, question_of, scaled
from weighbridge.engines import forms, residues
from weighbridge.engines import prove as prove_module
from weighbridge.engines import threshold as threshold_module
from weighbridge.engines.prove import Disagreement, Proof, derived_have_values, prove
from weighbridge.engines.reduce import reduce
from weighbridge.engines.sweep import walk
from weighbridge.engines.threshold import Counted, count_by_threshold
from weighbridge.formula.exact import EvaluationError, truth_of
from weighbridge.formula.normal import NotPolynomial, Ring, to_tree
from weighbridge.formula.parser import parse
from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import Comparison, Expression, free_names
from weighbridge.formula.written import Reader, degrees, read_sides
from weighbridge.spec.ask import claim_questions
from weighbridge.spec.ask_invariant import invariant_question
from weighbridge.spec.question import Anywhere, Question
from weighbridge.spec.read import read_spec

LIMITS = Limits(engine="algebra", max_points=10**12, threads=1)
ROOT = Path(__file__).parents[1]
BOTH = "one normal form, and no difference on a grid with a value more than its degree for each symbol"
RING = Ring(dict.fromkeys(SYMBOLS, 1))


def everywhere(condition: str | Expression, *assuming: str, least: int = 1) -> Question:
    tree = parse(condition) if isinstance(condition, str) else condition
    return Question(
        condition=tree,
        domain=Anywhere(),
        minimums=dict.fromkeys(SYMBOLS, least),
        assuming=tuple(map(parse, assuming)),
    )


values = st.fixed_dictionaries(dict.fromkeys(SYMBOLS, st.integers(1, 9) | st.integers(1, 2**70)))


@given(tree=polynomials(SYMBOLS), point=values)
def test_a_normal_form_has_the_values_of_its_expression(tree: Expression, point: dict[str, int]) -> None:
    try:
        form = RING.polynomial(tree)
        expected = truth_of(Comparison((tree, to_tree(form, SYMBOLS)), ("==",)), point)
    except (NotPolynomial, EvaluationError):
        reject()
    assert expected


@given(tree=polynomials(SYMBOLS))
def test_degrees_read_from_an_expression_bound_those_of_its_normal_form(tree: Expression) -> None:
    try:
        form = RING.polynomial(tree)
    except NotPolynomial:
        reject()
    written = degrees(Reader().terms(tree))
    assert written is not None
    assert all(written.get(name, 0) >= most for name, most in zip(SYMBOLS, form.degrees(), strict=True) if most >= 0)


@given(tree=conditions(SYMBOLS, depth=2, fractions=True, zero_divisors=True), point=values)
@settings(max_examples=200)
@example(parse("a * b >= a"), {"a": 1, "b": 1, "c": 1})
@example(parse("max(a, b) >= b"), {"a": 1, "b": 2, "c": 1})
@example(parse("a * a % a == 0 and a * b // b == a"), {"a": 3, "b": 5, "c": 1})
def test_what_is_proved_is_true_at_every_point(tree: Expression, point: dict[str, int]) -> None:
    proof = prove(everywhere(tree))
    assert not isinstance(proof, Disagreement)
    if proof is not None:
        assert truth_of(tree, point)


def test_identities_and_orderings_of_counts_are_proved() -> None:
    for text in (
        "2 * a * b + 3 * a == a * (2 * b + 3)",
        "(a + b) ** 3 == a ** 3 + 3 * a * a * b + 3 * a * b ** 2 + b ** 3",
        "12 * a * b ** 2 % (4 * b) == 0",
        "a * b * c >= c",
        "a + b > a and a <= a * b",
        "abs(a + b) == b + a",
        "ceil_div(6 * a, 3) == 2 * a",
        "round_up(6 * a, 3) == 6 * a",
        "(a if a * b > 0 else c) == a",
        "a * b / b == a",
        "not (a + b == a)",
    ):
        assert isinstance(prove(everywhere(text)), Proof), text


def test_what_is_not_true_everywhere_is_not_proved() -> None:
    for text in (
        "a > b",
        "a * b == a * c",
        "a >= 2",
        "a // 2 * 2 == a",
        "a - b != 0",
        "a / b * b >= a + 0 * c / b + 1",
    ):
        assert prove(everywhere(text)) is None, text


def test_a_symbol_that_may_be_zero_is_reckoned_with() -> None:
    assert isinstance(prove(everywhere("a * b >= b")), Proof)
    assert prove(everywhere("a * b >= b", least=0)) is None
    assert prove(everywhere("a / b * b == a", least=0)) is None


def test_an_equality_that_is_assumed_is_put_in() -> None:
    assert isinstance(prove(everywhere("a * c == b * c", "a == b")), Proof)
    assert isinstance(prove(everywhere("a * c == 4 * b * c", "a == 4 * b")), Proof)
    assert prove(everywhere("a * c == b * c", "a >= b")) is None


def test_an_identity_is_shown_in_two_ways_and_says_so() -> None:
    assert prove(everywhere("a * b + a == a * (b + 1)")) == Proof(BOTH, "a*b + a")
    assert prove(everywhere("a * b / b == a")) == Proof(BOTH, "a")


def test_where_values_are_too_many_the_normal_form_stands_alone() -> None:
    """Seventeen symbols in one product have 131,072 points; a quotient that is rounded down has no degrees to read."""
    names = [f"s{place:02}" for place in range(17)]
    question = Question(
        condition=parse(f"{' * '.join(names)} == {' * '.join(reversed(names))}"),
        domain=Anywhere(),
        minimums=dict.fromkeys(names, 1),
    )
    assert prove(question) == Proof("one normal form", "*".join(names))
    assert prove(everywhere("a * b // b == a")) == Proof("one normal form", "a")


def test_nothing_is_proved_of_values_past_the_limit() -> None:
    """10^6,400 and 10^3,100 have too many bits for the reference, so that sides have no value to be the same."""
    long = " * ".join(["1e100"] * 31)
    for text in ("a * 1e100 ** 64 == 1e100 ** 64 * a", f"a * {long} == {long} * a"):
        assert prove(everywhere(text)) is None, text


def test_every_identity_of_the_seed_is_shown_in_both_ways() -> None:
    """Also the one over nine symbols, with 512 points, and the one of a grid that is proved under an assumption."""
    spec = read_spec("spec/gpt3-weights.toml", (ROOT / "spec" / "gpt3-weights.toml").read_bytes())
    proofs = {each.id: prove(invariant_question(spec, each).question) for each in spec.invariants}
    proofs |= {each.id: prove(asked.question) for each in spec.claims for asked in claim_questions(spec, each)}
    for name in ("complete.affine", "inventory.additive", "layers.homogeneous", "largest.tie", "total.formula"):
        proof = proofs[name]
        assert isinstance(proof, Proof), name
        assert proof.how == BOTH, name


def test_two_ways_that_contradict_each_other_are_a_bug() -> None:
    """A reference that finds no difference between different polynomials is not believed, nor is the normal form."""
    original = prove_module.differs_on_grid
    try:
        prove_module.differs_on_grid = lambda *_: False
        assert prove(everywhere("a * b == a + b")) == Disagreement(
            "'a * b == a + b' has different normal forms, and values that say otherwise"
        )
        prove_module.differs_on_grid = lambda *_: True
        assert isinstance(prove(everywhere("a * b == b * a")), Disagreement)
    finally:
        prove_module.differs_on_grid = original


def test_remainders_of_polynomials_are_proved_by_residues() -> None:
    """Of n integers in a row one is divisible by n; a prime p divides a**p - a (Fermat); squares leave 0 or 1 of 4."""
    for text in (
        "a * (a + 1) % 2 == 0",
        "0 == a * (a + 1) * (a + 2) % 6",
        "(a ** 7 - a) % 7 == 0",
        "(2 * a + 1) ** 2 % 8 == 1",
        "(a + b) * (a - b) * a * b % 3 == 0 == b * (b - 1) % (3 - 1)",
        "a * b == b * a and (8 * a * c + 4 * b * (b + 1)) % 8 == 0",
    ):
        for least in (0, 1):
            proof = prove(everywhere(text, least=least))
            assert isinstance(proof, Proof), text
            assert "one remainder for all residues" in proof.how
            assert proof.normal_form == ""
    proof = prove(everywhere("a * b == b * a and a * (a + 1) % 2 == 0"))
    assert proof == Proof("one normal form, one remainder for all residues", "")


def test_a_remainder_that_differs_or_is_of_no_polynomial_is_not_proved() -> None:
    for text in (
        "a * (a + 1) % 4 == 0",
        "a * (a + 1) % 2 == 2",
        "a * (a + 1) % 2 == b",
        "a * (a + 1) / 2 % 2 == 0",
        "a * (a + 1) % (0 - 2) == 0",
        "a // 2 * 2 % 2 == 0",
        "a * (a + 1) % b == 0",
        "a * (a + 1) % 2 >= 0",
        "a * (a + 1) * (b + c) % 1000 == 0",
    ):
        assert prove(everywhere(text)) is None, text


@given(polynomials(SYMBOLS), st.integers(2, 4), st.integers(0, 4))
def test_a_remainder_is_proved_exactly_where_it_is_left_by_all_residues(
    tree: Expression, modulus: int, remainder: int
) -> None:
    condition = parse(f"({to_text(tree)}) % {modulus} == {remainder}")
    names = sorted(free_names(condition))
    try:
        left = all(
            truth_of(condition, dict(zip(names, point, strict=True)))
            for point in itertools.product(range(5, 5 + modulus), repeat=len(names))
        )
        proof = prove(everywhere(condition))
    except EvaluationError:
        reject()
    whole = all(each.q == 1 for each in RING.polynomial(tree).coeffs())
    assert not isinstance(proof, Disagreement)
    assert left or proof is None
    assert not left or not whole or proof is not None


def test_what_has_one_form_on_both_sides_is_proved() -> None:
    """What is larger, smaller or rounded does not depend on the order in which it is written."""
    for text in (
        "max(a, b) == max(b, a)",
        "max(a + b, c) * min(a, c) == min(c, a) * max(c, b + a)",
        "a // b + b // a == b // a + a // b",
        "ceil_div(a * 2, b + 1) == ceil_div(a + a, 1 + b)",
        "a % b * 2 == 2 * (a % b)",
    ):
        assert prove(everywhere(text)) == Proof("one form on both sides", ""), text


def test_what_differs_or_has_no_value_somewhere_has_no_form_that_proves_it() -> None:
    assert prove(everywhere("max(a, b) == max(b, c)")) is None
    assert prove(everywhere("a // b == b // a")) is None
    for text in ("a // b == a // b", "max(a, b) / (a - b) == max(b, a) / (a - b)", "max(2 ** a, b) == max(b, 2 ** a)"):
        assert prove(everywhere(text, least=0)) is None, text


def test_residues_and_forms_that_values_contradict_are_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    odd = {
        residues: ("a * (a + 1) % 2 == 0", "one remainder for all residues"),
        forms: ("max(a, b) == max(b, a)", "one form on both sides"),
    }
    for module, (text, words) in odd.items():
        with monkeypatch.context() as patch:
            counter = itertools.count(1)
            patch.setattr(module, "numbers_of", lambda *_, counter=counter: [next(counter)])
            found = prove(everywhere(text))
        assert found == Disagreement(f"'{text}' has {words}, and values that say otherwise")


def test_a_grid_of_an_identity_catches_every_other_polynomial() -> None:
    """Each of these vanishes on a grid with a value less than needed for some symbol."""
    for left, right in (("a * a", "3 * a - 2"), ("a * b + 2", "2 * a + b"), ("a ** 3 + 11 * a", "6 * a ** 2 + 6")):
        sides = read_sides(parse(left), parse(right))
        assert sides is not None
        assert prove_module.differs_on_grid(sides, dict.fromkeys(SYMBOLS, 1)) is True
    for left, right in (
        ("a / b", "(3 * a - 2) / (a * b)"),
        ("a ** 2 - 6 / a", "6 * a - 11"),
        ("1 / a + 1 / b", "(a + 3 * b - 2) / (a * b)"),
    ):
        assert prove_module.ratios_differ_on_grid(parse(left), parse(right), dict.fromkeys(SYMBOLS, 1)) is True


@given(question=questions())
@settings(max_examples=100)
@example(ask(grid_of(a=range(1, 9), b=range(1, 9), c=range(1, 5)), "a * c > b * c and c * a != 3 * c", "a + b != 7"))
@example(ask(grid_of(a=range(1, 20), b=(1, 5, 7), c=range(1, 9)), "a > b or a * b == 12", "a >= c"))
@example(ask(grid_of(a=range(1, 20), b=(1, 5, 7), c=range(1, 9)), "a > 2 * b and a * c > 9"))
def test_a_reduced_question_has_the_same_answer(question: Question) -> None:
    grid = domain_of(question)
    if not derived_have_values(question, grid):
        return
    reduction = reduce(question, grid)
    reference = walk(question, grid)
    visited = scaled(walk(question_of(reduction), reduction.grid), reduction, "")
    assert essence(visited) == essence(reference)
    tally = by_algebra(reduction, LIMITS)
    assert tally is None or essence(tally) == essence(reference)


BY_DIVISION = {"d": "a / b"}
DIVIDES = grid_of(BY_DIVISION, a=(24, 48, 720), b=(1, 2, 3, 4, 6, 8, 12), c=range(1, 97))
DIVIDES_NOT = grid_of(BY_DIVISION, a=range(8, 129, 8), b=range(1, 13), c=range(1, 5))


def with_minimums(question: Question) -> Question:
    return replace(question, minimums=dict.fromkeys((*SYMBOLS, "d"), 1))


def test_an_identity_over_an_axis_that_is_a_quotient_is_proved_where_the_division_leaves_nothing() -> None:
    """Both roads know quotients: the second compares values on a grid that is large enough for the numerators."""
    twice = "one normal form, and no difference on a grid with a value more than its degree for each symbol"
    for text in (
        "c * b * d == a * c",
        "a * d ** 2 * b ** 2 == a ** 3",
        "a / b + c == d + c",
        "d / (d + c) == a / (a + b * c)",
    ):
        for question in (ask(DIVIDES, text), ask(DIVIDES_NOT, text, "a % b == 0")):
            assert prove(with_minimums(question)) == Proof(twice, ""), text


def test_an_axis_that_is_a_quotient_must_have_a_value_wherever_it_is_asked_for() -> None:
    """Where it is no integer, or less than it may be, nothing is proved of it, and the points are visited."""
    identity = "c * b * d == a * c"
    for asked, first in (
        (ask(DIVIDES_NOT, identity), {"a": 8, "b": 3, "c": 1}),
        (ask(DIVIDES_NOT, identity, "a > 15"), {"a": 16, "b": 3, "c": 1}),
        (ask(DIVIDES_NOT, identity, "d >= 1"), {"a": 8, "b": 3, "c": 1}),  # what is assumed of it needs it as well
        (ask(grid_of({"d": "a / b - 3"}, a=(4, 8), b=(1, 2, 4), c=(1,)), "(d + 3) * b == a"), {"a": 4, "b": 2, "c": 1}),
        (ask(grid_of(BY_DIVISION, a=(4, 8), b=(1, 2), c=(1,)), identity, "1 / (a - 8) < 1"), {"a": 8, "b": 1, "c": 1}),
    ):
        question = with_minimums(asked)
        assert not derived_have_values(question, domain_of(question))
        assert prove(question) is None
        unknown = walk(question, domain_of(question)).unknown
        assert unknown is not None
        assert dict(unknown.axes) == first


def test_an_axis_that_is_a_quotient_is_tried_at_no_more_points_than_decide_it() -> None:
    large = grid_of(BY_DIVISION, a=range(64, 12289, 64), b=range(1, 97), c=range(1, 10**12))
    assert derived_have_values(ask(large, "d * b == a", "a % b == 0"), large)
    assert not derived_have_values(ask(large, "d * b == a", "a % b == 0", "c > 1"), large)
    doubling = {"d": "a / b", **{f"d{n + 1}": f"d{n or ''} + d{n or ''} - d{n or ''}" for n in range(7)}}
    steep = grid_of(doubling, a=range(64, 1025, 64), b=(1, 2, 4, 8, 16, 32, 64), c=(1,))
    assert derived_have_values(ask(steep, "d3 * b == a"), steep)
    assert not derived_have_values(ask(steep, "d7 * b == a"), steep)  # 3 ** 7 times a quotient, at 112 points


@st.composite
def divided(draw: st.DrawFn) -> Question:
    """Draw comparisons over a grid with an axis that is a quotient, some with no value at some points."""
    terms = (
        "a",
        "d",
        "b * d",
        "c * d - 4",
        "a / b",
        "c / d",
        "a / (b * c)",
        "(a + b) / d",
        "d ** 2",
        "6",
        "1 / 2",
        "a * c / d - b",
    )
    relation = st.sampled_from(("==", "!=", "<", "<=", ">", ">="))
    comparison = st.builds(lambda x, r, y: f"{x} {r} {y}", st.sampled_from(terms), relation, st.sampled_from(terms))
    links = draw(st.lists(comparison, min_size=1, max_size=3))
    assuming = draw(st.lists(st.sampled_from(("a % b == 0", "b > 2", "a > c", "c * b <= a")), max_size=2))
    lists = st.lists(st.integers(1, 9), min_size=1, max_size=4, unique=True).map(lambda v: tuple(sorted(v)))
    several = draw(st.sampled_from((1, 12, 2520)))
    axes = {"a": tuple(several * value for value in draw(lists)), "b": draw(lists), "c": draw(lists)}
    return ask(grid_of(BY_DIVISION, **axes), f" {draw(st.sampled_from(('and', 'or')))} ".join(links), *assuming)


@given(question=divided().map(with_minimums))
@settings(max_examples=300)
def test_quotients_are_reduced_proved_and_counted_as_visits_tell(question: Question) -> None:
    grid, reference = domain_of(question), walk(question, domain_of(question))
    proof = prove(question)
    assert not isinstance(proof, Disagreement)
    if proof is not None:
        assert (reference.violations, reference.unknown) == (0, None)
    if derived_have_values(question, grid):
        reduction = reduce(question, grid)
        assert essence(scaled(walk(question_of(reduction), reduction.grid), reduction, "")) == essence(reference)
        tally = by_algebra(reduction, LIMITS)
        assert tally is None or essence(tally) == essence(reference)


@st.composite
def straight(draw: st.DrawFn) -> Question:
    """Draw conjunctions or disjunctions of comparisons that are straight along a or b, on uneven grids."""
    terms = ("a", "2 * b", "3", "a * c", "b * c - 4", "a - b", "c * c", "b - 7", "5 * c", "a * b - 20")
    relation = st.sampled_from(("==", "!=", "<", "<=", ">", ">="))
    comparison = st.builds(lambda x, r, y: f"{x} {r} {y}", st.sampled_from(terms), relation, st.sampled_from(terms))
    links = draw(st.lists(comparison, min_size=1, max_size=3))
    condition = f" {draw(st.sampled_from(('and', 'or')))} ".join(links)
    assuming = draw(st.lists(comparison, max_size=1))
    lists = st.lists(st.integers(1, 30), min_size=1, max_size=7, unique=True).map(lambda v: tuple(sorted(v)))
    axes = {symbol: draw(lists | st.builds(lambda n, s: range(s, n * s + 1, s), st.integers(1, 9), st.integers(1, 3)))
            for symbol in SYMBOLS}  # fmt: skip
    return ask(grid_of({}, **axes), condition, *assuming)


@given(question=straight())
@settings(max_examples=200)
def test_thresholds_count_what_visits_count(question: Question) -> None:
    grid = domain_of(question)
    counted = count_by_threshold(reduce(question, grid))
    reference = walk(question, grid)
    if counted is not None:
        first = None if counted.first is None else dict(counted.first.axes)
        expected = None if reference.first is None else dict(reference.first.axes)
        assert (counted.points, counted.violations, first) == (reference.points, reference.violations, expected)


@given(question=straight(), limit=st.sampled_from(["MAX_HEADS", "MAX_WORK"]))
@settings(max_examples=60)
def test_compiled_thresholds_count_what_visits_count(question: Question, limit: str) -> None:
    grid = domain_of(question)
    reference = walk(question, grid)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threshold_module, limit, 0)
        counted = count_by_threshold(reduce(question, grid), max_heads=10**9, threads=1)
    if counted is not None:
        first = None if counted.first is None else dict(counted.first.axes)
        expected = None if reference.first is None else dict(reference.first.axes)
        assert (counted.points, counted.violations, first) == (reference.points, reference.violations, expected)


def test_an_ordering_over_a_million_million_points_is_counted_apart_and_compiled() -> None:
    """Sums of squares again: with n values of each symbol, a > b and a > c hold at 0 + 1 + 4 + ... + (n - 1)^2."""
    n = 10**4
    grid = grid_of(a=range(1, n + 1), b=range(1, n + 1), c=range(1, n + 1))
    counted = count_by_threshold(reduce(ask(grid, "a * a > a * b and a > c"), grid), max_heads=10**9)
    assert counted is not None
    assert counted.violations == n**3 - (n - 1) * n * (2 * n - 1) // 6


def test_shared_factors_and_idle_axes_are_left_out() -> None:
    grid = grid_of(a=range(1, 97), b=range(1, 9), c=range(1, 9))
    reduction = reduce(ask(grid, "a * b * 7 == c * a * 7"), grid)
    assert to_text(reduction.tree(reduction.asked)) == "b == c"
    assert [axis.symbol for axis in reduction.grid.axes] == ["b", "c"]
    assert reduction.copies == 96


def test_a_million_million_million_points_are_counted_from_eight_thresholds() -> None:
    """B > c fails at 1 + 2 + ... + 10^6 pairs, each with 10^6 values of a: mathematics, not a visit."""
    million = range(1, 10**6 + 1)
    grid = grid_of(a=million, b=million, c=range(1, 9))
    counted = count_by_threshold(reduce(ask(grid, "a * b > a * c"), grid))
    assert counted is not None
    assert counted == Counted(8 * 10**12, 36 * 10**6, counted.first)
    assert counted.first is not None
    assert dict(counted.first) == {"a": 1, "b": 1, "c": 1}


def test_comparisons_that_share_one_symbol_are_counted_apart() -> None:
    """For each a there are a - 1 smaller b and a - 1 smaller c: (a - 1)^2 pairs hold, the others fail."""
    hundred = range(1, 101)
    grid = grid_of(a=hundred, b=hundred, c=hundred)
    counted = count_by_threshold(reduce(ask(grid, "a > b and a > c"), grid))
    assert counted is not None
    assert counted.violations == 10**6 - sum((a - 1) ** 2 for a in hundred)


def test_sweep_and_algebra_give_the_same_on_the_grid_of_an_ordering() -> None:
    grid = grid_of(a=range(1, 40), b=range(2, 80, 3), c=(1, 4, 9))
    for text in ("a * b > 3 * c * b", "a >= b or a * c != 36", "a < b and b < 3 * a and c != 4"):
        counted = count_by_threshold(reduce(ask(grid, text), grid))
        assert counted is not None
        tally = found(grid, text)
        assert (counted.points, counted.violations) == (tally.points, tally.violations)
        assert counted.first is not None
        assert tally.first is not None
        assert dict(counted.first.axes) == dict(tally.first.axes)
