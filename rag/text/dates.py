"""Days, months, years, weekdays and times of day in running text, French or English.

A calendar value is one integer YYYYMMDD with zeros for what is not said: 20231206, 20231200 for "December
2023", 1206 for «le 6 décembre», 800 for "August". Month and weekday names are babel's (CLDR).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from rag.text.terms import fold
from rag.types import Language

Unit = Literal["date", "weekday", "decade", "century", "time", "year"]


@dataclass(frozen=True, slots=True)
class Moment:
    """``value``: YYYYMMDD for dates and years, 1 (Monday) to 7 for weekdays, the first year of a decade,
    the ordinal of a century, HHMM for times of day.
    """

    value: int
    unit: Unit
    start: int
    end: int
    certain: bool = True


_SHORT: dict[Language, dict[str, int]] = {
    "en": {
        "jan": 1,
        "feb": 2,
        "mar": 3,
        "apr": 4,
        "jun": 6,
        "jul": 7,
        "aug": 8,
        "sep": 9,
        "sept": 9,
        "oct": 10,
    }
    | {"nov": 11, "dec": 12},
    "fr": {"janv": 1, "févr": 2, "fév": 2, "avr": 4, "juil": 7, "sept": 9, "oct": 10, "nov": 11, "déc": 12},
}
_AFTER_PREPOSITION = re.compile(
    r"\b(?:in|of|since|last|this|next|until|till|by|from|to|during|early|late|mid|and|between|before|after|through)[ -]$",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?:(\d{1,2})\s?h\s?(\d{2})?\b|(\d{1,2})(?:[:.](\d{2}))?\s?([ap])\.?m\b\.?|(\d{1,2}):(\d{2})\b)",
    re.IGNORECASE,
)
_DECADE = re.compile(r"\b(\d{3}0)s\b|(?<=ées )(\d{3}0|\d0)\b|(?<=the )'?(\d0)s\b|['’](\d0)s\b", re.IGNORECASE)
_CENTURY = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)[ -]century\b|\b([IVX]+|\d{1,2})(?:e|ème|è|er) siècle\b")
_DIGIT = re.compile(r"\d")
_ISO = re.compile(r"\b(\d{4})-(\d{2})(?:-(\d{2}))?\b")
_SLASHED = re.compile(r"\b(\d{1,2})[/.](\d{1,2})[/.](\d{4})\b")
_YEARS = re.compile(r"\b(1\d{3}|20\d{2})[-–/](\d{2})\b(?![-\d])")


@cache
def _calendar(language: Language) -> tuple[dict[str, int], dict[str, int]]:
    """Month and weekday names, folded, to their numbers (January and Monday are 1)."""
    from babel import Locale

    locale = Locale(language)
    months = {fold(name): number for number, name in locale.months["format"]["wide"].items()}
    days = {fold(name): number + 1 for number, name in locale.days["format"]["wide"].items()}
    return months, days


def date_text(value: int, language: Language) -> str:
    """A calendar value as running text writes it: 20231206 is «6 décembre 2023», 800 "August", 20210000 "2021"."""
    from babel import Locale

    year, month, day = value // 10000, value // 100 % 100, value % 100
    named = str(Locale(language).months["format"]["wide"][month]) if month else ""
    first = "1er" if day == 1 and language == "fr" else str(day or "")
    return " ".join(part for part in (first, named, str(year or "")) if part)


@cache
def _patterns(language: Language) -> tuple[re.Pattern[str], ...]:
    from babel import Locale

    wide = [str(name) for name in Locale(language).months["format"]["wide"].values()]
    names = "|".join(sorted({*wide, *map(fold, wide)}, key=len, reverse=True))
    short = "|".join(sorted({*_SHORT[language], *map(fold, _SHORT[language])}, key=len, reverse=True))
    month, year = rf"(?P<m>{names}|(?:{short})\b\.?)", r"(?P<y>[12]\d{3})\b"
    stop = r"(?!\d|[.,]\d)"
    if language == "fr":
        written = [
            rf"\b(?P<d>1er|\d{{1,2}})\s+{month}(?:\s+{year})?",
            rf"\b{month}(?:\s+de\s+l['’]année)?\s+{year}",
        ]
    else:
        day = rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?{stop}"
        written = [
            rf"\b{month}\s+(?:the\s+)?{day}(?:,?\s+{year})?",
            rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{month}(?:,?\s+{year})?",
            rf"\b{month},?\s+(?:of\s+)?{year}",
        ]
    alone = rf"\b(?P<m>{names})\b"
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in (*written, alone))


def moments(text: str, language: Language) -> tuple[Moment, ...]:
    """Every calendar expression of ``text`` in order of place, none overlapping; bare years are not among them."""
    taken: list[Moment] = []
    for moment in _candidates(text, language):
        if all(moment.end <= other.start or moment.start >= other.end for other in taken):
            taken.append(moment)
    return tuple(sorted(taken, key=lambda moment: moment.start))


def may_name_month(text: str, language: Language) -> bool:
    """Whether a month could stand in ``text``: quick, and never wrongly False."""
    return bool(_DIGIT.search(text) or _patterns(language)[-1].search(text))


def _candidates(text: str, language: Language) -> Iterator[Moment]:
    """Longer and surer readings first."""
    if _DIGIT.search(text):
        yield from _in_digits(text, language)
        yield from _dated(text, language)
    yield from _months_alone(text, language)
    yield from _others(text, language)


def _in_digits(text: str, language: Language) -> Iterator[Moment]:
    for match in _ISO.finditer(text):
        year, month, day = int(match[1]), int(match[2]), int(match[3] or 0)
        if 1 <= month <= 12 and day <= 31:
            yield Moment(year * 10000 + month * 100 + day, "date", *match.span())
    for match in _SLASHED.finditer(text):
        day, month = (int(match[1]), int(match[2])) if language == "fr" or int(match[1]) > 12 else (
            int(match[2]), int(match[1]))  # fmt: skip
        if 1 <= month <= 12 and 1 <= day <= 31:
            yield Moment(int(match[3]) * 10000 + month * 100 + day, "date", *match.span())
    for match in _YEARS.finditer(text):
        yield Moment(int(match[1]) * 10000, "date", match.start(1), match.end(1))
        yield Moment(int(match[1][:2] + match[2]) * 10000, "date", *match.span(2))


def _dated(text: str, language: Language) -> Iterator[Moment]:
    """Months with a day or a year, both in digits."""
    months = _numbered(language)
    for pattern in _patterns(language)[:-1]:
        for match in pattern.finditer(text):
            groups = match.groupdict()
            day = int((groups.get("d") or "0").rstrip("er"))
            if day <= 31:
                value = int(groups.get("y") or 0) * 10000 + months[fold(match["m"].rstrip("."))] * 100 + day
                yield Moment(value, "date", *match.span())


@cache
def _numbered(language: Language) -> dict[str, int]:
    return _calendar(language)[0] | {fold(name): number for name, number in _SHORT[language].items()}


def _months_alone(text: str, language: Language) -> Iterator[Moment]:
    months = _numbered(language)
    for match in _patterns(language)[-1].finditer(text):
        yield Moment(months[fold(match["m"])] * 100, "date", *match.span(), _is_month(text, match, language))


def _is_month(text: str, match: re.Match[str], language: Language) -> bool:
    """Whether it means the month: "May" and "March" are verbs too, «mars» a planet: surer after a preposition."""
    word = match[0]
    if language == "fr":
        return word[0].islower() or fold(word) not in ("mars", "mai")
    if word.lower() not in ("may", "march", "august"):
        return True
    return word[0].isupper() and (word == "August" or bool(_AFTER_PREPOSITION.search(text[: match.start()])))


def _others(text: str, language: Language) -> Iterator[Moment]:
    days = _calendar(language)[1]
    for match in _weekday(language).finditer(text):
        yield Moment(days[fold(match[1])], "weekday", *match.span())
    for match in _DECADE.finditer(text):
        written = next(group for group in match.groups() if group)
        value = int(written) if len(written) == 4 else 1900 + int(written)
        yield Moment(value, "decade", *match.span())
    for match in _CENTURY.finditer(text):
        yield Moment(_roman(match[1] or match[2]), "century", *match.span())
    for match in _TIME.finditer(text):
        hour = int(match[1] or match[3] or match[6])
        minute = int(match[2] or match[4] or match[7] or 0)
        if match[5] and hour <= 12:
            hour = hour % 12 + (12 if match[5].lower() == "p" else 0)
        if hour <= 24 and minute < 60:
            yield Moment(hour * 100 + minute, "time", *match.span())


@cache
def _weekday(language: Language) -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(_calendar(language)[1])})s?\b", re.IGNORECASE)


def _roman(written: str) -> int:
    if written.isdigit():
        return int(written)
    values = [{"I": 1, "V": 5, "X": 10}[letter] for letter in written]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))
