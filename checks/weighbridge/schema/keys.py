"""Every key of a spec: what it means, and what it may hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import get_args

from weighbridge.formula.figures import ROUNDINGS
from weighbridge.schema.declared import assumed, document, grid, model, quantity, symbol, tensor
from weighbridge.schema.shapes import (
    AMOUNT,
    BOOLEAN,
    COUNT,
    DATE,
    EXPRESSION,
    EXPRESSIONS,
    ID,
    INTEGER,
    SETTINGS,
    TEXT,
    TEXTS,
    Key,
    ListOf,
    OneOf,
    Scalar,
    Table,
    one_of_words,
)
from weighbridge.spec.claim_model import STRENGTHS, InvariantKind
from weighbridge.spec.claims import DEFAULTS
from weighbridge.spec.invariants import NEEDS
from weighbridge.spec.oracles import ARTIFACTS, OF_CONFIGS

#: Keys that mean the same wherever they stand.
COMMON: Mapping[str, Key] = {
    "under": Key(
        "The heading, or the bold lead of an item or paragraph, below which the quote stands; a list of names nests.",
        TEXTS,
    ),
    "times": Key(
        'How often the quote stands there (1 if left out), or "any"; all places are this claim\'s.',
        OneOf((COUNT, one_of_words("any"))),
    ),
    "nth": Key("Which of several places is meant, counting from 1.", COUNT),
    "equals": Key("What it must be equal to: one expression, or several that must each equal it.", EXPRESSIONS),
    "precision": Key('The unit of the last digit that counts, as in "10M"; needs `because`.', TEXT),
    "rounding": Key("How the document rounds; needs `because`.", one_of_words(*ROUNDINGS)),
    "about": Key('How far off it may be, as in "5%" of the printed value (of `equals`, for a formula).', TEXT),
    "because": Key("Why the figure is read in another way than it is printed; shown beside the verdict.", TEXT),
    "assuming": Key(
        "A hypothesis, or a list of them; shown beside the verdict. Other points do not count.", EXPRESSIONS
    ),
    "conventions": Key("What is counted here, in place of the model's and the spec's own settings.", SETTINGS),
    "evidence": Key("The evidence that is asked for, in place of the usual.", one_of_words(*STRENGTHS)),
    "note": Key("A remark that every report shows.", TEXT),
    "reason": Key("Why; shown wherever this counts.", TEXT),
}

PINS: Mapping[str, Key] = {
    "printed": Key("What the claim prints now: the excuse lapses when that changes.", TEXT),
    "formula": Key("The formula that the claim has now: the excuse lapses when that changes.", EXPRESSION),
    "asserts": Key("What the claim asserts now: the excuse lapses when that changes.", EXPRESSION),
}


def take(*names: str, keys: Mapping[str, Key] = COMMON) -> dict[str, Key]:
    """Return some of the common keys, in this order."""
    return {name: keys[name] for name in names}


def excuses(more: Mapping[str, Key], whom: str, required: Iterable[str] = ()) -> tuple[Key, Key]:
    """Return `waive` and `erratum`: each a table, or a list of tables that speak of some models or rows alone."""
    at = {"at": Key(f"The {whom} that it speaks of; all if left out.", TEXTS)}
    waiver = Table(
        keys={**take("reason"), "expires": Key("The last day on which it counts, UTC.", DATE), **at, **more, **PINS},
        required=("reason", "expires", *required),
    )
    correct = Key("What the document should say; decided in place of the claim's own, and must hold.", EXPRESSION)
    erratum = Table(keys={**take("reason"), "correct": correct, **at, **more, **PINS}, required=("reason", *required))
    return (
        Key("Lets the claim pass until a day, although it is refuted.", OneOf((waiver, ListOf(waiver)))),
        Key("Says that the document is wrong for good, and what it should say.", OneOf((erratum, ListOf(erratum)))),
    )


def spec() -> Table:
    """Return the table that a spec is."""
    return Table(
        keys={
            "architecture": Key("What to start from: a shipped architecture, or a file of this project.", TEXT),
            "rename": Key(
                'Names of the architecture in this document\'s words: new = "old".',
                Table(named=Key("The architecture's name of a symbol, tensor or quantity.", TEXT)),
            ),
            "document": Key("The text that makes the claims.", document()),
            "symbols": Key("What the letters mean: positive integers.", Table(named=symbol())),
            "models": Key("Named assignments of the symbols.", Table(named=model())),
            "tensors": Key("The inventory: what the counter counts.", Table(named=tensor())),
            "conventions": Key("Switches: what is counted here.", SETTINGS),
            "quantities": Key("Named expressions.", Table(named=quantity())),
            "grids": Key("Values to try formulas with.", Table(named=grid())),
            "defaults": Key("Keys for every claim that does not say otherwise.", Table(keys=defaults())),
            "claim": Key("Something that the document says, and that is true or false.", ListOf(claim())),
            "invariant": Key("What must hold for all values of the symbols.", ListOf(invariant())),
            "exempt": Key("A figure or a section that makes no claim.", ListOf(exemption())),
            "table": Key("A table whose rows are models, claimed as a whole.", ListOf(table())),
        },
        required=("document",),
    )


def claim_keys() -> dict[str, Key]:
    """Return the keys of [[claim]]."""
    waive, erratum = excuses({}, "models")
    return {
        "id": Key("Its name, unlike that of any other claim, invariant or table here.", ID),
        "printed": Key("A figure as it is printed, always in quotation marks: zeros and units carry precision.", TEXT),
        "formula": Key("A formula, in the names of this spec.", EXPRESSION),
        "asserts": Key("A condition, in the names of this spec.", EXPRESSION),
        "qualitative": Key("Why no arithmetic can decide what is quoted.", TEXT),
        "quote": Key("The words of the document that make the claim.", TEXT),
        **take("under", "times", "nth", "note", "equals", "precision", "rounding", "about", "because"),
        "at": Key('The model that it speaks of, a list of models, or "*" for all.', TEXTS),
        "over": Key('The grid over which it must hold, or "everywhere".', TEXT),
        **take("assuming", "conventions", "evidence"),
        "oracle": Key("A config or checkpoint beside this file that must count the same.", oracle()),
        "waive": waive,
        "erratum": erratum,
    }


def oracle() -> Table:
    """Return what names an artifact."""
    return Table(
        keys={
            "config": Key("A config.json of Hugging Face, relative to this file.", TEXT),
            "checkpoint": Key(
                "A .safetensors file, an index of such files, or a .gguf file; weights are not read.", TEXT
            ),
            "of": Key("What of its count is compared: total (if left out), a component, or another quantity.", TEXT),
            "as": Key("config: the class of transformers that is counted, in place of its own.", TEXT),
            "part": Key('config: the part that is counted of a model of several, as in "text".', TEXT),
            "ignore": Key("config: keys of it that change no shape.", TEXTS),
            "conventions": Key("config: what is counted, in place of what it says.", SETTINGS),
        },
        rules={
            "oneOf": [{"required": [name]} for name in ARTIFACTS],
            "dependencies": {key: ["config"] for key in OF_CONFIGS},
        },
    )


def claim() -> Table:
    """Return [[claim]]."""
    statements = ("printed", "formula", "asserts", "qualitative")
    compared = {"anyOf": [{"required": [name]} for name in ("equals", "oracle")]}
    one_model = {
        "not": {"anyOf": [{"required": [name]} for name in ("asserts", "qualitative", "over")]},
        "properties": {"at": {"type": "string", "not": {"enum": ["*"]}}},
    }
    return Table(
        keys=claim_keys(),
        required=("id",),
        rules={
            "oneOf": [{"required": [name]} for name in statements],
            "dependencies": {"printed": compared, "formula": compared, "oracle": one_model},
            "not": {"required": ["at", "over"]},
        },
    )


def defaults() -> dict[str, Key]:
    """Return the keys of [defaults]."""
    return take(*DEFAULTS, keys=claim_keys())


def invariant() -> Table:
    """Return [[invariant]]."""
    one_kind = [{"properties": {"kind": {"enum": [kind]}}, "required": list(needs)} for kind, needs in NEEDS.items()]
    return Table(
        keys={
            "id": Key("Its name, unlike that of any other claim, invariant or table here.", ID),
            "kind": Key("Which property it is.", one_of_words(*get_args(InvariantKind))),
            "of": Key("The expression that has the property.", EXPRESSION),
            "parts": Key("additive: what it is the sum of.", EXPRESSIONS),
            "in": Key("linear, affine, monotone, homogeneous, independent: the symbols that vary.", TEXTS),
            "between": Key("symmetric: the two symbols that change places.", ListOf(TEXT, least=2, most=2)),
            "by": Key("divisible: what divides it.", AMOUNT),
            "degree": Key(
                "homogeneous: the power of the factor.", Scalar({**INTEGER.schema, "minimum": -100, "maximum": 100})
            ),
            **take("assuming", "conventions"),
            "evidence": Key(
                "The evidence that is asked for: proved, unless this says sampled.", one_of_words("proved", "sampled")
            ),
            **take("note"),
        },
        required=("id", "kind", "of"),
        rules={"anyOf": one_kind},
    )


def exemption() -> Table:
    """Return [[exempt]]."""
    return Table(
        keys={
            "quote": Key("What is no claim; left out for a whole section.", TEXT),
            **take("under", "times", "nth", "reason"),
        },
        required=("reason",),
        rules={"anyOf": [{"required": ["quote"]}, {"required": ["under"]}]},
    )


def table() -> Table:
    """Return [[table]]."""
    column = {"column": Key("The column, or the id of the claim, that it speaks of.", TEXT)}
    waive, erratum = excuses(column, "rows", ("column",))
    cells = Table(
        keys={"at": Key("The rows whose cells make no claim.", TEXTS), **take("reason")}, required=("at", "reason")
    )
    decided = Table(
        keys={
            "column": Key("The column whose cells are figures.", TEXT),
            "when": Key("What its cells read where the convention is true.", TEXTS),
        },
        required=("column", "when"),
    )
    columns = Table(named=Key("The column that has the symbol's values.", TEXT))
    settings = Table(
        named=Key(
            "true, false, a column of yes and no, or a column and what it reads.", OneOf((BOOLEAN, TEXT, decided))
        )
    )
    return Table(
        keys={
            "id": Key("Its name, unlike that of any other claim, invariant or table here.", ID),
            **take("under", "nth"),
            "symbols": Key(
                'Which columns are symbols: symbol = "column", or a list of like names.',
                OneOf((columns, ListOf(TEXT, least=1))),
            ),
            "set": Key(
                "Symbols that are the same in every row, or follow from its others.",
                Table(named=Key("The value.", AMOUNT)),
            ),
            "assumed": assumed(),
            "like": Key("The model whose values every row has, but for its own.", TEXT),
            "conventions": Key("What is counted in these models.", settings),
            "names": Key("Ids of rows whose printed name is no good one.", Table(named=Key("The row's id.", ID))),
            "exempt": Key(
                "Columns, rows or cells that are no claims.",
                Table(named=Key("Why, or some rows alone and why.", OneOf((TEXT, cells)))),
            ),
            "transposed": Key("Whether models are columns.", BOOLEAN),
            "rows": Key(
                "The table itself, where the document is not in this project; else how many rows it must have there.",
                OneOf((TEXT, COUNT)),
            ),
            "claims": Key("What is claimed of every row.", ListOf(table_claim())),
            "waive": waive,
            "erratum": erratum,
        },
        required=("id",),
    )


def table_claim() -> Table:
    """Return [[table.claims]]."""
    waive, erratum = excuses({}, "rows")
    return Table(
        keys={
            "id": Key("Its name in this table; that of the column if left out.", ID),
            "column": Key("The column whose cells are figures.", TEXT),
            "formula": Key("A formula, in the names of this spec.", EXPRESSION),
            "asserts": Key("A condition that every row must meet.", EXPRESSION),
            "times": Key("In how many rows the column claims something; any number if left out.", COUNT),
            **take(
                "equals", "precision", "rounding", "about", "because", "assuming", "conventions", "evidence", "note"
            ),
            "waive": waive,
            "erratum": erratum,
        },
        rules={
            "oneOf": [{"required": [name]} for name in ("column", "formula", "asserts")],
            "dependencies": {"column": ["equals"], "formula": ["equals", "id"], "asserts": ["id"]},
        },
    )
