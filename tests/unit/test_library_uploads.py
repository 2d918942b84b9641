"""Documents added to the corpus folder and deleted from it through the library."""

from __future__ import annotations

import pytest

from rag.errors import LibraryError, UnreadableFile
from tests.shelf import FILES, Shelf, settings_in


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("note.txt", "note.txt"),
        ("../../etc/note.txt", "note.txt"),
        ("C:\\Users\\me\\note.TXT", "note.txt"),
        ("Étude d’été №5.md", "Étude-d’été-№5.md"),
        ("..txt", "document.txt"),
        (".hidden.txt", "hidden.txt"),
        ("con.txt", "document-con.txt"),
        ("a\x00b\u202e.txt", "ab.txt"),
        ("x" * 400 + ".txt", "x" * 180 + ".txt"),
        ("bridge.txt", "bridge-2.txt"),
    ],
)
def test_an_added_file_gets_a_safe_name_of_its_own(shelf: Shelf, name: str, kept: str) -> None:
    shelf.sync()
    with shelf.open() as library:
        source = library.add_file(name, b"The harbour was dredged in spring.")
        assert source.path == kept
        assert library.find("harbour")[0].source == source
    assert (shelf.corpus / "bridge.txt").read_text("utf-8") == FILES["bridge.txt"]
    assert {file.name for file in shelf.corpus.iterdir()} == {*FILES, kept}


@pytest.mark.parametrize(("name", "content"), [("a.exe", b"MZ"), ("a.txt", b""), ("a.pdf", b"%PDF broken"), ("", b"x")])
def test_a_file_that_cannot_be_added_leaves_nothing(shelf: Shelf, name: str, content: bytes) -> None:
    shelf.sync()
    with shelf.open() as library, pytest.raises(UnreadableFile):
        library.add_file(name, content)
    assert {file.name for file in shelf.corpus.iterdir()} == set(FILES)
    assert len(shelf.holds()) == 3


def test_an_upload_over_the_limit(shelf: Shelf) -> None:
    shelf.settings = settings_in(shelf.corpus.parent, upload_mb=1)
    with shelf.open() as library, pytest.raises(UnreadableFile, match="TEMOIN_UPLOAD_MB"):
        library.add_file("big.txt", b"a" * (2**20 + 1))


def test_removing_a_document_deletes_its_file(shelf: Shelf) -> None:
    shelf.sync()
    with shelf.open() as library:
        library.remove_document("bridge.txt")
        assert library.find("baker") == ()
        with pytest.raises(LibraryError, match="no document"):
            library.remove_document("bridge.txt")
    assert not (shelf.corpus / "bridge.txt").exists()
    assert shelf.sync().unchanged == 2


def test_the_library_knows_which_files_it_could_not_read(shelf: Shelf) -> None:
    (shelf.corpus / "scan.pdf").write_bytes(b"%PDF broken")
    with shelf.open() as library:
        assert library.failed == ()
        library.sync()
        assert [path for path, _ in library.failed] == ["scan.pdf"]
        with pytest.raises(UnreadableFile):
            library.add_file("empty.txt", b"")
        assert [path for path, _ in library.failed] == ["scan.pdf"]  # what is not there any more is not listed
        (shelf.corpus / "scan.pdf").unlink()
        library.sync()
        assert library.failed == ()
