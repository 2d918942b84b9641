"""Names as a reader hears them: what is one, and whether a text mentions it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.text.mentions import matches, mentions, translatable
from rag.text.names import Name, names
from rag.types import Language


def certain(text: str, language: Language) -> list[str]:
    return [name.text for name in names(text, language) if name.certain]


def heard(said: str, language: Language, there: str, spoken: Language) -> bool:
    found = [name for name in names(said, language) if name.certain]
    assert found, said
    return all(matches(name, mentions([(there, spoken)])) for name in found)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Attorney General Ada Norwood opened the bridge.", "en", ["Ada Norwood"]),
        ("The mayor of Lyon, Jean Morel, and Anna Price spoke.", "en", ["Lyon", "Jean Morel", "Anna Price"]),
        ("M. Morel a répondu à l'Agence du Nouveau-Mexique.", "fr", ["Morel", "Nouveau-Mexique"]),
        ("Selon Morel, le pont d'Avignon est fermé.", "fr", ["Morel", "Avignon"]),
        ("On Wednesday in August, bakers met.", "en", []),
        ("Le pont est fermé. Les boulangers attendent.", "fr", []),
        ("Norwood said the bridge was closed.", "en", ["Norwood"]),
        ("YouTube and LifeSite reported it.", "en", ["YouTube", "LifeSite"]),
        ("Additionally, bread was sold.", "en", []),
        ("« Notre pont est sûr », a dit Morel.", "fr", ["Morel"]),
    ],
)
def test_what_is_a_name(text: str, language: Language, expected: list[str]) -> None:
    assert certain(text, language) == expected


@pytest.mark.parametrize(
    ("said", "language", "there", "spoken"),
    [
        ("in New Mexico", "en", "au Nouveau-Mexique", "fr"),
        ("au Nouveau-Mexique", "fr", "in New Mexico", "en"),
        ("in California and New York", "en", "en Californie et à New York", "fr"),
        ("in the U.S.", "en", "aux États-Unis", "fr"),
        ("in the USA", "en", "aux Etats-Unis", "fr"),
        ("the American bakers", "en", "les boulangers américains", "fr"),
        ("British bridges", "en", "les ponts britanniques", "fr"),
        ("à Londres", "fr", "in London", "en"),
        ("by Raul Torrez", "en", "par Raúl Torrez", "fr"),
        ("by Torrez", "en", "par Raúl Torrez", "fr"),
        ("by Raúl Torrez", "en", "par M. Torrez", "fr"),
        ("in The Guardian", "en", "dans le Guardian", "fr"),
        ("in the WSJ", "en", "dans le Wall Street Journal", "fr"),
        ("in the Wall Street Journal", "en", "dans le WSJ", "fr"),
        ("to the NCMEC", "en", "au Centre national pour les enfants disparus et exploités (ICMEC)", "fr"),
        ("the National Center for Missing & Exploited Children", "en", "le NCMEC", "fr"),
        ("the Bakers and Millers Union (BMU)", "en", "the Bakers and Millers Union", "en"),
        ("à l'ONU", "fr", "at the United Nations", "en"),
        ("by Zelenskyy", "en", "par Zelensky", "fr"),
    ],
)
def test_mentioned(said: str, language: Language, there: str, spoken: Language) -> None:
    assert heard(said, language, there, spoken)


@pytest.mark.parametrize(
    ("said", "language", "there", "spoken"),
    [
        ("in Texas", "en", "au Nouveau-Mexique et au Montana", "fr"),
        ("by Hector Torrez", "en", "par Raúl Torrez", "fr"),
        ("by Norwood", "en", "par Raúl Torrez", "fr"),
        ("Google's office", "en", "le bureau de Meta", "fr"),
        ("in North Carolina", "en", "en Caroline du Sud", "fr"),
        ("in the WSJ", "en", "dans le New York Times", "fr"),
    ],
)
def test_not_mentioned(said: str, language: Language, there: str, spoken: Language) -> None:
    assert not heard(said, language, there, spoken)


def test_ordinary_words_of_a_name_may_be_translated() -> None:
    [name] = names("of the Foreign Affairs Committee", "en")
    assert not matches(name, mentions([("la commission qui suit les voisins", "fr")]))
    assert translatable(name, mentions([("la commission qui suit les voisins", "fr")]))
    assert not translatable(name, mentions([("a committee", "en")]))


def test_a_name_with_ordinary_words_still_owes_its_proper_one() -> None:
    county = Name("Clark County", "name", 0, 12, "en")
    assert matches(county, mentions([("le comté de Clark", "fr")]))
    assert not matches(county, mentions([("le comté de Morel", "fr")]))


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_read_and_mentions_its_own_names(text: str) -> None:
    for language in ("fr", "en"):
        for name in names(text, language):
            assert text[name.start : name.end] == name.text
            assert matches(name, mentions([(text, language)]))
