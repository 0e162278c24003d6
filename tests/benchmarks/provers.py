"""The seed's identities by sympy and z3, and by our normal form: all begin with our tree, and build what they need."""

from __future__ import annotations

import importlib
import operator
from collections.abc import Callable, Mapping
from functools import reduce
from itertools import pairwise
from typing import Any, Literal

from weighbridge.formula.normal import Ring
from weighbridge.formula.tree import Arithmetic, Comparison, Expression, Logic, Name, Negative, Number, Product, Sum
from weighbridge.spec.question import Question, reduced

#: Milliseconds after which z3 may give up on one identity.
Z3_TIMEOUT = 10_000


class Unsuited(Exception):  # noqa: N818 - nothing is wrong with it
    """Not an equality of sums, products, constant powers and quotients by constants."""


def equalities(question: Question) -> list[tuple[Expression, Expression]]:
    """Return the equalities that a question is, with assumed and derived symbols put in. Raises `Unsuited`."""

    def parts(tree: Expression) -> list[tuple[Expression, Expression]]:
        match tree:
            case Logic("and", operands):
                return [pair for operand in operands for pair in parts(operand)]
            case Comparison(operands, operators) if set(operators) == {"=="}:
                return list(pairwise(operands))
            case _:
                raise Unsuited

    return parts(reduced(question).condition)


def built(tree: Expression, symbols: Mapping[str, Any], constant: Callable[[int], Any]) -> Any:
    """Return an expression as one of another library, by the operators of Python. Raises `Unsuited`."""
    match tree:
        case Number(value) if value.denominator == 1:
            return constant(int(value))
        case Name(name):
            return symbols[name]
        case Negative(operand):
            return -built(operand, symbols, constant)
        case Sum(operands):
            return reduce(operator.add, [built(each, symbols, constant) for each in operands])
        case Product(operands):
            return reduce(operator.mul, [built(each, symbols, constant) for each in operands])
        case Arithmetic("**", base, Number(times)) if times.denominator == 1 and times >= 0:
            return reduce(operator.mul, [built(base, symbols, constant)] * int(times))
        case _:
            raise Unsuited


def normal_form_prover(question: Question) -> Callable[[], bool]:
    """Return what asks for our normal form alone, without the values on a grid that prove it a second time."""
    return lambda: Ring(question.minimums).truth(reduced(question).condition) is True


def sympy_prover(question: Question, how: Literal["expand", "simplify"]) -> Callable[[], bool]:
    """Return what asks sympy whether all differences expand or simplify to 0."""
    sympy: Any = importlib.import_module("sympy")
    cache: Any = importlib.import_module("sympy.core.cache")
    shorten = getattr(sympy, how)
    symbols = {name: sympy.Symbol(name, integer=True, positive=True) for name in question.minimums}
    pairs = equalities(question)

    def ask() -> bool:
        cache.clear_cache()
        sides = [[built(side, symbols, sympy.Integer) for side in pair] for pair in pairs]
        return all(shorten(left - right) == 0 for left, right in sides)

    ask()
    return ask


def z3_prover(question: Question) -> Callable[[], bool]:
    """Return what asks z3 whether no integers from the minimums on make a difference."""
    z3: Any = importlib.import_module("z3")
    symbols = {name: z3.Int(name) for name in question.minimums}
    pairs = equalities(question)

    def ask() -> bool:
        solver = z3.Solver()
        solver.set("timeout", Z3_TIMEOUT)
        solver.add(*(symbols[name] >= least for name, least in question.minimums.items()))
        sides = [[built(side, symbols, z3.IntVal) for side in pair] for pair in pairs]
        solver.add(z3.Or(*(left != right for left, right in sides)))
        return bool(solver.check() == z3.unsat)

    ask()
    return ask
