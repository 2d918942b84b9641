"""Translations written by hand: of the affairs' own sentences, and good enough for most checks."""

from __future__ import annotations

import pytest

from eval.belief_data import CALIBRATION
from eval.corpus import documents
from eval.translations import written
from rag.verification.translation import invented

TRANSLATED = [path.parent.name for path in sorted(CALIBRATION.glob("*/translations.jsonl"))]


@pytest.mark.parametrize("affair", TRANSLATED)
def test_translations_are_of_the_affairs_own_sentences(affair: str) -> None:
    told = " ".join(" ".join(document.text.split()) for document in documents(CALIBRATION / affair).values())
    rows = list(written(affair))
    assert len(rows) >= 60
    assert {into for *_, into in rows} == {"fr", "en"}
    assert all(source in told for source, *_ in rows)
    assert all(0.6 < len(wording) / len(source) < 1.7 for source, wording, _ in rows if len(source) >= 80)


def test_hardly_a_word_of_them_is_taken_for_an_invented_one() -> None:
    rows = [row for affair in TRANSLATED for row in written(affair)]
    assert len(rows) > 2000
    assert sum(bool(invented(wording, into, source)) for source, wording, into in rows) < 0.05 * len(rows)
