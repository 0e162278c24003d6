"""Why a claim may be refuted: waivers and errata, pinned to what the document says now."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from msgspec import Struct

from weighbridge.errors import did_you_mean
from weighbridge.spec.claim_model import Erratum, Waiver
from weighbridge.spec.fields import Fields
from weighbridge.spec.names import Namespace
from weighbridge.spec.statements import Measure, StatementKind, read_statement

#: The kinds of statement that can be pinned, and corrected.
PINS: tuple[StatementKind, ...] = ("printed", "formula", "asserts")


class Excused(Struct, frozen=True, kw_only=True):
    """The claim that excuses are read for: what it says, and the names that their `at` may hold.

    A table's rows are not known when its form is checked: `names` is None. A table's cells differ, so `pinned` is not
    asked for there.
    """

    kind: StatementKind
    measure: Measure
    names: tuple[str, ...] | None
    pinned: bool = True


def read_waivers(fields: Fields, excused: Excused) -> tuple[Waiver, ...]:
    """Read [claim.waive], or each of [[claim.waive]]."""
    return tuple(read_waiver(each, excused) for each in fields.one_or_more_tables("waive", f"{fields.label}, waive"))


def read_waiver(fields: Fields, excused: Excused, *more: str) -> Waiver:
    """Read one waiver, which may have `more` keys that are read elsewhere."""
    fields.only(("reason", "expires", "at", *more, *PINS))
    fields.require("reason", "expires")
    expires = fields.date("expires") or datetime.date.max
    at, pin = read_at(fields, excused), read_pin(fields, excused)
    return Waiver(reason=fields.text("reason"), expires=expires, pin=pin, location=fields.location(), at=at)


def read_errata(fields: Fields, excused: Excused, space: Namespace) -> tuple[Erratum, ...]:
    """Read [claim.erratum], or each of [[claim.erratum]]."""
    each_of = fields.one_or_more_tables("erratum", f"{fields.label}, erratum")
    return tuple(read_erratum(each, excused, space) for each in each_of)


def read_erratum(fields: Fields, excused: Excused, space: Namespace, *more: str) -> Erratum:
    """Read one erratum, which may have `more` keys that are read elsewhere."""
    fields.only(("reason", "correct", "at", *more, *PINS))
    fields.require("reason")
    correct = None
    if "correct" in fields:
        correct = read_statement(fields, "correct", kind=excused.kind, measure=excused.measure, space=space)
    return Erratum(
        reason=fields.text("reason"),
        pin=read_pin(fields, excused),
        correct=correct,
        correct_text=fields.text("correct") if isinstance(fields.values.get("correct"), str) else "",
        at=read_at(fields, excused),
        location=fields.location(),
    )


def read_pin(fields: Fields, excused: Excused) -> str:
    """Read what the document says now, in a key of the same name as the claim's own."""
    for key in PINS:
        if key in fields and key != excused.kind:
            fields.complain(key, f"pins '{key}', but the claim has '{excused.kind}'", f"pin its '{excused.kind}'")
    if excused.kind not in fields:
        if excused.pinned:
            fields.complain(
                None, f"'{excused.kind}' is missing", "repeat what the claim says now: this lapses when that changes"
            )
        return ""
    return fields.text(excused.kind)


def read_at(fields: Fields, excused: Excused) -> tuple[str, ...]:
    """Read the models or rows that an excuse speaks of; empty means all."""
    if "at" not in fields:
        return ()
    for text, path in fields.texts_at("at"):
        if excused.names is not None and text not in excused.names:
            hint = did_you_mean(text, excused.names) if excused.names else "leave out 'at'"
            fields.errors.add(
                fields.locator.of_value(path), f"{fields.label}: the claim does not speak of a model '{text}'", hint
            )
    return fields.texts("at")


def check_overlap(fields: Fields, waivers: tuple[Waiver, ...], errata: tuple[Erratum, ...]) -> None:
    """Note a model for which there is more than one excuse: which of them counts must not be a guess."""
    taken: set[str] = set()
    whole = False
    for excuse in in_order(waivers, errata):
        twice = sorted(taken.intersection(excuse.at))
        if twice:
            message = f"a second waiver or erratum for '{twice[0]}'"
        elif whole or (not excuse.at and taken):
            message = "a second waiver or erratum for the same models"
        elif len(set(excuse.at)) < len(excuse.at):
            message = "'at' names a model twice"
        else:
            message = ""
        if message:
            fields.errors.add(excuse.location, f"{fields.label}: {message}", "keep one for each model")
        taken.update(excuse.at)
        whole |= not excuse.at


def in_order(waivers: tuple[Waiver, ...], errata: tuple[Erratum, ...]) -> Iterator[Waiver | Erratum]:
    """Yield waivers and errata as they stand in the file."""
    both: tuple[Waiver | Erratum, ...] = (*waivers, *errata)
    yield from sorted(both, key=lambda excuse: excuse.location)
