"""A page served for real, in a thread, and a real Chromium in front of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from rag.ui.desk import Desk
from rag.ui.examples import Example
from tests.serving import served
from tests.town import FakeAssistant

QUIET = "--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update --disable-sync"
READY = "body.ready #question textarea"
EXAMPLES = (Example("How much did the bridge cost?", "plain", "en"), Example("Y a-t-il une piscine ?", "absent", "fr"))


@dataclass
class Served:
    """A running page: its address and the assistant behind it."""

    url: str
    assistant: FakeAssistant


@pytest.fixture(scope="session")
def town() -> Iterator[Served]:
    assistant = FakeAssistant()
    desk = Desk(assistant, assistant.library, examples=EXAMPLES, translate=assistant.translate, upload_mb=2)
    with served(assistant, desk) as url:
        yield Served(url, assistant)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("TEMOIN_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "Chromium is needed for the browser tests: install Debian's chromium, or set TEMOIN_TEST_CHROMIUM"
    playwright: Playwright
    with sync_playwright() as playwright:
        expect.set_options(timeout=15_000)  # a busy machine is no fault of the page
        browser = playwright.chromium.launch(executable_path=path, args=QUIET.split())
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, town: Served) -> Iterator[Callable[..., Page]]:
    """Open the page as a reader would: ``visit(locale="fr-FR", width=390, color_scheme="dark")``.

    ``url``: of another page than the town's; ``ready``: what is waited for. Whatever a test does, no script error may
    occur and no request may leave the machine.
    """
    contexts, faults = [], []

    def open_page(
        locale: str = "en-GB", width: int = 1280, height: int = 860, url: str = town.url, ready: str = READY, **options: object
    ) -> Page:
        context = chromium.new_context(locale=locale, viewport={"width": width, "height": height}, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: _local(request.url, faults))
        page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
        page.goto(url)
        page.wait_for_selector(ready)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not faults, faults


def _local(url: str, faults: list[str]) -> None:
    if not url.startswith(("http://127.0.0.1:", "data:", "blob:")):
        faults.append(f"request left the machine: {url}")
