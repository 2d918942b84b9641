"""Negation: whether a statement affirms what its evidence denies, or denies what it affirms.

A negation is a cue ("has not", «n'oblige pas», "refuses", "failed to", «jamais», "no longer") with the stems of the
words it governs. «ne … que», "not only" and a bare expletive «ne» are none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from rapidfuzz import fuzz

from rag.text.terms import stems
from rag.types import Language

Agreement = Literal["equal", "warning", "opposite"]


@dataclass(frozen=True, slots=True)
class Negation:
    """A cue at ``text[start:end]``; ``hard`` for grammar (not, ne…pas), else carried by a verb or adjective."""

    cue: str
    start: int
    end: int
    hard: bool
    governs: tuple[str, ...]  #: stems of the next content words


_HARD: dict[Language, str] = {
    "en": r"\b(?:not(?! only\b| just\b| least\b)|cannot|\w+n['’]t|never|no longer|no|none|nobody|nothing|nowhere|neither|nor"
    r"|yet to|without|hardly|barely|few(?!er))\b",
    "fr": r"\b(?:n['’]|ne\s)(?=[^.;!?]{0,60}?\b(?:pas|plus|jamais|rien|aucune?|personne|guère|ni|nul|nulle part|point)\b)"
    r"|\b(?:aucune?s?|jamais|nullement|sans|ni)\b|(?<!ne )(?<!n')\bpas\b(?! seulement\b| que\b| moins\b| uniquement\b)|\bnon\b(?![- ]seulement)",
}
_SOFT: dict[Language, str] = {
    "en": r"\b(?:fail(?:s|ed|ing|ure)?\b|refus(?:e|es|ed|ing|al)\b|den(?:y|ies|ied|ying)\b|reject\w*|lack\w*|unable|unwilling|impossible|"
    r"absence|ban(?:s|ned|ning)?\b|prohibit\w*|prevent\w*|declin(?:e|es|ed|ing) to|avoid\w*|unlikely|illegal|stop(?:s|ped)?\b"
    r"|(?:in|un|il|dis|ir|im)(?:able|capable|sufficient\w*|adequate\w*|aware|safe|fair|legal|regular|moderated|responsible|agree\w*)\b)",
    "fr": r"\b(?:échou\w+|refus\w+|ni(?:e|ent|é|ait|er)\b|dément\w*|rejet\w+|manqu\w+|incapable\w*|impossible\w*|absence|interdi\w+|empêch\w+"
    r"|évit\w+|illéga\w+|arrêt(?:e|é|er|ent)\b|insuffisan\w+|défaut de|peu probable|improbable|peine à|mal à|peu\b)",
}
_QUE = re.compile(r"\b(?:ne\s|n['’])[^.;!?]{0,60}?\bque?\b(?!\w)", re.IGNORECASE)
_SPAN = 90


@cache
def _pattern(language: Language, hard: bool) -> re.Pattern[str]:
    return re.compile((_HARD if hard else _SOFT)[language], re.IGNORECASE)


def negations(text: str, language: Language) -> tuple[Negation, ...]:
    """The negations of ``text``, in order; the parts of «ne … pas» count once."""
    found: list[Negation] = []
    for hard in (True, False):
        for match in _pattern(language, hard).finditer(text):
            if hard and language == "fr" and _again(text, match, found):
                continue
            governed = tuple(stems(text[match.end() : match.end() + _SPAN], language)[:4])
            found.append(Negation(match[0].strip().lower(), match.start(), match.end(), hard, governed))
    return tuple(sorted(found, key=lambda negation: negation.start))


def _again(text: str, match: re.Match[str], found: list[Negation]) -> bool:
    """«pas», «jamais», «aucun» after their «ne»: the same negation."""
    return any(
        earlier.cue in ("ne", "n'", "n’")
        and 0 <= match.start() - earlier.end < 70
        and "." not in text[earlier.end : match.start()]
        for earlier in found[-1:]
    )


def polarity(text: str, language: Language) -> int:
    """The number of negations that grammar makes, 0 for a plain affirmation."""
    return sum(negation.hard for negation in negations(text, language))


def compare(statement: str, language: Language, evidence: Sequence[tuple[str, Language]]) -> Agreement:
    """Whether the statement negates what its evidence negates.

    Same language: negations are paired by the words they govern. Across languages the counts are compared, verbs
    that deny ("refuses", «échoue») standing in for grammar on either side.
    """
    said = negations(statement, language)
    same_language = [text for text, spoken in evidence if spoken == language]
    if same_language and len(same_language) == len(evidence):
        return _paired(statement, said, " ".join(same_language), language)
    there = [negation for text, spoken in evidence for negation in negations(text, spoken)]
    hard_said, hard_there = sum(n.hard for n in said), sum(n.hard for n in there)
    if bool(hard_said) == bool(hard_there):
        return "equal" if hard_said == hard_there else "warning"
    if hard_said:
        return "warning" if there else "opposite"
    covers = len(statement) > 0.6 * sum(len(text) for text, _ in evidence)
    if len(said) > 0:
        return "warning"
    return "opposite" if covers else "warning"


def _paired(statement: str, said: Sequence[Negation], evidence: str, language: Language) -> Agreement:
    there = negations(evidence, language)
    plain_there, plain_said = stems(evidence, language), stems(statement, language)
    for negation in said:
        if negation.hard and not any(_meet(negation, other) for other in there):
            return "opposite" if not there or _known(negation.governs[:2], plain_there) else "warning"
    for negation in there:
        if not negation.hard or any(_meet(negation, other) for other in said):
            continue
        if negation.governs and _known(negation.governs[:2], plain_said) and not said:
            return "opposite"
    return "equal"


def _meet(a: Negation, b: Negation) -> bool:
    return any(_alike(x, y) for x in a.governs[:3] for y in b.governs) or any(
        _alike(x, y) for x in b.governs[:3] for y in a.governs
    )


def _known(governed: Sequence[str], words: Sequence[str]) -> bool:
    return bool(governed) and all(any(_alike(stem, word) for word in words) for stem in governed)


def _alike(a: str, b: str) -> bool:
    return a == b or (len(a) > 4 and len(b) > 4 and fuzz.ratio(a, b) >= 82)
