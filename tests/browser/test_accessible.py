"""axe, with every rule, on the main states: light and dark, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.steps import ask, tab

pytestmark = pytest.mark.browser

STATES: dict[str, Callable[[Page], None]] = {
    "welcome": lambda page: None,
    "answer": lambda page: ask(page, "What did it cost?"),
    "disagreement": lambda page: (ask(page, "Did the mayor answer?"), page.locator("#x0s0 a.cite").click()),
    "nothing": lambda page: ask(page, "piscine ?"),
    "documents": lambda page: tab(page, "Documents"),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390)])
def test_axe_finds_nothing_serious(visit: Callable[..., Page], state: str, scheme: str, width: int) -> None:
    page = visit("fr-FR", width=width, color_scheme=scheme, reduced_motion="reduce")
    STATES[state](page)
    page.wait_for_timeout(400)
    found = Axe().run(page).response["violations"]
    serious = [
        f"{fault['id']}: {node['html'][:160]} {node['failureSummary']}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]
    assert not serious, "\n".join(serious)
    assert page.locator("h1").count() == 1
