"""One sync, step by step: scan → read → sentences → embed → catalog, streamed with bounded memory.

Sentences are gathered across documents before the embedder is called, so that many small files cost no more
than one large one. What is embedded is kept at once; a document is written when all its vectors are there.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rag.errors import LibraryError, RagError
from rag.index.catalog import Catalog, vector_key
from rag.ingestion import readers, sentences
from rag.ingestion.cards import Card, load_cards
from rag.ingestion.changes import Changes, FileState, scan
from rag.models.embedder import Embedder
from rag.types import Document, Sentence, Source

#: Part of the index's fingerprint: raised whenever :func:`embedding_text` changes.
CONTEXT = "context-1"
#: Texts gathered before the embedder is called: enough for it to sort them by length.
GATHER = 512
#: Characters of documents that may wait for that: where their vectors are cached, texts alone would let them pile up.
WAITING = 4_000_000


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is. ``done`` of ``total``: bytes of files while reading, rows while indexing, documents
    while comparing.
    """

    done: int
    total: int
    rate: float  #: sentences a second
    label: str  #: ``reading``, ``indexing`` or ``comparing``


OnProgress = Callable[[Progress], None]


def embedding_text(sentence: Sentence, source: Source, before: str) -> str:  # noqa: ARG001
    """What is embedded for a sentence; ``before``: the one before it in its paragraph, or empty."""
    return sentence.text


@dataclass(frozen=True, slots=True)
class _Prepared:
    document: Document
    sentences: tuple[Sentence, ...]
    keys: tuple[bytes, ...]
    state: FileState


@dataclass(slots=True)
class Intake:
    """Takes a corpus folder into a catalog. One object a sync; the fields tell afterwards what was done."""

    catalog: Catalog
    embedder: Embedder
    corpus: Path
    max_bytes: int
    on_progress: OnProgress | None = None
    embedded: int = 0
    written: list[str] = field(default_factory=list)  #: ids of documents written
    failed: list[tuple[str, str]] = field(default_factory=list)  #: (path, reason)
    _cards: Mapping[str, Card] = field(default_factory=dict)
    _changes: Changes = field(default_factory=Changes)
    _holders: dict[str, str] = field(default_factory=dict)  #: id → path of documents that stay
    _waiting: list[_Prepared] = field(default_factory=list)
    _texts: dict[bytes, str] = field(default_factory=dict)
    _characters: int = 0  #: of the documents that wait
    _done: int = 0
    _total: int = 0
    _started: float = field(default_factory=time.perf_counter)

    def run(self) -> Changes:
        """Make the catalog hold what the folder holds. Raises CorpusError, LibraryError, ModelError."""
        self._cards = load_cards(self.corpus)
        known = {path: _state(text) for path, text in self.catalog.states().items()}
        self._changes = scan(self.corpus, known, cards=self._cards, max_bytes=self.max_bytes)
        self.failed.extend(self._changes.refused)
        ids = {source.path: source for source in self.catalog.sources()}
        for path in self._changes.removed:
            self.catalog.remove(ids[path].id)
        todo = [*self._changes.added, *self._changes.changed]
        leaving = {*todo, *self._changes.removed, *(old for old, _ in self._changes.renamed)}
        self._holders = {source.id: path for path, source in ids.items() if path not in leaving}
        for old, new in self._changes.renamed:
            self._rename(ids[old], new)
        self._total = sum(self._state_of(path).size for path in todo)
        for path in todo:
            self._take(path)
        self._flush()
        if self.written or self._changes.removed:
            self.catalog.prune()
        return self._changes

    def _take(self, path: str) -> None:
        """Read one file and let it wait for its vectors; a failure is noted and the others go on."""
        document = self._read(path)
        if document is not None:
            found = sentences.split(document)
            texts = _texts(document.source, found)
            keys = tuple(vector_key(self.embedder.fingerprint, text) if text else b"" for text in texts)
            missing = self.catalog.missing([key for key in keys if key])
            self._texts.update((key, text) for key, text in zip(keys, texts, strict=True) if key in missing)
            self._waiting.append(_Prepared(document, found, keys, self._state_of(path)))
            self._characters += len(document.text)
        self._done += self._state_of(path).size
        if len(self._texts) >= GATHER or len(self._waiting) >= GATHER or self._characters >= WAITING:
            self._flush()

    def _rename(self, source: Source, new: str) -> None:
        document = self._read(new)
        if document is None:
            self.catalog.remove(source.id)
        elif document.text == self.catalog.document(source.id).text:
            self.catalog.recard(source.id, document.source, _text(self._state_of(new)))
        else:  # the same file, read by another kind of reader
            self.catalog.remove(source.id)
            self._take(new)

    def _read(self, path: str) -> Document | None:
        try:
            document = readers.read(self.corpus / path, self.corpus, self._cards, max_bytes=self.max_bytes)
        except RagError as error:
            self.failed.append((path, str(error).removeprefix(f"{path}: ")))
            return None
        holder = self._holders.setdefault(document.source.id, path)
        if holder != path:
            reason = f"its id {document.source.id!r} is also that of {holder}; change one in sources.toml"
            self.failed.append((path, reason))
            return None
        return document

    def _flush(self) -> None:
        """Embed what is missing and write the documents that wait."""
        items = list(self._texts.items())
        for start in range(0, len(items), GATHER):
            part = items[start : start + GATHER]
            vectors = self.embedder.encode_passages([text for _, text in part])
            self.catalog.keep_vectors({key: row for (key, _), row in zip(part, vectors, strict=True)})
            self.embedded += len(part)
            self._tell()
        for each in self._waiting:
            self.catalog.replace(each.document, each.sentences, state=_text(each.state), keys=each.keys)
            self.written.append(each.document.source.id)
        self._texts, self._waiting, self._characters = {}, [], 0
        self._tell()

    def _state_of(self, path: str) -> FileState:
        states = self._changes.states or {}
        return states[path]

    def _tell(self) -> None:
        if self.on_progress:
            rate = self.embedded / max(time.perf_counter() - self._started, 1e-6)
            self.on_progress(Progress(self._done, self._total, rate, "reading"))


def _texts(source: Source, found: Sequence[Sentence]) -> list[str]:
    """What is embedded for each sentence; empty for those that are not searched."""
    texts: list[str] = []
    before: Sentence | None = None
    for each in found:
        near = before.text if before and before.searchable and before.paragraph == each.paragraph else ""
        texts.append(embedding_text(each, source, near) if each.searchable else "")
        before = each
    return texts


def _state(text: str) -> FileState:
    try:
        return FileState(**json.loads(text))
    except (ValueError, TypeError) as error:
        raise LibraryError(
            "the index was made by another version of this program; rebuild it with: python ingest.py --rebuild"
        ) from error


def _text(state: FileState) -> str:
    return json.dumps(asdict(state))
