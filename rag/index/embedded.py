"""Chroma inside this process, in the index folder.

Three facts, each seen in an experiment, shape it. A process killed while Chroma rewrites its index files can
destroy them, or leave a graph in which searches miss rows: so they are rewritten only at the end of a bulk, a mark
stands in the folder while there is writing, and whoever finds the mark makes the store anew from the catalog. What is
not in the index files is replayed from Chroma's log at each start, a second a thousand rows: so a bulk is
written to them. Two processes on one folder are unsafe: so a lock names one owner; others search the
catalog's own vectors (rag.index.exact).
"""

from __future__ import annotations

import json
import shutil
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from rag.errors import LibraryError
from rag.index.chroma import ChromaVectors, FloatArray, hnsw, quiet
from rag.types import LANGUAGES, Language

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

FOLDER = "chroma"
#: Rows after which Chroma rewrites its index files by itself: never, in practice.
NEVER = 1_000_000
#: Rows that make a bulk: fewer are left to the log.
BULK = 2_000


class EmbeddedVectors(ChromaVectors):
    """Vectors in the index folder, owned by this process until :meth:`close`; opened when first used."""

    def __init__(self, folder: Path, name: str, owner: str, lock: FileLock) -> None:
        super().__init__(f"embedded ({name})", name, owner)
        self._folder = folder / FOLDER
        self._token = self._folder / "token"
        self._mark = folder / "chroma.writing"
        self._lock = lock
        self._guard = threading.RLock()

    @classmethod
    def own(cls, folder: Path, name: str, owner: str, *, fresh: bool = False) -> EmbeddedVectors | None:
        """Become the owner of the store in ``folder``; ``None`` when another process is. Raises LibraryError."""
        lock = FileLock(folder / "chroma.lock", thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return None
        except OSError as error:
            raise LibraryError(
                f"the index folder {folder} cannot be written ({error.strerror or error}); check its rights"
            ) from error
        vectors = cls(folder, name, owner, lock)
        try:
            if fresh or not vectors._usable() or vectors._mark.exists():
                vectors._wipe()
            vectors._mark.unlink(missing_ok=True)
        except BaseException:
            lock.release()
            raise
        return vectors

    @property
    def token(self) -> str:
        """See VectorIndex: kept beside Chroma's files, and lost with them."""
        with self._guard:
            if not self._usable():
                self._wipe()
            return self._token.read_text("ascii")

    def search(self, vector: FloatArray, k: int, language: Language | None = None) -> list[tuple[int, float]]:
        """See VectorIndex."""
        with self._guard:  # Chroma's files may be opened anew by a writer in another thread
            return super().search(vector, k, language)

    @contextmanager
    def bulk(self, rows: Mapping[Language, int]) -> Iterator[None]:
        """See VectorIndex. Chroma's index files are written at the end, once ``BULK`` rows are not in them."""
        self._mark.touch()
        waiting = {each: self._waiting().get(each, 0) + rows.get(each, 0) for each in LANGUAGES}
        due = {each: rows[each] for each in LANGUAGES if rows.get(each) and waiting[each] >= BULK}
        if due:
            self._rewrite_after(due)
        yield
        if due:
            self._rewrite_after(dict.fromkeys(due, NEVER))
        left = {each: 0 if each in due else count for each, count in waiting.items()}
        (self._folder / "waiting.json").write_text(json.dumps(left), "ascii")
        self._mark.unlink(missing_ok=True)

    def clear(self) -> None:
        """See VectorIndex. The folder itself goes, so that a damaged one cannot stand in the way."""
        with self._guard:
            self._wipe()

    def close(self) -> None:
        """See VectorIndex."""
        with self._guard:
            super().close()
        self._lock.release()

    def _usable(self) -> bool:
        """Whether the folder was made by us, for this catalog."""
        try:
            return self._token.read_text("ascii").startswith(f"{self._owner} ")
        except (OSError, ValueError):
            return False

    def _wipe(self) -> None:
        super().close()
        shutil.rmtree(self._folder, ignore_errors=True)
        with self._vendor("made"):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._token.write_text(f"{self._owner} {uuid.uuid4().hex}", "ascii")
        self._mark.unlink(missing_ok=True)

    def _waiting(self) -> dict[str, int]:
        """By language, rows that are in Chroma's log but not in its index files."""
        try:
            return dict(json.loads((self._folder / "waiting.json").read_text("ascii")))
        except (OSError, ValueError, TypeError):
            return {}

    def _connect(self) -> Any:
        from chromadb import PersistentClient

        return PersistentClient(path=str(self._folder), settings=quiet())

    def _collections(self) -> dict[Language, Collection]:
        with self._guard:
            return super()._collections()

    def _rewrite_after(self, rows: Mapping[Language, int]) -> None:
        """Set after how many rows the index files are written; Chroma reads it when it opens the folder."""
        with self._guard, self._vendor("written"):
            for language, count in rows.items():
                self._collections()[language].modify(configuration={"hnsw": {"sync_threshold": count}})
            super().close()

    def _configuration(self) -> dict[str, Any]:
        return {"hnsw": hnsw(NEVER)}

    def _remedy(self) -> str:
        return "make it anew with: python ingest.py --rebuild"
