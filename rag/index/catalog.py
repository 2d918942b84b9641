"""The source of truth: documents, their sentences, vectors, words and disagreements, in one SQLite file.

A document is written in one transaction with its sentences and its lexical terms. Every change carries a
*revision*, a number that only grows; a vector store remembers the revision it has followed to, so that it
can be brought into step after a kill at any moment, from here, without embedding anything.
Readers may be many threads and processes; the caller sees to it that there is one writer (rag.library).
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.errors import LibraryError
from rag.index import lexical, schema
from rag.types import Document, Language, Sentence, Source, Span

FloatArray = NDArray[np.float32]
REMEDY = "rebuild it with: python ingest.py --rebuild"

_SENTENCE = (
    's.id, d.id, s.position, s.paragraph, s.start, s."end", s.text, s.language, s.searchable '
    "FROM sentences s JOIN documents d ON d.key = s.document"
)
_SOURCE = "id, path, language, title, publisher, date, url"


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
class VectorRow:
    """What a vector store keeps of one sentence."""

    id: int
    vector: FloatArray
    language: Language
    document_id: str
    revision: int


def vector_key(fingerprint: str, text: str) -> bytes:
    """The name of a cached vector: SHA-256 of the embedder's fingerprint and the embedded text."""
    return hashlib.sha256(f"{fingerprint}\0{text}".encode(errors="surrogatepass")).digest()


