"""The side panel: the passages found, a document open at a sentence, or two documents side by side.

A ``View`` says what it shows; ``render_panel`` draws it from the library as it is now, so a document that
has changed or gone since is said to have, rather than marked at a wrong place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rag.errors import RagError
from rag.types import Citation, Language
from rag.ui.chat import Conversation, Exchange
from rag.ui.marks import Scene, button, esc, place
from rag.ui.notation import Cards, Shelf


@dataclass(frozen=True, slots=True)
class Place:
    """Characters ``start`` to ``end`` of a document, and the label they are cited by (0: none)."""

    document: str
    start: int
    end: int
    n: int = 0
    quote: str = ""  #: what stood there when it was cited; empty: not known


@dataclass(frozen=True, slots=True)
class View:
    """What the panel shows; ``x`` is the exchange it belongs to, -1 for none."""

    kind: Literal["empty", "look", "document", "compare"] = "empty"
    x: int = -1
    places: tuple[Place, ...] = ()


def place_of(citation: Citation) -> Place:
    """Where a citation points."""
    return Place(citation.document, citation.start, citation.end, citation.n, citation.quote)


def render_panel(view: View, conversation: Conversation, shelf: Shelf, language: Language) -> str:
    """The panel's HTML. The cited sentence is ``<mark class="here">``, other cited ones ``mark.other``."""
    known = 0 <= view.x < len(conversation)
    exchange = conversation[view.x] if known else Exchange("", language)
    scene = Scene(exchange, view.x, Cards(shelf, language), language)
    if view.kind == "look" and known:
        body = _look(scene)
    elif view.kind == "document" and view.places:
        body = _bar(view, scene, known=known) + _open(view.places[0], scene, shelf)
    elif view.kind == "compare" and view.places:
        sides = "".join(_open(one, scene, shelf) for one in view.places)
        body = _bar(view, scene, known=known) + f'<div class="compare">{sides}</div>'
    else:
        body = f'<p class="aside">{scene.say("panel_empty")}</p>'
    return (
        f'<div class="panel-body view-{view.kind}"><div class="panel-head"><h2>{scene.say("panel")}</h2>'
        f"{button('close', scene.say('close'), style='quiet close')}</div>{body}</div>"
    )


def _look(scene: Scene) -> str:
    if not scene.exchange.look:
        return f'<p class="aside">{scene.say("first_look_none")}</p>'
    items = "".join(
        f'<li><a class="place card" href="#panel" {place(citation, scene.x)}>'
        f'<span class="card-title">{esc(scene.cards.where(citation))}</span>'
        f'<span class="card-quote" lang="{citation.language}">{esc(citation.quote)}</span></a></li>'
        for citation in scene.exchange.look
    )
    return f'<h3>{scene.say("first_look")}</h3><ol class="look">{items}</ol>'


def _bar(view: View, scene: Scene, *, known: bool) -> str:
    """Back to the passages, and the citations before and after this one."""
    if not known:
        return ""
    parts = [button("look", f'<span aria-hidden="true">‹ </span>{scene.say("back")}', x=scene.x)]
    cited = scene.exchange.citations
    numbers = [citation.n for citation in cited]
    here = view.places[0].n
    if view.kind == "document" and here in numbers and len(numbers) > 1:
        at = numbers.index(here)
        for key, step, sign in (("previous", -1, "←"), ("next", 1, "→")):
            target = place(cited[(at + step) % len(cited)], scene.x)
            label = scene.say(key)
            parts.append(f'<a class="quiet step {key}" href="#panel" {target} title="{label}" aria-label="{label}">{sign}</a>')
    return f'<div class="panel-bar">{"".join(parts)}</div>'


def _open(one: Place, scene: Scene, shelf: Shelf) -> str:
    """A whole document, marked."""
    try:
        document = shelf.document(one.document)
    except (RagError, KeyError):
        return f'<p class="notice">{scene.say("gone")}</p>'
    text, source = document.text, document.source
    moved = not 0 <= one.start <= one.end <= len(text) or (bool(one.quote) and text[one.start : one.end] != one.quote)
    warning = f'<p class="notice">{scene.say("moved")}</p>' if moved else ""
    plain = moved or one.start == one.end  # an empty place is the document as a whole
    return (
        f'<article class="document"><header><h3 lang="{source.language}">{esc(scene.cards.title(source.id))}</h3>'
        f'<p class="aside">{esc(scene.cards.line(source))}</p>{warning}{_also(one, scene)}</header>'
        f'<div class="text" lang="{source.language}" tabindex="0">{esc(text) if plain else _marked(text, one, scene)}'
        "</div></article>"
    )


def _marked(text: str, here: Place, scene: Scene) -> str:
    """The text, escaped, with the place and the exchange's other citations marked. Overlaps: first wins."""
    wanted = [(here.start, here.end, here.n, "here")]
    for citation in scene.exchange.citations:
        if citation.document == here.document and text[citation.start : citation.end] == citation.quote:
            wanted.append((citation.start, citation.end, citation.n, "other"))
    taken: list[tuple[int, int, int, str]] = []
    for span in wanted:
        if all(span[1] <= start or span[0] >= end for start, end, _, _ in taken):
            taken.append(span)
    parts, at = [], 0
    for start, end, n, kind in sorted(taken):
        parts.append(esc(text[at:start]))
        parts.append(f'<mark class="{kind}">{esc(text[start:end])}</mark>{_cited_by(n, scene)}')
        at = end
    parts.append(esc(text[at:]))
    return "".join(parts)


def _cited_by(n: int, scene: Scene) -> str:
    """A link from a highlight back to the first sentence of the answer that cites it, else to the disagreement that does."""
    exchange = scene.exchange
    disagreements = exchange.answer.disagreements if exchange.answer else ()
    cited = [(f"s{k}", statement.citations) for k, statement in enumerate(exchange.statements)]
    cited += [(f"d{k}", one.citations) for k, one in enumerate(disagreements)]
    target = next((f"x{scene.x}{place}" for place, numbers in cited if n in numbers), None)
    if target is None:
        return ""
    label = scene.say("cited_by")
    return (
        f'<a class="cited-by" href="#{target}" data-do="goto" data-target="{target}" '
        f'title="{label}" aria-label="[{n}] {label}">[{n}]</a>'
    )


def _also(one: Place, scene: Scene) -> str:
    """Who else says it: the other citations of the statements that cite it, and near-identical sentences."""
    exchange = scene.exchange
    others = [
        citation
        for statement in exchange.statements
        if one.n and one.n in statement.citations
        for n in statement.citations
        if n != one.n and (citation := exchange.citation(n)) is not None
    ]
    shown = {(other.document, other.start) for other in others}
    links = [f"{scene.link(other)} {esc(scene.cards.where(other))}" for other in others]
    links += [
        f'<a class="place" href="#panel" data-x="{scene.x}" data-n="0" data-doc="{esc(twin.document_id)}" '
        f'data-start="{twin.start}" data-end="{twin.end}" title="{esc(twin.text)}">'
        f"{esc(scene.cards.title(twin.document_id))}</a>"
        for evidence in exchange.evidence
        if (evidence.sentence.document_id, evidence.sentence.start) == (one.document, one.start)
        for twin in evidence.also
        if (twin.document_id, twin.start) not in shown
    ]
    if not links:
        return ""
    items = "".join(f"<li>{link}</li>" for link in links)
    return f'<div class="also"><strong>{scene.say("also_said_by")}</strong><ul>{items}</ul></div>'
