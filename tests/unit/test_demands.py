"""What a question plainly demands, and sentences that have nothing of it."""

import pytest

from rag.types import Language
from rag.verification.demands import fails


@pytest.mark.parametrize(
    ("question", "asked_in", "text", "language"),
    [
        ("Quand le pont a-t-il été fermé ?", "fr", "Le pont a été fermé par la mairie.", "fr"),
        ("Quand le pont a-t-il été fermé ?", "fr", "The mayor closed the bridge.", "en"),
        ("When was the bridge closed?", "en", "La mairie a fermé le pont.", "fr"),
        ("In which year did the bakery open?", "en", "Paul Martin opened the bakery of Reims.", "en"),
        ("À quelle date la boulangerie a-t-elle ouvert ?", "fr", "Paul Martin a ouvert la boulangerie.", "fr"),
        ("Combien de bateaux le chantier répare-t-il ?", "fr", "Le chantier répare des bateaux.", "fr"),
        ("How many boats does the yard repair?", "en", "Le chantier répare des bateaux.", "fr"),
        ("How many of the 42 boats were repaired?", "en", "The yard has 42 boats.", "en"),
        ("Who says the bridge is dangerous?", "en", "The bridge has become dangerous.", "en"),
        ("Selon qui le pont est-il dangereux ?", "fr", "Le pont est devenu dangereux.", "fr"),
    ],
)
def test_nothing_of_what_is_demanded(question: str, asked_in: Language, text: str, language: Language) -> None:
    assert fails(question, asked_in, text, language)


@pytest.mark.parametrize(
    ("question", "asked_in", "text", "language"),
    [
        ("Quand le pont a-t-il été fermé ?", "fr", "La mairie a fermé le pont mardi.", "fr"),
        ("Quand le pont a-t-il été fermé ?", "fr", "The mayor closed the bridge last week.", "en"),
        ("Quand le pont a-t-il été fermé ?", "fr", "Le pont a été fermé dès l'ouverture du tunnel, en été.", "fr"),
        ("When was the bridge closed?", "en", "La mairie a fermé le pont après la crue.", "fr"),
        ("In which year did the bakery open?", "en", "Paul Martin opened the bakery in 1990.", "en"),
        ("Combien de bateaux le chantier répare-t-il ?", "fr", "The yard repairs forty-two boats.", "en"),
        ("Combien de bateaux le chantier répare-t-il ?", "fr", "Le chantier n'en répare aucun.", "fr"),
        ("How many boats does the yard repair?", "en", "Le chantier répare une dizaine de bateaux.", "fr"),
        ("How many of the 42 boats were repaired?", "en", "The yard repaired half of them.", "en"),
        ("Who says the bridge is dangerous?", "en", "According to an engineer, the bridge is dangerous.", "en"),
        ("Who says the bridge is dangerous?", "en", "For Anna Berg the bridge is dangerous.", "en"),
        # "when" within a question demands no time, and of what is no question of these kinds nothing is demanded
        ("What did the mayor reply when the bridge closed?", "en", "The mayor promised another bridge.", "en"),
        ("Qui a fermé le pont ?", "fr", "La mairie a fermé le pont.", "fr"),
        ("Pourquoi le pont est-il fermé ?", "fr", "Le pont est fermé.", "fr"),
    ],
)
def test_in_doubt_it_may_answer(question: str, asked_in: Language, text: str, language: Language) -> None:
    assert not fails(question, asked_in, text, language)
