"""Proper names of people, organisations, places and products, and whether a text mentions them.

Names are found by their capitals and by the table of :mod:`rag.text.places`; no statistical tagger, so that the
same text always gives the same names. Titles and offices that English capitalises ("Attorney General") are not
names. Whether a text mentions a name is :mod:`rag.text.mentions`' business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal

from rag.language import FUNCTION_WORDS
from rag.text.dates import moments
from rag.text.places import places
from rag.text.terms import STOP_WORDS, fold
from rag.types import LANGUAGES, Language


@dataclass(frozen=True, slots=True)
class Name:
    """A proper name at ``text[start:end]``; ``certain`` is False where only a sentence's first capital shows it."""

    text: str
    kind: Literal["place", "name"]
    start: int
    end: int
    language: Language
    keys: frozenset[str] = frozenset()  #: language-free keys of a known place or body
    certain: bool = True


WORD = re.compile(r"(?:[A-Z]\.){2,}|[^\W_]+(?:[-.&][^\W_]+)*")
_ELIDED = re.compile(r"(?:[ldnsmtjc]|qu|lorsqu|puisqu|jusqu|quelqu)['’]$", re.IGNORECASE)
_OPENS = re.compile(r"(?:^|[.!?…:;»”\"\n]\s*|[«“\"‘(\[]\s*|[-–—•*]\s+)$")
_TITLE = re.compile(r"\b(?:M|MM|Mr|Mrs|Ms|Mme|Dr|St|Gen|Sen|Gov|Prof|Lt|Col|[A-Z])\.\s*$")
LINKS = frozenset("de du des d la le les van von der den di da del of the al el bin ben and et y & pour for".split())
#: A verb right after a sentence's first word makes that word its subject, a name where no article stands.
_FINITE = re.compile(
    r"has|had|was|is|will|would|does|did|said|says|told|could|can|should|may|might|must|sold|won|lost|made|took|gave|went"
    r"|came|found|held|paid|wrote|met|led|sent|kept|left|got|became|began|built|bought|ran|saw|spoke|fell|put|also|never"
    r"|[a-z]{2,}(?:ed|ies)|a|avait|est|etait|sera|serait|ont|dit|nie|peut|doit|ne|n|s|se|y|va|fait|vient|reste|[a-z]{3,}ait"
    r"|[a-z]{3,}(?:era|ira)|affirme|ajoute|annonce|declare|estime|rejette|repond|refuse"
)


#: Kinds of things, which a name carries with a capital more often than running text writes them small.
_GENERIC = frozenset(
    "county city town village river lake island mount valley park airport station hospital theatre theater museum "
    "stadium hurricane storm festival award awards act treaty summit center centre foundation trust fund society "
    "network channel news journal herald academy affairs games olympics union comte ile lac mont fleuve gare aeroport "
    "hopital musee stade ouragan loi traite sommet centre fondation fonds reseau chaine jeux".split()
)


@cache
def roles() -> frozenset[str]:
    """Words of offices and institutions, folded: capitalised in English, and no names by themselves."""
    lines = files("rag.text").joinpath("roles.tsv").read_text("utf-8").splitlines()
    return frozenset(fold(word) for line in lines if not line.startswith("#") for word in line.split("\t")[1].split())


@cache
def ordinary_words(language: Language) -> frozenset[str]:
    """Words that running text writes without a capital, folded (written by ``eval/fit_words.py``)."""
    listed = files("rag.text").joinpath(f"ordinary_{language}.txt").read_text("utf-8").split()
    return frozenset(map(fold, listed)) | STOP_WORDS[language] | FUNCTION_WORDS[language] | _GENERIC | roles()


def is_ordinary(word: str, language: Language) -> bool:
    """Whether ``word`` is an ordinary word of the language, capitalised or not, plural or not."""
    plain = fold(word)
    known = ordinary_words(language)
    return plain in known or (len(plain) > 4 and (plain.rstrip("s") in known or plain.rstrip("x") in known))


@cache
def _small_words() -> frozenset[str]:
    """Words that are no names however they are written: function words of both languages."""
    return frozenset().union(*(STOP_WORDS[language] | FUNCTION_WORDS[language] for language in LANGUAGES))


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    start: int
    end: int
    capital: bool
    opening: bool  #: first of a sentence or quotation: its capital says nothing


