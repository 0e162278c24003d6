"""Whether the formula that a quote prints says what its claim says."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from msgspec import Struct

from weighbridge.documents.quotes import overlaps
from weighbridge.documents.source import BLOCK_END, Source, Span
from weighbridge.errors import SpecError
from weighbridge.formula.alphabet import Alphabet, key
from weighbridge.formula.latex import Side, read_chain, read_side, with_times
from weighbridge.formula.latex_tree import UnknownSymbolError
from weighbridge.formula.parser import MAX_LENGTH
from weighbridge.formula.printer import brief
from weighbridge.formula.same import same
from weighbridge.formula.tokens import FormulaError
from weighbridge.formula.tree import Expression, free_names
from weighbridge.spec.claim_model import Claim, Formula
from weighbridge.spec.expand import expand
from weighbridge.spec.model import Spec
from weighbridge.verdict import Anchor

#: Delimiters of maths at the ends of a quote.
DELIMITERS = re.compile(r"\A\s*(?:\$\$?|\\\(|\\\[)|(?:\$\$?|\\\)|\\\])\s*\Z")
#: What may be left between the parts of a sum when each is quoted by itself.
BETWEEN_TERMS = re.compile(r"(?:[\s~+−–-]|\\[,;:! ])*")
#: Plain text: what formulas are made of (but for words), and what tells them from prose, dates and ranges.
PLAIN = re.compile(
    r"(?P<space>\s+)|(?P<number>\d+(?:[.,_\u2009\u202f]\d+)*)|(?P<name>[^\W\d⁰¹²³⁴⁵⁶⁷⁸⁹][^\W⁰¹²³⁴⁵⁶⁷⁸⁹]*)"
    r"|(?P<sign>\*\*|[×·⋅∗*/÷^+−–()<>=≈≤≥-]|[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)|(?P<other>.)",
    re.DOTALL,
)
TELLING = re.compile(r"[×·⋅∗*/÷^+⁰¹²³⁴⁵⁶⁷⁸⁹]")
#: A sign at an end has a word for its operand, as a power at the beginning has, and words are no formula.
OPEN_ENDED = re.compile(r"\A[×·⋅∗*/÷^+⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹]|[×·⋅∗*/÷^+]\Z")
DANGLING = re.compile(r"\A[\s)=<>≈≤≥.,–−-]+|[\s(=<>≈≤≥.,–−-]+\Z")


class Printed(Struct, frozen=True):
    """A side of a formula, and where it stands in the rendered text (its own columns are those of the formula)."""

    side: Side
    span: Span


@dataclass(slots=True)
class Formulas:
    """The formulas of a document, read in the symbols of a spec."""

    source: Source
    spec: Spec
    alphabet: Alphabet = field(init=False)
    read: dict[Span, tuple[Printed, ...]] = field(default_factory=dict)
    plain: dict[Span, tuple[Span, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        symbols = {name: symbol.latex for name, symbol in self.spec.symbols.items()}
        self.alphabet = Alphabet.of(symbols, (*self.spec.tensors, *self.spec.quantities))

    def check(
        self, claim: Claim, formula: Formula, span: Span, *, quoted: Iterable[Span]
    ) -> Anchor | tuple[SpecError, ...]:
        """Hold a claim's formula against what its quote prints at `span`; `quoted` are the places of all quotes.

        Returns the anchor, found or changed, or errors at the place of what can not be read. A quote in words is found.
        """
        found = Anchor("found", self.source.location(span.start))
        sides = self.printed(span)
        seen = self.seen(span)
        said: list[str] = []
        unread: list[tuple[FormulaError, Printed]] = []
        for each in sides:
            says = each.side.says
            part = self.part(each, seen, quoted)
            if part is not None:
                says = part
            if isinstance(says, FormulaError):
                unread.append((says, each))
            elif self.agree(claim, formula.formula, says):
                return found
            else:
                said.append(f"{each.side.relation} {brief(says)}" if said and each.side.relation else brief(says))
        # A symbol alone on its side is what the formula defines, and need not be declared.
        mistaken = [each for each in unread if not self.is_alone(*each)]
        if mistaken or not said:
            return tuple(self.error(*each) for each in mistaken or unread) or found
        message = f"document prints {' '.join(said)}, the spec says {brief(formula.formula)}"
        return Anchor("changed", found.location, message)

    def is_alone(self, why: FormulaError, printed: Printed) -> bool:
        """Tell whether a side is nothing but one unknown symbol."""
        return isinstance(why, UnknownSymbolError) and key(why.spelling) == key(self.text_of(printed.span))

    def agree(self, claim: Claim, formula: Expression, says: Expression) -> bool:
        """Tell whether the document's formula says the same as the spec's, by itself or with everything put in."""
        if same(formula, says):
            return True
        if (free_names(formula) | free_names(says)) <= self.spec.symbols.keys():
            return False
        conventions = {**self.spec.conventions, **claim.conventions}
        return same(*(expand(each, self.spec, conventions) for each in (formula, says)))

    def printed(self, span: Span) -> list[Printed]:
        """Return the sides of formulas that a part of the source has to do with, whole."""
        formulas = self.source.formulas
        first = bisect_right(formulas, span.start, key=lambda each: each.end)
        last = bisect_left(formulas, span.end, key=lambda each: each.start)
        seen = self.seen(span)
        ranges = [self.seen(each) for each in formulas[first:last]]
        found = [each for at in ranges for each in self.chain(at, typeset=True)]
        if not ranges:
            found = [each for at in self.runs(seen) for each in self.chain(at, typeset=False)]
        return [each for each in found if each.span.overlaps(seen)]

    def chain(self, at: Span, *, typeset: bool) -> tuple[Printed, ...]:
        """Read the formula that stands there in the rendered text."""
        if at not in self.read:
            sides = read_chain(self.text_of(at), self.alphabet, typeset=typeset)
            self.read[at] = tuple(Printed(side, Span(at.start + side.start, at.start + side.end)) for side in sides)
        return self.read[at]

    def seen(self, span: Span) -> Span:
        """Return where a reader sees a part of the source: no further than the block in which it ends."""
        seen = self.source.rendered.within(span)
        return Span(seen.start, seen.start + len(self.text_of(seen).rstrip(BLOCK_END)))

    def text_of(self, seen: Span) -> str:
        """Return a part of the rendered text."""
        return self.source.rendered.text[seen.start : seen.end]

    def part(self, printed: Printed, seen: Span, quoted: Iterable[Span]) -> Expression | None:
        """Return what a quote says that holds only some terms of a side; None where it must answer for the whole side.

        It need not where all terms of the side are quoted, each by itself or some together.
        """
        if printed.span in seen:
            return None
        rest, end = "", printed.span.start
        for span in sorted(self.seen(each) for each in quoted):
            if printed.span in span or not span.overlaps(printed.span):
                continue
            rest += self.text_of(Span(end, max(end, span.start)))
            end = max(end, min(span.end, printed.span.end))
        rest += self.text_of(Span(end, printed.span.end))
        if not BETWEEN_TERMS.fullmatch(rest):
            return None
        text = self.text_of(Span(max(seen.start, printed.span.start), min(seen.end, printed.span.end)))
        try:
            return read_side(text.strip(), self.alphabet)
        except FormulaError:
            return None

    def runs(self, seen: Span) -> Iterator[Span]:
        """Yield the formulas in plain text that a part of the rendered text has to do with."""
        text = self.source.rendered.text
        start = max(text.rfind(BLOCK_END, 0, seen.start) + 1, seen.start - MAX_LENGTH)
        end = text.find(BLOCK_END, seen.end)
        end = min(len(text) if end < 0 else end, seen.end + MAX_LENGTH)
        for run in plain_runs(text[start:end], self.alphabet):
            if (moved := Span(start + run.start, start + run.end)).overlaps(seen):
                yield moved

    def in_words(self, scope: Span) -> tuple[Span, ...]:
        """Return the formulas in plain text in a part of the source; those of several lost quotes are sought once."""
        if scope not in self.plain:
            spans = map(self.source.rendered.span, self.runs(self.source.rendered.within(scope)))
            self.plain[scope] = tuple(span for span in spans if not overlaps(self.source.formulas, span))
        return self.plain[scope]

    def in_quote(self, quote: str) -> str:
        """Return the formula in plain text that a quote has, "" where it has none or one in LaTeX."""
        if set(quote) & set("\\$"):
            return ""
        return max((quote[run.start : run.end] for run in plain_runs(quote, self.alphabet)), key=len, default="")

    def error(self, why: FormulaError, printed: Printed) -> SpecError:
        """Return the error for a formula that can not be read, at its place in the document."""
        rendered = self.source.rendered
        at = printed.span.start - printed.side.start + why.column
        if at < printed.span.end:
            offset = rendered.span(Span(at, at + 1)).start
        else:
            offset = rendered.span(Span(printed.span.end - 1, printed.span.end)).end
        message = f"{why.message}, in a formula that a claim of {self.spec.path} quotes"
        return SpecError(self.source.location(offset), message, why.hint)

    def respelled(self, quote: str, scope: Span) -> tuple[Span, ...]:
        """Return where a quote that is a formula stands in another spelling: the same symbols, figures and signs."""
        inner = DELIMITERS.sub("", quote)
        wanted = read_chain(inner, self.alphabet)
        if not wanted or any(isinstance(side.says, FormulaError) for side in wanted):
            return ()
        found: list[Span] = []
        for formula in self.source.formulas:
            if formula not in scope:
                continue
            sides = self.chain(self.seen(formula), typeset=True)
            for first in range(len(sides) - len(wanted) + 1):
                window = sides[first : first + len(wanted)]
                if alike([each.side for each in window], wanted):
                    found.append(self.source.rendered.span(Span(window[0].span.start, window[-1].span.end)))
        return tuple(found)


def plain_runs(text: str, alphabet: Alphabet) -> Iterator[Span]:
    """Yield where formulas stand in plain text: signs and figures, and names that are symbols or have an underscore."""
    first = 0
    for match in PLAIN.finditer(with_times(text, alphabet) + "\0"):
        name = match["name"]
        if match["other"] or (name and "_" not in name and key(name) not in alphabet.names):
            run = DANGLING.sub("", text[first : match.start()])
            at = text.find(run, first)
            if TELLING.search(run) and not OPEN_ENDED.search(run):
                yield Span(at, at + len(run))
            first = match.end()


def alike(sides: Sequence[Side], wanted: Sequence[Side]) -> bool:
    """Tell whether sides and relations are the same; what relates the first to something before it is not asked."""
    return [side.says for side in sides] == [side.says for side in wanted] and (
        [side.relation for side in sides[1:]] == [side.relation for side in wanted[1:]]
    )
