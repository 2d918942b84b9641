"""The documents tab: what there is, adding, deleting, searching, contradictions, the timeline."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import tab
from tests.town import NO_REPLY

pytestmark = pytest.mark.browser


def test_the_documents_are_listed_and_open(visit: Callable[..., Page]) -> None:
    page = visit()
    tab(page, "Documents")
    row = page.locator(".shelf > li", has_text="Le pont de Valmont rouvre")
    expect(row).to_contain_text("La Gazette de Valmont · 4 May 2021 · French · 35 sentences")
    row.get_by_role("link").click()
    expect(page.locator("#panel .document .text")).to_contain_text("La bibliothèque municipale compte")
    expect(page.locator("#panel mark")).to_have_count(0)


def test_files_are_added_and_bad_ones_named(visit: Callable[..., Page], tmp_path: Path) -> None:
    page = visit()
    good = tmp_path / "bakery <b>news<b>.txt"
    good.write_text("The bakery opens at six.", encoding="utf-8")
    empty = tmp_path / "empty.txt"
    empty.write_text(" ", encoding="utf-8")
    tab(page, "Documents")
    page.locator("input[type=file]").set_input_files([good, empty])
    expect(page.locator("#report")).to_contain_text("Not added: empty.txt: the file is empty")
    expect(page.locator("#report")).to_contain_text("Added: bakery")
    row = page.locator(".shelf > li", has_text="The bakery opens at six")
    expect(row).to_be_visible()
    row.get_by_role("button", name="Delete").click()
    expect(row).to_be_visible()
    row.get_by_text("Delete the file too?").click()
    expect(row).to_have_count(0)
    expect(page.locator("#report")).to_contain_text("Deleted")


def test_dropped_files_go_the_same_way(visit: Callable[..., Page]) -> None:
    page = visit()
    tab(page, "Documents")
    data = page.evaluate_handle(
        """() => { const data = new DataTransfer();
                   data.items.add(new File(['The mill is old.'], 'mill.txt', {type: 'text/plain'})); return data; }"""
    )
    page.locator("#shelf .drop").dispatch_event("drop", {"dataTransfer": data})
    row = page.locator(".shelf > li", has_text="The mill is old")
    expect(row).to_be_visible()
    row.get_by_role("button", name="Delete").click()
    row.get_by_text("Delete the file too?").click()
    expect(row).to_have_count(0)


def test_a_file_of_another_kind_is_refused(visit: Callable[..., Page], tmp_path: Path) -> None:
    page = visit()
    bad = tmp_path / "music.mp3"
    bad.write_bytes(b"ID3")
    tab(page, "Documents")
    page.locator("input[type=file]").set_input_files([bad])
    page.wait_for_timeout(500)
    expect(page.locator(".shelf > li", has_text="music")).to_have_count(0)


def test_sentences_are_found_and_opened(visit: Callable[..., Page]) -> None:
    page = visit()
    tab(page, "Documents")
    page.get_by_label("Search the documents").fill("mayor")
    hit = page.locator(".shelf > li", has_text=NO_REPLY.quote)
    expect(hit).to_be_visible()
    hit.get_by_role("link").click()
    expect(page.locator("#panel mark.here")).to_have_text(NO_REPLY.quote)
    page.get_by_label("Search the documents").fill("zeppelin")
    expect(page.locator("#shelf")).to_contain_text("No sentence holds these words.")


def test_contradictions_and_timeline_are_views(visit: Callable[..., Page]) -> None:
    page = visit("fr-FR")
    tab(page, "Documents")
    page.get_by_role("button", name="Contradictions").click()
    expect(page.locator("#shelf .disagreement blockquote")).to_have_count(2)
    page.get_by_role("button", name="Chronologie").click()
    expect(page.locator(".timeline time").first).to_have_text("mai 2021")
    expect(page.locator(".timeline time").nth(1)).to_have_text("3 mai 2021")
    expect(page.get_by_role("button", name="Chronologie")).to_have_attribute("aria-pressed", "true")


def test_reindexing_reports_what_was_left_out(visit: Callable[..., Page]) -> None:
    page = visit()
    tab(page, "Documents")
    page.get_by_role("button", name="Re-index").click()
    expect(page.locator("#report")).to_contain_text("scan.pdf: no text in it")
