"""What is new, changed, renamed or gone; nothing is opened that need not be."""

import os
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from rag.errors import CorpusError
from rag.ingestion.cards import Card
from rag.ingestion.changes import Changes, FileState, scan


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name in ("a.txt", "b.md", "sous/c.txt"):
        put(folder, name, f"Le texte de {name}.")
    return folder


def put(folder: Path, name: str, content: str, age: float = 60.0) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    then = time.time() - age
    os.utime(path, (then, then))
    return path


def states(changes: Changes) -> Mapping[str, FileState]:
    return changes.states


def test_first_scan_adds_all(corpus: Path) -> None:
    changes = scan(corpus, {})
    assert changes.added == ("a.txt", "b.md", "sous/c.txt")
    assert changes.work
    assert len(changes.states["a.txt"].sha256) == 64


def test_second_scan_opens_nothing(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = states(scan(corpus, {}))
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("a file was opened"))
    changes = scan(corpus, known)
    assert changes.unchanged == ("a.txt", "b.md", "sous/c.txt")
    assert not changes.work
    assert changes.states == known


def test_changes_of_every_kind_at_once(corpus: Path) -> None:
    known = states(scan(corpus, {}))
    put(corpus, "a.txt", "Un autre texte.", age=30)
    (corpus / "b.md").rename(corpus / "renommé.md")
    (corpus / "sous/c.txt").unlink()
    put(corpus, "d.txt", "Un nouveau texte.")
    changes = scan(corpus, known)
    assert changes.changed == ("a.txt",)
    assert changes.renamed == (("b.md", "renommé.md"),)
    assert changes.removed == ("sous/c.txt",)
    assert changes.added == ("d.txt",)
    assert changes.unchanged == ()


def test_a_touched_file_is_unchanged_and_its_new_time_remembered(corpus: Path) -> None:
    known = states(scan(corpus, {}))
    os.utime(corpus / "a.txt", (1, 1))
    changes = scan(corpus, known)
    assert "a.txt" in changes.unchanged
    assert changes.states["a.txt"].mtime_ns == 1_000_000_000


def test_same_size_and_second_but_just_written_is_seen(corpus: Path) -> None:
    path = corpus / "a.txt"
    path.write_text("Version une.")
    known = states(scan(corpus, {}))
    stamp = path.stat().st_mtime_ns
    path.write_text("Version deux")
    os.utime(path, ns=(stamp, stamp))
    assert scan(corpus, known).changed == ("a.txt",)


def test_a_copy_is_added_not_renamed(corpus: Path) -> None:
    known = states(scan(corpus, {}))
    put(corpus, "copie.txt", "Le texte de a.txt.")
    changes = scan(corpus, known)
    assert changes.added == ("copie.txt",)
    assert changes.renamed == ()


def test_a_changed_card_changes_its_document_only(corpus: Path) -> None:
    cards = {"a.txt": Card(title="A"), "b.md": Card(title="B")}
    known = states(scan(corpus, {}, cards=cards))
    assert scan(corpus, known, cards=cards).changed == ()
    assert scan(corpus, known, cards={**cards, "a.txt": Card(title="A, corrigé")}).changed == ("a.txt",)
    assert scan(corpus, known, cards={"b.md": Card(title="B")}).changed == ("a.txt",)


def test_what_is_passed_over(corpus: Path) -> None:
    put(corpus, "sources.toml", "")
    put(corpus, "examples.toml", "")
    put(corpus, ".caché.txt", "x")
    put(corpus, ".git/x.txt", "x")
    put(corpus, "image.png", "x")
    os.mkfifo(corpus / "tube.txt")
    changes = scan(corpus, {})
    assert changes.added == ("a.txt", "b.md", "sous/c.txt")
    assert changes.ignored == ("image.png",)
    assert changes.refused == ()


def test_links_are_followed_once(corpus: Path, tmp_path: Path) -> None:
    put(tmp_path, "ailleurs/e.txt", "Un texte ailleurs.")
    (corpus / "lien").symlink_to(tmp_path / "ailleurs")
    (corpus / "sous" / "boucle").symlink_to(corpus)
    (corpus / "soi.txt").symlink_to(corpus / "soi.txt")
    (corpus / "rompu.txt").symlink_to(corpus / "nulle-part.txt")
    assert scan(corpus, {}).added == ("a.txt", "b.md", "lien/e.txt", "sous/c.txt")


def test_a_large_file_is_refused_and_what_is_known_of_it_stays(corpus: Path) -> None:
    known = states(scan(corpus, {}))
    with (corpus / "a.txt").open("r+b") as stream:
        stream.truncate(200 * 2**20)
    changes = scan(corpus, known)
    assert [path for path, _ in changes.refused] == ["a.txt"]
    assert "200.0 MB is over the limit of 50 MB" in changes.refused[0][1]
    assert changes.removed == ()
    assert changes.unchanged == ("b.md", "sous/c.txt")


def test_a_folder_that_cannot_be_opened_loses_nothing(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = states(scan(corpus, {}))
    real = os.scandir

    def closed(path: str) -> object:
        if str(path).endswith("sous"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", closed)
    changes = scan(corpus, known)
    assert changes.refused == (("sous/", "it cannot be opened (Permission denied); check its rights"),)
    assert changes.removed == ()


def test_a_name_that_is_not_utf8_is_refused(corpus: Path) -> None:
    with open(os.fsencode(corpus) + b"/caf\xe9.txt", "wb") as stream:  # noqa: PTH123
        stream.write(b"Le texte.")
    ((path, why),) = scan(corpus, {}).refused
    assert "rename it" in why
    assert "caf" in path
    path.encode()


def test_no_corpus_is_an_error_not_an_empty_index(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="does not exist; create it"):
        scan(tmp_path / "away", {})
    with pytest.raises(CorpusError, match="no documents in"):
        scan(tmp_path, {})
    file = put(tmp_path, "image.png", "x")
    with pytest.raises(CorpusError, match=r"1 file of another kind.*\.docx"):
        scan(tmp_path, {})
    with pytest.raises(CorpusError, match="is a file"):
        scan(file, {})


def test_ten_thousand_unchanged_files_take_under_two_seconds(tmp_path: Path) -> None:
    for number in range(10_000):
        folder = tmp_path / str(number // 500)
        folder.mkdir(exist_ok=True)
        path = folder / f"{number}.txt"
        path.write_bytes(b"Le pont numero %d." % number)
        os.utime(path, (1_000_000, 1_000_000))
    known = states(scan(tmp_path, {}))
    assert len(known) == 10_000
    began = time.perf_counter()
    changes = scan(tmp_path, known)
    seconds = time.perf_counter() - began
    assert len(changes.unchanged) == 10_000
    assert seconds < 2
