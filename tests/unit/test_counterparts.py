"""What evidence says in the place of what was asked, and how that is told."""

from __future__ import annotations

import pytest

from rag.generation.phrases import not_found
from rag.types import Evidence, Language, Sentence, Source
from rag.verification.constraints import unmet
from rag.verification.counterparts import counterparts, nearest_miss


def evidence(text: str, language: Language = "fr", document: str = "d", **card: str) -> Evidence:
    sentence = Sentence(document, 0, 0, 0, len(text), text, language)
    return Evidence(sentence, Source(document, f"{document}.txt", language, **card), 0.9, 0.5, 0.8, 1.0)


AUGUST = evidence("Au mois d'août, Morel a vendu plus de 500 000 pains au Nouveau-Mexique.")
BOSTON = evidence("Un ancien procureur adjoint de Boston signale une hausse d'environ 30 % chaque année.")
SUITS = evidence("Meta has been sued in California and in Texas, and by Canada on 6 March 2022.", "en")
FAMILY = evidence("Le boulanger Paul Morel a répondu.")


def said(question: str, language: Language, item: Evidence) -> dict[str, str]:
    found = counterparts(question, language, item, unmet(question, language, [item]))
    return {each.term: each.instead for each in found}


@pytest.mark.parametrize(
    ("question", "language", "item", "expected"),
    [
        ("Combien de pains Morel a-t-il vendus en septembre ?", "fr", AUGUST, {"septembre": "août"}),
        ("How many loaves did Morel sell in September?", "en", AUGUST, {"September": "August"}),
        ("Que vend Morel au Texas ?", "fr", AUGUST, {"Texas": "Nouveau-Mexique"}),
        ("What does Morel sell in Texas?", "en", AUGUST, {"Texas": "New Mexico"}),
        ("what does morel sell in texas in may 2020?", "en", AUGUST, {"texas": "New Mexico", "may 2020": "August"}),
        ("Pourquoi Morel a-t-il vendu cinq millions de pains ?", "fr", AUGUST, {"cinq millions": "plus de 500 000"}),
        ("Quelle hausse le procureur de Chicago signale-t-il ?", "fr", BOSTON, {"Chicago": "Boston"}),
        ("What rise did a Chicago prosecutor report?", "en", BOSTON, {"Chicago": "Boston"}),
        ("Who speaks of 60%?", "en", BOSTON, {"60": "about 30"}),
        ("Pourquoi le Mexique poursuit-il Meta ?", "fr", SUITS, {"Mexique": "Canada"}),
        ("Who sued Meta in April 2022?", "en", SUITS, {"April 2022": "6 March 2022"}),
        ("Qui a poursuivi Meta en avril ?", "fr", SUITS, {"avril": "6 mars 2022"}),
        ("Que répond Jeanne Morel ?", "fr", FAMILY, {"Jeanne Morel": "Paul Morel"}),
    ],
)
def test_a_thing_of_the_same_kind_is_found(question: str, language: Language, item: Evidence, expected: dict[str, str]) -> None:
    assert said(question, language, item) == expected


@pytest.mark.parametrize(
    ("question", "language", "item"),
    [
        ("How many loaves did Morel sell in August?", "en", AUGUST),  # met
        ("Who sued Meta in Nevada?", "en", SUITS),  # California or Texas: it is not clear which
        ("Who sued Meta in Boston?", "en", SUITS),  # a city and a state are two kinds
        ("Que vend Morel en Italie au Nouveau-Mexique ?", "fr", AUGUST),  # New Mexico is asked for already
        ("Why did Morel open five million shops?", "en", AUGUST),  # loaves are not shops
        ("Que dit Zuckerberg ?", "fr", FAMILY),  # nothing tells that one stands for the other
        ("Que vend Morel aux Américains ?", "fr", AUGUST),  # a people
        ("Who was sued in 2021?", "en", evidence("Meta has been sued since 2019.", "en")),  # 2019 does not exclude 2021
        ("Qui a vendu du pain en mai ?", "fr", evidence("De janvier à septembre, Morel a vendu du pain.")),
        ("Why were there nine thousand loaves?", "en", evidence("Un demi-million de pains.")),  # words cannot be repeated
        ("How many loaves were sold in September?", "en", evidence("Morel a vendu des pains.", date="2023-08-02")),
    ],
)
def test_nothing_is_said_where_it_is_not_certain(question: str, language: Language, item: Evidence) -> None:
    assert said(question, language, item) == {}


def test_what_is_said_instead_stands_in_the_sentence() -> None:
    for question in ("Que vend Morel au Texas en septembre ?", "Pourquoi Morel a-t-il vendu cinq millions de pains ?"):
        for instead in said(question, "fr", AUGUST).values():
            assert instead in AUGUST.sentence.text


def test_the_most_promising_of_those_that_miss_is_told() -> None:
    """Another passage has September, but is about something else: the reader still learns why nothing was found."""
    other = evidence("De septembre à octobre, la mairie a fermé.", document="other")
    later = evidence("En mars, Morel a vendu du pain.", document="later")
    found = nearest_miss("Combien de pains Morel a-t-il vendus en septembre ?", "fr", [other, AUGUST, later])
    assert found is None  # the most promising misses Morel, and has nobody instead
    found = nearest_miss("Combien de pains a-t-on vendus en septembre ?", "fr", [other, AUGUST, later])
    assert found is not None
    assert (found.evidence, [(each.term, each.instead) for each in found.counterparts]) == (AUGUST, [("septembre", "août")])
    assert nearest_miss("Combien de pains Morel a-t-il vendus en août ?", "fr", [AUGUST]) is None
    assert nearest_miss("Combien de pains ?", "fr", []) is None


def test_the_reader_is_told_in_one_line_what_the_passage_says_and_what_it_does_not() -> None:
    """The documents may speak of September elsewhere: only the passage is spoken of."""
    pairs = [("septembre", "août")]
    told = not_found("fr", (), pairs)
    assert told == "Les documents ne le disent pas : un passage qui s’en rapproche dit août, et non septembre."
    both = not_found("en", ("Morel", "Texas", "September"), [("September", "August"), ("Texas", "New Mexico")])
    assert both == (
        "The documents do not say: a passage that comes close says August and New Mexico, not September and Texas. "
        "Nothing that comes close speaks of Morel."
    )
    assert not_found("en", ("Texas",)) == "The documents do not say: nothing that comes close speaks of Texas."
    assert not_found("en", ()) == "The documents do not say."
