"""Questions for whatever somebody says, told from questions about one matter of it."""

from __future__ import annotations

import pytest

from rag.retrieval.at_large import asks_at_large
from rag.retrieval.question import read
from rag.types import Language

AT_LARGE: list[tuple[str, Language]] = [
    ("What does the lawsuit allege?", "en"),
    ("WHAT DOES THE LAWSUIT ALLEGE?", "en"),
    ("what are the allegations", "en"),
    ("What are the accusations against Meta?", "en"),
    ("What does New Mexico's lawsuit against Meta allege?", "en"),
    ("What does the complaint say about Meta and Mark Zuckerberg?", "en"),
    ("What does the prosecutor accuse Meta of?", "en"),
    ("What is Meta accused of?", "en"),
    ("Of what is Meta accused?", "en"),
    ("What's being alleged against the company?", "en"),
    ("Which allegations does the lawsuit make against Meta?", "en"),
    ("What are New Mexico's main claims against Facebook's parent company?", "en"),
    ("What did the investigation reveal?", "en"),
    ("Summarise the lawsuit against Meta", "en"),
    ("Que reproche la plainte à Meta ?", "fr"),
    ("que reproche la plainte a meta", "fr"),
    ("QUE REPROCHE LA PLAINTE A META ?", "fr"),
    ("Que reproche-t-on à Meta ?", "fr"),
    ("Et que dit la plainte ?", "fr"),
    ("Que dit le Guardian de Meta ?", "fr"),
    ("Qu’allègue la plainte du Nouveau-Mexique ?", "fr"),
    ("Qu’est-ce que la plainte reproche à l’entreprise ?", "fr"),
    ("Qu’est-ce qui est reproché à Meta ?", "fr"),
    ("De quoi Meta est-elle accusée ?", "fr"),
    ("De quoi la plainte accuse-t-elle Meta ?", "fr"),
    ("Qu’affirme le procureur général ?", "fr"),
    ("Quelles sont les accusations portées contre Mark Zuckerberg ?", "fr"),
    ("Quelles accusations la plainte porte-t-elle contre Meta ?", "fr"),
    ("Quels sont les griefs du Nouveau-Mexique à l’encontre de Meta ?", "fr"),
    ("Résume la plainte du Nouveau-Mexique", "fr"),
]
PRECISE: list[tuple[str, Language]] = [
    ("Que dit Stanford des comptes vendus ?", "fr"),
    ("What does Meta say about the accounts it disabled in August?", "en"),
    ("What does Montana say Instagram was built to do?", "en"),
    ("What do former moderators at the company say about the warnings they raised?", "en"),
    ("What does the prosecutor accuse firms of ranking above children's safety?", "en"),
    ("What does the lawsuit allege about algorithms?", "en"),
    ("what does the lawsuit say about privacy", "en"),
    ("What does the report say happened?", "en"),
    ("Which of the accusations did Meta deny?", "en"),
    ("Who accuses Meta?", "en"),
    ("What is the boiling point of nitrogen?", "en"),
    ("Sum up how the baker makes bread", "en"),
    ("Que dit l'article sur le pont ?", "fr"),
    ("Que dit la loi sur la vie privée ?", "fr"),
    ("Que reproche la plainte aux algorithmes de Meta ?", "fr"),
    ("Que reproche-t-on à Meta de ne pas faire ?", "fr"),
    ("Quelles sont les accusations que Meta rejette ?", "fr"),
    ("Qu'a répondu Meta ?", "fr"),
    ("Que fait Meta ?", "fr"),
    ("Résume la position du maire", "fr"),
    ("Que disent les enquêteurs avoir découvert ?", "fr"),
    ("", "fr"),
    ("?", "en"),
]


@pytest.mark.parametrize(("question", "language"), AT_LARGE)
def test_whatever_is_said_is_asked_for(question: str, language: Language) -> None:
    assert asks_at_large(question, language)
    assert read(question, language).at_large


@pytest.mark.parametrize(("question", "language"), PRECISE)
def test_one_matter_is_asked_for(question: str, language: Language) -> None:
    assert not asks_at_large(question, language)


@pytest.mark.parametrize(
    ("question", "language"), [("What did Meta say in August?", "en"), ("Que reprochent 40 États à Meta ?", "fr")]
)
def test_a_date_or_a_number_makes_it_precise(question: str, language: Language) -> None:
    assert not read(question, language).at_large
