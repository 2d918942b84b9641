"""The library on a real Chroma, in its folder and on a real server: written, lost, damaged, worn."""

from __future__ import annotations

import os
import shutil
import threading
import time
from pathlib import Path

import pytest

from rag.settings import Settings
from tests.chroma import agrees, nearest, opened
from tests.shelf import fill, prose, settings_in

ROOT = Path(__file__).parents[2]


def spelt(number: int) -> str:
    """A word for a number: figures would be compared with each other for disagreements."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


@pytest.fixture(params=["embedded", "server"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """A corpus of three documents, with each kind of Chroma."""
    others: dict[str, object] = {}
    if request.param == "server":
        name = f"temoin-{os.urandom(4).hex()}"
        others = {"chroma_url": request.getfixturevalue("server").url, "collection": name}
    made = settings_in(tmp_path, **others)
    fill(made.corpus)
    return made


def test_a_corpus_through_its_life(settings: Settings) -> None:
    with opened(settings) as library:
        assert library.sync().documents == 3
        agrees(library)
        assert nearest(library, "It opens on Monday.") == "It opens on Monday."
    with opened(settings) as library:
        assert library.sync().unchanged == 3
        (settings.corpus / "bridge.txt").unlink()
        (settings.corpus / "library.txt").write_text("The library of Valmont burnt down.", "utf-8")
        library.sync()
        agrees(library)
        library.add_file("new.txt", b"A ferry crosses the river now.")
        assert nearest(library, "A ferry crosses the river now.").startswith("A ferry")
        library.remove_document("new.txt")
        agrees(library)
    with opened(settings, rebuild=True) as library:
        report = library.sync()
        assert (report.documents, report.embedded) == (2, 0)
        agrees(library)


def test_searching_while_another_thread_writes(settings: Settings) -> None:
    failures: list[Exception] = []
    stop = threading.Event()
    with opened(settings) as library:
        library.sync()

        def search() -> None:
            question = library.embedder.encode_queries(["the bridge"])[0]
            while not stop.is_set():
                try:
                    library.vectors.search(question, 3)
                    library.find("bridge")
                except Exception as error:
                    failures.append(error)

        searching = threading.Thread(target=search)
        searching.start()
        for number in range(3):
            text = prose(900, number)
            (settings.corpus / f"note{number}.txt").write_text(text, "utf-8")
            library.sync()
        stop.set()
        searching.join()
        assert not failures
        assert library.vectors.count() == library.catalog.counts().searchable


def test_a_lost_chroma_is_filled_again_from_the_catalog(tmp_path: Path) -> None:
    """Of the folder; a server that lost its collections: test_store_servers."""
    settings = settings_in(tmp_path)
    fill(settings.corpus)
    with opened(settings) as library:
        library.sync()
    shutil.rmtree(settings.index / "chroma")
    with opened(settings) as library:
        assert library.sync().embedded == 0
        agrees(library)


def test_a_damaged_chroma_left_by_a_killed_writer_is_made_anew(tmp_path: Path) -> None:
    """Of the folder: the files of a server are the server's own."""
    settings = settings_in(tmp_path)
    fill(settings.corpus)
    with opened(settings) as library:
        library.sync()
        agrees(library)
    for file in (settings.index / "chroma").rglob("*.bin"):
        file.write_bytes(os.urandom(5000))
    (settings.index / "chroma" / "chroma.sqlite3").write_bytes(os.urandom(50_000))
    (settings.index / "chroma.writing").touch()
    with opened(settings) as library:
        agrees(library)


def test_a_bulk_is_not_replayed_at_the_next_start(tmp_path: Path) -> None:
    """Of the folder: a server replays when it starts, not when we do."""
    settings = settings_in(tmp_path)
    lines = [f"Bridge {spelt(n)} was painted in the colour {spelt(n % 17)}." for n in range(3_000)]
    fill(settings.corpus, {f"part{n}.txt": "\n\n".join(lines[n::5]) for n in range(5)})
    with opened(settings) as library:
        library.sync()
        assert library.vectors.count() == 3_000
    with opened(settings) as library:
        question = library.embedder.encode_queries(["Bridge h"])[0]
        library.vectors.count()
        started = time.perf_counter()
        library.vectors.search(question, 5, "en")
        assert time.perf_counter() - started < 1.0, "replaying 3,000 rows takes seconds"


def test_a_store_worn_by_deletions_is_made_anew_when_opened(settings: Settings) -> None:
    """Each round replaces most notes: the gaps in Chroma's graph must not pile up, they cost rows in the end."""
    for turn in range(6):
        for number in range(20):
            text = prose(30, (turn, number))
            (settings.corpus / f"note{number}.txt").write_text(text, "utf-8")
        with opened(settings) as library:
            assert len(library.sync().changed) == (20 if turn else 0)
    with opened(settings) as library:
        gaps = library.catalog.store_deleted(library.vectors.store, library.vectors.token)
        assert gaps < library.vectors.count()
        agrees(library)
