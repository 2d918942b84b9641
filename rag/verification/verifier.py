"""Whether evidence backs a statement, checked before anyone reads it.

A statement that stands word for word in the evidence is accepted. Otherwise every figure and name of it must be in
the evidence, its polarity must agree, and the calibrated support must pass the threshold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from rag.text.figures import Figure, figures, same
from rag.text.mentions import Mentions, matches, mentions, translatable
from rag.text.names import names
from rag.types import Evidence, Language
from rag.verification.alignment import TokenEmbedder, read
from rag.verification.attribution import keeps_claim
from rag.verification.constraints import told
from rag.verification.polarity import compare, polarity
from rag.verification.support import Calibration, Features, Judge, Reading, Side, features, probability, side_of

FaultKind = Literal["figure", "name", "polarity", "support", "attribution"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a statement; only a ``fatal`` one rejects it."""

    kind: FaultKind
    detail: str
    fatal: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """``support``: calibrated probability in [0, 1] that the evidence backs the statement."""

    accepted: bool
    support: float
    faults: tuple[Fault, ...] = ()


_REMEMBERED = 128  # texts kept encoded: one answer checks many statements against the same evidence

#: Words by which a sentence speaks of somebody named before it.
_STANDS_FOR = re.compile(
    r"\b(?:il|elle|ils|elles|he|she|it|they|nous|we|ce dernier|cette dernière|the latter"
    r"|(?:la|cette|the|this) (?:firme|société|entreprise|company|firm)|l['’](?:entreprise|État|Etat|accusé|élu)|(?:the|this"
    r"|that) state"
    r"|cet (?:État|Etat))\b",
    re.IGNORECASE,
)


class Verifier:
    """Pure: the same statement and evidence always get the same verdict."""

    def __init__(self, embedder: TokenEmbedder, calibration: Calibration | None = None, judge: Judge | None = None):
        self._embedder = embedder
        self._calibration = calibration or Calibration.shipped()
        self._judge = judge
        self._read = lru_cache(maxsize=_REMEMBERED)(self._encode)

    def unjudged(self) -> Verifier:
        """The same without its judge, for when the model that judged has gone."""
        return Verifier(self._embedder, self._calibration) if self._judge is not None else self

    def check(self, statement: str, language: Language, evidence: Sequence[Evidence], question: str = "") -> Verdict:
        """Check ``statement``, in ``language``, against all of ``evidence`` together.

        Names of the question may be repeated. An attribution that was lost is a fault, not a fatal one: the caller
        puts the speaker back, or quotes. Raises ModelUnavailable where the judge is a model that does not answer.
        """
        if not re.search(r"\w", statement) or not evidence:
            return Verdict(False, 0.0, (Fault("support", "nothing to check", True),))
        if is_verbatim(statement, evidence):
            return Verdict(True, 1.0, tuple(attribution_faults(statement, language, evidence)))
        faults = [
            *figure_faults(statement, language, evidence),
            *name_faults(statement, language, evidence, question),
            *polarity_faults(statement, language, evidence),
            *attribution_faults(statement, language, evidence),
        ]
        support, threshold = self._support(statement, language, evidence, faults)
        if support < threshold:
            faults.append(Fault("support", f"{support:.2f} below {threshold:.2f}", True))
        return Verdict(not any(fault.fatal for fault in faults), support, tuple(faults))

    def measured(
        self, statement: str, language: Language, evidence: Sequence[Evidence], faults: Sequence[Fault]
    ) -> tuple[Side, Features]:
        """The features that support is computed from; for fitting and for explaining."""
        said = self._read(statement, language)
        there = [self._read(item.sentence.text, item.sentence.language) for item in evidence]
        kinds = [fault.kind for fault in faults if not fault.fatal]
        return side_of(language, there), features(said, there, kinds.count("figure"), kinds.count("name"))

    def _support(
        self, statement: str, language: Language, evidence: Sequence[Evidence], faults: Sequence[Fault]
    ) -> tuple[float, float]:
        side, values = self.measured(statement, language, evidence, faults)
        model = self._calibration.model(side)
        odds = model.log_odds(values)
        if self._judge is not None and not any(fault.fatal for fault in faults):  # which no opinion can outweigh
            whole = " ".join(item.sentence.text for item in evidence)
            odds += self._calibration.judge_weight * self._judge.log_odds(whole, statement)
        return probability(odds), model.threshold

    def _encode(self, text: str, language: Language) -> Reading:
        return Reading(read(self._embedder, text), self._embedder.encode_passages([text])[0], language)


