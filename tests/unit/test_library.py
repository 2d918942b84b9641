"""A corpus folder and its index: what is added, changed, renamed and removed."""

from __future__ import annotations

import os
import random
import shutil
import time
from pathlib import Path

import pytest

from rag.errors import CorpusError
from rag.index.catalog import Catalog
from rag.ingestion import readers
from rag.library import Progress
from tests.shelf import FILES, Shelf, fill


def age(file: Path) -> None:
    """Make a file look written a minute ago: the scan does not trust younger times."""
    then = time.time() - 60
    os.utime(file, (then, then))


def test_the_first_sync(shelf: Shelf) -> None:
    report = shelf.sync()
    assert report.added == tuple(sorted(FILES))
    assert (report.documents, report.sentences, report.embedded) == (3, 7, 7)
    assert shelf.store.count() == 7
    with shelf.open() as library:
        for source in library.sources():
            text = library.document(source.id).text
            assert text == FILES[source.path]
            for sentence in library.sentences(source.id):
                assert text[sentence.start : sentence.end] == sentence.text


def test_a_second_sync_embeds_and_writes_nothing(shelf: Shelf) -> None:
    shelf.sync()
    before = dict(shelf.store.rows)
    report = shelf.sync()
    assert report.unchanged == 3
    assert report.embedded == 0
    assert not shelf.embedder.passages
    assert (report.added, report.changed, report.renamed, report.removed) == ((), (), (), ())
    assert shelf.store.rows == before


def test_only_the_new_sentence_of_a_changed_file_is_embedded(shelf: Shelf) -> None:
    shelf.sync()
    file = shelf.corpus / "library.txt"
    file.write_text(FILES["library.txt"] + "It is closed on Sunday.\n", "utf-8")
    report = shelf.sync()
    assert report.changed == ("library.txt",)
    assert shelf.embedder.passages == ["It is closed on Sunday."]
    assert shelf.store.count() == 8
    assert shelf.holds()["library.txt"][-1] == "It is closed on Sunday."


def test_a_renamed_file_keeps_its_sentences(shelf: Shelf) -> None:
    shelf.sync()
    with shelf.open() as library:
        ids = library.catalog.sentence_ids("bridge.txt")
    (shelf.corpus / "bridge.txt").rename(shelf.corpus / "le pont (été).txt")
    report = shelf.sync()
    assert report.renamed == (("bridge.txt", "le pont (été).txt"),)
    assert report.embedded == 0
    with shelf.open() as library:
        assert library.catalog.sentence_ids("le pont (été).txt") == ids
    assert {row[2] for row in shelf.store.rows.values()} == {"le pont (été).txt", "library.txt", "pont.txt"}


def test_a_removed_file_leaves_the_index(shelf: Shelf) -> None:
    shelf.sync()
    (shelf.corpus / "bridge.txt").unlink()
    assert shelf.sync().removed == ("bridge.txt",)
    assert shelf.store.count() == 5
    with shelf.open() as library:
        assert library.find("baker") == ()
        assert library.catalog.rows("SELECT count(*) FROM vectors") == [(5,)]


def test_names_that_change_places(shelf: Shelf) -> None:
    shelf.sync()
    one, two, aside = (shelf.corpus / name for name in ("bridge.txt", "library.txt", "aside.tmp"))
    one.rename(aside)
    two.rename(one)
    aside.rename(two)
    report = shelf.sync()
    assert report.embedded == 0
    assert shelf.holds()["bridge.txt"][0].startswith("The library")
    assert shelf.holds()["library.txt"][0].startswith("The bridge")


def test_another_card_is_taken_over_without_embedding(shelf: Shelf) -> None:
    shelf.sync()
    card = '[[document]]\nfile = "bridge.txt"\nid = "bridge"\ntitle = "The bridge"\nlanguage = "en"\ndate = "2021-05"\n'
    (shelf.corpus / "sources.toml").write_text(card, "utf-8")
    report = shelf.sync()
    assert report.changed == ("bridge.txt",)
    assert report.embedded == 0
    with shelf.open() as library:
        assert library.document("bridge").source.title == "The bridge"
        assert len(library.sources()) == 3


def test_an_id_used_twice_is_named_and_the_others_go_on(shelf: Shelf) -> None:
    (shelf.corpus / "sources.toml").write_text('[[document]]\nfile = "bridge.txt"\nid = "pont"\n', "utf-8")
    (shelf.corpus / "pont.txt").rename(shelf.corpus / "pont.md")
    (shelf.corpus / "pont").mkdir()
    assert not shelf.sync().failed
    cards = '[[document]]\nfile = "bridge.txt"\nid = "taken"\n'
    (shelf.corpus / "sources.toml").write_text(cards, "utf-8")
    shelf.sync()
    with shelf.open() as library:
        assert {source.id for source in library.sources()} == {"taken", "library.txt", "pont.md"}


