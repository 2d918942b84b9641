"""The page: a conversation on the left, its sources on the right, in the reader's language.

``build_page`` lays the Gradio components out; each room (asking, opening, …) wires its own events to pure
functions. Every listener is private: the public interface for programs is elsewhere. The conversation lives
in the session's state, so two readers never see each other's.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, cast

import gradio as gr

from rag.types import Language
from rag.ui.asking import lay_composer, wire_asking
from rag.ui.chat import Conversation
from rag.ui.desk import QUICK, Desk, Label, Parts, script
from rag.ui.documents import DocumentsTab, Shown, lay_documents, render_shelf, render_views, wire_documents
from rag.ui.feedback import render_kept
from rag.ui.history import lay_history, lay_record, render_history, wire_history
from rag.ui.marks import esc
from rag.ui.opening import wire_opening
from rag.ui.panel import View
from rag.ui.texts import say

HERE = Path(__file__).parent


def build_page(desk: Desk) -> gr.Blocks:
    """The Gradio page, to be mounted with :func:`look`."""
    with gr.Blocks(title="Témoin", analytics_enabled=False, fill_width=True, delete_cache=(3600, 3600)) as page:
        talk, view, language = gr.State(()), gr.State(View()), gr.State("en")
        header = gr.HTML("", elem_id="header", apply_default_css=False, js_on_load=script("header", "language", "clear"))
        record = lay_record()
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="talk", scale=3, min_width=300), gr.Tabs(elem_id="tabs"):
                with gr.Tab(say("en", "tab_ask"), id="ask") as asking:
                    thread = _html("thread", "thread", "open", "compare", "translate", "retry", "edit", "ask")
                    composer = lay_composer()
                with gr.Tab(say("en", "tab_documents"), id="documents") as shelving:
                    documents = lay_documents(changeable=desk.changeable)
                with gr.Tab(say("en", "tab_history"), id="history") as keeping:
                    history = lay_history()
                    feedback = _html("feedback", "feedback")
            with gr.Column(elem_id="panel", scale=2, min_width=300):
                panel = _html("sources", "panel", "open", "look")
        parts = Parts(talk, view, language, thread, panel)
        wire_asking(desk, parts, composer, header, record)
        wire_opening(desk, parts)
        wire_documents(desk, parts, documents, shelving)
        wire_history(desk, parts, history, composer.fault)
        labels: list[Label] = [
            (header, partial(_header, users=desk.users)),
            (asking, lambda code: gr.update(label=say(code, "tab_ask"))),
            (shelving, lambda code: gr.update(label=say(code, "tab_documents"))),
            (keeping, lambda code: gr.update(label=say(code, "tab_history"))),
            (history, render_history),
            (feedback, render_kept),
            *composer.labels(),
            *documents.labels(desk.upload_mb),
        ]
        _wire_language(desk, page, parts, header, labels, documents)
    return cast("gr.Blocks", page)


def _html(name: str, behaviour: str, *events: str) -> Any:
    return gr.HTML("", elem_id=name, apply_default_css=False, js_on_load=script(behaviour, *events))


def _header(language: Language, *, users: bool) -> str:
    out = f'<a class="quiet" href="/logout">{esc(say(language, "logout"))}</a>' if users else ""
    other = "en" if language == "fr" else "fr"
    return (
        f'<div class="masthead" data-language="{language}"><h1>{esc(say(language, "title"))}</h1>'
        f"<p>{esc(say(language, 'tagline'))}</p>"
        f'<button type="button" class="quiet clear" data-do="clear">{esc(say(language, "clear"))}</button>'
        f'<button type="button" class="quiet" data-do="language" lang="{other}" '
        f'title="{esc(say(language, "switch_language"))}">{esc(say(language, "other_language"))}</button>'
        f"{out}</div>"
    )


def _wire_language(
    desk: Desk, page: gr.Blocks, parts: Parts, header: Any, labels: Sequence[Label], documents: DocumentsTab
) -> None:
    """The page comes in the browser's language, or the one chosen last; the header's button switches."""
    browser = gr.Textbox(visible=False)
    seen = [parts.talk, parts.view, documents.shown, documents.find]
    drawn = [parts.thread, parts.panel, documents.views, documents.shelf]
    outputs = [parts.language, *drawn, *(component for component, _ in labels)]

    def show(code: Language, said: Conversation, view: View, shown: Shown, words: str) -> list[Any]:
        drawing = [desk.thread(said, code), desk.panel(view, said, code), render_views(shown, code)]
        shelf = render_shelf(desk, shown, words, code)
        return [code, *drawing, shelf, *(label(code) for _, label in labels)]

    def arrive(code: str, said: Conversation, view: View, shown: Shown, words: str) -> list[Any]:
        return show("fr" if code == "fr" else "en", said, view, shown, words)

    def switch(code: Language, said: Conversation, view: View, shown: Shown, words: str) -> list[Any]:
        return show("en" if code == "fr" else "fr", said, view, shown, words)

    wanted = "(_, ...rest) => [temoin.browserLanguage(), ...rest]"
    page.load(arrive, [browser, *seen], outputs, js=wanted, **QUICK)
    header.language(switch, [parts.language, *seen], outputs, **QUICK)


def look() -> dict[str, Any]:
    """Theme, style and script, as ``gr.mount_gradio_app`` takes them. Only system fonts: nothing is fetched."""
    sans = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"]
    mono = ["ui-monospace", "Menlo", "Consolas", "monospace"]
    style = (HERE / "style.css").read_text(encoding="utf-8")
    scripts = ("panel.js", "peek.js", "uploads.js", "keeping.js", "history.js", "feedback.js")
    behaviour = "".join((HERE / name).read_text(encoding="utf-8") for name in scripts)
    return {
        "theme": gr.themes.Base(font=sans, font_mono=mono),
        # in the head, because Gradio rewrites the selectors of its ``css`` argument
        "head": f"<style>{style}</style><script>{behaviour}</script>",
        "footer_links": [],
        "run_history": False,
        "show_error": False,
        "ssr_mode": False,
    }
