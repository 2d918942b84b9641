"""Two ways to ask the model once for all: the product's own evidence in one prompt, bound by a grammar.

``joint``: one or more sentences that end in their source's number, or exactly NOT_FOUND. ``joint-source-first``: a few
examples, and the number before the sentence. No witness is heard alone and nothing is verified.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from eval.baselines.free_text import read
from rag.language import detect
from rag.types import Answer, Citation, Evidence, Timings, Turn

if TYPE_CHECKING:
    from rag.library import Library
    from rag.models.llm import Llm, Message

Order = Literal["last", "first"]
_MAX_TOKENS = 160
_SYSTEM = {
    "last": (
        "Answer the question from the numbered sources only, in the language of the question, in one or two short "
        "sentences. End each sentence with the number of its source in brackets. Reply NOT_FOUND if no source answers."
    ),
    "first": (
        "Name the source that answers the question, then answer from it in one short sentence in the language of the "
        "question. Reply NOT_FOUND if no source answers."
    ),
}
_GRAMMAR = {
    "last": 'root ::= "NOT_FOUND" | said (" " said)?\nsaid ::= [^\\[\\]\\n]+ " [" [1-9] "]"',
    "first": 'root ::= "NOT_FOUND" | "[" [1-9] "] " [^\\[\\]\\n]+',
}
_EXAMPLES: tuple[tuple[str, str], ...] = (
    (
        "[1] Le chantier emploie douze personnes.\n[2] Au mois de mai, le chantier a remis en état 42 bateaux.\n"
        "Question: How many boats did the yard repair in May?",
        "[2] In May the yard repaired 42 boats.",
    ),
    ("[1] The bridge opened on Sunday.\nQuestion: Qui a dessiné le pont ?", "NOT_FOUND"),
)


class Joint:
    """One prompt with all the evidence."""

    def __init__(self, library: Library, llm: Llm, order: Order) -> None:
        from rag.retrieval.evidence import Retriever

        self._retriever = Retriever(library.catalog, library.vectors, library.lexical, library.embedder)
        self._llm, self._order = llm, order

    def answer(self, question: str, history: Sequence[Turn] = ()) -> Answer:  # noqa: ARG002
        """The model's text, read with goodwill. Raises ModelUnavailable."""
        started = time.perf_counter()
        evidence = self._retriever.retrieve(question, detect(question))
        done = self._llm.complete(self._asked(question, evidence), max_tokens=_MAX_TOKENS, grammar=_GRAMMAR[self._order])
        spent = (time.perf_counter() - started) * 1000
        timings = Timings(
            first_statement_ms=spent,
            total_ms=spent,
            prompt_tokens=done.prompt_tokens,
            completion_tokens=done.completion_tokens,
        )
        text = "" if "NOT_FOUND" in done.text else re.sub(r"^(\[\d\]) (.+)$", r"\2 \1", done.text.strip())
        return read(question, text, [_citation(n, item) for n, item in enumerate(evidence, start=1)], timings)

    def _asked(self, question: str, evidence: Sequence[Evidence]) -> tuple[Message, ...]:
        sources = "\n".join(f"[{n}] {' '.join(item.sentence.text.split())}" for n, item in enumerate(evidence, start=1))
        examples: list[Message] = []
        if self._order == "first":
            for asked, reply in _EXAMPLES:
                examples += [("user", asked), ("assistant", reply)]
        return (("system", _SYSTEM[self._order]), *examples, ("user", f"{sources}\nQuestion: {question}"))


def _citation(n: int, item: Evidence) -> Citation:
    sentence, source = item.sentence, item.source
    return Citation(n, source.id, source.title, source.date, sentence.language, sentence.start, sentence.end, sentence.text)
