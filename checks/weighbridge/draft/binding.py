"""What is claimed of a figure of a model card: what words say that it is, whether that holds or not."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from fractions import Fraction

from msgspec import Struct

from weighbridge.documents.notation import spelled_value
from weighbridge.draft.card import Card, Reading
from weighbridge.draft.guess import Guess
from weighbridge.draft.labels import Spoken
from weighbridge.draft.printed import ESTIMATE, ROUGHLY, bound
from weighbridge.draft.resources import SIX_N_D
from weighbridge.draft.worth import Worth
from weighbridge.formula.figures import Figure, FigureError, Rounding, read_figure
from weighbridge.formula.printer import thousands

ANOTHER = "TODO: seems to be about another model"
A_NAME = "a model's name"
#: A length of a context, or a vocabulary, is counted in units of 1,024, and often printed as if they were 1,000.
THOUSANDS = re.compile(r"[\d.,]+\s?[kK]$")
LENGTHS = ("context", "window")
#: A table of embeddings is padded to a multiple of this, and by no more than that many rows.
PADDING, MOST_PADDING = 64, 2_048
#: "Two layers" may be any two.
LEAST_IN_WORDS = 3
COMPARED: Mapping[str, Callable[[Fraction | int, int], bool]] = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip
#: Bits, halves and the like that name a number format.
NUMBER_FORMAT = re.compile(r"\s*-?\s*(?:precision|bits?\b)", re.IGNORECASE)


class Outcome(Struct, frozen=True):
    """What becomes of a figure: a claim, or what it is exempt for; neither leaves it to do."""

    guess: Guess | None = None
    exempt: str = ""


class Binder(Struct, frozen=True):
    """Binds the figures of one card to what a config's model comes to, under the name that the spec gives that."""

    card: Card
    model: str

    @property
    def worth(self) -> Worth:
        """What expressions come to."""
        return self.card.worth

    @property
    def gated(self) -> bool:
        """Whether the feedforward network has a gate beside its up projection."""
        return self.worth.of("gate") is not None

    @property
    def text(self) -> str:
        """What a reader sees of the card."""
        return self.card.around.text

    def outcome(self, reading: Reading) -> Outcome:
        """Return what becomes of a figure."""
        if NUMBER_FORMAT.match(self.text, reading.place.seen.end):
            return Outcome(exempt="a number format")
        if reading.text == "6ND" and SIX_N_D.search(self.text):
            return Outcome(exempt="the name of an estimate")
        if reading.is_name:
            return Outcome(exempt=A_NAME)
        spoken, figure = reading.spoken, reading.figure
        if figure is None:
            return Outcome()
        if reading.whose == "other":
            return Outcome(exempt=ANOTHER)
        if spoken is None:
            return Outcome()
        return Outcome(self.guess(reading, spoken, figure))

    def guess(self, reading: Reading, spoken: Spoken, figure: Figure) -> Guess | None:
        """Return the claim that a figure makes; one that is false only where the words leave no doubt."""
        possible = self.worth.possible(spoken, figure)
        if not possible:
            return None
        before = self.text[reading.place.sentence.start : reading.place.seen.start]
        sure = spoken.sure and reading.whose == "own"
        relation = bound(before)
        if relation and not (relation == "<=" and spoken.subject in LENGTHS):
            return self.bounded(reading, spoken, possible[0], relation) if sure else None
        if not re.search(r"\d", reading.text):
            return self.in_words(reading, spoken, possible, sure=sure)
        if true := self.worth.true(spoken, figure):
            return self.printed(reading, spoken, true)
        found = self.in_kibi(reading, spoken, possible) or self.padded(spoken, figure)
        if found is None and ROUGHLY.search(before):
            found = self.estimate(reading, spoken, figure, possible)
        return found or (self.refuted(reading, spoken, possible) if sure else None)

    def printed(
        self,
        reading: Reading,
        spoken: Spoken,
        expression: str,
        *extra: tuple[str, str],
        remarks: tuple[str, ...] = (),
        true: bool = True,
    ) -> Guess:
        """Return the claim that a figure as it is printed is equal to an expression."""
        text, equals = reading.text, self.worth.put(expression)
        subject = "window" if expression == "window" else spoken.subject
        if reading.scale:
            scale = int(read_figure(f"1{reading.scale}").value)
            whole = equals if equals.isidentifier() else f"({equals})"
            equals = f"{whole} / {plain(scale)}"
            if "." not in text:
                # The cell prints a plain integer, and its column says that it is rounded.
                extra = (("precision", "1"), ("because", "its column has a scale, so that it is rounded"), *extra)
        return Guess(
            printed=text,
            equals=(equals,),
            at=self.model,
            subject=subject,
            extra=extra,
            remarks=remarks,
            refuted=not true,
        )

    def refuted(self, reading: Reading, spoken: Spoken, possible: tuple[str, ...]) -> Guess:
        """Return the claim that a figure makes though it is false, with what is the case."""
        remarks = [f"does not hold: {self.is_now(each)}" for each in possible[:1]]
        remarks += [f"nor is it {self.worth.put(each)}: {self.is_now(each)}" for each in possible[1:]]
        if reading.figure is not None and reading.figure.value == 2 * (self.worth.of("d_ff") or 0) and self.gated:
            remarks.append(f"it is 2 * {self.worth.put('d_ff')}: the gate and the up projection together")
        for rounding in ("down", "up"):
            if not reading.scale and (self.worth.of(possible[0]) or 0) in rounded(reading.text, rounding):
                remarks.append(f'rounded {rounding} it is that: rounding = "{rounding}" and a `because` would say so')
        return self.printed(reading, spoken, possible[0], remarks=tuple(remarks), true=False)

    def is_now(self, expression: str) -> str:
        """Return what an expression comes to."""
        value = self.worth.of(expression) or Fraction(0)
        return f"{self.worth.put(expression)} is {thousands(value) if value.denominator == 1 else value}"

    def bounded(self, reading: Reading, spoken: Spoken, expression: str, relation: str) -> Guess | None:
        """Return the assertion that words such as "more than" make of a figure."""
        if reading.figure is None or reading.figure.value.denominator != 1:
            return None
        value = int(reading.figure.value)
        true = COMPARED[relation](self.worth.of(expression) or 0, value)
        return self.asserted(spoken, f"{self.worth.put(expression)} {relation} {plain(value)}", expression, true=true)

    def in_words(self, reading: Reading, spoken: Spoken, possible: tuple[str, ...], *, sure: bool) -> Guess | None:
        """Return the assertion that a number in words makes; small ones count all sorts of things."""
        value = spelled_value(reading.item.text)
        if value is None or value.denominator != 1 or value < LEAST_IN_WORDS:
            return None
        true = next((each for each in possible if self.worth.of(each) == value), "")
        if not true and not sure:
            return None
        expression = true or possible[0]
        return self.asserted(
            spoken, f"{self.worth.put(expression)} == {plain(int(value))}", expression, true=bool(true)
        )

    def asserted(self, spoken: Spoken, text: str, expression: str, *extra: tuple[str, str], true: bool) -> Guess:
        """Return an assertion, with what is the case where it is false."""
        remarks = () if true else (f"does not hold: {self.is_now(expression)}",)
        return Guess(
            asserts=text, at=self.model, subject=spoken.subject, extra=extra, remarks=remarks, refuted=not true
        )

    def in_kibi(self, reading: Reading, spoken: Spoken, possible: tuple[str, ...]) -> Guess | None:
        """Return the claim of a length such as "128K", which is 128 times 1,024 tokens."""
        if (
            spoken.subject not in (*LENGTHS, "vocabulary")
            or not THOUSANDS.fullmatch(reading.text)
            or reading.figure is None
        ):
            return None
        for each in possible:
            value = Fraction(self.worth.of(each) or 0)
            # Of vocabularies only some are powers of two, and 31k are not 32,000.
            if spoken.subject == "vocabulary" and value % 1_024:
                continue
            if value * 1_000 / 1_024 in reading.figure:
                note = ("note", "K is 1,024 tokens here, as powers of two are counted")
                return self.printed(reading, spoken, f"{each} * 1_000 / 1_024", note)
        return None

    def padded(self, spoken: Spoken, figure: Figure) -> Guess | None:
        """Return the claim that a tokenizer's vocabulary is in a table that was padded."""
        rows = self.worth.of("n_vocab") or Fraction(0)
        if spoken.subject != "vocabulary" or not figure.exact or rows % PADDING:
            return None
        if not figure.value < rows <= figure.value + MOST_PADDING or figure.value.denominator != 1:
            return None
        note = ("note", f"the table of embeddings has {thousands(rows)} rows: perhaps padded")
        return self.asserted(
            spoken, f"{plain(int(figure.value))} <= {self.worth.put('n_vocab')}", "n_vocab", note, true=True
        )

    def estimate(self, reading: Reading, spoken: Spoken, figure: Figure, possible: tuple[str, ...]) -> Guess | None:
        """Return the claim of a figure that the card calls an estimate."""
        for each in possible:
            value = self.worth.of(each) or Fraction(0)
            if abs(value - figure.value) <= figure.value * ESTIMATE and not reading.scale:
                extra = (("about", "5%"), ("because", "TODO: the document calls it an estimate"))
                return self.printed(reading, spoken, each, *extra)
        return None


def plain(value: int) -> str:
    """Return an integer as expressions have it."""
    return thousands(value).replace(",", "_")


def rounded(text: str, rounding: Rounding) -> Figure | tuple[()]:
    """Return what a figure stands for if it was rounded down or up, nothing where it is exact."""
    try:
        figure = read_figure(text, rounding=rounding)
    except FigureError:
        return ()
    return () if figure.exact else figure
