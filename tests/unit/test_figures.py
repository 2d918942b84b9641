"""Figures a reader would call the same, or not, in French and English."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.text.figures import Figure, figures, same
from rag.types import Language


def only(text: str, language: Language) -> Figure:
    found = [figure for figure in figures(text, language) if figure.certain]
    assert len(found) == 1, f"{text!r}: {found}"
    return found[0]


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("73,3 millions de livres prêtés", "73.3 million books lent"),
        ("500\u202f000 visiteurs", "500,000 visitors"),
        ("500\u00a0000 visiteurs", "half a million visitors"),
        ("un demi-million de visiteurs", "500,000 visitors"),
        ("500 000 visiteurs", "500, 000 visitors"),
        ("dix fois plus de pain", "ten times more bread"),
        ("un vent de 85 milles à l'heure", "winds of 85 miles an hour"),
        ("dix fois plus de pain", "a tenfold increase"),
        ("deux fois plus", "twice as much"),
        ("trois cas", "three cases"),
        ("trois cas", "3 cases"),
        ("7 milliards de dollars", "$7 billion"),
        ("7 milliards de dollars", "7bn dollars"),
        ("22 500 € de travaux", "€22,500 of works"),
        ("65 % des prêts", "65% of loans"),
        ("65 pour cent des prêts", "65 percent of loans"),
        ("le 6 décembre 2023", "December 6, 2023"),
        ("le 6 décembre 2023", "on 6 December 2023"),
        ("le 6 décembre 2023", "2023-12-06"),
        ("le 1er mai", "May 1"),
        ("au mois d'août", "in August"),
        ("mercredi", "on Wednesday"),
        ("les lundis", "on Mondays"),
        ("14 ans et moins", "14 and younger"),
        ("âgés de 14 ans", "aged 14"),
        ("une élève de 14 ans", "a 14-year-old pupil"),
        ("pendant deux ans", "for two years"),
        ("vingt-deux mille pains", "22,000 loaves"),
        ("des dizaines de pains", "dozens of loaves"),
        ("des centaines de prêts", "hundreds of loans"),
        ("le deuxième pont", "the second bridge"),
        ("la 2e arche", "the 2nd arch"),
        ("les deux tiers du toit", "two-thirds of the roof"),
        ("à 20h30", "at 8.30 p.m."),
        ("les années 1990", "the 1990s"),
        ("au XIXe siècle", "in the 19th century"),
        ("trois ans et demi", "three and a half years"),
        ("en 2020", "in 2020"),
        ("en septembre 2022", "in September 2022"),
    ],
)
def test_the_same_figure_in_both_languages(french: str, english: str) -> None:
    a, b = only(french, "fr"), only(english, "en")
    assert same(a, b) == "equal", (a, b)
    assert same(b, a) == "equal", (b, a)


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("six millions de livres", "6.1 million books"),
        ("7 milliards de dollars", "$7 million"),
        ("65 livres", "65% of books"),
        ("le 6 décembre 2023", "December 6, 2022"),
        ("le 6 décembre", "December 7"),
        ("en août", "in September"),
        ("mercredi", "on Tuesday"),
        ("plus de 40 ponts", "fewer than 40 bridges"),
        ("deux ans", "two months"),
        ("20 dollars", "20 euros"),
        ("dix fois", "ten percent"),
        ("des centaines", "dozens"),
    ],
)
def test_figures_that_differ(french: str, english: str) -> None:
    assert same(only(french, "fr"), only(english, "en")) == "different"


@pytest.mark.parametrize(
    ("said", "there"),
    [
        ("more than 40 bridges", "40 bridges"),
        ("40 bridges", "nearly 40 bridges"),
        ("December 6, 2023", "December 6"),
        ("40 miles away", "64 km away"),
        ("about 300 loaves", "302 loaves"),
        ("hundreds of loaves", "350 loaves"),
    ],
)
def test_less_exact_is_a_warning(said: str, there: str) -> None:
    assert same(only(said, "en"), only(there, "en")) == "warning"


def test_a_date_said_less_fully_than_the_evidence_is_equal() -> None:
    assert same(only("in December", "en"), only("le 6 décembre 2023", "fr")) == "equal"
    assert same(only("in 2023", "en"), only("le 6 décembre 2023", "fr")) == "equal"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("one of the bakers", "en"),
        ("It may rain, and they march on.", "en"),
        ("wait a second", "en"),
        ("un boulanger et une boulangère", "fr"),
        ("un pont tout neuf", "fr"),
        ("le premier pain", "fr"),
        ("the COVID-19 pandemic", "en"),
        ("a bridge bombed in World War Two", "en"),
        ("both bridges", "en"),
        ("les deux ponts", "fr"),
    ],
)
def test_words_that_look_like_figures_accuse_nobody(text: str, language: Language) -> None:
    assert [figure for figure in figures(text, language) if figure.certain] == []


def test_an_article_can_still_confirm_a_one() -> None:
    [one] = figures("un seul pont", "fr")
    assert not one.certain
    assert same(only("1 bridge", "en"), one) == "equal"


@pytest.mark.parametrize(
    ("text", "language", "approximate"),
    [
        ("plus de 500 000 visiteurs", "fr", "more_than"),
        ("plus d’un demi-million", "fr", "more_than"),
        ("over ten times", "en", "more_than"),
        ("au moins 3 ponts", "fr", "more_than"),
        ("moins de 20 euros", "fr", "less_than"),
        ("under $20", "en", "less_than"),
        ("environ 30 %", "fr", "about"),
        ("nearly 300", "en", "about"),
        ("une vingtaine de pains", "fr", "about"),
        ("12 ans et plus", "fr", "more_than"),
        ("exactly 20", "en", "exact"),
    ],
)
def test_approximation(text: str, language: Language, approximate: str) -> None:
    assert only(text, language).approximate == approximate


def test_spans_point_at_the_words() -> None:
    text = "Le pont a coûté 7 milliards de dollars en 2020."
    assert [text[figure.start : figure.end] for figure in figures(text, "fr")] == ["7 milliards", "2020"]


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=999_999_999))
def test_grouped_digits_read_the_same_in_both_notations(value: int) -> None:
    french = f"{value:,}".replace(",", "\u202f")
    english = f"{value:,}"
    a = [figure for figure in figures(f"soit {french} pains", "fr") if figure.unit != "year"]
    b = [figure for figure in figures(f"that is {english} loaves", "en") if figure.unit != "year"]
    if len(str(value)) != 4:  # four digits without a separator may be a year
        assert a[0].value == b[0].value == Decimal(value)


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_read_without_failing_and_spans_stay_inside(text: str) -> None:
    for language in ("fr", "en"):
        for figure in figures(text, language):
            assert 0 <= figure.start < figure.end <= len(text)
            assert same(figure, figure) == "equal"


def test_the_two_of_a_span_of_time_is_a_figure() -> None:
    assert only("au cours des deux dernières années", "fr").unit == "duration:years"
