"""Whether a translation can be shown: no word invented or out of nowhere, none of the sentence lost, those of law in their sense.

A small model invents words («harmure») and mistakes those that look alike («ancien» is not "old") in sentences whose
figures, names and overall meaning pass every other check. Dictionaries see that. What fails is not shown: the sentence is
quoted in its own language instead, so these checks may be strict.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

from rapidfuzz import fuzz

from rag.text.glossary import OTHER, compounds, forms, known, translations
from rag.text.names import names
from rag.text.terms import STOP_WORDS, fold, stems
from rag.types import Language

#: Least share of the source's words, of those the glossary knows, that the translation must carry over. Set on the embedded
#: model's translations of dev answers, read by hand: into French its errors lay below, into English even good ones.
CARRIED: dict[Language, float] = {"fr": 0.78, "en": 0.65}
#: A word rarer than this among all words is only taken where it translates one of the source («recèlerait» is no "recuse").
RARE = 1e-6
#: Of 100, how near the spellings of a rare word and of one of the source must be ("inundated", «inondé»: 67).
ALIKE = 66
_WORD = re.compile(r"[^\W\d_]+")
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
    lexicon, held = _lexicon(language), fold(source)
    return tuple(
        match[0]
        for match in _WORD.finditer(text)
        if len(match[0]) >= _SHORTEST and match[0][0].islower() and match[0] not in lexicon and fold(match[0]) not in held
    )


def strange(text: str, language: Language, source: str) -> tuple[str, ...]:
    """Rare words of ``text`` that translate no word of ``source`` and are spelt like none; names are not looked at.

    ``source`` is a sentence in the other language.
    """
    frequencies = _frequencies(language)
    least = RARE * frequencies.total_words
    there = set(stems(source, OTHER[language]))
    there |= {form for stem in there for form in forms(stem, OTHER[language])}
    said = {fold(match[0]) for match in _WORD.finditer(source)}
    return tuple(
        match[0]
        for match in _WORD.finditer(text)
        if len(match[0]) > _SHORTEST
        and match[0][0].islower()
        and frequencies[match[0]] < least
        and not any(_alike(fold(match[0]), word) for word in said)
        and not translations(fold(match[0]), language) & there
    )


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
def _lexicon(language: Language) -> frozenset[str]:
    return frozenset(_frequencies(language).words())


@cache
def _frequencies(language: Language) -> Any:
    """How often a language's words are written, of ``total_words``."""
    from spellchecker import SpellChecker

    return SpellChecker(language=language, distance=1).word_frequency


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
