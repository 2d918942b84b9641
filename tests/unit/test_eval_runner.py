from __future__ import annotations

from dataclasses import replace
from threading import Barrier
from time import sleep

import pytest
from eval_world import TEXTS, Scripted, answer, case, fair_judge, good_answers, small_set
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.cache import Cache
from eval.fingerprints import answer_key, of_cases, shaping, short, tree
from eval.runner import run
from eval.systems import Lazy
from eval.wire import from_dict, to_dict
from rag.errors import ModelError
from rag.settings import Settings
from rag.types import Citation, Disagreement, Statement, Timings, Turn

CASES = small_set()


class Flaky(Scripted):
    """Fails once, at the fourth question."""

    def answer(self, question, history=()):
        if len(self.asked) == 3:
            self.asked.append("failed")
            raise ModelError("the model is gone; bring it back")
        return super().answer(question, history)


def go(system, cache, **options):
    return run(CASES, Lazy("x", "key", lambda: system), cache, fair_judge, TEXTS, **options)


def test_an_interrupted_run_goes_on_where_it_was(tmp_path):
    cache, flaky = Cache(tmp_path), Flaky(good_answers())
    with pytest.raises(ModelError):
        go(flaky, cache)
    before = len(flaky.asked)
    rows = go(flaky, cache)
    assert len(flaky.asked) - before == len(CASES) - 3
    assert [row.case.id for row in rows] == [one.id for one in CASES]
    assert [row.cached for row in rows] == [True] * 3 + [False] * 4


def test_an_unchanged_run_does_not_even_open_the_system(tmp_path):
    cache = Cache(tmp_path)
    first = go(Scripted(good_answers()), cache)

    def opener():
        raise AssertionError("opened")

    second = run(CASES, Lazy("x", "key", opener), cache, fair_judge, TEXTS)
    assert [row.answer for row in second] == [row.answer for row in first]


def test_no_cache_asks_again_and_keeps_what_it_heard(tmp_path):
    go(Scripted(good_answers()), Cache(tmp_path))
    again = Scripted(good_answers())
    go(again, Cache(tmp_path, reading=False))
    assert len(again.asked) == len(CASES)


def test_answers_given_without_the_model_are_not_kept(tmp_path):
    cache = Cache(tmp_path)
    down = {question: replace(one, notices=("model_unavailable",)) for question, one in good_answers().items()}
    go(Scripted(down), cache)
    up = Scripted(good_answers())
    assert not any(row.cached for row in go(up, cache))


def test_several_jobs_give_the_same_rows_in_the_same_order(tmp_path):
    one = go(Scripted(good_answers()), Cache(tmp_path / "1"))
    three = go(Scripted(good_answers()), Cache(tmp_path / "3"), jobs=3)
    assert [(row.case, row.answer) for row in one] == [(row.case, row.answer) for row in three]


class Slow(Scripted):
    """Every answer takes a moment; ``breaks`` is raised in place of the first, once the second is being worked out."""

    def __init__(self, answers, breaks=None):
        super().__init__(answers)
        self.breaks, self.two, self.given = breaks, Barrier(2), []

    def answer(self, question, history=()):
        place = len(self.asked)
        found = super().answer(question, history)
        if question in (CASES[0].question, CASES[1].question):
            self.two.wait(10)
        if question == CASES[0].question and self.breaks:
            raise self.breaks
        sleep(0.05 * (place + 1))
        self.given.append(question)
        return found


@pytest.mark.parametrize("breaks", [KeyboardInterrupt(), ModelError("the model is gone; bring it back")])
def test_answers_in_flight_are_kept_when_another_stops_the_run(tmp_path, breaks):
    cache, slow = Cache(tmp_path), Slow(good_answers(), breaks)
    with pytest.raises(type(breaks)):
        go(slow, cache, jobs=2)
    assert CASES[1].question in slow.given
    assert {row.case.question for row in go(Scripted(good_answers()), cache) if row.cached} == set(slow.given)


def test_answers_in_flight_are_kept_when_the_run_is_stopped_between_two(tmp_path):
    cache, slow = Cache(tmp_path), Slow(good_answers())

    def stop(done, total):
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        go(slow, cache, jobs=2, on_answer=stop)
    assert len(slow.given) == len(slow.asked) < len(CASES)
    assert {row.case.question for row in go(Scripted(good_answers()), cache) if row.cached} == set(slow.given)


def test_progress_counts_what_is_left_to_ask(tmp_path):
    cache, told = Cache(tmp_path), []
    with pytest.raises(ModelError):
        go(Flaky(good_answers()), cache)
    go(Scripted(good_answers()), cache, on_answer=lambda done, total: told.append((done, total)))
    assert told == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize("damage", ["", "{", "null", '{"question": 1}'])
def test_a_damaged_cache_file_is_asked_again(tmp_path, damage):
    go(Scripted(good_answers()), Cache(tmp_path))
    for path in tmp_path.rglob("*.json"):
        path.write_text(damage)
    assert not any(row.cached for row in go(Scripted(good_answers()), Cache(tmp_path)))


def test_the_key_tells_questions_histories_and_systems_apart():
    base, turn = case(), Turn("user", "Bonjour")
    keys = {
        answer_key("a", base),
        answer_key("b", base),
        answer_key("a", replace(base, question="Autre ?")),
        answer_key("a", replace(base, history=(turn,))),
        answer_key("a", replace(base, history=(replace(turn, role="assistant"),))),
    }
    assert len(keys) == 5
    assert answer_key("a", replace(base, facts=(("x",),))) == answer_key("a", base)


def test_the_cases_fingerprint_ignores_order_and_reasons_only():
    assert of_cases(CASES) == of_cases(CASES[::-1]) == of_cases([replace(one, why="other") for one in CASES])
    assert of_cases(CASES) != of_cases([*CASES[:-1], replace(CASES[-1], forbidden=("x",))])


def test_boundaries_count():
    assert short("ab", "c") != short("a", "bc")


def test_a_folder_is_known_by_names_and_bytes(tmp_path):
    for name, files in {"a": {"x": "1"}, "b": {"x": "2"}, "c": {"y": "1"}, "d": {"x": "1", ".hidden": "z"}}.items():
        (tmp_path / name).mkdir()
        for file, text in files.items():
            (tmp_path / name / file).write_text(text)
    marks = [tree(tmp_path / name) for name in "abcd"]
    assert marks[0] == marks[3] and len(set(marks)) == 3


def test_settings_that_shape_answers_and_no_secret():
    told = shaping(Settings(llm_api_key="hush", api_key="hush"))
    assert {"evidence_sentences", "evidence_tokens", "caution"} <= set(told)
    assert not {"port", "llm_api_key", "api_key", "llm_threads", "index"} & set(told)
    assert "hush" not in str(told)


texts, numbers = st.text(max_size=20), st.integers(0, 99)
citations = st.builds(Citation, numbers, texts, st.none() | texts, st.none() | texts, st.just("fr"), numbers, numbers, texts)
statements = st.builds(
    Statement, texts, st.tuples(numbers, numbers), st.floats(0, 1), st.booleans(), st.just("quoted"), st.just("en")
)


@settings(max_examples=30, deadline=None)
@given(st.lists(citations, max_size=3), st.lists(statements, max_size=3), texts, st.floats(0, 1e6))
def test_an_answer_survives_the_cache(cited, said, note, time):
    given_answer = replace(
        answer(*said, citations=cited, disagreements=[Disagreement((1, 2), note)], timings=Timings(total_ms=time)),
        closest=tuple(cited),
        notices=("model_unavailable",),
    )
    assert from_dict(to_dict(given_answer)) == given_answer
