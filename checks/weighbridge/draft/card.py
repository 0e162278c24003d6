"""What a model card's figures speak of, and of whose model, where a config says what the card's own model is."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property

from msgspec import Struct, field
from msgspec.structs import replace

from weighbridge.documents.cells import in_scale, scale_of
from weighbridge.documents.inventory import Item
from weighbridge.documents.source import Span
from weighbridge.draft.beside import Beside
from weighbridge.draft.labels import Spoken, plain_words, subject_named
from weighbridge.draft.owner import Owner, Whose
from weighbridge.draft.printed import DISTINCTIVE, text_of, unit_of
from weighbridge.draft.resources import Resources
from weighbridge.draft.rows import Rows
from weighbridge.draft.surroundings import Place, Surroundings
from weighbridge.draft.symbols import Symbols
from weighbridge.draft.words import likely
from weighbridge.draft.worth import Worth
from weighbridge.formula.figures import Figure, FigureError, read_figure
from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import Expression, Name, Number, free_names, substitute

#: Tokens of a training are counted in such numbers, those of a context are not.
MANY = 10**8
#: From here on a figure is no width, and what has that many weights is meant.
WEIGHTS = 10**6
#: No table of embeddings has so few.
LEAST_WEIGHTS = 20_000
#: Numbers of parameters, and what is less than any of them.
PARAMETERS = ("total", "active", "non-embedding")
LEAST_PARAMETERS = 1_000
#: How many experts a token is sent to: "2 of 8 experts", "routes each token to 2 experts".
OUT_OF = re.compile(r"\s*(?:out\s+)?of\s+(?:the\s+|its\s+)?\d+\s+(?:\w+\s+){0,2}experts\b", re.IGNORECASE)
OF_ALL = re.compile(r"\b(?:\d+|one|two|four|six|eight)\s+(?:out\s+)?of\s+(?:the\s+|its\s+)?$", re.IGNORECASE)
OF_THEM = re.compile(r"\s+of\s+(?:them|these|those)\b", re.IGNORECASE)
TOP = re.compile(r"\btop[-\s]?$", re.IGNORECASE)
EXPERTS = re.compile(r"\s*(?:\w+\s+){0,2}experts\b", re.IGNORECASE)
ROUTED = re.compile(r"\b(?:rout|select|pick|activat|choos|sen[dt]|dispatch|uses?\b|using)\w*[^.;:,\d]*$", re.IGNORECASE)
#: What each layer has a part of, and words that speak of one layer's.
OF_LAYERS = ("attention", "feedforward", "experts-total", "cross-attention", "encoder-attention", "encoder-feedforward")
ONE_LAYER = re.compile(r"\b(?:each|every|one|per|a|single)\s+(?:\w+\s+)?(?:layers?|blocks?)\b", re.IGNORECASE)
#: What makes another figure of the one before it.
SCALE_BEHIND = re.compile(r"\$?\s?(?:[KMBT]\b|thousand|million|billion|trillion|%|percent)", re.IGNORECASE)
#: A training's tokens are spoken of beside these.
TRAINED = re.compile(r"\b(?:pre-?)?train(?:ing|ed)?\b|\btokens seen\b|\bsaw\b|\bcorpus\b", re.IGNORECASE)


class Reading(Struct, frozen=True):
    """A figure of a card: what it prints and stands for, what the words say that it is, and of whose model.

    `figure` is None for what can not be read; `scale` is what a name of its row or column adds to it, such as "M".
    """

    item: Item
    place: Place
    text: str
    figure: Figure | None
    spoken: Spoken | None
    scale: str = ""
    whose: Whose = "own"
    is_name: bool = False


class Card(Struct, dict=True):
    """The figures of one model card by the index of the item, read by the words around them."""

    around: Surroundings
    worth: Worth
    owner: Owner
    resources: Resources
    readings: dict[int, Reading] = field(default_factory=dict)
    rows: Rows | None = None
    symbols: Symbols | None = None

    @cached_property
    def letters(self) -> Mapping[str, Spoken]:
        """The document's letters, each with what it stands for: without a doubt only where words define it."""
        if self.symbols is None:
            return {}
        return {
            letter: Spoken(subject_named(name), (name,), letter in self.symbols.defined)
            for letter, name in self.symbols.letters.items()
        }

    @cached_property
    def beside(self) -> Beside:
        """What reads the words beside a figure."""
        return Beside(self.around, self.letters)

    def read(self, items: Sequence[Item], places: Mapping[int, Place]) -> None:
        """Read all figures. Whose they are is told last, since in tables that is told by what they say."""
        self.readings = {
            index: self.reading(items[index], place) for index, place in places.items() if items[index].kind == "figure"
        }
        self.rows = Rows(self.owner, self.says_what_is_true, self.beside.named)
        for index, reading in self.readings.items():
            inside = self.owner.in_sentence(reading.place)
            whose = inside or self.rows.of(reading.item.span) or self.owner.whose(reading.place)
            self.readings[index] = replace(reading, whose=whose, is_name=self.is_name(reading.item, reading.place))
        self.worth.values = {**self.worth.values, **self.stated()}
        self.worth.known.clear()

    def is_name(self, item: Item, place: Place) -> bool:
        """Tell whether an item is no more than a part of a model's name."""
        in_table = self.rows is not None and self.rows.is_name(item.span)
        return in_table or self.owner.is_name(place.seen)

    def reading(self, item: Item, place: Place) -> Reading:
        """Return what a figure prints, and what the words say that it is."""
        text = text_of(self.around, item)
        scale = scale_of(place.column) or scale_of(place.row)
        try:
            figure = read_figure(in_scale(text, scale))
            figure = replace(figure, unit=figure.unit or unit_of(self.around, place))
        except FigureError:
            value = next(iter(item.values), None)
            if value is None or re.search(r"\d", text):
                # What a spec can not print, such as "7-billion", may be rounded in any way.
                return Reading(item, place, text, None, None)
            figure = Figure(item.text, value, value, value)
        if not re.search("[A-Za-z%]", scale) or in_scale(text, scale) == text:
            scale = ""
        return Reading(item, place, text, figure, self.spoken(place, figure), scale)

    def spoken(self, place: Place, figure: Figure) -> Spoken | None:
        """Return what the words say that a figure is."""
        if figure.unit:
            return self.resources.spoken(place, figure.unit)
        words, chain = self.in_words(place, figure), self.in_chain(place, figure)
        if chain is None or (words is not None and words.sure and self.worth.true(words, figure)):
            return words
        return chain

    def in_chain(self, place: Place, figure: Figure) -> Spoken | None:
        """Return what a formula sets a figure equal to: "$d = 4096$", "$4 L d^2 = 302{,}000{,}000$"."""
        if self.symbols is None:
            return None
        for side, exactly in self.symbols.set_equal(place):
            if isinstance(side.says, Name) and (letter := self.letters.get(side.says.name)) is not None:
                return replace(letter, sure=letter.sure and exactly and not self.beside.doubtful(place))
            if not isinstance(side.says, Expression) or isinstance(side.says, Name | Number):
                continue
            letters = {name: self.letters.get(name) for name in free_names(side.says)}
            if not letters or None in letters.values():
                continue
            own = {name: Name(spoken.expressions[0]) for name, spoken in letters.items() if spoken is not None}
            # What is rounded may have its scale behind the formula: "$12 L d^2 = 1.47$ billion".
            sure = exactly and figure.exact and figure.value >= DISTINCTIVE
            sure &= all(spoken is not None and spoken.sure for spoken in letters.values())
            sure &= not self.beside.doubtful(place)
            sure &= SCALE_BEHIND.match(self.around.text, place.seen.end) is None
            return Spoken("formula", (to_text(substitute(side.says, own)),), sure)
        return None

    def in_words(self, place: Place, figure: Figure) -> Spoken | None:
        """Return what the words beside a figure say that it is."""
        before = self.around.text[place.sentence.start : place.seen.start]
        if OUT_OF.match(self.around.text, place.seen.end, place.sentence.end):
            return Spoken("active-experts", ("n_active_experts",))
        if OF_THEM.match(self.around.text, place.seen.end) and ROUTED.search(before) and "expert" in before.casefold():
            return Spoken("active-experts", ("n_active_experts",))
        if TOP.search(before) and EXPERTS.match(self.around.text, place.seen.end, place.sentence.end):
            return Spoken("active-experts", ("n_active_experts",))
        if OF_ALL.search(before) and EXPERTS.match(self.around.text, place.seen.end, place.sentence.end):
            return Spoken("experts", ("n_experts",))
        found = self.beside.spoken(place)
        if found is None:
            return None
        if found.subject == "experts" and ROUTED.search(before):
            return replace(found, subject="active-experts", expressions=("n_active_experts", "n_experts"))
        if found.subject in PARAMETERS and figure.value < LEAST_PARAMETERS:
            # "8 are active per token".
            expert = (
                found.subject == "active"
                and "expert" in self.around.text[place.sentence.start : place.sentence.end].casefold()
            )
            return Spoken("active-experts", ("n_active_experts",)) if expert else None
        if found.subject == "width" and figure.value >= WEIGHTS:
            if "embedding" not in found.label:
                return Spoken("total", ("total",), sure=False)
            return replace(found, subject="embedding", expressions=("embedding", "embedding + positions"))
        if found.subject in PARAMETERS and found.sure:
            # "Parameters per layer: 200M" are not all.
            found = replace(found, sure=ONE_LAYER.search(self.clause(place)) is None)
        if found.subject in OF_LAYERS and ONE_LAYER.search(self.around.text[place.sentence.start : place.sentence.end]):
            of_one = tuple(f"{each if each.isidentifier() else f'({each})'} / n_layers" for each in found.expressions)
            return replace(found, expressions=(*of_one, *found.expressions))
        if found.subject == "embedding" and figure.value < LEAST_WEIGHTS:
            return replace(found, subject="width", expressions=("d_model", "d_embed"))
        if found.subject == "positions" and figure.value < LEAST_WEIGHTS:
            return replace(found, subject="context", expressions=("n_ctx", "n_positions"), sure=False)
        if found.subject in ("context", "window") and figure.value >= MANY:
            around = self.around.text[place.block.start : place.block.end]
            named = plain_words(place.column) == "token" or plain_words(place.row) == "token"
            # Only the card says it, and a training may have several parts.
            return Spoken("tokens", ("n_tokens",), sure=False) if named or TRAINED.search(around) else None
        if found.subject == "encoder-layers" and not {"n_encoder_layers", "n_token_types"} & self.worth.values.keys():
            found = replace(found, sure=False)
        able = tuple(
            each for each in found.expressions if each not in self.worth.values or likely(each, int(figure.value))
        )
        return replace(found, expressions=able) if able else None

    @cached_property
    def in_cells(self) -> Mapping[Span, Sequence[Reading]]:
        """What is read in each cell of a table."""
        found: dict[Span, list[Reading]] = defaultdict(list)
        for reading in self.readings.values():
            if (cell := self.around.cell_of(reading.item.span)) is not None:
                found[cell].append(reading)
        return found

    def clause(self, place: Place) -> str:
        """Return what stands around a figure up to commas, with the names of its row and column."""
        before = re.split(r"[,;]", self.around.text[place.sentence.start : place.seen.start])[-1]
        behind = re.split(r"[,;]", self.around.text[place.seen.end : place.sentence.end])[0]
        return f"{place.row} {place.column} {before} # {behind}"

    def says_what_is_true(self, cell: Span) -> bool | None:
        """Tell whether a cell says what is true of the card's own model, None where it says nothing of that."""
        for reading in self.in_cells.get(cell, ()):
            spoken, figure = reading.spoken, reading.figure
            if spoken is None or figure is None:
                continue
            if self.worth.possible(spoken, figure):
                return bool(self.worth.true(spoken, figure))
        return None

    def stated(self) -> dict[str, int]:
        """Return how many tokens the model is trained on, which only the card can say: what it says most often."""
        found: Counter[int] = Counter()
        columns: dict[str, set[Fraction]] = defaultdict(set)
        for reading in self.readings.values():
            if reading.figure is not None and reading.place.column and reading.whose != "other":
                columns[reading.place.column].add(reading.figure.value)
        for reading in self.readings.values():
            if len(columns.get(reading.place.column, ())) > 1:
                # A training of several phases, or several models.
                continue
            subject = "" if reading.spoken is None else reading.spoken.subject
            value = 0 if reading.figure is None else reading.figure.value
            if subject == "tokens" and reading.whose != "other" and value >= MANY and value == int(value):
                found[int(value)] += 1
        known = self.worth.put("n_tokens") in self.worth.ground.space.symbols
        return {"n_tokens": found.most_common(1)[0][0]} if found and known else {}
