"""Exact nearest vectors from the catalog itself: for a process that may not open the Chroma folder.

Every vector is compared, so the result is exact; 100 thousand sentences take some 150 MB and 15 ms.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

import numpy as np
from numpy.typing import NDArray

from rag.errors import LibraryError
from rag.index.catalog import Catalog
from rag.types import LANGUAGES, Language

FloatArray = NDArray[np.float32]


#: Questions compared with all sentences at once.
BLOCK = 256


class ExactVectors:
    """A VectorIndex that only reads."""

    store = token = "catalog"

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._guard = threading.Lock()
        self._revision = -1
        self._held: dict[Language, tuple[NDArray[np.int64], FloatArray]] = {}

    def search(self, vector: FloatArray, k: int, language: Language | None = None) -> list[tuple[int, float]]:
        """See VectorIndex."""
        return self.search_many(np.asarray(vector, np.float32)[None, :], k, language)[0]

    def search_many(self, vectors: FloatArray, k: int, language: Language | None = None) -> list[list[tuple[int, float]]]:
        """The same for each row of ``vectors``, much faster together."""
        held = self._load()
        found: list[list[tuple[int, float]]] = [[] for _ in vectors]
        for each in (language,) if language else LANGUAGES:
            ids, matrix = held[each]
            for start in range(0, len(vectors) if len(ids) else 0, BLOCK):
                scores = vectors[start : start + BLOCK] @ matrix.T
                best = np.argpartition(-scores, min(k, len(ids)) - 1, axis=1)[:, :k]
                for row, columns in enumerate(best):
                    found[start + row] += zip(ids[columns].tolist(), scores[row, columns].tolist(), strict=True)
        return [sorted(pairs, key=lambda pair: -pair[1])[:k] for pairs in found]

    def upsert(
        self,
        ids: Sequence[int],  # noqa: ARG002
        vectors: FloatArray,  # noqa: ARG002
        languages: Sequence[Language],  # noqa: ARG002
        document_ids: Sequence[str],  # noqa: ARG002
    ) -> None:
        """Refused: the catalog is written elsewhere."""
        raise LibraryError("another process owns the vectors; stop it, or use a Chroma server (TEMOIN_CHROMA_URL)")

    def delete(self, ids: Sequence[int]) -> None:
        """Refused: the catalog is written elsewhere."""
        self.upsert(ids, np.zeros((0, 0), np.float32), (), ())

    def clear(self) -> None:
        """Refused: the catalog is written elsewhere."""
        self.delete(())

    def count(self) -> int:
        """See VectorIndex."""
        return self._catalog.counts().searchable

    def bulk(self, rows: Mapping[Language, int]) -> AbstractContextManager[None]:  # noqa: ARG002
        """See VectorIndex."""
        return nullcontext()

    def close(self) -> None:
        """See VectorIndex."""
        self._held = {}

    def _load(self) -> dict[Language, tuple[NDArray[np.int64], FloatArray]]:
        """Both matrices, read again when the catalog has changed."""
        with self._guard:
            revision = self._catalog.revision()
            if revision != self._revision:
                rows: dict[Language, list[tuple[int, FloatArray]]] = {language: [] for language in LANGUAGES}
                for row in self._catalog.rows_since(0, revision):
                    rows[row.language].append((row.id, row.vector))
                self._held = {language: _matrix(pairs) for language, pairs in rows.items()}
                self._revision = revision
            return self._held


def _matrix(pairs: list[tuple[int, FloatArray]]) -> tuple[NDArray[np.int64], FloatArray]:
    ids = np.array([number for number, _ in pairs], np.int64)
    return ids, np.stack([vector for _, vector in pairs]) if pairs else np.zeros((0, 0), np.float32)
