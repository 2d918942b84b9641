"""An index that was damaged, outdated, interrupted or left behind, and who may write it."""

from __future__ import annotations

import os

import pytest
from filelock import FileLock

from rag.errors import LibraryError
from tests.shelf import Shelf, WordEmbedder


def test_another_embedder_is_refused_until_rebuilt(shelf: Shelf) -> None:
    shelf.sync()
    shelf.embedder = WordEmbedder("other words")
    with pytest.raises(LibraryError, match=r"--rebuild"):
        shelf.open()
    report = shelf.sync(rebuild=True)
    assert report.embedded == 7
    assert shelf.store.count() == 7
    with shelf.open() as library:
        assert library.catalog.rows("SELECT count(*) FROM vectors") == [(7,)], "the other model's vectors are gone"


def test_a_rebuild_with_the_same_embedder_embeds_nothing(shelf: Shelf) -> None:
    shelf.sync()
    report = shelf.sync(rebuild=True)
    assert report.embedded == 0
    assert report.documents == 3
    assert shelf.store.count() == 7


def test_a_damaged_catalog_is_named_and_rebuilt(shelf: Shelf) -> None:
    shelf.sync()
    for file in shelf.settings.index.glob("catalog.sqlite3*"):
        file.unlink()
    (shelf.settings.index / "catalog.sqlite3").write_bytes(os.urandom(40_000))
    with pytest.raises(LibraryError, match=r"damaged.*--rebuild"):
        shelf.open()
    assert shelf.sync(rebuild=True).documents == 3


def test_one_writer_at_a_time(shelf: Shelf) -> None:
    shelf.sync()
    lock = FileLock(shelf.settings.index / "writer.lock")
    with lock, shelf.open() as library:
        with pytest.raises(LibraryError, match="another process is writing"):
            library.sync()
        with pytest.raises(LibraryError, match="another process is writing"):
            library.add_file("new.txt", b"A new bridge.")
        with pytest.raises(LibraryError, match="another process is writing"):
            library.remove_document("bridge.txt")
        assert library.find("baker")
    assert not (shelf.corpus / "new.txt").exists()
    assert (shelf.corpus / "bridge.txt").exists()


def test_what_was_embedded_before_a_failure_is_not_embedded_again(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.intake.GATHER", 2)
    whole = shelf.embedder.encode_passages

    def failing(texts: list[str]):
        if len(shelf.embedder.passages) >= 4:
            raise KeyboardInterrupt
        return whole(texts)

    shelf.embedder.encode_passages = failing  # type: ignore[method-assign,assignment]
    with pytest.raises(KeyboardInterrupt):
        shelf.sync()
    first = list(shelf.embedder.passages)
    shelf.embedder.encode_passages = whole  # type: ignore[method-assign]
    report = shelf.sync()
    assert report.embedded == 7 - len(first)
    assert not set(first) & set(shelf.embedder.passages)


def test_a_store_behind_is_brought_into_step_when_opened(shelf: Shelf) -> None:
    shelf.store.fails_after = 0
    with pytest.raises(RuntimeError):
        shelf.sync()
    shelf.store.fails_after = None
    with shelf.open():
        assert shelf.store.count() == 7


def test_a_store_that_lost_rows_is_filled_again_at_the_next_change(shelf: Shelf) -> None:
    shelf.sync()
    shelf.store.rows.popitem()
    (shelf.corpus / "new.txt").write_text("A new station opened.", "utf-8")
    shelf.sync()
    assert shelf.store.count() == 8
