"""Asking in the page: the main path, as a reader walks it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import ask, finished
from tests.town import COST_EN, COST_FR, STONE

pytestmark = pytest.mark.browser


def test_a_click_on_a_citation_opens_the_document_at_the_sentence(visit: Callable[..., Page]) -> None:
    page = visit()
    expect(page.locator("#question textarea")).to_be_focused()
    ask(page, "What did the bridge cost?")
    page.locator("#x0s0 a.cite", has_text="[2]").click()
    expect(page.locator("#panel mark.here")).to_have_text(COST_EN.quote)
    page.locator("#x0s0 a.cite", has_text="[1]").click()
    mark = page.locator("#panel mark.here")
    expect(mark).to_have_text(COST_FR.quote)
    expect(mark).to_be_in_viewport()
    expect(page.locator("#panel .document h3")).to_have_text("Le pont de Valmont rouvre")
    expect(page.locator("#panel .document header")).to_contain_text("4 May 2021")


def _focus(page: Page, link: Locator) -> None:
    """Walk back from the question box until the link has the focus."""
    page.locator("#question textarea").focus()
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if link.evaluate("node => node === document.activeElement"):
            break
    expect(link).to_be_focused()


def test_the_keyboard_alone_reaches_a_citation(visit: Callable[..., Page]) -> None:
    page = visit("fr-FR")
    ask(page, "Qui est l’architecte ?")
    _focus(page, page.locator("#x0s0 a.cite"))
    page.keyboard.press("Enter")
    expect(page.locator("#panel mark.here")).to_have_text(STONE.quote)
    expect(page.locator("#panel .text")).to_have_attribute("lang", "en")


def test_the_page_speaks_the_browser_s_language_and_switches(visit: Callable[..., Page]) -> None:
    page = visit("fr-CA")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator("#ask")).to_have_text("Demander")
    ask(page, "What did the bridge cost?")
    page.get_by_role("button", name="English").click()
    expect(page.locator("#ask")).to_have_text("Ask")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#x0s0")).to_contain_text("4.2 million euros")
    page.reload()
    expect(page.locator("#ask")).to_have_text("Ask")


PEEK = "node => getComputedStyle(node, '::after').content"


def test_hovering_or_focusing_a_citation_shows_the_quotation(visit: Callable[..., Page]) -> None:
    page = visit()
    ask(page, "Which stone?")
    link = page.locator("#x0s0 a.cite")
    assert link.evaluate(PEEK) == "none"
    link.hover()
    assert STONE.quote in link.evaluate(PEEK)
    page.locator("#question textarea").hover()
    assert link.evaluate(PEEK) == "none"
    _focus(page, link)
    assert STONE.quote in link.evaluate(PEEK)
    page.keyboard.press("Escape")
    assert link.evaluate(PEEK) == "none"


def test_the_evidence_is_there_before_the_answer(visit: Callable[..., Page]) -> None:
    page = visit()
    ask(page, "slow: what did it cost?", wait=False)
    expect(page.locator("#panel .look .card")).to_have_count(3)
    expect(page.locator(".statement")).to_have_count(0)
    expect(page.locator("#x0s0")).to_be_visible()
    expect(page.locator("#x0s1")).to_have_count(0)
    finished(page)
    expect(page.locator(".statement")).to_have_count(2)


def test_an_example_is_asked_by_a_click(visit: Callable[..., Page]) -> None:
    page = visit("fr-FR")
    page.get_by_role("button", name="piscine").click()
    finished(page)
    expect(page.locator(".refusal")).to_have_text("Les documents ne répondent pas à cette question.")
    expect(page.locator(".closest li")).to_have_count(2)


def test_stop_keeps_what_was_said_and_ends_the_work(visit: Callable[..., Page], town) -> None:
    page = visit()
    closed = town.assistant.closed
    ask(page, "glacial: what did it cost?", wait=False)
    expect(page.locator("#x0s0")).to_be_visible()
    page.locator("#stop").click()
    expect(page.locator("#x0 .progress")).to_have_text("Stopped as you asked.")
    expect(page.locator("#ask")).to_be_visible()
    page.wait_for_timeout(6000)
    expect(page.locator(".statement")).to_have_count(1)
    assert town.assistant.closed == closed + 1


@pytest.mark.parametrize(("question", "said"), [("   ", "Write a question first"), ("a" * 10_000, "10000 characters")])
def test_a_question_that_cannot_be_asked_says_why(visit: Callable[..., Page], question: str, said: str) -> None:
    page = visit()
    ask(page, question, wait=False)
    expect(page.get_by_text(said)).to_be_visible()
    expect(page.locator("article.exchange")).to_have_count(0)
    expect(page.locator("#question textarea")).to_have_value(question)


def test_scripts_in_questions_documents_and_titles_do_nothing(visit: Callable[..., Page]) -> None:
    page = visit()
    ask(page, "<img src=x onerror='window.pwned=1'> script ?")
    expect(page.locator("h2.question")).to_contain_text("<img src=x onerror='window.pwned=1'> script ?")
    page.locator("#x0s0 a.cite").click()
    expect(page.locator("#panel mark.here")).to_contain_text("<img src=x onerror=window.pwned=1>")
    expect(page.locator("#panel img, #thread img")).to_have_count(0)
    assert page.evaluate("window.pwned") is None


def test_two_readers_see_only_their_own_answers(visit: Callable[..., Page]) -> None:
    one, two = visit(), visit("fr-FR")
    ask(one, "slow: what did it cost?", wait=False)
    ask(two, "Qui est l’architecte ?")
    finished(one)
    expect(one.locator("#thread")).not_to_contain_text("Anna Weiss")
    expect(two.locator("#thread")).not_to_contain_text("million")
