"""Set phrases that hold a number: halves, fractions, multiples, round collectives, French and English.

«un demi-million», "two-thirds", "twice", "tenfold", «une vingtaine», "a dozen".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from text_to_num import find_numbers

from rag.types import Language

Kind = Literal["cardinal", "ordinal", "vague", "fraction", "multiple"]


@dataclass(frozen=True, slots=True)
class Number:
    """``value`` of ``text[start:end]``; ``certain`` is False where the words may mean no number at all."""

    value: Decimal
    kind: Kind
    start: int
    end: int
    certain: bool = True
    about: bool = False  #: the word itself says "roughly": «une dizaine»
    bare: bool = False  #: plain digits without separators or a scale word, as a year is written


_COLLECTIVES = {
    "dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "quarantaine": 40,
    "cinquantaine": 50, "soixantaine": 60, "centaine": 100, "millier": 1000,
}  # fmt: skip
_HALVES: dict[Language, re.Pattern[str]] = {
    "fr": re.compile(r"\b(?:un\s+)?demi[- ](millier|million|milliard|siècle)s?\b", re.IGNORECASE),
    "en": re.compile(r"\bhalf(?:[- ]an?|[- ]of[- ]a)?[- ](million|billion|trillion|dozen|century)\b", re.IGNORECASE),
}
_HALF_OF = {
    "millier": 500, "million": 500_000, "dozen": 6, "siècle": 50, "century": 50, "trillion": 500 * 10**9,
    "milliard": 500 * 10**6, "billion": 500 * 10**6,
}  # fmt: skip
_PARTS = {
    "tiers": 3, "third": 3, "thirds": 3, "quart": 4, "quarts": 4, "quarter": 4, "quarters": 4, "fifth": 5,
    "fifths": 5, "cinquième": 5, "cinquièmes": 5, "dixième": 10, "dixièmes": 10, "tenth": 10, "tenths": 10,
}  # fmt: skip
_COUNTS = {
    "un": 1,
    "une": 1,
    "a": 1,
    "one": 1,
    "deux": 2,
    "two": 2,
    "trois": 3,
    "three": 3,
    "quatre": 4,
    "four": 4,
}
_FRACTIONS = re.compile(
    rf"\b({'|'.join(_COUNTS)})[- ]({'|'.join(_PARTS)})\b|\b(la moitié|half of|half the|half)\b", re.IGNORECASE
)
_MULTIPLES: dict[Language, re.Pattern[str]] = {
    "fr": re.compile(
        r"\b(doubl|tripl|quadrupl|quintupl|sextupl|décupl)(?:e|es|é|ée|és|ées|er|ant|ait|ent|aient|era)?\b", re.IGNORECASE
    ),
    "en": re.compile(r"\b(twice|thrice|doubl|tripl|quadrupl)(?:e|es|ed|ing)?\b|\b(\w+?)-?fold\b", re.IGNORECASE),
}
_TIMES = {"doubl": 2, "twice": 2, "tripl": 3, "thrice": 3, "quadrupl": 4, "quintupl": 5, "sextupl": 6, "décupl": 10}
NOT_NUMBERS: dict[Language, re.Pattern[str]] = {
    "fr": re.compile(r"\bpour cents?\b|\bcovid-19\b|\btout neuf\b|\bmilles\b", re.IGNORECASE),  # «milles» are miles
    "en": re.compile(
        r"\bcovid-19\b|\bworld war (?:one|two)\b|"
        r"\bsecond(?:s|ed|ary)\b|\b(?:a|per|every|split|each) second\b|\bsecond[- ](?:hand|guess\w*)\b",
        re.IGNORECASE,
    ),
}
_POWERS = {"milliers": 3, "millions": 6, "milliards": 9}
_ROUND = re.compile(
    r"\b(?:une?|la|le|quelque|cette|ce)\s+(" + "|".join(_COLLECTIVES) + r")(?:\s+de\s+(" + "|".join(_POWERS) + r"))?\b",
    re.IGNORECASE,
)
_DOZEN = re.compile(r"\b(?:a|one)\s+dozen\b", re.IGNORECASE)


def set_phrases(text: str, language: Language) -> Iterator[Number]:
    """The set phrases of ``text``, none overlapping another or a word that only looks like a number."""
    taken = [match.span() for match in NOT_NUMBERS[language].finditer(text)]
    for finder in (_halves, _fractions, _multiples, _round):
        for number in finder(text, language):
            if all(number.end <= left or number.start >= right for left, right in taken):
                taken.append((number.start, number.end))
                yield number


def _halves(text: str, language: Language) -> Iterator[Number]:
    for match in _HALVES[language].finditer(text):
        yield Number(Decimal(_HALF_OF[match[1].lower()]), "cardinal", *match.span())


def _fractions(text: str, language: Language) -> Iterator[Number]:
    for match in _FRACTIONS.finditer(text):
        if match[3]:
            yield Number(Decimal("0.5"), "fraction", *match.span(), certain=match[3].lower() != "half")
        else:
            part = Decimal(_COUNTS[match[1].lower()]) / _PARTS[match[2].lower()]
            sure = language == "fr" or match[1].lower() != "a" or text[match.end() :].lstrip().startswith("of")
            yield Number(round(part, 4), "fraction", *match.span(), certain=sure)


def _multiples(text: str, language: Language) -> Iterator[Number]:
    for match in _MULTIPLES[language].finditer(text):
        word = next(group for group in match.groups() if group).lower()
        times = Decimal(_TIMES[word]) if word in _TIMES else _plain(word)
        if times is not None:
            yield Number(times, "multiple", *match.span(), certain=word not in ("doubl", "tripl"))


def _round(text: str, language: Language) -> Iterator[Number]:
    if language == "en":
        for match in _DOZEN.finditer(text):
            yield Number(Decimal(12), "cardinal", *match.span(), about=True)
        return
    for match in _ROUND.finditer(text):
        value = Decimal(_COLLECTIVES[match[1].lower()]).scaleb(_POWERS.get((match[2] or "").lower(), 0))
        yield Number(value, "cardinal", *match.span(), certain=match[1].lower() != "quinzaine", about=True)


def _plain(word: str) -> Decimal | None:
    """A number word or digits standing alone ("ten" of "tenfold")."""
    if word.isdigit():
        return Decimal(word)
    found = find_numbers([Word(word, 0, 0)], "en", threshold=0)
    return decimal(found[0].value) if found else None


@dataclass(frozen=True, slots=True)
class Word:
    """A token as text2num wants it."""

    word: str
    start: int
    end: int

    def text(self) -> str:
        """The token."""
        return self.word

    def nt_separated(self, _previous: Word) -> bool:
        """Never apart from the token before by anything but text."""
        return False

    def not_a_number_part(self) -> bool:
        """Nothing known against it."""
        return False


def decimal(value: float) -> Decimal:
    """text2num's value without a float's dust."""
    return Decimal(int(value)) if value == int(value) else Decimal(str(value))
