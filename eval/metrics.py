"""What is measured on one case: pure functions from a case and an answer to shares, none of them a guess.

A share is ``hits`` out of ``of``; a case that does not qualify for a figure yields ``None`` for it, not
zero. Texts are compared as ``eval.matching`` says; support is asked of a ``Judge`` passed in, so that
nothing here loads a model.

Citation recall and precision follow ALCE (Gao et al. 2023, "Enabling Large Language Models to Generate
Text with Citations", section 4), with the judge in place of its English NLI model. A statement is recalled
when all its citations together support it; a citation is precise when its statement is recalled and the
citation either supports it alone, or is needed: without it the others no longer do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from eval import wording
from eval.bootstrap import Share
from eval.cases import Case, Gold
from eval.matching import found, stands_in, without_marks
from rag.language import detect
from rag.types import Answer, Citation, Language, Statement
from rag.verification.translation import translates

_LABEL = re.compile(r"\[(\d+)\]")
_SHORT = 3  #: words below which no language is judged


@dataclass(frozen=True, slots=True)
class Check:
    """A judge's word on one statement and the citations given for it. ``None``: nothing to check."""

    supported: bool
    support: float
    figures: bool | None = None
    names: bool | None = None
    attribution: bool | None = None

    @property
    def strict(self) -> bool:
        """Supported, no figure or name went wrong, and no claim is told as a fact: what the hand labels ask."""
        return self.supported and False not in (self.figures, self.names, self.attribution)


#: (statement without marks, its language, citations, question) → Check
Judge = Callable[[str, Language, Sequence[Citation], str], Check]


def shown(answer: Answer) -> str:
    """All the words an answer shows, notes on disagreements included, closest passages left out."""
    return "\n".join([answer.text, *(note.note for note in answer.disagreements)])


def facts_found(case: Case, answer: Answer) -> tuple[bool, ...]:
    """For each required fact, whether it is shown by an answer that was given as one."""
    return found(shown(answer) if answer.status == "answered" else "", case.facts)


def forbidden_found(case: Case, answer: Answer) -> tuple[str, ...]:
    """The forbidden facts that are shown."""
    return tuple(fact for fact in case.forbidden if found(shown(answer), [[fact]])[0])


def right(case: Case, answer: Answer) -> bool:
    """Whether the answer is what the case expects or accepts; an answer given must hold every fact."""
    if answer.status not in (case.expect, *case.accept):
        return False
    if answer.status != "answered":
        return True
    return all(facts_found(case, answer)) and not forbidden_found(case, answer)


def correct(case: Case, answer: Answer) -> Share | None:
    """Answerable cases: every required fact shown and no forbidden one."""
    return Share(right(case, answer)) if case.expect == "answered" else None


def refused(case: Case, answer: Answer) -> Share | None:
    """Answerable cases: not answered all the same."""
    return Share(_silent(answer) and not right(case, answer)) if case.expect == "answered" else None


def kept_silent(case: Case, answer: Answer) -> Share | None:
    """Abstention recall: cases that must not be answered, and were not (or only as the case accepts)."""
    return Share(_silent(answer) or right(case, answer)) if case.expect != "answered" else None


def rightly_silent(case: Case, answer: Answer) -> Share | None:
    """Abstention precision: abstentions that were due."""
    return Share(case.expect != "answered" or right(case, answer)) if _silent(answer) else None


def declined(case: Case, answer: Answer) -> Share | None:
    """Requests to decline that were declined, rather than looked up."""
    return Share(right(case, answer)) if case.expect == "declined" else None


def _silent(answer: Answer) -> bool:
    return answer.status != "answered"


def covers(citation: Citation, gold: Gold) -> bool:
    """At least half of the gold sentence is cited, or the citation lies within it."""
    if citation.document != gold.document or citation.end <= citation.start:
        return False
    common = min(citation.end, gold.end) - max(citation.start, gold.start)
    inside = gold.start <= citation.start and citation.end <= gold.end
    return inside or 2 * common >= gold.end - gold.start > 0


def used(answer: Answer) -> tuple[Citation, ...]:
    """The citations that a statement or a disagreement leans on."""
    labels = {n for statement in answer.statements for n in statement.citations}
    labels |= {n for note in answer.disagreements for n in note.citations}
    return tuple(citation for citation in answer.citations if citation.n in labels)


def gold_cited(case: Case, answer: Answer) -> Share | None:
    """Answerable cases: a gold sentence is cited, or one of each part where the case wants them all."""
    if case.expect != "answered" or not case.gold or (_silent(answer) and right(case, answer)):
        return None
    cited = () if _silent(answer) else used(answer)
    return Share(all(any(covers(citation, gold) for gold in part for citation in cited) for part in case.gold_parts))


