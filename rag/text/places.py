"""Places, peoples and bodies whose names differ between French and English, found in running text.

Countries are babel's (CLDR); ``places.tsv`` adds their short forms, peoples, US states, cities, bodies. Every
form leads to language-free keys: «Nouveau-Mexique» and "New Mexico" to ``US-NM``, "U.S." and «américaine» to ``US``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise

from rag.text.terms import fold
from rag.types import LANGUAGES, Language

#: A word, or an abbreviation with points ("U.S.").
TOKEN = re.compile(r"(?:[A-Z]\.){2,}|[^\W\d_]+")
_LONGEST = 9
#: Forms that are ordinary words when written without a capital.
_ORDINARY = frozenset(
    "turkey polish pole dane finn swede scot turk jordan chad mali guinea china chili nord sud est ouest north south "
    "east west northern southern eastern western orient cologne florence nice canton naples tours saint georgia god "
    "dieu bible us who it un ue oms fmi cpi ai ia ia icc who main maine mexico catholic niger monaco cuba palm "
    "norman easter christian jewish jew christmas washington virginia florida indiana caroline milan rome turin "
    "maurice pole man jersey montana india cap grenade reunion monde world europe occident oriental occidental".split()
)


@dataclass(frozen=True, slots=True)
class Place:
    """A known place, people or body at ``text[start:end]``."""

    keys: frozenset[str]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Form:
    keys: frozenset[str]
    capital: bool  #: the written form begins with a capital
    acronym: bool  #: all capitals


def _tokens(text: str) -> list[re.Match[str]]:
    return list(TOKEN.finditer(text))


@lru_cache(maxsize=20_000)
def _key(word: str) -> str:
    return fold(word.replace(".", ""))


@cache
def _forms(language: Language) -> dict[str, _Form]:
    """Folded words of a form, joined by blanks, to what it means."""
    table: dict[str, _Form] = {}

    def add(form: str, key: str) -> None:
        words = " ".join(_key(match[0]) for match in _tokens(form))
        known = table[words].keys if words in table else frozenset[str]()
        letters = form.replace(".", "").replace(" ", "")
        table[words] = _Form(known | {key}, form[0].isupper(), letters.isupper() and len(letters) < 7)

    from babel import Locale

    for code, name in Locale(language).territories.items():
        if len(code) == 2 and code.isalpha():
            add(re.sub(r"\s*\(.*\)", "", str(name)), code)
    for key, french, english in _lines():
        for form in (french if language == "fr" else english).split("|"):
            for inflected in _inflected(form, language):
                add(inflected, key)
    return table


@cache
def _lines() -> tuple[tuple[str, str, str], ...]:
    """Key, French forms and English forms of each line of ``places.tsv``."""
    lines = files("rag.text").joinpath("places.tsv").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return tuple((key, french, english) for key, french, english in rows)


def _inflected(form: str, language: Language) -> Iterator[str]:
    yield form
    if form.isupper() or " " in form:
        return
    if language == "en":
        yield form + "s"
    elif form[0].islower():
        stem = form + "n" if form.endswith("en") else form
        feminine = stem if stem.endswith("e") else stem + "e"
        yield from (feminine, feminine + "s", form if form[-1] in "sx" else form + "s")


@cache
def _openings(language: Language) -> frozenset[str]:
    return frozenset(form.split(" ", 1)[0] for form in _forms(language))


@lru_cache(maxsize=1024)
def places(text: str, language: Language, *, any_case: bool = False) -> tuple[Place, ...]:
    """Known names in ``text``, longest first at each place, in order.

    ``any_case`` also takes forms written small ("texas") unless they are ordinary words.
    """
    tokens = _tokens(text)
    found: list[Place] = []
    at = 0
    while at < len(tokens):
        place, length = _longest(text, tokens, at, language, any_case)
        if place is not None:
            found.append(place)
        at += length
    return tuple(found)


def _longest(text: str, tokens: list[re.Match[str]], at: int, language: Language, any_case: bool) -> tuple[Place | None, int]:
    forms = _forms(language)
    if _key(tokens[at][0]) not in _openings(language):
        return None, 1
    for length in range(min(_LONGEST, len(tokens) - at), 0, -1):
        run = tokens[at : at + length]
        form = forms.get(" ".join(_key(token[0]) for token in run))
        if form is not None and _written_so(text, run, form, any_case):
            return Place(form.keys, run[0].start(), run[-1].end()), length
    return None, 1


def _written_so(text: str, run: list[re.Match[str]], form: _Form, any_case: bool) -> bool:
    if any(re.search(r"[.!?;,\n]", text[a.end() : b.start()]) for a, b in pairwise(run)):
        return False
    written = run[0][0]
    if form.acronym:
        return written.isupper() or written.replace(".", "").isupper()
    if not form.capital or written[0].isupper():
        return True
    plain = " ".join(_key(token[0]) for token in run)
    return any_case and not _ORDINARY & {plain, plain.rstrip("s"), plain.removeprefix("la ")}


@cache
def place_text(keys: frozenset[str], language: Language) -> str | None:
    """The usual name, in ``language``, of what ``keys`` mean: ``US-NM`` in French is "Nouveau-Mexique"."""
    from babel import Locale

    for key, french, english in _lines():
        if key in keys:
            return (french if language == "fr" else english).split("|", 1)[0]
    territories = Locale(language).territories
    return next((str(territories[key]) for key in sorted(keys) if key in territories), None)


@cache
def forms_of(keys: frozenset[str], language: Language) -> tuple[str, ...]:
    """The written forms, folded, that ``keys`` have in ``language``: ``US-NM`` in French is "nouveau mexique"."""
    return tuple(written for written, form in _forms(language).items() if form.keys & keys)


def keys_in(text: str) -> frozenset[str]:
    """The keys of every known name in ``text``, read in both languages: evidence may name either way."""
    return frozenset(key for language in LANGUAGES for place in places(text, language) for key in place.keys)
