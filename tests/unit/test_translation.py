"""Translations that read well and are wrong."""

from __future__ import annotations

import pytest

from rag.types import Language
from rag.verification.translation import carried, invented, strange, translates


@pytest.mark.parametrize(
    ("source", "language", "wording"),
    [
        ("The mayor said the school would close in June.", "en", "Le maire a dit que l'école fermerait en juin."),
        ("La mairie a fermé l'école en juin.", "fr", "The town hall closed the school in June."),
        ("Un ancien ministre accuse la ville.", "fr", "A former minister accuses the city."),
        ("L'État poursuit Meta.", "fr", "The state is suing Meta."),
        ("Notre enquête sur l'école a duré un mois.", "fr", "Our inquiry into the school lasted a month."),
        ("Le procès intenté la semaine dernière concerne la ville.", "fr", "The lawsuit filed last week concerns the city."),
        ("Anna Berg, of Valmont, opened the library.", "en", "Anna Berg, de Valmont, a ouvert la bibliothèque."),
    ],
)
def test_good_translations_stand(source: str, language: Language, wording: str) -> None:
    assert translates(source, language, wording)


@pytest.mark.parametrize(
    ("source", "language", "wording"),
    [
        ("The works did great harm to the school.", "en", "Les travaux ont fait une grande harmure à l'école."),
        ("Un ancien ministre accuse la ville.", "fr", "An old minister accuses the city."),
        ("L'État poursuit Meta.", "fr", "The state is pursuing Meta."),
        ("Notre enquête sur l'école a duré un mois.", "fr", "The school's inquiry lasted a month."),
        ("The city has yet to open the school.", "en", "La ville a ouvert l'école."),
        ("Le procès intenté la semaine dernière concerne la ville.", "fr", "The last trial concerns the city."),
        ("The report blames not only the mayor, but the school.", "en", "Le rapport accuse le maire et l'école."),
        ("The mayor closed the school because the children were in danger.", "en", "Le maire a fermé."),
        (
            "Selon le maire, l'école recèlerait des livres anciens.",
            "fr",
            "According to the mayor, the school would recuse old books.",
        ),
    ],
)
def test_bad_translations_do_not(source: str, language: Language, wording: str) -> None:
    assert not translates(source, language, wording)


def test_invented_words_are_named_but_names_and_borrowed_words_are_not() -> None:
    assert invented("Les implications sont faraordantes pour Valmont.", "fr") == ("faraordantes",)
    assert invented("Le zblorg de la ville.", "fr", source="The zblorg of the city.") == ()
    assert invented("Concretly, the city paid.", "en") == ("Concretly",), "the first word too, though it has a capital"
    assert invented("Lorsqu'elle l'a vu, la procureure a répondu jusqu’au bout.", "fr") == ()
    assert invented("The neighbouring programme criticised the labour defence.", "en") == (), "as spelt in Britain"


def test_the_share_carried_over() -> None:
    assert carried("The school and the library", "en", "L'école et la bibliothèque") == 1.0
    assert carried("The school and the library", "en", "L'école") == 0.5
    assert carried("", "en", "") == 1.0


def test_who_is_sued_does_not_become_who_sues() -> None:
    source = "Ces sociétés font déjà l'objet de centaines d'actions en justice intentées au nom d'enfants et d'écoles."
    turned = "These companies have already initiated hundreds of legal actions against children and schools."
    right = "These companies are already the object of hundreds of legal actions brought in the name of children and schools."
    assert not translates(source, "fr", turned)
    assert translates(source, "fr", right)


def test_a_rare_word_must_translate_something() -> None:
    """All rare: "recuse" says nothing of the source, "lawmakers" translates a word of it, "solicit" is spelt like one."""
    assert strange("The mayor would recuse the books.", "en", "Le maire recèlerait les livres.") == ("recuse",)
    assert strange("The lawmakers sold the school.", "en", "Les députés ont vendu l'école.") == ()
    assert strange("They solicit the pupils.", "en", "Ils sollicitent les élèves.") == ()
    assert strange("Le maire recèle les livres.", "fr", "The mayor sold the books.") == ("recèle",)
    assert strange("Le maire a fait des doublons.", "fr", "The mayor sold the books.") == ("doublons",)
    assert strange("The mayor disputed the listings.", "en", "Le maire a vu les livres.") == (), "rare forms of common words"
    assert strange("Le maire a ouvert l'école.", "fr", "The mayor opened the school.") == ()
