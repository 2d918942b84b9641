"""An answer as text to take away: plain, Markdown, or with footnotes that hold the exact quotations."""

from __future__ import annotations

from typing import Literal

from rag.types import Citation, Language
from rag.ui.chat import Exchange
from rag.ui.notation import Cards, quoted, written_date

Form = Literal["plain", "markdown", "footnotes"]
FORMS: tuple[Form, ...] = ("plain", "markdown", "footnotes")


def copied(exchange: Exchange, cards: Cards, language: Language, form: Form) -> str:
    """The statements with their marks, then what the marks stand for.

    ``plain``: [1] and a list of titles. ``markdown``: a quotation block under each source.
    ``footnotes``: Markdown footnotes [^1] with title, publisher, date and the exact quotation.
    """
    mark = "[^{}]" if form == "footnotes" else "[{}]"
    lines = [
        f"{statement.text} {' '.join(mark.format(n) for n in statement.citations)}".rstrip() for statement in exchange.statements
    ]
    used = {n for statement in exchange.statements for n in statement.citations}
    notes = [_note(citation, cards, language, form) for citation in exchange.citations if citation.n in used]
    question = f"> {exchange.question}" if form == "markdown" else exchange.question
    gap = "\n\n" if form != "plain" else "\n"
    return "\n\n".join([question, gap.join(lines), gap.join(notes)])


def _note(citation: Citation, cards: Cards, language: Language, form: Form) -> str:
    title = cards.title(citation.document, citation.title)
    known = (cards.publisher(citation.document), written_date(citation.date, language))
    rest = "".join(f", {part}" for part in known if part)
    words = quoted(" ".join(citation.quote.split()), citation.language)
    if form == "plain":
        return f"[{citation.n}] {title}{rest}"
    if form == "markdown":
        return f"[{citation.n}] *{title}*{rest}\n\n> {words}"
    return f"[^{citation.n}]: *{title}*{rest}: {words}"
