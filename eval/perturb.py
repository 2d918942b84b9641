"""One fact changed: sentences in which one number, name, negation or date is another, from a seed.

It finds its targets with its own rough patterns, not with the verifier's readers, so that what those readers miss
counts against them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.types import Language

Kind = Literal["number", "name", "negation", "date"]
KINDS: tuple[Kind, ...] = ("number", "name", "negation", "date")


@dataclass(frozen=True, slots=True)
class Perturbed:
    """``text`` differs from the original in one fact: ``before`` became ``after``."""

    text: str
    kind: Kind
    before: str
    after: str


_NUMBER_WORDS: dict[Language, tuple[str, ...]] = {
    "en": tuple("two three four five six seven eight nine ten twelve fifteen twenty thirty forty fifty".split()),
    "fr": tuple("deux trois quatre cinq six sept huit dix douze quinze vingt trente quarante cinquante".split()),
}
_MONTHS: dict[Language, tuple[str, ...]] = {
    "en": tuple("January February April June July August September October November December".split()),
    "fr": tuple("janvier février avril juin juillet août septembre octobre novembre décembre".split()),
}
_DAYS: dict[Language, tuple[str, ...]] = {
    "en": tuple("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()),
    "fr": tuple("lundi mardi mercredi jeudi vendredi samedi dimanche".split()),
}
_AUXILIARIES: dict[Language, str] = {
    "en": "is are was were has have had will would can could should must may might did does do",
    "fr": "a ont est sont avait avaient était étaient sera seront peut peuvent pouvait doit doivent va vont aura fait",
}
_COMMON_CAPITALS = frozenset(
    "I The A An In On At And But Of For To Le La Les Un Une Des De Du Et Mais En Il Elle Mr Mrs Ms M Mme President Prime "
    "Minister Senator Attorney General State Internet Court Supreme Président Premier "
    "État Etat États Etats PDG CEO Covid".split()
)
OUR_NAMES = (
    "Anna Price", "Daniel Whitfield", "Jean Morel", "Toronto", "Norwood", "Hanoi", "Samsung", "Oslo", "Lyon", "Texas",
    "Claire Dumont", "Nairobi", "Ohio", "Peter Lindqvist", "Michelin", "Lufthansa", "Reykjavik", "Marta Kowalska",
)  # fmt: skip
_DIGITS = re.compile(r"(?<![\w.,])\d+(?:[\u0020\u00a0\u202f]\d{3})*(?:[.,]\d+)*(?![\w])")
_YEAR = re.compile(r"\b(?:1[89]|20)\d{2}\b")
_CAPITALS = re.compile(r"(?<=[a-zàâçéèêëîïôûùüÿœ,] )(?:(?:[dl]['’])?)([A-ZÀÉÈÎÔ][\w-]{2,}(?: [A-ZÀÉÈÎÔ][\w-]{2,})*)")


def perturb(text: str, language: Language, kind: Kind, rng: random.Random, names: Sequence[str]) -> Perturbed | None:
    """Change one fact of ``kind``; None where the sentence has none. ``names`` are drawn from for "name"."""
    if kind == "name":
        return _name(text, rng, names)
    makers: dict[str, Callable[[str, Language, random.Random], Perturbed | None]] = {
        "number": _number,
        "negation": _negation,
        "date": _date,
    }
    return makers[kind](text, language, rng)


def names_of(text: str) -> list[str]:
    """Runs of capitalised words inside a sentence, offices and weekdays left out."""
    excluded = _COMMON_CAPITALS | {word for table in (_MONTHS, _DAYS) for words in table.values() for word in words}
    return [match[1] for match in _CAPITALS.finditer(text) if not set(match[1].split()) & (excluded | {"March", "May"})]


def name_pool(texts: Sequence[str]) -> list[str]:
    """Names to draw from: those of ``texts`` no word of which stands small anywhere in them, and some of our own."""
    small = {word for text in texts for word in re.findall(r"\b[a-zà-ÿœ]+\b", text)}
    found = {name for text in texts for name in names_of(text)}
    plain = {name for name in found if not any(word.lower() in small for word in re.findall(r"[^\W\d_]+", name))}
    return sorted(plain | set(OUR_NAMES))


def _swap(text: str, start: int, end: int, after: str, kind: Kind) -> Perturbed:
    return Perturbed(text[:start] + after + text[end:], kind, text[start:end], after)


def _number(text: str, language: Language, rng: random.Random) -> Perturbed | None:
    words = _NUMBER_WORDS[language]
    found = [m for m in _DIGITS.finditer(text) if not _YEAR.fullmatch(m[0]) and not _near_month(text, m, language)]
    found += list(re.finditer(rf"\b(?:{'|'.join(words)})\b(?![- ](?:of|d['’]|autres))", text))
    if not found:
        return None
    match = rng.choice(found)
    if not match[0][0].isdigit():
        return _swap(text, *match.span(), rng.choice([word for word in words if word != match[0]]), "number")
    digits = [i for i, char in enumerate(match[0]) if char.isdigit()]
    at = rng.choice(digits[: max(1, len(digits) - 1)])
    other = rng.choice([d for d in "123456789" if d != match[0][at]])
    return _swap(text, *match.span(), match[0][:at] + other + match[0][at + 1 :], "number")


def _near_month(text: str, match: re.Match[str], language: Language) -> bool:
    around = text[max(0, match.start() - 12) : match.end() + 12]
    return any(month in around for month in _MONTHS[language])


def _date(text: str, language: Language, rng: random.Random) -> Perturbed | None:
    found: list[tuple[re.Match[str], tuple[str, ...]]] = []
    for words in (_MONTHS[language], _DAYS[language]):
        found += [(match, words) for match in re.finditer(rf"\b(?:{'|'.join(words)})\b", text)]
    found += [(match, ()) for match in _YEAR.finditer(text)]
    if not found:
        return None
    match, words = rng.choice(found)
    if words:
        after = rng.choice([word for word in words if word != match[0]])
    else:
        after = str(int(match[0]) + rng.choice([-11, -7, -3, -2, -1, 1, 2, 4]))
    return _swap(text, *match.span(), after, "date")


def _name(text: str, rng: random.Random, names: Sequence[str]) -> Perturbed | None:
    found = [match for match in _CAPITALS.finditer(text) if match[1] in names_of(text)]
    if not found:
        return None
    match = rng.choice(found)
    there = set(re.findall(r"\w+", text))
    others = [name for name in names if not set(re.findall(r"\w+", name)) & there]
    return _swap(text, match.start(1), match.end(1), rng.choice(others), "name") if others else None


def _negation(text: str, language: Language, rng: random.Random) -> Perturbed | None:
    removed = _denied_no_more(text, language)
    if removed is not None and rng.random() < 0.7:
        return removed
    words = "|".join(_AUXILIARIES[language].split())
    if language == "en":
        found = [m for m in re.finditer(rf"\b(?:{words})\b(?! not\b|n['’]t| no\b| never\b)", text) if m.start() > 0]
        if not found:
            return removed
        match = found[0]
        return _swap(text, *match.span(), f"{match[0]} not", "negation")
    pattern = rf"(?<=\w )(?<!ne )(?<!se )(?<!en )(?<!y )(?:{words})\b(?!-| pas\b| plus\b| jamais\b| rien\b| aucun)"
    found = [m for m in re.finditer(pattern, text) if not re.search(r"\b(?:ne|se|me|nous|vous|lui|leur)\s$", text[: m.start()])]
    if not found:
        return removed
    match = found[0]
    lead = "n'" if match[0][0] in "aeéo" else "ne "
    return _swap(text, *match.span(), f"{lead}{match[0]} pas", "negation")


def _denied_no_more(text: str, language: Language) -> Perturbed | None:
    if language == "en":
        match = re.search(r" not\b(?! only)|n['’]t\b", text)
        return _swap(text, *match.span(), "", "negation") if match else None
    match = re.search(r"\b(?:n['’]|ne )(\w+) pas\b", text)
    return _swap(text, *match.span(), match[1], "negation") if match else None
