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
from pathlib import Path

import numpy as np

from rag.errors import LibraryError, OutdatedIndex
from rag.index import lexical, schema
from rag.index.reading import REMEDY, SOURCE, CatalogReader, Counts, FloatArray, Pair, VectorRow
from rag.types import Document, Sentence, Source

__all__ = ["Catalog", "Counts", "FloatArray", "Pair", "VectorRow", "set_aside_unusable", "vector_key"]

_INSERT = (
    'INSERT INTO sentences (document, position, paragraph, start, "end", language, searchable, text, terms, vector) '
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, CASE WHEN ?7 THEN (SELECT number FROM vectors WHERE key = ?10) END)"
)


def vector_key(fingerprint: str, text: str) -> bytes:
    """The name of a cached vector: SHA-256 of the embedder's fingerprint and the embedded text."""
    return hashlib.sha256(f"{fingerprint}\0{text}".encode(errors="surrogatepass")).digest()


class Catalog(CatalogReader):
    """Reading and writing. Use :meth:`open`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._writing = threading.RLock()

    @classmethod
    def open(cls, folder: Path, fingerprint: str | None = None) -> Catalog:
        """Open the catalog in ``folder``, making both where missing.

        ``fingerprint``: of everything that shapes the index, the model first; ``None`` takes it as it is. Raises
        OutdatedIndex when the catalog was made by other rules, LibraryError when it was made by another model, is
        damaged, or cannot be written.
        """
        catalog = cls(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            connection = catalog.connection()
            if schema.version(connection) == 0:
                schema.create(connection)
                connection.execute("INSERT OR IGNORE INTO meta VALUES ('id', ?)", (uuid.uuid4().hex,))
            if schema.version(connection) != schema.VERSION:
                raise OutdatedIndex(f"the index in {folder} was made by another version of this program; {REMEDY}")
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

    def keep_vectors(self, vectors: Mapping[bytes, FloatArray]) -> None:
        """Cache vectors under their keys, at once, so that a kill loses nothing that was computed."""
        with self._transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO vectors (key, vector) VALUES (?, ?)",
                [(key, np.ascontiguousarray(vector, np.float32).tobytes()) for key, vector in vectors.items()],
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
                f"INSERT INTO documents ({SOURCE}, text, noise, state, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*_card(source), document.text, noise, state, revision),
            ).lastrowid
            terms = [lexical.terms_of(s.text, s.language) if s.searchable else "" for s in sentences]
            connection.executemany(_INSERT, _rows(key, sentences, terms, keys))
            ids = self.sentence_ids(source.id)
            rows = zip(ids, sentences, terms, strict=True)
            lexical.add(connection, [(number, s.language, told) for number, s, told in rows if s.searchable])
        return ids

    def recard(self, document_id: str, source: Source, state: str) -> None:
        """Give a document another card or path; its text and sentences stay as they are."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE documents SET id = ?, path = ?, language = ?, title = ?, publisher = ?, date = ?, "
                "url = ?, state = ?, revision = ? WHERE id = ?",
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
            connection.execute("INSERT OR IGNORE INTO loose SELECT number FROM vectors")
            connection.execute("DELETE FROM sentences")
            connection.execute("DELETE FROM documents")
            connection.execute("DELETE FROM disagreements")
            lexical.clear(connection)
            self.set_meta("fingerprint", fingerprint)

    def prune(self) -> int:
        """Drop the cached vectors that sentences left and none uses; return how many."""
        with self._transaction() as connection:
            dropped = connection.execute(
                "DELETE FROM vectors WHERE number IN (SELECT vector FROM loose) "
                "AND NOT EXISTS (SELECT 1 FROM sentences WHERE sentences.vector = vectors.number)"
            ).rowcount
            connection.execute("DELETE FROM loose")
        return dropped

    def set_disagreements(self, pairs: Sequence[Pair], *, keep: bool = False) -> None:
        """Replace all pairs, or add to those there are."""
        with self._transaction() as connection:
            if not keep:
                connection.execute("DELETE FROM disagreements")
            connection.executemany(
                "INSERT OR REPLACE INTO disagreements VALUES (?, ?, ?, ?)",
                [(pair.a, pair.b, pair.kind, pair.note) for pair in pairs],
            )

    def set_store_revision(self, store: str, token: str, revision: int, *, deleted: int = 0) -> None:
        """Remember how far a vector store has followed, and that so many more rows were ``deleted`` from it.

        What every store has forgotten is dropped.
        """
        with self._transaction() as connection:
            connection.execute(
                "INSERT INTO stores VALUES (?1, ?2, ?3, ?4) ON CONFLICT (name) DO UPDATE SET token = ?2, revision = ?3, "
                "deleted = ?4 + CASE WHEN token = ?2 THEN deleted ELSE 0 END",
                (store, token, revision, deleted),
            )
            connection.execute("DELETE FROM departed WHERE revision <= (SELECT min(revision) FROM stores)")

    def _check(self, fingerprint: str | None) -> None:
        if fingerprint is None:
            return
        known = self.meta("fingerprint")
        if known is None:
            self.set_meta("fingerprint", fingerprint)
        elif known.split()[0] != fingerprint.split()[0]:
            raise LibraryError(f"the index in {self.file.parent} was made by another embedding model; {REMEDY}")
        elif known != fingerprint:
            raise OutdatedIndex(f"the index in {self.file.parent} was made by another version of this program; {REMEDY}")

    def _forget(self, connection: sqlite3.Connection, document_id: str, revision: int) -> None:
        rows = connection.execute(
            "SELECT s.id, s.language, s.terms, s.searchable, s.vector FROM sentences s "
            "JOIN documents d ON d.key = s.document WHERE d.id = ?",
            (document_id,),
        ).fetchall()
        lexical.remove(connection, [row[:3] for row in rows if row[3]])
        connection.executemany("INSERT OR IGNORE INTO loose VALUES (?)", [(row[4],) for row in rows if row[4] is not None])
        ids = [(row[0],) for row in rows]
        connection.executemany("DELETE FROM disagreements WHERE a = ?1 OR b = ?1", ids)
        connection.executemany("INSERT OR REPLACE INTO departed VALUES (?, ?)", [(*n, revision) for n in ids])
        connection.execute("DELETE FROM documents WHERE id = ?", (document_id,))

    def _next_revision(self) -> int:
        revision = self.revision() + 1
        self.set_meta("revision", str(revision))
        return revision

    def set_meta(self, key: str, value: str) -> None:
        """Write one of the facts that :meth:`meta` reads."""
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
                raise LibraryError(
                    f"the index in {self.file.parent} cannot be written ({error}); see that the disk has room"
                ) from error


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


def _rows(
    key: int | None, sentences: Sequence[Sentence], terms: Sequence[str], keys: Sequence[bytes]
) -> list[tuple[object, ...]]:
    return [
        (key, s.position, s.paragraph, s.start, s.end, s.language, s.searchable, s.text, told, vector)
        for s, told, vector in zip(sentences, terms, keys, strict=True)
    ]


def _card(source: Source) -> tuple[str | None, ...]:
    return (
        source.id, source.path, source.language, source.title, source.publisher, source.date, source.url,
    )  # fmt: skip
