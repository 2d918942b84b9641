"""A small invented library and an assistant that replays canned events about it, for tests of the page.

The town of Valmont does not exist: its bridge and its public library are there so that every state of the
page can be seen without models. ``FakeAssistant`` keeps the assistant's protocol to the letter.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from rag.errors import LibraryError, QuestionError, UnreadableFile
from rag.language import detect
from rag.types import (
    Answer,
    Citation,
    Disagreement,
    Document,
    Event,
    Evidence,
    FirstLook,
    Language,
    Reading,
    Sentence,
    Source,
    Spoken,
    Statement,
    Timings,
    Turn,
)  # fmt: skip

GAZETTE = (
    "Le pont de Valmont rouvre\n\nLe pont de Valmont a rouvert le 3 mai 2021 après deux ans de travaux. "
    "Les travaux ont coûté 4,2 millions d’euros, selon la mairie.\n\n"
    + "La rivière monte chaque printemps et les riverains s’en souviennent. "
    * 30
    + "\n\nLe maire a répondu aux critiques lors du conseil municipal. "
    "La bibliothèque municipale compte 12 000 livres.\n"
)
HERALD = (
    "Valmont bridge: what we know\n\nThe bridge reopened in May 2021. The town spent 4.2 million euros on it. "
    "The mayor has not yet responded to the critics.\n\nThe architect, Anna Weiss, chose local stone.\n"
)
NOTES = "<script>window.pwned = 1</script> Notes & <b>brouillons</b>\n\nUne phrase <img src=x onerror=window.pwned=1> ici.\n"

DOCUMENTS = {
    "gazette": Document(
        Source("gazette", "gazette.txt", "fr", "Le pont de Valmont rouvre", "La Gazette de Valmont", "2021-05-04"), GAZETTE
    ),
    "herald": Document(
        Source("herald", "herald.txt", "en", "Valmont bridge: what we know", "The Valley Herald", "2021-05"), HERALD
    ),
    "notes": Document(Source("notes", "notes.txt", "fr", "<img src=x onerror=window.pwned=1>", None, None), NOTES),
}


def cite(n: int, document_id: str, quote: str) -> Citation:
    document = DOCUMENTS[document_id]
    start = document.text.index(quote)
    source = document.source
    return Citation(n, document_id, source.title, source.date, source.language, start, start + len(quote), quote)


def said(
    text: str, numbers: tuple[int, ...], language: Language, origin: str = "translated", verbatim: bool = False
) -> Statement:
    return Statement(text, numbers, 0.97, verbatim, origin, language)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Reply:
    """What the fake answers when a question holds ``word``."""

    word: str
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    status: str = "answered"
    notices: tuple[str, ...] = ()


COST_FR = cite(1, "gazette", "Les travaux ont coûté 4,2 millions d’euros, selon la mairie.")
COST_EN = cite(2, "herald", "The town spent 4.2 million euros on it.")
STONE = cite(1, "herald", "The architect, Anna Weiss, chose local stone.")
NO_REPLY = cite(1, "herald", "The mayor has not yet responded to the critics.")
REPLY = cite(2, "gazette", "Le maire a répondu aux critiques lors du conseil municipal.")
EVIL = cite(1, "notes", "Une phrase <img src=x onerror=window.pwned=1> ici.")

REPLIES = (
    Reply("architecte", (said("L’architecte, Anna Weiss, a choisi de la pierre locale.", (1,), "fr"),), (STONE,)),
    Reply("stone", (said(STONE.quote, (1,), "en", "quoted", True),), (STONE,)),
    Reply(
        "cost",
        (
            said("The works cost 4.2 million euros, according to the town hall.", (1, 2), "en"),
            said(
                "« Le pont de Valmont a rouvert le 3 mai 2021 après deux ans de travaux. » (in French)",
                (3,),
                "en",
                "repaired",
                True,
            ),
        ),
        (COST_FR, COST_EN, cite(3, "gazette", "Le pont de Valmont a rouvert le 3 mai 2021 après deux ans de travaux.")),
    ),
    Reply(
        "mayor",
        (said(NO_REPLY.quote, (1,), "en", "quoted", True), said("The mayor answered the critics.", (2,), "en")),
        (NO_REPLY, REPLY),
        (Disagreement((1, 2), "One document says there was no response, another quotes one."),),
    ),
    Reply(
        "silent",
        (said(NO_REPLY.quote, (1,), "en", "quoted", True),),
        (NO_REPLY, REPLY),
        (Disagreement((1, 2), "One document says there was no response, another quotes one."),),
    ),
    Reply("script", (said("<script>window.pwned=1</script><img src=x onerror=window.pwned=1>", (1,), "fr"),), (EVIL,)),
    Reply("offline", (said(STONE.quote, (1,), "en", "quoted", True),), (STONE,), notices=("model_unavailable",)),
    Reply("swimming", status="not_found"),
    Reply("piscine", status="not_found"),
)


def sentences_of(document: Document) -> tuple[Sentence, ...]:
    """Sentences, cut crudely at full stops: exact offsets all the same."""
    found, start = [], 0
    for end, char in enumerate(document.text, 1):
        if char in ".\n" and document.text[start:end].strip():
            text = document.text[start:end]
            left = start + len(text) - len(text.lstrip())
            text = text.strip()
            found.append(Sentence(document.source.id, len(found), 0, left, left + len(text), text, document.source.language))
        if char in ".\n":
            start = end
    return tuple(found)


def sentence(text: str, language: Language = "en") -> Sentence:
    """A sentence that stands alone."""
    return Sentence("alone", 0, 0, 0, len(text), text, language)


@dataclass(frozen=True)
class Found:
    sentence: Sentence
    source: Source
    note: str = "a response"


@dataclass(frozen=True)
class Synced:
    failed: tuple[tuple[str, str], ...]


@dataclass
class FakeLibrary:
    """Documents in memory."""

    documents: dict[str, Document] = field(default_factory=lambda: dict(DOCUMENTS))
    failed: tuple[tuple[str, str], ...] = ()

    def sources(self) -> tuple[Source, ...]:
        return tuple(document.source for document in self.documents.values())

    def document(self, document_id: str) -> Document:
        if document_id not in self.documents:
            raise LibraryError(f"no document {document_id!r} in the library; see the list of documents")
        return self.documents[document_id]

    def sentences(self, document_id: str) -> tuple[Sentence, ...]:
        return sentences_of(self.document(document_id))

    def find(self, text: str, limit: int = 20) -> tuple[Found, ...]:
        words = text.lower().split()
        return tuple(
            Found(sentence, document.source)
            for document in self.documents.values()
            for sentence in sentences_of(document)
            if all(word in sentence.text.lower() for word in words)
        )[:limit]

    def disagreements(self) -> tuple[tuple[Found, Found], ...]:
        if not {"gazette", "herald"} <= set(self.documents):
            return ()
        return ((self._found(NO_REPLY), self._found(REPLY)),)

    def _found(self, citation: Citation) -> Found:
        return next(hit for hit in self.find(citation.quote) if hit.source.id == citation.document)

    def add_file(self, name: str, content: bytes) -> Source:
        if not content.strip():
            raise UnreadableFile(f"{name}: the file is empty; remove it or fill it")
        source = Source(name, name, detect(content.decode()), None, None, None)
        self.documents[name] = Document(source, content.decode())
        return source

    def remove_document(self, document_id: str) -> None:
        self.document(document_id)
        del self.documents[document_id]

    def sync(self) -> Synced:
        self.failed = (("scan.pdf", "holds no text; is it a scan? run text recognition on it"),)
        return Synced(self.failed)


#: How much slower the fake is when a question holds one of these words.
SLOW = {"slow": 20, "glacial": 100}
NOTHING = {"fr": "Les documents ne répondent pas à cette question.", "en": "The documents do not answer this question."}


@dataclass
class FakeAssistant:
    """Replays the reply whose word the question holds; ``pause`` seconds before each step of the model."""

    library: FakeLibrary = field(default_factory=FakeLibrary)
    pause: float = 0.05
    asked: list[tuple[str, tuple[Turn, ...]]] = field(default_factory=list)
    closed: int = 0
    sleep: Callable[[float], None] = time.sleep

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Event]:
        self.asked.append((question, tuple(history)))
        if "fail" in question:
            raise QuestionError("the question cannot be taken; ask another")
        reply = next((one for one in REPLIES if one.word in question.lower()), Reply("", status="not_found"))
        start = time.perf_counter()
        look = reply.citations or (COST_FR, cite(2, "herald", "The bridge reopened in May 2021."))
        try:
            yield FirstLook(self._evidence(look), look, question)
            known: set[int] = set()
            for done, statement in enumerate(reply.statements, 1):
                self.sleep(self.pause * next((times for word, times in SLOW.items() if word in question.lower()), 1))
                yield Reading(done, len(look))
                yield Reading(done, len(look), checking=True)
                new = tuple(one for one in reply.citations if one.n in statement.citations and one.n not in known)
                known |= {one.n for one in new}
                yield Spoken(statement, new)
            spent = Timings(total_ms=(time.perf_counter() - start) * 1000)
            yield self._answer(question, reply, () if reply.statements else look, spent)
        finally:
            self.closed += 1

    def translate(self, text: str, language: Language) -> str:
        return f"({language}) {text}"

    def _answer(self, question: str, reply: Reply, closest: tuple[Citation, ...], spent: Timings) -> Answer:
        marks = (f"{one.text} {''.join(f'[{n}]' for n in one.citations)}" for one in reply.statements)
        text = "\n".join(marks) or NOTHING[detect(question)]
        return Answer(
            question, detect(question), reply.status, text, reply.statements, reply.citations, reply.disagreements,  # type: ignore[arg-type]
            closest, spent, reply.notices,
        )  # fmt: skip

    def _evidence(self, look: Sequence[Citation]) -> tuple[Evidence, ...]:
        return tuple(
            Evidence(
                Sentence(one.document, 0, 0, one.start, one.end, one.quote, one.language),
                DOCUMENTS[one.document].source,
                0.8,
                0.5,
                1.0 - 0.1 * one.n,
                0.7,
            )
            for one in look
        )
