"""The vectors in the catalog, and what a vector store needs to come into step with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.index.connections import Connections, parts
from rag.types import Language

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class VectorRow:
    """What a vector store keeps of one sentence."""

    id: int
    vector: FloatArray
    language: Language
    document_id: str
    revision: int


class VectorReader(Connections):
    """The part of rag.index.reading.CatalogReader that is about vectors, revisions and stores."""

    def vectors(self, keys: Sequence[bytes]) -> dict[bytes, FloatArray]:
        """Cached vectors by :func:`vector_key`; unknown keys are left out."""
        found: dict[bytes, FloatArray] = {}
        for part in parts(list(dict.fromkeys(keys))):
            marks = ",".join("?" * len(part))
            for key, blob in self.rows(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", *part):
                found[key] = np.frombuffer(blob, np.float32)
        return found

    def vectors_of(self, ids: Sequence[int]) -> dict[int, FloatArray]:
        """The vectors of sentences, by sentence id; those without are left out."""
        found: dict[int, FloatArray] = {}
        for part in parts(ids):
            marks = ",".join("?" * len(part))
            for number, blob in self.rows(
                f"SELECT s.id, v.vector FROM sentences s JOIN vectors v ON v.number = s.vector WHERE s.id IN ({marks})",
                *part,
            ):
                found[number] = np.frombuffer(blob, np.float32)
        return found

    def missing(self, keys: Sequence[bytes]) -> set[bytes]:
        """Those keys under which no vector is kept."""
        held: set[bytes] = set()
        for part in parts(list(dict.fromkeys(keys))):
            marks = ",".join("?" * len(part))
            held.update(row[0] for row in self.rows(f"SELECT key FROM vectors WHERE key IN ({marks})", *part))
        return set(keys) - held

    def rows_since(self, revision: int, until: int | None = None) -> Iterator[VectorRow]:
        """Searchable sentences of documents written after ``revision``, by revision, streamed."""
        cursor = self.connection().execute(
            "SELECT s.id, v.vector, s.language, d.id, d.revision FROM documents d "
            "CROSS JOIN sentences s ON s.document = d.key JOIN vectors v ON v.number = s.vector "
            "WHERE d.revision > ? AND d.revision <= ? ORDER BY d.revision, s.id",
            (revision, self.revision() if until is None else until),
        )
        for number, blob, language, document_id, at in cursor:
            yield VectorRow(number, np.frombuffer(blob, np.float32), language, document_id, at)

    def documents_between(self, revision: int, until: int) -> tuple[str, ...]:
        """Ids of the documents written after ``revision``, in that order."""
        rows = self.rows("SELECT id FROM documents WHERE revision > ? AND revision <= ? ORDER BY revision", revision, until)
        return tuple(row[0] for row in rows)

    def rows_between(self, revision: int, until: int) -> dict[Language, int]:
        """How many rows :meth:`rows_since` gives, by language."""
        return dict(
            self.rows(
                "SELECT s.language, count(*) FROM documents d CROSS JOIN sentences s ON s.document = d.key "
                "WHERE d.revision > ? AND d.revision <= ? AND s.vector IS NOT NULL GROUP BY s.language",
                revision,
                until,
            )
        )

    def departed_since(self, revision: int) -> tuple[int, ...]:
        """Ids of sentences that left after ``revision``."""
        rows = self.rows("SELECT sentence FROM departed WHERE revision > ? ORDER BY sentence", revision)
        return tuple(row[0] for row in rows)

    def store_revision(self, store: str, token: str) -> int:
        """How far a vector store has followed; 0 for one never seen, or emptied since."""
        row = self.row("SELECT revision FROM stores WHERE name = ? AND token = ?", store, token)
        return 0 if row is None else int(row[0])

    def store_deleted(self, store: str, token: str) -> int:
        """How many rows were deleted from a vector store since it was made."""
        row = self.row("SELECT deleted FROM stores WHERE name = ? AND token = ?", store, token)
        return 0 if row is None else int(row[0])

    def revision(self) -> int:
        """The number of the latest change."""
        return int(self.meta("revision") or 0)

    def meta(self, key: str) -> str | None:
        """A value of the table of facts about the index itself: ``id``, ``fingerprint``, ``revision``, ``compared``."""
        row = self.row("SELECT value FROM meta WHERE key = ?", key)
        return None if row is None else str(row[0])
