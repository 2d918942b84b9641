"""What is fitted on: hurried questions, translated sentences, words that answer each other."""

from __future__ import annotations

import json
import random

import pytest

from eval.belief_data import ADAPTER_AFFAIRS, BELIEF_AFFAIRS, CALIBRATION
from eval.corpus import documents
from eval.fit_glossary import Sentences, learnt
from eval.misspelt import misspelt
from rag.text.glossary import translations

TRANSLATED = [path.parent.name for path in sorted(CALIBRATION.glob("*/translations.jsonl"))]


def test_a_hurried_question_keeps_its_words_and_slips_in_some() -> None:
    question = "Combien de témoins l'inspectrice a-t-elle interrogés ?"
    written = {misspelt(question, random.Random(seed)) for seed in range(40)}
    assert "combien de temoins l inspectrice a t elle interroges" in written
    assert len(written) > 10
    assert all(abs(len(each) - len("combien de temoins l inspectrice a t elle interroges")) <= 3 for each in written)
    assert misspelt(question, random.Random(3)) == misspelt(question, random.Random(3))


def test_those_told_as_press_and_those_kept_apart_are_translated() -> None:
    assert {name for affairs in ADAPTER_AFFAIRS[1:] for name in affairs} <= set(TRANSLATED)
    assert set(BELIEF_AFFAIRS[True]) <= set(TRANSLATED)


@pytest.mark.parametrize("affair", TRANSLATED)
def test_translations_are_of_the_affairs_own_sentences(affair: str) -> None:
    told = " ".join(" ".join(document.text.split()) for document in documents(CALIBRATION / affair).values())
    rows = [json.loads(line) for line in (CALIBRATION / affair / "translations.jsonl").read_text("utf-8").splitlines()]
    assert len(rows) >= 60
    assert {row["into"] for row in rows} == {"fr", "en"}
    assert all(row["source"] in told for row in rows)
    assert all(0.5 < len(row["translation"]) / len(row["source"]) < 1.9 for row in rows)


def test_words_that_answer_each_other_are_found() -> None:
    """Known answers: three affairs whose sentences differ in one noun each."""
    sentences = Sentences()
    for affair, nouns in {"a": "bac ferry", "b": "grue crane", "c": "verre glass"}.items():
        french, english = nouns.split()
        for verb, does in (("nie", "denies"), ("vend", "sells"), ("perd", "loses")):
            sentences.add(affair, {"fr": f"le {french} {verb}", "en": f"the {english} {does}"})
    found = {(sentences.word(one, "fr"), sentences.word(two, "en")) for one, two in learnt(sentences)}
    assert found == {("nie", "denies"), ("vend", "sells"), ("perd", "loses")}, "nouns occur in one affair only"


def test_what_was_learnt_is_in_the_glossary() -> None:
    assert "sensor" in translations("capteur", "fr")
