"""From a question to its evidence, on a small library without a model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag.index.catalog import Catalog
from rag.index.exact import ExactVectors
from rag.index.lexical import LexicalIndex
from rag.retrieval.evidence import Retriever
from rag.types import Document, Evidence, Language, Sentence, Source
from tests.shelf import FloatArray, WordEmbedder

FRENCH = (
    "Le pont de Valmont a rouvert en mai après deux ans de travaux.",
    "Les travaux ont coûté quatre millions d’euros.",
    "Le boulanger vend davantage de pain.",
    "La rivière monte chaque printemps.",
)
ENGLISH = (
    "The library of Valmont holds twelve thousand books.",
    "It opens on Monday.",
    "The mayor has promised a new roof in August.",
    "Visitors come from far away.",
)
ECHO = ("« Le pont de Valmont a rouvert en mai, après deux ans de travaux. »", "Il neige.")


class QuietEmbedder(WordEmbedder):
    """As of a real model, its cosines of short texts differ by little."""

    def _vector(self, text: str) -> FloatArray:
        vector = 0.1 * super()._vector(text) + np.full(self.dimension, self.dimension**-0.5)
        return np.asarray(vector / np.linalg.norm(vector), np.float32)


class Shelf:
    """A catalog filled with invented documents, and a Retriever on it."""

    def __init__(self, folder: Path) -> None:
        self.embedder = QuietEmbedder()
        self.catalog = Catalog.open(folder)
        self.retriever = Retriever(self.catalog, ExactVectors(self.catalog), LexicalIndex(self.catalog), self.embedder)

    def put(self, source: Source, *texts: str) -> None:
        whole, sentences = "", []
        for position, text in enumerate(texts):
            start = len(whole)
            sentences.append(Sentence(source.id, position, 0, start, start + len(text), text, source.language))
            whole += text + " "
        self.catalog.replace(Document(source, whole), tuple(sentences), self.embedder.encode_passages(texts))

    def ask(self, question: str, language: Language, **options: int) -> tuple[Evidence, ...]:
        return self.retriever.retrieve(question, language, **options)

    def texts(self, question: str, language: Language, **options: int) -> list[str]:
        return [item.sentence.text for item in self.ask(question, language, **options)]


@pytest.fixture
def empty(tmp_path: Path):
    shelf = Shelf(tmp_path)
    yield shelf
    shelf.catalog.close()


@pytest.fixture
def shelf(empty: Shelf) -> Shelf:
    empty.put(Source("gazette", "gazette.txt", "fr", "Nouvelles du village", "Anna Weiss", "2021-05-03"), *FRENCH)
    empty.put(Source("herald", "herald.txt", "en"), *ENGLISH)
    empty.put(Source("echo", "echo.txt", "fr"), *ECHO)
    return empty


@pytest.mark.parametrize(
    ("question", "language", "answer"),
    [
        ("Combien de livres la bibliothèque a-t-elle ?", "fr", ENGLISH[0]),
        ("When did the bridge reopen?", "en", FRENCH[0]),
        ("What did the works cost?", "en", FRENCH[1]),
        ("Qu’a promis le maire ?", "fr", ENGLISH[2]),
        ("Qui vend du pain ?", "fr", FRENCH[2]),
        ("What was promised for août?", "en", ENGLISH[2]),
        ("la bibliotèque de Valmnt a combien de livres", "fr", ENGLISH[0]),
    ],
)
def test_the_answer_is_first_in_whichever_language_it_stands(
    shelf: Shelf, question: str, language: Language, answer: str
) -> None:
    assert shelf.texts(question, language)[0] == answer


def test_what_stands_around_comes_along_and_helps(shelf: Shelf) -> None:
    found = next(item for item in shelf.ask("When does the library open?", "en") if item.sentence.text == ENGLISH[1])
    assert found.before == ENGLISH[0]
    assert found.after == ENGLISH[2]
    assert found.coverage > 0.5


def test_who_else_says_it_is_remembered_and_shown_once(shelf: Shelf) -> None:
    found = shelf.ask("Quand le pont a-t-il rouvert ?", "fr")
    said = [item for item in found if "rouvert" in item.sentence.text]
    assert len(said) == 1
    assert {said[0].sentence.document_id, *(other.document_id for other in said[0].also)} == {"gazette", "echo"}


def test_scores_are_within_their_bounds_and_in_order(shelf: Shelf) -> None:
    found = shelf.ask("Quand le pont de Valmont a-t-il rouvert ?", "fr")
    assert [item.score for item in found] == sorted((item.score for item in found), reverse=True)
    for item in found:
        assert -1.0 <= item.dense <= 1.0
        assert 0.0 <= item.lexical <= 1.0
        assert 0.0 <= item.coverage <= 1.0
        assert item.source.id == item.sentence.document_id
    assert found[0].coverage > 0.9


def test_limit_and_budget(shelf: Shelf) -> None:
    assert len(shelf.ask("pont bibliothèque maire", "fr", limit=2)) == 2
    assert len(shelf.ask("pont bibliothèque maire", "fr", limit=8, tokens=30)) < 4


def test_a_question_without_content_words_still_gets_something(shelf: Shelf) -> None:
    assert shelf.ask("Qui est-ce ?", "fr")


def test_an_empty_library_has_no_evidence(empty: Shelf) -> None:
    assert empty.ask("Quand le pont a-t-il rouvert ?", "fr") == ()
    assert empty.ask("De quoi parlent ces documents ?", "fr") == ()


def test_an_overview_is_drawn_from_every_document(shelf: Shelf) -> None:
    found = shelf.ask("De quoi parlent ces documents ?", "fr")
    heard = [{item.sentence, *item.also} for item in found]
    assert {sentence.document_id for sentences in heard[:3] for sentence in sentences} == {"gazette", "herald", "echo"}
    assert [item.score for item in found] == sorted((item.score for item in found), reverse=True)
    assert len({item.sentence.text for item in found}) == len(found)


def test_an_overview_of_one_document_stays_in_it(shelf: Shelf) -> None:
    assert {item.source.id for item in shelf.ask("Summarise the English article", "en")} == {"herald"}
    assert {item.source.id for item in shelf.ask("Résume l’article d’Anna Weiss", "fr")} <= {"gazette"}


def test_an_overview_of_a_document_that_is_not_there_falls_back_on_search(shelf: Shelf) -> None:
    assert shelf.ask("Résume l’article de mars 1998 ", "fr")


def test_the_same_question_gets_the_same_evidence(shelf: Shelf) -> None:
    assert shelf.ask("Qu’a promis le maire ?", "fr") == shelf.ask("Qu’a promis le maire ?", "fr")
