"""The documents tab: what there is, adding, deleting, searching, contradictions, the timeline."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import tab
from tests.town import NO_REPLY, REPLY

pytestmark = pytest.mark.browser


def test_the_documents_are_listed_and_open(visit: Callable[..., Page]) -> None:
    page = visit()
    tab(page, "Documents")
    row = page.locator(".shelf > li", has_text="Le pont de Valmont rouvre")
    expect(row).to_contain_text("La Gazette de Valmont · 4 May 2021 · French · 35 sentences")
    row.get_by_role("link").click()
    expect(page.locator("#panel .document .text")).to_contain_text("La bibliothèque municipale compte")
    expect(page.locator("#panel mark")).to_have_count(0)


def _delete(row: Locator, label: str, confirm: str) -> None:
    row.get_by_role("button", name=label).click()
    row.get_by_text(confirm).click()
    expect(row).to_have_count(0)


def test_files_are_added_and_bad_ones_named(visit: Callable[..., Page], tmp_path: Path) -> None:
    page = visit()
    good = tmp_path / "bakery <b>news<b>.txt"
    good.write_text("The bakery opens at six.", encoding="utf-8")
    empty = tmp_path / "empty.txt"
    empty.write_text(" ", encoding="utf-8")
    tab(page, "Documents")
    page.locator("input[type=file]").set_input_files([good, empty])
    expect(page.locator("#report .notice")).to_have_text(
        "Not added: empty.txt (no text in it; if it is a scan, run text recognition on it)"
    )
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
    _delete(row, "Delete", "Delete the file too?")


def test_files_that_cannot_be_sent_are_explained_and_the_others_go_on(visit: Callable[..., Page], tmp_path: Path) -> None:
    page = visit("fr-FR")
    sizes = {"musique.mp3": 3, "énorme.txt": 2 * 2**20 + 1, "moulin.txt": 2**20, "second.txt": 2**20 + 1}
    for name, size in sizes.items():
        (tmp_path / name).write_bytes(("Le moulin." + " " * size).encode()[:size])
    tab(page, "Documents")
    page.locator("input[type=file]").set_input_files([tmp_path / name for name in sizes])
    explained = page.locator("#refused .notice")
    expect(explained).to_have_text(
        [
            "Non ajouté : musique.mp3 (ce genre de fichier n’est pas lu ; enregistrez-le en .txt, .md, .html, .pdf ou .docx)",
            "Non ajouté : énorme.txt (trop grand ; partagez-le en plusieurs fichiers)",
            "Non ajouté : second.txt (trop grand avec les autres, 2 Mo au plus à la fois ; ajoutez-le à part)",
        ]
    )
    row = page.locator(".shelf > li", has_text="Le moulin")
    expect(row).to_have_count(1)
    _delete(row, "Supprimer", "Supprimer aussi le fichier ?")
    page.locator("input[type=file]").set_input_files([tmp_path / "musique.mp3"])
    expect(explained).to_have_count(1)
    expect(page.locator(".shelf > li", has_text="musique")).to_have_count(0)


def test_what_the_server_refuses_is_explained_in_the_page_s_language(visit: Callable[..., Page], tmp_path: Path) -> None:
    page = visit("fr-FR")
    (tmp_path / "vide.txt").write_text(" ", encoding="utf-8")
    tab(page, "Documents")
    page.locator("input[type=file]").set_input_files([tmp_path / "vide.txt"])
    expect(page.locator("#report .notice")).to_contain_text("Non ajouté : vide.txt (aucun texte")
    expect(page.locator("#report .detail [lang=en]")).to_be_hidden()
    page.get_by_text("Détail technique, en anglais").click()
    expect(page.locator("#report .detail [lang=en]")).to_have_text("vide.txt: the file is empty; remove it or fill it")


def test_names_titles_and_texts_full_of_scripts_do_nothing(visit: Callable[..., Page], tmp_path: Path) -> None:
    page = visit()
    evil = tmp_path / "<img src=x onerror=window.pwned=1>.txt"
    evil.write_text("A mill. <script>window.pwned=1</script><img src=x onerror=window.pwned=1>", encoding="utf-8")
    tab(page, "Documents")
    page.locator("input[type=file]").set_input_files([evil])
    expect(page.locator("#report")).to_contain_text("Added: ")
    made = page.locator("#shelf img, #shelf script, #report img, #report script, #panel img, #panel script")
    row = page.locator(".shelf > li", has_text="A mill.")
    for link in (row.get_by_role("link"), page.locator(".shelf > li", has_text="notes.txt").get_by_role("link")):
        link.click()
        expect(page.locator("#panel .document .text")).to_contain_text("<script>window.pwned")
        expect(made).to_have_count(0)
    for view in ("Disagreements", "Timeline", "List"):
        page.get_by_role("button", name=view).click()
        expect(page.get_by_role("button", name=view)).to_have_attribute("aria-pressed", "true")
        expect(made).to_have_count(0)
    page.get_by_label("Search the documents").fill("script")
    expect(page.locator("#shelf blockquote").first).to_contain_text("<script>")
    expect(made).to_have_count(0)
    page.get_by_label("Search the documents").fill("")
    _delete(row, "Delete", "Delete the file too?")
    bad = tmp_path / "<img src=x onerror=window.pwned=1>.mp3"
    bad.write_bytes(b"ID3")
    page.locator("input[type=file]").set_input_files([bad])
    expect(page.locator("#refused .notice")).to_contain_text("<img src=x onerror=window.pwned=1>.mp3")
    expect(page.locator("#refused img")).to_have_count(0)
    assert page.evaluate("window.pwned") is None


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
    sides = page.locator("#shelf .disagreement .side")
    expect(sides.locator("blockquote")).to_have_text([NO_REPLY.quote, REPLY.quote])
    expect(sides.locator("a.place")).to_have_text(
        ["Valmont bridge: what we know, mai 2021", "Le pont de Valmont rouvre, 4 mai 2021"]
    )
    page.get_by_role("button", name="Comparer côte à côte").click()
    expect(page.locator("#panel .compare mark.here")).to_have_text([NO_REPLY.quote, REPLY.quote])
    page.get_by_role("button", name="Chronologie").click()
    expect(page.locator(".timeline time").first).to_have_text("mai 2021")
    expect(page.locator(".timeline time").nth(1)).to_have_text("3 mai 2021")
    expect(page.get_by_role("button", name="Chronologie")).to_have_attribute("aria-pressed", "true")


def test_reindexing_reports_what_was_left_out_and_the_list_keeps_it(visit: Callable[..., Page], town) -> None:
    page = visit()
    tab(page, "Documents")
    page.get_by_role("button", name="Re-index").click()
    said = "no text in it; if it is a scan, run text recognition on it"
    expect(page.locator("#report .notice")).to_have_text(f"scan.pdf ({said})")
    row = page.locator(".shelf > li", has_text="scan.pdf")
    expect(row.locator(".notice")).to_have_text(f"could not be read: {said}")
    expect(page.locator(".shelf > li", has_text="gazette.txt")).to_contain_text("gazette.txt · indexed")
    town.assistant.library.failed = ()
