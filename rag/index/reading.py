"""What the catalog answers. Any number of threads may read; each has a connection of its own."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import LibraryError
from rag.index import schema
from rag.types import Document, Language, Sentence, Source, Span

FloatArray = NDArray[np.float32]

SENTENCE = (
    's.id, d.id, s.position, s.paragraph, s.start, s."end", s.text, s.language, s.searchable '
    "FROM sentences s JOIN documents d ON d.key = s.document"
)
REMEDY = "rebuild it with: python ingest.py --rebuild"
SOURCE = "id, path, language, title, publisher, date, url"


@dataclass(frozen=True, slots=True)
class Counts:
    """How much the catalog holds; ``searchable`` sentences are those with a vector."""

    documents: int
    sentences: int
    searchable: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sentences, by id, that say otherwise about the same matter."""

    a: int
    b: int
    kind: str
    note: str


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What stands before and after a sentence; empty where nothing does. ``before_terms``: stems, spaces between them."""

    before: str
    before_terms: str
    after: str


@dataclass(frozen=True, slots=True)
class VectorRow:
    """What a vector store keeps of one sentence."""

    id: int
    vector: FloatArray
    language: Language
    document_id: str
    revision: int


class CatalogReader:
    """The reading half of rag.index.catalog.Catalog."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / schema.FILE
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._guard = threading.Lock()

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._guard:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
            self._local = threading.local()

    def connection(self) -> sqlite3.Connection:
        """This thread's connection, for reading."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = schema.connect(self.file)
            self._local.connection = connection
            with self._guard:
                self._connections.append(connection)
        return connection

    def sources(self) -> tuple[Source, ...]:
        """The cards of all documents, by path."""
        return tuple(Source(*row) for row in self.rows(f"SELECT {SOURCE} FROM documents ORDER BY path"))

    def document(self, document_id: str) -> Document:
        """A document with its text. Raises LibraryError when there is none."""
        row = self.row(f"SELECT text, noise, {SOURCE} FROM documents WHERE id = ?", document_id)
        if row is None:
            raise LibraryError(f"there is no document {document_id!r}; the documents tab lists those there are")
        noise = tuple(Span(start, end) for start, end in json.loads(row[1]))
        return Document(Source(*row[2:]), row[0], noise)

    def sentences(self, document_id: str) -> tuple[Sentence, ...]:
        """The sentences of a document, in order."""
        rows = self.rows(f"SELECT {SENTENCE} WHERE d.id = ? ORDER BY s.position", document_id)
        return tuple(_sentence(row) for row in rows)

    def sentence_ids(self, document_id: str) -> tuple[int, ...]:
        """Their ids, in the same order."""
        rows = self.rows(
            "SELECT s.id FROM sentences s JOIN documents d ON d.key = s.document WHERE d.id = ? ORDER BY s.position",
            document_id,
        )
        return tuple(row[0] for row in rows)

    def sentence_id(self, sentence: Sentence) -> int | None:
        """The id of a sentence, by its document and position."""
        row = self.row(
            "SELECT s.id FROM sentences s JOIN documents d ON d.key = s.document WHERE d.id = ? AND s.position = ?",
            sentence.document_id,
            sentence.position,
        )
        return None if row is None else int(row[0])

    def sentences_by_id(self, ids: Sequence[int]) -> dict[int, Sentence]:
        """Sentences by id; ids that have left are left out."""
        found: dict[int, Sentence] = {}
        for part in _parts(ids):
            marks = ",".join("?" * len(part))
            for row in self.rows(f"SELECT {SENTENCE} WHERE s.id IN ({marks})", *part):
                found[row[0]] = _sentence(row)
        return found

    def sources_by_id(self, document_ids: Sequence[str]) -> dict[str, Source]:
        """Cards by document id; documents that have left are left out."""
        found: dict[str, Source] = {}
        for part in _parts(list(dict.fromkeys(document_ids))):
            marks = ",".join("?" * len(part))
            for row in self.rows(f"SELECT {SOURCE} FROM documents WHERE id IN ({marks})", *part):
                found[row[0]] = Source(*row)
        return found

    def terms_by_id(self, ids: Sequence[int]) -> list[tuple[int, str]]:
        """(id, stemmed terms separated by spaces) of sentences, in any order."""
        found: list[tuple[int, str]] = []
        for part in _parts(ids):
            marks = ",".join("?" * len(part))
            found += self.rows(f"SELECT id, terms FROM sentences WHERE id IN ({marks})", *part)
        return found

    def neighbours(self, ids: Sequence[int]) -> dict[int, Neighbours]:
        """The searchable sentences before and after each, within its paragraph."""
        found: dict[tuple[int, int], tuple[str, str]] = {}
        for part in _parts(ids):
            marks = ",".join("?" * len(part))
            rows = self.rows(
                "SELECT s.id, n.position - s.position, n.text, n.terms FROM sentences s "
                "JOIN sentences n ON n.document = s.document AND n.paragraph = s.paragraph "
                f"AND n.position IN (s.position - 1, s.position + 1) WHERE s.id IN ({marks}) AND n.searchable",
                *part,
            )
            found.update({(number, step): (text, terms) for number, step, text, terms in rows})
        nothing = ("", "")
        return {n: Neighbours(*found.get((n, -1), nothing), found.get((n, 1), nothing)[0]) for n in ids}

    def states(self) -> dict[str, str]:
        """By path, the state of the file as it was given to :meth:`replace`."""
        return dict(self.rows("SELECT path, state FROM documents"))

    def vectors(self, keys: Sequence[bytes]) -> dict[bytes, FloatArray]:
        """Cached vectors by :func:`vector_key`; unknown keys are left out."""
        found: dict[bytes, FloatArray] = {}
        for part in _parts(list(dict.fromkeys(keys))):
            marks = ",".join("?" * len(part))
            for key, blob in self.rows(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", *part):
                found[key] = np.frombuffer(blob, np.float32)
        return found

    def vectors_of(self, ids: Sequence[int]) -> dict[int, FloatArray]:
        """The vectors of sentences, by sentence id; those without are left out."""
        found: dict[int, FloatArray] = {}
        for part in _parts(ids):
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
        for part in _parts(list(dict.fromkeys(keys))):
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

    def disagreements(self) -> tuple[Pair, ...]:
        """All pairs whose sentences are both still there."""
        return tuple(Pair(*row) for row in self.rows("SELECT a, b, kind, note FROM disagreements ORDER BY a, b"))

    def disagreements_of(self, sentence_id: int) -> tuple[Pair, ...]:
        """The pairs one sentence is part of."""
        rows = self.rows("SELECT a, b, kind, note FROM disagreements WHERE a = ?1 OR b = ?1 ORDER BY a, b", sentence_id)
        return tuple(Pair(*row) for row in rows)

    def counts(self) -> Counts:
        """Documents, sentences, searchable sentences."""
        row = self.row(
            "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM sentences), "
            "(SELECT count(*) FROM sentences WHERE vector IS NOT NULL)"
        )
        assert row is not None
        return Counts(*row)

    def revision(self) -> int:
        """The number of the latest change."""
        return int(self.meta("revision") or 0)

    def store_revision(self, store: str, token: str) -> int:
        """How far a vector store has followed; 0 for one never seen, or emptied since."""
        row = self.row("SELECT revision FROM stores WHERE name = ? AND token = ?", store, token)
        return 0 if row is None else int(row[0])

    def store_deleted(self, store: str, token: str) -> int:
        """How many rows were deleted from a vector store since it was made."""
        row = self.row("SELECT deleted FROM stores WHERE name = ? AND token = ?", store, token)
        return 0 if row is None else int(row[0])

    def meta(self, key: str) -> str | None:
        """A value of the table of facts about the index itself: ``id``, ``fingerprint``, ``revision``, ``compared``."""
        row = self.row("SELECT value FROM meta WHERE key = ?", key)
        return None if row is None else str(row[0])

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """What a SELECT gives. Raises LibraryError."""
        with self._reading():
            return self.connection().execute(statement, values).fetchall()

    def row(self, statement: str, *values: object) -> tuple[Any, ...] | None:
        """The first of them."""
        rows = self.rows(statement, *values)
        return rows[0] if rows else None

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Whatever SQLite raises, as a LibraryError."""
        try:
            yield
        except sqlite3.Error as error:
            raise LibraryError(f"the index in {self.file.parent} cannot be read ({error}); if that lasts, {REMEDY}") from error


def _sentence(row: tuple[Any, ...]) -> Sentence:
    document_id, position, paragraph, start, end, text, language, searchable = row[1:9]
    return Sentence(document_id, position, paragraph, start, end, text, language, bool(searchable))


def _parts(items: Sequence[Any], size: int = 500) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
