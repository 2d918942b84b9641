"""The documents tab as HTML: the list, sentences found, contradictions, the timeline. All text is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rag.types import Document, Language, Sentence, Source
from rag.ui.faults import folded, unread
from rag.ui.marks import button, esc
from rag.ui.notation import Cards, written_date, written_number
from rag.ui.texts import say
from rag.ui.timeline import timeline

MOST = 200  #: rows of a list; beyond, the search box serves better


class Hit(Protocol):
    """A sentence and the card of its document."""

    @property
    def sentence(self) -> Sentence: ...  # noqa: D102
    @property
    def source(self) -> Source: ...  # noqa: D102


class Clash(Hit, Protocol):
    """One side of a contradiction, and what it is about."""

    @property
    def note(self) -> str: ...  # noqa: D102


class Collection(Protocol):
    """All the documents tab asks of a library."""

    @property
    def failed(self) -> Sequence[tuple[str, str]]: ...  # noqa: D102
    def sources(self) -> tuple[Source, ...]: ...  # noqa: D102
    def document(self, document_id: str, /) -> Document: ...  # noqa: D102
    def sentences(self, document_id: str, /) -> tuple[Sentence, ...]: ...  # noqa: D102
    def find(self, text: str, limit: int = 20) -> Sequence[Hit]: ...  # noqa: D102
    def disagreements(self) -> Sequence[tuple[Clash, Clash]]: ...  # noqa: D102
    def add_file(self, name: str, content: bytes) -> Source: ...  # noqa: D102
    def remove_document(self, document_id: str, /) -> None: ...  # noqa: D102
    def sync(self) -> object: ...  # noqa: D102


def listed(library: Collection, language: Language, *, changeable: bool) -> str:
    """The documents with title, date, language, sentences, state; a delete button where they may be changed.

    Files that the last sync could not read come first.
    """
    cards = Cards(library, language)
    sources = library.sources()
    unindexed = {path: reason for path, reason in library.failed if path not in {source.path for source in sources}}
    rows = "".join(_left_out(path, reason, language) for path, reason in list(unindexed.items())[:MOST])
    rows += "".join(_row(source, library, cards, language, changeable=changeable) for source in sources[:MOST])
    if not rows:
        return f'<p class="aside">{esc(say(language, "no_documents"))}</p>'
    return f'<ul class="shelf">{rows}</ul>{_more(len(sources), language)}'


def _row(source: Source, library: Collection, cards: Cards, language: Language, *, changeable: bool) -> str:
    count = len(library.sentences(source.id))
    key = "sentences_one" if count == 1 else "sentences_many"
    parts = [cards.line(source), say(language, key, n=written_number(count, language)), source.path]
    reason = dict(library.failed).get(source.path)
    if reason is None:
        parts.append(say(language, "state_indexed"))
    state = _state("state_earlier", reason, language) if reason is not None else ""
    delete = (
        f'<button type="button" class="quiet danger" data-do="delete" data-id="{esc(source.id)}" '
        f'data-confirm="{esc(say(language, "delete_confirm"))}" '
        f'aria-label="{esc(say(language, "delete_document", title=cards.title(source.id)))}">'
        f"{esc(say(language, 'delete'))}</button>"
        if changeable
        else ""
    )
    return (
        f'<li data-id="{esc(source.id)}"><div><a class="place" href="#panel" {_place(source.id, 0, 0)} '
        f'lang="{source.language}">{esc(cards.title(source.id))}</a>'
        f'<p class="aside">{esc(" · ".join(parts))}</p>{state}</div>{delete}</li>'
    )


def _left_out(path: str, reason: str, language: Language) -> str:
    return f"<li><div>{esc(path)}{_state('state_unread', reason, language)}</div></li>"


def _state(key: str, reason: str, language: Language) -> str:
    why = esc(say(language, key, reason=unread(reason, language)))
    return f'<p class="notice">{why}</p>{folded(reason, language)}'


def found(hits: Sequence[Hit], library: Collection, language: Language) -> str:
    """Sentences that hold the words searched."""
    if not hits:
        return f'<p class="aside">{esc(say(language, "nothing_found"))}</p>'
    cards = Cards(library, language)
    return '<ul class="shelf">' + "".join(f"<li>{_hit(hit.sentence, cards)}</li>" for hit in hits) + "</ul>"


def contradictions(library: Collection, language: Language) -> str:
    """What the documents disagree on: both sides quoted and dated, and a button that opens them side by side."""
    pairs = library.disagreements()
    if not pairs:
        return f'<p class="aside">{esc(say(language, "no_disagreement"))}</p>'
    cards = Cards(library, language)
    boxes = "".join(
        '<section class="disagreement"><div class="sides">'
        + "".join(f'<div class="side">{_hit(side.sentence, cards, side.source.date)}</div>' for side in pair)
        + f"</div>{button('compare', esc(say(language, 'compare')), k=k)}</section>"
        for k, pair in enumerate(pairs[:MOST])
    )
    return f'<p class="aside">{esc(say(language, "disagreements_note"))}</p>{boxes}{_more(len(pairs), language)}'


def dated(library: Collection, language: Language) -> str:
    """The timeline."""
    sources = library.sources()
    entries = timeline(sentence for source in sources for sentence in library.sentences(source.id))
    if not entries:
        return f'<p class="aside">{esc(say(language, "no_dates"))}</p>'
    cards = Cards(library, language)
    rows = "".join(
        f'<li><time datetime="{entry.date}">{esc(written_date(entry.date, language) or entry.date)}</time>'
        f"<div>{_hit(entry.sentence, cards)}</div></li>"
        for entry in entries[:MOST]
    )
    return f'<ol class="timeline">{rows}</ol>{_more(len(entries), language)}'


def _hit(sentence: Sentence, cards: Cards, date: str | None = None) -> str:
    """A sentence, and under it the document as a link that opens it there, with the date if one is given."""
    place = _place(sentence.document_id, sentence.start, sentence.end)
    named = cards.dated(cards.title(sentence.document_id), date)
    return (
        f'<blockquote lang="{sentence.language}">{esc(" ".join(sentence.text.split()))}</blockquote>'
        f'<a class="place" href="#panel" {place}>{esc(named)}</a>'
    )


def _place(document_id: str, start: int, end: int) -> str:
    return f'data-x="-1" data-n="0" data-doc="{esc(document_id)}" data-start="{start}" data-end="{end}"'


def _more(count: int, language: Language) -> str:
    if count <= MOST:
        return ""
    return f'<p class="aside">{esc(say(language, "and_more", n=written_number(count - MOST, language)))}</p>'
