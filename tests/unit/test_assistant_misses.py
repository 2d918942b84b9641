"""What the reader is told where the documents speak of something else than was asked; what a rewriting costs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.library import Library
from rag.types import Turn
from tests.scripted import ScriptedLlm
from tests.shelf import synced

SOLD = "En août, la boulangerie Morel a vendu neuf cents pains."
FILES = {
    "morel.txt": f"La boulangerie Morel est à Valmont. Elle est ouverte tous les jours de la semaine.\n\n{SOLD}\n",
    "pont.txt": "Le pont de Valmont a rouvert en septembre. La mairie est satisfaite des travaux.\n",
}
SEPTEMBER = "Combien de pains la boulangerie Morel a-t-elle vendus en septembre ?"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with synced(tmp_path, FILES) as opened:
        yield opened


def test_the_reader_learns_what_the_passage_says_instead_and_sees_it_first(library: Library) -> None:
    """Another passage speaks of September, so that nothing is missing from all of them: each is dropped for itself."""
    answer = Assistant(library.settings, library, ScriptedLlm(yes=[SOLD])).answer(SEPTEMBER)
    assert answer.status == "not_found"
    assert answer.text == "Les documents ne le disent pas : un passage qui s’en rapproche dit août, et non septembre."
    assert answer.closest[0].quote == SOLD


def test_a_passage_that_would_not_answer_anyway_is_not_spoken_of(library: Library) -> None:
    answer = Assistant(library.settings, library, ScriptedLlm()).answer(SEPTEMBER)
    assert answer.text == "Les documents ne le disent pas."


def test_a_term_that_no_passage_has_is_told_with_what_the_likeliest_says(library: Library) -> None:
    question = "Combien de pains la boulangerie Morel a-t-elle vendus en mars ?"
    llm = ScriptedLlm(yes=[SOLD])
    answer = Assistant(library.settings, library, llm).answer(question)
    assert answer.text == "Les documents ne le disent pas : un passage qui s’en rapproche dit août, et non mars."
    assert (answer.closest[0].quote, llm.weighed) == (SOLD, [])


def test_an_answer_says_nothing_of_what_was_not_asked(library: Library) -> None:
    answer = Assistant(library.settings, library, ScriptedLlm(yes=[SOLD])).answer(SEPTEMBER.replace("septembre", "août"))
    assert (answer.status, answer.citations[0].quote) == ("answered", SOLD)
    assert "et non" not in answer.text


def test_the_tokens_of_a_rewriting_are_counted(library: Library) -> None:
    history = (Turn("user", "Combien de pains la boulangerie Morel a-t-elle vendus ?"), Turn("assistant", SOLD))
    llm = ScriptedLlm(replies={"Last question: Et à Lisbonne ?": "Combien de pains la boulangerie a-t-elle vendus ?"})
    answer = Assistant(library.settings, library, llm).answer("Et à Lisbonne ?", history)
    assert answer.timings.completion_tokens >= 20 + len(llm.weighed)
