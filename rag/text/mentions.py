"""Whether texts mention a name: by its own form, a short form, an acronym, a cognate or a known translation.

Torrez and Raúl Torrez match, Hector Torrez and Raúl Torrez do not; WSJ and Wall Street Journal match, New Mexico
and «Nouveau-Mexique» too. Across languages a name's ordinary words ("County" of "Clark County") may be translated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rapidfuzz import fuzz

from rag.text.names import LINKS, WORD, Name, capitalised, is_ordinary, roles
from rag.text.places import keys_in
from rag.text.terms import fold
from rag.types import LANGUAGES, Language

_SHORT = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort"}


@dataclass(frozen=True, slots=True)
class Mentions:
    """What texts mention, ready for :func:`matches`. Made by :func:`mentions`."""

    words: dict[Language, frozenset[str]]
    keys: frozenset[str]
    initials: frozenset[str]  #: of runs of capitalised words
    acronyms: frozenset[str]
    pairs: frozenset[tuple[str, str]]  #: neighbouring capitalised words, folded: first name, last name


def mentions(texts: Iterable[tuple[str, Language]]) -> Mentions:
    """Read the texts that may confirm a name; languages may be mixed."""
    read = [_mentions(text, language) for text, language in texts]
    return Mentions(
        {language: frozenset().union(*(each.words[language] for each in read)) for language in LANGUAGES},
        frozenset().union(*(each.keys for each in read)),
        frozenset().union(*(each.initials for each in read)),
        frozenset().union(*(each.acronyms for each in read)),
        frozenset().union(*(each.pairs for each in read)),
    )


@lru_cache(maxsize=1024)
def _mentions(text: str, language: Language) -> Mentions:
    written = WORD.findall(text)
    words = frozenset(part for word in written for part in _parts(word))
    acronyms = frozenset(word.replace(".", "") for word in written if word.isupper())
    initials: set[str] = set()
    pairs: set[tuple[str, str]] = set()
    for run, linked in capitalised(text):
        for take in (run, linked):
            initials.update("".join(word[0] for word in take[at:]).upper() for at in range(len(take)))
        pairs.update((_parts(a)[0], _parts(b)[0]) for a, b in pairwise(run))
    heard = {each: words if each == language else frozenset[str]() for each in LANGUAGES}
    return Mentions(heard, keys_in(text), frozenset(initials), acronyms, frozenset(pairs))


def _parts(word: str) -> list[str]:
    """The folded word and, of a compound, its parts."""
    plain = fold(word.replace(".", "") if word.isupper() else word)
    pieces = [_SHORT.get(piece, piece) for piece in re.split(r"[-.&]", plain) if piece]
    return [_SHORT.get(plain, plain), *pieces] if len(pieces) > 1 else [_SHORT.get(plain, plain)]


def matches(name: Name, found: Mentions) -> bool:
    """Whether the texts of ``found`` mention ``name``."""
    if name.keys & found.keys:
        return True
    if name.keys:  # a place has its known names and no likenesses: North Carolina is not «Caroline du Sud»
        plain = [part for word in WORD.findall(name.text) for part in _parts(word)[-2:]]
        return any(all(part in words for part in plain) for words in found.words.values())
    written = WORD.findall(name.text)
    if _by_initials(name.text, written, found):
        return True
    tokens = _tokens(name)
    heard = [_heard(token, name.language, found) for token in tokens]
    if all(heard):
        return True
    # A text in the name's own language would use its own words; in another, ordinary words are translated.
    own = bool(found.words[name.language])
    owed = [ok for token, ok in zip(tokens, heard, strict=True) if ok or not _translated(token, name.language, own)]
    if any(heard) and all(owed):
        return True
    if len(owed) == 2 and owed[-1]:  # a first name that the text leaves out, but not another's
        return not any(last == tokens[-1] and first not in roles() for first, last in found.pairs)
    return len(owed) > 2 and sum(owed) >= 0.6 * len(owed)


def _translated(token: str, language: Language, own: bool) -> bool:
    """Whether a text may use another word for ``token``: an ordinary word, of the other language where the
    text is in the name's own («le Clark County», «le comté de Clark»).
    """
    other: Language = "en" if language == "fr" else "fr"
    return (is_ordinary(token, other) and not is_ordinary(token, language)) if own else is_ordinary(token, language)


def translatable(name: Name, found: Mentions) -> bool:
    """Whether ``name`` is all ordinary words that texts in the other language would not repeat ("Supreme Court")."""
    return not found.words[name.language] and all(is_ordinary(token, name.language) for token in _tokens(name))


def _tokens(name: Name) -> list[str]:
    tokens = [_parts(word)[0] for word in WORD.findall(name.text)]
    return [token for token in tokens if token not in LINKS and token not in roles()] or tokens


def _by_initials(text: str, written: list[str], found: Mentions) -> bool:
    compact = re.sub(r"s$", "", text.replace(".", ""))
    if compact.isupper() and len(compact) > 1 and (compact in found.initials or compact in found.acronyms):
        return True
    capitals = "".join(word[0] for word in written if word[0].isupper())
    return len(capitals) > 2 and capitals in found.acronyms


def _heard(token: str, language: Language, found: Mentions) -> bool:
    pieces = token.split("-")
    for spoken, words in found.words.items():
        if token in words or all(piece in words for piece in pieces):
            return True
        if len(token) > 4 and any(_alike(token, word, spoken == language) for word in words):
            return True
    return False


def _likeness(token: str, same_language: bool) -> int:
    """Per cent of likeness asked of two spellings; short words are alike by chance more often."""
    return 90 if same_language else 79 if len(token) > 7 else 84


def _alike(token: str, word: str, same_language: bool) -> bool:
    return (
        len(word) > 4
        and abs(len(word) - len(token)) < 4
        and word[0] == token[0]
        and fuzz.ratio(token, word) >= _likeness(token, same_language)
    )
