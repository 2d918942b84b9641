"""Follow-ups are made to stand alone, in their own language; what stands alone and what changes the subject is left."""

from __future__ import annotations

import pytest

from rag.generation.followup import leans_on_history, stand_alone
from rag.generation.question import parts
from rag.models.llm import Completion
from rag.types import Language, Turn
from rag.verification.constraints import unmet
from tests.scripted import ScriptedLlm

BRIDGE = (Turn("user", "Combien les travaux du pont de Valmont ont-ils coûté en mai ?"), Turn("assistant", "Quatre millions."))
ENGLISH = (Turn("user", "Who sued Morel in New Mexico in August?"), Turn("assistant", "The town of Valmont did. [1]"))
FRENCH = (Turn("user", "Qui poursuit Morel au Nouveau-Mexique depuis août ?"), Turn("assistant", "La ville. [1]"))


def rewritten(question: str, language: Language, history: tuple[Turn, ...], reply: str) -> str:
    return stand_alone(question, language, history, ScriptedLlm(replies={question: reply}))


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("And what did he say?", "en"),
        ("And in Montana?", "en"),
        ("Et au Montana ?", "fr"),
        ("Et combien au Texas cette année-là ?", "fr"),
        ("Why?", "en"),
        ("Que reproche-t-il à Instagram ?", "fr"),
        ("Et que reproche-t-il à Instagram ?", "fr"),
        ("And what did Meta say about that?", "en"),
        ("Et quelles autres plateformes Meta possède-t-elle ?", "fr"),
        ("What about the Stanford report?", "en"),
        ("What was the reason given for that?", "en"),
        ("What did Torrez say about him?", "en"),
        ("Que disent ses dirigeants ?", "fr"),
        ("Qu'en dit Torrez ?", "fr"),
        ("C'était pendant quel mois ?", "fr"),
    ],
)
def test_what_points_back_leans_on_the_conversation(question: str, language: Language) -> None:
    assert leans_on_history(question, language)


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Pourquoi Meta a-t-elle refusé ?", "fr"),
        ("Quel rôle les algorithmes d'Instagram jouent-ils ?", "fr"),
        ("Et qui est Austin Knudsen, le procureur du Montana ?", "fr"),
        ("Mais combien de comptes Meta a-t-elle désactivés en septembre ?", "fr"),
        ("But how many accounts did Meta disable in September?", "en"),
        ("When does the library of Valmont open?", "en"),
        ("Combien de comptes Meta a-t-elle désactivés en août ?", "fr"),
        ("Que reproche Torrez à Meta et à ses dirigeants ?", "fr"),
        ("What does Meta say about its moderators?", "en"),
        ("Y a-t-il un procureur de Boston dans les documents ?", "fr"),
        ("Est-il vrai que Meta a répondu ?", "fr"),
        ("Do these documents mention Stanford?", "en"),
    ],
)
def test_a_question_that_stands_alone_is_not_rewritten(question: str, language: Language) -> None:
    llm = ScriptedLlm(replies={"": "Something else?"})
    assert stand_alone(question, language, BRIDGE, llm) == question
    assert llm.shown == []


@pytest.mark.parametrize(
    ("question", "language", "history", "reply"),
    [
        ("Et que dit-il du procès ?", "fr", ENGLISH, "Que dit Morel du procès au Nouveau-Mexique en août ?"),
        ("And when was that?", "en", FRENCH, "When was Morel sued in New Mexico?"),
        ("And who did it?", "en", ENGLISH, "Who in Valmont sued Morel?"),
    ],
)
def test_a_rewriting_may_name_what_was_named_in_the_other_language(
    question: str, language: Language, history: tuple[Turn, ...], reply: str
) -> None:
    assert rewritten(question, language, history, reply) == reply


@pytest.mark.parametrize(
    "reply",
    [
        "When was Morel sued in Texas?",  # nobody spoke of Texas
        "When was Anna Morel sued?",  # nor of Anna
        "When was Morel sued for 40 loaves?",
        "Quand Morel a-t-il été poursuivi ?",  # not the question's language
        "",
    ],
)
def test_a_rewriting_that_adds_or_leaves_the_language_is_not_taken(reply: str) -> None:
    assert rewritten("And when was that?", "en", FRENCH, reply) == "And when was that (concerning Morel, New Mexico, August)?"


def test_without_a_rewriting_the_matter_is_named_but_the_previous_question_is_not_asked_again() -> None:
    standing = stand_alone("Et quand a-t-il rouvert ?", "fr", BRIDGE, None)
    assert standing == "Et quand a-t-il rouvert (concernant travaux pont Valmont coûté mai) ?"
    assert parts(standing, "fr") == (standing,)


def test_a_chain_of_follow_ups_goes_back_to_the_question_that_stands_alone() -> None:
    chain = (*BRIDGE, Turn("user", "Et pourquoi ?"), Turn("assistant", "Les poutres étaient usées."))
    assert stand_alone("Et depuis quand ?", "fr", chain, None) == "Et depuis quand (concernant travaux pont Valmont coûté mai) ?"
    standing = (*BRIDGE, Turn("user", "Qui dirige la gare de Morel ?"), Turn("assistant", "Mme Berg."))
    assert stand_alone("Et depuis quand ?", "fr", standing, None) == "Et depuis quand (concernant dirige gare Morel) ?"


def test_another_language_lends_its_names_and_dates_as_the_question_would_write_them() -> None:
    standing = stand_alone("Et que dit-il du procès ?", "fr", ENGLISH, None)
    assert standing == "Et que dit-il du procès (concernant Morel, Nouveau-Mexique, août) ?"
    assert unmet(standing, "fr", []) == ("Morel", "Nouveau-Mexique", "août")
    unnamed = (Turn("user", "Combien les travaux ont-ils coûté ?"),)
    assert stand_alone("What was the reason given for that?", "en", unnamed, None) == "What was the reason given for that?"


@pytest.mark.parametrize("llm", [None, ScriptedLlm()])
@pytest.mark.parametrize(
    ("question", "language"),
    [("What about the Stanford report?", "en"), ("Qu'en est-il de Stanford ?", "fr"), ("And what about Austin Knudsen?", "en")],
)
def test_a_change_of_subject_is_not_dragged_back(question: str, language: Language, llm: ScriptedLlm | None) -> None:
    assert stand_alone(question, language, BRIDGE, llm) == question


def test_what_the_rewriting_cost_is_told() -> None:
    spent: list[Completion] = []
    stand_alone("Et quand a-t-il rouvert ?", "fr", BRIDGE, ScriptedLlm(), spent.append)
    assert [(each.prompt_tokens, each.completion_tokens) for each in spent] == [(40, 20)]
    stand_alone("Quand le pont de Valmont a-t-il rouvert ?", "fr", BRIDGE, ScriptedLlm(), spent.append)
    assert len(spent) == 1
