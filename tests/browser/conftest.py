"""Opens pages in Chromium; where that or Playwright is missing the tests say so and are skipped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser as Chromium
    from playwright.sync_api import Dialog, Page

#: No window, no network of its own, no sandbox that containers can not have.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""


@dataclass(slots=True)
class Visit:
    """A page that is open, and what went on while it was: console messages, errors, dialogs, requests."""

    page: Page
    trouble: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Browser:
    """Opens pages, each with a profile of its own."""

    chromium: Chromium
    folder: Path
    visits: list[Visit] = field(default_factory=list)

    def open(
        self,
        html: str,
        *,
        size: tuple[int, int] = (1440, 1000),
        scheme: Literal["light", "dark"] = "light",
        script: bool = True,
    ) -> Visit:
        """Write a page to the disk and open it from there."""
        number = len(self.visits)
        file = self.folder / f"{number}.html"
        file.write_text(html, encoding="utf-8")
        context = self.chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            java_script_enabled=script,
            reduced_motion="reduce",
        )
        visit = Visit(context.new_page())
        self.visits.append(visit)
        page = visit.page
        page.on("console", lambda message: visit.trouble.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: visit.trouble.append(f"error: {error}"))

        def refuse(dialog: Dialog) -> None:
            visit.trouble.append(f"dialog: {dialog.message}")
            dialog.dismiss()

        page.on("dialog", refuse)
        page.on("request", lambda request: visit.requests.append(request.url))
        page.goto(file.as_uri())
        assert visit.requests == [file.as_uri()]
        return visit


@pytest.fixture(name="chromium", scope="session")
def started() -> Iterator[Chromium]:
    """Start Chromium with a fresh profile, or skip."""
    api = pytest.importorskip("playwright.sync_api", reason="needs Playwright: pip install '.[browser]'")
    if not CHROMIUM:
        pytest.skip("needs Chromium: install Debian's package, or set CHROMIUM to its path")
    with api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(name="browser")
def opened(chromium: Chromium, tmp_path: Path) -> Iterator[Browser]:
    """Open pages; whatever a test does, nothing may go wrong on them and nothing be asked of a network."""
    browser = Browser(chromium, tmp_path)
    try:
        yield browser
    finally:
        for visit in browser.visits:
            visit.page.context.close()
    for number, visit in enumerate(browser.visits):
        assert visit.trouble == []
        assert [url for url in visit.requests if not url.startswith((tmp_path / f"{number}.html").as_uri())] == []
