"""What a question asks for, and whether a sentence could hold such an answer.

A cue-word reading of the question's first words; no model. The expected kind (who, how many, when…) is one
feature among those of ``belief``: it ranks, it never decides alone.
"""

from __future__ import annotations

import re
from typing import Literal

from rag.text.figures import Figure, figures
from rag.text.names import names
from rag.text.terms import fold
from rag.types import Language

AnswerKind = Literal["who", "how_many", "when", "where", "why", "yes_no", "other"]

_CUES: tuple[tuple[AnswerKind, str], ...] = (
    (
        "how_many",
        r"\bcombien\b|\bquel(le)?s? (est le |etait le )?(nombre|pourcentage|proportion|part|age|montant|"
        r"chiffre|taux|somme)|\bhow (many|much|often|old|long)\b|\bwhat (is the |was the )?(number|percentage|"
        r"share|proportion|age|amount|figure|rate|sum)\b|\bby (how much|what)\b|\ba quel rythme\b|\bat what rate\b",
    ),
    (
        "when",
        r"\bquand\b|\ben quelle annee\b|\bquel (jour|mois)\b|\ba quelle date\b|\bwhen\b|\b(what|which) "
        r"(day|month|year|date)\b|\bdepuis quand\b|\bsince when\b",
    ),
    ("why", r"\bpourquoi\b|\bpour quelles? raisons?\b|\bwhy\b|\bfor what reasons?\b|\bhow come\b"),
    (
        "where",
        r"\bou\b(?= (est|se|a|ont|sont|etait|peut))|\bdans quel(le)?s? (pays|etat|ville|region)|\bwhere\b|\bin (what|which) "
        r"(country|state|city|region)\b",
    ),
    (
        "who",
        r"\bqui\b|\bquel(le)?s? (procureurs?|senateurs?|personnes?|organisations?|universites?|journa(l|ux)|entreprises?|"
        r"etats?|plateformes?|reseaux?)\b|\bwho(m|se)?\b|\b(what|which) (attorneys?|senators?|persons?|organi[sz]ations?|"
        r"universit(y|ies)|newspapers?|compan(y|ies)|states?|platforms?|outlets?|institutes?)\b",
    ),
)
_CUES_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in _CUES)
_YES_NO = re.compile(
    r"^(est ce que|est ce qu|y a t il|a t on|is|are|was|were|has|have|had|did|does|do|can|could|will|would|should)\b"
)
_INVERSION = re.compile(r"\w+-(t-)?(il|elle|ils|elles|on)\b")
_AGREEMENT = re.compile(
    r"\b(?:respon[ds]\w*|repl(?:y|ied|ies)|react\w*|comment(?:ed|s)|repond\w*|repons\w*|reagi\w*|reaction\w*|dis?agree\w*|agree\w*|"
    r"accord(?:ent)?|desaccord\w*|contradict\w*|contredi\w*|diverg\w*|oppose\w*|meme chose|same thing)\b"
)
_COMPARES = re.compile(
    r"\b(?:compar\w+|contrast\w*|differ|differs|differently|differences?|differe(?:nt|nts|nte|ntes|nces?)?|alike|unlike|"
    r"s'oppose\w*|s'ecarte\w*|similar\w*|how far apart|both (?:articles|documents|sources|texts|of)|"
    r"(?:les )?deux (?:articles|documents|sources|textes)|"
    r"(?:superieure?s?|inferieure?s?) (?:a|au|aux)|"
    r"(?:larger|higher|lower|bigger|smaller|longer|shorter|older|earlier|later|greater) than)\b"
    r"|^\W*(?:qui|lequel|laquelle|lesquels?|lesquelles?),? (?:de |d'(?!autres?\b)|des |du ).* (?:ou|plus|moins)\b"
    r"|^\W*(?:which|who|what)\b.*\b(?:larger|higher|lower|bigger|smaller|longer|shorter|older|earlier|later|greater|more|less|most"
    r"|first)\b[^,]*,.* or\b"
)
#: Words that open a question of their own after «, et» / ", and".
_ASKING: dict[Language, str] = {
    "fr": r"(?:combien|comment|pourquoi|quand|où|qui|que|qu['’]|quels?|quelles?|(?:à|de|par|pour|dans|en|depuis|sur|avec|contre) "
    r"(?:qui|quoi|quels?|quelles?)|lesquel\w+|laquelle|est-ce|y a-t-il|a-t-\w+)",
    "en": r"(?:(?:in|by|to|from|for|at|on|of|with|against) )?(?:how|what|who|whom|whose|which|when|where|why)",
}
_ALSO: dict[Language, re.Pattern[str]] = {
    "fr": re.compile(rf",? et (?={_ASKING['fr']}(?:\b|(?<=['’])))|(?<=\?) +(?=\S)", re.IGNORECASE),
    "en": re.compile(rf",? and (?={_ASKING['en']}\b)|(?<=\?) +(?=\S)", re.IGNORECASE),
}
_OPENS: dict[Language, re.Pattern[str]] = {
    "fr": re.compile(rf"\b{_ASKING['fr']}", re.IGNORECASE),
    "en": re.compile(rf"\b{_ASKING['en']}\b", re.IGNORECASE),
}
_PARTS = 3  # at most: each is heard for itself
_TAGGED = re.compile(
    r"</?[a-z_]{2,20}>|\[[^\]]{0,200}:[^\]]{0,400}\]|\([^)]{0,200}:[^)]{0,400}\)|<\|[^|]{0,40}\|>", re.IGNORECASE
)
_ASIDE = re.compile(
    r"(?:new |nouvelles? )?(?:instructions?|consignes?)\b|(?:important|attention|system|systeme|note|assistant) (?=\w)|"
    r"(?:before|when|while|avant de|en) (?:answering|replying|repond\w+)\b|"
    r"(?:please |also |then |now |aussi |puis |ensuite |s il te plait )?"
    r"(?:answer|reply|respond|add|append|end|finish|conclude|ignore|say|write|print|output|repeat|include|reponds|repondez|ajoute|"
    r"ajoutez|termine|terminez|finis|conclus|ecris|ecrivez|dis|repete|inclus|commence|start|begin)\b"
)
_DATE_UNITS = frozenset({"date", "month", "year", "weekday"})


