"""What a model is asked about one witness: with examples as it came, with the document's card where it is adapted."""

from dataclasses import replace

import pytest

from rag.generation.witness import card_line, hear, witness_prompt
from rag.types import Source
from tests.scripted import ScriptedLlm
from tests.stand import evidence

QUESTION = "How much did the bridge cost?"
COST = replace(evidence("It cost four million euros.", "en"), before="The bridge opened in May.")


def test_a_model_as_it_came_is_shown_examples_and_the_sentence_alone() -> None:
    *before, (role, last) = witness_prompt(QUESTION, COST, adapted=False)
    assert len(before) > 6
    assert (role, last) == ("user", f"Source: The bridge opened in May. It cost four million euros.\nQuestion: {QUESTION}")


def test_an_adapted_one_is_shown_the_documents_card_instead() -> None:
    source = Source("a", "a.txt", "en", title="A bridge at last", date="2024-05-02")
    (role, _), (_, last) = witness_prompt(QUESTION, replace(COST, source=source), adapted=True)
    assert role == "system"
    assert last.splitlines()[0] == "Title: A bridge at last, 2024-05-02"
    assert last.endswith(f"four million euros.\nQuestion: {QUESTION}")


@pytest.mark.parametrize(
    ("title", "date", "expected"),
    [(None, "2024", ""), ("Le pont", None, "Title: Le pont\n"), ("Le pont " * 40, None, f"Title: {('Le pont ' * 40)[:100]}\n")],
)
def test_what_is_told_of_a_document(title: str | None, date: str | None, expected: str) -> None:
    assert card_line(Source("a", "a.txt", "fr", title=title, date=date)) == expected


def test_each_is_heard_in_its_own_way() -> None:
    titled = replace(COST, source=Source("a", "a.txt", "en", title="A bridge at last"))
    for adapted in (False, True):
        llm = ScriptedLlm(odds={"four million": 1.5}, adapted=adapted)
        assert hear(llm, QUESTION, titled).log_odds == 1.5
        assert llm.weighed[0].startswith("Title: A bridge at last\n") == adapted
