"""A vector store ends up equal to the catalog, whenever it was interrupted; and exact search agrees with it."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path

import numpy as np
import pytest

from rag.errors import LibraryError
from rag.index import follow as following
from rag.index.catalog import Catalog
from rag.index.exact import ExactVectors
from tests.shelf import MemoryStore, WordEmbedder, document_of


@pytest.fixture
def catalog(tmp_path: Path):
    opened = Catalog.open(tmp_path)
    yield opened
    opened.close()


def put(catalog: Catalog, identity: str, *texts: str, language: str = "en") -> tuple[int, ...]:
    document, sentences = document_of(identity, *texts, language=language)  # type: ignore[arg-type]
    return catalog.replace(document, sentences, WordEmbedder().encode_passages(texts))


def same(catalog: Catalog, store: MemoryStore) -> None:
    expected = {row.id: (row.vector.tolist(), row.language, row.document_id) for row in catalog.rows_since(0)}
    held = {number: (row[0].tolist(), row[1], row[2]) for number, row in store.rows.items()}
    assert held == expected
    assert not following.behind(catalog, store)


def test_everything_then_only_what_changed(catalog: Catalog) -> None:
    store = MemoryStore()
    put(catalog, "one", "A bridge.", "A river.")
    put(catalog, "two", "Une boulangerie.", language="fr")
    assert following.follow(catalog, store) == 3
    assert following.follow(catalog, store) == 0
    put(catalog, "one", "A bridge.")
    catalog.remove("two")
    assert following.follow(catalog, store) == 1
    same(catalog, store)


def test_a_removal_alone_is_followed(catalog: Catalog) -> None:
    store = MemoryStore()
    put(catalog, "one", "A bridge.")
    following.follow(catalog, store)
    catalog.remove("one")
    following.follow(catalog, store)
    assert store.rows == {}


def test_a_store_that_lost_everything_is_filled_again(catalog: Catalog) -> None:
    store = MemoryStore()
    put(catalog, "one", "A bridge.")
    following.follow(catalog, store)
    store.clear()
    assert following.follow(catalog, store) == 1
    same(catalog, store)


def test_a_store_wears_with_deletions_and_not_with_additions(catalog: Catalog) -> None:
    store = MemoryStore()
    for number in range(10):
        put(catalog, f"d{number}", *[f"Sentence {each} of {number}." for each in range(30)])
    following.follow(catalog, store)
    assert not following.worn(catalog, store)
    for number in range(3):
        catalog.remove(f"d{number}")
    following.follow(catalog, store)
    assert following.worn(catalog, store)
    store.clear()
    following.follow(catalog, store)
    assert not following.worn(catalog, store)
    same(catalog, store)


def test_two_stores_follow_independently(catalog: Catalog) -> None:
    near, far = MemoryStore(), MemoryStore()
    far.store = "far"
    put(catalog, "one", "A bridge.")
    following.follow(catalog, near)
    following.follow(catalog, far)
    put(catalog, "one", "A river.")
    following.follow(catalog, near)
    catalog.remove("one")
    following.follow(catalog, near)
    following.follow(catalog, far)
    same(catalog, near)
    same(catalog, far)


@pytest.mark.parametrize("seed", range(12))
def test_interrupted_anywhere_it_still_arrives(catalog: Catalog, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(seed)
    monkeypatch.setattr(following, "BATCH", rng.randint(1, 5))
    store = MemoryStore()
    for step in range(25):
        if rng.random() < 0.25:
            catalog.remove(f"d{rng.randint(0, 5)}")
        else:
            texts = [f"Sentence {step} {each}." for each in range(rng.randint(0, 4))]
            put(catalog, f"d{rng.randint(0, 5)}", *texts)
        if rng.random() < 0.5:
            store.fails_after = len(store.rows) + rng.randint(0, 4)
            with contextlib.suppress(RuntimeError):
                following.follow(catalog, store)
    store.fails_after = None
    following.follow(catalog, store)
    same(catalog, store)


def test_exact_search_agrees_with_a_store_and_sees_changes(catalog: Catalog) -> None:
    store, exact, embedder = MemoryStore(), ExactVectors(catalog), WordEmbedder()
    put(catalog, "one", "A bridge over a river.", "A bakery.", "The library of the town.")
    put(catalog, "two", "Un pont sur une rivière.", language="fr")
    following.follow(catalog, store)
    question = embedder.encode_queries(["the library and the bridge"])[0]
    for language in (None, "fr", "en"):
        mine, theirs = exact.search(question, 3, language), store.search(question, 3, language)
        assert [number for number, _ in mine] == [number for number, _ in theirs]
        assert np.allclose([score for _, score in mine], [score for _, score in theirs])
    catalog.remove("two")
    assert exact.search(question, 3, "fr") == []
    assert exact.count() == 3
    with pytest.raises(LibraryError, match="another process"):
        exact.upsert([1], question[None], ["en"], ["one"])
