"""The judge of statements: the product's own verifier, asked anew about every statement that was shown.

It is asked by the evaluation and not by the assistant, so a run whose verifier was bypassed or switched off
is still judged in full. It is the same code all the same, with the same blind spots: that is what the
hand-labelled statements are for (``eval.trust``), and the report gives the agreement beside the figures.
Its words are cached by everything they depend on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Protocol

from eval.cache import Cache
from eval.fingerprints import short
from eval.matching import stands_in, words
from eval.metrics import Check
from rag.ingestion.sentences import split
from rag.types import Citation, Document, Evidence, Language, Sentence, Source

_FRAME = 8  #: words that may frame a quotation
_APART = frozenset({"figure", "name", "attribution"})  #: faults with figures of their own


class Fault(Protocol):
    """What the judge needs of a ``rag.verification`` fault."""

    @property
    def kind(self) -> str:
        """figure, name, polarity, support or attribution."""
        ...

    @property
    def fatal(self) -> bool:
        """False for a mere warning."""
        ...


class Verdict(Protocol):
    """What the judge needs of a ``rag.verification`` verdict."""

    @property
    def accepted(self) -> bool:
        """Whether the statement may be shown."""
        ...

    @property
    def support(self) -> float:
        """Calibrated, in [0, 1]."""
        ...

    @property
    def faults(self) -> Sequence[Fault]:
        """What is wrong, warnings included."""
        ...


class Verifier(Protocol):
    """``rag.verification.verifier.Verifier``, or a fake."""

    def check(self, statement: str, language: Language, evidence: Sequence[Evidence], question: str) -> Verdict:
        """Judge one statement against evidence."""
        ...


class VerifierJudge:
    """A ``metrics.Judge`` over a verifier that is opened at the first statement the cache does not know."""

    def __init__(self, opener: Callable[[], Verifier], documents: Mapping[str, Document], cache: Cache, key: str = "") -> None:
        self._opener, self._documents, self._cache, self._key = opener, documents, cache, key
        self._sentences: dict[str, tuple[Sentence, ...]] = {}
        self._verifier: Verifier | None = None
        self._lock = Lock()

    def __call__(self, statement: str, language: Language, citations: Sequence[Citation], question: str) -> Check:
        """Whether the citations, taken together, back the statement."""
        quotes = [f"{c.document}:{c.start}:{c.quote}" for c in citations]
        key = short(self._key, statement, language, question, *quotes)
        stored = self._cache.get(key)
        if stored is None:
            check = self._ask(statement, language, citations, question)
            self._cache.put(key, [check.supported, check.support, check.figures, check.names, check.attribution])
            return check
        return Check(*stored)

    def _ask(self, statement: str, language: Language, citations: Sequence[Citation], question: str) -> Check:
        with self._lock:
            if self._verifier is None:
                self._verifier = self._opener()
            evidence = [self._evidence(citation) for citation in citations]
            verdict = self._verifier.check(statement, language, evidence, question)
        wrong = {fault.kind for fault in verdict.faults if fault.fatal}
        quoted = any(quotes(statement, citation.quote) for citation in citations)
        others_only = bool(wrong) and wrong <= _APART
        return Check(
            supported=quoted or verdict.accepted or others_only,
            support=verdict.support,
            figures=quoted or "figure" not in wrong if has_figure(statement, language) else None,
            names=quoted or "name" not in wrong if has_name(statement, language) else None,
            attribution=keeps_claims(statement, language, citations),
        )

    def _evidence(self, citation: Citation) -> Evidence:
        """The citation with its document's card and its neighbours in the paragraph, as retrieval gives it."""
        sentence = Sentence(citation.document, 0, 0, citation.start, citation.end, citation.quote, citation.language)
        document = self._documents.get(citation.document)
        if document is None:
            source = Source(citation.document, citation.document, citation.language, date=citation.date)
            return Evidence(sentence, source, dense=0.0, lexical=0.0, score=0.0, coverage=0.0)
        if citation.document not in self._sentences:
            self._sentences[citation.document] = split(document)
        all_of_it = self._sentences[citation.document]
        cited = {s.paragraph for s in all_of_it if s.start < citation.end and citation.start < s.end}
        near = [s for s in all_of_it if s.paragraph in cited]
        before = next((s.text for s in reversed(near) if s.end <= citation.start), "")
        after = next((s.text for s in near if s.start >= citation.end), "")
        return Evidence(sentence, document.source, 0.0, 0.0, 0.0, 0.0, before=before, after=after)


def has_figure(text: str, language: Language) -> bool:
    """Whether a statement says a figure that can be right or wrong."""
    from rag.text.figures import figures

    return any(figure.certain for figure in figures(text, language))


def quotes(statement: str, quote: str) -> bool:
    """Whether a statement is (part of) a quotation, or frames all of it («in French: …») in a few words."""
    if stands_in(statement, quote):
        return True
    rest = words(statement).replace(words(quote), " ", 1)
    framed = stands_in(quote, statement) and len(rest.split()) <= _FRAME
    return framed and not any(char.isdigit() for char in rest)


def keeps_claims(statement: str, language: Language, citations: Sequence[Citation]) -> bool | None:
    """Whether a statement resting on somebody's claim says so. None where a citation speaks for itself.

    The whole passage word for word says it too, in whatever marks it stands. The product puts a lost speaker back, so to
    its verifier this is no fatal fault; to a reader it would be.
    """
    from rag.verification.attribution import claim_of, keeps_claim

    if any(claim_of(citation.quote, citation.language) is None for citation in citations):
        return None
    if any(stands_in(citation.quote, statement) for citation in citations):
        return True
    return any(keeps_claim(statement, language, citation.quote, citation.language) for citation in citations)


def has_name(text: str, language: Language) -> bool:
    """Whether a statement says a name that can be right or wrong."""
    from rag.text.names import names

    return any(name.certain for name in names(text, language))
