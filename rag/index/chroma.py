"""Vectors in Chroma, on a server or in Chroma Cloud; what all kinds of Chroma share.

One collection a language, so that each can be searched without a filter: a filter costs Chroma time that
grows with the library (45 ms at 20 thousand sentences, against 3 ms without). Chroma's types stay here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from rag.errors import LibraryError
from rag.types import LANGUAGES, Language

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

FloatArray = NDArray[np.float32]

#: Rows after which a server writes its index files. What is not in them it replays from its log when it
#: starts, about a second a thousand rows; a server killed while it writes may have to be filled anew.
SERVER_SYNC = 20_000
#: Records of one call to Chroma Cloud, written or returned: its default quota.
CLOUD_LIMIT = 300
#: Rows of one call elsewhere, at most; Chroma's own limit, 5,461 with most builds of SQLite, may be lower.
BATCH = 5_000
#: Rows that a search weighs: of the 40 nearest of 100 thousand it finds 99.5 %, in half of the time that 1,000 take.
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
                answer = self._collections()[each].query(
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
                    collection.upsert(
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
                    held = collection.get(ids=part, include=[])["ids"]
                    if held:
                        collection.delete(ids=held)

    def count(self) -> int:
        """See VectorIndex."""
        with self._vendor("read"):
            return sum(collection.count() for collection in self._collections().values())

    def clear(self) -> None:
        """See VectorIndex."""
        with self._vendor("written"):
            for collection in self._collections().values():
                self._client.delete_collection(collection.name)
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
        return min(int(self._client.get_max_batch_size()), self.limit or BATCH)

    def _collections(self) -> dict[Language, Collection]:
        """Both collections, found or made. Raises LibraryError where they belong to another index."""
        if len(self._held) < len(LANGUAGES):
            self._client = self._client or self._connect()
            self._held = {language: self._collection(f"{self._name}-{language}") for language in LANGUAGES}
        return self._held

    def _collection(self, name: str) -> Collection:
        from chromadb.errors import NotFoundError

        try:
            collection: Collection = self._client.get_collection(name, embedding_function=None)
        except NotFoundError:
            collection = self._client.create_collection(
                name,
                metadata={"owner": self._owner},
                configuration=self._configuration(),
                embedding_function=None,
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
            raise LibraryError(f"the vectors at {self.store} cannot be {done} ({told}); {self._remedy()}") from error


class ServerVectors(ChromaVectors):
    """Vectors on a Chroma server, reached at once."""

    def __init__(self, url: str, token: str, name: str, owner: str) -> None:
        """``url``: http://host:port; ``token``: sent as a bearer token, unless empty. Raises LibraryError."""
        self._address = _address(url)
        self._headers = {"Authorization": f"Bearer {token}"} if token else None
        super().__init__(f"{url.rstrip('/')} ({name})", name, owner)
        with self._vendor("reached"):
            self._collections()

    def _connect(self) -> Any:
        from chromadb import HttpClient

        return HttpClient(**self._address, headers=self._headers, settings=quiet())

    def _configuration(self) -> dict[str, Any]:
        return {"hnsw": hnsw(SERVER_SYNC)}

    def _remedy(self) -> str:
        return "check that the Chroma server runs and that TEMOIN_CHROMA_URL names it"


class CloudVectors(ChromaVectors):
    """Vectors in Chroma Cloud, reached at once; its limit of records a call is kept."""

    limit = CLOUD_LIMIT

    def __init__(self, key: str, tenant: str, database: str, name: str, owner: str) -> None:
        """Tenant and database may be empty where the key belongs to one only. Raises LibraryError."""
        self._account = (tenant or None, database or None, key)
        super().__init__(f"Chroma Cloud {tenant}/{database} ({name})", name, owner)
        with self._vendor("reached"):
            self._collections()

    def _connect(self) -> Any:
        from chromadb import CloudClient

        tenant, database, key = self._account
        return CloudClient(tenant=tenant, database=database, api_key=key, settings=quiet())

    def _configuration(self) -> dict[str, Any]:
        return {"spann": {"space": "cosine"}}

    def _remedy(self) -> str:
        return "check TEMOIN_CHROMA_CLOUD_API_KEY, _TENANT and _DATABASE"


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


def _address(url: str) -> dict[str, Any]:
    """``HttpClient``'s arguments for a URL. Raises LibraryError when it is none."""
    try:
        parts = urlsplit(url if "//" in url else f"http://{url}")
        secure = {"http": False, "https": True}[parts.scheme]
        if not parts.hostname or parts.path.strip("/"):
            raise ValueError(url)
        return {"host": parts.hostname, "port": parts.port or (443 if secure else 8000), "ssl": secure}
    except (ValueError, KeyError) as error:
        raise LibraryError(f"TEMOIN_CHROMA_URL is {url!r}, not like http://host:8000; correct it") from error
