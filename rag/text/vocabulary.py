"""The words a language has and how rare they are, from pyspellchecker's lists, which count them in films' subtitles.

These lists lack what is spelt as in Britain, many feminine nouns and words of our day, and count every inflected form for itself.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from typing import Any

from rag.text.names import is_ordinary
from rag.text.terms import fold, stems
from rag.types import Language

#: A word rarer than this among all words, its inflected forms counted with it, is rare.
RARE = 1.5e-6
_LONGER = 5  #: letters by which forms of one word may differ
_ROOT = 4  #: letters that forms of one word share
#: Regular forms of words that the lists have: how they end, and how those do.
_FORMS: dict[Language, tuple[tuple[re.Pattern[str], str], ...]] = {
    "fr": (
        (re.compile("œ"), "oe"),
        (re.compile("s$"), ""),
        (re.compile("eures?$"), "eur"),
        (re.compile("trices?$"), "teur"),
        (re.compile("ennes?$"), "en"),
        (re.compile("(?<=[éuit])es?$"), ""),
    ),
    "en": (
        (re.compile("our(?=s?$|ed$|ing$|hood|able|ite)"), "or"),
        (re.compile("(?<=[iy])s(?=e$|es$|ed$|ing$|ation|er)"), "z"),
        (re.compile("ence(?=s?$)"), "ense"),
        (re.compile("(?<=[tg])re(?=s?$)"), "er"),
        (re.compile("ll(?=ed$|ing$|er)"), "l"),
        (re.compile("mme(?=s?$)"), "m"),
        (re.compile("s$"), ""),
    ),
}


def has(word: str, language: Language) -> bool:
    """Whether a language has a word, written in small letters."""
    lexicon = _lexicon(language)
    forms = (word, *_regular(word, language))
    return any(form in lexicon for form in forms) or is_ordinary(word, language)


def has_unaccented(word: str, language: Language) -> bool:
    """The same for a folded word, whatever accents it should have."""
    return word in _unaccented(language) or has(word, language)


def rare(word: str, language: Language) -> bool:
    """Whether few write the word, in any of its forms."""
    return _frequency(word, language) < RARE


def _regular(word: str, language: Language) -> Iterator[str]:
    for pattern, ending in _FORMS[language]:
        if (form := pattern.sub(ending, word)) != word:
            yield form


@cache
def _frequency(word: str, language: Language) -> float:
    """The share of a word and its forms among all words."""
    counted, words = _counted(language), _in_order(language)
    forms = {form for form in (word, *_regular(word, language)) if form in counted}
    if not forms:
        return 0.0
    own = {stem for form in forms for stem in stems(form, language)}
    root = word[:_ROOT]
    for place in range(bisect_left(words, root), len(words)):
        other = words[place]
        if not other.startswith(root):
            break
        if abs(len(other) - len(word)) <= _LONGER and not own.isdisjoint(stems(other, language)):
            forms.add(other)
    return float(sum(counted[form] for form in forms) / counted.total_words)


@cache
def _in_order(language: Language) -> tuple[str, ...]:
    return tuple(sorted(_lexicon(language)))


@cache
def _lexicon(language: Language) -> frozenset[str]:
    return frozenset(_counted(language).words())


@cache
def _unaccented(language: Language) -> frozenset[str]:
    return frozenset(map(fold, _lexicon(language)))


@cache
def _counted(language: Language) -> Any:
    """How often a language's words are written, of ``total_words``."""
    from spellchecker import SpellChecker

    return SpellChecker(language=language, distance=1).word_frequency
