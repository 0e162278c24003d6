"""Which symbols of an architecture a document's letters are, and which values the document gives to them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from weighbridge.documents.inventory import Item
from weighbridge.documents.source import Span
from weighbridge.draft.beside import Beside
from weighbridge.draft.labels import Spoken, subject_of
from weighbridge.draft.surroundings import Place, Surroundings
from weighbridge.draft.words import likely, mentions, spelled
from weighbridge.formula.alphabet import SILENT, Alphabet
from weighbridge.formula.alphabet import key as symbol_key
from weighbridge.formula.latex import Side, read_chain
from weighbridge.formula.tokens import NAME
from weighbridge.formula.tree import Number
from weighbridge.spec.names import RESERVED

#: What joins a name to its value: "Layers: 12", "a hidden size of 768", "vocabulary (50,257 tokens)".
JOINS = re.compile(
    r"[\s:=(*_`|–—-]*(?:(?:size|length|dimension|count)?\W?(?:is|of|are|equals?|being|set|to|which|just|here)\b[\s:*_`]*){0,4}"
)
#: What may stand between a figure and what it counts: "96 identical decoder layers".
BETWEEN = re.compile(r"[-\s*_]*(?:[a-z]+[-\s]+){0,2}")
#: What follows or precedes a letter where it is defined.
DEFINES = re.compile(
    r"[\s*_(]*(?:be|is|are|for|denotes?|stands for|means|the|a|an|number|of|its|each|with|=|:|\s|-)*", re.IGNORECASE
)
#: How much one weight takes.
EACH = re.compile(r"\d+\s*bytes?\s+(?:each|(?:per|a|for each|for every)\s+(?:parameter|param|weight|value|number)s?)\b")
#: Letters that are words as well, and how many places in plain text are looked at for the words beside a letter.
WORDS, MOST_PLACES = frozenset("aAI"), 20
#: Symbols that are numbers of things: "16 heads of 128" are not 128 heads.
COUNTS = ("n_layers", "n_heads")
#: Tokens of a training run are counted in round numbers, all else exactly.
MANY = 10**8
#: What is no single symbol in LaTeX.
COMPUTES = re.compile(
    r"\\(?:[td]?frac|times|cdot|approx|left|right|sum|prod|sqrt)(?![A-Za-z])"
    r"|[-+*/^×·⋅()\[\]]|^\s*\d|\\[,;:! ]|[\w}]\s+[\\\w{]"
)
#: What is set equal to a formula in plain text, before it and behind it.
SET_TO = re.compile(r"(?<![\w.·*×])[A-Za-z]\w*\s*[=≈]\s*$")
EQUALS = re.compile(r"\s*[=≈]\s*\d{1,3}(?:,\d{3})+(?![\w.,]\d)|\s*[=≈]\s*\d+(?![\w.,]*\d)")
#: A figure of bytes or operations is no value of a symbol.
COUNTED = re.compile(r"\s*(?:bytes|[KMGT]i?B|FLOPs?|flops?)\b(?!\s+per\s+(?:param|value|weight))")
#: A setting in code: n_layer = 12, "hidden_size": 768.
SETTING = re.compile(r"""\b([A-Za-z_]\w*)["']?\s*[=:]\s*([1-9][\d_,]*)\b(?![.\d])""")


class Observation(Struct, frozen=True):
    """A document gives a value to a symbol: where, and how clearly (4 by an equation, 1 in passing)."""

    symbol: str
    value: int
    item: Item
    strength: int


