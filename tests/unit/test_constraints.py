"""The question's own terms against what the evidence speaks of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.types import Document, Evidence, Language, Sentence, Source
from rag.verification.constraints import LEAD, surroundings, unmet


def evidence(text: str, language: Language = "fr", document: str = "d", before: str = "", **card: str) -> Evidence:
    sentence = Sentence(document, 0, 0, 0, len(text), text, language)
    source = Source(document, f"{document}.txt", language, **card)
    return Evidence(sentence, source, 0.9, 0.5, 0.8, 1.0, before=before)


BREAD = evidence("En août, Morel a vendu plus de 500 000 pains au Nouveau-Mexique.", title="Le pain", date="2023-12-06")


@pytest.mark.parametrize(
    ("question", "language", "terms"),
    [
        ("How many loaves did Morel sell in August?", "en", ()),
        ("How many loaves did Morel sell in September?", "en", ("September",)),
        ("Combien de pains Morel a-t-il vendus en septembre ?", "fr", ("septembre",)),
        ("Did Morel sell bread in Texas?", "en", ("Texas",)),
        ("did morel sell bread in texas?", "en", ("texas",)),
        ("Did Anna Price sell half a million loaves?", "en", ("Anna Price",)),
        ("Why did Morel sell five million loaves?", "en", ("five million",)),
        ("What was sold in New Mexico in 2023?", "en", ()),
        ("What was sold in New Mexico in 2021?", "en", ("2021",)),
        ("Who is the Attorney General?", "en", ()),
        ("HOW MANY LOAVES WERE SOLD", "en", ()),
        ("What does the French text say about bread?", "en", ()),
        ("What does the English text say about bread?", "en", ("English",)),
    ],
)
def test_terms_the_evidence_does_not_meet(question: str, language: Language, terms: tuple[str, ...]) -> None:
    assert unmet(question, language, [BREAD]) == terms


@pytest.mark.parametrize(
    ("question", "met"),
    [
        ("Qui compte plus de soixante-dix mille pains ?", True),
        ("Qui compte près de 75 000 pains ?", True),
        ("Qui compte moins de 75 000 pains ?", True),
        ("Combien de milliers de pains Morel a-t-il vendus ?", True),
        ("Qui compte plus de 40 000 pains ?", False),
        ("Qui compte plus de 75 000 pains ?", False),
        ("Qui compte moins de soixante-dix mille pains ?", False),
        ("Qui compte 70 000 pains ?", False),
        ("Qui a payé plus de 70 000 dollars ?", False),
    ],
)
def test_a_loose_figure_is_met_by_the_one_it_can_mean(question: str, met: bool) -> None:
    assert (not unmet(question, "fr", [evidence("Morel a vendu 71 000 pains.")])) == met


def test_a_bound_is_not_met_by_another() -> None:
    """More than 500,000 are more than 450,000, but nobody says that."""
    assert unmet("Who sold more than 450,000 loaves?", "en", [BREAD]) == ("450,000",)
    assert unmet("Who sold more than 500,000 loaves?", "en", [BREAD]) == ()


def test_neighbours_title_and_publisher_meet_names() -> None:
    item = evidence("Il a vendu du pain.", before="Morel habite Lyon.", publisher="Le Courrier")
    assert unmet("Que dit le Courrier de Morel à Lyon ?", "fr", [item]) == ()


def test_the_document_around_meets_names_but_not_figures() -> None:
    item = evidence("The case has implications for bakers.", "en")
    around = evidence("New Mexico sued Morel in August.", "en")
    elsewhere = evidence("New Mexico sued Morel in August.", "en", document="other")
    assert unmet("What follows from the New Mexico case?", "en", [item]) == ("New Mexico",)
    assert unmet("What follows from the New Mexico case?", "en", [item], [around]) == ()
    assert unmet("What follows from the New Mexico case?", "en", [item], [elsewhere]) == ("New Mexico",)
    assert unmet("What follows for bakers in August?", "en", [item], [around]) == ("August",)


@pytest.mark.parametrize(
    ("question", "language", "terms"),
    [
        ("What follows from the August case?", "en", ()),
        ("What follows from the September case?", "en", ("September",)),
        ("Que suit-il de l'affaire d'août ?", "fr", ()),
        ("Que suit-il de l'affaire de septembre ?", "fr", ("septembre",)),
        ("Que suit-il au mois d'août ?", "fr", ("août",)),
        ("What was the August total?", "en", ("August",)),
        ("What follows from the 2019 case?", "en", ("2019",)),
        ("Which of the three cases has implications?", "en", ()),
        ("Which case has three implications?", "en", ("three",)),
    ],
)
def test_a_month_by_which_a_thing_is_called_is_met_by_its_document(
    question: str, language: Language, terms: tuple[str, ...]
) -> None:
    """And a number that only counts what is meant asks for nothing."""
    item = evidence("The case has implications for bakers.", "en")
    around = evidence("New Mexico sued Morel in August.", "en")
    assert unmet(question, language, [item], [around]) == terms


def test_an_ordinary_word_is_no_island() -> None:
    assert unmet("Qui assistait à la réunion ?", "fr", [evidence("Morel assistait au conseil.")]) == ()


def test_without_evidence_every_term_is_unmet() -> None:
    assert unmet("Did Morel open in Texas in May 2020?", "en", []) == ("Morel", "Texas", "May 2020")


def test_the_first_lines_of_a_document_meet_names_but_not_figures() -> None:
    """An article on New Mexico need not say so in each sentence."""
    later = evidence("Il a vendu des pains.")
    assert unmet("What was sold in New Mexico?", "en", [later]) == ("New Mexico",)
    assert unmet("What was sold in New Mexico?", "en", [later], surroundings_of=lambda _: "Au Nouveau-Mexique, en 2023.") == ()
    assert unmet("What was sold in 2021?", "en", [later], surroundings_of=lambda _: "En 2021.") == ("2021",)


def test_who_is_meant_may_stand_in_the_lines_before() -> None:
    """Whole sentences of them only: "Mexico" is not what is left of "New Mexico"."""
    tail = "Mexico sued. Anna Price baked it. "  # the window begins here, and ends where the sentence begins
    text = f"Bakers on trial. {'Bread was sold. ' * 100}New {tail}{'-' * (LEAD - len(tail))}She denies it."
    item = evidence("She denies it.", "en")
    item = replace(item, sentence=replace(item.sentence, start=text.index("She denies"), end=len(text)))
    told = surroundings(lambda _: Document(item.source, text))(item)
    assert unmet("What does Anna Price deny?", "en", [item], surroundings_of=lambda _: told) == ()
    assert unmet("What happened in Mexico?", "en", [item], surroundings_of=lambda _: told) == ("Mexico",)
    assert told.startswith("Bakers on trial.") and "She denies" not in told


def test_near_its_head_a_sentence_stands_in_all_that_comes_before() -> None:
    text = f"{'Bread was sold. ' * 40}Anna Price baked it. She denies it."
    item = evidence("She denies it.", "en")
    item = replace(item, sentence=replace(item.sentence, start=text.index("She denies"), end=len(text)))
    assert surroundings(lambda _: Document(item.source, text))(item) == text[: item.sentence.start]
