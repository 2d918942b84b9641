"""What stood in the way of an answer about an invented affair, told by a stand-in for the product."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from eval.affair import mark_of
from eval.belief_data import Asked
from rag.types import Evidence
from tests.stand import evidence

COST, CLOSED, ROY = "The bridge cost four million euros.", "The bridge was closed by the mayor.", "Paul Roy opened the library."
DOCUMENT = "paper"


def asked(question: str, text: str | None) -> Asked:
    return Asked(question, ((DOCUMENT, 0, len(text)),) if text else ())


def standing(said: Sequence[tuple[str, int]], found: Sequence[Evidence] = ()) -> Any:
    """An assistant that cites, statement by statement, the first characters of a document; or is silent."""
    citations = [SimpleNamespace(n=n, document=name, start=0, end=end) for n, (name, end) in enumerate(said, start=1)]
    return SimpleNamespace(
        answer=lambda _: SimpleNamespace(
            status="answered" if said else "not_found",
            citations=citations,
            statements=[SimpleNamespace(citations=(each.n,)) for each in citations],
        ),
        evidence=lambda *_, **__: tuple(found),
        library=SimpleNamespace(document=lambda _: SimpleNamespace(text="")),
    )


@pytest.mark.parametrize(
    ("said", "mark"),
    [
        ([(DOCUMENT, 35)], "right"),
        ([("other", 35), (DOCUMENT, 35)], "beside"),
        ([("other", 35)], "wrong"),
        ([(DOCUMENT, 10)], "wrong"),  # less than half of the sentence that answers
    ],
)
def test_an_answer_is_judged_by_what_its_statements_cite(said: list[tuple[str, int]], mark: str) -> None:
    assert mark_of(standing(said), asked("How much did the bridge cost?", COST)) == mark


@pytest.mark.parametrize(
    ("question", "gold", "found", "mark"),
    [
        ("Who is the mayor of Mars?", None, [], "silent"),
        ("How much did the bridge cost?", COST, [CLOSED], "search"),
        ("Did Anna Berg open the library?", ROY, [ROY], "terms"),
        ("When was the bridge closed?", CLOSED, [CLOSED], "demands"),
        ("How much did the bridge cost?", COST, [COST], "belief"),
    ],
)
def test_a_refusal_is_put_down_to_what_caused_it(question: str, gold: str | None, found: list[str], mark: str) -> None:
    items = [evidence(text, "en", document=DOCUMENT if text == gold else "other") for text in found]
    assert mark_of(standing([], items), asked(question, gold)) == mark
