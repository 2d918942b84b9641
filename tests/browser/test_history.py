"""Conversations kept in the browser: only when asked for, and still working after a reload."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import ask, tab
from tests.town import STONE

pytestmark = pytest.mark.browser


def _reload(page: Page) -> None:
    page.reload()
    page.wait_for_selector("body.ready #question textarea")


def test_nothing_is_kept_unless_switched_on(visit: Callable[..., Page]) -> None:
    page = visit()
    ask(page, "Which stone?")
    page.wait_for_timeout(500)
    assert page.evaluate("Object.keys(localStorage)") == ["temoin-language"]
    _reload(page)
    expect(page.locator("article.exchange")).to_have_count(0)


def test_a_kept_conversation_opens_after_a_reload_with_its_citations(visit: Callable[..., Page]) -> None:
    page = visit()
    tab(page, "History")
    page.get_by_label("Keep conversations in this browser").check()
    tab(page, "Questions")
    ask(page, "Which stone?")
    ask(page, "What did it cost?")
    page.wait_for_timeout(500)
    _reload(page)
    tab(page, "History")
    expect(page.locator(".kept-title")).to_have_text(["Which stone?"])
    page.get_by_role("button", name="Open").click()
    expect(page.locator("article.exchange")).to_have_count(2)
    page.locator("#x0s0 a.cite").click()
    expect(page.locator("#panel mark.here")).to_have_text(STONE.quote)
    ask(page, "Did the mayor answer?")
    tab(page, "History")
    expect(page.locator(".kept-title")).to_have_count(1)


def test_kept_conversations_are_renamed_exported_and_deleted(visit: Callable[..., Page]) -> None:
    page = visit()
    page.evaluate("localStorage.setItem('temoin-keep', 'on')")
    ask(page, "Which stone?")
    tab(page, "History")
    page.get_by_role("button", name="Rename").click()
    page.locator(".kept input:not([type])").fill("<b>Stones</b>")
    page.keyboard.press("Enter")
    expect(page.locator(".kept-title")).to_have_text("<b>Stones</b>")
    with page.expect_download() as markdown:
        page.get_by_role("button", name="Markdown").click()
    assert f"> “{STONE.quote}”" in Path(markdown.value.path()).read_text(encoding="utf-8")
    with page.expect_download() as exported:
        page.get_by_role("button", name="JSON").click()
    assert json.loads(Path(exported.value.path()).read_text(encoding="utf-8"))["exchanges"][0]["question"] == "Which stone?"
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete for good?").click()
    expect(page.locator(".kept-title")).to_have_count(0)
    assert page.evaluate("localStorage.getItem('temoin-conversations')") == "[]"


def test_all_are_deleted_only_once_confirmed(visit: Callable[..., Page]) -> None:
    page = visit()
    page.evaluate("localStorage.setItem('temoin-keep', 'on')")
    ask(page, "Which stone?")
    tab(page, "History")
    page.get_by_role("button", name="Delete all").click()
    expect(page.locator(".kept-title")).to_have_count(1)
    page.locator(".kept-all").get_by_role("button", name="Delete for good?").click()
    expect(page.locator(".kept-title")).to_have_count(0)
    assert page.evaluate("localStorage.getItem('temoin-conversations')") is None


def test_a_damaged_record_is_refused_with_a_word(visit: Callable[..., Page]) -> None:
    page = visit()
    page.evaluate(
        """localStorage.setItem('temoin-conversations', JSON.stringify(
             [{id: 'a', saved: '2024-01-01T00:00:00Z', title: 'x', record: '{"exchanges": [{"question": 1}]}'}]))"""
    )
    _reload(page)
    tab(page, "History")
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_text("This conversation could not be opened")).to_be_visible()
    expect(page.locator("article.exchange")).to_have_count(0)
