"""What evidence says in the place of what the question asks for: August where it asks about September.

Only a thing of the same kind takes another's place: a date that differs in a part both give, a state and a state, a
country and a country, a number of the same things, a bearer of the same office or family name. It must stand in the
sentence itself, which the reader is shown; where several things could be meant, nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rag.text.dates import date_text
from rag.text.figures import Figure, figures, same
from rag.text.glossary import translations
from rag.text.mentions import matches, mentions
from rag.text.names import WORD, Name, names, roles
from rag.text.places import place_text
from rag.text.terms import STOP_WORDS, fold, stems, words
from rag.types import Evidence, Language
from rag.verification.constraints import sought, unmet

_CALENDAR = ("year", "month", "date")
_BEFORE, _AFTER = 4, 1  # words around a name that may say what its bearer is
_DIGITS = re.compile(r"\d{1,3}(?:[ \u00a0\u202f]?\d{3})*")
#: Dates that may hold the one asked for: «depuis 2019» does not exclude 2021.
_OPEN = re.compile(
    r"\b(?:depuis|d[eè]s|avant|après|entre|jusqu['’](?:en|à|au)|à partir (?:de|du|d['’])"
    r"|since|from|until|till|before|after|by|between|through)\s*(?:the\s|le\s|l['’])?(?:mois (?:de\s|d['’]))?$",
    re.IGNORECASE,
)
#: What may be said of a number that is not exact, where the sentence says so right before it.
_ABOUT: tuple[tuple[re.Pattern[str], dict[Language, str]], ...] = (
    (re.compile(r"\b(?:plus de|more than|over)\s*$", re.IGNORECASE), {"fr": "plus de ", "en": "more than "}),
    (re.compile(r"\b(?:environ|about|around|approximately|roughly)\s*$", re.IGNORECASE), {"fr": "environ ", "en": "about "}),
)
#: Keys of two letters that mean no country.
_NO_COUNTRY = frozenset(("UN", "EU", "EZ", "AI"))


@dataclass(frozen=True, slots=True)
class Counterpart:
    """``term``, as the question writes it, and what the evidence says instead, in the question's language."""

    term: str
    instead: str


@dataclass(frozen=True, slots=True)
class Miss:
    """Evidence that speaks of something else than the question, and of what."""

    evidence: Evidence
    counterparts: tuple[Counterpart, ...]


def nearest_miss(
    question: str,
    language: Language,
    promising: Sequence[Evidence],
    around: Sequence[Evidence] = (),
    surroundings_of: Callable[[Evidence], str] = lambda _: "",
) -> Miss | None:
    """The most promising evidence that does not meet the question's terms, where it says something else instead.

    ``promising``: what was found, most promising first. None where that evidence has no counterpart, and where all
    evidence meets all terms. ``around`` and ``surroundings_of``: see :func:`rag.verification.constraints.unmet`.
    """
    for item in promising:
        if terms := unmet(question, language, [item], around, surroundings_of):
            found = counterparts(question, language, item, terms)
            return Miss(item, found) if found else None
    return None


def counterparts(question: str, language: Language, item: Evidence, terms: Sequence[str]) -> tuple[Counterpart, ...]:
    """For each of the unmet ``terms`` that has any, what the item's sentence says instead."""
    asked = [figure for figure in figures(question, language) if figure.certain]
    found = [
        (question[figure.start : figure.end], set(_figures(figure, asked, question, language, item)))
        for figure in asked
        if question[figure.start : figure.end] in terms
    ]
    found += [
        (name.text, set(_names(name, question, language, item))) for name in sought(question, language) if name.text in terms
    ]
    return tuple(Counterpart(term, *instead) for term, instead in found if len(instead) == 1 and all(instead))