def _tokens(text: str) -> list[_Token]:
    found = []
    for match in WORD.finditer(text):
        word, start, end = match[0], match.start(), match.end()
        before = text[max(0, start - 12) : start] if start > 12 else text[:start]
        elided = _ELIDED.search(before)
        lead = before[: elided.start()] if elided else before
        opening = bool(_OPENS.search(lead) if start <= 12 else _OPENS.search("x" + lead)) and not _TITLE.search(lead)
        if elided and before[elided.start()].islower():
            opening = False
        if end < len(text) and text[end] in "'’" and text[end + 1 : end + 3].lower() != "s " and len(word) <= 2:
            continue  # the elided article itself
        capital = any(char.isupper() for char in word) and not word[0].isdigit()
        found.append(_Token(word, start, end, capital, opening))
    return found


@lru_cache(maxsize=1024)
def names(text: str, language: Language) -> tuple[Name, ...]:
    """Every proper name of ``text`` in order of place. Months and weekdays are figures, not names."""
    found = [
        Name(text[place.start : place.end], "place", place.start, place.end, language, place.keys)
        for place in places(text, language)
        if text[place.start].isupper() or not text[place.start].isalpha()
    ]
    taken = [(name.start, name.end) for name in found]
    taken += [(moment.start, moment.end) for moment in moments(text, language)]
    tokens = _tokens(text)
    shouting = _headline(tokens)
    for run in _runs(text, tokens, taken):
        certain = not shouting and _is_name(run, tokens, language)
        start, end = run[0].start, run[-1].end
        found.append(Name(text[start:end], "name", start, end, language, certain=certain))
    return tuple(sorted(found, key=lambda name: name.start))


def capitalised(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """Runs of capitalised words: without and with the small words ("of") inside them."""
    for run in _runs(text, _tokens(text), [], offices=True):
        yield [token.word for token in run if token.capital], [token.word for token in run]


def _headline(tokens: list[_Token]) -> bool:
    """Where nearly every word has a capital (an English title, a shouted question) it shows no names."""
    words = [token for token in tokens if len(token.word) > 3]
    if len(words) >= 2 and all(token.word.isupper() for token in words):
        return True
    return len(words) >= 6 and sum(token.capital for token in words) > 0.85 * len(words)


def _runs(text: str, tokens: list[_Token], taken: list[tuple[int, int]], *, offices: bool = False) -> Iterator[list[_Token]]:
    """Neighbouring capitalised words that belong together; words of ``offices`` cut off unless wanted."""
    run: list[_Token] = []
    pending: list[_Token] = []
    for token in tokens:
        gap = text[(pending or run)[-1].end : token.start] if run else ""
        joined = bool(re.fullmatch(r"[\s\u00a0]?|\s?[-'’&]\s?|['’]s?\s?", gap)) and "\n" not in gap
        if run and not joined:
            yield from [run] if offices else _trimmed(run)
            run, pending = [], []
        usable = token.capital and all(token.end <= a or token.start >= b for a, b in taken) and _may_name(token, offices)
        if usable and not (run and token.opening):
            run += [*pending, token]
            pending = []
        elif run and token.word.lower() in LINKS and len(pending) < 3 and not token.capital:
            pending.append(token)
        elif run:
            yield from [run] if offices else _trimmed(run)
            run, pending = ([token] if usable else []), []
    if run:
        yield from [run] if offices else _trimmed(run)


def _may_name(token: _Token, offices: bool) -> bool:
    plain = fold(token.word.replace(".", ""))
    if plain in _small_words() and not (token.word.isupper() and len(token.word) in (2, 3) and not token.opening):
        return False
    office = plain in roles() or plain.rstrip("s") in roles()
    return len(plain) > 1 and (offices or not office)


def _trimmed(run: list[_Token]) -> Iterator[list[_Token]]:
    """A run split at "and" between two names ("Markey and Cassidy"), kept whole inside one."""
    part: list[_Token] = []
    for token in run:
        if token.word.lower() in ("and", "et") and part:
            yield part
            part = []
        else:
            part.append(token)
    if part:
        yield part


def _is_name(run: list[_Token], tokens: list[_Token], language: Language) -> bool:
    first = run[0]
    if not first.opening or len([token for token in run if token.capital]) > 1:
        return True
    if any(char.isupper() for char in first.word[1:]) and len(first.word) > 1:
        return True  # an acronym or a brand: WSJ, YouTube
    if is_ordinary(first.word, language):
        return False
    after = next((token for token in tokens if token.start >= first.end), None)
    return after is not None and not after.capital and bool(_FINITE.fullmatch(fold(after.word)))
