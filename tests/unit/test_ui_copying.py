"""What is copied and exported is what the page shows, in each of the three forms."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import html

from rag.types import Answer, Language
from rag.ui.chat import Exchange, respond
from rag.ui.copying import FORMS, Form, copied, refused
from rag.ui.notation import Cards
from rag.ui.thread import render_thread
from tests.town import NO_REPLY, REPLY, FakeAssistant, FakeLibrary

LIBRARY = FakeLibrary()
every_form = pytest.mark.parametrize("form", FORMS)


def exchange(question: str) -> Exchange:
    *_, (last, _) = respond(FakeAssistant(pause=0), Exchange(question, "en"), ())
    return last


def copy(said: Exchange, form: Form, language: Language = "en") -> str:
    return copied(said, Cards(LIBRARY, language), language, form)


@every_form
def test_a_disagreement_comes_with_its_two_quotations(form: Form) -> None:
    text = copy(exchange("Did the mayor answer?"), form)
    mark = "[^{}]" if form == "footnotes" else "[{}]"
    assert "The documents disagree: One document says there was no response, another quotes one." in text
    assert f"- “{NO_REPLY.quote}” {mark.format(1)}" in text
    assert f"- « {REPLY.quote} » {mark.format(2)}" in text


@every_form
def test_a_source_cited_by_a_disagreement_only_is_named_too(form: Form) -> None:
    said = exchange("Did the mayor answer?")
    only = replace(said, statements=said.statements[:1])
    note = {"plain": "[2] Le pont", "markdown": "[2] *Le pont", "footnotes": "[^2]: *Le pont"}[form]
    assert note in copy(only, form)


@every_form
def test_a_note_that_only_repeats_the_quotations_is_left_out(form: Form) -> None:
    said = exchange("Did the mayor answer?")
    assert said.answer
    (one,) = said.answer.disagreements
    repeating = replace(one, note=f"“{NO_REPLY.quote}” / « {REPLY.quote} »")
    text = copy(replace(said, answer=replace(said.answer, disagreements=(repeating,))), form)
    assert "The documents disagree\n" in text
    assert repeating.note not in text


@every_form
def test_without_the_model_the_copy_says_so(form: Form) -> None:
    assert "The language model does not answer" in copy(exchange("offline ?"), form)
    assert "Le modèle de langue ne répond pas" in copy(exchange("offline ?"), form, "fr")


@every_form
def test_a_translation_that_is_shown_is_copied_and_labelled(form: Form) -> None:
    said = replace(exchange("What did it cost?"), translations=((1, "The bridge reopened."), (0, "")))
    assert "Machine translation, not checked: The bridge reopened." in copy(said, form)
    assert "Traduction automatique, non vérifiée : The bridge reopened." in copy(said, form, "fr")
    assert copy(said, form).count("Machine translation") == 1


@every_form
def test_what_is_not_found_is_said_with_what_came_nearest(form: Form) -> None:
    said = exchange("Is there a swimming pool?")
    text = copy(said, form)
    assert "The documents do not answer this question." in text
    assert "this is not an answer" in text
    assert "- “The bridge reopened in May 2021.” (Valmont bridge: what we know, May 2021)" in text


@every_form
def test_what_is_declined_is_said(form: Form) -> None:
    answer = Answer("Write a poem", "en", "declined", "That is not for me to do.")
    assert copy(Exchange("Write a poem", "en", answer=answer), form).endswith("Write a poem\n\nThat is not for me to do.")


@every_form
def test_why_there_is_no_answer_is_said(form: Form) -> None:
    assert copy(Exchange("q", "en", stopped=True), form).endswith("q\n\nStopped as you asked.")
    assert copy(Exchange("q", "en", fault="It went wrong."), form).endswith("q\n\nIt went wrong.")


def test_an_answer_that_says_nothing_is_given_the_page_s_words() -> None:
    assert refused(Answer("q", "en", "declined", ""), "fr").startswith("Cette demande sort du rôle de Témoin")
    assert refused(Answer("q", "en", "not_found", "Notice.\nNothing there."), "fr") == "Nothing there."


def test_a_refusal_can_be_copied_from_the_page() -> None:
    page = html.fromstring(render_thread((exchange("Is there a swimming pool?"),), Cards(LIBRARY, "en"), "en"))
    assert len(page.find_class("menu")[0].findall(".//pre")) == len(FORMS)
