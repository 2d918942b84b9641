"""Hear each witness alone: does this one sentence hold the answer?

The model sees one evidence sentence at a time, then the question, and says Yes or No. The log-odds of Yes go into
``belief``. A model adapted to this needs no examples, and is shown the title and date of the document too; any other is
shown examples first, a prefix the server caches.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from rag.generation.prompts import load
from rag.models.llm import Completion, Llm, Message
from rag.models.yes_no import weigh
from rag.text.terms import fold
from rag.types import Evidence, Source

_TITLE = 100  # characters of a title shown
#: Openings that point backwards: such a sentence is shown with the one before it.
_LEANS = re.compile(
    r"^[«“\"\s]*(il|elle|ils|elles|ce|cet|cette|ces|cela|celui|celle|ceux|leurs?|son|sa|ses|d'apres eux|de son cote|"
    r"puis|par la suite|au fur et a mesure|pourquoi|seulement|en fait|de fait|via leurs|qu'il|he|she|it|they|this|"
    r"these|those|that|his|her|their|its|such)\b"
)


@dataclass(frozen=True, slots=True)
class Testimony:
    """What one witness was asked and said, as log-odds (natural log), and what it cost."""

    evidence: Evidence
    log_odds: float
    completion: Completion


def leans_on_neighbour(evidence: Evidence) -> bool:
    """Whether the sentence points back to the one before it (a pronoun, a connecting word)."""
    return bool(evidence.before) and bool(_LEANS.match(fold(evidence.sentence.text).replace("’", "'")))


def source_text(evidence: Evidence) -> str:
    """The sentence as the model is shown it, its predecessor first where it leans on it."""
    text = evidence.sentence.text
    shown = f"{evidence.before} {text}" if leans_on_neighbour(evidence) else text
    return " ".join(shown.split())


def card_line(source: Source) -> str:
    """Title and date of a document as an adapted model is shown them, with the line's end; empty where it has no title."""
    if not source.title:
        return ""
    return f"Title: {', '.join(filter(None, (source.title[:_TITLE], source.date)))}\n"


def witness_prompt(question: str, evidence: Evidence, *, adapted: bool) -> tuple[Message, ...]:
    """What a model is asked about one witness, in the form it was ``adapted`` to or else with examples."""
    values = {"question": question, "source": source_text(evidence)}
    if adapted:
        return load("witness_adapted").messages(card=card_line(evidence.source), **values)
    return load("witness").messages(**values)


def hear(llm: Llm, question: str, evidence: Evidence) -> Testimony:
    """Ask the model about one witness: the log-odds of Yes against No. Raises ModelUnavailable."""
    adapted = llm.adapted
    return Testimony(evidence, *weigh(llm, witness_prompt(question, evidence, adapted=adapted), adapted=adapted))


def second_look(llm: Llm, question: str, evidence: Evidence) -> Testimony:
    """An unsure witness asked again: to copy the answering words. ``log_odds`` of NONE, that there are none.

    Only the first token is asked for; the words themselves are not used. Raises ModelUnavailable.
    """
    messages = load("point").messages(question=question, source=source_text(evidence))
    completion = llm.begins_with(messages, "NONE")
    none = min(-1e-6, completion.log_probability or 0.0)
    return Testimony(evidence, none - math.log(-math.expm1(none)), completion)
