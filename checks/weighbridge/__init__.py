"""Decides what documents claim about models: parameter counts, formulas, FLOPs and memory.

`check` weighs specs and returns a `Report`, whose results carry a verdict with its evidence or witness; `load` returns
a `Spec`. Both are immutable values. Importing this module is quick: each name is looked up when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from weighbridge.version import __version__

if TYPE_CHECKING:
    from weighbridge.api import check, exit_code, load, render
    from weighbridge.errors import InternalError, Location, SpecError, SpecErrors, UsageError, WeighbridgeError
    from weighbridge.report.model import Coverage, Report, SpecEntry, Weighed
    from weighbridge.spec.claim_model import Claim, Invariant
    from weighbridge.spec.model import Document, Grid, Model, Quantity, Spec, Symbol, Tensor
    from weighbridge.verdict import (
        Anchor,
        Counterexample,
        Errored,
        Evaluated,
        Exhausted,
        Holds,
        OverBudget,
        Proved,
        Qualitative,
        Refuted,
        Residual,
        Result,
        Sampled,
        Undecided,
        Vacuous,
        Verdict,
    )

__all__ = [
    "Anchor",
    "Claim",
    "Counterexample",
    "Coverage",
    "Document",
    "Errored",
    "Evaluated",
    "Exhausted",
    "Grid",
    "Holds",
    "InternalError",
    "Invariant",
    "Location",
    "Model",
    "OverBudget",
    "Proved",
    "Qualitative",
    "Quantity",
    "Refuted",
    "Report",
    "Residual",
    "Result",
    "Sampled",
    "Spec",
    "SpecEntry",
    "SpecError",
    "SpecErrors",
    "Symbol",
    "Tensor",
    "Undecided",
    "UsageError",
    "Vacuous",
    "Verdict",
    "WeighbridgeError",
    "Weighed",
    "__version__",
    "check",
    "exit_code",
    "load",
    "render",
]

#: Where each name comes from; a name that is not here is no part of the interface.
HOMES = {
    "weighbridge.api": ("check", "exit_code", "load", "render"),
    "weighbridge.errors": (
        "InternalError", "Location", "SpecError", "SpecErrors", "UsageError", "WeighbridgeError",
    ),
    "weighbridge.report.model": ("Coverage", "Report", "SpecEntry", "Weighed"),
    "weighbridge.spec.claim_model": ("Claim", "Invariant"),
    "weighbridge.spec.model": ("Document", "Grid", "Model", "Quantity", "Spec", "Symbol", "Tensor"),
    "weighbridge.verdict": (
        "Anchor", "Counterexample", "Errored", "Evaluated", "Exhausted", "Holds", "OverBudget", "Proved",
        "Qualitative", "Refuted", "Residual", "Result", "Sampled", "Undecided", "Vacuous", "Verdict",
    ),
}  # fmt: skip


def __dir__() -> list[str]:
    """Return the names of the interface."""
    return sorted(__all__)


if not TYPE_CHECKING:  # which would take every name for one that is there

    def __getattr__(name: str) -> object:
        """Return what a name stands for, and remember it. Raises `AttributeError`."""
        for home, names in HOMES.items():
            if name in names:
                globals()[name] = found = getattr(import_module(home), name)
                return found
        raise AttributeError(f"module 'weighbridge' has no attribute '{name}'", name=name, obj=import_module(__name__))
