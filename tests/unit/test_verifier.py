"""What the verifier lets through and what it stops, with a fake encoder and a plain calibration."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from rag.models.llm import Completion
from rag.types import Evidence, Language
from rag.verification.alignment import pooled
from rag.verification.judges import ModelJudge
from rag.verification.support import Calibration
from rag.verification.verifier import Verdict, Verifier
from tests.stand import FakeEmbedder, evidence, plain_calibration

FRENCH = evidence("Au mois d'août, Morel a déclaré avoir vendu plus de 500 000 livres en Californie.", "fr", date="2023-12-06")


def check(statement: str, language: Language, *items: Evidence, question: str = "") -> Verdict:
    return Verifier(FakeEmbedder(), plain_calibration()).check(statement, language, items or (FRENCH,), question)


def kinds(verdict: Verdict) -> set[str]:
    return {fault.kind for fault in verdict.faults if fault.fatal}


def test_the_sentence_itself_is_accepted_whatever_its_quotation_marks() -> None:
    assert check("Au mois d’août, Morel a déclaré avoir vendu plus de 500\u00a0000 livres en Californie.", "fr").support == 1.0


def test_words_cut_out_from_under_a_negation_are_not_the_sentence() -> None:
    item = evidence("The mayor has not said that the old bridge is safe for carts.", "en")
    assert not check("The old bridge is safe for carts.", "en", item).accepted


@pytest.mark.parametrize(
    "statement",
    [
        "In August, Morel said he had sold more than 500,000 books in California.",
        "In August, Morel said he sold over half a million books in California.",
        "Morel said he sold more than 500,000 books in August.",
        "In August 2023, Morel said he sold more than 500,000 books in California.",
    ],
)
def test_good_translations_are_accepted(statement: str) -> None:
    verdict = check(statement, "en")
    assert verdict.accepted, verdict


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("In August, Morel said he had sold more than 600,000 books in California.", "figure"),
        ("In September, Morel said he had sold more than 500,000 books in California.", "figure"),
        ("In August 2022, Morel said he had sold more than 500,000 books in California.", "figure"),
        ("In August, Norwood said he had sold more than 500,000 books in California.", "name"),
        ("In August, Morel said he had sold more than 500,000 books in Texas.", "name"),
        ("In August, Morel said he had not sold more than 500,000 books in California.", "polarity"),
        ("Whales sing louder when the sea is cold and grey.", "support"),
    ],
)
def test_one_fact_changed_is_rejected(statement: str, kind: str) -> None:
    verdict = check(statement, "en")
    assert not verdict.accepted
    assert kind in kinds(verdict)


def test_a_lost_attribution_is_told_but_not_fatal() -> None:
    verdict = check("In August, Morel sold more than 500,000 books in California.", "en")
    assert verdict.accepted
    assert [fault.kind for fault in verdict.faults if not fault.fatal] == ["attribution"]


def test_a_name_of_the_question_may_stand_for_a_pronoun_but_not_take_a_place() -> None:
    he = evidence("Il a vendu 300 livres.", "fr")
    assert check("Morel sold 300 books.", "en", he, question="What did Morel sell?").accepted
    assert not check("Morel sold 300 books.", "en", he).accepted
    other = evidence("La librairie Norwood a vendu 300 livres.", "fr", before="Morel vend aussi des livres.")
    assert not check("Morel sold 300 books.", "en", other, question="What did Morel sell?").accepted


def test_evidence_is_taken_together() -> None:
    first, second = evidence("Morel a vendu 300 livres.", "fr"), evidence("Norwood a vendu 40 livres.", "fr")
    statement = "Morel sold 300 books and Norwood 40 books."
    assert check(statement, "en", first, second).accepted
    assert not check(statement, "en", first).accepted


def test_no_evidence_or_no_words_is_rejected() -> None:
    verifier = Verifier(FakeEmbedder(), plain_calibration())
    assert not verifier.check("Morel sold books.", "en", []).accepted
    assert not verifier.check(" … ", "en", [FRENCH]).accepted


def test_a_judge_tips_the_scales() -> None:
    class Stern:
        def log_odds(self, evidence: str, statement: str) -> float:
            return -9.0

    statement = "In August, Morel said he had sold more than 500,000 books in California."
    assert not Verifier(FakeEmbedder(), plain_calibration(), Stern()).check(statement, "en", [FRENCH]).accepted


def test_a_judge_is_not_asked_about_what_no_opinion_can_save() -> None:
    class Asked(Exception):
        pass

    class Curious:
        def log_odds(self, evidence: str, statement: str) -> float:
            raise Asked

    verifier = Verifier(FakeEmbedder(), plain_calibration(), Curious())
    wrong = "In August, Morel said he had sold more than 600,000 books in California."
    assert not verifier.check(wrong, "en", [FRENCH]).accepted
    with pytest.raises(Asked):
        verifier.check(wrong.replace("600", "500"), "en", [FRENCH])
    assert verifier.unjudged().check(wrong.replace("600", "500"), "en", [FRENCH]).accepted


def test_the_language_model_as_a_judge_weighs_no_more_than_it_may() -> None:
    class SureLlm:
        fingerprint = "sure"

        def yes_or_no(self, messages: Sequence[tuple[str, str]], *, adapted: bool = False) -> Completion:
            assert messages[-1][1].endswith("Statement: The bridge is open.")
            return Completion("Yes", 1, 0, 1, 1.0, 1.0, yes_log_odds=40.0)

    assert ModelJudge(SureLlm()).log_odds("Le pont est ouvert.", "The bridge is open.") == 6.0  # type: ignore[arg-type]


def test_the_shipped_numbers_fit_the_features() -> None:
    shipped = Calibration.shipped()
    assert 0 < shipped.same.threshold < 1
    assert 0 < shipped.across.threshold < 1


def test_tokens_are_pooled_into_words() -> None:
    tokens = np.eye(3, dtype=np.float32)
    read = pooled("isn't bread", tokens, [(0, 2), (2, 5), (6, 11)])
    assert [read.text[start:end] for start, end in read.spans] == ["is", "n't", "bread"]
    assert np.allclose(np.linalg.norm(read.vectors, axis=1), 1)
