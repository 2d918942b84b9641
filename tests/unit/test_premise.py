"""Sentences that say the opposite of what a question takes for granted, and those that only speak of the same."""

from __future__ import annotations

import pytest

from rag.types import Language
from rag.verification.premise import contradicts_premise

RESPONDED = "Meta a répondu qu'il utilisait une technologie sophistiquée."
SILENT = "As of now, Meta has yet to issue a direct response to the allegations made by the Attorney General."
DENIES = "Acme denies that its mill polluted the river."
NIE = "La société Acme nie avoir pollué la rivière."


@pytest.mark.parametrize(
    ("question", "language", "sentence", "spoken"),
    [
        ("Why did Acme admit that it polluted the river?", "en", DENIES, "en"),
        ("Why did Acme admit that it polluted the river?", "en", NIE, "fr"),
        ("Pourquoi Acme a-t-elle reconnu avoir pollué la rivière ?", "fr", NIE, "fr"),
        ("Pourquoi Acme a-t-elle reconnu la pollution de la rivière ?", "fr", "Acme contests the pollution of the river.", "en"),
        ("When did Acme acknowledge the facts?", "en", "Acme rejects the claims of the town.", "en"),
        ("Why did Acme not deny the charges?", "en", "Acme denied the charges.", "en"),
        ("Pourquoi Meta a-t-elle refusé de répondre ?", "fr", RESPONDED, "fr"),
        ("Why did Meta refuse to respond?", "en", RESPONDED, "fr"),
        ("Pourquoi Meta n'a-t-elle pas répondu ?", "fr", RESPONDED, "fr"),
        ("How did Meta respond to the allegations?", "en", SILENT, "en"),
        ("Comment Meta a-t-elle répondu aux accusations ?", "fr", SILENT, "en"),
        ("Why did Morel refuse the offer?", "en", "Morel accepted the offer of the town.", "en"),
        ("Pourquoi Morel a-t-il gagné le procès ?", "fr", "Morel a perdu son procès contre la ville.", "fr"),
        ("Why was Morel convicted of fraud?", "en", "Morel was acquitted of fraud.", "en"),
        ("Why was Morel convicted of fraud?", "en", "Morel is accused of fraud.", "en"),
        ("Pourquoi Morel a-t-il été condamné pour fraude ?", "fr", "Morel was acquitted of fraud.", "en"),
        ("Pourquoi le Montana a-t-il retiré sa plainte ?", "fr", "Le Montana maintient sa plainte.", "fr"),
        ("Why did Lyon forbid the march?", "en", "La ville de Lyon a autorisé la marche.", "fr"),
    ],
)
def test_the_opposite_of_what_is_taken_for_granted(question: str, language: Language, sentence: str, spoken: Language) -> None:
    assert contradicts_premise(question, language, sentence, spoken)


@pytest.mark.parametrize(
    ("question", "language", "sentence", "spoken"),
    [
        ("Did Acme admit that it polluted the river?", "en", DENIES, "en"),  # takes nothing for granted
        ("Why did Acme deny that it polluted the river?", "en", DENIES, "en"),
        ("Why did Acme not admit that it polluted the river?", "en", DENIES, "en"),
        ("Why did Acme admit its losses?", "en", DENIES, "en"),  # another matter
        ("Why did the mayor admit that Acme polluted the river?", "en", "Morel denies that the river was polluted.", "en"),
        ("Why did Morel admit that the river was polluted?", "en", DENIES, "en"),  # somebody else
        ("Pourquoi Meta a-t-elle refusé de payer ?", "fr", RESPONDED, "fr"),
        ("Pourquoi Meta a-t-elle refusé de répondre aux sénateurs ?", "fr", RESPONDED, "fr"),  # to whom, it does not say
        ("Comment Meta a-t-elle répondu ?", "fr", RESPONDED, "fr"),
        ("Why has Meta not responded to the allegations?", "en", SILENT, "en"),
        ("Why did Acme admit the facts?", "en", "Acme denied the facts, then admitted the facts.", "en"),  # both
        ("Why is Morel accused of fraud?", "en", "Morel was convicted of fraud.", "en"),  # he had been accused
        ("Why did the company admit the facts?", "en", "The company denies the facts.", "en"),  # nobody is named
        ("How many facts did Acme admit?", "en", "Acme denies the facts.", "en"),
        ("Quand Morel a-t-il gagné le procès ?", "fr", "Morel a gagné son procès en mai.", "fr"),
        ("Why did Torrez accept the offer?", "en", "Torrez dit que Meta refuse l'offre.", "fr"),
    ],
)
def test_what_is_not_plainly_the_opposite(question: str, language: Language, sentence: str, spoken: Language) -> None:
    assert not contradicts_premise(question, language, sentence, spoken)
