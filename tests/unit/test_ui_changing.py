"""Changing the documents from the page: what is reported, in the page's language, and the state of each file."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from lxml import html
from pypdf import PdfWriter

from rag.errors import CorpusError, LibraryError, ModelUnavailable, QuestionError, RagError, UnreadableFile
from rag.index.lock import Busy
from rag.ingestion import readers
from rag.ingestion.uploads import safe_name
from rag.types import Language
from rag.ui.changing import adding, removing, render_refused, syncing
from rag.ui.faults import because, folded, unread
from rag.ui.shelves import listed
from rag.ui.texts import TEXTS
from tests.town import FakeLibrary


def locked_pdf() -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    writer.encrypt("secret")
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("song.mp3", b"ID3", "file_kind"),
        ("large.txt", b"a word " * 2000, "file_large"),
        ("empty.txt", b" \n", "file_empty"),
        ("locked.pdf", locked_pdf(), "file_locked"),
        ("broken.pdf", b"%PDF-1.7 and no more", "file_damaged"),
        ("broken.docx", b"PK", "file_damaged"),
        ("binary.txt", bytes(range(256)), "file_encoding"),
        ("gone.txt", None, "file_other"),
    ],
)
def test_what_a_reader_says_is_known_to_the_page(tmp_path: Path, name: str, content: bytes | None, key: str) -> None:
    """The page knows reasons by how they are worded: this is where the two are held together."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableFile) as caught:
        readers.read(tmp_path / name, tmp_path, {}, max_bytes=10_000)
    assert (unread(str(caught.value), "fr"), because(caught.value, "en")) == TEXTS[key]


def test_a_name_of_a_wrong_kind_is_known_too() -> None:
    with pytest.raises(UnreadableFile) as caught:
        safe_name("song.mp3")
    assert because(caught.value, "fr") == TEXTS["file_kind"][0]


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (QuestionError("x"), "because_question"),
        (ModelUnavailable("x"), "because_model"),
        (Busy("x"), "because_busy"),
        (LibraryError("x"), "because_library"),
        (CorpusError("x"), "because_corpus"),
        (RagError("x"), "because_other"),
        (OSError("x"), "because_other"),
    ],
)
def test_every_kind_of_error_has_a_sentence(error: Exception, key: str) -> None:
    assert (because(error, "fr"), because(error, "en")) == TEXTS[key]


def test_the_program_s_own_words_are_folded_and_marked_english() -> None:
    details = html.fromstring(folded("<b>no</b>", "fr"))
    assert details.find("summary").text == "Détail technique, en anglais"
    assert (details.find("span").get("lang"), details.find("span").text) == ("en", "<b>no</b>")
    assert folded("", "fr") == ""


def report_of(markup: str) -> list[str]:
    return [p.text_content() for p in html.fromstring(f"<div>{markup}</div>").findall("p")]


def test_a_file_that_is_not_added_is_explained_in_the_page_s_language(tmp_path: Path) -> None:
    def files() -> list[Path]:
        for name, text in (("vide.txt", " "), ("moulin.txt", "Le moulin est vieux.")):
            (tmp_path / name).write_text(text, encoding="utf-8")
        return [tmp_path / "vide.txt", tmp_path / "moulin.txt"]

    *_, french = adding(FakeLibrary(), files(), "fr")
    assert report_of(french) == [f"Non ajouté : vide.txt ({TEXTS['file_empty'][0]})", "Ajouté : moulin.txt"]
    *_, english = adding(FakeLibrary(), files(), "en")
    assert report_of(english)[0] == f"Not added: vide.txt ({TEXTS['file_empty'][1]})"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("language", "said"), [("fr", "un autre programme écrit"), ("en", "another program is writing")])
def test_a_busy_index_is_explained_in_the_page_s_language(language: Language, said: str) -> None:
    class BusyLibrary(FakeLibrary):
        def sync(self):
            raise Busy("another process is writing the index in x; wait until it is done")

        def remove_document(self, document_id: str) -> None:
            self.sync()

    for report in (syncing(BusyLibrary(), language), removing(BusyLibrary(), "gazette", language)):
        (line,) = report_of(report)
        assert said in line
        assert "another process" not in line


def test_each_file_s_state_is_listed() -> None:
    library = FakeLibrary(failed=(("scan.pdf", "holds no text; is it a scan?"), ("herald.txt", "damaged PDF (x); save it")))
    rows = [row.text_content() for row in html.fromstring(listed(library, "fr", changeable=False)).findall("li")]
    assert rows[0].startswith(f"scan.pdfn’a pas pu être lu : {TEXTS['file_empty'][0]}")
    assert "gazette.txt · indexé" in rows[1]
    assert "herald.txt · index" not in rows[2]
    assert f"indexé dans sa version d’avant ; l’actuelle n’a pas pu être lue : {TEXTS['file_damaged'][0]}" in rows[2]


def test_a_library_of_unreadable_files_only_still_lists_them() -> None:
    library = FakeLibrary({}, failed=(("scan.pdf", "holds no text"),))
    assert "scan.pdf" in listed(library, "en", changeable=True)


def test_what_the_browser_did_not_send_is_explained_and_stays_text() -> None:
    evil = "<img src=x>.mp3"
    markup = render_refused([[evil, "kind"], ["big.pdf", "large"], ["more.pdf", "sum"], ["x", "other"]], 20, "fr")
    box = html.fromstring(markup)
    assert (box.get("data-most"), box.get("data-kinds").split()[0]) == (str(20 * 2**20), ".txt")
    assert [p.text for p in box.findall("p")] == [
        f"Non ajouté : {evil} ({TEXTS['file_kind'][0]})",
        f"Non ajouté : big.pdf ({TEXTS['file_large'][0]})",
        "Non ajouté : more.pdf (trop grand avec les autres, 20 Mo au plus à la fois ; ajoutez-le à part)",
    ]
