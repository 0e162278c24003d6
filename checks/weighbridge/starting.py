"""What a project without specs starts from: a small document, and a spec that has every figure of it."""

from __future__ import annotations

import os
from pathlib import Path

from weighbridge.delivery import replace
from weighbridge.errors import UsageError, quoted

DOCUMENT = """\
# Tiny

Tiny has 12 layers, each 768 wide.

## Size

Its feedforward blocks hold 56,623,104 weights: 8 × width² in every layer.
"""

SPEC = """\
# What tiny.md claims. Run `weighbridge check` beside this folder; then put your own document into its place.
# Editors explain the keys, if `weighbridge schema --out spec/spec.schema.json` is run and the first line here is
# #:schema ./spec.schema.json

[document]
title = "Model card of Tiny"
path = "documents/tiny.md"

# What the letters mean, and what they are in the model that the document speaks of.
[symbols]
n_layers = "layers"
width = "width of a layer"

[models.tiny]
n_layers = 12
width = 768

# What is counted: a shape, and how many there are of it.
[tensors]
up = { shape = ["4 * width", "width"], per = ["n_layers"] }
down = { shape = ["width", "4 * width"], per = ["n_layers"] }

[quantities]
feedforward = "up + down"

# Values to try formulas with.
[grids.sizes]
n_layers = "1..96"
width = "64..8192 step 64"

[[claim]]
id = "layers"
quote = "12 layers"
printed = "12"
equals = "n_layers"

[[claim]]
id = "width"
quote = "768 wide"
printed = "768"
equals = "width"

[[claim]]
id = "feedforward.count"
under = "Size"
quote = "56,623,104 weights"
printed = "56,623,104"
equals = "feedforward"

[[claim]]
id = "feedforward.formula"
under = "Size"
quote = "8 × width²"
formula = "8 * width ** 2"
equals = "feedforward / n_layers"
over = "sizes"

[[invariant]]
id = "feedforward.linear"
kind = "linear"
of = "feedforward"
in = "n_layers"
"""

FILES = {"spec/documents/tiny.md": DOCUMENT, "spec/tiny.toml": SPEC}


def start(folder: str) -> tuple[str, ...]:
    """Write the first spec and its document below a folder, which is made if need be, and return what was written.

    Raises `UsageError`, and writes nothing, where one of them is there already.
    """
    top = Path(folder)
    there = [name for name in FILES if os.path.lexists(top / name)]
    if there:
        raise UsageError(f"{quoted(there)}: there already, and nothing is overwritten; name another directory")
    for name, text in FILES.items():
        path = top / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"'{path.parent}' can not be made: {(error.strerror or str(error)).lower()}") from None
        replace(path, text)
    return tuple(str(top / name) for name in FILES)
