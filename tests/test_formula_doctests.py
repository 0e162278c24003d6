"""The examples in the docstrings say what is."""

from __future__ import annotations

import doctest
from types import ModuleType

import pytest

from weighbridge import errors
from weighbridge.formula import alphabet, bounds, exact, figures, latex, parser, printer, same


@pytest.mark.parametrize(
    "module",
    [errors, alphabet, bounds, exact, figures, latex, parser, printer, same],
    ids=lambda module: module.__name__,
)
def test_examples(module: ModuleType) -> None:
    found = doctest.testmod(module)
    assert found.attempted > 0
    assert found.failed == 0
