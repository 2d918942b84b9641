"""Sentences of different documents that say otherwise about the same matter.

Candidates are near each other by their vectors; a pair is kept only where a reader would agree that both cannot
stand: one tells a response and the other that none was given, the same thing is counted differently, or one
denies in nearly the same words what the other affirms. Precision comes first: a wrong pair would accuse a source.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from rag.text.figures import Figure, figures, same
from rag.text.glossary import translations
from rag.text.mentions import matches, mentions
from rag.text.names import names
from rag.text.terms import STOP_WORDS, fold, stems, words
from rag.types import Language, Sentence
from rag.verification.polarity import negations, toggled
from rag.verification.response import answers

Kind = Literal["response", "figures", "polarity"]
FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Pair:
    """``sentences[a]`` and ``sentences[b]`` disagree; ``a < b``."""

    a: int
    b: int
    kind: Kind


#: How near, by cosine, two sentences must be to be about the same matter, by what tells them apart.
NEAR: dict[Kind, float] = {"response": 0.78, "figures": 0.86, "polarity": 0.90}
_BLOCK = 2048
_NOTES: dict[str, dict[Language, str]] = {
    "response": {
        "fr": "Un document dit qu’il n’y a pas eu de réponse, un autre en rapporte une.",
        "en": "One document says there has been no response, another reports one.",
    },
    "figures": {
        "fr": "Les documents ne donnent pas le même chiffre.",
        "en": "The documents do not give the same figure.",
    },
    "polarity": {
        "fr": "Un document affirme ce qu’un autre nie.",
        "en": "One document affirms what another denies.",
    },
}


def note(kind: str, language: Language) -> str:
    """What is said of a disagreement of a ``Kind``, in the reader's language; both quotations stand beside it."""
    return _NOTES[kind][language]


def find_disagreements(sentences: Sequence[Sentence], vectors: FloatArray) -> tuple[Pair, ...]:
    """Pairs across documents that disagree, in order. ``vectors``: unit rows, one a sentence, in the same order.

    Every pair of sentences is compared by its cosine in blocks; the words are read only where that is high enough.
    """
    kept = [n for n, sentence in enumerate(sentences) if sentence.searchable and len(sentence.text) > 20]
    found: list[Pair] = []
    for a, b, cosine in _near(kept, vectors):
        kind = judge(sentences[a], sentences[b], cosine)
        if kind is not None:
            found.append(Pair(a, b, kind))
    return tuple(found)


def _near(kept: list[int], vectors: FloatArray) -> Iterator[tuple[int, int, float]]:
    lowest = min(NEAR.values())
    rows = vectors[kept]
    for start in range(0, len(kept), _BLOCK):
        block = rows[start : start + _BLOCK]
        for other in range(start, len(kept), _BLOCK):
            close = block @ rows[other : other + _BLOCK].T
            for i, j in zip(*np.nonzero(close >= lowest), strict=True):
                a, b = start + int(i), other + int(j)
                if a < b:
                    yield kept[a], kept[b], float(close[i, j])


def judge(a: Sentence, b: Sentence, cosine: float) -> Kind | None:
    """How two sentences of different documents disagree, None where they do not."""
    if a.document_id == b.document_id:
        return None
    if cosine >= NEAR["response"] and (answers(a, b) or answers(b, a)):
        return "response"
    if cosine >= NEAR["figures"] and _counted_otherwise(a, b):
        return "figures"
    if cosine >= NEAR["polarity"] and _denied(a, b):
        return "polarity"
    return None


def _counted_otherwise(a: Sentence, b: Sentence) -> bool:
    """Whether the same thing of the same people at the same time is counted differently."""
    ours, theirs = figures(a.text, a.language), figures(b.text, b.language)
    counted, recounted = ([f for f in side if _counts(f)] for side in (ours, theirs))
    if not {f.unit for f in counted} & {f.unit for f in recounted}:  # most pairs, and sooner known than whom they are about
        return False
    if not _same_subjects(a, b) or _other_times(ours, theirs):
        return False
    for figure in counted:
        for other in recounted:
            if figure.unit != other.unit or not _same_thing(a, figure, b, other):
                continue
            if any(same(figure, f) != "different" for f in theirs) or any(same(other, f) != "different" for f in ours):
                continue
            return _apart(figure, other)
    return False


