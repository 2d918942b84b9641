"""A conversation, and how it grows: events of the assistant folded into frozen exchanges.

``Asker`` is all the page asks of an assistant. An ``Exchange`` is everything shown for one question; it is
what the browser may keep and give back (see ``history``), so it holds plain values only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from rag.types import Answer, Citation, Event, Evidence, FirstLook, Language, Reading, Spoken, Statement, Turn


class Asker(Protocol):
    """Whoever answers: ``rag.assistant.Assistant``, or a fake in tests."""

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Event]:
        """FirstLook, Reading…, Spoken…, and the Answer last; closing the iterator cancels the work."""
        ...


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and what has been shown for it so far. ``answer`` comes last, or never when stopped."""

    question: str
    language: Language  #: of the question
    evidence: tuple[Evidence, ...] = ()
    look: tuple[Citation, ...] = ()  #: the evidence as citations, numbered for themselves
    searched: str = ""  #: the question as searched, when it was rewritten
    read: tuple[int, int] = (0, 0)  #: evidence sentences read, of how many
    checking: bool = False  #: a statement is being worded and checked
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    answer: Answer | None = None
    stopped: bool = False
    fault: str = ""  #: a message for the reader instead of an answer
    detail: str = ""  #: the program's own words for the fault, in English
    translations: tuple[tuple[int, str], ...] = ()  #: asked for: (statement, its translation; empty: failed)

    @property
    def running(self) -> bool:
        """Whether more is to come."""
        return self.answer is None and not self.stopped and not self.fault

    def citation(self, n: int) -> Citation | None:
        """The citation labelled ``n``, if the answer has one."""
        return next((citation for citation in self.citations if citation.n == n), None)


Conversation = tuple[Exchange, ...]


def follow(exchange: Exchange, event: Event) -> Exchange:
    """The exchange after ``event``."""
    match event:
        case FirstLook():
            searched = event.question if event.question != exchange.question else ""
            return replace(exchange, evidence=event.evidence, look=event.closest, searched=searched)
        case Reading():
            return replace(exchange, read=(event.done, event.total), checking=event.checking)
        case Spoken():
            return replace(
                exchange,
                checking=False,
                statements=(*exchange.statements, event.statement),
                citations=(*exchange.citations, *event.citations),
            )
        case Answer():
            return replace(
                exchange,
                language=event.language,
                statements=event.statements,
                citations=event.citations,
                answer=event,
            )


def turns(conversation: Conversation) -> tuple[Turn, ...]:
    """The conversation as history for the assistant: each question and, where there was one, its answer."""
    told: list[Turn] = []
    for exchange in conversation:
        told.append(Turn("user", exchange.question))
        if exchange.answer is not None:
            told.append(Turn("assistant", exchange.answer.text))
    return tuple(told)


def respond(asker: Asker, exchange: Exchange, before: Conversation) -> Iterator[tuple[Exchange, Event | None]]:
    """Ask a new exchange's question, and yield the exchange after each event.

    The first comes with no event, so that the question is shown at once.
    """
    yield exchange, None
    events = asker.ask(exchange.question, turns(before))
    try:
        for event in events:
            exchange = follow(exchange, event)
            yield exchange, event
    finally:  # a stop or a closed tab ends this generator: end the assistant's work with it
        close = getattr(events, "close", None)
        if close is not None:
            close()


def stop(conversation: Conversation) -> Conversation:
    """The conversation with its running exchange, if any, marked as stopped."""
    if not conversation or not conversation[-1].running:
        return conversation
    return (*conversation[:-1], replace(conversation[-1], stopped=True))
