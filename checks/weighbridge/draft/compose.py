"""A whole starting spec for a document: claims where a guess fits, and what is left to do where none does."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from weighbridge.documents.bind import Binding, bind, seek
from weighbridge.documents.expand import expand_tables
from weighbridge.documents.inventory import Item, inventory
from weighbridge.documents.source import Source, Span
from weighbridge.draft.ground import Ground, Trial, stand_on
from weighbridge.draft.guess import Guess, Guesser, settings_that_fit
from weighbridge.draft.surroundings import Place, Surroundings
from weighbridge.draft.symbols import Observation, Symbols, values_of
from weighbridge.draft.tables import Column, Listing, columns_of, listings, names_of
from weighbridge.draft.write import several, table, text_of, value_of
from weighbridge.errors import Location, SpecError, SpecErrors, UsageError, did_you_mean
from weighbridge.formula.exact import EvaluationError, evaluate
from weighbridge.formula.figures import Figure, FigureError, read_figure
from weighbridge.formula.latex import Side
from weighbridge.formula.tree import Expression, Number
from weighbridge.spec.architectures import Library
from weighbridge.spec.ask import claim_questions
from weighbridge.spec.model import Model, Qualitative, Quote, Spec
from weighbridge.spec.question import AtPoint
from weighbridge.spec.read import read_spec

#: Rounds in which claims that do not read, bind or hold become things to do; one does for all but odd documents.
MAX_ROUNDS = 5
#: Occurrences of a figure in a section that are told apart.
MAX_NTH = 50
TODO = "TODO: what is this equal to?"
NO_CLAIM = "TODO: a figure in words, and perhaps no claim"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a draft is asked for: the document, where its spec will stand, an architecture, and values of symbols."""

    source: Source
    spec_path: str
    document: str
    architecture: str = ""
    like: str = ""
    given: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """The text of a spec, how many claims it makes, and how many figures and formulas it leaves to do."""

    text: str
    claims: int
    left: int


@dataclass(slots=True)
class Entry:
    """One item of the document and what the draft makes of it: a claim, or something to do."""

    item: Item
    quote: Quote | None
    guess: Guess | None
    id: str = ""


def compose(asked: Asked, library: Library) -> Draft:
    """Return a starting spec for a document. It reads, binds and holds, but for what it leaves to do.

    Raises `SpecErrors` for an architecture that can not be read, `UsageError` for a symbol or model it has not.
    """
    return Composer(asked, library).draft()


