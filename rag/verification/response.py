"""A response told in one sentence, and that there was none in another: the disagreement that no figure shows."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.text.mentions import matches, mentions
from rag.text.names import Name, names
from rag.types import Language, Sentence
from rag.verification.attribution import claim_of

_SILENT: dict[Language, re.Pattern[str]] = {
    "en": re.compile(
        r"\b(?:yet to|has not(?: yet)?|have not(?: yet)?|hasn['’]t|haven['’]t|did not(?: immediately)?|didn['’]t"
        r"|declined to|refused to"
        r"|is yet to)\s+(?:publicly |directly |immediately |officially )?(?:respon\w+|comment\w*|repl\w+|react\w*"
        r"|(?:issue\w*|give\w*|made?|make|offer\w*|provide\w*) (?:an? |any )?(?:\w+ )?(?:response|statement|comment|reply"
        r"|reaction))"
        r"|\b(?:no|without) (?:response|comment|reply|reaction) (?:from|by|was)\b",
        re.IGNORECASE,
    ),
    "fr": re.compile(
        r"\bn['’](?:a|ont|avai(?:t|ent))\s+(?:pas|toujours pas|pas encore|encore pas)(?: encore| immédiatement| directement"
        r"| publiquement"
        r"| officiellement| souhaité| voulu)*\s+(?:répond\w+|réagi\w*|comment\w+|donné (?:de |suite)|publié de réponse"
        r"|fait de commentaire)"
        r"|\brefus\w+ (?:de (?:répondre|commenter|réagir)|tout commentaire)|\b(?:sans|aucune) (?:réponse|réaction) (?:de|du)\b",
        re.IGNORECASE,
    ),
}
_ANSWERS: dict[Language, re.Pattern[str]] = {
    "en": re.compile(r"\b(?:responded|replied|reacted|said in (?:a )?response|in response,)", re.IGNORECASE),
    "fr": re.compile(
        r"\b(?:(?:a|ont|avait) (?:\w+ )?(?:répondu|réagi|répliqué|rétorqué)|(?:répond|réagit|réplique"
        r"|rétorque)(?:ent)?\b(?! à (?:un|une|des) ))"
        r"|\bréaction à (?:la|cette) (?:plainte|accusation)",
        re.IGNORECASE,
    ),
}


def answers(silent: Sentence, answering: Sentence) -> bool:
    """Whether one says that somebody has not responded and the other tells that somebody's response."""
    said = _silence(silent.text, silent.language)
    if said is None or _silence(answering.text, answering.language):
        return False
    answer = _ANSWERS[answering.language].search(answering.text)
    if answer is None:
        return False
    claim = claim_of(answering.text, answering.language)
    speaker = claim.speaker if claim and claim.speaker else answering.text[: answer.start()]
    who = _last_name(silent.text[: said.start()], silent.language)
    return who is not None and matches(who, mentions([(speaker, answering.language)]))


@lru_cache(maxsize=4096)  # every sentence is compared with many
def _silence(text: str, language: Language) -> re.Match[str] | None:
    """Where a text says that somebody has not responded."""
    return _SILENT[language].search(text)


def tells_of_response(sentence: Sentence) -> bool:
    """Whether a response, or that there was none, is told: worth comparing with more than the nearest sentences."""
    told = (_SILENT[sentence.language], _ANSWERS[sentence.language])
    return any(pattern.search(sentence.text) for pattern in told)


def _last_name(text: str, language: Language) -> Name | None:
    found = [name for name in names(text + " ·", language) if name.certain or name.start == 0]
    return found[-1] if found else None
