"""How the tests run: the same examples every time, on a machine of any speed."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile(
    "weighbridge", derandomize=True, database=None, deadline=None, print_blob=False, max_examples=100
)
settings.load_profile("weighbridge")
