"""Which of the ranked sentences are shown: no repetitions, every part of the question, several voices.

Greedy, in the manner of maximal marginal relevance (Carbonell & Goldstein 1998). Sentences that say the same in
nearly the same words are merged, so that the others are kept as corroboration and cost nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rag.text.terms import fold
from rag.types import LANGUAGES, Language, Sentence, Source

FloatArray = NDArray[np.float32]

SAME_VECTOR, SAME_WORDS = (
    0.93,
    0.5,
)  #: cosine, and shared share of stems, from which two sentences say the same
REPETITION = 0.5  #: taken for each unit of cosine above ``ALIKE`` to a sentence already chosen
ALIKE = 0.88
NEW_PART = 0.06  #: for a sentence that alone meets all parts not met so far; less in proportion
NEW_VOICE = 0.01  #: for a document not heard so far
LENGTH = 0.0004  #: taken for each token, so that one long sentence does not keep two short ones out
EACH_LANGUAGE = 1  #: sentences of each language that are shown where they come near
NEAR = 0.1  #: within this of the best score
CHARACTERS_A_TOKEN = 4

_NUMBER = re.compile(r"\d+")
_NOT = re.compile(r"\b(?:ne|n|pas|non|aucun|aucune|jamais|not|no|never|without|sans|isn|wasn|doesn|didn|cannot)\b")


@dataclass(frozen=True, slots=True)
class Ranked:
    """A sentence with its scores. ``met``: the credit of each part of the question, in [0, 1]."""

    id: int
    sentence: Sentence
    source: Source
    vector: FloatArray
    terms: frozenset[str]
    dense: float
    lexical: float
    score: float
    met: tuple[float, ...]
    coverage: float
    before: str = ""
    after: str = ""
    also: tuple[Sentence, ...] = ()


def merged(ranked: Sequence[Ranked]) -> list[Ranked]:
    """The sentences, best first, each with those of lower rank that say the same in nearly the same words."""
    kept: list[Ranked] = []
    for item in ranked:
        for place, other in enumerate(kept):
            if says_same(other, item):
                kept[place] = replace(other, also=(*other.also, item.sentence))
                break
        else:
            kept.append(item)
    return kept


def says_same(a: Ranked, b: Ranked) -> bool:
    """Whether two sentences of one language differ in nothing that matters: words, figures, polarity."""
    if a.sentence.language != b.sentence.language or not a.terms or not b.terms:
        return False
    shared = len(a.terms & b.terms) / len(a.terms | b.terms)
    if shared < SAME_WORDS or float(a.vector @ b.vector) < SAME_VECTOR:
        return False
    one, other = fold(a.sentence.text), fold(b.sentence.text)
    figures_alike = sorted(_NUMBER.findall(one)) == sorted(_NUMBER.findall(other))
    return figures_alike and (_NOT.search(one) is None) == (_NOT.search(other) is None)


def fitting(ranked: Sequence[Ranked], *, limit: int, tokens: int) -> list[Ranked]:
    """The first ``limit`` that ``tokens`` have room for, in their order; the first of all in any case."""
    kept: list[Ranked] = []
    for item in ranked:
        size = tokens_of(item.sentence.text)
        if len(kept) < limit and (size <= tokens or not kept):
            kept.append(item)
            tokens -= size
    return kept


def tokens_of(text: str) -> int:
    """About how many tokens a language model needs for a text."""
    return -(-len(text) // CHARACTERS_A_TOKEN)


def choose(ranked: Sequence[Ranked], part_weights: Sequence[float], *, limit: int, tokens: int) -> list[Ranked]:
    """At most ``limit`` of the sentences, of at most ``tokens`` tokens together, best first.

    The best is always among them. Both languages are where both come near.
    """
    chosen = fitting(_seeds(ranked), limit=limit, tokens=tokens)
    left = tokens - sum(tokens_of(item.sentence.text) for item in chosen)
    seeds = {item.id for item in chosen}
    rest = [item for item in ranked if item.id not in seeds]
    worth = _Worth(rest, part_weights)
    for item in chosen:
        worth.said(item)
    while len(chosen) < limit:
        best = worth.best(left)
        if best is None:
            break
        chosen.append(best)
        worth.said(best)
        left -= tokens_of(best.sentence.text)
    return sorted(chosen, key=lambda item: -item.score)


def _seeds(ranked: Sequence[Ranked]) -> list[Ranked]:
    """The best of each language, as far as they come near the best of all; the best of all first."""
    if not ranked:
        return []
    count: dict[Language, int] = dict.fromkeys(LANGUAGES, 0)
    seeds = []
    for item in ranked:
        language = item.sentence.language
        if item.score >= ranked[0].score - NEAR and count[language] < EACH_LANGUAGE:
            count[language] += 1
            seeds.append(item)
    return seeds


class _Worth:
    """What each of ``items`` adds to those said so far, beside its own score."""

    def __init__(self, items: Sequence[Ranked], part_weights: Sequence[float]) -> None:
        self._items = list(items)
        self._weights = np.array(part_weights, float)
        self._vectors = np.stack([item.vector for item in items]) if items else np.zeros((0, 0), np.float32)
        self._met = np.array([item.met for item in items], float).reshape(len(items), len(part_weights))
        self._lengths = np.array([tokens_of(item.sentence.text) for item in items])
        self._base = np.array([item.score for item in items]) - LENGTH * self._lengths
        self._left = np.ones(len(items), bool)
        self._held = np.zeros(len(part_weights))
        self._alike = np.zeros(len(items))
        self._voices: set[str] = set()

    def said(self, item: Ranked) -> None:
        """``item`` is shown: what repeats it is worth less."""
        self._held = np.maximum(self._held, item.met)
        self._voices.add(item.sentence.document_id)
        if self._items:
            self._alike = np.maximum(self._alike, self._vectors @ item.vector)

    def best(self, tokens: int) -> Ranked | None:
        """The one worth most of those not taken that ``tokens`` have room for; it is taken."""
        able = self._left & (self._lengths <= tokens)
        if not able.any():
            return None
        most = self._weights.sum()
        new = np.maximum(0.0, self._met - self._held) @ self._weights
        voice = np.array([item.sentence.document_id not in self._voices for item in self._items])
        gain = (NEW_PART * new / most if most else 0.0) + NEW_VOICE * voice
        worth = self._base + gain - REPETITION * np.maximum(0.0, self._alike - ALIKE)
        place = int(np.argmax(np.where(able, worth, -np.inf)))
        self._left[place] = False
        return self._items[place]