class Catalog:
    """See the module. Use :meth:`open`."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / schema.FILE
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        self._writing = threading.RLock()

    @classmethod
    def open(cls, folder: Path, fingerprint: str | None = None) -> Catalog:
        """Open the catalog in ``folder``, making both where missing.

        ``fingerprint``: of everything that shapes the index; ``None`` takes it as it is. Raises LibraryError
        when the catalog was made by other models or rules, is damaged, or cannot be written.
        """
        catalog = cls(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            connection = catalog.connection()
            if schema.version(connection) == 0:
                schema.create(connection)
                catalog._set("id", uuid.uuid4().hex)
            if schema.version(connection) != schema.VERSION:
                raise LibraryError(
                    f"the index in {folder} was made by another version of this program; {REMEDY}"
                )
            catalog._check(fingerprint)
        except (OSError, sqlite3.OperationalError) as error:
            catalog.close()
            raise LibraryError(
                f"the index folder {folder} cannot be used ({error}); choose another one with TEMOIN_INDEX"
            ) from error
        except sqlite3.DatabaseError as error:
            catalog.close()
            raise LibraryError(f"the index in {folder} is damaged ({error}); {REMEDY}") from error
        except LibraryError:
            catalog.close()
            raise
        return catalog

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

    # -- reading ----------------------------------------------------------------------------------------

    def sources(self) -> tuple[Source, ...]:
        """The cards of all documents, by path."""
        return tuple(Source(*row) for row in self._rows(f"SELECT {_SOURCE} FROM documents ORDER BY path"))

    def document(self, document_id: str) -> Document:
        """A document with its text. Raises LibraryError when there is none."""
        row = self._row(f"SELECT text, noise, {_SOURCE} FROM documents WHERE id = ?", document_id)
        if row is None:
            raise LibraryError(
                f"there is no document {document_id!r}; the documents tab lists those there are"
            )
        noise = tuple(Span(start, end) for start, end in json.loads(row[1]))
        return Document(Source(*row[2:]), row[0], noise)

    def sentences(self, document_id: str) -> tuple[Sentence, ...]:
        """The sentences of a document, in order."""
        rows = self._rows(f"SELECT {_SENTENCE} WHERE d.id = ? ORDER BY s.position", document_id)
        return tuple(_sentence(row) for row in rows)

    def sentence_ids(self, document_id: str) -> tuple[int, ...]:
        """Their ids, in the same order."""
        rows = self._rows(
            "SELECT s.id FROM sentences s JOIN documents d ON d.key = s.document WHERE d.id = ? ORDER BY s.position",
            document_id,
        )
        return tuple(row[0] for row in rows)

    def sentence_id(self, sentence: Sentence) -> int | None:
        """The id of a sentence, by its document and position."""
        row = self._row(
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
            for row in self._rows(f"SELECT {_SENTENCE} WHERE s.id IN ({marks})", *part):
                found[row[0]] = _sentence(row)
        return found

    def sources_by_id(self, document_ids: Sequence[str]) -> dict[str, Source]:
        """Cards by document id; documents that have left are left out."""
        found: dict[str, Source] = {}
        for part in _parts(list(dict.fromkeys(document_ids))):
            marks = ",".join("?" * len(part))
            for row in self._rows(f"SELECT {_SOURCE} FROM documents WHERE id IN ({marks})", *part):
                found[row[0]] = Source(*row)
        return found

    def neighbours(self, sentence_id: int) -> tuple[str, str]:
        """The searchable sentences before and after one, within its paragraph; empty where there is none."""
        rows = self._rows(
            "SELECT n.position - s.position, n.text FROM sentences s JOIN sentences n ON n.document = s.document "
            "AND n.position IN (s.position - 1, s.position + 1) AND n.paragraph = s.paragraph "
            "WHERE s.id = ? AND n.searchable",
            sentence_id,
        )
        found = {step: text for step, text in rows}
        return found.get(-1, ""), found.get(1, "")

    def states(self) -> dict[str, str]:
        """By path, the state of the file as it was given to :meth:`replace`."""
        return dict(self._rows("SELECT path, state FROM documents"))

    def vectors(self, keys: Sequence[bytes]) -> dict[bytes, FloatArray]:
        """Cached vectors by :func:`vector_key`; unknown keys are left out."""
        found: dict[bytes, FloatArray] = {}
        for part in _parts(list(dict.fromkeys(keys))):
            marks = ",".join("?" * len(part))
            for key, blob in self._rows(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", *part):
                found[key] = np.frombuffer(blob, np.float32)
        return found

    def vectors_of(self, ids: Sequence[int]) -> dict[int, FloatArray]:
        """The vectors of sentences, by sentence id; those without are left out."""
        found: dict[int, FloatArray] = {}
        for part in _parts(ids):
            marks = ",".join("?" * len(part))
            for number, blob in self._rows(
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
            held.update(
                row[0] for row in self._rows(f"SELECT key FROM vectors WHERE key IN ({marks})", *part)
            )
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

    def rows_between(self, revision: int, until: int) -> int:
        """How many rows :meth:`rows_since` gives."""
        row = self._row(
            "SELECT count(s.vector) FROM documents d CROSS JOIN sentences s ON s.document = d.key "
            "WHERE d.revision > ? AND d.revision <= ?",
            revision,
            until,
        )
        assert row is not None
        return int(row[0])

    def departed_since(self, revision: int) -> tuple[int, ...]:
        """Ids of sentences that left after ``revision``."""
        rows = self._rows("SELECT sentence FROM departed WHERE revision > ? ORDER BY sentence", revision)
        return tuple(row[0] for row in rows)

    def disagreements(self) -> tuple[Pair, ...]:
        """All pairs whose sentences are both still there."""
        return tuple(
            Pair(*row) for row in self._rows("SELECT a, b, kind, note FROM disagreements ORDER BY a, b")
        )

    def disagreements_of(self, sentence_id: int) -> tuple[Pair, ...]:
        """The pairs one sentence is part of."""
        rows = self._rows(
            "SELECT a, b, kind, note FROM disagreements WHERE a = ?1 OR b = ?1 ORDER BY a, b", sentence_id
        )
        return tuple(Pair(*row) for row in rows)

    def counts(self) -> Counts:
        """Documents, sentences, searchable sentences."""
        row = self._row(
            "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM sentences), "
            "(SELECT count(*) FROM sentences WHERE vector IS NOT NULL)"
        )
        assert row is not None
        return Counts(*row)

    def revision(self) -> int:
        """The number of the latest change."""
        return int(self.meta("revision") or 0)

    def store_revision(self, store: str) -> int:
        """How far a vector store has followed; 0 for one never seen."""
        row = self._row("SELECT revision FROM stores WHERE name = ?", store)
        return 0 if row is None else int(row[0])

    def meta(self, key: str) -> str | None:
        """A value of the table of facts about the index itself: ``id``, ``fingerprint``, ``revision``."""
        row = self._row("SELECT value FROM meta WHERE key = ?", key)
        return None if row is None else str(row[0])

    # -- writing ----------------------------------------------------------------------------------------

    def keep_vectors(self, vectors: Mapping[bytes, FloatArray]) -> None:
        """Cache vectors under their keys, at once, so that a kill loses nothing that was computed."""
        with self._transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO vectors (key, vector) VALUES (?, ?)",
                [
                    (key, np.ascontiguousarray(vector, np.float32).tobytes())
                    for key, vector in vectors.items()
                ],
            )

    def replace(
        self,
        document: Document,
        sentences: Sequence[Sentence],
        vectors: FloatArray | None = None,
        state: str = "",
        *,
        keys: Sequence[bytes] | None = None,
    ) -> tuple[int, ...]:
        """Write a document in place of any of the same id or path; return its sentence ids, in order.

        ``vectors``: (sentences, dimension); the rows of sentences that are not searchable are not looked at.
        Instead of them, ``keys`` may name vectors already kept, one a sentence.
        """
        if keys is None:
            keys = [vector_key(str(self.meta("fingerprint")), sentence.text) for sentence in sentences]
        if vectors is not None:
            held = {k: row for k, row, s in zip(keys, vectors, sentences, strict=True) if s.searchable}
            self.keep_vectors(held)
        source = document.source
        with self._transaction() as connection:
            revision = self._next_revision()
            for (old,) in connection.execute(
                "SELECT id FROM documents WHERE id = ? OR path = ?", (source.id, source.path)
            ).fetchall():
                self._forget(connection, old, revision)
            noise = json.dumps([(span.start, span.end) for span in document.noise])
            key = connection.execute(
                f"INSERT INTO documents ({_SOURCE}, text, noise, state, revision) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
                (*_card(source), document.text, noise, state, revision),
            ).lastrowid
            connection.executemany(
                'INSERT INTO sentences (document, position, paragraph, start, "end", language, searchable, text, '
                "vector) VALUES (?, ?, ?, ?, ?, ?, ?, ?, CASE WHEN ?7 THEN (SELECT number FROM vectors WHERE key = ?9) END)",
                [
                    (key, s.position, s.paragraph, s.start, s.end, s.language, s.searchable, s.text, k)
                    for s, k in zip(sentences, keys, strict=True)
                ],
            )
            ids = self.sentence_ids(source.id)
            lexical.add(
                connection,
                [(n, s.language, s.text) for n, s in zip(ids, sentences, strict=True) if s.searchable],
            )
        return ids

    def recard(self, document_id: str, source: Source, state: str) -> None:
        """Give a document another card or path; its text and sentences stay as they are."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE documents SET id = ?, path = ?, language = ?, title = ?, publisher = ?, date = ?, url = ?, "
                "state = ?, revision = ? WHERE id = ?",
                (*_card(source), state, self._next_revision(), document_id),
            )

    def remove(self, document_id: str) -> None:
        """Forget a document, its sentences, words and disagreements. None of that id: nothing happens."""
        with self._transaction() as connection:
            self._forget(connection, document_id, self._next_revision())

    def clear(self, fingerprint: str) -> None:
        """Forget all documents and take another fingerprint; cached vectors stay."""
        with self._transaction() as connection:
            revision = self._next_revision()
            connection.execute("INSERT OR REPLACE INTO departed SELECT id, ? FROM sentences", (revision,))
            connection.execute("DELETE FROM documents")
            connection.execute("DELETE FROM disagreements")
            lexical.clear(connection)
            self._set("fingerprint", fingerprint)

    def prune(self) -> int:
        """Drop cached vectors that no sentence uses; return how many."""
        with self._transaction() as connection:
            return connection.execute(
                "DELETE FROM vectors WHERE number NOT IN (SELECT vector FROM sentences WHERE vector IS NOT NULL)"
            ).rowcount

    def set_disagreements(self, pairs: Sequence[Pair]) -> None:
        """Replace all pairs."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM disagreements")
            connection.executemany(
                "INSERT OR REPLACE INTO disagreements VALUES (?, ?, ?, ?)",
                [(pair.a, pair.b, pair.kind, pair.note) for pair in pairs],
            )

    def add_disagreements(self, pairs: Sequence[Pair]) -> None:
        """Add pairs to those there are."""
        with self._transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO disagreements VALUES (?, ?, ?, ?)",
                [(pair.a, pair.b, pair.kind, pair.note) for pair in pairs],
            )

    def set_store_revision(self, store: str, revision: int) -> None:
        """Remember how far a vector store has followed; what every store has forgotten is dropped."""
        with self._transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO stores VALUES (?, ?)", (store, revision))
            connection.execute("DELETE FROM departed WHERE revision <= (SELECT min(revision) FROM stores)")

    # -- within -----------------------------------------------------------------------------------------

    def _check(self, fingerprint: str | None) -> None:
        if fingerprint is None:
            return
        known = self.meta("fingerprint")
        if known is None:
            self._set("fingerprint", fingerprint)
        elif known != fingerprint:
            raise LibraryError(
                f"the index in {self.file.parent} was made by another embedding model or other rules than the "
                f"present ones; {REMEDY}"
            )

    def _forget(self, connection: sqlite3.Connection, document_id: str, revision: int) -> None:
        rows = connection.execute(f"SELECT {_SENTENCE} WHERE d.id = ?", (document_id,)).fetchall()
        lexical.remove(connection, [(row[0], row[7], row[6]) for row in rows if row[8]])
        ids = [(row[0],) for row in rows]
        connection.executemany("DELETE FROM disagreements WHERE a = ?1 OR b = ?1", ids)
        connection.executemany("INSERT OR REPLACE INTO departed VALUES (?, ?)", [(*n, revision) for n in ids])
        connection.execute("DELETE FROM documents WHERE id = ?", (document_id,))

    def _next_revision(self) -> int:
        revision = self.revision() + 1
        self._set("revision", str(revision))
        return revision

    def _set(self, key: str, value: str) -> None:
        self.connection().execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """One write transaction on this thread's connection. Raises LibraryError when SQLite refuses."""
        connection = self.connection()
        with self._writing:
            try:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                except BaseException:
                    connection.execute("ROLLBACK")
                    raise
                connection.execute("COMMIT")
            except sqlite3.Error as error:
                raise LibraryError(f"the index in {self.file.parent} cannot be written ({error})") from error

    def _rows(self, statement: str, *values: object) -> list[tuple]:
        return self.connection().execute(statement, values).fetchall()

    def _row(self, statement: str, *values: object) -> tuple | None:
        row: tuple | None = self.connection().execute(statement, values).fetchone()
        return row


def set_aside_unusable(folder: Path) -> None:
    """Rename a catalog that is damaged or of another version, so that a new one can be made."""
    file = folder / schema.FILE
    if not file.exists():
        return
    try:
        connection = schema.connect(file)
        usable = schema.version(connection) in {0, schema.VERSION}
        usable = usable and connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
        connection.close()
    except sqlite3.DatabaseError:
        usable = False
    if not usable:
        for suffix in ("", "-wal", "-shm"):
            part = file.with_name(file.name + suffix)
            if part.exists():
                part.replace(part.with_name(part.name + ".damaged"))


def _sentence(row: tuple) -> Sentence:
    return Sentence(*row[1:8], searchable=bool(row[8]))


def _card(source: Source) -> tuple[str | None, ...]:
    return (
        source.id, source.path, source.language, source.title, source.publisher, source.date, source.url,
    )  # fmt: skip


def _parts(items: Sequence, size: int = 500) -> Iterator[Sequence]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
