"""Witnesses heard in order of promise, each with the belief it earned, until enough is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.errors import ModelUnavailable
from rag.generation.belief import BeliefModel, features
from rag.generation.witness import hear, second_look
from rag.models.llm import Completion, Llm
from rag.models.yes_no import UNREADABLE
from rag.types import Evidence

AT_LEAST = 3  # witnesses heard, however little they promise


@dataclass(frozen=True, slots=True)
class Witness:
    """An evidence sentence and how far it is believed to hold the answer, in [0, 1].

    ``completion`` is None where the model was not asked; ``belief`` is then its promise.
    """

    evidence: Evidence
    belief: float
    log_odds: float = 0.0
    completion: Completion | None = None


def by_promise(question: str, evidence: Sequence[Evidence], model: BeliefModel) -> tuple[Witness, ...]:
    """The evidence in the order in which it is worth hearing, most promising first."""
    promised = [Witness(item, model.promise(features(question, item, evidence))) for item in evidence]
    return tuple(sorted(promised, key=lambda witness: -witness.belief))


def hear_each(llm: Llm, question: str, promised: Sequence[Witness], model: BeliefModel) -> Iterator[Witness]:
    """Ask about each witness in turn and yield it with its belief.

    Stops early once a witness is certain and none of those left promises as much as is needed to be believed
    beside it. Raises ModelUnavailable, also where the model says neither Yes nor No of any of the first: its silence
    is no "the documents do not say".
    """
    evidence = [witness.evidence for witness in promised]
    certain, unreadable = False, 0
    for place, witness in enumerate(promised):
        if place >= AT_LEAST and witness.belief < model.least_promise:
            return
        if certain and witness.belief < model.worth_hearing:
            return
        testimony = hear(llm, question, witness.evidence)
        unreadable += testimony.log_odds == UNREADABLE
        if unreadable == place + 1 == min(AT_LEAST, len(promised)):
            raise ModelUnavailable("the language model says neither Yes nor No; set TEMOIN_LLM_URL or TEMOIN_LLM to another")
        belief = model.belief(features(question, witness.evidence, evidence, testimony.log_odds))
        certain = certain or belief >= model.certain
        yield Witness(witness.evidence, belief, testimony.log_odds, testimony.completion)


def look_again(llm: Llm, question: str, heard: Sequence[Witness], among: Sequence[Evidence], model: BeliefModel) -> list[Witness]:
    """Unsure witnesses after a second look, where ``model`` takes one, most believed first. Raises ModelUnavailable."""
    if not model.pointed:
        return sorted((replace(each, completion=None) for each in heard), key=lambda witness: -witness.belief)
    seen = []
    for witness in heard:
        look = second_look(llm, question, witness.evidence)
        told = features(question, witness.evidence, among, witness.log_odds)
        seen.append(replace(witness, belief=model.second(told, look.log_odds), completion=look.completion))
    return sorted(seen, key=lambda witness: -witness.belief)
