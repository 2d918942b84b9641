from __future__ import annotations

from dataclasses import replace

import pytest

from eval import gate
from eval.bootstrap import Estimate
from eval.gate import Baseline, Outcome, compare, difference, load, only_flips, save
from rag.errors import RagError

MARKS = {"model": "m", "embedder": "e", "corpus": "c", "cases": "k", "settings": "s"}
FIGURES = {
    "correct": Estimate(0.9, 0.84, 0.96, 50),
    "wrongly_refused": Estimate(0.04, 0.0, 0.1, 50),
    "total_ms": Estimate(5000, 4000, 6000, 50),
}
RIGHT, WRONG = Outcome(True, "answered", "340 mètres"), Outcome(False, "answered", "341 mètres", ("fact missing: 340",))
BEFORE = Baseline(MARKS, FIGURES, {"a": RIGHT, "b": WRONG, "c": RIGHT}, "2030-01-01")


def today(**means):
    figures = {name: Estimate(means.get(name, e.mean), 0, 1, e.n) for name, e in FIGURES.items()}
    return replace(BEFORE, figures=figures)


@pytest.mark.parametrize(
    ("figure", "value", "passes"),
    [
        ("correct", 0.85, True),
        ("correct", 0.84, True),
        ("correct", 0.83, False),
        ("correct", 1.0, True),
        ("wrongly_refused", 0.1, True),
        ("wrongly_refused", 0.11, False),
        ("wrongly_refused", 0.0, True),
        ("total_ms", 90_000, True),  # times belong to the machine
    ],
)
def test_worse_means_beyond_the_bad_end_of_the_interval(figure, value, passes):
    verdict = compare(BEFORE, today(**{figure: value}))
    assert verdict.passed is passes
    assert [name for name, *_ in verdict.worse] == ([] if passes else [figure])


def test_a_figure_that_is_gone_is_worse():
    figures = {name: e for name, e in FIGURES.items() if name != "correct"}
    verdict = compare(BEFORE, replace(BEFORE, figures=figures))
    assert verdict.passed is False
    assert verdict.worse[0][0] == "correct" and verdict.worse[0][2] is None


def test_flips_carry_both_answers_and_failures_come_first():
    verdict = compare(BEFORE, replace(BEFORE, cases={"a": WRONG, "b": RIGHT, "c": RIGHT, "new": WRONG}))
    assert [flip.case for flip in verdict.flips] == ["a", "b"]
    assert (verdict.flips[0].before.answer, verdict.flips[0].after.answer) == ("340 mètres", "341 mètres")


def test_another_setting_is_named_and_compared():
    other = replace(today(correct=0.5), fingerprints={**MARKS, "settings": "depth=1"})
    verdict = compare(BEFORE, other)
    assert verdict.differing == (("settings", "s", "depth=1"),)
    assert "another settings" in verdict.message and verdict.passed is False
    assert compare(BEFORE, replace(other, figures=FIGURES)).passed is True


@pytest.mark.parametrize("ground", ["cases", "corpus"])
def test_other_cases_or_documents_are_not_compared_and_shut_the_gate(ground):
    verdict = compare(BEFORE, replace(BEFORE, fingerprints={**MARKS, ground: "other"}))
    assert verdict.passed is False
    assert verdict.worse == ()
    assert ground in verdict.message and "--update-baseline" in verdict.message


def test_without_a_baseline_nothing_is_gated_and_it_says_so():
    verdict = compare(None, BEFORE)
    assert verdict.passed is None and "no baseline" in verdict.message and "--update-baseline" in verdict.message
    assert compare(None, BEFORE, "make one so").message.endswith("nothing is gated; make one so")
    assert "no baseline" in only_flips(None, BEFORE).message


def test_a_part_of_a_suite_only_shows_flips():
    verdict = only_flips(BEFORE, replace(BEFORE, cases={"a": WRONG}))
    assert verdict.passed is None and [flip.case for flip in verdict.flips] == ["a"]


def test_saved_and_loaded_is_the_same_and_other_suites_stay(tmp_path):
    place = tmp_path / "baseline.json"
    save(place, "full", BEFORE)
    save(place, "smoke", today(correct=0.5))
    assert load(place, "full") == BEFORE
    assert load(place, "smoke") == today(correct=0.5)
    assert load(place, "retrieval") is None
    assert load(tmp_path / "none.json", "full") is None


@pytest.mark.parametrize("text", ["{", "[]", '{"full": {"figures": {}}}'])
def test_a_damaged_baseline_is_one_line(tmp_path, text):
    place = tmp_path / "baseline.json"
    place.write_text(text)
    with pytest.raises(RagError, match="restore it"):
        load(place, "full")


def test_the_difference_an_update_makes():
    lines = difference(BEFORE, replace(today(correct=0.95), fingerprints={**MARKS, "model": "n"}, cases={"a": WRONG}))
    assert lines[0] == "model: m → n"
    assert any(line.startswith("correct: 0.900 [0.840, 0.960] → 0.950") for line in lines)
    assert lines[-1] == "a: fails now"
    assert difference(BEFORE, BEFORE) == ["nothing changed"]
    assert gate.difference(None, BEFORE) == ["new baseline of 3 cases"]


def test_where_all_cases_agreed_one_may_flip():
    before = replace(BEFORE, figures={"correct": Estimate(1.0, 1.0, 1.0, 20)})
    for mean, passes in ((0.95, True), (0.9, False)):
        now = replace(before, figures={"correct": Estimate(mean, 0, 1, 20)})
        assert compare(before, now).passed is passes


@pytest.mark.parametrize(
    ("n", "cases_lost", "passes"),
    [(1, 1, False), (2, 1, False), (3, 1, False), (4, 1, True), (4, 2, False), (5, 1, True), (5, 2, False)],
)
@pytest.mark.parametrize("figure", ["declined", "wrongly_refused"])
def test_of_few_cases_that_agreed_no_more_than_a_quarter_may_flip(figure, n, cases_lost, passes):
    """1 of 1, 2 or 3 is more than a quarter, 1 of 4 is one; of 5, one case and not two."""
    good, bad = (1.0, 1 - cases_lost / n) if figure == "declined" else (0.0, cases_lost / n)
    before = replace(BEFORE, figures={figure: Estimate(good, good, good, n)})
    assert compare(before, replace(before, figures={figure: Estimate(bad, 0, 1, n)})).passed is passes
    assert compare(before, before).passed is True


@pytest.mark.parametrize(
    ("before", "value", "passes"),
    [
        (Estimate(0.5, 0.0, 1.0, 2), 0.0, False),  # the interval holds everything: the second case fell too
        (Estimate(2 / 3, 0.0, 1.0, 3), 1 / 3, False),  # one of three is a third
        (Estimate(5 / 6, 0.5, 1.0, 6), 4 / 6, True),  # one of six is a sixth
        (Estimate(5 / 6, 0.5, 1.0, 6), 3 / 6, False),  # two are a third, though within the interval
        (Estimate(0.9, 0.84, 0.96, 50), 0.83, False),  # many cases: the interval is the narrower of the two
    ],
)
def test_a_wide_interval_counts_for_no_more_than_a_quarter(before, value, passes):
    baseline = replace(BEFORE, figures={"correct": before})
    now = replace(BEFORE, figures={"correct": Estimate(value, 0, 1, before.n)})
    assert compare(baseline, now).passed is passes
