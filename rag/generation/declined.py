"""Requests that are not questions about the documents, told by their wording in either language.

Témoin can only ever show sentences that stand in its documents, so a request missed here still yields at most
a citation or "not found"; this room exists so that the refusal is said plainly. Questions *about* such matters
in the documents («Comment les proxénètes approchent-ils leurs victimes ?») are not declined.
"""

from __future__ import annotations

import re

from rag.text.terms import fold

_OVERRIDE = r"\b(ignor\w*|oubli\w*|disregard|forget|bypass|override|contourne\w*|passe outre|fais abstraction)\b"
_RULES = (
    r"\b(instructions?|consignes?|regles?|rules?|guidelines?|documents?|sources?|prompt|restrictions?|filtres?|"
    r"filters?|garde fous?|safeguards?|above|precede\w*|previous)\b"
)
_REVEAL = r"\b(reveal|show|print|repeat|display|output|tell|give|what (is|are)|montre\w*|affiche\w*|repete\w*|revele\w*|donne\w*|quel(le)?s? (est|sont)|cite)\b"
_PROMPT = (
    r"\b(system prompt|hidden prompt|initial prompt|your (own )?(prompt|instructions|rules|guidelines)|prompt systeme|"
    r"prompt initial|tes (consignes|instructions|regles)|vos (consignes|instructions|regles)|ton prompt|votre prompt)\b"
)
_ROLE = (
    r"\b(pretend (to be|you|that you)|act (as|like)|role ?play|you are (now|no longer)|from now on you|imagine (that )?you are|"
    r"fais (comme si|semblant)|faites (comme si|semblant)|jou(e|ez|er|ons) (le|un) role|tu es (maintenant|desormais)|"
    r"vous etes (maintenant|desormais)|imagine que tu|jeu de role|comporte toi comme|dans la peau d)\b"
)
_WRITE = r"\b(write|compose|generate|create|draw|invent|make up|ecri\w+|redige\w*|compose\w*|genere\w*|invente\w*|imagine\w*|raconte\w*|dessine\w*|tell me|cree\w*)\b"
_FICTION = r"\b(poem|story|stories|song|joke|novel|fiction|script|essay|limerick|haiku|poeme|histoire|conte|chanson|blague|roman|scenario|recit|nouvelle|dissertation|tweet|slogan)s?\b"
_SEXUAL = r"\b(erotic\w*|erotique\w*|sexual\w*|sexuel\w*|porn\w*|pedoporn\w*|nude\w*|dirty)\b"
_HOW_TO = (
    r"\b(how (to|can|could|do|would|might|should) ?(i|we|one|you|someone)?\b|help me|teach me|i want to|where (can|could|do) i|"
    r"explain how to|steps to|comment (puis je|pourrais je|je peux|on peut|peut on|faire pour|s y prendre|\w+er\b|\w+ir\b)|"
    r"aide\w* moi|apprends moi|je veux|je voudrais|ou (puis je|trouver|acheter|telecharger)|explique\w* (moi )?comment \w+(er|ir)\b)"
)
_HARM = r"\b(groom\w*|lure|seduce|abuse|exploit\w*|traffic\w*|molest\w*|contact\w*|approach|buy|sell|trade|download|find|trouver|contacter|attirer|approcher|seduire|manipuler|abuser|exploiter|acheter|vendre|telecharger|echanger|obtenir|get|access|recruit\w*|recruter|pieger|trick)\b"
_MINOR = r"\b(child\w*|kid|kids|minor|minors|teen\w*|underage|girl|girls|boy|boys|csam|enfants?|mineure?s?|ados?|adolescente?s?|fillettes?|petites? filles?|pedoporn\w*)\b"
_THIRD_PERSON = re.compile(r"\b(according to|selon|d apres|how do (predators|traffickers|criminals|pimps|adults|they))\b")

_PATTERNS = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        rf"{_OVERRIDE}.{{0,60}}{_RULES}",
        rf"{_REVEAL}.{{0,40}}{_PROMPT}",
        _ROLE,
        rf"{_WRITE}.{{0,60}}{_FICTION}",
        rf"{_WRITE}.{{0,60}}{_SEXUAL}",
    )
)
_HARMING = re.compile(rf"{_HOW_TO}.{{0,60}}{_HARM}.{{0,60}}{_MINOR}|{_HOW_TO}.{{0,40}}{_SEXUAL}", re.DOTALL)


def is_declined(question: str) -> bool:
    """Whether ``question`` asks for something other than information about the documents."""
    plain = re.sub(r"[^\w]+", " ", fold(question)).strip()
    if any(pattern.search(plain) for pattern in _PATTERNS):
        return True
    return bool(_HARMING.search(plain)) and not _THIRD_PERSON.search(plain)
