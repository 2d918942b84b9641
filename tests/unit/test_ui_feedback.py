"""Feedback in the page's HTML: what the browser keeps of it is what the evaluation imports, and it stays text."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from eval.feedback import from_feedback
from rag.contract import citation_json
from rag.types import Answer, Citation, Language
from rag.ui.chat import Conversation, Exchange, respond, stop, turns
from rag.ui.feedback import render_kept
from rag.ui.notation import Cards
from rag.ui.thread import render_thread
from tests.town import FakeAssistant, FakeLibrary


def conversation(*questions: str) -> Conversation:
    said: Conversation = ()
    for question in questions:
        *_, (exchange, _) = respond(FakeAssistant(pause=0), Exchange(question, "en"), said)
        said = (*said, exchange)
    return said


def articles(said: Conversation, language: Language = "en") -> list[Any]:
    return html.fromstring(render_thread(said, Cards(FakeLibrary(), language), language)).findall("article")


def told(article: Any) -> dict[str, Any]:
    (node,) = article.find_class("told")
    assert "hidden" in node.attrib
    return json.loads(node.text)


@pytest.mark.parametrize(
    ("language", "up", "down", "consent", "comment"),
    [
        ("fr", "Bonne réponse", "Mauvaise réponse", "dans ce navigateur seulement", "Commentaire (facultatif)"),
        ("en", "Good answer", "Poor answer", "in this browser only", "Comment (optional)"),
    ],
)
def test_an_answer_can_be_judged_in_both_languages(language: Language, up: str, down: str, consent: str, comment: str) -> None:
    (article,) = articles(conversation("What did it cost?"), language)
    thumbs = article.find_class("thumb")
    assert [(one.tag, one.get("aria-label"), one.get("aria-pressed")) for one in thumbs] == [
        ("button", up, "false"),
        ("button", down, "false"),
    ]
    (note,) = article.find_class("consent")
    assert consent in note.text and {one.get("aria-describedby") for one in thumbs} == {note.get("id")}
    (field,) = article.find_class("comment")
    assert field.get("aria-label") == comment
    assert not [one for one in article.iter() if one.get("data-do") in ("up", "down")]  # no word of it to the server


def test_refusals_can_be_judged_and_what_is_no_answer_can_not() -> None:
    refused, failed = conversation("Is there a swimming pool?")[0], Exchange("fail", "en", fault="It failed.")
    running = Exchange("What did it cost?", "en")
    shown = articles((refused, failed, *stop((running,)), running))
    assert [len(article.find_class("thumb")) for article in shown] == [2, 0, 0, 0]
    assert told(shown[0])["status"] == "not_found"
    assert [len(told(article)["turns"]) for article in shown[:3]] == [2, 1, 1]
    assert not shown[3].find_class("told")


def test_what_the_browser_is_told_makes_the_history_and_the_draft() -> None:
    said = conversation("What did it cost?", "Did the mayor answer?")
    first, second = (told(article) for article in articles(said))
    assert [(turn["role"], turn["content"]) for turn in first["turns"]] == [(t.role, t.content) for t in turns(said[:1])]
    assert second["citations"] == [citation_json(one) for one in said[1].citations]
    question, answer = (turn["content"] for turn in second.pop("turns"))
    kept = {"question": question, "history": first["turns"], "answer": answer, **second, "verdict": "up", "comment": ""}
    draft = from_feedback(kept)
    assert draft["question"] == "Did the mayor answer?" and draft["history"] == first["turns"]
    assert [gold["quote"] for gold in draft["gold"]] == [one.quote for one in said[1].citations]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("<>\"'&=/ preimgonerror[]{}$`\\\n\u2028"), min_size=1))
def test_whatever_feedback_is_about_stays_text(evil: str) -> None:
    citation = Citation(1, evil, evil, evil, "fr", 0, len(evil), evil)
    answer = Answer(evil, "fr", "answered", evil, citations=(citation,))
    exchange = replace(Exchange(evil, "fr"), answer=answer, citations=(citation,))
    (article,) = articles((exchange,), "fr")
    (plain,) = articles((replace(exchange, question="q", answer=replace(answer, text="a"), citations=()),), "fr")
    assert [one.tag for one in article.iter()] == [one.tag for one in plain.iter()]
    kept = told(article)
    assert [turn["content"] for turn in kept["turns"]] == [evil, evil]
    assert kept["citations"] == [citation_json(citation)]


@pytest.mark.parametrize(("language", "export"), [("fr", "Exporter mes avis"), ("en", "Export my feedback")])
def test_the_history_tab_offers_export_and_deletion_once_there_is_some(language: Language, export: str) -> None:
    section = html.fromstring(render_kept(language))
    assert "hidden" in section.attrib
    assert [one.get("data-do") for one in section.iter("button")] == ["export", "delete"]
    assert next(section.iter("button")).text == export
