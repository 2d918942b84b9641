"""Thumbs under an answer and a comment, kept in the reader's own browser; the server is told nothing of them.

The markup carries what feedback is about; feedback.js keeps it in localStorage as the lines that ``python
eval/run.py --import-feedback`` reads, presses the thumbs again whenever the thread is drawn anew, and exports or
deletes the lines from the history tab.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from rag.contract import citation_json
from rag.types import Language
from rag.ui.chat import turns
from rag.ui.marks import Scene, button, esc
from rag.ui.texts import say

#: Longest comment, in characters.
MOST = 500
#: A thumb up; style.css turns it over for the other. Drawn here, because not every system has the emoji.
_THUMB = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3.5 10.5h4v9h-4z M7.5 10.5l3.7-6.9c1.5.1 2.4 1.1 2.2 2.6'
    'l-.6 3.3h5.6c1.3 0 2.2 1.2 1.9 2.4l-1.5 6.1a2 2 0 0 1-1.9 1.5H7.5"></path></svg>'
)


def render_thumbs(scene: Scene) -> str:
    """The two thumbs; unpressed, since only the browser knows. Empty where there is no answer to judge."""
    if scene.exchange.answer is None:
        return ""
    thumbs = "".join(
        f'<button type="button" class="quiet thumb" data-verdict="{verdict}" aria-pressed="false" aria-label="{label}" '
        f'title="{label}" aria-describedby="x{scene.x}consent">{_THUMB}</button>'
        for verdict, label in (("up", scene.say("thumb_up")), ("down", scene.say("thumb_down")))
    )
    return f'<span class="thumbs" role="group" aria-label="{scene.say("feedback")}">{thumbs}</span>'


def render_feedback(scene: Scene) -> str:
    """Under a finished exchange: what feedback is about, for the browser; with an answer, consent and comment too."""
    told = f'<pre class="told" hidden>{esc(json.dumps(_told(scene), ensure_ascii=False))}</pre>'
    if scene.exchange.answer is None:
        return f'<div class="feedback">{told}</div>'
    label, save, saved, full = (scene.say(key) for key in ("comment", "comment_save", "comment_saved", "feedback_full"))
    return (
        f'<div class="feedback">{told}<p class="consent" id="x{scene.x}consent">{scene.say("feedback_consent")}</p>'
        f'<form class="remark"><input class="comment" type="text" maxlength="{MOST}" autocomplete="off" '
        f'aria-label="{label}" placeholder="{label}"><button class="quiet save" data-label="{save}">{save}</button></form>'
        f'<p class="sr" role="status" data-saved="{saved}" data-full="{full}"></p></div>'
    )


def _told(scene: Scene) -> dict[str, Any]:
    """What this exchange adds to the conversation; as ``turns``, so that the browser can tell a later one's history."""
    exchange = scene.exchange
    told: dict[str, Any] = {"turns": [asdict(turn) for turn in turns((exchange,))]}
    if exchange.answer is not None:
        told |= {"status": exchange.answer.status, "citations": [citation_json(one) for one in exchange.citations]}
    return told


def render_kept(language: Language) -> str:
    """The part of the history tab that exports and deletes feedback; the browser shows it when there is some."""
    note, export, delete = (esc(say(language, key)) for key in ("feedback_note", "feedback_export", "feedback_delete"))
    confirm = say(language, "delete_confirm_kept")
    return (
        f'<section class="feedback-kept" hidden><h2>{esc(say(language, "feedback_kept"))} <span class="count"></span></h2>'
        f'<p class="aside">{note}</p><div class="feedback-all">{button("export", export)}'
        f"{button('delete', delete, style='quiet danger', confirm=confirm)}</div></section>"
    )
