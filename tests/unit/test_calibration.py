"""The invented affairs that belief is fitted on: golds exist, languages and kinds are balanced, nothing is asked twice."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from eval.belief_data import CALIBRATION, affairs, of_affair, of_dev
from eval.cases import load, misquoted
from eval.corpus import documents
from rag.language import detect


def rows(affair: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (CALIBRATION / affair / "questions.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("affair", affairs())
def test_every_gold_is_a_whole_sentence_of_its_document(affair: str) -> None:
    texts = {id: document.text for id, document in documents(CALIBRATION / affair).items()}
    for asked in of_affair(affair):
        for document, start, end in asked.gold:
            quote = texts[document][start:end]
            assert quote[-1] in '.!?»”"', quote
            assert start == 0 or texts[document][start - 1].isspace(), quote


@pytest.mark.parametrize("affair", affairs())
def test_languages_and_kinds_are_balanced(affair: str) -> None:
    spoken = {source.source.path: source.source.language for source in documents(CALIBRATION / affair).values()}
    told = rows(affair)
    kinds = {"answerable": 48, "near": 12, "constraint": 8, "premise": 7}
    more = {"answerable": 60, "near": 14, "constraint": 8, "premise": 8}
    assert Counter(row["kind"] for row in told) in (kinds, more)
    assert all((row["kind"] == "answerable") == bool(row["gold"]) for row in told)
    assert 0.48 <= sum(row["language"] == "fr" for row in told) / len(told) <= 0.52
    crossed = [row for row in told if row["gold"] and all(spoken[g["document"]] != row["language"] for g in row["gold"])]  # type: ignore[attr-defined]
    assert len(crossed) * 2 >= sum(row["kind"] == "answerable" for row in told)
    assert sum(detect(str(row["question"])) == row["language"] for row in told) >= len(told) - 2


def test_no_question_is_asked_twice() -> None:
    asked = [one.question for name in affairs() for one in of_affair(name)] + [one.question for one in of_dev()]
    assert len(asked) == len(set(asked)) > 300


def test_practice_cases_quote_their_affair() -> None:
    texts = {id: document.text for id, document in documents(CALIBRATION / "ecoutes").items()}
    cases = load(CALIBRATION.parent / "practice", "dev")
    assert len(cases) == 48
    assert misquoted(cases, texts) == ()
