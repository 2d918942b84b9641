"""How well a sentence fits a question: the vectors' word and the words' word, fair between the languages.

Lexical: BM25 (Robertson & Zaragoza 2009) over the *parts* of the question instead of its words, a part being
met by any of its stems in either language, so that a part weighs the same in French and in English
(structured queries, Pirkola 1998). Dense: the cosine, moved half of the way to where the best of each language
are level. The constants were chosen on the dev cases; the comparison is in docs/retrieval.md.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import pstdev

from rag.retrieval.question import SYNONYM, Question
from rag.text.figures import Figure, same
from rag.types import LANGUAGES, Language

LEXICAL = 0.2  #: weight of the lexical score in [0, 1] against a cosine
LEVEL = 0.5  #: share of the difference between the languages' best cosines that is taken out
LEVELLED = 8  #: how many of a language's best cosines are compared
FIGURE = 0.02  #: for a sentence with a figure where the question asks for one
WIDEST = 0.035  #: cosines of candidates that spread wider (other embedders') are drawn together to this deviation
BEFORE = 0.5  #: credit of a part met by the sentence before only
CARD = 0.75  #: credit of a part met by the document's title, author or date only
K1, B = 1.2, 0.5

_FIGURE = re.compile(
    r"\d|\b(?:deux|trois|quatre|cinq|six|sept|huit|dix|vingt|trente|cent|cents|mille|demi|moitié|dizaines?|centaines?"
    r"|two|three|four|five|seven|eight|nine|ten|twenty|thirty|forty|fifty|hundreds?|thousands?|dozens?|half|twice)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """The words of a sentence and of what stands around it. ``before`` and ``card``: stems."""

    language: Language
    terms: Mapping[str, int]  #: stem → how often
    before: frozenset[str] = frozenset()
    card: Mapping[Language, frozenset[str]] | None = None  #: title and author, read in both languages
    figures: tuple[Figure, ...] = ()  #: of the sentence
    dated: tuple[Figure, ...] = ()  #: the document's date


@dataclass(frozen=True, slots=True)
class Met:
    """How often a sentence meets a part, less by synonyms or around it; ``own``: by its own words."""

    count: float
    own: bool


@dataclass(frozen=True, slots=True)
class Levelling:
    """``levels``: what is taken from the cosines of a language; ``shrink``: what the rest is multiplied by."""

    levels: Mapping[Language, float]
    shrink: float

    def __call__(self, dense: float, language: Language) -> float:
        """A cosine made comparable with those of the other language."""
        return (dense - self.levels[language]) * self.shrink


def weights(
    question: Question,
    frequencies: Mapping[Language, Mapping[str, int]],
    sentences: int,
) -> tuple[float, ...]:
    """The inverse document frequency of each part, over both languages together.

    ``frequencies``: in how many of all ``sentences`` a stem stands.
    """
    found = []
    for part in question.parts:
        count = sum(
            max(
                (frequencies[each].get(stem, 0) for stem, c in part.stems[each].items() if c > SYNONYM),
                default=0,
            )
            for each in LANGUAGES
        )
        found.append(math.log(1 + (max(sentences, count) - count + 0.5) / (count + 0.5)))
    return tuple(found)


def meet(question: Question, reading: Reading) -> tuple[Met, ...]:
    """How far the sentence meets each part of the question.

    Only the stems that the sentence and the question share are gone through: few of either.
    """
    index = question.index[reading.language]
    counts = [0.0] * len(question.parts)
    for stem in index.keys() & reading.terms.keys():
        for place, credit in index[stem]:
            counts[place] = max(counts[place], reading.terms[stem] * credit)
    found = []
    for part, count, near in zip(question.parts, counts, _around(question, reading), strict=True):
        figure = part.figure
        if count >= 1.0:
            found.append(Met(count, own=True))
        elif figure is not None and any(same(figure, other) != "different" for other in reading.figures):
            found.append(Met(1.0, own=True))
        else:
            found.append(Met(max(count, near), own=count >= near))
    return tuple(found)


def credits(met: Sequence[Met]) -> tuple[float, ...]:
    """The credit of each part: 1 by the sentence's own words, less by synonyms or by what stands around it."""
    return tuple(min(1.0, each.count) for each in met)


def lexical(met: Sequence[Met], reading: Reading, part_weights: Sequence[float], mean_length: float) -> float:
    """BM25 over the parts, as a share of the most a sentence could reach: in [0, 1]."""
    length = sum(reading.terms.values()) / mean_length if mean_length else 1.0
    most = sum(part_weights) * (K1 + 1)
    if not most:
        return 0.0
    total = 0.0
    for each, weight in zip(met, part_weights, strict=True):
        # what stands around a short sentence says no more about it than what stands around a long one
        fair = length if each.own else max(1.0, length)
        total += weight * each.count * (K1 + 1) / (each.count + K1 * (1 - B + B * fair))
    return total / most


def coverage(met: Sequence[float], part_weights: Sequence[float]) -> float:
    """The share of the question's parts that are met, rare ones counting for more: in [0, 1]."""
    most = sum(part_weights)
    return sum(a * b for a, b in zip(met, part_weights, strict=True)) / most if most else 0.0


def levelling(cosines: Mapping[Language, Sequence[float]]) -> Levelling:
    """How the cosines of one question's candidates, by language, are made comparable."""
    levels: dict[Language, float] = {}
    for language, values in cosines.items():
        best = sorted(values, reverse=True)[:LEVELLED]
        levels[language] = LEVEL * sum(best) / len(best) if best else 0.0
    levelled = [value - levels[language] for language, values in cosines.items() for value in values]
    spread = pstdev(levelled) if len(levelled) > 1 else 0.0
    return Levelling(levels, min(1.0, WIDEST / spread) if spread else 1.0)


def fuse(dense: float, lexical_score: float, *, figure: bool) -> float:
    """One score, from a levelled cosine: comparable between the sentences found for one question, and only there."""
    return dense + LEXICAL * lexical_score + (FIGURE if figure else 0.0)


def has_figure(text: str) -> bool:
    """Whether a text holds a figure, in digits or in the commonest words. Quick, not exact."""
    return _FIGURE.search(text) is not None


def _around(question: Question, reading: Reading) -> list[float]:
    """The credit of each part for what stands around the sentence: the one before it, the document's card."""
    found = [0.0] * len(question.parts)
    index = question.index[reading.language]
    for stem in index.keys() & reading.before:
        for place, credit in index[stem]:
            found[place] = max(found[place], BEFORE * credit)
    for language, card in (reading.card or {}).items():
        for stem in question.index[language].keys() & card:
            for place, credit in question.index[language][stem]:
                if credit > SYNONYM:
                    found[place] = max(found[place], CARD)
    for place, part in enumerate(question.parts if reading.dated else ()):
        if part.figure is not None and any(same(part.figure, other) != "different" for other in reading.dated):
            found[place] = max(found[place], CARD)
    return found
