"""In which ways a claim can be wrong in one place: its figure, its expressions, its errata and what it assumes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from weighbridge.audit.claim_changes import (
    Change,
    printed,
    with_condition,
    with_correction,
    with_equals,
    with_figure,
    with_formula,
    with_pin,
    with_setting,
    without_assumption,
)
from weighbridge.audit.entries import Entry, cells, entries, excuses_of
from weighbridge.audit.mutants import Mutant, flipped, others
from weighbridge.audit.places import Places
from weighbridge.audit.variants import Variant, variants
from weighbridge.errors import Location
from weighbridge.formula.figures import FigureError, read_figure
from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import Expression
from weighbridge.spec.claim_model import (
    Assertion,
    Claim,
    Erratum,
    Formula,
    PrintedFigure,
    Qualitative,
    Statement,
    Waiver,
)
from weighbridge.spec.locate import Path
from weighbridge.spec.model import Spec

#: Where an excuse repeats the figure of its claim.
PINS = ("erratum.printed", "waive.printed")


def claim_mutants(spec: Spec, places: Places) -> Iterator[Mutant]:
    """Yield the spec with each change to each claim that arithmetic decides.

    What one entry of the file says of every row of a table is changed in all of them at once, as it would be there.
    """
    found = list(entries(spec, places))
    for entry in found:
        yield from EntryMutants(spec, places, entry).all()
    for claims, written in cells(found):
        yield from cell_mutants(spec, places, claims, written)


class EntryMutants(Struct, frozen=True):
    """Makes the mutants of one entry; what a correction shares with its claim is changed in both."""

    spec: Spec
    places: Places
    entry: Entry

    def all(self) -> Iterator[Mutant]:
        """Yield every mutant of the entry."""
        first = self.entry.claims[0]
        yield from self.of_statement(first.statement)
        for erratum in {each.location: each for claim in self.entry.claims for each in claim.errata}.values():
            yield from self.of_correction(erratum)
        yield from self.of_pins(first)
        for place, tree in enumerate(first.assuming):
            location = self.places.of_value(self.places.of_key(self.entry.path, "assuming", place), 0)
            change, scored = partial(without_assumption, place), any(map(rests_on_equality, self.entry.claims))
            yield self.mutant(change, "assuming", f"{to_text(tree)} dropped", location, scored=scored)
        for name, value in self.entry.conventions.items():
            location = self.places.of_value(self.places.of_key(self.entry.path, "conventions", name))
            change = partial(with_setting, name, value=not value)
            yield self.mutant(change, "conventions", f"{name} {flipped(value=value)}", location, scored=True)

    def of_statement(self, said: Statement) -> Iterator[Mutant]:
        """Yield the entry with what it says changed, or what that is held against."""
        match said:
            case PrintedFigure(figure):
                if not self.entry.column:
                    path = self.places.of_key(self.entry.path, "printed")
                    for text, at in digits(self.entry.claims[0].text):
                        location = self.places.of_value(path, at)
                        yield self.mutant(
                            partial(with_figure, text), "printed", f"becomes {text}", location, scored=figure.exact
                        )
                yield from self.of_equals(said, scored=any(map(rests_on_equality, self.entry.claims)))
            case Formula(tree, _, about):
                for each in self.of_expression(tree):
                    yield self.of_variant(partial(with_formula, each.tree), "formula", each, (), scored=about is None)
                yield from self.of_equals(said, scored=about is None)
            case Assertion(tree):
                for each in self.of_expression(tree):
                    yield self.of_variant(partial(with_condition, each.tree), "asserts", each, (), scored=True)
            case Qualitative():
                return

    def of_equals(self, said: PrintedFigure | Formula, *, scored: bool) -> Iterator[Mutant]:
        """Yield the entry with one of the things changed that it is held against."""
        for place, tree in enumerate(said.equals):
            for each in self.of_expression(tree):
                equals = (*said.equals[:place], each.tree, *said.equals[place + 1 :])
                yield self.of_variant(partial(with_equals, equals), "equals", each, (place,), scored=scored)

    def of_correction(self, erratum: Erratum) -> Iterator[Mutant]:
        """Yield the entry with an erratum's correction changed."""
        path = (*self.path_of(erratum), "correct")

        def mutant(correct: Statement, what: str, location: Location, *, scored: bool) -> Mutant:
            change = partial(with_correction, erratum.location, correct)
            return self.mutant(change, "erratum.correct", what, location, scored=scored)

        match erratum.correct:
            case PrintedFigure(figure) as said:
                for text, at in digits(figure.text):
                    location = self.places.of_value(path, at)
                    yield mutant(printed(said, text), f"becomes {text}", location, scored=figure.exact)
            case Formula(tree, _, about) as said:
                for each in self.of_expression(tree):
                    location = self.places.of_spot(path, each.spot)
                    yield mutant(replace(said, formula=each.tree), each.what, location, scored=about is None)
            case Assertion(tree):
                for each in self.of_expression(tree):
                    location = self.places.of_spot(path, each.spot)
                    yield mutant(Assertion(each.tree), each.what, location, scored=each.exact)
            case Qualitative() | None:
                return

    def of_pins(self, first: Claim) -> Iterator[Mutant]:
        """Yield the entry with a digit of a figure changed that an excuse repeats."""
        if not isinstance(first.statement, PrintedFigure):
            return
        exact = first.statement.figure.exact
        for excuse in {each.location: each for claim in self.entry.claims for each in excuses_of(claim)}.values():
            if excuse.location not in self.entry.written:
                continue
            path, key = (*self.path_of(excuse), "printed"), PINS[isinstance(excuse, Waiver)]
            for text, at in digits(excuse.pin):
                change, place = partial(with_pin, excuse.location, text), self.places.of_value(path, at)
                yield self.mutant(change, key, f"becomes {text}", place, scored=exact)

    def of_expression(self, tree: Expression) -> Iterator[Variant]:
        """Yield the variants of one of the entry's expressions."""
        return variants(tree, others(self.spec, self.entry.claims[0]))

    def of_variant(self, change: Change, key: str, variant: Variant, inner: tuple[int, ...], *, scored: bool) -> Mutant:
        """Return the mutant for a variant of an expression."""
        location = self.places.of_spot(self.places.of_key(self.entry.path, key, *inner), variant.spot)
        return self.mutant(change, key, variant.what, location, scored=scored and variant.exact)

    def mutant(self, change: Change, key: str, what: str, location: Location, *, scored: bool) -> Mutant:
        """Return the spec with every claim of the entry changed."""
        return changed(
            self.spec, self.entry.claims, change, self.entry.name, key=key, what=what, location=location, scored=scored
        )

    def path_of(self, excuse: Erratum | Waiver) -> Path:
        """Return the path of an excuse: a table or one of several, of the entry itself or of its [[table]]."""
        key = "erratum" if isinstance(excuse, Erratum) else "waive"
        for above in (self.entry.path, self.entry.path[:2]):
            path = (*above, key)
            several = self.places.get(path)
            several_paths = [(*path, place) for place in range(len(several))] if isinstance(several, list) else [path]
            for each in several_paths:
                if self.places.locator.of(each) == excuse.location:
                    return each
        return (*self.entry.path, key)


def cell_mutants(spec: Spec, places: Places, claims: list[Claim], written: frozenset[Location]) -> Iterator[Mutant]:
    """Yield the spec with each digit of a cell changed, in all claims that are made of it."""
    first = claims[0]
    for text, at in digits(first.text):
        place = first.location
        if places.character(place, at) == first.text[at]:
            place = replace(place, column=place.column + at)
        yield changed(
            spec,
            claims,
            partial(with_figure, text, written=written),
            first.id,
            key="printed",
            what=f"becomes {text}",
            location=place,
            scored=any(map(rests_on_equality, claims)),
        )


def changed(  # noqa: PLR0913 - the parts of a mutant
    spec: Spec,
    claims: Iterable[Claim],
    change: Change,
    name: str,
    *,
    key: str,
    what: str,
    location: Location,
    scored: bool,
) -> Mutant:
    """Return the spec with some claims changed."""
    new = {each.id: change(each) for each in claims}
    return Mutant(
        location=location,
        kind="claim",
        name=name,
        key=key,
        what=what,
        spec=replace(spec, claims=tuple(new.get(each.id, each) for each in spec.claims)),
        claims=tuple(new),
        scored=scored,
    )


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
