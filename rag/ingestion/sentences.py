"""A Document becomes Sentences with exact offsets: ``sentence.text == document.text[start:end]``, always."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from rag.ingestion.boundaries import sentence_spans
from rag.ingestion.layout import Piece, ends_sentence, pieces
from rag.language import FUNCTION_WORDS
from rag.text.terms import fold
from rag.types import Document, Language, Sentence, Span

#: Part of the index's fingerprint: raised whenever the same text would be split otherwise.
SPLITTER = "sentences-2"

#: A heading has at most this many words.
_HEADING_WORDS = 14
#: A sentence of fewer words is too short to tell its language from the document's.
_LANGUAGE_WORDS = 8
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class _Unit:
    start: int
    end: int
    paragraph: int
    noise: bool


def split(document: Document) -> tuple[Sentence, ...]:
    """The sentences of a document, in order, never overlapping.

    Together they hold every character but white space and list marks. Not searchable are noise, the title,
    headings (a short line alone in its paragraph, not ended as a sentence, with text below) and what holds
    no word.
    """
    text, source = document.text, document.source
    units = list(_units(text, document.noise, source.language))
    headings = _headings(text, units, source.title)
    sentences: list[Sentence] = []
    for position, unit in enumerate(units):
        words = text[unit.start : unit.end]
        sentences.append(
            Sentence(
                document_id=source.id,
                position=position,
                paragraph=unit.paragraph,
                start=unit.start,
                end=unit.end,
                text=words,
                language=_language(words, source.language),
                searchable=not unit.noise and position not in headings and _WORD.search(words) is not None,
            )
        )
    return tuple(sentences)


def _units(text: str, noise: tuple[Span, ...], language: Language) -> Iterator[_Unit]:
    first = 0  # noise before it ends before the piece: passed once, so that long documents stay linear
    for piece in pieces(text):
        while first < len(noise) and noise[first].end <= piece.start:
            first += 1
        for part, quiet in _by_noise(piece, noise, first):
            for start, end in sentence_spans(text, part.start, part.end, language):
                yield _Unit(start, end, piece.paragraph, quiet)


def _by_noise(piece: Piece, noise: tuple[Span, ...], first: int) -> Iterator[tuple[Span, bool]]:
    """The piece cut where noise, from ``noise[first]`` on, begins and ends; True marks the noise."""
    at = piece.start
    while first < len(noise) and noise[first].start < piece.end:
        start, end = max(noise[first].start, at), min(noise[first].end, piece.end)
        first += 1
        if start >= end:  # within the list mark before the piece
            continue
        if at < start:
            yield Span(at, start), False
        yield Span(start, end), True
        at = end
    if at < piece.end:
        yield Span(at, piece.end), False


def _headings(text: str, units: list[_Unit], title: str | None) -> frozenset[int]:
    """Positions of the title and of headings: they say what follows is about, they state nothing."""
    sizes = Counter(unit.paragraph for unit in units)
    found: set[int] = set()
    below = False  # whether the next unit that is not noise ends as a sentence
    for position in range(len(units) - 1, -1, -1):
        unit = units[position]
        if unit.noise:
            continue
        words = text[unit.start : unit.end]
        ended = ends_sentence(words)
        short = len(words.split()) <= _HEADING_WORDS and "|" not in words and "\t" not in words  # no table's row
        if words == title or (below and short and not ended and sizes[unit.paragraph] == 1):
            found.add(position)
        else:
            below = ended
    return frozenset(found)


def _language(words: str, language: Language) -> Language:
    """The document's language, unless a sentence is clearly in the other by its function words."""
    tokens = [fold(word) for word in _WORD.findall(words)]
    if len(tokens) < _LANGUAGE_WORDS:
        return language
    other: Language = "en" if language == "fr" else "fr"
    own_votes = sum(token in FUNCTION_WORDS[language] for token in tokens)
    other_votes = sum(token in FUNCTION_WORDS[other] for token in tokens)
    return other if other_votes >= 3 and other_votes > 3 * own_votes else language
