"""Every mistake in a spec is told at its place, all of them at once, and nothing else is.

Each `examples/spec_errors/x.toml` stands beside `x.out`, the whole text of its errors. `SPEC_ERRORS=update pytest`
writes the texts anew; read the difference before you keep it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from weighbridge.errors import SpecErrors
from weighbridge.spec.ask import claim_questions
from weighbridge.spec.ask_invariant import invariant_question
from weighbridge.spec.read import read_spec

EXAMPLES = Path(__file__).parent / "examples" / "spec_errors"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_a_spec_with_mistakes_gives_exactly_these_errors(path: Path) -> None:
    out = path.with_suffix(".out")
    with pytest.raises(SpecErrors) as caught:
        read_spec(path.name, path.read_bytes())
    if os.environ.get("SPEC_ERRORS") == "update":
        out.write_text(f"{caught.value}\n", encoding="utf-8")
    assert f"{caught.value}\n" == out.read_text(encoding="utf-8")


#: One spec with every part of the language in it, cut into what stands between blanks, commas and brackets.
WHOLE = (EXAMPLES.parent / "whole.toml").read_text(encoding="utf-8")
PIECES = re.findall(r"\"[^\"\n]*\"|[\w.+-]+|[^\w\s]|\s+", WHOLE)
VALUES = [
    "1",
    "-1",
    "0",
    "true",
    "1.5",
    "2027-06-30",
    "[]",
    "{}",
    '""',
    '"*"',
    '"any"',
    '"everywhere"',
    '"a if b else c"',
    "nan",
]


def test_the_whole_spec_has_no_mistake() -> None:
    read_spec("whole.toml", WHOLE.encode())


@settings(max_examples=400)
@given(
    st.lists(
        st.tuples(st.integers(0, len(PIECES) - 1), st.sampled_from(["", *VALUES, *sorted(set(PIECES))])),
        min_size=1,
        max_size=3,
    )
)
def test_a_spec_with_random_changes_is_read_or_told_what_is_wrong(changes: list[tuple[int, str]]) -> None:
    """Never a traceback, whatever is written; and what is read can be asked."""
    pieces = list(PIECES)
    for index, text in changes:
        pieces[index] = text
    try:
        spec = read_spec("x.toml", "".join(pieces).encode())
    except SpecErrors as caught:
        odd = [line for line in str(caught).splitlines() if not re.match(r"x\.toml:\d+:\d+: error: [^:]+: .", line)]
        event("refused")
        if odd:
            pytest.fail(f"not one line an error, with its place: {odd}")
        return
    event("read")
    for claim in spec.claims:
        claim_questions(spec, claim)
    for invariant in spec.invariants:
        invariant_question(spec, invariant)
