"""The HTML page as people use it: in Chromium, from the disk, by mouse and keys, light and dark, wide and narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hostile_report import hostile
from one_of_each import ONE_OF_EACH
from weighbridge.report.html.page import to_html
from weighbridge.report.model import Report
from weighed_page import weighed_page

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from browser.conftest import Browser

PHONE = (390, 844)


@pytest.fixture(name="report", scope="module")
def of_the_small_project(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return weighed_page(tmp_path_factory.mktemp("page"))


@pytest.fixture(name="html", scope="module")
def of_the_small_page(report: Report) -> str:
    return to_html(report)


def shown_cards(page: Page) -> list[str]:
    return list(page.locator("#cards .card:visible h3").all_inner_texts())


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.innerText.trim()"))


def painted(page: Page, selector: str) -> int:
    """Return how many colours a canvas shows."""
    return int(
        page.eval_on_selector(
            selector,
            """canvas => {
              const { width, height } = canvas;
              const copy = Object.assign(document.createElement("canvas"), { width, height });
              const context = copy.getContext("2d", { willReadFrequently: true });
              context.drawImage(canvas, 0, 0);
              const pixels = context.getImageData(0, 0, width, height).data;
              const colours = new Set();
              for (let at = 0; at < pixels.length; at += 16) colours.add(pixels.slice(at, at + 4).join());
              return colours.size;
            }""",
        )
    )


def test_clicking_a_figure_opens_its_card_and_escape_closes_it(browser: Browser, html: str) -> None:
    page = browser.open(html).page
    assert shown_cards(page) == []
    mark = page.locator("a.mark", has_text="16").first
    mark.click()
    assert shown_cards(page) == ["pocket/layers.three"]
    assert mark.get_attribute("aria-expanded") == "true"
    text = page.locator("#cards .card:visible").inner_text()
    for part in ("refuted", "waived", "Difference", "+1", "weighbridge check spec/pocket.toml --select"):
        assert part in text
    page.keyboard.press("Escape")
    assert shown_cards(page) == []
    assert mark.get_attribute("aria-expanded") == "false"


def test_the_whole_document_can_be_gone_through_by_keyboard(browser: Browser, html: str) -> None:
    """Tab shows the card of each mark in turn; Enter goes into it, Escape comes back to the mark."""
    page = browser.open(html).page
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the summary"
    page.locator("article.sheet a.mark").first.focus()
    titles = []
    while page.evaluate("document.activeElement.closest('article.sheet') !== null"):
        if page.evaluate("document.activeElement.matches('a.mark')"):  # a table that may scroll is a stop as well
            titles += shown_cards(page)
        page.keyboard.press("Tab")
    assert titles == [
        *("pocket/total.bold", "pocket/layers.three", "pocket/layers", "900", "1", "pocket/value", "pocket/value"),
        *("pocket/product", "pocket/product", "GPT-2", "pocket/small", "pocket/total.table"),
    ]
    page.locator("article.sheet a.mark").first.focus()
    page.keyboard.press("Enter")
    assert focused(page) == "1 card"
    page.keyboard.press("Escape")
    assert focused(page).startswith("512")


def test_the_table_filters_and_sorts(browser: Browser, html: str) -> None:
    page = browser.open(html).page

    def rows() -> list[str]:
        return list(page.locator("#table tbody tr:visible th a").all_inner_texts())

    whole = rows()
    assert len(whole) == 7
    page.get_by_label("Search").fill("d_value n_layers")
    assert rows() == ["value"]
    assert page.locator("#shown").inner_text() == "1 of 7 results"
    page.get_by_role("button", name="Clear").click()
    page.get_by_label("Verdict").select_option("refuted")
    assert rows() == ["layers.three", "value"]
    page.get_by_label("Standing").select_option("waived")
    assert rows() == ["layers.three"]
    page.get_by_role("button", name="Clear").click()
    assert rows() == whole
    page.locator("#table").get_by_role("button", name="Claim").click()
    assert rows() == sorted(whole)
    assert page.locator("#table th[aria-sort=ascending]").inner_text() == "Claim"
    page.locator("#table").get_by_role("button", name="Verdict").click()
    assert rows()[:2] == ["layers.three", "value"]
    page.locator("a.tile", has_text="undecided").click()
    assert rows() == ["small"]
    page.locator("a.tile", has_text="errored").click()
    assert rows() == []
    page.locator("#table").get_by_role("button", name="Claim").press("Enter")


def test_a_result_of_the_table_opens_its_card(browser: Browser, html: str) -> None:
    page = browser.open(html).page
    page.locator("#table").get_by_role("link", name="value", exact=True).press("Enter")
    assert shown_cards(page) == ["pocket/value"]
    assert painted(page, "#cards .card:visible canvas") > 2


def test_charts_are_drawn_and_follow_their_choices(browser: Browser, html: str) -> None:
    page = browser.open(html).page
    assert painted(page, "#parts-chart") > 2
    assert painted(page, "#growth-chart") > 2
    assert page.locator("#growth-symbol option").all_inner_texts() == ["d_model"]
    page.locator("#growth summary").click()
    first = page.locator("#growth-table tbody tr").first.inner_text().split()
    assert first == ["1", "2"]  # 2 d_model^2 where d_model is 16 / 16
    page.get_by_label("Scale").select_option("linear")
    page.get_by_label("total", exact=True).uncheck()
    assert painted(page, "#growth-chart") > 2


def test_dark_is_dark_and_light_is_light(browser: Browser, html: str) -> None:
    def brightness(scheme: str) -> float:
        page = browser.open(html, scheme="dark" if scheme == "dark" else "light").page
        colours = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
        return float(sum(colours[:3])) / 3

    assert brightness("dark") < 40
    assert brightness("light") > 220


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_enough_contrast(browser: Browser, html: str, scheme: str) -> None:
    """At least 4.5 to 1, as WCAG AA asks, for all text against the nearest ground that is not transparent."""
    page = browser.open(html, scheme="dark" if scheme == "dark" else "light").page
    page.locator("a.mark.refuted").first.click()
    poor = page.evaluate(
        """() => {
          const rgb = text => text.match(/[\\d.]+/g).map(Number);
          const part = value => value <= 10.0164 ? value / 3294.6 : ((value / 255 + .055) / 1.055) ** 2.4;
          const light = ([r, g, b]) => .2126 * part(r) + .7152 * part(g) + .0722 * part(b);
          const ground = element => {
            for (let at = element; at; at = at.parentElement) {
              const found = rgb(getComputedStyle(at).backgroundColor);
              if (found.length === 3 || found[3] > 0) return found;
            }
            return [255, 255, 255];
          };
          const poor = [];
          for (const element of document.querySelectorAll("body *")) {
            const own = [...element.childNodes].some(each => each.nodeType === 3 && each.textContent.trim());
            if (!own || !element.checkVisibility() || element.closest("script, .said, .skip")) continue;
            const pair = [light(rgb(getComputedStyle(element).color)), light(ground(element))].sort((a, b) => b - a);
            const ratio = (pair[0] + .05) / (pair[1] + .05);
            if (ratio < 4.5) poor.push(`${element.className || element.tagName}: ${ratio.toFixed(2)}`);
          }
          return [...new Set(poor)];
        }"""
    )
    assert poor == []


WIDE = """[document]
title = "Wide"
path = "documents/pocket.md"
[symbols]
width = "width"
[[table]]
id = "sizes"
under = "Sizes"
symbols = ["width"]
exempt = { Layers = "not counted", Tokens = "not counted" }
[[table.claims]]
column = "FLOPs"
equals = "6 * width * 10 ** 15"
[[table.claims]]
column = "Parameters"
equals = "1_000_000 * width"
"""


def test_a_wide_table_scrolls_by_itself_on_a_phone_and_its_figures_stay_whole(browser: Browser, tmp_path: Path) -> None:
    row = "| XXS | 12,288 | 12,288,000,000 | $7.3728 \\times 10^{19}$ | 96 | 1,024 |\n"
    document = f"# Sizes\n\n| Model | width | Parameters | FLOPs | Layers | Tokens |\n{'|---' * 6}|\n{row}"
    page = browser.open(to_html(weighed_page(tmp_path, document=document, spec=WIDE)), size=PHONE).page
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    table = page.locator(".sheet .scroll")
    assert table.evaluate("element => element.scrollWidth > element.clientWidth")
    lines = "element => element.getBoundingClientRect().height / parseFloat(getComputedStyle(element).lineHeight)"
    assert [mark.evaluate(lines) < 2 for mark in table.locator("a.mark").all()] == [True] * 5


def test_a_phone_shows_it_all_without_scrolling_sideways(browser: Browser, html: str) -> None:
    page = browser.open(html, size=PHONE).page
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    mark = page.locator("a.mark.refuted").first
    mark.click()
    assert shown_cards(page) == ["pocket/layers.three"]
    place, sheet = mark.bounding_box(), page.locator("#cards").bounding_box()
    assert place is not None
    assert sheet is not None
    assert place["y"] + place["height"] <= sheet["y"]  # the card leaves its mark in sight
    page.get_by_role("button", name="Close").click()
    assert shown_cards(page) == []


def test_without_scripts_every_card_is_there(browser: Browser, html: str, report: Report) -> None:
    page = browser.open(html, script=False).page
    assert len(shown_cards(page)) == len(report.results) + 3  # two unaccounted, one exempt
    page.locator("a.mark").first.click()
    assert page.evaluate("location.hash") == "#card-0"


def test_an_address_with_a_card_opens_it(browser: Browser, html: str) -> None:
    page = browser.open(html).page
    page.evaluate("location.hash = '#card-4'")
    page.wait_for_function("document.querySelector('#card-4').checkVisibility()")
    assert shown_cards(page) == ["pocket/value"]


def test_paper_has_what_does_not_pass(browser: Browser, html: str) -> None:
    page = browser.open(html, scheme="dark").page
    page.emulate_media(media="print")
    assert shown_cards(page) == ["pocket/layers.three", "pocket/value"]
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator(".filters").is_visible()
    assert len(page.pdf()) > 10_000


@pytest.mark.parametrize("which", ["each", "small"])
def test_strangers_run_nothing(browser: Browser, report: Report, which: str) -> None:
    """Every text of the report ends in a script; dialogs, console messages and requests fail the test."""
    page = browser.open(to_html(hostile(ONE_OF_EACH if which == "each" else report))).page
    page.locator("#table tbody th a").first.click()
    page.locator("a.mark:visible").first.click()
    assert page.locator("html.ready").count() == 1


def test_a_notebook_shows_a_page_that_works(browser: Browser, report: Report) -> None:
    page = browser.open(f"<!doctype html><title>A notebook</title>{report._repr_html_()}").page
    frame = page.frame_locator("iframe")
    frame.locator("a.mark.refuted").first.click()
    assert frame.locator("#cards .card:visible h3").all_inner_texts() == ["pocket/layers.three"]


@pytest.mark.parametrize("each", [ONE_OF_EACH, Report(version="0.1.0", specs=(), results=())], ids=["each", "nothing"])
def test_reports_of_other_shapes_have_pages_that_work(browser: Browser, each: Report) -> None:
    page = browser.open(to_html(each)).page
    assert page.locator("html.ready").count() == 1
