"""French and English as data: which language a text is in, and what each language chooses.

Short questions are told apart by their function words («et», "and", «combien», "who") outside quotation
marks, because a quotation may stand in the other language; where these are silent or tied, lingua's
statistics decide.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from rag.types import Language

if TYPE_CHECKING:
    from lingua import LanguageDetector

NAMES: dict[Language, dict[Language, str]] = {
    "fr": {"fr": "français", "en": "anglais"},
    "en": {"fr": "French", "en": "English"},
}

#: Words that only one of the two languages uses. Accents folded, lower case.
FUNCTION_WORDS: dict[Language, frozenset[str]] = {
    "fr": frozenset(
        "le la les un une des du de d l au aux et ou est sont etait ete a ont avait qui que quoi quel quelle quels "
        "quelles combien comment pourquoi quand dont ce cet cette ces il elle ils elles on nous vous je tu son sa ses "
        "leur leurs pas ne n dans par pour sur avec sans selon chez contre entre depuis apres avant y s t j m c qu "
        "resume resumez dis dites donne donnez explique expliquez oui non bonjour merci quelqu aucun aucune".split()
    ),
    "en": frozenset(
        "the an and or is are was were been has have had who what which when where why how whom whose this that these "
        "those he she it they we you i his her its their our your my not no do does did in by for with without of to "
        "from at about against between since after before many much any some summarize summarise tell give explain "
        "describe yes hello please thanks there be can could would should will".split()
    ),
}

_QUOTED = re.compile(r"«[^»]*»|“[^”]*”|\"[^\"]*\"")
_WORD = re.compile(r"[^\W\d_]+")


def detect(text: str) -> Language:
    """The language of a question or a document; French or English, whichever is nearer."""
    from rag.text.terms import fold

    plain = _QUOTED.sub(" ", text)
    if not _WORD.search(plain):
        plain = text
    words = [fold(word) for word in _WORD.findall(plain)]
    votes = {language: sum(word in table for word in words) for language, table in FUNCTION_WORDS.items()}
    if votes["fr"] != votes["en"]:
        return "fr" if votes["fr"] > votes["en"] else "en"
    found = _detector().detect_language_of(plain)
    return "fr" if found is not None and found.name == "FRENCH" else "en"


@cache
def _detector() -> LanguageDetector:
    from lingua import Language as Lingua
    from lingua import LanguageDetectorBuilder

    return LanguageDetectorBuilder.from_languages(Lingua.FRENCH, Lingua.ENGLISH).build()