def speaker_named(case: Case, answer: Answer) -> Share | None:
    """Cases that ask who says so: one of the names is shown."""
    if case.expect != "answered" or not case.speaker or (_silent(answer) and right(case, answer)):
        return None
    return Share(not _silent(answer) and found(shown(answer), [case.speaker])[0])


def disagreement_shown(case: Case, answer: Answer) -> Share | None:
    """Cases on which the documents differ: two documents are cited against each other, on the gold."""
    if not case.disagreement:
        return None
    by_label = {citation.n: citation for citation in answer.citations}
    sides = {gold.document for gold in case.gold}

    def shows(labels: Sequence[int]) -> bool:
        cited = [by_label[n] for n in labels if n in by_label]
        right = {c.document for c in cited if any(covers(c, gold) for gold in case.gold)}
        return len(right if len(sides) > 1 else {c.document for c in cited}) > 1

    return Share(any(shows(note.citations) for note in answer.disagreements))


def citations_valid(answer: Answer, documents: Mapping[str, str]) -> Share | None:
    """Citations that quote their document exactly, and labels that lead to one."""
    labels = [citation.n for citation in answer.citations]
    exact = [
        c.quote != "" and documents.get(c.document, "")[c.start : c.end] == c.quote and 0 <= c.start < c.end
        for c in (*answer.citations, *answer.closest)
    ]
    asked = [n for statement in answer.statements for n in statement.citations]
    asked += [n for note in answer.disagreements for n in note.citations]
    asked += [int(n) for n in _LABEL.findall(answer.text)]
    checks = [*exact, *(labels.count(n) == 1 for n in asked)]
    return Share(sum(checks), len(checks)) if checks else None


def verbatim(statement: Statement, citations: Sequence[Citation]) -> bool:
    """Whether the statement, "(in French)" apart, really stands word for word in a citation, whatever its flag says."""
    return any(stands_in(wording.bare(statement), citation.quote) for citation in citations)


def language(case: Case, answer: Answer, *, quotations: bool = False) -> Share | None:
    """Statements in the question's language, verbatim quotations apart (or included).

    Included, a quotation counts by its own text, not by the words around it that name its language. An abstention is
    one statement, and quotes nothing. What is too short to tell a language is left out.
    """
    if answer.status != "answered":
        texts = [] if quotations else [without_marks(answer.text)]
    elif quotations:
        texts = [wording.read(each) for each in answer.statements]
    else:
        texts = [wording.own(each) for each in answer.statements if not verbatim(each, cited_by(each, answer))]
    told = [text for text in texts if len(text.split()) >= _SHORT]
    if not told:
        return None
    return Share(sum(detect(text) == case.language for text in told), len(told))


def worded_soundly(answer: Answer) -> Share | None:
    """Statements that are no translation, or one that invents no word, loses none, and keeps words of law in their sense."""
    sound = [
        each.origin != "translated"
        or any(
            translates(c.quote, c.language, without_marks(each.text))
            for c in cited_by(each, answer)
            if c.language != each.language
        )
        for each in answer.statements
    ]
    return Share(sum(sound), len(sound)) if sound else None


def cited_by(statement: Statement, answer: Answer) -> tuple[Citation, ...]:
    """The citations a statement names, as far as they exist."""
    return tuple(citation for citation in answer.citations if citation.n in statement.citations)


@dataclass(frozen=True, slots=True)
class StatementScore:
    """One statement: the judge's word on all its citations, and how many of them are precise."""

    statement: Statement
    check: Check | None  #: None: it cites nothing that exists
    precise: int
    cited: int


def statement_scores(answer: Answer, judge: Judge) -> tuple[StatementScore, ...]:
    """Every statement of a given answer, judged against exactly what it cites."""
    if answer.status != "answered":
        return ()
    return tuple(_statement_score(statement, answer, judge) for statement in answer.statements)


def _statement_score(statement: Statement, answer: Answer, judge: Judge) -> StatementScore:
    cited, text = cited_by(statement, answer), without_marks(statement.text)

    def ask(citations: Sequence[Citation]) -> Check:
        return judge(text, statement.language, citations, answer.question)

    if not cited:
        return StatementScore(statement, None, 0, len(set(statement.citations)))
    check = ask(cited)
    precise = 0
    if check.supported and len(cited) == 1:
        precise = 1
    elif check.supported:
        for citation in cited:
            others = [other for other in cited if other != citation]
            precise += ask([citation]).supported or not ask(others).supported
    return StatementScore(statement, check, precise, len(set(statement.citations)))
