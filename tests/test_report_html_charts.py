"""What the charts of the HTML page show: where a claim fails, what a model is made of, and how it grows."""

from __future__ import annotations

import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from weighbridge.judge import Options
from weighbridge.project import open_project, weigh
from weighbridge.report.html import charts
from weighbridge.report.html.charts import failure_map, growth_of, parts_of, unevenness
from weighbridge.report.model import Report
from weighed_page import weighed_page, weighed_seed


@pytest.fixture(name="report", scope="module")
def of_the_small_project(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return weighed_page(tmp_path_factory.mktemp("page"))


def test_a_map_shows_where_a_claim_fails(report: Report) -> None:
    """d_query * n_layers is d_value * n_layers exactly on the diagonal; n_layers does not matter."""
    (refuted,) = (each for each in report.results if each.result.id == "pocket/value")
    found = failure_map(refuted.result, report.specs[0])
    assert found is not None
    assert (found.across, found.up) == ("d_query", "d_value")
    assert found.columns == found.rows == (1, 2, 3, 4)
    assert found.cells == ("0111", "1011", "1101", "1110")
    assert dict(found.fixed) == {"n_layers": 1}


def test_there_is_no_map_of_what_no_grid_refutes(report: Report) -> None:
    maps = [failure_map(each.result, report.specs[0]) for each in report.results if each.result.id != "pocket/value"]
    assert maps == [None] * (len(report.results) - 1)


def test_a_map_leaves_out_what_is_not_asked(report: Report) -> None:
    (refuted,) = (each.result for each in report.results if each.result.id == "pocket/value")
    found = failure_map(replace(refuted, given=("d_query != 4",)), report.specs[0])
    assert found is not None
    assert found.cells == ("011-", "101-", "110-", "111-")
    assert (found.failing, found.asked) == (9, 12)


def test_a_map_is_over_the_axes_along_which_it_changes() -> None:
    """A diagonal says more than stripes, however many of them there are."""
    assert unevenness(("01", "10")) > unevenness(("0101", "0101", "0101"))


def test_a_tensor_is_grouped_with_the_smallest_sum_that_it_is_part_of(tmp_path: Path) -> None:
    spec = """
[document]
title = "Nothing"
cite = "nothing"
[symbols]
n = "size"
[models.one]
n = 3
[tensors]
a = { shape = ["n"] }
b = { shape = ["n", "n"] }
c = { shape = ["n"], per = ["n + 1"] }
d = { shape = ["n"] }
[quantities]
outer = "inner + c"
inner = "a + b"
double = "2 * d"
"""
    (tmp_path / "spec.toml").write_text(spec, encoding="utf-8")
    project = open_project(["spec.toml"], root=str(tmp_path), cwd=tmp_path)
    (breakdown,) = weigh(project, Options(), today=datetime.date(2026, 1, 1)).specs[0].breakdowns
    assert [(each.name, each.group, each.factors, each.count) for each in breakdown.tensors] == [
        ("a", "inner", "n", 3),
        ("b", "inner", "n * n", 9),
        ("c", "outer", "n * (n + 1)", 12),
        ("d", "d", "n", 3),
    ]
    assert {each.name: each.value for each in breakdown.quantities} == {
        "outer": "24",
        "inner": "12",
        "double": "6",
        "inventory": "27",
    }


def test_the_breakdown_adds_up_to_the_document_s_total() -> None:
    (entry,) = (each for each in weighed_seed().specs if each.document_id == "gpt3-weights")
    breakdown = entry.breakdowns[0]
    assert sum(tensor.count for tensor in breakdown.tensors) == 175_181_291_520
    groups: dict[str, int] = {}
    for tensor in breakdown.tensors:
        groups[tensor.group] = groups.get(tensor.group, 0) + tensor.count
    assert groups == {
        "embedding": 617_558_016,
        "attention": 4 * 14_495_514_624,
        "feedforward": 2 * 57_982_058_496,
        "unembedding": 617_558_016,
    }
    assert [part["share"] for part in parts_of(breakdown)][:3] == ["33.1%", "33.1%", "8.3%"]


def test_growth_follows_the_symbol() -> None:
    """Attention is linear in the layers: from 96 layers to 6 its parameters are a sixteenth."""
    growth: Any = growth_of(next(each for each in weighed_seed().specs if each.document_id == "gpt3-weights"))[0]
    layers = growth["symbols"]["n_layers"]
    assert (layers["at"][0], layers["own"], layers["at"][-1]) == (6, 96, 1536)
    assert layers["lines"]["attention"][0] == float(f"{4 * 14_495_514_624 / 16:.4g}")
    assert "n_ctx" not in growth["symbols"]


def test_shares_are_rounded_to_a_tenth() -> None:
    assert charts.share_of(1, 3) == "33.3%"
    assert charts.share_of(1, 10**6) == "< 0.1%"
    assert Fraction(charts.share_of(2, 3).removesuffix("%")) == Fraction("66.7")
