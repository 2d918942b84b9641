"""Who may do what: logging in and out, readers apart from one another, documents that may only be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from rag.ui.desk import Desk
from rag.ui.gate import Gate
from rag.ui.server import Access
from rag.ui.users import Users, add_user
from tests.browser.steps import ask, finished, tab
from tests.serving import served
from tests.town import FakeAssistant

pytestmark = pytest.mark.browser
FORM = "input[name=password]"
ADA, BOB = ("ada", "a long password"), ("bob", "another password")


@pytest.fixture(scope="module")
def closed_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Two users, three questions an hour for each, uploads off."""
    path = tmp_path_factory.mktemp("users") / "users"
    for name, password in (ADA, BOB):
        add_user(path, name, password)
    assistant = FakeAssistant()
    desk = Desk(assistant, assistant.library, translate=assistant.translate, gate=Gate("3/hour"), users=True, changeable=False)
    with served(assistant, desk, Access(Users(path), uploads=False)) as url:
        yield url


def log_in(page: Page, user: tuple[str, str]) -> None:
    name, password = user
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def test_a_reader_logs_in_and_out(visit: Callable[..., Page], closed_town: str) -> None:
    page = visit(url=closed_town, ready=FORM)
    log_in(page, ("ada", "not the password"))
    expect(page.get_by_role("alert")).to_have_text("Wrong name or password.")
    log_in(page, ADA)
    page.wait_for_selector("body.ready #question textarea")
    page.get_by_role("link", name="Log out").click()
    expect(page.locator(FORM)).to_be_visible()
    page.goto(closed_town)
    expect(page.locator(FORM)).to_be_visible()


def test_the_log_in_page_speaks_the_browser_s_language(visit: Callable[..., Page], closed_town: str) -> None:
    page = visit("fr-FR", url=closed_town, ready=FORM)
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.get_by_role("button", name="Se connecter")).to_be_visible()


def test_two_logged_in_readers_see_only_their_own_answers_and_use_only_their_own_share(
    visit: Callable[..., Page], closed_town: str
) -> None:
    pages = [visit(url=closed_town, ready=FORM) for _ in (ADA, BOB)]
    for page, user in zip(pages, (ADA, BOB), strict=True):
        log_in(page, user)
        page.wait_for_selector("body.ready #question textarea")
    ada, bob = pages
    ask(ada, "slow: what did it cost?", wait=False)
    ask(bob, "Which stone?")
    finished(ada)
    expect(ada.locator("#thread")).not_to_contain_text("Anna Weiss")
    expect(bob.locator("#thread")).not_to_contain_text("million")
    ada.get_by_role("button", name="Translate").click()
    expect(ada.locator(".translation")).to_be_visible()
    ask(ada, "Which stone?")
    ask(ada, "Which stone?", wait=False)  # the translation was one of the three
    expect(ada.get_by_role("alert")).to_contain_text("Too many questions in a short time")
    ask(bob, "What did it cost?")


def test_documents_that_may_only_be_read_offer_no_change(visit: Callable[..., Page], closed_town: str) -> None:
    page = visit(url=closed_town, ready=FORM)
    log_in(page, BOB)
    page.wait_for_selector("body.ready #question textarea")
    tab(page, "Documents")
    expect(page.locator(".shelf > li")).to_have_count(3)
    for name in ("Add files", "Re-index", "Delete"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    expect(page.locator("input[type=file], .drop")).to_have_count(0)
    page.locator("#shelf").get_by_role("link").first.click()
    expect(page.locator("#panel .document .text")).to_be_visible()
