"""The order of answering: question → evidence → witnesses → statements → answer.

The only file that knows this order; each step lives in its own room. ``ask`` yields what a reader can already
be shown (``FirstLook``, ``Reading``, ``Spoken``) and ends with the ``Answer``. Nothing is yielded as a statement
before the verifier has accepted it.
"""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from typing import Self

from rag.errors import ModelError, ModelUnavailable, QuestionError
from rag.generation.belief import load_belief
from rag.generation.composer import disagreement_line
from rag.generation.declined import is_declined
from rag.generation.followup import stand_alone
from rag.generation.labels import Labels, marked
from rag.generation.phrases import not_found, phrase
from rag.generation.question import without_asides
from rag.language import detect
from rag.library import Library
from rag.meter import Meter
from rag.models.llm import Llm, open_llm
from rag.retrieval.evidence import Retriever
from rag.settings import Settings
from rag.speaking import Speaker
from rag.testifying import Hearing
from rag.types import Answer, Citation, Disagreement, Event, Evidence, FirstLook, Language, Turn
from rag.verification.constraints import surroundings, unmet
from rag.verification.disagreement import note
from rag.verification.judges import open_judge
from rag.verification.verifier import Verifier

log = logging.getLogger(__name__)
_CLOSEST = 3  # passages shown where nothing was found
_GONE = (ModelUnavailable, ModelError)  # the model is down, or its file turned out to be none once it was needed


class Assistant:
    """Answers questions about a library. ``Assistant.open``; then ``with``, or ``close`` when done."""

    def __init__(self, settings: Settings, library: Library, llm: Llm) -> None:
        self.library = library
        self._settings = settings
        self._llm = llm
        self._retriever = Retriever(library.catalog, library.vectors, library.lexical, library.embedder)
        self._verifier = Verifier(library.embedder, judge=open_judge(settings.checker, llm))

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
        standing, llm = self._standing(without_asides(asked), language, history, meter)
        with meter.retrieving():
            evidence = self.evidence(standing, language)
        closest = _numbered(evidence)
        yield FirstLook(evidence, closest, standing)

        hearing = self._hearing(standing, language, evidence, llm, meter)
        missing = unmet(standing, language, evidence) and unmet(standing, language, (*evidence, *hearing.ranked_next()))
        lost = "model_unavailable" if llm is None else ""
        if evidence and not missing:
            lost = yield from self._heard(hearing)
        yield replace(
            self._conclude(language, hearing, closest, missing, lost),
            question=asked,
            timings=meter.timings(),
        )

    def evidence(self, question: str, language: Language, times: int = 1) -> tuple[Evidence, ...]:
        """The evidence of a question, or so many times as much."""
        settings = self._settings
        limit, tokens = settings.evidence_sentences * times, settings.evidence_tokens * times
        return self._retriever.retrieve(question, language, limit=limit, tokens=tokens)

    def _standing(self, asked: str, language: Language, history: Sequence[Turn], meter: Meter) -> tuple[str, Llm | None]:
        """The question made to stand alone, and the model for what follows: none when it failed already.

        A model that does not answer costs its timeout; it is waited for once in an answer, not at every step.
        """
        try:
            return stand_alone(asked, language, history, self._llm, meter.spent), self._llm
        except _GONE as error:
            log.warning("answering without the language model: %s", error)
            return stand_alone(asked, language, history, None), None

    def _heard(self, hearing: Hearing) -> Generator[Event, None, str]:
        """The statements of the witnesses, quoted where the model goes; the phrase that says so, empty where it stayed."""
        lost = "model_unavailable"
        if hearing.llm is not None:
            try:
                yield from hearing.testify()
                return ""
            except _GONE as error:
                log.warning("answering without the language model: %s", error)
                lost = "model_lost" if hearing.speaker.statements else lost
        hearing.speaker.quote_only()
        yield from hearing.quote()
        return lost

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

    def _hearing(self, question: str, language: Language, evidence: Sequence[Evidence], llm: Llm | None, meter: Meter) -> Hearing:
        belief = load_belief(adapted=llm is not None and llm.adapted, taught=self._settings.embedder is None)
        source_of = lambda name: self.library.document(name).source  # noqa: E731
        known = {each.sentence for each in evidence}
        return Hearing(
            question,
            language,
            evidence,
            Speaker(question, language, self._verifier, llm if self._settings.translating else None, meter, source_of),
            meter,
            llm,
            belief,
            belief.thresholds[self._settings.caution],
            lambda sentence: bool(self.library.disagreements_of(sentence)),
            surroundings(self.library.document),
            lambda: [each for each in self.evidence(question, language, times=2) if each.sentence not in known],
        )

    def _conclude(
        self,
        language: Language,
        hearing: Hearing,
        closest: tuple[Citation, ...],
        missing: tuple[str, ...],
        lost: str,
    ) -> Answer:
        """The answer as shown: statements and disagreements, or that nothing was found. ``lost``: see ``_heard``."""
        speaker = hearing.speaker
        lines = [phrase(lost, language)] if lost else []
        notices = ("model_unavailable",) if lost else ()
        if not speaker.statements:
            miss = hearing.instead(missing)
            unread = lost and closest and not missing and miss is None
            instead = [(each.term, each.instead) for each in miss.counterparts] if miss else []
            near = miss.evidence if miss else None
            if unread:
                lines.append(phrase("not_found_unread", language))
            elif hearing.opposed and not miss:
                near = hearing.opposed[0]
                lines.append(phrase("says_opposite", language))
            else:
                lines.append(not_found(language, missing, instead))
            return Answer("", language, "not_found", "\n".join(lines), closest=_nearest(closest, near), notices=notices)
        disagreements = self._disagreements(language, speaker)
        lines += [marked(statement.text, statement.citations) for statement in speaker.statements]
        cited = {citation.n: citation for citation in speaker.citations}
        for differing in disagreements:
            one, two = (cited[n] for n in differing.citations)
            lines.append(disagreement_line(differing.note, one, two, language))
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
        """What other documents say otherwise about what was cited: both sides as citations, and how they differ."""
        found: dict[frozenset[int], Disagreement] = {}
        for sentence, source in speaker.cited:
            for other in self.library.disagreements_of(sentence):
                one, two = speaker.cite(sentence, source), speaker.cite(other.sentence, other.source)
                found.setdefault(
                    frozenset((one.n, two.n)),
                    Disagreement((one.n, two.n), note(other.kind, language)),
                )
        return tuple(found.values())


def _numbered(evidence: Sequence[Evidence]) -> tuple[Citation, ...]:
    labels = Labels()
    for item in evidence:
        labels.cite(item.sentence, item.source)
    return labels.citations


def _nearest(closest: tuple[Citation, ...], near: Evidence | None) -> tuple[Citation, ...]:
    """The closest passages, as many as are shown; the one that is spoken of comes first."""
    if near is not None:
        there = near.sentence
        place = (there.document_id, there.start, there.end)
        closest = tuple(sorted(closest, key=lambda each: (each.document, each.start, each.end) != place))
    return closest[:_CLOSEST]
