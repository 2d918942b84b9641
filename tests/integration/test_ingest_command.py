"""``python ingest.py`` as a user runs it: errors, the real model, nothing to do, watching."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.shelf import FILES, fill

ROOT = Path(__file__).parents[2]


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