def is_verbatim(statement: str, evidence: Sequence[Evidence]) -> bool:
    """Whether the statement stands in one sentence of the evidence, blanks and typographic quotes apart.

    Words cut out after a negation («n'a pas dit que …») are not the sentence's own statement.
    """
    plain = _plain(statement)
    for item in evidence:
        before, found, _ = f" {_plain(item.sentence.text)} ".partition(f" {plain} ")
        if found and len(plain) > 1 and not polarity(before, item.sentence.language):
            return True
    return False


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+['’]?|[%$€£]", text.casefold())).replace("’", "'")


def figure_faults(statement: str, language: Language, evidence: Sequence[Evidence]) -> Iterator[Fault]:
    """Figures of the statement that the evidence does not give, or gives less exactly."""
    sentences = [(item.sentence.text, item.sentence.language) for item in evidence]
    there = [figure for text, spoken in sentences for figure in figures(text, spoken)]
    context = [
        figure
        for item in evidence
        for text in (item.source.date, item.source.title)
        if text
        for figure in figures(text, item.source.language)
    ]
    for figure in figures(statement, language):
        if not figure.certain:
            continue
        written = statement[figure.start : figure.end]
        verdicts = {same(figure, other) for other in there}
        if "equal" in verdicts:
            continue
        partly = "warning" in verdicts and (figure.unit not in ("date", "month") or _dated(figure, there, context))
        dated = figure.unit in ("date", "month", "year") and any(same(figure, other) == "equal" for other in context)
        yield Fault("figure", written, not (partly or dated))


def _dated(figure: Figure, there: Sequence[Figure], context: Sequence[Figure]) -> bool:
    """A date said more fully than in one place of the evidence must be completed by others."""
    year, rest = divmod(int(figure.value), 10000)
    parts = [replace(figure, value=figure.value.__class__(part)) for part in (year * 10000, rest) if part]
    known = [*there, *context]
    return all(any(same(part, other) == "equal" for other in known) for part in parts) or len(parts) == 1


def name_faults(statement: str, language: Language, evidence: Sequence[Evidence], question: str) -> Iterator[Fault]:
    """Names of the statement that neither the evidence, with its surroundings, nor the question has.

    A name that only the surroundings or the question have may stand for "he" or "the company"; it must not take
    the place of another name that the sentence has and the statement lacks.
    """
    cited = mentions([(s.text, s.language) for item in evidence for s in (item.sentence, *item.also)])
    near = mentions([text for item in evidence for text in told(item)])
    asked = mentions([(question, language)])
    said = mentions([(statement, language)])
    for name in names(statement, language):
        if matches(name, cited):
            continue
        known = matches(name, near) or matches(name, asked)
        loose = not name.certain or translatable(name, near)
        if not known:
            yield Fault("name", name.text, not loose)
        elif len(evidence) == 1 and (taken := _displaced(evidence[0], said)):
            yield Fault("name", f"{name.text} instead of {taken}", not loose)


def _displaced(item: Evidence, said: Mentions) -> str | None:
    """A certain name of the sentence that the statement lacks, unless the sentence speaks of "him" or "the firm"."""
    sentence = item.sentence
    if _STANDS_FOR.search(sentence.text):
        return None
    missing = (
        name.text
        for name in names(sentence.text, sentence.language)
        if name.certain and not matches(name, said) and not translatable(name, said)
    )
    return next(missing, None)


def polarity_faults(statement: str, language: Language, evidence: Sequence[Evidence]) -> Iterator[Fault]:
    """A statement that denies what the evidence affirms, or the other way round."""
    verdict = compare(statement, language, [(item.sentence.text, item.sentence.language) for item in evidence])
    if verdict != "equal":
        yield Fault("polarity", verdict, verdict == "opposite")


def attribution_faults(statement: str, language: Language, evidence: Sequence[Evidence]) -> Iterator[Fault]:
    """A claim of somebody's told as a fact."""
    if not any(keeps_claim(statement, language, item.sentence.text, item.sentence.language) for item in evidence):
        yield Fault("attribution", "the evidence reports a claim", False)
