"""Disagreements between documents: shown when sure, left out when not."""

import pytest

from rag.types import Language, Sentence
from rag.verification.disagreement import judge


def _sentence(text: str, language: Language, document: str) -> Sentence:
    return Sentence(document, 0, 0, 0, len(text), text, language)


def _judged(a: str, b: str, cosine: float, languages: tuple[Language, Language] = ("en", "en")) -> str | None:
    judged = judge(_sentence(a, languages[0], "a"), _sentence(b, languages[1], "b"), cosine)
    return judged.kind if judged else None


SILENT = "Valmont has not yet responded to the critics."


@pytest.mark.parametrize(
    ("reply", "language"),
    [
        ("Valmont replied that the bridge was safe.", "en"),
        ("« Le pont est sûr », a réagi un porte-parole de Valmont.", "fr"),
    ],
)
def test_a_response_that_another_document_misses(reply: str, language: Language) -> None:
    assert _judged(SILENT, reply, 0.82, ("en", language)) == "response"
    assert _judged(reply, SILENT, 0.82, (language, "en")) == "response"


def test_the_response_of_somebody_else_is_none() -> None:
    assert _judged(SILENT, "Lisbonne a répondu que le pont était sûr.", 0.9, ("en", "fr")) is None


def test_another_number_for_the_same_thing() -> None:
    one, two = "The bridge of Valmont cost 4 million euros.", "Le pont de Valmont a coûté 9 millions d'euros."
    assert _judged(one, two, 0.95, ("en", "fr")) == "figure"
    assert _judged(one, two, 0.85, ("en", "fr")) is None, "too far apart to be about the same"


def test_the_same_number_in_another_notation_agrees() -> None:
    one, two = "The bridge of Valmont cost half a million euros.", "Le pont de Valmont a coûté 500 000 euros."
    assert _judged(one, two, 0.96, ("en", "fr")) is None


def test_one_denies_what_the_other_says() -> None:
    assert _judged("The bridge of Valmont is safe.", "The bridge of Valmont is not safe.", 0.96) == "polarity"


def test_sentences_of_one_document_are_not_compared() -> None:
    a = _sentence("The bridge of Valmont is safe.", "en", "a")
    b = _sentence("The bridge of Valmont is not safe.", "en", "a")
    assert judge(a, b, 0.99) is None
