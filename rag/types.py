"""The nouns: one frozen type a stage, flowing from documents to an answer.

``Source``/``Document`` → ``Sentence`` → ``Evidence`` → ``Statement`` + ``Citation`` → ``Answer``.
Offsets are in characters (Python code points) of ``Document.text``, start inclusive, end exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")

Status = Literal["answered", "not_found", "declined"]

#: How a statement came to be worded. ``quoted``: the cited sentence itself. ``translated``: the model's
#: translation of it, checked; its speaker is put back where the model left out who claims it. ``shortened``: the
#: model's shorter wording, checked. ``repaired``: a wording failed its check and the verbatim quotation stands in
#: its place. ``recited``: the wording was kept, but cites other evidence than first claimed.
Origin = Literal["quoted", "translated", "shortened", "repaired", "recited"]


@dataclass(frozen=True, slots=True)
class Source:
    """A document's card: what is known about it, as its own text says. Unknown stays ``None``."""

    id: str
    path: str  #: relative to the corpus folder, with forward slashes
    language: Language
    title: str | None = None
    publisher: str | None = None  #: author or publisher
    date: str | None = None  #: ISO 8601, possibly partial: "2023", "2023-12", "2023-12-06"
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Characters ``start`` to ``end`` (exclusive) of a document's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """A document as read: never edited. ``noise`` marks spans that are not to be searched."""

    source: Source
    text: str
    noise: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a document: ``text == document.text[start:end]``, always."""

    document_id: str
    position: int  #: 0-based, among all sentences of the document
    paragraph: int  #: 0-based
    start: int
    end: int
    text: str
    language: Language
    searchable: bool = True


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence found for a question, with what is needed to understand and to rank it."""

    sentence: Sentence
    source: Source
    dense: float  #: cosine of question and sentence, language direction removed, in [-1, 1]
    lexical: float  #: BM25 score within the sentence's language scaled to [0, 1]; 0: no term matched
    score: float  #: fused; higher is better; comparable within one question only
    coverage: float  #: share of the question's own terms the sentence meets, in [0, 1]
    before: str = ""  #: the sentence before it in the same paragraph
    after: str = ""  #: the sentence after it in the same paragraph
    also: tuple[Sentence, ...] = ()  #: near-identical sentences elsewhere: who else says it


@dataclass(frozen=True, slots=True)
class Citation:
    """Label ``[n]`` of an answer: an exact place in a document. ``quote == text[start:end]``."""

    n: int
    document: str  #: the document's id
    title: str | None
    date: str | None
    language: Language
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One checked sentence of an answer and the labels of the citations that back it."""

    text: str
    citations: tuple[int, ...]
    support: float  #: calibrated probability that the citations back the text, in [0, 1]
    verbatim: bool  #: True when ``text`` stands word for word in the cited document
    origin: Origin
    language: Language
    belief: float = 1.0  #: calibrated probability that the cited witness answers the question; 1 where none was heard


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two citations that say otherwise about the same matter, and in what: ``note``, in the answer's language."""

    citations: tuple[int, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds and tokens of one answer. Zero where a step did not happen."""

    retrieve_ms: float = 0.0
    first_statement_ms: float = 0.0
    total_ms: float = 0.0
    prompt_tokens: int = 0  #: tokens the model had to read, cached ones not counted
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer as shown. ``notices`` are codes; there is one, ``model_unavailable``."""

    question: str
    language: Language
    status: Status
    text: str
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    closest: tuple[Citation, ...] = ()
    timings: Timings = field(default_factory=Timings)
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation before the question."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class FirstLook:
    """The evidence found, before the model has said a word."""

    evidence: tuple[Evidence, ...]
    closest: tuple[Citation, ...]  #: the same as citations, numbered for themselves
    question: str  #: as searched: rewritten to stand alone where it was a follow-up


@dataclass(frozen=True, slots=True)
class Reading:
    """Progress: ``done`` of ``total`` evidence sentences read."""

    done: int
    total: int
    checking: bool = False  #: no further one yet: what a believed witness says is being worded and checked


@dataclass(frozen=True, slots=True)
class Spoken:
    """A statement just verified, and the citations it brings that were not there before."""

    statement: Statement
    citations: tuple[Citation, ...]


#: What ``Assistant.ask`` yields, in order: FirstLook, Reading…, Spoken…, Answer (always last).
Event = FirstLook | Reading | Spoken | Answer