def answer_kind(question: str) -> AnswerKind:
    """The kind of answer expected; ``other`` where no cue tells."""
    folded = fold(question).replace("'", " ").replace("’", " ")
    spaced = folded.replace("-", " ").strip(' «“"¿')
    if _YES_NO.match(spaced):
        return "yes_no"
    for kind, cue in _CUES_COMPILED:
        if cue.search(spaced):
            return kind
    if _INVERSION.search(folded) and not re.search(r"\b(que|quoi|quel(le)?s?|comment|qu)\b", spaced):
        return "yes_no"
    return "other"


def asks_of_agreement(question: str) -> bool:
    """Whether the question is about who responded, or whether the documents say the same."""
    return bool(_AGREEMENT.search(fold(question)))


def compares(question: str) -> bool:
    """Whether the question sets documents or claims side by side."""
    return bool(_COMPARES.search(fold(question).replace("’", "'")))


def parts(question: str, language: Language) -> tuple[str, ...]:
    """The questions that one question joins («combien de…, et qui…»); itself alone where it joins none."""
    found = [part.strip(" ,") for part in _ALSO[language].split(question)]
    asking = [part for part in found if _OPENS[language].search(part) and len(part.split()) > 3]
    return tuple(part.rstrip(" ?") + "?" for part in asking) if 1 < len(asking) == len(found) <= _PARTS else (question,)


def without_asides(question: str) -> str:
    """The question without orders about the answer («termine par…», "[SYSTEM: …]"): nothing to search for.

    Left out, where a sentence that asks remains: what follows the last one, and what begins like an order.
    """
    bare = " ".join(_TAGGED.sub(" ", question).split())
    sentences = re.split(r"(?<=[.?!])\s+", bare)
    kept = [sentence for sentence in sentences if not _ASIDE.match(re.sub(r"[^\w]+", " ", fold(sentence)).strip())]
    while kept and not kept[-1].endswith("?"):
        kept.pop()
    return " ".join(kept) or bare or question


def could_answer(kind: AnswerKind, text: str, language: Language, question: str) -> float:
    """How well ``text`` fits the expected kind, in [0, 1]; 0.5 where the kind asks nothing checkable.

    A figure or a name counts only when the question does not already hold it.
    """
    if kind in ("how_many", "when"):
        asked = {figure.value for figure in figures(question, language)}
        found = [figure for figure in figures(text, language) if figure.value not in asked]
        return float(any(_is_date(figure) == (kind == "when") for figure in found))
    if kind in ("who", "where"):
        known = fold(question)
        return float(any(fold(name.text) not in known for name in names(text, language)))
    if kind == "why":
        return float(bool(re.search(r"\b(parce|car|puisque|afin|pour|because|since|as|due|so that|for)\b", fold(text))))
    return 0.5


def _is_date(figure: Figure) -> bool:
    return figure.unit in _DATE_UNITS
