"""Whether the remainder of a polynomial is the same for all integers, by trying all residues of its symbols.

Sums and products of integers leave the remainder that those of their own remainders leave, so that `a * (a + 1)` is
even for all integers if it is for 0 and 1.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from weighbridge.formula.exact import EvaluationError, number_of, numbers_of
from weighbridge.formula.normal import NotPolynomial, Polynomial, Ring
from weighbridge.formula.tree import Arithmetic, Comparison, Expression, free_names, size

#: Residues of all symbols together, times the nodes or terms that are worked out at each: a tenth of a second.
MAX_WORK = 50_000


def by_residues(link: Comparison, ring: Ring) -> bool | None:
    """Return whether `polynomial % number == number` is shown; None where it is not.

    It is shown by the normal form's coefficients at all residues, and by the reference evaluation at as many integers
    in a row for each symbol; False says that the two contradict each other.
    """
    for tree, rest in (link.operands, link.operands[::-1]):
        match tree:
            case Arithmetic("%", above, below):
                modulus, remainder = integer(below), integer(rest)
                if modulus is not None and remainder is not None and 0 <= remainder < modulus:
                    return leaves(tree, above, modulus, remainder, ring)
            case _:
                pass
    return None


def leaves(tree: Expression, above: Expression, modulus: int, remainder: int, ring: Ring) -> bool | None:
    """Return whether a polynomial is shown to leave this remainder, as `by_residues` does."""
    try:
        polynomial = ring.polynomial(above)
    except NotPolynomial:
        return None
    names = [name for name in ring.minimums if name in free_names(above)]
    points = modulus ** len(names)
    if points * max(size(above), len(polynomial)) > MAX_WORK or any(each.q != 1 for each in polynomial.coeffs()):
        return None
    if not all(value == remainder for value in remainders(polynomial, modulus, len(ring.minimums))):
        return None
    starts = (ring.minimums[name] for name in names)
    rows = itertools.product(*(range(least, least + modulus) for least in starts))
    columns = dict(zip(names, zip(*rows, strict=True), strict=True)) if names else {}
    try:
        return set(numbers_of(tree, columns, points)) == {remainder}
    except EvaluationError:
        return None


def remainders(polynomial: Polynomial, modulus: int, symbols: int) -> Iterator[int]:
    """Yield what a polynomial with integer coefficients leaves for all residues of its symbols."""
    terms = [(powers, int(each.p) % modulus) for powers, each in polynomial.terms() if int(each.p) % modulus]
    needed = [place for place in range(symbols) if any(powers[place] for powers, _ in terms)]
    for residues in itertools.product(range(modulus), repeat=len(needed)):
        total = 0
        for powers, coefficient in terms:
            for place, residue in zip(needed, residues, strict=True):
                coefficient = coefficient * pow(residue, int(powers[place]), modulus) % modulus  # noqa: PLW2901
            total += coefficient
        yield total % modulus


def integer(tree: Expression) -> int | None:
    """Return the value of an expression without symbols that is an integer."""
    try:
        value = None if free_names(tree) else number_of(tree, {})
    except EvaluationError:
        return None
    return None if value is None or value.denominator != 1 else int(value)
