"""Asking in the page: from the box, an example or a retry to statements streaming in; stop, edit, clear."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from rag.errors import RagError
from rag.language import detect
from rag.types import FirstLook, Language
from rag.ui.chat import Conversation, Exchange, respond, stop
from rag.ui.desk import QUICK, Desk, Label, Parts
from rag.ui.faults import because
from rag.ui.gate import TooMany
from rag.ui.history import render_record
from rag.ui.marks import esc
from rag.ui.panel import View
from rag.ui.texts import say

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Composer:
    """Where questions are written."""

    box: Any
    ask: Any
    halt: Any
    fault: Any  #: why a question could not be asked

    def labels(self) -> list[Label]:
        """Its words."""
        return [
            (
                self.box,
                lambda code: gr.update(label=say(code, "question_label"), placeholder=say(code, "question_placeholder")),
            ),
            (self.ask, lambda code: say(code, "ask")),
            (self.halt, lambda code: say(code, "stop")),
        ]


def lay_composer() -> Composer:
    """The question box and its buttons; style.css shows stop instead of ask while an answer runs."""
    fault = gr.HTML("", elem_id="fault", apply_default_css=False, js_on_load=None)
    with gr.Row(elem_id="composer"):
        box = gr.Textbox("", elem_id="question", autofocus=True, lines=1, max_lines=6, container=False, scale=5, min_width=120)
        ask = gr.Button(variant="primary", elem_id="ask", scale=0, min_width=112)
        halt = gr.Button(variant="stop", elem_id="stop", scale=0, min_width=112)
    return Composer(box, ask, halt, fault)


def wire_asking(desk: Desk, parts: Parts, composer: Composer, header: Any, record: Any) -> None:
    """Connect the composer and the thread's buttons to :func:`answering`."""
    editing = gr.State(False)
    talk, language = parts.talk, parts.language
    outputs = [composer.box, parts.thread, parts.panel, talk, parts.view, editing, composer.fault]

    def from_box(question: str, said: Conversation, again: bool, code: Language, request: gr.Request) -> Iterator[list[Any]]:
        before = said[:-1] if again else said
        yield from answering(desk, question, before, code, user=user_of(request), keep=question)

    def from_thread(said: Conversation, code: Language, event: gr.EventData, request: gr.Request) -> Iterator[list[Any]]:
        yield from answering(desk, str(event.question), said, code, user=user_of(request))

    def again(said: Conversation, code: Language, request: gr.Request) -> Iterator[list[Any]]:
        if said:
            yield from answering(desk, said[-1].question, said[:-1], code, user=user_of(request))

    def edit(said: Conversation) -> list[Any]:
        return [said[-1].question if said else "", bool(said)]

    def stopped(said: Conversation, code: Language) -> list[Any]:
        said = stop(said)
        return [desk.thread(said, code), said]

    def translated(said: Conversation, code: Language, event: gr.EventData, request: gr.Request) -> list[Any]:
        fault = late(desk, user_of(request), code)  # it costs the model as much as a question
        if not fault:
            said = translating(desk, said, int(event.x), int(event.k))
        return [desk.thread(said, code), said, render_fault(fault) if fault else ""]

    def emptied(code: Language) -> list[Any]:
        return ["", desk.thread((), code), desk.panel(View(), (), code), (), View(), False, ""]

    run: dict[str, Any] = {
        "outputs": outputs,
        "show_progress": "hidden",
        "api_visibility": "private",
        "concurrency_limit": 4,
        "concurrency_id": "ask",
    }
    asked = [composer.box.submit, composer.ask.click]
    running = [
        gr.on(asked, from_box, [composer.box, talk, editing, language], trigger_mode="once", **run),
        parts.thread.ask(from_thread, [talk, language], **run),
        parts.thread.retry(again, [talk, language], **run),
    ]
    parts.thread.edit(edit, [talk], [composer.box, editing], **QUICK).then(None, js="() => temoin.focus()")
    told = [parts.thread, talk, composer.fault]
    parts.thread.translate(translated, [talk, language], told, show_progress="hidden", api_visibility="private")

    def recorded(said: Conversation, code: Language) -> str:
        return render_record(said, desk, code)

    halted = composer.halt.click(stopped, [talk, language], [parts.thread, talk], cancels=running, **QUICK)
    cleared = header.clear(emptied, [language], outputs, cancels=running, **QUICK)
    for done in (*running, halted, cleared):
        done.then(recorded, [talk, language], record, **QUICK)


