"""No text of a document or spec gets out of hand on the HTML page, and nothing foreign may run there."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator

import pytest

from hostile_report import PAYLOAD, hostile
from html_reader import Element, read_html
from one_of_each import ONE_OF_EACH
from weighbridge.report.html.page import to_html
from weighbridge.report.model import Report
from weighed_page import weighed_page


@pytest.fixture(name="report", scope="module")
def of_the_small_project(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return weighed_page(tmp_path_factory.mktemp("page"))


@pytest.fixture(name="page", scope="module")
def of_the_small_page(report: Report) -> Element:
    return read_html(to_html(report))


@pytest.fixture(name="hostile_page", scope="module", params=["each", "small"])
def of_hostile_reports(request: pytest.FixtureRequest, report: Report) -> str:
    return to_html(hostile(ONE_OF_EACH if request.param == "each" else report))


def test_no_text_becomes_an_element(hostile_page: str) -> None:
    page = read_html(hostile_page)
    assert len(page.all("script")) == 5  # the data, three libraries, and the page's own
    assert not page.all("img")
    assert not page.all("iframe")
    for element in page:
        assert not [name for name in element.attributes if name.startswith("on") or name in ("src", "style")]
        assert element.attributes.get("href", "#").startswith("#")
    assert PAYLOAD in page.text()
    assert "49" not in page.by_id("cards-title").text()


def test_the_data_of_charts_can_not_end_their_script(hostile_page: str) -> None:
    data = read_html(hostile_page).by_id("data").text()
    assert not re.search("[<>&]", data)
    json.loads(data)


def every_id(page: Element) -> Iterator[str]:
    return (each.attributes["id"] for each in page if "id" in each.attributes)


def test_every_reference_on_the_page_leads_somewhere(hostile_page: str) -> None:
    page = read_html(hostile_page)
    ids = list(every_id(page))
    assert len(ids) == len(set(ids))
    for each in page:
        for name in ("aria-labelledby", "aria-controls"):
            assert set(each.attributes.get(name, "").split()) <= set(ids)
        if each.tag == "a":
            assert each.attributes["href"].removeprefix("#") in ids


def test_the_policy_allows_what_is_on_the_page_and_nothing_else(page: Element) -> None:
    (policy,) = (
        each.attributes["content"]
        for each in page.all("meta")
        if each.attributes.get("http-equiv") == "Content-Security-Policy"
    )
    code = [each.text() for each in page.all("script") if "type" not in each.attributes]
    (style,) = (each.text() for each in page.all("style"))
    scripts = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in code)
    styles = f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"
    assert policy == (
        f"default-src 'none'; style-src {styles}; script-src {scripts}; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )
