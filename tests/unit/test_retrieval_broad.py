"""Questions about whole documents: told from questions about a matter, and answered from all over them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from rag.retrieval.broad import is_broad, named, spread
from rag.types import Language, Source

WHOLE: list[tuple[str, Language]] = [
    ("De quoi parlent ces documents ?", "fr"),
    ("What is this corpus about?", "en"),
    ("Summarise the podcast", "en"),
    ("Summarize the English article.", "en"),
    ("Résume l'article en anglais", "fr"),
    ("Résumez les cinq documents.", "fr"),
    ("RESUME LES DOCUMENTS", "fr"),
    ("Give a short overview of the article of 3 May 2021.", "en"),
    ("Fais-moi un résumé de ces articles", "fr"),
    ("What do these documents say?", "en"),
    ("Que disent ces textes ?", "fr"),
    ("Can you sum up the French article by Anna Weiss?", "en"),
    ("Donne un aperçu de l’ensemble des documents", "fr"),
    ("Quels sont les points clés du podcast ?", "fr"),
    ("What topics do the documents cover?", "en"),
    ("Quels sujets abordent ces documents ?", "fr"),
    ("What's in the corpus?", "en"),
    ("Quel est le contenu du corpus ?", "fr"),
    ("Peux-tu faire une synthèse des sources ?", "fr"),
]
A_MATTER: list[tuple[str, Language]] = [
    ("Qui a construit le pont ?", "fr"),
    ("What does the article say about the bridge?", "en"),
    ("Que dit l'article sur le pont ?", "fr"),
    ("Sum up how the baker makes bread, as the podcast describes it.", "en"),
    ("Résume les arguments d’Anna Weiss sur le pont.", "fr"),
    ("Summarise the plot of Hamlet", "en"),
    ("Résume la recette du gâteau au chocolat", "fr"),
    ("Who wrote the article?", "en"),
    ("Quels documents parlent du pont ?", "fr"),
    ("How many documents are there?", "en"),
    ("Do all the sources say that the town paid for the bridge?", "en"),
    ("Les deux articles donnent-ils le même chiffre ?", "fr"),
    ("Résume la position du maire", "fr"),
    ("What did the report by the council find?", "en"),
    ("Résume l'article 3 du règlement, et dis qui l'a écrit au sujet du pont", "fr"),
]


@pytest.mark.parametrize(("question", "language"), WHOLE)
def test_a_question_about_documents_as_a_whole(question: str, language: Language) -> None:
    assert is_broad(question, language)


@pytest.mark.parametrize(("question", "language"), A_MATTER)
def test_a_question_about_a_matter(question: str, language: Language) -> None:
    assert not is_broad(question, language)


GAZETTE = Source("gazette", "gazette.txt", "fr", "Le pont de Valmont rouvre", "Anna Weiss", "2021-05-03")
HERALD = Source("herald", "herald.txt", "en", "What the library lends", "The Valley Herald", "2021-06")
TALK = Source("talk", "talk.txt", "fr")
ALL = (GAZETTE, HERALD, TALK)


def means(question: str, language: Language) -> list[str]:
    def openings(documents: Sequence[str]) -> dict[str, str]:
        return {each: "A podcast by the town." if each == "talk" else "A text." for each in documents}

    return [source.id for source in named(question, language, ALL, openings)]


@pytest.mark.parametrize(
    ("question", "language", "expected"),
    [
        ("De quoi parlent ces documents ?", "fr", ["gazette", "herald", "talk"]),
        ("Summarise the English article", "en", ["herald"]),
        ("Résume l’article anglais", "fr", ["herald"]),
        ("Summarise the French documents", "en", ["gazette", "talk"]),
        ("Résume le podcast", "fr", ["talk"]),
        ("Résume l’article du 3 mai 2021", "fr", ["gazette"]),
        ("Overview of the article of June 2021", "en", ["herald"]),
        ("Résume l’article d’Anna Weiss", "fr", ["gazette"]),
        ("Résume l’article de mars 1998", "fr", []),
    ],
)
def test_the_documents_a_question_means(question: str, language: Language, expected: list[str]) -> None:
    assert means(question, language) == expected


def vectors(*places: int, lean: float = 0.3) -> np.ndarray:
    """Unit vectors that share a direction (the document's matter) and have one of their own."""
    rows = np.zeros((len(places), 12), np.float32)
    rows[:, 0] = 1.0
    for row, place in enumerate(places):
        rows[row, place] += lean
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def test_every_document_is_heard_before_any_is_heard_twice() -> None:
    documents = [(vectors(1, 2, 3), [20] * 3), (vectors(4, 5), [20] * 2), (vectors(6), [20])]
    taken = spread(documents, 6)
    assert sorted(place for place, _, _ in taken[:3]) == [0, 1, 2]
    assert len({(place, row) for place, row, _ in taken}) == len(taken) == 6
    assert len(spread(documents, 4)) == 4


def test_copies_of_one_idea_come_last() -> None:
    taken = [row for _, row, _ in spread([(vectors(1, 1, 1, 2, 3, lean=0.8), [20] * 5)], 3)]
    assert {3, 4} < set(taken)


def test_a_headline_of_two_words_does_not_stand_for_a_document() -> None:
    taken = spread([(vectors(1, 2), [2, 20])], 1)
    assert taken[0][:2] == (0, 1)


def test_nothing_to_spread_over() -> None:
    assert spread([], 8) == []
