"""Scores: bounded, fair between the languages, rare parts first."""

from __future__ import annotations

from collections import Counter
from statistics import pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.retrieval import fusion
from rag.retrieval.fusion import BEFORE, CARD, LEVEL, Reading, levelling
from rag.retrieval.question import Question, read
from rag.text.figures import figures
from rag.text.terms import stems
from rag.types import Language

ASKED = read("How many books does the library of Valmont hold?", "en")


def reading(text: str, language: Language, **around: object) -> Reading:
    return Reading(language, Counter(stems(text, language)), **around)  # type: ignore[arg-type]


def weigh(frequencies: dict[str, dict[str, int]] | None = None, sentences: int = 100) -> tuple[float, ...]:
    return fusion.weights(ASKED, frequencies or {"fr": {}, "en": {}}, sentences)  # type: ignore[arg-type]


def credits(question: Question, told: Reading) -> tuple[float, ...]:
    return fusion.credits(fusion.meet(question, told))


def score(text: str, language: Language, **around: object) -> float:
    told = reading(text, language, **around)
    return fusion.lexical(fusion.meet(ASKED, told), told, weigh(), 10.0)


def test_the_same_sentence_scores_alike_in_both_languages() -> None:
    english = score("The library of Valmont holds twelve thousand books.", "en")
    french = score("La bibliothèque de Valmont tient douze mille livres.", "fr")
    assert english == pytest.approx(french, rel=0.15)
    assert english > 0.4


def test_a_sentence_that_meets_nothing_scores_nothing() -> None:
    assert score("Il pleut sur la côte.", "fr") == 0.0


def test_a_rare_part_weighs_more_than_a_common_one() -> None:
    common = {"en": {"librari": 60, "valmont": 1}, "fr": {}}
    by_part = dict(zip([part.written for part in ASKED.parts], weigh(common), strict=True))
    assert by_part["Valmont"] > by_part["library"] > 0


def test_a_part_that_stands_in_every_sentence_still_weighs_nothing_below_zero() -> None:
    assert all(weight >= 0 for weight in weigh({"en": {"librari": 100}, "fr": {"bibliothequ": 100}}, 100))


def test_what_stands_around_earns_part_of_the_credit() -> None:
    alone = reading("It holds twelve thousand.", "en")
    after = reading("It holds twelve thousand.", "en", before=frozenset({"librari"}))
    titled = reading("It holds twelve thousand.", "en", card={"en": frozenset({"librari"}), "fr": frozenset()})
    library = [part.written for part in ASKED.parts].index("library")
    assert credits(ASKED, alone)[library] == 0.0
    assert credits(ASKED, after)[library] == BEFORE
    assert credits(ASKED, titled)[library] == CARD


@pytest.mark.parametrize(
    ("asked", "text", "language"),
    [
        ("What cost 500,000 euros?", "Le toit a coûté un demi-million d’euros.", "fr"),
        ("What happened in August?", "Au mois d’août, le pont a fermé.", "fr"),
        ("Que s’est-il passé en mai 2021 ?", "The bridge reopened on May 3, 2021.", "en"),
    ],
)
def test_a_figure_is_met_in_any_notation(asked: str, text: str, language: Language) -> None:
    question = read(asked, "fr" if "é" in asked else "en")
    figure = next(n for n, part in enumerate(question.parts) if part.figure)
    assert credits(question, reading(text, language, figures=figures(text, language)))[figure] == 1.0


def test_the_documents_date_meets_a_date_for_part_of_the_credit() -> None:
    question = read("What does the text of 3 May 2021 say of the bridge?", "en")
    dated = reading("The bridge reopened.", "en", dated=figures("2021-05-03", "en"))
    met = credits(question, dated)
    assert max(credit for credit, part in zip(met, question.parts, strict=True) if part.figure) == CARD


def test_levelling_brings_the_best_of_both_languages_nearer() -> None:
    levelled = levelling({"fr": [0.90, 0.88], "en": [0.85, 0.83]})
    assert levelled(0.90, "fr") - levelled(0.85, "en") == pytest.approx(0.05 * (1 - LEVEL))
    assert levelled(0.90, "fr") > levelled(0.88, "fr")
    assert levelling({"fr": [], "en": [0.5]})(0.5, "en") == pytest.approx(0.5 * (1 - LEVEL))


def test_cosines_that_spread_wide_are_drawn_together() -> None:
    wide = levelling({"fr": [0.9, 0.1, -0.6, 0.4], "en": []})
    values = [wide(value, "fr") for value in (0.9, 0.1, -0.6, 0.4)]
    assert pstdev(values) == pytest.approx(fusion.WIDEST)
    assert values[0] > values[3] > values[1] > values[2]


@given(
    st.lists(st.sampled_from(["librari", "book", "valmont", "hold", "bridg", "rain"]), max_size=30),
    st.sets(st.sampled_from(["librari", "book", "valmont"])),
)
def test_scores_and_coverage_stay_in_bounds(terms: list[str], before: set[str]) -> None:
    told = Reading("en", Counter(terms), frozenset(before))
    met = credits(ASKED, told)
    assert all(0.0 <= credit <= 1.0 for credit in met)
    assert 0.0 <= fusion.lexical(fusion.meet(ASKED, told), told, weigh(), 8.0) <= 1.0
    assert 0.0 <= fusion.coverage(met, weigh()) <= 1.0


def test_a_question_without_parts_scores_nothing_and_does_not_fail() -> None:
    empty = read("Qui est-ce ?", "fr")
    assert fusion.weights(empty, {"fr": {}, "en": {}}, 0) == ()
    assert fusion.lexical((), reading("Le pont.", "fr"), (), 0.0) == 0.0
    assert fusion.coverage((), ()) == 0.0


def test_figures_are_noticed_in_digits_and_in_words() -> None:
    assert fusion.has_figure("Il compte 12 000 livres.")
    assert fusion.has_figure("Half of the books are lent.")
    assert not fusion.has_figure("La mairie est satisfaite.")
