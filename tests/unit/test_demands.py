"""What a question plainly demands, and sentences that have nothing of it."""

from pathlib import Path

import pytest

from eval.belief_data import CALIBRATION, affairs, of_affair, of_dev
from eval.corpus import documents
from rag.generation.question import parts
from rag.language import detect
from rag.types import Language
from rag.verification.demands import fails

CORPUS = Path(__file__).parents[2] / "corpus"


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


@pytest.mark.parametrize("name", ["dev", *affairs()])
def test_no_answer_to_a_known_question_is_turned_away(name: str) -> None:
    corpus, asked = (CORPUS, of_dev()) if name == "dev" else (CALIBRATION / name, of_affair(name))
    held = {document.source.id: document for document in documents(corpus).values()}
    golds = [(item.question, held[document], start, end) for item in asked for document, start, end in item.gold]
    turned_away = [
        (question, document.text[start:end])
        for question, document, start, end in golds
        if all(
            fails(part, detect(question), document.text[start:end], document.source.language)
            for part in parts(question, detect(question))
        )
    ]
    assert golds and not turned_away
