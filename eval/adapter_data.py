"""What ``eval/fit_adapter.py`` fits on: pairs of a question and one sentence, and whether that sentence answers it.

From the invented affairs that nothing is measured on. A question is searched as in an answer; what was found and does not
answer makes the pairs that are hard to tell, and a sentence that answers is there even where the search missed it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from eval.belief_data import CALIBRATION, Asked, is_gold, of_affair, searched
from rag.generation.belief import features, load_belief
from rag.generation.witness import witness_prompt
from rag.library import Library
from rag.models.embedder import Embedder
from rag.models.llm import Message
from rag.types import Evidence

GOOD = 3  #: pairs of a question with sentences that answer it, at most
BAD = 3  #: with sentences that do not, the most promising first
BAD_ALONE = 4  #: the same where no sentence answers


@dataclass(frozen=True, slots=True)
class Pair:
    """What the model is shown of one witness, and what it should say."""

    messages: tuple[Message, ...]
    good: bool


def pairs(affair: str, embedder: Embedder) -> Iterator[Pair]:
    """The pairs of an affair, in the order of its questions."""
    belief = load_belief()
    for item, found, library in searched(CALIBRATION / affair, of_affair(affair), embedder):
        question = item.question
        good = [each for each in found if is_gold(each.sentence, item)]
        good += _missed(item, good, library)
        bad = [each for each in found if not is_gold(each.sentence, item)]
        bad.sort(key=lambda each: -belief.promise(features(question, each, found)))
        for each in good[:GOOD]:
            yield Pair(witness_prompt(question, each, adapted=True), True)
        for each in bad[: BAD if good else BAD_ALONE]:
            yield Pair(witness_prompt(question, each, adapted=True), False)


def _missed(item: Asked, found: list[Evidence], library: Library) -> Iterator[Evidence]:
    """The sentences that answer and were not found."""
    known = {(each.sentence.document_id, each.sentence.start) for each in found}
    for document, start, end in item.gold:
        before = None
        for sentence in library.catalog.sentences(document):
            place = (document, sentence.start)
            if is_gold(sentence, Asked(item.question, ((document, start, end),))) and place not in known:
                known.add(place)
                beside = before.text if before and before.paragraph == sentence.paragraph else ""
                yield Evidence(sentence, library.document(document).source, 0.0, 0.0, 0.0, 0.0, beside)
            before = sentence
