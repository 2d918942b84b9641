"""What a French word may be in English and an English one in French, well enough for search.

``glossary.tsv`` holds general vocabulary, ``irregular.tsv`` the forms that a stemmer does not bring together
(«tient», «tenu»); words built alike in both languages («modérateur», "moderator") are carried over by their
endings. Dictionary-based search across languages as in Pirkola 1998, "The effects of query structure and
dictionary setups in dictionary-based cross-language information retrieval".
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import pairwise

from rag.text.terms import stems, words
from rag.types import LANGUAGES, Language

OTHER: dict[Language, Language] = {"fr": "en", "en": "fr"}

#: Endings that answer each other: English, French (accents folded).
_ENDINGS = (
    ("ity", "ite"), ("ous", "eux"), ("ical", "ique"), ("ic", "ique"), ("al", "el"), ("or", "eur"), ("er", "eur"),
    ("y", "ie"), ("ist", "iste"), ("ive", "if"), ("ly", "ment"), ("ize", "iser"), ("ise", "iser"), ("ate", "er"),
    ("ism", "isme"), ("ary", "aire"), ("ory", "oire"), ("e", "er"), ("", "e"), ("", "er"),
)  # fmt: skip
_SHORTEST = 3  # letters that must stand before an ending

_Key = tuple[str, ...]  # stems of a word, or of the parts of a compound


@cache
def translations(word: str, language: Language) -> frozenset[str]:
    """Stems, in the other language, of what the folded ``word`` of ``language`` may be there, in all its forms."""
    return _carried(word, language) | translations_of_stem(" ".join(_key(word, language)), language)


@cache
def translations_of_stem(stem: str, language: Language) -> frozenset[str]:
    """The same for a stem; only what the glossary has."""
    table = _table()[language]
    there = {found for form in {stem, *forms(stem, language)} for found in table.get(tuple(form.split()), ())}
    return frozenset(there.union(*(forms(found, OTHER[language]) for found in there)))


@cache
def synonyms(word: str, language: Language) -> frozenset[str]:
    """Stems, in its own language, of words that share a translation with ``word``; not its own forms."""
    own, table = _key(word, language), _table()
    back = table[OTHER[language]]
    found = {stem for there in table[language].get(own, ()) for stem in back.get((there,), ())}
    return frozenset(found.difference(own, *(forms(stem, language) for stem in own)))


def forms(stem: str, language: Language) -> frozenset[str]:
    """The stems of all forms of an irregular word, given any of them; empty for a regular one."""
    return _irregular()[language].get(stem, frozenset())


def compounds(tokens: list[str], language: Language) -> Iterator[tuple[int, frozenset[str]]]:
    """Compounds of two words («porte-parole») among folded ``tokens``: (place of the first, translations)."""
    table = _table()[language]
    keys = [_key(token, language) for token in tokens]
    for place, (first, second) in enumerate(pairwise(keys)):
        if first + second in table and first and second:
            yield place, table[first + second]


def known(word: str, language: Language) -> bool:
    """Whether the glossary has ``word``."""
    return _key(word, language) in _table()[language]


def stems_beginning(letter: str, language: Language) -> tuple[str, ...]:
    """The glossary's stems of ``language`` that begin with ``letter``."""
    return tuple(key[0] for key in _table()[language] if len(key) == 1 and key[0].startswith(letter))


def _key(word: str, language: Language) -> _Key:
    return tuple(stems(word, language))


def _carried(word: str, language: Language) -> frozenset[str]:
    there = OTHER[language]
    found = {*stems(word, there)}
    for english, french in _ENDINGS:
        ours, theirs = (english, french) if language == "en" else (french, english)
        if ours and word.endswith(ours) and len(word) - len(ours) >= _SHORTEST:
            found.update(stems(word[: len(word) - len(ours)] + theirs, there))
        elif not ours and language == "en" and len(word) > _SHORTEST:
            found.update(stems(word + theirs, there))
    return frozenset(found)


@cache
def _table() -> dict[Language, dict[_Key, frozenset[str]]]:
    """By language, the stems of a word to the stems of its translations."""
    found: dict[Language, dict[_Key, set[str]]] = {language: {} for language in LANGUAGES}
    for english, french in _lines("glossary.tsv"):
        for word in french.split():
            _add(found["fr"], _key(word, "fr") or tuple(words(word)), stems(english, "en"))
            _add(found["en"], _key(english, "en") or tuple(words(english)), stems(word, "fr"))
    return {language: {key: frozenset(stems_) for key, stems_ in table.items()} for language, table in found.items()}


@cache
def _irregular() -> dict[Language, dict[str, frozenset[str]]]:
    """By language, a stem to the stems of all forms of the words it may be a form of."""
    found: dict[Language, dict[_Key, set[str]]] = {language: {} for language in LANGUAGES}
    for language, written in _lines("irregular.tsv"):
        table = found["fr" if language == "fr" else "en"]
        together = [stem for word in written.split() for stem in _key(word, "fr" if language == "fr" else "en")]
        for stem in together:
            _add(table, (stem,), together)
    return {language: {key[0]: frozenset(stems_) for key, stems_ in table.items()} for language, table in found.items()}


def _lines(name: str) -> Iterator[list[str]]:
    for line in files("rag.text").joinpath(name).read_text("utf-8").splitlines():
        if not line.startswith("#"):
            yield line.split("\t")


def _add(table: dict[_Key, set[str]], key: _Key, found: list[str]) -> None:
    table.setdefault(key, set()).update(found)