def answering(
    desk: Desk, question: str, before: Conversation, language: Language, *, user: str = "", keep: str = ""
) -> Iterator[list[Any]]:
    """Ask, and yield [box, thread, panel, conversation, view, editing, fault] after each event.

    A question that cannot be taken stays in the box (``keep``) with the reason above it.
    """
    if before and before[-1].running:
        return
    question = question.strip()
    if fault := refusal(desk, question, user, language):
        yield [keep, *(gr.skip() for _ in range(5)), render_fault(fault)]
        return
    exchange = Exchange(question=question, language=detect(question))
    try:
        for latest, event in respond(desk.asker, exchange, before):
            exchange = latest
            talk = (*before, exchange)
            panel: Any = gr.skip()
            view: Any = gr.skip()
            if event is None or isinstance(event, FirstLook):
                view = View("look" if event else "empty", len(before))
                panel = desk.panel(view, talk, language)
            yield ["" if event is None else gr.skip(), desk.thread(talk, language), panel, talk, view, False, ""]
    except RagError as error:
        yield _failed(desk, replace(exchange, detail=str(error)), before, language, because(error, language))
    except Exception:
        LOG.exception("answering failed")
        yield _failed(desk, exchange, before, language, say(language, "failed_unknown"))


def translating(desk: Desk, said: Conversation, x: int, k: int) -> Conversation:
    """The conversation with statement ``k`` of exchange ``x`` also translated into the question's language."""
    if desk.translate is None or not 0 <= x < len(said) or not 0 <= k < len(said[x].statements):
        return said
    exchange = said[x]
    statement = exchange.statements[k]
    citation = exchange.citation(statement.citations[0]) if statement.citations else None
    try:
        text = desk.translate(citation.quote if citation else statement.text, exchange.language)
    except RagError:
        text = ""
    kept = tuple((number, done) for number, done in exchange.translations if number != k)
    return (*said[:x], replace(exchange, translations=(*kept, (k, text))), *said[x + 1 :])


def render_fault(text: str) -> str:
    """Why something asked of the page was not done."""
    return f'<p class="notice" role="alert">{esc(text)}</p>'


def refusal(desk: Desk, question: str, user: str, language: Language) -> str:
    """Why ``question`` cannot be asked by ``user`` now, or an empty string."""
    if not question:
        return say(language, "empty_question")
    if len(question) > desk.question_limit:
        return say(language, "long_question", n=len(question), limit=desk.question_limit)
    return late(desk, user, language)


def late(desk: Desk, user: str, language: Language) -> str:
    """Count a question of ``user``; why the model cannot be asked again so soon, or an empty string."""
    try:
        if desk.gate is not None:
            desk.gate.enter(user)
    except TooMany as error:
        return say(language, "too_many", seconds=error.seconds)
    return ""


def user_of(request: gr.Request) -> str:
    """Who asks: the name of who is logged in, else the address."""
    return str(request.username or (request.client.host if request.client else "") or "unknown")


def _failed(desk: Desk, exchange: Exchange, before: Conversation, language: Language, reason: str) -> list[Any]:
    talk = (*before, replace(exchange, fault=say(language, "failed", reason=reason)))
    return [gr.skip(), desk.thread(talk, language), gr.skip(), talk, gr.skip(), False, ""]
