"""Negation: whether a statement affirms what its evidence denies, or denies what it affirms.

A negation is a cue ("has not", «n'oblige pas», "refuses", "failed to", «jamais», "no longer") with the stems of the
words it governs. «ne … que», "not only" and a bare expletive «ne» are none; «ne … ni … ni» is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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

    start: int
    end: int
    hard: bool
    governs: tuple[str, ...]  #: stems of the next content words


_NOT_EN = (
    r"\b(?:not(?! only\b| just\b| least\b| to mention\b)|cannot|\w+n['’]t|never|no longer|yet to|nobody|nothing|nowhere|neither|none"
    r"|no(?! doubt\b| matter\b| less\b| more than\b| fewer than\b|\. ?\d)|without)\b"
)
_NOT_FR = (
    r"\b(?:pas(?! seulement\b| que\b| uniquement\b| moins de\b| plus de\b| à pas\b)|jamais|rien|aucune?|nul(?:le)?(?! part)|nullement"
    r"|personne(?=\s+n(?:e\s|['’]))|guère|nulle part|sans(?! doute\b|[- ]abris?\b|[- ]papiers?\b)|ni)\b"
)
_NE = re.compile(r"(?<![\w'’-])(?:ne\s|n['’])", re.IGNORECASE)
_FRENCH_SECOND = re.compile(_NOT_FR + r"|\bplus\b|\bpersonne\b|\bpoint\b", re.IGNORECASE)
_SOFT: dict[Language, str] = {
    "en": r"\b(?:fail(?:s|ed|ing|ure)?|refus(?:e|es|ed|ing|al)|den(?:y|ies|ied|ying|ial)|reject\w*|lack\w*|unable|unwilling|impossible"
    r"|absence|bann?(?:s|ed|ing)?|prohibit\w*|prevent\w*|declin(?:e|es|ed|ing) to|avoid\w*|unlikely|illegal|stop(?:s|ped)?|trouble|hardly"
    r"|barely|few(?:er)?|little|rarely|seldom|differen\w+|otherwise|instead|rather|miss(?:ed|es|ing)?|nor|except|unless|but|against|wrong"
    r"|(?:in|un|il|dis|ir|im|non-?)(?:able|capable|sufficient\w*|adequate\w*|aware|safe|fair|legal|regular|moderated|responsible|agree\w*"
    r"|known|certain|clear|expected|changed|usual|like|identified|happy|necessary|available|familiar|profit)\w*)\b",
    "fr": r"\b(?:échou\w+|échec|refus\w*|ni(?:e|ent|ait|er)|dément\w*|rejet\w*|manqu\w+|incapable\w*|impossible\w*|absence|interdi\w+"
    r"|empêch\w+|évit\w+|illéga\w+|arrêt\w*|cess\w+|insuffisan\w+|défaut de|improbable\w*|peine|mal|peu|rare\w*|difficil\w+|non|différe\w+"
    r"|autre(?:ment)?|plutôt|sauf|contre|seul\w*|inconnu\w*|incertain\w*|inégal\w*|indisponible\w*|dépourvu\w*|privée? de|à jamais|hors)\b",
}
_SPAN = 90


@cache
def _pattern(language: Language, hard: bool) -> re.Pattern[str]:
    return re.compile(({"en": _NOT_EN, "fr": _NOT_FR} if hard else _SOFT)[language], re.IGNORECASE)


def negations(text: str, language: Language) -> tuple[Negation, ...]:
    """The negations of ``text``, in order; the parts of «ne … pas» count once."""
    hard = list(_hard_french(text) if language == "fr" else _hard_english(text))
    soft = [match.span() for match in _pattern(language, False).finditer(text)]
    spans = [(start, end, True) for start, end in hard]
    spans += [(start, end, False) for start, end in soft if not any(a <= start < b for a, b in hard)]
    return tuple(
        Negation(start, end, sure, tuple(stems(text[end : end + _SPAN], language)[:4])) for start, end, sure in sorted(spans)
    )


def _hard_english(text: str) -> Iterator[tuple[int, int]]:
    for match in _pattern("en", True).finditer(text):
        yield match.span()


def _hard_french(text: str) -> Iterator[tuple[int, int]]:
    """«ne» with its second half, wherever that stands; second halves alone («pas de réponse», «sans»)."""
    used: list[int] = []
    for ne in _NE.finditer(text):
        clause = re.split(r"[.;!?:]", text[ne.end() : ne.end() + 70])[0]
        second = [m for m in _FRENCH_SECOND.finditer(clause) if not m[0].lower().startswith("sans")]
        first = [m for m in re.finditer(r"\b(?:personne|rien|aucune?|jamais|ni|nul(?:le)?)\b", text[: ne.start()], re.IGNORECASE)]
        lead = [m for m in first if ne.start() - m.end() < 60 and not re.search(r"[.;!?:]", text[m.end() : ne.start()])]
        if re.match(r"[^,.;]*?\bplus\s+qu(?:e\b|['’])", clause):
            continue  # «ne … plus que» restricts
        if second or lead:
            used += [ne.end() + m.start() for m in second] + [m.start() for m in lead]
            yield ne.span()
        elif re.match(r"(?:peu[tx]\w*|cess\w+|os\w+|sa(?:it|vait))\b", clause):
            yield ne.span()
    for match in _pattern("fr", True).finditer(text):
        if match.start() not in used:
            yield match.span()


def polarity(text: str, language: Language) -> int:
    """The number of negations that grammar makes, 0 for a plain affirmation."""
    return sum(negation.hard for negation in negations(text, language))


def compare(statement: str, language: Language, evidence: Sequence[tuple[str, Language]]) -> Agreement:
    """Whether the statement negates what its evidence negates.

    Same language: negations are paired by the words they govern. Across languages they are counted, verbs and
    adjectives that deny ("refuses", «échoue») standing in for grammar on either side.
    """
    if all(spoken == language for _, spoken in evidence):
        return _paired(statement, " ".join(text for text, _ in evidence), language)
    said = negations(statement, language)
    there = [negation for text, spoken in evidence for negation in negations(text, spoken)]
    surplus = sum(n.hard for n in said) - sum(n.hard for n in there)
    if surplus == 0:
        return "equal"
    spare = sum(not n.hard for n in there) - sum(not n.hard for n in said)
    if surplus > 0:
        return "warning" if spare >= surplus else "opposite"
    covers = len(statement) > 0.6 * sum(len(text) for text, _ in evidence)
    return "opposite" if covers and -spare < -surplus else "warning"


def _paired(statement: str, evidence: str, language: Language) -> Agreement:
    said, there = negations(statement, language), negations(evidence, language)
    in_evidence, in_statement = stems(evidence, language), stems(statement, language)
    for negation in said:
        if negation.hard and not any(_meet(negation, other) for other in there):
            return "opposite" if not there or _known(negation.governs[:2], in_evidence) else "warning"
    for negation in there:
        if negation.hard and not any(_meet(negation, other) for other in said) and _known(negation.governs[:2], in_statement):
            return "opposite"
    return "equal"


def _meet(a: Negation, b: Negation) -> bool:
    return any(_alike(x, y) for x in a.governs[:2] for y in b.governs[:3]) or any(
        _alike(x, y) for x in b.governs[:2] for y in a.governs[:3]
    )


def _known(governed: Sequence[str], words: Sequence[str]) -> bool:
    return bool(governed) and all(any(_alike(stem, word) for word in words) for stem in governed)


def _alike(a: str, b: str) -> bool:
    return a == b or (len(a) > 4 and len(b) > 4 and fuzz.ratio(a, b) >= 82)
