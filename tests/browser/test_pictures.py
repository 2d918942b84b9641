"""The main states of the page, kept as pictures in ``tests/browser/shots``: nothing runs out of the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import ask, tab

pytestmark = pytest.mark.browser

SHOTS = Path(__file__).parent / "shots"
ANSWERED = {"en-GB": "What did it cost?", "fr-FR": "Qui est l’architecte ?"}
DISPUTED = "Did the mayor answer?"
ABSENT = {"en-GB": "Is there a swimming pool?", "fr-FR": "Y a-t-il une piscine ?"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("locale", ["en-GB", "fr-FR"])
def test_every_state_fits(visit: Callable[..., Page], locale: str, width: int, scheme: str) -> None:
    page = visit(locale=locale, width=width, color_scheme=scheme)
    kept = SHOTS / f"{locale[:2]}-{width}-{scheme}"
    kept.mkdir(parents=True, exist_ok=True)

    def keep(state: str) -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= width, state
        page.screenshot(path=kept / f"{state}.png")

    keep("1-empty")
    ask(page, ABSENT[locale])
    expect(page.locator(".refusal")).to_be_visible()
    keep("2-not-found")
    ask(page, DISPUTED)
    expect(page.locator(".disagreement").first).to_be_visible()
    keep("3-disagreement")
    ask(page, ANSWERED[locale])
    page.locator("#x2 a.cite").first.click()
    expect(page.locator("#panel mark.here").first).to_be_in_viewport()
    keep("4-cited-sentence")
    if width < 800:
        page.keyboard.press("Escape")
    tab(page, "Documents")
    expect(page.locator(".shelf > li").first).to_be_visible()
    keep("5-documents")
