"""A Chroma server that is moved to, loses its data, goes away, belongs to somebody else, or is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from chromadb.errors import NotFoundError

from rag.errors import LibraryError
from rag.index.remote import ServerVectors
from rag.library import Library
from tests.chroma import Server, agrees, nearest, opened
from tests.shelf import WordEmbedder, fill, settings_in

ROOT = Path(__file__).parents[2]


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


def test_another_model_on_a_server_takes_a_rebuild(tmp_path: Path, server: Server) -> None:
    """Its vectors have another length, which a collection never changes."""
    settings = settings_in(tmp_path, chroma_url=server.url, collection="second-model")
    fill(settings.corpus)
    with opened(settings) as library:
        library.sync()
    longer = WordEmbedder("more words", dimension=96)
    with pytest.raises(LibraryError, match="--rebuild"):
        Library.open(settings, embedder=longer)
    with Library.open(settings, embedder=longer, rebuild=True) as library:
        assert library.sync().embedded == 7
        agrees(library)


def test_two_processes_may_make_the_collections_at_once(tmp_path: Path, server: Server) -> None:
    """Between the look and the making: what the other made is taken, and kept from a third."""

    class Late(ServerVectors):
        def _connect(self) -> Any:
            client = super()._connect()
            client.get_collection = Mock(side_effect=NotFoundError)
            return client

    first = ServerVectors(server.url, "", "at-once", "one index")
    second = Late(server.url, "", "at-once", "one index")
    assert second.token == first.token
    with pytest.raises(LibraryError, match="belongs to another index"):
        Late(server.url, "", "at-once", "another index")
    assert ServerVectors(server.url, "", "at-once", "one index").token == first.token


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
