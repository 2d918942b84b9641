"""What a question asks for, and which sentences could answer it."""

import pytest

from rag.generation.question import answer_kind, could_answer


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Combien de bateaux ont été réparés ?", "how_many"),
        ("How many boats were repaired?", "how_many"),
        ("Quel pourcentage des bateaux ?", "how_many"),
        ("Quand le pont a-t-il ouvert ?", "when"),
        ("In which year did it open?", "when"),
        ("Pourquoi la boulangerie a-t-elle fermé ?", "why"),
        ("Why did it close?", "why"),
        ("Qui dirige la bibliothèque ?", "who"),
        ("Which university wrote the report?", "who"),
        ("Est-ce que le pont est ouvert ?", "yes_no"),
        ("La mairie a-t-elle répondu ?", "yes_no"),
        ("Has the mayor answered?", "yes_no"),
        ("Que dit la mairie ?", "other"),
        ("What does the mayor say?", "other"),
    ],
)
def test_kind(question: str, kind: str) -> None:
    assert answer_kind(question) == kind


def test_a_figure_answers_how_many_only_when_the_question_does_not_hold_it() -> None:
    assert could_answer("how_many", "Le chantier a réparé 42 bateaux.", "fr", "Combien de bateaux ?") == 1.0
    assert could_answer("how_many", "Le chantier répare des bateaux.", "fr", "Combien de bateaux ?") == 0.0
    assert could_answer("how_many", "The yard has 42 boats.", "en", "How many of the 42 boats were repaired?") == 0.0


def test_a_name_answers_who_only_when_the_question_does_not_hold_it() -> None:
    assert could_answer("who", "Anna Berg drew the bridge.", "en", "Who drew the bridge?") == 1.0
    assert could_answer("who", "Anna Berg drew the bridge.", "en", "Whom did Anna Berg meet?") == 0.0
