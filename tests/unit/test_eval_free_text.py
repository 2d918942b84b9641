from __future__ import annotations

import pytest
from eval_world import cite

from eval.baselines.free_text import is_refusal, read
from rag.types import Timings

LONG = "Il mesure 340 mètres."
SOURCES = [cite(1, "pont", LONG), cite(2, "bridge", "The Valmont bridge is 340 metres long.")]


def test_sentences_and_their_labels_before_or_after_the_stop():
    text = "Le pont mesure 340 mètres [1]. Il est long, dit M. Weiss. [2] Il est beau [1, 2]."
    given = read("Quelle est la longueur du pont ?", text, SOURCES, Timings())
    assert [one.citations for one in given.statements] == [(1,), (2,), (1, 2)]
    assert given.statements[0].text.startswith("Le pont mesure 340 mètres")
    assert [citation.n for citation in given.citations] == [1, 2]
    assert given.status == "answered"


def test_labels_that_were_not_offered_stay_without_a_citation():
    given = read("How long?", "It is 340 metres long [7].", SOURCES, Timings())
    assert given.statements[0].citations == (7,)
    assert given.citations == ()


def test_a_copied_sentence_is_known_as_one():
    given = read("Quelle longueur ?", "Il mesure 340 mètres [1].", SOURCES, Timings())
    assert given.statements[0].verbatim


@pytest.mark.parametrize(
    "text",
    [
        "The provided sources do not contain any information about the painter of the bridge.",
        "None of the provided sources mention who painted it.",
        "I'm sorry, but I cannot answer that.",
        "Les sources fournies ne mentionnent pas le peintre du pont.",
        "Aucune information n'est donnée sur ce point.",
        "The painter is not mentioned in the sources [1].",
        "",
    ],
)
def test_refusals_in_words(text):
    assert is_refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "The mayor has not replied [1].",
        "Le maire n'a pas répondu [1].",
        "The bridge is 340 metres long [1]. The sources do not mention its weight.",
    ],
)
def test_answers_that_hold_a_negation_are_answers(text):
    assert not is_refusal(text)
