"""The plain rival: the best passage for the question, pasted. No model, no check, no restraint.

It says what search alone is worth: its citations are exact by construction, and it answers everything.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rag.language import detect
from rag.types import Answer, Citation, Statement, Timings, Turn

if TYPE_CHECKING:
    from rag.library import Library

_TOKENS = 2000


class Passage:
    """The paragraph around the sentence that the product's own retrieval ranks first."""

    def __init__(self, library: Library) -> None:
        from rag.retrieval.evidence import Retriever

        self._library = library
        self._retriever = Retriever(library.catalog, library.vectors, library.lexical, library.embedder)

    def answer(self, question: str, history: Sequence[Turn] = ()) -> Answer:  # noqa: ARG002
        """One verbatim statement with one citation; ``not_found`` only when the search itself finds nothing."""
        started = time.perf_counter()
        language = detect(question)
        found = self._retriever.retrieve(question, language, limit=1, tokens=_TOKENS)
        spent = (time.perf_counter() - started) * 1000
        timings = Timings(retrieve_ms=spent, first_statement_ms=spent, total_ms=spent)
        if not found:
            return Answer(question, language, "not_found", "–", timings=timings)
        best, source = found[0].sentence, found[0].source
        same = [
            sentence
            for sentence in self._library.sentences(best.document_id)
            if sentence.paragraph == best.paragraph and sentence.searchable
        ]
        start, end = min(s.start for s in same), max(s.end for s in same)
        quote = self._library.document(best.document_id).text[start:end]
        citation = Citation(1, source.id, source.title, source.date, best.language, start, end, quote)
        statement = Statement(quote, (1,), 1.0, verbatim=True, origin="quoted", language=best.language)
        return Answer(question, language, "answered", f"{quote} [1]", (statement,), (citation,), timings=timings)
