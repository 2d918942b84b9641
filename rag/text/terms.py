"""Words as search sees them: accents folded, lower case, stemmed by Snowball, without stop words."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

import snowballstemmer

from rag.types import Language

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")

#: Words that carry no meaning for search. Accents folded.
STOP_WORDS: dict[Language, frozenset[str]] = {
    "fr": frozenset(
        "a ai ainsi alors apres as au aucun aussi autre autres aux avait avant avec avoir c ce cela ces cet cette ceux "
        "chez combien comme comment contre d dans de depuis des dit donc dont du elle elles en encore entre es est et "
        "ete etre eu eux fait font furent ici il ils j je l la le les leur leurs lors lui m ma mais me meme mes mon n "
        "ne ni non nos notre nous on ont ou par parce pas pendant plus pour pourquoi qu quand que quel quelle quelles "
        "quels qui quoi s sa sans se selon sera ses si soit son sont sous sur t ta te tes toi ton tous tout toute "
        "toutes tu un une va vers vos votre vous y".split()
    ),
    "en": frozenset(
        "a about after again all also am an and any are as at be because been before being between both but by can "
        "could d did do does doing down during each few for from further had has have having he her here hers him his "
        "how i if in into is it its just ll m many me more most much my no nor not now of off on once only or other "
        "our out over own re s said same say says she should so some such t than that the their them then there these "
        "they this those through to too under until up ve very was we were what when where which while who whom whose "
        "why will with would you your".split()
    ),
}


def fold(text: str) -> str:
    """Lower case, without accents or typographic variants: «Été» → "ete", “œ” → "oe"."""
    if text.isascii():
        return text.lower()
    spread = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae"))
    return "".join(char for char in spread if not unicodedata.combining(char)).casefold()


def words(text: str) -> list[str]:
    """The folded words and numbers of a text, in order, apostrophes and hyphens splitting them."""
    return _WORD.findall(fold(text))


def stems(text: str, language: Language) -> list[str]:
    """Stemmed content words of ``text``, in order, stop words of ``language`` left out."""
    stop = STOP_WORDS[language]
    return [_stem(word, language) for word in words(text) if word not in stop]


@cache
def _stemmer(language: Language) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer({"fr": "french", "en": "english"}[language])


@lru_cache(maxsize=100_000)
def _stem(word: str, language: Language) -> str:
    return str(_stemmer(language).stemWord(word))
