"""Questions about documents as a whole: recognised by general cues, answered with sentences spread over them.

«De quoi parlent ces documents ?», "Give an overview of the English article". A question that asks for a summary of a
*matter* («Résume les arguments de…», "What does the article say about…") is not one of these: its evidence is
searched for like any other, and has to be heard before it is believed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.text.figures import figures, same
from rag.text.terms import fold, stems
from rag.types import LANGUAGES, Language, Source

FloatArray = NDArray[np.float32]

LEAD = 0.05  #: what standing first in a document is worth against a cosine; half of it four sentences on
LEAD_FADES = 4.0
APART = 0.7  #: how strongly a sentence like one already chosen is avoided
SHORT = 6  #: words below which a sentence seldom stands for a document

_DOCUMENT: dict[Language, str] = {
    "fr": r"(?:documents?|corpus|articles?|textes?|podcasts?|balados?|emissions?|dossiers?|sources|fichiers?|recueil"
    r"|collection|reportages?|communiques?|depeches?|billets?|tribunes?|chroniques?|publications?)",
    "en": r"(?:documents?|corpus|articles?|texts?|podcasts?|episodes?|dossiers?|sources|files?|collection|library|stories"
    r"|pieces?|columns?|op-eds?|press releases?|publications?|papers?|posts?)",
}
_THE: dict[Language, str] = {
    "fr": r"(?:l['’] ?|(?:le|la|les|ce|cet|cette|ces|chaque|tous les|toutes les|l['’]ensemble (?:des|du|de ces)|du|des|d['’]un"
    r"|votre|vos|de ce|de cet|de cette|de ces|de l['’]|d['’]|(?:cinq|quatre|trois|deux) )\s*)(?:\w+ ){0,2}?",
    "en": r"(?:the|this|these|that|those|your|each|every|all|all the|all of the|both|of) (?:[\w-]+ ){0,3}?",
}
_SUMMARY: dict[Language, str] = {
    "fr": r"\b(?:resum\w*|synthe\w+|apercu|vue d['’]ensemble|panorama|recapitul\w*|grandes lignes|points? (?:cles?|principaux"
    r"|essentiels?)|idees? (?:principales?|generales?|cles?)|l['’]essentiel|en bref|presente[rz]?|themes?|sujets?|contenu"
    r"|fais le point)\b",
    "en": r"\b(?:summar\w+|sum (?:\w+ )?up|overview|recap\w*|outline|digest|gist|nutshell|main (?:points?|ideas?|topics?|themes?"
    r"|subjects?)|key (?:points?|facts?|ideas?)|synopsis|abstract|topics? of|subjects? of|themes? of)\b",
}
_ABOUT: dict[Language, str] = {
    "fr": r"\bde quoi (?:parle(?:nt)?|traite(?:nt)?|il (?:est question|s['’]agit)|est-il question|s['’]agit-il|retourne)"
    r"|\bsur quoi portent?\b|\bqu['’](?:y a-t-il|est-ce qu['’]il y a|apprend-on)\b|\bquels? (?:themes?|sujets?)\b",
    "en": r"\bwhat (?:is|are|was|were)\b.*\babout\b|\btell me about\b|\bwhat(?:['’]s| is) in\b"
    r"|\b(?:what|which) (?:topics?|subjects?|themes?)\b",
}
#: «Que disent ces documents ?»: the document, then nothing more.
_SAYS: dict[Language, str] = {
    "fr": r"\b(?:que|qu['’]est-ce que) (?:dit|disent|racontent?|contient|contiennent|relatent?|couvrent?) (?:donc )?{whole}\W*$"
    r"|\bqu['’]est-ce que {whole} (?:dit|disent|racontent?|contient|contiennent|relatent?|couvrent?)\W*$",
    "en": r"\bwhat (?:does|do|did) {whole} (?:say|cover|contain|tell us|tell me|discuss|deal with|talk about|describe)\W*$",
}
_FOCUS: dict[Language, str] = {
    "fr": r"\b(?:sur (?!quoi)|a propos d|au sujet d|concernant|quant a|a l['’]egard|contre |selon )",
    "en": r"\b(?:about|on|regarding|concerning|as to|with respect to|against|according to) (?!now\b)\w",
}
_WHOLE: dict[Language, re.Pattern[str]] = {
    language: re.compile(_THE[language] + _DOCUMENT[language] + r"\b") for language in LANGUAGES
}
_ASKS = {
    language: (re.compile(f"{_SUMMARY[language]}|{_ABOUT[language]}"), re.compile(_FOCUS[language])) for language in LANGUAGES
}
_ALONE = {language: re.compile(_SAYS[language].replace("{whole}", _WHOLE[language].pattern)) for language in LANGUAGES}
_LANGUAGES: tuple[tuple[Language, re.Pattern[str]], ...] = (
    ("en", re.compile(r"\b(?:english|anglaise?s?|anglophones?)\b")),
    ("fr", re.compile(r"\b(?:french|francaise?s?|francophones?)\b")),
)
_MEDIUM = re.compile(r"\b(?:podcasts?|balados?|episodes?|interviews?|blogs?|columns?|tribunes?|communiques?|press releases?)\b")


def is_broad(question: str, language: Language) -> bool:
    """Whether the question asks what a document, or all of them, say as a whole."""
    folded = " ".join(fold(question).replace("’", "'").split())
    if _ALONE[language].search(folded):
        return True
    asks, focus = _ASKS[language]
    cue, whole = asks.search(folded), _WHOLE[language].search(folded)
    if cue is None or whole is None or focus.search(folded[whole.end() :]):
        return False
    between = folded[min(cue.end(), whole.end()) : max(cue.start(), whole.start())]
    words = between.split()
    return len(words) <= 3 and not re.search(r"[,;:]", between) and not _MATTERS & set(words)


#: Words that name a matter between the cue and the document: «résume les arguments de l'article».
_MATTERS = frozenset(
    "how why who where when arguments argument accusations allegations reactions reaction response position opinion "
    "comment pourquoi qui ou quand reponse avis".split()
)


def named(
    question: str,
    language: Language,
    sources: Sequence[Source],
    openings: Callable[[Sequence[str]], Mapping[str, str]],
) -> tuple[Source, ...]:
    """The documents a broad question means: by language, date, medium, title, author; all where it names none.

    ``openings`` gives the first characters of documents by their ids: there a podcast says that it is one. It is
    asked once, and only where the question names a medium. Empty: a date, medium, title or author is named that no
    document has.
    """
    folded = fold(question)
    found = list(sources)
    for spoken, pattern in _LANGUAGES:
        if pattern.search(folded):
            found = [source for source in found if source.language == spoken]
    said = [f for f in figures(question, language) if f.certain and f.unit in ("date", "month", "year")]
    if said:
        found = [
            source
            for source in found
            if source.date and all(any(same(f, g) != "different" for g in figures(source.date, source.language)) for f in said)
        ]
    medium = _MEDIUM.search(folded)
    if medium and len(sources) > 1:
        stem = medium[0].rstrip("s")
        begins = openings([source.id for source in found])
        found = [s for s in found if stem in fold(f"{s.path} {s.title} {s.publisher} {begins.get(s.id, '')}")] or found
    return _by_card(folded, found)


def _by_card(folded: str, sources: Sequence[Source]) -> tuple[Source, ...]:
    """Those whose title or author shares the most words with the question; all where none does."""
    asked = {each: set(stems(folded, each)) for each in LANGUAGES}
    cards = [set(stems(f"{s.title or ''} {s.publisher or ''}", s.language)) for s in sources]
    shared = [len(card & asked[s.language]) for s, card in zip(sources, cards, strict=True)]
    most = max(shared, default=0)
    return tuple(s for s, count in zip(sources, shared, strict=True) if count == most or most < 2)


def spread(documents: Sequence[tuple[FloatArray, Sequence[int]]], limit: int) -> list[tuple[int, int, float]]:
    """Sentences that stand for documents: (document, sentence, score), most telling first, a round a document.

    ``documents``: of each, the vectors of its sentences (n, dimension) and how many words each has. A sentence is
    telling when it lies near the mean of its document, stands early and is unlike those already taken (a
    centroid summary with maximal marginal relevance, Radev et al. 2004, Carbonell & Goldstein 1998).
    """
    worth = [_telling(vectors, words) for vectors, words in documents]
    taken: list[tuple[int, int, float]] = []
    held: list[FloatArray] = []
    left = [set(range(len(vectors))) for vectors, _ in documents]
    rounds = 0
    while len(taken) < limit and any(left):
        heard: list[tuple[int, int, float]] = []
        for place, (vectors, _) in enumerate(documents):
            if not left[place]:
                continue
            alike = np.max(vectors @ np.stack(held).T, axis=1) if held else np.zeros(len(vectors), np.float32)
            scores = worth[place] - APART * alike
            best = max(left[place], key=lambda row: float(scores[row]))
            left[place].discard(best)
            held.append(vectors[best])
            heard.append((place, best, float(worth[place][best]) - rounds))
        taken += sorted(heard, key=lambda item: -item[2])
        rounds += 1
    return taken[:limit]


def _telling(vectors: FloatArray, words: Sequence[int]) -> FloatArray:
    mean = vectors.mean(axis=0)
    near = vectors @ (mean / max(float(np.linalg.norm(mean)), 1e-12))
    lead = LEAD * 0.5 ** (np.arange(len(vectors)) / LEAD_FADES)
    short = np.array([0.1 if count < SHORT else 0.0 for count in words])
    return np.asarray(near + lead - short, np.float32)
