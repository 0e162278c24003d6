"""How a strictly typed program uses the package; mypy, which reads this with the tests, is what tests it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import assert_type

import weighbridge


def typed() -> None:
    """Use what there is; every value has the type that is written here."""
    report = weighbridge.check(["spec"], engine="algebra", select="*.count")
    assert_type(report, weighbridge.Report)
    assert_type(weighbridge.exit_code(report), int)
    assert_type(weighbridge.render(report, "json"), str)
    for weighed in report.results:
        assert_type(weighed, weighbridge.Weighed)
        assert_type(weighed.result, weighbridge.Result)
        assert_type(grounds(weighed.result.verdict), str)
    spec = weighbridge.load("spec/gpt3-weights.toml")
    assert_type(spec, weighbridge.Spec)
    assert_type(spec.models, Mapping[str, weighbridge.Model])
    assert_type(spec.models["gpt3"].values, Mapping[str, int])
    try:
        weighbridge.load("none.toml")
    except weighbridge.SpecErrors as error:
        assert_type(error.errors, tuple[weighbridge.SpecError, ...])
        assert_type(error.errors[0].location, weighbridge.Location)
    weighbridge.check(engine="algebr")  # type: ignore[arg-type]
    weighbridge.check("spec", "other")  # type: ignore[call-arg]
    weighbridge.chekc()  # type: ignore[attr-defined]


def grounds(verdict: weighbridge.Verdict) -> str:
    """Return a verdict's grounds; mypy sees that there is no fifth verdict."""
    match verdict:
        case weighbridge.Holds(evidence):
            assert_type(evidence, weighbridge.Proved | weighbridge.Exhausted | weighbridge.Evaluated)
            return repr(evidence)
        case weighbridge.Refuted(weighbridge.Residual(computed, _)):
            assert_type(computed, int | Fraction | bool)
            return str(computed)
        case weighbridge.Refuted(witness):
            return repr(witness)
        case weighbridge.Undecided(reason):
            return repr(reason)
        case weighbridge.Errored(message):
            return message
