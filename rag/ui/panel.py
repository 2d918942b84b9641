"""The side panel: the passages found, a document open at a sentence, or two documents side by side.

A ``View`` says what it shows; ``render_panel`` draws it from the library as it is now, so a document that
has changed or gone since is said to have, rather than marked at a wrong place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from rag.errors import RagError
from rag.types import Citation, Document, Language, Sentence, Source
from rag.ui.chat import Conversation, Exchange
from rag.ui.notation import card, title_of
from rag.ui.texts import say
from rag.ui.thread import cite_link, esc, place


class Shelf(Protocol):
    """All the panel asks of a library."""

    def sources(self) -> tuple[Source, ...]:
        """The documents' cards."""
        ...

    def document(self, document_id: str) -> Document:
        """A document by id; RagError or KeyError for an unknown one."""
        ...


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
    exchange = conversation[view.x] if 0 <= view.x < len(conversation) else None
    if view.kind == "look" and exchange is not None:
        body = _look(exchange, view.x, language)
    elif view.kind == "document" and view.places:
        body = _bar(exchange, view, language) + _open(view.places[0], exchange, view.x, shelf, language)
    elif view.kind == "compare" and view.places:
        sides = "".join(_open(one, exchange, view.x, shelf, language) for one in view.places)
        body = _bar(exchange, view, language) + f'<div class="compare">{sides}</div>'
    else:
        body = f'<p class="aside">{esc(say(language, "panel_empty"))}</p>'
    return (
        f'<div class="panel-body view-{view.kind}"><div class="panel-head"><h2>{esc(say(language, "panel"))}</h2>'
        f'<button type="button" class="quiet close" data-do="close">{esc(say(language, "close"))}</button></div>'
        f"{body}</div>"
    )


def _look(exchange: Exchange, x: int, language: Language) -> str:
    if not exchange.look:
        return f'<p class="aside">{esc(say(language, "first_look_none"))}</p>'
    cards = "".join(
        f'<li><a class="place card" href="#panel" {place(citation, x)}>'
        f'<span class="card-title">{esc(title_of(citation, language))}</span>'
        f'<span class="card-quote" lang="{citation.language}">{esc(citation.quote)}</span></a></li>'
        for citation in exchange.look
    )
    return f'<h3>{esc(say(language, "first_look"))}</h3><ol class="look">{cards}</ol>'


def _bar(exchange: Exchange | None, view: View, language: Language) -> str:
    """Back to the passages, and the citations before and after this one."""
    if exchange is None:
        return ""
    buttons = [
        f'<button type="button" class="quiet" data-do="look" data-x="{view.x}">'
        f'<span aria-hidden="true">‹ </span>{esc(say(language, "back"))}</button>'
    ]
    numbers = [citation.n for citation in exchange.citations]
    here = view.places[0].n
    if view.kind == "document" and here in numbers and len(numbers) > 1:
        at = numbers.index(here)
        for key, step, sign in (("previous", -1, "←"), ("next", 1, "→")):
            target = exchange.citations[(at + step) % len(numbers)]
            buttons.append(
                f'<a class="quiet step {key}" href="#panel" {place(target, view.x)} '
                f'title="{esc(say(language, key))}" aria-label="{esc(say(language, key))}">{sign}</a>'
            )
    return f'<div class="panel-bar">{"".join(buttons)}</div>'


def _open(one: Place, exchange: Exchange | None, x: int, shelf: Shelf, language: Language) -> str:
    """A whole document, marked."""
    try:
        document = shelf.document(one.document)
    except (RagError, KeyError):
        return f'<p class="notice">{esc(say(language, "gone"))}</p>'
    moved = not 0 <= one.start < one.end <= len(document.text) or (
        bool(one.quote) and document.text[one.start : one.end] != one.quote
    )
    warning = f'<p class="notice">{esc(say(language, "moved"))}</p>' if moved else ""
    source = document.source
    return (
        f'<article class="document"><header><h3 lang="{source.language}">{esc(title_of(source, language))}</h3>'
        f'<p class="aside">{esc(card(source, language))}</p>{warning}{_also(one, exchange, x, shelf, language)}</header>'
        f'<div class="text" lang="{source.language}" tabindex="0">'
        f"{_marked(document.text, None if moved else one, exchange, x, language)}</div></article>"
    )


def _marked(text: str, here: Place | None, exchange: Exchange | None, x: int, language: Language) -> str:
    """The text, escaped, with the place and the exchange's other citations marked. Overlaps: first wins."""
    if here is None:
        return esc(text)
    wanted = [(here.start, here.end, here.n, "here")]
    for citation in exchange.citations if exchange else ():
        if citation.document == here.document and text[citation.start : citation.end] == citation.quote:
            wanted.append((citation.start, citation.end, citation.n, "other"))
    taken: list[tuple[int, int, int, str]] = []
    for span in wanted:
        if all(span[1] <= start or span[0] >= end for start, end, _, _ in taken):
            taken.append(span)
    parts, at = [], 0
    for start, end, n, kind in sorted(taken):
        parts.append(esc(text[at:start]))
        parts.append(f'<mark class="{kind}">{esc(text[start:end])}</mark>{_cited_by(n, exchange, x, language)}')
        at = end
    parts.append(esc(text[at:]))
    return "".join(parts)


def _cited_by(n: int, exchange: Exchange | None, x: int, language: Language) -> str:
    """A link from a highlight back to the first sentence of the answer that cites it."""
    for k, statement in enumerate(exchange.statements if exchange else ()):
        if n in statement.citations:
            label = esc(say(language, "cited_by"))
            return (
                f'<a class="cited-by" href="#x{x}s{k}" data-do="goto" data-target="x{x}s{k}" '
                f'title="{label}" aria-label="[{n}] {label}">[{n}]</a>'
            )
    return ""


def _also(one: Place, exchange: Exchange | None, x: int, shelf: Shelf, language: Language) -> str:
    """Who else says it: near-identical sentences, and the other citations of the statements that cite it."""
    if exchange is None:
        return ""
    others = [
        citation
        for statement in exchange.statements
        if one.n and one.n in statement.citations
        for n in statement.citations
        if n != one.n and (citation := exchange.citation(n)) is not None
    ]
    links = [f"{cite_link(other, x, language)} {esc(title_of(other, language))}" for other in others]
    shown = {(other.document, other.start) for other in others}
    cards = {source.id: source for source in shelf.sources()}
    for sentence in _twins(one, exchange):
        if (sentence.document_id, sentence.start) not in shown and sentence.document_id in cards:
            links.append(_twin_link(sentence, cards[sentence.document_id], x, language))
    if not links:
        return ""
    items = "".join(f"<li>{link}</li>" for link in links)
    return f'<div class="also"><strong>{esc(say(language, "also_said_by"))}</strong><ul>{items}</ul></div>'


def _twins(one: Place, exchange: Exchange) -> Sequence[Sentence]:
    return [
        twin
        for evidence in exchange.evidence
        if (evidence.sentence.document_id, evidence.sentence.start) == (one.document, one.start)
        for twin in evidence.also
    ]


def _twin_link(sentence: Sentence, source: Source, x: int, language: Language) -> str:
    return (
        f'<a class="place" href="#panel" data-x="{x}" data-doc="{esc(sentence.document_id)}" '
        f'data-start="{sentence.start}" data-end="{sentence.end}" data-n="0" '
        f'title="{esc(sentence.text)}">{esc(title_of(source, language))}</a>'
    )
