"""What the words beside a figure of a model card say that it is: its label, a noun behind it, or a lead before it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from weighbridge.documents.source import Span
from weighbridge.draft.labels import Spoken, plain_words, subject_of
from weighbridge.draft.phrasing import (
    ABOUT_MODEL,
    BELONGS,
    BESIDE_IT,
    COUNTS,
    EACH_OF,
    ENTRIES,
    FILL,
    GOES_ON,
    HAS_PARAMETERS,
    HAS_WIDTH,
    IN_PART,
    JOINED,
    LABEL,
    LEADING,
    LINK,
    MARKUP,
    MEASURED,
    MODEL,
    MODIFIER,
    MORE,
    NAMES_NOTHING,
    NARROWED,
    OF_WHICH_ACTIVE,
    OF_WHOLE,
    ONE_TOKEN,
    OTHER_TOKENS,
    PARAMETERS,
    PART_OF,
    RANGE_BEFORE,
    RANGE_BEHIND,
    ROTATED,
    SEVERAL,
    SOME,
    STACK,
    STOP,
    TOKENIZER,
    WHOLE,
    WHOLE_BEHIND,
    WIDTH,
    WIDTH_OF,
)
from weighbridge.draft.surroundings import Place, Surroundings
from weighbridge.formula.alphabet import key as symbol_key

#: What may be so wide.
WIDTHS = ("d_model", "d_head", "d_ff", "d_expert")
VOCABULARY = ("vocabulary", ("n_vocab",))
#: How many words a noun or label has at most.
MOST_WORDS = 8


class Beside(Struct, frozen=True):
    """Reads the words beside figures of one document; `letters` are its symbols, and what each stands for."""

    around: Surroundings
    letters: Mapping[str, Spoken] = {}

    def spoken(self, place: Place) -> Spoken | None:
        """Return what the words say that a figure is, not `sure` where they leave a doubt, None if nothing."""
        if SOME.search(self.before(place)) or BESIDE_IT.search(self.before(place)):
            return None
        found = next((each for each in self.candidates(place) if each.sure), None)
        found = found or next(iter(self.candidates(place)), None)
        if found is not None and not found.sure and self.counts_parameters(place, found):
            found = replace(found, sure=True)
        if found is not None and found.sure and (self.doubtful(place) or self.rotated(place, found)):
            found = replace(found, sure=False)
        return found

    def counts_parameters(self, place: Place, found: Spoken) -> bool:
        """Tell whether "46.7B in total" or "the total" is one of parameters, which its clause or its column names."""
        if found.subject != "total" or found.label not in ("total", "in total"):
            return False
        sentence = self.around.text[place.sentence.start : place.sentence.end]
        return PARAMETERS.search(f"{sentence} {place.column}") is not None

    def candidates(self, place: Place) -> Iterator[Spoken]:
        """Yield what each of the words beside a figure says, the most telling first."""
        label, behind = self.label(place), self.behind(place)
        if ENTRIES.match(self.around.text, place.seen.end) and TOKENIZER.search(self.before(place)):
            yield Spoken(*VOCABULARY)
            return
        whole = OF_WHOLE.match(self.around.text, place.seen.end, place.sentence.end)
        if whole is not None and (part := part_named(whole["part"])) is not None:
            yield part
            return
        inside = IN_PART.match(self.around.text, place.seen.end, place.sentence.end)
        if inside is not None and (part := part_named(inside["part"])) is not None:
            sentence = self.around.text[place.sentence.start : place.sentence.end]
            if PARAMETERS.search(sentence):
                yield part
                return
        if OF_WHICH_ACTIVE.match(self.around.text, place.seen.end) and (active := subject_of("active")) is not None:
            yield active
            return
        noun = subject_of(behind) if behind else None
        if noun is not None and WIDTH.fullmatch(plain_words(behind)):
            noun = self.of_width(place, each=behind.casefold().endswith("each"))
        if noun is not None and noun.subject == "total" and noun.sure:
            noun = self.of_part(noun, place, label)
            if noun is None:
                return
        if noun is not None and noun.subject == "context" and OTHER_TOKENS.search(self.before(place)):
            noun = replace(noun, expressions=())
        if noun is not None and noun.subject == "layers" and (stack := STACK.search(self.before(place))):
            noun = subject_of(f"{stack['stack']} layers")
        if noun is not None and behind.startswith("for ") and "head" not in self.block(place).casefold():
            noun = None
        if label and (named := self.named(label)) is not None:
            yield named
        if noun is not None:
            yield noun
        if (led := self.led(place)) is not None:
            yield led
        yield from self.cell(place)

    def of_part(self, noun: Spoken, place: Place, label: str) -> Spoken | None:
        """Return of what parameters are that stand behind a figure: of the whole model, unless a part is named."""
        part = PART_OF.search(self.before(place))
        if part is not None:
            return subject_of(f"{part['part']} parameters")
        if label and (named := subject_of(f"{label} parameters")) is not None:
            return named
        narrowed = NARROWED.match(self.around.text, place.seen.end, place.sentence.end)
        if narrowed is not None and WHOLE_BEHIND.search(self.before(place)) is None:
            return part_named(narrowed["part"]) or replace(noun, sure=False)
        if ONE_TOKEN.search(self.before(place)):
            return subject_of("active parameters")
        # "It has N = 12 L d^2 parameters": a letter and a verb name no part.
        named_so = NAMES_NOTHING.sub("", plain_words(label)).strip()
        owner = HAS_PARAMETERS.search(self.before(place))
        if owner is not None and owner["owner"].islower() and WHOLE.fullmatch(owner["owner"]) is None:
            # "The up projections have 12 million weights": a part that nobody here knows.
            return replace(noun, sure=False)
        return noun if not named_so or ABOUT_MODEL.search(named_so) else replace(noun, sure=False)

    def of_width(self, place: Place, *, each: bool) -> Spoken:
        """Return of what so many dimensions are: "16 heads of 128 dimensions", else of nothing that can be told."""
        before = self.before(place)
        part = WIDTH_OF.search(before) or (EACH_OF.search(before) if each else None)
        found = None if part is None else subject_of(f"{part['part']} width")
        return found or Spoken("width", WIDTHS, sure=False)

    def before(self, place: Place) -> str:
        """Return the sentence up to a figure."""
        return self.around.text[place.sentence.start : place.seen.start]

    def block(self, place: Place) -> str:
        """Return the paragraph, item or cell in which a figure stands."""
        return self.around.text[place.block.start : place.block.end]

    def rotated(self, place: Place, found: Spoken) -> bool:
        """Tell whether a width may be of the part of a head that is rotated."""
        sentence = self.around.text[place.sentence.start : place.sentence.end]
        return found.subject in ("width", "head-width") and ROTATED.search(sentence) is not None

    def doubtful(self, place: Place) -> bool:
        """Tell whether a figure may be of several models, or of one that is only imagined."""
        sentence = self.around.text[place.sentence.start : place.sentence.end]
        if GOES_ON.match(sentence):
            # What "it" is, the sentence before says.
            before = self.around.text[place.block.start : place.sentence.start].rstrip(". ")
            sentence = f"{before.rpartition('. ')[2]} {sentence}"
        return SEVERAL.search(sentence) is not None or self.in_list(place)

    def in_list(self, place: Place) -> bool:
        """Tell whether a figure is one of several: "12, 24 and 32 layers"; not so "width 512, 8 heads"."""
        before, behind = self.before(place), RANGE_BEHIND.match(self.around.text, place.seen.end, place.sentence.end)
        if (match := RANGE_BEFORE.search(before)) is not None:
            start = place.sentence.start
            other = replace(place, seen=Span(start + match.start("figure"), start + match.end("figure")))
            if match["joint"] not in (",", "and") or (self.led(other) is None and not self.label(other)):
                return True
        if behind is None:
            return False
        return behind["joint"] not in (",", "and") or not self.behind(replace(place, seen=Span(*behind.span("figure"))))

    def behind(self, place: Place) -> str:
        """Return the longest label that begins behind a figure, "" where there is none."""
        text = self.around.text[place.seen.end : place.sentence.end]
        text = re.sub(r"^[-\s*_]+", "", text)
        stop = STOP.search(text)
        noun, rest = (text, "") if stop is None else (text[: stop.start()], text[stop.start() :])
        bracket = re.match(r"\((?P<inside>[^()]*\b(?:embeddings?|active|activated|per token|total)\b[^()]*)\)", rest)
        words = noun.replace("-", " ").split()[:MOST_WORDS]
        if bracket is not None and words:
            whole = " ".join([*words, bracket["inside"]])
            if subject_of(whole) is not None:
                return whole
        measured = [at for at, word in enumerate(words) if word == "of" and MEASURED.match(" ".join(words[at:]))]
        for start in range(len(words)):
            # "8 heads of dimension 64": what is measured behind "of" has a figure of its own.
            for end in range(min([len(words), *measured]), start, -1):
                counts = attributive(words[end - 1], words[end] if end < len(words) else "")
                if counts and subject_of(" ".join(words[start:end])) is not None:
                    return " ".join(words[start:end])
            if not MODIFIER.fullmatch(words[start]):
                break
        return ""

    def label(self, place: Place) -> str:
        """Return what stands before a colon or = right before a figure, "" where nothing does."""
        text = self.around.text[place.block.start : place.seen.start]
        if (paired := self.paired(place, text)) is not None:
            return paired
        match = LABEL.search(text)
        if match is None or not FILL.fullmatch(match["fill"]):
            return ""
        # A comma in brackets is no end of a label, and a figure in it makes it no label.
        label = match["label"].rpartition(", ")[2]
        return "" if re.search(r"\d{2}", label) else label

    def paired(self, place: Place, text: str) -> str | None:
        """Return a figure's label in "Total / active parameters: 46.7B / 12.9B", None where labels are not several.

        It is "" where there are not as many figures as labels.
        """
        before, colon, figures = text.rpartition(":")
        # Labels reach back to where their clause begins, and are words; what is left behind them are figures alone.
        labels = [label.strip(MARKUP) for label in re.split(r"[.;,|]", before)[-1].split("/")]
        *earlier, rest = (figure.strip(MARKUP) for figure in figures.split("/"))
        if not colon or len(labels) < 2 or not all(re.search("[a-z]", label) for label in labels):
            return None
        if (
            not FILL.fullmatch(rest)
            or not all(earlier)
            or re.search("[:=]", "".join(labels))
            or re.search("[,;]", figures)
        ):
            return None
        behind = MORE.match(self.around.text, place.seen.end, place.block.end)
        at, more = len(earlier), behind[0].count("/") if behind else 0
        if len(labels) != at + more + 1:
            # Of several things that have a figure each, one figure alone may be either.
            return "" if all(subject_of(label) for label in labels) else None
        return labels[at] if at == len(labels) - 1 else f"{labels[at]} {labels[-1].split()[-1]}"

    def led(self, place: Place) -> Spoken | None:
        """Return what the words right before a figure say: "a hidden size of 768", "the number of layers is 12"."""
        text = re.split(r"[,;()\[\]|\0]|\d[\d.,]*", self.before(place))[-1]
        joint = JOINED.search(text)
        if joint is None:
            return None
        words = text[: joint.start()].split()[-MOST_WORDS:]
        # "Embeddings of size 768": what joins them says besides what is measured.
        for start in range(len(words)):
            found = subject_of(" ".join(words[start:]))
            # "A beam width of 4" is no width, and "the width of each expert is 8" says nothing of how many there are.
            if found is None or not LEADING.search(" ".join(words[:start]).casefold()):
                continue
            if found.countable and not COUNTS.search(joint[0]):
                return None
            if not BELONGS.search(joint[0]) and (found.countable or not found.sure):
                return None
            if found.subject in ("width", "ffn-width"):
                whole = self.before(place)
                owner = HAS_WIDTH.search(f"{whole[: len(whole) - len(text)]} {' '.join(words[:start])} ")
                if owner is not None:
                    return subject_of(f"{owner['part']} width")
                if found.label == "width" and "width" not in words[start:]:
                    # "A dimension of 128" is one of anything.
                    return Spoken("width", WIDTHS, sure=False)
            return found
        return None

    def named(self, label: str) -> Spoken | None:
        """Return what a label speaks of, one of the document's letters perhaps: a column `$L$`, "d = 4096"."""
        return subject_of(label) or self.letters.get(symbol_key(re.sub(r"[$`*]", "", label)))

    def cell(self, place: Place) -> Iterator[Spoken]:
        """Yield what names of a row and a column say of a cell."""
        if not place.row and not place.column:
            return
        row = self.named(place.row) if place.row else None
        column = self.named(place.column) if place.column else None
        if column is not None and column.subject == "total" and place.row:
            part = subject_of(f"{place.row} parameters")
            if part is not None:
                yield part
                return
        if column is not None:
            yield column
        if row is not None:
            yield row


def part_named(words: str) -> Spoken | None:
    """Return of what parameters are that are in a part of a model, None for one that is not known."""
    each = words.replace("-", " ").split()
    known = (subject_of(f"{' '.join(each[:end])} parameters") for end in range(len(each), 0, -1))
    return next((spoken for spoken in known if spoken is not None), None)


def attributive(word: str, following: str) -> bool:
    """Tell whether a noun counts though another follows: in the plural, or before a word for the whole model."""
    plural = word.casefold().endswith("s")
    return plural or not following.isalpha() or bool(MODEL.fullmatch(following) or LINK.fullmatch(following))
