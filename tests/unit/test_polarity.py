"""What is denied, and whether two texts deny the same."""

from __future__ import annotations

import pytest

from rag.types import Language
from rag.verification.polarity import compare, negations, polarity, toggled


@pytest.mark.parametrize(
    ("text", "language", "count"),
    [
        ("Le pont n’est pas fermé.", "fr", 1),
        ("La loi n'oblige pas le boulanger à ouvrir.", "fr", 1),
        ("Le pont n'a jamais été fermé.", "fr", 1),
        ("Personne n'est venu au pont.", "fr", 1),
        ("Aucun pont n'a été fermé.", "fr", 1),
        ("Il n’y a ni pain ni beurre.", "fr", 1),
        ("Il ne vend que du pain.", "fr", 0),
        ("Il ne vend plus que du pain.", "fr", 0),
        ("Il vend du pain, et pas seulement le lundi.", "fr", 0),
        ("Il partira avant qu'il ne pleuve.", "fr", 0),
        ("Le pont est à peine plus long.", "fr", 0),
        ("Il vend sans doute du pain aux sans-abri.", "fr", 0),
        ("Le passager a passé le niveau du pont à Nice.", "fr", 0),
        ("Il est incapable d'ouvrir, et refuse d’en parler.", "fr", 2),
        ("Never more so than on the bridge.", "en", 0),
        ("The bridge is not closed.", "en", 1),
        ("The bridge isn't closed.", "en", 1),
        ("The mayor has yet to respond.", "en", 1),
        ("The mayor failed to close the bridge.", "en", 1),
        ("The bridge is no longer open.", "en", 1),
        ("Not only the bridge was closed.", "en", 0),
        ("It does not hold solely the mayor responsible.", "en", 0),
        ("There is no doubt that it is open.", "en", 0),
        ("The bridge is open.", "en", 0),
    ],
)
def test_negations_are_counted_once(text: str, language: Language, count: int) -> None:
    assert polarity(text, language) == count


def test_verbs_that_deny_are_soft() -> None:
    [lack] = negations("The bridge lacks a railing.", "en")
    assert not lack.hard


@pytest.mark.parametrize(
    ("statement", "language", "evidence", "spoken"),
    [
        ("The mayor has not responded.", "en", "Le maire a répondu.", "fr"),
        ("Le maire a répondu.", "fr", "The mayor has yet to respond.", "en"),
        ("The bridge is not safe.", "en", "The bridge is safe.", "en"),
        ("The bridge is safe.", "en", "The bridge is not safe.", "en"),
        ("Le pont n’est pas sûr.", "fr", "Le pont est sûr.", "fr"),
        ("La loi oblige le boulanger à ouvrir.", "fr", "La loi n'oblige pas le boulanger à ouvrir.", "fr"),
        ("The law requires the baker to open.", "en", "La loi n'oblige pas le boulanger à ouvrir.", "fr"),
    ],
)
def test_opposite(statement: str, language: Language, evidence: str, spoken: Language) -> None:
    assert compare(statement, language, [(evidence, spoken)]) == "opposite"


@pytest.mark.parametrize(
    ("statement", "language", "evidence", "spoken"),
    [
        ("Le maire n’a pas protégé le pont.", "fr", "The mayor failed to protect the bridge.", "en"),
        ("They are not safe bridges.", "en", "Ce ne sont pas des ponts sûrs.", "fr"),
        ("The mayor has not yet responded.", "en", "As of now, the mayor has yet to respond.", "en"),
        ("La loi n’oblige pas le boulanger à ouvrir.", "fr", "The law does not require the baker to open.", "en"),
        ("The bridge is open.", "en", "The bridge is open, but the road is not.", "en"),
        ("It is not only the mayor who sells bread.", "en", "Ce n'est pas seulement le maire qui vend du pain.", "fr"),
        ("He sells only bread.", "en", "Il ne vend que du pain.", "fr"),
    ],
)
def test_not_opposite(statement: str, language: Language, evidence: str, spoken: Language) -> None:
    assert compare(statement, language, [(evidence, spoken)]) != "opposite"


def test_a_negation_put_into_equal_words_is_seen_among_other_negations() -> None:
    evidence = "The mayor is aware of the cracks and yet has not closed the old stone bridge."
    assert toggled("The mayor is not aware of the cracks and yet has not closed the old stone bridge.", evidence, "en")
    assert not toggled("The mayor is aware of the cracks, yet has not closed the bridge.", evidence, "en")
