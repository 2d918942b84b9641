"""The evaluation's page in a real browser: it filters, opens documents at a citation, and asks for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from eval.baselines.liar import Liar
from eval.cache import Cache
from eval.gate import Verdict
from eval.report import write
from eval.results import Run, summed_up
from eval.runner import run
from eval.systems import Lazy
from eval.trust import agreement
from rag.types import Document, Source, Timings
from tests.unit.eval_world import LANGUAGE, TEXTS, Scripted, fair_judge, good_answers, small_set

NASTY = '<img src="http://example.invalid/x.png" onerror="document.title=1"><script>document.title=1</script>'


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    documents = {id: Document(Source(id, f"{id}.txt", LANGUAGE[id]), f"{TEXTS[id]}\n\n{NASTY}") for id in TEXTS}
    times = {question: replace(a, timings=Timings(50, 1500, 4000, 90, 20)) for question, a in good_answers().items()}
    times["Qui a peint le pont ?"] = replace(times["Qui a peint le pont ?"], text=NASTY)
    systems = []
    for name, system in (("temoin", Scripted(times)), ("liar", Liar(Scripted(times)))):
        lazy = Lazy(name, name, lambda system=system: system)
        systems.append(summed_up(name, run(small_set(), lazy, Cache(folder / name), fair_judge, TEXTS)))
    systems.reverse()  # the liar first: it fails where the other does not
    trust = agreement([("1", "supported", True), ("2", "not", False), ("3", "partly", True)])
    verdict = Verdict(False, "worse than the baseline", (("settings", "a", "b"),))
    return write(Run("smoke", "2030-01-01 00:00", {"model": "m"}, tuple(systems), verdict, trust, documents), folder)


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest, chromium: Browser, report: Path) -> Iterator[Page]:
    context = chromium.new_context(color_scheme=request.param, viewport={"width": 1280, "height": 900})
    opened, faults = context.new_page(), []
    opened.on("request", lambda asked: faults.append(asked.url) if not asked.url.startswith("file:") else None)
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    opened.goto(report.as_uri())
    yield opened
    assert opened.title().startswith("Témoin eval")
    context.close()
    assert not faults, faults


def test_only_failed(page: Page) -> None:
    everything = page.locator("details.case:visible").count()
    page.get_by_role("button", name="Only failed").click()
    failed = page.locator("details.case:visible")
    assert 0 < failed.count() < everything == len(small_set())
    assert page.locator("details.case.failed:visible").count() == failed.count()
    page.get_by_label("Search").fill("QUAND LE PÔNT")
    assert failed.count() == 1


def test_by_language_pair(page: Page) -> None:
    pair = page.get_by_role("combobox", name="Language pair")
    shown = page.locator("details.case:visible")
    pair.select_option("en→fr")
    assert [one.get_attribute("id") for one in shown.all()] == ["c4"]
    pair.select_option("no passage to cite")
    assert [one.get_attribute("id") for one in shown.all()] == ["u1", "u2"]
    page.get_by_label("Search").fill("painted")
    assert shown.count() == 1 and page.get_by_role("status").inner_text() == f"1 of {len(small_set())}"
    page.get_by_label("Search").fill("")
    pair.select_option("all")
    assert shown.count() == len(small_set())


def test_all_figures_of_a_part_are_a_click_away(page: Page) -> None:
    table = page.get_by_role("region", name="Language pair: all figures")
    assert not table.is_visible()
    page.get_by_text("All figures by language pair").click()
    assert table.get_by_role("rowheader", name="Citation precision").is_visible()
    assert table.get_by_role("columnheader").all_inner_texts() == ["Figure", "fr→fr", "en→fr", "en→en"]


def test_a_document_opens_at_its_citation(page: Page) -> None:
    page.locator("details.case").first.locator("summary").click()
    page.get_by_role("button", name="whole document").first.click()
    assert page.locator("#reader mark").inner_text() == "Il mesure 340 mètres."
    assert "Le pont de Valmont a ouvert en 2019." in page.locator("#reader-text").inner_text()
    assert page.locator("#reader img").count() == 0
    page.keyboard.press("Escape")
    assert not page.locator("#reader").is_visible()


def test_a_link_to_a_case_opens_it(page: Page, report: Path) -> None:
    page.goto(f"{report.as_uri()}#c4")
    page.reload()
    assert page.locator("details#c4[open]").count() == 1


def test_it_fits_a_phone_and_can_be_read_by_everyone(page: Page) -> None:
    for summary in page.locator("details.whole > summary").all():
        summary.click()
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]})
    assert [violation["id"] for violation in found.response["violations"]] == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
