"""axe, with every rule, on the main states: light and dark, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.steps import ask, tab

pytestmark = pytest.mark.browser


def _keep(page: Page) -> None:
    page.evaluate("localStorage.setItem('temoin-keep', 'on')")
    tab(page, "Questions")
    ask(page, "What did it cost?")
    tab(page, "Historique")
    expect(page.locator(".kept-title")).to_have_count(1)


STATES: dict[str, Callable[[Page], object]] = {
    "welcome": lambda page: None,
    "answer": lambda page: ask(page, "What did it cost?"),
    "disagreement": lambda page: ask(page, "Did the mayor answer?"),
    "compare": lambda page: page.get_by_role("button", name="Comparer").click(),
    "compare closed": lambda page: page.keyboard.press("Escape"),
    "document": lambda page: page.locator("#x1s0 a.cite").click(),
    "sheet closed": lambda page: page.keyboard.press("Escape"),
    "nothing": lambda page: ask(page, "piscine ?"),
    "documents": lambda page: tab(page, "Documents"),
    "timeline": lambda page: page.get_by_role("button", name="Chronologie").click(),
    "contradictions": lambda page: page.get_by_role("button", name="Contradictions").click(),
    "history": _keep,
}


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)])
def test_axe_finds_nothing_serious(visit: Callable[..., Page], scheme: str, width: int) -> None:
    page = visit("fr-FR", width=width, color_scheme=scheme, reduced_motion="reduce")
    serious = []
    for state, reach in STATES.items():
        reach(page)
        page.wait_for_timeout(300)
        serious += [
            f"{state}: {fault['id']}: {node['html'][:160]} {node['failureSummary']}"
            for fault in Axe().run(page).response["violations"]
            if fault["impact"] in ("serious", "critical")
            for node in fault["nodes"]
        ]
    assert not serious, "\n".join(serious)
    assert page.locator("h1").count() == 1


def test_the_theme_follows_the_system(visit: Callable[..., Page]) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    assert visit(color_scheme="light").evaluate(paper) == "rgb(251, 250, 247)"
    assert visit(color_scheme="dark").evaluate(paper) == "rgb(22, 25, 28)"
