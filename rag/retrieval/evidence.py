"""From a question to its evidence: the sentences worth hearing, in whichever language they stand.

Candidates: the nearest vectors and the best lexical matches, of each language for itself, so that neither
crowds the other out. Then one score (rag.retrieval.fusion) and a choice (rag.retrieval.selection). A question
about whole documents gets sentences spread over them instead (rag.retrieval.broad).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from rag.index.lexical import LexicalIndex
from rag.index.reading import CatalogReader, Neighbours
from rag.index.vectors import VectorIndex
from rag.models.embedder import Embedder
from rag.retrieval import broad, fusion
from rag.retrieval.question import Question, read
from rag.retrieval.selection import AT_LARGE, PRECISE, Ranked, choose, fitting, merged
from rag.retrieval.spelling import as_meant, speller
from rag.text.dates import may_name_month
from rag.text.figures import Figure, figures
from rag.text.terms import stems
from rag.types import LANGUAGES, Evidence, Language, Sentence, Source

FloatArray = NDArray[np.float32]
_T = TypeVar("_T")

DENSE, WORDS = 40, 40  #: candidates of each language by vector, and by words
ASIDE = 4  #: threads that search vectors while the question's own looks for its words
POOL = 40  #: candidates whose surroundings and figures are looked at
MANY_DOCUMENTS, LONG_DOCUMENT = 24, 200  #: what an overview reads at most: documents, sentences of each
OPENING = 300  #: characters in which a document may say what it is


@dataclass(frozen=True, slots=True)
class _Scale:
    """What a question's scores are measured by."""

    question: Question
    vector: FloatArray
    weights: tuple[float, ...]  #: of the question's parts
    lengths: dict[Language, float]  #: mean length of sentences, in stems

    def lexical(self, met: Sequence[fusion.Met], reading: fusion.Reading) -> float:
        """See fusion.lexical."""
        return fusion.lexical(met, reading, self.weights, self.lengths[reading.language])

    def lexical_of(self, reading: fusion.Reading) -> float:
        """The same for a sentence that was not compared with the question's parts yet."""
        return self.lexical(fusion.meet(self.question, reading), reading)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence found, scored by its own words alone."""

    id: int
    sentence: Sentence
    vector: FloatArray
    terms: Counter[str]
    dense: float
    levelled: float  #: ``dense`` made comparable between the languages
    lexical: float

    @property
    def promise(self) -> float:
        """Its score so far."""
        return fusion.fuse(self.levelled, self.lexical, figure=False)


class Retriever:
    """Finds evidence in one library. Any number of threads may ask."""

    def __init__(self, catalog: CatalogReader, vectors: VectorIndex, lexical: LexicalIndex, embedder: Embedder) -> None:
        self._catalog = catalog
        self._vectors = vectors
        self._lexical = lexical
        self._embedder = embedder
        self._respell = speller(lexical)
        self._aside = ThreadPoolExecutor(ASIDE, thread_name_prefix="vectors")

    def retrieve(self, question: str, language: Language, *, limit: int = 8, tokens: int = 320) -> tuple[Evidence, ...]:
        """At most ``limit`` sentences of about ``tokens`` tokens together, best first; empty: nothing indexed.

        ``language`` is the question's; the sentences may be of either. Raises LibraryError.
        """
        scale = self._scale(question, language)
        if broad.is_broad(question, language) and (whole := self._overview(scale, limit, tokens)):
            return tuple(_evidence(item) for item in whole)
        ranked = self._read_closely(scale, self._candidates(scale))
        taste = AT_LARGE if scale.question.at_large else PRECISE
        chosen = choose(merged(ranked), scale.weights, limit=limit, tokens=tokens, taste=taste)
        return tuple(_evidence(item) for item in chosen)

    def rank(self, question: str, language: Language) -> list[Ranked]:
        """All sentences that were read closely for a precise question, best first, none merged or left out yet."""
        scale = self._scale(question, language)
        return self._read_closely(scale, self._candidates(scale))

    def _overview(self, scale: _Scale, limit: int, tokens: int) -> list[Ranked]:
        """Sentences that stand for the documents the question means; empty where no document fits it."""
        asked = scale.question
        sources = broad.named(asked.text, asked.language, self._catalog.sources(), self._openings)
        documents = [self._sampled(source) for source in _evenly(sources, MANY_DOCUMENTS)]
        documents = [document for document in documents if document]
        found = broad.spread(
            [(np.stack([item.vector for item in document]), [item.terms.total() for item in document]) for document in documents],
            4 * limit,
        )
        by_id = {source.id: source for source in sources}
        items = [documents[place][row] for place, row, _ in found]
        around = self._catalog.neighbours([item.id for item in items])
        ranked = [
            replace(self._close(scale, item, by_id[item.sentence.document_id], around[item.id]), score=score)
            for item, (_, _, score) in zip(items, found, strict=True)
        ]
        return fitting(merged(ranked), limit=limit, tokens=tokens)

    def _sampled(self, source: Source) -> list[_Candidate]:
        """The searchable sentences of a document, or an even sample of a long one's, in order."""
        ids = _evenly(self._catalog.sentence_ids(source.id), LONG_DOCUMENT)
        sentences, vectors = self._catalog.sentences_by_id(ids), self._catalog.vectors_of(ids)
        terms = dict(self._catalog.terms_by_id(ids))
        return [
            _Candidate(n, sentences[n], vectors[n], Counter(terms[n].split()), 0.0, 0.0, 0.0)
            for n in ids
            if n in sentences and n in vectors
        ]

    def _openings(self, document_ids: Sequence[str]) -> dict[str, str]:
        return self._catalog.openings(document_ids, OPENING)

    def _scale(self, question: str, language: Language) -> _Scale:
        asked = read(question, language, self._respell)
        vector = self._embedder.encode_queries([as_meant(asked, self._lexical)])[0]
        wanted = {each: list(dict.fromkeys(stem for part in asked.parts for stem in part.stems[each])) for each in LANGUAGES}
        frequencies = {each: self._lexical.frequencies(wanted[each], each) for each in LANGUAGES}
        sizes = {each: self._lexical.size(each) for each in LANGUAGES}
        return _Scale(
            asked,
            vector,
            fusion.weights(asked, frequencies, sum(sentences for sentences, _ in sizes.values())),
            {each: length for each, (_, length) in sizes.items()},
        )

    def _candidates(self, scale: _Scale) -> list[_Candidate]:
        """The nearest and the best matching sentences of each language, scored by their own words."""
        # side by side: both wait in native code
        near = self._aside.submit(lambda: [self._vectors.search(scale.vector, DENSE, each) for each in LANGUAGES])
        words = [self._lexical.search_stems(scale.question.searches[each], each, WORDS) for each in LANGUAGES]
        ids = dict.fromkeys(number for found in (*near.result(), *words) for number, _ in found)
        sentences, vectors = self._catalog.sentences_by_id(list(ids)), self._catalog.vectors_of(list(ids))
        found = [
            (sentences[number], vectors[number], Counter(terms.split()), number)
            for number, terms in self._catalog.terms_by_id(list(ids))
            if number in sentences and number in vectors and terms
        ]
        cosines = {each: [float(v @ scale.vector) for s, v, _, _ in found if s.language == each] for each in LANGUAGES}
        levelled = fusion.levelling(cosines)
        return [
            _Candidate(
                number,
                sentence,
                vector,
                terms,
                float(vector @ scale.vector),
                levelled(float(vector @ scale.vector), sentence.language),
                scale.lexical_of(fusion.Reading(sentence.language, terms)),
            )
            for sentence, vector, terms, number in found
        ]

    def _read_closely(self, scale: _Scale, candidates: Sequence[_Candidate]) -> list[Ranked]:
        """The most promising candidates with what stands around them, best first."""
        pool = sorted(candidates, key=lambda item: (-item.promise, item.id))[:POOL]
        sources = self._catalog.sources_by_id([item.sentence.document_id for item in pool])
        around = self._catalog.neighbours([item.id for item in pool])
        ranked = [
            self._close(scale, item, sources[item.sentence.document_id], around[item.id])
            for item in pool
            if item.sentence.document_id in sources
        ]
        return sorted(ranked, key=lambda item: (-item.score, item.id))

    def _close(self, scale: _Scale, item: _Candidate, source: Source, around: Neighbours) -> Ranked:
        question, sentence = scale.question, item.sentence
        card, dated = _card(source)
        reading = fusion.Reading(
            sentence.language,
            item.terms,
            frozenset(around.before_terms.split()),
            card,
            figures(sentence.text, sentence.language) if _may_meet(question, sentence) else (),
            dated,
        )
        met = fusion.meet(question, reading)
        lexical = scale.lexical(met, reading)
        credits = fusion.credits(met)
        return Ranked(
            id=item.id,
            sentence=sentence,
            source=source,
            vector=item.vector,
            terms=frozenset(item.terms),
            dense=float(item.vector @ scale.vector),
            lexical=lexical,
            score=fusion.fuse(item.levelled, lexical, figure=question.asks_figure and fusion.has_figure(sentence.text)),
            met=credits,
            coverage=fusion.coverage(credits, scale.weights),
            before=around.before,
            after=around.after,
        )


