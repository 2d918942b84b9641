"""The library on a real Chroma: in its folder and on a real server, killed, damaged, shared and moved."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from rag.errors import LibraryError
from rag.index.exact import ExactVectors
from rag.library import Library
from rag.settings import Settings
from tests.chroma import Server
from tests.shelf import FILES, WordEmbedder, fill, prose, settings_in

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


def opened(settings: Settings, **others: object) -> Library:
    return Library.open(settings, embedder=WordEmbedder(), **others)  # type: ignore[arg-type]


def nearest(library: Library, text: str) -> str:
    number, cosine = library.vectors.search(library.embedder.encode_queries([text])[0], 1)[0]
    assert cosine == pytest.approx(1, abs=1e-3)
    return library.catalog.sentences_by_id([number])[number].text


def agrees(library: Library) -> None:
    """Chroma holds every row, and answers what comparing every vector of the catalog answers."""
    exact = ExactVectors(library.catalog)
    assert library.vectors.count() == library.catalog.counts().searchable
    for row in list(library.catalog.rows_since(0))[:40]:
        for language in (None, "fr", "en"):
            mine, theirs = library.vectors.search(row.vector, 5, language), exact.search(row.vector, 5, language)
            assert np.allclose(mine[0][1], theirs[0][1], atol=1e-4)
            found = sum(np.isclose([score for _, score in mine], score, atol=1e-4).any() for _, score in theirs)
            assert found >= 0.8 * len(theirs), "an approximate search may miss a neighbour, not several"


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
    settings = settings_in(tmp_path)
    fill(settings.corpus)
    with opened(settings) as library:
        library.sync()
    shutil.rmtree(settings.index / "chroma")
    with opened(settings) as library:
        assert library.sync().embedded == 0
        agrees(library)


def test_a_damaged_chroma_left_by_a_killed_writer_is_made_anew(tmp_path: Path) -> None:
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


CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from rag.library import Library
from tests.chroma import Server
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


def test_killed_at_any_moment_nothing_is_lost(tmp_path: Path) -> None:
    """A writer is killed again and again at random moments; each time the next one mends it."""
    rng = random.Random(7)
    settings = settings_in(tmp_path)
    fill(settings.corpus)
    for turn in range(8):
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


def test_the_owner_sees_what_another_process_wrote(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    fill(settings.corpus)
    with opened(settings) as library:
        library.sync()
        (settings.corpus / "new.txt").write_text("A ferry crosses the river now.", "utf-8")
        writer = child(tmp_path)
        assert writer.wait(60) == 0
        assert library.refresh() == 1
        agrees(library)
        assert library.refresh() == 0


def test_vectors_move_to_a_server_and_back_without_embedding(tmp_path: Path, server: Server) -> None:
    here = settings_in(tmp_path)
    there = settings_in(tmp_path, chroma_url=server.url, collection="moving-house")
    fill(here.corpus)
    seen = []
    with opened(here) as library:
        library.sync()
        assert library.migrate(there, seen.append) == 7
        assert (seen[-1].done, seen[-1].total) == (7, 7)
        assert library.migrate(there) == 7
        agrees(library)
    with opened(there) as library:
        assert not library.embedder.passages
        agrees(library)
        (there.corpus / "new.txt").write_text("A ferry crosses the river now.", "utf-8")
        library.sync()
        assert library.migrate(there) == 8
        agrees(library)
    with opened(here) as library:
        agrees(library)
        assert nearest(library, "A ferry crosses the river now.").startswith("A ferry")


def test_a_server_that_lost_its_collections_is_filled_again(tmp_path: Path, server: Server) -> None:
    import chromadb

    settings = settings_in(tmp_path, chroma_url=server.url, collection="forgetful")
    fill(settings.corpus)
    with opened(settings) as library:
        library.sync()
    client = chromadb.HttpClient(host="127.0.0.1", port=server.port)
    client.delete_collection("forgetful-en")
    with opened(settings) as library:
        agrees(library)


def test_a_collection_of_another_index_is_left_alone(tmp_path: Path, server: Server) -> None:
    one = settings_in(tmp_path / "one", chroma_url=server.url, collection="shared-name")
    two = settings_in(tmp_path / "two", chroma_url=server.url, collection="shared-name")
    for each in (one, two):
        fill(each.corpus)
    with opened(one) as library:
        library.sync()
        with pytest.raises(LibraryError, match="TEMOIN_COLLECTION"):
            opened(two)
        agrees(library)


def test_a_server_that_goes_away_and_comes_back(tmp_path: Path) -> None:
    server = Server(tmp_path / "server")
    server.start()
    try:
        settings = settings_in(tmp_path, chroma_url=server.url)
        fill(settings.corpus)
        with opened(settings) as library:
            library.sync()
            server.stop()
            (settings.corpus / "new.txt").write_text("A ferry crosses the river now.", "utf-8")
            with pytest.raises(LibraryError, match="TEMOIN_CHROMA_URL") as failure:
                library.sync()
            assert "\n" not in str(failure.value)
            assert library.find("ferry"), "the catalog has it all the same"
            server.start()
            library.refresh()
            agrees(library)
    finally:
        server.stop()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "ftp://host", "http://", "http://host:port", "nonsense://"])
def test_a_wrong_server_address_is_one_line(tmp_path: Path, url: str) -> None:
    settings = settings_in(tmp_path, chroma_url=url)
    fill(settings.corpus)
    with pytest.raises(LibraryError, match="TEMOIN_CHROMA_URL") as failure:
        opened(settings)
    assert "\n" not in str(failure.value)


def ingest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "ingest.py", "--corpus", str(folder / "corpus"), "--index", str(folder / "index"), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_ingest_says_what_went_wrong_in_one_line(tmp_path: Path) -> None:
    missing = ingest(tmp_path)
    assert missing.returncode == 1
    assert missing.stderr.startswith("ingest: ")
    assert missing.stderr.count("\n") == 1
    assert ingest(tmp_path, "--unknown").returncode == 2


@pytest.mark.models
def test_ingest_twice_with_the_real_model(tmp_path: Path) -> None:
    fill(tmp_path / "corpus")
    first = ingest(tmp_path)
    assert first.returncode == 0, first.stderr
    assert f"{len(FILES)} documents, 7 sentences (7 embedded)" in first.stdout
    assert "3 added" in first.stdout
    (tmp_path / "corpus" / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    second = ingest(tmp_path)
    assert second.returncode == 1
    assert "broken.pdf: " in second.stderr
    assert "(0 embedded)" in second.stdout
    (tmp_path / "corpus" / "broken.pdf").unlink()
    quiet = ingest(tmp_path, "--quiet")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")


@pytest.mark.models
def test_a_run_without_changes_loads_neither_torch_nor_chroma(tmp_path: Path) -> None:
    fill(tmp_path / "corpus")
    assert ingest(tmp_path).returncode == 0
    code = (
        "import sys, ingest; code = ingest.main(sys.argv[1:]); sys.exit(code or bool({'torch', 'chromadb'} & set(sys.modules)))"
    )
    arguments = ["--corpus", str(tmp_path / "corpus"), "--index", str(tmp_path / "index")]
    done = subprocess.run([sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "nothing changed" in done.stdout


@pytest.mark.models
def test_watching_follows_the_folder(tmp_path: Path) -> None:
    fill(tmp_path / "corpus")
    command = [sys.executable, "-u", "ingest.py", "--corpus", str(tmp_path / "corpus"), "--index", str(tmp_path / "index")]
    process = subprocess.Popen([*command, "--watch"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        assert "3 added" in process.stdout.readline()
        assert "watching" in process.stdout.readline()
        time.sleep(1)
        (tmp_path / "corpus" / "new.txt").write_text("A ferry crosses the river now.", "utf-8")
        assert "1 added" in process.stdout.readline()
        (tmp_path / "corpus" / "new.txt").unlink()
        assert "1 removed" in process.stdout.readline()
    finally:
        process.terminate()
        assert process.wait(30) == 0
