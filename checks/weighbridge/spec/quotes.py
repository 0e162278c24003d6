"""Which words of the document make a claim, and which of its figures are no claims."""

from __future__ import annotations

from weighbridge.spec.claim_model import Exemption, Quote
from weighbridge.spec.fields import Fields
from weighbridge.spec.statements import Source

#: Keys that say where to look for a quote.
PLACE = ("under", "times", "nth")


def read_quote(source: Source, printed: str = "") -> Quote | None:
    """Read quote, under, times and nth; None for a claim that is arithmetic alone.

    Without a quote, a printed figure that is given a place is its own quote.
    """
    own = source.own
    text = own.text("quote")
    if not text.strip() and printed and any(key in source.of(key) for key in PLACE):
        text = printed
    if not text.strip():
        for key in PLACE:
            if key in own and "quote" not in own and "printed" not in own:
                own.complain(key, f"'{key}' has no quote to look for", "add 'quote', or leave it out")
        return None
    under, times, nth = (source.of(key) for key in PLACE)
    if "times" in times and "nth" in nth:
        nth.complain("nth", "has 'times' and 'nth'", "'nth' chooses one of several, 'times' speaks of all")
    return Quote(text=text, under=under.texts("under"), times=read_times(times), nth=nth.positive("nth") or 0)


def read_times(fields: Fields) -> int:
    """Read `times`: how often a quote stands there, 0 for "any"."""
    if fields.values.get("times") == "any":
        return 0
    if isinstance(fields.values.get("times"), str):
        fields.complain("times", f"'times' is '{fields.values['times']}', expected an integer or \"any\"")
        return 1
    return fields.positive("times") or 1


def read_exemptions(root: Fields) -> tuple[Exemption, ...]:
    """Read every [[exempt]]."""
    found: list[Exemption] = []
    for fields in root.array_of_tables("exempt", "exemption"):
        fields.only(("quote", *PLACE, "reason"))
        fields.require("reason")
        if "quote" not in fields and "under" not in fields:
            fields.complain(None, "expected 'quote', or 'under' for a whole section")
        if "quote" not in fields:
            for key in ("times", "nth"):
                if key in fields:
                    fields.complain(key, f"'{key}' has no quote to look for", "add 'quote', or leave it out")
        reason = fields.text("reason")
        under = fields.texts("under") if "under" in fields else ()
        quote = read_quote(Source(fields)) if "quote" in fields else None
        found.append(Exemption(quote=quote, under=under, reason=reason, location=fields.location()))
    return tuple(found)