def _may_meet(question: Question, sentence: Sentence) -> bool:
    """Whether the sentence's figures are worth reading: a third of a millisecond each."""
    asked = [part.figure.unit for part in question.parts if part.figure]
    only_months = all(unit in ("month", "date") for unit in asked)
    return bool(asked) and (not only_months or may_name_month(sentence.text, sentence.language))


def _evenly(items: Sequence[_T], most: int) -> list[_T]:
    """All of a sequence, or ``most`` of it at even distances, the first among them."""
    step = max(1.0, len(items) / most)
    return [items[int(n * step)] for n in range(min(len(items), most))]


def _evidence(item: Ranked) -> Evidence:
    return Evidence(
        sentence=item.sentence,
        source=item.source,
        dense=item.dense,
        lexical=item.lexical,
        score=item.score,
        coverage=item.coverage,
        before=item.before,
        after=item.after,
        also=item.also,
    )


@lru_cache(maxsize=2048)
def _card(source: Source) -> tuple[dict[Language, frozenset[str]], tuple[Figure, ...]]:
    """The words of a document's title and author, read in both languages, and its date."""
    named = f"{source.title or ''} {source.publisher or ''}"
    dated = figures(source.date, source.language) if source.date else ()
    return {each: frozenset(stems(named, each)) for each in LANGUAGES}, dated
