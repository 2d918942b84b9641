"""The documents tab: list, upload, delete, re-index, search, contradictions, timeline.

The page may only change the documents where uploads are switched on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import gradio as gr

from rag.types import Language
from rag.ui.changing import KINDS, adding, line, removing, render_refused, syncing
from rag.ui.desk import QUICK, Desk, Label, Parts, script
from rag.ui.marks import esc
from rag.ui.opening import wire_clashes, wire_places
from rag.ui.shelves import contradictions, dated, found, listed
from rag.ui.texts import say

Shown = Literal["list", "clashes", "dates"]
VIEWS: tuple[Shown, ...] = ("list", "clashes", "dates")
_BUSY: dict[str, Any] = {
    "show_progress": "hidden",
    "api_visibility": "private",
    "concurrency_limit": 1,
    "concurrency_id": "library",
}


@dataclass(frozen=True)
class DocumentsTab:
    """The tab's components."""

    find: Any
    views: Any
    upload: Any
    index: Any
    refused: Any  #: files the browser did not send
    report: Any
    shelf: Any
    shown: Any

    def labels(self, upload_mb: int) -> list[Label]:
        """Its words."""
        return [
            (self.find, lambda code: gr.update(label=say(code, "find"), placeholder=say(code, "find_placeholder"))),
            (self.upload, lambda code: gr.update(label=say(code, "upload"))),
            (self.index, lambda code: say(code, "reindex")),
            (self.refused, lambda code: render_refused((), upload_mb, code)),
        ]


def lay_documents(*, changeable: bool) -> DocumentsTab:
    """Lay the tab out."""
    with gr.Row(elem_id="shelf-tools"):
        find = gr.Textbox("", elem_id="find", container=False, scale=4, min_width=160, max_length=500)
        upload = gr.UploadButton(
            elem_id="upload", file_count="multiple", file_types=KINDS, scale=0, min_width=140, visible=changeable
        )
        index = gr.Button(elem_id="reindex", scale=0, min_width=120, visible=changeable)
    views = gr.HTML("", elem_id="views", apply_default_css=False, js_on_load=script("panel", "view"))
    refused = gr.HTML("", elem_id="refused", apply_default_css=False, js_on_load=script("uploads", "refuse"))
    report = gr.HTML("", elem_id="report", apply_default_css=False, js_on_load=None)
    shelf = gr.HTML("", elem_id="shelf", apply_default_css=False, js_on_load=script("shelf", "open", "compare", "delete"))
    return DocumentsTab(find, views, upload, index, refused, report, shelf, gr.State("list"))


def render_shelf(desk: Desk, shown: Shown, words: str, language: Language) -> str:
    """What the tab shows: sentences found while there are words to find, else the chosen view."""
    library, changeable = desk.library, desk.changeable
    if words.strip():
        return found(library.find(words.strip(), 50), library, language)
    if shown == "clashes":
        return contradictions(library, language)
    if shown == "dates":
        return dated(library, language)
    drop = f'<p class="aside drop">{esc(say(language, "drop"))}</p>' if changeable else ""
    return listed(library, language, changeable=changeable) + drop


def render_views(shown: Shown, language: Language) -> str:
    """The three views as buttons."""
    buttons = "".join(
        f'<button type="button" class="quiet" data-do="view" data-question="{view}" '
        f'aria-pressed="{"true" if view == shown else "false"}">{esc(say(language, "view_" + view))}</button>'
        for view in VIEWS
    )
    return f'<div class="views" role="group" aria-label="{esc(say(language, "views"))}">{buttons}</div>'


def wire_documents(desk: Desk, parts: Parts, tab: DocumentsTab, opened: Any) -> None:
    """Connect the tab; where the desk is not ``changeable`` nothing in it changes the documents."""

    def shelf(shown: Shown, words: str, code: Language) -> str:
        return render_shelf(desk, shown, words, code)

    def chosen(code: Language, event: gr.EventData) -> list[Any]:
        shown: Shown = event.question if event.question in VIEWS else "list"
        return [shown, "", render_views(shown, code), shelf(shown, "", code)]

    state = [tab.shown, tab.find, parts.language]
    tab.find.change(shelf, state, tab.shelf, **QUICK | {"trigger_mode": "always_last"})
    tab.views.view(chosen, [parts.language], [tab.shown, tab.find, tab.views, tab.shelf], **QUICK)
    wire_places(desk, parts, tab.shelf)
    wire_clashes(desk, parts, tab.shelf)
    opened.select(shelf, state, tab.shelf, **QUICK)
    if desk.changeable:
        _wire_changes(desk, parts, tab)


def _wire_changes(desk: Desk, parts: Parts, tab: DocumentsTab) -> None:
    """Connect what adds, deletes and re-indexes; each shows its report and the list as it is then."""
    library = desk.library

    def refused(code: Language, event: gr.EventData) -> str:
        return render_refused(event.files, desk.upload_mb, code)

    def uploaded(paths: list[str], shown: Shown, code: Language) -> Iterator[list[Any]]:
        for report in adding(library, [Path(path) for path in paths or []], code):
            yield [report, render_shelf(desk, shown, "", code)]

    def deleted(shown: Shown, words: str, code: Language, event: gr.EventData) -> list[Any]:
        return [removing(library, str(event.id), code), render_shelf(desk, shown, words, code)]

    def indexed(shown: Shown, words: str, code: Language) -> Iterator[list[Any]]:
        yield [line(say(code, "reindexing")), gr.skip()]
        yield [syncing(library, code), render_shelf(desk, shown, words, code)]

    state, outputs = [tab.shown, tab.find, parts.language], [tab.report, tab.shelf]
    tab.refused.refuse(refused, [parts.language], tab.refused, **QUICK)
    tab.upload.upload(uploaded, [tab.upload, tab.shown, parts.language], outputs, **_BUSY)
    tab.index.click(indexed, state, outputs, **_BUSY)
    tab.shelf.delete(deleted, state, outputs, **_BUSY)
