"""A small document with its claims, and the reports on it and on GPT-3's: for tests of the page that shows them."""

from __future__ import annotations

import datetime
from functools import cache
from pathlib import Path

from markupsafe import Markup

from weighbridge.judge import Options
from weighbridge.project import open_project, weigh
from weighbridge.report.model import Report

ROOT = Path(__file__).parents[1]
TODAY = datetime.date(2026, 1, 1)

DOCUMENT = r"""# A pocket model

It has **512** parameters: 16 wide, 2 layers, and *about* 900 of something else. See [the paper](javascript:alert(1)).

- Query and value: $d_{\text{query}} \times n_{\text{layers}}$ and $d_{\text{query}} \times n_{\text{layers}}$.
- In all: $2 \times 16^2 = 512$, as in a GPT-2.
- It is **small**.

| Model  | Parameters |
|--------|------------|
| pocket | 512        |
"""

SPEC = r"""
[document]
title = "A pocket model <script>alert('title')</script>"
path = "documents/pocket.md"

[symbols]
d_model = "width"
n_layers = "layers"
d_query = "width of a query"
d_value = "width of a value"

[models.pocket]
d_model = 16
n_layers = 2
d_query = 4
d_value = 4
assumed = { d_query = "not stated", d_value = "not stated" }

[tensors]
key = { shape = ["d_model", "d_model"] }
output = { shape = ["d_model", "d_model"] }

[quantities]
total = "key + output"

[grids.widths]
n_layers = [1, 2]
d_query = "1..4"
d_value = "1..4"

[defaults]
at = "pocket"

[[claim]]
id = "total.bold"
quote = "**512**"
printed = "512"
equals = "total"

[[claim]]
id = "total.table"
quote = "512"
nth = 3
printed = "512"
equals = ["total", "inventory"]

[[claim]]
id = "layers"
quote = "2 layers"
printed = "2"
equals = "n_layers"

[[claim]]
id = "layers.three"
quote = "16 wide"
printed = "16"
equals = "d_model + 1"
[claim.waive]
reason = "fixed <b>soon</b>"
expires = 2099-01-01
printed = "16"

[[claim]]
id = "value"
quote = '$d_{\text{query}} \times n_{\text{layers}}$'
times = 2
formula = "d_query * n_layers"
equals = "d_value * n_layers"
over = "widths"

[[claim]]
id = "product"
quote = '$2 \times 16^2 = 512$'
asserts = "2 * 16 ** 2 == 512 == total"

[[claim]]
id = "small"
quote = "**small**"
qualitative = "small & smaller are <opinions>"

[[exempt]]
quote = "GPT-2"
reason = "a name"
"""


def weighed_page(folder: Path, *, document: str = DOCUMENT, spec: str = SPEC) -> Report:
    """Write a project into a folder, and return the report on it."""
    (folder / "spec" / "documents").mkdir(parents=True)
    (folder / "spec" / "documents" / "pocket.md").write_text(document, encoding="utf-8")
    (folder / "spec" / "pocket.toml").write_text(spec, encoding="utf-8")
    project = open_project(root=str(folder), cwd=folder)
    return weigh(project, Options(engine="algebra"), today=TODAY)


@cache
def weighed_seed() -> Report:
    """Return the report on the project's own spec of GPT-3."""
    return weigh(open_project(["spec/gpt3-weights.toml"], cwd=ROOT), Options(engine="algebra"), today=TODAY)


def plain(inner: Markup, index: int, first: bool) -> Markup:  # noqa: FBT001 - a callback's signature
    """Mark a piece so that it can be found again."""
    return Markup('<i data-mark="{}" data-first="{}">{}</i>').format(index, int(first), inner)
