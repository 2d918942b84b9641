"""Several processes at one index, and processes that are killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rag.errors import LibraryError
from rag.index.exact import ExactVectors
from tests.chroma import Server, agrees, nearest, opened
from tests.shelf import fill, prose, settings_in

ROOT = Path(__file__).parents[2]


CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from rag.library import Library
from tests.shelf import WordEmbedder, settings_in
with Library.open(settings_in(Path({folder!r})), embedder=WordEmbedder()) as library:
    print("opened", flush=True)
    library.sync()
    print("done", flush=True)
    if {stay}:
        sys.stdin.read()
"""


def child(folder: Path, *, stay: bool = False) -> subprocess.Popen[str]:
    code = CHILD.format(root=str(ROOT), folder=str(folder), stay=stay)
    return subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )


def test_killed_at_any_moment_nothing_is_lost(place: Server | None, tmp_path: Path) -> None:
    """A writer is killed again and again at random moments; each time the next one mends it.

    Fewer times where Chroma is a server: it lives on, and only the catalog and its progress are at stake.
    """
    rng = random.Random(7)
    settings = settings_in(tmp_path)
    fill(settings.corpus)
    for turn in range(3 if place else 8):
        for number in range(12):
            text = prose(60, (turn, number))
            (settings.corpus / f"note{rng.randint(0, 20)}.txt").write_text(text, "utf-8")
        process = child(tmp_path)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(rng.uniform(0.0, 2.5))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    with opened(settings) as library:
        assert library.vectors.count() == library.catalog.counts().searchable
        assert not library.sync().failed
    with opened(settings) as library:
        agrees(library)
        for source in library.sources():
            text = (settings.corpus / source.path).read_text("utf-8")
            assert library.document(source.id).text == text
            assert all(text[s.start : s.end] == s.text for s in library.sentences(source.id))
            for sentence in library.sentences(source.id)[:2]:
                assert any(sentence == found.sentence for found in library.find(sentence.text, 200))


def test_a_second_process_reads_and_writes_beside_the_owner_of_chroma(tmp_path: Path) -> None:
    """Only with Chroma in the index folder: nobody owns a server."""
    settings = settings_in(tmp_path)
    fill(settings.corpus)
    owner = child(tmp_path, stay=True)
    assert owner.stdout is not None
    assert [owner.stdout.readline().strip() for _ in range(2)] == ["opened", "done"]
    try:
        with opened(settings) as library:
            assert isinstance(library.vectors, ExactVectors)
            assert nearest(library, "It opens on Monday.") == "It opens on Monday."
            (settings.corpus / "new.txt").write_text("A ferry crosses the river now.", "utf-8")
            assert library.sync().added == ("new.txt",)
            assert nearest(library, "A ferry crosses the river now.").startswith("A ferry")
            with pytest.raises(LibraryError, match="another process"):
                library.migrate(settings)
    finally:
        owner.communicate()
    with opened(settings) as library:
        assert not isinstance(library.vectors, ExactVectors)
        agrees(library)


def test_one_process_sees_what_another_wrote(place: Server | None, tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    fill(settings.corpus)
    with opened(settings) as library:
        library.sync()
        (settings.corpus / "new.txt").write_text("A ferry crosses the river now.", "utf-8")
        writer = child(tmp_path)
        assert writer.wait(60) == 0
        assert library.refresh() == (0 if place else 1), "on a server the other has written it already"
        agrees(library)
        assert library.refresh() == 0
