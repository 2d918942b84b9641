"""Which of the ranked sentences are shown: no repetitions, every part of the question, several voices.

Greedy, in the manner of maximal marginal relevance (Carbonell & Goldstein 1998). Sentences that say the same in
nearly the same words are merged, so that the others are kept as corroboration and cost nothing.
"""

from __future__ import annotations

import math
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
NEW_PART = 0.06  #: for a sentence that alone meets all parts not met so far; less in proportion
LENGTH = 0.0001  #: taken for each character, so that one long sentence does not keep two short ones out
EACH_LANGUAGE = 1  #: sentences of each language that are shown where they come near
NEAR = 0.1  #: within this of the best score
#: Of the shipped language model's tokenizer (Qwen2.5, rebuilt from the vocabulary in its file). Measured: French 3.76 on
#: the 77 sentences of the five documents, 3.50 on news (NTREX), 3.49 on encyclopedia text (NoMIRACL); English 4.66 on
#: news, 4.29 on encyclopedia text, and 5.84 on the 13 sentences of the one English document, too few to go by. The
#: embedder's tokenizer: 4.07 and 4.82 on the documents.
CHARACTERS_A_TOKEN: dict[Language, float] = {"fr": 3.75, "en": 4.7}

_NUMBER = re.compile(r"\d+")
_NOT = re.compile(r"\b(?:ne|n|pas|non|aucun|aucune|jamais|not|no|never|without|sans|isn|wasn|doesn|didn|cannot)\b")


@dataclass(frozen=True, slots=True)
class Taste:
    """How much is given for what differs from the sentences already chosen."""

    alike: float  #: cosine to one of them from which a sentence counts as repeating it
    repetition: float  #: taken for each unit of cosine above that
    new_voice: float  #: for a document not heard so far
    copy: float = 2.0  #: cosine to one of them from which a sentence is left out, a translation too; above 1: never


#: One fact is asked for: what says it again backs it, and only near-copies are in the way.
PRECISE = Taste(alike=0.88, repetition=0.5, new_voice=0.01)
#: Whatever somebody says is asked for: each idea once, and from as many documents as have one. Stronger (0.84, 1.0,
#: 0.04), and what the lawsuit is about gave way to what merely differs from it.
AT_LARGE = Taste(alike=0.86, repetition=0.7, new_voice=0.03, copy=SAME_VECTOR)


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
        size = _tokens(item)
        if len(kept) < limit and (size <= tokens or not kept):
            kept.append(item)
            tokens -= size
    return kept


def tokens_of(text: str, language: Language) -> int:
    """About how many tokens a language model needs for a text."""
    return math.ceil(len(text) / CHARACTERS_A_TOKEN[language])


def choose(
    ranked: Sequence[Ranked], part_weights: Sequence[float], *, limit: int, tokens: int, taste: Taste = PRECISE
) -> list[Ranked]:
    """At most ``limit`` of the sentences, of at most ``tokens`` tokens together, best first.

    The best is always among them. Both languages are where both come near.
    """
    chosen = fitting(_seeds(ranked, taste), limit=limit, tokens=tokens)
    left = tokens - sum(_tokens(item) for item in chosen)
    seeds = {item.id for item in chosen}
    rest = [item for item in ranked if item.id not in seeds]
    worth = _Worth(rest, part_weights, taste)
    for item in chosen:
        worth.said(item)
    while len(chosen) < limit:
        best = worth.best(left)
        if best is None:
            break
        chosen.append(best)
        worth.said(best)
        left -= _tokens(best)
    return sorted(chosen, key=lambda item: -item.score)


def _tokens(item: Ranked) -> int:
    return tokens_of(item.sentence.text, item.sentence.language)


def _seeds(ranked: Sequence[Ranked], taste: Taste) -> list[Ranked]:
    """The best of each language, as far as they come near the best of all; the best of all first."""
    if not ranked:
        return []
    count: dict[Language, int] = dict.fromkeys(LANGUAGES, 0)
    seeds: list[Ranked] = []
    for item in ranked:
        language = item.sentence.language
        if any(float(item.vector @ seed.vector) >= taste.copy for seed in seeds):
            continue
        if item.score >= ranked[0].score - NEAR and count[language] < EACH_LANGUAGE:
            count[language] += 1
            seeds.append(item)
    return seeds


class _Worth:
    """What each of ``items`` adds to those said so far, beside its own score."""

    def __init__(self, items: Sequence[Ranked], part_weights: Sequence[float], taste: Taste) -> None:
        self._items = list(items)
        self._taste = taste
        self._weights = np.array(part_weights, float)
        self._vectors = np.stack([item.vector for item in items]) if items else np.zeros((0, 0), np.float32)
        self._met = np.array([item.met for item in items], float).reshape(len(items), len(part_weights))
        self._lengths = np.array([_tokens(item) for item in items])
        self._base = np.array([item.score - LENGTH * len(item.sentence.text) for item in items])
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
        able = self._left & (self._lengths <= tokens) & (self._alike < self._taste.copy)
        if not able.any():
            return None
        most = self._weights.sum()
        new = np.maximum(0.0, self._met - self._held) @ self._weights
        voice = np.array([item.sentence.document_id not in self._voices for item in self._items])
        gain = (NEW_PART * new / most if most else 0.0) + self._taste.new_voice * voice
        worth = self._base + gain - self._taste.repetition * np.maximum(0.0, self._alike - self._taste.alike)
        place = int(np.argmax(np.where(able, worth, -np.inf)))
        self._left[place] = False
        return self._items[place]
