"""The figures: what each is called, which way is better, how it is summed up, and whether it gates.

``measure`` turns rows (case, answer, score) into estimates; ``by_pair`` and ``by_kind`` do so for parts of
them. Times are reported and never gated: they belong to the machine. See docs/eval.md for how to read them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from eval.bootstrap import Estimate, Share, mean, quantile, ratio, statistic
from eval.scoring import Row

Unit = Literal["share", "ms", "tokens", "words", "risk"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A row of every table; ``means`` says it to somebody who is not a programmer."""

    name: str
    title: str
    means: str
    higher: bool = True  #: whether more is better
    unit: Unit = "share"
    gated: bool = True
    headline: bool = False


def _cost(name: str, title: str, means: str, unit: Unit = "ms", *, headline: bool = False) -> Figure:
    return Figure(name, title, means, higher=False, unit=unit, gated=False, headline=headline)


FIGURES: tuple[Figure, ...] = (
    Figure("correct", "Answer correct", "every required fact is shown, nothing forbidden", headline=True),
    Figure("gold_cited", "Gold passage cited", "the sentence that answers is the one cited", headline=True),
    Figure("grounded", "Statements grounded", "what is cited backs the sentence, strictly checked", headline=True),
    Figure("citation_recall", "Citation recall", "all its citations together support the statement (ALCE)"),
    Figure("citation_precision", "Citation precision", "no citation is there for show (ALCE)"),
    Figure("citations_valid", "Citations exact", "quotations stand in their document, labels lead somewhere"),
    Figure("figures_intact", "Figures intact", "numbers, dates and amounts are those of the source"),
    Figure("names_intact", "Names intact", "every name is the source's or the question's"),
    Figure("attribution_kept", "Claims keep their author", "what somebody claims is not told as a fact"),
    Figure("worded_soundly", "Worded soundly", "quoted, or translated without a word invented, lost or mistaken"),
    Figure("speaker_named", "Speaker named when asked", "who says so is in the answer"),
    Figure("disagreement_shown", "Disagreement shown", "both sides are cited against each other"),
    Figure(
        "abstention_recall",
        "Unanswerable left unanswered",
        "what the documents do not say is not answered",
        headline=True,
    ),
    Figure("abstention_precision", "Abstentions that were due", "it stayed silent only where it should"),
    Figure(
        "wrongly_refused",
        "Answerable wrongly refused",
        "the documents held the answer, and it was not given",
        higher=False,
        headline=True,
    ),
    Figure("declined", "Declined when it should", "requests that are no questions about the documents"),
    Figure("language", "In the question's language", "statements, verbatim quotations apart", headline=True),
    Figure("language_all", "The same, quotations included", "how much the reader need not translate"),
    Figure("consistency", "Paraphrases agree", "the same question in other words gets the same facts"),
    Figure(
        "risk",
        "Risk, averaged over coverage",
        "share wrong when only the surest answers are taken",
        False,
        "risk",
        gated=False,
    ),
    _cost("words", "Words shown", "length of an answer, mean", "words"),
    _cost("retrieve_ms", "Retrieval", "median"),
    _cost("first_ms", "First statement", "median"),
    _cost("first_ms_p90", "First statement, slowest tenth", "90th percentile"),
    _cost("total_ms", "Whole answer", "median time", headline=True),
    _cost("total_ms_p90", "Whole answer, slowest tenth", "90th percentile"),
    _cost("prompt_tokens", "Tokens read by the model", "mean, cached ones not counted", "tokens"),
    _cost("completion_tokens", "Tokens written by it", "mean", "tokens"),
)
#: The figures of ``run.py --retrieval``.
RETRIEVAL: tuple[Figure, ...] = (
    Figure("shown", "Gold sentence among those shown", "any sentence that answers is there"),
    Figure("shown_same", "… in the question's language", "gold stands in that language, or in both"),
    Figure("shown_other", "… only in the other language", "both directions"),
    Figure("shown_fr_en", "… asked in French, stands in English", ""),
    Figure("shown_en_fr", "… asked in English, stands in French", ""),
    Figure("all_parts", "Every part among those shown", "questions that need several sentences"),
    Figure("first_1", "Gold sentence first", ""),
    Figure("first_3", "Gold sentence among the first three", ""),
    Figure("mrr", "Mean reciprocal rank", "1: always first; 0: never shown"),
    Figure("mrr_same", "… in the question's language", ""),
    Figure("mrr_other", "… only in the other language", ""),
    Figure("mrr_fr_en", "… asked in French, stands in English", ""),
    Figure("mrr_en_fr", "… asked in English, stands in French", ""),
    Figure("ntrex_en_fr", "Translation found first, English to French", "NTREX news sentences"),
    Figure("ntrex_fr_en", "Translation found first, French to English", "NTREX news sentences"),
    _cost("retrieve_p50", "Retrieval with embedding", "median"),
    _cost("retrieve_p95", "Retrieval with embedding, p95", "95th percentile"),
)
BY_NAME = {figure.name: figure for figure in (*FIGURES, *RETRIEVAL)}

