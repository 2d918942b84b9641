"""Where the vectors live: tests that ask for ``chroma`` run with each kind of Chroma."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.chroma import Server, living


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real Chroma server."""
    made = Server(tmp_path_factory.mktemp("chroma-server"))
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module", params=["embedded", "server"])
def chroma(request: pytest.FixtureRequest) -> Server | None:
    """Each place in turn: None is the index folder."""
    return request.getfixturevalue("server") if request.param == "server" else None


@pytest.fixture
def place(chroma: Server | None) -> Iterator[Server | None]:
    """The same; the settings of the test and of its processes say so, and its collections are its own."""
    with living(chroma):
        yield chroma
