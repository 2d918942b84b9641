"""Hear each witness alone: does this one sentence hold the answer?

The model sees one evidence sentence at a time, after the instruction, the examples and the question (all of
them a prefix the server caches), and says Yes or No. The log-odds of Yes go into ``belief``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.generation.prompts import load
from rag.models.llm import Completion, Llm
from rag.text.terms import fold
from rag.types import Evidence

#: Openings that point backwards: such a sentence is shown with the one before it.
_LEANS = re.compile(
    r"^[«“\"\s]*(il|elle|ils|elles|ce|cet|cette|ces|cela|celui|celle|ceux|leurs?|son|sa|ses|d'apres eux|de son cote|"
    r"puis|par la suite|au fur et a mesure|pourquoi|seulement|en fait|de fait|via leurs|qu'il|he|she|it|they|this|"
    r"these|those|that|his|her|their|its|such)\b"
)

_POINTED_TOKENS = 6  # enough to tell NONE from words; the words themselves are not used


@dataclass(frozen=True, slots=True)
class Testimony:
    """What one witness was asked and said: ``log_odds`` of Yes against No, and what it cost."""

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


def header(evidence: Evidence) -> str:
    """What the model is told of the source: its date, or its title where no date is known."""
    return evidence.source.date or evidence.source.title or evidence.source.id


def hear(llm: Llm, question: str, evidence: Evidence) -> Testimony:
    """Ask the model about one witness. Raises ModelUnavailable where the server does not answer."""
    messages = load("witness").messages(question=question, header=header(evidence), source=source_text(evidence))
    completion = llm.yes_or_no(messages)
    return Testimony(evidence, completion.yes_log_odds or 0.0, completion)


def points_at_nothing(llm: Llm, question: str, evidence: Evidence) -> tuple[bool, Completion]:
    """A second look at an unsure witness: asked to copy the answering words, the model finds none.

    Raises ModelUnavailable.
    """
    completion = llm.complete(
        load("point").messages(question=question, source=source_text(evidence)), max_tokens=_POINTED_TOKENS, stop=("\n",)
    )
    return completion.text.strip().rstrip(".").upper() == "NONE", completion
