"""What tests of the index share: an embedder without a model, a vector store in memory, a small corpus."""

from __future__ import annotations

import hashlib
import itertools
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import rag.text
from rag.library import Library
from rag.models.embedder import Embedder
from rag.settings import Settings
from rag.text.terms import words
from rag.types import Document, Language, Sentence, Source

FloatArray = NDArray[np.float32]

WORDS = (Path(rag.text.__file__).with_name("ordinary_en.txt")).read_text("utf-8").split()
FILES = {
    "pont.txt": "Le pont de Valmont a rouvert en mai.\n\nLes travaux ont coûté quatre millions. La mairie est satisfaite.\n",
    "bridge.txt": "The bridge at Valmont reopened in May.\n\nThe baker next to it sells more bread now.\n",
    "library.txt": "The library of Valmont holds twelve thousand books. It opens on Monday.\n",
}


class WordEmbedder(Embedder):
    """Texts that share words are near; the same for queries and passages. Remembers what it was asked for."""

    def __init__(self, fingerprint: str = "words", dimension: int = 48) -> None:
        self.fingerprint = fingerprint
        self.dimension = dimension
        self.passages: list[str] = []
        self.calls: list[int] = []

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        rows = np.stack([self._vector(text) for text in texts]) if texts else np.zeros((0, self.dimension))
        return np.asarray(rows, np.float32)

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        self.passages += texts
        self.calls.append(len(texts))
        return self.encode_queries(texts)

    def encode_tokens(self, text: str) -> FloatArray:
        return self.encode_queries(words(text))

    def token_spans(self, text: str) -> tuple[tuple[int, int], ...]:
        spans = [match.span() for match in re.finditer(r"\d+(?:[.,]\d+)*|[^\W\d_]+", text)]
        assert len(spans) == len(words(text)), "a word of these tests folds into several"
        return tuple(spans)

    def _vector(self, text: str) -> FloatArray:
        vector = np.full(self.dimension, 1e-3)
        for word in words(text):
            digest = hashlib.sha256(f"{self.fingerprint}{word}".encode()).digest()
            vector += np.frombuffer(digest * 3, np.uint8)[: self.dimension] / 255 - 0.5
        return np.asarray(vector / np.linalg.norm(vector), np.float32)


class MemoryStore:
    """A VectorIndex in memory, which can be made to fail after so many rows."""

    store = "memory"

    def __init__(self) -> None:
        self._tokens = itertools.count()
        self.token = f"token {next(self._tokens)}"
        self.rows: dict[int, tuple[FloatArray, Language, str]] = {}
        self.fails_after: int | None = None

    def search(self, vector: FloatArray, k: int, language: Language | None = None) -> list[tuple[int, float]]:
        scored = [(number, float(row @ vector)) for number, (row, each, _) in self.rows.items() if language in {None, each}]
        return sorted(scored, key=lambda pair: -pair[1])[:k]

    def upsert(self, ids: Sequence[int], vectors: FloatArray, languages: Sequence[Language], document_ids: Sequence[str]) -> None:
        for row in zip(ids, vectors, languages, document_ids, strict=True):
            if self.fails_after is not None and len(self.rows) >= self.fails_after:
                raise RuntimeError("the store went away")
            self.rows[row[0]] = row[1:]

    def delete(self, ids: Sequence[int]) -> None:
        for number in ids:
            self.rows.pop(number, None)

    def count(self) -> int:
        return len(self.rows)

    def clear(self) -> None:
        self.rows = {}
        self.token = f"token {next(self._tokens)}"

    def bulk(self, rows: Mapping[Language, int]) -> AbstractContextManager[None]:
        return nullcontext()

    def close(self) -> None:
        return


def prose(count: int, seed: object) -> str:
    """``count`` sentences of ordinary words, without figures; the same for the same seed."""
    draw = random.Random(str(seed))
    return " ".join(" ".join(draw.sample(WORDS, 9)).capitalize() + "." for _ in range(count))


def settings_in(folder: Path, **others: object) -> Settings:
    """Settings whose corpus and index lie in ``folder``."""
    return Settings(corpus=folder / "corpus", index=folder / "index", cache=folder / "cache", **others)  # type: ignore[arg-type]


def fill(corpus: Path, files: Mapping[str, str] | None = None) -> None:
    """Write a corpus folder."""
    for name, text in (FILES if files is None else files).items():
        file = corpus / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


@contextmanager
def synced(folder: Path, files: Mapping[str, str] | None = None, **settings: object) -> Iterator[Library]:
    """A library with word vectors that holds a corpus of ``files``."""
    fill(folder / "corpus", files)
    with Library.open(settings_in(folder, **settings), embedder=WordEmbedder()) as library:
        library.sync()
        yield library


def document_of(identity: str, *texts: str, language: Language = "en") -> tuple[Document, tuple[Sentence, ...]]:
    """A document of one paragraph whose sentences are ``texts``."""
    whole = " ".join(texts)
    sentences, start = [], 0
    for position, text in enumerate(texts):
        sentences.append(Sentence(identity, position, 0, start, start + len(text), text, language))
        start += len(text) + 1
    return Document(Source(identity, f"{identity}.txt", language), whole), tuple(sentences)


class Shelf:
    """A corpus folder and a library on it, opened anew for each step as separate runs would."""

    def __init__(self, folder: Path) -> None:
        self.settings = settings_in(folder)
        self.corpus = self.settings.corpus
        self.store = MemoryStore()
        self.embedder = WordEmbedder()

    def open(self, **others: object) -> Library:
        return Library.open(self.settings, embedder=self.embedder, vectors=self.store, **others)  # type: ignore[arg-type]

    def sync(self, **others: object):
        self.embedder.passages.clear()
        with self.open(**others) as library:
            return library.sync()

    def holds(self) -> dict[str, list[str]]:
        with self.open() as library:
            return {source.path: [s.text for s in library.sentences(source.id)] for source in library.sources()}
