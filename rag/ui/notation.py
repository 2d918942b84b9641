"""Dates, numbers and names as the reader writes them. Quotations are never touched."""

from __future__ import annotations

import re
from datetime import date

from rag.types import Citation, Language, Source
from rag.ui.texts import say

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


def title_of(source: Source | Citation, language: Language) -> str:
    """The document's title, or the word for «untitled» with its id, so that two untitled ones differ."""
    if source.title:
        return source.title
    name = source.id if isinstance(source, Source) else source.document
    return f"{say(language, 'untitled')} ({name})"


def card(source: Source, language: Language) -> str:
    """Publisher, date and language in one line: «Le Courrier · 6 décembre 2023 · français»."""
    parts = (
        source.publisher or say(language, "unknown_publisher"),
        written_date(source.date, language) or say(language, "unknown_date"),
        say(language, f"language_{source.language}"),
    )
    return " · ".join(parts)
