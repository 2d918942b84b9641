"""Dates, numbers and names as the reader writes them. Quotations are never touched."""

from __future__ import annotations

import re
from datetime import date
from typing import Protocol

from rag.errors import RagError
from rag.types import Citation, Document, Language, Source
from rag.ui.texts import say


class Shelf(Protocol):
    """Whoever has the documents."""

    def document(self, document_id: str, /) -> Document:
        """A document by id; RagError or KeyError for an unknown one."""
        ...


_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$")


def written_date(iso: str | None, language: Language) -> str | None:
    """«6 décembre 2023» / "6 December 2023"; a partial date stays partial; None for none or a bad one."""
    found = _ISO.match(iso or "")
    if found is None:
        return None
    from babel.dates import format_date

    year, month, day = found.groups()
    locale = "fr_FR" if language == "fr" else "en_GB"
    pattern = "d MMMM y" if day else "MMMM y" if month else "y"
    try:
        moment = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    return str(format_date(moment, pattern, locale=locale))


def written_number(value: float, language: Language, *, digits: int = 0) -> str:
    """1234.5 → «1 234,5» / "1,234.5", with ``digits`` decimals."""
    from babel.numbers import format_decimal

    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return str(format_decimal(value, pattern, locale="fr_FR" if language == "fr" else "en_GB"))


class Cards:
    """What to call documents, for one rendering of the page.

    A document without a title is called by its first words in quotation marks, as archivists do; one that
    is gone by the title it was cited with, or by its id.
    """

    def __init__(self, shelf: Shelf, language: Language) -> None:
        self._shelf = shelf
        self._language = language
        self._known: dict[str, Document | None] = {}

    def title(self, document_id: str, cited: str | None = None) -> str:
        """The document's name; ``cited`` is the title a citation of it carries."""
        document = self._document(document_id)
        if document is None:
            return cited or document_id
        return document.source.title or cited or opening_words(document) or document_id

    def publisher(self, document_id: str) -> str | None:
        """Its author or publisher, when known."""
        document = self._document(document_id)
        return document.source.publisher if document else None

    def where(self, citation: Citation) -> str:
        """Title and date of what a citation cites."""
        return self.dated(self.title(citation.document, citation.title), citation.date)

    def dated(self, title: str, date: str | None) -> str:
        """The title, and the date behind it when there is one."""
        written = written_date(date, self._language)
        return f"{title}, {written}" if written else title

    def line(self, source: Source) -> str:
        """Publisher, date and language in one line: «Le Courrier · 6 décembre 2023 · français»."""
        language = self._language
        parts = (
            source.publisher or say(language, "unknown_publisher"),
            written_date(source.date, language) or say(language, "unknown_date"),
            say(language, f"language_{source.language}"),
        )
        return " · ".join(parts)

    def _document(self, document_id: str) -> Document | None:
        if document_id not in self._known:
            try:
                self._known[document_id] = self._shelf.document(document_id)
            except (RagError, KeyError):
                self._known[document_id] = None
        return self._known[document_id]


def opening_words(document: Document, most: int = 60) -> str:
    """The first words of a text, its noise left out, between the quotation marks of its language."""
    start = 0
    for span in sorted(document.noise, key=lambda span: span.start):
        if not document.text[start : span.start].strip():
            start = max(start, span.end)
    words = " ".join(document.text[start : start + 4 * most].split())
    if not words:
        return ""
    if len(words) > most:
        words = words[:most].rsplit(" ", 1)[0].rstrip(",;:.") + "…"
    return quoted(words, document.source.language)


def quoted(text: str, language: Language) -> str:
    """``text`` between the quotation marks of ``language``, unless it already begins with some."""
    if text.lstrip().startswith(("«", "“", '"')):
        return text
    return f"« {text} »" if language == "fr" else f"“{text}”"
