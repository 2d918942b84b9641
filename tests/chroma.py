"""A real Chroma: a server, the two places where vectors can live, and whether the store says what the catalog says."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np
import pytest

from rag.index.exact import ExactVectors
from rag.library import Library
from rag.settings import Settings
from tests.shelf import WordEmbedder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A ``chroma run`` process that can be stopped and started again on the same data."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(self.folder)]
        self.process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(300):
            try:
                if httpx.get(f"{self.url}/api/v2/heartbeat", timeout=1).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise AssertionError("the Chroma server did not start")

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


def chroma_environment(server: Server | None) -> dict[str, str]:
    """What a process is told so that its vectors live there, in collections of its own; None: in its folder."""
    return {"TEMOIN_CHROMA_URL": server.url, "TEMOIN_COLLECTION": f"temoin-{os.urandom(4).hex()}"} if server else {}


@contextmanager
def living(server: Server | None) -> Iterator[None]:
    """Settings made meanwhile, here and in the processes started, have their vectors there: chroma_environment."""
    with told(chroma_environment(server)):
        yield


@contextmanager
def told(environment: Mapping[str, str]) -> Iterator[None]:
    """Settings made meanwhile, here and in the processes started, are of this environment."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        yield


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
