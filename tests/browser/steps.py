"""What a reader does, in words the tests share."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def ask(page: Page, question: str, *, wait: bool = True) -> None:
    """Write a question, press Enter, and wait for the end of its answer."""
    count = page.locator("article.exchange").count()
    box = page.locator("#question textarea")
    box.fill(question)
    box.press("Enter")
    if wait:
        finished(page, count + 1)


def finished(page: Page, count: int = 1) -> None:
    """Wait until ``count`` answers are complete."""
    expect(page.locator("article.exchange:not([aria-busy])")).to_have_count(count, timeout=20_000)


def tab(page: Page, name: str) -> None:
    """Open a tab by its name."""
    page.get_by_role("tab", name=name, exact=True).click()
