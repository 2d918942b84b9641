"""Numbers in running text, in digits or words, French or English, with where they stand.

Digits in either notation («73,3 millions», "73.3 million", «500 000», "500,000"), number words (by
text2num), fractions, halves («un demi-million»), round French collectives («une dizaine») and vague
quantities («des centaines», "dozens"). Units, dates and ages are :mod:`rag.text.figures`' business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from text_to_num import find_numbers

from rag.text.quantities import NOT_NUMBERS, Number, Word, decimal, set_phrases
from rag.types import Language

_BLANK = "\u0020\u00a0\u202f\u2009"
_DIGITS = re.compile(
    rf"(?<![^\W_])(?:\d{{1,3}}(?:[{_BLANK}]\d{{3}})+(?!\d)|\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d{{1,3}}, 000|\d+)(?:[.,]\d+)*"
)
_SCALES: dict[Language, dict[str, int]] = {
    "fr": {"mille": 3, "milliers": 3, "million": 6, "millions": 6, "milliard": 9, "milliards": 9}
    | {"billion": 12, "billions": 12, "md": 9, "mds": 9, "k": 3},
    "en": {"thousand": 3, "million": 6, "millions": 6, "billion": 9, "billions": 9, "trillion": 12}
    | {"trillions": 12, "hundred": 2, "bn": 9, "mn": 6, "m": 6, "k": 3, "tn": 12},
}
_VAGUE: dict[Language, dict[str, int]] = {
    "fr": {"dizaines": 1, "douzaines": 1, "centaines": 2, "milliers": 3, "millions": 6, "milliards": 9},
    "en": {"dozens": 1, "tens": 1, "scores": 1, "hundreds": 2, "thousands": 3, "millions": 6, "billions": 9} | {"trillions": 12},
}
_VAGUE_RUN = {
    language: re.compile(
        rf"\b({'|'.join(table)})(?:\s+(?:of|de)\s+({'|'.join(table)}))?(?:\s+(?:of|de)\s+({'|'.join(table)}))?\b",
        re.IGNORECASE,
    )
    for language, table in _VAGUE.items()
}
#: Words that may stand for a number and may not: they confirm, they do not accuse.
_PERHAPS = {"both": 2, "couple": 2, "pair": 2, "paire": 2, "duo": 2, "trio": 3, "single": 1}
_PERHAPS_RUN = re.compile(rf"\b({'|'.join(_PERHAPS)})\b", re.IGNORECASE)
_ALL_TWO = re.compile(r"\b(?:les|ces|ses|leurs|nos|tous|toutes|aux|des)\s+$", re.IGNORECASE)
_AND_A_HALF = re.compile(r"\s+(\w+\s+)?(?:and\s+a\s+half|et\s+demie?)\b", re.IGNORECASE)
_TOKEN = re.compile(r"[^\W\d_]+|[^\w\s]|_")
_ONES = {
    "un",
    "une",
    "one",
    "premier",
    "premiere",
    "première",
    "premiers",
    "premières",
    "first",
    "neuf",
    "neufs",
}


def numbers(text: str, language: Language) -> tuple[Number, ...]:
    """Every number of ``text`` in order of place."""
    found: list[Number] = []
    masked = text
    for finder in (set_phrases, _digits, _in_words):
        found += finder(masked, language)
        masked = _mask(text, found)
    found = [_with_half(text, number) for number in found]
    inside = [number for number in found if any(o.start < number.start and number.end <= o.end for o in found)]
    return tuple(sorted((number for number in found if number not in inside), key=lambda number: number.start))


def _mask(text: str, found: list[Number]) -> str:
    if not found:
        return text
    chars = list(text)
    for number in found:
        chars[number.start : number.end] = ";" * (number.end - number.start)
    return "".join(chars)


def _digits(text: str, language: Language) -> Iterator[Number]:
    skip = [match.span() for match in NOT_NUMBERS[language].finditer(text)]
    for match in _DIGITS.finditer(text):
        start, end = match.span()
        if any(left <= start < right for left, right in skip):
            continue
        written = match[0].rstrip(".,")
        end = start + len(written)
        value = _read_digits(written, language)
        suffix = re.match(r"(?:er|re|ère|e|ème|nd|nde|st|rd|th)\b", text[end:])
        if suffix:
            yield Number(value, "ordinal", start, end + suffix.end(), certain=value != 1)
            continue
        scale = re.match(rf"[{_BLANK}-]*([a-zA-Z]+)\b", text[end:])
        power = _SCALES[language].get(scale[1].lower() if scale else "", 0)
        if scale and power and (scale[1].lower() not in ("m", "k") or text[end : end + 1].isalpha()):
            yield Number(value.scaleb(power), "cardinal", start, end + scale.end())
        else:
            yield Number(value, "cardinal", start, end, bare=written.isdigit())


def _read_digits(written: str, language: Language) -> Decimal:
    """French commas and English points are decimal; grouped zeros («500,000») are thousands in both."""
    compact = re.sub(rf"[{_BLANK}]", "", written)
    point, group = (",", ".") if language == "fr" else (".", ",")
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", compact) and (
        language == "en" or compact.count(",") > 1 or "." in compact or compact.endswith(",000")
    ):
        return Decimal(compact.replace(",", ""))
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", compact) and (language == "fr" or compact.count(".") > 1):
        return Decimal(compact.replace(".", "").replace(",", "."))
    if compact.count(point) <= 1 and group not in compact:
        return Decimal(compact.replace(point, "."))
    parts = re.split(r"[.,]", compact)
    return Decimal(".".join(parts)) if len(parts) == 2 else Decimal("".join(parts))


def _in_words(text: str, language: Language) -> Iterator[Number]:
    text = NOT_NUMBERS[language].sub(lambda match: ";" * len(match[0]), text)
    tokens = [Word(match[0].lower(), *match.span()) for match in _TOKEN.finditer(text)]
    counted = [(o, tokens[o.start].start, tokens[o.end - 1].end) for o in find_numbers(tokens, language, threshold=0)]
    vague = []
    for match in _VAGUE_RUN[language].finditer(text):
        if any(start < match.start() < end or (start == match.start() and end > match.end()) for _, start, end in counted):
            continue  # «deux millions» is a count, «des millions» is not
        vague.append(match.span())
        powers = [_VAGUE[language][word.lower()] for word in match.groups() if word]
        yield Number(Decimal(10 ** sum(powers)), "vague", *match.span(), about=True)
    for found, start, end in counted:
        if any(left <= start < right for left, right in vague):
            continue
        words = text[start:end].lower()
        value = decimal(found.value)
        certain = words not in _ONES and value != 1
        if words in ("neuf", "neufs"):
            certain = bool(re.match(r"\s+\w+[sx]\b", text[end:]))
        if words == "deux" and _ALL_TWO.search(text[:start]):
            certain = False  # «les deux» is often "both" or nothing at all
        yield Number(value, "ordinal" if found.is_ordinal else "cardinal", start, end, certain)
    for match in _PERHAPS_RUN.finditer(text):
        yield Number(Decimal(_PERHAPS[match[1].lower()]), "cardinal", *match.span(), certain=False)


def _with_half(text: str, number: Number) -> Number:
    """«trois ans et demi», "three and a half years": the half belongs to the number."""
    match = _AND_A_HALF.match(text, number.end)
    if match is None or number.kind != "cardinal" or number.value > 99:
        return number
    end = number.end if match[1] else match.end()
    return replace(number, value=number.value + Decimal("0.5"), end=end)
