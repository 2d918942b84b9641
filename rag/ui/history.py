"""Conversations kept in the reader's own browser, if the reader switches it on; the server keeps none.

After each answer the page hands the browser a record of the conversation; history.js keeps it in
localStorage, lists it, and gives it back to be shown again. What comes back is validated like any input.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import gradio as gr
from pydantic import TypeAdapter, ValidationError

from rag.types import Language
from rag.ui.chat import Conversation, stop
from rag.ui.copying import copied
from rag.ui.desk import QUICK, Desk, Parts, script
from rag.ui.marks import button, esc
from rag.ui.notation import Cards
from rag.ui.panel import View
from rag.ui.texts import say

#: Longest record taken back, in characters.
MOST = 4_000_000
#: What history.js says; it has no words of its own.
_WORDS = ("open", "rename", "delete", "delete_confirm_kept", "export_markdown", "export_json", "none_kept", "keeping_full")


def lay_record() -> Any:
    """The hidden element by which records reach the browser; outside the tabs, which are only laid out when opened."""
    return gr.HTML("", elem_id="record", apply_default_css=False, js_on_load=script("record"))


def lay_history() -> Any:
    """The tab."""
    return gr.HTML("", elem_id="history", apply_default_css=False, js_on_load=script("history", "restore"))


def wire_history(desk: Desk, parts: Parts, kept: Any, fault: Any) -> None:
    """Let a kept conversation be opened again."""

    def restored(code: Language, event: gr.EventData) -> list[Any]:
        again = restore(str(event.record))
        if again is None:
            return [*(gr.skip() for _ in range(4)), f'<p class="notice" role="alert">{esc(say(code, "not_restored"))}</p>']
        view = View("look" if again else "empty", len(again) - 1)
        return [again, desk.thread(again, code), desk.panel(view, again, code), view, ""]

    outputs = [parts.talk, parts.thread, parts.panel, parts.view, fault]
    kept.restore(restored, [parts.language], outputs, **QUICK)


def render_history(language: Language) -> str:
    """The tab: the switch, what it means, and the words of the list, which the browser fills in."""
    words = {word: say(language, word) for word in _WORDS}
    confirm = words["delete_confirm_kept"]
    forget = button("forget", esc(say(language, "delete_all")), style="quiet danger", confirm=confirm)
    return (
        f'<div class="history" data-words="{esc(json.dumps(words))}">'
        f'<label class="keep"><input type="checkbox" class="keep-switch"> {esc(say(language, "keep"))}</label>'
        f'<p class="aside">{esc(say(language, "keep_note"))}</p><div class="kept"></div>'
        f'<div class="kept-all">{forget}</div></div>'
    )


def render_record(conversation: Conversation, desk: Desk, language: Language) -> str:
    """The conversation for the browser: {"title", "markdown", "exchanges"} as escaped JSON; empty for none."""
    if not conversation:
        return ""
    cards = Cards(desk.library, language)
    record = {
        "title": conversation[0].question[:120],
        "markdown": "\n\n---\n\n".join(copied(one, cards, language, "markdown") for one in conversation),
        "exchanges": _adapter().dump_python(conversation, mode="json"),
    }
    return f"<pre hidden>{esc(json.dumps(record, ensure_ascii=False))}</pre>"


def restore(record: str) -> Conversation | None:
    """The conversation of a record the browser gives back; None for what is none."""
    if len(record) > MOST:
        return None
    try:
        conversation = _adapter().validate_python(json.loads(record)["exchanges"])
    except (ValidationError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return stop(conversation)


@cache
def _adapter() -> TypeAdapter[Conversation]:
    return TypeAdapter(Conversation)
