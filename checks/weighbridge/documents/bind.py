"""Whether a document still says what each claim of a spec quotes from it, and where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, field

from weighbridge.documents.formulas import Formulas
from weighbridge.documents.inline import markdown_parser
from weighbridge.documents.markdown import seen
from weighbridge.documents.quotes import Quotes, merged, occurs, unsaid
from weighbridge.documents.replaced import FORMULA, by_likeness, by_words, has_words, instead
from weighbridge.documents.scopes import SHOWN, names_of, path_of, place_of, scope_of
from weighbridge.documents.source import Source, Span
from weighbridge.errors import Location, SpecError
from weighbridge.formula.latex import WORDED
from weighbridge.spec.claim_model import Claim, Exemption, Formula, PrintedFigure, Quote
from weighbridge.spec.model import Spec
from weighbridge.verdict import Anchor

#: What TOML reads in double quotes where a command of LaTeX begins, such as \text or \frac, back to its letters.
ESCAPED = str.maketrans({"\t": r"\t", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\x1b": r"\e"})


class Binding(Struct, frozen=True, kw_only=True):
    """How a spec holds on to its document.

    `anchors` and `spans` are by claim id, for claims with a quote; `exempt` has the spans of each of the spec's
    exemptions, in their order. A claim or exemption that is itself mistaken is in `errors` alone. Of tables,
    `cells` are accounted for whole, each by a claim's id or, where it gives a symbol its value, the table's;
    `exempt_cells` are names and what is no claim, with the reason.
    """

    anchors: Mapping[str, Anchor]
    spans: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    exempt: tuple[tuple[Span, ...], ...] = ()
    cells: tuple[tuple[Span, str], ...] = ()
    exempt_cells: tuple[tuple[Span, str], ...] = ()
    errors: tuple[SpecError, ...] = ()
    #: For each claim whose quote has moved, the names that lead to where it stands now.
    moved: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Sought(Struct, frozen=True, kw_only=True):
    """A quote, the part of the document that should hold it, and what of it was found there (`complete`: all of it)."""

    quote: Quote
    scope: Span
    spans: tuple[Span, ...]
    complete: bool


def bind(source: Source | None, spec: Spec) -> Binding:
    """Look for every quote of a spec in its document; None is a document that is cited and not here."""
    claims = [(claim, claim.quote) for claim in spec.claims if claim.quote is not None]
    if source is None:
        return Binding(anchors={claim.id: Anchor("absent") for claim, _ in claims})
    errors: list[SpecError] = []
    formulas, quotes = Formulas(source, spec), Quotes(source)
    sought: dict[str, Sought] = {}
    for claim, quote in claims:
        match seek(quotes, quote, said_at=claim.location, formulas=formulas):
            case SpecError() as error:
                errors.append(error)
            case Sought() as found:
                sought[claim.id] = found
    anchors: dict[str, Anchor] = {}
    spans: dict[str, tuple[Span, ...]] = {}
    exempt: list[tuple[Span, ...]] = []
    for exemption in spec.exemptions:
        match exempted(quotes, exemption):
            case SpecError() as error:
                errors.append(error)
                exempt.append(())
            case found_spans:
                exempt.append(found_spans)
    for claim, _ in claims:
        if claim.id not in sought:
            continue
        here = sought[claim.id]
        if here.complete:
            anchors[claim.id], spans[claim.id] = of_found(source, claim, here), here.spans
        else:
            taken = [span for each in exempt for span in each]
            anchors[claim.id], spans[claim.id] = of_lost(quotes, formulas, claim.id, sought, exempt=taken)
    quoted = [span for each in spans.values() for span in each]
    for claim, _ in claims:
        anchor = anchors.get(claim.id)
        if isinstance(claim.statement, Formula) and anchor is not None and anchor.state in ("found", "moved"):
            match formulas.check(claim, claim.statement, spans[claim.id][0], quoted=quoted):
                case Anchor("changed") as changed:
                    anchors[claim.id] = changed
                case Anchor():
                    pass
                case unread:
                    errors += unread
    errors += crossings(source, [claim for claim, _ in claims], spans)
    return Binding(
        anchors=anchors,
        spans=spans,
        exempt=tuple(exempt),
        errors=tuple(sorted(set(errors))),
        moved={name: names_of(source, spans[name][0]) for name, each in anchors.items() if each.state == "moved"},
    )


def seek(quotes: Quotes, quote: Quote, *, said_at: Location, formulas: Formulas | None = None) -> Sought | SpecError:
    """Look for a quote where it should stand, by the strictest reading that finds it as often as it should.

    The last one, where there are `formulas` to ask, takes a formula in any spelling.
    """
    source = quotes.source
    scope = scope_of(source, quote.under, said_at=said_at)
    if isinstance(scope, SpecError):
        return scope
    spans: tuple[Span, ...] = ()
    by_reading: list[tuple[Span, ...]] = []
    for spans in every_reading(quotes, quote.text, scope, formulas):
        by_reading.append(spans)
        if quote.nth and len(spans) >= quote.nth:
            return Sought(quote=quote, scope=scope, spans=(spans[quote.nth - 1],), complete=True)
        if not quote.nth and quote.times and len(spans) == quote.times:
            return Sought(quote=quote, scope=scope, spans=spans, complete=True)
    if not quote.nth and len(spans) > quote.times:
        if not quote.times:
            return Sought(quote=quote, scope=scope, spans=spans, complete=True)
        # The strictest reading that finds too many is the one to speak of: nothing looser can find fewer.
        return too_many(source, quote, next(each for each in by_reading if len(each) > quote.times), said_at=said_at)
    return Sought(quote=quote, scope=scope, spans=spans, complete=False)


def every_reading(quotes: Quotes, quote: str, scope: Span, formulas: Formulas | None) -> Iterator[tuple[Span, ...]]:
    """Yield where a quote stands by ever wider readings, each with all that stricter ones found."""
    spans: tuple[Span, ...] = ()
    for spans in quotes.readings(quote, scope):
        yield spans
    if formulas is not None and FORMULA.search(quote):
        yield merged(spans, formulas.respelled(quote, scope))


def too_many(source: Source, quote: Quote, spans: Sequence[Span], *, said_at: Location) -> SpecError:
    """Return the error of a quote that could mean several places."""
    places = ", ".join(place_of(source, span.start) for span in spans[:SHOWN])
    more = f" and {len(spans) - SHOWN} more" if len(spans) > SHOWN else ""
    under = f" under {path_of(quote.under)}" if quote.under else ""
    narrow = "a narrower `under`" if quote.under else "`under`"
    return SpecError(
        said_at,
        f"'{quote.text}' stands {often(len(spans))}{under} in {source.path} ({places}{more}), "
        f"expected {often(quote.times)}",
        f"give {narrow}, `nth` for one of them, or `times = {len(spans)}` for all",
    )


def exempted(quotes: Quotes, exemption: Exemption) -> tuple[Span, ...] | SpecError:
    """Return what an exemption spares: its quote, or the whole section that it names."""
    source = quotes.source
    if exemption.quote is None:
        scope = scope_of(source, exemption.under, said_at=exemption.location)
        return scope if isinstance(scope, SpecError) else (scope,)
    found = seek(quotes, exemption.quote, said_at=exemption.location)
    if isinstance(found, SpecError) or found.complete:
        return found if isinstance(found, SpecError) else found.spans
    why = None if found.spans else unsaid(source, exemption.quote.text, found.scope)
    said = f"'{exemption.quote.text}' is {why[0]} ({place_of(source, why[1])})" if why else missing(found)
    message = f"the exempt quote {said} in {source.path}{misread(source, exemption.quote.text)}"
    return SpecError(exemption.location, message, "mend the quote, or remove the exemption")


def of_found(source: Source, claim: Claim, here: Sought) -> Anchor:
    """Return the anchor of a quote that stands where it should; what the claim says is printed must stand in it."""
    location = source.location(here.spans[0].start)
    if isinstance(claim.statement, PrintedFigure):
        printed = claim.statement.figure.text
        if not occurs(printed, here.quote.text) and not occurs(printed, as_seen(here.quote.text)):
            return Anchor("changed", location, f"its quote '{here.quote.text}' does not print '{printed}'")
    return Anchor("found", location)


def of_lost(
    quotes: Quotes, formulas: Formulas, claim: str, sought: Mapping[str, Sought], *, exempt: Sequence[Span]
) -> tuple[Anchor, tuple[Span, ...]]:
    """Return the anchor of a quote that does not stand where it should, or not often enough."""
    here, source = sought[claim], quotes.source
    # An exemption of the whole scope says nothing about a place in it.
    taken = [
        *(span for each in sought.values() if each.complete for span in each.spans),
        *here.spans,
        *(span for span in exempt if here.scope not in span),
    ]
    text, scope = here.quote.text, here.scope
    place = by_words(source, text, scope, taken=taken)
    elsewhere = () if place else moved(quotes, here, taken)
    why = None if place or elsewhere or here.spans else unsaid(source, text, scope)
    # What is crossed out and not replaced is gone, whatever else the document says.
    gap = gap_of(claim, sought)
    likely = None if place or why else by_likeness(source, text, scope, formulas=formulas, gap=gap, taken=taken)
    # A bare figure may stand anywhere, so one like it in its place counts for more; a quote in words stands for itself.
    if elsewhere and (likely is None or has_words(text)):
        return Anchor("moved", source.location(elsewhere[0].start), stands_at(source, here, elsewhere)), elsewhere
    if now := place or likely:
        message = f"expected '{text}', the document now prints '{instead(source, now, text)}'{misread(source, text)}"
        return Anchor("changed", source.location(now.start), message), (now,)
    if why:
        return Anchor("gone", None, f"the quote '{text}' is {why[0]} ({place_of(source, why[1])})"), ()
    message = f"the quote {missing(here)}{misread(source, text)}"
    if here.spans:
        message += " (" + ", ".join(place_of(source, span.start) for span in here.spans[:SHOWN]) + ")"
    return Anchor("gone", None, message), ()


def gap_of(claim: str, sought: Mapping[str, Sought]) -> Span:
    """Return what the quote's neighbours leave for it: the spec's nearest claims that quote from the same scope."""
    scope = sought[claim].scope
    alike = [(other, each) for other, each in sought.items() if each.scope == scope]
    index = next(index for index, (other, _) in enumerate(alike) if other == claim)
    before = next((each.spans[-1].end for _, each in reversed(alike[:index]) if each.complete), scope.start)
    after = next((each.spans[0].start for _, each in alike[index + 1 :] if each.complete), scope.end)
    # A spec need not follow the document's order; then its neighbours say nothing.
    return Span(before, after) if before < after else scope


def moved(quotes: Quotes, here: Sought, taken: Sequence[Span]) -> tuple[Span, ...]:
    """Return where the whole of a quote stands outside its scope, in places that no other claim has taken."""
    if here.spans or here.scope == quotes.source.whole:
        return ()
    for spans in quotes.readings(here.quote.text, quotes.source.whole):
        free = tuple(span for span in spans if not any(span in other for other in taken))
        if here.quote.nth and len(free) >= here.quote.nth:
            return (free[here.quote.nth - 1],)
        if not here.quote.nth and free and len(free) == (here.quote.times or len(free)):
            return free
    return ()


def stands_at(source: Source, here: Sought, spans: Sequence[Span]) -> str:
    """Say where a quote that has moved stands now."""
    section = source.section_of(spans[0])
    now = f"under '{section.name}'" if section else "under no heading"
    return f"'{here.quote.text}' stands {now} now, not under {path_of(here.quote.under)}"


def missing(here: Sought) -> str:
    """Say what of a quote is not there."""
    under = f" under {path_of(here.quote.under)}" if here.quote.under else ""
    if not here.spans:
        return f"'{here.quote.text}' is not there{under}"
    wanted = f"number {here.quote.nth}" if here.quote.nth else often(here.quote.times)
    return f"'{here.quote.text}' stands there {often(len(here.spans))}{under}, expected {wanted}"


def misread(source: Source, text: str) -> str:
    r"""Return what has become of a command of LaTeX whose backslash TOML has read as an escape; "" for other quotes.

    A message shows such a tab as \t, so that nobody could see why the quote is not there.
    """
    meant = text.translate(ESCAPED)
    if meant == text or meant not in source.text:
        return ""
    return r"; in double quotes TOML reads \t as a tab and \f as a form feed: write LaTeX in single quotes"


def often(times: int) -> str:
    """Return a number of times in words that read well."""
    return "once" if times == 1 else f"{times} times"


def as_seen(quote: str) -> str:
    r"""Return a quote as a reader sees it, markup dropped: of 805\,\text{MB}, 805 MB."""
    words = WORDED.sub(r"\g<digits> \g<words>", quote)
    return " ".join(seen(token.children or []) for token in markdown_parser().parseInline(words))


def crossings(source: Source, claims: Sequence[Claim], spans: Mapping[str, tuple[Span, ...]]) -> Iterator[SpecError]:
    """Yield an error for every two claims whose quotes cross: they may coincide, nest or be disjoint.

    Compared is what a reader sees, for where a quote stops amid markup is nobody's mistake.
    """
    order = {claim.id: claim for claim in claims}
    ranges = sorted((source.rendered.within(span), span, name) for name, each in spans.items() for span in each)
    reported: set[tuple[str, str]] = set()
    open_ranges: list[tuple[Span, Span, str]] = []
    for seen_at, span, name in ranges:
        open_ranges = [each for each in open_ranges if each[0].end > seen_at.start]
        for other_seen, other_span, other in open_ranges:
            nested = seen_at in other_seen or other_seen in seen_at
            if nested or other == name or (other, name) in reported:
                continue
            reported.add((other, name))
            yield SpecError(
                order[name].location,
                f"the quote of '{name}' at {place_of(source, span.start)} crosses that of '{other}' at "
                f"{place_of(source, other_span.start)} in {source.path}: '{source.slice(span)}' and "
                f"'{source.slice(other_span)}'",
                "quotes may be the same, apart, or one within the other",
            )
        open_ranges.append((seen_at, span, name))
