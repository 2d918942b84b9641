"""Who claims it, and whether a statement still says so."""

from __future__ import annotations

import pytest

from rag.types import Language
from rag.verification.attribution import attribute, claim_of, keeps_claim


@pytest.mark.parametrize(
    ("text", "language", "speaker"),
    [
        ("Selon la mairie, le pont est sûr.", "fr", "la mairie"),
        ("Le pont est sûr d’après une étude du musée.", "fr", "une étude du musée"),
        ("Le maire de Lyon, Jean Morel, a déclaré mardi que le pont fermait.", "fr", "Le maire de Lyon, Jean Morel"),
        ("Au mois d'août, Morel a affirmé avoir vendu 500 pains.", "fr", "Morel"),
        ("« Le pont est un ouvrage solide et sûr », a réagi un porte-parole de la mairie.", "fr", "un porte-parole de la mairie"),
        ("Les juges de 33 villes, dont Lyon et Nice, ont déclaré que le pont vieillissait.", "fr", "Les juges de 33 villes"),
        ("Comme le révélait le Courrier, le pont est fermé.", "fr", "le Courrier"),
        ("The lawsuit alleges that the bridge was unsafe.", "en", "The lawsuit"),
        ("According to the mayor, the bridge is safe.", "en", "the mayor"),
        ("Additionally, the inquiry revealed that bread was sold.", "en", "the inquiry"),
        (
            "Mayor Anna Price stressed safety, stating, “The bridge is not a safe place.”",
            "en",
            "Mayor Anna Price stressed safety",
        ),
        ("Il a ajouté que le pont fermait.", "fr", None),
        ("Les boulangers auraient vendu du pain rassis.", "fr", None),
        ("The bakery allegedly sold stale bread.", "en", None),
        ("Le boulanger est accusé de vendre du pain rassis.", "fr", None),
        ("Le four a « cuit lentement le pain du matin ».", "fr", None),
    ],
)
def test_claims_and_their_speakers(text: str, language: Language, speaker: str | None) -> None:
    claim = claim_of(text, language)
    assert claim is not None
    if speaker is None or claim.speaker is None:
        assert claim.speaker == speaker
    else:
        assert claim.speaker.startswith(speaker.split(" stressed")[0])


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Le pont a été fermé mardi.", "fr"),
        ("L'annonce du maire et une note du musée sont affichées.", "fr"),
        ("Le juge a ouvert la porte, une montre à la main.", "fr"),
        ("The United States has many bridges.", "en"),
        ("The claims of the bakers were heard in court.", "en"),
        ("The “old” bridge was closed.", "en"),
        ("Le maire pourrait fermer le pont.", "fr"),
    ],
)
def test_plain_facts_are_no_claims(text: str, language: Language) -> None:
    assert claim_of(text, language) is None


def test_a_translation_keeps_the_claim_or_loses_it() -> None:
    evidence = "Le maire a déclaré que le pont était sûr."
    assert keeps_claim("The mayor said the bridge was safe.", "en", evidence, "fr")
    assert not keeps_claim("The bridge is safe.", "en", evidence, "fr")
    assert keeps_claim("The bridge is closed.", "en", "Le pont est fermé.", "fr")


def test_what_stands_before_a_claim_owes_no_speaker() -> None:
    evidence = "En octobre, plus de 40 villes ont poursuivi la boulangerie, l'accusant de vendre du pain rassis."
    assert keeps_claim("In October, more than 40 cities sued the bakery.", "en", evidence, "fr")
    assert not keeps_claim("The bakery sold stale bread.", "en", evidence, "fr")
    assert not keeps_claim("La boulangerie vend du pain rassis.", "fr", evidence, "fr")


@pytest.mark.parametrize(
    ("statement", "speaker", "language", "expected"),
    [
        ("Le pont est sûr.", "La mairie", "fr", "Selon la mairie, le pont est sûr."),
        ("Morel a fermé le pont.", "Jean Dupont", "fr", "Selon Jean Dupont, Morel a fermé le pont."),
        ("The bridge is safe.", "The mayor", "en", "According to the mayor, the bridge is safe."),
        ("I was there.", "Anna Price", "en", "According to Anna Price, I was there."),
        ("BBC crews came.", "the mayor", "en", "According to the mayor, BBC crews came."),
        ("London has bridges.", "A baker", "en", "According to a baker, London has bridges."),
    ],
)
def test_the_speaker_put_back(statement: str, speaker: str, language: Language, expected: str) -> None:
    assert attribute(statement, speaker, language) == expected
