from __future__ import annotations

import pytest

from eval.matching import contains, found, plain, stands_in


@pytest.mark.parametrize(
    ("text", "alternative"),
    [
        ("Elle a coûté 500 000 euros.", "500,000"),
        ("It cost 500,000 euros.", "500 000"),
        ("Il y en a 1 200 000.", "1,200,000"),
        ("soit 73,3 millions", "73.3 million"),
        ("environ 40 % des ponts", "40%"),
        ("about 40 percent", "40 %"),
        ("au Nouveau-Brunswick", "nouveau brunswick"),
        ("L’ŒUVRE de Mme Élodie Brûlé", "œuvre de mme elodie brule"),
        ("les marchands de la ville", "marchand"),
        ("elle est ouverte", "ouvert"),
        ("a «bridge» of stone", "bridge of stone"),
        ("Les décisions furent prises", "décid*|décis*".split("|")[1]),
        ("340 [1]", "340"),
    ],
)
def test_the_same_whatever_the_spelling(text, alternative):
    assert contains(plain(text), alternative)


@pytest.mark.parametrize(
    ("text", "alternative"),
    [
        ("1340 mètres", "340"),
        ("340,5 mètres", "340"),
        ("5.340 mètres", "340"),
        ("3400", "340"),
        ("septembre", "sept"),
        ("Danemark", "mark"),
        ("une longue histoire [340]", "340"),
        ("rien", ""),
    ],
)
def test_not_within_another_word_or_number(text, alternative):
    assert not contains(plain(text), alternative)


def test_each_fact_by_any_of_its_alternatives():
    assert found("Il a ouvert en 2019.", [["2018", "2019"], ["340"]]) == (True, False)


@pytest.mark.parametrize(
    ("text", "quote", "there"),
    [
        ("Il mesure 340 mètres !", "« Il mesure 340 mètres. »", True),
        ("mesure 340", "Il mesure 340 mètres.", True),
        ("mesure 34", "Il mesure 340 mètres.", False),
        ("esure 340", "Il mesure 340 mètres.", False),
        ("73.3 million", "some 73,3 million items", True),
        ("3 million", "some 73.3 million items", False),
    ],
)
def test_word_for_word(text, quote, there):
    assert stands_in(text, quote) is there
