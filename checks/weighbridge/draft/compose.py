"""A whole starting spec for a document: claims where a guess fits, and what is left to do where none does."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from weighbridge.documents.inventory import Item
from weighbridge.documents.quotes import readings
from weighbridge.documents.scopes import scope_of
from weighbridge.documents.source import Span
from weighbridge.draft.asked import Asked
from weighbridge.draft.binding import A_NAME, ANOTHER, Binder, Outcome
from weighbridge.draft.card import Card
from weighbridge.draft.findings import Findings
from weighbridge.draft.formulas import FormulaGuesser
from weighbridge.draft.guess import Guess
from weighbridge.draft.mistaken import Mistaken
from weighbridge.draft.page import Entry, Page
from weighbridge.draft.proof import Proof
from weighbridge.draft.surroundings import Place
from weighbridge.draft.symbols import Observation
from weighbridge.draft.tables import Column, Listing, Trying, names_of
from weighbridge.errors import Location, SpecError, UsageError
from weighbridge.formula.latex import Side
from weighbridge.formula.tree import Number
from weighbridge.spec.architectures import Library
from weighbridge.spec.claim_model import Quote
from weighbridge.spec.read import MAX_BYTES

#: Rounds in which claims that do not read, bind or hold become things to do; one does for all but odd documents.
MAX_ROUNDS = 6


class Draft(Struct, frozen=True):
    """The text of a spec, how many claims it makes, how many figures and formulas it leaves to do, and what is refuted.

    Only what a config decides is claimed though it does not hold.
    """

    text: str
    claims: int
    left: int
    refuted: int = 0


def compose(asked: Asked, library: Library) -> Draft:
    """Return a starting spec for a document. It reads and binds, and holds but for what a config refutes.

    Raises `SpecErrors` for an architecture that can not be read, `UsageError` for a symbol or model it has not, or a
    document with more figures than a spec can hold.
    """
    return Composer(asked, library).draft()


class Composer:
    """Guesses at every item of a document, and sees that what comes of it is a spec that can be checked."""

    def __init__(self, asked: Asked, library: Library) -> None:
        self.found = Findings(asked, library)
        self.proof = Proof(asked.source, asked.spec_path, library)
        self.places: dict[tuple[str, tuple[str, ...]], tuple[tuple[Span, ...], ...]] = {}

    # --- what each item is ------------------------------------------------------------------------------------------

    def entries(self) -> Iterator[Entry]:
        """Yield every item outside tables of models, with its quote and what it may be equal to."""
        outcome = self.by_words() if self.found.card is None else self.by_config(self.found.card)
        ids: Counter[str] = Counter()
        others = self.rows_of_others()
        told: set[Span] = set()
        for index, place in self.found.outside_tables().items():
            item = self.found.items[index]
            row = next((span for span in others if item.span in span), None)
            if row is not None:
                if row not in told:
                    whole = replace(item, span=row, location=self.found.source.location(row.start), text="a row")
                    yield Entry(whole, self.quote(whole), None, exempt=ANOTHER)
                told.add(row)
                continue
            found = outcome(index, place)
            quote = self.quote(item, found.guess.printed if found.guess else "")
            entry = Entry(item, quote, found.guess if quote is not None else None, exempt=found.exempt)
            entry.id = self.name(entry, ids)
            yield entry

    def rows_of_others(self) -> list[Span]:
        """Return the rows of tables that are about another model than a config's, and each one thing to do."""
        return [] if self.found.card is None or self.found.card.rows is None else self.found.card.rows.others

    def by_words(self) -> Callable[[int, Place], Outcome]:
        """Return what tells what becomes of an item where the document alone says what its model is."""
        guesser, formulas = self.found.guesser(), self.found.formula_guesser()
        observed = {id(each.item): each for each in self.found.observed}

        def outcome(index: int, place: Place) -> Outcome:
            item = self.found.items[index]
            if item.kind == "formula":
                return Outcome(self.guess_formula(formulas, place))
            seen = observed.get(id(item))
            guess = None if seen is None else self.observed(item, seen)
            if guess is None and re.search(r"\d", item.text):
                guess = self.unless_words_differ(guesser.figure(item, place), place)
            return Outcome(guess)

        return outcome

    def by_config(self, card: Card) -> Callable[[int, Place], Outcome]:
        """Return what tells what becomes of an item where a config says what the model is."""
        binder, formulas = Binder(card, self.found.main_name()), self.found.formula_guesser()
        mistaken = Mistaken(card, self.found.main_name())

        def outcome(index: int, place: Place) -> Outcome:
            if self.found.items[index].kind == "figure":
                return binder.outcome(card.readings[index])
            if card.is_name(self.found.items[index], place):
                return Outcome(exempt=A_NAME)
            return Outcome(self.guess_formula(formulas, place) or self.mistaken_formula(mistaken, place))

        return outcome

    def unless_words_differ(self, guess: Guess | None, place: Place) -> Guess | None:
        """Return a guess by a value, unless it is a symbol and words beside the figure speak of something else."""
        if guess is None or guess.equals[0:1] == () or guess.equals[0] not in self.found.ground.space.symbols:
            return guess
        spoken = self.found.symbols.spoken(place)
        meant = self.found.ground.subject(guess.equals[0])
        return guess if spoken is None or meant in spoken.expressions else None

    def observed(self, item: Item, seen: Observation) -> Guess | None:
        """Return that a figure is the value that the document gives to a symbol by it."""
        symbol = self.found.ground.called.get(seen.symbol)
        at = next((trial.name for trial in self.found.trials if symbol and trial.values.get(symbol) == seen.value), "")
        if not symbol or not at:
            return None
        if re.match(r"\d", item.text):
            return Guess(equals=(symbol,), printed=item.text, at=at, subject=seen.symbol, score=4)
        return Guess(asserts=f"{symbol} == {seen.value}", at=at, subject=seen.symbol, score=3)

    def guess_formula(self, guesser: FormulaGuesser, place: Place) -> Guess | None:
        """Return what a formula may be equal to, given the chain that it stands in."""
        found = self.in_chain(place)
        return None if found is None else guesser.formula(place, *found)

    def mistaken_formula(self, mistaken: Mistaken, place: Place) -> Guess | None:
        """Return what a formula claims of a config's model though it is false."""
        found = self.in_chain(place)
        return None if found is None else mistaken.guess(place, *found)

    def in_chain(self, place: Place) -> tuple[Side, list[tuple[Side, Fraction | None]]] | None:
        """Return a formula as a side of the chain that it stands in, and all sides with the figures among them."""
        chains = {seen: sides for seen, sides in self.found.symbols.chains.items() if seen.overlaps(place.seen)}
        if not chains:
            chains = {place.seen: self.found.symbols.plain(place)}
        for seen, sides in chains.items():
            for side in sides:
                if Span(seen.start + side.start, seen.start + side.end).overlaps(place.seen):
                    return side, [(each, self.printed(each)) for each in sides]
        return None

    def printed(self, side: Side) -> Fraction | None:
        """Return the figure that a side of a chain is, None for any other."""
        return Fraction(side.says.value) if isinstance(side.says, Number) else None

    def quote(self, item: Item, printed: str = "") -> Quote | None:
        """Return a quote that finds an item and nothing else, under the innermost name that it stands under."""
        text = self.found.source.slice(item.span)
        if printed.startswith(item.text) and printed != item.text:
            text += printed[len(item.text) :]
        for under in (*names_of(self.found.source, item.span), ()):
            for spans in self.places_of(text, under):
                at = next((index for index, span in enumerate(spans, start=1) if span.overlaps(item.span)), 0)
                if at:
                    return Quote(text=text, under=under, nth=0 if len(spans) == 1 else at)
        return None

    def places_of(self, text: str, under: tuple[str, ...]) -> tuple[tuple[Span, ...], ...]:
        """Return where a quote stands under a name, by ever wider readings of it; a wider one is for the odd place."""
        if (text, under) not in self.places:
            scope = scope_of(self.found.source, under, said_at=Location(self.found.source.path))
            found = () if isinstance(scope, SpecError) else tuple(readings(self.found.source, text, scope))
            # A number of times speaks of the strictest reading that has so many.
            self.places[text, under] = tuple(
                each for index, each in enumerate(found) if index == 0 or not found[index - 1]
            )
        return self.places[text, under]

    def name(self, entry: Entry, ids: Counter[str]) -> str:
        """Return an id for a claim that no other has."""
        kind = ".formula" if entry.item.kind == "formula" else ""
        stem = entry.guess.subject if entry.guess and entry.guess.subject else "todo"
        name = f"{self.found.ground.called.get(stem, stem)}{kind}"
        ids[name] += 1
        return name if ids[name] == 1 else f"{name}.{ids[name]}"

    # --- writing ----------------------------------------------------------------------------------------------------

    def draft(self) -> Draft:
        """Return the draft, once nothing in it is wrong but for what is left to do."""
        entries = list(self.entries())
        columns = {index: list(self.columns(listing)) for index, listing in enumerate(self.found.listings)}
        for turn in range(MAX_ROUNDS):
            lines, claims_at = Page(self.found).lines(entries, columns)
            if turn == 0:
                self.refuse_what_is_too_long(lines)
            wrong = self.proof.wrong("\n".join(lines) + "\n")
            told = {line for line, entry in claims_at.items() if entry.guess and entry.guess.refuted}
            bad = wrong.lines | wrong.false - told
            if not bad:
                break
            doubtful = [entry for line, entry in claims_at.items() if line in bad and entry.guess]
            for entry in doubtful if turn < MAX_ROUNDS - 2 else entries:
                entry.guess = None
            if not doubtful and self.found.listings:
                # It is a table that is wrong: its cells are figures like all others then.
                self.found.listings, columns = [], {}
                entries = list(self.entries())
        claims = sum(entry.guess is not None for entry in entries)
        claims += sum(bool(column.equals) for listed in columns.values() for column in listed)
        refuted = sum(entry.guess is not None and entry.guess.refuted for entry in entries)
        left = sum(entry.to_do for entry in entries)
        left += sum(bool(column.todo or column.odd) for listed in columns.values() for column in listed)
        return Draft("\n".join(lines) + "\n", claims, left, refuted)

    def refuse_what_is_too_long(self, lines: Sequence[str]) -> None:
        """Refuse a document whose spec nobody could read. Raises `UsageError`."""
        size = sum(len(line.encode()) + 1 for line in lines)
        if size > MAX_BYTES:
            found = f"has {len(self.found.items):,} figures and formulas, whose spec would have {size:,} bytes"
            raise UsageError(
                f"{self.found.source.path}: {found}, and a spec has at most {MAX_BYTES:,}; split the document"
            )

    def columns(self, listing: Listing) -> Iterator[Column]:
        """Yield what a table's columns claim."""
        trials = {trial.name: trial for trial in self.found.trials}
        yield from Trying(listing, self.found.ground, trials, self.found.conventions).columns()
