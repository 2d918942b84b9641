"""Systems that are bad on purpose must look bad, each in the figures that are there for it."""

from __future__ import annotations

import pytest
from eval_world import TEXTS, Scripted, answer, case, cite, fair_judge, good_answers, say, small_set

from eval.baselines.blind import Blind
from eval.baselines.liar import Liar, lie
from eval.cache import Cache
from eval.figures import measure
from eval.runner import run
from eval.systems import Lazy


def figures(system, tmp_path):
    rows = run(small_set(), Lazy("x", type(system).__name__, lambda: system), Cache(tmp_path), fair_judge, TEXTS)
    return {name: estimate.mean for name, estimate in measure(rows).items()}


@pytest.fixture
def honest(tmp_path):
    return figures(Scripted(good_answers()), tmp_path)


def test_a_good_system_looks_good(honest):
    ones = ["correct", "gold_cited", "grounded", "citation_recall", "citation_precision", "citations_valid"]
    ones += ["figures_intact", "abstention_recall", "abstention_precision", "language", "consistency"]
    assert {name: honest[name] for name in ones} == dict.fromkeys(ones, 1.0)
    assert honest["wrongly_refused"] == 0
    assert honest["risk"] == 0


def test_the_blind_one_is_silent_in_good_order_and_useless(tmp_path):
    blind = figures(Blind(), tmp_path)
    assert blind["correct"] == blind["gold_cited"] == 0
    assert blind["wrongly_refused"] == 1
    assert blind["abstention_recall"] == 1
    assert blind["abstention_precision"] == pytest.approx(2 / 7)
    assert blind["language"] == 1
    assert "grounded" not in blind and "citation_precision" not in blind and "risk" not in blind


def test_the_liar_keeps_its_citations_and_is_caught_by_its_figures(tmp_path, honest):
    liar = figures(Liar(Scripted(good_answers())), tmp_path)
    assert liar["figures_intact"] == 0
    assert liar["grounded"] == liar["citation_recall"] == liar["citation_precision"] == pytest.approx(1 / 5)
    assert liar["correct"] == pytest.approx(1 / 5)  # the one answer without a number
    assert liar["risk"] > 0.5
    for untouched in ("gold_cited", "citations_valid", "abstention_recall"):
        assert liar[untouched] == honest[untouched]


def test_a_paster_of_one_passage_answers_what_it_should_not(tmp_path):
    quote = TEXTS["pont"]
    pasted = answer(say(quote, 1), citations=[cite(1, "pont", quote)])
    paster = figures(Scripted({c.question: pasted for c in small_set()}), tmp_path)
    assert paster["abstention_recall"] == 0
    assert paster["correct"] < 1
    assert paster["language_all"] == pytest.approx(4 / 7)
    assert paster["grounded"] == 1  # it only quotes: grounded is not the same as good


def test_a_lie_changes_one_number_in_the_statement_and_in_the_text():
    told = answer(say("Il mesure 340 mètres.", 3), say("Il a coûté 12 millions.", 4))
    lied = lie(told)
    assert lied.statements[0].text == "Il mesure 440 mètres."
    assert lied.statements[1] == told.statements[1]
    assert lied.text == "Il mesure 440 mètres. [3] Il a coûté 12 millions. [4]"


@pytest.mark.parametrize("text", ["Le maire a répondu.", "Oui [2]."])
def test_an_answer_without_a_number_is_passed_on(text):
    told = answer(say(text, 2))
    assert lie(told) == told


def test_an_empty_question_still_has_a_language():
    assert Blind().answer("").status == "not_found"
    assert case().expect == "answered"
