"""Every mistake in a spec is told at its place, all of them at once, and nothing else is.

Each `examples/spec_errors/x.toml` stands beside `x.out`, the whole text of its errors. `SPEC_ERRORS=update pytest` writes
the texts anew; read the difference before you keep it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from weighbridge.errors import SpecErrors
from weighbridge.spec.read import MAX_BYTES, read_spec

EXAMPLES = Path(__file__).parent / "examples" / "spec_errors"


def errors_of(data: bytes | str) -> str:
    with pytest.raises(SpecErrors) as caught:
        read_spec("spec/x.toml", data.encode() if isinstance(data, str) else data)
    return str(caught.value)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_a_spec_with_mistakes_gives_exactly_these_errors(path: Path) -> None:
    out = path.with_suffix(".out")
    with pytest.raises(SpecErrors) as caught:
        read_spec(path.name, path.read_bytes())
    if os.environ.get("SPEC_ERRORS") == "update":
        out.write_text(f"{caught.value}\n", encoding="utf-8")
    assert f"{caught.value}\n" == out.read_text(encoding="utf-8")