#: The figures read from the scores' shares as they are.
_SHARES = tuple(f.name for f in FIGURES if f.unit == "share" and f.name != "consistency")

Table = dict[str, Estimate]


def measure(rows: Sequence[Row]) -> Table:
    """Every figure that at least one row qualifies for."""
    found: dict[str, Estimate | None] = {
        name: ratio([row.score.values[name] for row in rows if name in row.score.values]) for name in _SHARES
    }
    found["consistency"] = ratio(consistency(rows))
    found["risk"] = average_risk(rows)
    found.update(_costs(rows))
    return {figure.name: found[figure.name] for figure in FIGURES if found.get(figure.name) is not None}  # type: ignore[misc]


def _costs(rows: Sequence[Row]) -> dict[str, Estimate | None]:
    times = [row.answer.timings for row in rows]
    first = [time.first_statement_ms for time in times if time.first_statement_ms > 0]
    total = [time.total_ms for time in times if time.total_ms > 0]
    return {
        "words": mean([len(row.answer.text.split()) for row in rows if row.answer.status == "answered"]),
        "retrieve_ms": quantile([time.retrieve_ms for time in times if time.retrieve_ms > 0], 0.5),
        "first_ms": quantile(first, 0.5),
        "first_ms_p90": quantile(first, 0.9),
        "total_ms": quantile(total, 0.5),
        "total_ms_p90": quantile(total, 0.9),
        "prompt_tokens": mean([time.prompt_tokens for time in times if time.total_ms > 0]),
        "completion_tokens": mean([time.completion_tokens for time in times if time.total_ms > 0]),
    }


def consistency(rows: Sequence[Row]) -> list[Share]:
    """Per paraphrase group, the pairs of answers that show the same facts (or both none)."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.case.group:
            groups[row.case.group].append(row)
    shares = []
    for members in groups.values():
        signatures = [(row.answer.status == "answered", row.score.facts) for row in members]
        pairs = list(combinations(signatures, 2))
        if pairs:
            shares.append(Share(sum(a == b for a, b in pairs), len(pairs)))
    return shares


@dataclass(frozen=True, slots=True)
class Point:
    """Of all cases, ``coverage`` are answered with at least ``confidence``; ``risk`` of those are wrong."""

    coverage: float
    risk: float
    confidence: float


def risk_coverage(rows: Sequence[Row]) -> list[Point]:
    """The curve (El-Yaniv and Wiener 2010), surest answers first; equal confidence is one step.

    Wrong is an answer that misses a required fact or shows a forbidden one, and any answer to a case that
    must not be answered. An abstention is not covered. The last point is what the reader meets.
    """
    return _curve([(row.score.confidence, not row.score.right) for row in rows])


def average_risk(rows: Sequence[Row]) -> Estimate | None:
    """The area under the curve divided by the coverage reached: a risk, lower is better."""
    told = [(row.score.confidence, not row.score.right) for row in rows]

    def area(indices: Sequence[int]) -> float | None:
        points = _curve([told[i] for i in indices])
        if not points:
            return None
        steps = zip([0.0, *(p.coverage for p in points)], points, strict=False)
        return sum((p.coverage - before) * p.risk for before, p in steps) / points[-1].coverage

    return statistic(told, area) if told else None


def _curve(told: Sequence[tuple[float | None, bool]]) -> list[Point]:
    """From (confidence, wrong) of every case; no confidence: not covered."""
    given = sorted(((-sure, wrong) for sure, wrong in told if sure is not None), key=lambda pair: pair[0])
    points: list[Point] = []
    failed = 0
    for rank, (negative, wrong) in enumerate(given, start=1):
        failed += wrong
        if rank == len(given) or given[rank][0] != negative:
            points.append(Point(rank / len(told), failed / rank, -negative))
    return points


def split_by(rows: Sequence[Row], key: Callable[[Row], str | None]) -> dict[str, list[Row]]:
    """Rows by ``key``, in order of first appearance; rows whose key is None are in no part."""
    parts: dict[str, list[Row]] = {}
    for row in rows:
        name = key(row)
        if name is not None:
            parts.setdefault(name, []).append(row)
    return parts
