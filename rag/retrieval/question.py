"""A question as search sees it: its parts, and what meets each of them in either language.

A part is a word, a figure or a place of the question. A sentence meets a word by its stem, by a stem of one
of its translations, or, for less credit, by a synonym or by the spelling the word was probably meant to have.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.retrieval.at_large import asks_at_large
from rag.text.figures import Figure, figures
from rag.text.glossary import OTHER, compounds, forms, known, synonyms, translations, translations_of_stem
from rag.text.places import forms_of, places
from rag.text.terms import STOP_WORDS, fold, stems
from rag.types import Language

#: What a word met by a synonym, or by a corrected spelling, is worth against the word itself.
SYNONYM, RESPELT = 0.5, 0.7

#: Gives the stems of a language that are spelt almost like a folded word, those of its documents first.
Respell = Callable[[str, Language], tuple[str, ...]]

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_ASKS_FIGURE: dict[Language, re.Pattern[str]] = {
    "fr": re.compile(
        r"\b(combien|quand|depuis quand|quel(?:le)?s? (?:est |sont |etait |etaient )?(?:l['’ ]|la |le |les )?"
        r"(?:part|proportion|pourcentage|age|somme|montant|nombre|chiffre|date|annee|taux|duree)s?)\b"
    ),
    "en": re.compile(
        r"\b(how (?:many|much|long|old|often|far)|when|since when|(?:what|which) (?:is |are |was |were )?(?:the )?"
        r"(?:share|proportion|percentage|age|sum|amount|number|figure|date|year|rate|duration)s?)\b"
    ),
}


@dataclass(frozen=True, slots=True)
class Part:
    """``stems``: by language, a stem that meets the part and the credit it earns, in (0, 1].

    ``meant``: of a word that stands nowhere, the stems it may be a slip for, likeliest first, each with its language.
    """

    written: str
    stems: Mapping[Language, Mapping[str, float]]
    figure: Figure | None = None
    meant: tuple[tuple[str, Language], ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """``searches``: by language, the stems to look for. ``index``: by stem, the places of the parts it meets, and credits.

    ``at_large``: asked is whatever somebody says, not one matter of it (rag.retrieval.at_large).
    """

    text: str
    language: Language
    parts: tuple[Part, ...]
    searches: Mapping[Language, tuple[str, ...]]
    index: Mapping[Language, Mapping[str, Sequence[tuple[int, float]]]]
    asks_figure: bool
    at_large: bool = False


def read(text: str, language: Language, respell: Respell | None = None) -> Question:
    """The parts of a question; repeated words count once."""
    parts: dict[frozenset[str], Part] = {}
    for part in _parts(text, language, respell):
        parts.setdefault(frozenset(part.stems[language]), part)
    found = tuple(parts.values())
    searches = {
        each: tuple(dict.fromkeys(stem for part in found for stem, credit in part.stems[each].items() if credit > SYNONYM))
        for each in OTHER
    }
    asks_figure = _ASKS_FIGURE[language].search(fold(text)) is not None
    at_large = not any(part.figure for part in found) and asks_at_large(text, language)  # a month, a number: that matter
    return Question(text, language, found, searches, {each: _index(found, each) for each in OTHER}, asks_figure, at_large)


def _index(parts: Sequence[Part], language: Language) -> dict[str, list[tuple[int, float]]]:
    index: dict[str, list[tuple[int, float]]] = {}
    for place, part in enumerate(parts):
        for stem, credit in part.stems[language].items():
            index.setdefault(stem, []).append((place, credit))
    return index


def _parts(text: str, language: Language, respell: Respell | None) -> Iterator[Part]:
    said = [figure for figure in figures(text, language) if figure.certain]
    named = places(text, language, any_case=True)
    tokens = [match for match in _WORD.finditer(text) if fold(match[0]) not in STOP_WORDS[language]]
    joined = dict(compounds([fold(match[0]) for match in tokens], language))
    for place, match in enumerate(tokens):
        word = fold(match[0])
        figure = next((f for f in said if f.start <= match.start() < f.end), None)
        there = set(translations(word, language)) | joined.get(place, frozenset()) | joined.get(place - 1, frozenset())
        for name in named:
            if name.start <= match.start() < name.end:
                there |= {stem for form in forms_of(name.keys, OTHER[language]) for stem in stems(form, OTHER[language])}
        own = dict.fromkeys(stems(word, language), 1.0)
        own.update(dict.fromkeys((form for stem in list(own) for form in forms(stem, language)), 1.0))
        if not own and not there:
            continue
        for synonym in synonyms(word, language):
            own.setdefault(synonym, SYNONYM)
        other = dict.fromkeys(there, 1.0)
        meant: tuple[tuple[str, Language], ...] = ()
        if respell is not None and figure is None and not known(word, language):
            meant = tuple((stem, each) for each in (language, OTHER[language]) for stem in respell(word, each))
            _credit(meant, language, own, other)
        yield Part(match[0], {language: own, OTHER[language]: other}, figure, meant)


def _credit(meant: Sequence[tuple[str, Language]], language: Language, own: dict[str, float], other: dict[str, float]) -> None:
    """Credit the words that a word of ``language`` may be a slip for, and the translations of its own language's."""
    for stem, of in meant:
        (own if of == language else other).setdefault(stem, RESPELT)
        for there in translations_of_stem(stem, of) if of == language else ():
            other.setdefault(there, RESPELT)
