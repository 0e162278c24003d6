"""In which ways a claim can be wrong in one place: its figure, its expressions, its errata and what it assumes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from weighbridge.audit.mutants import Mutant, flipped, others, with_item
from weighbridge.audit.places import Places
from weighbridge.audit.variants import Variant, variants
from weighbridge.errors import Location
from weighbridge.formula.figures import FigureError, read_figure
from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import Expression
from weighbridge.spec.locate import Path
from weighbridge.spec.model import (
    Assertion,
    Claim,
    Erratum,
    Formula,
    PrintedFigure,
    Qualitative,
    Spec,
    Statement,
    Waiver,
)


def claim_mutants(spec: Spec, places: Places) -> Iterator[Mutant]:
    """Yield the spec with each change to each claim that arithmetic decides."""
    for claim in spec.claims:
        if not isinstance(claim.statement, Qualitative):
            yield from ClaimMutants(spec, places, claim).all()


@dataclass(frozen=True, slots=True)
class ClaimMutants:
    """Makes the mutants of one claim; what a correction shares with its claim is changed in both."""

    spec: Spec
    places: Places
    claim: Claim

    def all(self) -> Iterator[Mutant]:
        """Yield every mutant of the claim."""
        yield from self.of_statement()
        for erratum in self.claim.errata:
            yield from self.of_correction(erratum)
        yield from self.of_pins()
        for place, tree in enumerate(self.claim.assuming):
            changed = replace(self.claim, assuming=(*self.claim.assuming[:place], *self.claim.assuming[place + 1 :]))
            path = self.places.of_claim(self.claim.id, "assuming", place)
            location, scored = self.places.of_value(path, 0), rests_on_equality(self.claim)
            yield self.mutant(changed, "assuming", f"{to_text(tree)} dropped", location, scored=scored)
        for name, value in self.claim.conventions.items():
            changed = replace(self.claim, conventions=with_item(self.claim.conventions, name, not value))
            path = self.places.of_claim(self.claim.id, "conventions", name)
            location = self.places.of_value(path)
            yield self.mutant(changed, "conventions", f"{name} {flipped(value=value)}", location, scored=True)

    def of_statement(self) -> Iterator[Mutant]:
        """Yield the claim with what it says changed, or what that is held against."""
        claim, said = self.claim, self.claim.statement
        match said:
            case PrintedFigure(figure):
                path = self.places.of_claim(claim.id, "printed")
                for text, at in digits(claim.text):
                    changed = replace(claim, statement=printed(said, text), text=text)
                    yield self.of_digit(changed, "printed", text, self.places.of_value(path, at), scored=figure.exact)
                yield from self.of_equals(said, scored=figure.exact)
            case Formula(tree, _, about):
                for each in self.of_expression(tree):
                    changed = replace(claim, statement=replace(said, formula=each.tree), text=to_text(each.tree))
                    yield self.of_variant(changed, "formula", each, (), scored=about is None)
                yield from self.of_equals(said, scored=about is None)
            case Assertion(tree):
                for each in self.of_expression(tree):
                    changed = replace(claim, statement=Assertion(each.tree), text=to_text(each.tree))
                    yield self.of_variant(changed, "asserts", each, (), scored=True)
            case Qualitative():
                return

    def of_equals(self, said: PrintedFigure | Formula, *, scored: bool) -> Iterator[Mutant]:
        """Yield the claim with one of the things changed that it is held against."""
        for place, tree in enumerate(said.equals):
            for each in self.of_expression(tree):
                equals = (*said.equals[:place], each.tree, *said.equals[place + 1 :])
                errata = tuple(replace(e, correct=with_equals(e.correct, equals)) for e in self.claim.errata)
                changed = replace(self.claim, statement=replace(said, equals=equals), errata=errata)
                yield self.of_variant(changed, "equals", each, (place,), scored=scored)

    def of_correction(self, erratum: Erratum) -> Iterator[Mutant]:
        """Yield the claim with its erratum's correction changed."""
        path = (*self.erratum_path(erratum), "correct")
        match erratum.correct:
            case PrintedFigure(figure) as said:
                for text, at in digits(erratum.correct_text):
                    changed = self.corrected(erratum, printed(said, text), text)
                    location = self.places.of_value(path, at)
                    yield self.of_digit(changed, "erratum.correct", text, location, scored=figure.exact)
            case Formula(tree, _, about) as said:
                for each in self.of_expression(tree):
                    changed = self.corrected(erratum, replace(said, formula=each.tree), to_text(each.tree))
                    location = self.places.of_spot(path, each.spot)
                    yield self.mutant(changed, "erratum.correct", each.what, location, scored=about is None)
            case Assertion(tree):
                for each in self.of_expression(tree):
                    changed = self.corrected(erratum, Assertion(each.tree), to_text(each.tree))
                    location = self.places.of_spot(path, each.spot)
                    yield self.mutant(changed, "erratum.correct", each.what, location, scored=each.exact)
            case Qualitative() | None:
                return

    def of_pins(self) -> Iterator[Mutant]:
        """Yield the claim with a digit of a pinned figure changed."""
        if not isinstance(self.claim.statement, PrintedFigure):
            return
        claim, exact = self.claim, self.claim.statement.figure.exact
        for erratum in claim.errata:
            for text, at in digits(erratum.pin):
                errata = tuple(replace(e, pin=text) if e is erratum else e for e in claim.errata)
                location = self.places.of_value((*self.erratum_path(erratum), "printed"), at)
                yield self.of_digit(replace(claim, errata=errata), "erratum.printed", text, location, scored=exact)
        for waiver in (*claim.waivers, *([claim.waiver] if claim.waiver else [])):
            for text, _ in digits(waiver.pin):
                yield self.of_digit(with_pin(claim, waiver, text), "waive.printed", text, waiver.location, scored=exact)

    def of_expression(self, tree: Expression) -> Iterator[Variant]:
        """Yield the variants of one of the claim's expressions."""
        return variants(tree, others(self.spec, self.claim))

    def of_variant(self, claim: Claim, key: str, variant: Variant, inner: tuple[int, ...], *, scored: bool) -> Mutant:
        """Return the mutant for a variant of an expression."""
        location = self.places.of_spot(self.places.of_claim(claim.id, key, *inner), variant.spot)
        return self.mutant(claim, key, variant.what, location, scored=scored and variant.exact)

    def of_digit(self, claim: Claim, key: str, text: str, location: Location, *, scored: bool) -> Mutant:
        """Return the mutant for a figure with another digit."""
        return self.mutant(claim, key, f"becomes {text}", location, scored=scored)

    def mutant(self, claim: Claim, key: str, what: str, location: Location, *, scored: bool) -> Mutant:
        """Return the spec with the claim changed."""
        claims = tuple(claim if each.id == claim.id else each for each in self.spec.claims)
        # A claim that does not stand by itself in the file, as a table's cell, has one place for all that is in it.
        return Mutant(
            location=location if claim.id in self.places.claims else claim.location,
            kind="claim",
            name=claim.id,
            key=key,
            what=what,
            spec=replace(self.spec, claims=claims),
            scored=scored,
        )

    def corrected(self, erratum: Erratum, correct: Statement, text: str) -> Claim:
        """Return the claim with another correction in this erratum."""
        new = replace(erratum, correct=correct, correct_text=text)
        return replace(self.claim, errata=tuple(new if each is erratum else each for each in self.claim.errata))

    def erratum_path(self, erratum: Erratum) -> Path:
        """Return the path of an erratum: a table, or one of an array of tables."""
        path = self.places.of_claim(self.claim.id, "erratum")
        return (*path, self.claim.errata.index(erratum)) if isinstance(self.places.get(path), list) else path


