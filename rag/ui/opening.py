"""Opening places in the panel: a citation, a passage, a disagreement, or the passages found."""

from __future__ import annotations

from typing import Any

import gradio as gr

from rag.types import Language
from rag.ui.chat import Conversation
from rag.ui.desk import QUICK, Desk, Parts
from rag.ui.panel import Place, View, place_of
from rag.ui.shelves import Collection


def wire_opening(desk: Desk, parts: Parts) -> None:
    """Connect the links of thread and panel to what the panel shows."""

    def shown(view: View, said: Conversation, code: Language) -> list[Any]:
        return [desk.panel(view, said, code), view]

    def looked(said: Conversation, code: Language, event: gr.EventData) -> list[Any]:
        return shown(View("look", int(event.x)), said, code)

    def compared(said: Conversation, code: Language, event: gr.EventData) -> list[Any]:
        return shown(comparison(said, int(event.x), int(event.k)), said, code)

    inputs, outputs = [parts.talk, parts.language], [parts.panel, parts.view]
    for component in (parts.thread, parts.panel):
        wire_places(desk, parts, component)
    parts.panel.look(looked, inputs, outputs, **QUICK)
    parts.thread.compare(compared, inputs, outputs, **QUICK)


def wire_places(desk: Desk, parts: Parts, component: Any) -> None:
    """Let the links of ``component`` open documents in the panel."""

    def opened(said: Conversation, code: Language, event: gr.EventData) -> list[Any]:
        view = place_view(said, event._data)
        return [desk.panel(view, said, code), view]

    component.open(opened, [parts.talk, parts.language], [parts.panel, parts.view], **QUICK)


def wire_clashes(desk: Desk, parts: Parts, component: Any) -> None:
    """Let ``component`` open a contradiction of the library side by side."""

    def compared(said: Conversation, code: Language, event: gr.EventData) -> list[Any]:
        view = clash_view(desk.library, int(event.k))
        return [desk.panel(view, said, code), view]

    component.compare(compared, [parts.talk, parts.language], [parts.panel, parts.view], **QUICK)


def place_view(said: Conversation, link: dict[str, Any]) -> View:
    """The place a link names. A quotation comes from the conversation, never from the browser."""
    x, n, start, end = (int(link[key]) for key in ("x", "n", "start", "end"))
    document = str(link["document"])
    exchange = said[x] if 0 <= x < len(said) else None
    citation = exchange.citation(n) if exchange else None
    if citation is not None and (citation.document, citation.start, citation.end) == (document, start, end):
        return View("document", x, (place_of(citation),))
    return View("document", x, (Place(document, start, end),))


def comparison(said: Conversation, x: int, k: int) -> View:
    """Disagreement ``k`` of exchange ``x``, side by side; an empty view when there is none."""
    exchange = said[x] if 0 <= x < len(said) else None
    if exchange is None or exchange.answer is None or not 0 <= k < len(exchange.answer.disagreements):
        return View()
    cited = (exchange.citation(n) for n in exchange.answer.disagreements[k].citations)
    return View("compare", x, tuple(place_of(citation) for citation in cited if citation is not None))


def clash_view(library: Collection, k: int) -> View:
    """Contradiction ``k`` of the library, side by side; an empty view when there is none."""
    pairs = library.disagreements()
    if not 0 <= k < len(pairs):
        return View()
    sides = (side.sentence for side in pairs[k])
    return View("compare", -1, tuple(Place(one.document_id, one.start, one.end, quote=one.text) for one in sides))
