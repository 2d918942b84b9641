"""Slips of the pen: the words of the documents that an unknown word of a question was probably meant to be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rapidfuzz.distance import OSA

from rag.retrieval.question import Respell
from rag.text.glossary import vocabulary
from rag.text.terms import stems
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
            for other in {*near_by, *vocabulary(stem[0], language)}:
                distance = OSA.distance(stem, other, score_cutoff=slips)
                if distance <= slips and len(other) >= ONE_SLIP:
                    near.setdefault(distance, set()).add(other)
        return tuple(sorted(near[min(near)])) if near else ()

    return respell
