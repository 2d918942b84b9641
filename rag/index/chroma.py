"""Vectors in Chroma: what all kinds of it share, in this process (rag.index.embedded) or elsewhere (rag.index.remote).

One collection a language, so that each can be searched without a filter: a filter costs Chroma time that
grows with the library (45 ms at 20 thousand sentences, against 3 ms without). Chroma's types stay here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import LibraryError
from rag.index.patience import BRIEFLY, PATIENTLY, limited
from rag.types import LANGUAGES, Language

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

FloatArray = NDArray[np.float32]

#: Rows of one call, at most; Chroma's own limit, 5,461 with most builds of SQLite, may be lower.
BATCH = 5_000
#: Rows that a search weighs. In a trial 300 found 99.1 % and 500 99.7 % of the 40 nearest of 100 thousand, in 0.4 and 0.7
#: of the time of 1,000.
SEARCHED = 400


class ChromaVectors(ABC):
    """A VectorIndex on any Chroma; subclasses say how to reach it."""

    limit: int | None = None  #: records a call, where the service sets one

    def __init__(self, store: str, name: str, owner: str) -> None:
        self.store = store
        self._name = name
        self._owner = owner
        self._client: Any = None  # a chromadb ClientAPI
        self._held: dict[Language, Collection] = {}

    @property
    def token(self) -> str:
        """See VectorIndex: the ids Chroma gave the collections."""
        with self._vendor("read"):
            return " ".join(str(self._collections()[language].id) for language in LANGUAGES)

    def search(self, vector: FloatArray, k: int, language: Language | None = None) -> list[tuple[int, float]]:
        """See VectorIndex."""
        found: list[tuple[int, float]] = []
        with self._vendor("searched"):
            for each in (language,) if language else LANGUAGES:
                answer = BRIEFLY(
                    self._collections()[each].query,
                    query_embeddings=np.asarray(vector, np.float32)[None, :],
                    n_results=min(k, self.limit or k),
                    include=["distances"],
                )
                ids, distances = answer["ids"][0], (answer["distances"] or [[]])[0]
                found += [(int(number), 1.0 - float(far)) for number, far in zip(ids, distances, strict=True)]
        return sorted(found, key=lambda pair: -pair[1])[:k]

    def upsert(
        self,
        ids: Sequence[int],
        vectors: FloatArray,
        languages: Sequence[Language],
        document_ids: Sequence[str],
    ) -> None:
        """See VectorIndex."""
        with self._vendor("written"):
            size = self._batch()
            for language, collection in self._collections().items():
                rows = [row for row, each in enumerate(languages) if each == language]
                for start in range(0, len(rows), size):
                    part = rows[start : start + size]
                    PATIENTLY(
                        collection.upsert,
                        ids=[str(ids[row]) for row in part],
                        embeddings=np.asarray(vectors[part], np.float32),
                        metadatas=[{"language": language, "document": document_ids[row]} for row in part],
                    )

    def delete(self, ids: Sequence[int]) -> None:
        """See VectorIndex."""
        with self._vendor("written"):
            size = self._batch()
            for start in range(0, len(ids), size):
                part = [str(number) for number in ids[start : start + size]]
                for collection in self._collections().values():
                    held = PATIENTLY(collection.get, ids=part, include=[])["ids"]
                    if held:
                        PATIENTLY(collection.delete, ids=held)

    def count(self) -> int:
        """See VectorIndex."""
        with self._vendor("read"):
            return sum(PATIENTLY(collection.count) for collection in self._collections().values())

    def clear(self) -> None:
        """See VectorIndex."""
        with self._vendor("written"):
            for collection in self._collections().values():
                PATIENTLY(self._client.delete_collection, collection.name)
            self._held = {}
            self._collections()

    def bulk(self, rows: Mapping[Language, int]) -> AbstractContextManager[None]:  # noqa: ARG002
        """See VectorIndex."""
        return nullcontext()

    def close(self) -> None:
        """See VectorIndex."""
        self._held = {}
        if self._client is not None:
            self._client.close()
            self._client = None

    @abstractmethod
    def _connect(self) -> Any:
        """A chromadb client, connected."""

    @abstractmethod
    def _configuration(self) -> dict[str, Any]:
        """How new collections are set up."""

    @abstractmethod
    def _remedy(self) -> str:
        """What the user can do when the store fails."""

    def _batch(self) -> int:
        self._collections()
        return min(int(PATIENTLY(self._client.get_max_batch_size)), self.limit or BATCH)

    def _collections(self) -> dict[Language, Collection]:
        """Both collections, found or made. Raises LibraryError where they belong to another index."""
        if len(self._held) < len(LANGUAGES):
            self._client = self._client or PATIENTLY(self._connect)
            self._held = {language: self._collection(f"{self._name}-{language}") for language in LANGUAGES}
        return self._held

    def _collection(self, name: str) -> Collection:
        from chromadb.errors import NotFoundError

        try:
            collection: Collection = PATIENTLY(self._client.get_collection, name, embedding_function=None)
        except NotFoundError:
            collection = PATIENTLY(
                self._client.create_collection,
                name,
                metadata={"owner": self._owner},
                configuration=self._configuration(),
                embedding_function=None,
                get_or_create=True,  # another process may have made it in between
            )
        if (collection.metadata or {}).get("owner") != self._owner:
            raise LibraryError(
                f"the Chroma collection {name} at {self.store} belongs to another index; "
                "choose another name with TEMOIN_COLLECTION, or delete that collection"
            )
        return collection

    @contextmanager
    def _vendor(self, done: str) -> Iterator[None]:
        """Whatever Chroma or its transport raises, as one LibraryError."""
        try:
            yield
        except LibraryError:
            raise
        except Exception as error:
            told = " ".join(str(error).split())[:200] or type(error).__name__
            remedy = "it is asked too often: try again in a few minutes" if limited(error) else self._remedy()
            raise LibraryError(f"the vectors at {self.store} cannot be {done} ({told}); {remedy}") from error


def hnsw(sync_threshold: int) -> dict[str, Any]:
    """Chroma's approximate index, searched widely: up to about ``SEARCHED`` rows nothing is missed.

    Among hundreds of look-alikes a narrower search fills up with them and never reaches an outlier; more
    neighbours a row do not help there.
    """
    return {
        "space": "cosine",
        "ef_construction": 200,
        "ef_search": SEARCHED,
        "max_neighbors": 16,
        "sync_threshold": sync_threshold,
    }


def quiet() -> Any:
    """Chroma's settings without its telemetry."""
    from chromadb.config import Settings as ChromaSettings

    return ChromaSettings(anonymized_telemetry=False)
