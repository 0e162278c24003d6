"""Expressions are read as Python reads them, from a whitelist, and every mistake has its message and column."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from second_opinion import python_value
from weighbridge.formula.exact import EvaluationError, evaluate
from weighbridge.formula.limits import USUAL
from weighbridge.formula.parser import MAX_LENGTH, parse
from weighbridge.formula.printer import to_text
from weighbridge.formula.tokens import FormulaError
from weighbridge.formula.tree import (
    Arithmetic,
    Call,
    Choice,
    Comparison,
    Expression,
    Logic,
    Name,
    Negative,
    Not,
    Number,
    Product,
    Sum,
    names,
    number,
    walk,
)

A, B, C = map(Name, "abc")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a - b - c", Sum((A, Negative(B), Negative(C)))),
        ("a + (b + c)", Sum((A, Sum((B, C))))),
        ("a / b * c", Product((Arithmetic("/", A, B), C))),
        ("a * b / c", Arithmetic("/", Product((A, B)), C)),
        ("a * b * c", Product((A, B, C))),
        ("a // b % c", Arithmetic("%", Arithmetic("//", A, B), C)),
        ("-a ** b", Negative(Arithmetic("**", A, B))),
        ("(-a) ** b", Arithmetic("**", Negative(A), B)),
        ("a ** -b", Arithmetic("**", A, Negative(B))),
        ("a ** b ** c", Arithmetic("**", A, Arithmetic("**", B, C))),
        ("-a * b", Product((Negative(A), B))),
        ("a * -b", Product((A, Negative(B)))),
        ("--a", A),
        ("-+-+-a", Negative(A)),
        ("+a", A),
        ("a < b <= c", Comparison((A, B, C), ("<", "<="))),
        ("a > b >= c != a == b", Comparison((A, B, C, A, B), (">", ">=", "!=", "=="))),
        ("not a < b and b < c", Logic("and", (Not(Comparison((A, B), ("<",))), Comparison((B, C), ("<",))))),
        ("a or b and c or a", Logic("or", (A, Logic("and", (B, C)), A))),
        ("not not a", Not(Not(A))),
        ("a if b else c if a else b", Choice(B, A, Choice(A, C, B))),
        ("(a if b else c) if a else b", Choice(A, Choice(B, A, C), B)),
        ("a + b if c else a", Choice(C, Sum((A, B)), A)),
        ("min(a, b + c, 1)", Call("min", (A, Sum((B, C)), number(1)))),
        ("ceil_div(a, b)", Call("ceil_div", (A, B))),
        ("min", Name("min")),
        ("_a1", Name("_a1")),
        ("True", Name("True")),
        ("\ta\n+ b\u00a0", Sum((A, B))),
    ],
)
def test_the_tree_of_each_form(text: str, tree: Expression) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", Fraction(0)),
        ("12_288", Fraction(12288)),
        ("1_2_3", Fraction(123)),
        ("1.50", Fraction(3, 2)),
        ("0.1", Fraction(1, 10)),
        ("3.14e23", Fraction(314 * 10**21)),
        ("2E-3", Fraction(1, 500)),
        ("1_000.000_1e+2", Fraction(10000001, 100)),
        ("9" * 100, Fraction(10**100 - 1)),
        ("1e100", Fraction(10**100)),
        ("1e-0000100", Fraction(1, 10**100)),
    ],
)
def test_literals_are_exact(text: str, value: Fraction) -> None:
    assert parse(text) == Number(value)


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 0, "expected a number, a name or '(', found the end"),
        ("  ", 2, "expected a number, a name or '(', found the end"),
        ("a +", 3, "expected a number, a name or '(', found the end"),
        ("a + * b", 4, "expected a number, a name or '(', found '*'"),
        ("a < and b", 4, "expected a number, a name or '(', found 'and'"),
        ("a ** not b", 5, "expected a number, a name or '(', found 'not'"),
        ("a + not b", 4, "expected a number, a name or '(', found 'not'"),
        ("(a + b", 6, "expected ')' to close the parenthesis, found the end"),
        ("(a b)", 3, "expected ')' to close the parenthesis, found 'b'"),
        ("min(a, b", 8, "expected ')' to close the arguments of 'min', found the end"),
        ("min()", 4, "expected a number, a name or '(', found ')'"),
        ("min(a,)", 6, "expected a number, a name or '(', found ')'"),
        ("a)", 1, "expected an operator or the end, found ')'"),
        ("a b", 2, "expected an operator or the end, found 'b'; a product is written with *"),
        ("2 a", 2, "expected an operator or the end, found 'a'; a product is written with *"),
        ("2(a)", 1, "expected an operator or the end, found '('; a product is written with *"),
        ("0x1f", 1, "expected an operator or the end, found 'x1f'; a product is written with *"),
        ("1_", 1, "expected an operator or the end, found '_'; thousands are separated by _ as in 12_288"),
        ("1__0", 1, "expected an operator or the end, found '__0'; thousands are separated by _ as in 12_288"),
        ("12,288", 2, "expected an operator or the end, found ','; thousands are separated by _ as in 12_288"),
        ("a, b", 1, "expected an operator or the end, found ','"),
        ("a else b", 2, "expected an operator or the end, found 'else'"),
        ("a if b", 6, "expected 'else' after the condition (both branches are required), found the end"),
        ("a if b, c", 6, "expected 'else' after the condition (both branches are required), found ','"),
        ("a * sqrt(b)", 4, "unknown function 'sqrt'; known here: 'abs', 'ceil_div', 'max', 'min', 'round_up', 'sum'"),
        ("ceildiv(a, b)", 0, "unknown function 'ceildiv'; did you mean 'ceil_div'?"),
        ("1 + abs(a, b)", 4, "'abs' takes 1 argument, found 2"),
        ("ceil_div(a)", 0, "'ceil_div' takes 2 arguments, found 1"),
        ("round_up(a, b, c)", 0, "'round_up' takes 2 arguments, found 3"),
        ("max(1,000)", 6, "a number does not begin with 0, found '000'; thousands are separated by _ as in 12_288"),
        ("007", 0, "a number does not begin with 0, found '007'; thousands are separated by _ as in 12_288"),
        ("a^2", 1, "unexpected character '^'; a power is written **"),
        ("a = b", 2, "unexpected character '='; equality is written =="),
        ("a & b", 2, "unexpected character '&'; write 'and'"),
        ("a | b", 2, "unexpected character '|'; write 'or'"),
        ("!a", 0, "unexpected character '!'; write 'not', or != between two numbers"),
        ("a × b", 2, "unexpected character '×'; a product is written *"),
        ("a · b", 2, "unexpected character '·'; a product is written *"),
        ("a ÷ b", 2, "unexpected character '÷'; a quotient is written /"),
        ("a − b", 2, "unexpected character '−'; minus is written -"),
        ("a ≤ b", 2, "unexpected character '≤'; write <="),
        ("a ≥ b", 2, "unexpected character '≥'; write >="),
        ("a ≠ b", 2, "unexpected character '≠'; write !="),
        ("a \n .5", 4, "unexpected character '.'; a decimal has digits on both sides of its point"),
        ("1.", 1, "unexpected character '.'; a decimal has digits on both sides of its point"),
        ("a.b", 1, "unexpected character '.'; a decimal has digits on both sides of its point"),
        ("a[0]", 1, "unexpected character '['; subscripts are not part of the language"),
        ("٣ + 1", 0, "unexpected character '٣'; digits are 0 to 9, and a power is written **"),
        ("1٣", 1, "unexpected character '٣'; digits are 0 to 9, and a power is written **"),
        ("a²", 1, "unexpected character '²'; digits are 0 to 9, and a power is written **"),
        ("β + 1", 0, "unexpected character 'β'; names have the letters A to Z, digits and _"),
        (
            "__import__('os')",
            11,
            "unexpected character '''; expressions are made of numbers, names, operators and parentheses",
        ),
        (
            "a\u200b + b",
            1,
            "unexpected character '\u200b'; expressions are made of numbers, names, operators and parentheses",
        ),
        ("9" * 101, 0, "a literal has at most 100 digits and an exponent of at most 100"),
        ("a + 1e101", 4, "a literal has at most 100 digits and an exponent of at most 100"),
        ("1e-101", 0, "a literal has at most 100 digits and an exponent of at most 100"),
        ("1e+0000000999999999", 0, "a literal has at most 100 digits and an exponent of at most 100"),
        (
            "a" * (MAX_LENGTH + 1),
            4096,
            "an expression has at most 4,096 characters, this one has 4,097; name its parts under [quantities]",
        ),
    ],
)
def test_each_mistake_has_its_message_and_column(text: str, column: int, message: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert (str(caught.value), caught.value.column) == (message, column)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("(" * 50 + "a" + ")" * 50, 50),
        ("abs(" * 50 + "a" + ")" * 50, 200),
        ("a ** " * 50 + "a", 250),
        ("not " * 51 + "a", 204),
        ("a / " * 50 + "a", 0),
        ("(a ** " * 25 + "a" + ")" * 25, 150),
        ("(" * 1000, 50),
        ("-(" * 1000, 100),
        ("1 if a else " * 50 + "a", 600),
    ],
)
def test_nesting_past_the_limit_is_refused_before_python_s_stack_ends(text: str, column: int) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert (
        str(caught.value)
        == "nested deeper than 50 levels; name the inner parts under [quantities], or raise the limit with --max-depth"
    )
    assert caught.value.column == column


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("(" * (USUAL.depth - 1) + "1" + ")" * (USUAL.depth - 1), 1),
        ("abs(" * (USUAL.depth - 1) + "1" + ")" * (USUAL.depth - 1), 1),
        ("1 / " * (USUAL.depth - 1) + "1", 1),
        ("1 ** " * (USUAL.depth - 1) + "1", 1),
        ("-" * 4000 + "1", 1),
        ("+".join("1" * 1000), 1000),
        ("-".join("1" * 1000), -998),
        ("*".join("1" * 1000), 1),
    ],
)
def test_everything_up_to_the_limits_is_read_evaluated_and_printed(text: str, value: int) -> None:
    tree = parse(text)
    assert evaluate(tree, {}) == value
    assert parse(to_text(tree)) == tree


def test_the_longest_expression_is_read() -> None:
    assert parse("a" * MAX_LENGTH) == Name("a" * MAX_LENGTH)


def test_columns_count_from_0_in_the_expression() -> None:
    tree = parse("a +\n  max(bb, ccc)")
    assert [(each.name, each.column) for each in names(tree)] == [("a", 0), ("bb", 10), ("ccc", 14)]
    assert [node.column for node in walk(tree) if isinstance(node, Call)] == [6]


def joined(*parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(" ".join)


#: Text that is put together without regard to precedence, so that the two parsers must decide.
ATOMS = st.sampled_from(("a", "b", "c", "0", "1", "2", "3", "7", "1_0", "2.5", "0.1e1"))
EXPONENTS = st.sampled_from(("0", "1", "2", "3", "-1", "- 2", "(1 - 2)", "2 ** 2", "-b ** 0", "1 / 2"))
ARITHMETIC = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        joined(inner, st.sampled_from(("+", "-", "*", "/", "//", "%")), inner),
        joined(st.sampled_from("-+"), inner),
        joined(inner, st.just("**"), EXPONENTS),
        joined(st.just("("), inner, st.just(")")),
        joined(st.sampled_from(("min(", "max(", "sum(", "abs(")), inner, st.just(")")),
        joined(st.sampled_from(("min(", "max(", "sum(")), inner, st.just(","), inner, st.just(")")),
        joined(st.sampled_from(("ceil_div(", "round_up(")), inner, st.just(","), inner, st.just(")")),
    ),
    max_leaves=8,
)
RELATIONS = st.sampled_from(("<", "<=", ">", ">=", "==", "!="))
CONDITIONS = st.recursive(
    joined(ARITHMETIC, RELATIONS, ARITHMETIC) | joined(ATOMS, RELATIONS, ATOMS, RELATIONS, ATOMS),
    lambda inner: st.one_of(
        joined(inner, st.sampled_from(("and", "or")), inner),
        joined(st.just("not"), inner),
        joined(st.just("("), inner, st.just(")")),
    ),
    max_leaves=4,
)
CHOICES = st.recursive(
    ARITHMETIC,
    lambda inner: joined(inner, st.just("if"), CONDITIONS, st.just("else"), inner),
    max_leaves=3,
)


@settings(max_examples=400)
@given(ARITHMETIC | CONDITIONS | CHOICES, st.fixed_dictionaries(dict.fromkeys("abc", st.integers(-5, 9))))
@example("a ** 2 ** 3 / -b // c % a - -b - c", {"a": 7, "b": 3, "c": -2})
@example("- a ** - 2", {"a": 0, "b": 0, "c": 0})
@example("not a < b <= c == c or a != b and not a > b", {"a": 1, "b": 2, "c": 2})
def test_python_reads_the_same_value(text: str, values: dict[str, int]) -> None:
    try:
        ours = evaluate(parse(text), values)
    except EvaluationError as error:
        if "bits" in str(error):
            return  # Python knows no such limit
        ours = None
    assert ours == python_value(text, values)
