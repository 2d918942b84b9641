"""What the catalog answers. Any number of threads may read; each has a connection of its own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rag.errors import LibraryError
from rag.index.connections import REMEDY, parts
from rag.index.stored import FloatArray, VectorReader, VectorRow
from rag.types import Document, Sentence, Source, Span

__all__ = ["REMEDY", "SOURCE", "CatalogReader", "Counts", "FloatArray", "Neighbours", "Pair", "VectorRow"]

SENTENCE = (
    's.id, d.id, s.position, s.paragraph, s.start, s."end", s.text, s.language, s.searchable '
    "FROM sentences s JOIN documents d ON d.key = s.document"
)
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


class CatalogReader(VectorReader):
    """The reading half of rag.index.catalog.Catalog."""

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

    def openings(self, document_ids: Sequence[str], length: int) -> dict[str, str]:
        """The first ``length`` characters of documents, by id; documents that have left are left out."""
        found: dict[str, str] = {}
        for part in parts(list(dict.fromkeys(document_ids))):
            marks = ",".join("?" * len(part))
            found.update(self.rows(f"SELECT id, substr(text, 1, ?) FROM documents WHERE id IN ({marks})", length, *part))
        return found

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
        for part in parts(ids):
            marks = ",".join("?" * len(part))
            for row in self.rows(f"SELECT {SENTENCE} WHERE s.id IN ({marks})", *part):
                found[row[0]] = _sentence(row)
        return found

    def sources_by_id(self, document_ids: Sequence[str]) -> dict[str, Source]:
        """Cards by document id; documents that have left are left out."""
        found: dict[str, Source] = {}
        for part in parts(list(dict.fromkeys(document_ids))):
            marks = ",".join("?" * len(part))
            for row in self.rows(f"SELECT {SOURCE} FROM documents WHERE id IN ({marks})", *part):
                found[row[0]] = Source(*row)
        return found

    def terms_by_id(self, ids: Sequence[int]) -> list[tuple[int, str]]:
        """(id, stemmed terms separated by spaces) of sentences, in any order."""
        found: list[tuple[int, str]] = []
        for part in parts(ids):
            marks = ",".join("?" * len(part))
            found += self.rows(f"SELECT id, terms FROM sentences WHERE id IN ({marks})", *part)
        return found

    def neighbours(self, ids: Sequence[int]) -> dict[int, Neighbours]:
        """The searchable sentences before and after each, within its paragraph."""
        found: dict[tuple[int, int], tuple[str, str]] = {}
        for part in parts(ids):
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


def _sentence(row: tuple[Any, ...]) -> Sentence:
    document_id, position, paragraph, start, end, text, language, searchable = row[1:9]
    return Sentence(document_id, position, paragraph, start, end, text, language, bool(searchable))
