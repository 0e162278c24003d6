"""What a draft goes by: which letters, values and models a document has, and under which conventions it counts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction

from weighbridge.documents.inventory import inventory
from weighbridge.draft.asked import Asked
from weighbridge.draft.card import Card
from weighbridge.draft.formulas import FormulaGuesser
from weighbridge.draft.ground import Ground, Trial, stand_on
from weighbridge.draft.guess import Guesser
from weighbridge.draft.matching import Matcher
from weighbridge.draft.owner import Owner
from weighbridge.draft.resources import Resources
from weighbridge.draft.settings import settings_that_fit
from weighbridge.draft.surroundings import Place, Surroundings
from weighbridge.draft.symbols import Symbols, values_of
from weighbridge.draft.tables import listings
from weighbridge.draft.words import RANGES
from weighbridge.draft.worth import Worth
from weighbridge.errors import UsageError, did_you_mean
from weighbridge.formula.figures import Figure, FigureError, read_figure
from weighbridge.formula.tree import Expression, Number
from weighbridge.spec.architectures import Library

#: Symbols that tell models from one another; how much one is trained on, or stored in, does not.
STRUCTURE = ("n_layers", "d_model", "n_heads", "d_head", "d_ff", "n_vocab", "n_ctx")
#: Symbols that tables of models seldom list, since they are the same for all.
COMMON = ("n_vocab", "n_ctx", "n_tokens", "bytes_per_value")


class Findings:
    """What is found in a document before anything in it is guessed at."""

    def __init__(self, asked: Asked, library: Library) -> None:
        self.asked = asked
        self.library = library
        self.source = asked.source
        self.items = [item for item in inventory(asked.source) if item.rule is None]
        self.around = Surroundings(asked.source)
        found = {index: self.around.place(item) for index, item in enumerate(self.items)}
        self.places: dict[int, Place] = {index: place for index, place in found.items() if place is not None}
        plain = stand_on(asked.architecture, {}, {}, symbols=RANGES, library=library, path=asked.spec_path)
        space = plain.space
        self.symbols = Symbols(self.around, self.items, tuple(space.symbols), tuple(space.quantities))
        self.check_given(plain)
        # Without an architecture no column of a table is anything but a symbol; with a config there is one model.
        listed = asked.architecture and asked.described is None
        self.listings = list(listings(self.source, self.symbols)) if listed else []
        self.observed = list(self.symbols.observations(self.outside_tables())) if asked.described is None else []
        self.brought = plain.declared.brought
        self.stated = {**self.symbols.coded(), **values_of(self.observed)}
        self.rename, self.aliases = self.names()
        self.ground = self.stand()
        self.card = self.read_card() if asked.described is not None else None
        self.like = self.nearest_model() if asked.described is None else ""
        self.trials = self.all_trials()
        if asked.described is not None:
            self.conventions = self.ground.conventions | dict(asked.described.conventions)
        else:
            self.conventions = settings_that_fit(self.ground, self.trials, self.figures())
        self.rename_quantities()
        if self.card is not None:
            self.card.worth.stand_on(self.ground)

    def read_card(self) -> Card:
        """Return the figures of a model card, read by a config."""
        described = self.asked.described
        assert described is not None, "unreachable because only a config's card is read"
        worth = Worth(self.ground, self.asked.values, self.ground.conventions | dict(described.conventions))
        owner = Owner(self.around, self.title())
        card = Card(self.around, worth, owner, Resources(self.around, self.asked.per_value), symbols=self.symbols)
        card.read(self.items, self.places)
        return card

    def title(self) -> str:
        """Return the document's first heading, "" where it has none."""
        return next((section.name for section in self.source.sections if section.kind == "heading"), "")

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
        taken = {name: letter for letter, name in self.symbols.letters.items() if letter == name}
        aliases: dict[str, str] = {}
        for letter, name in self.symbols.letters.items():
            if letter == name or name in self.symbols.quantities:
                continue
            if not self.asked.architecture and name not in self.bare():
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
            self.asked.architecture,
            self.rename,
            self.aliases,
            symbols=self.bare(),
            library=self.library,
            path=self.asked.spec_path,
        )

    def bare(self) -> list[str]:
        """Return the symbols of a spec that starts from no architecture: those that have a value."""
        given = {self.symbols.letters.get(name, name) for name in self.asked.given}
        return [name for name in RANGES if name in self.stated or name in given]

    def rename_quantities(self) -> None:
        """Give the document's letters to quantities: N where it is used, as what the document says that it is."""
        wanted = {letter: name for letter, name in self.symbols.letters.items() if name in self.symbols.quantities}
        used = self.symbols.used()
        guesser = self.formula_guesser()
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

    def defined_as(self, letter: str, guesser: FormulaGuesser) -> str:
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
        known = {name: value for name, value in {**self.stated, **self.asked.given}.items() if name in STRUCTURE}
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
        if self.card is not None:
            return dict(self.card.worth.values)
        given = {self.symbols.letters.get(name, name): value for name, value in self.asked.given.items()}
        like = dict(self.brought[self.like].values) if self.like else {}
        known = {**self.by_default(), **like, **self.stated, **given}
        if not self.like and self.asked.architecture:
            known |= {name: value for name, value in self.completed(known).items() if name not in known}
        return known

    def by_default(self) -> dict[str, int]:
        """Return the values that the architecture gives to symbols whatever the model."""
        symbols = self.ground.space.symbols.values()
        defaults = {self.ground.subject(each.name): each.default for each in symbols}
        return {name: int(tree.value) for name, tree in defaults.items() if isinstance(tree, Number)}

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
        stem = re.sub(r"[^A-Za-z0-9._+-]+", "-", self.asked.spec_path.rpartition("/")[2].removesuffix(".toml")).strip(
            "-._+"
        )
        rows = {name for listing in self.listings for name in listing.rows.values()}
        name = stem or "model"
        return name if name not in rows and name not in self.brought else f"the-{name}"

    def all_trials(self) -> list[Trial]:
        """Return the document's model, unless a row of a table is that, and the models of its tables."""
        rows = [trial for listing in self.listings for trial in listing.values()]
        values = self.main_values()
        told = {name: value for name, value in self.stated.items() if name in self.in_rows()}
        asked = bool(self.asked.like or self.asked.given)
        own = [row.name for row in rows if told.items() <= row.values.items()] if not asked else []
        found: list[Trial] = []
        if len(values) > len(self.by_default()) and not own:
            found.append(Trial(name=self.main_name(), values=self.with_aliases(self.in_own_names(values))))
        shared = self.constants(values)
        for listing in self.listings:
            listing.constants = {name: value for name, value in shared.items() if name not in listing.symbols}
            for trial in listing.values():
                full = {**self.by_default(), **self.completed(trial.values), **trial.values}
                found.append(Trial(name=trial.name, values=self.with_aliases(self.in_own_names(full))))
        # The row that the text speaks of comes first.
        return sorted(found, key=lambda trial: trial.name != own[0]) if own and told else found

    def in_rows(self) -> set[str]:
        """Return the symbols that tables give for each of their models."""
        return {symbol for listing in self.listings for symbol in listing.symbols}

    def constants(self, values: Mapping[str, int]) -> dict[str, int]:
        """Return what all models of a table have in common: vocabulary and context, which tables seldom list."""
        names: list[str] = [name for name in COMMON if name in self.symbols.known]
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

    def guesser(self) -> Guesser:
        """Return what guesses at figures, as far as everything is known by now."""
        return Guesser(Matcher(self.around, self.ground, self.trials), self.conventions)

    def formula_guesser(self) -> FormulaGuesser:
        """Return what guesses at formulas, as far as everything is known by now."""
        return FormulaGuesser(
            Matcher(self.around, self.ground, self.trials), self.conventions, known=self.card is not None
        )