class Composer:
    """Puts together a draft: what letters and words mean, at which models, and what each item is equal to."""

    def __init__(self, asked: Asked, library: Library) -> None:
        self.asked = asked
        self.library = library
        self.source = asked.source
        self.items = [item for item in inventory(asked.source) if item.rule is None]
        self.around = Surroundings(asked.source)
        found = {index: self.around.place(item) for index, item in enumerate(self.items)}
        self.places: dict[int, Place] = {index: place for index, place in found.items() if place is not None}
        plain = stand_on(asked.architecture, {}, {}, library=library, path=asked.spec_path)
        space = plain.space
        self.symbols = Symbols(self.around, self.items, tuple(space.symbols), tuple(space.quantities))
        self.check_given(plain)
        self.listings = list(listings(self.source, self.symbols))
        self.observed = list(self.symbols.observations(self.outside_tables()))
        self.brought = plain.declared.brought
        self.stated = {**self.symbols.coded(), **values_of(self.observed)}
        self.rename, self.aliases = self.names()
        self.ground = self.stand()
        self.like = self.nearest_model()
        self.trials = self.all_trials()
        self.conventions = settings_that_fit(self.ground, self.trials, self.figures())
        self.rename_quantities()

    # --- what the document's names and values are -----------------------------------------------------------------

    def check_given(self, plain: Ground) -> None:
        """Refuse values of symbols, or a model, that the architecture does not have."""
        for name in self.asked.given:
            if name not in plain.space.symbols and name not in self.symbols.letters:
                known = [*plain.space.symbols, *self.symbols.letters]
                raise UsageError(f"--model: unknown symbol '{name}'; {did_you_mean(name, known)}")
        if self.asked.like and self.asked.like not in plain.declared.brought:
            known = list(plain.declared.brought)
            message = f"--model: the architecture has no model '{self.asked.like}'"
            raise UsageError(f"{message}; {did_you_mean(self.asked.like, known)}")

    def outside_tables(self) -> dict[int, Place]:
        """Return the places of items but for those in tables of models."""
        spans = [listing.span for listing in self.listings]
        return {
            index: place
            for index, place in self.places.items()
            if not any(self.items[index].span in span for span in spans)
        }

    def names(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return `rename` (new = old) for the document's letters, and further letters for what has one already."""
        rename: dict[str, str] = {}
        taken: dict[str, str] = {}
        aliases: dict[str, str] = {}
        for letter, name in self.symbols.letters.items():
            if letter == name:
                taken[name] = letter
        for letter, name in self.symbols.letters.items():
            if letter == name or name in self.symbols.quantities:
                continue
            if name in taken:
                aliases[letter] = taken[name]
            else:
                taken[name] = letter
                rename[letter] = name
        return rename, aliases

    def stand(self) -> Ground:
        """Return the architecture under the names that were found."""
        return stand_on(
            self.asked.architecture, self.rename, self.aliases, library=self.library, path=self.asked.spec_path
        )

    def rename_quantities(self) -> None:
        """Give the document's letters to quantities: N where it is used, as what the document says that it is."""
        wanted = {
            letter: name for letter, name in self.symbols.letters.items() if name in self.symbols.quantities
        }
        used = {name for item in self.items if item.kind == "formula" for name in item.symbols}
        guesser = self.guesser()
        changed = False
        for letter, name in wanted.items():
            if letter not in used or letter == name:
                continue
            meant = self.defined_as(letter, guesser) or name
            if meant not in self.rename.values():
                self.rename[letter] = meant
                changed = True
        if changed:
            self.ground = self.stand()

    def defined_as(self, letter: str, guesser: Guesser) -> str:
        """Return the quantity that a document's chain sets a letter equal to, "" where there is none."""
        for sides in self.symbols.chains.values():
            if len(sides) < 2 or not isinstance(sides[0].says, Expression):
                continue
            if getattr(sides[0].says, "name", "") != letter:
                continue
            for side in sides[1:]:
                if not isinstance(side.says, Expression) or isinstance(side.says, Number):
                    continue
                found = guesser.identical(side.says, str(side.start), {"non_embedding": 2.0, "total": 1.5})
                if found is not None and found.subject in self.symbols.quantities:
                    return found.subject
                for name in ("non_embedding", "n_layers"):
                    if found is not None and name in found.subject:
                        return "non_embedding" if "non_embedding" in self.symbols.quantities else ""
        return ""

    def nearest_model(self) -> str:
        """Return the architecture's model that has all values that the document gives, "" where none has."""
        if self.asked.like:
            return self.asked.like
        known = {**self.stated, **self.asked.given}
        for name, model in self.brought.items():
            alike = [symbol for symbol in known if model.values.get(symbol) == known[symbol]]
            if len(alike) >= 2 and len(alike) == len([symbol for symbol in known if symbol in model.values]):
                return name
        return ""

    def in_own_names(self, values: Mapping[str, int]) -> dict[str, int]:
        """Return values by the architecture's names as values by the document's."""
        return {self.ground.called.get(name, name): value for name, value in values.items()}

    def main_values(self) -> dict[str, int]:
        """Return the values of the document's model, by the architecture's names."""
        given = {self.symbols.letters.get(name, name): value for name, value in self.asked.given.items()}
        like = dict(self.brought[self.like].values) if self.like else {}
        known = {**like, **self.stated, **given}
        if not self.like:
            known |= {name: value for name, value in self.completed(known).items() if name not in known}
        return known

    def completed(self, known: Mapping[str, int]) -> dict[str, int]:
        """Return likely values of symbols that are not given: those that defaults give, and the usual head."""
        found: dict[str, int] = {}
        width, heads, head = (known.get(name) for name in ("d_model", "n_heads", "d_head"))
        if width and "d_head" in self.symbols.known:
            if heads and not head:
                found["d_head"] = width // heads
            elif head and not heads and width % head == 0:
                found["n_heads"] = width // head
            elif not heads and not head:
                usual = next((each for each in (64, 128, 96, 80, 32) if width % each == 0), 0)
                if usual:
                    found |= {"d_head": usual, "n_heads": width // usual}
        if width and "d_ff" in self.symbols.known:
            found["d_ff"] = 4 * width
        return found

    def main_name(self) -> str:
        """Return what the document's model is called in the spec."""
        stem = re.sub(r"[^A-Za-z0-9._+-]+", "-", self.asked.spec_path.rpartition("/")[2].removesuffix(".toml")).strip("-._+")
        rows = {name for listing in self.listings for name in listing.rows.values()}
        name = stem or "model"
        return name if name not in rows and name not in self.brought else f"the-{name}"

    def all_trials(self) -> list[Trial]:
        """Return the document's model, if it has one, and those of its tables."""
        found: list[Trial] = []
        rows = [trial for listing in self.listings for trial in listing.values()]
        values = self.main_values()
        own = [name for name in {**self.stated, **self.asked.given} if name not in self.in_rows()]
        has_main = bool(self.like) or len(values) >= 3 or (not rows and bool(values))
        twin = next((row for row in rows if row.values and all(values.get(k) == v for k, v in row.values.items())), None)
        if has_main and (twin is None or own):
            found.append(Trial(name=self.main_name(), values=self.with_aliases(self.in_own_names(values))))
        shared = self.constants(values)
        for listing in self.listings:
            listing.constants = {name: value for name, value in shared.items() if name not in listing.symbols}
            for trial in listing.values():
                full = {**trial.values, **{k: v for k, v in self.completed(trial.values).items() if k not in trial.values}}
                found.append(Trial(name=trial.name, values=self.with_aliases(self.in_own_names(full))))
        return found

    def in_rows(self) -> set[str]:
        """Return the symbols that tables give for each of their models."""
        return {symbol for listing in self.listings for symbol in listing.symbols}

    def constants(self, values: Mapping[str, int]) -> dict[str, int]:
        """Return what all models of a table have in common: vocabulary and context, which tables seldom list."""
        names = [name for name in ("n_vocab", "n_ctx", "bytes_per_value") if name in self.symbols.known]
        found = {name: values[name] for name in names if name in values}
        rows = [trial for listing in self.listings for trial in listing.values()]
        for model in self.brought.values():
            if any(len(row.values) >= 2 and row.values.items() <= model.values.items() for row in rows):
                found = {name: model.values[name] for name in names if name in model.values} | found
                break
        return found

    def with_aliases(self, values: Mapping[str, int]) -> dict[str, int]:
        """Return values with those of the document's further letters."""
        return dict(values) | {alias: values[of] for alias, of in self.aliases.items() if of in values}

    def figures(self) -> Iterator[Figure]:
        """Yield each figure of the document once."""
        seen: set[Fraction] = set()
        for item in self.items:
            try:
                figure = read_figure(item.text)
            except FigureError:
                continue
            if item.kind == "figure" and figure.value not in seen:
                seen.add(figure.value)
                yield figure

    # --- what each item is ------------------------------------------------------------------------------------------

    def guesser(self) -> Guesser:
        """Return what guesses, as far as everything is known by now."""
        return Guesser(self.around, self.ground, self.trials, self.conventions)

    def entries(self) -> Iterator[Entry]:
        """Yield every item outside tables of models, with its quote and what it may be equal to."""
        guesser = self.guesser()
        observed = {id(each.item): each for each in self.observed}
        ids: Counter[str] = Counter()
        for index, place in self.outside_tables().items():
            item = self.items[index]
            guess = self.guess(guesser, item, place, observed.get(id(item)))
            quote = self.quote(item, guess.printed if guess else "")
            entry = Entry(item, quote, guess if quote is not None else None)
            entry.id = self.name(entry, ids)
            yield entry

    def guess(self, guesser: Guesser, item: Item, place: Place, seen: Observation | None) -> Guess | None:
        """Return what an item may be equal to."""
        if item.kind == "formula":
            return self.guess_formula(guesser, place)
        if seen is not None and (symbol := self.ground.called.get(seen.symbol)):
            at = next((trial.name for trial in self.trials if trial.values.get(symbol) == seen.value), "")
            if at and re.match(r"\d", item.text):
                return Guess(equals=(symbol,), printed=item.text, at=at, subject=seen.symbol, score=4)
            if at:
                return Guess(asserts=f"{symbol} == {seen.value}", at=at, subject=seen.symbol, score=3)
        return guesser.figure(item, place) if re.search(r"\d", item.text) else None

    def guess_formula(self, guesser: Guesser, place: Place) -> Guess | None:
        """Return what a formula may be equal to, given the chain that it stands in."""
        for seen, sides in self.symbols.chains.items():
            if not seen.overlaps(place.seen):
                continue
            chain = [(side, self.printed(side)) for side in sides]
            for side in sides:
                if Span(seen.start + side.start, seen.start + side.end).overlaps(place.seen):
                    return guesser.formula(place, side, chain)
        return None

    def printed(self, side: Side) -> Fraction | None:
        """Return the figure that a side of a chain is, None for any other."""
        return Fraction(side.says.value) if isinstance(side.says, Number) else None

    def quote(self, item: Item, printed: str = "") -> Quote | None:
        """Return a quote that finds an item and nothing else, under the innermost name that it stands under."""
        text = self.source.slice(item.span)
        if printed.startswith(item.text) and printed != item.text:
            text += printed[len(item.text) :]
        for under in (*names_of(self.source, item.span), ()):
            for nth in range(MAX_NTH):
                quote = Quote(text=text, under=under, nth=nth)
                found = seek(self.source, quote, said_at=Location(self.source.path))
                if isinstance(found, SpecError):
                    if nth:
                        break
                    continue
                if not found.complete:
                    break
                if len(found.spans) == 1 and found.spans[0].overlaps(item.span):
                    return quote
        return None

    def name(self, entry: Entry, ids: Counter[str]) -> str:
        """Return an id for a claim that no other has."""
        kind = ".formula" if entry.item.kind == "formula" else ""
        stem = entry.guess.subject if entry.guess and entry.guess.subject else "todo"
        name = f"{self.ground.called.get(stem, stem)}{kind}"
        ids[name] += 1
        return name if ids[name] == 1 else f"{name}.{ids[name]}"

    # --- writing ----------------------------------------------------------------------------------------------------

    def draft(self) -> Draft:
        """Return the draft, once nothing in it is wrong but for what is left to do."""
        entries = list(self.entries())
        columns = {index: list(self.columns(listing)) for index, listing in enumerate(self.listings)}
        for _ in range(MAX_ROUNDS):
            lines, claims_at = self.lines(entries, columns)
            wrong = self.wrong("\n".join(lines) + "\n")
            if not wrong:
                break
            doubtful = [entry for line, entry in claims_at.items() if line in wrong]
            for entry in doubtful:
                entry.guess = None
            if not doubtful:
                columns = {
                    index: [Column(name=each.name, todo="TODO") for each in listed] for index, listed in columns.items()
                }
        claims = sum(entry.guess is not None for entry in entries)
        claims += sum(bool(column.equals) for listed in columns.values() for column in listed)
        left = sum(entry.guess is None for entry in entries)
        left += sum(bool(column.todo) for listed in columns.values() for column in listed)
        return Draft("\n".join(lines) + "\n", claims, left)

    def columns(self, listing: Listing) -> Iterator[Column]:
        """Yield what a table's columns claim."""
        trials = {trial.name: trial for trial in self.trials}
        yield from columns_of(listing, self.ground, trials, self.conventions)

    def wrong(self, text: str) -> set[int]:
        """Return the lines of claims with mistakes, and of those that do not hold or are not printed so."""
        try:
            spec = read_spec(self.asked.spec_path, text.encode(), library=self.library)
        except SpecErrors as errors:
            return {error.location.line for error in errors.errors} | self.headers(text, errors)
        expanded = expand_tables(spec, self.source)
        binding = expanded.onto(bind(self.source, expanded.spec))
        found = {error.location.line for error in binding.errors}
        found |= {line for error in binding.errors if error.location.path != spec.path for line in self.quoting(expanded.spec, binding, error)}
        for claim in expanded.spec.claims:
            anchor = binding.anchors.get(claim.id)
            if anchor is not None and anchor.state != "found":
                found.add(claim.location.line)
            if not isinstance(claim.statement, Qualitative) and not holds(expanded.spec, claim.id):
                found.add(claim.location.line)
        return found

    def headers(self, text: str, errors: SpecErrors) -> set[int]:
        """Return the lines of the [[claim]] headers above mistakes."""
        starts = [number for number, line in enumerate(text.split("\n"), start=1) if line.startswith("[[claim]]")]
        lines = {error.location.line for error in errors.errors}
        return {max((start for start in starts if start <= line), default=0) for line in lines}

    def quoting(self, spec: Spec, binding: Binding, error: SpecError) -> Iterator[int]:
        """Yield the lines of claims that quote the place of a mistake in the document."""
        for claim in spec.claims:
            for span in binding.spans.get(claim.id, ()):
                start, end = self.source.location(span.start), self.source.location(span.end)
                if start <= error.location <= end:
                    yield claim.location.line

    def lines(
        self, entries: Sequence[Entry], columns: Mapping[int, Sequence[Column]]
    ) -> tuple[list[str], dict[int, Entry]]:
        """Return the lines of the spec, and the claims by the lines on which they begin."""
        written = list(self.head())
        claims_at: dict[int, Entry] = {}
        for index, listing in enumerate(self.listings):
            written += self.table(listing, columns[index], index)
        for entry in entries:
            lines = list(self.entry(entry))
            header = next((number for number, line in enumerate(lines) if line.startswith("[[claim]]")), None)
            if header is not None:
                claims_at[len(written) + header + 1] = entry
            written += lines
        return written, claims_at

    def head(self) -> Iterator[str]:
        """Yield everything before the claims."""
        title = next((section.name for section in self.source.sections if section.kind == "heading"), "")
        yield f"# A draft for {self.asked.document}: what its figures and formulas are equal to, as far as trying tells."
        yield "# Read every claim, and see to what says TODO."
        if self.asked.architecture:
            yield ""
            yield f"architecture = {text_of(self.asked.architecture)}"
            if self.rename:
                yield f"rename = {value_of(self.rename)}"
        yield from table("[document]", {"title": title or "TODO", "path": self.asked.document})
        if self.aliases:
            entries = {
                alias: {"text": f"TODO: taken for the same as {of}", "default": of} for alias, of in self.aliases.items()
            }
            yield from table("[symbols]", entries)
        yield from self.model()
        changed = {name: on for name, on in self.conventions.items() if on != self.ground.space.conventions[name]}
        if changed:
            yield from table("[conventions]", changed, ["the setting under which most figures are something"])

    def model(self) -> Iterator[str]:
        """Yield the document's model: what it states, and what is taken from elsewhere, marked as assumed."""
        name = self.main_name()
        if not self.trials or self.trials[0].name != name:
            return
        values = self.main_values()
        like = self.brought[self.like].values if self.like else {}
        given = {self.symbols.letters.get(letter, letter) for letter in self.asked.given}
        entries: dict[str, object] = {"like": self.like} if self.like else {}
        assumed: dict[str, str] = {}
        for symbol in self.symbols.known:
            own = self.ground.called[symbol]
            if symbol not in values or symbol == "bytes_per_value" and symbol not in self.stated:
                continue
            stated = symbol in self.stated
            if stated or values[symbol] != like.get(symbol):
                entries[own] = values[symbol]
            if not stated:
                why = f"as in {self.like}" if symbol in like else "by default"
                assumed[own] = f"TODO: not found in the document; {'as given' if symbol in given else why}"
        if assumed:
            entries["assumed"] = assumed
        yield from table(f"[models.{name}]", entries)

    def table(self, listing: Listing, columns: Sequence[Column], index: int) -> Iterator[str]:
        """Yield a table of models."""
        called = self.ground.called
        entries: dict[str, object] = {"id": f"table-{index + 1}", "under": several(listing.under)}
        if listing.nth:
            entries["nth"] = listing.nth
        if listing.transposed:
            entries["transposed"] = True
        entries["symbols"] = {called[symbol]: column for symbol, column in listing.symbols.items()}
        fixed = {called[symbol]: value for symbol, value in listing.constants.items() if symbol != "bytes_per_value"}
        if fixed:
            entries["set"] = fixed
            unsaid = [called[symbol] for symbol in listing.constants if symbol not in self.stated]
            if unsaid:
                entries["assumed"] = {name: "TODO: not found in the document" for name in unsaid if name in fixed}
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
        comments = [str(item.location)]
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
            if item.kind == "figure" and not re.search(r"\d", item.text):
                yield from table("[[exempt]]", {**entries, "reason": NO_CLAIM}, comments)
            else:
                yield from table("[[claim]]", {"id": entry.id, **entries, "qualitative": TODO}, comments)
            return
        for key, said in (("printed", guess.printed), ("formula", guess.formula), ("asserts", guess.asserts)):
            if said:
                entries[key] = said
        if guess.equals:
            entries["equals"] = several(guess.equals)
        entries |= dict(guess.extra)
        if guess.assuming:
            entries["assuming"] = several(guess.assuming)
        if guess.conventions:
            entries["conventions"] = dict(guess.conventions)
        if not guess.at:
            entries["over"] = "everywhere"
        elif len(self.trials) > 1:
            entries["at"] = guess.at
        yield from table("[[claim]]", {"id": entry.id, **entries}, comments)


def holds(spec: Spec, claim_id: str) -> bool:
    """Tell whether a claim about models is true; what speaks of all values was compared by form already."""
    claim = next(each for each in spec.claims if each.id == claim_id)
    for asked in claim_questions(spec, claim):
        if isinstance(asked.question.domain, AtPoint):
            try:
                if evaluate(asked.question.condition, asked.question.domain.values) is not True:
                    return False
            except EvaluationError:
                return False
    return True