def rests_on_equality(claim: Claim) -> bool:
    """Tell whether what a claim says is an equality, so that what it assumes must matter."""
    match claim.statement:
        case PrintedFigure(figure):
            return figure.exact
        case Formula(about=about):
            return about is None
        case Assertion(condition):
            return all(each.exact for each in variants(condition, lambda _: ()))
        case Qualitative():
            return False


def digits(text: str) -> Iterator[tuple[str, int]]:
    """Yield a figure with each of its digits changed, and where that digit stands; no figure gets a leading zero."""
    for at, digit in enumerate(text):
        if digit.isascii() and digit.isdigit():
            changed = f"{text[:at]}{'8' if digit == '9' else int(digit) + 1}{text[at + 1 :]}"
            with suppress(FigureError):  # the 10 of "10^23" has no other digits
                read_figure(changed)
                yield changed, at


def printed(said: PrintedFigure, text: str) -> PrintedFigure:
    """Return the statement with another figure, printed to the same precision."""
    move = read_figure(text).value - said.figure.value
    figure = replace(
        said.figure,
        text=text,
        value=said.figure.value + move,
        low=said.figure.low + move,
        high=said.figure.high + move,
    )
    return replace(said, figure=figure)


def with_equals(correct: Statement | None, equals: tuple[Expression, ...]) -> Statement | None:
    """Return a correction that is held against the same things as its claim."""
    match correct:
        case PrintedFigure() | Formula():
            return replace(correct, equals=equals)
        case Assertion() | Qualitative() | None:
            return correct


def with_pin(claim: Claim, waiver: Waiver, pin: str) -> Claim:
    """Return the claim with another pin in one of its waivers."""
    new = replace(waiver, pin=pin)
    if waiver is claim.waiver:
        return replace(claim, waiver=new)
    return replace(claim, waivers=tuple(new if each is waiver else each for each in claim.waivers))
