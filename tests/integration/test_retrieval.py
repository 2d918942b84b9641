"""Retrieval with the real model and a real Chroma on the five documents, and inside llama-index."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rag.library import Library
from rag.retrieval.evidence import Retriever
from rag.retrieval.selection import PRECISE, SAME_VECTOR, tokens_of
from rag.settings import load_settings
from rag.types import LANGUAGES, Evidence, Language
from tests.chroma import Server, living

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def library(chroma: Server | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("retrieval")
    with living(chroma):
        # near equals change places with the precision, which is the processor's choice unless it is set
        settings = load_settings(corpus=ROOT / "corpus", index=folder / "index", embedder_dtype="float32")
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
        ("combien de sourses le gardian a til interogé", "fr", "70 sources", 2),  # however misspelt
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
        assert sum(tokens_of(item.sentence.text, item.sentence.language) for item in found) <= tokens


def test_tokens_are_counted_about_as_a_tokenizer_does(library: Library) -> None:
    """Within a fifth of the embedder's, over all sentences of a language; see selection.CHARACTERS_A_TOKEN."""
    for language in LANGUAGES:
        texts = [s.text for source in library.sources() for s in library.sentences(source.id) if s.language == language]
        counted = sum(len(library.embedder.token_spans(text)) for text in texts)
        assert sum(tokens_of(text, language) for text in texts) == pytest.approx(counted, rel=0.2)


@pytest.mark.parametrize(
    ("question", "language", "documents"),
    [
        ("What does the lawsuit allege?", "en", 3),
        ("What are the accusations against Meta?", "en", 4),
        ("Que reproche la plainte à Meta ?", "fr", 4),
        ("Quelles sont les accusations portées contre Mark Zuckerberg ?", "fr", 4),
    ],
)
def test_what_is_said_at_large_is_heard_from_many_documents_each_idea_once(
    library: Library, retriever: Retriever, question: str, language: Language, documents: int
) -> None:
    found = retriever.retrieve(question, language)
    assert len({item.source.id for item in found}) >= documents
    ids = [library.catalog.sentence_id(item.sentence) for item in found]
    held = library.catalog.vectors_of([number for number in ids if number is not None])
    assert len(held) == len(found) >= 6
    vectors = np.stack(list(held.values()))
    assert (vectors @ vectors.T - np.eye(len(found))).max() < SAME_VECTOR


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Que dit Stanford des comptes vendus ?", "fr"),
        ("What does Meta say about the accounts it disabled in August?", "en"),
    ],
)
def test_what_is_said_of_one_matter_is_not_spread(
    retriever: Retriever, question: str, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = retriever.retrieve(question, language)
    monkeypatch.setattr("rag.retrieval.evidence.AT_LARGE", PRECISE)
    assert retriever.retrieve(question, language) == found


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
