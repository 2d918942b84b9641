"""One case and its answer → one ``Score``: every figure's share, whether the case passed, and why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval import metrics
from eval.bootstrap import Share
from eval.cases import Case
from eval.metrics import Judge, StatementScore
from rag.types import Answer


@dataclass(frozen=True, slots=True)
class Score:
    """``values`` holds only the figures that the case qualifies for."""

    values: Mapping[str, Share]
    right: bool  #: the answer is what the case expects or accepts, facts and all
    facts: tuple[bool, ...]
    statements: tuple[StatementScore, ...]
    confidence: float | None  #: of an answer given: its most believed statement's belief; None for an abstention
    reasons: tuple[str, ...]  #: why the case failed; empty: it passed

    @property
    def passed(self) -> bool:
        """Nothing went wrong that a reader would mind."""
        return not self.reasons


@dataclass(frozen=True, slots=True)
class Row:
    """A case with a system's answer to it and its score."""

    case: Case
    answer: Answer
    score: Score
    cached: bool = False


def score(case: Case, answer: Answer, documents: Mapping[str, str], judge: Judge) -> Score:
    """Score one answer. ``documents``: id → text. Pure, as far as the judge is."""
    statements = metrics.statement_scores(answer, judge)
    values = {**_of_the_case(case, answer, documents), **_of_statements(statements)}
    present = {name: share for name, share in values.items() if share is not None}
    beliefs = [statement.belief for statement in answer.statements]
    given = answer.status == "answered"
    return Score(
        values=present,
        right=metrics.right(case, answer),
        facts=metrics.facts_found(case, answer),
        statements=statements,
        confidence=max(beliefs, default=0.0) if given else None,
        reasons=_reasons(case, answer, present, statements),
    )


def _of_the_case(case: Case, answer: Answer, documents: Mapping[str, str]) -> dict[str, Share | None]:
    return {
        "correct": metrics.correct(case, answer),
        "gold_cited": metrics.gold_cited(case, answer),
        "citations_valid": metrics.citations_valid(answer, documents),
        "speaker_named": metrics.speaker_named(case, answer),
        "disagreement_shown": metrics.disagreement_shown(case, answer),
        "abstention_precision": metrics.rightly_silent(case, answer),
        "abstention_recall": metrics.kept_silent(case, answer),
        "wrongly_refused": metrics.refused(case, answer),
        "declined": metrics.declined(case, answer),
        "worded_soundly": metrics.worded_soundly(answer),
        "language": metrics.language(case, answer),
        "language_all": metrics.language(case, answer, quotations=True),
    }


def _of_statements(statements: Sequence[StatementScore]) -> dict[str, Share | None]:
    """ALCE's two figures are averaged within the answer first, as ALCE does; the others count statements."""
    checks = [one.check for one in statements]
    cited = sum(one.cited for one in statements)
    n = len(statements)
    return {
        "citation_recall": Share(sum(c is not None and c.supported for c in checks) / n) if n else None,
        "citation_precision": Share(sum(one.precise for one in statements) / cited) if cited else None,
        "grounded": Share(sum(c is not None and c.strict for c in checks), n) if n else None,
        "figures_intact": _share([c.figures for c in checks if c]),
        "names_intact": _share([c.names for c in checks if c]),
        "attribution_kept": _share([c.attribution for c in checks if c]),
    }


def _share(verdicts: Sequence[bool | None]) -> Share | None:
    told = [verdict for verdict in verdicts if verdict is not None]
    return Share(sum(told), len(told)) if told else None


def _reasons(case: Case, answer: Answer, values: Mapping[str, Share], statements: Sequence[StatementScore]) -> tuple[str, ...]:
    """What a reader would mind, in plain words."""
    reasons: list[str] = []
    answerable, given = case.expect == "answered", answer.status == "answered"
    if metrics.right(case, answer) or (answerable and given):
        told = zip(case.facts, metrics.facts_found(case, answer), strict=True) if given else ()
        reasons += [f"fact missing: {fact[0]}" for fact, there in told if answerable and not there]
        reasons += [text for name, text in _FAILURES.items() if name in values and _short(values[name])]
        reasons += [_complaint(one) for one in statements if one.check is None or not one.check.strict]
    elif given:
        reasons.append("answered although the documents do not hold the answer")
    elif answerable:
        reasons.append(f"not answered ({answer.status}) although the documents hold the answer")
    else:
        reasons.append(f"{answer.status}, not {case.expect}")
    reasons += [f"forbidden: {fact}" for fact in metrics.forbidden_found(case, answer)]
    for name, text in _ALWAYS.items():
        if name in values and _short(values[name]):
            reasons.append(text)
    return tuple(reasons)


_FAILURES = {
    "gold_cited": "gold passage not cited",
    "speaker_named": "who says so is not named",
    "disagreement_shown": "the disagreement is not shown",
}
_ALWAYS = {"citations_valid": "a citation is not exact", "language": "wrong language"}


def _short(share: Share) -> bool:
    return share.hits < share.of


def _complaint(one: StatementScore) -> str:
    text = one.statement.text if len(one.statement.text) <= 80 else one.statement.text[:79] + "…"
    if one.check is None:
        return f"cites nothing: {text}"
    faults = {"figure": one.check.figures, "name": one.check.names, "attribution": one.check.attribution}
    wrong = [name for name, kept in faults.items() if kept is False]
    return f"{' and '.join(wrong) or 'support'} fails: {text}"
