"""Opens what a run needs, once, and only when it is first needed; closes it all at the end.

Every system of a run shares the same library, embedder and model server, so that rivals differ in what they
do with them and in nothing else. The index is the evaluation's own (below its output folder, by corpus and
embedder): a user's index is never touched. On a Chroma server its collections are named by that folder too, so that
two checkouts that measure on one server do not meet, even where one is a copy of the other, index and all.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Self

from pydantic import SecretStr

from eval.cache import Cache
from eval.fingerprints import embedder, engines, short, source, system_key, tree
from eval.judge import VerifierJudge
from eval.names import RIVALS
from eval.systems import Lazy, System
from rag.errors import OutdatedIndex
from rag.settings import Settings
from rag.types import Document

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.library import Library
    from rag.models.llm import Llm
    from rag.verification.verifier import Verifier


_JUDGING = ("rag/models", "rag/text", "rag/verification", "rag/ingestion")  #: what shapes a verdict
_PATIENCE = 600.0  #: seconds


def apart(settings: Settings, corpus: Path) -> Settings:
    """The settings of a small library of its own: the index beside its corpus, the vectors embedded in it.

    On a Chroma server it would meet the collection that the run's own library has, which refuses another catalog.
    """
    no_server = {"chroma_url": None, "chroma_token": SecretStr(""), "chroma_cloud_api_key": SecretStr("")}
    return settings.model_copy(update={"corpus": corpus, "index": corpus.with_name("index"), **no_server})


class Workshop:
    """The parts of a run. Use as a context manager."""

    def __init__(self, settings: Settings, out: Path, say: Callable[[str], None] = lambda _: None) -> None:
        # The precision too: an index of the other one would be refused as another model's.
        mark = short(tree(settings.corpus), embedder(settings), settings.embedder_dtype)
        index = out / "index" / mark
        collection = f"temoin-eval-{short(mark, str(index.resolve()))}"
        self.settings = settings.model_copy(update={"index": index, "collection": collection})
        self._say = say
        self._open = ExitStack()
        self._lock = RLock()
        self._library: Library | None = None
        self._llm: Llm | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def library(self) -> Library:
        """The corpus, indexed. Raises RagError."""
        from rag.library import Library

        with self._lock:
            if self._library is None:
                self._say("opening the library")
                try:
                    library = Library.open(self.settings)
                except OutdatedIndex:  # made by other rules: this index is nobody's but ours
                    library = Library.open(self.settings, rebuild=True)
                self._open.callback(library.close)
                library.sync()
                self._library = library
            return self._library

    def llm(self) -> Llm:
        """The language model, as the settings have it. Raises RagError."""
        from rag.models.llm import open_llm

        with self._lock:
            if self._llm is None:
                self._say("opening the language model")
                # A busy machine must not turn into other answers, nor stop a slow rival.
                patient = max(self.settings.llm_timeout, _PATIENCE)
                self._llm = open_llm(self.settings.model_copy(update={"llm_timeout": patient}))
                self._open.callback(self._llm.close)
            return self._llm

    def assistant(self) -> Assistant:
        """The assistant under evaluation."""
        from rag.assistant import Assistant

        return Assistant(self.settings, self.library(), self.llm())

    def verifier(self) -> Verifier:
        """A verifier of our own, not the assistant's."""
        from rag.verification.verifier import Verifier

        return Verifier(self.library().embedder)

    def system(self, name: str) -> Lazy:
        """Témoin ("temoin") or a rival by name, opened at its first question."""
        if name == "temoin":
            return Lazy(name, system_key(name, self.settings), self.assistant)
        return Lazy(name, system_key(name, self.settings, *RIVALS[name]), lambda: self._rival(name))

    def judge(self, documents: dict[str, Document], cache: Cache) -> VerifierJudge:
        """The judge of all systems."""
        key = short(embedder(self.settings), engines(), source("eval/judge.py", "eval/matching.py", rooms=_JUDGING))
        return VerifierJudge(self.verifier, documents, cache, key)

    def _rival(self, name: str) -> System:
        if name == "blind":
            from eval.baselines.blind import Blind

            return Blind()
        if name == "liar":
            from eval.baselines.liar import Liar

            return Liar(self.assistant())
        if name == "passage":
            from eval.baselines.passage import Passage

            return Passage(self.library())
        if name == "citation-query-engine":
            from eval.baselines.citation_query_engine import CitationEngine

            return CitationEngine(self.library(), self.llm())
        if name in ("joint", "joint-source-first"):
            from eval.baselines.joint import Joint

            return Joint(self.library(), self.llm(), "last" if name == "joint" else "first")
        raise ValueError(f"no system is called {name!r}; known: temoin, {', '.join(RIVALS)}")
