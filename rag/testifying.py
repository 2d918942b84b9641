"""Who speaks, and in what order: the believed witnesses of one question say their statements.

A question is heard part by part («combien de comptes…, et combien d'argent…»); a comparison lets one or two witnesses of each
document speak; an overview takes the evidence as it stands. Beside ``assistant`` and ``speaking`` the only file
that joins stages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace

from rag.generation.belief import BeliefModel
from rag.generation.hearing import Witness, by_promise, hear_each, look_again
from rag.generation.question import asks_of_agreement, compares, parts
from rag.meter import Meter
from rag.models.llm import Llm
from rag.retrieval.at_large import asks_at_large
from rag.retrieval.broad import is_broad
from rag.speaking import Speaker
from rag.types import Event, Evidence, Language, Reading, Sentence
from rag.verification.constraints import unmet
from rag.verification.counterparts import Miss, nearest_miss
from rag.verification.demands import fails
from rag.verification.premise import contradicts_premise

STATEMENTS = 3  # at most, in answer to a precise question or to one part of it
A_DOCUMENT = 2  # of them from one document, in a comparison
SIDES = 2  # documents whose witnesses are believed, with which a comparison is content
STATEMENTS_BROAD = 5  # at most, in a summary
LOOKED_AT = 2  # unsure witnesses asked a second time


@dataclass(slots=True)  # not frozen: what was heard adds to the last fields
class Hearing:
    """One question before its evidence. ``disputed`` tells whether another document contradicts a sentence."""

    question: str
    language: Language
    evidence: Sequence[Evidence]
    speaker: Speaker
    meter: Meter
    llm: Llm | None  #: None: only ``quote``
    belief: BeliefModel
    threshold: float  #: least belief, after a second look, of a witness who speaks alone
    disputed: Callable[[Sentence], bool]
    surroundings_of: Callable[[Evidence], str]  #: what the sentence's document says at its head and right before it
    further: Callable[[], Sequence[Evidence]] = tuple  #: the evidence ranked next, asked for where the first is silent
    dropped: tuple[Witness, ...] = field(default=(), init=False)  #: heard, but not about the question's own terms
    opposed: tuple[Evidence, ...] = field(default=(), init=False)  #: likely, but against what is taken for granted
    _next: tuple[Evidence, ...] | None = field(default=None, init=False)  #: what ``further`` gave

    def testify(self) -> Iterator[Event]:
        """Hear the witnesses and let the believed ones speak, a certain one at once. Raises ModelUnavailable."""
        if is_broad(self.question, self.language):
            yield from self._overview()
            return
        if asks_of_agreement(self.question):
            yield from self._contested()
        if compares(self.question):
            yield from self._each_side()
            return
        for part in parts(self.question, self.language):
            yield from self._answer(part)

    def quote(self) -> Iterator[Event]:
        """Without the model: the most promising sentences, word for word, beside what was said before it went."""
        if is_broad(self.question, self.language):
            yield from self._overview()
            return
        for witness in by_promise(self.question, self._able(self.question, self.evidence), self.belief):
            if witness.belief < self.belief.unheard_threshold or len(self.speaker.statements) >= STATEMENTS:
                return
            if not self._set_aside(self.question, witness):
                yield from self._speak(witness.evidence, witness.belief)

    def instead(self, missing: Sequence[str]) -> Miss | None:
        """The likeliest witness that speaks of something else than the question's own terms, and of what.

        With terms ``missing`` from all evidence nobody was heard, and the promise of a witness counts for its belief.
        """
        witnesses = by_promise(self.question, self.evidence, self.belief) if missing else self.dropped
        likely = sorted((witness for witness in witnesses if witness.belief >= self.threshold), key=lambda each: -each.belief)
        return nearest_miss(self.question, self.language, [each.evidence for each in likely], self.evidence, self.surroundings_of)

    def _overview(self) -> Iterator[Event]:
        """Whole documents are asked about: the evidence was chosen to stand for them."""
        for item in self.evidence[:STATEMENTS_BROAD]:
            yield from self._speak(item)

    def _set_aside(self, part: str, witness: Witness) -> bool:
        """Whether the witness speaks of something else, or against what is taken for granted; it is kept for the refusal."""
        if self._misses(part, witness.evidence):
            self.dropped += (witness,)
            return True
        if self._opposes(part, witness):
            self.opposed += (witness.evidence,)
            return True
        return False

    def _contested(self) -> Iterator[Event]:
        """One side of a known disagreement; the other side is shown with it."""
        sides = (item for item in self.evidence if self.disputed(item.sentence))
        side = next((item for item in sides if not self._misses(self.question, item)), None)
        if side:
            yield from self._speak(side)

    def _answer(self, part: str) -> Iterator[Event]:
        """The statements that answer one part of the question; the evidence ranked next is heard before it stays silent."""
        said = 0 if part == self.question else len(self.speaker.statements)
        yield from self._answer_among(part, self.evidence, said)
        if len(self.speaker.statements) == said:
            yield from self._answer_among(part, self.ranked_next(), said)

    def ranked_next(self) -> tuple[Evidence, ...]:
        """The evidence ranked behind ``evidence``, searched once."""
        if self._next is None:
            self._next = tuple(self.further())
        return self._next

    def _answer_among(self, part: str, evidence: Sequence[Evidence], said: int) -> Iterator[Event]:
        """The same from some of the evidence. ``said``: statements before this part's."""
        answered = len(self.speaker.statements) > said
        waiting: list[Witness] = []
        done = 0
        for done, witness in enumerate(self._heard(part, evidence), start=1):
            yield Reading(done, len(evidence))
            if self._set_aside(part, witness):
                continue
            if witness.belief >= self.belief.certain and len(self.speaker.statements) - said < STATEMENTS:
                yield from self._speak(witness.evidence, witness.belief, done)
                answered = True
            else:
                waiting.append(witness)
        waiting.sort(key=lambda witness: -witness.belief)
        if answered:
            least = self._beside(part)
            believed = [witness for witness in waiting if witness.belief >= least]
        else:
            believed = self._believed(part, waiting)
        for witness in believed[: STATEMENTS + said - len(self.speaker.statements)]:
            yield from self._speak(witness.evidence, witness.belief, done)

    def _beside(self, part: str) -> float:
        """The least belief of who speaks beside another; several facts are wanted of "what does the lawsuit allege?"."""
        if asks_at_large(part, self.language):
            return self.threshold
        return self.belief.certain if asks_of_agreement(part) else self.belief.beside

    def _misses(self, part: str, item: Evidence) -> bool:
        """Whether it speaks of something else than the question's own terms.

        Who responded must be named by the sentence itself: that others stand in the same article says nothing of them.
        """
        around = () if asks_of_agreement(part) else (*self.evidence, *(self._next or ()))
        return bool(unmet(part, self.language, [item], around, self.surroundings_of))

    def _opposes(self, part: str, witness: Witness) -> bool:
        """Whether a likely witness says the opposite of what is taken for granted: "why did he admit it?" of who denies it."""
        sentence = witness.evidence.sentence
        likely = witness.belief >= self.belief.worth_pointing
        return likely and contradicts_premise(part, self.language, sentence.text, sentence.language)

    def _believed(self, part: str, unsure: Sequence[Witness]) -> list[Witness]:
        """Those of the best unsure witnesses whom a second look bears out."""
        assert self.llm is not None
        doubted = [witness for witness in unsure if witness.belief >= self.belief.worth_pointing][:LOOKED_AT]
        seen = look_again(self.llm, part, doubted, self.evidence, self.belief)
        for witness in seen:
            self.meter.spent(witness.completion)
        alone, beside = self.threshold, max(self.threshold, self.belief.beside)
        return [witness for place, witness in enumerate(seen) if witness.belief >= (beside if place else alone)]

    def _each_side(self) -> Iterator[Event]:
        """The most believed witnesses, two of a document at most: a side often has a sentence of its own.

        Where they are of fewer than two documents, the evidence ranked next is heard too.
        """
        heard = yield from self._believed_of(self.evidence)
        if len({witness.evidence.sentence.document_id for witness in heard}) < SIDES:
            heard += yield from self._believed_of(self.ranked_next())
        spoken: Counter[str] = Counter()
        for witness in sorted(heard, key=lambda witness: -witness.belief):
            document = witness.evidence.sentence.document_id
            if spoken[document] < A_DOCUMENT and spoken.total() < STATEMENTS:
                spoken[document] += 1
                yield from self._speak(witness.evidence, witness.belief, len(self.evidence))

    def _believed_of(self, evidence: Sequence[Evidence]) -> Generator[Event, None, list[Witness]]:
        """All of the evidence heard to the end; those who may speak alone."""
        believed = []
        for done, witness in enumerate(self._heard(self.question, evidence, all_of_them=True), start=1):
            if witness.belief >= self.threshold:
                believed.append(witness)
            yield Reading(done, len(evidence))
        return believed

    def _heard(self, question: str, evidence: Sequence[Evidence], *, all_of_them: bool = False) -> Iterator[Witness]:
        """Witnesses in order of promise; ``all_of_them``: a certain one does not end the hearing."""
        assert self.llm is not None
        promised = by_promise(question, self._able(question, evidence), self.belief)
        belief = replace(self.belief, worth_hearing=0.0) if all_of_them else self.belief
        for witness in hear_each(self.llm, question, promised, belief):
            self.meter.spent(witness.completion)
            yield witness

    def _able(self, question: str, evidence: Sequence[Evidence]) -> list[Evidence]:
        """The evidence that has what the question plainly demands."""
        sentences = ((item, item.sentence) for item in evidence)
        return [item for item, one in sentences if not fails(question, self.language, one.text, one.language)]

    def _speak(self, item: Evidence, belief: float = 1.0, read: int = 0) -> Iterator[Event]:
        """The witness's statement, or back to reading where it adds none; ``read``: sentences read so far."""
        yield Reading(read, len(self.evidence), checking=True)
        yield self.speaker.speak(item, self.evidence, belief) or Reading(read, len(self.evidence))
