"""Pairs that a reader would call a disagreement, and pairs that are none."""

from __future__ import annotations

import numpy as np
import pytest

from rag.types import Language, Sentence
from rag.verification.disagreement import NEAR, Pair, find_disagreements, judge, note


def sentence(text: str, language: Language, document: str) -> Sentence:
    return Sentence(document, 0, 0, 0, len(text), text, language)


def judged(a: str, la: Language, b: str, lb: Language, cosine: float = 0.95) -> str | None:
    forward = judge(sentence(a, la, "a"), sentence(b, lb, "b"), cosine)
    assert forward == judge(sentence(b, lb, "b"), sentence(a, la, "a"), cosine)
    return forward


@pytest.mark.parametrize(
    ("a", "la", "b", "lb", "kind"),
    [
        (
            "As of now, Norwood has yet to issue a direct response to the complaint.", "en",
            "Norwood a répondu que le pont était entretenu chaque année.", "fr", "response",
        ),
        (
            "La société Norwood n’a pas encore répondu à la plainte.", "fr",
            "« Le pont est entretenu chaque année par nos soins », a réagi un porte-parole de Norwood.", "fr", "response",
        ),
        (
            "Norwood declined to comment on the bridge.", "en",
            "Norwood responded that the bridge was inspected every year.", "en", "response",
        ),
        (
            "Le pont de Lyon a coûté 7 millions d'euros.", "fr",
            "The bridge in Lyon cost €9 million euros.", "en", "figures",
        ),
        ("The bakery in Lyon sold 300 loaves.", "en", "The bakery in Lyon sold 500 loaves.", "en", "figures"),
        ("The bridge in Lyon was closed in May.", "en", "The bridge in Lyon was not closed in May.", "en", "polarity"),
    ],
)  # fmt: skip
def test_disagreements(a: str, la: Language, b: str, lb: Language, kind: str) -> None:
    assert judged(a, la, b, lb) == kind


@pytest.mark.parametrize(
    ("a", "la", "b", "lb"),
    [
        ("Plus de 500 000 pains ont été vendus à Lyon.", "fr", "Plus d’un demi-million de pains ont été vendus à Lyon.", "fr"),
        ("More than 40 bakers from Lyon came.", "en", "43 bakers from Lyon came.", "en"),
        ("The bakery in Lyon sold 300 loaves.", "en", "The bakery in Nice sold 500 loaves.", "en"),
        ("The bakery in Lyon sold 300 loaves in May.", "en", "The bakery in Lyon sold 500 loaves in June.", "en"),
        ("The bakery in Lyon sold 300 loaves.", "en", "The bakery in Lyon employs 5 people.", "en"),
        ("Norwood has yet to respond to the complaint.", "en", "La mairie de Lyon a répondu à la plainte.", "fr"),
        ("Norwood has yet to respond to the complaint.", "en", "Norwood has not commented on the complaint.", "en"),
        ("The bridge in Lyon was closed.", "en", "The bridge in Lyon is not made of stone, the mayor said in May.", "en"),
        ("To the NCMEC, 300 reports were sent.", "en", "300 reports were sent to the ICMEC.", "en"),
    ],
)
def test_no_disagreement(a: str, la: Language, b: str, lb: Language) -> None:
    assert judged(a, la, b, lb) is None


def test_the_same_document_does_not_disagree_with_itself_and_far_sentences_are_not_judged() -> None:
    a, b = "The bakery in Lyon sold 300 loaves.", "The bakery in Lyon sold 500 loaves."
    assert judge(sentence(a, "en", "a"), sentence(b, "en", "a"), 0.99) is None
    assert judged(a, "en", b, "en", cosine=NEAR["figures"] - 0.01) is None


def test_pairs_are_found_by_their_vectors_and_unsearchable_sentences_left_out() -> None:
    found = [
        sentence("The bakery in Lyon sold 300 loaves.", "en", "a"),
        sentence("The bridge in Nice is made of stone.", "en", "a"),
        sentence("The bakery in Lyon sold 500 loaves.", "en", "b"),
        Sentence("c", 0, 0, 0, 35, "The bakery in Lyon sold 900 loaves.", "en", searchable=False),
    ]
    vectors = np.array([[1, 0], [0, 1], [0.96, 0.28], [1, 0]], np.float32)
    assert find_disagreements(found, vectors) == (Pair(0, 2, "figures"),)
    assert find_disagreements([], np.zeros((0, 2), np.float32)) == ()


def test_notes_exist_in_both_languages() -> None:
    for kind in NEAR:
        assert note(kind, "fr") != note(kind, "en")
