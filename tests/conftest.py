"""How the tests run: the same examples every time, on a machine of any speed."""

from __future__ import annotations

import pytest
from hypothesis import settings

from expect import Expect

pytest_plugins = ["pytester"]

#: Specs that are tested with: with weighbridge's own plugin pytest would take them for tests.
collect_ignore = ["examples"]

settings.register_profile(
    "weighbridge", derandomize=True, database=None, deadline=None, print_blob=False, max_examples=100
)
settings.load_profile("weighbridge")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the switch that accepts what the code prints now."""
    parser.addoption("--update", action="store_true", help="rewrite tests/snapshots and tests/examples")


@pytest.fixture
def expect(request: pytest.FixtureRequest) -> Expect:
    """Compare texts with files."""
    return Expect(update=bool(request.config.getoption("--update")))
