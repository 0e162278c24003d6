"""How a claim looks with one thing about it changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from msgspec.structs import replace

from weighbridge.audit.entries import excuses_of
from weighbridge.audit.mutants import with_item
from weighbridge.errors import Location
from weighbridge.formula.figures import read_figure
from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import Expression
from weighbridge.spec.claim_model import Assertion, Claim, Formula, PrintedFigure, Qualitative, Statement, Waiver

Change: TypeAlias = Callable[[Claim], Claim]


def with_figure(text: str, claim: Claim, *, written: frozenset[Location] | None = None) -> Claim:
    """Return a claim with another figure; excuses in a table follow its cell, but for those that are written."""
    assert isinstance(claim.statement, PrintedFigure), "unreachable because figures alone have digits"
    new = replace(claim, statement=printed(claim.statement, text), text=text)
    if written is None:
        return new
    for each in excuses_of(claim):
        if each.location not in written:
            new = with_pin(each.location, text, new)
    return new


def with_formula(tree: Expression, claim: Claim) -> Claim:
    """Return a claim with another formula."""
    assert isinstance(claim.statement, Formula), "unreachable because an entry's claims are of one kind"
    return replace(claim, statement=replace(claim.statement, formula=tree), text=to_text(tree))


def with_condition(tree: Expression, claim: Claim) -> Claim:
    """Return a claim that asserts something else."""
    return replace(claim, statement=Assertion(tree), text=to_text(tree))


def with_equals(equals: tuple[Expression, ...], claim: Claim) -> Claim:
    """Return a claim that is held against other things, and its corrections too."""
    said = claim.statement
    assert isinstance(said, PrintedFigure | Formula), "unreachable because assertions have no 'equals'"
    errata = tuple(replace(each, correct=against(each.correct, equals)) for each in claim.errata)
    return replace(claim, statement=replace(said, equals=equals), errata=errata)


def against(correct: Statement | None, equals: tuple[Expression, ...]) -> Statement | None:
    """Return a correction that is held against the same things as its claim."""
    match correct:
        case PrintedFigure() | Formula():
            return replace(correct, equals=equals)
        case Assertion() | Qualitative() | None:
            return correct


def with_correction(location: Location, correct: Statement, claim: Claim) -> Claim:
    """Return a claim with another correction in the erratum that stands here."""
    errata = tuple(replace(each, correct=correct) if each.location == location else each for each in claim.errata)
    return replace(claim, errata=errata)


def with_pin(location: Location, pin: str, claim: Claim) -> Claim:
    """Return a claim whose excuse that stands here repeats something else."""

    def pinned(excuse: Waiver) -> Waiver:
        return replace(excuse, pin=pin) if excuse.location == location else excuse

    return replace(
        claim,
        errata=tuple(replace(each, pin=pin) if each.location == location else each for each in claim.errata),
        waiver=claim.waiver and pinned(claim.waiver),
        waivers=tuple(map(pinned, claim.waivers)),
    )


def without_assumption(place: int, claim: Claim) -> Claim:
    """Return a claim that assumes one thing less."""
    return replace(claim, assuming=(*claim.assuming[:place], *claim.assuming[place + 1 :]))


def with_setting(name: str, claim: Claim, *, value: bool) -> Claim:
    """Return a claim under another setting of a convention."""
    return replace(claim, conventions=with_item(claim.conventions, name, value))


def printed(said: PrintedFigure, text: str) -> PrintedFigure:
    """Return the statement with another figure, printed to the same precision."""
    move = read_figure(text).value - said.figure.value
    figure = replace(
        said.figure,
        text=text,
        value=said.figure.value + move,
        low=said.figure.low + move,
        high=said.figure.high + move,
    )
    return replace(said, figure=figure)
