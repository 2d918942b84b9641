"""What the documents date: sentences that hold a calendar date, in the order of the dates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rag.text.dates import moments
from rag.types import Sentence

_YEAR = re.compile(r"(?<![\d.,-])(?:19|20)\d{2}(?![\d.,]*\d|\s?%)")


@dataclass(frozen=True, slots=True)
class Dated:
    """A sentence and one date it holds, as ISO 8601, possibly partial: "2020", "2023-12", "2023-12-06"."""

    date: str
    sentence: Sentence


def timeline(sentences: Iterable[Sentence]) -> tuple[Dated, ...]:
    """The dated sentences, earliest first; a date without a year («mercredi», "in August") gives no place."""
    found = {
        (date, sentence.document_id, sentence.start): Dated(date, sentence)
        for sentence in sentences
        if sentence.searchable
        for date in dates_of(sentence)
    }
    return tuple(found[key] for key in sorted(found))


def dates_of(sentence: Sentence) -> tuple[str, ...]:
    """The dates of a sentence that name a year, in order of place."""
    exact = [m for m in moments(sentence.text, sentence.language) if m.unit == "date" and m.value >= 10000]
    taken = [(moment.start, moment.end) for moment in exact]
    placed = [(moment.start, _iso(moment.value)) for moment in exact]
    placed += [
        (match.start(), match[0])
        for match in _YEAR.finditer(sentence.text)
        if all(match.end() <= start or match.start() >= end for start, end in taken)
    ]
    return tuple(dict.fromkeys(date for _, date in sorted(placed)))


def _iso(value: int) -> str:
    year, month, day = value // 10000, value // 100 % 100, value % 100
    return f"{year:04d}" + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if month and day else "")
