"""The quotation over a citation: there to be read, never in the way of what stands beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import ask
from tests.town import COST_EN, STONE

pytestmark = pytest.mark.browser

#: The popover of a link on the screen, or null while there is none.
BOX = """node => {
  const style = getComputedStyle(node, '::after');
  if (style.content === 'none') return null;
  const around = node.offsetParent.getBoundingClientRect();
  const [left, top] = [around.left + parseFloat(style.left), around.top + parseFloat(style.top)];
  return { left, top, right: left + parseFloat(style.width), bottom: top + parseFloat(style.height), says: style.content };
}"""
WINDOW = "() => ({ left: 0, top: 0, right: innerWidth, bottom: innerHeight })"
PLACE = "node => { const { left, top, right, bottom } = node.getBoundingClientRect(); return { left, top, right, bottom }; }"


def by_keyboard(page: Page, link: Locator) -> dict[str, Any]:
    """Tab to the link from the thumb after it; the popover that shows."""
    page.locator("#x0 .thumb").first.focus()
    for _ in range(10):
        page.keyboard.press("Shift+Tab")
        if link.evaluate("node => node === document.activeElement"):
            break
    expect(link).to_be_focused()
    return link.evaluate(BOX)


def within(inner: dict[str, Any], outer: dict[str, Any]) -> bool:
    lower = all(inner[side] >= outer[side] - 1 for side in ("left", "top"))
    return lower and all(inner[side] <= outer[side] + 1 for side in ("right", "bottom"))


def covers(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether they overlap by more than a rounded pixel."""
    ways = (("left", "right"), ("top", "bottom"))
    return all(one[low] < other[high] - 1 and other[low] < one[high] - 1 for low, high in ways)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("reached", ["hover", "keyboard"])
def test_it_stays_in_the_window_and_off_the_buttons_of_its_answer(visit: Callable[..., Page], width: int, reached: str) -> None:
    page = visit(width=width, height=844)
    ask(page, "What did it cost?")
    links = page.locator("#x0 .statement a.cite").all()
    assert len(links) == 3
    for link in links:
        if reached == "hover":
            link.hover()
        box = link.evaluate(BOX) if reached == "hover" else by_keyboard(page, link)
        assert within(box, page.evaluate(WINDOW)), box
        for near in (link.locator("xpath=.."), page.locator("#x0 .actions"), page.locator("#composer")):
            assert not covers(box, near.evaluate(PLACE)), (near, box)


def test_at_the_upper_edge_it_shows_below(visit: Callable[..., Page]) -> None:
    page = visit(height=500, reduced_motion="reduce")
    ask(page, "Which stone?")
    ask(page, "What did it cost?")
    page.evaluate("document.querySelector('#x0s0').scrollIntoView({ block: 'start', behavior: 'instant' })")
    link = page.locator("#x0s0 a.cite").first
    link.hover()
    box = link.evaluate(BOX)
    assert within(box, page.evaluate(WINDOW)), box
    assert box["top"] >= page.locator("#x0s0").evaluate(PLACE)["bottom"] - 1


def test_in_the_panel_it_is_not_cut_off(visit: Callable[..., Page]) -> None:
    page = visit()
    ask(page, "What did it cost?")
    page.locator("#x0s0 a.cite").first.click()
    link = page.locator("#panel .also a.cite")
    link.hover()
    box = link.evaluate(BOX)
    assert COST_EN.quote in box["says"]
    assert within(box, page.locator("#panel .panel-body").evaluate(PLACE)), box


def test_after_a_click_on_a_citation_the_buttons_are_free(visit: Callable[..., Page]) -> None:
    page = visit()
    ask(page, "Which stone?")
    link = page.locator("#x0s0 a.cite")
    link.click()
    expect(page.locator("#panel mark.here")).to_have_text(STONE.quote)
    assert link.evaluate(BOX) is None, "the panel has the quotation now"
    page.keyboard.press("Shift")  # a key makes of any focus one that is shown
    expect(link).to_be_focused()
    assert link.evaluate(BOX) is None
    up = page.locator('#x0 .thumb[data-verdict="up"]')
    up.click()
    expect(up).to_have_attribute("aria-pressed", "true")
    link.click()
    page.locator("#x0").get_by_label("Comment (optional)").click()
    page.locator("#x0 .menu summary").click()
    expect(page.get_by_role("button", name="Plain text")).to_be_visible()
    assert link.evaluate(BOX) is None


def test_what_the_keyboard_showed_ends_when_the_mouse_goes_elsewhere(visit: Callable[..., Page]) -> None:
    page = visit()
    ask(page, "What did it cost?")
    first, second = page.locator("#x0s0 a.cite").nth(0), page.locator("#x0s0 a.cite").nth(1)
    assert by_keyboard(page, first)
    second.hover()
    assert second.evaluate(BOX)
    assert first.evaluate(BOX) is None, "one at a time"
    assert by_keyboard(page, first)
    up = page.locator('#x0 .thumb[data-verdict="up"]')
    up.hover()
    expect(first).to_be_focused()
    assert first.evaluate(BOX) is None
    up.click()
    expect(up).to_have_attribute("aria-pressed", "true")


def test_a_page_that_scrolls_beneath_a_resting_mouse_leaves_it(visit: Callable[..., Page]) -> None:
    page = visit(height=500)
    ask(page, "Which stone?")
    ask(page, "What did it cost?")
    page.mouse.move(200, 250)
    link = page.locator("#x0s0 a.cite")
    assert by_keyboard(page, link)
    page.evaluate("scrollBy({ top: 20, behavior: 'instant' })")
    page.wait_for_timeout(300)
    assert link.evaluate(BOX)


def test_on_a_phone_a_tap_opens_the_source_and_leaves_no_quotation_behind(visit: Callable[..., Page]) -> None:
    page = visit(width=390, height=844, has_touch=True, is_mobile=True)
    ask(page, "Which stone?")
    link = page.locator("#x0s0 a.cite")
    link.tap()
    expect(page.locator("#panel mark.here")).to_be_in_viewport()
    page.get_by_role("button", name="Close").tap()
    expect(page.locator("#panel")).not_to_be_visible()
    assert link.evaluate(BOX) is None
    up = page.locator('#x0 .thumb[data-verdict="up"]')
    up.tap()
    expect(up).to_have_attribute("aria-pressed", "true")
