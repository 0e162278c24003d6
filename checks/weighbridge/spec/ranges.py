"""Where a claim ranges: over models, over a grid or everywhere; and the evidence that it can ask for there."""

from __future__ import annotations

from weighbridge.errors import did_you_mean
from weighbridge.spec.claim_model import STRENGTHS, At, Everywhere, Over, Range
from weighbridge.spec.declare import EVERYWHERE, Declarations
from weighbridge.spec.fields import Fields
from weighbridge.spec.statements import Source, listed
from weighbridge.verdict import Strength

NO_MODEL = "needs a model to range over, and the spec has none"
#: What each way to range can be shown by.
FITTING: dict[type[Range], tuple[Strength, ...]] = {
    At: ("evaluated",),
    Over: ("proved", "exhausted", "sampled"),
    Everywhere: ("proved", "sampled"),
}


def read_range(source: Source, declared: Declarations) -> Range | None:
    """Read `at` or `over`; a spec with one model may leave out both."""
    fields = source.of("at")
    if "at" in fields and "over" in fields:
        fields.complain("over", "has 'at' and 'over'", "'at' speaks of models, 'over' of a grid or of everywhere")
        return None
    if "over" in fields:
        return read_over(fields, declared)
    models = declared.models
    if "at" not in fields:
        if len(models) == 1:
            return At(tuple(models))
        if not models:
            if any(NO_MODEL in each.message for each in fields.errors.errors):
                return None  # one model more is what all of them need
            names = ", ".join(declared.namespace.symbols)
            hint = f'add [models.NAME] with a value for each symbol ({names}), or say over = "{EVERYWHERE}"'
            if declared.brought:
                hint = f"say at = NAME; models of the architecture: {listed(tuple(declared.brought))}"
            fields.complain(None, NO_MODEL, hint)
        else:
            fields.complain(None, "expected 'at' or 'over'", f"models here: {listed(tuple(models))}")
        return None
    if fields.values["at"] == "*":
        if not models and not declared.tabled:
            fields.complain("at", "'at' is all models, and the spec has none", "add [models.NAME]")
            return None
        return At(tuple(models), listed=True, every=declared.tabled)
    return read_models_at(fields, declared)


def read_models_at(fields: Fields, declared: Declarations) -> At | None:
    """Read `at`: a model or a list of them."""
    before = len(fields.errors.errors)
    found: list[str] = []
    for name, path in fields.texts_at("at"):
        where = fields.locator.of_value(path)
        # A row's name is known once the document is: see `Spec.of_rows`.
        later = declared.tabled and name != "*"
        if name not in declared.models and name not in declared.brought and not later:
            known = [*declared.models, *declared.brought]
            hint = 'all models are at = "*"' if name == "*" else did_you_mean(name, known)
            fields.errors.add(where, f"{fields.label}: there is no model '{name}'", hint)
        elif name in found:
            fields.errors.add(where, f"{fields.label}: the model '{name}' stands twice in 'at'")
        found.append(name)
    if len(fields.errors.errors) > before:
        return None
    return At(tuple(found), listed=isinstance(fields.values["at"], list))


def read_over(fields: Fields, declared: Declarations) -> Range | None:
    """Read `over`: a grid or "everywhere"."""
    name = fields.text("over")
    if name == EVERYWHERE:
        return Everywhere()
    if name in declared.grids:
        return Over(name)
    if name.strip():
        hint = did_you_mean(name, [*declared.grids, EVERYWHERE])
        if not declared.grids and not hint.startswith("did"):
            hint = f'add [grids.{name}], or say over = "{EVERYWHERE}"'
        fields.complain("over", f"there is no grid '{name}'", hint)
    return None


def read_evidence(source: Source, where: Range | None) -> Strength | None:
    """Read `evidence`; a default that can not fit where a claim ranges is not for that claim."""
    fields = source.of("evidence")
    evidence = fields.choice("evidence", STRENGTHS)
    if not evidence or where is None:
        return None
    fitting = FITTING[type(where)]
    if evidence not in fitting:
        if fields is source.own:
            expected = f"expected {'one of ' if len(fitting) > 1 else ''}{listed(fitting)}"
            fields.complain("evidence", f"{ranging(where)} can not be '{evidence}', {expected}")
        return None
    return evidence


def ranging(where: Range) -> str:
    """Name a kind of range in a message."""
    match where:
        case At():
            return "a claim about models"
        case Over():
            return "a claim over a grid"
        case Everywhere():
            return "a claim about everywhere"
