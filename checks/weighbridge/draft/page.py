"""How a draft is laid out: the head of the spec, its tables, and each claim with where it stands in the document."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from msgspec import Struct

from weighbridge.artifacts.described import Described
from weighbridge.documents.inventory import Item
from weighbridge.draft.findings import Findings
from weighbridge.draft.guess import Guess
from weighbridge.draft.tables import Column, Listing
from weighbridge.draft.words import PHRASES
from weighbridge.draft.write import several, table, text_of, value_of
from weighbridge.formula.parser import parse
from weighbridge.formula.tree import free_names
from weighbridge.spec.claim_model import Quote
from weighbridge.spec.expand import expand

TODO = "TODO: what is this equal to?"
NO_CLAIM = "TODO: a figure in words, and perhaps no claim"


@dataclass(slots=True)
class Entry:
    """One item of the document and what the draft makes of it: a claim, exempt for a reason, or something to do."""

    item: Item
    quote: Quote | None
    guess: Guess | None
    id: str = ""
    exempt: str = ""

    @property
    def to_do(self) -> bool:
        """Whether somebody has to see to it."""
        return self.guess is None and (not self.exempt or self.exempt.startswith("TODO"))


class Page(Struct, frozen=True):
    """The text of a draft, from what was found and guessed."""

    found: Findings

    def lines(
        self, entries: Sequence[Entry], columns: Mapping[int, Sequence[Column]]
    ) -> tuple[list[str], dict[int, Entry]]:
        """Return the lines of the spec, and the claims by the lines on which they begin."""
        written = list(self.head(self.needed(entries)))
        claims_at: dict[int, Entry] = {}
        for index, listing in enumerate(self.found.listings):
            written += self.table(listing, columns[index], index)
        for entry in entries:
            lines = list(self.entry(entry))
            header = next((number for number, line in enumerate(lines) if line.startswith("[[claim]]")), None)
            if header is not None:
                claims_at[len(written) + header + 1] = entry
            written += lines
        return written, claims_at

    def needed(self, entries: Sequence[Entry]) -> set[str]:
        """Return the symbols that the document's claims rest on."""
        space = self.found.ground.space
        # A document of thousands of figures says the same few things of them.
        said = {
            (text, tuple(guess.conventions.items()))
            for guess in (entry.guess for entry in entries if entry.guess)
            for text in (*guess.equals, *guess.assuming, guess.formula, guess.asserts)
            if text
        }
        found: set[str] = set()
        for text, changed in said:
            found |= free_names(expand(parse(text), space, {**self.found.conventions, **dict(changed)}))
        return found

    def head(self, needed: Container[str]) -> Iterator[str]:
        """Yield everything before the claims, which need these symbols."""
        title = self.found.title()
        document = self.found.asked.document
        yield f"# A draft for {document}: what its figures and formulas are equal to, as far as trying tells."
        yield "# Read every claim, and see to what says TODO."
        if self.found.asked.described is not None:
            yield f"# What {self.found.asked.config} says is counted; a claim that does not hold says so above it."
        if self.found.asked.architecture:
            yield ""
            yield f"architecture = {text_of(self.found.asked.architecture)}"
            if self.found.rename:
                yield f"rename = {value_of(self.found.rename)}"
        yield from table("[document]", {"title": title or "TODO", "path": self.found.asked.document})
        if not self.found.asked.architecture and self.found.bare():
            yield from table(
                "[symbols]", {self.found.ground.called[name]: PHRASES[name][0] for name in self.found.bare()}
            )
            yield from (
                f'{alias} = {{ text = "TODO: taken for the same as {of}", default = "{of}" }}'
                for alias, of in self.found.aliases.items()
            )
        elif self.found.aliases:
            entries = {
                alias: {"text": f"TODO: taken for the same as {of}", "default": of}
                for alias, of in self.found.aliases.items()
            }
            yield from table("[symbols]", entries)
        yield from self.model(needed)
        changed = {
            name: on for name, on in self.found.conventions.items() if on != self.found.ground.space.conventions[name]
        }
        if changed:
            by_config = self.found.asked.described is not None
            why = "as the config has it" if by_config else "the setting under which most figures are something"
            yield from table(
                "[conventions]",
                changed,
                [why],
            )

    def model(self, needed: Container[str]) -> Iterator[str]:
        """Yield the document's model: what it states, and what is taken from elsewhere, marked as assumed."""
        name = self.found.main_name()
        if not self.found.trials or self.found.trials[0].name != name:
            return
        if self.found.asked.described is not None:
            yield from self.described(self.found.asked.described, name, needed)
            return
        values = self.found.main_values()
        like = self.found.brought[self.found.like].values if self.found.like else {}
        given = {self.found.symbols.letters.get(letter, letter) for letter in self.found.asked.given}
        entries: dict[str, object] = {"like": self.found.like} if self.found.like else {}
        assumed: dict[str, str] = {}
        for symbol in self.found.symbols.known:
            own = self.found.ground.called.get(symbol, "")
            if not own or symbol not in values or (symbol == "bytes_per_value" and symbol not in self.found.stated):
                continue
            stated = symbol in self.found.stated
            if stated or values[symbol] != like.get(symbol):
                entries[own] = values[symbol]
            if not stated and own in needed:
                why = f"as in {self.found.like}" if symbol in like else "by default"
                assumed[own] = f"TODO: not found in the document; {'as given' if symbol in given else why}"
        if assumed:
            entries["assumed"] = assumed
        yield from table(f"[models.{name}]", entries)

    def described(self, described: Described, name: str, needed: Container[str]) -> Iterator[str]:
        """Yield the model of a config: what it sets, and what follows from that wherever a claim rests on it."""
        called = self.found.ground.called
        entries = {
            called[symbol]: value
            for symbol, value in self.found.main_values().items()
            if symbol in described.symbols or called[symbol] in needed
            # What the config does not say is taken by default, and shown as assumed.
            if symbol != "bytes_per_value" or self.found.asked.per_value
        }
        yield from table(
            f"[models.{name}]", entries, [f"{described.described_as}, as {self.found.asked.config} has it"]
        )

    def table(self, listing: Listing, columns: Sequence[Column], index: int) -> Iterator[str]:
        """Yield a table of models."""
        called = self.found.ground.called
        entries: dict[str, object] = {"id": f"table-{index + 1}", "under": several(listing.under)}
        if listing.nth:
            entries["nth"] = listing.nth
        if listing.transposed:
            entries["transposed"] = True
        entries["symbols"] = {called[symbol]: column for symbol, column in listing.symbols.items()}
        fixed = {called[symbol]: value for symbol, value in listing.constants.items() if symbol != "bytes_per_value"}
        if fixed:
            entries["set"] = fixed
            unsaid = [name for name in fixed if self.found.ground.subject(name) not in self.found.stated]
            if unsaid:
                entries["assumed"] = dict.fromkeys(unsaid, "TODO: not found in the document")
        exempt: dict[str, object] = {column.name: f"TODO: {column.todo}" for column in columns if column.todo}
        for column in columns:
            if column.odd:
                reason = f"TODO: not {column.equals}"
                exempt[column.name] = {"at": list(column.odd), "reason": reason}
        if exempt:
            entries["exempt"] = exempt
        yield from table("[[table]]", entries, [str(listing.cells.at)])
        for column in columns:
            if not column.equals:
                continue
            claim: dict[str, object] = {"column": column.name, "equals": column.equals}
            if column.rounding:
                claim |= {"rounding": column.rounding, "because": f"TODO: the table seems to round {column.rounding}"}
            if column.conventions:
                claim["conventions"] = dict(column.conventions)
            yield from list(table("[[table.claims]]", claim))[1:]

    def entry(self, entry: Entry) -> Iterator[str]:
        """Yield a claim, or what is left to do."""
        item, guess, quote = entry.item, entry.guess, entry.quote
        comments = [str(item.location), *(guess.remarks if guess else ())]
        if quote is None:
            yield ""
            yield f"# {item.location}"
            yield f"# TODO: '{' '.join(item.text.split())}' can not be quoted here"
            return
        entries: dict[str, object] = {}
        if quote.under:
            entries["under"] = several(quote.under)
        entries["quote"] = quote.text
        if quote.nth:
            entries["nth"] = quote.nth
        if guess is None:
            if entry.exempt:
                yield from table("[[exempt]]", {**entries, "reason": entry.exempt}, comments)
            elif item.kind == "figure" and not re.search(r"\d", item.text):
                yield from table("[[exempt]]", {**entries, "reason": NO_CLAIM}, comments)
            else:
                yield from table("[[claim]]", {"id": entry.id, **entries, "qualitative": TODO}, comments)
            return
        said = {"printed": guess.printed, "formula": guess.formula, "asserts": guess.asserts}
        entries |= {key: text for key, text in said.items() if text}
        if guess.equals:
            entries["equals"] = several(guess.equals)
        entries |= dict(guess.extra)
        if guess.assuming:
            entries["assuming"] = several(guess.assuming)
        if guess.conventions:
            entries["conventions"] = dict(guess.conventions)
        if not guess.at:
            entries["over"] = "everywhere"
        elif len(self.found.trials) > 1:
            entries["at"] = guess.at
        yield from table("[[claim]]", {"id": entry.id, **entries}, comments)
