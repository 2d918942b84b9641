"""``python ingest.py`` as a user runs it: errors, the real model, nothing to do, watching, two at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

import ingest as command
from rag.library import Library
from rag.settings import load_settings
from tests.chroma import Server, agrees, chroma_environment, opened, told
from tests.shelf import FILES, WordEmbedder, fill, settings_in

ROOT = Path(__file__).parents[2]
Ran = subprocess.CompletedProcess[str]


def places(folder: Path) -> list[str]:
    return ["--corpus", str(folder / "corpus"), "--index", str(folder / "index")]


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-u", "ingest.py", *places(folder), *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process: subprocess.Popen[str]) -> Ran:
    output, errors = process.communicate(timeout=240)
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


def says(process: subprocess.Popen[str], words: str) -> None:
    """Wait for a line with ``words``: a file written during a sync is found by it or by the next one."""
    assert process.stdout is not None
    assert any(words in line for line in iter(process.stdout.readline, "")), words


def ingest(folder: Path, *arguments: str) -> Ran:
    return ended(start(folder, *arguments))


def all_there(folder: Path) -> None:
    """Every vector of the catalog is where the settings say, and found there."""
    with Library.open(load_settings(corpus=folder / "corpus", index=folder / "index")) as library:
        agrees(library)


@pytest.fixture(scope="module")
def first(chroma: Server | None, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str], Ran]:
    """A folder that was ingested with the real model, where its vectors live, and how that went."""
    folder, environment = tmp_path_factory.mktemp("filled"), chroma_environment(chroma)
    fill(folder / "corpus")
    with told(environment):
        return folder, environment, ingest(folder)


@pytest.fixture
def filled(first: tuple[Path, dict[str, str], Ran]) -> Iterator[Path]:
    """That folder, for a test and the processes it starts."""
    folder, environment, _ = first
    with told(environment):
        yield folder


def test_ingest_says_what_went_wrong_in_one_line(tmp_path: Path) -> None:
    missing = ingest(tmp_path)
    assert missing.returncode == 1
    assert missing.stderr.startswith("ingest: ")
    assert missing.stderr.count("\n") == 1
    assert ingest(tmp_path, "--unknown").returncode == 2


@pytest.mark.models
def test_ingest_twice_with_the_real_model(first: tuple[Path, dict[str, str], Ran], filled: Path) -> None:
    *_, ran = first
    assert ran.returncode == 0, ran.stderr
    assert f"{len(FILES)} documents, 7 sentences (7 embedded)" in ran.stdout
    assert "3 added" in ran.stdout
    (filled / "corpus" / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    second = ingest(filled)
    assert second.returncode == 1
    assert "broken.pdf: " in second.stderr
    assert "(0 embedded)" in second.stdout
    (filled / "corpus" / "broken.pdf").unlink()
    quiet = ingest(filled, "--quiet")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    all_there(filled)


@pytest.mark.models
def test_a_run_without_changes_loads_neither_torch_nor_chroma(filled: Path, chroma: Server | None) -> None:
    """Where Chroma is a server, its client is loaded all the same: whether the server has lost something is asked."""
    unneeded = {"torch"} if chroma else {"torch", "chromadb"}
    code = f"import sys, ingest; code = ingest.main(sys.argv[1:]); sys.exit(code or bool({unneeded} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code, *places(filled)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "nothing changed" in done.stdout


@pytest.mark.models
def test_watching_follows_the_folder(place: Server | None, tmp_path: Path) -> None:
    fill(tmp_path / "corpus")
    process = start(tmp_path, "--watch")
    try:
        says(process, "watching")
        (tmp_path / "corpus" / "early.txt").write_text("An early ferry crosses the river.", "utf-8")  # while it reads
        says(process, "4 documents")
        (tmp_path / "corpus" / "new.txt").write_text("A ferry crosses the river now.", "utf-8")
        says(process, "5 documents")
        all_there(tmp_path)
        (tmp_path / "corpus" / "new.txt").unlink()
        says(process, "1 removed")
    finally:
        process.terminate()
        assert ended(process).returncode == 0
    all_there(tmp_path)


@pytest.mark.models
def test_watching_begins_in_an_empty_folder_and_waits_for_a_busy_library(place: Server | None, tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "index").mkdir()
    process = start(tmp_path, "--watch")
    try:
        says(process, "watching")
        with FileLock(tmp_path / "index" / "writer.lock"):
            fill(tmp_path / "corpus")
            assert process.stderr is not None
            complaints = iter(process.stderr.readline, "")
            assert any("another process is writing" in line for line in complaints)
        says(process, "3 added")
    finally:
        process.terminate()
        assert ended(process).returncode == 0


def test_files_of_other_kinds_are_counted_once_there_are_documents(
    place: Server | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_in(tmp_path)
    fill(settings.corpus, {**FILES, "a.png": "", "b.PNG": "", "setup.exe": "", "README": ""})
    assert not command._ingest(settings, rebuild=False, quiet=False, embedder=WordEmbedder())
    assert capsys.readouterr().out.splitlines()[1:] == ["4 files of other kinds passed over: .png, without an ending, .exe"]


@pytest.mark.models
def test_of_two_at_once_one_writes_and_the_other_says_why_not(place: Server | None, tmp_path: Path) -> None:
    """The lock is not waited for. A process so slow to start that it comes after the other has nothing to do."""
    fill(tmp_path / "corpus")
    both = [ended(process) for process in [start(tmp_path), start(tmp_path)]]
    assert 0 in [ran.returncode for ran in both], [ran.stderr for ran in both]
    for ran in both:
        if ran.returncode:
            assert ran.returncode == 1
            assert ran.stderr.startswith("ingest: another process is writing the index")
            assert ran.stderr.count("\n") == 1
    again = ingest(tmp_path)
    assert again.returncode == 0, again.stderr
    assert "3 documents, 7 sentences (0 embedded)" in again.stdout
    all_there(tmp_path)


@pytest.mark.models
def test_an_index_of_another_model_is_refused_and_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before any vector is looked at, so in one place; the rebuild on a server: test_store_servers."""
    monkeypatch.delenv("TEMOIN_CHROMA_URL", raising=False)  # ``filled`` may still live on the server
    settings = settings_in(tmp_path)
    fill(settings.corpus)
    with opened(settings) as library:
        library.sync()
    refused = ingest(tmp_path)
    assert refused.returncode == 1
    assert refused.stderr.startswith("ingest: the index in ")
    assert "made by another embedding model; rebuild it with: python ingest.py --rebuild" in refused.stderr
    assert refused.stderr.count("\n") == 1
    with opened(settings) as library:
        agrees(library)
    rebuilt = ingest(tmp_path, "--rebuild")
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert "(7 embedded)" in rebuilt.stdout
    all_there(tmp_path)
