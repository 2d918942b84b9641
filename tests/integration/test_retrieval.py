"""Retrieval with the real model and a real Chroma on the five documents, and inside llama-index."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.library import Library
from rag.retrieval.evidence import Retriever
from rag.retrieval.selection import tokens_of
from rag.settings import load_settings
from rag.types import Evidence, Language
from tests.chroma import Server, chroma_environment

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def library(chroma: Server | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("retrieval")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in chroma_environment(chroma).items():
            patch.setenv(name, value)
        settings = load_settings(corpus=ROOT / "corpus", index=folder / "index")
    with Library.open(settings) as opened:
        opened.sync()
        yield opened


@pytest.fixture(scope="module")
def retriever(library: Library) -> Retriever:
    return Retriever(library.catalog, library.vectors, library.lexical, library.embedder)


def place(evidence: tuple[Evidence, ...], words: str) -> int | None:
    """The rank of the first sentence that holds ``words``."""
    return next((rank for rank, item in enumerate(evidence, start=1) if words in item.sentence.text), None)


@pytest.mark.parametrize(
    ("question", "language", "words", "rank"),
    [
        ("Qui est le procureur général du Montana ?", "fr", "Austin Knudsen", 1),
        ("How many accounts did Meta disable in August?", "en", "500 000 comptes", 3),
        ("Quelle portée l’issue du procès pourrait-elle avoir ?", "fr", "far-reaching implications", 3),
        ("Who is the attorney general of Montana?", "en", "Austin Knudsen", 1),
        ("How old were the children of the decoy accounts?", "en", "aged 14 and younger", 3),
        ("combien de sourses le gardian a til interogé", "fr", "70 sources", 6),
    ],
)
def test_the_sentence_that_answers_is_near_the_top(
    retriever: Retriever, question: str, language: Language, words: str, rank: int
) -> None:
    found = place(retriever.retrieve(question, language), words)
    assert found is not None
    assert found <= rank


def test_evidence_is_exactly_what_stands_in_the_documents(library: Library, retriever: Retriever) -> None:
    for item in retriever.retrieve("What did Meta answer?", "en"):
        for sentence in (item.sentence, *item.also):
            text = library.document(sentence.document_id).text
            assert text[sentence.start : sentence.end] == sentence.text
        assert item.before in library.document(item.source.id).text


def test_limit_and_budget_hold(retriever: Retriever) -> None:
    for limit, tokens in ((8, 320), (3, 320), (8, 120)):
        found = retriever.retrieve("What does the lawsuit allege?", "en", limit=limit, tokens=tokens)
        assert 0 < len(found) <= limit
        assert sum(tokens_of(item.sentence.text) for item in found) <= tokens


def test_both_languages_speak_where_both_know(retriever: Retriever) -> None:
    for question, language in (
        ("Quel est l’âge des enfants des comptes leurres ?", "fr"),
        ("Who is suing Meta in New Mexico?", "en"),
    ):
        found = retriever.retrieve(question, language)  # type: ignore[arg-type]
        assert {item.sentence.language for item in found} == {"fr", "en"}


@pytest.mark.parametrize(
    ("question", "language"), [("De quoi parlent ces documents ?", "fr"), ("What is this corpus about?", "en")]
)
def test_an_overview_hears_every_document(library: Library, retriever: Retriever, question: str, language: Language) -> None:
    found = retriever.retrieve(question, language)
    assert {item.source.id for item in found} == {source.id for source in library.sources()}


def test_an_overview_of_one_document_stays_in_it(retriever: Retriever) -> None:
    found = retriever.retrieve("Summarise the English article", "en")
    assert {item.sentence.language for item in found} == {"en"}
    assert len(found) >= 5
    assert {item.source.id for item in retriever.retrieve("Résume le podcast", "fr")} == {"facebook-et-instagram-trafic-enfants"}


def test_llama_index_sees_nodes_and_events(library: Library, retriever: Retriever) -> None:
    from llama_index.core.instrumentation import get_dispatcher
    from llama_index.core.instrumentation.event_handlers import BaseEventHandler
    from llama_index.core.instrumentation.events.retrieval import RetrievalEndEvent, RetrievalStartEvent

    from rag.retrieval.llama import TemoinRetriever

    seen: list[object] = []

    class Listener(BaseEventHandler):
        def handle(self, event: object, **_: object) -> None:
            seen.append(event)

    listener = Listener()
    get_dispatcher().add_event_handler(listener)
    try:
        nodes = TemoinRetriever(retriever, limit=4).retrieve("How many accounts did Meta disable in August?")
    finally:
        get_dispatcher().event_handlers.remove(listener)
    assert 0 < len(nodes) <= 4
    assert [type(event) for event in seen] == [RetrievalStartEvent, RetrievalEndEvent]
    for found in nodes:
        text = library.document(found.node.metadata["document"]).text
        assert text[found.node.metadata["start"] : found.node.metadata["end"]] == found.text
        assert (found.node.start_char_idx, found.node.end_char_idx) == (found.metadata["start"], found.metadata["end"])
    assert [found.score for found in nodes] == sorted((found.score for found in nodes), reverse=True)


def test_the_ten_line_program_runs(tmp_path: Path) -> None:
    program = [sys.executable, str(ROOT / "examples" / "llama_index_retriever.py"), "Who is the attorney general of Montana?"]
    environment = {"TEMOIN_CORPUS": str(ROOT / "corpus"), "TEMOIN_INDEX": str(tmp_path / "index"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(program, capture_output=True, text=True, env={**os.environ, **environment}, check=False, timeout=280)
    assert done.returncode == 0, done.stderr
    assert "Austin Knudsen" in done.stdout.splitlines()[0]
