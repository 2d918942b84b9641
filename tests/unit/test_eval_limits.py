"""What is said to have stood in the way of an answer, on cases worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from eval.limits import limit_of, table
from tests.unit.eval_world import case


def told(correct: int, gold_cited: int | None) -> dict[str, Any]:
    values = {"correct": [correct, 1]} | ({} if gold_cited is None else {"gold_cited": [gold_cited, 1]})
    return {"values": values}


@pytest.mark.parametrize(
    ("correct", "gold_cited", "found", "limit"),
    [
        (1, 1, True, None),
        (1, 0, False, None),  # right by another passage
        (0, 0, False, "search"),
        (0, 0, True, "choosing"),
        (0, 1, True, "wording"),
        (0, None, True, "choosing"),
    ],
)
def test_each_miss_has_one_cause(correct: int, gold_cited: int | None, found: bool, limit: str | None) -> None:
    assert limit_of(case(), told(correct, gold_cited), found) == limit


def test_what_the_checks_turn_away_the_model_did_not_choose_wrongly() -> None:
    assert limit_of(case(), told(0, 0), found=True, able=False) == "checking"
    assert limit_of(case(), told(0, 0), found=False, able=False) == "search"
    assert limit_of(case(), told(0, 1), found=True, able=False) == "wording"  # shown all the same
    assert limit_of(case(), told(1, 1), found=True, able=False) is None


def test_follow_ups_are_apart_and_what_has_no_right_answer_is_left_out() -> None:
    after = case(history=[{"role": "user", "content": "Qui a dessiné le pont ?"}])
    assert limit_of(after, told(0, 0), True) == "follow-up"
    assert limit_of(case(), {"values": {"abstention_recall": [0, 1]}}, False) is None


def test_the_table_counts_pair_by_pair() -> None:
    one = case()
    lines = table([(one, None), (one, "search"), (one, "choosing"), (one, "choosing")]).splitlines()
    assert lines[0] == "| language pair | cases | right | search | checking | choosing | wording | follow-up |"
    assert lines[-1] == "| all | 4 | 1 | 1 | 0 | 2 | 0 | 0 |"
    assert lines[2] == lines[-1].replace("all", one.pair)
