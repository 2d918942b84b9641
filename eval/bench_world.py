"""The libraries of ``eval/bench.py``: real sentences as far as they go, then synthetic ones; and the clock."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.corpus import documents
from rag.ingestion.sentences import split
from rag.library import Library
from rag.models.embedder import Embedder
from rag.settings import Settings
from rag.types import Document, Language, Sentence, Source

FloatArray = NDArray[np.float32]
PER_DOCUMENT = 50
MOVED = 0.3  #: length of the random move from a real vector to a synthetic one


class Timed:
    """Passes calls on and adds up how long some of them take."""

    def __init__(self, inner: Any, names: Sequence[str], spent: dict[str, float], stage: str) -> None:
        self._inner, self._names, self._spent, self._stage = inner, names, spent, stage

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        return self._clocked(found) if name in self._names else found

    def _clocked(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def clocked(*given: Any, **named: Any) -> Any:
            started = time.perf_counter()
            try:
                return call(*given, **named)
            finally:
                self._spent[self._stage] += (time.perf_counter() - started) * 1000

        return clocked


class RandomEmbedder(Embedder):
    """Vectors drawn by chance, at no cost."""

    fingerprint = "random"
    dimension = 384

    def __init__(self) -> None:
        self._draw = np.random.default_rng(7)

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """See Embedder."""
        rows = self._draw.normal(size=(len(texts), self.dimension)).astype(np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)

    encode_passages = encode_queries


def real_texts(settings: Settings, data: Path) -> dict[Language, list[str]]:
    """Sentences of the corpus and of the public data, each once."""
    found: dict[Language, dict[str, None]] = {"fr": {}, "en": {}}
    for document in documents(settings.corpus).values():
        for one in split(document):
            if one.searchable:
                found[one.language][one.text] = None
    for name in ("nomiracl_fr_en.jsonl", "clapnq_en.jsonl"):
        for line in (data / name).read_text("utf-8").splitlines() if (data / name).exists() else ():
            item = json.loads(line)
            language: Language = "fr" if item["lang"] == "fr" else "en"
            for text in re.split(r"(?<=[.!?])\s+|\n+", item["context"]):
                if 30 < len(text) < 400:
                    found[language][re.sub(r"^\[\d+\] ", "", text)] = None
    return {language: list(texts) for language, texts in found.items()}


def mixed(texts: dict[Language, list[str]], count: int, seed: int = 7) -> Iterator[tuple[str, Language, bool]]:
    """``count`` sentences, the languages in turn: (text, language, real); real ones first, then recombined ones."""
    draw = random.Random(seed)
    order = {language: draw.sample(held, len(held)) for language, held in texts.items()}
    words = {language: [text.split() for text in held] for language, held in order.items()}
    for number in range(count):
        language: Language = "fr" if number % 2 == 0 else "en"
        place = number // 2
        if place < len(order[language]):
            yield order[language][place], language, True
        else:
            frame = list(draw.choice(words[language]))
            for _ in range(max(1, len(frame) // 2)):
                frame[draw.randrange(len(frame))] = draw.choice(draw.choice(words[language]))
            yield " ".join(frame), language, False


def filled(library: Library, texts: dict[Language, list[str]], count: int, vectors: FloatArray) -> int:
    """Write ``count`` sentences into the library without embedding them; return how many are real."""
    draw = np.random.default_rng(7)
    real = 0
    rows: dict[Language, list[str]] = {"fr": [], "en": []}
    number = 0
    for text, language, genuine in mixed(texts, count):
        real += genuine
        rows[language].append(text)
        if len(rows[language]) == PER_DOCUMENT:
            _write(library, f"{language}-{number}", language, rows[language], _moved(vectors, PER_DOCUMENT, draw))
            rows[language] = []
            number += 1
    for language, left in rows.items():
        if left:
            _write(library, f"{language}-{number}", language, left, _moved(vectors, len(left), draw))
    library.refresh()
    return real


def _moved(vectors: FloatArray, count: int, draw: np.random.Generator) -> FloatArray:
    base = vectors[draw.integers(len(vectors), size=count)]
    moved = base + draw.normal(size=base.shape).astype(np.float32) * (MOVED / base.shape[1] ** 0.5)
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), np.float32)


def _write(library: Library, identity: str, language: Language, texts: Sequence[str], vectors: FloatArray) -> None:
    whole, sentences = "", []
    for position, text in enumerate(texts):
        start = len(whole)
        sentences.append(Sentence(identity, position, position // 5, start, start + len(text), text, language))
        whole += text + "\n"
    source = Source(identity, f"{identity}.txt", language, f"Document {identity}", None, "2023-12-06")
    library.catalog.replace(Document(source, whole), tuple(sentences), vectors)
