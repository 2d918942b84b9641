"""Who speaks, and in what order: the believed witnesses of one question say their statements.

A question is heard part by part («combien de comptes…, et combien d'argent…»); a comparison lets one witness of each
document speak; an overview takes the evidence as it stands. Beside ``assistant`` and ``speaking`` the only file
that joins stages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rag.generation.belief import BeliefModel
from rag.generation.hearing import Witness, by_promise, hear_each
from rag.generation.question import asks_of_agreement, compares, parts
from rag.generation.witness import points_at_nothing
from rag.meter import Meter
from rag.models.llm import Llm
from rag.retrieval.broad import is_broad
from rag.speaking import Speaker
from rag.types import Event, Evidence, Language, Reading, Sentence
from rag.verification.constraints import unmet

STATEMENTS = 3  # at most, in answer to a precise question or to one part of it
STATEMENTS_BROAD = 5  # at most, in a summary


@dataclass(frozen=True, slots=True)
class Hearing:
    """One question before its evidence. ``disputed`` tells whether another document contradicts a sentence."""

    question: str
    language: Language
    evidence: Sequence[Evidence]
    speaker: Speaker
    meter: Meter
    llm: Llm | None  #: None: only ``quote``
    belief: BeliefModel
    threshold: float  #: least belief of a witness who speaks first
    disputed: Callable[[Sentence], bool]

    def testify(self) -> Iterator[Event]:
        """Hear the witnesses and let the believed ones speak, a certain one at once. Raises ModelUnavailable."""
        if is_broad(self.question, self.language):
            for item in self.evidence[:STATEMENTS_BROAD]:
                yield from self._speak(item)
            return
        if asks_of_agreement(self.question):
            yield from self._contested()
        if compares(self.question):
            yield from self._each_document()
            return
        for part in parts(self.question, self.language):
            yield from self._answer(part)

    def quote(self) -> Iterator[Event]:
        """Without the model: the most promising sentences, word for word."""
        for witness in by_promise(self.question, self.evidence, self.belief)[:STATEMENTS]:
            if witness.belief >= self.threshold:
                yield from self._speak(witness.evidence)

    def _contested(self) -> Iterator[Event]:
        """One side of a known disagreement; the other side is shown with it."""
        side = next((item for item in self.evidence if self.disputed(item.sentence)), None)
        if side:
            yield from self._speak(side)

    def _answer(self, part: str) -> Iterator[Event]:
        """The statements that answer one part of the question."""
        said = 0 if part == self.question else len(self.speaker.statements)
        answered = len(self.speaker.statements) > said
        waiting: list[Witness] = []
        for done, witness in enumerate(self._heard(part), start=1):
            yield Reading(done, len(self.evidence))
            if unmet(part, self.language, [witness.evidence], self.evidence):
                continue
            if witness.belief >= self.belief.certain and len(self.speaker.statements) - said < STATEMENTS:
                yield from self._speak(witness.evidence)
                answered = True
            else:
                waiting.append(witness)
        for witness in sorted(waiting, key=lambda witness: -witness.belief):
            if len(self.speaker.statements) - said == STATEMENTS:
                break
            if self._may_speak(witness, part, alone=not answered):
                yield from self._speak(witness.evidence)
                answered = True

    def _each_document(self) -> Iterator[Event]:
        """The most believed witness of each document, the most believed document first."""
        heard: list[Witness] = []
        for witness in self._heard(self.question):
            heard.append(witness)
            yield Reading(len(heard), len(self.evidence))
        documents: set[str] = set()
        for witness in sorted(heard, key=lambda witness: -witness.belief):
            document = witness.evidence.sentence.document_id
            if document in documents or len(documents) == STATEMENTS:
                continue
            if witness.belief >= self.threshold or (documents and witness.belief >= self.threshold / 2):
                documents.add(document)
                yield from self._speak(witness.evidence)

    def _heard(self, question: str) -> Iterator[Witness]:
        assert self.llm is not None
        promised = by_promise(question, self.evidence, self.belief)
        for witness in hear_each(self.llm, question, promised, self.belief):
            self.meter.spent(witness.completion)
            yield witness

    def _may_speak(self, witness: Witness, question: str, *, alone: bool) -> bool:
        """Beside others, on its belief; as the only one, when the model can also point at its answer."""
        if not alone:
            return witness.belief >= self.belief.beside
        if witness.belief < self.threshold:
            return False
        assert self.llm is not None
        nothing, completion = points_at_nothing(self.llm, question, witness.evidence)
        self.meter.spent(completion)
        return not nothing

    def _speak(self, item: Evidence) -> Iterator[Event]:
        if spoken := self.speaker.speak(item, self.evidence):
            yield spoken