@dataclass(slots=True)
class Symbols:
    """What a document calls the symbols and quantities of an architecture.

    `letters` gives the architecture's name for each of the document's, and `defined` are those of which words or the
    spelling leave no doubt; `chains` are its formulas, each by where it
    stands in the rendered text, in the document's own letters.
    """

    around: Surroundings
    items: Sequence[Item]
    known: tuple[str, ...]
    quantities: tuple[str, ...]
    letters: dict[str, str] = field(default_factory=dict)
    defined: set[str] = field(default_factory=set)
    chains: dict[Span, tuple[Side, ...]] = field(default_factory=dict)
    alphabet: Alphabet = field(default_factory=lambda: Alphabet({}))

    def __post_init__(self) -> None:
        keys, used = self.keys(), self.used()
        # What the words say comes first: a letter that is left is what textbooks use it for, if that has none yet.
        for key in keys:
            name = key if key in (*self.known, *self.quantities) else self.by_name(key) or self.definition(key)
            if name:
                self.letters[key] = name
                self.defined.add(key)
        for key in keys:
            if key in self.letters or key not in used:
                continue
            free = [name for name in self.known if len(key) > 1 or name not in self.letters.values()]
            name = spelled(key, free) or spelled(key, self.quantities)
            if name:
                self.letters[key] = name
        self.alphabet = Alphabet.of(dict.fromkeys(keys, ""))
        formulas = self.around.source.formulas
        for span in formulas:
            seen = self.around.seen(span)
            self.chains[seen] = read_chain(self.around.text[seen.start : seen.end], self.alphabet)
        for item in self.items:
            if item.kind == "formula" and item.seen is not None and not any(item.span in span for span in formulas):
                seen = self.plain_chain(item.seen)
                text = self.around.text[seen.start : seen.end]
                self.chains[seen] = read_chain(text, self.alphabet, typeset=False)

    def plain_chain(self, seen: Span) -> Span:
        """Return where a formula in plain text stands with what is set equal to it: "N = 12·L·d² = 85,000,000"."""
        text = self.around.text
        before = SET_TO.search(text, max(0, seen.start - 40), seen.start)
        behind = EQUALS.match(text, seen.end)
        return Span(before.start() if before else seen.start, behind.end() if behind else seen.end)

    def plain(self, place: Place) -> tuple[Side, ...]:
        """Return the sides of a formula in plain text."""
        return read_chain(self.around.text[place.seen.start : place.seen.end], self.alphabet, typeset=False)

    def used(self) -> set[str]:
        """Return the letters that formulas compute with, those that are given a figure, and names in tables."""
        found = {
            letter
            for item in self.items
            if item.kind == "formula"
            for symbol in item.symbols
            for letter in self.apart(symbol)
        }
        for span in self.around.source.formulas:
            for match in re.finditer(r"(?<![^=,\d])([^=,]+)=\s*\d", self.around.source.slice(span)):
                found.add(symbol_key(match[1].strip()))
        # A letter can be all the name that a row or column has.
        return found | {symbol_key(cell.text) for names in self.around.cells.values() for cell in names}

    def coded(self) -> dict[str, int]:
        """Return the values that code in the document gives to symbols."""
        found: dict[str, int] = {}
        for match in SETTING.finditer(self.around.source.text):
            name = spelled(match[1], self.known) if len(match[1]) > 1 else ""
            if name:
                found.setdefault(name, int(re.sub(r"\D", "", match[2])))
        return found

    def keys(self) -> list[str]:
        """Return the letters of all formulas, in the document's order."""
        found: dict[str, None] = {}
        for item in self.items:
            if item.kind == "formula" and item.rule is None:
                found.update(dict.fromkeys(letter for key in sorted(item.symbols) for letter in self.apart(key)))
        for span in self.around.source.formulas:
            for side in re.split(r"[=,]|\\approx|≈|\\qquad|\\quad", self.around.source.slice(span)):
                if not COMPUTES.search(re.sub(r"\\(?:text|math)\w*\s*", "", side.strip())):
                    found[symbol_key(side.strip())] = None
        return [key for key in found if NAME.fullmatch(key) and key not in RESERVED]

    def apart(self, key: str) -> list[str]:
        """Return a symbol's letters where it is a product without signs, such as ND; else the symbol itself."""
        if key.isalpha() and 1 < len(key) < 4 and not spelled(key, (*self.known, *self.quantities)):
            return list(key)
        return [key]

    def by_name(self, key: str) -> str:
        """Return what a symbol's name says that it is: $d_{kv}$ is the width of a head, "" where it says nothing."""
        spoken = subject_of(key) if "_" in key else None
        return self.among(spoken.expressions[:1]) if spoken is not None and spoken.sure else ""

    def definition(self, key: str) -> str:
        """Return what the words around a letter say that it is: "the number of layers $L$"; "" where they do not."""
        votes: Counter[str] = Counter()
        for span, seen in self.standing(key):
            behind = self.around.text[seen.end : seen.end + 90].partition("\0")[0]
            before = self.around.text[max(0, seen.start - 60) : seen.start].rpartition("\0")[2]
            for mention in mentions(behind):
                if not mention.weak and DEFINES.fullmatch(behind[: mention.start]) and self.meant(mention.names):
                    votes[self.meant(mention.names)] += 2
                break
            for mention in reversed(list(mentions(before))):
                adjacent = re.fullmatch(r"[\s(*_:]*(?:(?:is|of)\s+)?", before[mention.end :])
                if not mention.weak and adjacent and self.meant(mention.names):
                    votes[self.meant(mention.names)] += 3
                break
            spoken = Beside(self.around).spoken(self.around.place_at(span, seen))
            if spoken is not None and spoken.sure:
                # "$G$ key/value heads" are no heads, whatever single words say.
                votes[self.among(spoken.expressions[:1])] += 4
        return votes.most_common(1)[0][0] if votes else ""

    def standing(self, key: str) -> Iterator[tuple[Span, Span]]:
        """Yield where a symbol stands first or alone in a formula, else in plain text, in the source and as it is seen.

        Words that define it stand beside it there.
        """
        found = False
        for span in self.around.source.formulas:
            seen = self.around.seen(span)
            if symbol_key(re.split(r"[=≈]|\\approx", self.around.text[seen.start : seen.end])[0].strip()) == key:
                found = True
                yield span, seen
        if found or key in WORDS:
            return
        plain = re.compile(rf"(?<![\w.·*×/^]){re.escape(key)}(?![\w·*×/^]|\.\w)")
        for match in islice(plain.finditer(self.around.text), MOST_PLACES):
            seen = Span(*match.span())
            yield self.around.source.rendered.span(seen), seen

    def among(self, names: Iterable[str]) -> str:
        """Return the first of these names that is a symbol of the architecture."""
        return next((name for name in names if name in self.known), "")

    def meant(self, names: Sequence[str], value: int | None = None) -> str:
        """Return the symbol that a phrase speaks of; of three things it must be the only one that has such a value."""
        if len(names) < 3:
            return self.among(names[:1])
        able = [name for name in names if name in self.known and value is not None and likely(name, value)]
        return able[0] if len(able) == 1 else ""

    def observations(self, places: Mapping[int, Place]) -> Iterator[Observation]:
        """Yield each value that the document gives to a symbol; `places` are by the index of the item."""
        for index, place in places.items():
            item = self.items[index]
            value = next(iter(item.values), None)
            if item.kind != "figure" or item.rule or value is None or value.denominator != 1 or value < 1:
                continue
            if place.sized:
                # A cell of one size among several is no value of the document's own model.
                continue
            if EACH.match(self.around.text, place.seen.start) and "bytes_per_value" in self.known:
                yield Observation("bytes_per_value", int(value), item, 3)
                continue
            plain = re.fullmatch(r"[\d,._\s{}\\]+|[A-Za-z-]+", item.text)
            if COUNTED.match(self.around.text, place.seen.end) or (not plain and value < MANY):
                continue
            found = self.by_equation(place) or self.by_table(place) or self.by_words(place, int(value))
            if found and not likely(found[0], int(value)):
                continue
            if found and not re.match(r"\d", item.text) and (found[1] != 2 or value < 3):
                # "One matrix", "two of them": words count whatever stands behind them.
                continue
            if found:
                yield Observation(found[0], int(value), item, found[1])

    def by_equation(self, place: Place) -> tuple[str, int] | None:
        """Return the symbol that a chain of sides sets equal to a figure."""
        for seen, sides in self.chains.items():
            if place.seen not in seen:
                continue
            symbol = ""
            for side in sides:
                text = self.around.text[seen.start + side.start : seen.start + side.end]
                if not side.relation or side.relation != "=":
                    symbol = ""
                if seen.start + side.start <= place.seen.start < seen.start + side.end:
                    return (symbol, 4) if symbol and isinstance(side.says, Number) else None
                symbol = symbol or self.among([self.letters.get(symbol_key(text.strip()), "")])
        return None

    def set_equal(self, place: Place) -> Iterator[tuple[Side, bool]]:
        """Yield the sides of a chain that a figure is set equal to, the nearest first, and whether exactly."""
        for seen, sides in self.chains.items():
            if place.seen not in seen:
                continue
            at = next((at for at, side in enumerate(sides) if seen.start + side.end > place.seen.start), 0)
            exactly = True
            for index in range(at, 0, -1):
                exactly &= sides[index].relation == "="
                if sides[index].relation in ("=", "≈"):
                    yield sides[index - 1], exactly
                else:
                    break
            return

    def by_table(self, place: Place) -> tuple[str, int] | None:
        """Return the symbol that the first cell of a row names."""
        if not place.row:
            return None
        symbol = self.named(place.row)
        return (symbol, 4) if symbol else None

    def named(self, text: str) -> str:
        """Return the symbol that a table's name for a row or column is, "" where it is none."""
        plain = re.sub(r"[\s`$*]+|\(.*\)$", "", text)
        key = SILENT.sub("", plain)
        by_letters = self.letters.get(key) or (spelled(key, self.known) if "_" in key or len(key) == 1 else "")
        if by_letters in self.known:
            return by_letters
        found = list(mentions(re.sub(r"^(?:number|no\.?|num|#)\s*(?:of)?\s+", "", text, flags=re.IGNORECASE)))
        return self.among(found[0].names[:1]) if len(found) == 1 and not found[0].weak else ""

    def spoken(self, place: Place) -> Spoken | None:
        """Return what words beside a figure say that it is, a table's names aside: a column may have many models."""
        return Beside(self.around).spoken(replace(place, row="", column=""))

    def by_words(self, place: Place, value: int) -> tuple[str, int] | None:
        """Return the symbol that stands beside a figure."""
        text = self.around.text
        spoken = self.spoken(place)
        if spoken is not None and spoken.sure:
            symbol = self.among(spoken.expressions[:1])
            return (symbol, 3 if text[place.seen.start].isdigit() else 2) if symbol else None
        if Beside(self.around).doubtful(place):
            return None
        bare = None
        for mention in reversed(list(self.around.within(Span(place.block.start, place.seen.start)))):
            symbol = self.meant(mention.names, value)
            between = text[mention.end : place.seen.start]
            counted = symbol in COUNTS and re.search(r"\bof\W*$", between)
            if symbol and not mention.weak and not counted and JOINS.fullmatch(between):
                if between.strip(" *_`"):
                    return symbol, 3
                bare = symbol, 1
            break
        for mention in self.around.within(Span(place.seen.end, place.block.end)):
            between = text[place.seen.end : mention.start]
            symbol = self.meant(mention.names, value)
            if symbol and BETWEEN.fullmatch(between) and not mention.weak:
                return symbol, 2
            break
        return bare


def values_of(observations: Iterable[Observation]) -> dict[str, int]:
    """Return the value of each symbol that a document gives most clearly, then most often, then first."""
    strength: dict[tuple[str, int], tuple[int, int]] = {}
    for each in observations:
        clear, often = strength.get((each.symbol, each.value), (0, 0))
        strength[each.symbol, each.value] = max(clear, each.strength), often + 1
    found: dict[str, tuple[tuple[int, int], int]] = {}
    for (symbol, value), counted in strength.items():
        if symbol not in found or counted > found[symbol][0]:
            found[symbol] = counted, value
    return {symbol: value for symbol, (_, value) in found.items()}
