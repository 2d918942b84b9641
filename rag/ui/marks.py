"""Pieces of HTML the thread and the panel share. ``esc`` is where everything from outside is escaped, once."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from rag.types import Citation, Language
from rag.ui.chat import Exchange
from rag.ui.notation import Cards, quoted
from rag.ui.texts import say


def esc(text: object) -> str:
    """``text`` as HTML text or attribute value: nothing in it is markup any more."""
    return escape(str(text), quote=True)


@dataclass(frozen=True, slots=True)
class Scene:
    """One exchange as it is drawn: number ``x`` of its conversation, in the reader's language."""

    exchange: Exchange
    x: int
    cards: Cards
    language: Language
    last: bool = False  #: the last question can be asked again or edited
    translates: bool = False  #: whether foreign quotations can offer a translation

    def say(self, key: str, **values: object) -> str:
        """The escaped text of ``key``."""
        return esc(say(self.language, key, **values))

    def link(self, citation: Citation) -> str:
        """``[n]`` as a link that opens the source; hover and focus show the quotation (peek.js)."""
        label = self.say("open_source", n=citation.n, title=self.cards.title(citation.document, citation.title))
        peek = f"{quoted(citation.quote, citation.language)} — {self.cards.where(citation)}"
        return (
            f'<a class="cite" href="#panel" {place(citation, self.x)} aria-label="{label}" '
            f'data-peek="{esc(peek)}">[{citation.n}]</a>'
        )

    def quote(self, citation: Citation) -> str:
        """The exact words, and under them the document as a link that opens it there."""
        return (
            f'<blockquote lang="{citation.language}">{esc(citation.quote)}</blockquote>'
            f'<a class="place" href="#panel" {place(citation, self.x)}>{esc(self.cards.where(citation))}</a>'
        )


def place(citation: Citation, x: int) -> str:
    """The attributes by which a link says which place of which document it opens."""
    return (
        f'data-x="{x}" data-doc="{esc(citation.document)}" '
        f'data-start="{citation.start}" data-end="{citation.end}" data-n="{citation.n}"'
    )


def button(do: str, label: str, *, style: str = "quiet", **data: object) -> str:
    """A button that does ``do`` (see panel.js); ``label`` is HTML, ``data`` becomes data attributes."""
    attributes = "".join(f' data-{name}="{esc(value)}"' for name, value in data.items())
    return f'<button type="button" class="{style}" data-do="{do}"{attributes}>{label}</button>'
