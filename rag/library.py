"""The library: the documents, their index, and everything that changes them.

One writer at a time, by a lock on the index folder. The catalog is written first (rag.intake), one transaction
a document; the vector store is brought into step afterwards, and again whenever it is found to be behind, so
that a kill at any moment costs no more than the work of the last moments. Nothing is embedded twice.
"""

from __future__ import annotations

import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from rag.comparison import compare
from rag.errors import LibraryError, UnreadableFile
from rag.index import catalog as catalogs
from rag.index import follow as following
from rag.index import lexical
from rag.index.catalog import Catalog
from rag.index.exact import ExactVectors
from rag.index.lock import Busy, writing
from rag.index.vectors import VectorIndex, open_vectors
from rag.ingestion import sentences, uploads
from rag.intake import CONTEXT, Intake, OnProgress, Progress, embedding_text
from rag.models.deferred import DeferredEmbedder
from rag.models.embedder import Embedder
from rag.reader import Found, LibraryReader, Otherwise
from rag.settings import Settings
from rag.types import Source

__all__ = ["Found", "Library", "OnProgress", "Otherwise", "Progress", "SyncReport", "embedding_text"]


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did. ``documents`` and ``sentences`` are what the library now holds."""

    documents: int
    sentences: int
    embedded: int  #: sentences that had to be embedded
    added: tuple[str, ...]
    changed: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    removed: tuple[str, ...]
    unchanged: int
    failed: tuple[tuple[str, str], ...]  #: (path, reason)
    ignored: tuple[str, ...]  #: paths of files of other kinds than those that are read
    seconds: float


class Library(LibraryReader):
    """The documents and their index. Use :meth:`open`; also a context manager."""

    def __init__(self, settings: Settings, catalog: Catalog, vectors: VectorIndex, embedder: Embedder) -> None:
        super().__init__(catalog)
        self.settings = settings
        self.vectors = vectors
        self.embedder = embedder
        self.failed: tuple[tuple[str, str], ...] = ()  #: (path, reason): files the last sync here could not read

    @classmethod
    def open(
        cls,
        settings: Settings,
        *,
        embedder: Embedder | None = None,
        vectors: VectorIndex | None = None,
        rebuild: bool = False,
        on_progress: OnProgress | None = None,
    ) -> Library:
        """Open the index of the settings, making it where there is none, and bring the vectors into step.

        ``embedder``: instead of the settings' own, which is loaded only when first used. ``vectors``: instead of
        the settings' store. ``rebuild``: forget what is indexed, keep the cached vectors, take the present models
        and rules. Raises OutdatedIndex, LibraryError, ModelError.
        """
        embedder = embedder or DeferredEmbedder(settings)
        fingerprint = " ".join((embedder.fingerprint, sentences.SPLITTER, CONTEXT, lexical.fingerprint()))
        with ExitStack() as undo:
            if rebuild:
                catalog = undo.enter_context(closing(_rebuilt(settings.index, fingerprint)))
            else:
                catalog = undo.enter_context(closing(Catalog.open(settings.index, fingerprint)))
            store = vectors or open_vectors(settings, str(catalog.meta("id")), fresh=rebuild) or ExactVectors(catalog)
            undo.callback(store.close)
            library = cls(settings, catalog, store, embedder)
            library.refresh(on_progress, mend=True)
            undo.pop_all()
        return library

    def warm(self) -> None:
        """Load what is otherwise loaded by the first question: the embedder and the vector store, some seconds."""
        vector = self.embedder.encode_queries(["?"])[0]
        self.vectors.search(vector, 1)

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of files, locks and connections."""
        self.vectors.close()
        self.catalog.close()

    # -- writing ----------------------------------------------------------------------------------------

    def refresh(self, on_progress: OnProgress | None = None, *, mend: bool = False) -> int:
        """Bring the vectors into step with the catalog, which another process may have written.

        Cheap when nothing changed: call it before a question. Does nothing while somebody else writes.
        ``mend``: also make a worn store anew, in which searches find little meanwhile. Returns the rows written.
        """
        if isinstance(self.vectors, ExactVectors):
            return 0
        worn = mend and following.worn(self.catalog, self.vectors)
        if not worn and not following.behind(self.catalog, self.vectors):
            return 0
        try:
            with writing(self.settings.index):
                if worn:
                    self.vectors.clear()
                return self._follow(on_progress)
        except Busy:
            return 0

    def sync(self, on_progress: OnProgress | None = None) -> SyncReport:
        """Make the index hold what the corpus folder holds; only what changed is touched.

        Files that cannot be read are named in the report and the others go on. Raises CorpusError when the
        folder cannot be read or is empty, LibraryError when another process is writing.
        """
        started = time.perf_counter()
        limit = self.settings.file_mb * 2**20
        with writing(self.settings.index):
            intake = Intake(self.catalog, self.embedder, self.settings.corpus, limit, on_progress)
            changes = intake.run()
            if not isinstance(self.vectors, ExactVectors) and following.behind(self.catalog, self.vectors):
                self._follow(on_progress)
            compare(self.catalog, self.vectors, on_progress)
            held = self.catalog.counts()
        self.failed = tuple(intake.failed)
        return SyncReport(
            documents=held.documents,
            sentences=held.sentences,
            embedded=intake.embedded,
            added=_without(changes.added, intake.failed),
            changed=_without(changes.changed, intake.failed),
            renamed=changes.renamed,
            removed=changes.removed,
            unchanged=len(changes.unchanged),
            failed=self.failed,
            ignored=changes.ignored,
            seconds=time.perf_counter() - started,
        )

    def add_file(self, name: str, content: bytes) -> Source:
        """Put a new document into the corpus folder and the index; return its card.

        The name is made safe and never takes another document's place. Raises UnreadableFile (and leaves
        nothing behind) when the file cannot be read, LibraryError, CorpusError.
        """
        if len(content) > self.settings.upload_mb * 2**20:
            raise UnreadableFile(f"{name}: larger than {self.settings.upload_mb} MB; split it or raise TEMOIN_UPLOAD_MB")
        path = uploads.place(self.settings.corpus, name, content)
        try:
            reasons = dict(self.sync().failed)
            if path in reasons:
                raise UnreadableFile(f"{path}: {reasons[path]}")
            return next(source for source in self.sources() if source.path == path)
        except BaseException:
            self._discard(path)
            raise

    def remove_document(self, document_id: str) -> None:
        """Delete a document from the index and its file from the corpus folder. Raises LibraryError."""
        source = self.document(document_id).source
        with writing(self.settings.index):
            self._discard(source.path)
            self.catalog.remove(document_id)
            self.catalog.prune()
            self._follow()

    def migrate(self, target: Settings, on_progress: OnProgress | None = None) -> int:
        """Copy the vectors to the store of other settings, without embedding; return the rows written.

        What the target's collection held of this index before is replaced. Raises LibraryError, also where there is
        nothing to copy: the target is then left as it is.
        """
        if not self.catalog.counts().searchable:
            raise LibraryError(f"the index in {self.settings.index} is empty; fill it first with: python ingest.py")
        with ExitStack() as stack:
            if _store_of(target) == _store_of(self.settings):
                store: VectorIndex | None = self.vectors
            else:
                store = open_vectors(target, str(self.catalog.meta("id")))
                stack.callback(lambda: store.close() if store else None)
            if store is None or isinstance(store, ExactVectors):
                raise LibraryError(f"another process uses the vectors in {target.index}; stop it first")
            stack.enter_context(writing(self.settings.index))
            store.clear()
            return following.follow(self.catalog, store, _told(on_progress))

    def _discard(self, path: str) -> None:
        uploads.discard(self.settings.corpus, path)
        self.failed = tuple(each for each in self.failed if each[0] != path)

    def _follow(self, on_progress: OnProgress | None = None) -> int:
        if isinstance(self.vectors, ExactVectors):
            return 0
        written = following.follow(self.catalog, self.vectors, _told(on_progress))
        if not following.in_step(self.catalog, self.vectors):
            self.vectors.clear()
            written = following.follow(self.catalog, self.vectors, _told(on_progress))
        return written


def _rebuilt(folder: Path, fingerprint: str) -> Catalog:
    """An empty catalog that keeps its cached vectors; a damaged one is put aside and a new one made."""
    with writing(folder):
        catalogs.set_aside_unusable(folder)
        catalog = Catalog.open(folder)
        catalog.clear(fingerprint)
    return catalog


def _store_of(settings: Settings) -> tuple[object, ...]:
    """The settings that choose a vector store."""
    cloud = (settings.chroma_cloud_api_key, settings.chroma_cloud_tenant, settings.chroma_cloud_database)
    return settings.chroma_url, cloud, settings.collection, settings.index


def _told(on_progress: OnProgress | None) -> following.Told | None:
    if on_progress is None:
        return None
    started = time.perf_counter()

    def tell(done: int, total: int) -> None:
        on_progress(Progress(done, total, done / max(time.perf_counter() - started, 1e-6), "indexing"))

    return tell


def _without(paths: tuple[str, ...], failed: list[tuple[str, str]]) -> tuple[str, ...]:
    bad = {path for path, _ in failed}
    return tuple(path for path in paths if path not in bad)
