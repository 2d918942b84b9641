"""Negation: whether a statement affirms what its evidence denies, or denies what it affirms.

A negation is a cue ("has not", «n'oblige pas», "failed to", «jamais», "no longer") with the stems of the words it
governs. «ne … que», "not only" and a bare expletive «ne» are none; «ne … ni … ni» is one. Verbs and adjectives that
only lean that way ("lacks", «rejette», "illegal") are soft cues: they may stand for a negation in the other text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache
from typing import Literal

from rapidfuzz import fuzz

from rag.text.terms import fold, stems
from rag.types import Language

Agreement = Literal["equal", "warning", "opposite"]


@dataclass(frozen=True, slots=True)
class Negation:
    """A cue at ``text[start:end]``; ``hard`` for grammar and its equals (not, ne…pas, failed to)."""

    start: int
    end: int
    hard: bool
    governs: tuple[str, ...]  #: stems of the next content words


_NOT_EN = (
    r"\b(?:not(?!(?: \w+)? (?:only|just|solely)\b| least\b| to mention\b)|cannot|\w+n['’]t|never(?! (?:more|less) so\b)|no longer"
    r"|yet to|nobody"
    r"|nothing|nowhere|neither"
    r"|none|no(?!\.| doubt\b| matter\b| less\b| more than\b| fewer than\b)|without|fail(?:s|ed|ing|ure)? to|unable to"
    r"|refus(?:es|ed|ing) to"
    r"|declin(?:es|ed|ing) to)\b"
)
_NOT_FR = (
    r"\b(?:pas(?! seulement\b| que\b| uniquement\b| moins de\b| plus de\b| à pas\b)|(?<!à )(?<!que )(?<!si )jamais|rien|aucune?"
    r"|nullement"
    r"|personne(?=\s+n(?:e\s|['’]))|guère|nulle part|sans(?! doute\b|[- ]abris?\b|[- ]papiers?\b)|ni|échou\w+ à"
    r"|incapables? d(?:e\b|['’])|refus\w+ d(?:e\b|['’]))\b"  # whole words: «passager» and «nickel» negate nothing
)
_NE = re.compile(r"(?<![\w'’-])(?:ne\s|n['’])", re.IGNORECASE)
_SECOND = re.compile(_NOT_FR + r"|\bplus\b|\bpersonne\b|\bpoint\b", re.IGNORECASE)
_FIRST = re.compile(r"\b(?:personne|rien|aucune?|jamais|ni|nul(?:le)?)\b", re.IGNORECASE)
_ONLY = re.compile(r"[^,.;]*?\bplus\s+qu(?:e\b|['’])|[^,.;]*?\bpas\s+(?:seulement|uniquement|que)\b", re.IGNORECASE)
_LITERARY = re.compile(r"(?:peu[tx]\w*|pouv\w+|pu\b|cess\w+|os\w+|sa(?:it|vait))\b", re.IGNORECASE)
_SOFT: dict[Language, str] = {
    "en": r"\b(?:fail(?:s|ed|ing|ure)?|refus(?:e|es|ed|ing|al)|den(?:y|ies|ied|ying|ial)|reject\w*|lack\w*|unable|unwilling"
    r"|impossible"
    r"|absence|bann?(?:s|ed|ing)?|prohibit\w*|prevent\w*|avoid\w*|unlikely|illegal|stop(?:s|ped)?|trouble|hardly|barely"
    r"|few(?:er)?|little"
    r"|rarely|seldom|differen\w+|otherwise|instead|rather|miss(?:ed|es|ing)?|nor|except|unless|wrong"
    r"|(?:in|un|il|dis|ir|im|non-?)(?:able|capable|sufficient\w*|adequate\w*|aware|safe|fair|legal|regular|moderated"
    r"|responsible|agree\w*"
    r"|known|certain|clear|expected|changed|usual|like|identified|happy|necessary|available|familiar|profit)\w*)\b",
    "fr": r"\b(?:échou\w+|échec|refus\w*|ni(?:e|ent|ait|er)|dément\w*|rejet\w*|manqu\w+|incapable\w*|impossible\w*|absence"
    r"|interdi\w+"
    r"|empêch\w+|évit\w+|illéga\w+|arrêt\w*|cess\w+|insuffisan\w+|défaut de|improbable\w*|peine|mal|peu|rare\w*|difficil\w+"
    r"|non|différe\w+"
    r"|autre(?:ment)?|plutôt|sauf|inconnu\w*|incertain\w*|inégal\w*|indisponible\w*|dépourvu\w*|privée? de|hors)\b",
}
_SPAN = 90
_LONGEST = 2000


@cache
def _pattern(language: Language, hard: bool) -> re.Pattern[str]:
    return re.compile(({"en": _NOT_EN, "fr": _NOT_FR} if hard else _SOFT)[language], re.IGNORECASE)


@lru_cache(maxsize=1024)
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
        second = [match for match in _SECOND.finditer(clause) if not match[0].lower().startswith("sans")]
        lead = [
            match
            for match in _FIRST.finditer(text, max(0, ne.start() - 60), ne.start())
            if not re.search(r"[.;!?:]", text[match.end() : ne.start()])
        ]
        if _ONLY.match(clause):
            used += [ne.end() + match.start() for match in second]
        elif second or lead:
            used += [ne.end() + match.start() for match in second] + [match.start() for match in lead]
            yield ne.span()
        elif _LITERARY.match(clause):
            yield ne.span()
    for match in _pattern("fr", True).finditer(text):
        if match.start() not in used:
            yield match.span()


def polarity(text: str, language: Language) -> int:
    """The number of negations that grammar makes, 0 for a plain affirmation."""
    return sum(negation.hard for negation in negations(text, language))


def compare(statement: str, language: Language, evidence: Sequence[tuple[str, Language]]) -> Agreement:
    """Whether the statement negates what its evidence negates, by words alone.

    Same language: a negation put in or left out of otherwise equal words is "opposite"; other negations are paired
    by the words they govern. Across languages they are counted, soft cues standing in for hard ones.
    """
    own = [text for text, spoken in evidence if spoken == language]
    if any(toggled(statement, text, language) for text in own):
        return "opposite"
    if len(own) == len(evidence):
        return _paired(statement, " ".join(own), language)
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


def toggled(statement: str, evidence: str, language: Language) -> bool:
    """Whether the two differ by a negation between words that are otherwise the same; texts, not pages."""
    if max(len(statement), len(evidence)) > _LONGEST:
        return False
    ours, theirs = _tokens(statement), _tokens(evidence)
    blocks = SequenceMatcher(None, [word for word, _ in ours], [word for word, _ in theirs], autojunk=False)
    hard_ours = [n for n in negations(statement, language) if n.hard]
    hard_theirs = [n for n in negations(evidence, language) if n.hard]
    if len(hard_ours) == len(hard_theirs):
        return False
    opcodes = blocks.get_opcodes()
    for place, (kind, a, b, c, d) in enumerate(opcodes):
        size = (b - a) + (d - c)
        if kind == "equal" or size > 4:
            continue
        beside = [opcodes[i] for i in (place - 1, place + 1) if 0 <= i < len(opcodes)]
        if max((other[2] - other[1] for other in beside), default=0) < 2 or (size > 2 and len(beside) < 2):
            continue
        if _inside(ours, a, b, hard_ours) != _inside(theirs, c, d, hard_theirs):
            return True
    return False


def _tokens(text: str) -> list[tuple[str, int]]:
    return [(fold(match[0]), match.start()) for match in re.finditer(r"\w+(?=n['’]t\b)|n['’]t\b|\w['’]|\w+", text)]


def _inside(tokens: list[tuple[str, int]], start: int, end: int, cues: list[Negation]) -> int:
    return sum(any(cue.start <= place < cue.end for _, place in tokens[start:end]) for cue in cues)


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
    """Whether both govern the same words; a soft cue must govern the very next word."""
    reach = 3 if a.hard and b.hard else 1
    return any(_alike(x, y) for x in a.governs[:2] for y in b.governs[:reach]) or any(
        _alike(x, y) for x in b.governs[:2] for y in a.governs[:reach]
    )


def _known(governed: Sequence[str], words: Sequence[str]) -> bool:
    return bool(governed) and all(any(_alike(stem, word) for word in words) for stem in governed)


def _alike(a: str, b: str) -> bool:
    return a == b or (len(a) > 4 and len(b) > 4 and fuzz.ratio(a, b) >= 82)