def test_unreadable_files_are_named_and_the_others_go_on(shelf: Shelf) -> None:
    (shelf.corpus / "empty.txt").write_text("")
    (shelf.corpus / "broken.pdf").write_bytes(b"%PDF-1.7 nothing follows")
    (shelf.corpus / "binary.txt").write_bytes(bytes(range(256)) * 20)
    report = shelf.sync()
    assert {path for path, _ in report.failed} == {"empty.txt", "broken.pdf", "binary.txt"}
    assert all(reason and "\n" not in reason and not reason.startswith(path) for path, reason in report.failed)
    assert report.documents == 3
    assert report.added == tuple(sorted(FILES))


def test_a_file_that_became_unreadable_keeps_what_the_index_has(shelf: Shelf) -> None:
    shelf.sync()
    (shelf.corpus / "bridge.txt").write_bytes(bytes(range(256)) * 20)
    report = shelf.sync()
    assert [path for path, _ in report.failed] == ["bridge.txt"]
    assert "bridge.txt" in shelf.holds()
    fill(shelf.corpus)
    assert not shelf.sync().failed


def test_an_empty_corpus_never_empties_the_index(shelf: Shelf) -> None:
    shelf.sync()
    shutil.rmtree(shelf.corpus)
    with pytest.raises(CorpusError, match="does not exist"):
        shelf.sync()
    shelf.corpus.mkdir()
    with pytest.raises(CorpusError, match="no documents"):
        shelf.sync()
    assert len(shelf.holds()) == 3


def test_small_files_are_embedded_together(shelf: Shelf) -> None:
    fill(shelf.corpus, {f"note{n}.txt": f"Note number {n} about the harbour." for n in range(100)})
    assert shelf.sync().documents == 103
    assert len(shelf.embedder.calls) == 1


def test_files_of_other_kinds_are_told_of(shelf: Shelf) -> None:
    for name in ("photo.png", "below/setup.exe", "sources.toml", ".hidden.png"):
        fill(shelf.corpus, {name: ""})
    assert shelf.sync().ignored == ("below/setup.exe", "photo.png")


def test_documents_whose_vectors_are_cached_do_not_pile_up(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(shelf.corpus, {f"note{n}.txt": f"Note number {n}. " + "The harbour was dredged in spring. " * 50 for n in range(40)})
    shelf.sync()
    monkeypatch.setattr("rag.intake.WAITING", 5_000)
    read, written, most = readers.read, Catalog.replace, 0
    waiting: list[int] = []

    def counted(*given: object, **named: object):
        nonlocal most
        document = read(*given, **named)  # type: ignore[arg-type]
        waiting.append(len(document.text))
        most = max(most, sum(waiting))
        return document

    def replaced(*given: object, **named: object):
        waiting.pop(0)
        return written(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("rag.ingestion.readers.read", counted)
    monkeypatch.setattr(Catalog, "replace", replaced)
    assert shelf.sync(rebuild=True).embedded == 0
    assert not waiting
    assert most < 5_000 + 2_000


def test_progress_ends_at_its_total(shelf: Shelf) -> None:
    seen: list[Progress] = []
    with shelf.open() as library:
        library.sync(seen.append)
    labels = ("reading", "indexing", "comparing")
    assert {progress.label for progress in seen} == set(labels)
    for label in labels:
        last = [progress for progress in seen if progress.label == label][-1]
        assert last.done == last.total > 0


@pytest.mark.parametrize("seed", range(5))
def test_after_any_history_the_index_is_as_if_made_at_once(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    shelf = Shelf(tmp_path / "long")
    fill(shelf.corpus, {"always.txt": "The station stays."})
    for step in range(8):
        for _ in range(rng.randint(1, 3)):
            file = shelf.corpus / f"note{rng.randint(0, 4)}.txt"
            if file.exists() and rng.random() < 0.3:
                file.unlink()
            elif file.exists() and rng.random() < 0.3:
                file.rename(shelf.corpus / f"moved{step}-{rng.randint(0, 99)}.txt")
            else:
                file.write_text(f"Note {rng.randint(0, 6)} on the harbour. Its ships left at {step}.", "utf-8")
        shelf.sync()
    fresh = Shelf(tmp_path / "fresh")
    shutil.copytree(shelf.corpus, fresh.corpus)
    fresh.sync()
    assert shelf.holds() == fresh.holds()
    assert sorted(row[2] for row in shelf.store.rows.values()) == sorted(row[2] for row in fresh.store.rows.values())
    with shelf.open() as old, fresh.open() as new:
        tables = "SELECT language, term, sentences FROM terms WHERE sentences > 0 ORDER BY 1, 2"
        assert old.catalog.rows(tables) == new.catalog.rows(tables)
        found = [sorted((f.sentence.text, f.score) for f in each.find("harbour ships 3", 1000)) for each in (old, new)]
        assert found[0] == found[1]


def test_unchanged_files_cost_next_to_nothing(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    fill(shelf.corpus, {f"{n // 500}/note{n}.txt": f"Note {n} on the harbour." for n in range(1_000)})
    for file in shelf.corpus.rglob("*.txt"):
        age(file)
    assert shelf.sync().added
    started = time.process_time()
    report = shelf.sync()
    assert report.unchanged == 1_000
    assert time.process_time() - started < 0.5
