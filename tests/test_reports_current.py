"""The committed reports are what the specs give now, byte for byte."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from weighbridge.judge import Options
from weighbridge.project import open_project, weigh
from weighbridge.report.model import Report
from weighbridge.report.renderers import RENDERERS

ROOT = Path(__file__).parents[1]
REPORTS = {"markdown": "compliance.md", "json": "compliance.json", "html": "compliance.html"}


@pytest.fixture(name="report", scope="module")
def decided_anew() -> Report:
    # No spec here has a waiver, so that the day decides nothing.
    project = open_project(("spec/gpt3-weights.toml",), cwd=ROOT)
    assert not any(claim.waiver for each in project.loaded for claim in each.spec.claims)
    return weigh(project, Options(), today=datetime.date(2026, 1, 1))


@pytest.mark.parametrize(("name", "file"), REPORTS.items())
def test_a_committed_report_is_up_to_date(name: str, file: str, report: Report) -> None:
    """`make report` writes them anew."""
    committed = (ROOT / "reports" / file).read_bytes()
    assert RENDERERS[name](report).encode() == committed, f"reports/{file} is out of date; run `make report`"


@pytest.mark.parametrize("file", REPORTS.values())
def test_a_committed_report_names_no_machine(file: str) -> None:
    text = (ROOT / "reports" / file).read_text(encoding="utf-8")
    assert str(ROOT) not in text
