"""What a question plainly demands of its answer: a time, a quantity, somebody who says so.

A sentence that has none of it is no answer, however near it comes and whatever the model makes of it: "when was the
complaint filed?" is not answered by what the complaint says. Only what is sure is told; other kinds of question
demand nothing that words show.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from rag.text.figures import Figure, figures
from rag.text.names import names
from rag.text.terms import fold
from rag.types import Language
from rag.verification.attribution import claim_of

_TIMES = frozenset({"date", "month", "year", "weekday", "time", "decade", "century"})

#: How the questions open that demand it, folded.
_ASKS_TIME: dict[Language, re.Pattern[str]] = {
    "fr": re.compile(
        r"^(?:et |mais )?(?:depuis |jusqu'a )?(?:quand\b|(?:a|en|de) quel(?:le)? (?:date|annee|mois|jour|epoque)\b)"
    ),
    "en": re.compile(r"^(?:and |but )?(?:since |until )?(?:when\b|(?:on|in|at) (?:what|which) (?:date|year|month|day)\b)"),
}
_ASKS_QUANTITY: dict[Language, re.Pattern[str]] = {
    "fr": re.compile(r"^(?:et |mais )?(?:(?:a|de|en|pour|par|avec|dans) )?combien\b(?! de temps)"),
    "en": re.compile(r"^(?:and |but )?(?:(?:to|in|by|for|from|with|of) )?how (?:many|much)\b"),
}
_SAYING = (
    r"(?:di(?:t|sent|sait)|affirm\w+|soutien\w+|preten\w+|estim\w+|declar\w+|denonc\w+|allegu\w+|assur\w+|"
    r"sa(?:ys?|id)|claim\w*|alleg\w+|assert\w*|stat(?:es?|ed)|argu\w+|contend\w*|believ\w+|thinks?)\b"
)
_ASKS_SPEAKER: dict[Language, re.Pattern[str]] = {
    "fr": re.compile(rf"^(?:et |mais )?(?:(?:selon|d'apres) qui\b|qui (?:a |ont |l'a |est-ce qui )?{_SAYING})"),
    "en": re.compile(rf"^(?:and |but )?(?:according to whom?\b|who (?:has |have |had )?{_SAYING})"),
}
#: What may answer without a date or a figure, folded.
_SOME_TIME: dict[Language, re.Pattern[str]] = {
    "fr": re.compile(
        r"\b(?:hier|aujourd'hui|demain|semaines?|mois|annees?|ans?|jours?|heures?|siecles?|matin|soir|nuit|printemps|"
        r"(?:cet |en |l'|d')ete|automne|hiver|depuis|avant|apres|pendant|durant|lors|lorsqu\w*|quand|jusqu\w*|"
        r"recemment|dernierement|bientot|maintenant|desormais|autrefois|naguere|alors|prochain\w*|derni\w+)\b"
    ),
    "en": re.compile(
        r"\b(?:yesterday|today|tomorrow|weeks?|months?|years?|days?|hours?|century|decades?|morning|evening|night|spring|"
        r"summer|autumn|fall|winter|since|before|after|during|when|while|until|till|once|upon|recently|lately|soon|now|ago|"
        r"later|earlier|next|last)\b"
    ),
}
_SOME_QUANTITY: dict[Language, re.Pattern[str]] = {
    "fr": re.compile(
        r"\b(?:plusieurs|nombreu\w+|plupart|majorite|beaucoup|peu|aucune?|nul(?:le)?|tous|toutes|moitie|tiers|quart|dizaines?|"
        r"centaines?|milliers?|millions?|milliards?|seule?|double\w*|tripl\w+|unique)\b"
    ),
    "en": re.compile(
        r"\b(?:several|many|most|majority|much|few|little|none|no|all|half|thirds?|quarters?|dozens?|hundreds?|thousands?|"
        r"millions?|billions?|single|only|doubl\w+|tripl\w+|twice)\b"
    ),
}


@dataclass(frozen=True, slots=True)
class _Demand:
    asks: dict[Language, re.Pattern[str]]
    met: Callable[[str, Language, str, Language], bool]  #: (text, its language, question, its language)


def fails(question: str, asked_in: Language, text: str, language: Language) -> bool:
    """Whether ``text`` has nothing of what the question demands: no time, no quantity but the question's own, no speaker."""
    opening = fold(question).replace("’", "'").strip(' «“"¿')
    return any(
        demand.asks[asked_in].search(opening) is not None and not demand.met(text, language, question, asked_in)
        for demand in _DEMANDS
    )


def _tells_time(text: str, language: Language, _question: str, _asked_in: Language) -> bool:
    return bool(_SOME_TIME[language].search(fold(text).replace("’", "'"))) or any(map(_is_time, figures(text, language)))


def _tells_quantity(text: str, language: Language, question: str, asked_in: Language) -> bool:
    asked = {figure.value for figure in figures(question, asked_in) if not _is_time(figure)}
    found = (figure for figure in figures(text, language) if not _is_time(figure) and figure.value not in asked)
    return any(found) or bool(_SOME_QUANTITY[language].search(fold(text)))


def _tells_speaker(text: str, language: Language, question: str, _asked_in: Language) -> bool:
    known = fold(question)
    return claim_of(text, language) is not None or any(fold(name.text) not in known for name in names(text, language))


def _is_time(figure: Figure) -> bool:
    return figure.unit in _TIMES


_DEMANDS = (
    _Demand(_ASKS_TIME, _tells_time),
    _Demand(_ASKS_QUANTITY, _tells_quantity),
    _Demand(_ASKS_SPEAKER, _tells_speaker),
)
