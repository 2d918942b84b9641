"""A finished run as one value: what the reports, the table on the screen and the gate all read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.figures import Point, Table, measure, risk_coverage, split_by
from eval.gate import Verdict
from eval.scoring import Row
from eval.trust import Agreement
from rag.types import Document

PAIRS = ("fr→fr", "fr→en", "en→fr", "en→en", "both")


@dataclass(frozen=True, slots=True)
class SystemRun:
    """One system's rows and everything summed up from them."""

    name: str
    rows: tuple[Row, ...]
    figures: Table
    by_pair: Mapping[str, Table]
    by_kind: Mapping[str, Table]
    by_language: Mapping[str, Table]
    curve: tuple[Point, ...]

    @property
    def cached(self) -> int:
        """Answers that came from the cache, and whose times are those of when they were made."""
        return sum(row.cached for row in self.rows)

    @property
    def failed(self) -> tuple[Row, ...]:
        """The rows that did not pass."""
        return tuple(row for row in self.rows if not row.score.passed)


@dataclass(frozen=True, slots=True)
class Run:
    """The whole run: the first system is the one under evaluation, the others stand beside it."""

    suite: str
    made: str  #: UTC, to the minute
    fingerprints: Mapping[str, str]
    systems: tuple[SystemRun, ...]
    verdict: Verdict
    trust: Agreement | None
    documents: Mapping[str, Document]
    notes: tuple[str, ...] = ()

    @property
    def main(self) -> SystemRun:
        """The system under evaluation."""
        return self.systems[0]


def summed_up(name: str, rows: Sequence[Row]) -> SystemRun:
    """Rows → figures, whole and in parts, and the risk–coverage curve."""
    pairs = split_by(rows, lambda row: row.case.pair)
    return SystemRun(
        name,
        tuple(rows),
        measure(rows),
        {pair: measure(pairs[pair]) for pair in PAIRS if pair in pairs},
        {kind: measure(part) for kind, part in split_by(rows, lambda row: row.case.kind).items()},
        {language: measure(part) for language, part in split_by(rows, lambda row: row.case.language).items()},
        tuple(risk_coverage(rows)),
    )
