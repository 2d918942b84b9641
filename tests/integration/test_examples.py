"""The programs in ``examples/``, run as they stand: real models, real index, with each kind of Chroma."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chroma import Server, living

ROOT = Path(__file__).parents[2]


def example(name: str, index: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"TEMOIN_CORPUS": str(ROOT / "corpus"), "TEMOIN_INDEX": str(index), "PYTHONPATH": str(ROOT)}
    program = [sys.executable, str(ROOT / "examples" / name), *arguments]
    return subprocess.run(program, capture_output=True, text=True, env={**os.environ, **environment}, check=False, timeout=280)


@pytest.fixture(scope="module")
def retrieved(chroma: Server | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The index that the retriever's program made, and what it printed."""
    index = tmp_path_factory.mktemp("examples") / "index"
    with living(chroma):
        done = example("llama_index_retriever.py", index, "Who is the attorney general of Montana?")
        assert done.returncode == 0, done.stderr
        yield index, done.stdout


def test_the_ten_line_program_runs(retrieved: tuple[Path, str]) -> None:
    _, printed = retrieved
    assert "Austin Knudsen" in printed.splitlines()[0]


def test_the_query_engine_answers_with_its_sources(retrieved: tuple[Path, str]) -> None:
    index, _ = retrieved
    done = example("query_engine.py", index)
    assert done.returncode == 0, done.stderr
    answer, *sources = done.stdout.splitlines()
    assert "500" in answer
    assert "[1]" in answer
    assert sources[-1].startswith("[")
    assert any("500 000 comptes" in source for source in sources)
