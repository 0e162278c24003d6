"""What is true of an expression in place of an invariant that is not: affine where linear was said, another degree."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from msgspec.structs import replace

from weighbridge.engines.prove import Proof, prove
from weighbridge.explain.pieces import formula_of, pieces
from weighbridge.explain.residual import alternatives
from weighbridge.formula.normal import NotPolynomial, Ring, to_tree
from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import Expression, Name, Sum, number, product_of, substitute
from weighbridge.spec.ask import Asked
from weighbridge.spec.ask_invariant import invariant_question
from weighbridge.spec.claim_model import Invariant
from weighbridge.spec.expand import expand
from weighbridge.spec.model import Spec
from weighbridge.spec.question import reduced

#: Degrees that are tried in place of one that is wrong.
MAX_DEGREE = 8
MAX_TERMS = 3


def nearest_invariant(spec: Spec, invariant: Invariant, asked: Asked) -> str:
    """Return what is proved of the same expression in place of an invariant that is refuted; "" where nothing is."""
    within = ", ".join(invariant.in_)
    match invariant.kind:
        case "linear":
            if holds(spec, replace(invariant, kind="affine")):
                return f"not linear, but affine in {within}"
            degree = next(degrees(spec, invariant), 0)
            return f"not linear, but homogeneous of degree {degree} in {within}" if degree else ""
        case "homogeneous":
            degree = next(degrees(spec, invariant), 0)
            return f"homogeneous of degree {degree}, not {invariant.degree}, in {within}" if degree else ""
        case "affine" | "monotone" | "independent":
            return symbol_by_symbol(spec, invariant)
        case "additive":
            return parts_differ(spec, invariant, asked)
        case "divisible":
            return largest_divisor(spec, invariant, asked)
        case "symmetric":
            return ""


def holds(spec: Spec, invariant: Invariant) -> bool:
    """Tell whether an invariant is proved."""
    return isinstance(prove(invariant_question(spec, invariant).question), Proof)


def degrees(spec: Spec, invariant: Invariant) -> Iterator[int]:
    """Yield the other degrees of which an expression is homogeneous, in all its symbols together."""
    for degree in range(1, MAX_DEGREE + 1):
        if degree != invariant.degree and holds(spec, replace(invariant, kind="homogeneous", degree=degree)):
            yield degree


def symbol_by_symbol(spec: Spec, invariant: Invariant) -> str:
    """Return in which of several symbols an invariant holds."""
    if len(invariant.in_) < 2:
        return ""
    true = [name for name in invariant.in_ if holds(spec, replace(invariant, in_=(name,)))]
    rest = [name for name in invariant.in_ if name not in true]
    if not true or not rest:
        return ""
    word = "of" if invariant.kind == "independent" else "in"
    return f"{invariant.kind} {word} {' and '.join(true)}, but not {word} {alternatives(rest)}"


def parts_differ(spec: Spec, invariant: Invariant, asked: Asked) -> str:
    """Return what a sum of parts lacks, or has too much."""
    conventions = asked.conventions
    definitions = reduced(asked.question).definitions

    def put_in(tree: Expression) -> Expression:
        return substitute(expand(tree, spec, conventions), definitions)

    ring = Ring({name: symbol.minimum for name, symbol in spec.symbols.items()})
    try:
        whole = ring.polynomial(put_in(invariant.of))
        parts = ring.polynomial(put_in(Sum((number(0), *invariant.parts))))
        for lacks, gap in ((True, whole - parts), (False, parts - whole)):
            if gap.is_zero():
                continue
            names = []
            for piece in pieces(spec, conventions):
                form = ring.polynomial(put_in(piece.tree))
                if not form.is_zero() and form == gap:
                    names.append(piece)
            words = "the parts lack" if lacks else "the parts have too much:"
            if names:
                formula = formula_of(names[0].tree, ring.minimums)
                shown = alternatives([piece.name for piece in names])
                return f"{words} {formula}: {shown}" if formula not in ("", shown) else f"{words} {shown}"
            if len(gap) <= MAX_TERMS and all(each > 0 for each in gap.coeffs()):
                return f"{words} {to_text(to_tree(gap, tuple(ring.minimums)))}"
    except NotPolynomial:
        pass
    return ""


def largest_divisor(spec: Spec, invariant: Invariant, asked: Asked) -> str:
    """Return the largest product of symbols and a number by which an expression is divisible."""
    ring = Ring({name: symbol.minimum for name, symbol in spec.symbols.items()})
    try:
        form = ring.polynomial(expand(invariant.of, spec, asked.conventions))
    except NotPolynomial:
        return ""
    if form.is_zero():
        return ""
    content, _ = form.factor()
    least = [min(int(powers[place]) for powers in form.monoms()) for place in range(len(ring.minimums))]
    share = Fraction(int(content.p), int(content.q))
    factors: list[Expression] = [] if abs(share) == 1 or share.denominator != 1 else [number(abs(share))]
    for name, times in zip(ring.minimums, least, strict=True):
        factors += [Name(name)] * times
    if not factors:
        return ""
    divisor = product_of(factors)
    if not holds(spec, replace(invariant, by=divisor)):
        return ""
    return f"divisible by {to_text(divisor)}"
