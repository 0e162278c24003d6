"""The keys of what a spec declares: document, symbols, models, tensors, quantities and grids."""

from __future__ import annotations

from weighbridge.schema.shapes import (
    AMOUNT,
    BLANK,
    DATE,
    EXPRESSION,
    ID,
    INTEGER,
    SETTINGS,
    TEXT,
    Key,
    ListOf,
    OneOf,
    Scalar,
    Shape,
    Table,
    one_of_words,
)
from weighbridge.spec.units import UNITS


def document() -> Table:
    """Return [document]."""
    return Table(
        keys={
            "id": Key("What the ids of its results begin with; the file's name if left out.", ID),
            "title": Key("What the document is called.", TEXT),
            "path": Key("The document's file, relative to this spec; quotes are looked up in it.", TEXT),
            "cite": Key("What the document is, where it is not in this project.", TEXT),
            "retrieved": Key("The day on which a cited document was read.", DATE),
        },
        required=("title",),
        rules={"oneOf": [{"required": ["path"]}, {"required": ["cite"]}]},
    )


def symbol() -> Key:
    """Return what a symbol is declared by."""
    keys = {
        "text": Key("What it means.", TEXT),
        "latex": Key("How the document writes it in formulas.", TEXT),
        "min": Key("The smallest integer that it may be: 1 if left out.", Scalar({"type": "integer", "enum": [0, 1]})),
        "default": Key("Its value in models that give none.", AMOUNT),
    }
    return Key("What the symbol means, or a table of what is known of it.", OneOf((BLANK, Table(keys=keys))))


def model() -> Key:
    """Return what a model is declared by."""
    table = Table(
        keys={
            "like": Key("The model whose values it has, but for its own.", TEXT),
            "assumed": assumed(),
            "conventions": Key("What is counted in this model.", SETTINGS),
        },
        named=Key("The symbol's value: an integer, or an expression over the model's other symbols.", AMOUNT),
    )
    return Key("A value for every symbol.", table)


def assumed() -> Key:
    """Return why values are not the document's own."""
    each = Table(named=Key("Why this value is assumed.", TEXT))
    return Key("Which values the document does not state, and why these; or one text for all.", OneOf((TEXT, each)))


def tensor() -> Key:
    """Return what a tensor is declared by."""
    table = Table(
        keys={
            "shape": Key("Its dimensions: integers and expressions.", ListOf(AMOUNT, least=1)),
            "per": Key("How many copies there are: one for each of these.", ListOf(AMOUNT)),
            "when": Key("The conventions under which it counts; elsewhere it counts 0.", EXPRESSION),
        },
        required=("shape",),
    )
    removed = Scalar({"enum": [False]})
    return Key("A kind of weight tensor; false removes one of the architecture's.", OneOf((table, removed)))


def quantity() -> Key:
    """Return what a quantity is declared by."""
    keys = {"equals": Key("What it is.", AMOUNT), "unit": Key("What it counts.", one_of_words(*UNITS))}
    return Key("An expression, or a table with its unit.", OneOf((AMOUNT, Table(keys=keys, required=("equals",)))))


def grid() -> Key:
    """Return what a grid is declared by."""
    axis = "A list, an integer, '1..96', '64..16384 step 64', '1..4096 times 2', or what follows from the others."
    shape: Shape = OneOf((INTEGER, TEXT, ListOf(INTEGER, least=1)))
    return Key("The values of each symbol.", Table(named=Key(axis, shape)))
