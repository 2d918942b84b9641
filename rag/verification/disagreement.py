"""Sentences of different documents that say otherwise about the same matter.

Judged by three narrow rules, because a disagreement shown wrongly costs the reader more than one left out:

``response``   one says that somebody has not responded, the other reports that somebody's response;
``figure``     nearly the same sentence, about the same named things, with another number for the same thing counted;
``polarity``   nearly the same sentence, denied in one and affirmed in the other.

Pure: the candidates and their cosines (language direction removed) arrive from the library.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rag.text.figures import Figure, figures, same
from rag.text.mentions import matches, mentions
from rag.text.names import names
from rag.text.terms import fold
from rag.types import Language, Sentence
from rag.verification.attribution import claim_of
from rag.verification.polarity import compare

Kind = Literal["response", "figure", "polarity"]

ABOUT_THE_SAME = 0.80  #: least cosine of a report of silence and the response it overlooks
NEARLY_THE_SAME = 0.93  #: least cosine of sentences that differ in a figure
ALMOST_WORD_FOR_WORD = 0.95  #: least cosine of sentences that differ in a negation
_COUNTED = ("count", "percent", "age", "multiple")

_SILENT: dict[Language, re.Pattern[str]] = {
    "fr": re.compile(
        r"\bn ?(?:a|ont|avait|avaient) (?:pas|toujours pas|pas encore|jamais|encore rien) (?:\w+ ){0,2}?"
        r"(?:repondu|reagi|commente|donne suite)\b|\bs est refuse a tout commentaire\b|\bn a fait aucun commentaire\b"
    ),
    "en": re.compile(
        r"\b(?:has|have|had) (?:yet to|not yet|not|never|n t) (?:\w+ ){0,3}?(?:respon\w+|repl\w+|react\w*|comment\w*|answer\w*)\b"
        r"|\bdeclined to comment\b|\b(?:did|does) not (?:immediately )?(?:respond|reply|comment|answer)\b"
    ),
}
_RESPONDS: dict[Language, re.Pattern[str]] = {
    "fr": re.compile(
        r"\ba (?:repondu|reagi|replique|retorque)\b|\bont (?:repondu|reagi|replique)\b|\bdans (?:sa|leur) reponse\b"
    ),
    "en": re.compile(r"\b(?:responded|replied|reacted)\b|\bin (?:its|his|her|their) (?:response|reply)\b|\bin response\b"),
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """Why two sentences disagree; ``note`` says on what, for the record."""

    kind: Kind
    note: str


def judge(a: Sentence, b: Sentence, cosine: float) -> Judgement | None:
    """Whether two sentences of different documents disagree, and on what; None where no rule is sure."""
    if a.document_id == b.document_id:
        return None
    if cosine >= ABOUT_THE_SAME:
        for silent, reply in ((a, b), (b, a)):
            if who := _overlooked(silent, reply):
                return Judgement("response", who)
    if cosine < NEARLY_THE_SAME or not _share_names(a, b):
        return None
    if differing := _other_figure(a, b):
        return Judgement("figure", differing)
    if cosine >= ALMOST_WORD_FOR_WORD and _denied(a, b) and _denied(b, a):
        return Judgement("polarity", "one denies what the other says")
    return None


def _overlooked(silent: Sentence, reply: Sentence) -> str | None:
    """Who is said in ``silent`` not to have responded, and responds in ``reply``."""
    match = _silence(silent.text, silent.language)
    if match is None or not _RESPONDS[reply.language].search(_plain(reply.text)):
        return None
    speaker = claim_of(reply.text, reply.language)
    if speaker is None or speaker.speaker is None:
        return None
    spoke = mentions([(speaker.speaker, reply.language)])
    before = match.string[: match.start()]
    named = (name for name in names(silent.text, silent.language) if _plain(name.text).strip() in before)
    return next((name.text for name in named if matches(name, spoke)), None)


@lru_cache(maxsize=4096)
def _silence(text: str, language: Language) -> re.Match[str] | None:
    return _SILENT[language].search(_plain(text))


def tells_of_response(sentence: Sentence) -> bool:
    """Whether the sentence reports a response or its absence: worth comparing with more than its neighbours."""
    silent = _silence(sentence.text, sentence.language) is not None
    return silent or bool(_RESPONDS[sentence.language].search(_plain(sentence.text)))


def _denied(a: Sentence, b: Sentence) -> bool:
    return compare(a.text, a.language, [(b.text, b.language)]) == "opposite"


def _share_names(a: Sentence, b: Sentence) -> bool:
    there = mentions([(b.text, b.language)])
    return any(name.certain and matches(name, there) for name in names(a.text, a.language))


def _other_figure(a: Sentence, b: Sentence) -> str | None:
    """A number of ``a`` that stands in ``b`` as another number of the same unit, all others being equal."""
    ones, twos = _counted(a), _counted(b)
    left = [figure for figure in ones if all(same(figure, other) == "different" for other in twos)]
    right = [figure for figure in twos if all(same(figure, other) == "different" for other in ones)]
    if len(left) != 1 or len(right) != 1 or left[0].unit != right[0].unit:
        return None
    return f"{a.text[left[0].start : left[0].end]} / {b.text[right[0].start : right[0].end]}"


def _counted(sentence: Sentence) -> list[Figure]:
    found = figures(sentence.text, sentence.language)
    return [figure for figure in found if figure.certain and (figure.unit in _COUNTED or figure.unit.startswith("money"))]


def _plain(text: str) -> str:
    """Folded, a blank for every mark: what the patterns of this room are written for."""
    return re.sub(r"[^\w]", " ", fold(text))
