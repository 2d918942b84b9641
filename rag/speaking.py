"""From a believed witness to a statement that has passed its check, or to silence.

Word it (quoted, or translated where it stands in the other language), verify it, repair it: another evidence
sentence that supports the wording → the verbatim quotation → nothing. Witnesses who say the same lend their
label to the statement that stands. Beside ``assistant`` the only file that joins stages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.generation.composer import Wording, in_quotation_marks, quote, translate
from rag.generation.labels import Labels
from rag.generation.phrases import phrase
from rag.language import NAMES
from rag.meter import Meter
from rag.models.llm import Llm
from rag.types import Citation, Evidence, Language, Origin, Sentence, Source, Spoken, Statement
from rag.verification.translation import translates
from rag.verification.verifier import Verifier

_SAME_FACT = 0.8  # support from which another sentence counts as saying the same


class Speaker:
    """Words, checks and numbers the statements of one answer; one instance an answer.

    Without an ``llm`` it only quotes.
    """

    def __init__(
        self,
        question: str,
        language: Language,
        verifier: Verifier,
        llm: Llm | None,
        meter: Meter,
        source_of: Callable[[str], Source],
    ) -> None:
        self._question = question
        self._language = language
        self._verifier = verifier
        self._llm = llm
        self._meter = meter
        self._source_of = source_of
        self._labels = Labels()
        self._statements: list[Statement] = []
        self._cited: dict[tuple[str, int, int], tuple[Sentence, Source]] = {}

    @property
    def statements(self) -> tuple[Statement, ...]:
        """What was said so far, in order."""
        return tuple(self._statements)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What was cited so far, by number."""
        return self._labels.citations

    @property
    def cited(self) -> tuple[tuple[Sentence, Source], ...]:
        """The sentences behind the citations, with their documents' cards."""
        return tuple(self._cited.values())

    def cite(self, sentence: Sentence, source: Source) -> Citation:
        """The citation of a sentence; the same one always gets the same number."""
        self._cited.setdefault((sentence.document_id, sentence.start, sentence.end), (sentence, source))
        return self._labels.cite(sentence, source)

    def speak(self, witness: Evidence, others: Sequence[Evidence] = ()) -> Spoken | None:
        """The witness's statement; None where an earlier statement already says it (it gains a label).

        ``others`` are the evidence a failing wording may be cited to instead. Raises ModelUnavailable.
        """
        if self._corroborates(witness):
            return None
        before = len(self.citations)
        wording = quote(witness) if self._llm is None or self._at_home(witness) else self._translated(witness)
        statement = self._checked(wording, witness, others)
        for same in witness.also:
            label = self.cite(same, self._source_of(same.document_id))
            statement = replace(statement, citations=(*statement.citations, label.n))
        self._statements.append(statement)
        self._meter.spoke()
        return Spoken(statement, self.citations[before:])

    def _at_home(self, witness: Evidence) -> bool:
        return witness.sentence.language == self._language

    def _translated(self, witness: Evidence) -> Wording:
        assert self._llm is not None
        wording = translate(self._llm, witness, self._language)
        self._meter.spent(wording.completion)
        return wording

    def _checked(self, wording: Wording, witness: Evidence, others: Sequence[Evidence]) -> Statement:
        """The wording where it passes, re-cited where another sentence supports it, else the quotation.

        A wording that leaves out who claims it does not pass: the quotation says so.
        """
        if wording.origin == "translated" and not translates(witness.sentence.text, witness.sentence.language, wording.text):
            return self._statement(quote(witness).text, witness, "repaired", 1.0)
        for evidence in (witness, *(other for other in others if other is not witness)):
            verdict = self._verifier.check(wording.text, self._language, [evidence], self._question)
            if verdict.accepted and not any(fault.kind == "attribution" for fault in verdict.faults):
                origin: Origin = wording.origin if evidence is witness else "recited"
                return self._statement(wording.text, evidence, origin, verdict.support)
        return self._statement(quote(witness).text, witness, "repaired", 1.0)

    def _statement(self, text: str, evidence: Evidence, origin: Origin, support: float) -> Statement:
        spoken_in = evidence.sentence.language if origin in ("quoted", "repaired") else self._language
        if spoken_in != self._language:
            text = phrase(
                "in_source_language",
                self._language,
                quote=in_quotation_marks(text, spoken_in),
                named=NAMES[self._language][spoken_in],
            )
        return Statement(
            text=text,
            citations=(self.cite(evidence.sentence, evidence.source).n,),
            support=support,
            verbatim=origin in ("quoted", "repaired"),
            origin=origin,
            language=spoken_in,
        )

    def _corroborates(self, witness: Evidence) -> bool:
        """Whether an earlier statement already says what the witness says; it gains the witness's label."""
        for place, statement in enumerate(self._statements):
            verdict = self._verifier.check(statement.text, statement.language, [witness], self._question)
            if verdict.accepted and verdict.support >= _SAME_FACT:
                label = self.cite(witness.sentence, witness.source).n
                labels = tuple(sorted({*statement.citations, label}))
                self._statements[place] = replace(statement, citations=labels)
                return True
        return False
