"""The order of answering: question → evidence → witnesses → statements → answer.

The only file that knows this order; each step lives in its own room. ``ask`` yields what a reader can already
be shown (``FirstLook``, ``Reading``, ``Spoken``) and ends with the ``Answer``. Nothing is yielded as a statement
before the verifier has accepted it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Self

from rag.errors import ModelUnavailable, QuestionError
from rag.generation.belief import load_belief
from rag.generation.composer import disagreement_note
from rag.generation.declined import is_declined
from rag.generation.followup import stand_alone
from rag.generation.hearing import Witness, by_promise, hear_each
from rag.generation.labels import Labels, marked
from rag.generation.phrases import listed, phrase
from rag.generation.question import asks_of_agreement
from rag.generation.witness import points_at_nothing
from rag.language import detect
from rag.library import Library
from rag.meter import Meter
from rag.models.llm import Llm, open_llm
from rag.retrieval.broad import is_broad
from rag.retrieval.evidence import Retriever
from rag.settings import Settings
from rag.speaking import Speaker
from rag.types import Answer, Citation, Disagreement, Event, Evidence, FirstLook, Language, Reading, Spoken, Turn
from rag.verification.constraints import unmet
from rag.verification.verifier import Verifier

_STATEMENTS = 3  # at most, in answer to a precise question
_STATEMENTS_BROAD = 5  # at most, in a summary
_CLOSEST = 3  # passages shown where nothing was found


class Assistant:
    """Answers questions about a library. ``Assistant.open``; then ``with``, or ``close`` when done."""

    def __init__(self, settings: Settings, library: Library, llm: Llm) -> None:
        self.library = library
        self._settings = settings
        self._llm = llm
        self._retriever = Retriever(library.catalog, library.vectors, library.lexical, library.embedder)
        self._verifier = Verifier(library.embedder)
        self._belief = load_belief()

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Open the library and the model that ``settings`` name. Raises RagError."""
        return cls(settings, Library.open(settings), open_llm(settings))

    def close(self) -> None:
        """Stop the model and close the library."""
        self._llm.close()
        self.library.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def answer(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """The whole answer at once. Raises QuestionError."""
        *_, last = self.ask(question, history)
        assert isinstance(last, Answer)
        return last

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Event]:
        """What can be shown, as soon as it can; the Answer last. Raises QuestionError before anything else."""
        asked = self._validated(question)
        language = detect(asked)
        meter = Meter()
        if is_declined(asked):
            yield Answer(asked, language, "declined", phrase("declined", language), timings=meter.timings())
            return
        notices: tuple[str, ...] = ()
        try:
            standing = stand_alone(asked, language, history, self._llm)
        except ModelUnavailable:
            standing = stand_alone(asked, language, history, None)
        with meter.retrieving():
            evidence = self._retriever.retrieve(
                standing,
                language,
                limit=self._settings.evidence_sentences,
                tokens=self._settings.evidence_tokens,
            )
        closest = _numbered(evidence)
        yield FirstLook(evidence, closest, standing)

        missing = unmet(standing, language, evidence)
        speaker = self._speaker(standing, language, self._llm, meter)
        if evidence and not missing:
            try:
                yield from self._testify(standing, language, evidence, speaker, meter)
            except ModelUnavailable:
                notices = ("model_unavailable",)
                speaker = self._speaker(standing, language, None, meter)
                yield from self._quote(standing, evidence, speaker)
        yield replace(
            self._conclude(language, speaker, closest, missing, notices),
            question=asked,
            timings=meter.timings(),
        )

    def _validated(self, question: str) -> str:
        asked = question.strip()
        if not asked:
            raise QuestionError("the question is empty; ask something about the documents")
        if len(asked) > self._settings.question_limit:
            raise QuestionError(
                f"the question has {len(asked)} characters, {self._settings.question_limit} at most "
                "(TEMOIN_QUESTION_LIMIT); ask it more briefly"
            )
        return asked

    def _speaker(self, question: str, language: Language, llm: Llm | None, meter: Meter) -> Speaker:
        return Speaker(question, language, self._verifier, llm, meter, lambda name: self.library.document(name).source)

    def _testify(
        self, question: str, language: Language, evidence: Sequence[Evidence], speaker: Speaker, meter: Meter
    ) -> Iterator[Event]:
        """Hear the witnesses and let the believed ones speak, a certain one at once. Raises ModelUnavailable."""
        if is_broad(question, language):
            for item in evidence[:_STATEMENTS_BROAD]:
                if spoken := speaker.speak(item):
                    yield spoken
            return
        if spoken := self._contested(question, evidence, speaker):
            yield spoken
        waiting: list[Witness] = []
        for done, witness in enumerate(
            hear_each(self._llm, question, by_promise(question, evidence, self._belief), self._belief), start=1
        ):
            meter.spent(witness.completion)
            yield Reading(done, len(evidence))
            if unmet(question, language, [witness.evidence], evidence):
                continue
            room = len(speaker.statements) < _STATEMENTS
            if room and witness.belief >= self._belief.certain and (spoken := speaker.speak(witness.evidence, evidence)):
                yield spoken
            else:
                waiting.append(witness)
        for witness in sorted(waiting, key=lambda witness: -witness.belief):
            if len(speaker.statements) == _STATEMENTS:
                break
            if self._may_speak(witness, question, speaker, meter) and (spoken := speaker.speak(witness.evidence, evidence)):
                yield spoken

    def _contested(self, question: str, evidence: Sequence[Evidence], speaker: Speaker) -> Spoken | None:
        """One side of a known disagreement, where the question is about it; the other side is shown with it."""
        if not asks_of_agreement(question):
            return None
        side = next((item for item in evidence if self.library.disagreements_of(item.sentence)), None)
        return speaker.speak(side, evidence) if side else None

    def _may_speak(self, witness: Witness, question: str, speaker: Speaker, meter: Meter) -> bool:
        """Beside others, on its belief; as the only one, when the model can also point at its answer."""
        if speaker.statements:
            return witness.belief >= self._belief.beside
        if witness.belief < self._belief.thresholds[self._settings.caution]:
            return False
        nothing, completion = points_at_nothing(self._llm, question, witness.evidence)
        meter.spent(completion)
        return not nothing

    def _quote(self, question: str, evidence: Sequence[Evidence], speaker: Speaker) -> Iterator[Event]:
        """Without the model: the most promising sentences, word for word."""
        threshold = self._belief.thresholds[self._settings.caution]
        for witness in by_promise(question, evidence, self._belief)[:_STATEMENTS]:
            if witness.belief >= threshold and (spoken := speaker.speak(witness.evidence)):
                yield spoken

    def _conclude(
        self,
        language: Language,
        speaker: Speaker,
        closest: tuple[Citation, ...],
        missing: tuple[str, ...],
        notices: tuple[str, ...],
    ) -> Answer:
        """The answer as shown: statements and disagreements, or that nothing was found."""
        lines = [phrase("model_unavailable", language)] if notices else []
        if not speaker.statements:
            lines.append(
                phrase("not_found_terms", language, terms=listed(missing, language)) if missing else phrase("not_found", language)
            )
            return Answer("", language, "not_found", "\n".join(lines), closest=closest[:_CLOSEST], notices=notices)
        disagreements = self._disagreements(language, speaker)
        lines += [marked(statement.text, statement.citations) for statement in speaker.statements]
        lines += [disagreement.note for disagreement in disagreements]
        return Answer(
            question="",
            language=language,
            status="answered",
            text="\n".join(lines),
            statements=speaker.statements,
            citations=speaker.citations,
            disagreements=disagreements,
            notices=notices,
        )

    def _disagreements(self, language: Language, speaker: Speaker) -> tuple[Disagreement, ...]:
        """What other documents say otherwise about what was cited, both sides quoted."""
        found: dict[frozenset[int], Disagreement] = {}
        for sentence, source in speaker.cited:
            for other in self.library.disagreements_of(sentence):
                one, two = speaker.cite(sentence, source), speaker.cite(other.sentence, other.source)
                found.setdefault(
                    frozenset((one.n, two.n)),
                    Disagreement((one.n, two.n), disagreement_note(one, two, language)),
                )
        return tuple(found.values())


def _numbered(evidence: Sequence[Evidence]) -> tuple[Citation, ...]:
    labels = Labels()
    for item in evidence:
        labels.cite(item.sentence, item.source)
    return labels.citations
