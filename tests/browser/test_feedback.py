"""Feedback: kept in the browser only, still there after a reload, and exported as the evaluation reads it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from eval.feedback import import_feedback
from tests.browser.steps import ask, finished, tab
from tests.town import COST_EN, COST_FR

pytestmark = pytest.mark.browser

EVIL = "<img src=x onerror='window.pwned=1'></pre><script>window.pwned=1</script> script ?"


def thumb(page: Page, x: int, verdict: str) -> Any:
    return page.locator(f'#x{x} .thumb[data-verdict="{verdict}"]')


def pressed(page: Page, x: int, verdict: str, state: bool = True) -> None:
    expect(thumb(page, x, verdict)).to_have_attribute("aria-pressed", str(state).lower())


def kept(page: Page) -> list[dict[str, Any]]:
    return json.loads(page.evaluate("localStorage.getItem('temoin-feedback') || '[]'"))


def reload(page: Page) -> None:
    page.reload()
    page.wait_for_selector("body.ready #question textarea")


def test_a_thumb_and_a_comment_become_a_draft_case(visit: Callable[..., Page], tmp_path: Path, capsys: Any) -> None:
    page = visit()
    ask(page, "Which stone?")
    ask(page, "What did it cost?")
    expect(page.locator("#x1 .consent")).to_contain_text("in this browser only; nothing is sent")
    expect(page.locator("#x1 .comment")).to_be_hidden()
    page.locator("#x1").get_by_role("button", name="Good answer").click()
    pressed(page, 1, "up")
    page.locator("#x1").get_by_label("Comment (optional)").fill("  both <b>sources</b>\u2028agree ")
    page.keyboard.press("Enter")
    expect(page.locator("#x1 .save")).to_have_text("Saved")
    reload(page)
    tab(page, "History")
    with page.expect_download() as exported:
        page.get_by_role("button", name="Export my feedback").click()
    assert exported.value.suggested_filename == "temoin-feedback.jsonl"
    target = tmp_path / "drafts.jsonl"
    assert import_feedback(Path(exported.value.path()), target) == 0
    assert "1 new of 1" in capsys.readouterr().out
    draft = json.loads(target.read_text(encoding="utf-8"))
    assert (draft["question"], draft["expect"], draft["kind"]) == ("What did it cost?", "answered", "follow_up")
    assert draft["why"] == "A reader's thumb up: both <b>sources</b> agree."
    assert [turn["role"] for turn in draft["history"]] == ["user", "assistant"]
    assert draft["history"][0]["content"] == "Which stone?"
    assert [gold["quote"] for gold in draft["gold"][:2]] == [COST_FR.quote, COST_EN.quote]
    assert "4.2 million euros" in draft["draft"]["answer_given"]


def test_a_thumb_stays_while_the_thread_is_drawn_anew(visit: Callable[..., Page]) -> None:
    page = visit()
    ask(page, "Which stone?")
    thumb(page, 0, "down").click()
    page.locator("#x0 .comment").fill("not finished")
    ask(page, "slow: what did it cost?", wait=False)
    expect(page.locator("#x1s0")).to_be_visible()
    pressed(page, 0, "down")
    finished(page, 2)
    expect(page.locator("#x0 .comment")).to_have_value("not finished")
    pressed(page, 1, "up", False)
    page.get_by_role("button", name="Français").click()
    expect(page.locator("#x0 .save")).to_have_text("Enregistrer")
    pressed(page, 0, "down")
    expect(page.locator("#x0 .consent")).to_be_visible()  # beside what it is about, not under every answer
    thumb(page, 0, "up").click()
    pressed(page, 0, "up")
    pressed(page, 0, "down", False)
    assert [one["verdict"] for one in kept(page)] == ["up"]


def test_feedback_is_taken_back_and_deleted(visit: Callable[..., Page]) -> None:
    page = visit()
    ask(page, "Which stone?")
    thumb(page, 0, "up").click()
    thumb(page, 0, "up").click()
    pressed(page, 0, "up", False)
    assert kept(page) == []
    tab(page, "History")
    expect(page.locator(".feedback-kept")).to_be_hidden()
    tab(page, "Questions")
    thumb(page, 0, "down").click()
    page.locator("#x0 .comment").fill("wrong")
    page.locator("#x0 .save").click()
    assert [one["comment"] for one in kept(page)] == ["wrong"]
    tab(page, "History")
    expect(page.locator(".feedback-kept .count")).to_have_text("1")
    page.get_by_role("button", name="Delete my feedback").click()
    page.get_by_role("button", name="Delete for good?").click()
    expect(page.locator(".feedback-kept")).to_be_hidden()
    assert page.evaluate("localStorage.getItem('temoin-feedback')") is None
    tab(page, "Questions")
    pressed(page, 0, "down", False)
    expect(page.locator("#x0 .comment")).to_have_value("")


def test_a_conversation_opened_again_shows_what_was_said_of_it(visit: Callable[..., Page]) -> None:
    page = visit()
    page.evaluate("localStorage.setItem('temoin-keep', 'on')")
    ask(page, "piscine ?")
    thumb(page, 0, "down").click()
    page.wait_for_timeout(500)
    reload(page)
    ask(page, "Which stone?")
    pressed(page, 0, "down", False)
    tab(page, "History")
    page.locator(".kept li", has_text="piscine").get_by_role("button", name="Open").click()
    expect(page.locator("#x0 h2")).to_contain_text("piscine")
    pressed(page, 0, "down")


def test_scripts_in_question_answer_and_comment_do_nothing(visit: Callable[..., Page]) -> None:
    page = visit()
    ask(page, EVIL)
    thumb(page, 0, "up").click()
    page.locator("#x0 .comment").fill(EVIL)
    page.locator("#x0 .save").click()
    ask(page, "Which stone?")
    expect(page.locator("#x0 .comment")).to_have_value(EVIL)
    tab(page, "History")
    expect(page.locator(".feedback-kept .count")).to_have_text("1")
    (one,) = kept(page)
    assert (one["question"], one["comment"]) == (EVIL, EVIL)
    expect(page.locator("#thread img, #thread script, #feedback img")).to_have_count(0)
    assert page.evaluate("window.pwned") is None


def test_damage_and_want_of_room_are_no_script_errors(visit: Callable[..., Page]) -> None:
    page = visit()
    page.evaluate("localStorage.setItem('temoin-feedback', '[null, 3, {}]')")
    ask(page, "Which stone?")
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }")
    thumb(page, 0, "up").click()
    expect(page.get_by_text("The browser has no room left")).to_be_visible()
    pressed(page, 0, "up", False)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390)])
def test_it_is_accessible_and_fits(visit: Callable[..., Page], scheme: str, width: int) -> None:
    page = visit("fr-FR", width=width, color_scheme=scheme, reduced_motion="reduce")
    serious = []

    def inspect(state: str) -> None:
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, state
        faults = [one for one in Axe().run(page).response["violations"] if one["impact"] in ("serious", "critical")]
        serious.extend(f"{state}: {one['id']}: {node['html'][:160]}" for one in faults for node in one["nodes"])

    ask(page, "What did it cost?")
    inspect("unpressed")
    thumb(page, 0, "up").click()
    inspect("pressed")
    tab(page, "Historique")
    expect(page.get_by_role("button", name="Exporter mes avis")).to_be_visible()
    inspect("history")
    assert not serious, "\n".join(serious)
