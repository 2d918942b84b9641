"""Vectors in Chroma: in the index folder, on a Chroma server, or in Chroma Cloud.

Chroma is a copy of the catalog, made again from it whenever it is out of step. One collection a language,
so that each can be searched without a filter (a filter costs Chroma time that grows with the library).
Chroma's types stay in this module.

Two facts about embedded Chroma shape it. A process killed while the index files are rewritten can destroy
them, so they are written as seldom as can be and a killed writer leaves a mark that has the next one probe
the folder in a subprocess. And two processes on one folder are unsafe, so a lock names one owner; others
search the catalog's own vectors (rag.index.exact).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from rag.errors import LibraryError
from rag.index import probe
from rag.settings import Settings
from rag.types import LANGUAGES, Language

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

FloatArray = NDArray[np.float32]

FOLDER = "chroma"
#: Rows after which embedded Chroma writes its index files: never by itself.
NEVER = 1_000_000
#: Rows from which a bulk is written to the index files: replaying them from Chroma's log at the next start
#: would cost about a second a thousand.
BULK = 2_000
#: The same on a server, which lives long and is not opened anew for a question.
SERVER_SYNC = 20_000
#: Chroma Cloud takes and returns no more than 300 records a call.
CLOUD_LIMIT = 300


class VectorIndex(Protocol):
    """The nearest vectors. ``store`` is the name under which the catalog remembers how far it has followed."""

    store: str

    def search(self, vector: FloatArray, k: int, language: Language | None = None) -> list[tuple[int, float]]:
        """The ``k`` nearest: (sentence id, cosine), best first. Ids may have left the catalog since."""
        ...

    def upsert(
        self,
        ids: Sequence[int],
        vectors: FloatArray,
        languages: Sequence[Language],
        document_ids: Sequence[str],
    ) -> None:
        """Write rows, any number, over those of the same id."""
        ...

    def delete(self, ids: Sequence[int]) -> None:
        """Forget rows; unknown ids are ignored."""
        ...

    def count(self) -> int:
        """Rows held."""
        ...

    def clear(self) -> None:
        """Forget everything."""
        ...

    @contextmanager
    def bulk(self, rows: int) -> Iterator[None]:
        """Writes of about ``rows`` rows happen inside."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


