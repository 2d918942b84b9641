"""What can be read in a library without the models: documents, sentences, words, and who says otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from rag.index.catalog import Catalog
from rag.index.lexical import LexicalIndex
from rag.types import LANGUAGES, Document, Sentence, Source


@dataclass(frozen=True, slots=True)
class Found:
    """A sentence found by its words."""

    sentence: Sentence
    source: Source
    score: float  #: BM25 as a share of the best in its language, in (0, 1]


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A sentence of another document that says otherwise."""

    sentence: Sentence
    source: Source
    kind: str
    note: str


class LibraryReader:
    """The reading half of rag.library.Library."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.lexical = LexicalIndex(catalog)

    def sources(self) -> tuple[Source, ...]:
        """The cards of all documents, by path."""
        return self.catalog.sources()

    def document(self, document_id: str) -> Document:
        """A document with its text. Raises LibraryError when there is none."""
        return self.catalog.document(document_id)

    def sentences(self, document_id: str) -> tuple[Sentence, ...]:
        """The sentences of a document, in order."""
        return self.catalog.sentences(document_id)

    def disagreements_of(self, sentence: Sentence) -> tuple[Otherwise, ...]:
        """Sentences elsewhere that say otherwise about the same matter."""
        number = self.catalog.sentence_id(sentence)
        if number is None:
            return ()
        pairs = self.catalog.disagreements_of(number)
        others = [pair.b if pair.a == number else pair.a for pair in pairs]
        held = self.catalog.sentences_by_id(others)
        sources = self.catalog.sources_by_id([each.document_id for each in held.values()])
        return tuple(
            Otherwise(held[other], sources[held[other].document_id], pair.kind, pair.note)
            for other, pair in zip(others, pairs, strict=True)
            if other in held and held[other].document_id in sources
        )

    def disagreements(self) -> tuple[tuple[Otherwise, Otherwise], ...]:
        """All pairs of sentences that say otherwise about the same matter."""
        pairs = self.catalog.disagreements()
        held = self.catalog.sentences_by_id([number for pair in pairs for number in (pair.a, pair.b)])
        sources = self.catalog.sources_by_id([sentence.document_id for sentence in held.values()])
        return tuple(
            (
                Otherwise(held[pair.a], sources[held[pair.a].document_id], pair.kind, pair.note),
                Otherwise(held[pair.b], sources[held[pair.b].document_id], pair.kind, pair.note),
            )
            for pair in pairs
            if pair.a in held and pair.b in held
        )

    def find(self, text: str, limit: int = 20) -> tuple[Found, ...]:
        """Sentences that hold the words of ``text``, in either language, best first."""
        hits: list[tuple[int, float]] = []
        for language in LANGUAGES:
            found = self.lexical.search(text, language, limit)
            hits += [(number, score / found[0][1]) for number, score in found]
        best = sorted(hits, key=lambda hit: -hit[1])[:limit]
        held = self.catalog.sentences_by_id([number for number, _ in best])
        sources = self.catalog.sources_by_id([sentence.document_id for sentence in held.values()])
        return tuple(
            Found(held[number], sources[held[number].document_id], score)
            for number, score in best
            if number in held and held[number].document_id in sources
        )
