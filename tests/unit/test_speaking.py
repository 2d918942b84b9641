"""From a witness to a statement: what a wording that does not pass becomes, and who lends a label to whom."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.meter import Meter
from rag.speaking import Speaker
from rag.types import Source, Statement
from rag.verification.verifier import Verifier
from tests.scripted import ScriptedLlm
from tests.stand import FakeEmbedder, evidence, plain_calibration

FOUR = evidence("Le pont de Valmont a coûté 4 millions d'euros.", "fr", document="gazette")
FIVE = evidence("Le pont de Valmont a coûté 5 millions d'euros.", "fr", document="journal")
SAFE = "The old stone bridge is safe for carts."


def speaker(**replies: str) -> Speaker:
    """One that words an answer in English, with a model that translates as told."""
    llm = ScriptedLlm(replies={told.replace("_", " "): reply for told, reply in replies.items()})
    verifier = Verifier(FakeEmbedder(), plain_calibration())
    return Speaker("What of the bridge?", "en", verifier, llm, Meter(), lambda name: Source(name, f"{name}.txt", "fr"))


def only(statements: tuple[Statement, ...]) -> Statement:
    (statement,) = statements
    return statement


def test_a_wording_that_another_sentence_supports_is_cited_to_that_one() -> None:
    said = speaker(coûté_4_millions="The Valmont bridge cost 5 million euros.")
    spoken = said.speak(FOUR, [FOUR, FIVE])
    assert spoken is not None
    assert (spoken.statement.origin, spoken.statement.text) == ("recited", "The Valmont bridge cost 5 million euros.")
    assert [citation.quote for citation in spoken.citations] == [FIVE.sentence.text]
    assert said.speak(FIVE, [FOUR, FIVE]) is None, "it is said already"
    assert said.speak(FOUR, [FOUR, FIVE]) is None, "and not a second time in the same words"
    assert only(said.statements).citations == (1,)


def test_a_sentence_that_search_takes_for_the_same_lends_its_label_only_if_it_says_so_itself() -> None:
    told = "The mayor of Valmont, Anna Weiss, opened the stone bridge in 2019."
    alike = (evidence(told, "en", document="echo"), evidence(told.replace("Anna", "Clara"), "en", document="herald"))
    said = speaker()
    said.speak(replace(evidence(told, "en"), also=tuple(item.sentence for item in alike)))
    assert only(said.statements).citations == (1, 2)
    assert [sentence.document_id for sentence, _ in said.cited] == ["d", "echo"]


def test_a_speaker_left_out_is_put_back() -> None:
    item = evidence("Le vieux pont de pierre est sûr pour les charrettes, a déclaré Anna Weiss.", "fr")
    said = speaker(vieux_pont=SAFE)
    said.speak(item, [item])
    statement = only(said.statements)
    assert statement.text == "According to Anna Weiss, the old stone bridge is safe for carts."
    assert (statement.origin, statement.verbatim, statement.citations) == ("translated", False, (1,))


@pytest.mark.parametrize(
    "told",
    [
        "Le vieux pont de pierre est sûr pour les charrettes, a déclaré un porte-parole de la mairie.",
        "Selon le Nouveau-Mexique, le vieux pont de pierre est sûr pour les charrettes.",
    ],
)
def test_a_speaker_without_a_name_of_the_same_spelling_leaves_the_quotation(told: str) -> None:
    item = evidence(told, "fr")
    said = speaker(vieux_pont=SAFE)
    said.speak(item, [item])
    statement = only(said.statements)
    assert (statement.origin, statement.verbatim, statement.language) == ("repaired", True, "fr")
    assert told in statement.text


def test_who_says_the_same_lends_a_label_and_says_nothing() -> None:
    said = speaker(coûté_4_millions="The Valmont bridge cost 4 million euros.")
    english = evidence("The Valmont bridge cost 4 million euros.", "en", document="herald")
    first, second = said.speak(english, [english, FOUR]), said.speak(FOUR, [english, FOUR])
    assert first is not None and first.statement.citations == (1,)
    assert second is None
    assert only(said.statements).citations == (1, 2)
    assert [citation.document for citation in said.citations] == ["herald", "gazette"]


def test_without_the_model_what_was_said_stays_and_the_numbers_go_on() -> None:
    said = speaker(coûté_4_millions="The Valmont bridge cost 4 million euros.")
    said.speak(FOUR, [FOUR])
    said.quote_only()
    assert said.speak(FOUR, [FOUR]) is None, "no quotation of what was translated"
    spoken = said.speak(FIVE, [FIVE])
    assert spoken is not None and (spoken.statement.verbatim, spoken.statement.citations) == (True, (2,))
    assert [statement.origin for statement in said.statements] == ["translated", "quoted"]
