"""The programme as it is run, with the real models on the shipped documents: ``python app.py`` and a browser."""

from __future__ import annotations

import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from eval.page_times import evidence
from tests.browser.steps import tab
from tests.serving import contention

pytestmark = [pytest.mark.browser, pytest.mark.models, pytest.mark.timeout(900)]

ROOT = Path(__file__).parents[2]
PATIENCE = 240_000  # ms for an answer: a busy machine is no fault of the page


def _start(corpus: Path, index: Path, *options: str) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if name != "TEMOIN_TEST_CHROMIUM"}
    environment = kept | {"TEMOIN_INDEX": str(index), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "app.py", "--corpus", str(corpus), *options]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stderr
    told = []
    for line in process.stderr:
        told.append(line)
        if found := re.search(r"ready on (http://\S+)", line):
            return found[1]
    raise AssertionError("".join(told))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("real")
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    process = _start(folder / "corpus", folder / "index", "--port", "0")
    url = _address(process)
    deadline = time.monotonic() + 120
    while httpx.get(f"{url}/healthz").status_code != 200 and time.monotonic() < deadline:
        time.sleep(0.5)
    yield url
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0, "an orderly stop ends with 0"


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    context = chromium.new_context(locale="en-GB", viewport={"width": 1280, "height": 860})
    abroad: list[str] = []
    page = context.new_page()
    page.on(
        "request", lambda request: None if request.url.startswith((address, "data:", "blob:")) else abroad.append(request.url)
    )
    page.goto(address)
    page.wait_for_selector("body.ready #question textarea")
    yield page
    context.close()
    assert abroad == [], "no request may leave the machine"


def _ask(page: Page, question: str) -> None:
    count = page.locator("article.exchange").count()
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator("article.exchange:not([aria-busy])")).to_have_count(count + 1, timeout=PATIENCE)


def test_a_french_question_opens_the_english_sentence(page: Page) -> None:
    _ask(page, "Quelles conséquences le procès pourrait-il avoir pour le secteur des réseaux sociaux ?")
    page.locator("#x0 a.cite").first.click()
    mark = page.locator("#panel mark.here")
    expect(mark).to_contain_text("The outcome of the lawsuit could have far-reaching implications")
    expect(mark).to_be_in_viewport()
    expect(page.locator("#panel .text")).to_have_attribute("lang", "en")


def test_an_english_question_opens_the_french_sentence(page: Page) -> None:
    _ask(page, "How many accounts did Meta say it disabled in August?")
    page.locator("#x0 a.cite").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel mark.here")).to_contain_text("500 000 comptes")
    statement = page.locator("#x0 .statement").first
    expect(statement).to_contain_text("500 000 comptes")  # word for word: the shipped model's translations are not statements
    statement.get_by_role("button", name="Translate").click()
    expect(statement.locator(".translation")).to_contain_text("500,000", timeout=PATIENCE)
    expect(statement).to_contain_text("Machine translation, not checked")


def test_a_disagreement_is_shown_unasked(page: Page) -> None:
    _ask(page, "Has Meta responded to the lawsuit?")
    expect(page.locator(".disagreement blockquote", has_text="Meta has yet to issue a direct response")).not_to_have_count(0)
    page.locator("[data-do=compare]").first.click()
    expect(page.locator("#panel mark.here")).to_have_count(2)


def test_what_the_documents_do_not_say_is_said(page: Page) -> None:
    _ask(page, "Quel montant le Nouveau-Mexique réclame-t-il à Meta ?")
    expect(page.locator(".refusal")).to_be_visible()
    expect(page.locator(".statement")).to_have_count(0)


def test_a_document_is_added_asked_about_and_deleted(page: Page, tmp_path: Path) -> None:
    new = tmp_path / "ferry.txt"
    new.write_text("The ferry of Port-Louvel carries 240 bicycles. It leaves every morning at seven.", encoding="utf-8")
    tab(page, "Documents")
    page.locator("input[type=file]").set_input_files([new])
    row = page.locator(".shelf > li", has_text="The ferry of Port-Louvel")
    expect(row).to_be_visible(timeout=60_000)
    tab(page, "Questions")
    _ask(page, "How many bicycles does the ferry carry?")
    page.locator("#x0 a.cite").first.click()
    expect(page.locator("#panel mark.here")).to_contain_text("carries 240 bicycles")
    tab(page, "Documents")
    row.get_by_role("button", name="Delete").click()
    row.get_by_text("Delete the file too?").click()
    expect(row).to_have_count(0, timeout=60_000)


def test_the_first_evidence_comes_at_once(page: Page, record_property: Callable[[str, object], None]) -> None:
    times = []
    busy = contention()  # the bound is meant for a machine of one's own
    for question in ("Who is Raúl Torrez?", "Qui est Mark Zuckerberg ?", "What did the Guardian find?", "Que dit Stanford ?"):
        times.append(evidence(page, question))
    record_property("first_evidence_ms", times)
    assert statistics.median(times) <= 300 * busy, (times, busy)


def test_a_busy_port_is_one_line_and_code_1(address: str, tmp_path: Path) -> None:
    process = _start(ROOT / "corpus", tmp_path, "--port", address.rsplit(":", 1)[1])
    _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "choose another with --port" in told
    assert "Traceback" not in told
