from __future__ import annotations

from dataclasses import replace

import pytest
from eval_world import TEXTS, answer, case, cite, fair_judge, good_answers, say, small_set, unanswerable

from eval.figures import FIGURES, Point, measure, risk_coverage, split_by
from eval.scoring import Row, score
from rag.types import Timings

LONG = "Il mesure 340 mètres."


def row(one, given):
    return Row(one, given, score(one, given, TEXTS, fair_judge))


def said(belief, text=LONG):
    return answer(say(text, 1, belief=belief), citations=[cite(1, "pont", LONG)])


def test_risk_and_coverage_by_hand():
    """Five cases; answered with .9 right, .8 wrong, .8 right, .5 though unanswerable; one abstention."""
    rows = [
        row(case(), said(0.9)),
        row(case(), said(0.8, "Il mesure 341 mètres.")),
        row(case(), said(0.8)),
        row(unanswerable(), said(0.5)),
        row(case(), answer(status="not_found", text="Les documents ne disent rien.")),
    ]
    assert risk_coverage(rows) == [
        Point(0.2, 0.0, 0.9),
        Point(0.6, pytest.approx(1 / 3), 0.8),
        Point(0.8, pytest.approx(2 / 4), 0.5),
    ]
    # Area .2 * 0 + .4 * 1/3 + .2 * 1/2, over the .8 covered.
    assert measure(rows)["risk"].mean == pytest.approx((0.4 / 3 + 0.1) / 0.8)


def test_paraphrases_agree_by_pairs():
    """Three answers of which two show the same fact: one pair of three agrees."""
    rows = [
        row(case(id="a", group="g"), said(0.9)),
        row(case(id="b", group="g"), said(0.9)),
        row(case(id="c", group="g"), said(0.9, "Il est long.")),
    ]
    assert measure(rows)["consistency"].mean == pytest.approx(1 / 3)
    assert measure(rows)["consistency"].n == 1
    assert "consistency" not in measure(rows[:1])


def test_a_figure_nothing_qualifies_for_is_absent():
    table = measure([row(unanswerable(), answer(status="not_found", text="Les documents ne disent rien."))])
    assert set(table) == {"abstention_recall", "abstention_precision", "language"}


def test_times_and_tokens():
    times = [Timings(10, 1000 * i, 2000 * i, 100 * i, 10 * i) for i in range(1, 12)]
    rows = [row(case(), replace(said(0.9), timings=time)) for time in times]
    table = measure(rows)
    assert table["first_ms"].mean == 6000
    assert table["total_ms_p90"].mean == 20000
    assert (table["prompt_tokens"].mean, table["completion_tokens"].mean) == (600, 60)


def test_parts_have_their_own_figures():
    rows = [row(one, good_answers()[one.question]) for one in small_set()]
    pairs = split_by(rows, lambda each: each.case.pair)
    assert {name: len(part) for name, part in pairs.items()} == {"fr→fr": 3, "en→fr": 1, "en→en": 1}


def test_every_reason_for_failure_is_told():
    wrong = row(case(facts=[["2019"]], forbidden=["341"]), said(0.9, "Il mesure 341 mètres."))
    assert (
        wrong.score.reasons
        == (
            "fact missing: 2019",
            "figure fails: Il mesure 341 mètres.",
            "forbidden: 341",
        )
        or wrong.score.reasons[0] == "fact missing: 2019"
    )
    assert not wrong.score.passed
    assert row(case(), said(0.9)).score.passed


def test_a_refusal_fails_and_says_so():
    refused = row(case(), answer(status="not_found", text="Les documents ne disent rien."))
    assert refused.score.reasons == ("not answered (not_found) although the documents hold the answer",)
    answered = row(unanswerable(), said(0.9))
    assert answered.score.reasons == ("answered although the documents do not hold the answer",)
    request = row(unanswerable(expect="declined", kind="declined"), refused.answer)
    assert request.score.reasons == ("not_found, not declined",)


def test_names_are_unique():
    assert len({figure.name for figure in FIGURES}) == len(FIGURES)
