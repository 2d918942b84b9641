"""Whether a translation can be shown: no word invented or out of nowhere, none of the sentence lost, those of law in their sense.

A small model invents words («harmure») and mistakes those that look alike («ancien» is not "old") in sentences whose
figures, names and overall meaning pass every other check. Dictionaries see that. What fails is not shown: the sentence is
quoted in its own language instead, so these checks may be strict.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from rapidfuzz import fuzz

from rag.text.glossary import OTHER, compounds, forms, known, translations
from rag.text.names import names
from rag.text.terms import STOP_WORDS, fold, stems
from rag.text.vocabulary import has, rare
from rag.types import Language

#: Least share of the source's words, of those the glossary knows, that the translation must carry over. Set on the embedded
#: model's translations of dev answers, read by hand: into French its errors lay below, into English even good ones.
CARRIED: dict[Language, float] = {"fr": 0.78, "en": 0.65}
#: Of 100, how near the spellings of a rare word and of one of the source must be ("inundated", «inondé»: 67).
ALIKE = 66
_WORD = re.compile(r"[^\W\d_]+(?![^\W\d_]|[’'])")
_SHORTEST = 3  # letters: shorter words say little and are spelt like others


def translates(source: str, language: Language, wording: str) -> bool:
    """Whether ``wording`` can stand for ``source``, a sentence in ``language``, in the other language."""
    there = OTHER[language]
    return (
        not invented(wording, there, source)
        and not strange(wording, there, source)
        and carried(source, language, wording) >= CARRIED[there]
        and all(kept.search(wording) for said, kept in _senses(language) if said.search(source))
    )


def invented(text: str, language: Language, source: str = "") -> tuple[str, ...]:
    """Words of ``text`` that its language does not have; names, and words of ``source``, are not looked at."""
    held = fold(source)
    return tuple(word for word in _common(text) if fold(word) not in held and not has(word.lower(), language))


def strange(text: str, language: Language, source: str) -> tuple[str, ...]:
    """Rare words of ``text`` that translate no word of ``source`` and are spelt like none; names are not looked at.

    ``source`` is a sentence in the other language.
    """
    there = set(stems(source, OTHER[language]))
    there |= {form for stem in there for form in forms(stem, OTHER[language])}
    said = {fold(match[0]) for match in _WORD.finditer(source)}
    return tuple(
        word
        for word in _common(text)
        if len(word) > _SHORTEST
        and rare(word.lower(), language)
        and not any(_alike(fold(word), other) for other in said)
        and not translations(fold(word), language) & there
    )


def _common(text: str) -> Iterator[str]:
    """The words that are no names: written small, or the first; what is elided («jusqu'») is left out."""
    for match in _WORD.finditer(text):
        word = match[0]
        if len(word) >= _SHORTEST and (word[0].islower() or not text[: match.start()].strip('«“" ')):
            yield word


def _alike(word: str, other: str) -> bool:
    """Whether two words may be one in two languages: "solicit", «solliciter»."""
    return word[0] == other[0] and fuzz.ratio(word, other) > ALIKE


def carried(source: str, language: Language, wording: str) -> float:
    """The share of the source's words, of those the glossary knows, that have a translation in ``wording``."""
    there = OTHER[language]
    found = set(stems(wording, there))
    found |= {form for stem in found for form in forms(stem, there)}
    called = [(name.start, name.end) for name in names(source, language)]
    tokens = [match for match in _WORD.finditer(source) if fold(match[0]) not in STOP_WORDS[language]]
    folded = [fold(match[0]) for match in tokens]
    joined = dict(compounds(folded, language))
    kept = lost = 0
    for place, (match, word) in enumerate(zip(tokens, folded, strict=True)):
        if len(word) < _SHORTEST or any(start <= match.start() < end for start, end in called):
            continue
        meant = translations(word, language) | joined.get(place, frozenset()) | joined.get(place - 1, frozenset())
        if meant & found:
            kept += 1
        elif known(word, language):
            lost += 1
    return kept / (kept + lost) if kept + lost else 1.0


@cache
def _senses(language: Language) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """Pairs of patterns: where the source says the first, the translation must say the second."""
    found = []
    for line in files("rag.verification").joinpath("senses.tsv").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            spoken, said, kept = line.split("\t")
            if spoken == language:
                found.append((re.compile(rf"\b(?:{said})", re.IGNORECASE), re.compile(rf"\b(?:{kept})", re.IGNORECASE)))
    return tuple(found)
