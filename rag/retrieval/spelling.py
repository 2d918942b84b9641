"""Slips of the pen: the words of the documents that an unknown word of a question was probably meant to be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from rapidfuzz.distance import OSA

from rag.retrieval.question import Question, Respell
from rag.text.glossary import stems_beginning
from rag.text.terms import fold, stems
from rag.text.vocabulary import has_unaccented
from rag.types import LANGUAGES, Language

#: Letters a stem must have for one slip to be forgiven, and for two.
ONE_SLIP, TWO_SLIPS = 4, 8


class Terms(Protocol):
    """What is needed of rag.index.lexical.LexicalIndex."""

    def frequencies(self, terms: Sequence[str], language: Language) -> dict[str, int]:
        """In how many sentences each stem stands."""
        ...

    def beginning(self, letters: str, language: Language, shortest: int, longest: int) -> tuple[str, ...]:
        """The stems of ``shortest`` to ``longest`` characters that begin with ``letters``."""
        ...

    def spelt(self, stem: str, language: Language) -> tuple[str, ...]:
        """Words of the documents that have the stem."""
        ...


def speller(terms: Terms) -> Respell:
    """A function from a folded word that stands nowhere to the nearest stems of the same initial."""

    def respell(word: str, language: Language) -> tuple[str, ...]:
        if word.isdigit() or any(terms.frequencies(stems(word, each), each) for each in LANGUAGES):
            return ()
        near: dict[int, set[str]] = {}
        for stem in stems(word, language):
            slips = 2 if len(stem) >= TWO_SLIPS else 1 if len(stem) >= ONE_SLIP else 0
            if not slips:
                continue
            # a slip changes the length by one at most
            near_by = terms.beginning(stem[0], language, max(ONE_SLIP, len(stem) - slips), len(stem) + slips)
            for other in {*near_by, *stems_beginning(stem[0], language)}:
                distance = OSA.distance(stem, other, score_cutoff=slips)
                if distance <= slips and len(other) >= ONE_SLIP:
                    near.setdefault(distance, set()).add(other)
        meant = near[min(near)] if near else set()
        written = terms.frequencies(sorted(meant), language)
        return tuple(sorted(meant, key=lambda stem: (-written.get(stem, 0), stem)))

    return respell


def as_meant(question: Question, terms: Terms) -> str:
    """The question with the likeliest word of the documents in the place of each that its language does not have.

    Vectors are of whole questions: one word that the embedder takes for another moves all of it.
    """
    text = question.text
    for part in question.parts:
        written = part.written.lower()
        if not part.meant or has_unaccented(fold(written), question.language):
            continue
        if words := next(filter(None, (terms.spelt(stem, language) for stem, language in part.meant)), ()):
            nearest = min(words, key=lambda word: OSA.distance(written, word.lower()))
            text = re.sub(rf"\b{re.escape(part.written)}\b", nearest, text)
    return text