def _counts(figure: Figure) -> bool:
    return figure.certain and (figure.unit in ("count", "percent", "multiple", "age") or ":" in figure.unit)


def _apart(a: Figure, b: Figure) -> bool:
    """Whether no number fits both, "more than 40" and "43" do."""
    if a.approximate == "more_than" and b.approximate != "less_than" and b.value > a.value:
        return False
    if b.approximate == "more_than" and a.approximate != "less_than" and a.value > b.value:
        return False
    if "about" in (a.approximate, b.approximate):
        return abs(a.value - b.value) > max(a.value, b.value) / 5
    return a.value != b.value


def _other_times(ours: Sequence[Figure], theirs: Sequence[Figure]) -> bool:
    """Different months or years: two figures of two times are no disagreement."""
    dates = [[f for f in side if f.unit in ("year", "month", "date")] for side in (ours, theirs)]
    if not dates[0] and not dates[1]:
        return False
    return not (dates[0] and dates[1]) or not any(same(x, y) != "different" for x in dates[0] for y in dates[1])


def _same_subjects(a: Sentence, b: Sentence) -> bool:
    """The names of the shorter sentence are all in the other, and there is one at least on each side or on none."""
    ours = [name for name in names(a.text, a.language) if name.certain]
    theirs = [name for name in names(b.text, b.language) if name.certain]
    if bool(ours) != bool(theirs):
        return False
    in_b = all(matches(name, mentions([(b.text, b.language)])) for name in ours)
    in_a = all(matches(name, mentions([(a.text, a.language)])) for name in theirs)
    return in_a and in_b


def _same_thing(a: Sentence, figure: Figure, b: Sentence, other: Figure) -> bool:
    """What is counted: the first content word after each figure, the same or a translation."""
    ours, theirs = _thing(a, figure), _thing(b, other)
    if not ours or not theirs:
        return False
    if a.language == b.language:
        return stems(ours, a.language) == stems(theirs, b.language)
    return bool(translations(ours, a.language) & set(stems(theirs, b.language))) or fuzz.ratio(ours, theirs) >= 80


def _thing(sentence: Sentence, figure: Figure) -> str:
    after = words(sentence.text[figure.end : figure.end + 60])
    stop = STOP_WORDS[sentence.language]
    return next((word for word in after if word not in stop and not word.isdigit()), "")


def _denied(a: Sentence, b: Sentence) -> bool:
    """Whether the two differ by a negation and say the same otherwise."""
    hard = [sum(n.hard for n in negations(s.text, s.language)) for s in (a, b)]
    if abs(hard[0] - hard[1]) != 1 or not _same_subjects(a, b):
        return False
    if a.language == b.language and toggled(a.text, b.text, a.language):
        return _shared(a, b) >= 0.6
    return min(hard) == 0 and _shared(a, b) >= 0.75


def _shared(a: Sentence, b: Sentence) -> float:
    """Share of the content words of the sentence with more of them that the other has, in either language."""
    sides = []
    for one, other in ((a, b), (b, a)):
        there = set(stems(other.text, other.language))
        content = [word for word in words(one.text) if word not in STOP_WORDS[one.language]]
        known = sum(
            bool(({*stems(word, one.language)} | _abroad(word, one, other)) & there) or fold(word) in words(other.text)
            for word in content
        )
        sides.append(known / len(content) if content else 0.0)
    return min(sides)


def _abroad(word: str, one: Sentence, other: Sentence) -> frozenset[str]:
    return translations(word, one.language) if one.language != other.language else frozenset()
