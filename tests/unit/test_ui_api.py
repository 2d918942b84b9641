"""The chat stream: what is sent in pieces is the answer, once, and every mark in it leads where it says."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from rag.generation.labels import marked
from rag.types import Answer, Citation, Event, Spoken, Statement
from rag.ui.api import _chunks
from tests.town import COST_EN, COST_FR, NO_REPLY, REPLY, said

COST = said("The works cost 4.2 million euros.", (1,), "en")
SILENT = said("The mayor has not yet responded.", (2,), "en")
PLACES = tuple(replace(one, n=n) for n, one in enumerate((COST_FR, NO_REPLY, COST_EN, REPLY), 1))


def streamed(*events: Event) -> tuple[str, list[dict[str, Any]], list[str]]:
    """The text, the annotations of the last delta, and the pieces."""

    async def collect() -> list[str]:
        return [chunk async for chunk in _chunks(iter(events), "http://here/")]

    with ThreadPoolExecutor(1) as pool:  # the browser tests may have left an event loop in this one
        chunks = pool.submit(lambda: asyncio.run(collect())).result()
    assert chunks[-1] == "data: [DONE]\n\n"
    deltas = [json.loads(chunk.removeprefix("data: "))["choices"][0]["delta"] for chunk in chunks[:-1]]
    pieces = [delta.get("content", "") for delta in deltas]
    (annotations,) = [delta["annotations"] for delta in deltas if "annotations" in delta]
    return "".join(pieces), annotations, [piece for piece in pieces if piece]


def answer(*statements: Statement, before: str = "", after: str = "") -> Answer:
    lines = [before, *(marked(one.text, one.citations) for one in statements), after]
    return Answer("?", "en", "answered", "\n".join(filter(None, lines)), statements, PLACES)


def places(annotations: Sequence[dict[str, Any]]) -> Iterator[tuple[int, int, str]]:
    for one in annotations:
        assert one["type"] == "url_citation"
        yield one["url_citation"]["start_index"], one["url_citation"]["end_index"], one["url_citation"]["url"]


def url(citation: Citation) -> str:
    return f"http://here/v1/documents/{citation.document}#char={citation.start},{citation.end}"


def test_what_was_told_is_the_answer() -> None:
    whole = answer(COST, SILENT)
    text, _, pieces = streamed(Spoken(COST, PLACES[:1]), Spoken(SILENT, PLACES[1:2]), whole)
    assert text == whole.text
    assert pieces == ["The works cost 4.2 million euros. [1]", "\nThe mayor has not yet responded. [2]"]


@pytest.mark.parametrize(
    ("gained", "expected"),
    [
        ((COST, replace(SILENT, citations=(2, 4))), f"{COST.text} [1]\n{SILENT.text} [2][4]"),
        (
            (replace(COST, citations=(1, 3)), SILENT),
            f"{COST.text} [1]\n{SILENT.text} [2]\nThe same as [1] can be read in [3].",
        ),
        (
            (replace(COST, citations=(1, 3)), replace(SILENT, citations=(2, 4))),
            f"{COST.text} [1]\n{SILENT.text} [2][4]\nThe same as [1] can be read in [3].",
        ),
    ],
)
def test_labels_gained_after_a_statement_was_told_are_sent_alone(gained: tuple[Statement, ...], expected: str) -> None:
    text, _, _ = streamed(Spoken(COST, PLACES[:1]), Spoken(SILENT, PLACES[1:2]), answer(*gained))
    assert text == expected


def test_notices_and_disagreements_come_last_and_once() -> None:
    gained = replace(COST, citations=(1, 3))
    whole = answer(gained, before="The model is down.", after="One document affirms [2], another denies [4].")
    text, _, _ = streamed(Spoken(COST, PLACES[:1]), whole)
    assert text == f"{COST.text} [1][3]\nThe model is down.\nOne document affirms [2], another denies [4]."


def test_an_answer_without_statements_is_sent_whole() -> None:
    nothing = Answer("?", "en", "not_found", "The documents do not say.")
    assert streamed(nothing)[0] == nothing.text


def test_every_mark_leads_to_the_passage_of_its_number() -> None:
    whole = answer(replace(COST, citations=(1, 3)), SILENT, after="One document says none, another reports one: [2], but [4].")
    text, annotations, _ = streamed(Spoken(COST, PLACES[:1]), Spoken(SILENT, PLACES[1:2]), whole)
    marks = [(match.start(), match.end(), url(PLACES[int(match[1]) - 1])) for match in re.finditer(r"\[(\d+)\]", text)]
    assert len(marks) == 6
    assert list(places(annotations)) == marks
