"""What programs may do, whatever the door: ask, search, read a document. Plain values in and out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rag.contract import citation_json, to_json
from rag.errors import QuestionError
from rag.types import Answer, Event, FirstLook, Reading, Sentence, Source, Spoken, Turn
from rag.ui.chat import Asker
from rag.ui.gate import Gate
from rag.ui.shelves import Collection


@dataclass(frozen=True)
class Service:
    """The collaborators of the interfaces for programs."""

    asker: Asker
    library: Collection
    gate: Gate

    def ask(self, user: str, question: str, history: Sequence[Turn] = ()) -> Iterator[Event]:
        """The assistant's events. Raises TooMany, QuestionError at once, other RagErrors on the way."""
        if not question.strip():
            raise QuestionError("the question is empty; write one")
        self.gate.enter(user)
        return self.asker.ask(question, history)

    def answer(self, user: str, question: str, history: Sequence[Turn] = ()) -> Answer:
        """The whole answer at once."""
        *_, last = self.ask(user, question, history)
        assert isinstance(last, Answer)
        return last

    def search(self, user: str, text: str, limit: int) -> list[dict[str, Any]]:
        """Sentences that hold the words of ``text``, best first, as citations numbered from 1."""
        self.gate.enter(user)
        hits = self.library.find(text, max(1, min(limit, 100)))
        return [sentence_json(n, hit.sentence, hit.source) for n, hit in enumerate(hits, 1)]

    def document(self, document_id: str) -> dict[str, Any]:
        """A document: its card and its text. Raises LibraryError when there is none."""
        document = self.library.document(document_id)
        return card_json(document.source) | {"text": document.text}

    def documents(self) -> list[dict[str, Any]]:
        """The cards of all documents."""
        return [card_json(source) for source in self.library.sources()]


def card_json(source: Source) -> dict[str, Any]:
    """A document's card."""
    known = ("id", "title", "publisher", "date", "language", "url")
    return {name: getattr(source, name) for name in known}


def sentence_json(n: int, sentence: Sentence, source: Source) -> dict[str, Any]:
    """A sentence as a citation of the contract."""
    return {
        "n": n,
        "document": sentence.document_id,
        "title": source.title,
        "date": source.date,
        "language": sentence.language,
        "start": sentence.start,
        "end": sentence.end,
        "quote": sentence.text,
    }


def event_json(event: Event, identifier: str) -> tuple[str, dict[str, Any]]:
    """An event's name and content, as server-sent events carry them; ``answer`` is the contract itself."""
    match event:
        case FirstLook():
            return "first_look", {"question": event.question, "evidence": [citation_json(one) for one in event.closest]}
        case Reading():
            return "reading", {"done": event.done, "total": event.total}
        case Spoken():
            statement = event.statement
            return "statement", {
                "text": statement.text,
                "citations": list(statement.citations),
                "support": round(statement.support, 4),
                "verbatim": statement.verbatim,
                "origin": statement.origin,
                "sources": [citation_json(one) for one in event.citations],
            }
        case Answer():
            return "answer", to_json(event, identifier)
