"""Following a folder: nothing is missed, whatever else is going on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rag import watching
from rag.errors import CorpusError, LibraryError, RagError
from rag.index.lock import Busy
from rag.watching import follow


class Watch:
    """Follows a folder in a thread; a sync is a listing of it."""

    def __init__(self, corpus: Path) -> None:
        self.corpus = corpus
        self.listings: list[list[str]] = []
        self.complaints: list[RagError] = []
        self.raised: RagError | None = None
        self.during: Callable[[], None] = lambda: None  # what happens while a sync is at work
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def sync(self) -> None:
        listing = sorted(file.name for file in self.corpus.iterdir()) if self.corpus.is_dir() else None
        self.during()
        if not listing:
            raise CorpusError("no documents")
        self.listings.append(listing)

    def _run(self) -> None:
        try:
            follow(self.corpus, self.sync, self.complaints.append, stop=self._stop)
        except RagError as error:
            self.raised = error

    @contextmanager
    def running(self) -> Iterator[None]:
        self._thread.start()
        try:
            yield
        finally:
            self.stop()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(10)
        assert not self._thread.is_alive()

    def until(self, true: Callable[[], object]) -> None:
        end = time.monotonic() + 10
        while not true():
            assert time.monotonic() < end, (self.listings, self.complaints)
            time.sleep(0.02)


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watch:
    monkeypatch.setattr(watching, "RETRY", 0.3)
    (tmp_path / "corpus").mkdir()
    return Watch(tmp_path / "corpus")


def test_what_is_there_is_taken_in_and_then_what_comes(watched: Watch) -> None:
    (watched.corpus / "a.txt").write_text("a")
    with watched.running():
        watched.until(lambda: watched.listings == [["a.txt"]])
        (watched.corpus / "b.txt").write_text("b")
        watched.until(lambda: watched.listings[-1] == ["a.txt", "b.txt"])
    assert not watched.complaints


def test_a_file_that_comes_during_the_first_sync_is_not_missed(watched: Watch) -> None:
    (watched.corpus / "a.txt").write_text("a")
    watched.during = lambda: (watched.corpus / "b.txt").write_text("b") and None
    with watched.running():
        watched.until(lambda: watched.listings and watched.listings[-1] == ["a.txt", "b.txt"])
    assert watched.listings[0] == ["a.txt"]


def test_an_empty_folder_is_followed(watched: Watch) -> None:
    with watched.running():
        watched.until(lambda: watched.complaints)
        (watched.corpus / "a.txt").write_text("a")
        watched.until(lambda: watched.listings == [["a.txt"]])
    assert [str(error) for error in watched.complaints] == ["no documents"]


def test_a_busy_library_is_tried_again_without_another_change(watched: Watch) -> None:
    (watched.corpus / "a.txt").write_text("a")
    tries = iter([Busy("busy"), Busy("busy"), None])

    def busy() -> None:
        if error := next(tries, None):
            raise error

    watched.during = busy
    with watched.running():
        watched.until(lambda: watched.listings == [["a.txt"]])
    assert [str(error) for error in watched.complaints] == ["busy"], "said once"


def test_what_is_hidden_is_not_followed(watched: Watch) -> None:
    (watched.corpus / "a.txt").write_text("a")
    watched.during = lambda: (watched.corpus / ".index").write_text("the index may lie in the corpus") and None
    with watched.running():
        watched.until(lambda: watched.listings)
        time.sleep(0.8)
    assert len(watched.listings) == 1


def test_another_failure_of_the_first_sync_ends_it_and_a_later_one_does_not(watched: Watch) -> None:
    def broken() -> None:
        raise LibraryError("made by another model")

    (watched.corpus / "a.txt").write_text("a")
    with watched.running():
        watched.until(lambda: watched.listings)
        watched.during = broken
        (watched.corpus / "b.txt").write_text("b")
        watched.until(lambda: watched.complaints)
        watched.during = lambda: None
        (watched.corpus / "c.txt").write_text("c")
        watched.until(lambda: len(watched.listings) == 2)
    other = Watch(watched.corpus)
    other.during = broken
    with other.running():
        other.until(lambda: other.raised)
    assert str(other.raised) == "made by another model"


def test_a_folder_that_is_not_there_or_goes_away_ends_it(watched: Watch, tmp_path: Path) -> None:
    (watched.corpus / "a.txt").write_text("a")
    with watched.running():
        watched.until(lambda: watched.listings)
        (watched.corpus / "a.txt").unlink()
        watched.corpus.rmdir()
        watched.until(lambda: watched.raised)
    missing = Watch(tmp_path / "nowhere")
    with missing.running():
        missing.until(lambda: missing.raised)
