"""A small spec beside GPT-2's config and a tiny checkpoint, and what comes of its claims: for tests of oracles."""

from __future__ import annotations

import datetime
import json
import struct
from pathlib import Path
from typing import Any

import pytest

from weighbridge.errors import SpecErrors
from weighbridge.judge import Options
from weighbridge.project import open_project, weigh
from weighbridge.report.model import Weighed
from weighbridge.report.wording import diagnose
from weighbridge.verdict import Refuted

TODAY = datetime.date(2026, 11, 24)
#: By hand: tokens and positions, 12 layers of matrices and vectors, and two vectors at the end.
TOTAL = 50_257 * 768 + 1_024 * 768 + 12 * (12 * 768**2 + 13 * 768) + 2 * 768
CONFIG: dict[str, Any] = {
    "model_type": "gpt2", "n_embd": 768, "n_head": 12, "n_layer": 12, "n_positions": 1024, "vocab_size": 50257,
}  # fmt: skip
DECLARED = """
[document]
id = "card"
title = "A card"
cite = "elsewhere"

[symbols]
n_layers = "layers"
d_model = "width"

[models.tiny]
n_layers = 2
d_model = 8

[models.wide]
n_layers = 2
d_model = 16

[tensors]
matrix = { shape = ["d_model", "d_model"], per = ["n_layers"] }
norm = { shape = ["d_model"] }

[grids.some]
n_layers = "1..4"
d_model = "1..4"

"""
#: Of the tiny model: 2 x 8 x 8 in the layers, and a norm of 8.
TINY = {"layers.0.weight": [8, 8], "layers.1.weight": [8, 8], "norm.weight": [8]}


def checkpoint(path: Path, shapes: dict[str, list[int]]) -> None:
    """Write a safetensors file whose weights are all 0."""
    header: dict[str, Any] = {}
    end = 0
    for name, shape in shapes.items():
        size = 4
        for dimension in shape:
            size *= dimension
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [end, end + size]}
        end += size
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + bytes(end))


def project_in(folder: Path) -> Path:
    """Make a folder a project with GPT-2's config and a tiny checkpoint in spec/."""
    (folder / "pyproject.toml").touch()
    (folder / "spec").mkdir()
    (folder / "spec" / "config.json").write_text(json.dumps(CONFIG))
    checkpoint(folder / "spec" / "tiny.safetensors", TINY)
    return folder


def put(root: Path, claims: str) -> None:
    """Write the spec with these claims at its end; the first of them begins in line 27."""
    (root / "spec" / "card.toml").write_text(DECLARED + claims)


def weighed(root: Path, claims: str) -> tuple[Weighed, ...]:
    """Return what comes of these claims."""
    put(root, claims)
    return weigh(open_project(cwd=root), Options(engine="algebra"), today=TODAY).results


def lines(root: Path, claim: str) -> list[str]:
    """Return what is said of one claim: a line, and below it what explains a refutation."""
    (each,) = weighed(root, f'[[claim]]\nid = "c"\n{claim}')
    verdict = each.result.verdict
    return [diagnose(each), *(verdict.explanations if isinstance(verdict, Refuted) else ())]


def mistakes(root: Path, claim: str) -> list[str]:
    """Return the errors that a spec with this claim is refused with; its first line is 29."""
    put(root, f'[[claim]]\nid = "c"\n{claim}')
    with pytest.raises(SpecErrors) as caught:
        open_project(cwd=root)
    return [line.removeprefix("spec/card.toml:") for line in str(caught.value).splitlines()]
