"""``python -m rag migrate``: from the index folder to a real server, with the real embedder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import chromadb
import pytest

from rag.errors import LibraryError
from tests.chroma import Server, opened
from tests.shelf import MemoryStore, fill, settings_in

ROOT = Path(__file__).parents[2]
COLLECTION = "migrated"


@pytest.mark.models
def test_vectors_move_to_a_server_and_answers_come_from_there(tmp_path: Path, server: Server) -> None:
    fill(tmp_path / "corpus")
    here = {"TEMOIN_CORPUS": str(tmp_path / "corpus"), "TEMOIN_INDEX": str(tmp_path / "index")}
    there = {**here, "TEMOIN_CHROMA_URL": server.url, "TEMOIN_COLLECTION": COLLECTION}
    assert "(7 embedded)" in run("ingest.py", environment=here).stdout

    moved = run("-X", "importtime", "-m", "rag", "migrate", environment=there)
    assert moved.stdout == "7 vectors copied; nothing was embedded again\n"
    assert "chromadb" in moved.stderr
    assert "torch" not in moved.stderr, "the embedder is not even loaded"
    client = chromadb.HttpClient(host="127.0.0.1", port=server.port)
    held = [client.get_collection(f"{COLLECTION}-{language}").count() for language in ("fr", "en")]
    assert held == [3, 4]

    shutil.rmtree(tmp_path / "index" / "chroma")  # from here on only the server can find anything by its meaning
    quoting = {**there, "TEMOIN_LLM_URL": "http://127.0.0.1:9/v1"}
    answer = json.loads(run("-m", "rag", "ask", "--json", "When did the bridge at Valmont reopen?", environment=quoting).stdout)
    assert "The bridge at Valmont reopened in May." in answer["text"]
    assert "(0 embedded)" in run("ingest.py", environment=there).stdout
    assert not (tmp_path / "index" / "chroma").exists()


def test_a_mistyped_index_folder_is_told_and_not_made(tmp_path: Path) -> None:
    there = tmp_path / "indxe"
    ran = attempt("-m", "rag", "migrate", environment={"TEMOIN_INDEX": str(there)})
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == f"temoin: there is no index in {there}; name its folder with TEMOIN_INDEX, or run: python ingest.py\n"
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_is_told_and_left_empty(tmp_path: Path) -> None:
    ran = attempt("-m", "rag", "migrate", environment={"TEMOIN_INDEX": str(tmp_path)})
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "there is no index in" in ran.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_index_without_a_sentence_is_told_and_the_target_left_alone(tmp_path: Path) -> None:
    here, target = settings_in(tmp_path), settings_in(tmp_path / "target")
    told = r"the index in .* is empty; fill it first with: python ingest\.py"
    with opened(here, vectors=MemoryStore()) as library, pytest.raises(LibraryError, match=told):
        library.migrate(target)
    assert not target.index.exists()


def run(*arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """The command, which succeeds."""
    ran = attempt(*arguments, environment=environment)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return ran


def attempt(*arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
