"""A rival's free text as an ``Answer``: sentences, the labels in them, and whether it said it does not know.

Read with goodwill: a refusal in words counts as an abstention, a label may stand before or after the full stop,
and a sentence without a label borrows none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from eval.matching import plain, stands_in, without_marks
from rag.ingestion.boundaries import sentence_spans
from rag.language import detect
from rag.types import Answer, Citation, Statement, Timings

_LABELS = re.compile(r"\s*\[(\d+(?:\s*,\s*\d+)*)\]")
_STOP_BEFORE_MARK = re.compile(r"([.!?…])((?:\s*\[\d+(?:\s*,\s*\d+)*\])+)")

#: Plain words (``eval.matching.plain``) with which models say that the sources do not hold the answer.
_REFUSALS = re.compile(
    r"(?:sources?|documents?|text|information|context)[^.]{0,40} (?:do|does|did) not (?:\w+ ){0,2}"
    r"(?:contain|provide|mention|include|specify|state|say|give|address|indicate|answer)"
    r"|none of the (?:provided |given )?(?:sources|documents)|no (?:specific |relevant )?information (?:is |was )?"
    r"(?:provided|available|given|about|on|regarding)|(?:is|are|was) not (?:mentioned|specified|provided|stated)"
    r"|(?:cannot|can not|unable to) (?:answer|provide|determine|find)|i m sorry|i am sorry"
    r"|(?:sources?|documents?|textes?|informations?)[^.]{0,40} ne (?:\w+ ){0,2}"
    r"(?:contien|fourni|mentionn|precis|indiqu|di(?:t|sent)|donn|permet|repond)"
    r"|aucune (?:des )?(?:information|source|mention)|aucun (?:des )?document|je (?:suis desole|ne peux pas)"
)


def is_refusal(text: str) -> bool:
    """Whether the first sentence says that there is no answer."""
    first = re.split(r"(?<=[.!?])\s", text.strip(), maxsplit=1)[0]
    return not text.strip() or _REFUSALS.search(plain(first)) is not None


def read(question: str, text: str, sources: Sequence[Citation], timings: Timings) -> Answer:
    """``text`` with its ``[n]`` marks, and the ``sources`` that were offered under those labels, as an Answer."""
    language = detect(question)
    shown = text.strip()
    if is_refusal(shown):
        return Answer(question, language, "not_found", shown or "–", timings=timings)
    statements = tuple(_statement(sentence) for sentence in _sentences(shown))
    labels = {n for statement in statements for n in statement.citations}
    cited = tuple(source for source in sources if source.n in labels)
    quotes = [source.quote for source in cited]
    flagged = tuple(replace(one, verbatim=any(stands_in(one.text, quote) for quote in quotes)) for one in statements)
    return Answer(question, language, "answered", shown, flagged, cited, timings=timings)


def _sentences(text: str) -> list[str]:
    found = []
    language = detect(without_marks(text))
    for line in _STOP_BEFORE_MARK.sub(r"\2\1", text).splitlines():  # «… . [1]» belongs to the sentence before it
        found += [line[start:end].strip() for start, end in sentence_spans(line, 0, len(line), language)]
    return [part for part in found if without_marks(part).strip(" .!?…-*")]


def _statement(sentence: str) -> Statement:
    labels = tuple(dict.fromkeys(int(n) for group in _LABELS.findall(sentence) for n in group.split(",")))
    words = " ".join(_LABELS.sub("", sentence).split())
    return Statement(words, labels, 1.0, verbatim=False, origin="shortened", language=detect(words))
