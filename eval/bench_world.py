"""What ``eval/bench.py`` measures with: libraries of real sentences, then synthetic ones; ingest runs; the clock."""

from __future__ import annotations

import json
import random
import re
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.corpus import documents
from rag.comparison import DONE, compare
from rag.ingestion.sentences import split
from rag.library import Library
from rag.models.embedder import Embedder
from rag.settings import Settings
from rag.types import Document, Language, Sentence, Source

FloatArray = NDArray[np.float32]
PER_DOCUMENT = 50
REAL = 1_000  #: real sentences embedded: for the ingest rate, and for synthetic vectors to start from
FILES = 10_000  #: of the second ingest
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


def ingest_rate(settings: Settings, texts: dict[Language, list[str]]) -> dict[str, float]:
    """Sentences a second through the whole of a sync, and through the bare model, on the same texts.

    ``peak_mb``: most memory of this process until the first sync was done, model and all.
    """
    from rag.models.embedder import open_embedder

    embedder = open_embedder(settings)
    bare: Any = embedder._model  # type: ignore[attr-defined]
    rates: dict[str, list[float]] = {"bare": [], "sync": []}
    most = 0.0
    for turn in range(2):
        with TemporaryDirectory() as folder:
            corpus = Path(folder) / "corpus"
            corpus.mkdir()
            rows = list(mixed(texts, REAL, seed=turn))
            for start in range(0, len(rows), PER_DOCUMENT):
                for language in ("fr", "en"):
                    lines = [text for text, each, _ in rows[start : start + PER_DOCUMENT] if each == language]
                    (corpus / f"{language}-{start}.txt").write_text("\n\n".join(lines) + "\n", "utf-8")
            own = settings.model_copy(update={"corpus": corpus, "index": Path(folder) / "index"})
            with Library.open(own, embedder=embedder) as library:
                report = library.sync()
                most = most or peak_mb()  # before the bare model is asked
                sources = library.sources()
                held = [one.text for source in sources for one in library.sentences(source.id) if one.searchable]
            rates["sync"].append(report.embedded / report.seconds)
            distinct = list(dict.fromkeys(held))
            started = time.perf_counter()
            bare.encode(["passage: " + text for text in distinct], batch_size=own.embedder_batch, show_progress_bar=False)
            rates["bare"].append(len(distinct) / (time.perf_counter() - started))
    return {name: float(np.mean(each)) for name, each in rates.items()} | {"sentences": float(REAL), "peak_mb": most}


def unchanged(settings: Settings, texts: dict[Language, list[str]]) -> dict[str, float]:
    """Seconds of a first and of a second sync of ``FILES`` files, and how many sentences the second embedded.

    ``peak_mb``: most memory of this process until the first sync was done; no model is loaded.
    """
    with TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for number, (text, _, _) in enumerate(mixed(texts, FILES)):
            (corpus / f"{number}.txt").write_text(text + "\n", "utf-8")
        own = settings.model_copy(update={"corpus": corpus, "index": Path(folder) / "index"})
        with Library.open(own, embedder=RandomEmbedder()) as library:
            first = library.sync()
            most = peak_mb()
        with Library.open(own, embedder=RandomEmbedder()) as library:
            second = library.sync()
    return {"files": FILES, "first_s": first.seconds, "second_s": second.seconds, "embedded": second.embedded, "peak_mb": most}


def comparing(library: Library, sentences: int) -> float:
    """Seconds it takes to find what the last ``sentences`` written say otherwise than all the others."""
    catalog = library.catalog
    row = catalog.row("SELECT revision FROM documents ORDER BY revision DESC LIMIT 1 OFFSET ?", sentences // PER_DOCUMENT)
    catalog.set_meta(DONE, str(row[0] if row else 0))
    started = time.perf_counter()
    compare(catalog, library.vectors)
    return time.perf_counter() - started


def peak_mb() -> float:
    """Most memory this process has held so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def resident_mb() -> float:
    """Megabytes of memory this process holds now."""
    status = Path("/proc/self/status")
    found = re.search(r"VmRSS:\s+(\d+)", status.read_text()) if status.exists() else None
    return int(found[1]) / 1024 if found else 0.0


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
