"""From a believed witness to a statement that has passed its check, or to silence.

Word it (quoted, or translated where it stands in the other language), verify it, repair it: another evidence
sentence that supports the wording → the verbatim quotation → nothing. Witnesses who say the same lend their
label to the statement that stands. Beside ``assistant`` the only file that joins stages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from rag.generation.composer import Wording, in_quotation_marks, quote, translate
from rag.generation.labels import Labels
from rag.generation.phrases import phrase
from rag.language import NAMES
from rag.meter import Meter
from rag.models.llm import Llm
from rag.types import Citation, Evidence, Language, Origin, Sentence, Source, Spoken, Statement
from rag.verification.attribution import attribute, named_speaker
from rag.verification.translation import translates
from rag.verification.verifier import Verdict, Verifier

_SAME_FACT = 0.8  # support from which another sentence counts as saying the same


class Speaker:
    """Words, checks and numbers the statements of one answer; one instance an answer, whatever happens to the model.

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

    def quote_only(self) -> None:
        """From now on without the model, which has gone. What was said stays, and so do its numbers."""
        self._llm = None
        self._verifier = self._verifier.unjudged()

    def cite(self, sentence: Sentence, source: Source) -> Citation:
        """The citation of a sentence; the same one always gets the same number."""
        self._cited.setdefault((sentence.document_id, sentence.start, sentence.end), (sentence, source))
        return self._labels.cite(sentence, source)

    def speak(self, witness: Evidence, others: Sequence[Evidence] = (), belief: float = 1.0) -> Spoken | None:
        """The witness's statement; None where an earlier statement says it already (and then gains a label).

        ``others`` are the evidence a failing wording may be cited to instead; ``belief``: how far the witness is
        believed to answer. Raises ModelUnavailable.
        """
        if self._has_spoken(witness) or self._corroborates(witness):
            return None
        before = len(self.citations)
        statement = replace(self._worded(witness, others), belief=belief)
        for other in self._alike(witness):
            if self._backs(statement, witness, other):
                label = self.cite(other.sentence, other.source)
                statement = replace(statement, citations=(*statement.citations, label.n))
        if self._repeats(statement):
            return None
        self._statements.append(statement)
        self._meter.spoke()
        return Spoken(statement, self.citations[before:])

    def _worded(self, witness: Evidence, others: Sequence[Evidence]) -> Statement:
        """Word for word in the question's language; of the other one translated, or quoted where nothing translates."""
        if self._at_home(witness):
            return self._checked(quote(witness), witness, others)
        if self._llm is None:
            return self._statement(quote(witness).text, witness, "quoted", 1.0)
        return self._checked(self._translated(witness), witness, others)

    def _at_home(self, witness: Evidence) -> bool:
        return witness.sentence.language == self._language

    def _translated(self, witness: Evidence) -> Wording:
        assert self._llm is not None
        completion = translate(self._llm, witness.sentence.text, self._language)
        self._meter.spent(completion)
        return Wording(completion.text.strip(), "translated")

    def _checked(self, wording: Wording, witness: Evidence, others: Sequence[Evidence]) -> Statement:
        """The wording where it passes, re-cited where another sentence supports it, else the quotation.

        A wording that leaves out who claims it passes only with its speaker put back; else the quotation says so.
        """
        if wording.origin == "translated" and not translates(witness.sentence.text, witness.sentence.language, wording.text):
            return self._statement(quote(witness).text, witness, "repaired", 1.0)
        for evidence in (witness, *(other for other in others if other is not witness)):
            if passed := self._passing(wording.text, evidence):
                origin: Origin = wording.origin if evidence is witness else "recited"
                return self._statement(passed[0], evidence, origin, passed[1])
        return self._statement(quote(witness).text, witness, "repaired", 1.0)

    def _passing(self, text: str, evidence: Evidence) -> tuple[str, float] | None:
        """The wording and its support, where the evidence backs it: as it stands, or once its speaker is put back."""
        verdict = self._verifier.check(text, self._language, [evidence], self._question)
        if verdict.accepted and _loses_speaker(verdict):
            speaker = named_speaker(evidence.sentence.text, evidence.sentence.language)
            if speaker is None or speaker in text:  # named in some other part: a second time would not read well
                return None
            text = attribute(text, speaker, self._language)
            verdict = self._verifier.check(text, self._language, [evidence], self._question)
        return (text, verdict.support) if verdict.accepted and not _loses_speaker(verdict) else None

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

    def _alike(self, witness: Evidence) -> Iterator[Evidence]:
        """The sentences that search took for the same as the witness."""
        for same in witness.also:
            yield replace(witness, sentence=same, source=self._source_of(same.document_id), before="", after="", also=())

    def _backs(self, statement: Statement, witness: Evidence, other: Evidence) -> bool:
        """Whether the other sentence says what is shown of the witness, by itself: what is alike may name somebody else."""
        home = witness.sentence
        said, spoken_in = (home.text, home.language) if statement.verbatim else (statement.text, statement.language)
        verdict = self._verifier.check(said, spoken_in, [other], self._question)
        return verdict.accepted and verdict.support >= _SAME_FACT

    def _has_spoken(self, witness: Evidence) -> bool:
        """Whether a statement already cites the witness: no second wording of the same sentence."""
        sentence = witness.sentence
        if (sentence.document_id, sentence.start, sentence.end) not in self._cited:
            return False
        label = self.cite(sentence, witness.source).n
        return any(label in statement.citations for statement in self._statements)

    def _corroborates(self, witness: Evidence) -> bool:
        """Whether an earlier statement already says what the witness says; it gains the witness's label."""
        for place, statement in enumerate(self._statements):
            verdict = self._verifier.check(statement.text, statement.language, [witness], self._question)
            if verdict.accepted and verdict.support >= _SAME_FACT:
                self._lend(place, (self.cite(witness.sentence, witness.source).n,))
                return True
        return False

    def _repeats(self, statement: Statement) -> bool:
        """Whether an earlier statement has the same words; it gains the labels."""
        for place, earlier in enumerate(self._statements):
            if earlier.text == statement.text:
                self._lend(place, statement.citations)
                return True
        return False

    def _lend(self, place: int, labels: Sequence[int]) -> None:
        statement = self._statements[place]
        self._statements[place] = replace(statement, citations=tuple(sorted({*statement.citations, *labels})))


def _loses_speaker(verdict: Verdict) -> bool:
    return any(fault.kind == "attribution" for fault in verdict.faults)