class ChromaVectors:
    """A VectorIndex on any Chroma. Use :func:`open_vectors`."""

    def __init__(self, store: str, name: str, owner: str, *, limit: int = 0) -> None:
        self.store = store
        self._name = name
        self._owner = owner
        self._limit = limit
        self._client: Any = None  # a chromadb ClientAPI
        self._collections: dict[Language, Collection] = {}

    def search(self, vector: FloatArray, k: int, language: Language | None = None) -> list[tuple[int, float]]:
        """See VectorIndex."""
        found: list[tuple[int, float]] = []
        wanted = (language,) if language else LANGUAGES
        with self._vendor("searched"):
            for each in wanted:
                answer = self._collections[each].query(
                    query_embeddings=[np.asarray(vector, np.float32)],
                    n_results=min(k, self._limit or k),
                    include=["distances"],
                )
                ids, distances = answer["ids"][0], (answer["distances"] or [[]])[0]
                found += [(int(n), 1.0 - float(d)) for n, d in zip(ids, distances, strict=True)]
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
            for language in LANGUAGES:
                rows = [row for row, each in enumerate(languages) if each == language]
                for start in range(0, len(rows), size):
                    part = rows[start : start + size]
                    self._collections[language].upsert(
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
                for collection in self._collections.values():
                    held = collection.get(ids=part, include=[])["ids"]
                    if held:
                        collection.delete(ids=held)

    def count(self) -> int:
        """See VectorIndex."""
        with self._vendor("read"):
            return sum(collection.count() for collection in self._collections.values())

    def clear(self) -> None:
        """See VectorIndex."""
        with self._vendor("written"):
            for collection in self._collections.values():
                self._client.delete_collection(collection.name)
            self._open_collections()

    @contextmanager
    def bulk(self, rows: int) -> Iterator[None]:  # noqa: ARG002
        """See VectorIndex."""
        yield

    def close(self) -> None:
        """See VectorIndex."""
        self._collections.clear()
        self._client.close()

    def _batch(self) -> int:
        return min(int(self._client.get_max_batch_size()), self._limit or 5_000)

    def _configuration(self) -> dict[str, Any]:
        return {"hnsw": _hnsw(SERVER_SYNC)}

    def _open_collections(self) -> None:
        """Find or make both collections. Raises LibraryError where they belong to another index."""
        from chromadb.errors import NotFoundError

        for language in LANGUAGES:
            name = f"{self._name}-{language}"
            try:
                collection = self._client.get_collection(name, embedding_function=None)
            except NotFoundError:
                collection = self._client.create_collection(
                    name,
                    metadata={"owner": self._owner},
                    configuration=self._configuration(),  # type: ignore[arg-type]
                    embedding_function=None,
                )
            if (collection.metadata or {}).get("owner") != self._owner:
                raise LibraryError(
                    f"the Chroma collection {name} at {self.store} belongs to another index; "
                    "choose another name with TEMOIN_COLLECTION"
                )
            self._collections[language] = collection

    @contextmanager
    def _vendor(self, done: str) -> Iterator[None]:
        """Whatever Chroma or its transport raises, as one LibraryError."""
        try:
            yield
        except LibraryError:
            raise
        except Exception as error:
            raise LibraryError(
                f"the vectors at {self.store} cannot be {done} ({_one_line(error)}); {self._hint()}"
            ) from error

    def _hint(self) -> str:
        return "check that the Chroma server runs and that TEMOIN_CHROMA_URL names it"


class ServerVectors(ChromaVectors):
    """Vectors on a Chroma server."""

    def __init__(self, url: str, token: str, name: str, owner: str) -> None:
        super().__init__(f"{url.rstrip('/')} {name}", name, owner)
        with self._vendor("reached"):
            from chromadb import HttpClient

            address = _address(url)
            headers = {"Authorization": f"Bearer {token}"} if token else None
            self._client = HttpClient(**address, headers=headers, settings=_quiet())
            self._open_collections()


class CloudVectors(ChromaVectors):
    """Vectors in Chroma Cloud, whose limits on records a call are kept."""

    def __init__(self, key: str, tenant: str, database: str, name: str, owner: str) -> None:
        super().__init__(f"chroma-cloud/{tenant}/{database} {name}", name, owner, limit=CLOUD_LIMIT)
        with self._vendor("reached"):
            from chromadb import CloudClient

            self._client = CloudClient(
                tenant=tenant or None, database=database or None, api_key=key, settings=_quiet()
            )
            self._open_collections()

    def _configuration(self) -> dict[str, Any]:
        return {"spann": {"space": "cosine"}}

    def _hint(self) -> str:
        return "check TEMOIN_CHROMA_CLOUD_API_KEY, _TENANT and _DATABASE"


class EmbeddedVectors(ChromaVectors):
    """Vectors in the index folder, owned by this process until :meth:`close`."""

    def __init__(self, folder: Path, name: str, owner: str, lock: FileLock) -> None:
        super().__init__(f"embedded {name}", name, owner)
        self._folder = folder / FOLDER
        self._dirty = folder / "chroma.dirty"
        self._lock = lock
        if self._dirty.exists() and not probe.healthy(self._folder, name):
            shutil.rmtree(self._folder, ignore_errors=True)
        self._dirty.unlink(missing_ok=True)
        try:
            self._connect()
        except LibraryError:  # damaged, or left over from another index: it is only a copy
            self.clear()

    @contextmanager
    def bulk(self, rows: int) -> Iterator[None]:
        """See VectorIndex. Above ``BULK`` rows Chroma's index files are written, once, at the end."""
        self._dirty.touch()
        if rows >= BULK:
            self._threshold(max(BULK // 2, rows // 4))
        yield
        if rows >= BULK:
            self._threshold(NEVER)
        self._dirty.unlink(missing_ok=True)

    def clear(self) -> None:
        """See VectorIndex. The folder itself goes, so that a damaged one cannot stand in the way."""
        if self._client is not None:
            self._client.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._connect()

    def close(self) -> None:
        """See VectorIndex."""
        super().close()
        self._lock.release()

    def _connect(self) -> None:
        with self._vendor("opened"):
            from chromadb import PersistentClient

            self._client = PersistentClient(path=str(self._folder), settings=_quiet())
            self._open_collections()

    def _threshold(self, rows: int) -> None:
        """Set after how many rows the index files are written; it is read when the folder is opened."""
        with self._vendor("written"):
            for collection in self._collections.values():
                collection.modify(configuration={"hnsw": {"sync_threshold": rows}})
            self._client.close()
        self._connect()

    def _configuration(self) -> dict[str, Any]:
        return {"hnsw": _hnsw(NEVER)}

    def _hint(self) -> str:
        return "rebuild it with: python ingest.py --rebuild"


def open_vectors(settings: Settings, owner: str, *, fresh: bool = False) -> ChromaVectors | None:
    """The vector store of the settings; ``None`` when another process owns the embedded one.

    ``owner``: the id of the catalog the vectors belong to. ``fresh``: an embedded store is made anew, whatever
    state it is in. Raises LibraryError, one line.
    """
    key = settings.chroma_cloud_api_key.get_secret_value()
    if key:
        return CloudVectors(
            key, settings.chroma_cloud_tenant, settings.chroma_cloud_database, settings.collection, owner
        )
    if settings.chroma_url:
        return ServerVectors(
            settings.chroma_url, settings.chroma_token.get_secret_value(), settings.collection, owner
        )
    lock = FileLock(settings.index / "chroma.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return None
    try:
        if fresh:
            shutil.rmtree(settings.index / FOLDER, ignore_errors=True)
        return EmbeddedVectors(settings.index, settings.collection, owner, lock)
    except BaseException:
        lock.release()
        raise


def _hnsw(sync_threshold: int) -> dict[str, Any]:
    return {
        "space": "cosine",
        "ef_construction": 200,
        "ef_search": 200,
        "max_neighbors": 16,
        "sync_threshold": sync_threshold,
    }


def _quiet() -> Any:
    from chromadb.config import Settings as ChromaSettings

    return ChromaSettings(anonymized_telemetry=False)


def _address(url: str) -> dict[str, Any]:
    """``HttpClient``'s arguments for a URL. Raises LibraryError when it is none."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url if "//" in url else f"http://{url}")
        secure = {"http": False, "https": True}[parts.scheme]
        if not parts.hostname or parts.path.strip("/"):
            raise ValueError(url)
        return {"host": parts.hostname, "port": parts.port or (443 if secure else 8000), "ssl": secure}
    except (ValueError, KeyError) as error:
        raise LibraryError(
            f"TEMOIN_CHROMA_URL is {url!r}, not an address like http://host:8000; correct it"
        ) from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