def _figures(figure: Figure, asked: Sequence[Figure], question: str, language: Language, item: Evidence) -> Iterator[str]:
    """The sentence's figures of the same kind that the question does not hold."""
    text, spoken = item.sentence.text, item.sentence.language
    for other in figures(text, spoken):
        if not other.certain or any(same(one, other) != "different" for one in asked):
            continue
        if figure.unit in _CALENDAR:
            if other.unit in _CALENDAR and _conflict(int(figure.value), int(other.value)):
                yield _date(other, text, spoken, language)
        elif figure.unit == other.unit and (
            figure.unit != "count" or _counts_the_same(question[figure.end :], language, text[other.end :], spoken)
        ):
            yield _number(other, text, spoken, language)


def _date(figure: Figure, text: str, spoken: Language, language: Language) -> str:
    """The date in ``language``; empty where it may hold others."""
    if _OPEN.search(text[: figure.start]):
        return ""
    return text[figure.start : figure.end] if spoken == language else date_text(int(figure.value), language)


def _number(figure: Figure, text: str, spoken: Language, language: Language) -> str:
    """The number as written, with how exact it is; empty where that cannot be said in ``language``."""
    written = text[figure.start : figure.end]
    if spoken != language and not _DIGITS.fullmatch(written):
        return ""
    if figure.approximate == "exact":
        return written
    before = text[: figure.start]
    return next((said[language] + written for pattern, said in _ABOUT if pattern.search(before)), "")


def _conflict(one: int, other: int) -> bool:
    """Whether two calendar values differ in a year, month or day that both give."""
    pairs = ((one // size % limit, other // size % limit) for size, limit in ((10000, 10000), (100, 100), (1, 100)))
    return any(a and b and a != b for a, b in pairs)


def _counts_the_same(after: str, language: Language, after_other: str, spoken: Language) -> bool:
    """Whether two numbers, by the words after them, count things of one name."""
    counted = [word for word in words(after) if word not in STOP_WORDS[language]][:2]
    return bool(_meanings(counted, language, spoken) & set(stems(after_other, spoken)[:2]))


def _names(name: Name, question: str, language: Language, item: Evidence) -> Iterator[str]:
    """The sentence's names of the same kind that the question does not hold."""
    text, spoken = item.sentence.text, item.sentence.language
    asked = mentions([(question, language)])
    for other in names(text, spoken):
        if not other.certain or matches(other, asked):
            continue
        if name.keys or other.keys:
            if _rank(name) and _rank(name) == _rank(other):
                yield other.text if spoken == language else place_text(other.keys, language) or other.text
        elif _same_family(name, other) or _same_office(name, question, other, text):
            yield other.text


def _rank(name: Name) -> str:
    """What kind of place a name is; empty for other places and for peoples ("American")."""
    if fold(place_text(name.keys, name.language) or "") != fold(name.text):
        return ""
    if any(key.startswith("US-") for key in name.keys):
        return "state"
    return "country" if any(len(key) == 2 and key not in _NO_COUNTRY for key in name.keys) else ""


def _same_family(name: Name, other: Name) -> bool:
    """Hector Torrez and Raúl Torrez."""
    one, two = ([fold(word) for word in WORD.findall(each.text)] for each in (name, other))
    return len(one) == len(two) == 2 and one[1] == two[1] and one[0] != two[0]


def _same_office(name: Name, question: str, other: Name, text: str) -> bool:
    """Whether one word of office stands beside both: «procureur de Chicago», "a former Boston prosecutor"."""
    asked = _offices(question, name)
    said = _offices(text, other)
    return bool(_meanings(asked, name.language, other.language) & set(stems(" ".join(said), other.language)))


def _offices(text: str, name: Name) -> list[str]:
    before = re.split(r"[,.;:!?»”\"]", text[: name.start])[-1]
    after = re.split(r"[,.;:!?»”\"]", text[name.end :])[0]
    near = [*words(before)[-_BEFORE:], *words(after)[:_AFTER]]
    return [word for word in near if word in roles() and word not in STOP_WORDS[name.language]]


def _meanings(of: Sequence[str], language: Language, spoken: Language) -> set[str]:
    """Stems in ``spoken`` of words of ``language``."""
    if language == spoken:
        return set(stems(" ".join(of), language))
    return {stem for word in of for stem in translations(word, language)}
