"""One refuted claim through every format and door: the same figures and the same place everywhere."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest

from weighbridge.judge import Options
from weighbridge.project import open_project, weigh
from weighbridge.report.explanation import to_explanation
from weighbridge.report.model import Report
from weighbridge.report.renderers import RENDERERS

SPEC = """[document]
title = "Card"
path = "card.md"
[symbols]
n_layers = "layers"
width = "width"
[models.card]
n_layers = 12
width = 768
[tensors]
square = { shape = ["width", "width"], per = ["n_layers"] }
[[claim]]
id = "weights"
quote = "7,077,889 weights"
printed = "7,077,889"
equals = "square"
"""
#: 12 layers of 768 * 768 weights are 7,077,888: the card has one too many.
PRINTED, COMPUTED = "7,077,889", "7,077,888"
PLACES = {
    "text": "spec/card.toml:12:1",
    "markdown": "spec/card.toml:12:1",
    "junit": "spec/card.toml:12:1",
    "github": "file=spec/card.md,line=3,col=5",
    "html": "spec/card.toml:12:1",
}


@pytest.fixture(name="report")
def a_refuted_claim(tmp_path: Path) -> Report:
    (tmp_path / ".git").mkdir()
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "card.toml").write_text(SPEC)
    (tmp_path / "spec" / "card.md").write_text("# Card\n\nAll 7,077,889 weights are in its layers.\n")
    project = open_project(cwd=tmp_path)
    return weigh(project, Options(engine="algebra"), today=datetime.date(2026, 1, 1))


@pytest.mark.parametrize("name", PLACES)
def test_a_person_reads_both_figures_and_the_place(name: str, report: Report) -> None:
    text = re.sub(r"<[^>]*>", "", RENDERERS[name](report)) if name == "html" else RENDERERS[name](report)
    assert PRINTED in text
    assert COMPUTED in text
    assert PLACES[name] in text


@pytest.mark.parametrize("name", ["json", "sarif"])
def test_a_program_reads_both_figures_and_both_places(name: str, report: Report) -> None:
    text = RENDERERS[name](report)
    assert f"prints {PRINTED}, computed {COMPUTED}" in text
    compact = re.sub(r"\s", "", text)
    if name == "json":
        assert '"document":{"path":"spec/card.md","line":3,"column":5}' in compact
        assert '"spec":{"path":"spec/card.toml","line":12,"column":1}' in compact
    else:
        assert '"uri":"spec/card.md"},"region":{"startLine":3,"startColumn":5}' in compact
        assert '"uri":"spec/card.toml"},"region":{"startLine":12,"startColumn":1}' in compact


def test_explain_tells_the_same(report: Report) -> None:
    text = to_explanation(report.results[0])
    assert PRINTED in text
    assert COMPUTED in text
    assert "spec/card.toml:12:1" in text
    assert "spec/card.md:3:5" in text
